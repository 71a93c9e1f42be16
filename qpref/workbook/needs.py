"""What a section needs of a questionnaire; one whose need nobody fills is left out, and named."""

from collections.abc import Callable, Iterator
from functools import wraps
from inspect import getattr_static
from typing import Any, TypeVar, cast

from qpref.display.section import Section
from qpref.questions import ROLES
from qpref.reference import Questionnaire

Method = TypeVar("Method", bound=Callable[..., Section])


# Data without which a section says only that they are not there.
PREVIOUS, PASSAGES, OTHERS = "precedente", "passages", "autres_sites"
DATA = {
    PREVIOUS: "aucune campagne précédente n’a de réponses à ce site",
    PASSAGES: "les passages ne sont connus pour aucun groupe d’usagers",
    OTHERS: "aucun autre site du comité n’a de réponses",
}


def needs(*roles: str, says: str = "", data: tuple[str, ...] = ()) -> Callable[[Method], Method]:
    """
    Leave a section out when a question of the roles named is not asked.

    Parameters
    ----------
    roles
        All are needed.
    says
        What the report then does not say; what the role allows when empty.
    data
        Keys of `DATA`: the section is there without them, and says that they are not.
    """

    def declared(method: Method) -> Method:
        @wraps(method)
        def _section(study: Any, *args: Any, **kwargs: Any) -> Section:  # noqa: ANN401 - the method's
            missing = absent(study.questionnaire, roles)
            if missing:
                return _left_out(method.__name__, missing)
            return method(study, *args, **kwargs)

        _section.needs, _section.says, _section.data = roles, says, data  # type: ignore[attr-defined]
        return cast("Method", _section)

    return declared


def absent(questionnaire: Questionnaire, roles: tuple[str, ...]) -> list[str]:
    """Return the roles that no question of a questionnaire bears."""
    return [role for role in roles if role not in questionnaire.by_role]


def _left_out(key: str, missing: list[str]) -> Section:
    """Return what stands for a section that cannot be: told in JupyterLab, in no page."""
    asked = " ni ".join(ROLES[role].meaning for role in missing)
    title = f"Section absente : le questionnaire ne demande pas {asked}"
    return Section(key, title, is_left_out=True)


def sections_of(study: type) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the sections of a study that need roles: name, roles, what is lost without them."""
    for name in dir(study):
        method = getattr_static(study, name)
        if hasattr(method, "needs"):
            yield name, method.needs, method.says


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
