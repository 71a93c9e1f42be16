"""Section on overall satisfaction, campaign after campaign."""

from collections.abc import Sequence
from dataclasses import replace

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading, interval_legend, interval_row
from qpref.display.section import Row, Section, Table
from qpref.display.technical import p_value
from qpref.display.wording import SURVEY, interval, rate, read_aloud, value
from qpref.quality.campaigns import Followed
from qpref.statistics.trend import SHIFT
from qpref.wording.french import (
    enumeration,
    number,
    of,
    percent,
    percent_range,
    plural,
    upper_first,
)

_OVERLAP = (
    "Des intervalles qui se recouvrent ne disent pas que rien n’a changé : voyez le rapport de "
    "satisfaction pour le verdict."
)


def trend(found: Followed, favourable: str) -> Section:
    """
    Return the share of satisfied users at each campaign, with its interval.

    From three campaigns on it says how much the share moves by year; from six, which campaigns are
    beyond what chance moves.

    Parameters
    ----------
    found
        Of `quality.campaigns.follow`.
    favourable
        Who chose a favourable level, of the question's scale.
    """
    known = found.shares
    if not known:
        return Section("tendance", "Aucune campagne à montrer")
    table = Table(
        f"{upper_first(favourable)} dans l’ensemble, par campagne",
        ["Campagne", heading(favourable)],
        _with_limits([interval_row(measure) for measure in known], found),
        legend=interval_legend(favourable),
        note=read_aloud(known, "avis exprimés", SURVEY, "{value} ({label})"),
    )
    ends = enumeration(
        [f"{rate(one)} ({one.label})" for one in dict.fromkeys((known[0], known[-1]))]
    )
    title = f"Satisfaction sur {plural(len(known), 'campagne')} : {ends}"
    plot = interval_chart(known, title, f"Part {of(favourable)}", (0, 1))
    sentences = [_OVERLAP, *_slope_sentences(found), *_chart_sentences(found)]
    lines = figures("tendance", [*known, *([found.moved] if found.moved else [])])
    return Section("tendance", title, sentences, [table], figures=lines, plot=plot)


def _slope_sentences(found: Followed) -> list[str]:
    measure = found.moved
    if measure is None:
        return []
    pace = "par an" if found.is_by_year else "de la première à la dernière"
    low, high = measure.low or 0.0, measure.high or 0.0
    sure = "la fourchette contient zéro : rien n’assure une tendance"
    if low > 0 or high < 0:
        sure = f"une tendance à la {'hausse' if low > 0 else 'baisse'} se dégage"
    return [
        f"Sur {plural(len(found.rated), 'campagne')} : {value(measure)} {pace} "
        f"({interval(measure)}), p : {p_value(found.p)} ; {sure}. Ce calcul (Cochran et "
        "Armitage) est à part des verdicts, qui comparent deux campagnes."
    ]


def _chart_sentences(found: Followed) -> list[str]:
    """Say whether chance alone explains the moves of the share."""
    chart = found.limits
    if chart is None:
        return []
    mean = f"La moyenne de ces campagnes est {percent(chart.mean)}"
    if chart.is_stable:
        return [
            f"{mean} ; chaque campagne est dans ses limites (trois écarts types) : le hasard "
            "suffit à expliquer ces mouvements."
        ]
    pairs = zip(found.rated, chart.outside, strict=True)
    out, parts = [f"« {one.label} »" for one, is_out in pairs if is_out], []
    if out:
        beyond = "hors des limites que le hasard franchit rarement"
        parts.append(f"{beyond} : {enumeration(out)}")
    if chart.shift >= SHIFT:
        parts.append(f"{number(chart.shift)} campagnes de suite du même côté de la médiane")
    return [f"{mean} ; {' ; '.join(parts)}. Le hasard seul l’explique mal."]


def _with_limits(rows: Sequence[Row], found: Followed) -> list[Row]:
    """Return the rows with the limits of each campaign."""
    chart = found.limits
    if chart is None:
        return [*rows]
    bounds = zip(found.rated, chart.low, chart.high, chart.outside, strict=True)
    limits = {one.label: (low, high, is_out) for one, low, high, is_out in bounds}
    return [_with_limit(row, limits.get(row.label)) for row in rows]


def _with_limit(row: Row, limit: tuple[float, float, bool] | None) -> Row:
    if limit is None:
        return row
    low, high, is_out = limit
    said = f"{'hors des limites' if is_out else 'limites'} : {percent_range(low, high)}"
    return replace(row, detail=f"{row.detail} ; {said}")
