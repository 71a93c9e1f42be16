"""The same slides as a page to print: one sheet a slide, in A4 landscape."""

from importlib.resources import files

from qpref.display.section import Bar, Row, Section, Table, side_by_side
from qpref.palette import SPREAD
from qpref.report.look import Look
from qpref.report.page import Page, render
from qpref.slides.deck import BarChart, Deck, Slide


def to_html(deck: Deck) -> str:
    """Return the page; a browser prints it as the PDF of the slide show."""
    opening = Section("diapo-1", deck.title, [deck.subtitle], level=1)
    slides = [_section(slide, rank) for rank, slide in enumerate(deck.slides, start=2)]
    sheet = files("qpref.slides") / "diaporama.css"
    page = Page(deck.title, deck.is_fictional, [one.html for one in (opening, *slides)])
    return render(page, Look(css=sheet.read_text(encoding="utf-8")))


def _section(slide: Slide, rank: int) -> Section:
    tables = [slide.table] if slide.table else []
    tables += [_table(slide.chart)] if slide.chart else []
    lines = [slide.curve.line] if slide.curve else []
    sentences = [*slide.sentences, *([slide.source] if slide.source else [])]
    return Section(f"diapo-{rank}", slide.title, sentences, tables, lines=lines, level=2)


def _table(chart: BarChart) -> Table:
    """Return a chart as a table-graphic: every value is written, then drawn."""
    rows = []
    for rank, name in enumerate(chart.categories):
        cells = [chart.told(one.values[rank]) for one in chart.series]
        rows.append(Row(name, cells, _bars(chart, rank)))
    legend = [(one.colour, one.name) for one in chart.series] if chart.is_stacked else []
    return Table(chart.subject, ["Intitulé", *(one.name for one in chart.series)], rows, legend)


def _bars(chart: BarChart, rank: int) -> list[Bar]:
    """Return the bars of a row: one after the other, or those of the first series alone."""
    drawn = chart.series if chart.is_stacked else chart.series[:1]
    values = [(one.values[rank] or 0) / chart.end for one in drawn]
    bars = side_by_side(zip(values, [one.colour for one in drawn], strict=True))
    for one in drawn:
        spread = one.spreads[rank] if one.spreads else None
        if spread:
            low, high = (bound / chart.end for bound in spread)
            bars.append(Bar(low, high - low, SPREAD, is_thin=True))
    return bars
