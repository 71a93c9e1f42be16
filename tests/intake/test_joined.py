"""Boxes told in one cell: which labels it holds, and what is left over."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.intake.export import NOT_ASKED, UNREADABLE
from qpref.intake.ticks import boxes, labels_of, ticked
from qpref.reference import Question
from tests.conftest import example_count

ASKED = Question.model_validate(
    {"id": "aide", "theme": "t", "type": "multiple", "texte": "Aide ?", "texte_court": "Aide",
     "options": [
         {"code": "proche", "libelle": "Un proche, un ami", "synonymes": ["ami"]},
         {"code": "agent", "libelle": "Un agent"},
         {"code": "point", "libelle": "Point numérique"},
     ]}
)  # fmt: skip
LABELS = labels_of(ASKED)


def test_labels_are_looked_for_the_longest_first():
    assert [code for _, code in LABELS] == ["proche", "point", "agent", "proche"]
    assert LABELS[0][0] == "un proche,un ami"


@pytest.mark.parametrize(
    ("text", "codes", "left"),
    [
        ("Un agent", {"agent"}, ""),
        ("Un agent;Point numérique", {"agent", "point"}, ""),
        ("Un proche, un ami, Un agent", {"proche", "agent"}, ""),  # a comma inside a label
        ("Un agent Point numérique", {"agent", "point"}, ""),  # no sign need part them
        ("ami / Un agent", {"proche", "agent"}, ""),
        ("Un agent; un voisin", {"agent"}, "un voisin"),
        ("je n’ai pas trouvé le point numérique", set(), "je n ai pas trouve le point numerique"),
        ("voisin", set(), "voisin"),
    ],
)
def test_a_label_within_a_sentence_is_no_answer(text, codes, left):
    found, rest = ticked(LABELS, text)

    assert (found, rest) == (codes, left)


@pytest.mark.parametrize(
    ("texts", "cells"),
    [
        ([], ["", "", "", None]),
        ([NOT_ASKED], [NOT_ASKED] * 3 + [None]),
        (["Un agent"], ["Non", "Oui", "Non", None]),
        (["Un agent", "ami"], ["Oui", "Oui", "Non", None]),
        (["Un agent, voisin"], ["Non", "Oui", "Non", "voisin"]),
        (["voisin"], [UNREADABLE] * 3 + ["voisin"]),
    ],
)
def test_each_box_is_yes_or_no_where_something_was_understood(texts, cells):
    found = boxes("aide", LABELS, texts)

    keys = [("aide", code) for code in ("proche", "agent", "point", "")]
    assert [found.get(key) for key in keys] == cells


def asked(labels):
    """Return a question that has these boxes: their codes are the ranks of their labels."""
    options = [{"code": f"c{rank}", "libelle": label} for rank, label in enumerate(labels)]
    about = {"id": "q", "theme": "t", "type": "multiple", "texte": "Q ?", "texte_court": "Q"}
    return Question.model_validate({**about, "options": options})


@given(st.permutations(["Oui, merci", "Oui", "A/B", "B", "Point ; retrait", "a b c"]), st.data())
def test_labels_that_hold_joints_are_found_whole(labels, data):
    """« Oui, merci » is one box where it is one, and « Oui » alone another."""
    chosen = labels[: data.draw(st.integers(1, len(labels)))]
    joint = data.draw(st.sampled_from([" ; ", ";", " / ", ", ", "|", "\n"]))
    codes = {f"c{labels.index(label)}" for label in chosen}

    assert ticked(labels_of(asked(labels)), joint.join(chosen)) == (codes, "")


WORDS = ("aide", "un proche", "non", "point", "point numérique", "Élu", "aucune", "12", "autre")
JOINTS = (", ", ",", ";", " ; ", "|", " / ", "\n")


@st.composite
def any_labels(draw):
    """Labels of one to three groups of words, joined by the signs that also join answers."""
    one = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True)
    labels = draw(
        st.lists(st.builds(str.join, st.sampled_from(JOINTS), one), min_size=1, max_size=4)
    )
    seen = {}
    for label in labels:  # a questionnaire refuses two boxes that read the same
        seen.setdefault(re.sub(r"[;,|/\n ]+", " ", label), label)
    return [*seen.values()]


def read_as_signs(text):
    """Return a text without what exports change: spaces around the signs, and capitals."""
    return re.sub(r"\s*([;,|/\n])\s*", r"\1", text.casefold())


@settings(max_examples=example_count(200))
@given(any_labels(), st.data())
def test_of_any_labels_the_boxes_ticked_are_those_chosen(labels, data):
    """Whenever no other choice of boxes would have been written by the same text."""
    chosen = data.draw(st.lists(st.sampled_from(labels), min_size=1, unique=True))
    joint = data.draw(st.sampled_from(JOINTS))
    text = read_as_signs(joint.join(chosen))
    others = {
        frozenset(some)
        for count in range(1, len(labels) + 1)
        for some in itertools.permutations(labels, count)
        if read_as_signs(joint.join(some)) == text
    }
    found, left = ticked(labels_of(asked(labels)), joint.join(chosen))

    assert left == ""
    assert frozenset(labels[int(code[1:])] for code in found) in others


@settings(max_examples=example_count(100))
@given(any_labels(), st.data())
def test_a_sentence_that_names_a_box_ticks_only_the_boxes_beside_it(labels, data):
    named = data.draw(st.sampled_from([one for one in labels if not {*",;|/\n"} & {*one}] or ["x"]))
    shapes = ("je n’ai pas trouvé {}", "sans {}", "{} était fermé", "pas {}")
    sentence = data.draw(st.sampled_from(shapes)).format(named)
    beside = data.draw(st.none() | st.sampled_from(labels))
    text = sentence if beside is None else f"{sentence}\n{beside}"
    found, left = ticked(labels_of(asked(labels)), text)

    assert found == ({f"c{labels.index(beside)}"} if beside else set())
    assert left


@pytest.mark.parametrize(
    ("labels", "text", "chosen"),
    [
        (["A", "A, B", "B, C"], "A, B, C", {"A", "B, C"}),  # « A, B » first left « C » over
        (["A, B", "A", "B"], "A;B", {"A", "B"}),
        (["A, B", "A", "B"], "A, B", {"A, B"}),
        (["Aucune", "Aide"], "Aucune aide", set()),
        (["Non", "Point numérique"], "non point numérique", set()),
        (["Point", "Point numérique"], "Point numérique", {"Point numérique"}),
        (
            ["Personne", "Point numérique"],
            "Personne : je n’ai pas trouvé le point numérique",
            set(),
        ),
        (["Un agent", "Autre"], "Autre : un agent de la mairie", set()),
        (["Élu", "Agent"], "ELU  ;  agent", {"Élu", "Agent"}),
    ],
)
def test_ticks_are_those_of_whole_parts(labels, text, chosen):
    found, _ = ticked(labels_of(asked(labels)), text)

    assert {labels[int(code[1:])] for code in found} == chosen


def test_a_label_does_not_run_over_two_columns():
    """Answers kept by rank, a column each: « Un proche » and « un ami » are two boxes."""
    labels = ["Un proche, un ami", "Un proche", "un ami"]

    found = boxes("q", labels_of(asked(labels)), ["Un proche", "un ami"])

    assert [found["q", f"c{rank}"] for rank in range(3)] == ["Non", "Oui", "Oui"]
