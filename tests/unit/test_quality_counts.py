"""Counts of answers, groups and crossings at the bounds of their rules, worked out by hand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.errors import UnknownKeyError
from qpref.quality import answers, groups, likeness, reading, review, review_changes
from qpref.quality.choice import Condition, _code, criterion, kept
from qpref.quality.codebook import encoded, variables
from qpref.quality.coding import _Lexicon, _line, sounds
from qpref.quality.complaints import (
    HeardYear,
    RegisterRules,
    ToldCounts,
    _answers,
    _told,
    heard,
    site_totals,
)
from qpref.quality.crosstab import Crosstab, answers_to, crosstab
from qpref.quality.family import Family
from qpref.quality.guarded import ToldElsewhere, guarded, is_sum, sum_of
from qpref.quality.handmade import ALIKE, BESIDE, SMALL, judged
from qpref.quality.individuals import BOX, AnswerColumn, columns, individuals
from qpref.quality.mystery_plan import _balanced
from qpref.quality.nonresponse import _rates, non_response
from qpref.quality.profile import OTHER, UNKNOWN, composition
from qpref.quality.review_changes import changes
from qpref.quality.samples import by_group, sample
from qpref.reference import Complaints, Questionnaire, Scale
from qpref.statistics.clusters import Sample
from qpref.statistics.comparison import CHANGE, EQUAL_PUBLIC, MEAN
from qpref.statistics.design import simple
from qpref.statistics.disclosure import TOTAL, VISIBLE
from qpref.statistics.measure import Measure
from tests.intake.test_complaints import DECLARED
from tests.unit.test_complaint_sections import rows as register
from tests.unit.test_review import content, level, opinion
from tests.visitors import ASKED, SITES, four

KNOWN = columns(ASKED)


# Opinions


def items(*given, question="accueil"):
    """Answers to the opinion of the form: a level, or the state that says why there is none."""
    levels = {"tres", "assez", "mal"}
    return pd.DataFrame(
        [
            {"reponse_id": f"r{rank}", "question": question, "option": "", "valeur": None,
             "etat": "repondu" if one in levels else one,
             "modalite": one if one in levels else None}
            for rank, one in enumerate(given)
        ]
    )  # fmt: skip


def test_levels_are_counted_in_the_order_of_the_form_and_shares_of_those_who_gave_one():
    given = items("tres", "mal", "mal", "assez", "mal", "nsp")
    asked = [ASKED.by_id["accueil"]]
    found = answers.distribution(given, ASKED, asked)

    assert found["modalite"].tolist() == ["tres", "assez", "mal"]
    assert found["rang"].tolist() == [0, 1, 2]
    assert found["favorable"].tolist() == [True, True, False]
    assert found["effectif"].tolist() == [1, 1, 3]
    assert found["part"].tolist() == [0.2, 0.2, 0.6]
    assert set(found["n"]) == {5}
    told = answers.given(found, {"accueil": "Accueil"})
    assert [(one.label, one.group, one.count, one.n, one.value) for one in told] == [
        ("Accueil", "tres", 1, 5, 0.2), ("Accueil", "assez", 1, 5, 0.2),
        ("Accueil", "mal", 3, 5, 0.6),
    ]  # fmt: skip
    nobody = answers.distribution(items("nsp"), ASKED, asked)
    assert nobody["effectif"].tolist() == [0, 0, 0]
    assert nobody["part"].isna().all()


def test_a_share_of_satisfied_users_costs_what_half_days_cost_and_a_question_unasked_is_missing():
    other = ASKED.by_id["accueil"].model_copy(update={"id": "quand"})
    given = items(*["tres"] * 30, *["mal"] * 20, "nsp", "sans_objet", "non_reponse", "non_reponse")
    asked = [ASKED.by_id["accueil"], other]
    found = answers.satisfaction(given, ASKED, asked).iloc[0]
    dear = answers.satisfaction(given, ASKED, asked, costs={"accueil": 4.0}).iloc[0]
    few = answers.satisfaction(given, ASKED, asked, population=51).iloc[0]

    assert (found["n"], found["satisfaits"], found["part"]) == (50, 30, 0.6)
    assert [found[name] for name in answers.OUTSIDE] == [1, 1, 2, 0, 0]
    assert found["part_sans_avis"] == 3 / 53
    # Four times fewer answers: an interval about twice as wide; of nearly all, much narrower.
    assert (dear["haut"] - dear["bas"]) / (found["haut"] - found["bas"]) == pytest.approx(2, 0.1)
    assert few["haut"] - few["bas"] < (found["haut"] - found["bas"]) / 2
    unasked = answers.satisfaction(given, ASKED, asked).iloc[1]
    assert (unasked["question"], unasked["n"], unasked["satisfaits"]) == ("quand", 0, 0)
    assert np.isnan(unasked["part"])
    assert answers.satisfaction(given, ASKED, []).empty


def test_answers_that_count_keep_their_rows_when_all_count():
    rows = pd.DataFrame({"statut": ["complet"] * 2}, index=[4, 9])
    campaign = SimpleNamespace(kept_statuses={"complet"})

    assert answers.counted(rows, campaign) is rows


def test_ranks_go_from_the_least_favourable_and_two_of_three_levels_are_favourable():
    given = items("tres", "assez", "mal", "nsp").astype({"modalite": "category"})
    found = groups.opinions(given, ASKED)["accueil"]

    assert found.fillna(-1).tolist() == [2, 1, 0, -1]
    assert groups.favourable_levels(ASKED, "accueil") == 2
    assert groups.least_favourable(ASKED, "accueil") == 1
    assert groups.satisfied(found, ASKED, "accueil").fillna(-1).tolist() == [1, 1, 0, -1]


def test_groups_are_counted_where_the_opinion_and_the_group_are_known():
    happy = pd.Series([1.0, 0.0, 1.0, np.nan, 1.0], [*"abcde"])
    own = pd.Series(["y", "x", "x", "x", None], [*"abcde"]).iloc[::-1]
    found = groups.count(happy, own, "q")

    assert found.to_dict("list") == {
        "question": ["q", "q"], "groupe": ["x", "y"], "n": [2, 1], "satisfaits": [1, 1],
    }  # fmt: skip
    told = groups.shares(found, {"x": "Les X"}, "k")
    assert [(one.key, one.label, one.group, one.count, one.n, one.value) for one in told] == [
        ("k", "Les X", "x", 1, 2, 0.5), ("k", "y", "y", 1, 1, 1.0),
    ]  # fmt: skip
    plain, dear = (
        groups.shares(pd.DataFrame({"groupe": ["x"], "n": [100], "satisfaits": [50], **more}), {})
        for more in ({}, {"cout": [4.0]})
    )
    ratio = (dear[0].high - dear[0].low) / (plain[0].high - plain[0].low)
    assert ratio == pytest.approx(2, 0.1)


def test_a_group_whose_answers_are_alike_in_each_half_day_costs_more():
    """In x each half-day is of one mind; in y, each is half and half."""
    alike = [1.0] * 5 + [0.0] * 5
    values = np.array([*alike * 6, *[1.0, 0.0] * 30])
    moments = np.repeat(np.arange(24), 5)
    labels = pd.Series(["x"] * 60 + ["y"] * 60)
    asked = Sample(values[:, None], moments)
    found = by_group(pd.Series(values), labels, asked, "q").set_index("groupe")

    assert found["n"].tolist() == [60, 60]
    assert found["cout"]["x"] > found["cout"]["y"] >= 1


def test_opinions_are_a_sample_of_favourable_ones_with_their_half_days():
    ranks = pd.DataFrame({"accueil": [2.0, 1.0, 0.0, np.nan]}, [*"abcd"])
    moments = pd.Series(["m", "n", "m", None], [*"abcd"]).iloc[::-1]
    found = sample(ranks.iloc[[0, 1, 2]], moments, ASKED)

    assert found.satisfied[:, 0].tolist() == [1, 1, 0]
    assert found.half_days.tolist() == [0, 1, 0]
    assert np.isnan(sample(ranks, moments, ASKED).satisfied[3, 0])
    assert sample(ranks, moments, ASKED).half_days is None  # one in four is not known


def test_groups_of_a_profile_too_small_to_be_told_are_one_which_is_the_rest():
    """9 and 6 told, 3 and 2 not: 5 together; a level that nobody chose is not named."""
    sizes = {"lundi": (9, True), "jeudi": (3, False), "autre": (0, True), UNKNOWN: (2, False),
             "ailleurs": (6, True), TOTAL: (20, True)}  # fmt: skip
    own = [("s", code, size, VISIBLE if told else "cache") for code, (size, told) in sizes.items()]
    found = composition(
        pd.DataFrame(own, columns=["site", "modalite", "effectif", "diffusion"]),
        ASKED,
        "quand",
        "s",
    )

    assert found.to_numpy().tolist() == [
        ["lundi", "Le lundi", 9, 0.45], ["ailleurs", "Un autre", 6, 0.3],
        [OTHER, "Groupes réunis (Le jeudi ; Non précisé)", 5, 0.25],
    ]  # fmt: skip


def test_the_largest_gap_is_told_and_those_of_five_points():
    def stratum(name, gap, code=""):
        share = Measure(group=name, value=0.5)
        return likeness.Stratum(code or name, share, share, Measure(value=gap, n=9), 1.0)

    found = [stratum("a", 0.05), stratum("b", 0.049), stratum("c", -0.05), stratum("d", -0.2),
             stratum("e", 0.3, OTHER), stratum("f", float("nan"))]  # fmt: skip

    assert likeness.gaps(found) == (["a"], ["c", "d"])
    assert likeness.largest(found).code == OTHER
    assert likeness.largest(found[:4]).code == "d"


@pytest.mark.parametrize(("known", "is_told"), [(29, False), (30, True), (31, True)])
def test_a_question_of_thirty_answers_is_weighted(known, is_told):
    satisfied = pd.DataFrame({"q": [1.0, 0.0] * 16})
    satisfied.loc[known:, "q"] = np.nan
    question = SimpleNamespace(id="q", texte_court="Q")
    found = likeness.balanced(simple(32), satisfied, [question])

    assert len(found) == is_told
    for one in found:
        assert (one.plain.key, one.plain.label, one.plain.n) == ("q", "Q", known)
        assert (one.weighted.group, one.weighted.n, one.weighted.design) == (
            "pondere", known, "pondere",
        )  # fmt: skip
        assert one.weighted.value == pytest.approx(one.plain.value)
        assert one.plain.value == (known + 1) // 2 / known


def test_weights_go_from_the_smallest_to_the_largest_of_an_average_of_one():
    low, high = likeness.weight_range(SimpleNamespace(by_answer=pd.Series([1.0, 2.0, 3.0])))

    assert (low, high) == (0.5, 1.5)


# Crossings


def test_a_weighted_share_has_three_decimals():
    """10 of 30 who weigh 60 in all."""
    index = pd.MultiIndex.from_tuples([("f",), (TOTAL,)])
    plain = pd.DataFrame({"oui": [9.0, 9.0], TOTAL: [29.0, 29.0]}, index)
    heavy = pd.DataFrame({"oui": [20.0, 20.0], TOTAL: [60.0, 60.0]}, index)
    one = Crosstab(heavy, plain).measure(("f",), "oui")

    assert (one.value, one.n, one.reliability) == (0.333, 29, "indicatif")


def test_a_share_of_a_hidden_number_is_missing_and_so_is_one_of_nobody():
    index = pd.MultiIndex.from_tuples([("f",), ("g",), (TOTAL,)])
    counts = pd.DataFrame({"oui": [6.0, 0.0, 40.0], TOTAL: [np.nan, 0.0, 60.0]}, index)
    found = Crosstab(counts, counts).shares("ligne")

    assert found.iloc[:2].isna().all(axis=None)
    assert found["oui"].iloc[2] == 40 / 60


def test_nobody_has_no_weight():
    nobody = pd.DataFrame({"q": pd.Series([None], dtype=object)})
    found = crosstab(pd.DataFrame({"g": ["a"]}), nobody, 5, pd.Series([2.0]))

    assert not found.is_weighted
    assert found.counts.to_numpy().tolist() == [[0]]
    assert found.everyone == (TOTAL,)


def test_what_is_counted_of_a_question_is_its_codes_its_boxes_or_its_reasons():
    found = four()
    level_, number = [KNOWN["accueil"]], [KNOWN["minutes"]]
    boxes = [KNOWN[f"aide{BOX}{code}"] for code in ("proche", "agent")]

    assert answers_to(found, level_, missing=False)["accueil"].fillna("—").tolist() == [
        "tres", "mal", "assez", "—",
    ]  # fmt: skip
    assert answers_to(found, level_, missing=True)["accueil"].tolist()[3] == "sans_objet"
    assert answers_to(found, number, missing=True)["minutes"].tolist() == ["5", "10", "7.5", "nsp"]
    told = answers_to(found, boxes, missing=False)
    assert told["agent"].fillna("—").tolist() == ["non", "oui", "oui", "—"]
    assert [*told.columns] == ["proche", "agent"]


def test_a_box_that_nobody_ticked_is_counted_nought_of_the_most_answered_box():
    """Three answered the first box, two the second, which nobody ticked."""
    boxes = pd.DataFrame({"un": ["oui", "non", "oui"], "deux": ["non", "non", None]})
    found = crosstab(boxes[[]], boxes, 0)

    assert [*found.counts.columns] == ["un", "deux", TOTAL]
    assert found.counts.iloc[-1].tolist() == [2, 0, 3]
    assert found.answers == ["un"]


def test_sums_of_a_family_are_told_apart_from_answers():
    own = pd.DataFrame({"g": ["a"] * 12 + ["b"] * 12, "q": ["x", "y", "z"] * 8})
    cells = guarded(own, 5, ToldElsewhere({"q": {"x": "xy", "y": "xy"}}))
    groups, answers = (axis.names for axis in cells.axes)
    sizes = dict(zip(product(groups, answers), cells.counts.ravel(), strict=True))

    assert is_sum(sum_of("xy"))
    assert not is_sum("xy")
    assert sizes["a", sum_of("xy")] == sizes["b", sum_of("xy")] == 8
    assert sizes[TOTAL, TOTAL] == 24
    assert cells.is_told.any()


# Visitors


def test_a_day_a_box_and_a_fact_of_the_fieldwork_are_told_with_their_states():
    found = four()

    assert found.places["date"].iloc[0] == pd.Timestamp("2019-11-25")
    assert found.states.loc["c", "ou"] == "non_reponse"
    assert found.states["aide__proche"].tolist() == ["repondu"] * 3 + ["non_reponse"]
    assert found.codes.loc["a", "depuis"] == pd.Timestamp("2020-11-02")
    assert found.keep(pd.Index(["c", "a"])).codes["minutes"].tolist() == [7.5, 5]
    assert found.keep(pd.Index(["c", "a"])).states.index.tolist() == ["c", "a"]


def test_a_question_that_no_file_holds_was_not_asked_and_one_not_answered_is_so():
    rows = pd.DataFrame(
        {"reponse_id": ["a"], "campagne": ["c"], "site": ["s"], "guichet": ["lundi"],
         "date_reponse": [pd.NaT]}
    )  # fmt: skip
    one = {"reponse_id": "b", "question": "minutes", "option": "", "etat": "repondu",
           "modalite": None, "valeur": 3.0}  # fmt: skip
    found = individuals(rows, pd.DataFrame([one]), ASKED)

    assert found.states.loc["a"].to_dict() == {
        "ou": "repondu", **dict.fromkeys([name for name in KNOWN if name != "ou"], "non_posee"),
    }  # fmt: skip
    assert found.groups("ou").tolist() == ["lundi"]
    assert found.groups("minutes").tolist() == [UNKNOWN]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(2, 3, [False, True, True, False]), (None, 2, [True, True, False, False]),
     (3, None, [False, False, True, False]), (None, None, [True, True, True, False])],
)  # fmt: skip
def test_an_interval_holds_its_bounds_and_what_is_known(low, high, expected):
    given = pd.Series([1.0, 2.0, 3.0, np.nan])

    assert Condition("n", "", between=(low, high)).among(given).tolist() == expected


def test_levels_between_two_are_kept_whichever_comes_first_and_one_open_end_goes_to_the_last():
    found = four()

    def who(wanted):
        flags = kept(found, [criterion("accueil", wanted, KNOWN, ASKED, SITES)])
        return "".join(found.codes.index[flags])

    assert who(("assez", "tres")) == who(("tres", "assez")) == "ac"
    assert who(("mal", None)) == "abc"
    assert who((None, "tres")) == "abc"
    assert who(("mal", "mal")) == "b"


def test_an_unknown_answer_is_answered_by_what_may_be_asked_each_once():
    """The reasons that the form has no answer of its own for come last."""
    levels = [level("mal"), level("so", state="sans_objet"), level("nsp", state="nsp")]
    scale = Scale.model_validate({"ordonnee": "oui", "modalites": levels})
    with pytest.raises(UnknownKeyError) as told:
        _code(AnswerColumn("q", ASKED.by_id["accueil"], scale), "bof")

    assert "mal, so, nsp, sans_objet, non_reponse, non_posee, invalide." in str(told.value)


# Words


def test_the_longest_expression_is_found_where_two_begin_alike():
    lexicon = _Lexicon(["guichet", "guichet fermé", "guichet fermé midi"])

    assert lexicon.find(_line(sounds("guichet fermé midi"))) == [(0, 3)]
    assert lexicon.find(_line(sounds("guichet fermé"))) == [(0, 2)]
    assert lexicon.find(_line(sounds("porte guichet"))) == [(1, 2)]
    assert _Lexicon([]).find(_line(sounds("guichet"))) == []


# Who did not answer


def test_a_day_on_which_nobody_could_answer_has_no_rate():
    log = pd.DataFrame({"jour": [0, 1, 2], "complets": [6, 0, 30], "eligibles": [12, 0, 40]})
    found = _rates(log, "jour", {0: "lundi"}, 5)

    assert [(one.label, one.group, one.count, one.n, one.value) for one in found] == [
        ("lundi", "jour 0", 6, 12, 0.5), ("2", "jour 2", 30, 40, 0.75),
    ]  # fmt: skip
    assert _rates(log.iloc[:2], "jour", {}, 5) == []


def test_those_who_did_not_answer_are_imagined_less_satisfied():
    """Half of twenty satisfied, of forty approached: 0.5 less 5, 10 and 15 points."""
    log = pd.DataFrame(
        {"date": pd.to_datetime(["2020-11-16", "2020-11-17"]), "demi_journee": ["m", "a"],
         "abordes": [21, 20], "ineligibles": [1, 0], "complets": [10, 10]}
    )  # fmt: skip
    people = [f"r{rank}" for rank in range(20)]
    happy = pd.Series([1.0, 0.0] * 10, people)
    when = pd.DataFrame({"date": pd.Timestamp("2020-11-16"), "half_day": "m"}, index=people)
    found = non_response(log, happy, when, {"m": "Matin", "a": "Après-midi"}, 5)

    assert [(one.result.group, one.less.value) for one in found.scenarios] == [
        ("10", 0.1), ("20", 0.2), ("30", 0.3),
    ]  # fmt: skip
    assert [one.result.value for one in found.scenarios] == pytest.approx([0.45, 0.4, 0.35])
    assert [(one.label, one.count, one.n) for one in found.by_day] == [
        ("lundi", 10, 20), ("mardi", 10, 20),
    ]  # fmt: skip
    assert [one.label for one in found.by_moment] == ["Après-midi", "Matin"]
    assert (found.rate.key, found.rate.value, found.halves) == ("taux_reponse", 0.5, None)


# Complaints


@pytest.fixture(scope="module")
def rules(reference):
    aim = {"valeur": 10, "unite": "jours", "certitude": "exemple", "source": "essai"}
    declared = Complaints.model_validate(DECLARED | {"delai": aim})
    return RegisterRules(declared, reference.book, 5)


@pytest.mark.parametrize(("size", "is_counted"), [(4, False), (5, True)])
def test_a_register_is_counted_from_the_threshold_on(rules, size, is_counted):
    """Received from 1 October 2020, each answered in two days: half and nine in ten within two."""
    first = date(2020, 10, 1)
    rows = register(*[(first + timedelta(days=rank), 2) for rank in range(size)])
    found = heard(rows, SimpleNamespace(fin=date(2020, 12, 4)), rules)

    assert found.quarters == ("2020-T1", "2020-T4")
    assert found.until == first + timedelta(days=size + 1)
    assert found.is_counted is is_counted
    if is_counted:
        assert (found.total.value, found.median.value, found.ninth.value) == (size, 2, 2)
        assert (found.median.group, found.ninth.group) == ("médiane", "neuf sur dix")
        quarters = {one.label.replace("\N{NO-BREAK SPACE}", " "): one.value
                    for one in found.tables["trimestre"].shown}  # fmt: skip
        assert quarters["4e trimestre 2020"] == size
    else:
        assert (found.measures, dict(found.tables)) == ([], {})
    assert heard(rows, SimpleNamespace(fin=date(2019, 12, 4)), rules) is None


@pytest.mark.parametrize(
    ("waiting", "answered", "within"),
    [
        ((0, 6), (8, 0, 4), None),  # 18 − 6 − 8: four had theirs before the delay is over
        ((6, 0), (8, 3, 0), None),  # 17 − 6 − 8: three had theirs late
        ((0, 6), (8, 0, 5), (8, 8)),
        ((6, 0), (8, 5, 0), (8, 19)),
        ((6, 0), (8, 0, 0), (8, 14)),
    ],
)
def test_no_few_people_are_what_is_left_of_those_who_wait_and_of_those_answered_in_time(
    rules, waiting, answered, within
):
    """Who waits: over ten days, or not yet. Who does not: in time, late, or not yet ten days."""
    kinds = [(None, 20, 20), (None, 3, 3), ("2020-01-01", 2, 20), ("2020-01-01", 15, 20),
             ("2020-01-01", 2, 3)]  # fmt: skip
    rows = [kind for kind, n in zip(kinds, (*waiting, *answered), strict=True) for _ in range(n)]
    own = pd.DataFrame({"repondue_le": pd.to_datetime([day for day, *_ in rows])})
    days, age = (pd.Series([float(row[side]) for row in rows]) for side in (1, 2))
    awaited, found = _answers(own, days, age, rules)

    assert awaited.value == 6
    assert (found and (found.count, found.n)) == within


def test_counts_are_told_by_how_many_and_who_did_not_say_is_told_too():
    column = pd.Series(["a"] * 6 + ["b"] * 9 + [None] * 7)
    found = _told("canal", column, {"a": "A"}, 5)

    assert [(one.key, one.label, one.group, one.value) for one in found.shown] == [
        ("reclamations_canal", "b", "b", 9),
        ("reclamations_canal", "Non précisé", "Non précisé", 7),
        ("reclamations_canal", "A", "A", 6),
    ]  # fmt: skip
    assert found.hidden == ()
    few = _told("canal", pd.Series(["a"] * 2 + ["b"] * 9 + ["c"] * 8), {"a": "A"}, 5)
    assert few.hidden == ("A", "c")
    assert [one.value for one in few.shown] == [9]


def test_the_total_of_each_site_is_told_where_something_is_known():
    total = Measure(key="reclamations_total", value=7.0)
    year = HeardYear(("a", "b"), date(2020, 1, 1), total, dict, total, total)
    found = site_totals({"Bourg": year, "Ville": None})

    assert [(one.label, one.group, one.value) for one in found] == [("Bourg", "Bourg", 7)]
    assert year.summary == [total] * 3
    shown = HeardYear(
        ("a", "b"), date(2020, 1, 1), total, lambda: {"k": ToldCounts((total,), ())}, total, total
    )
    assert len(shown.measures) == 4


# Forms


def form(*questions, **more):
    return Questionnaire.model_validate(
        content() | {"questions": [*content()["questions"][:1], *questions]} | more
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [(0, []), (1, ["posée au milieu : après 1 avis et avant 1 autre"]),
     (2, ["posée après 2 autres avis"])],
)  # fmt: skip
def test_overall_satisfaction_comes_first_or_is_told(place, said):
    main, *others = content()["questions"]
    others.insert(place, main)
    asked = Questionnaire.model_validate(content() | {"questions": others})
    found = [one for one in review.review(asked) if one.rule == "ordre_global"]

    assert [one.sentence.replace("\N{NO-BREAK SPACE}", " ") for one in found] == said
    assert [one.steps for one in found] == [("questions", place)] * len(said)
    alone = Questionnaire.model_validate(content() | {"questions": [main]})
    assert review.review(alone) == []


@pytest.mark.parametrize(("first", "second", "told"), [("an", "an", 0), ("an", "na", 1)])
def test_scales_begin_by_the_side_of_the_first(first, second, told):
    sides = {"a": "oui", "n": "non"}
    scales = {
        name: {"ordonnee": "oui",
               "modalites": [*[level(f"{name}{side}", sides[side]) for side in order],
                             level("so", state="sans_objet")]}
        for name, order in (("avis", first), ("autre", second))
    }  # fmt: skip
    asked = form(opinion("x", echelle="autre"), echelles=scales)
    found = [one for one in review.review(asked) if one.rule == "echelles_contraires"]

    assert [one.steps for one in found] == [("echelles", "autre")] * told


def test_a_change_of_wording_type_or_place_is_told_of_the_question_it_touches():
    old, new = content(), content()
    new["questions"][1]["texte"] = "L’attente au guichet"
    one, two = (Questionnaire.model_validate(each) for each in (new, old))
    (found,) = changes(one, two, "2019")

    assert found.steps == ("questions", 1, "texte")
    assert "« L’accueil » est devenu « L’attente au guichet »" in found.sentence
    assert [*changes(two, two, "2019")] == []
    new = content()
    new["questions"][1:] = new["questions"][:0:-1]
    (moved,) = changes(Questionnaire.model_validate(new), two, "2019")
    assert moved.steps == ("questions", 1)
    assert "à partir de « ECOUTE »" in moved.sentence
    new["questions"] = content()["questions"][:2]
    (gone,) = changes(Questionnaire.model_validate(new), two, "2019")
    assert "question retirée : « ECOUTE »" in gone.sentence
    (come,) = changes(two, Questionnaire.model_validate(new), "2019")
    assert "question nouvelle : « ECOUTE »" in come.sentence


@pytest.mark.parametrize(
    ("lost", "added", "said"),
    [
        ([], [], "les réponses ne sont plus dans le même ordre"),
        (["A"], [], "les réponses ont changé (sans « A »)"),
        ([], ["B"], "les réponses ont changé (avec « B »)"),
        (["A"], ["B"], "les réponses ont changé (sans « A », avec « B »)"),
    ],
)
def test_answers_that_changed_are_those_lost_and_those_added(lost, added, said):
    assert review_changes._told(lost, added).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(("letters", "is_cut"), [(49, False), (50, False), (51, True)])
def test_a_wording_that_changed_is_quoted_by_fifty_letters(letters, is_cut):
    expected = "a" * min(letters, 50) + ("…" if is_cut else "")

    assert review_changes._cut("a" * letters) == expected


def test_a_question_that_opens_itself_is_asked_before_it_may_be():
    asked = form(opinion("x", filtre={"question": "x", "vaut": ["a"]}))
    found = [one.steps for one in review.review(asked) if one.rule == "filtre_apres"]

    assert found == [("questions", 1, "filtre")]


# Files of an analyst


def test_a_fact_without_a_scale_is_kept_as_it_was_written():
    """The counter where each answered, of which the form declares no list."""
    column = AnswerColumn("ou", ASKED.by_id["ou"])
    found = replace(four(), columns=KNOWN | {"ou": column})
    asked = variables({"ou": column}, {})[3:]

    told = encoded(found, asked, {"non_reponse": -1})["ou"]
    assert told.fillna("—").tolist() == ["lundi", "jeudi", "—", "lundi"]
    chosen = criterion("ou", ["lundi", "jeudi"], {"ou": column}, ASKED, SITES)
    assert (chosen.told, chosen.kept) == ("guichet : lundi ou jeudi", ("lundi", "jeudi"))
    assert kept(found, [chosen]).tolist() == [True, True, False, True]


# Tables made by hand


@pytest.mark.parametrize(("size", "together"), [(4, ["a", "c", "d"]), (5, ["c", "d"])])
def test_rows_under_the_threshold_are_told_as_one(size, together):
    """4 and 3 are 7 together; five are told by themselves."""
    table = pd.DataFrame([("a", size, 1), ("b", 30, 20), ("c", 3, 1), ("d", 4, 1)])

    found = judged(table.set_axis(["groupe", "un", "deux"], axis=1), 5)
    assert found.together == together
    assert [*found.table.index] == [*range(len(found.table))]


def test_the_smallest_number_that_is_told_hides_the_one_that_is_not():
    """3 of 28 is known by subtraction: 5 is hidden with it, as few as may be told."""
    table = pd.DataFrame([("x", 3), ("y", 5), ("z", 20)], columns=["groupe", "un"])

    assert judged(table, 5).states == {1: [SMALL, BESIDE, ""]}


def test_some_of_nobody_is_no_group_of_one_mind():
    """All ten of x are among some of them; there is nobody in y; 7 of 20 are those of z."""
    table = pd.DataFrame([("x", 10, 10), ("y", 0, 0), ("z", 20, 7)])
    found = judged(table.set_axis(["groupe", "un", "deux"], axis=1), 5)

    assert found.states == {1: ["", "", ""], 2: [ALIKE, "", ""]}


# Plans, families, files


@pytest.mark.parametrize(
    ("rank", "expected"), [(0, ["a", "b", "c", "a"]), (1, ["a", "c", "b", "a"])]
)
def test_shoppers_who_had_too_many_leave_their_turn_to_the_next(rank, expected):
    """All were given to a: the next in the order, from the place of the site, has the fewest."""
    found = _balanced([{"evaluateur": "a", "scenario": "s"}] * 4, ["a", "b", "c"], rank)

    assert [one["evaluateur"] for one in found] == expected


def test_a_family_counts_what_was_measured_and_tells_what_is_compared():
    row = {"question": "accueil", "ecart": 0.1, "n": 40, "n_reference": 40, "part": 0.6,
           "part_reference": 0.5, "verdict": "mieux"}  # fmt: skip
    lines = pd.DataFrame([row, row | {"question": "x", "ecart": np.nan, "verdict": "non_compare"}])
    verdicts = {CHANGE: lines, MEAN: lines.iloc[:1], EQUAL_PUBLIC: lines.iloc[1:]}
    found = Family(verdicts, "", 1.0, by_half_day=True)

    assert found.tested == 2
    assert found.moves is lines
    assert found.main("accueil").change.value == 0.1
    assert found.main("inconnue") is None
    assert (found.mean.change.label, found.mean.change.key) == ("Moyenne des questions", MEAN)
    assert found.equal_public is None
    assert Family({**verdicts, MEAN: lines.iloc[:0]}, "", 1.0, by_half_day=True).mean is None


def test_rows_read_are_those_of_files_of_answers():
    files = [
        reading.Received(kind, kind, "", 10, 8, 1, 1, 5)
        for kind in ("reponses", "frequentation", "collecte")
    ]

    assert reading.rows_read(files) == (10, 5)
    assert [one.has_answers for one in files] == [True, False, False]
    told = [[(one.key, one.value) for one in file.measures] for file in files[:2]]
    counts = [("lues", 10), ("gardees", 8), ("ecartees", 1), ("quarantaine", 1)]
    assert told == [[*counts, ("gardees_du_site", 5)], counts]
    rejects = pd.DataFrame({"action": ["cellule", "ligne", "cellule"]})
    assert reading.unreadable_answers(rejects) == 2
