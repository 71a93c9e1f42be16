"""Where reading changes: one under, at, and one over each limit."""

import pandas as pd
import pytest

from qpref.intake.common import grouped
from qpref.intake.drafts import drafts_of
from qpref.intake.export import NOT_ASKED
from qpref.intake.files import read_file
from qpref.intake.formats import read_anything
from qpref.intake.formats.table import footers, is_footer
from qpref.intake.inspection import envelope, look_of, united
from qpref.intake.personal import is_personal
from qpref.intake.rows import ReceivedRow, is_blank
from tests.intake.conftest import write_csv, write_xlsx


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, True),
        ("", True),
        (" \t\n", True),
        ("x", False),
        (0, False),
        (0.0, False),
        (False, False),
    ],
)
def test_nothing_but_white_space_is_blank(cell, expected):
    assert is_blank(cell) is expected


def rejects(lines):
    return pd.DataFrame(
        [
            {
                "feuille": "",
                "colonne": "Attente",
                "valeur": "bof",
                "code": "hors_echelle",
                "ligne": line,
                "message": f"ligne {line} › Attente : « bof » n’est pas prévu.",
            }
            for line in lines
        ]
    )


def test_one_reject_is_told_as_it_is():
    assert grouped(rejects([12])) == ["ligne 12 › Attente : « bof » n’est pas prévu."]


def test_the_lines_of_like_rejects_are_listed_once():
    assert grouped(rejects([12, 15])) == [
        "Attente : « bof » n’est pas prévu. (2 fois, lignes 12, 15)"
    ]


@pytest.mark.parametrize(("count", "is_cut"), [(5, False), (6, False), (7, True)])
def test_only_the_first_lines_are_listed(count, is_cut):
    (sentence,) = grouped(rejects(range(2, 2 + count)))

    listed = ", ".join(str(line) for line in range(2, 2 + min(count, 6)))
    assert sentence.endswith(f"({count} fois, lignes {listed}{', …' if is_cut else ''})")


@pytest.mark.parametrize(("values", "shape"), [(11, "note"), (60, "nombre")])
def test_a_column_of_many_numbers_is_no_list_of_answers(tmp_path, values, shape):
    """Marks of a few values are answers; sixty distinct numbers, over the fifty listed, are not."""
    rows = [["Note", "Service"], *([n % values, "A" if n % 2 else "B"] for n in range(240))]

    file = read_file(write_csv(tmp_path / "a.csv", rows), None)
    drafts = drafts_of(united(file, read_anything(file))[0])

    assert drafts[0].shape == shape


@pytest.mark.parametrize(("distinct", "is_listed"), [(49, True), (50, True), (51, False)])
def test_fifty_values_are_listed_and_no_more(tmp_path, distinct, is_listed):
    rows = [["Salle", "Service"], *([f"{n % distinct}", "A"] for n in range(4 * distinct))]

    found = envelope(read_file(write_csv(tmp_path / "a.csv", rows), None))["colonnes"][0]

    assert (found["valeurs"] is not None) == is_listed
    if is_listed:
        assert sum(found["valeurs"].values()) == 4 * distinct


def test_states_of_a_column_are_told_apart(tmp_path):
    cells = ["", NOT_ASKED, "NSP", "sans avis", "Sans objet", "N/A", "SO", "Oui", "Non", "Oui"]
    rows = [["Avis", "N°"], *([cell, str(n)] for n, cell in enumerate(cells))]

    found = envelope(read_file(write_csv(tmp_path / "a.csv", rows), None))["colonnes"][0]

    assert found["etats"] == {
        "vide": 1, "illisible": 0, "non_posee": 1, "nsp": 2, "sans_objet": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, "vide"),
        ({"oui": 2, "peut-être": 1}, "choix"),
        ({"12": 19, "beaucoup": 1}, "nombre"),
        ({"12": 18, "beaucoup": 2}, "choix"),
        ({"16/11/2020": 19, "hier": 1}, "date"),
        ({"16/11/2020": 18, "hier": 2}, "choix"),
        ({f"mot {n}": 1 for n in range(4)}, "choix"),
        ({f"mot {n}": 1 for n in range(5)}, "texte"),  # each answers otherwise: names, remarks
        ({f"mot {n}": 1 + (n == 0) for n in range(12)}, "choix"),
        ({f"mot {n}": 1 + (n == 0) for n in range(13)}, "texte"),
        ({f"mot {n}": 2 for n in range(13)}, "choix"),
    ],
)
def test_a_column_looks_like_what_nineteen_answers_in_twenty(counts, expected):
    """95 % of numbers or dates; a choice has at most 12 values, or half as many as answers."""
    assert look_of(counts) == expected


@pytest.mark.parametrize(("personal", "expected"), [(2, False), (3, True)])
def test_three_addresses_in_ten_make_a_column_personal(personal, expected):
    cells = ["a@exemple.invalid"] * personal + ["au guichet"] * (10 - personal)

    assert is_personal("Remarque", cells) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Total", True), ("12 total", False), ("Moyenne", True), ("Très satisfait", False)],
)
def test_a_line_of_totals_begins_with_its_name(text, expected):
    assert is_footer(text) is expected


def test_the_first_text_of_a_line_tells_totals_and_skips_blank_cells():
    rows = [ReceivedRow(3, cells) for cells in (["", None, " Total ", "y"], ["x", "Total"], [""])]

    assert footers(rows).tolist() == [True, False, False]


def test_a_hidden_sheet_is_named_and_not_read(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx", {"Vue": [["Avis"], ["Oui"]], "Autre": [["Avis"], ["Non"]]}
    )

    assert [sheet.name for sheet in read_file(path, None).sheets] == ["Vue", "Autre"]
