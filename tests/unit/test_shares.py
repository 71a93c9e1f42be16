"""Counting answers: fixed denominators, nothing lost, order of rows indifferent."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.analysis.profile import composition
from qpref.analysis.shares import OUTSIDE, distribution, satisfaction

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

    found = satisfaction(rows, questionnaire, [questionnaire.main]).iloc[0]

    assert (found["n"], found["satisfaits"], found["part"]) == (4, 3, 0.75)
    assert [found[name] for name in OUTSIDE] == [1, 1, 1, 0, 1]


def test_a_level_nobody_chose_is_shown_as_zero(questionnaire):
    rows = items([("global", "repondu", "tres_satisfait")])

    found = distribution(rows, questionnaire, [questionnaire.main])

    assert found["modalite"].tolist() == list(LEVELS)
    assert found["effectif"].tolist() == [1, 0, 0, 0]


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
@settings(max_examples=40)
def test_every_row_is_counted_once_whatever_the_order(questionnaire, answers, random):
    rows = [("global", *answer) for answer in answers]
    shuffled = list(rows)
    random.shuffle(shuffled)

    found = satisfaction(items(rows), questionnaire, [questionnaire.main])
    again = satisfaction(items(shuffled), questionnaire, [questionnaire.main])

    assert found[["n", *OUTSIDE]].sum().sum() == len(rows)
    pd.testing.assert_frame_equal(found, again)


def people(counts):
    names = [name for name, count in counts.items() for _ in range(count)]
    return pd.DataFrame({"categorie_usager": pd.Series(names, dtype="str")})


@pytest.mark.parametrize(("smallest", "merged"), [(4, True), (5, False), (6, False)])
def test_a_group_under_the_threshold_is_merged(questionnaire, smallest, merged):
    answers = people({"particulier": 50, "entreprise": 9, "syndicat": smallest})

    found = composition(answers, questionnaire, "categorie_usager", threshold=5)

    assert ("regroupe" in set(found["modalite"])) is merged
    assert found["effectif"].sum() == 50 + 9 + smallest


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.integers(2, 10))
def test_no_subtraction_gives_a_small_group_back(questionnaire, sizes, threshold):
    """Every group shown reaches the threshold; the merged one never stands for one group alone."""
    names = ["particulier", "entreprise", "association", "elu_collectivite", "syndicat"]
    counts = dict(zip(names, sizes, strict=True))

    found = composition(people(counts), questionnaire, "categorie_usager", threshold)

    assert found["effectif"].sum() == sum(sizes)
    if sum(sizes) >= threshold:
        assert (found["effectif"] >= threshold).all()
    hidden = {n for n in names if counts[n]} - set(found["modalite"])
    assert len(hidden) != 1 or len(found) == 1
