"""Sections of the mystery-shopper report: counts first, exact intervals, no ranking."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.section import GOOD, NEUTRAL, VERY_GOOD, Bar, Row, Section, Table, figure_rows
from qpref.display.wording import count_of
from qpref.reference import Channel, Criterion, Indicator, MysteryGrid, Standard
from qpref.wording.french import enumeration, number, percent_range, plural, spelled

Record = dict[Hashable, Any]


def channels(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return how many contacts were made, by channel."""
    rows = table.to_dict("records")
    kept, excluded = int(table["retenus"].sum()), int(table["exclus"].sum())
    sentences = [
        "Des évaluateurs se sont présentés comme des usagers ordinaires. Ces résultats décrivent "
        "quelques contacts, pas l’opinion des usagers : ils ne s’ajoutent pas à l’enquête de "
        "satisfaction et ne classent pas les sites.",
    ]
    if excluded:
        sentences.append(
            f"{plural(excluded, 'contact est écarté', 'contacts sont écartés')} avec son motif "
            "(mauvais numéro, hors période)."
        )
    static = Table(
        caption="Contacts réalisés, par canal",
        headings=["Canal", "Retenus", "Aboutis"],
        rows=[
            Row(
                grid.channel(row["canal"]).libelle,
                [number(row["retenus"]), number(row["aboutis"])],
                detail=f"{plural(row['realises'], 'réalisé')}, {plural(row['exclus'], 'écarté')}",
            )
            for row in rows
        ],
    )
    figures = figure_rows(
        "canaux",
        "contacts",
        [
            {
                "indicateur": name,
                "libelle": grid.channel(row["canal"]).libelle,
                "groupe": row["canal"],
                "valeur": row[name],
            }
            for row in rows
            for name in ("realises", "exclus", "retenus", "aboutis")
        ],
    )
    over = spelled(len(grid.canaux), "canal", "canaux")
    title = f"{plural(kept, 'contact retenu', 'contacts retenus')} sur {over}"
    return Section("canaux", title, sentences, [static], figures=figures)


def _indicator(criterion: Criterion, standard: Standard) -> Indicator | None:
    return standard.indicator(criterion.indicateur) if criterion.indicateur else None


def _origin(criterion: Criterion, standard: Standard) -> str:
    """Say where a criterion comes from, and that it is to be confirmed until someone did."""
    indicator = _indicator(criterion, standard)
    if indicator is None:
        return "critère à confirmer"
    return f"{indicator.origine}{'' if indicator.confirme else ', à confirmer'}"


def compliance(
    table: pd.DataFrame,
    before: pd.DataFrame | None,
    channel: Channel,
    grid: MysteryGrid,
    standard: Standard,
) -> Section:
    """
    Return the criteria met on one channel.

    Parameters
    ----------
    table, before
        Of `quality.mystery.compliance`, this campaign and the previous one.
    channel
        The channel shown.
    grid, standard
        Wording, origin and certainty of each criterion.
    """
    own = table.loc[table["canal"] == channel.id]
    criteria = {criterion.id: criterion for criterion in grid.criteres}
    rows = own.to_dict("records")
    if not rows:
        return Section(f"canal-{channel.id}", "Aucun contact retenu sur ce canal")
    earlier = _earlier(before, channel)
    static = Table(
        caption=f"{channel.libelle} : critères respectés",
        headings=["Critère", "Cette fois", "Avant"],
        rows=[_compliance_row(row, criteria[row["critere"]], earlier, standard) for row in rows],
        legend=[(VERY_GOOD, "respecté"), (GOOD, "en partie"), (NEUTRAL, "non respecté")],
    )
    full = [r for r in rows if r["n"] and r["conformes"] == r["n"]]
    weak = [r for r in rows if r["n"] and r["conformes"] * 2 < r["n"]]
    sentences = []
    for found, words in ((full, "Toujours respecté"), (weak, "Respecté moins d’une fois sur deux")):
        if found:
            names = [f"« {criteria[r['critere']].libelle} »" for r in found]
            sentences.append(f"{words} : {enumeration(names)}.")
    first = rows[0]
    title = (
        f"{criteria[first['critere']].libelle} : "
        f"{number(first['conformes'])} fois sur {number(first['n'])}"
    )
    figures = figure_rows(
        f"canal-{channel.id}",
        "part",
        [
            {
                "indicateur": row["critere"],
                "libelle": criteria[row["critere"]].libelle,
                "groupe": channel.id,
                "n": row["n"],
                "effectif": row["conformes"],
                "valeur": row["part"],
                "bas": row["bas"],
                "haut": row["haut"],
            }
            for row in rows
        ],
    )
    drawn = own.loc[own["n"] > 0].assign(
        etiquette=lambda t: t["critere"].map({k: c.libelle for k, c in criteria.items()}),
        valeur=lambda t: t["part"],
    )
    plot = interval_chart(drawn, title, "Part des contacts conformes", (0, 1))
    key = f"canal-{channel.id}"
    return Section(key, title, sentences, [static], figures=figures, plot=plot)


