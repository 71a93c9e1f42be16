"""Charts and tables that people can edit in their presentation software."""

from collections.abc import Sequence
from typing import Any

from qpref.display.section import Row, Table
from qpref.lazy import lazy
from qpref.palette import (
    GOOD,
    INK,
    NEUTRAL,
    PAPER,
    RULE,
    SPREAD,
    VERY_GOOD,
    readable_on,
)
from qpref.slides.deck import BarChart, MonthCurve, Series
from qpref.slides.fit import columns
from qpref.slides.theme import POINT
from qpref.wording.french import typeset

data = lazy("pptx.chart.data")
chart_enums = lazy("pptx.enum.chart")
colours = lazy("pptx.dml.color")
line_enums = lazy("pptx.enum.dml")
oxml = lazy("pptx.oxml")
names = lazy("pptx.oxml.ns")
util = lazy("pptx.util")

Box = tuple[int, int, int, int]  # left, top, width, height
_SIZES = ((8, 14.0), (11, 12.0), (99, 10.5))  # categories at most, size of their names
_LABELS = ((8, 14.0), (16, 11.0), (22, 9.0), (99, 8.0))  # bars at most, size of their values
_PERCENT, _COUNT = '0"\u00a0%"', "0;;"  # nothing is written where there is nothing
_CURVE_LETTERS, _MONTH_NAMES = 12.0, 6  # size of a curve’s letters, months named below it
_STACKED = '[<4]"";0"\u00a0%"'  # nor where there is no room


def colour(code: str) -> Any:  # noqa: ANN401 - the library has no public type
    """Return a colour of the palette as the library wants it."""
    full = code[1:] if len(code) > 4 else "".join(2 * letter for letter in code[1:])  # noqa: PLR2004 - three digits
    return colours.RGBColor.from_string(full.upper())


def describe(frame: Any, title: str, text: str) -> None:  # noqa: ANN401
    """Give a shape its name and its alternative text."""
    own = frame._element.nvGraphicFramePr.cNvPr  # noqa: SLF001 - the library has no name for it
    own.set("name", title)
    own.set("descr", text)


def add_chart(slide: Any, chart: BarChart, box: Box) -> None:  # noqa: ANN401
    """Add a native bar chart; the workbook inside holds the values printed, and nothing else."""
    content = data.CategoryChartData(number_format=_PERCENT if chart.is_percent else "0")
    content.categories = list(chart.categories)
    for one in chart.series:
        content.add_series(one.name, list(one.values))
    kind = chart_enums.XL_CHART_TYPE
    form = kind.BAR_STACKED if chart.is_stacked else kind.BAR_CLUSTERED
    frame = slide.shapes.add_chart(form, *box, content)
    describe(frame, chart.subject, chart.text)
    drawn = frame.chart
    size = next(size for most, size in _SIZES if len(chart.categories) <= most)
    _dress(drawn, size, has_legend=len(chart.series) > 1)
    _axes(drawn, chart)
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 30, 100 if chart.is_stacked else 0
    for shape, one in zip(plot.series, chart.series, strict=True):
        _bars(shape, one, chart)
    _in_french(drawn)


def _dress(drawn: Any, size: float, *, has_legend: bool) -> None:  # noqa: ANN401
    """Give a chart its letters, no title, and a legend above where it has several series."""
    drawn.font.size = util.Pt(size)
    drawn.font.color.rgb = colour(INK)
    drawn.has_title = False
    drawn.has_legend = has_legend
    if has_legend:
        drawn.legend.position = chart_enums.XL_LEGEND_POSITION.TOP
        drawn.legend.include_in_layout = False


def _axes(drawn: Any, chart: BarChart) -> None:  # noqa: ANN401
    """Read from top to bottom; the ends of the axis are those of the scale."""
    across, down = drawn.value_axis, drawn.category_axis
    down.reverse_order = True
    down.format.line.color.rgb = colour(RULE)
    down.major_tick_mark = chart_enums.XL_TICK_MARK.NONE
    across.minimum_scale, across.maximum_scale = 0, chart.end
    across.major_unit = chart.step
    across.has_major_gridlines = True
    across.major_gridlines.format.line.color.rgb = colour(NEUTRAL)
    across.major_gridlines.format.line.width = util.Pt(0.75)
    across.tick_label_position = chart_enums.XL_TICK_LABEL_POSITION.HIGH  # below, once reversed
    across.tick_labels.number_format = _PERCENT if chart.is_percent else "0"
    across.tick_labels.number_format_is_linked = False
    across.format.line.fill.background()


