"""
What a question type, a mystery channel and a mystery criterion are, each declared once.

The rooms above never test a type's name. They ask its declaration (`question.kind.is_asked`), or
register one function for each way of answering or of making contact, in a mapping that
tests/test_declarations.py compares with the declarations: a forgotten part fails by name.
A new type or channel that answers in a known way therefore needs its declaration only.
"""

from qpref.questions.channels import CHANNEL_FORMS, ChannelForm, Reached
from qpref.questions.criteria import CRITERION_TYPES, CriterionType, Judged
from qpref.questions.roles import GROUPS, LANGUAGE, PERSONAL, ROLES, Role
from qpref.questions.types import QUESTION_TYPES, Answer, QuestionType, proposed_type

__all__ = [
    "CHANNEL_FORMS",
    "CRITERION_TYPES",
    "GROUPS",
    "LANGUAGE",
    "PERSONAL",
    "QUESTION_TYPES",
    "ROLES",
    "Answer",
    "ChannelForm",
    "CriterionType",
    "Judged",
    "QuestionType",
    "Reached",
    "Role",
    "proposed_type",
]
