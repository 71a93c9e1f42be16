"""Boxes told in one cell: which labels it holds, and what is left over."""

import pytest

from qpref.intake.export import NOT_ASKED, UNREADABLE
from qpref.intake.mapping import _labels, _parts, _split, _ticked
from qpref.reference import Question

ASKED = Question.model_validate(
    {"id": "aide", "theme": "t", "type": "multiple", "texte": "Aide ?", "texte_court": "Aide",
     "options": [
         {"code": "proche", "libelle": "Un proche, un ami", "synonymes": ["ami"]},
         {"code": "agent", "libelle": "Un agent"},
         {"code": "point", "libelle": "Point numérique"},
     ]}
)  # fmt: skip
LABELS = _labels(ASKED)


def test_labels_are_looked_for_the_longest_first():
    assert [code for _, code in LABELS] == ["proche", "point", "agent", "proche"]
    assert LABELS[0][0] == "un proche un ami"


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
    found, rest = _ticked(LABELS, _parts(text))

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
    found = _split("aide", LABELS, texts)

    keys = [("aide", code) for code in ("proche", "agent", "point", "")]
    assert [found.get(key) for key in keys] == cells
