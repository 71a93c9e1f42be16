"""What each cell of a questionnaire is understood as: a state, a level, a number, why not."""

import numpy as np
import pytest

from qpref.intake.columns import Cells
from qpref.intake.export import NOT_ASKED, UNREADABLE
from qpref.intake.items import Items
from qpref.intake.rows import Sheet
from qpref.intake.submission import Submissions
from qpref.reference import Question, Questionnaire
from tests.visitors import ASKED, day


class Refused(list):
    """What `Rejects` would keep: code, column, value and how often it was given."""

    def add(self, _sheet, line, code, _why, **more):
        self.append((line, code, more["column"], more["value"], more["given"], more["site"]))


def with_mark():
    """The same form with a mark out of 5, asked of those who came on a Thursday."""
    words = {"theme": "t", "texte": "Note ?", "texte_court": "Note"}
    note = Question.model_validate(
        {"id": "note", "type": "note", "minimum": 1, "maximum": 5, **words,
         "filtre": {"question": "quand", "vaut": ["jeudi"]}}
    )  # fmt: skip
    return Questionnaire.model_validate(
        ASKED.model_dump() | {"questions": [*ASKED.questions, note]}
    )


def read(cells, rows=None):
    """The items of some columns, by question and option, and what was refused."""
    count = len(next(iter(cells.values())))
    source = Submissions(
        "csv", Sheet("", []), list(range(2, count + 2)), [""] * count, [True] * count,
        {key: Cells.of(own) for key, own in cells.items()},
        {key: f"col {key[0]}{key[1]}" for key in cells},
    )  # fmt: skip
    kept = np.arange(count) if rows is None else np.array(rows)
    refused = Refused()
    items = Items(source, with_mark(), kept, Cells.same("bourg", len(kept)), refused)
    return items, refused


def told(items, count):
    table = items.table([str(n) for n in range(count)], "2020-11").astype({"question": str})
    return {
        key: [
            (row["etat"], None if row["modalite"] != row["modalite"] else row["modalite"],
             None if np.isnan(row["valeur"]) else row["valeur"])
            for _, row in own.iterrows()
        ]
        for key, own in table.groupby(["question", "option"], observed=True)
    }  # fmt: skip


def test_a_level_is_its_code_its_wording_or_nothing():
    items, refused = read(
        {("accueil", ""): ["Très bien", "mal", "", NOT_ASKED, "Pas concerné", "bof", "bof"]}
    )

    assert told(items, 7)["accueil", ""] == [
        ("repondu", "tres", None), ("repondu", "mal", None), ("non_reponse", None, None),
        ("non_posee", None, None), ("sans_objet", "so", None), ("invalide", None, None),
        ("invalide", None, None),
    ]  # fmt: skip
    assert refused == [(line, "hors_echelle", "col accueil", "bof", 2, "bourg") for line in (7, 8)]
    assert items.modality("accueil").listed()[:3] == ["tres", "mal", None]
    assert items.modality("absente").listed() == [None] * 7


def test_a_cell_in_error_is_told_apart():
    _, refused = read({("accueil", ""): ["#N/A", "bof"]})

    assert [one[:2] for one in refused] == [(2, "cellule_en_erreur"), (3, "hors_echelle")]


def test_boxes_of_which_one_is_ticked_are_all_answered():
    """None ticked, not asked, one ticked, one unreadable."""
    items, refused = read(
        {("aide_", "proche"): ["", NOT_ASKED, "x", "?", "Non", UNREADABLE],
         ("aide_", "agent"): ["", NOT_ASKED, "", "Oui", NOT_ASKED, UNREADABLE]}
    )  # fmt: skip

    found = told(items, 6)
    assert found["aide", "proche"] == [
        ("non_reponse", None, None), ("non_posee", None, None), ("repondu", None, 1),
        ("invalide", None, None), ("repondu", None, 0), ("invalide", None, None),
    ]  # fmt: skip
    assert found["aide", "agent"] == [
        ("non_reponse", None, None), ("non_posee", None, None), ("repondu", None, 0),
        ("repondu", None, 1), ("repondu", None, 0), ("invalide", None, None),
    ]  # fmt: skip
    assert [one[:4] for one in refused] == [(5, "case_illisible", "col aide_proche", "?")]


def test_what_joined_answers_left_over_is_refused():
    _, refused = read(
        {("aide_", ""): ["", "voisin"], ("aide_", "proche"): ["Oui", ""],
         ("aide_", "agent"): ["", ""]}
    )  # fmt: skip

    assert [one[:4] for one in refused] == [(3, "option_inconnue", "col aide_", "voisin")]


@pytest.mark.parametrize(
    ("text", "state", "value"),
    [
        ("1", "repondu", 1),
        ("5", "repondu", 5),
        ("3/5", "repondu", 3),
        ("0,9", "invalide", None),
        ("6", "invalide", None),
        ("peu", "invalide", None),
        ("", "non_reponse", None),
        (NOT_ASKED, "non_posee", None),
    ],
)
def test_a_mark_is_within_its_bounds(text, state, value):
    items, refused = read({("quand", ""): ["Le jeudi"], ("note", ""): [text]})

    assert told(items, 1)["note", ""] == [(state, None, value)]
    assert [one[1] for one in refused] == (["nombre_illisible"] if state == "invalide" else [])


def test_a_blank_was_not_asked_where_the_filter_closed_it():
    """Asked of those who said Thursday; nobody knows of who said nothing."""
    items, _ = read(
        {("quand", ""): ["Le jeudi", "Le lundi", "", "Le lundi"], ("note", ""): ["", "", "", "3"]}
    )

    assert [state for state, _, _ in told(items, 4)["note", ""]] == [
        "non_reponse", "non_posee", "non_reponse", "repondu",
    ]  # fmt: skip
    alone, _ = read({("note", ""): ["", "2"]})
    assert [state for state, _, _ in told(alone, 2)["note", ""]] == ["non_reponse", "repondu"]


def test_numbers_have_no_bounds_and_days_are_counted_from_1970():
    items, refused = read(
        {("minutes", ""): ["-3", "1 000", "peu"],
         ("depuis", ""): ["2020-11-20T10:00:00", "hier", ""]}
    )  # fmt: skip

    found = told(items, 3)
    assert [value for _, _, value in found["minutes", ""]] == [-3, 1000, None]
    assert found["depuis", ""] == [
        ("repondu", None, day("2020-11-20")), ("invalide", None, None), ("non_reponse", None, None),
    ]  # fmt: skip
    assert {one[1] for one in refused} == {"nombre_illisible", "date_illisible"}


def test_only_the_rows_kept_are_read():
    items, refused = read({("accueil", ""): ["bof", "mal", "tres"]}, rows=[2, 1])

    assert [code for _, code, _ in told(items, 2)["accueil", ""]] == ["tres", "mal"]
    assert refused == []


def test_what_was_understood_has_one_number_however_it_was_written():
    written, _ = read({("accueil", ""): ["Très bien", "tres", "mal", "", "TRES BIEN"]})
    codes, _ = read({("accueil", ""): ["tres"] * 5})
    first = written.digests()

    assert first[0] == first[1] == first[4] == codes.digests()[0]
    assert len({*first.tolist()}) == 3
    boxes, _ = read({("aide_", "proche"): ["x", "", "Oui"], ("aide_", "agent"): ["", "x", "non"]})
    assert boxes.digests()[0] == boxes.digests()[2] != boxes.digests()[1]
    numbers, _ = read({("minutes", ""): ["3", "3,0", "4"]})
    assert numbers.digests()[0] == numbers.digests()[1] != numbers.digests()[2]
