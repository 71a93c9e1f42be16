"""Selectors and tables to click on, for the analyst; reports never hold them."""

from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, clear_output, display

from qpref.display.section import Section
from qpref.errors import QprefError
from qpref.lazy import lazy
from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import Exploration, ouvrir

itables = lazy("itables.widget")  # only where a table is asked for

_ALONE, _SITES, _CAMPAIGNS = "", ".sites", ".campagnes"
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
        What is chosen first.

    Notes
    -----
    `children[0].children` are the four selectors, `children[1]` the output.
    """
    reference = load_reference(Project.find().reference)
    sites = [(one.nom_court, one.id) for one in reference.sites.sites]
    campaigns = [(one.libelle, one.id) for one in reference.campaigns.campagnes]
    opened = cache(ouvrir)
    where = widgets.Dropdown(options=sites, description="Site")
    when = widgets.Dropdown(options=campaigns[::-1], description="Campagne")
    what = widgets.Dropdown(description="Question")
    by = widgets.Dropdown(description="Par")
    out = widgets.Output()
    where.value = site or where.value
    when.value = campagne or when.value

    def fill(_: object = None) -> None:
        """Offer the questions of the campaign, keeping the choice when it is still there."""
        try:
            asked = opened(where.value, when.value).questions
        except QprefError as error:
            what.options, by.options = [], []
            _show(out, HTML(f"<p>{error}</p>"))
            return
        texts = [(str(r["texte"]), str(r["question"])) for r in asked.to_dict("records")]
        _offer(what, texts)
        groups = set(asked.loc[asked["usage"] == "groupe", "question"])
        _offer(by, [*_APART, *((text, name) for text, name in texts if name in groups)])
        draw()

    def draw(_: object = None) -> None:
        if what.value is None or by.value is None:
            return
        try:
            section = _look(opened(where.value, when.value), what.value, by.value)
        except QprefError as error:
            _show(out, HTML(f"<p>{error}</p>"))
            return
        _show(out, section)

    for selector, action in ((where, fill), (when, fill), (what, draw), (by, draw)):
        selector.observe(action, names="value")
    fill()
    wrapped = widgets.Layout(flex_flow="row wrap")  # a narrow screen shows them all
    return widgets.VBox([widgets.HBox([where, when, what, by], layout=wrapped), out])


def _offer(selector: widgets.Dropdown, options: list[tuple[str, str]]) -> None:
    """Change the options of a selector; keep its choice when it can be, else take the first."""
    if tuple(options) != tuple(selector.options):
        kept = selector.value
        selector.options = options
        known = [value for _, value in options]
        selector.value = kept if kept in known else known[0]


def _look(opened: Exploration, question: str, by: str) -> Section:
    if by == _ALONE:
        return opened.repartition(question)
    if by == _SITES:
        return opened.comparer_sites(question)
    if by == _CAMPAIGNS:
        return opened.comparer_campagnes(question)
    return opened.croiser(question, by)


def _show(out: widgets.Output, shown: object) -> None:
    with out:
        clear_output(wait=True)
        display(shown)


def tableau(table: pd.DataFrame) -> Any:  # noqa: ANN401 - a widget
    """Montre une table que l’on trie, filtre et feuillette, sans accès à Internet."""
    return itables.ITable(table, language=_FRENCH, showIndex=False)
