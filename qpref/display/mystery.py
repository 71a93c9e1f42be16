"""Sections of the mystery-shopper report: counts first, exact intervals, no ranking."""

from collections.abc import Sequence

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, side_by_side
from qpref.display.wording import count, extent, interval, value
from qpref.palette import GOOD, NEUTRAL, VERY_GOOD
from qpref.quality.mystery_measures import (
    ChannelSurvey,
    Compliance,
    ContactCounts,
    Replies,
    all_replies,
    contacts,
    replies,
)
from qpref.reference import Criterion, Indicator, MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.wording.french import NBSP, enumeration, lower_first, noun, number, plural, spelled


def channels(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return how many contacts were made, by channel."""
    found = contacts(table, grid)
    kept = int(sum(own.kept.value for own in found))
    excluded = int(sum(own.excluded.value for own in found))
    used = [own for own in found if own.kept.value]
    sentences = [
        "Des évaluateurs se sont présentés comme des usagers ordinaires. Ces résultats décrivent "
        "quelques contacts, pas l’opinion des usagers : ils ne s’ajoutent pas à l’enquête de "
        "satisfaction et ne classent pas les sites.",
        *_unused_sentences([own for own in found if not own.kept.value]),
        *_excluded_sentences(excluded),
    ]
    static = Table(
        caption="Contacts réalisés, par canal",
        headings=["Canal", "Retenus", "Aboutis"],
        rows=[_contacts_row(own) for own in found],
    )
    over = f" sur {spelled(len(used), 'canal', 'canaux')}" if used else ""
    title = f"{plural(kept, 'contact retenu', 'contacts retenus')}{over}"
    shown = figures("canaux", [measure for own in found for measure in own.all])
    return Section("canaux", title, sentences, [static], figures=shown)


def _unused_sentences(unused: Sequence[ContactCounts]) -> list[str]:
    names = enumeration([f"« {own.kept.label} »" for own in unused])
    return [f"Aucun contact n’est retenu pour {names}."] if unused else []


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


def channel(survey: ChannelSurvey, grid: MysteryGrid, standard: Standard) -> Section:
    """
    Return the criteria of one channel: those met, then the measures that nothing judges.

    Parameters
    ----------
    survey
        What was found on the channel.
    grid, standard
        Wording, origin and certainty of each criterion.
    """
    key, measures = f"canal-{survey.channel.id}", [own.met for own in survey.met]
    seen = [measure for measure in measures if measure.n]
    tables = [
        *([_criteria_table(survey, grid, standard)] if survey.met else []),
        *([_measures_table(survey)] if survey.measured else []),
    ]
    title = f"{survey.channel.libelle} : {_headline(survey, seen)}"
    plot = interval_chart(seen, title, "Part des contacts conformes", (0, 1)) if seen else None
    return Section(
        key,
        title,
        [*_channel_sentences(survey), *_always_and_rarely(survey.met)],
        tables if survey.kept else [],
        figures=figures(key, [*measures, *survey.measured]),
        plot=plot,
    )


def _headline(survey: ChannelSurvey, seen: Sequence[Measure]) -> str:
    """Return what a channel's first criterion shows, or why there is none to show."""
    if not survey.kept:
        return "aucun contact retenu"
    kept = plural(survey.kept, "contact retenu", "contacts retenus")
    return _times(seen[0]) if seen else kept


def _channel_sentences(survey: ChannelSurvey) -> list[str]:
    """Say which criteria had nothing to be observed on, and where marks are."""
    labels = [own.libelle for own in survey.criteria]
    if not survey.kept:
        names = enumeration([f"« {label} »" for label in labels])
        return [f"Rien n’a donc pu être observé sur : {names}."] if labels else []
    if not labels:
        return ["La grille n’a aucun critère sur ce canal : ses contacts sont seulement comptés."]
    if not survey.met and not survey.measured:
        return ["Ce canal n’a que des notes : elles sont avec les autres notes de ce rapport."]
    return []


def _criteria_table(survey: ChannelSurvey, grid: MysteryGrid, standard: Standard) -> Table:
    partly = _partly(grid)
    legend = [(VERY_GOOD, "respecté"), (GOOD, partly), (NEUTRAL, "non respecté")]
    return Table(
        caption=f"{survey.channel.libelle} : critères respectés",
        headings=["Critère", "Cette fois", "Avant"],
        rows=[_compliance_row(own, partly, standard) for own in survey.met],
        legend=[(colour, text) for colour, text in legend if text],
    )


def _measures_table(survey: ChannelSurvey) -> Table:
    """Return the measures that no threshold judges, each in its unit."""
    rows = [
        Row(
            own.label,
            [f"{value(own)} {own.unit}" if own.n else "jamais mesuré"],
            detail=f"{plural(own.n, 'contact mesuré', 'contacts mesurés')}, {extent(own)} "
            "(seuil à confirmer : décrit, non jugé)"
            if own.n
            else "",
        )
        for own in survey.measured
    ]
    caption = f"{survey.channel.libelle} : mesures sans seuil connu"
    return Table(caption, ["Mesure", "Moyenne"], rows)


def _partly(grid: MysteryGrid) -> str:
    """Return what the judgements counted apart are called: « en partie »."""
    return enumeration([lower_first(own.libelle) for own in grid.partial], "ou")


def _times(measure: Measure) -> str:
    """Return « Accueil courtois » 7 fois sur 10."""
    return f"« {measure.label} » {number(measure.count or 0)} fois sur {number(measure.n or 0)}"


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


def _compliance_row(own: Compliance, partly: str, standard: Standard) -> Row:
    """Return the contacts that met a criterion, now and before, with bars of all results."""
    measure, origin = own.met, _origin(own.criterion, standard)
    then = count(own.before) if own.before else "—"
    if not measure.n:
        return Row(measure.label, ["jamais observé", then], detail=origin)
    bars = side_by_side(zip(own.parts, (VERY_GOOD, GOOD, NEUTRAL), strict=True))
    uncounted = f", dont {number(own.partly)} {partly} {noun(own.partly, 'non compté')}"
    partial = uncounted if own.partly else ""
    detail = (
        f"{count(measure)}{partial} ; avec si peu de contacts, le vrai taux peut être "
        f"{interval(measure)} ({origin})"
    )
    return Row(measure.label, [count(measure), then], [bar for bar in bars if bar.width], detail)


def delays(table: pd.DataFrame, grid: MysteryGrid, standard: Standard) -> Section:
    """Return the reply delays of written contacts, in working days."""
    found = replies(table, grid)
    if not grid.written:
        return Section("delais", "Aucun délai : aucun canal de la grille n’attend de réponse")
    if not found:
        names = enumeration([own.libelle for own in grid.written], "ni")
        return Section("delais", f"Aucun délai : aucun contact retenu ({names})")
    day = ("compte pour zéro", "est le premier jour compté")[grid.delais.jour_envoi]
    sentences = [
        "Les délais sont en jours ouvrés : sans les samedis, dimanches et jours fériés ; "
        f"le jour d’envoi {day}. Une réponse par un autre canal compte comme une "
        "réponse. Un message sans réponse est un résultat, il n’est pas retiré.",
        *_thresholds(grid, standard),
    ]
    static = Table(
        caption=f"Réponses : {enumeration([lower_first(own.answered.label) for own in found])}",
        headings=["Canal", "Réponses", "Délai médian"],
        rows=[_replies_row(own) for own in found],
    )
    every = all_replies(found)
    answered = every.count or 0
    have = noun(answered, "a", "ont")
    title = f"{plural(answered, 'message')} sur {number(every.n or 0)} {have} reçu une réponse"
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
    if days == delay.value:
        return plural(days, "jour")
    return f"{number(delay.value, 1)}{NBSP}{noun(delay.value, 'jour')}"


def _thresholds(grid: MysteryGrid, standard: Standard) -> list[str]:
    """Name the thresholds applied, their origin, and whether someone confirmed them."""
    found = []
    for criterion in grid.criteres:
        if not criterion.kind.awaits_reply:
            continue
        if criterion.threshold(standard) is None:
            found.append(
                f"Aucun seuil n’est connu pour « {criterion.libelle} » : décrit, pas jugé."
            )
            continue
        indicator = _indicator(criterion, standard)
        state = "confirmé" if indicator and indicator.confirme else "à confirmer pour Qual-e-pref"
        origin = indicator.origine if indicator else "seuil de la grille"
        note = f" {indicator.note}" if indicator and indicator.note else ""
        found.append(f"Seuil appliqué : {criterion.libelle} ({origin}, {state}).{note}")
    return found
