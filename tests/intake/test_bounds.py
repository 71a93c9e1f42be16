"""Where rules of `intake` change their mind: each is tried at its bound and on either side."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from qpref.errors import UnreadableFileError
from qpref.intake.columns import Cells, ReceivedTable, column_of
from qpref.intake.dates import _of_serial, _year
from qpref.intake.draft_scales import Scales
from qpref.intake.drafted_scale import DraftedScale
from qpref.intake.drafts import (
    Shape,
    _are_codes_and_words,
    _are_levels,
    _are_ticks,
    _is_closed,
    _shape_of_numbers,
    _untold,
    drafts_of,
)
from qpref.intake.export import Column, Export, numbered
from qpref.intake.folders import FolderContents, SetAside
from qpref.intake.formats.table import (
    _any_table,
    _are_names,
    _grouped,
    _is_band,
    _is_day,
    _is_year,
    repeats,
)
from qpref.intake.formats.tablets import _lone_boxes, _without_groups
from qpref.intake.inspection import ColumnContent, joint_of, look_of, tally, told_of_joined
from qpref.intake.levels import favourable, graded, is_yes_no, level, praises
from qpref.intake.lexicon import is_misspelt
from qpref.intake.lss_conditions import Conditions, _unwrapped
from qpref.intake.marks import bounds_of
from qpref.intake.moments import _too_fast
from qpref.intake.month_cells import number_of, read_period, read_share
from qpref.intake.mystery_headings import _column
from qpref.intake.privacy import mask, mask_answer, may_show, printable
from qpref.intake.readings import _fault
from qpref.intake.records import _is_table, find_separator, swallowed_at, unwrapped
from qpref.intake.remark import RemarkWords
from qpref.intake.rows import ReceivedRow, Sheet
from qpref.intake.sheets import (
    _has_totals,
    _is_counted,
    _is_shared_out,
    _is_whole,
    holds_results,
)
from qpref.intake.text import _encoding, _has_pairs, _is_mostly_utf8, read_text, seems_twice


def rows_of(*rows):
    return [ReceivedRow(line, list(cells)) for line, cells in enumerate(rows, start=1)]


def sheet_of(*rows, name="", merged=()):
    return Sheet(name, rows_of(*rows), [*merged])


# Marks and levels


@pytest.mark.parametrize(
    ("wording", "marks", "bounds"),
    [
        ("Note", {"1": 1, "5": 1}, (1.0, 5.0)),
        ("Note", {"0": 1, "5": 1}, (0.0, 10.0)),
        ("Note", {"2": 1, "5": 1}, (1.0, 5.0)),
        ("Note", {"1": 1, "6": 1}, (0.0, 10.0)),
        ("Note", {"1": 1, "10": 1}, (0.0, 10.0)),
        ("Note", {"1": 1, "11": 1}, (0.0, 20.0)),
        ("Note", {"1": 1, "20": 1}, (0.0, 20.0)),
        ("Note", {"1": 1, "21": 1}, None),
        ("Note", {"-1": 1, "5": 1}, None),
        ("Note", {"0,5": 1, "5": 1}, None),  # a share of a point is measured, not given
        ("Accueil", {"1": 4, "2": 4}, None),  # two numbers are codes
        ("Accueil", {"1": 4, "2": 4, "3": 1}, (1.0, 5.0)),
        ("Accueil", {"1": 4, "2": 4, "11": 1}, None),
        ("Accueil sur 5", {"1": 9, "5": 1}, (1.0, 5.0)),
        ("Accueil sur 5", {"0": 1, "5": 9}, (0.0, 5.0)),
        ("Accueil sur 5", {"1": 9, "6": 1}, (1.0, 5.0)),  # nine in ten are inside
        ("Accueil sur 5", {"1": 8, "6": 1}, None),
        ("Accueil sur 20", {"1": 9, "20": 1}, (0.0, 20.0)),
        ("De 1 à 8", {"2": 9, "8": 9}, (1.0, 8.0)),
        ("Accueil", {"3/10": 1, "9/10": 2}, (0.0, 10.0)),
        ("Accueil", {"3/10": 1, "9/20": 2}, None),
    ],
)
def test_marks_have_the_least_usual_bounds_that_hold_them(wording, marks, bounds):
    assert bounds_of(wording, marks) == bounds


@pytest.mark.parametrize(
    ("labels", "is_whole", "sides"),
    [
        (["Bien"], True, None),
        (["Bien", "Mal"], True, {"Bien": True, "Mal": False}),
        (["Bien", "Moyen", "Mal"], True, {"Bien": True, "Moyen": None, "Mal": False}),
        (["Bien", "Moyen"], True, None),
        (["Moyen", "Mal"], True, None),
        (["Très bien", "Bien", "Mal"], True, None),  # « bien » in the middle has no reserve
        (["Très bien", "Plutôt bien", "Mal"], True,
         {"Très bien": True, "Plutôt bien": None, "Mal": False}),
        (["Oui", "Non"], True, None),
    ],
)  # fmt: skip
def test_levels_have_sides_when_some_are_for_and_some_against(labels, is_whole, sides):
    assert favourable(labels, is_whole=is_whole) == sides


def test_eleven_levels_are_the_most_and_one_word_is_shared():
    bad, good = [f"{n} Mal" for n in range(6)], [f"{n} Bien" for n in range(6)]

    assert favourable([*bad[:5], "Moyen", *good[:5]], is_whole=True)
    assert favourable([*bad, *good], is_whole=True) is None
    assert graded(["Très satisfait", "Peu satisfait"])
    assert graded(["Satisfait de l’accueil", "Peu satisfait du délai"]) is None
    assert graded(["Bien", "Au guichet"]) is None


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["Oui", "Non"], True),
        (["Oui", "Non", "Sans avis"], True),
        (["Oui"], True),
        (["Oui", "Peut-être"], False),
        (["Sans avis"], False),
    ],
)
def test_yes_and_no_may_stand_beside_no_opinion(labels, found):
    assert is_yes_no(labels) is found


def test_a_level_is_sixty_letters_at_most():
    words = "bien " + "a" * 54
    assert len(words) == 59
    assert level(words + "a") is not None
    assert level(words + "aa") is None


def test_yes_to_a_complaint_is_no_praise():
    assert not praises("Avez-vous eu un problème ?", ["Oui", "Non"])
    assert praises("Avez-vous eu un problème ?", ["Non"])
    assert praises("Avez-vous été bien reçu ?", ["Oui", "Non"])


@pytest.mark.parametrize(
    ("labels", "doubt"),
    [
        (["Bien", "Moyen"], "un seul côté"),
        (["Mal", "Moyen"], "un seul côté"),
        (["Bien", "Mal"], "ses côtés"),
    ],
)
def test_a_scale_of_one_side_lacks_levels(labels, doubt):
    scale = DraftedScale([{"code": text, "libelle": text} for text in labels])
    assert scale.doubt.startswith(doubt)


# Dates and months


def test_two_figures_are_a_year_around_seventy():
    assert [_year(text) for text in ("69", "70", "99", "00", "2020", "120")] == [
        2069, 1970, 1999, 2000, 2020, 120,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        (36_526, "2000-01"),
        (36_525, ""),
        (73_050, "2099-12"),
        (73_051, ""),
        ("2000-01", "2000-01"),
        ("2099-12", "2099-12"),
        ("1999-12", ""),
        ("2100-01", ""),
        ("12/2020", "2020-12"),
        ("00/2020", ""),
        ("13/2020", ""),
        (date(2020, 3, 31), "2020-03"),
    ],
)
def test_a_month_is_of_this_century(cell, period):
    assert read_period(cell) == period


@pytest.mark.parametrize(
    ("cell", "scale", "share"),
    [
        ("0 %", "", 0.0),
        ("100 %", "", 1.0),
        ("1 %", "", 0.01),
        (0, "", 0.0),
        (0, "pourcent", 0.0),
        (1.5, "pourcent", 0.015),
        (100, "pourcent", 1.0),
        (1, "part", 1.0),
        (0, "part", 0.0),
        ("", "part", None),
    ],
)
def test_a_share_goes_from_nothing_to_all(cell, scale, share):
    assert read_share(cell, scale) == share


@pytest.mark.parametrize(
    ("cell", "scale", "why"),
    [
        ("101 %", "", "de 0 à 100"),
        (1.1, "part", "de 0 à 100"),
        (1, "pourcent", "peut être 1 % ou 100 %"),
        (0.5, "pourcent", "peut être 0,5 % ou 50 %"),
        (0.5, "", "signe % absent"),
        (-1, "part", "négatif"),
        ("peu", "part", "nombre attendu"),
    ],
)
def test_what_is_no_share_says_why(cell, scale, why):
    with pytest.raises(ValueError, match=why):
        read_share(cell, scale)
    assert number_of(0) == 0


@pytest.mark.parametrize(("number", "day"), [(20_000, (1954, 10, 3)), (80_000, (2119, 1, 11))])
def test_serial_numbers_of_days_have_bounds(number, day):
    found = _of_serial(float(number), "x")

    assert (found.year, found.first, found.second) == day
    for beyond in (19_999.0, 80_001.0):
        with pytest.raises(ValueError, match="x"):
            _of_serial(beyond, "x")


def test_ten_seconds_are_too_few_to_read():
    """Without the seconds, or sent before it was begun, nothing is said."""
    start = datetime(2020, 11, 16, 9, 0)
    taken = [0, 9, 10, -1]
    begun = Cells.of([start] * 4 + [datetime(2020, 11, 16)])
    sent = Cells.of([start + timedelta(seconds=n) for n in taken] + [datetime(2020, 11, 16)])

    assert _too_fast(begun, sent) == 2


# Counts, shares and readings


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"numerateur": 5, "denominateur": 5}, ""),
        ({"numerateur": 6, "denominateur": 5}, "dépasse"),
        ({"numerateur": 5}, "il faut"),
        ({"valeur": 0.5}, ""),
        ({"numerateur": 1, "denominateur": 3, "valeur": 0.33}, ""),
        ({"numerateur": 1, "denominateur": 3, "valeur": 0.34}, "n’est pas"),
        ({"numerateur": 0, "denominateur": 0, "valeur": 0.5}, ""),
    ],
)
def test_a_share_is_that_of_its_parts(parts, why):
    found = _fault(parts, SimpleNamespace(is_share=True))
    assert why in found
    assert bool(why) is bool(found)
    assert not _fault(parts, SimpleNamespace(is_share=False))


@pytest.mark.parametrize(("total", "found"), [(99, True), (101, True), (98.9, False), (102, False)])
def test_rounded_percentages_add_up_to_a_hundred_within_one(total, found):
    assert _is_whole(total) is found


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([[40, 60]], False),
        ([[40, 60], [30, 70]], True),
        ([[40], [60]], True),  # one column that shares out a hundred
        ([[1, 2], [2, 1]], False),  # ranks
        ([[4, 5], [1, 8]], False),  # two rows of one sum may be chance
        ([[4, 5], [1, 8], [3, 6]], True),
        ([[40, 60], [30, 70, 0]], False),
        ([[5], [5], [5]], False),
        ([[], []], False),
    ],
)
def test_rows_share_out_a_hundred_or_as_many_people(numbers, found):
    assert _is_shared_out(numbers) is found


@pytest.mark.parametrize(
    ("texts", "numbers", "found"),
    [
        (["a", "b", "Total"], [[1, 2], [3, 4], [4, 6]], True),
        (["a", "b", "Total"], [[1, 2], [3, 4], [5, 7]], True),  # rounded
        (["a", "b", "Total"], [[1, 2], [3, 4], [6, 6]], False),
        (["a", "b", "Total"], [[1, 2], [3, 4], [4]], False),
        (["a", "Total"], [[1, 2], [1, 2]], False),
        (["a", "b", "c"], [[1, 2], [3, 4], [4, 6]], False),
    ],
)
def test_the_last_line_adds_up_two_others_or_more(texts, numbers, found):
    assert _has_totals(texts, numbers) is found


def test_a_row_of_counts_is_a_text_then_numbers():
    assert _is_counted(["a", 1])
    assert _is_counted(["a", "12", "3 %"])
    assert not _is_counted(["a"])
    assert not _is_counted(["12", 1])
    assert not _is_counted([12, 1])
    assert not _is_counted(["a", "b"])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["Motif", "Effectif"], ["a", 1], ["b", 2]], True),  # the heading says so
        ([["Motif", "n"], ["a", 1], ["b", 2]], True),
        ([["Motif", "n", "total"], ["a", 1, 2], ["b", 2, 3]], True),
        ([["Motif", "Note"], ["a", 1], ["b", 2]], False),
        ([["", "x"], ["a", 1], ["b", 1]], False),  # a single column adds up to itself
        ([["", "x", "y"], ["a", 1, 4], ["b", 2, 3]], True),
        ([["Motif", "Effectif"], *[["a", 1]] * 7, *[["titre"]] * 3], True),  # seven in ten
        ([["Motif", "Effectif"], *[["a", 1]] * 6, *[["titre"]] * 3], False),
    ],
)
def test_a_sheet_of_counts_is_known_by_its_headings_or_its_sums(rows, found):
    assert holds_results(sheet_of(*rows)) is found


# What may name somebody


def test_a_text_that_five_gave_is_a_label():
    assert not may_show("Mme Imaginaire", 4)
    assert may_show("Mme Imaginaire", 5)
    assert mask_answer("Florent", count=4) == "[nom]"
    assert mask_answer("Florent", count=5) == "Florent"


def test_one_person_s_word_is_hidden_from_twenty_answers_on():
    """Unless half of what several gave are no words of the language either."""

    def given(good, odd=0):
        return {"Guichet": good, **({"Zorgl": odd} if odd else {}), "Zorglub": 1}

    assert "Zorglub" in printable(given(18), {})
    assert "Zorglub" not in printable(given(19), {})
    assert "Zorglub" in printable(given(19, 19), {})
    twice = {"Guichet": 19, "Zorglub": 2}
    assert printable(twice, {}) == twice


@pytest.mark.parametrize(
    ("text", "shouted"),
    [
        ("MERCI", False),  # one word
        ("MERCI BIEN", True),
        ("AAAAAAA aaa", False),  # seven letters in ten: no more than that
        ("AAAAAAAA aaa", True),
        ("AAAAAA aaaa", False),
    ],
)
def test_a_text_is_shouted_when_most_letters_of_two_words_are_capitals(text, shouted):
    assert RemarkWords(text).shouted is shouted


def test_capitals_say_nothing_where_common_words_have_them_too():
    """From two common words of four letters on, and over six in ten of them."""

    def flat(text):
        return RemarkWords(text).flat_case

    assert not flat("le Guichet ferme")
    assert flat("le Guichet Ferme")
    assert not flat("le Guichet Ferme dans cette salle")
    assert not flat("le Guichet de Cette salle, dans ce bureau")
    assert flat("le Guichet de Cette Salle, dans ce bureau et au Dossier")
    assert not flat("le Bus est Bon")


def test_a_word_has_a_place_and_neighbours():
    words = RemarkWords("Un deux, trois")

    assert [words.key(i) for i in (-1, 0, 2, 3)] == ["", "un", "trois", ""]
    assert [words.has_next(i) for i in (0, 1, 2)] == [True, False, False]
    assert [words.is_after(i) for i in (0, 1, 2)] == [False, True, False]
    acronyms = RemarkWords("un ANTAI et un ANTAIS").words
    assert [RemarkWords("un ANTAI et un ANTAIS").is_acronym(i) for i in range(len(acronyms))] == [
        False, True, False, False, False,
    ]  # fmt: skip


def test_a_compound_of_first_names_is_one():
    found = RemarkWords("merci à Anne-Marie, à Jean-Guichet")
    first = [word.text for i, word in enumerate(found.words) if found.is_first(i)]

    assert first == ["Anne-Marie"]


@pytest.mark.parametrize(
    ("key", "found"),
    [("acceuil", True), ("guiche", True), ("guic", False), ("sivakumar", False)],
)
def test_a_misspelt_word_is_nearly_a_common_one(key, found):
    assert is_misspelt(key) is found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("merci à Zorglube et Fictivelle", "merci à [nom] et [nom]"),
        ("merci à Zorglube, Fictivelle", "merci à [nom], [nom]"),
        ("Zorglube et Fictivelle ont été aimables", "[nom] et [nom] ont été aimables"),
        ("je suis Zorglube Fictivelle", "je suis [nom]"),
        ("c’est Zorglube qui m’a reçu", "c’est [nom] qui m’a reçu"),
        ("c’est zorglube qui m’a reçu", "c’est [nom] qui m’a reçu"),
        ("c’est zorglube partout", "c’est zorglube partout"),
        ("Nom : Zorglube", "Nom : [nom]"),
    ],
)
def test_names_are_told_by_what_stands_around(text, masked):
    assert mask(text)[0] == masked


# Drafts and columns


@pytest.mark.parametrize(
    ("texts", "closed"),
    [
        ({"x" * 120: 1, "y": 1}, True),
        ({"x" * 121: 1, "y": 1}, False),
    ],
)
def test_choices_are_short(texts, closed):
    assert _is_closed("motif", texts) is closed


def test_a_question_on_remarks_has_choices_when_each_is_given_five_times():
    wording = "avez vous des remarques"

    assert _is_closed(wording, {"a": 9, "b": 1})
    assert not _is_closed(wording, {"a": 8, "b": 1})


def test_few_codes_beside_a_word_given_twice_are_a_level():
    codes = {str(n): 1 for n in range(10)}

    assert _are_codes_and_words(codes | {"Autre": 2})
    assert not _are_codes_and_words(codes | {"Autre": 1})
    assert not _are_codes_and_words(codes | {"10": 1, "Autre": 2})
    assert not _are_codes_and_words(codes)


def test_drafts_know_levels_ticks_and_numbers():
    assert _are_levels(["Bien", "Mal"])
    assert not _are_levels(["Bien"])
    assert _are_ticks({"0": 1, "1": 2})
    assert _are_ticks({"1": 2})
    assert not _are_ticks({"0": 1, "1": 2, "2": 1})
    assert not _are_ticks({})
    assert _shape_of_numbers("motif", {str(n): 1 for n in range(11)}) is Shape.LEVEL
    assert _shape_of_numbers("motif", {str(n): 1 for n in range(12)}) is Shape.NUMBER
    assert _untold(1).startswith("1 réponse non reprise,")
    assert _untold(2).startswith("2 réponses non reprises,")


def drafted(*headings):
    columns = [Column(place, text) for place, text in enumerate(headings)]
    return drafts_of(Export("csv", Sheet("", []), columns, rows_of(["Bien"] * len(headings))))


def test_three_headings_that_begin_alike_are_the_rows_of_one_question():
    alike = [f"Accueil : point {n}" for n in "abc"]

    assert [one.theme for one in drafted(*alike)] == ["Accueil"] * 3
    assert [one.theme for one in drafted(*alike[:2])] == [""] * 2
    inside = ["Accueil [a]", "Accueil [b]"]
    assert [one.theme for one in drafted(*inside)] == ["Accueil"] * 2
    assert [one.theme for one in drafted(inside[0], "Autre")] == ["", ""]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        (["Très bien", "Bien"], ["Bien", "Mal"], 2),
        (["Très bien", "Bien", "Mal"], ["Bien", "Mal", "Très mal"], 1),
        (["Très bien", "Bien", "Mal"], ["Bien"], 1),
        (["Bien", "Mal"], ["Lundi", "Mardi"], 2),
        (["18 à 29 ans", "30 à 44 ans", "45 à 59 ans"],
         ["30 à 44 ans", "45 à 59 ans", "60 à 74 ans"], 1),
    ],
)  # fmt: skip
def test_two_levels_in_common_make_one_scale_of_two_questions(first, second, count):
    groups = [[("", one) for one in labels] for labels in (first, second)]

    assert len(Scales(groups, [], is_whole=False)._drafted) == count
    assert len(Scales(groups, [], is_whole=True)._drafted) == 2


@pytest.mark.parametrize(
    ("texts", "joint"),
    [
        ({"a", "b", "a;b"}, ";"),
        ({"a;b", "c;d"}, ""),
        ({"a;b", "b;c", "a;c", "a;b;c"}, ";"),
        ({"a;b"}, ""),
        ({"a;"}, ";"),
        ({"a"}, ""),
    ],
)
def test_labels_are_joined_where_they_are_fewer_than_the_texts(texts, joint):
    assert joint_of(texts) == joint


@pytest.mark.parametrize(
    ("counts", "look"),
    [
        ({}, "vide"),
        ({"Oui": 1}, "oui_non"),
        ({"1": 19, "peu": 1}, "nombre"),  # nineteen in twenty
        ({"1": 18, "peu": 1}, "choix"),
        ({"16/11/2020": 19, "hier": 1}, "date"),
        ({"guichet": 1, "attente": 1, "accueil": 1, "bruit": 1}, "choix"),  # four: too few to say
        ({"guichet": 1, "attente": 1, "accueil": 1, "bruit": 1, "délai": 1}, "texte"),
        ({"guichet": 2, "attente": 1, "accueil": 1, "bruit": 1}, "choix"),
    ],
)
def test_a_column_looks_like_what_nearly_all_its_answers_are(counts, look):
    assert look_of(counts) is ColumnContent(look)


def test_a_tenth_of_the_answers_may_be_names():
    """Nine of ten join labels, or are choices; one of nine is more than a tenth."""
    names = {"Mme Imaginaire": 1}

    assert look_of({"guichet;attente": 5, "guichet": 4, **names}) is ColumnContent.JOINED
    assert look_of({"guichet;attente": 5, "guichet": 3, **names}) is not ColumnContent.JOINED
    assert look_of({"guichet": 5, "attente": 4, **names}) is ColumnContent.CHOICE
    assert look_of({"guichet": 5, "attente": 3, **names}) is ColumnContent.TEXT


def test_choices_are_fifty_at_most():
    def look(count):
        return look_of({f"guichet {'a' * n}": 20 for n in range(1, count + 1)})

    assert look(50) is ColumnContent.CHOICE
    assert look(51) is ColumnContent.TEXT


def test_what_is_declared_no_answer_is_left_out_but_not_what_says_so():
    column = Column(0, "q", missing=frozenset({"99", "Sans objet", "NSP", "Je ne sais pas trop"}))
    rows = rows_of(
        *[[text] for text in ("99", "Sans objet", "NSP", "Je ne sais pas trop", "", "a")]
    )

    assert set(tally(rows, column)) == {"Sans objet", "NSP", "Je ne sais pas trop", "a"}
    assert told_of_joined({"guichet;attente": 2, "guichet": 3}, {}) == {
        "guichet;attente": 2, "guichet": 3,
    }  # fmt: skip


def test_repeated_headings_are_numbered_from_the_second():
    columns = numbered([Column(0, "a"), Column(1, "a"), Column(2, "b"), Column(3, "q [a]"),
                        Column(4, "q [a]")])  # fmt: skip

    assert [one.heading for one in columns] == ["a", "a (2)", "b", "q [a]", "q [a (2)]"]
    assert [one.plain for one in columns] == ["a", "a", "b", "q [a]", "q [a]"]
    assert Column(0, "x (1)").plain == "x (1)"


def test_a_column_beyond_the_last_is_empty():
    table = ReceivedTable(np.array([1, 2]), [Cells.of(["a", "b"])])

    assert column_of(table, 0).listed() == ["a", "b"]
    assert column_of(table, 1).listed() == ["", ""]
    assert ReceivedRow(1, ["a"]).at(0) == "a"
    assert ReceivedRow(1, ["a"]).at(1) == ""
    assert Cells.of([]).are_texts
    assert not Cells.of([1]).are_texts


# Tables of any headings


def test_a_heading_holds_four_names_in_five():
    assert _are_names([*"abcd", 1])
    assert not _are_names([*"abc", 1])
    assert not _are_names([])
    assert _are_names(["Motif", 2019, 2020])  # years after a text
    assert not _are_names([2019, "Motif", 2020])
    assert not _are_names([*"abcdefgh", "16/11/2020"])


def test_a_day_has_eight_letters_and_a_year_two_bounds():
    assert [_is_day(text) for text in ("16/11/20", "16/11/2020", "6/11/20", "20201116")] == [
        True, True, False, False,
    ]  # fmt: skip
    years = ("1989", "1990", "2099", "2100", "x")
    assert [_is_year(text) for text in years] == [False, True, True, False, False]


def test_the_first_row_of_names_nearly_as_wide_as_the_widest_heads_a_table():
    four, five = [*"abcd"], [*"vwxyz"]

    assert [c.heading for c in _any_table(sheet_of(four, [1] * 5, five)).columns] == four
    assert [c.heading for c in _any_table(sheet_of([*"abc"], five, [1] * 5)).columns] == five
    assert [c.heading for c in _any_table(sheet_of(five)).columns] == five
    assert _any_table(sheet_of([1, 2])) is None


@pytest.mark.parametrize(
    ("rows", "band"),
    [
        ([["T", "T", "T"], ["a", "b", "c"], [1, 2, 3]], True),
        ([["T", "", ""], ["a", "b", "c"], [1, 2, 3]], True),
        ([["T", "", ""], ["a", "b", ""], [1, 2, 3]], False),  # under three columns
        ([["T", "U", ""], ["a", "b", "c"], [1, 2, 3]], False),
        ([["T", "T", "T"], ["a", "b", "b"], [1, 2, 3]], False),  # headings are all different
        ([["T", "T", "T"], ["a", "b", "c"], ["a", 2, 3]], True),  # a tick repeats its heading
        ([["T", "T", "T"], ["a", "b", "c"], ["a", 2, 3], ["z", 2, 3]], False),
    ],
)
def test_a_band_repeats_a_text_over_three_headings(rows, band):
    assert _is_band(sheet_of(*rows), 0) is band


def test_a_row_is_the_heading_again_when_two_cells_are():
    columns = [Column(0, "a"), Column(1, "b"), Column(2, "")]
    rows = rows_of(["a", "b", ""], ["a", "", ""], ["a", "c", ""], ["", "", ""])

    assert repeats(rows, columns).tolist() == [True, False, False, False]


def test_a_merged_group_heads_the_columns_under_it():
    sheet = sheet_of(["G", "", "H"], ["a", "b", "c"], merged=[((0, 0), (0, 1)), ((0, 2), (1, 2))])
    grouped_ = _grouped(sheet, 1)

    assert [text.startswith("G") for text in grouped_] == [True, True, False]


# Tablets


def test_boxes_of_a_tablet_are_two_at_least_and_hold_bits():
    headings = ["q/a", "q/b", "r/a", "s/a", "s/b", "t"]
    rows = rows_of(["1", "0", "1", "1", "9", "1"], ["0", "", "0", "0", "1", "0"])

    assert _lone_boxes(headings, rows) == {0: ("q", "a"), 1: ("q", "b")}
    only = rows_of(["1", "1", "1", "1", "1", "1"])
    assert set(_lone_boxes(headings, only)) == {0, 1, 3, 4}
    all_three = rows_of(*[[bit] * 6 for bit in ("0", "1", "")])
    assert set(_lone_boxes(headings, all_three)) == {0, 1, 3, 4}


def test_a_group_begins_two_headings():
    assert _without_groups("g - q", " - ", ["g - q", "g - r"]) == "q"
    assert _without_groups("g - q", " - ", ["g - q", "h - r"]) == "g - q"
    assert _without_groups("groupe/question", "/", []) == "question"


# Texts, encodings, quotation marks


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a;b\n1;2\n", ";"), ("a,b;c,d\n1,2;3,4\n", ","), ("a\tb\n", "\t"), ("a\nb\n", ";")],
)
def test_a_separator_cuts_records_into_the_widest_one_width(text, separator):
    assert find_separator(text) == separator


def test_a_table_has_two_records_of_two_cells_nine_in_ten_as_wide():
    assert _is_table("a;b\n1;2\n")
    assert not _is_table("a;b\n")
    assert not _is_table("a\n1\n")
    assert _is_table("a;b\n" + "1;2\n" * 8 + "3\n")
    assert not _is_table("a;b\n" + "1;2\n" * 7 + "3\n")
    assert unwrapped('"a;b"\n"1;2"') == "a;b\n1;2"
    assert unwrapped("a;b\n1;2") is None


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([["a", "b", "c"], ["1", "2\n3;4;5", "6"]], 2),  # one line as wide as a record
        ([["a", "b", "c"], ["1", "2\n3;4", "6"]], None),
        ([["a", "b"], ["1", "2\n3;4"]], None),  # of two columns, two lines are needed
        ([["a", "b"], ["1", "2\n3;4\n5;6"]], 2),
        ([["a"], ["1\n2\n3"]], None),
    ],
)
def test_a_cell_that_holds_whole_records_is_told(rows, line):
    found = rows_of(*rows)
    assert swallowed_at(found, ";") == line


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "utf-8"),
        (b"abc", "utf-8"),
        (b"\xef\xbb\xbfabc", "utf-8-sig"),
        ("été;b\n".encode("utf-16"), "utf-16"),
        ("ete;b\n".encode("utf-16-le"), "utf-16-le"),
        ("ete;b\n".encode("utf-16-be"), "utf-16-be"),
        (b"a\x00bcd\x00ef", "utf-8"),  # half of the second bytes, no more
        ("été".encode("cp1252"), "cp1252"),
        ("été".encode("mac_roman"), "mac_roman"),
    ],
)
def test_bytes_have_the_encoding_of_their_letters(content, encoding):
    assert _encoding(content) == encoding


def test_letters_of_utf8_go_on():
    tried = (b"\xc3\xa9", b"\xc3a", b"\xbf\xa9", b"\xc0\x80", b"\xc3")
    assert [_has_pairs(one) for one in tried] == [True, False, False, True, False]
    whole, broken = "é".encode(), b"\xe9 "
    assert _is_mostly_utf8(whole * 4 + broken)
    assert not _is_mostly_utf8(whole * 3 + broken)


def test_a_text_of_zeros_is_no_text():
    text = "a;b\n" + "1;2\n" * 24
    assert len(text) == 100
    assert read_text("a.csv", text[:-2].encode() + b"\x00\x00")[2] == ";"
    with pytest.raises(UnreadableFileError, match="octets nuls"):
        read_text("a.csv", text[:-3].encode() + b"\x00\x00\x00")


def test_signs_of_mac_are_those_of_a_text_read_as_another_s():
    assert seems_twice("Ã©tÃ©") == "utf-8"
    assert seems_twice("été") == ""


# Conditions, folders, SPSS, frames


def conditions(*relevance, former=(), groups=None):
    questions = [{"qid": "4", "title": "Q4"}, {"qid": "5", "title": "Q5"}]
    row = {"qid": "9", "gid": "1", "relevance": relevance[0] if relevance else "1"}
    return Conditions(questions, groups or {}, former).of(row)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('Q4.NAOK == "A1"', ("Q4", ["A1"])),
        ('((Q4.NAOK == "A1"))', ("Q4", ["A1"])),
        ('(Q4 == "A1") or (Q4 == "A2")', ("Q4", ["A1", "A2"])),
        ('((Q4 == "A1") or (Q4 == "A2"))', ("Q4", ["A1", "A2"])),
        ('12X3X4 == "Y"', ("Q4", ["Y"])),
        ('12X3X7 == "Y"', ("12X3X7", ["Y"])),
    ],
)
def test_a_simple_condition_is_a_question_and_its_values(text, asked):
    assert conditions(text) == {"asked_if": asked}


@pytest.mark.parametrize(
    "text",
    ['Q4 == "A1" or Q5 == "A1"', 'Q4 == "A1" and Q5 == "A2"', "Q4 > 3", 'Q4 == "A1" or Q4 > 3'],
)
def test_any_other_condition_is_told_and_not_taken(text):
    assert conditions(text) == {"doubt": f"sa condition n’est pas reprise ({text})"}


def test_a_long_condition_is_cut_at_eighty_letters():
    text = "Q4 > " + "3" * 90
    assert conditions(text) == {"doubt": f"sa condition n’est pas reprise ({text[:80]})"}


def test_conditions_of_a_group_and_of_older_files_are_taken_too():
    old = {"qid": "9", "cqid": "4", "value": "A1"}

    assert conditions() == {}
    assert conditions("", groups={"1": 'Q5 == "N"'}) == {"asked_if": ("Q5", ["N"])}
    both = conditions('Q4 == "A1"', groups={"1": 'Q5 == "N"'})
    assert both == {"doubt": 'sa condition n’est pas reprise (Q4 == "A1" et Q5 == "N")'}
    assert conditions(former=[old, old | {"value": "A2"}]) == {"asked_if": ("Q4", ["A1", "A2"])}
    for other in ({"method": "<"}, {"cqid": "5"}, {"value": ""}):
        told = conditions(former=[old, old | other])
        assert told == {"doubt": "sa condition n’est pas reprise (conditions)"}
    assert conditions(former=[old | {"cqid": "8"}]).keys() == {"doubt"}


def test_parentheses_are_taken_off_when_they_hold_the_whole():
    assert _unwrapped("((a) or (b))") == "(a) or (b)"
    assert _unwrapped("(a) or (b)") == "(a) or (b)"
    assert _unwrapped(" ( (a) ) ") == "a"


@pytest.mark.parametrize(
    ("count", "said"),
    [(5, "f0, f1, f2, f3, f4"), (6, "f0, f1, f2, f3, f4 et 1 autre(s)"), (1, "f0")],
)
def test_what_is_not_read_in_a_folder_is_named_by_reason(count, said):
    aside = [SetAside(f"f{n}", "vide") for n in range(count)] + [SetAside("g", "autre")]

    assert [*FolderContents(aside=aside).sentences] == [f"{said} : vide", "g : autre"]


# Mystery workbooks laid out by their users


def mystery_column(heading, *cells):
    return _column(heading, list(cells), set())


@pytest.mark.parametrize(
    ("heading", "cells", "highest"),
    [
        ("Note", (0, 5), 5),
        ("Note", (0, 6), 10),
        ("Note", (0, 10), 10),
        ("Note", (0, 11), 20),
        ("Note", (0, 20), 20),
        ("Note", (0, 100), 100),
        ("Note", (0, 1000), 1000),
        ("Note", (0, 1001), 0),
        ("Note", (-1, 5), 0),
        ("Note", ("7/20", "3/20"), 20),
        ("Note", ("7/20", "3/10"), 20),
        ("Note /8", (3, 8), 8),
        ("Note sur 8", (3, 9), 0),
        ("Délai", (0, 5), 0),  # a number of something
        ("Tenue", (0, 1), 0),  # a tick
        ("Tenue", (1,), 0),
    ],
)
def test_a_mark_is_out_of_the_least_usual_that_holds_it(heading, cells, highest):
    assert mystery_column(heading, *cells).highest == highest


def test_a_judgement_has_six_answers_at_most():
    six = tuple("abcdef")

    assert mystery_column("Tenue", *six).answers == six
    assert mystery_column("Tenue", *six, "A").answers == (*six, "A")
    assert mystery_column("Tenue", *six, "g").answers == ()
    assert mystery_column("Tenue", 0, 1).answers == ("0", "1")
    assert not mystery_column("Tenue").is_keyed


# Answers of a questionnaire


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({"3": 1, "2 - peu": 1}, True),  # half of the answers are bare numbers
        ({"3": 1, "2 - peu": 1, "1 - pas": 1}, False),
        ({"3": 1, "peu": 1}, False),
    ],
)
def test_marks_may_have_words_beside_half_of_them(texts, found):
    assert (bounds_of("Note", texts) is not None) is found


def test_a_word_is_misspelt_from_five_letters_on():
    """Two texts share 2 × 5 letters of 5 + 6, 0.91; 2 × 4 of 4 + 5, 0.89, are too short to tell."""
    assert is_misspelt("bureu")  # bureau
    assert not is_misspelt("post")  # poste


@pytest.mark.parametrize(
    ("grades", "praised"),
    [(["Oui", "Non"], False), (["Moyen", "Non"], True), (["Jamais"], True)],
)
def test_only_a_favourable_yes_may_be_of_a_complaint(grades, praised):
    assert praises("Avez-vous eu un problème ?", grades) is praised


def test_twelve_choices_are_few_and_so_is_half_of_the_answers():
    """Of 26 answers, 13 choices; of 25, twelve."""

    def look(count, total):
        names = [f"guichet {'b' * n}" for n in range(1, count + 1)]
        given = dict.fromkeys(names, 1)
        given[names[0]] += total - count
        return look_of(given)

    assert look(12, 20) is ColumnContent.CHOICE
    assert look(13, 26) is ColumnContent.CHOICE
    assert look(13, 25) is ColumnContent.TEXT
    assert look(5, 5) is ColumnContent.TEXT
    assert look(4, 4) is ColumnContent.CHOICE


# Encodings and what was encoded twice


def decoded(content):
    sheet, encoding, _, said = read_text("a.csv", content)
    return sheet.rows[-1].cells[0], encoding, said


@pytest.mark.parametrize(
    ("content", "cell", "encoding", "said"),
    [
        ("a;b\nété;2\n".encode(), "été", "utf-8", 0),
        ("a;b\nété;2\n".encode("cp1252"), "été", "cp1252", 0),
        ("a;b\nété;2\n".encode("mac_roman"), "été", "mac_roman", 0),
        ("a;b\nété;2\n".encode().decode("cp1252").encode(), "été", "utf-8", 1),
        ("\ufeffa;b\nété;2\n".encode(), "été", "utf-8-sig", 0),
        ("a;b\nété;2\n".encode("utf-16"), "été", "utf-16", 0),
    ],
)
def test_a_text_is_read_in_its_letters_and_repaired_when_encoded_twice(
    content, cell, encoding, said
):
    found = decoded(content)

    assert found[:2] == (cell, encoding)
    assert len(found[2]) == said


@pytest.mark.parametrize(("count", "end"), [(1, "1252 : 2"), (6, "6, 7"), (7, "6, 7, …")])
def test_lines_in_another_encoding_are_read_and_told(count, end):
    """Whole letters of UTF-8 on the first line, others on the next ones."""
    content = "été;bâ;côté\n".encode() + "à;b;c\n".encode("cp1252") * count
    cell, encoding, said = decoded(content)

    assert (cell, encoding) == ("à", "utf-8")
    assert said[0].startswith(f"{count} ligne(s) dans un autre encodage")
    assert said[0].endswith(end)


def test_records_wrapped_whole_are_unwrapped_and_it_is_said():
    cell, _, said = decoded(b'"a;b"\n"1;""x"""\n')

    assert cell == "1"
    assert said == ["chaque ligne était entre guillemets, comme une seule cellule : relue sans eux"]


def test_a_workbook_named_as_a_text_is_refused():
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with pytest.raises(UnreadableFileError, match="est un classeur ou une archive"):
            read_text("a.csv", start + b"rest")