def _bars(shape: Any, one: Series, chart: BarChart) -> None:  # noqa: ANN401
    """Paint bars, write their values on them, draw their intervals."""
    shape.format.fill.solid()
    shape.format.fill.fore_color.rgb = colour(one.colour)
    shape.invert_if_negative = False
    labels = shape.data_labels
    labels.show_value = True
    rows = len(chart.categories) * (1 if chart.is_stacked else len(chart.series))
    labels.font.size = util.Pt(next(size for most, size in _LABELS if rows <= most))
    labels.number_format = (
        _STACKED
        if chart.is_percent and chart.is_stacked
        else (_PERCENT if chart.is_percent else _COUNT)
    )
    labels.number_format_is_linked = False
    labels.font.color.rgb = colour(readable_on(one.colour))
    position = chart_enums.XL_LABEL_POSITION
    labels.position = position.CENTER if chart.is_stacked else position.INSIDE_BASE
    if any(one.spreads):
        _intervals(shape, one)


def _intervals(shape: Any, one: Series) -> None:  # noqa: ANN401
    """Draw the interval of each bar; the library has no call for it."""
    sides = {"plus": [], "minus": []}  # type: dict[str, list[tuple[int, float]]]
    for rank, (value, spread) in enumerate(zip(one.values, one.spreads, strict=True)):
        if value is not None and spread is not None:
            sides["plus"].append((rank, spread[1] - value))
            sides["minus"].append((rank, value - spread[0]))
    literal = "".join(
        f"<c:{side}><c:numLit><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(one.values)}"/>'
        + "".join(f'<c:pt idx="{rank}"><c:v>{size:g}</c:v></c:pt>' for rank, size in points)
        + f"</c:numLit></c:{side}>"
        for side, points in sides.items()
    )
    bars = oxml.parse_xml(
        f'<c:errBars {names.nsdecls("c", "a")}><c:errBarType val="both"/>'
        f'<c:errValType val="cust"/><c:noEndCap val="0"/>{literal}'
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{colour(INK)}"/></a:solidFill>'
        "</a:ln></c:spPr></c:errBars>"
    )
    shape._element.find(names.qn("c:cat")).addprevious(bars)  # noqa: SLF001


def add_curve(slide: Any, curve: MonthCurve, box: Box) -> None:  # noqa: ANN401
    """Add a native line: the months, then their mean and limits, thinner; signals as dots."""
    form = _PERCENT if curve.is_percent else "General"
    content = data.CategoryChartData(number_format=form)
    content.categories = list(curve.names)
    lines = _lines(curve)
    for name, values, *_ in lines:
        content.add_series(name, values)
    for one in curve.marked:
        content.add_series(one.name, list(one.values))
    frame = slide.shapes.add_chart(chart_enums.XL_CHART_TYPE.LINE, *box, content)
    describe(frame, curve.subject, curve.text)
    drawn = frame.chart
    _dress(drawn, _CURVE_LETTERS, has_legend=len(lines) > 1)
    _time_axes(drawn, curve, form)
    shapes = [*drawn.plots[0].series]
    for shape, (_, _, shade, width, dash) in zip(shapes, lines, strict=False):
        shape.smooth = False
        shape.format.line.color.rgb = colour(shade)
        shape.format.line.width = util.Pt(width)
        shape.format.line.dash_style = dash and getattr(line_enums.MSO_LINE, dash)
        shape.marker.style = chart_enums.XL_MARKER_STYLE.NONE
    for shape, one in zip(shapes[len(lines) :], curve.marked, strict=True):
        _dots(shape, one)
    _last_value(shapes[0], curve)
    _in_french(drawn)


_Line = tuple[str, list[float | None], str, float, str | None]  # name, values, colour, width, dash


def _lines(curve: MonthCurve) -> list[_Line]:
    """Return what is drawn: the months alone while they are too few for limits."""
    found: list[_Line] = [(curve.subject, list(curve.values), VERY_GOOD, 2.5, None)]
    if curve.level is None:
        return found
    level = [None if one is None else curve.level for one in curve.bounds]
    lows = [None if one is None else one[0] for one in curve.bounds]
    highs = [None if one is None else one[1] for one in curve.bounds]
    return [
        *found,
        ("moyenne de référence", level, SPREAD, 1.25, "DASH"),
        ("limite basse", lows, GOOD, 1.25, None),
        ("limite haute", highs, GOOD, 1.25, None),
    ]


