"""Sections on monthly figures: limits, signals, and months set apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qpref.display.charts import month_chart
from qpref.display.figures import figures
from qpref.display.month_line import month_line
from qpref.display.section import Row, Section, Table, left_out
from qpref.display.wording import count, value
from qpref.quality.monthly import FollowedIndicator, MonthlyPoint, period_name
from qpref.reference.models import CERTAINTIES
from qpref.statistics.control import FEWEST
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.publication import published
from qpref.wording.french import (
    NBSP,
    enumeration,
    lower_first,
    number,
    percent_range,
    plural,
    upper_first,
)

_RULES = {
    1: "au-delà des limites",
    2: "2 mois sur 3 près d’une limite",
    3: "4 mois sur 5 loin de la moyenne",
    4: "8 mois de suite du même côté",
}
_NO_READING = "aucun chiffre du mois"
_HOW = (
    "Chaque chiffre est suivi mois par mois. Ses limites disent jusqu’où le hasard seul le "
    "fait aller ; un mois qui en sort, ou une suite de mois du même côté, est un signal : il "
    "invite à chercher une cause, il ne la donne pas."
)


def told(measure: Measure) -> str:
    """Return a figure with its unit: « 92 % », « 12 jours »."""
    if measure.unit == SHARE or not measure.is_known:
        return value(measure)
    unit = "" if measure.unit == "nombre" else f"{NBSP}{measure.unit}"
    return f"{number(measure.printed, measure.digits)}{unit}"


def summary(found: Sequence[FollowedIndicator], silent: Sequence[str], site: str) -> Section:
    """
    Return the last month of each figure, and whether it is one of chance.

    Parameters
    ----------
    found
        Of `quality.monthly.follow_months`.
    silent
        Names of the figures declared of which nothing was read here.
    site
        Its short name.
    """
    moved = [one for one in found if one.last.signal is not None]
    title = "Aucun chiffre du dernier mois ne sort de ce que le hasard explique"
    if moved:
        names = enumeration([lower_first(one.indicator.libelle) for one in moved])
        title = f"À regarder : {names}"
    rows = [_last_row(one) for one in found]
    table = Table(
        "Le dernier mois relevé de chaque chiffre, et sa moyenne de référence",
        ["Chiffre", "Dernier mois", "Référence"],
        rows,
        note=_summary_note(found, site),
    )
    sentences = [_HOW]
    if silent:
        names = enumeration([f"« {name} »" for name in silent])
        sentences.append(f"Déclarés, sans relevé ici : {names}.")
    return Section("mois", title, sentences, [table], figures=figures("mois", _lasts(found)))


def restated(found: Sequence[tuple[str, str]]) -> list[str]:
    """
    Return which months two campaigns say differently, as sentences.

    Parameters
    ----------
    found
        Name of a figure and its period.
    """
    names: dict[str, list[str]] = {}
    for name, period in found:
        names.setdefault(name, []).append(period_name(period))
    told = " ; ".join(f"{lower_first(name)}, {enumeration(own)}" for name, own in names.items())
    return [f"Relevés corrigés depuis la campagne précédente : {told}."] if told else []


def _lasts(found: Sequence[FollowedIndicator]) -> list[Measure]:
    return [own for one in found for own in _last_and_mean(one)]


def _last_and_mean(one: FollowedIndicator, group: str = "") -> list[Measure]:
    """Return the last month of a figure, and its mean of reference when the page tells it."""
    last = replace(one.last.measure, group=group) if group else one.last.measure
    mean = replace(one.mean, group=f"{group}, référence") if group else one.mean
    return [last, mean] if one.limits.is_enough else [last]


def _last_row(one: FollowedIndicator, *first: str) -> Row:
    return Row(
        one.indicator.libelle,
        [told(one.last.measure), told(one.mean) if one.limits.is_enough else "—"],
        detail=" ; ".join(filter(None, [*first, period_name(one.last.period), _finding(one)])),
    )


def supporting(found: Sequence[FollowedIndicator], themes: Mapping[str, str], site: str) -> Section:
    """
    Return the last month of the figures that bear on a commitment; left out where there is none.

    Parameters
    ----------
    found
        Of `quality.monthly.follow_months`.
    themes
        What each commitment commits to, by its identifier.
    site
        Its short name.
    """
    own = [one for one in found if one.indicator.engagement in themes]
    if not own:
        return left_out("mois", _NO_READING)
    moved = sum(one.last.signal is not None for one in own)
    title = plural(len(own), "chiffre du mois appuie", "chiffres du mois appuient")
    signals = plural(moved, "signal", "signaux") if moved else "aucun signal"
    table = Table(
        "Le dernier mois relevé de chaque chiffre, et sa moyenne de référence",
        ["Chiffre", "Dernier mois", "Référence"],
        [_last_row(one, themes[one.indicator.engagement or ""]) for one in own],
        note=_summary_note(own, site),
    )
    return Section(
        "mois",
        f"{title} un engagement : {signals}",
        tables=[table],
        figures=figures("mois", _lasts(own)),
    )


def across_sites(found: Mapping[str, Sequence[FollowedIndicator]]) -> Section:
    """
    Return the figures whose last month is a signal, at each site; left out without any reading.

    Parameters
    ----------
    found
        Of `quality.monthly.follow_months`, by the short name of a site.
    """
    read = [one for followed in found.values() for one in followed]
    if not read:
        return left_out("mois", _NO_READING)
    moved = [
        (site, one)
        for site, followed in found.items()
        for one in followed
        if one.last.signal is not None
    ]
    title = "Chiffres du mois : aucun ne sort de ce que le hasard explique"
    if moved:
        of = plural(len(read), "chiffre suivi", "chiffres suivis")
        title = f"Chiffres du mois : {plural(len(moved), 'signal', 'signaux')} sur {of}"
    rows = [_last_row(one, site) for site, one in moved]
    table = Table(
        "Ce que le hasard explique mal, au dernier mois relevé",
        ["Chiffre", "Dernier mois", "Référence"],
        rows,
    )
    shown = [
        own for site, one in moved for own in _last_and_mean(one, f"{site}, {one.last.period}")
    ]
    return Section("mois", title, tables=[table] if rows else [], figures=figures("mois", shown))


def _summary_note(found: Sequence[FollowedIndicator], site: str) -> str:
    first = found[0]
    source = enumeration(list(dict.fromkeys(one.source for one in found if one.source)))
    return (
        f"Lecture : {lower_first(first.indicator.libelle)}, {told(first.last.measure)} en "
        f"{period_name(first.last.period)}. Champ : {site}. Source : {source or 'relevés du site'}."
    )


def _finding(found: FollowedIndicator) -> str:
    if not found.limits.is_enough:
        return f"{plural(found.limits.months, 'mois', 'mois')} de référence : rien n’est conclu"
    point = found.last
    if point.reason:
        return f"mis à part : {point.reason}"
    if point.signal is None:
        return ""
    return f"signal : {side_of(found, point)}"


def side_of(found: FollowedIndicator, point: MonthlyPoint) -> str:
    """Return on which side a signal is: « en mieux », « en hausse » where none is better."""
    better = found.is_better(point)
    if better is None:
        return "en hausse" if point.signal and point.signal.is_high else "en baisse"
    return "en mieux" if better else "en moins bien"


def followed(found: FollowedIndicator, commitment: str, site: str) -> Section:
    """
    Return a figure month by month: its values, their limits, its signals.

    Parameters
    ----------
    found
        The figure.
    commitment
        What the commitment that it bears on commits to; « » when it bears on none.
    site
        Its short name.
    """
    name = found.indicator.libelle
    title = f"{name} : {told(found.last.measure)} en {period_name(found.last.period)}"
    if found.signals:
        title += f" ; {plural(len(found.signals), 'signal', 'signaux')}"
    elif found.limits.is_enough:
        title += ", sans signal"
    rows = _rows(found)
    tables = [Table("Les mois à lire", ["Mois", "Valeur"], rows)] if rows else []
    words = (_caption(found), _all_told(found), _note(found, site))
    line = month_line(found, words, told(found.last.measure))
    sentences = [
        *_target(found), *_baseline(found), *_signal_sentences(found), *_apart(found),
        *_commitment(found, commitment),
    ]  # fmt: skip
    key = f"mois-{found.indicator.id}".replace("_", "-")
    return Section(
        key, title, sentences, tables, lines=[line], figures=figures(key, found.measures),
        plot=month_chart(
            [(period_name(one.period), one.measure, one.limits) for one in found.points],
            title, _caption(found),
        ),
    )  # fmt: skip


def _rows(found: FollowedIndicator) -> list[Row]:
    """Return the months of which the line does not say all: signals, and those without reading."""
    rows: list[Row] = []
    for rule, name in _RULES.items():
        own = [one for one in found.signals if one.signal and one.signal.rule == rule]
        rows += [Row(upper_first(name), [])] if own else []
        rows += [
            Row(
                period_name(one.period),
                [told(one.measure)],
                detail=count(one.measure) if one.measure.n is not None else "",
            )
            for one in own
        ]
    silent = [one for one in found.points if not one.measure.is_known]
    rows += [Row("Pas de relevé", [])] if silent else []
    return [*rows, *(Row(period_name(one.period), ["—"], detail=one.reason) for one in silent)]


def _caption(found: FollowedIndicator) -> str:
    """Return what a line shows."""
    measured, name = found.last.measure, found.indicator.libelle
    if measured.unit == SHARE:
        return f"{name}, en %"
    return name if measured.unit == "nombre" else f"{name}, en {measured.unit}"


def _all_told(found: FollowedIndicator) -> str:
    """Return every month in words, for who does not see the line."""
    known = [one for one in found.points if one.measure.is_known]
    values = " ; ".join(f"{period_name(one.period)}, {told(one.measure)}" for one in known)
    return f"{found.indicator.libelle} : {values}."


def _note(found: FollowedIndicator, site: str) -> str:
    last, indicator = found.last, found.indicator
    cases = ""
    if last.measure.n is not None:
        cases = (
            f", soit {count(last.measure)} ({indicator.numerateur} sur {indicator.denominateur})"
        )
    wide = ""
    if found.limits.spread > 1:
        wide = " Limites élargies."
    source = found.source or "relevés du site"
    return (
        f"Lecture : en {period_name(last.period)}, {told(last.measure)}{cases}.{wide} Champ : "
        f"{site}. Source : {source}."
    )


def _target(found: FollowedIndicator) -> list[str]:
    if not found.target.is_known:
        return []
    is_low = found.indicator.sens == "baisse"
    return [f"Cible : {told(found.target)} {'au plus' if is_low else 'au moins'}."]


def _baseline(found: FollowedIndicator) -> list[str]:
    limits, months = found.limits, plural(found.limits.months, "mois", "mois")
    if not limits.is_enough:
        return [f"{months} de référence : sous {FEWEST} mois, rien n’est conclu."]
    first, last = (period_name(found.baseline[place]) for place in (0, -1))
    bounds = published(found.last.limits)
    low, high = bounds.low or 0.0, bounds.high or 0.0
    if found.indicator.is_share:
        room = percent_range(low, high)
    else:
        digits = bounds.digits
        room = f"entre {number(low, digits)} et {number(high, digits)}"
    return [
        f"Référence : {months}, de {first} à {last}, moyenne {told(found.mean)}. Le hasard seul "
        f"fait aller le dernier mois {room}."
    ]


def _signal_sentences(found: FollowedIndicator) -> list[str]:
    if not found.signals:
        return []
    sides: dict[str, list[str]] = {}
    for one in found.signals:
        sides.setdefault(side_of(found, one), []).append(period_name(one.period))
    parts = [f"{side}, {enumeration(names)}" for side, names in sides.items()]
    return [f"Signaux, que le hasard seul explique mal : {' ; '.join(parts)}."]


def _apart(found: FollowedIndicator) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for one in found.apart:
        if one.measure.is_known:
            name = f"{period_name(one.period)}{NBSP}({told(one.measure)})"
            reasons.setdefault(one.reason, []).append(name)
    parts = [f"{reason}, {enumeration(names)}" for reason, names in reasons.items()]
    return [f"Mis à part : {' ; '.join(parts)}."] if parts else []


def _commitment(found: FollowedIndicator, commitment: str) -> list[str]:
    if not commitment:
        return []
    certainty = found.indicator.certitude
    sure = "" if certainty == "vu" else f" ; ce qui est compté est {CERTAINTIES[certainty]}"
    return [f"Appuie l’engagement « {commitment} »{sure}."]
