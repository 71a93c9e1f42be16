"""Declare what a section needs of a questionnaire; without it the section is left out."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from qpref.display.section import Section, left_out
from qpref.questions import ROLES
from qpref.reference import Questionnaire

Method = TypeVar("Method", bound=Callable[..., Section])


# Data without which a section says only that they are not there.
PREVIOUS, PASSAGES, OTHERS = "precedente", "passages", "autres_sites"
REFUSALS = "refus"
DATA = {
    PREVIOUS: "aucune campagne précédente n’a de réponses à ce site",
    PASSAGES: "les passages ne sont connus pour aucun groupe d’usagers",
    REFUSALS: "le nombre de refus n’a pas été relevé",
    OTHERS: "aucun autre site du comité n’a de réponses",
}


def needs(*roles: str, data: tuple[str, ...] = ()) -> Callable[[Method], Method]:
    """
    Leave a section out when a question of the roles named is not asked.

    Parameters
    ----------
    roles
        All are needed.
    data
        Keys of `DATA`: the section is there without them, and says that they are not.
    """

    def declared(method: Method) -> Method:
        @wraps(method)
        def _section(study: Any, *args: Any, **kwargs: Any) -> Section:  # noqa: ANN401 - the method's
            if why := not_asked(study.questionnaire, roles):
                return left_out(method.__name__, why)
            return method(study, *args, **kwargs)

        _section.needs, _section.data = roles, data  # type: ignore[attr-defined]
        return cast("Method", _section)

    return declared


def not_asked(questionnaire: Questionnaire, roles: Iterable[str]) -> str:
    """Return which of some roles no question bears, as a sentence; nothing when all are asked."""
    missing = [ROLES[role].meaning for role in roles if role not in questionnaire.by_role]
    return f"le questionnaire ne demande pas {' ni '.join(missing)}" if missing else ""


def unsaid(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """
    Return what a questionnaire does not let the reports say.

    Returns
    -------
    list
        What is lost, then what should be asked for it, role by role.
    """
    return [
        (role.allows, role.meaning)
        for name, role in ROLES.items()
        if role.allows and name not in questionnaire.by_role
    ]
