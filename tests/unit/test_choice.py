"""What a filter keeps, and what it refuses, on four visitors whose answers are in `visitors`."""

import pandas as pd
import pytest

from qpref.errors import UnknownKeyError, UsageError
from qpref.quality.choice import criterion, kept, place_of, resolved
from qpref.quality.individuals import columns, labelled, labels, reasons
from qpref.questions import Answer
from tests.visitors import ASKED, SITES, four

KNOWN = columns(ASKED)


def chosen(name, wanted):
    """The visitors that a filter keeps, and how it says so."""
    one, found = criterion(name, wanted, KNOWN, ASKED, SITES), four()
    return "".join(found.codes.index[kept(found, [one])]), one.told


@pytest.mark.parametrize(
    ("name", "wanted", "people", "told"),
    [
        # Places, by identifier or by name, alone or several, and under the question's name.
        ("site", "ville", "cd", "site : ville"),
        ("site", "Bourg", "ab", "site : bourg"),
        ("lieu", ["Bourg", "ville"], "abcd", "site : bourg ou ville"),
        ("campagne", "2020-11", "bcd", "campagne : 2020-11"),
        # Days: one, and an interval with its bounds, one of them open.
        ("date", "2020-11-25", "b", "jour de la réponse : 25/11/2020"),
        ("date", ("2019-11-25", "2020-11-25"), "ab",
         "jour de la réponse : à partir de 25/11/2019, jusqu’à 25/11/2020"),
        ("date", ("2020-11-25", None), "bcd", "jour de la réponse : à partir de 25/11/2020"),
        # Levels, by code, wording or nearly; several; reasons of none; an interval, either way.
        ("accueil", "tres", "a", "accueil : Très bien"),
        ("accueil", "très BIEN", "a", "accueil : Très bien"),
        ("accueil", ["tres", "Mal"], "ab", "accueil : Très bien ou Mal"),
        ("accueil", "so", "d", "accueil : sans objet"),
        ("accueil", "Pas concerné", "d", "accueil : sans objet"),
        ("accueil", "sans_objet", "d", "accueil : sans objet"),
        ("accueil", ["mal", "sans objet"], "bd", "accueil : Mal ou sans objet"),
        ("accueil", ("assez", None), "ac", "accueil : Assez bien ou Très bien"),
        ("accueil", (None, "assez"), "bc", "accueil : Mal ou Assez bien"),
        ("accueil", ("tres", "assez"), "ac", "accueil : Assez bien ou Très bien"),
        ("accueil", ("mal", "mal"), "b", "accueil : Mal"),
        ("accueil", (None, "mal"), "b", "accueil : Mal"),
        # Without an order, a pair is two answers.
        ("quand", ("lundi", "jeudi"), "abd", "jour préféré : Le lundi ou Le jeudi"),
        ("quand", "non_reponse", "c", "jour préféré : sans réponse"),
        # A fact of the fieldwork, by its question or by its role.
        ("ou", "lundi", "ad", "guichet : Le lundi"),
        ("guichet", "Le jeudi", "b", "guichet : Le jeudi"),
        # Boxes: the question with a box, or the box with yes or no.
        ("aide", "agent", "bc", "aide : Un agent"),
        ("aide", ["Un proche"], "ab", "aide : Un proche"),
        ("aide", "Sans réponse", "d", "aide : sans réponse"),
        ("aide__proche", True, "ab", "aide : Un proche : oui"),
        ("aide__proche", "Non", "c", "aide : Un proche : non"),
        ("aide__proche", 0, "c", "aide : Un proche : non"),
        ("aide__proche", "non_reponse", "d", "aide : sans réponse"),
        # Numbers and days: a value, several, an interval, a reason.
        ("minutes", 5, "a", "attente : 5"),
        ("minutes", "7,5", "c", "attente : 7,50"),
        ("minutes", [5, 10], "ab", "attente : 5 ou 10"),
        ("minutes", (5, 7.5), "ac", "attente : à partir de 5, jusqu’à 7,50"),
        ("minutes", (7.5, None), "bc", "attente : à partir de 7,50"),
        ("minutes", (None, 7.5), "ac", "attente : jusqu’à 7,50"),
        ("minutes", "Ne sait pas", "d", "attente : ne sait pas"),
        ("minutes", [5, "nsp"], "ad", "attente : ne sait pas"),
        ("depuis", "2020-11-20", "b", "demande : 20/11/2020"),
        ("depuis", ("2020-11-20", None), "bd", "demande : à partir de 20/11/2020"),
    ],
)  # fmt: skip
def test_a_filter_keeps_who_answered_so(name, wanted, people, told):
    assert chosen(name, wanted) == (people, told)


@pytest.mark.parametrize(
    ("name", "wanted", "error", "words"),
    [
        ("site", "hameau", UnknownKeyError, "hameau"),
        ("date", "demain", UsageError, "n’est pas un jour"),
        ("accueil", "bof", UnknownKeyError, "la question accueil"),
        ("accueil", ("mal", "assez", "tres", None), UsageError, "pas d’ordre"),
        ("quand", ("lundi", None), UsageError, "pas d’ordre"),
        ("aide", ["proche", "agent"], UsageError, "plusieurs cases"),
        ("aide__proche", ["oui", "non"], UsageError, "plusieurs cases"),
        ("aide", "voisin", UnknownKeyError, "la question aide"),
        ("minutes", "peu", UsageError, "n’est pas un nombre"),
        ("minutes", (5,), UsageError, "deux bornes, ici 1"),
        ("mot", "queue", UsageError, "réponse libre"),
        ("nom", "x", UsageError, "donnée personnelle"),
        ("inconnue", 1, UnknownKeyError, "le questionnaire"),
    ],
)
def test_a_filter_refuses_and_says_why(name, wanted, error, words):
    with pytest.raises(error, match=words):
        chosen(name, wanted)