def _earlier(before: pd.DataFrame | None, channel: Channel) -> dict[str, str]:
    if before is None:
        return {}
    own = before.loc[before["canal"] == channel.id].to_dict("records")
    return {row["critere"]: count_of(row["conformes"], row["n"]) for row in own}


def _compliance_row(
    row: Record, criterion: Criterion, earlier: dict[str, str], standard: Standard
) -> Row:
    n, met, partly = int(row["n"]), int(row["conformes"]), int(row["partiels"])
    then = earlier.get(row["critere"], "—")
    if n == 0:
        return Row(criterion.libelle, ["jamais observé", then], detail=_origin(criterion, standard))
    bars = [
        Bar(0, met / n, VERY_GOOD),
        Bar(met / n, partly / n, GOOD),
        Bar((met + partly) / n, (n - met - partly) / n, NEUTRAL),
    ]
    partial = f", dont {number(partly)} en partie non comptés" if partly else ""
    detail = (
        f"{count_of(met, n)}{partial} ; avec si peu de contacts, le vrai taux peut être "
        f"{percent_range(row['bas'], row['haut'])} ({_origin(criterion, standard)})"
    )
    return Row(
        criterion.libelle,
        [count_of(met, n), then],
        [bar for bar in bars if bar.width],
        detail,
    )


def delays(table: pd.DataFrame, grid: MysteryGrid, standard: Standard) -> Section:
    """Return the reply delays of written contacts, in working days."""
    rows = table.to_dict("records")
    if not rows:
        named = " ni ".join(channel.un for channel in grid.written)
        return Section("delais", f"Aucun {named} retenu")
    day = ("compte pour zéro", "est le premier jour compté")[grid.delais.jour_envoi]
    sentences = [
        "Les délais sont en jours ouvrés : sans les samedis, dimanches et jours fériés ; "
        f"le jour d’envoi {day}. Une réponse par un autre canal compte comme une "
        "réponse. Un message sans réponse est un résultat, il n’est pas retiré."
    ]
    sentences += _thresholds(grid, standard)
    static = Table(
        caption=f"Réponses aux {enumeration([c.libelle.lower() for c in grid.written])}",
        headings=["Canal", "Réponses", "Délai médian"],
        rows=[
            Row(
                grid.channel(row["canal"]).libelle,
                [count_of(row["repondus"], row["envoyes"]), _days(row["mediane"])],
                detail=f"Délai le plus long : {_days(row['maximum'])} ; "
                f"{plural(row['autre_canal'], 'réponse')} par un autre canal",
            )
            for row in rows
        ],
    )
    answered, sent = int(table["repondus"].sum()), int(table["envoyes"].sum())
    title = f"{number(answered)} messages sur {number(sent)} ont reçu une réponse"
    figures = figure_rows(
        "delais",
        "jours ouvrés",
        [
            {
                "indicateur": name,
                "libelle": grid.channel(row["canal"]).libelle,
                "groupe": row["canal"],
                "n": row["repondus"],
                "valeur": row[name],
            }
            for row in rows
            for name in ("mediane", "maximum")
        ],
    )
    return Section("delais", title, sentences, [static], figures=figures)


def _days(value: float) -> str:
    if value != value:  # noqa: PLR0124 - missing
        return "—"
    return f"{plural(int(value), 'jour') if value.is_integer() else number(value, 1) + ' jours'}"


def _thresholds(grid: MysteryGrid, standard: Standard) -> list[str]:
    """Say which thresholds were applied, where they come from, and what is not confirmed."""
    found = []
    for criterion in grid.criteres:
        indicator = _indicator(criterion, standard)
        if indicator and indicator.seuil and criterion.kind.awaits_reply:
            state = "confirmé" if indicator.confirme else "à confirmer pour Qual-e-pref"
            note = f" {indicator.note}" if indicator.note else ""
            found.append(
                f"Seuil appliqué : {criterion.libelle} ({indicator.origine}, {state}).{note}"
            )
    return found
