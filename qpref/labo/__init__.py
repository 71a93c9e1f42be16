"""The analyst's workbench: JupyterLab in French, its home page, selectors, local notebooks."""

from importlib import import_module
from typing import TYPE_CHECKING

from qpref.labo.launch import require

if TYPE_CHECKING:
    from qpref.labo.home import accueil
    from qpref.labo.selectors import explorateur, tableau

__all__ = ["accueil", "explorateur", "tableau"]
_WHERE = {"accueil": "home", "explorateur": "selectors", "tableau": "selectors"}


def __getattr__(name: str) -> object:
    """Return what a notebook asks for: commands that need no widget do without the extra."""
    if name not in _WHERE:
        raise AttributeError(name)
    require("ipywidgets")
    return getattr(import_module(f"qpref.labo.{_WHERE[name]}"), name)
