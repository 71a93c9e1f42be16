"""The paper form as a page that a browser prints: A4, both sides."""

from collections.abc import Sequence
from importlib.resources import files
from string import Template

import segno
from markupsafe import Markup

from qpref.instruments.paper import FormToPrint
from qpref.palette import IN_STYLE_SHEETS
from qpref.wording.html import templates

# Sizes of letters, in points, the first that fits on one sheet is taken.
SIZES: dict[str, Sequence[float]] = {
    "courants": (11, 10.5, 10, 9.5, 9),
    "grands": (16,),
    "tres-grands": (20,),
}
WITH_GRIDS = {"courants"}
SHEET = 2  # pages: both sides
_FOOT, _LEAST = 0.6, 7  # letters at the foot of pages: a share of the others, in points at least
# From the answer to the question to go on with, and from the answer to the question it opens.
_ARROWS = {False: ("→", "↳"), True: ("←", "↲")}


def form_page(form: FormToPrint, size: float) -> str:
    """
    Return the page of a form.

    Parameters
    ----------
    form
        What it asks.
    size
        Of its letters, in points.
    """
    sheet = (files("qpref.instruments") / "papier.css").read_text(encoding="utf-8")
    style = Template(sheet).substitute(
        IN_STYLE_SHEETS,
        version=form.version,
        corps=f"{size}pt",
        pied=f"{max(size * _FOOT, _LEAST):g}pt",
    )
    arrow, opened = _ARROWS[form.is_right_to_left]
    page: str = (
        templates("qpref.instruments")
        .get_template("papier.html")
        .render(
            form=form,
            style=Markup(style),  # noqa: S704 - ours
            code=Markup(_svg(form.address)) if form.address else "",  # noqa: S704 - drawn here
            arrow=arrow,
            opened=opened,
        )
    )
    return page


def _svg(address: str) -> str:
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4)
    return drawn
