"""The draft of a grid, from a workbook of mystery contacts of three sheets."""

from datetime import datetime

import pytest
import yaml

from qpref.intake.mystery_draft import draft_grid
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.reference import MysteryGrid

DAY = datetime(2020, 11, 16, 9, 0)


def sheet_of(name, *rows):
    return Sheet(name, [ReceivedRow(line, list(row)) for line, row in enumerate(rows, start=1)])


def drafted(*sheets, name="mystère.xlsx"):
    return draft_grid(ReceivedFile(name, "0", [*sheets]))


CALLS = sheet_of(
    "Appels",
    ["Date", "Site", "Abouti", "Sonneries", "Courtoisie", "Accueil (sur 10)", "", "Bruit", "Bruit",
     "Tenue", "Avis libre"],
    [DAY, "Bourg", "oui", 3, "Oui", 7, "x", 1, 2, "correcte", "long"],
    [DAY, "Bourg", "non", 9, "N", 4, "", 1, 2, "à améliorer", "rien"],
    [DAY, "Bourg", "non", 9, "", 4, "", 1, 2, "?", ""],
    ["total", "", "", 21, "", 15, "", "", "", "", ""],
)  # fmt: skip
MAILS = sheet_of(
    "Courriels",
    ["Date", "Site", "Répondu le", "Canal de la réponse", "Courtoisie", "Abouti"],
    [DAY, "Bourg", DAY, "Courriel", "Oui", ""],
    [DAY, "Bourg", "", "", "oui", ""],
)
SHARED = sheet_of(
    "Autres",
    ["Date", "Canal", "Numéro", "Courtoisie"],
    [DAY, "Visite", 1, 4],
    [DAY, "", 2, 9],
    [DAY, "!!", 2, 5],
)


def test_channels_have_the_form_that_their_columns_prove():
    """Reached is of a call, a reply of a letter; a column may name the channels of one sheet."""
    grid = yaml.safe_load(drafted(CALLS, MAILS, SHARED))

    assert [list(channel.values()) for channel in grid["canaux"]] == [
        ["appels", "telephone", "Appels", "appels", ["Appels"]],
        ["courriels", "ecrit", "Courriels", "courriel", ["Courriels"]],
        ["visite", "observation", "Visite", "visite", []],
        ["canal_4", "observation", "!!", "!!", []],
    ]
    assert grid["feuilles_communes"] == ["Autres"]
    assert "feuilles_communes" not in yaml.safe_load(drafted(CALLS, MAILS))
    assert grid["colonnes"] == {
        "envoye_le": ["Date"], "site": ["Site"], "abouti": ["Abouti"], "sonneries": ["Sonneries"],
        "repondu_le": ["Répondu le"], "canal_reponse": ["Canal de la réponse"],
        "canal": ["Canal"], "numero": ["Numéro"],
    }  # fmt: skip


def test_criteria_are_marks_judgements_and_measures_of_the_channels_that_hold_them():
    """« Courtoisie », judged on two channels and marked out of 10 on others, is two criteria."""
    grid = yaml.safe_load(drafted(CALLS, MAILS, SHARED))
    told = {one["id"]: (one["type"], one.get("sur"), one["canaux"]) for one in grid["criteres"]}

    assert told == {
        "courtoisie": ("jugement", None, ["appels", "courriels"]),
        "accueil_sur_10": ("note", 10, ["appels"]),
        "tenue": ("jugement", None, ["appels"]),
        "mesure_sonneries": ("sonneries", None, ["appels"]),
        "mesure_delai": ("delai", None, ["courriels"]),
        "courtoisie_2": ("note", 10, ["visite", "canal_4"]),
    }
    for one in grid["criteres"]:
        assert one["certitude"] == "suppose"
        assert one["source"] == "Brouillon d’après mystère.xlsx"
        assert one.get("entetes", [one["libelle"]]) == [one["libelle"]]


def test_answers_are_ranked_the_best_first_and_the_draft_loads():
    """« ? », which has no letter, is called by what it says."""
    grid = yaml.safe_load(drafted(CALLS, MAILS, SHARED))

    assert [(one["code"], one["libelle"], one["synonymes"]) for one in grid["reponses"]] == [
        ("oui", "Oui", ["oui"]), ("correcte", "correcte", []), ("a_ameliorer", "à améliorer", []),
        ("non", "Non", ["N"]), ("nsp", "?", []),
    ]  # fmt: skip
    assert [one.get("favorable", one.get("etat")) for one in grid["reponses"]] == [
        "oui", "oui", None, "non", "nsp",
    ]  # fmt: skip
    assert MysteryGrid.model_validate(grid).canaux


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (["x", "X"], ["oui", "non"]),  # a tick: the other may come
        (["N"], ["oui", "non"]),
        (["conforme"], ["conforme", "oui", "non"]),
        (["non conforme", "conforme"], ["conforme", "non_conforme"]),
        (["en partie"], ["oui", "en_partie", "non"]),
    ],
)
def test_where_all_answers_are_of_one_side_yes_and_no_are_added(given, codes):
    rows = [[DAY, "s", one] for one in given]
    grid = yaml.safe_load(drafted(sheet_of("Visites", ["Date", "Scénario", "Tenue"], *rows)))

    assert sorted(one["code"] for one in grid["reponses"]) == sorted(codes)


def test_what_is_left_out_is_told_column_by_column():
    lines = [line for line in drafted(CALLS).splitlines() if line.startswith("# Colonne")]

    assert [line.partition(", feuille Appels : ")[2] for line in lines] == [
        "« Bruit » : plusieurs colonnes ont cet intitulé, renommez-les.",
        "« Bruit » : plusieurs colonnes ont cet intitulé, renommez-les.",
        "« Avis libre » : quelles réponses respectent le critère n’est pas reconnu.",
    ]


HEADINGS = ["Date", "Sonneries", "Abouti"]


@pytest.mark.parametrize(
    ("name", "headings", "above", "is_mystery"),
    [
        ("mystère.xlsx", ["Date", "Tenue"], [], True),
        ("a.xlsx", ["Date", "Tenue"], [["Enquête mystère"]], True),
        ("a.xlsx", ["Date", "Tenue"], [[]] * 4 + [["Enquête mystère"]], True),
        ("a.xlsx", ["Date", "Tenue"], [[]] * 5 + [["Enquête mystère"]], False),
        ("a.xlsx", ["Date", "Tenue"], [], False),
        ("a.xlsx", ["Date", "Sonneries", "Abouti"], [], True),
        ("a.xlsx", ["Date", "Sonneries", "Évaluateur"], [], True),
        ("a.xlsx", ["Date", "Sonneries", "Tenue"], [], False),
        ("a.xlsx", ["Date", "Canal", "Évaluateur"], [], False),
        ("mystère.xlsx", ["Tenue", "Courtoisie"], [], False),  # without a day, no contact
    ],
)
def test_a_workbook_of_contacts_says_so_or_has_what_only_they_have(
    name, headings, above, is_mystery
):
    row = [DAY, *["oui"] * (len(headings) - 1)] if headings[0] == "Date" else ["oui", "oui"]

    found = drafted(sheet_of("Feuille", *above, headings, row), name=name)
    assert (found is not None) is is_mystery
    text = sheet_of("", *above, headings, row)
    assert drafted(text, name=name) is None  # no workbook