def test_what_an_unknown_answer_could_have_been_is_said():
    """The answers, then the codes of no answer on the form, then the other reasons, each once."""
    with pytest.raises(UnknownKeyError) as answer:
        chosen("accueil", "bof")
    with pytest.raises(UnknownKeyError) as box:
        chosen("aide", "bof")

    assert "mal, assez, tres, so" in f"{answer.value} {answer.value.remedy}"
    assert "proche, agent" in f"{box.value} {box.value.remedy}"


def test_filters_add_up():
    asked = [("campagne", "2020-11"), ("aide__agent", True), ("minutes", (8, None))]
    found = four()
    all_of = [criterion(name, wanted, KNOWN, ASKED, SITES) for name, wanted in asked]

    assert kept(found, []).tolist() == [True] * 4
    assert kept(found, all_of).tolist() == [False, True, False, False]


def test_a_name_is_a_place_a_question_a_role_or_a_box():
    assert [place_of(name, ASKED) for name in ("lieu", "site", "accueil", "x")] == [
        "site", "site", "", "",
    ]  # fmt: skip
    for asked, names in [
        ("ou", ["ou"]),
        ("guichet", ["ou"]),
        ("aide", ["aide__proche", "aide__agent"]),
        ("aide__agent", ["aide__agent"]),
    ]:
        assert [one.name for one in resolved(asked, KNOWN, ASKED)] == names


def test_a_column_knows_its_answers_and_their_order():
    """The least favourable first in the table, the most favourable in reports; twins are told."""
    assert list(KNOWN["accueil"].names) == ["mal", "assez", "tres"]
    assert list(KNOWN["accueil"].shown) == ["tres", "assez", "mal"]
    assert KNOWN["quand"].names == {
        "lundi": "Le lundi", "jeudi": "Le jeudi", "autre": "Un autre (autre)",
        "ailleurs": "Un autre (ailleurs)",
    }  # fmt: skip
    assert KNOWN["aide__agent"].names == {"oui": "Oui", "non": "Non"}
    assert KNOWN["minutes"].levels == []
    assert KNOWN["minutes"].names == {}
    facts = {
        name: (one.is_closed, one.is_ordered, one.is_box, one.kind) for name, one in KNOWN.items()
    }
    assert facts == {
        "ou": (True, False, False, Answer.FIELD),
        "accueil": (True, True, False, Answer.LEVEL),
        "quand": (True, False, False, Answer.LEVEL),
        "aide__proche": (False, False, True, Answer.BOXES),
        "aide__agent": (False, False, True, Answer.BOXES),
        "minutes": (False, False, False, Answer.NUMBER),
        "depuis": (False, False, False, Answer.DAY),
    }


def test_the_table_of_an_analyst_says_answers_in_words():
    table = labelled(four(), SITES, ["2019-11", "2020-11"])

    assert table["accueil"].cat.ordered
    assert list(table["accueil"].cat.categories) == ["Mal", "Assez bien", "Très bien"]
    assert table["accueil"].astype("object").where(table["accueil"].notna(), "").tolist() == [
        "Très bien", "Mal", "Assez bien", "",
    ]  # fmt: skip
    assert not table["quand"].cat.ordered
    assert table["aide__agent"].tolist()[:3] == [False, True, True]
    assert pd.isna(table["aide__agent"].iloc[3])
    assert table["minutes"].tolist()[:3] == [5.0, 10.0, 7.5]
    assert table["depuis"].iloc[1] == pd.Timestamp("2020-11-20")
    assert table["site"].tolist() == ["Bourg", "Bourg", "Ville", "Ville"]
    assert (table["campagne"] >= "2020-11").tolist() == [False, True, True, True]


def test_why_an_answer_is_missing_is_told_where_one_is():
    table = reasons(four())

    told = {name: dict(table[name].dropna()) for name in table}
    assert told == {
        "ou": {"c": "Sans réponse"},
        "accueil": {"d": "Sans objet"},
        "quand": {"c": "Sans réponse"},
        "aide__proche": {"d": "Sans réponse"},
        "aide__agent": {"d": "Sans réponse"},
        "minutes": {"d": "Ne sait pas"},
        "depuis": {"c": "Sans réponse"},
    }
    assert labels(ASKED)["aide__agent"] == "Aide : Un agent"
    assert labels(ASKED)["site"] == "Site"


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("date", ["2019-11-25", "2020-11-25", "2020-11-26", "2020-11-27"]),
        ("site", ["bourg", "bourg", "ville", "ville"]),
        ("aide__proche", ["oui", "oui", "non", "non_precise"]),
        ("quand", ["lundi", "jeudi", "non_precise", "jeudi"]),
    ],
)
def test_visitors_are_grouped_by_what_they_answered(name, groups):
    assert four().groups(name).tolist() == groups
