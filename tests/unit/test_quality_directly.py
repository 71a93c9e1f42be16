"""Rules of `quality` on data of a few lines, each expected value worked out by hand."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.errors import UsageError
from qpref.quality.agreements import _year_after
from qpref.quality.answers import large_enough
from qpref.quality.beside import of_half_days
from qpref.quality.choice import _spread
from qpref.quality.coding import _Lexicon, _line, sounds
from qpref.quality.crosstab import Crosstab, crosstab
from qpref.quality.handmade import ALIKE, BESIDE, SMALL, _as_shares, judged
from qpref.quality.individuals import columns
from qpref.quality.labels import held
from qpref.quality.likeness import Weighted, estimated_share, moved, tells_of_few
from qpref.quality.mystery_measures import Compliance
from qpref.quality.mystery_plan import ChannelPlan, plan_contacts
from qpref.quality.nonresponse import _rates
from qpref.quality.planning import open_days
from qpref.quality.progress import ENOUGH, Forecast, Unit
from qpref.quality.review import _short, size
from qpref.quality.samples import half_days
from qpref.quality.spoken import Gate, Written
from qpref.quality.spoken_publics import _is_hidden, by_public
from qpref.questions import PERSONAL, Answer
from qpref.reference import Site, Standard, Step
from qpref.reference.standard import Commitment, Module
from qpref.reference.subjects import CodeBook, RemarkSubject
from qpref.statistics.design import simple
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from tests.visitors import ASKED


def test_an_interval_has_two_bounds():
    assert _spread("age", "Âge", (5, 10), int).between == (5, 10)
    assert _spread("age", "Âge", (5, None), int).between == (5, None)
    for wanted in ((5,), (5, 10, 15)):
        with pytest.raises(UsageError, match=f"deux bornes, ici {len(wanted)}"):
            _spread("age", "Âge", wanted, int)


def test_no_column_holds_what_names_a_visitor_or_is_written_freely(reference):
    for asked in reference.questionnaires.values():
        found = [one.question for one in columns(asked).values()]
        assert found
        assert not [q.id for q in found if q.role in {"site", "date", "numero", PERSONAL}]
        assert not [q.id for q in found if q.kind.answer is Answer.TEXT]


def test_those_who_did_not_answer_are_those_approached_without_the_answers():
    """Of 20 and 30, all but 2 and 3 answered: fewer than 5 refused, no rate tells of them."""
    log = pd.DataFrame({"jour": [0, 1], "complets": [18, 27], "eligibles": [20, 30]})
    names = {0: "lundi", 1: "mardi"}

    assert _rates(log, "jour", names, 5) == []
    told = _rates(log, "jour", names, 2)
    assert [(one.label, one.count, one.n) for one in told] == [("lundi", 18, 20), ("mardi", 27, 30)]


def test_a_word_is_found_each_time_and_two_words_only_together():
    line = _line(sounds("attente guichet puis attente téléphone"))

    assert _Lexicon(["attente"]).find(line) == [(0, 1), (3, 4)]
    assert _Lexicon(["guichet + téléphone"]).find(line) == [(1, 2), (4, 5)]
    assert _Lexicon(["guichet + courrier"]).find(line) == []


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("part", [0.25, 1.0], [0.25, 1.0]),
        ("en %", [25.0, 100.0], [0.25, 1.0]),
        ("en %", [25.0, 120.0], None),
        ("note", [3.0, 4.0], None),
        ("en %", [float("nan")], None),
    ],
)
def test_a_column_of_shares_is_known_by_its_bounds(name, values, expected):
    found = _as_shares(pd.Series(values, name=name))

    assert (found if found is None else [*found]) == expected


def test_boxes_are_weighted_first_and_counted_beside():
    """Four visitors, weights 1, 1, 1 and 3: a box ticked by the last two weighs 4, and counts 2."""
    people = ["a", "b", "c", "d"]
    answers = pd.DataFrame(
        {"un": ["non", "non", "oui", "oui"], "deux": ["oui", "non", "oui", "non"]}, index=people
    )
    weights = pd.Series([1.0, 1.0, 1.0, 3.0], index=people)

    found = crosstab(pd.DataFrame(index=people), answers, 0, weights)
    plain = crosstab(pd.DataFrame(index=people), answers, 0)

    weighed, counted = (table.iloc[-1].to_list() for table in vars(found).values())
    assert weighed == [4.0, 2.0, 6.0]
    assert counted == [2.0, 2.0, 4.0]
    assert [table.iloc[-1].to_list() for table in vars(plain).values()] == [counted, counted]


def by_hand(*rows, names=("un", "deux", "total")):
    return pd.DataFrame(rows, columns=["groupe", *names])


@pytest.mark.parametrize("has_total", [True, False])
def test_a_table_whose_last_column_adds_up_is_judged_as_a_crossing(has_total):
    """
    Three of x are few: by the total of x, 9 would give them, and by that of the answer, 10 would.

    The three cells that could move with it are the cheapest way round, 10 + 11 + 21 of those left.
    """
    rows = [("x", 3, 9, 12), ("y", 10, 20, 30), (TOTAL, 13, 29, 42)]
    found = judged(by_hand(*rows[: 3 if has_total else 2]), 5)

    last = [""] if has_total else []
    assert found.states == {
        1: [SMALL, BESIDE, *last], 2: [BESIDE, BESIDE, *last], 3: ["", "", *last],
    }  # fmt: skip
    assert found.reasons == {SMALL, BESIDE}
    assert found.together == []


def test_in_a_crossing_too_everybody_of_a_group_is_not_told():
    """All twelve of x said one thing: the zero is hidden, and what would give it back."""
    found = judged(by_hand(("x", 12, 0, 12), ("y", 10, 20, 30), (TOTAL, 22, 20, 42)), 5)

    assert found.states == {1: [BESIDE, BESIDE, ""], 2: [ALIKE, BESIDE, ""], 3: [""] * 3}


@pytest.mark.parametrize("rows", [100, 101])
def test_a_crossing_of_four_hundred_numbers_is_the_largest_judged_as_one(rows):
    """Beyond, each column is judged by itself, and says nothing of its row."""
    table = by_hand(*[("x", 10, 10, 10, 30)] * rows, names=("un", "deux", "trois", "total"))
    table.loc[0] = ["x", 3, 10, 10, 23]
    found = judged(table, 5)

    assert found.states[1][0] == SMALL
    assert any(found.states[rank][0] for rank in (2, 3, 4)) is (rows == 100)


def test_rows_of_few_are_one_row_and_rows_of_nobody_stay():
    """3 + 4 and 1 + 1 are 7 and 2 together, in the place of the last of them."""
    table = by_hand(("a", 3, 1), ("b", 0, 0), ("c", 40, 30), ("d", 4, 1), ("e", 6, 9),
                    names=("un", "deux"))  # fmt: skip
    found = judged(table, 5)

    assert found.together == ["a", "d"]
    assert found.table.to_numpy().tolist() == [
        ["b", 0, 0], ["c", 40, 30], ["Lignes réunies (a ; d)", 7, 2], ["e", 6, 9],
    ]  # fmt: skip
    assert judged(table.assign(note="x"), 5).together == []
    assert judged(table.iloc[[0, 1, 2]], 5).together == []
    least = judged(by_hand(("a", 3, 1), ("d", 2, 1), names=("un", "deux")), 5)
    assert least.together == ["a", "d"]
    assert judged(by_hand(("a", 3, 1), ("d", 1, 1), names=("un", "deux")), 5).together == []


def test_many_rows_of_few_are_counted_instead_of_named():
    rows = [(name, 2, 2) for name in "abcde"]
    names = ("un", "deux")

    assert judged(by_hand(*rows[:4], names=names), 5).table.iloc[0, 0] == (
        "Lignes réunies (a ; b ; c ; d)"
    )
    assert judged(by_hand(*rows, names=names), 5).table.iloc[0, 0] == "Lignes réunies (5)"


def test_a_year_after_a_leap_day_is_the_day_before_march():
    assert _year_after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert _year_after(date(2023, 2, 28)) == date(2024, 2, 28)
    assert _year_after(date(2024, 3, 1)) == date(2025, 3, 1)


def test_a_form_without_a_word_to_read_has_no_size():
    """Only facts of the fieldwork are left: nothing is asked of a visitor."""
    facts = ASKED.without([one for one in ASKED.questions if one.kind.is_asked])
    words = ASKED.without([one for one in ASKED.questions if one.id not in {"accueil", "quand"}])

    assert facts.questions
    assert size(facts) is None
    assert (size(words).answers, size(words).words) == (2, 3)  # « Accueil », « Jour préféré »


def test_a_weighted_share_is_worth_no_more_than_as_many_answers_alone():
    """Of ten, half: 0.5 / √10 at least. Of ten of one mind, nothing can be said of the design."""
    half = np.array([1.0, 0.0] * 5)
    found = estimated_share(simple(10), half)
    alike = estimated_share(simple(10), np.ones(10))
    some = estimated_share(simple(12), np.array([*half, np.nan, np.nan]))

    assert found.se >= 0.5 / 10**0.5
    assert (alike.value, alike.se) == (1.0, 0.0)
    assert np.isnan(alike.deff)
    assert (some.value, some.n) == (0.5, 10)


def _commitment(name, module):
    return Commitment.model_construct(id=name, module=module, theme=name.upper())


def test_a_site_holds_of_another_label_the_modules_that_it_follows():
    """Module 2 by a commitment, 3 by its number, neither 1 nor what the first label chose."""
    label = Standard.model_construct(
        modules=[Module.model_construct(numero=number) for number in (1, 2, 3)],
        engagements=[_commitment("a", 1), _commitment("b", 2), _commitment("c", 2)],
    )
    site = Site.model_construct(id="bourg", modules=[1])
    steps = [
        Step.model_construct(site="bourg", engagement="c", module=None),
        Step.model_construct(site="bourg", engagement=None, module=3),
    ]

    assert held(site, label, steps) == [
        Unit("b", 2, "B"), Unit("c", 2, "C"), Unit("module-3", 3, "Engagements du module, non lus"),
    ]  # fmt: skip
    assert held(site, label, []) == []


def _large(sizes, threshold):
    return {name for name, size in sizes.items() if size >= threshold}


def _wrote(**groups):
    """People who wrote, by group: so many name `attente`, so many the other subject."""
    rows = [(group, one) for group, counts in groups.items()
            for one, count in zip(("attente", "autre"), counts, strict=True)
            for _ in range(count)]  # fmt: skip
    people = pd.DataFrame(
        {name: ["positif" if one == name else None for _, one in rows]
         for name in ("attente", "autre")}
    )  # fmt: skip
    return Written(people, pd.Series(0, people.index)), pd.Series([group for group, _ in rows])


def test_what_two_groups_write_of_is_told_the_most_named_first():
    """8 of 20 and 6 of 15 name the wait; when two more of a wrote nothing, a is not told."""
    names = {"attente": "Attente", "autre": "Autre"}
    subjects = [RemarkSubject.model_construct(id=one, libelle=name) for one, name in names.items()]
    book = CodeBook.model_construct(sujets=tuple(subjects))
    written, groups = _wrote(a=(8, 12), b=(6, 9))
    wanted = {"f": (groups, {"a": "Les A"})}
    found = by_public(written, wanted, (book, [*names]), Gate(5, _large))
    silent = pd.concat([groups, pd.Series(["a"] * 2, index=[98, 99])])

    assert [(one.label, one.written) for one in found] == [("Les A", 20), ("b", 15)]
    assert [[(m.label, m.group, m.count, m.n) for m in one.shares] for one in found] == [
        [("Autre", "Les A", 12, 20), ("Attente", "Les A", 8, 20)],
        [("Autre", "b", 9, 15), ("Attente", "b", 6, 15)],
    ]
    left = by_public(written, {"f": (silent, {})}, (book, [*names]), Gate(5, _large))
    assert [one.label for one in left] == ["b"]


@pytest.mark.parametrize(("clusters", "told"), [(9, 1), (10, 3)])
def test_ten_half_days_say_how_much_answers_are_worth(clusters, told):
    found = SimpleNamespace(clusters=clusters, deff=1.5, n_effective=40.0)

    assert len(of_half_days(found)) == told
    found.deff = float("nan")
    assert len(of_half_days(found)) == 1


@pytest.mark.parametrize(("least", "few"), [(4, True), (5, False)])
def test_weights_tell_of_few_under_the_threshold(least, few):
    """Two counters crossed with two halves of the day, `least` answers in one of the four cells."""
    levels = [[1, 0, 1, 0]] * 9 + [[1, 0, 0, 1]] * 7 + [[0, 1, 1, 0]] * 8 + [[0, 1, 0, 1]] * least
    calibration = SimpleNamespace(indicators=np.array(levels, dtype=float))

    assert tells_of_few(SimpleNamespace(calibration=calibration), 5) is few


@pytest.mark.parametrize("gathered", [False, True])
def test_those_whom_no_half_day_gathers_have_each_their_own(gathered, reference):
    asked = reference.questionnaires["satisfaction-1" if gathered else "elus-1"]
    rows = pd.DataFrame(
        {"reponse_id": ["a", "b", "c"], "demi_journee": ["matin", None, "matin"],
         "date_reponse": pd.to_datetime(["2020-11-16", "2020-11-16", None])}
    )  # fmt: skip
    found = half_days(rows, asked)

    if gathered:
        assert found.tolist()[:2] == ["2020-11-16 matin", "2020-11-16"]
        assert pd.isna(found["c"])
    else:
        assert found.to_dict() == {"a": "a", "b": "b", "c": "c"}


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        ({}, True),
        ({"a": (9, 20)}, False),  # one is known by subtraction
        ({"a": (9, 20), "b": (6, 30)}, True),
        ({"a": (9, 20), "b": (6, 4)}, False),  # fewer than five wrote in b
        ({"a": (2, 20), "b": (2, 30)}, False),  # four name it, of both
        ({"a": (18, 20), "b": (29, 30)}, False),  # three do not
        ({"a": (0, 0), "b": (0, 0)}, True),
    ],
)
def test_what_is_left_of_groups_is_known_together_and_of_none_alone(others, hidden):
    assert _is_hidden(others, 5) is hidden


def test_two_columns_are_no_column_and_its_total():
    """Twice the same numbers are people and some of them, here all: no sum of one part."""
    found = judged(by_hand(("x", 3, 3), ("y", 10, 10), ("z", 20, 20), names=("un", "deux")), 5)

    assert found.states == {1: [SMALL, BESIDE, ""], 2: [SMALL, ALIKE, ALIKE]}
    nothing = judged(by_hand(("x", 0, 0, 0), ("y", 0, 0, 0)), 5)
    assert nothing.reasons == set()


def test_one_level_alone_is_told_by_itself_only():
    """Though all but it are told: of several together, what the others leave may be said."""
    index = pd.MultiIndex.from_tuples([("f",), ("g",), (TOTAL,)])
    counts = pd.DataFrame({"o": [np.nan, 8.0, 18.0], TOTAL: [12.0, 9.0, 21.0]}, index)
    found = Crosstab(counts, counts).of(["f"])

    assert np.isnan(found.counts["o"].iloc[0])
    assert found.counts[TOTAL].iloc[0] == 12


@pytest.mark.parametrize(("length", "shown"), [(60, "a" * 60), (61, "a" * 60 + "…"), (3, "aaa")])
def test_a_question_is_named_by_sixty_letters(length, shown):
    question = SimpleNamespace(texte="a" * length)

    assert _short(question) == shown


def test_days_closed_over_a_new_year_are_those_of_both_years():
    """24 December 2020 is a Thursday; Christmas and New Year's Day are Fridays."""
    days = open_days(date(2020, 12, 24), date(2021, 1, 4))

    assert [day.day for day in days] == [24, 28, 29, 30, 31, 4]


