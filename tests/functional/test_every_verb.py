"""Every verb of the field on drawn studies and arguments: it answers, or says why not in French."""

import random

import pandas as pd
import pytest

from qpref import ouvrir
from qpref.errors import QprefError
from tests.conftest import few_by_day
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture

PLACES = {
    "filled": [("evry", "2020-11"), ("etampes", "2019-11"), ("", "")],
    "second_filled": [("", "printemps-2023")],
}
DRAWS = [(name, rank) for name in PLACES for rank in range(12)]


def study(draw, places, root):
    """Return a study, filtered by none, one or two questions drawn, as far as it lets them."""
    found = ouvrir(*draw.choice(places), root)
    for _ in range(draw.choice([0, 1, 1, 2])):
        question = draw.choice(found.noms)
        answers = found.reponses_possibles(question)
        values = [*answers, answers[:2], (1, 5), (None, 3), ("2020-01-01", None), "sans_objet"]
        found = answered(found.filtrer, {question: draw.choice(values)}) or found
    return found


def answered(verb, *given, **named):
    """Return what a call gives, or nothing where it refuses in a sentence."""
    try:
        return verb(*given, **named)
    except QprefError as error:
        said = str(error)
        assert said[0].isupper() or said[0] == "«", said
        assert not [word for word in ("Error", "None", "nan", "Traceback") if word in said], said
        return None


def calls(draw, one):
    """Return each verb with arguments drawn."""
    first, second, third = (draw.choice(one.noms) for _ in range(3))
    either = draw.choice([first, draw.choice([*one.avis, first])])
    own = {"poids": draw.random() < 0.4}
    return {
        "croiser": lambda: one.croiser(
            first, draw.choice([second, [second, third]]),
            pourcent=draw.choice(["ligne", "colonne", "total"]),
            marges=draw.random() < 0.5, manquants=draw.random() < 0.5, **own,
        ),
        "distribution": lambda: one.distribution(
            draw.choice([first, [first, second]]), par=draw.choice(["", third]), **own
        ),
        "resume": lambda: one.resume(par=draw.choice(["", second]), **own),
        "evolution": lambda: one.evolution(either),
        "comparer": lambda: one.comparer(either, par=draw.choice([second, *one.groupes])),
        "nps": one.nps,
        "taux_de_reponse": lambda: one.taux_de_reponse(
            par=draw.choice(["", "jour", "demi_journee", second])
        ),
        "remarques": lambda: one.remarques(contient=draw.choice(["attente", "", "é"])),
        "priorites": one.priorites,
    }  # fmt: skip


@pytest.mark.lent
@pytest.mark.parametrize(("place", "rank"), few_by_day(DRAWS, 2))
def test_every_verb_answers_or_says_why_not(request, tmp_path, place, rank):
    draw = random.Random(f"{place} {rank}")  # noqa: S311 - no secret
    root = request.getfixturevalue(place).root
    one = study(draw, PLACES[place], root)
    for name, verb in draw.sample([*calls(draw, one).items()], 4):
        found = answered(verb)
        if found is None:
            continue
        assert isinstance(found.table, pd.DataFrame)
        assert found.section.title in repr(found)
        answered(lambda found=found: found.figure)
        answered(found.exporter, tmp_path / f"{name}{draw.choice(['.xlsx', '.csv'])}")
