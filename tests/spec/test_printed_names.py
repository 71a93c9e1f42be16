"""What one person alone wrote in a closed question: names not printed, levels and towns printed.

`python -m tests.spec.test_printed_names` prints the measure that docs/fiabilite.md gives.
"""

import random
from collections import Counter

from qpref.intake.privacy import may_show, printable
from tests.conftest import example_count

SYLLABLES = [first + second for first in ("zor", "bri", "man", "ker", "vau") for second in "aeiou"]
TOWNS = ["Figeac", "Souillac", "Gourdon", "Cahors", "Évreux", "Bernay", "Étampes", "Mende"]
SCALES = [
    ["Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait"],
    ["Permis de conduire", "Carte grise", "Titre de séjour", "Carte d’identité", "Autre"],
    ["Au guichet", "Par téléphone", "Par courrier", "Sur internet"],
    ["Très bien", "Bien", "Moyen", "Mal"],
    ["Moins de 15 minutes", "De 15 à 30 minutes", "Plus de 30 minutes"],
]


def column(draw, labels, names):
    """Return the answers to a closed question: one label and the names written once."""
    *common, rare = draw.sample(labels, len(labels))
    counts = Counter(draw.choices(common, k=draw.choice((40, 120, 300))))
    return counts + Counter([rare, *names]), rare


def surname(draw):
    name = "".join(draw.choices(SYLLABLES, k=draw.choice((2, 3))))
    return name if draw.random() < 0.3 else name.capitalize()


def measure(times):
    """Return, of names, rare levels and rare towns: drawn, shown by signs alone, printed."""
    draw = random.Random(20)  # noqa: S311 - repeatable
    found = {kind: [0, 0, 0] for kind in ("noms", "niveaux", "villes")}
    for _ in range(times):
        names = [surname(draw), surname(draw)]
        counts, level = column(draw, draw.choice(SCALES), names)
        towns, town = column(draw, TOWNS, [])
        for kind, texts, of in (
            ("noms", names, counts), ("niveaux", [level], counts), ("villes", [town], towns)
        ):  # fmt: skip
            shown = printable(of, of)
            for text in texts:
                tally = (1, may_show(text), text in shown)
                found[kind] = [a + b for a, b in zip(found[kind], tally, strict=True)]
    return found


def test_a_name_written_once_is_seldom_printed_a_level_or_a_town_nearly_always():
    found = measure(example_count(30, 400))

    assert found["noms"][2] < found["noms"][1] / 4
    assert found["niveaux"][2] > 0.8 * found["niveaux"][0]
    assert found["villes"][2] == found["villes"][0]


if __name__ == "__main__":
    for kind, counted in measure(400).items():
        print(f"{kind} : {counted[0]} tirés, {counted[1]} sans signe, {counted[2]} montrés")  # noqa: T201
