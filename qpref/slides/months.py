"""What the slides say of the figures of each month: what moved at which site, then its curve."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from qpref.display import monthly
from qpref.display.drawn import LineChart
from qpref.display.month_line import mark_colour, month_scale
from qpref.display.section import Row
from qpref.palette import NEUTRAL
from qpref.quality.monthly import FollowedIndicator, short_period
from qpref.slides.deck import MonthCurve, Series, Slide, percentage
from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.wording.french import enumeration, lower_first
from qpref.workbook import Synthese

_MOST_CURVES = 2  # the others are in the reports of the sites
_SAID = "Ce qu’il en est"


def month_slides(joint: Synthese) -> Iterator[Slide]:
    """
    Yield the figures whose last month is a signal, then the curves of the first of them.

    Parameters
    ----------
    joint
        What a committee sees of its sites; nothing is said where no figure was read.
    """
    section, found = joint.mois(), joint.chiffres_du_mois
    if section.is_left_out:
        return
    tables = [
        replace(
            table,
            headings=[*table.headings, _SAID],
            rows=[Row(row.label, [*row.cells, row.detail]) for row in table.rows],
        )
        for table in section.tables
    ]
    told = [] if tables else [_told(site, own) for site, own in found.items() if own]
    yield Slide(section.title, told, next(iter(tables), None))
    moved = [(site, one) for site, own in found.items() for one in own if one.last.signal]
    for site, one in moved[:_MOST_CURVES]:
        yield _of_figure(site, one)


def _told(site: str, found: Sequence[FollowedIndicator]) -> str:
    """Return the last month of each figure of a site, in one sentence."""
    figures = [
        f"{lower_first(one.indicator.libelle)}, {monthly.told(one.last.measure)}" for one in found
    ]
    return f"{site} : {enumeration(figures)}."


def _of_figure(site: str, found: FollowedIndicator) -> Slide:
    section = monthly.followed(found, "", site)
    (line,) = section.lines
    source = f"Source : {found.source or 'relevés du site'}."
    title = f"{site}, {lower_first(section.title)}"
    return Slide(title, section.sentences, curve=_curve(found, line), source=source)


def _curve(found: FollowedIndicator, line: LineChart) -> MonthCurve:
    """Return a figure as a native chart draws it; `line` is the same on paper."""
    is_share, points, steps = found.indicator.is_share, found.points, month_scale(found)

    def shown(value: float) -> float:
        return percentage(value) if is_share else value

    values = [
        shown(published(one.measure).value) if one.measure.is_known else None for one in points
    ]
    names = [short_period(one.period) for one in points]
    said = [f"{name}, {monthly.told(one.measure)}" for name, one in zip(names, points, strict=True)]
    bounds = [published(one.limits) for one in points]
    return MonthCurve(
        line.caption,
        f"{line.caption}. {' ; '.join(said)}.",
        names,
        values,
        shown(published(found.mean).value) if found.limits.is_enough else None,
        [_between(one, shown) for one in bounds],
        _marked(found, values),
        (shown(steps[0]), shown(steps[-1]), shown(steps[1]) - shown(steps[0])),
        line,
        is_share,
    )


def _marked(found: FollowedIndicator, values: Sequence[float | None]) -> list[Series]:
    """Return the months that are marked, those of a kind together: signals by side, then apart."""
    kinds: dict[str, Series] = {}
    for rank, point in enumerate(found.points):
        if point.reason or point.signal is not None:
            name = "mis à part" if point.reason else f"signal, {monthly.side_of(found, point)}"
            colour = NEUTRAL if point.reason else mark_colour(found, point)
            known = kinds.get(name, Series(name, [None] * len(values), colour))
            shown = [*known.values]
            shown[rank] = values[rank]
            kinds[name] = replace(known, values=shown)
    return [*kinds.values()]


def _between(limits: Measure, shown: Callable[[float], float]) -> tuple[float, float] | None:
    if limits.low is None or limits.high is None:
        return None
    return shown(limits.low), shown(limits.high)
