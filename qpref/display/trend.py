"""Section on overall satisfaction, campaign after campaign."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading, interval_legend, interval_row
from qpref.display.section import Row, Section, Table
from qpref.display.wording import interval, value
from qpref.quality.answers import satisfied
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.trend import FEWEST, FEWEST_OF_CHART, SHIFT, Chart, chart, slope
from qpref.wording.french import (
    enumeration,
    number,
    of,
    percent,
    percent_range,
    plural,
    upper_first,
)

_YEAR = 365.25
_OVERLAP = (
    "Des intervalles qui se recouvrent ne disent pas que rien n’a changé : voyez le rapport de "
    "satisfaction pour le verdict."
)


@dataclass(frozen=True)
class Point:
    """
    A campaign.

    Its name, its first day, its row of `quality.answers.satisfaction`, and what its answers are
    worth once half-days are reckoned with.
    """

    name: str
    start: date
    row: dict[Hashable, Any]
    size: float


def trend(found: Sequence[Point], favourable: str) -> Section:
    """
    Return the share of satisfied users at each campaign, with its interval.

    From three campaigns on it says how much the share moves by year; from six, which campaigns are
    beyond what chance moves.

    Parameters
    ----------
    found
        Campaigns, oldest first.
    favourable
        Who chose a favourable level, of the question's scale.
    """
    kept = [point for point in found if point.row["n"]]
    if not kept:
        return Section("tendance", "Aucune campagne à montrer")
    known = [satisfied(point.row, point.name) for point in kept]
    rated = [(point, one) for point, one in zip(kept, known, strict=True) if one.is_rated]
    moved, limits = _slope(rated), _chart(rated)
    table = Table(
        f"{upper_first(favourable)} dans l’ensemble, par campagne",
        ["Campagne", heading(favourable)],
        _with_limits([interval_row(measure) for measure in known], rated, limits),
        legend=interval_legend(favourable),
    )
    title = f"Satisfaction sur {plural(len(known), 'campagne')}"
    plot = interval_chart(known, title, f"Part {of(favourable)}", (0, 1))
    sentences = [
        _OVERLAP,
        *(_slope_sentences(moved, len(rated)) if moved else []),
        *(_chart_sentences(limits, [one.label for _, one in rated]) if limits else []),
    ]
    lines = figures("tendance", [*known, *([moved[0]] if moved else [])])
    return Section("tendance", title, sentences, [table], figures=lines, plot=plot)


def _slope(rated: Sequence[tuple[Point, Measure]]) -> tuple[Measure, float] | None:
    """Return the move by year, and its p-value; nothing under three campaigns."""
    times = [point.start.toordinal() / _YEAR for point, _ in rated]
    if len(rated) < FEWEST or len({*times}) < FEWEST:
        return None
    found = slope([one.value for _, one in rated], [point.size for point, _ in rated], times)
    if found.p != found.p:
        return None
    measure = Measure(
        key="tendance", label="Évolution par an", value=found.value, low=found.low,
        high=found.high, unit=DIFFERENCE,
    )  # fmt: skip
    return measure, found.p


def _slope_sentences(moved: tuple[Measure, float], campaigns: int) -> list[str]:
    measure, p = moved
    low, high = measure.low or 0.0, measure.high or 0.0
    sure = "la fourchette contient zéro : rien n’assure une tendance"
    if low > 0 or high < 0:
        sure = f"une tendance à la {'hausse' if low > 0 else 'baisse'} se dégage"
    return [
        f"Sur {plural(campaigns, 'campagne')} : {value(measure)} par an ({interval(measure)}), "
        f"p = {number(p, 3)} ; {sure}. Ce calcul (Cochran et Armitage) est à part des verdicts, "
        "qui comparent deux campagnes."
    ]


def _chart(rated: Sequence[tuple[Point, Measure]]) -> Chart | None:
    if len(rated) < FEWEST_OF_CHART:
        return None
    return chart([one.value for _, one in rated], [point.size for point, _ in rated])


def _chart_sentences(found: Chart, names: Sequence[str]) -> list[str]:
    """Say whether chance alone explains the moves of the share."""
    mean = f"La moyenne de ces campagnes est {percent(found.mean)}"
    out = [f"« {name} »" for name, is_out in zip(names, found.outside, strict=True) if is_out]
    if found.is_stable:
        return [
            f"{mean} ; chaque campagne est dans ses limites (trois écarts types) : le hasard "
            "suffit à expliquer ces mouvements."
        ]
    parts = []
    if out:
        parts.append(
            f"hors des limites que le hasard franchit 3 fois sur 1 000 : {enumeration(out)}"
        )
    if found.shift >= SHIFT:
        parts.append(f"{number(found.shift)} campagnes de suite du même côté de la médiane")
    return [f"{mean} ; {' ; '.join(parts)}. Autre chose que le hasard a joué."]


def _with_limits(
    rows: Sequence[Row], rated: Sequence[tuple[Point, Measure]], found: Chart | None
) -> list[Row]:
    """Return the rows with the limits of each campaign."""
    if found is None:
        return [*rows]
    limits = {
        one.label: (low, high, is_out)
        for (_, one), low, high, is_out in zip(
            rated, found.low, found.high, found.outside, strict=True
        )
    }
    return [_with_limit(row, limits.get(row.label)) for row in rows]


def _with_limit(row: Row, limit: tuple[float, float, bool] | None) -> Row:
    if limit is None:
        return row
    low, high, is_out = limit
    said = f"{'hors des limites' if is_out else 'limites'} : {percent_range(low, high)}"
    return replace(row, detail=f"{row.detail} ; {said}")