def _time_axes(drawn: Any, curve: MonthCurve, form: str) -> None:  # noqa: ANN401
    """Give the ends of the scale that paper has, and as many names of months as there is room."""
    up, across = drawn.value_axis, drawn.category_axis
    up.minimum_scale, up.maximum_scale, up.major_unit = curve.axis
    up.major_gridlines.format.line.color.rgb = colour(NEUTRAL)
    up.major_gridlines.format.line.width = util.Pt(0.75)
    up.tick_labels.number_format = form
    up.tick_labels.number_format_is_linked = False
    up.format.line.fill.background()
    across.format.line.color.rgb = colour(RULE)
    across.tick_label_position = chart_enums.XL_TICK_LABEL_POSITION.LOW
    skip = oxml.parse_xml(
        f'<c:tickLblSkip {names.nsdecls("c")} val="{-(-len(curve.names) // _MONTH_NAMES)}"/>'
    )
    across._element.find(names.qn("c:noMultiLvlLbl")).addprevious(skip)  # noqa: SLF001


def _dots(shape: Any, marked: Series) -> None:  # noqa: ANN401
    """Draw months as dots, without a line between them."""
    shape.smooth = False
    shape.format.line.fill.background()
    shape.marker.style, shape.marker.size = chart_enums.XL_MARKER_STYLE.CIRCLE, 9
    shape.marker.format.fill.solid()
    shape.marker.format.fill.fore_color.rgb = colour(marked.colour)
    shape.marker.format.line.color.rgb = colour(VERY_GOOD)


def _last_value(shape: Any, curve: MonthCurve) -> None:  # noqa: ANN401
    """Write the last value above its month."""
    known = [rank for rank, value in enumerate(curve.values) if value is not None]
    label = shape.points[known[-1]].data_label
    label.position = chart_enums.XL_LABEL_POSITION.ABOVE
    label.has_text_frame = True
    label.text_frame.text = typeset(curve.line.end.told)


def _in_french(drawn: Any) -> None:  # noqa: ANN401
    space = drawn._chartSpace  # noqa: SLF001
    tongue = oxml.parse_xml(f'<c:lang {names.nsdecls("c")} val="fr-FR"/>')
    first = space.find(names.qn("c:date1904"))
    first.addnext(tongue)


def add_table(slide: Any, table: Table, rows: Sequence[Row], size: float, box: Box) -> None:  # noqa: ANN401
    """Add a native table whose first row and column are headings."""
    left, top, width, _ = box
    frame = slide.shapes.add_table(len(rows) + 1, len(table.headings), left, top, width, 1)
    told = " ; ".join(f"{row.label} : {', '.join(row.cells)}" for row in rows)
    describe(frame, table.caption, f"{table.caption}. {told}.")
    grid = frame.table
    grid.first_row = grid.first_col = True
    grid.horz_banding = False
    for column, share in zip(grid.columns, columns(table, width / POINT), strict=True):
        column.width = round(share * POINT)
    texts = [[*table.headings], *([row.label, *row.cells] for row in rows)]
    for rank, words in enumerate(texts):
        grid.rows[rank].height = round(size * POINT * 1.22 + 9 * POINT)
        for place, text in enumerate(words):
            _cell(grid.cell(rank, place), text, size, rank, place)


def _cell(cell: Any, text: str, size: float, rank: int, place: int) -> None:  # noqa: ANN401
    is_heading = rank == 0
    cell.text_frame.text = typeset(text)  # a paragraph a line
    cell.fill.solid()
    shade = VERY_GOOD if is_heading else PAPER
    cell.fill.fore_color.rgb = colour(shade)
    cell.margin_left = cell.margin_right = util.Pt(8)
    for paragraph in cell.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = util.Pt(size)
            run.font.bold = is_heading or place == 0
            run.font.color.rgb = colour(PAPER if is_heading else INK)
    if not is_heading:
        _rule(cell)


def _rule(cell: Any) -> None:  # noqa: ANN401
    """Draw a thin line under a cell; the library has no call for it."""
    line = oxml.parse_xml(
        f'<a:lnB {names.nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{colour(RULE)}"/>'
        "</a:solidFill></a:lnB>"
    )
    cell._tc.get_or_add_tcPr().insert(0, line)  # noqa: SLF001
