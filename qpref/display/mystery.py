"""Sections of the mystery-shopper report: counts first, exact intervals, no ranking."""

from collections.abc import Sequence

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, side_by_side
from qpref.display.wording import count, interval
from qpref.palette import GOOD, NEUTRAL, VERY_GOOD
from qpref.quality.mystery_measures import (
    Compliance,
    ContactCounts,
    Replies,
    all_replies,
    contacts,
    criteria_met,
    replies,
)
from qpref.reference import Channel, Criterion, Indicator, MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, number, plural, spelled


def channels(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return how many contacts were made, by channel."""
    found = contacts(table, grid)
    kept = int(sum(own.kept.value for own in found))
    excluded = int(sum(own.excluded.value for own in found))
    sentences = [
        "Des évaluateurs se sont présentés comme des usagers ordinaires. Ces résultats décrivent "
        "quelques contacts, pas l’opinion des usagers : ils ne s’ajoutent pas à l’enquête de "
        "satisfaction et ne classent pas les sites.",
        *_excluded_sentences(excluded),
    ]
    static = Table(
        caption="Contacts réalisés, par canal",
        headings=["Canal", "Retenus", "Aboutis"],
        rows=[_contacts_row(own) for own in found],
    )
    over = spelled(len(grid.canaux), "canal", "canaux")
    title = f"{plural(kept, 'contact retenu', 'contacts retenus')} sur {over}"
    shown = figures("canaux", [measure for own in found for measure in own.all])
    return Section("canaux", title, sentences, [static], figures=shown)


def _excluded_sentences(excluded: int) -> list[str]:
    if not excluded:
        return []
    words = plural(excluded, "contact est écarté", "contacts sont écartés")
    return [f"{words} avec son motif (mauvais numéro, hors période)."]


def _contacts_row(own: ContactCounts) -> Row:
    made, excluded = int(own.made.value), int(own.excluded.value)
    return Row(
        own.kept.label,
        [number(own.kept.value), number(own.answered.value)],
        detail=f"{plural(made, 'réalisé')}, {plural(excluded, 'écarté')}",
    )


def _indicator(criterion: Criterion, standard: Standard) -> Indicator | None:
    return standard.indicator(criterion.indicateur) if criterion.indicateur else None


def _origin(criterion: Criterion, standard: Standard) -> str:
    """Return the source of a criterion, « à confirmer » until someone read it there."""
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
    key, found = f"canal-{channel.id}", criteria_met(table, before, channel, grid)
    if not found:
        return Section(key, "Aucun contact retenu sur ce canal")
    static = Table(
        caption=f"{channel.libelle} : critères respectés",
        headings=["Critère", "Cette fois", "Avant"],
        rows=[_compliance_row(own, standard) for own in found],
        legend=[(VERY_GOOD, "respecté"), (GOOD, "en partie"), (NEUTRAL, "non respecté")],
    )
    measures = [own.met for own in found]
    title = _times(measures[0])
    drawn = [measure for measure in measures if measure.n]
    plot = interval_chart(drawn, title, "Part des contacts conformes", (0, 1))
    return Section(
        key,
        title,
        _always_and_rarely(found),
        [static],
        figures=figures(key, measures),
        plot=plot,
    )


def _times(measure: Measure) -> str:
    """Return « Accueil courtois : 7 fois sur 10 »."""
    return f"{measure.label} : {number(measure.count or 0)} fois sur {number(measure.n or 0)}"


def _always_and_rarely(found: Sequence[Compliance]) -> list[str]:
    """Name the criteria met by every contact, then those met by fewer than one in two."""
    groups = {
        "Toujours respecté": [own for own in found if own.is_always_met],
        "Respecté moins d’une fois sur deux": [own for own in found if own.is_rarely_met],
    }
    return [
        f"{words} : {enumeration([f'« {own.criterion.libelle} »' for own in chosen])}."
        for words, chosen in groups.items()
        if chosen
    ]


def _compliance_row(own: Compliance, standard: Standard) -> Row:
    """Return the contacts that met a criterion, now and before, with bars of all results."""
    measure, origin = own.met, _origin(own.criterion, standard)
    then = count(own.before) if own.before else "—"
    if not measure.n:
        return Row(measure.label, ["jamais observé", then], detail=origin)
    bars = side_by_side(zip(own.parts, (VERY_GOOD, GOOD, NEUTRAL), strict=True))
    partial = f", dont {number(own.partly)} en partie non comptés" if own.partly else ""
    detail = (
        f"{count(measure)}{partial} ; avec si peu de contacts, le vrai taux peut être "
        f"{interval(measure)} ({origin})"
    )
    return Row(measure.label, [count(measure), then], [bar for bar in bars if bar.width], detail)


def delays(table: pd.DataFrame, grid: MysteryGrid, standard: Standard) -> Section:
    """Return the reply delays of written contacts, in working days."""
    found = replies(table, grid)
    if not found:
        named = " ni ".join(channel.un for channel in grid.written)
        return Section("delais", f"Aucun {named} retenu")
    day = ("compte pour zéro", "est le premier jour compté")[grid.delais.jour_envoi]
    sentences = [
        "Les délais sont en jours ouvrés : sans les samedis, dimanches et jours fériés ; "
        f"le jour d’envoi {day}. Une réponse par un autre canal compte comme une "
        "réponse. Un message sans réponse est un résultat, il n’est pas retiré.",
        *_thresholds(grid, standard),
    ]
    static = Table(
        caption=f"Réponses aux {enumeration([c.libelle.lower() for c in grid.written])}",
        headings=["Canal", "Réponses", "Délai médian"],
        rows=[_replies_row(own) for own in found],
    )
    every = all_replies(found)
    title = f"{number(every.count or 0)} messages sur {number(every.n or 0)} ont reçu une réponse"
    shown = figures("delais", [delay for own in found for delay in (own.median, own.longest)])
    return Section("delais", title, sentences, [static], figures=shown)


def _replies_row(own: Replies) -> Row:
    return Row(
        own.answered.label,
        [count(own.answered), _days(own.median)],
        detail=f"Délai le plus long : {_days(own.longest)} ; "
        f"{plural(own.elsewhere, 'réponse')} par un autre canal",
    )


def _days(delay: Measure) -> str:
    """Return « 4 jours », « 4,5 jours », or a dash without any reply."""
    if not delay.is_known:
        return "—"
    days = int(delay.value)
    return plural(days, "jour") if days == delay.value else f"{number(delay.value, 1)} jours"


def _thresholds(grid: MysteryGrid, standard: Standard) -> list[str]:
    """Name the thresholds applied, their origin, and whether someone confirmed them."""
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
