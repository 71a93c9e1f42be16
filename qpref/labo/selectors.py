"""Selectors and tables to click on, for the analyst; reports never hold them."""

from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd

from qpref.display.dress import style, under_style
from qpref.errors import QprefError
from qpref.labo.parts import LEGIBLE, offer, row, sentence, show
from qpref.lazy import lazy
from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import Etude, Resultat, ouvrir

itables = lazy("itables.widget")  # only where a table is asked for

_ALONE, _SITES, _CAMPAIGNS = "", ".sites", ".campagnes"
_STATIC, _PLOT = "Tableau dessiné", "Figure à survoler"
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
    Ouvre des sélecteurs : site, campagne, question, croisement ; ce qui est montré suit.

    Deux formes : le tableau dessiné d’un rapport, ou une figure plotly à survoler.

    Parameters
    ----------
    site, campagne
        Ce qui est choisi d’abord.

    Notes
    -----
    `children[0].children` sont les quatre sélecteurs, `children[1]` la forme et ce qui s’affiche.
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
        self._form = widgets.ToggleButtons(options=[_STATIC, _PLOT])
        self._page, self._out = widgets.HTML(), widgets.Output()
        self._where.value = site or self._where.value
        self._when.value = campaign or self._when.value
        for selector in (self._where, self._when):
            selector.observe(self._fill, names="value")
        for selector in (self._what, self._by, self._form):
            selector.observe(self._draw, names="value")
        self._fill()

    @property
    def box(self) -> widgets.VBox:
        """What a notebook displays."""
        selectors = row(self._where, self._when, self._what, self._by)
        shown = [widgets.HTML(f"{LEGIBLE}{style()}"), self._form, self._page, self._out]
        return widgets.VBox([selectors, widgets.VBox(shown)])

    def _fill(self, _: object = None) -> None:
        """Offer the questions of the campaign, keeping the choice when it is still there."""
        try:
            every = self._opened(self._where.value, self._when.value).questions
        except QprefError as error:
            self._what.options, self._by.options = [], []
            self._tell(sentence(str(error)))
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
            found = _look(opened, self._what.value, self._by.value)
        except QprefError as error:
            self._tell(sentence(str(error)))
            return
        if self._form.value == _PLOT:
            self._page.value = ""
            show(self._out, found)
        else:
            self._tell(under_style(found.section.html))

    def _tell(self, html: str) -> None:
        """Show some HTML alone; JupyterLab makes a new plotly figure in a quarter of a second."""
        self._out.outputs = ()
        self._page.value = html


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
