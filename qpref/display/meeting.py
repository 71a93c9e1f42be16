"""Sections of the joint report for a meeting of the committee: all sites, never a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from qpref.display import context
from qpref.display.changes import headline_change
from qpref.display.figures import figures
from qpref.display.opinions import heading as column_of
from qpref.display.opinions import interval_legend, interval_row, what_counts
from qpref.display.progress import outlook
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import VERDICTS, count, count_of, promise, value
from qpref.palette import VERY_GOOD
from qpref.quality.answers import satisfied
from qpref.quality.family import Family
from qpref.quality.likeness import Weighted
from qpref.quality.progress import Forecast, proved_measure
from qpref.reference import (
    Campaign,
    Criterion,
    Labelling,
    MysteryGrid,
    Questionnaire,
    Remark,
    Site,
)
from qpref.statistics.measure import Measure, is_surely_under
from qpref.statistics.sample import target_status
from qpref.statistics.shares import proportion
from qpref.wording.french import (
    enumeration,
    long_date,
    lower_first,
    number,
    of,
    plural,
    upper_first,
)

_WEAK = 0.5  # under one user in two, even with the benefit of the doubt
_HALF_DAYS = (
    "Les fourchettes tiennent compte de ce que les usagers d’une même demi-journée se ressemblent."
)
_NO_RANKING = (
    "Les sites sont dans l’ordre du référentiel local. Leurs publics, leurs démarches et leurs "
    "moyens diffèrent : ce tableau ne les classe pas."
)


@dataclass(frozen=True)
class SiteResults:
    """
    What the joint report says of a site.

    `parts` of this campaign by question, the `family` of its comparisons, the share `weighted` by
    passages and their roles when they are known, the mystery criteria met, `contacts`, the
    `states` of its commitments and their `forecast`, the number of `answers` and of the `late`
    commitments.
    """

    site: Site
    answers: int
    parts: pd.DataFrame
    family: Family
    weighted: tuple[Weighted, Sequence[str]] | None
    contacts: pd.DataFrame
    states: pd.DataFrame
    forecast: Forecast
    late: int


@dataclass(frozen=True)
class Topic:
    """A question worth discussing, and the figure it comes from."""

    site: str
    text: str
    figure: str


def heading(sites: Sequence[Site], campaign: Campaign, *, is_fictional: bool) -> Section:
    """Return the first section: what the report is, for whom, and whether the data are invented."""
    names = enumeration([site.nom_court for site in sites])
    sentences = [
        "Ce document réunit, pour le comité local des usagers, les résultats de "
        f"{plural(len(sites), 'site')} : {names}. Chaque site a aussi ses propres rapports, plus "
        "détaillés."
    ]
    if campaign.contexte:
        sentences.append(campaign.contexte)
    if is_fictional:
        sentences.insert(0, context.INVENTED)
    return Section(
        "en-tete",
        f"Synthèse pour le comité local des usagers, {campaign.libelle}",
        sentences,
        page={
            "titre": f"Synthèse pour le comité — {campaign.libelle}",
            "fictif": is_fictional,
            "sites": [site.id for site in sites],
            "campagne": campaign.id,
        },
        level=1,
    )


def remarks(found: Sequence[tuple[Remark, Site, Campaign, int]]) -> Section:
    """
    Return what members said last time, what was promised, and what was done.

    Parameters
    ----------
    found
        Remark, site, campaign that answers it, answers of that campaign.
    """
    if not found:
        return Section("suites", "Aucune remarque du comité n’attend de réponse")
    sentences = []
    for remark, site, campaign, answers in found:
        target = campaign.objectifs.get(site.id)
        text = (
            f"{site.nom_court}. {promise(remark)} "
            f"{plural(answers, 'usager a répondu', 'usagers ont répondu')}"
        )
        if target:
            status = target_status(answers, target.valeur)
            text += f", pour un objectif de {number(target.valeur)} : objectif {status}"
        sentences.append(f"{text}.")
    title = f"{plural(len(found), 'remarque', 'remarques')} du comité, et ce qui a été fait"
    return Section("suites", title, sentences)


def satisfaction(
    found: Sequence[SiteResults], questionnaire: Questionnaire, before: Campaign | None
) -> Section:
    """Return overall satisfaction at each site, with its interval and its change."""
    main = questionnaire.main
    favourable = questionnaire.scale(main).favorables
    rows, shares, weights = [], [], []
    for one in found:
        own = one.parts.loc[one.parts["question"] == main].to_dict("records")
        if not one.answers or not own:
            rows.append(Row(one.site.nom_court, ["pas d’enquête", "—"]))
            continue
        measure = satisfied(own[0], one.site.nom_court)
        shown = interval_row(measure)
        cells = [number(one.answers), *shown.cells]
        detail = f"{shown.detail}. {_move(one.family, main, before)}"
        if one.weighted:
            weighed = value(one.weighted[0].weighted)
            detail += f" {weighed} si chaque réponse pesait selon les passages comptés."
            weights.append(replace(one.weighted[0].weighted, label=one.site.nom_court))
        rows.append(replace(shown, cells=cells, detail=detail))
        shares.append(measure)
    table = Table(
        f"{upper_first(favourable)} dans l’ensemble, par site",
        ["Site", "Réponses", column_of(favourable)],
        rows,
        legend=interval_legend(favourable),
    )
    total = sum(one.answers for one in found)
    sentences = [_NO_RANKING, what_counts(questionnaire, main), _HALF_DAYS]
    title = f"{plural(total, 'usager a répondu', 'usagers ont répondu')} sur {plural(len(found), 'site')}"  # noqa: E501
    return Section(
        "satisfaction", title, sentences, [table],
        figures=figures("satisfaction", [*shares, *weights]),
    )  # fmt: skip


def _move(family: Family, question: str, before: Campaign | None) -> str:
    told = headline_change(family, question)
    if told is None or before is None or not told[0].is_compared:
        return "Pas de comparaison avec une campagne précédente."
    change, said = told
    return f"Depuis {before.libelle} : {value(change)} {said}."


def established(found: Sequence[SiteResults], questionnaire: Questionnaire) -> Section:
    """Return, site by site, the changes that chance does not explain."""
    sentences, changed = [], []
    for one in found:
        moved = [change for change in _changes(one, questionnaire) if change.is_established]
        mean = one.family.mean
        if mean and mean.change.is_established:
            moved.append(mean.change)
        changed += [replace(change, group=one.site.id, n=None) for change in moved]
        words = [
            f"{lower_first(change.label)} ({VERDICTS[change.verdict]}, {value(change)})"
            for change in moved
        ]
        text = enumeration(words) or "aucun changement établi au-delà du hasard"
        sentences.append(f"{one.site.nom_court} : {text}.")
    count = plural(len(changed), "changement établi", "changements établis")
    title = f"{count} depuis la campagne précédente"
    return Section("changements", title, sentences, figures=figures("changements", changed))


def _changes(found: SiteResults, questionnaire: Questionnaire) -> list[Measure]:
    return [one.change for one in found.family.changes(questionnaire)]


def mystery(found: Sequence[SiteResults], grid: MysteryGrid) -> Section:
    """Return the mystery criteria met, as counts, a column a site."""
    names, counted = [one.site.nom_court for one in found], [_by_criterion(one) for one in found]
    tables, shown = [], []
    for channel in grid.canaux:
        lines = []
        for criterion in grid.criteres:
            met = [
                _met(one.site, channel.id, criterion, *own.get((channel.id, criterion.id), (0, 0)))
                for one, own in zip(found, counted, strict=True)
            ]
            seen = [share for share in met if share.n]
            if seen:
                cells = [count(share) if share.n else "—" for share in met]
                lines.append(Row(criterion.libelle, cells))
                shown += seen
        if lines:
            headings = ["Critère respecté", *names]
            tables.append(Table(channel.libelle, headings, lines, is_stacked=True))
    sentences = [
        "Des évaluateurs se sont présentés comme des usagers ordinaires. Ces contacts sont peu "
        "nombreux : « 7 sur 10 » alerte, il ne mesure pas, et ne classe pas les sites. Les "
        "intervalles sont dans les rapports de chaque site.",
    ]
    title = "Enquêtes mystères : critères respectés, contact par contact"
    return Section("mystere", title, sentences, tables, figures=figures("mystere", shown))


def _by_criterion(found: SiteResults) -> dict[tuple[str, str], tuple[int, int]]:
    """Return contacts that met each criterion, and those judged, by channel and criterion."""
    table = found.contacts
    places = zip(table["canal"], table["critere"], strict=True)
    return dict(zip(places, zip(table["conformes"], table["n"], strict=True), strict=True))


def _met(site: Site, channel: str, criterion: Criterion, met: int, judged: int) -> Measure:
    """Return how often a site met a criterion on a channel."""
    return proportion(
        met,
        judged,
        key=criterion.id,
        label=criterion.libelle,
        group=f"{site.id}, {channel}",
    )


def labelling(found: Sequence[SiteResults], followed: Labelling) -> Section:
    """Return, site by site, the commitments proved and the outlook for the label."""
    due = followed.label_avant.valeur
    rows, shown = [], []
    for one in found:
        done = proved_measure(one.states, one.site.nom_court)
        late = plural(one.late, "engagement en retard", "engagements en retard")
        detail = f"À temps pour le label : {outlook(one.forecast, due)} ; {late}"
        told, bars = count_of(done.value, done.n or 0), [bar(done, VERY_GOOD, full=done.n or 1)]
        rows.append(Row(done.label, [told], bars, detail))
        shown.append(done)
    sentences = [
        f"Le label est attendu avant le {long_date(due)}. Chaque site choisit ses modules et aura "
        "son propre label : les nombres d’engagements ne se comparent pas.",
    ]
    table = Table("Engagements dont la preuve est réunie", ["Site", "Prouvés"], rows)
    counts = [f"{row.label}, {row.cells[0]}" for row in rows]
    title = f"Engagements prouvés : {' ; '.join(counts)}"
    lines = figures("labellisation", shown)
    return Section("labellisation", title, sentences, [table], figures=lines)


def questions(found: Sequence[Topic], *, most: int) -> Section:
    """Return questions worth discussing, each with the figure it comes from."""
    if not found:
        return Section("questions", "Aucun résultat n’appelle de question particulière")
    rows = [Row(f"{q.site} : {q.text}", [q.figure]) for q in found[:most]]
    table = Table("Questions proposées à la discussion", ["Question", "Résultat"], rows)
    left = len(found) - len(rows)
    sentences = ["Elles viennent des résultats ; le comité peut en poser d’autres."]
    if left:
        sentences.append(f"{plural(left, 'autre')} : voyez les rapports de chaque site.")
    return Section(
        "questions",
        plural(len(rows), "question à discuter", "questions à discuter"),
        sentences,
        [table],
    )


def worst_questions(
    found: SiteResults, questionnaire: Questionnaire, grid: MysteryGrid, weak: pd.DataFrame
) -> list[Topic]:
    """
    Return the questions that a site's results raise.

    Parameters
    ----------
    found
        Results of the site.
    questionnaire, grid
        Wording.
    weak
        Mystery criteria surely met less than one time in two.
    """
    raised = [
        *_about_contacts(weak, grid),
        *_about_changes(_changes(found, questionnaire)),
        *_about_shares(found.parts, questionnaire),
    ]
    if found.late:
        late = plural(found.late, "en retard", "en retard")
        raised.append(("comment rattraper les engagements en retard ?", late))
    return [Topic(found.site.nom_court, text, figure) for text, figure in raised]


def _about_contacts(weak: pd.DataFrame, grid: MysteryGrid) -> list[tuple[str, str]]:
    names = {criterion.id: criterion.libelle for criterion in grid.criteres}
    return [
        (
            f"pourquoi « {names[row['critere']]} » est-il si rarement respecté "
            f"({lower_first(grid.channel(row['canal']).libelle)}) ?",
            count_of(row["conformes"], row["n"]),
        )
        for row in weak.to_dict("records")
    ]


def _about_changes(changed: Sequence[Measure]) -> list[tuple[str, str]]:
    return [
        (f"que s’est-il passé pour « {change.label} » ?", value(change))
        for change in changed
        if change.verdict == "moins_bien"
    ]


def _about_shares(parts: pd.DataFrame, questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [
        (
            f"que faire pour « {questionnaire.by_id[share.key].texte_court} », où la part "
            f"{of(questionnaire.scale(share.key).favorables)} est de moins de la moitié ?",
            value(share),
        )
        for share in map(satisfied, parts.to_dict("records"))
        if is_surely_under(share, _WEAK)
    ]
