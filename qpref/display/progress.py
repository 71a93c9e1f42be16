"""Sections on progress towards the label: modules, forecast, effect of delays."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from qpref.display.drawn import Curve
from qpref.display.figures import figures
from qpref.display.section import KeyFigure, Row, Section, Table
from qpref.display.wording import FOLLOW_UP, chart_note, count, out_of_ten, value
from qpref.palette import BAD, GOOD, NEUTRAL, OUTSIDE, VERY_GOOD
from qpref.quality.beside import plain_number
from qpref.quality.milestones import (
    DelayScenario,
    Milestone,
    milestones,
    proved_count,
    scenarios,
)
from qpref.quality.progress import ENOUGH, FAR_YEARS, LEVEL, Forecast
from qpref.reference import Delay, Labelling, Site
from qpref.statistics.measure import Measure
from qpref.wording.french import (
    enumeration,
    long_date,
    lower_first,
    month_name,
    number,
    plural,
    spelled,
    upper_first,
)

STATES = {
    "verifie": ("Relu en audit interne", VERY_GOOD),
    "prouve": ("Preuve réunie", GOOD),
    "en_cours": ("En cours", BAD),
    "a_faire": ("À faire", NEUTRAL),
    "hors_perimetre": ("Hors du périmètre choisi", OUTSIDE),
}


def _chance(value: float) -> str:
    """Return « environ 8 chances sur 10 », or how near to none or certain."""
    words = out_of_ten(value, "chances")
    if words:
        return words
    nearest = min(max(round(10 * value), 1), 9)
    if value > 0.95:  # noqa: PLR2004
        return "presque certain"
    if value < 0.05:  # noqa: PLR2004
        return "très peu probable"
    return f"{'plus' if value > nearest / 10 else 'moins'} de {plural(nearest, 'chance')} sur 10"


def _month(day: date | None) -> str:
    if day is None:
        return f"plus de {spelled(FAR_YEARS, 'an', 'ans')}"
    return month_name(day)


def outlook(found: Forecast, deadline: date) -> str:
    """Return what to expect of the deadline, in a few words."""
    if found.left == 0:
        return "toutes les preuves sont réunies"
    if found.is_too_late(deadline):
        return "non, d’après les échéances déjà fixées"
    chance = found.chance(deadline)
    return "pas encore de prévision" if chance is None else _chance(chance)


def summary(site: Site, found: Forecast, deadline: date, late: Sequence[str]) -> list[str]:
    """
    Return the situation of a site in two or three lines, for a terminal.

    Parameters
    ----------
    site, found
        The site and its forecast.
    deadline
        Of the label, less the delay supposed.
    late
        What passes the deadline after that delay.
    """
    lines = [
        f"{site.nom_court}, {long_date(found.today)} : "
        f"{plural(found.left, 'engagement reste', 'engagements restent')} à prouver ; à temps pour "
        f"le label : {outlook(found, deadline)}."
    ]
    if found.middle:
        rest = ", échéances plus lointaines à part" if found.is_too_late(deadline) else ""
        pace = f"Fin prévue au rythme actuel{rest}"
        lines.append(f"  {pace} : {_month(found.middle)} ({_between(found)}).")
    return [*lines, f"  {_late_words(late)}"] if late else lines


def key_figures(table: pd.DataFrame, found: Forecast, followed: Labelling) -> Section:
    """
    Return how many commitments are proved, the expected end, and the time left.

    Parameters
    ----------
    table
        Of `quality.progress.states`.
    found
        Of `quality.progress.forecast`.
    followed
        Gives the deadline.
    """
    done, due = proved_count(table), followed.label_avant.valeur
    shown = [KeyFigure(count(done), "engagements dont la preuve est réunie")]
    if found.middle:
        shown.append(
            KeyFigure(_month(found.middle), f"fin prévue au rythme actuel ({_between(found)})")
        )
    ahead = plural(found.weeks_to(due), "semaine")
    shown.append(KeyFigure(ahead, f"avant l’échéance du label, {long_date(due)}"))
    return Section(
        "avancement",
        f"À temps pour le label : {outlook(found, due)}",
        key_figures=shown,
        figures=figures(
            "avancement",
            [done, plain_number("semaines_avant_echeance", found.weeks_to(due), "semaines")],
        ),
    )


def history(table: pd.DataFrame, found: Forecast, deadline: date) -> Section:
    """
    Return how many commitments were proved over time, as one line up to the deadline.

    Parameters
    ----------
    table
        Of `quality.progress.history`.
    found
        Of `quality.progress.forecast`: when the last is expected.
    deadline
        Of the label: the right end of the line.
    """
    known = milestones(table)
    if not known:
        return Section("historique", "Le suivi n’a pas commencé")
    first, last = known[0], known[-1]
    title = (
        f"De {value(first.proved)} à "
        f"{plural(int(last.proved.value), 'engagement prouvé', 'engagements prouvés')} "
        f"depuis le {long_date(first.day)}"
    )
    shown = figures("historique", [moment.proved for moment in known])
    curve = _curve(known, found, deadline)
    return Section("historique", title, curves=[curve], figures=shown)


def _curve(known: Sequence[Milestone], found: Forecast, deadline: date) -> Curve:
    """Draw what was proved until today, and a dotted line to the day expected of the last."""
    start, last = known[0].day, known[-1].proved
    span, full = max((deadline - start).days, 1), last.n or 1

    def place(day: date) -> float:
        return min(max((day - start).days / span, 0), 1)

    steps = [(place(one.day), one.proved.value / full) for one in known]
    now = (place(found.today), last.value / full)
    told = " ; ".join(f"{value(one.proved)} le {long_date(one.day)}" for one in known)
    expected = ""
    beyond: list[tuple[float, float]] = []
    if found.middle and found.left:
        beyond = [now, _cut(now, ((found.middle - start).days / span, 1.0))]
        expected = " ; en pointillé, le rythme actuel"
    return Curve(
        f"Engagements prouvés, du {long_date(start)} à l’échéance du label{expected}",
        f"Engagements prouvés sur {number(full)} : {told}.",
        [*steps, now],
        beyond,
        f"{number(full)} à prouver",
        (month_name(start), month_name(deadline)),
        f"{value(last)} le {long_date(found.today)}",
        chart_note(
            f"{value(known[0].proved)} le {long_date(start)}",
            f"les {number(full)} engagements des modules choisis",
            FOLLOW_UP,
        ),
    )


def _cut(first: tuple[float, float], last: tuple[float, float]) -> tuple[float, float]:
    """Return where a line that goes beyond the right side of a square leaves it."""
    (x, y), (far, high) = first, last
    if far <= 1:
        return last
    return 1.0, y + (high - y) * (1 - x) / (far - x)


def forecast(
    found: Forecast,
    late: dict[int, list[str]],
    delays: Sequence[Delay],
    deadline: date,
    *,
    is_brief: bool = False,
) -> Section:
    """
    Return when all would be proved, and what each delay supposed would change.

    Parameters
    ----------
    found, late, delays, deadline
        As `quality.milestones.scenarios`.
    is_brief
        Whether to leave out the table of delays; the figures keep it.
    """
    scenes = scenarios(found, late, delays, deadline)
    table = Table(
        f"Ce que change un retard, pour un label attendu avant le {long_date(deadline)}",
        ["Scénario", "Fin prévue", "À temps"],
        [_scenario_row(scene, found, deadline) for scene in scenes],
    )
    return Section(
        "prevision",
        _forecast_title(found, deadline),
        _forecast_sentences(found, deadline),
        [] if is_brief else [table],
        figures=figures("prevision", [*_pace(found), *(scene.chance for scene in scenes)]),
    )


def _pace(found: Forecast) -> list[Measure]:
    """Return what the sentence on the pace says, when there is one."""
    if not found.left:
        return []
    return [
        plain_number("prouves", found.done, "engagements"),
        plain_number("a_prouver", found.left, "engagements"),
        plain_number("semaines_de_suivi", found.weeks_spent, "semaines"),
    ]


def _scenario_row(scene: DelayScenario, found: Forecast, deadline: date) -> Row:
    name, weeks = scene.chance.label, scene.weeks
    return Row(
        f"{name} ({plural(weeks, 'semaine')})" if weeks else name,
        [
            _month(scene.end) if scene.end else "—",
            _in_time(found, deadline - timedelta(weeks=weeks)) if scene.chance.is_known else "—",
        ],
        detail=_late_words(scene.late),
    )


def _in_time(found: Forecast, deadline: date) -> str:
    return "non" if found.is_too_late(deadline) else outlook(found, deadline)


def _late_words(names: Sequence[str]) -> str:
    if not names:
        return "Aucune échéance fixée ne dépasse celle du label."
    return f"Dépasse l’échéance du label : {enumeration([lower_first(name) for name in names])}."


def _forecast_title(found: Forecast, deadline: date) -> str:
    words = outlook(found, deadline)
    if found.is_too_late(deadline):
        return f"Toutes les preuves à temps : {words}"
    if found.left and found.is_known:
        return f"Toutes les preuves à temps, au rythme actuel : {words}"
    return upper_first(words)


def _forecast_sentences(found: Forecast, deadline: date) -> list[str]:
    if not found.left:
        return []
    done = plural(found.done, "engagement prouvé", "engagements prouvés")
    pace = (
        f"Rythme : {done} en {plural(found.weeks_spent, 'semaine')} ; "
        f"{plural(found.left, 'reste', 'restent')} à prouver."
    )
    if found.due and found.is_too_late(deadline):
        pace += f" Une échéance est déjà fixée au {long_date(found.due)}, après celle du label."
    if not found.is_known:
        return [f"{pace} Il en faut au moins {number(ENOUGH)} pour prévoir une date."]
    last = "la dernière preuve arriverait"
    if found.is_too_late(deadline):
        last = "les autres preuves seraient réunies"
    return [
        pace,
        f"Si ce rythme se maintient, {last} {_between(found)} "
        f"({number(10 * LEVEL)} chances sur 10). Cette prévision ne sait rien "
        "de la difficulté des engagements qui restent.",
    ]


def _between(found: Forecast) -> str:
    return f"entre {_month(found.low)} et {_month(found.high)}"
