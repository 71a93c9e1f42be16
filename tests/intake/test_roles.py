"""Which facts of the fieldwork the questions of a form seem to be, by heading and by answers."""

from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.errors import UnreadableFileError
from qpref.intake.common import Counts, Outcome
from qpref.intake.drafts import Draft, DraftedForm, Shape
from qpref.intake.export import Column, Export
from qpref.intake.folders import site_above
from qpref.intake.inspection import _lost_zeros, describe, given_in, united
from qpref.intake.matching import Lexicon
from qpref.intake.roles import roles_of
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.intake.sheets import merged, not_recognised, unread_sheets
from qpref.reference import Modality


def level(text, *labels, **more):
    return Draft("", text, "", Shape.LEVEL, [("", one) for one in labels], **more)


def borne(*drafts, judged=(), is_dated=False, is_whole=False):
    sites = Lexicon([Modality(code=name, libelle=name.title()) for name in ("bourg", "ville")])
    form = DraftedForm(drafts, is_dated, is_whole)
    found = roles_of(form, [place in judged for place in range(len(drafts))], sites)
    return [found.borne.get(place) for place in range(len(drafts))], found


@pytest.mark.parametrize(
    ("draft", "role"),
    [
        (level("Où ?", "Bourg", "Ville"), "site"),
        (level("Site", "Nord", "Sud"), "site"),
        (level("Commune où vous habitez", "Bourg", "Ville"), None),
        (Draft("", "Où ?", "", Shape.TEXT, seen={"Bourg": 9, "autre": 1}), "site"),
        (Draft("", "Où ?", "", Shape.TEXT, seen={"Bourg": 8, "autre": 1}), None),
        (Draft("", "Date", "", Shape.DATE), "date"),
        (Draft("", "Attendu depuis", "", Shape.DATE), "date"),
        (Draft("", "N°", "", Shape.RECORD, seen={"1": 1, "2": 1}), "numero"),
        (Draft("", "N°", "", Shape.RECORD, seen={"1": 2, "2": 2}), "numero"),
        (Draft("", "N°", "", Shape.RECORD, seen={"1": 3, "2": 2}), None),
        (Draft("", "N°", "", Shape.RECORD), None),
        (Draft("", "Nom", "", Shape.PERSONAL), "coordonnees"),
        (level("Moment de la visite", "Matin", "Après-midi"), "demi_journee"),
        (level("Horaire", "Matin", "Après-midi"), "demi_journee"),
        (level("Horaire", "Matin", "Autre", "Ailleurs", "Jamais"), None),
        (level("Horaire souhaité", "Matin", "Après-midi"), None),
        (level("Âge", "18 à 29 ans", "30 à 44 ans"), "tranche_age"),
        (level("Question", "18 à 29 ans", "30 à 44 ans"), "tranche_age"),
        (level("Êtes-vous retraité ?", "Oui", "Non"), "retraite"),
        (level("Retraité", "Un peu", "Beaucoup"), None),
        (level("Avez-vous un rendez-vous ?", "Oui", "Non"), None),
    ],
)
def test_a_role_is_known_by_a_heading_and_by_answers(draft, role):
    assert borne(draft)[0] == [role]


def test_a_role_is_borne_once_by_the_surest():
    """Site names first, then a heading; the other is said."""
    roles, found = borne(level("Site", "Nord", "Sud"), level("Où ?", "Bourg", "Ville"))

    assert roles == [None, "site"]
    assert found.doubts == ["« Site » pourrait aussi avoir le rôle site"]
    assert found.guesses == {1: "ses réponses sont les noms des sites du projet"}
    assert {"site", "date"} & set(found.missing) == set()
    dates, _ = borne(Draft("", "Depuis", "", Shape.DATE), Draft("", "Date", "", Shape.DATE))
    assert dates == [None, "date"]
    twice, _ = borne(Draft("", "Date", "", Shape.DATE), Draft("", "Date 2", "", Shape.DATE))
    assert twice == ["date", None]


def test_what_a_form_states_needs_no_guess():
    number = Draft("", "N°", "", Shape.RECORD, seen={"1": 1})

    assert borne(number, is_whole=True)[0] == [None]
    assert borne(Draft("", "Date", "", Shape.DATE), is_dated=True)[0] == [None]
    opinion = level("Satisfaction dans l’ensemble", "Satisfait", "Pas satisfait")
    assert borne(opinion, judged=[0])[0] == ["satisfaction_globale"]
    assert borne(opinion)[0] == [None]
    assert borne(level("Site", "Nord", "Sud"), judged=[0])[0] == [None]
    helped = Draft("", "Qui vous a aidé ?", "", Shape.BOXES, [("", "Un agent")])
    assert borne(helped)[0] == ["aide"]


# Sheets and columns of any file


def rows_of(*rows):
    return [ReceivedRow(line, list(cells)) for line, cells in enumerate(rows, start=1)]


def test_sheets_that_hold_something_and_were_not_read_are_told():
    sheets = [Sheet(name, rows_of(["x"]) * n) for name, n in (("a", 3), ("b", 2), ("c", 0))]
    file = ReceivedFile("f.xlsx", "0", sheets, hidden=["d"])
    told = [(one.name, one.rows) for one in unread_sheets(file, ["a"])]

    assert told == [("b", 2), ("d", None)]
    assert [one.name for one in unread_sheets(file, [], ["a", "b"])] == ["d"]


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ([rows_of(["Attente", "Bruit"])], "n’a qu’une ligne .*Attente, Bruit"),
        ([rows_of(["Attente", "Bruit"], ["a", "b"])], "Première ligne : Attente, Bruit"),
        ([rows_of(["Motif", "Effectif"], ["a", 3], ["b", 4])], "résultats déjà comptés"),
        ([rows_of(["a@exemple.invalid", "x"], ["a", "b"])], "qui ne sont pas montrées"),
        ([[]], "Première ligne : vide"),
        ([], "Première ligne : vide"),
        ([rows_of(["", None], ["a", "b"])], "Première ligne : vide"),
        ([rows_of(["Attente"]), rows_of(["a", "b"], ["c", "d"])], "Première ligne : Attente"),
    ],
)
def test_a_file_that_is_not_recognised_says_what_it_seems(sheets, said):
    file = ReceivedFile("f", "0", [Sheet("", rows) for rows in sheets])

    with pytest.raises(UnreadableFileError, match=said):
        raise not_recognised(file)


