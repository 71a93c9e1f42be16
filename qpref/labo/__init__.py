"""The analyst's workbench: JupyterLab in French, its home page, selectors, local notebooks."""

from qpref.labo.home import accueil
from qpref.labo.selectors import explorateur, tableau

__all__ = ["accueil", "explorateur", "tableau"]
