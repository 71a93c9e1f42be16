"""qpref: satisfaction and mystery surveys of préfectures, from received files to reports.

`qpref.ouvrir(site="evry", campagne="2020-11")` is where an analyst begins.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded when it is asked for: the command line must answer at once
    from qpref.workbook import ouvrir

__all__ = ["ouvrir"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    if name == "ouvrir":
        from qpref.workbook import ouvrir as found  # noqa: PLC0415

        return found
    raise AttributeError(f"module 'qpref' has no attribute {name!r}")
