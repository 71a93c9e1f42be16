"""Selectors and tables to click on, for the analyst; reports never hold them."""

from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML

from qpref.errors import QprefError
from qpref.labo.parts import offer, row, show
from qpref.lazy import lazy
from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import Etude, Resultat, ouvrir

itables = lazy("itables.widget")  # only where a table is asked for

_ALONE, _SITES, _CAMPAIGNS = "", ".sites", ".campagnes"
_LOOKED_AT = ("avis", "groupe")
_APART = [("(sans croisement)", _ALONE), ("les sites", _SITES), ("les campagnes", _CAMPAIGNS)]
_FRENCH = {
    "search": "Rechercher :",
    "info": "_START_ à _END_ sur _TOTAL_ lignes",
    "infoEmpty": "aucune ligne",
    "infoFiltered": "(filtrées parmi _MAX_)",
    "lengthMenu": "_MENU_ lignes par page",
    "zeroRecords": "rien ne correspond",
    "emptyTable": "aucune ligne",
}


def explorateur(site: str = "", campagne: str = "") -> widgets.VBox:
    """
    Ouvre des sélecteurs : site, campagne, question, croisement ; la figure suit.

    Parameters
    ----------
    site, campagne
        Ce qui est choisi d’abord.

    Notes
    -----
    `children[0].children` sont les quatre sélecteurs, `children[1]` ce qui s’affiche.
    """
    return _Explorer(site, campagne).box


class _Explorer:
    """Four selectors, and what they show."""

    def __init__(self, site: str, campaign: str) -> None:
        reference = load_reference(Project.find().reference)
        sites = [(one.nom_court, one.id) for one in reference.sites.sites]
        campaigns = [(one.libelle, one.id) for one in reference.campaigns.latest_first]
        self._opened = cache(ouvrir)
        self._where = widgets.Dropdown(options=sites, description="Site")
        self._when = widgets.Dropdown(options=campaigns, description="Campagne")
        self._what = widgets.Dropdown(description="Question")
        self._by = widgets.Dropdown(description="Par")
        self._out = widgets.Output()
        self._where.value = site or self._where.value
        self._when.value = campaign or self._when.value
        for selector in (self._where, self._when):
            selector.observe(self._fill, names="value")
        for selector in (self._what, self._by):
            selector.observe(self._draw, names="value")
        self._fill()

    @property
    def box(self) -> widgets.VBox:
        """What a notebook displays."""
        selectors = row(self._where, self._when, self._what, self._by)
        return widgets.VBox([selectors, self._out])

    def _fill(self, _: object = None) -> None:
        """Offer the questions of the campaign, keeping the choice when it is still there."""
        try:
            every = self._opened(self._where.value, self._when.value).questions
        except QprefError as error:
            self._what.options, self._by.options = [], []
            show(self._out, HTML(f"<p>{error}</p>"))
            return
        asked = every.loc[every["usage"].isin(_LOOKED_AT)]
        texts = [(str(r["texte"]), str(r["question"])) for r in asked.to_dict("records")]
        offer(self._what, texts)
        groups = set(asked.loc[asked["usage"] == "groupe", "question"])
        offer(self._by, [*_APART, *((text, name) for text, name in texts if name in groups)])
        self._draw()

    def _draw(self, _: object = None) -> None:
        if self._what.value is None or self._by.value is None:
            return
        try:
            opened = self._opened(self._where.value, self._when.value)
            section = _look(opened, self._what.value, self._by.value)
        except QprefError as error:
            show(self._out, HTML(f"<p>{error}</p>"))
            return
        show(self._out, section)


def _look(opened: Etude, question: str, by: str) -> Resultat:
    if by == _ALONE:
        return opened.distribution(question)
    if by == _CAMPAIGNS:
        return opened.evolution(question)
    if by == _SITES:
        return opened.comparer(question, par="site")
    is_opinion = question in opened.avis
    return opened.comparer(question, par=by) if is_opinion else opened.croiser(question, by)


def tableau(table: pd.DataFrame) -> Any:  # noqa: ANN401 - a widget
    """Montre une table que l’on trie, filtre et feuillette, sans accès à Internet."""
    return itables.ITable(table, language=_FRENCH, showIndex=False)