def outcome(table, *, warnings=(), absent=(), **more):
    return Outcome(
        ReceivedFile("f", "0", []), "csv", Counts(2, 1, 1, 0), {"items": table},
        is_fictional=more.get("fictional", False), warnings=[*warnings], ignored_columns=["i"],
        absent_questions=[*absent], rows_above=2,
    )  # fmt: skip


def test_the_outcome_of_several_sheets_is_their_sum():
    """What all lack is absent; what one says is said once."""
    tables = [pd.DataFrame({"q": pd.Categorical([one])}) for one in ("a", "b")]
    found = merged([
        outcome(tables[0], warnings=["w", "v"], absent=["x", "y"]),
        outcome(tables[1], warnings=["w"], absent=["y", "z"], fictional=True),
    ])  # fmt: skip
    alone = outcome(tables[0])

    assert (found.counts.read, found.counts.kept, found.rows_above) == (4, 2, 4)
    assert (found.warnings, found.absent_questions) == (["w", "v"], ["y"])
    assert (found.ignored_columns, found.is_fictional) == (["i"], True)
    assert found.tables["items"]["q"].tolist() == ["a", "b"]
    assert [*found.tables["items"]["q"].cat.categories] == ["a", "b"]
    assert merged([alone]) is alone


def table(name, headings, *rows, kind="tableau"):
    columns = [Column(place, text) for place, text in enumerate(headings)]
    return Export(kind, Sheet(name, rows_of(headings, *rows)), columns, rows_of(*rows))


def test_sheets_of_like_headings_are_one_and_the_largest_table_decides():
    file = ReceivedFile("f", "0", [])
    notice = table("Notice", ["Texte"], *[["x"]] * 9)
    small, large = (table(name, ["q", "r"], *[["a", "b"]] * n) for name, n in (("A", 2), ("B", 3)))
    other = table("C", ["q", "s"], ["a", "b"])
    export, beside = united(file, [notice, small, large, other])

    assert (export.sheet.name, beside, len(export.rows)) == ("B", ["A"], 5)
    known = table("K", ["q"], ["a"], kind="limesurvey")
    assert united(file, [known, large])[0].sheet.name == "K"
    assert united(file, [table("V", ["q"], kind="limesurvey"), large])[0].sheet.name == "B"
    with pytest.raises(UnreadableFileError, match="pas reconnu"):
        united(file, [table("V", ["q"])])


def test_a_column_tells_its_states_apart():
    column = Column(0, "Avis")
    rows = rows_of(*[[one] for one in ("Bien", "Bien", "Mal", "", "NSP", "Sans objet", "#N/A")])
    found = describe(rows, column, {})

    assert found["intitule"] == "Avis"
    assert found["valeurs"]["Bien"] == 2
    assert found["etats"]["vide"] == 1


def test_postcodes_of_four_figures_lost_a_zero():
    rows = rows_of(["1000", "1000"], ["75001", "12"], ["abcd", ""])
    columns = [Column(0, "Code postal"), Column(1, "Autre")]

    assert _lost_zeros(rows, columns) == [
        "« Code postal » : 1 code(s) postal(aux) à quatre chiffres"
    ]
    assert _lost_zeros(rows[1:], columns) == []


def test_answers_of_closed_questions_are_counted_over_the_file():
    export = table("", ["q", "r"], ["a", "a"], ["a", "b"])
    many = table("", ["q"], *[[str(n)] for n in range(51)])
    fifty = table("", ["q"], *[[str(n)] for n in range(50)])

    assert given_in(export) == {"a": 3, "b": 1}
    assert len(given_in(many)) == 0
    assert len(given_in(fifty)) == 50


@pytest.mark.parametrize(
    ("shape", "judged", "role"),
    [
        (Shape.LEVEL, [], "tranche_age"),
        (Shape.BOXES, [], None),
        (Shape.LEVEL, [0], None),
    ],
)
def test_a_fact_is_asked_by_a_choice_that_judges_nothing(shape, judged, role):
    labels = [("", "18 à 29 ans"), ("", "30 à 44 ans")]

    assert borne(Draft("", "Âge", "", shape, labels), judged=judged)[0] == [role]


def test_ease_with_the_internet_is_a_fact_that_judges():
    ease = level("Aisance numérique", "À l’aise", "Pas à l’aise")

    assert borne(ease, judged=[0])[0] == ["aisance_numerique"]
    assert borne(ease)[0] == ["aisance_numerique"]


def test_the_site_of_a_file_is_that_of_the_nearest_folder_below_the_top(tmp_path):
    looking = SimpleNamespace(site_of=lambda name: name if name in {"bourg", "ville"} else None)
    path = tmp_path / "bourg" / "haut" / "ville" / "mois" / "f.csv"
    top = tmp_path / "bourg" / "haut"

    assert site_above(path, top, looking) == "ville"
    assert site_above(top / "mois" / "f.csv", top, looking) is None
    assert site_above(top / "mois" / "f.csv", tmp_path, looking) == "bourg"
    assert site_above(top / "f.csv", top, looking) is None
