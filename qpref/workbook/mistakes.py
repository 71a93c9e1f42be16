"""Show user errors in notebooks as a French sentence; the traceback stays available."""

import sys
from typing import Any

from qpref.errors import QprefError


def tell_in_french(shell: Any, kind: type, error: Exception, *_: object, **__: object) -> list[str]:  # noqa: ANN401
    """Show one of our errors; `%tb` gives the rest. IPython calls it and shows nothing itself."""
    lines = [f"Erreur : {error}", "(Le détail technique : %tb dans une nouvelle cellule.)"]
    shell._showtraceback(kind, error, lines)  # noqa: SLF001 - how IPython's own handlers do
    return lines


def install() -> None:
    """Ask IPython, where it runs, to show our errors so."""
    ipython: Any = sys.modules.get("IPython")  # loaded already, where it runs
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.set_custom_exc((QprefError,), tell_in_french)
