"""Sections on the way to the label: where each module stands, when it ends, what to do next."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from qpref.display.section import Bar, KeyFigure, Row, Section, Table, figure_rows
from qpref.display.wording import count_of, out_of_ten
from qpref.palette import BAD, GOOD, NEUTRAL, OUTSIDE, VERY_GOOD
from qpref.quality.progress import ENOUGH, LEVEL, Forecast, in_scope, is_done, proved
from qpref.reference import Delay, Labelling, Site, Standard
from qpref.wording.french import enumeration, long_date, lower_first, number, plural

STATES = {
    "verifie": ("Relu en audit interne", VERY_GOOD),
    "prouve": ("Preuve réunie", GOOD),
    "en_cours": ("En cours", BAD),
    "a_faire": ("À faire", NEUTRAL),
    "hors_perimetre": ("Hors du périmètre choisi", OUTSIDE),
}


def _chance(value: float) -> str:
    """Return « environ 8 chances sur 10 », or how near to none or certain."""
    words = out_of_ten(value, "chance")
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
        return "plus de dix ans"
    return long_date(day).split("\u00a0", 1)[1]


def outlook(found: Forecast, deadline: date) -> str:
    """Return what to expect of the deadline, in a few words."""
    if found.left == 0:
        return "toutes les preuves sont réunies"
    chance = found.chance(deadline)
    return "pas encore de prévision" if chance is None else _chance(chance)


def summary(site: Site, found: Forecast, chance: float | None, late: Sequence[str]) -> list[str]:
    """
    Return where a site stands, in two or three lines.

    Parameters
    ----------
    site, found
        The site and its forecast.
    chance
        Of being in time, after the delay supposed; None without forecast.
    late
        What passes the deadline after that delay.
    """
    lines = [
        f"{site.nom_court}, {long_date(found.today)} : "
        f"{plural(found.left, 'engagement reste', 'engagements restent')} à prouver ; à temps pour "
        f"le label : {'pas encore de prévision' if chance is None else _chance(chance)}."
    ]
    if found.middle:
        lines.append(
            f"  Fin prévue au rythme actuel : {_month(found.middle)} (entre {_month(found.low)} et "
            f"{_month(found.high)})."
        )
    return [*lines, f"  {_late_words(late)}"] if late else lines


def key_figures(table: pd.DataFrame, found: Forecast, followed: Labelling) -> Section:
    """
    Return what is proved, when the rest would be, and the chance to be in time.

    Parameters
    ----------
    table
        Of `quality.progress.states`.
    found
        Of `quality.progress.forecast`.
    followed
        Gives the deadline.
    """
    done, n = proved(table)
    due = followed.label_avant
    figures = [KeyFigure(count_of(done, n), "engagements dont la preuve est réunie")]
    if found.middle:
        figures.append(
            KeyFigure(
                _month(found.middle),
                f"fin prévue au rythme actuel (entre {_month(found.low)} et {_month(found.high)})",
            )
        )
    ahead = plural((due.valeur - found.today).days // 7, "semaine")
    figures.append(KeyFigure(ahead, f"avant l’échéance du label, {long_date(due.valeur)}"))
    sentences = [
        "Une preuve est réunie quand un document montre que l’engagement est tenu ; elle est "
        "« relue » quand un audit interne l’a vérifiée."
    ]
    numbers = figure_rows(
        "avancement",
        "engagements",
        [{"indicateur": "prouves", "n": n, "effectif": done, "valeur": done}],
    )
    title = f"{count_of(done, n)} engagements prouvés"
    return Section("avancement", title, sentences, key_figures=figures, figures=numbers)


def modules(table: pd.DataFrame, standard: Standard) -> Section:
    """Return, module by module, how many commitments are in each state."""
    rows, figures = [], []
    for numero, own in table.groupby("module", sort=True):
        counts = in_scope(own)["etat"].value_counts()
        done, n = proved(own)
        words = [
            f"{lower_first(label)} : {number(int(counts[state]))}"
            for state, (label, _) in STATES.items()
            if state in counts
        ]
        rows.append(
            Row(
                f"{numero}. {standard.module(int(str(numero))).nom}",
                [count_of(done, n) if n else "hors périmètre"],
                _stacked(counts, n),
                " ; ".join(words),
            )
        )
        figures += [
            {"indicateur": state, "libelle": f"module {numero}", "n": n, "valeur": int(count)}
            for state, count in counts.items()
        ]
    shown = [state for state in STATES if state in set(table["etat"]) - {"hors_perimetre"}]
    static = Table(
        "Engagements prouvés, par module",
        ["Module", "Prouvés"],
        rows,
        legend=[(STATES[state][1], STATES[state][0]) for state in shown],
    )
    full = sum(bool(is_done(own).all()) for _, own in table.groupby("module"))
    title = f"{plural(full, 'module entièrement prouvé', 'modules entièrement prouvés')} sur {number(len(rows))}"  # noqa: E501
    return Section(
        "modules", title, tables=[static], figures=figure_rows("modules", "engagements", figures)
    )


def _stacked(counts: pd.Series, n: int) -> list[Bar]:
    bars, start = [], 0.0
    for state, (_, colour) in STATES.items():
        if state in counts and n and state != "hors_perimetre":
            bars.append(Bar(start, counts[state] / n, colour))
            start += counts[state] / n
    return bars


def history(table: pd.DataFrame, label: dict[str, str]) -> Section:
    """
    Return how many commitments were proved, day after day.

    Parameters
    ----------
    table
        Of `quality.progress.history`.
    label
        Wording of the units.
    """
    rows = table.to_dict("records")
    moved = [row for i, row in enumerate(rows) if i == 0 or row["nouveaux"] or row["perdus"]]
    if not moved:
        return Section("historique", "Le suivi n’a pas commencé")
    lines = []
    for row in moved:
        words = [f"prouvé : {lower_first(label[name])}" for name in row["nouveaux"]]
        words += [f"à reprendre : {lower_first(label[name])}" for name in row["perdus"]]
        part = row["faits"] / max(row["total"], 1)
        text = " ; ".join(words) if row is not moved[0] else "début du suivi"
        lines.append(
            Row(long_date(row["date"]), [number(row["faits"])], [Bar(0, part, VERY_GOOD)], text)
        )
    first, last = moved[0]["faits"], moved[-1]["faits"]
    static = Table("Engagements prouvés au fil du temps", ["Jour", "Prouvés"], lines)
    figures = figure_rows(
        "historique",
        "engagements",
        [
            {
                "indicateur": "prouves",
                "libelle": f"{row['date']:%Y-%m-%d}",
                "n": row["total"],
                "valeur": row["faits"],
            }
            for row in moved
        ],
    )
    begun = long_date(moved[0]["date"])
    title = f"De {number(first)} à {plural(last, 'engagement prouvé', 'engagements prouvés')} depuis le {begun}"  # noqa: E501
    return Section("historique", title, tables=[static], figures=figures)


def forecast(
    found: Forecast, late: dict[int, list[str]], delays: Sequence[Delay], deadline: date
) -> Section:
    """
    Return when all would be proved, and what delays would change.

    Parameters
    ----------
    found
        Of `quality.progress.forecast`.
    late
        By weeks of delay (0 included), what passes the deadline.
    delays
        The scenarios.
    deadline
        Of the label.
    """
    cases = [("Sans retard", 0), *((delay.libelle, delay.semaines) for delay in delays)]
    rows = []
    figures = []
    for words, weeks in cases:
        chance = found.chance(deadline - timedelta(weeks=weeks))
        rows.append(
            Row(
                f"{words} ({plural(weeks, 'semaine')})" if weeks else words,
                [_shifted(found, weeks), "—" if chance is None else _chance(chance)],
                detail=_late_words(late[weeks]),
            )
        )
        figures.append(
            {
                "indicateur": "chance",
                "libelle": words,
                "groupe": f"{weeks} semaines",
                "valeur": chance,
                "effectif": len(late[weeks]),
            }
        )
    table = Table(
        f"Ce que change un retard, pour un label attendu avant le {long_date(deadline)}",
        ["Scénario", "Fin prévue", "À temps"],
        rows,
    )
    return Section(
        "prevision",
        _forecast_title(found, deadline),
        _forecast_sentences(found),
        [table],
        figures=figure_rows("prevision", "probabilité", figures),
    )


def _shifted(found: Forecast, weeks: int) -> str:
    return _month(found.middle + timedelta(weeks=weeks)) if found.middle else "—"


def _late_words(names: Sequence[str]) -> str:
    if not names:
        return "Aucune échéance fixée ne dépasse celle du label."
    return f"Dépasse l’échéance du label : {enumeration([lower_first(name) for name in names])}."


def _forecast_title(found: Forecast, deadline: date) -> str:
    words = outlook(found, deadline)
    if found.left and found.is_known:
        return f"Toutes les preuves à temps, au rythme actuel : {words}"
    return words[0].upper() + words[1:]


def _forecast_sentences(found: Forecast) -> list[str]:
    spent = plural((found.today - found.start).days // 7, "semaine")
    done = plural(found.done, "engagement prouvé", "engagements prouvés")
    pace = f"Rythme : {done} en {spent} ; {plural(found.left, 'reste', 'restent')} à prouver."
    if not found.left:
        return []
    if not found.is_known:
        return [f"{pace} Il en faut au moins {number(ENOUGH)} pour prévoir une date."]
    return [
        pace,
        f"Si ce rythme se maintient, la dernière preuve arriverait entre {_month(found.low)} et "
        f"{_month(found.high)} ({number(10 * LEVEL)} chances sur 10). Cette prévision ne sait rien "
        "de la difficulté des engagements qui restent.",
    ]
