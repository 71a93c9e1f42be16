"""The file that other programs read: names, numbers, and how many gave each answer."""

import datetime

import pandas as pd
import pytest

from qpref.quality.codebook import _name, encoded, lines, variables
from qpref.quality.individuals import REASONS, columns
from tests.visitors import ASKED, SITES, four

PLACES = {"campagne": {"2019-11": "2019", "2020-11": "2020"}, "site": SITES}
KNOWN = variables(columns(ASKED), PLACES)


@pytest.mark.parametrize(
    ("columns_", "names"),
    [
        (["accueil"], ["accueil"]),
        (["aide__proche"], ["aide__proche"]),
        (["délai-1"], ["d_lai_1"]),
        (["1er", "_a"], ["q_1er", "q__a"]),
        (["with", "by", "without"], ["with_", "by_", "without"]),
        (["x" * 32], ["x" * 32]),
        (["x" * 33, "x" * 34], ["x" * 32, "x" * 29 + "_2"]),
        (["é", "à", "è"], ["q__", "q___2", "q___3"]),
    ],
)
def test_a_name_is_one_that_spss_and_stata_take_and_no_other_has(columns_, names):
    taken = set()

    assert [_name(one, taken) for one in columns_] == names
    assert taken == {*names}


def test_answers_are_numbered_from_the_least_favourable():
    codes = {one.name: one.codes for one in KNOWN}

    assert [*codes] == [
        "campagne", "site", "date", "ou", "accueil", "quand", "aide__proche", "aide__agent",
        "minutes", "depuis",
    ]  # fmt: skip
    assert codes["accueil"] == {
        "mal": (1, "Mal"), "assez": (2, "Assez bien"), "tres": (3, "Très bien"),
    }  # fmt: skip
    assert codes["aide__agent"] == {"0": (0, "Non"), "1": (1, "Oui")}
    assert codes["site"] == {"bourg": (1, "Bourg"), "ville": (2, "Ville")}
    assert codes["minutes"] == codes["date"] == {}
    assert [one.name for one in KNOWN if not one.is_asked] == ["campagne", "site", "date"]
    assert {one.name: one.kind for one in KNOWN} == {
        "campagne": "lieu", "site": "lieu", "date": "jour", "ou": "technique",
        "accueil": "niveau", "quand": "niveau", "aide__proche": "case", "aide__agent": "case",
        "minutes": "nombre", "depuis": "jour",
    }  # fmt: skip
    assert next(one for one in KNOWN if one.name == "accueil").wordings == {
        1: "Mal", 2: "Assez bien", 3: "Très bien",
    }  # fmt: skip


def test_reasons_are_numbers_beside_numbers():
    reasons = {name: -rank for rank, name in enumerate(REASONS, start=1)}  # nsp −1, so −2, nr −3
    table = encoded(four(), KNOWN, reasons)

    assert table["campagne"].tolist() == [1, 2, 2, 2]
    assert table["site"].tolist() == [1, 1, 2, 2]
    assert table["accueil"].tolist() == [3, 1, 2, -2]
    assert table["quand"].tolist() == [1, 2, -3, 2]
    assert table["ou"].tolist() == [1, 2, -3, 1]
    assert table["aide__agent"].tolist() == [0, 1, 1, -3]
    assert table["minutes"].tolist() == [5, 10, 7.5, -1]
    days = [datetime.date(2020, 11, 2), datetime.date(2020, 11, 20), datetime.date(2020, 12, 1)]
    assert table["depuis"].dropna().tolist() == days
    assert table["depuis"].iloc[2] is None
    assert table["date"].iloc[0] == datetime.date(2019, 11, 25)
    assert type(table["date"].iloc[0]) is datetime.date


def test_reasons_are_letters_where_a_program_has_letters_for_them():
    letters = dict(zip(REASONS, [".a", ".b", ".c", ".d", ".e"], strict=True))
    table = encoded(four(), KNOWN, letters)

    assert table["accueil"].tolist() == [3, 1, 2, ".b"]
    assert table["minutes"].tolist() == [5, 10, 7.5, ".a"]
    assert pd.isna(table["depuis"].iloc[2])


def test_the_codebook_counts_each_answer_and_each_reason():
    reasons = {name: -rank for rank, name in enumerate(REASONS, start=1)}
    table = lines(four(), KNOWN, reasons)
    told = {
        name: [(row["code"], row["reponse"], row["effectif"]) for _, row in own.iterrows()]
        for name, own in table.groupby("variable")
    }
    missing = [("-1", "Ne sait pas"), ("-2", "Sans objet"), ("-3", "Sans réponse"),
               ("-4", "Non posée"), ("-5", "Illisible")]  # fmt: skip

    def without(*counts):
        return [(code, f"{words} (manquant)", n)
                for (code, words), n in zip(missing, counts, strict=True)]  # fmt: skip

    assert told["site"] == [("1", "Bourg", 2), ("2", "Ville", 2)]
    assert told["campagne"] == [("1", "2019", 1), ("2", "2020", 3)]
    assert told["date"] == [("", "", 4)]
    assert told["accueil"] == [
        ("1", "Mal", 1), ("2", "Assez bien", 1), ("3", "Très bien", 1), *without(0, 1, 0, 0, 0),
    ]  # fmt: skip
    assert told["quand"][:4] == [
        ("1", "Le lundi", 1), ("2", "Le jeudi", 2), ("3", "Un autre (autre)", 0),
        ("4", "Un autre (ailleurs)", 0),
    ]  # fmt: skip
    assert told["aide__proche"] == [("0", "Non", 1), ("1", "Oui", 2), *without(0, 0, 1, 0, 0)]
    assert told["minutes"] == [("", "", 3), *without(1, 0, 0, 0, 0)]
    assert told["depuis"] == [("", "", 3)]
    assert list(table.columns) == [
        "variable", "libelle", "question", "type", "code", "reponse", "effectif",
    ]  # fmt: skip
    (label,) = table.loc[table["variable"] == "depuis", ["libelle", "question"]].to_numpy().tolist()
    assert label == ["Demande", "Demande ?"]


def test_a_variable_renamed_still_knows_its_column():
    (found,) = variables({"by": columns(ASKED)["accueil"]}, {})[3:]

    assert (found.name, found.column, found.label) == ("by_", "by", "Accueil")
