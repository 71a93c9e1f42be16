"""What remarks, marks and months say at the bounds of their rules, counted by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.quality import learned, replies, spoken
from qpref.quality.coding import CodedRemark, RemarkCoder, coders_agreement, remarks_of
from qpref.quality.monthly import _limit, period_name, periods, quarter_months, short_period
from qpref.quality.samples import costs_of
from qpref.quality.spoken import Gate, Written, by_person, compared, told_subjects
from qpref.quality.spoken_publics import _is_hidden, _readable
from qpref.quality.taught import FEWEST as FEWEST_PEOPLE
from qpref.quality.taught import SuggestedWord, suggested
from qpref.reference.subjects import CodeBook, RemarkSubject, RemarkTones
from qpref.statistics.control import FEWEST, ControlLimits
from qpref.statistics.measure import Measure
from qpref.statistics.shares import NO_PERCENTAGE_BELOW
from qpref.store import PersonCode
from qpref.wording.french import NBSP
from qpref.wording.text import sounds
from tests.unit.test_replies import asked, given
from tests.unit.test_taught import BOOK as TAUGHT
from tests.unit.test_taught import OTHERS, rows_of, written

BOOK = CodeBook.model_construct(
    sujets=(
        RemarkSubject.model_construct(
            id="attente", libelle="Attente", mots=("attente", "queue"), sauf=("salle d’attente",),
            ton="negatif",
        ),
        RemarkSubject.model_construct(
            id="accueil", libelle="Accueil", mots=("accueil*",), sauf=(), ton="neutre"
        ),
        RemarkSubject.model_construct(
            id="autre", libelle="Autre", mots=(), sauf=(), ton="neutre"
        ),
    ),
    tons=RemarkTones.model_construct(
        positif=("bien", "très bien"), negatif=("mal",), negation=("pas",), souhait=("il faudrait",)
    ),
)  # fmt: skip


def flags(people, **named):
    """Whether each of so many people names each subject: the ranks of those who do."""
    return pd.DataFrame({name: [rank in who for rank in range(people)]
                         for name, who in named.items()})  # fmt: skip


def large(sizes, threshold):
    return {name for name, size in sizes.items() if size >= threshold}


# Remarks


@pytest.mark.parametrize(
    ("count", "is_free"), [(0, True), (1, False), (4, False), (5, True), (6, True)]
)
def test_a_count_is_known_of_nobody_or_of_as_many_as_the_threshold(count, is_free):
    assert spoken._is_free(count, 5) is is_free


@pytest.mark.parametrize(
    ("people", "is_enough"),
    [
        (NO_PERCENTAGE_BELOW - 1, False),
        (NO_PERCENTAGE_BELOW, True),
        (NO_PERCENTAGE_BELOW + 1, True),
    ],
)
def test_ten_people_who_wrote_are_enough_each_counted_once(people, is_enough):
    names = [*range(people), 0, 0]
    rows = pd.DataFrame({"reponse_id": names, "relu": True})

    assert spoken.is_enough(rows) is is_enough
    assert spoken.is_whole(rows) is is_enough
    rows.loc[0, "relu"] = False
    assert spoken.is_whole(rows) is False


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"a": range(12), "b": range(12, 20)}, ["a", "b"]),  # nobody names both
        ({"a": range(12), "b": range(8, 20)}, ["a"]),  # four do: few
        ({"a": range(12), "b": range(7, 20)}, ["b", "a"]),  # five do
        ({"a": range(10), "b": range(10, 17), "c": range(17, 20)}, ["a"]),  # three name neither
        ({"a": range(10), "b": range(10, 15), "c": range(15, 20)}, ["a", "b", "c"]),
        ({"a": range(15), "b": range(15, 20)}, ["a", "b"]),
        ({"a": range(16), "b": range(16, 20)}, []),
        ({"a": range(12), "b": range(12, 20), "c": ()}, ["a", "b"]),
        ({"a": range(12), "b": range(8, 20), "c": ()}, ["a"]),  # nobody names c: four name two
    ],
)
def test_subjects_are_told_while_no_few_people_are_known_by_them(named, expected):
    assert told_subjects(flags(20, **named), 5) == expected


def test_a_subject_is_told_among_those_asked_alone():
    """Twelve people do not name b: a group that may be known."""
    named = flags(20, a=range(12), b=range(12, 20))

    assert told_subjects(named, 5, ["b"]) == ["b"]
    assert told_subjects(named, 5, []) == []


def test_a_person_who_says_good_and_bad_of_a_subject_has_another_tone():
    rows = pd.DataFrame(
        {"reponse_id": [1, 1, 2, 3, 3],
         "ton": ["positif", "negatif", "neutre", "negatif", "negatif"],
         "sujets": [("attente",), ("attente", "accueil"), ("accueil",), ("autre",), ("autre",)]}
    )  # fmt: skip
    found = by_person(rows, BOOK)

    assert [*found.columns] == ["attente", "accueil", "autre"]
    assert found.loc["1"].fillna("—").tolist() == ["autre", "negatif", "—"]
    assert found.loc["2"].fillna("—").tolist() == ["—", "autre", "—"]
    assert found.loc["3"].fillna("—").tolist() == ["—", "—", "negatif"]


@pytest.mark.parametrize(
    ("good", "bad", "other", "told"),
    [(5, 6, 7, True), (4, 6, 7, False), (5, 4, 7, False), (5, 6, 4, False), (5, 6, 0, True),
     (0, 6, 0, True)],
)  # fmt: skip
def test_tones_are_told_when_none_of_them_is_of_few(good, bad, other, told):
    tones = pd.Series(["positif"] * good + ["negatif"] * bad + ["autre"] * other + [None] * 3)
    share = Measure(key="k", label="K", n=40, count=18, value=0.45)
    found = spoken._tones(tones, share, Gate(5, large))

    assert [one and (one.group, one.value, one.n, one.key, one.label) for one in found] == (
        [("positif", good, 18, "k", "K"), ("negatif", bad, 18, "k", "K")] if told else [None, None]
    )


def test_three_remarks_at_most_are_quoted_under_a_subject_each_once():
    """The fourth goes under its second subject; what is not approved, or twice written, nowhere."""
    rows = pd.DataFrame(
        {
            "texte_masque": ["un", "deux", "deux", "trois", "quatre", "cinq", "six"],
            "sujets": [("a",), ("a",), ("b",), ("a",), ("a", "b"), ("b",), ("c",)],
            "publiable": [True, True, True, True, True, False, True],
        }
    )

    assert spoken._quotes(rows, ["a", "b"]) == {"a": ("un", "deux", "trois"), "b": ("quatre",)}


def coded(people):
    """Remarks of so many people, as `remarks_of` gives them: the first eight are of the wait."""
    subjects = [("attente",) if rank < 8 else ("accueil",) for rank in range(people)]
    return pd.DataFrame(
        {"reponse_id": [f"r{rank}" for rank in range(people)], "sujets": subjects,
         "ton": "negatif", "relu": [rank > 1 for rank in range(people)], "publiable": False,
         "texte_masque": "mot"}
    )  # fmt: skip


def test_what_remarks_say_has_its_bases_its_tones_and_what_is_hidden():
    rows = coded(20)
    moments = pd.Series(dtype=object)
    found = spoken.spoken(rows, BOOK, moments, Gate(5, large))

    assert (found.read, found.written, found.hidden) == (18, 20, ())
    told = [
        (one.share.key, one.share.label, one.share.count, one.share.n) for one in found.subjects
    ]
    assert told == [("sujet_accueil", "Accueil", 12, 20), ("sujet_attente", "Attente", 8, 20)]
    assert [(one.positive.value, one.negative.value) for one in found.subjects] == [(0, 12), (0, 8)]
    assert [one.share.value for one in found.subjects] == [0.6, 0.4]
    few = spoken.spoken(rows, BOOK, moments, Gate(9, large))
    assert (few.subjects, few.hidden) == ((), ("Attente", "Accueil"))
    assert spoken.spoken(rows.assign(relu=False), BOOK, moments, Gate(5, large)) is None
    assert spoken.spoken(coded(9), BOOK, moments, Gate(1, large)) is None


def test_subjects_of_two_campaigns_are_compared_when_told_in_both_or_unheard_before():
    """Of the wait 12 of 20, then 8; of the welcome nobody before, or three, which is not told."""

    def side(named):
        people = named.where(named, other=None).astype(object)
        return Written(people, pd.Series(dtype=object))

    now = side(flags(20, attente=range(12), accueil=range(12, 20)))
    before = side(flags(20, attente=range(8), accueil=(), autre=range(8, 20)))
    hidden = side(flags(20, attente=range(9), accueil=range(17, 20), autre=range(9, 17)))
    found = compared(now, before, 5).set_index("groupe")

    assert [*found.index] == ["attente", "accueil"]
    assert found["question"].tolist() == ["sujet_attente", "sujet_accueil"]
    assert found["ecart"].tolist() == pytest.approx([0.6 - 0.4, 0.4])
    assert compared(now, hidden, 5)["groupe"].tolist() == ["attente"]
    assert len(compared(now, hidden, 13)) == 0


def test_a_group_is_told_of_what_it_writes_when_ten_wrote_and_no_few_did_not():
    """Ten of a wrote, and five did not; four of b did not; nine of c wrote; all of d did."""
    counts = {"a": (10, 5), "b": (10, 4), "c": (9, 5), "d": (11, 0), None: (6, 6)}
    labels = pd.Series([name for name, pair in counts.items() for _ in range(sum(pair))])
    wrote = [rank < pair[0] for pair in counts.values() for rank in range(sum(pair))]
    found = _readable(labels, labels.index[wrote], Gate(5, large))

    assert found.value_counts().to_dict() == {"a": 10, "d": 11, found.iloc[10]: 25}


@pytest.mark.parametrize(
    ("others", "is_hidden"),
    [
        ({"a": (2, 10), "b": (3, 10)}, True),  # five name it
        ({"a": (2, 10), "b": (2, 10)}, False),
        ({"a": (8, 10), "b": (7, 10)}, True),  # five do not
        ({"a": (8, 10), "b": (8, 10)}, False),
        ({"a": (3, 5), "b": (6, 15)}, True),  # five are of a
        ({"a": (3, 4), "b": (6, 15)}, False),
        ({"a": (9, 20)}, False),
        ({"a": (9, 20), "b": (0, 0)}, False),  # all are of a
    ],
)
def test_groups_left_are_known_together_only_when_no_part_of_them_is_few(others, is_hidden):
    assert _is_hidden(others, 5) is is_hidden


def test_a_group_left_alone_is_known_whatever_the_threshold():
    assert not _is_hidden({"a": (9, 20)}, 0)
    assert _is_hidden({"a": (9, 20), "b": (6, 20)}, 0)


# Words


@pytest.mark.parametrize(
    ("text", "subjects", "tone", "words"),
    [
        ("La queue. Encore la queue", ("attente",), "negatif", {"attente": ("queue",)}),
        ("La salle d’attente", ("autre",), "neutre", {}),
        ("Accueillant", ("accueil",), "neutre", {"accueil": ("Accueillant",)}),
        ("Accueil bien, attente", ("attente", "accueil"), "positif",
         {"attente": ("attente",), "accueil": ("Accueil",)}),
        ("Accueil pas bien", ("accueil",), "negatif", {"accueil": ("Accueil",)}),
        ("Accueil pas table porte bien", ("accueil",), "negatif", {"accueil": ("Accueil",)}),
        ("Accueil pas table porte chaise bien", ("accueil",), "mele", {"accueil": ("Accueil",)}),
        ("Accueil bien pas", ("accueil",), "mele", {"accueil": ("Accueil",)}),
        ("pas table", ("autre",), "negatif", {}),
        ("il faudrait pas table", ("autre",), "neutre", {}),
        ("pas mal", ("autre",), "positif", {}),
        ("bien mais mal", ("autre",), "mele", {}),
    ],
)  # fmt: skip
def test_a_remark_has_the_subjects_of_its_words_and_the_tone_that_a_negation_turns(
    text, subjects, tone, words
):
    """A negation turns round what comes among the three words after it."""
    assert RemarkCoder(BOOK).code(text) == CodedRemark(subjects, tone, words)


def test_a_negation_does_not_turn_its_own_word_round():
    """« fini bien » is said not to be there, and holds « bien », which is good."""
    tones = BOOK.tons.model_copy(update={"negation": ("fini bien",)})
    coder = RemarkCoder(BOOK.model_copy(update={"tons": tones}))

    assert coder.code("fini bien").tone == "mele"
    assert coder.code("fini bien table bien").tone == "mele"
    assert coder.code("fini bien table").tone == "mele"


@pytest.mark.parametrize(
    ("text", "tone"),
    [("bien", "positif"), ("bien tard", "negatif"), ("un bien tard", "negatif"), ("tard", "neutre"),
     ("bien tard bien", "mele"), ("moins bien", "negatif")],
)  # fmt: skip
def test_a_word_says_nothing_inside_a_longer_expression(text, tone):
    """« bien tard » and « moins bien » are bad, though « bien » is good."""
    tones = BOOK.tons.model_copy(update={"negatif": ("bien tard", "moins bien")})

    assert RemarkCoder(BOOK.model_copy(update={"tons": tones})).code(text).tone == tone


@pytest.mark.parametrize(
    ("people", "threshold", "is_suggested"),
    [(5, 5, True), (4, 5, False), (FEWEST_PEOPLE, 1, True), (FEWEST_PEOPLE - 1, 1, False)],
)
def test_a_word_is_suggested_when_as_many_people_as_the_threshold_use_it(
    people, threshold, is_suggested
):
    rows = rows_of(written("table", "locaux", people) + written("porte", "locaux", 3, 50) + OTHERS)
    found = [one.word for one in suggested(rows, TAUGHT, threshold)]

    assert ("table" in found) is is_suggested


def test_what_a_person_said_last_counts_and_what_the_book_lost_does_not():
    rows = pd.DataFrame(
        {"identifiant": ["1", "2", "3"], "texte_masque": ["queue", "queue", "bien"]}
    )
    said = {
        "1": [PersonCode("a", ("accueil",), "positif"), PersonCode("b", ("autre",), "neutre")],
        "2": [PersonCode("a", ("perdu",), "positif")],
    }
    found = remarks_of(rows, BOOK, said)

    assert found["sujets"].tolist() == [("autre",), ("attente",), ("autre",)]
    assert found["ton"].tolist() == ["neutre", "negatif", "positif"]
    assert found["relu"].tolist() == [True, False, False]
    assert found["mots"].tolist() == ["Attente (règles) : queue"] * 2 + [""]


def test_a_remark_may_be_of_every_subject_of_the_book():
    rows = pd.DataFrame({"identifiant": ["1"], "texte_masque": ["bien"]})
    every = ("attente", "accueil", "autre")
    found = remarks_of(rows, BOOK, {"1": [PersonCode("a", every, "positif")]})

    assert found["sujets"].tolist() == [every]


def test_two_coders_are_compared_on_what_they_said_last_of_remarks_read_twice():
    """Of three remarks read by two, they agree on two; b read one of them first."""

    def code(who, subject):
        return PersonCode(who, (subject,), "neutre")

    codes = [
        [code("a", "attente"), code("b", "attente")],
        [code("b", "accueil"), code("a", "attente")],
        [code("c", "accueil"), code("a", "accueil"), code("b", "accueil")],
        [code("a", "attente")],
    ]
    found = {one.subject: one for one in coders_agreement(pd.DataFrame({"codes": codes}), BOOK)}

    assert [*found] == ["attente", "accueil"]
    assert {(one.n, one.same) for one in found.values()} == {(3, 2)}
    # Two in three agree; chance: (2 × 1 + 1 × 2) / 9 = 4 / 9. (2/3 − 4/9) / (1 − 4/9) = 0.4.
    assert found["attente"].kappa == pytest.approx(0.4)


def test_the_odds_of_a_word_are_those_of_the_missed_over_those_of_the_rest():
    """Six of nine, none of twenty: (6.5 / 3.5) / (0.5 / 20.5)."""
    found = SuggestedWord("locaux", "table", 6, 9, 0, 20)

    assert found.odds == pytest.approx(np.log(6.5 / 3.5 / (0.5 / 20.5)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("chaise guichet attente samedi porte table", ["samedi", "attente", "guichet"]),
        ("table chaise porte zorglub", ["porte"]),
        ("table zorglub", []),
    ],
)
def test_the_three_words_that_weigh_most_are_told_the_heaviest_first(text, why):
    weights = {"samedi": 3.0, "attente": 2.0, "guichet": 1.0, "porte": 0.5, "table": 0.0,
               "chaise": -1.0}  # fmt: skip
    ranks = {sounds(word)[0][1]: rank for rank, word in enumerate(weights)}
    model = SimpleNamespace(
        _model=SimpleNamespace(coef_=np.array([[*weights.values()]])),
        _words=SimpleNamespace(vocabulary_=ranks),
    )

    assert learned._Model.why(model, text) == why


@pytest.mark.parametrize(("own", "is_compared"), [(19, False), (20, True), (80, True), (81, False)])
def test_a_subject_is_learned_when_twenty_remarks_have_it_and_twenty_do_not(
    monkeypatch, own, is_compared
):
    """Who learns says yes to all here: right of those of the subject; the rules say no."""

    class Yes:
        def __init__(self, subject, texts, proposed):
            assert subject == "attente"
            self.size = len(texts), len(proposed)

        def fit(self, truth):
            assert self.size == (len(truth), len(truth)) != (100, 100)

        def says(self, texts, proposed):
            assert len(texts) == len(proposed) < 100
            return np.ones(len(texts), dtype=bool)

    monkeypatch.setattr(learned, "_Model", Yes)
    subjects = [("attente",)] * own + [("autre",)] * (100 - own)
    rows = pd.DataFrame(
        {"texte_masque": [f"t{rank}" for rank in range(100)], "relu": True, "sujets": subjects,
         "propose": [("autre",)] * 100}
    )  # fmt: skip

    found = [(one.subject, one.n, one.own, one.by_rules, one.by_learned)
             for one in learned.compared(rows, BOOK)]  # fmt: skip
    assert found == ([("attente", 100, own, own, 100 - own)] if is_compared else [])


def test_what_is_learned_takes_the_place_of_the_rules_for_its_subjects_alone():
    joined = learned._joined

    assert joined(("attente", "accueil"), {}, BOOK, ["attente"]) == ("accueil",)
    assert joined(("accueil",), {"attente": []}, BOOK, ["attente"]) == ("attente", "accueil")
    assert joined(("autre",), {"attente": []}, BOOK, ["attente"]) == ("attente",)
    assert joined(("attente",), {}, BOOK, ["attente"]) == ("autre",)


# Marks and months


@pytest.mark.parametrize(
    ("more", "low", "high"),
    [({"minimum": 1, "maximum": 5}, 1, 5), ({"minimum": 0, "maximum": 5}, 0, 5)],
)
def test_the_mean_of_marks_stays_between_those_that_could_be_given(more, low, high):
    """1 and 5: 3 ± 12.7 × 2.83 / √2 passes both bounds."""
    mean = replies.numbers(given(1, 5), asked("note", **more)).mean

    assert (mean.value, mean.low, mean.high, mean.n) == (3, low, high, 2)
    assert (mean.group, mean.unit, mean.digits) == (replies.MEAN, "note sur 5", 1)


def test_a_mark_without_a_lowest_one_begins_at_nought():
    question = asked("note", maximum=5).model_copy(update={"minimum": None})

    assert replies.numbers(given(1, 5), question).mean.low == 0
    boundless = question.model_copy(update={"maximum": None})
    assert replies.numbers(given(1, 5), boundless).given.low < 0


@pytest.mark.parametrize(
    ("months", "place", "is_drawn"),
    [(FEWEST, 1, True), (FEWEST, 0, False), (FEWEST - 1, 1, False), (FEWEST - 1, 0, False)],
)
def test_limits_are_drawn_from_months_enough_where_there_are_some(months, place, is_drawn):
    limits = ControlLimits(11.0, [np.nan, 6.0], [np.nan, 16.0], [np.nan, 2.0], months)
    indicator = SimpleNamespace(id="delai", libelle="Délai", is_share=False, unite="jours")
    found = _limit(indicator, "2020-03", limits, place)

    assert (found.key, found.label, found.group) == ("delai", "Délai", "2020-03, limites")
    if is_drawn:
        assert (found.value, found.low, found.high, found.unit) == (11, 6, 16, "jours")
    else:
        assert (found.is_known, found.low, found.high) == (False, None, None)


def test_periods_follow_over_the_years_and_are_named():
    assert periods("2019-12", "2020-01") == ["2019-12", "2020-01"]
    assert periods("2019-09", "2019-11") == ["2019-09", "2019-10", "2019-11"]
    assert periods("2019-T3", "2020-T2") == ["2019-T3", "2019-T4", "2020-T1", "2020-T2"]
    assert periods("2020-05", "2020-05") == ["2020-05"]
    assert quarter_months("2020-T1") == ("2020-01", "2020-03")
    assert quarter_months("2020-T4") == ("2020-10", "2020-12")
    assert period_name("2020-T1") == f"1er{NBSP}trimestre 2020"
    assert period_name("2020-T3") == f"3e{NBSP}trimestre 2020"
    assert short_period("2020-T3") == f"T3{NBSP}2020"


def test_nobody_costs_nothing():
    assert costs_of(pd.DataFrame({"a": pd.Series(dtype=float)}), pd.Series(dtype=object)) == {}
    assert costs_of(pd.DataFrame(index=["r1"]), pd.Series({"r1": "m"})) == {}
