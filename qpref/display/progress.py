"""Sections on the way to the label: where each module stands, when it ends, what delays change."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import KeyFigure, Row, Section, Table, bar, side_by_side
from qpref.display.wording import count, out_of_ten, value
from qpref.palette import BAD, GOOD, NEUTRAL, OUTSIDE, VERY_GOOD
from qpref.quality.milestones import (
    DelayScenario,
    Milestone,
    ModuleStates,
    by_module,
    milestones,
    proved_count,
    scenarios,
)
from qpref.quality.progress import ENOUGH, FAR_YEARS, LEVEL, Forecast
from qpref.reference import Delay, Labelling, Site, Standard
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
    sentences = [
        "Une preuve est réunie quand un document montre que l’engagement est tenu ; elle est "
        "« relue » quand un audit interne l’a vérifiée."
    ]
    return Section(
        "avancement",
        f"{count(done)} engagements prouvés",
        sentences,
        key_figures=shown,
        figures=figures("avancement", [done]),
    )


def modules(table: pd.DataFrame, standard: Standard) -> Section:
    """Return how many commitments are in each state, module by module."""
    found = by_module(table)
    known = {state for module in found for state in module.by_state}
    static = Table(
        "Engagements prouvés, par module",
        ["Module", "Prouvés"],
        [_module_row(module, standard) for module in found],
        legend=[(colour, label) for state, (label, colour) in STATES.items() if state in known],
    )
    full = sum(module.is_complete for module in found)
    title = (
        f"{plural(full, 'module entièrement prouvé', 'modules entièrement prouvés')} "
        f"sur {number(len(found))}"
    )
    shown = [measure for module in found for measure in module.states]
    return Section("modules", title, tables=[static], figures=figures("modules", shown))


def _module_row(module: ModuleStates, standard: Standard) -> Row:
    """Return the commitments proved in a module, and the bar of all states, best first."""
    states = [
        (label, module.by_state[state].value, colour)
        for state, (label, colour) in STATES.items()
        if state in module.by_state
    ]
    n = module.proved.n or 1
    return Row(
        f"{module.number}. {standard.module(module.number).nom}",
        [count(module.proved) if module.proved.n else "hors périmètre"],
        side_by_side((held / n, colour) for _, held, colour in states),
        " ; ".join(f"{lower_first(label)} : {number(held)}" for label, held, _ in states),
    )


def history(table: pd.DataFrame, label: dict[str, str]) -> Section:
    """
    Return how many commitments were proved over time.

    Parameters
    ----------
    table, label
        Of `quality.progress.history`; name of each unit by key.
    """
    found = milestones(table)
    if not found:
        return Section("historique", "Le suivi n’a pas commencé")
    first, *later = found
    rows = [
        _milestone_row(first, "début du suivi"),
        *(_milestone_row(moment, _moves(moment, label)) for moment in later),
    ]
    static = Table("Engagements prouvés au fil du temps", ["Jour", "Prouvés"], rows)
    last = int(found[-1].proved.value)
    title = (
        f"De {value(first.proved)} à "
        f"{plural(last, 'engagement prouvé', 'engagements prouvés')} "
        f"depuis le {long_date(first.day)}"
    )
    shown = figures("historique", [moment.proved for moment in found])
    return Section("historique", title, tables=[static], figures=shown)


def _moves(moment: Milestone, label: dict[str, str]) -> str:
    words = [f"prouvé : {lower_first(label[name])}" for name in moment.gained]
    words += [f"à reprendre : {lower_first(label[name])}" for name in moment.lost]
    return " ; ".join(words)


def _milestone_row(moment: Milestone, words: str) -> Row:
    drawn = bar(moment.proved, VERY_GOOD, full=moment.proved.n or 1)
    return Row(long_date(moment.day), [value(moment.proved)], [drawn], words)


def forecast(
    found: Forecast, late: dict[int, list[str]], delays: Sequence[Delay], deadline: date
) -> Section:
    """
    Return when all would be proved, and what each delay supposed would change.

    Parameters
    ----------
    found, late, delays, deadline
        As `quality.milestones.scenarios`.
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
        [table],
        figures=figures("prevision", [scene.chance for scene in scenes]),
    )


def _scenario_row(scene: DelayScenario, found: Forecast, deadline: date) -> Row:
    name, weeks = scene.chance.label, scene.weeks
    return Row(
        f"{name} ({plural(weeks, 'semaine')})" if weeks else name,
        [
            _month(scene.end) if scene.end else "—",
            outlook(found, deadline - timedelta(weeks=weeks)) if scene.chance.is_known else "—",
        ],
        detail=_late_words(scene.late),
    )


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
