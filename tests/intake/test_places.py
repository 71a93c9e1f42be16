"""Which column answers a question: by its code, its text, what is inside brackets, its rank."""

import pytest

from qpref.errors import ColumnsError
from qpref.intake.export import Column, Export
from qpref.intake.personal import is_personal
from qpref.intake.places import letters, places_of
from qpref.intake.rows import Sheet
from tests.visitors import ASKED


def found(*headings, **more):
    """The place of the columns of each question, by its variable."""
    columns = [one if isinstance(one, Column) else Column(place, one)
               for place, one in enumerate(headings)]  # fmt: skip
    places = places_of(Export("csv", Sheet("", []), columns, [], **more), ASKED)
    return {
        name: (place.shape, {option: column.index for option, column in place.columns.items()})
        for name, place in places.items()
    }


def test_a_question_is_the_column_of_its_text_whatever_its_case():
    assert found("ACCUEIL ?", "autre", "attente ?") == {
        "accueil": ("single", {"": 0}), "minutes": ("single", {"": 2}),
    }  # fmt: skip
    assert found("Q1. Accueil ?") == {}
    assert found(Column(0, "Q1. Accueil ?", code="Q1")) == {"accueil": ("single", {"": 0})}
    assert found("Section [Accueil ?]") == {"accueil": ("single", {"": 0})}
    assert found("Section (Accueil ?)", "Accueil ?") == {"accueil": ("single", {"": 1})}


def test_boxes_are_the_columns_of_the_options():
    assert found("Aide ? [Un agent]", "Aide ? [Un proche]") == {
        "aide_": ("boxes", {"proche": 1, "agent": 0})
    }
    assert found("Aide ?") == {"aide_": ("joined", {"": 0})}


@pytest.mark.parametrize(
    ("heading", "is_known"),
    [("Jour préf…", True), ("Jour préf..", True), ("Jour pré…", True), ("Jour pr…", False),
     ("Jour préf", False)],
)  # fmt: skip
def test_a_heading_cut_short_is_known_from_eight_letters_on(heading, is_known):
    assert bool(found(heading)) is is_known


def test_a_question_in_two_columns_is_refused():
    with pytest.raises(ColumnsError, match=r"peut se lire dans 2 colonnes : A « Avant \[Accueil"):
        found("Avant [Accueil ?]", "Après [Accueil ?]")


def test_twins_are_asked_for_by_their_rank():
    with pytest.raises(ColumnsError, match=r"dans 2 colonnes \(A, B\)"):
        found("Accueil ?", "Accueil ?")
    with pytest.raises(ColumnsError, match=r"dans 3 colonnes \(A, C, D\)"):
        found("Accueil ?", "autre", "Accueil ?", "Accueil ?")


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
)
def test_columns_have_the_letters_of_spreadsheets(index, name):
    assert letters(index) == name


@pytest.mark.parametrize(
    ("heading", "cells", "found_"),
    [
        ("Nom", [], True),
        ("Nom et prénom", ["Oui", "Non"], False),  # asks whether one was given
        ("Nom et prénom", ["Oui", "Zorglub"], True),
        ("Nom du guichet", [], False),
        ("Question", ["a@exemple.invalid"] * 3 + ["x"] * 7, True),  # three in ten
        ("Question", ["a@exemple.invalid"] * 2 + ["x"] * 7, False),
        ("Question", ["", None], False),
    ],
)
def test_a_column_is_personal_by_its_heading_or_three_cells_in_ten(heading, cells, found_):
    assert is_personal(heading, cells) is found_
