"""Counting answers: fixed denominators, nothing lost, order of rows indifferent."""

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qpref.quality.answers import OUTSIDE, distribution, satisfaction
from qpref.quality.profile import composition, published

LEVELS = ("tres_satisfait", "plutot_satisfait", "plutot_pas_satisfait", "pas_du_tout_satisfait")


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def items(rows):
    return pd.DataFrame(rows, columns=["question", "etat", "modalite"]).astype("str")


def test_the_base_is_the_opinions_given(questionnaire):
    """8 rows: 3 satisfied of 4 opinions; the four others are counted apart."""
    rows = items(
        [
            ("global", "repondu", "tres_satisfait"),
            ("global", "repondu", "plutot_satisfait"),
            ("global", "repondu", "plutot_satisfait"),
            ("global", "repondu", "pas_du_tout_satisfait"),
            ("global", "nsp", "nsp"),
            ("global", "sans_objet", "sans_objet"),
            ("global", "non_reponse", None),
            ("global", "invalide", None),
        ]
    )

    found = satisfaction(rows, questionnaire, [questionnaire.by_id[questionnaire.main]]).iloc[0]

    assert (found["n"], found["satisfaits"], found["part"]) == (4, 3, 0.75)
    assert [found[name] for name in OUTSIDE] == [1, 1, 1, 0, 1]


def test_a_level_nobody_chose_is_shown_as_zero(questionnaire):
    rows = items([("global", "repondu", "tres_satisfait")])

    found = distribution(rows, questionnaire, [questionnaire.by_id[questionnaire.main]])

    assert found["modalite"].tolist() == list(LEVELS)
    assert found["effectif"].tolist() == [1, 0, 0, 0]


@pytest.mark.lent
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("repondu"), st.sampled_from(LEVELS)),
            st.tuples(st.sampled_from(OUTSIDE), st.none()),
        ),
        max_size=40,
    ),
    st.randoms(),
)
def test_every_row_is_counted_once_whatever_the_order(questionnaire, answers, random):
    rows = [("global", *answer) for answer in answers]
    shuffled = list(rows)
    random.shuffle(shuffled)

    found = satisfaction(items(rows), questionnaire, [questionnaire.by_id[questionnaire.main]])
    again = satisfaction(items(shuffled), questionnaire, [questionnaire.by_id[questionnaire.main]])

    assert found[["n", *OUTSIDE]].sum().sum() == len(rows)
    pd.testing.assert_frame_equal(found, again)


NAMES = ["particulier", "entreprise", "association", "elu_collectivite", "syndicat"]


def people(**sites):
    rows = [
        (site, name)
        for site, counts in sites.items()
        for name, count in counts.items()
        for _ in range(count)
    ]
    return pd.DataFrame(rows, columns=["site", "categorie_usager"], dtype="str")


def profile(questionnaire, answers, site="evry", threshold=5):
    groups = published(answers, "categorie_usager", threshold)
    return composition(groups, questionnaire, "categorie_usager", site)


@pytest.mark.parametrize(("smallest", "merged"), [(4, True), (5, False), (6, False)])
def test_a_group_under_the_threshold_is_merged(questionnaire, smallest, merged):
    answers = people(evry={"particulier": 50, "entreprise": 9, "syndicat": smallest})

    found = profile(questionnaire, answers)

    assert ("regroupe" in set(found["modalite"])) is merged
    assert found["effectif"].sum() == 50 + 9 + smallest


@pytest.mark.lent
@given(st.lists(st.integers(0, 30), min_size=10, max_size=10), st.integers(2, 8))
def test_no_subtraction_gives_a_small_group_back(questionnaire, sizes, threshold):
    """Every group shown reaches the threshold; the merged one names two groups at least."""
    answers = people(
        evry=dict(zip(NAMES, sizes[:5], strict=True)),
        etampes=dict(zip(NAMES, sizes[5:], strict=True)),
    )
    assume(sum(sizes[:5]) and sum(sizes[5:]))

    found = profile(questionnaire, answers, threshold=threshold)

    assert found["effectif"].sum() == sum(sizes[:5])
    merged = found.loc[found["modalite"] == "regroupe"]
    if sum(sizes[:5]) >= threshold:
        assert (found["effectif"] >= threshold).all()
        assert merged["libelle"].str.contains(" ; ").all()


def test_a_site_hides_what_the_total_and_the_other_sites_would_give_back(questionnaire):
    """Évry has 2 associations, Étampes 20: with the total of both, hiding one is not enough."""
    answers = people(
        evry={"particulier": 50, "entreprise": 12, "association": 2},
        etampes={"particulier": 40, "entreprise": 15, "association": 20},
    )

    other = profile(questionnaire, answers, "etampes")
    assert "association" not in set(other["modalite"])
    assert "regroupe" in set(other["modalite"])
