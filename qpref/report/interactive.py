"""The same page with its plotly figures, for an analyst's own use: never mailed.

The tables stay: without scripts nothing is missing. The figures hold the aggregates that the page
already shows; nothing is asked from outside.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from markupsafe import Markup
from nbformat import NotebookNode

from qpref.display.section import PLOT_MIME
from qpref.report.exporter import page_of
from qpref.report.look import PLAIN, Look
from qpref.report.page import csp_hash, style_of
from qpref.wording.html import templates

_BOOT = """
Plotly.register({moduleType:'locale',name:'fr',dictionary:{},format:FORMAT});
for (const data of document.querySelectorAll('script[type="application/json"]')) {
  const figure = JSON.parse(data.textContent), place = data.nextElementSibling;
  Plotly.newPlot(place, figure.data, figure.layout, figure.config);
}
"""


_PLACE = '<script type="application/json">{}</script><div class="trace"></div>'


@cache
def _library() -> str:
    """Return plotly.js, from the plotly package already installed."""
    source = files("plotly.package_data") / "plotly.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")


@cache
def _boot() -> str:
    french = Locale("fr")
    months, days = french.months["format"], french.days["format"]
    order = (6, 0, 1, 2, 3, 4, 5)
    words = {
        "days": [days["wide"][i] for i in order],
        "shortDays": [days["abbreviated"][i] for i in order],
        "months": [months["wide"][i] for i in range(1, 13)],
        "shortMonths": [months["abbreviated"][i] for i in range(1, 13)],
        "date": "%d/%m/%Y",
        "decimal": ",",
        "thousands": "\u202f",
    }
    return _BOOT.replace("FORMAT", json.dumps(words, ensure_ascii=False))


def interactive_page(notebook: NotebookNode, look: Look = PLAIN) -> str:
    """
    Return the report of an executed notebook with its interactive figures.

    Parameters
    ----------
    notebook
        Executed.
    look
        Of `report.look.read_look`.

    Raises
    ------
    ReportError
        If the notebook holds no section.
    """
    page = page_of(notebook, _figure)
    scripts = [_library(), _boot()]
    template = templates("qpref.report").get_template("interactif.html")
    return template.render(
        page=page,
        style=Markup(style_of(page, look)),  # noqa: S704 - our file
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - ours and plotly's
        hashes=[csp_hash(script) for script in scripts],
    )


def _figure(outputs: Sequence[NotebookNode]) -> list[Markup]:
    """Return the places of the figures that come with a section, each after its data."""
    found: list[Markup] = []
    for output in outputs:
        if PLOT_MIME in output.get("data", {}):
            plot: Any = output.data[PLOT_MIME]
            text = json.dumps(plot, ensure_ascii=False).replace("<", "\\u003c")
            data = Markup(text)  # noqa: S704 - JSON without any "<"
            found.append(Markup(_PLACE).format(data))  # noqa: S704 - ours
    return found
