"""Small parts of what the workbench shows: a step, a row, a link, a list to choose from."""

from collections.abc import Sequence

import ipywidgets as widgets
from IPython.display import clear_output, display
from markupsafe import Markup

from qpref.wording.french import typeset

WIDE = widgets.Layout(width="26em")
FITTED = widgets.Layout(width="auto")
_WRAPPED = widgets.Layout(flex_flow="row wrap", align_items="center")
_COLOUR = "color:var(--jp-content-font-color1)"  # of the theme, light or dark
_TITLE = Markup(f'<h2 style="{_COLOUR};margin:.8em 0 0">{{}}</h2>')  # noqa: S704 - ours
_TOLD = Markup(f'<p style="{_COLOUR};line-height:1.4;margin:.2em 0">{{}}</p>')  # noqa: S704 - ours
# The widgets' own: a title too pale, and arrows that stay black on a dark page.
LEGIBLE = Markup("<style>.jupyter-widget-Collapse-header{color:var(--jp-ui-font-color1)!important}"
                  "[data-jp-theme-light=false] .widget-dropdown select"
                  "{appearance:auto;background-image:none!important;color-scheme:dark}"
                  "</style>")  # fmt: skip


def sentence(text: str) -> Markup:
    """Return a sentence of the page, for a widget."""
    return _TOLD.format(typeset(text))


def step(title: str, told: str, *parts: widgets.Widget) -> widgets.VBox:
    """Return a step of the page: its title, what it does, its widgets."""
    return widgets.VBox([widgets.HTML(LEGIBLE + _TITLE.format(title) + sentence(told)), *parts])


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Return widgets side by side; a narrow screen shows them all."""
    return widgets.HBox([*parts], layout=_WRAPPED)


def offer(selector: widgets.Dropdown, options: Sequence[tuple[str, object]]) -> None:
    """Change the options of a selector; keep its choice when it can be, else take the first."""
    if tuple(options) != tuple(selector.options):
        kept = selector.value
        selector.options = options
        known = [value for _, value in options]
        selector.value = kept if kept in known else next(iter(known), None)


def show(out: widgets.Output, shown: object) -> None:
    """Show one thing in place of what was there."""
    with out:
        clear_output(wait=True)
        display(shown)


class Shown:
    """Some HTML of ours, in a place that follows links as the notebook does."""

    def __init__(self, html: Markup) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html