def test_a_criterion_is_met_in_part_or_not_at_all_by_the_rest():
    """Of ten contacts, six met it, one did in part: three did not."""
    found = Compliance(None, Measure(value=0.6, n=10, count=6), 1, None)

    assert found.parts == pytest.approx((0.6, 0.1, 0.3))
    assert not found.is_always_met
    assert not found.is_rarely_met
    assert Compliance(None, Measure(value=1.0, n=4, count=4), 0, None).is_always_met
    assert Compliance(None, Measure(value=0.4, n=5, count=2), 0, None).is_rarely_met
    assert not Compliance(None, Measure(value=0.0, n=0, count=0), 0, None).is_always_met


@pytest.mark.parametrize(("least", "told"), [(4, 2), (5, 2), (6, 0)])
def test_rates_are_told_where_as_many_as_the_least_answered_and_did_not(least, told):
    log = pd.DataFrame({"jour": [0, 1], "complets": [5, 27], "eligibles": [20, 32]})

    assert len(_rates(log, "jour", {}, least)) == told


def test_contacts_of_a_channel_are_numbered_one_after_the_other():
    """Two sites of three contacts, two of them judged again: ten numbers."""
    plan = ChannelPlan(3, ["s"], [date(2020, 11, 16), date(2020, 11, 17)], seconds=2)
    table = plan_contacts(["a", "b"], {"appel": plan}, ["1", "2"], seed=7)

    assert table["numero"].tolist() == list(range(1, 11))
    assert table["double_de"].dropna().tolist() == [1, 2, 6, 7]
    again = table.loc[table["double_de"].notna()]
    first = table.set_index("numero").loc[again["double_de"]]
    assert (first["evaluateur"].to_numpy() != again["evaluateur"].to_numpy()).all()


@pytest.mark.parametrize(
    ("left", "done", "days", "known"),
    [(1, ENOUGH, 1, True), (0, ENOUGH, 1, False), (1, ENOUGH - 1, 1, False), (1, ENOUGH, 0, False)],
)
def test_a_pace_is_known_of_enough_done_over_a_day_with_some_left(left, done, days, known):
    start = date(2020, 11, 16)

    assert Forecast(done, left, start, start + timedelta(days=days)).is_known is known


def test_a_question_that_nobody_answered_is_kept_with_those_of_enough_people():
    """Two answered x, one y, none z: from two people on, x and z are told of."""
    items = pd.DataFrame(
        {"reponse_id": [*"abab", "a"], "question": [*"xxyyz"],
         "etat": ["repondu", "repondu", "repondu", "nsp", "nsp"]}
    ).astype({"question": "category"})  # fmt: skip

    assert large_enough(items, 2)["question"].unique().tolist() == ["x", "z"]
    assert large_enough(items, 0) is items


def test_weights_that_move_nothing_move_by_zero():
    assert moved([]).value == 0
    shares = [Weighted(Measure(value=0.5), Measure(value=value), 1.0) for value in (0.52, 0.44)]
    assert moved(shares).value == pytest.approx(0.06)
