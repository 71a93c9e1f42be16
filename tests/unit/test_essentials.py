"""The first section: what a reader who stops there takes away."""

import pytest

from qpref.display.essentials import Findings, essentials
from qpref.display.section import Section
from qpref.statistics.measure import Measure
from qpref.statistics.shares import largest_margin, measured, share_interval
from tests.opinions import family
from tests.sections import plain

BASE = Section("chiffres-cles", "213 usagers ont répondu", ["Ce qui est compté."])


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def share(key, k, n):
    low, high = share_interval([k], [n])
    row = {"n": n, "satisfaits": k, "part": k / n, "bas": low[0], "haut": high[0]}
    return measured(row, key=key, label=key.capitalize(), group="satisfaits")


SHARES = [share("attente", 180, 200), share("delai", 80, 200), share("confort", 150, 200),
          share("clarte", 140, 200), share("horaires", 100, 200)]  # fmt: skip


def told(questionnaire, **known):
    facts = {
        "answers": 213, "target": 200, "precision": largest_margin(213),
        "main": share("global", 160, 200), "shares": SHARES, "family": family(),
        "before": None, "likeness": "proche",
    } | known  # fmt: skip
    section = essentials(Findings(**facts), questionnaire, BASE)
    return plain(" | ".join([section.title, *section.sentences]))


@pytest.fixture
def before(reference):
    return reference.campaign("2019-11")


def test_good_and_bad_are_named_by_their_shares(questionnaire):
    text = told(questionnaire)

    assert "Usagers satisfaits dans l’ensemble : 80 %" in text
    assert "Ce qui satisfait le plus : « Attente » (90 %) et « Confort » (75 %)" in text
    assert "Ce qui satisfait le moins : « Delai » (40 %) et « Horaires » (50 %)" in text


def test_one_question_has_no_best_nor_worst(questionnaire):
    text = told(questionnaire, shares=SHARES[:1])

    assert "satisfait le" not in text


def test_what_moved_is_told_both_ways(questionnaire, before):
    """60 to 90 % is a rise and 90 to 60 % a fall, of 200; the mean of three questions is 0."""
    moved = family(
        {"global": (150, 200), "attente": (180, 200), "delai": (120, 200)},
        {"global": (150, 200), "attente": (120, 200), "delai": (180, 200)},
    )
    text = told(questionnaire, family=moved, before=before)

    assert "sans changement établi depuis novembre-décembre 2019" in text
    assert "mieux pour « Temps d’attente » (+30 points)" in text
    assert "moins bien pour « Délai de traitement » (-30 points)" in text
    assert "aucun sujet n’est" not in text
    assert "En moyenne sur toutes les questions : 0 point" in text


@pytest.mark.parametrize(
    ("now", "verdict"), [(190, "en hausse depuis"), (80, "en baisse depuis"), (152, "sans chang")]
)
def test_the_title_says_whether_it_changed(questionnaire, before, now, verdict):
    changed = family({"global": (now, 200)}, {"global": (150, 200)})
    text = told(questionnaire, family=changed, before=before)

    assert verdict in text.split(" | ")[0]


def test_nothing_sure_is_said_so(questionnaire, before):
    same = family(
        {"global": (150, 200), "attente": (150, 200)}, {"global": (151, 200), "attente": (149, 200)}
    )
    text = told(questionnaire, family=same, before=before)

    assert "aucun sujet n’a changé de façon sûre" in text


@pytest.mark.parametrize(
    ("likeness", "absent", "said"),
    [
        ("proche", (), "ils ressemblent aux usagers venus"),
        (
            "ecarts",
            ("Accueil",),
            "pas tout à fait aux usagers venus (trop peu présents : « Accueil »)",
        ),
        ("non_verifiable", (), "rien ne permet de dire"),
    ],
)
def test_how_far_it_may_be_trusted(questionnaire, likeness, absent, said):
    """0.98/√213 is 6.7 points."""
    text = told(questionnaire, likeness=likeness, absent=absent)

    assert "213 usagers ont répondu (objectif de 200 atteint), soit ± 6,7 points" in text
    assert said in text


def test_few_answers_give_no_percentage(questionnaire):
    text = told(
        questionnaire, answers=8, precision=largest_margin(8), target=None,
        main=None, shares=[share("attente", 5, 8)] * 5,
    )  # fmt: skip

    assert "8 usagers ont répondu : trop peu pour des pourcentages" in text
    assert "%" not in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((), None),
        (("pas_de_difference_etablie",), "aucune n’a encore fait progresser sa mesure"),
        (("mieux", "non_compare"), "1 a fait progresser sa mesure"),
        (("mieux", "mieux", "mieux"), "3 ont fait progresser leur mesure"),
    ],
)
def test_what_was_done_and_what_it_gave(questionnaire, verdicts, said):
    actions = [Measure(label="a", value=0.1, verdict=verdict) for verdict in verdicts]
    text = told(questionnaire, actions=actions)

    assert ("après la campagne précédente" in text) is bool(said)
    assert said is None or said in text


def test_a_survey_without_overall_satisfaction_begins_with_its_answers(questionnaire):
    text = told(questionnaire, main=None)

    assert text.startswith("213 usagers ont répondu | ")
