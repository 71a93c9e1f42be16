"""The first section: what a reader who stops there takes away."""

import pandas as pd
import pytest

from qpref.display.essentials import Findings, essentials, headline
from qpref.display.priorities import promises
from qpref.display.section import Section
from qpref.display.wording import out_of_ten
from qpref.statistics.shares import largest_margin, measured, share_interval
from tests.opinions import family
from tests.sections import plain


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def share(key, k, n):
    low, high = share_interval([k], [n])
    row = {"n": n, "satisfaits": k, "part": k / n, "bas": low[0], "haut": high[0]}
    return measured(row, key=key, label=key.capitalize(), group="satisfaits")


SHARES = [share("attente", 180, 200), share("delai", 80, 200), share("confort", 150, 200),
          share("clarte", 140, 200), share("horaires", 100, 200)]  # fmt: skip


def known(**more):
    facts = {
        "answers": 213, "target": 200, "precision": largest_margin(213),
        "main": share("global", 160, 200), "shares": SHARES, "family": family(),
        "before": None, "likeness": "proche",
    } | more  # fmt: skip
    return Findings(**facts)


def told(questionnaire, **more):
    section = essentials(known(**more), questionnaire)
    return plain(" | ".join(f"{one.value} {one.meaning}" for one in section.key_figures))


def titled(questionnaire, **more):
    return plain(headline(known(**more), questionnaire, "Ici"))


@pytest.fixture
def before(reference):
    return reference.campaign("2019-11")


def test_good_and_bad_are_named_by_their_shares(questionnaire):
    text = told(questionnaire)

    assert text.startswith("80 % d’usagers satisfaits dans l’ensemble (entre ")
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

    assert "depuis novembre-décembre 2019" in text
    assert "mieux pour « Temps d’attente » (+30 points)" in text
    assert "moins bien pour « Délai de traitement » (-30 points)" in text
    assert "aucun sujet n’est" not in text
    assert "en moyenne sur toutes les questions, 0 point" in text


@pytest.mark.parametrize(
    ("now", "verdict"), [(190, "en hausse"), (80, "en baisse"), (152, "sans changement établi")]
)
def test_the_title_says_whether_it_changed(questionnaire, before, now, verdict):
    changed = family({"global": (now, 200)}, {"global": (150, 200)})
    title = titled(questionnaire, family=changed, before=before)

    assert title == f"Ici : 80 % d’usagers satisfaits, {verdict} depuis novembre-décembre 2019"


def test_the_title_says_no_more_than_is_known(questionnaire):
    """Without a campaign before, the share alone; of 6 answers, nothing."""
    assert titled(questionnaire) == "Ici : 80 % d’usagers satisfaits"
    assert titled(questionnaire, main=share("global", 4, 6)) == ""
    assert titled(questionnaire, main=None) == ""


def test_the_weighted_share_stands_beside_the_plain_one(questionnaire):
    weighted = share("global", 170, 200)
    text = told(questionnaire, weighted=weighted, margins=["guichet", "moment"])

    assert text.startswith("80 % d’usagers satisfaits")
    assert "; 85 % (entre " in text
    assert "si les réponses pesaient selon les passages comptés, par « guichet » et « mo" in text


def test_nothing_sure_is_said_so(questionnaire, before):
    same = family(
        {"global": (150, 200), "attente": (150, 200)}, {"global": (151, 200), "attente": (149, 200)}
    )
    text = told(questionnaire, family=same, before=before)

    assert "Ce qui a changé : aucun sujet, de façon sûre" in text


def test_without_a_campaign_before_nothing_is_said_to_have_changed_or_not(questionnaire):
    text = told(questionnaire, before=None)

    assert "Ce qui a changé : il n’y a pas de campagne précédente à laquelle comparer" in text
    assert "de façon sûre" not in text


@pytest.mark.parametrize(
    ("part", "said"),
    [(0.02, None), (0.1, None), (0.2, "environ 2 usagers contents sur 10"), (0.99, None)],
)
def test_one_of_ten_and_all_of_ten_are_not_said(part, said):
    """One would be said in the plural; ten of ten would be all of them."""
    found = out_of_ten(part, "usagers contents")

    assert (found and plain(found)) == said


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
        ((), "le plan d’action de ce site est à écrire"),
        (("pas_de_difference_etablie",), "1 action suivie : aucun progrès établi"),
        (("mieux", "non_compare"), "1 progrès établi sur 2 actions"),
    ],
)
def test_what_was_promised_and_done(reference, verdicts, said):
    """One sentence an action, with its change where there is one."""
    decided = reference.actions("evry", "2019-11")[: len(verdicts)]
    judged = pd.DataFrame(
        {
            "question": "", "groupe": [action.id for action in decided], "n": 100, "part": 0.9,
            "n_avant": 100, "part_avant": 0.7, "ecart": 0.2, "bas": 0.1, "haut": 0.3,
            "p": 0.01, "verdict": list(verdicts),
        }
    )  # fmt: skip
    section = promises(Section("repondants", "x", ["Vous aviez dit."]), decided, judged)

    assert plain(section.title) == f"Ce qui a été promis et fait : {said}"
    first, *others = map(plain, section.sentences)
    assert first == "Vous aviez dit."
    words = {
        "mieux": "+20 points, mieux.",
        "pas_de_difference_etablie": "+20 points.",
        "non_compare": "trop peu d’avis pour comparer.",
    }
    assert others == [
        f"{action.libelle} : {words[verdict]}"
        for action, verdict in zip(decided, verdicts, strict=True)
    ]


def test_a_survey_without_overall_satisfaction_says_the_rest(questionnaire):
    text = told(questionnaire, main=None)

    assert "dans l’ensemble" not in text
    assert "Ce qui satisfait le plus" in text
