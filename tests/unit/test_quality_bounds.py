"""Where rules of `quality` change their mind: each is tried at its bound and on either side."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.quality import evidence as proof
from qpref.quality.agreements import DUE_LATER, KEPT, LATE, UNDER_WAY, Known, follow_up
from qpref.quality.answers import SATISFIED, _outside, counted, large_enough
from qpref.quality.answers import satisfied as told_share
from qpref.quality.campaigns import Point, follow
from qpref.quality.complaints import _answers, year_of
from qpref.quality.groups import HELPED, NOT_HELPED, NOT_HELPED_OR_UNTOLD, with_few_untold
from qpref.quality.learned import FEWEST, _judged, is_enough
from qpref.quality.mystery_measures import Compliance, measured
from qpref.quality.nonresponse import _halves, _rates, non_response
from qpref.quality.profile import published
from qpref.quality.progress import ENOUGH, Forecast
from qpref.quality.review import _short, _whole
from qpref.quality.review_rules import MOST_ANSWERS, PLAIN
from qpref.quality.samples import _codes, together
from qpref.quality.score import site_score
from qpref.statistics.clusters import Sample
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from qpref.statistics.representativeness import FEWEST_CLUSTERS
from qpref.statistics.shares import NO_PERCENTAGE_BELOW
from tests.clu.conftest import make_meeting

TODAY = date(2020, 11, 16)  # a Monday
DAY = timedelta(days=1)


# Answers


@pytest.mark.parametrize(("unsure", "flagged"), [(19, False), (20, False), (21, True)])
@pytest.mark.parametrize("state", ["nsp", "non_reponse"])
def test_a_question_is_flagged_over_one_in_five_without_an_opinion(unsure, flagged, state):
    items = pd.DataFrame({"question": "a", "etat": ["repondu"] * 80 + [state] * unsure})
    found = _outside(items, ["a"], np.array([80]))

    assert found["part_sans_avis"][0] == unsure / (80 + unsure)
    assert bool(found["sans_avis_frequent"][0]) is flagged
    assert (found[state][0], found["sans_objet"][0]) == (unsure, 0)


@pytest.mark.parametrize(("least", "kept"), [(0, 3), (2, 3), (3, 3), (4, 0)])
def test_a_question_that_as_many_answered_is_told(least, kept):
    items = pd.DataFrame({"reponse_id": list("abc"), "question": "x", "etat": "repondu"})

    assert len(large_enough(items, least)) == kept


def test_what_may_be_published_of_a_profile():
    """Ten and four at one site; who said nothing is a group of its own; both totals are rows."""
    answers = pd.DataFrame({"site": "s", "age": ["jeune"] * 10 + ["vieux"] * 4 + [None] * 6})
    found = published(answers, "age", 5).set_index(["site", "modalite"])
    sizes = found["effectif"].to_dict()

    assert {level: sizes["s", level] for level in ("jeune", "vieux", "non_precise", TOTAL)} == {
        "jeune": 10, "vieux": 4, "non_precise": 6, TOTAL: 20,
    }  # fmt: skip
    told = found["diffusion"]
    assert (told["s", "vieux"] == "visible", told["s", TOTAL] == "visible") == (False, True)


@pytest.mark.parametrize(
    ("untold", "labels"),
    [(0, {HELPED, NOT_HELPED}), (1, {HELPED, NOT_HELPED_OR_UNTOLD}),
     (4, {HELPED, NOT_HELPED_OR_UNTOLD}), (5, {HELPED, NOT_HELPED})],
)  # fmt: skip
def test_few_who_did_not_say_are_told_with_those_not_helped(untold, labels):
    helped = pd.Series([HELPED, NOT_HELPED] + [None] * untold, dtype=object)
    found = with_few_untold(helped, pd.Series(data=True, index=helped.index), 5)

    assert {*found.dropna()} == labels


def test_a_level_that_nobody_chose_is_no_group_of_a_profile():
    ages = pd.Categorical(["jeune"] * 9, categories=["jeune", "vieux"])
    found = published(pd.DataFrame({"site": "s", "age": ages}), "age", 5)

    assert {*found["modalite"]} == {"jeune", TOTAL}


def test_answers_that_count_are_numbered_anew_and_gain_no_column():
    rows = pd.DataFrame({"statut": ["partiel", "complet"], "reponse_id": ["a", "b"]})
    found = counted(rows, SimpleNamespace(kept_statuses={"complet"}))

    assert found.to_dict("list") == {"statut": ["complet"], "reponse_id": ["b"]}
    assert [*found.index] == [0]


# Samples


@pytest.mark.parametrize(
    ("named", "unknown", "is_told"), [(90, 10, True), (89, 11, False), (100, 0, True)]
)
def test_half_days_are_told_while_few_are_missing(named, unknown, is_told):
    moments = pd.Series(["lundi"] * (named - 1) + ["mardi"] + [None] * unknown, dtype=object)

    assert (_codes(moments) is not None) is is_told


def test_one_half_day_says_none():
    assert _codes(pd.Series(["lundi"] * 9, dtype=object)) is None
    assert _codes(pd.Series([], dtype=object)) is None


def test_half_days_of_two_places_differ_and_an_unknown_one_stays_unknown():
    """Codes 0 and 1, then 0, 1 and 2 of another place, which become 2, 3 and 4."""
    places = [
        Sample(np.ones((3, 1)), np.array([0, 1, -1])),
        Sample(np.zeros((4, 1)), np.array([2, 0, -1, 1])),
        Sample(np.ones((1, 1)), np.array([0])),
    ]
    found = together(places)

    assert found.half_days is not None
    assert found.half_days.tolist() == [0, 1, -1, 4, 2, -1, 3, 5]
    assert found.satisfied[:, 0].tolist() == [1, 1, 1, 0, 0, 0, 0, 1]
    unknown = together([places[0], Sample(np.zeros((2, 1)), None)])
    assert unknown.half_days is None
    assert unknown.satisfied[:, 0].tolist() == [1, 1, 1, 0, 0]


# Who did not answer


def halves(sizes, clusters):
    """Days of so many visitors, every other one satisfied, in so many half-days."""
    days = pd.date_range("2020-11-16", periods=len(sizes)).repeat(sizes)
    people = [f"r{rank}" for rank in range(len(days))]
    happy = pd.Series([float(rank % 3 > 0) for rank in range(len(days))], index=people)
    when = pd.DataFrame(
        {"date": days, "half_day": [str(rank % clusters) for rank in range(len(days))]},
        index=people,
    )
    return _halves(happy, when)


@pytest.mark.parametrize(
    ("early", "late", "clusters", "is_told"),
    [
        (NO_PERCENTAGE_BELOW, NO_PERCENTAGE_BELOW, FEWEST_CLUSTERS, True),
        (NO_PERCENTAGE_BELOW - 1, NO_PERCENTAGE_BELOW, FEWEST_CLUSTERS, False),
        (NO_PERCENTAGE_BELOW, NO_PERCENTAGE_BELOW - 1, FEWEST_CLUSTERS, False),
        (NO_PERCENTAGE_BELOW, NO_PERCENTAGE_BELOW, FEWEST_CLUSTERS - 1, False),
    ],
)
def test_each_half_needs_answers_and_half_days_enough(early, late, clusters, is_told):
    found = halves([early, late], clusters)

    assert (found is not None) is is_told
    if found:
        assert (found[0].n, found[1].n, found[2].n) == (early, late, early + late)


@pytest.mark.parametrize(
    ("done", "refused", "told"), [(5, 5, True), (4, 5, False), (5, 4, False), (6, 6, True)]
)
def test_a_rate_tells_of_five_people_on_each_side(done, refused, told):
    log = pd.DataFrame({"jour": [0, 1], "complets": [done, 20], "eligibles": [done + refused, 40]})
    found = _rates(log, "jour", {0: "lundi", 1: "mardi"}, 5)

    assert [(one.count, one.n) for one in found] == (
        [(done, done + refused), (20, 40)] if told else []
    )


def test_halves_of_people_who_are_all_satisfied_have_no_interval():
    people = [f"r{rank}" for rank in range(40)]
    days = pd.date_range("2020-11-16", periods=2).repeat(20)
    when = pd.DataFrame({"date": days, "half_day": [*"abcdefghij"] * 4}, index=people)

    assert _halves(pd.Series(1.0, index=people), when) is None


def test_the_day_in_the_middle_is_of_the_first_half():
    """Of 31, 32 and 33 visitors, 63 are early."""
    found = halves([31, 32, 33], FEWEST_CLUSTERS)

    assert found is not None
    assert (found[0].n, found[1].n) == (63, 33)


@pytest.mark.parametrize(
    ("answers", "completed", "approached", "told"),
    [
        (NO_PERCENTAGE_BELOW, 50, 100, True),
        (NO_PERCENTAGE_BELOW - 1, 50, 100, False),
        (NO_PERCENTAGE_BELOW, 100, 100, True),
        (NO_PERCENTAGE_BELOW, 101, 100, False),
        (NO_PERCENTAGE_BELOW, NO_PERCENTAGE_BELOW - 1, NO_PERCENTAGE_BELOW - 1, False),
    ],
)
def test_refusals_are_imagined_from_answers_enough(answers, completed, approached, told):
    log = pd.DataFrame(
        {"date": [pd.Timestamp("2020-11-16")], "demi_journee": "matin",
         "abordes": approached + 7, "ineligibles": 7, "complets": completed}
    )  # fmt: skip
    people = [f"r{rank}" for rank in range(answers)]
    happy = pd.Series([1.0, 0.0] * answers, dtype=float).head(answers).set_axis(people)
    when = pd.DataFrame({"date": pd.Timestamp("2020-11-16"), "half_day": "m"}, index=people)
    found = non_response(log, happy, when, {"matin": "Matin"}, 5)

    assert (found.rate.count, found.rate.n) == (completed, approached)
    assert bool(found.scenarios) is told
    assert {one.result.n for one in found.scenarios} == ({answers} if told else set())


# Committee


def agreed(day, proof, name="accord", due=None):
    content = {
        "id": name, "accord": "Un accord", "responsable": "préfecture", "echeance": due,
        "certitude": "exemple", "source": "essai", "preuve": proof,
    }  # fmt: skip
    return make_meeting(day, accords=[content])


def test_late_agreements_come_first_each_state_by_due_day_then_by_meeting():
    """On 16 November: two are late, the one due first comes first; one without a day is last."""

    def declared(done=None):
        return {"type": "declare", "fait_le": done}

    months = [date(2020, month, 1) for month in range(1, 7)]
    meetings = [
        agreed(months[0], declared(TODAY), "tenu", TODAY - 90 * DAY),
        agreed(months[1], declared(), "sans_date"),
        agreed(months[2], declared(), "aujourdhui", TODAY),
        agreed(months[3], declared(), "tard", TODAY - DAY),
        agreed(months[4], declared(), "plus_tard", TODAY - 30 * DAY),
        agreed(months[5], declared(), "le_meme_jour", TODAY - DAY),
    ]
    found = follow_up(Known(TODAY, meetings))

    assert [(one.agreement.id, one.state) for one in found] == [
        ("plus_tard", LATE), ("tard", LATE), ("le_meme_jour", LATE), ("aujourdhui", UNDER_WAY),
        ("sans_date", UNDER_WAY), ("tenu", KEPT),
    ]  # fmt: skip


@pytest.mark.parametrize(("done", "state"), [(-1, KEPT), (0, KEPT), (1, UNDER_WAY)])
def test_what_is_declared_counts_from_its_day(done, state):
    meeting = agreed(date(2020, 1, 6), {"type": "declare", "fait_le": TODAY + done * DAY})

    assert [one.state for one in follow_up(Known(TODAY, [meeting]))] == [state]


@pytest.mark.parametrize("ahead", [1, 0, -1])
def test_documents_are_those_of_a_meeting_of_today_rather_than_of_a_later_one(ahead):
    """Seen the day before, the day of, and the day after a meeting that another one follows."""
    first, second = make_meeting(TODAY), make_meeting(TODAY + 90 * DAY)
    taken = agreed(TODAY - 90 * DAY, {"type": "envoi"})
    (found,) = follow_up(Known(TODAY - ahead * DAY, [taken, first, second]))

    expected = first.date if ahead >= 0 else second.date
    assert found.evidence["reunion"] == expected
    assert found.state == (LATE if ahead >= 0 else DUE_LATER)


def test_late_comes_before_under_way_and_under_way_before_later_whatever_their_due_days():
    """A year was missed, though the next is due in 2021; another year begins in October 2020."""
    yearly, declared = {"type": "reunion_annuelle"}, {"type": "declare", "fait_le": None}
    meetings = [
        agreed(date(2018, 1, 8), yearly, "une_annee_sans"),
        agreed(date(2020, 1, 6), declared, "aujourdhui", TODAY),
        agreed(date(2020, 6, 1), declared, "sans_date"),
        agreed(date(2020, 10, 5), yearly, "a_suivre"),
    ]
    found = follow_up(Known(TODAY, meetings))

    assert [(one.agreement.id, one.state) for one in found] == [
        ("une_annee_sans", LATE),
        ("aujourdhui", UNDER_WAY),
        ("sans_date", UNDER_WAY),
        ("a_suivre", DUE_LATER),
    ]


# Complaints


def rules(aim, threshold=1):
    return SimpleNamespace(
        declared=SimpleNamespace(delai=SimpleNamespace(valeur=aim)), threshold=threshold
    )


@pytest.mark.parametrize(
    ("age", "days", "within"),
    [(10, 10, (1, 1)), (9, 9, None), (10, None, (0, 1)), (11, 10, (1, 1)), (11, 11, (0, 1)),
     (9, None, None)],
)  # fmt: skip
def test_a_delay_is_over_on_its_last_day_and_an_answer_of_that_day_is_in_time(age, days, within):
    own = pd.DataFrame({"repondue_le": [pd.NaT if days is None else pd.Timestamp(TODAY)]})
    elapsed = pd.Series([float(age if days is None else days)])
    awaited, found = _answers(own, elapsed, pd.Series([float(age)]), rules(10))

    assert awaited is not None
    assert awaited.value == (days is None)
    assert (found and (found.count, found.n)) == within


@pytest.mark.parametrize(
    ("day", "kept"),
    [("2019-12-31", 0), ("2020-01-01", 1), ("2020-12-31", 1), ("2021-01-01", 0)],
)
def test_a_year_is_the_four_quarters_that_end_with_the_campaign(day, kept):
    rows = pd.DataFrame({"recue_le": [pd.Timestamp(day)]})

    assert len(year_of(rows, SimpleNamespace(fin=date(2020, 10, 1)))) == kept


# Learning


@pytest.mark.parametrize(("left_out", "expected"), [(1, False), (0, True), (-1, True)])
def test_one_learns_from_remarks_enough_each_wording_once(left_out, expected):
    texts = [f"remarque {rank}" for rank in range(FEWEST - left_out)]
    rows = pd.DataFrame({"texte_masque": [*texts, texts[0], "non relu"], "relu": True})
    rows.loc[rows.index[-1], "relu"] = False

    assert is_enough(rows) is expected


@pytest.mark.parametrize(("won", "is_better"), [(0, False), (4, False), (5, True)])
def test_learning_is_better_when_chance_would_win_as_often_less_than_one_time_in_twenty(
    won, is_better
):
    """Four wins of four, one in 16; five of five, one in 32."""
    truth = np.ones(10, dtype=bool)
    rules_say, learned = truth.copy(), truth.copy()
    rules_say[:won] = False
    found = _judged("attente", truth, rules_say, learned)

    assert (found.n, found.own, found.by_rules, found.by_learned) == (10, 10, won, 0)
    assert found.is_better is is_better


# Mystery survey and evidence


@pytest.mark.parametrize(
    ("met", "n", "rarely", "always"),
    [(4, 10, True, False), (5, 10, False, False), (10, 10, False, True), (0, 0, False, False)],
)
def test_a_criterion_is_rarely_met_under_one_in_two(met, n, rarely, always):
    share = Measure(key="a", n=n, count=met, value=met / n if n else float("nan"))
    found = Compliance(SimpleNamespace(id="a"), share, 0, None)

    assert (found.is_rarely_met, found.is_always_met) == (rarely, always)


def test_measures_are_those_of_the_channel_in_the_words_of_their_unit():
    """Each keeps its mean between the least and the most."""
    rows = [
        {"canal": canal, "critere": critere, "n": n, "moyenne": 2.5, "minimum": 1.0,
         "maximum": 4.0, "unite": unit}
        for canal, critere, n, unit in (
            ("mail", "delai", 3, "jours_ouvres"), ("tel", "sonneries", 4, "sonneries"),
            ("mail", "attente", 5, "minutes"),
        )
    ]  # fmt: skip
    grid = SimpleNamespace(criterion=lambda name: SimpleNamespace(id=name, libelle=name.upper()))
    found = measured(pd.DataFrame(rows), SimpleNamespace(id="mail"), grid)

    assert [(one.key, one.label, one.group, one.n, one.unit) for one in found] == [
        ("delai", "DELAI", "mail", 3, "jours ouvrés"), ("attente", "ATTENTE", "mail", 5, "minutes"),
    ]  # fmt: skip
    assert {(one.value, one.low, one.high, one.digits) for one in found} == {(2.5, 1.0, 4.0, 1)}


@pytest.mark.parametrize(("n", "kept"), [(0, 0), (1, 1), (2, 1)])
@pytest.mark.parametrize("unit", [proof.SHARE, "note sur 20"])
def test_a_measure_of_one_answer_is_behind_a_commitment(n, kept, unit):
    row = {
        "engagement": "e", "nature": "mystere", "canal": "tel", "mesure": "m", "libelle": "M",
        "n": n, "effectif": n, "valeur": 1.0, "bas": 0.0, "haut": 1.0, "unite": unit,
        "verdict": "atteint",
    }  # fmt: skip
    found = proof.behind(pd.DataFrame([row])).get("e", [])

    assert len(found) == kept
    is_share = unit == proof.SHARE
    for one in found:
        assert (one.is_mark, one.measure.digits) == (not is_share, int(not is_share))
        assert (one.measure.n, one.measure.count) == (n, n if is_share else None)
        assert one.measure.group == "e, mystere tel"


@pytest.mark.parametrize(
    ("low", "high", "n", "target", "verdict"),
    [
        (0.8, 0.9, 0, 80, "non_mesure"),
        (0.8, 0.9, 1, 80, "atteint"),
        (0.8, 0.9, 1, None, "sans_cible"),
        (0.5, 0.8, 9, 80, "non_tranche"),
        (0.5, 0.75, 9, 80, "non_atteint"),
    ],
)
def test_an_interval_that_ends_at_the_target_holds_it(low, high, n, target, verdict):
    assert proof.against_target(low, high, n, target) == verdict


def test_one_contact_or_contacts_alike_give_a_mark_without_bounds():
    def marks(*notes):
        rows = [(f"c{i}", "a", "e", note) for i, note in enumerate(notes)]
        return pd.DataFrame(rows, columns=["contact_id", "critere", "engagement", "note"])

    found = [site_score(marks(*notes)) for notes in ((10.0,), (10.0, 10.0), (10.0, 0.0))]

    assert [(one.value, one.contacts, one.is_known) for one in found] == [
        (10.0, 1, False), (10.0, 2, False), (5.0, 2, True),
    ]  # fmt: skip


# Pace and review


@pytest.mark.parametrize(
    ("done", "left", "days", "is_known"),
    [(ENOUGH, 1, 1, True), (ENOUGH - 1, 1, 1, False), (ENOUGH, 0, 1, False), (ENOUGH, 1, 0, False)],
)
def test_a_pace_is_known_once_enough_was_done_over_some_time(done, left, days, is_known):
    assert Forecast(done, left, TODAY, TODAY + days * DAY).is_known is is_known


@pytest.mark.parametrize(("ahead", "late"), [(-1, False), (0, True), (1, True)])
def test_what_is_due_on_the_deadline_is_too_late(ahead, late):
    deadline = TODAY + 100 * DAY
    due = deadline + ahead * DAY
    found = Forecast(ENOUGH, 1, TODAY - 9 * DAY, TODAY, middle=TODAY + DAY, due=due)

    assert found.is_too_late(deadline) is late
    assert found.expected(deadline) == (due if late else TODAY + DAY)
    assert (found.chance(deadline) == 0) is late
    assert not Forecast(ENOUGH, 0, TODAY, TODAY, due=due).is_too_late(deadline)


@pytest.mark.parametrize(
    ("answers", "words", "ease", "said"),
    [
        (MOST_ANSWERS, 100, PLAIN, []),
        (MOST_ANSWERS + 1, 100, PLAIN, ["longueur"]),
        (1, 100, PLAIN - 0.1, ["lecture"]),
        (1, 99, PLAIN - 0.1, []),
        (1, 101, PLAIN + 0.1, []),
    ],
)
def test_a_form_is_long_or_hard_beyond_its_bounds_alone(monkeypatch, answers, words, ease, said):
    burden = SimpleNamespace(answers=answers, words=words, ease=ease)
    monkeypatch.setattr("qpref.quality.review.size", lambda _: burden)

    assert [one.rule for one in _whole(SimpleNamespace())] == said


@pytest.mark.parametrize(("letters", "is_cut"), [(59, False), (60, False), (61, True)])
def test_a_wording_is_cut_after_sixty_letters(letters, is_cut):
    expected = "a" * min(letters, 60) + ("…" if is_cut else "")

    assert _short(SimpleNamespace(texte="a" * letters)) == expected


# Campaigns


def point(start, n, happy):
    row = {"question": "q", "n": n, "satisfaits": happy, "part": happy / n if n else np.nan,
           "bas": 0.0, "haut": 1.0}  # fmt: skip
    return Point(str(start), start, row, float(n))


@pytest.mark.parametrize(("years", "by_year"), [(730, False), (731, True)])
def test_a_pace_by_year_needs_two_years(years, by_year):
    """Twice 365.25 days are 730.5."""
    start = date(2018, 1, 1)
    days = [start, start + 300 * DAY, start + years * DAY]
    found = follow([point(day, 100, happy) for day, happy in zip(days, (50, 65, 70), strict=True)])

    assert found.is_by_year is by_year
    assert len(found.rated) == 3
    assert found.moved is not None


def test_a_share_of_satisfied_users_is_named_as_theirs():
    found = told_share(point(TODAY, 4, 3).row, "Évry")

    assert (found.group, found.label, found.count, found.n) == (SATISFIED, "Évry", 3, 4)
