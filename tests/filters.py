"""All filters that a questionnaire allows: each works, or refuses for a reason that it states."""

import contextlib

from qpref.errors import MissingDataError, QprefError, UnknownKeyError, UsageError
from qpref.questions import Answer
from qpref.schema import STATES

# What makes no groups (numbers, addresses), and facts of the fieldwork with their own values.
UNUSABLE = {"numero", "coordonnees", "site", "date"}
REFUSED = (UsageError, UnknownKeyError)


def assert_every_filter(study):
    """Filter on each answer of each question, and on each reason of no answer: no other error."""
    asked, kept = study._questionnaire, 0
    for question in asked.questions:
        values = [*STATES[1:], *_values(asked, question)]
        fits = question.kind.answer is not Answer.TEXT and question.role not in UNUSABLE
        for value in values:
            with contextlib.suppress(MissingDataError, *(() if fits else REFUSED)):
                found = study.filtrer({question.id: value})
                kept += 1
                assert 0 < len(found) <= len(study)
    assert kept > 20
    assert not issubclass(KeyError, QprefError)


def _values(asked, question):
    """The answers that a question allows, as codes and as they are worded."""
    if question.echelle:
        levels = asked.scale(question.id).modalites
        return [v for level in levels for v in (level.code, level.libelle)]
    if question.options:
        return [v for option in question.options for v in (option.code, option.libelle)]
    if question.kind.answer is Answer.NUMBER:
        return [0, 7, 10, (5, None), (None, 5), [1, 2, 3]]
    if question.kind.answer is Answer.DAY or question.role == "date":
        return ["2020-11-20", ("2000-01-01", None), (None, "2030-01-01")]
    return []
