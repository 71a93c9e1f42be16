"""Sections of the joint report for a meeting of the committee: all sites, never a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from qpref.display import context
from qpref.display.figures import figures
from qpref.display.opinions import heading as column_of
from qpref.display.opinions import what_counts
from qpref.display.progress import outlook
from qpref.display.section import QUARTERS, Row, Section, Table, bar
from qpref.display.topics import topic_legend, topic_row
from qpref.display.wording import (
    FOLLOW_UP,
    SURVEY,
    bare,
    chart_note,
    count,
    count_of,
    promise,
    read_aloud,
    replied,
    value,
)
from qpref.palette import VERY_GOOD
from qpref.quality.answers import satisfied
from qpref.quality.beside import of_answers, plain_number
from qpref.quality.family import Family
from qpref.quality.likeness import Weighted
from qpref.quality.progress import Forecast, proved_measure
from qpref.reference import (
    Audience,
    Campaign,
    Criterion,
    Labelling,
    MysteryGrid,
    Questionnaire,
    Remark,
    Site,
)
from qpref.statistics.measure import Measure
from qpref.statistics.records import records
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

_HALF = 0.5  # of the contacts
_NO_RANKING = (
    "Publics, démarches et moyens diffèrent d’un site à l’autre : ce tableau ne les classe pas."
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


def heading(sites: Sequence[Site], campaign: Campaign, *, is_fictional: bool) -> Section:
    """Return the first section: what the report is, for whom, and whether the data are invented."""
    names = enumeration([site.nom_court for site in sites])
    sentences = [f"Sites réunis : {names}. Chacun a aussi ses propres rapports, plus détaillés."]
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
    sentences, lines = [], list[Measure]()
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
        lines.append(plain_number("reponses", answers, "réponses", site.nom_court))
        lines += (
            [plain_number("objectif", target.valeur, "réponses", site.nom_court)] if target else []
        )
    title = f"{plural(len(found), 'remarque', 'remarques')} du comité, et ce qui a été fait"
    return Section("suites", title, sentences, figures=figures("suites", lines))


def satisfaction(
    found: Sequence[SiteResults], questionnaire: Questionnaire, before: Campaign | None
) -> Section:
    """Return overall satisfaction at each site: its interval, what it was, whether it changed."""
    main = questionnaire.main
    favourable = questionnaire.scale(main).favorables
    rows, shares, weights, moves = list[Row](), [], [], []
    for one in found:
        own = records(one.parts.loc[one.parts["question"] == main])
        if not one.answers or not own:
            rows.append(Row(one.site.nom_court, ["pas d’enquête", *(["—"] if before else []), "—"]))
            continue
        measure, move = satisfied(own[0], one.site.nom_court), one.family.main(main)
        moves += [move] if move else []
        row = topic_row(measure, move, has_before=before is not None)
        detail = row.detail
        if one.weighted:
            weighed = replace(one.weighted[0].weighted, label=one.site.nom_court)
            detail = f"{detail + '. ' if detail else ''}{value(weighed)} selon les passages comptés"
            weights.append(weighed)
        rows.append(replace(row, cells=[*row.cells, number(one.answers)], detail=detail))
        shares.append(measure)
    table = Table(
        f"{upper_first(favourable)} dans l’ensemble, par site",
        ["Site", column_of(favourable), *(["Avant"] if before else []), "Réponses"],
        rows,
        legend=topic_legend(moves, before),
        ticks=QUARTERS,
        note=_satisfaction_note(shares, favourable, what_counts(questionnaire, main)),
    )
    title = _satisfaction_title(found, shares, favourable, questionnaire.public)
    answered = [(one.site.nom_court, one.answers, one.family.main(main)) for one in found]
    return Section(
        "satisfaction", title, [], [table],
        figures=figures("satisfaction", [*shares, *weights, *of_answers(answered)]),
    )  # fmt: skip


def _satisfaction_note(shares: Sequence[Measure], favourable: str, counted: str) -> str:
    told = f"{{value}} {of(favourable)} à {{label}}"
    read = read_aloud(shares, "avis exprimés", SURVEY, told)
    return " ".join([read, _NO_RANKING, counted]).strip()


def _satisfaction_title(
    found: Sequence[SiteResults], shares: Sequence[Measure], favourable: str, who: Audience
) -> str:
    """Return how many answered, and from what share to what share sites go: never which."""
    total = sum(one.answers for one in found)
    told = f"{replied(total, who)} sur {plural(len(found), 'site')}"
    rated = sorted((one for one in shares if one.is_rated), key=lambda one: one.value)
    if not rated:
        return told
    low, high = rated[0], rated[-1]
    between = f"{bare(low)} à {value(high)}" if low.printed != high.printed else value(low)
    return f"{told} : {between} {of(favourable)}"


def mystery(found: Sequence[SiteResults], grid: MysteryGrid) -> Section:
    """Return the criteria met by fewer than one contact in two somewhere, a column a site."""
    names, counted = [one.site.nom_court for one in found], [_by_criterion(one) for one in found]
    rows, shown, always = list[Row](), [], list[str]()
    for channel in grid.canaux:
        for criterion in grid.criteres:
            met = [
                _met(one.site, channel.id, criterion, *own.get((channel.id, criterion.id), (0, 0)))
                for one, own in zip(found, counted, strict=True)
            ]
            seen = [share for share in met if share.n]
            shown += seen
            name = f"« {criterion.libelle} » ({lower_first(channel.libelle)})"
            always += [name] if seen and all(one.count == one.n for one in seen) else []
            if any(share.value < _HALF for share in seen):
                rows.append(Row(name, [count(one) if one.n else "—" for one in met]))
    caption = "Contacts où le critère est respecté, parmi ceux où il pouvait l’être"
    headings = ["Critère", *names]
    said = f"Toujours respecté, partout : {enumeration(always)}."
    weak = plural(len(rows), "critère respecté", "critères respectés")
    title = f"{weak} moins d’une fois sur deux, sur un site au moins"
    if not rows:
        title = "Aucun critère n’est manqué plus d’une fois sur deux" if shown else _NO_CONTACT
    return Section(
        "mystere",
        title,
        [*([said] if always else []), *([_FEW_CONTACTS] if shown else [])],
        [Table(caption, headings, rows, is_stacked=True)] if rows else [],
        figures=figures("mystere", shown),
    )


_NO_CONTACT = "Aucun contact mystère pour cette campagne"
_FEW_CONTACTS = "Quelques contacts alertent : ils ne mesurent pas, et ne classent pas les sites."


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
        detail = f"{upper_first(outlook(one.forecast, due))} ; {late}"
        told, bars = count_of(done.value, done.base), [bar(done, VERY_GOOD, full=done.base or 1)]
        rows.append(Row(done.label, [told], bars, detail))
        shown.append(done)
    sentences = [
        "Chaque site choisit ses modules et aura son propre label : ces nombres ne se comparent "
        "pas.",
    ]
    caption = f"Engagements prouvés ; seront-ils tous à temps pour le {long_date(due)} ?"
    note = chart_note(
        f"{rows[0].cells[0]} à {rows[0].label}", "engagements des modules choisis", FOLLOW_UP
    )
    table = Table(caption, ["Site", "Prouvés"], rows, note=note)
    counts = [f"{row.label}, {row.cells[0]}" for row in rows]
    title = f"Engagements prouvés : {' ; '.join(counts)}"
    lines = figures("labellisation", shown)
    return Section("labellisation", title, sentences, [table], figures=lines)
