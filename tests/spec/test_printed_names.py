"""What one person alone wrote in a closed question: names not printed, levels and towns printed.

`python -m tests.spec.test_printed_names` prints the measure that docs/fiabilite.md gives.
"""

import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.intake.privacy import may_show, printable
from qpref.intake.proposal import draft_questionnaire
from tests.conftest import NIGHT, example_count
from tests.intake.conftest import write_csv

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


def received(draw, folder, *, is_multiple):
    """Write a file of one closed question, or of boxes; return its path, names and rare label."""
    names = [surname(draw), surname(draw)]
    counts, rare = column(draw, draw.choice(SCALES), names)
    texts = sorted(counts.elements())
    if is_multiple:  # one box or two each: a name stands among the boxes of somebody
        common = [text for text in counts if counts[text] > 1]
        texts = [";".join(dict.fromkeys((draw.choice(common), text))) for text in texts]
    draw.shuffle(texts)
    rows = [["Date", "Par où êtes-vous passé ?"], *(["16/11/2020", text] for text in texts)]
    return write_csv(folder / "recu.csv", rows), names, rare


def measure_files(times, folder, *, is_multiple=False):
    """Return, of names and rare levels: drawn, printed by `inspecter`, written in the draft."""
    draw = random.Random(36)  # noqa: S311 - repeatable
    found = {kind: [0, 0, 0] for kind in ("noms", "niveaux")}
    for _ in range(times):
        path, names, level = received(draw, folder, is_multiple=is_multiple)
        inspected = json.dumps(envelope(read_file(path)), ensure_ascii=False)
        draft = " ".join(draft_questionnaire(path).split())
        for kind, texts in (("noms", names), ("niveaux", [level])):
            for text in texts:
                tally = (1, text in inspected, text in draft)
                found[kind] = [a + b for a, b in zip(found[kind], tally, strict=True)]
    return found


WAYS = {
    "seul": "{0}", "autre": "Autre : {0}", "précision": "Autre ({0})", "titre": "Mme {0}",
    "deux mots": "{0} {1}", "phrase": "{0} m’a reçu", "trait d’union": "{0}-{1}",
    "capitales": "{2}",
}  # fmt: skip
JOINTS = (None, ";", "; ", ", ", " / ", "|", "\n")


def measure_ways(times, folder, joint, way):
    """Return how many names, written a way and joined to another answer or not, are printed."""
    draw, found = random.Random(7), [0, 0]  # noqa: S311 - repeatable
    for _ in range(times):
        names = [surname(draw), surname(draw)]
        texts = [way.format(name, name[::-1].capitalize(), name.upper()) for name in names]
        counts, _rare = column(draw, draw.choice(SCALES), texts)
        cells = list(counts.elements())
        if joint:
            common = [text for text in counts if counts[text] > 1]
            cells = [joint.join(dict.fromkeys((draw.choice(common), text))) for text in cells]
        draw.shuffle(cells)
        rows = [["Date", "Par où êtes-vous passé ?"], *(["16/11/2020", text] for text in cells)]
        path = write_csv(folder / "recu.csv", rows)
        said = json.dumps(envelope(read_file(path)), ensure_ascii=False)
        printed = f"{said} {draft_questionnaire(path)}".casefold()
        found = [found[0] + 2, found[1] + sum(name.casefold() in printed for name in names)]
    return found


def test_a_name_is_not_printed_however_it_is_written(tmp_path):
    for joint in JOINTS if NIGHT else JOINTS[:2]:
        for way in list(WAYS.values())[:: 1 if NIGHT else 3]:
            assert measure_ways(example_count(2, 40), tmp_path, joint, way)[1] == 0, (joint, way)


@pytest.mark.lent
def test_a_draft_writes_no_more_names_than_an_inspection_prints(tmp_path):
    """The draft kept each name written once (800 of 800) that the inspection had hidden."""
    for is_multiple in (False, True):
        found = measure_files(example_count(15, 200), tmp_path, is_multiple=is_multiple)

        assert found["noms"][2] < found["noms"][0] / 10, found
        assert found["niveaux"][2] > 0.8 * found["niveaux"][0], found


def test_a_draft_says_how_many_answers_it_leaves_out(tmp_path):
    rows = [["Date", "Lieu"], *[["16/11/2020", "Guichet"]] * 30, *[["16/11/2020", "Accueil"]] * 9]

    draft = draft_questionnaire(write_csv(tmp_path / "a.csv", [*rows, ["16/11/2020", "Zorglub"]]))

    assert "Zorglub" not in draft
    assert "1 réponse non reprise" in draft


def test_a_name_written_once_is_seldom_printed_a_level_or_a_town_nearly_always():
    found = measure(example_count(30, 400))

    assert found["noms"][2] < found["noms"][1] / 4
    assert found["niveaux"][2] > 0.8 * found["niveaux"][0]
    assert found["villes"][2] == found["villes"][0]


def _print_ways():
    with tempfile.TemporaryDirectory() as place:
        for joint in JOINTS:
            for name, way in WAYS.items():
                drawn, printed = measure_ways(40, Path(place), joint, way)
                print(f"{joint!r}, {name} : {printed} sur {drawn}")  # noqa: T201


if __name__ == "__main__" and sys.argv[1:] == ["façons"]:
    _print_ways()
elif __name__ == "__main__":
    for kind, counted in measure(400).items():
        print(f"{kind} : {counted[0]} tirés, {counted[1]} sans signe, {counted[2]} montrés")  # noqa: T201
    with tempfile.TemporaryDirectory() as place:
        for is_multiple in (False, True):
            print("cases à cocher" if is_multiple else "réponse unique")  # noqa: T201
            files = measure_files(400, Path(place), is_multiple=is_multiple)
            for kind, counted in files.items():
                print(  # noqa: T201
                    f"  {kind} : {counted[0]} tirés, {counted[1]} imprimés par inspecter, "
                    f"{counted[2]} écrits au brouillon"
                )
