"""Labels are recognised exactly after normalising; nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.intake.matching import Lexicon, normalise


@pytest.fixture(scope="module")
def satisfaction(reference):
    return Lexicon(reference.questionnaires["satisfaction-1"].echelles["satisfaction4"].modalites)


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("Très satisfait", "tres_satisfait", "exact"),
        ("TRÈS SATISFAIT", "tres_satisfait", "normalise"),
        ("très\u00a0satisfait ", "tres_satisfait", "normalise"),
        ("Tre\u0300s satisfait", "tres_satisfait", "normalise"),
        ("Très satisfait(e)", "tres_satisfait", "normalise"),
        ("Très satisfait·e", "tres_satisfait", "normalise"),
        ("TS", "tres_satisfait", "synonyme"),
        ("++", "tres_satisfait", "synonyme"),
        ("-", "plutot_pas_satisfait", "synonyme"),
        ("plutot_satisfait", "plutot_satisfait", "code"),
        ("N/A", "sans_objet", "synonyme"),
        ("NSP", "nsp", "code"),
    ],
)
def test_a_label_is_recognised_however_it_is_typed(satisfaction, text, code, rule):
    match = satisfaction.match(text)

    assert (match.modality.code, match.rule) == (code, rule)


def test_a_label_with_its_negation_is_never_taken_for_the_other(satisfaction):
    """A fuzzy match gives « Très satisfait » for « Très insatisfait » at 93 of 100."""
    assert satisfaction.match("Très insatisfait").modality.favorable is False
    assert satisfaction.match("Plutôt insatisfait").modality.favorable is False


@pytest.mark.parametrize("text", ["Moyen", "satisfai", "très", "", "4", "None", "null"])
def test_an_unlisted_text_matches_nothing(satisfaction, text):
    assert satisfaction.match(text) is None


def test_no_two_answers_of_a_scale_share_a_wording(reference):
    """Otherwise the answer would depend on the order in which the file lists them."""
    scales = reference.questionnaires["satisfaction-1"].echelles | {
        "mystere": reference.grid, "canaux": reference.grid,
    }  # fmt: skip
    for name, scale in scales.items():
        if name == "canaux":
            forms = [{normalise(t) for t in (c.un, *c.synonymes)} for c in scale.canaux]
        else:
            modalities = scale.reponses if name == "mystere" else scale.modalites
            forms = [{normalise(t) for t in (m.libelle, *m.synonymes)} for m in modalities]
        assert sum(map(len, forms)) == len(set().union(*forms)), name


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)

    assert normalise(once) == once


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("Très satisfai", "Très satisfait"),
        ("Plutôt pas satisfai", "Plutôt pas satisfait"),
        ("Très insatisfai", None),
        ("Moyen", None),
    ],
)
def test_a_suggestion_never_crosses_a_negation(satisfaction, text, suggested):
    found = satisfaction.suggestion(text)

    assert found == (f" Vouliez-vous dire « {suggested} » ?" if suggested else "")
