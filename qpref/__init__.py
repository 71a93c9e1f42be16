"""Enquêtes qualité des préfectures : des fichiers reçus aux rapports.

`qpref.ouvrir(site="cahors", campagne="2022")` ouvre une enquête : c’est par là que l’on commence.
"""

from typing import TYPE_CHECKING, Any

from qpref.lazy import lazy as _lazy

if TYPE_CHECKING:
    from qpref.workbook import ouvrir, section

__all__ = ["ouvrir", "section"]

_workbook = _lazy("qpref.workbook")  # the command line must answer at once


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    if name in __all__:
        return getattr(_workbook, name)
    raise AttributeError(f"module 'qpref' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
