"""Render a section in JupyterLab with the report's style sheet, light or dark.

The report's own style sheet is nested under one class, with the rules of the lab after it. A figure
comes before its section: the title is then the figure's, and the table opens under it. Pages of the
report take the section out of its dress.
"""

import re
import sys
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from markupsafe import Markup

from qpref.palette import IN_STYLE_SHEETS

_BEGIN, _END = "<!--qpref-->", "<!--/qpref-->"
_OPEN, _CLOSE = "<details><summary>Tableau</summary>", "</details>"
_TABLE = re.compile(r'<table|<div class="large"')
_PAPER = re.compile(r"@media print\{.*?\n\}\n", re.DOTALL)  # a lab is read on a screen
_WINDOW = re.compile(r"@media (print,)?screen and \(min-width:44rem\)")


@cache
def style() -> str:
    """Return the style sheet of sections in the lab, as an element."""
    report = files("qpref.report").joinpath("templates", "rapport.css").read_text(encoding="utf-8")
    ours = files("qpref.display").joinpath("templates", "labo.css").read_text(encoding="utf-8")
    # The width that counts is that of the cell, not of the window.
    nested = _WINDOW.sub("@container (min-width:44rem)", _PAPER.sub("", report))
    sheets = (f".qpref-labo{{\n{nested}\n}}", ours)
    rules = (Template(sheet).safe_substitute(IN_STYLE_SHEETS) for sheet in sheets)
    return "<style>{}</style>".format("\n".join(rules))


def _is_lab() -> bool:
    """Whether a kernel runs here: nobody looks at what a batch or a script makes of a section."""
    ipython: Any = sys.modules.get("IPython")  # loaded already, where it runs
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def dressed(html: Markup, *, has_figure: bool) -> str:
    """
    Return the static form of a section as the lab shows it.

    Parameters
    ----------
    html
        Of `Section.html`.
    has_figure
        Whether its figure is shown above: the table is then under a title to open.
    """
    text = str(html)
    if not text or not _is_lab():
        return text
    begin = _TABLE.search(text)
    kind = "qpref-labo"
    if has_figure:
        kind += " qpref-figure"
        at = begin.start() if begin else len(text)
        told, table = text[:at], text[at:]
        opened = f"{_OPEN}{table}{_CLOSE}" if table else ""
        text = told + opened
    return f"<div class='{kind}'>{style()}<div>{_BEGIN}{text}{_END}</div></div>"


def under_style(html: Markup) -> str:
    """Return the static form of a section where `style` is already: the page reads it once."""
    return f"<div class='qpref-labo'><div>{html}</div></div>"


def undressed(text: str) -> str:
    """Return the static form of a section out of its dress, if it has one."""
    if _BEGIN not in text:
        return text
    inside = text.partition(_BEGIN)[2].rpartition(_END)[0]
    return inside.replace(_OPEN, "").replace(_CLOSE, "")
