"""Names of questions and of answers, offered by Tab inside quotes: `etude.croiser("mo<Tab>`."""

import re
import sys
from typing import Any

from qpref.workbook.study import Etude

# A call under way: the study, the verb, the name of the argument, what is typed of it.
_CALL = re.compile(
    r"(?P<study>\w+)(?:\.\w+\([^()]*\))*\.(?P<verb>\w+)\([^()]*?"
    r"(?:(?P<argument>\w+)\s*=\s*\[?|[,\[{]\s*|)(?:[\"'][^\"']*[\"']\s*,\s*)*[\"'](?P<typed>[\w-]*)$"
)


def offered(line: str, names: dict[str, Any]) -> tuple[str, list[str]]:
    """
    Return what is typed inside quotes, and the names that may end it.

    Parameters
    ----------
    line
        Up to the cursor.
    names
        The variables of the notebook.
    """
    call = _CALL.search(line)
    study = names.get(call["study"]) if call else None
    if call is None or not isinstance(study, Etude):
        return "", []
    argument = call["argument"] or ""
    known = study.reponses_possibles(argument) if call["verb"] == "filtrer" else []
    known = known or study.noms
    return call["typed"], [name for name in known if name.startswith(call["typed"])]


def install() -> None:
    """Ask IPython, where it runs, to offer them."""
    ipython: Any = sys.modules.get("IPython")  # loaded already, where it runs
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        add(shell)


def add(shell: Any) -> None:  # noqa: ANN401 - of IPython
    """Have a shell offer them."""

    def matcher(context: Any) -> dict[str, Any]:  # noqa: ANN401 - of IPython
        typed, names = offered(context.text_until_cursor, shell.user_ns)
        kind = sys.modules["IPython.core.completer"].SimpleCompletion
        return {
            "completions": [kind(text=name, type="question") for name in names],
            "matched_fragment": typed,
            "suppress": bool(names),  # no file or word of the notebook among them
        }

    matcher.matcher_api_version = 2  # type: ignore[attr-defined]
    matcher.matcher_identifier = "qpref"  # type: ignore[attr-defined]
    shell.Completer.custom_matchers.append(matcher)
