"""Sections of the mystery-shopper report: counts first, exact intervals, no ranking."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.section import QUARTERS, Row, Section, Table, on_a_line
from qpref.display.standard import confirmed
from qpref.display.wording import MYSTERY_SURVEY, chart_note, count, extent, interval, times, value
from qpref.quality.beside import befores, of_criterion, plain_number
from qpref.quality.mystery_measures import (
    ChannelSurvey,
    Compliance,
    ContactCounts,
    Replies,
    all_replies,
    contacts,
    replies,
)
from qpref.reference import Channel, Criterion, Indicator, MysteryGrid, Standard
from qpref.statistics.measure import Measure, extremes
from qpref.wording.french import (
    NBSP,
    enumeration,
    lower_first,
    noun,
    number,
    plural,
    spelled,
    upper_first,
)


def essentials(
    table: pd.DataFrame, surveys: Sequence[ChannelSurvey], answered: Measure, grid: MysteryGrid
) -> Section:
    """
    Return what a reader who stops at the first section takes away, good and bad.

    Parameters
    ----------
    table
        Of `quality.mystery.contacts_by_channel`; the figures keep it.
    surveys
        Each channel.
    answered
        Of `quality.mystery_measures.all_replies`.
    grid
        Names of the channels.
    """
    whole = channels(table, grid)
    met = [(own, survey.channel) for survey in surveys for own in survey.met]
    told = noun(answered.counted, "a", "ont")
    replied = (
        f"{plural(answered.counted, 'message')} sur {number(answered.base)} {told} reçu une réponse"
    )
    sentences = [
        *_always_and_rarely(met),
        *([f"{replied}."] if answered.n else []),
        *whole.sentences[1:],
        _WHAT_IT_IS,
    ]
    shown = [measure for own in contacts(table, grid) for measure in own.all]
    return replace(
        whole, sentences=sentences, tables=[], figures=figures("canaux", [*shown, answered])
    )


_WHAT_IT_IS = (
    "Des évaluateurs se sont présentés comme des usagers ordinaires. Quelques contacts alertent : "
    "ils ne mesurent pas, et ne classent pas les sites."
)


def channels(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return how many contacts were made, by channel."""
    found = contacts(table, grid)
    kept = int(sum(own.kept.value for own in found))
    excluded = int(sum(own.excluded.value for own in found))
    used = [own for own in found if own.kept.value]
    sentences = [
        _WHAT_IT_IS,
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


def channel(survey: ChannelSurvey, grid: MysteryGrid) -> Section:
    """Return the criteria of one channel, the most met first, then measures that nothing judges."""
    key, measures = f"canal-{survey.channel.id}", [own.met for own in survey.met]
    seen = [measure for measure in measures if measure.n]
    tables = [
        *([_criteria_table(survey, _partly(grid))] if survey.met else []),
        *([_measures_table(survey)] if survey.measured else []),
    ]
    title = f"{survey.channel.libelle} : {_headline(survey, seen)}"
    plot = interval_chart(seen, title, "Part des contacts conformes", (0, 1)) if seen else None
    return Section(
        key,
        title,
        _channel_sentences(survey),
        tables if survey.kept else [],
        figures=figures(key, [*measures, *befores(survey.met), *survey.measured]),
        plot=plot,
    )


def _headline(survey: ChannelSurvey, seen: Sequence[Measure]) -> str:
    """Return how many contacts, and the criterion met least when it is alone."""
    if not survey.kept:
        return "aucun contact retenu"
    kept = plural(survey.kept, "contact")
    least = extremes(seen, 1)[1]
    return f"{kept} ; {_times(least[0])}" if least else kept


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


def _criteria_table(survey: ChannelSurvey, partly: str) -> Table:
    """Return a chart of the criteria: now, the previous campaign, what the true rate may be."""
    order = sorted(survey.met, key=lambda own: -own.met.value if own.met.n else 1)
    has_before = any(own.before for own in order)
    return Table(
        caption=survey.channel.libelle,
        headings=["Critère", "Respecté", *(["Avant"] if has_before else [])],
        rows=[_compliance_row(own, partly, has_before=has_before) for own in order],
        ticks=QUARTERS,
        note=_note(order, survey.channel),
    )


def _note(order: Sequence[Compliance], channel: Channel) -> str:
    """Read the first criterion drawn aloud."""
    first = next((own.met for own in order if own.met.n), None)
    if first is None:
        return ""
    return chart_note(_times(first, "respecté "), lower_first(channel.libelle), MYSTERY_SURVEY)


def _compliance_row(own: Compliance, partly: str, *, has_before: bool) -> Row:
    """Return the contacts that met a criterion, on a line from none to all."""
    measure, then = own.met, [count(own.before) if own.before else "—"] if has_before else []
    if not measure.n:
        return Row(measure.label, ["jamais observé", *then])
    bars, dots = on_a_line(measure, own.before)
    detail = f"{number(own.partly)} {partly}" if own.partly else ""
    return Row(measure.label, [count(measure), *then], bars, detail, dots, told=interval(measure))


def criteria(surveys: Sequence[ChannelSurvey], grid: MysteryGrid, standard: Standard) -> Section:
    """
    Return every criterion with what the true rate may be, and where its rule comes from.

    Parameters
    ----------
    surveys
        Each channel.
    grid, standard
        Wording, origin and certainty of each criterion.
    """
    judged = _partly(grid) or "en partie"
    headings = ["Critère", "Respecté", upper_first(judged), "Vrai taux possible", "Avant", "Règle"]
    tables = [
        Table(
            survey.channel.libelle,
            headings,
            [_criterion_row(own, standard) for own in survey.met],
            is_wide=True,
        )
        for survey in surveys
        if survey.met
    ]
    title = "Critère par critère : ce que peu de contacts laissent savoir"
    told = [(one, survey.channel.id) for survey in surveys for one in survey.met]
    lines = figures("criteres", [line for own in told for line in of_criterion(*own)])
    return Section("criteres", title, _thresholds(grid, standard), tables, figures=lines)


def _criterion_row(own: Compliance, standard: Standard) -> Row:
    measure = own.met
    then = count(own.before) if own.before else "—"
    told = [count(measure), number(own.partly), interval(measure) or "—"]
    known = told if measure.n else ["jamais observé", "—", "—"]
    return Row(measure.label, [*known, then, _origin(own.criterion, standard)])


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


def _times(measure: Measure, met: str = "") -> str:
    """Return « Accueil courtois » 7 fois sur 10."""
    return f"« {measure.label} » {met}{times(measure.counted, measure.base)}"


def _always_and_rarely(found: Sequence[tuple[Compliance, Channel]]) -> list[str]:
    """Name the criteria met by every contact, then those met by fewer than one in two."""
    groups = {
        "Toujours respecté": [own for own in found if own[0].is_always_met],
        "Respecté moins d’une fois sur deux": [own for own in found if own[0].is_rarely_met],
    }
    return [f"{words} : {_by_criterion(chosen)}." for words, chosen in groups.items() if chosen]


def _by_criterion(found: Sequence[tuple[Compliance, Channel]]) -> str:
    """Name each criterion once, with the channels that are told of it."""
    channels_of: dict[str, list[str]] = {}
    for own, channel in found:
        channels_of.setdefault(own.criterion.libelle, []).append(lower_first(channel.libelle))
    return enumeration([f"« {name} » ({', '.join(on)})" for name, on in channels_of.items()])


def delays(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return the reply delays of written contacts, in working days."""
    found = replies(table, grid)
    if not grid.written:
        return Section("delais", "Aucun délai : aucun canal de la grille n’attend de réponse")
    if not found:
        names = enumeration([own.libelle for own in grid.written], "ni")
        return Section("delais", f"Aucun délai : aucun contact retenu ({names})")
    day = ("compte pour zéro", "est le premier jour compté")[grid.delais.jour_envoi]
    sentences = [
        f"En jours ouvrés ; le jour d’envoi {day}. Une réponse par un autre canal compte.",
    ]
    static = Table(
        caption="Réponses aux messages",
        headings=["Canal", "Réponses", "Délai médian"],
        rows=[_replies_row(own) for own in found],
    )
    every = all_replies(found)
    told = f"{plural(every.counted, 'message')} sur {number(every.base)}"
    title = f"{told} {noun(every.counted, 'a', 'ont')} reçu une réponse"
    delays = [one for own in found for one in (own.answered, own.median, own.longest)]
    delays += [
        plain_number("autre_canal", o.elsewhere, "réponses", o.answered.label) for o in found
    ]
    shown = figures("delais", [every, *delays])
    return Section("delais", title, sentences, [static], figures=shown)


def _replies_row(own: Replies) -> Row:
    return Row(
        own.answered.label,
        [count(own.answered), _days(own.median)],
        detail=f"{_days(own.longest)} au plus"
        + (f" ; {number(own.elsewhere)} par un autre canal" if own.elsewhere else ""),
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
        state = confirmed(indicator, standard)
        origin = indicator.origine if indicator else "seuil de la grille"
        note = f" {indicator.note}" if indicator and indicator.note else ""
        found.append(f"Seuil appliqué : {criterion.libelle} ({origin}, {state}).{note}")
    return found
