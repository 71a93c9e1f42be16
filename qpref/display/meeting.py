"""Sections of the joint report for a meeting of the committee: all sites, never a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from qpref.display import context
from qpref.display.opinions import INTERVAL_LEGEND, interval_row, share_row
from qpref.display.progress import outlook
from qpref.display.section import VERY_GOOD, Bar, Row, Section, Table, figure_rows
from qpref.display.wording import VERDICTS, count_of, points, points_range, promise
from qpref.quality.progress import Forecast, proved
from qpref.reference import Campaign, Labelling, MysteryGrid, Questionnaire, Remark, Site
from qpref.statistics.sample import target_status
from qpref.wording.french import enumeration, long_date, lower_first, number, percent, plural

_ENOUGH, _WEAK = 30, 0.5  # opinions; under one user in two, even with the benefit of the doubt
_NO_RANKING = (
    "Les sites sont dans l’ordre du référentiel local. Leurs publics, leurs démarches et leurs "
    "moyens diffèrent : ce tableau ne les classe pas."
)


@dataclass(frozen=True)
class SiteResults:
    """
    What the joint report says of a site.

    `parts` of this campaign by question, `moves` since the previous one (may be empty), the mystery
    criteria met, `contacts`, the `states` of its commitments and their `forecast`, the number of
    `answers` and of the `late` commitments.
    """

    site: Site
    answers: int
    parts: pd.DataFrame
    moves: pd.DataFrame
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
    main = questionnaire.main.id
    rows, figures = [], []
    for one in found:
        own = one.parts.loc[one.parts["question"] == main].to_dict("records")
        if not one.answers or not own:
            rows.append(Row(one.site.nom_court, ["pas d’enquête", "—"]))
            continue
        row = own[0]
        shown = interval_row(one.site.nom_court, row)
        cells = [number(one.answers), *shown.cells]
        detail = f"{shown.detail}. {_move(one.moves, main, before)}"
        rows.append(replace(shown, cells=cells, detail=detail))
        figures.append(share_row(row, one.site.nom_court))
    table = Table(
        "Usagers satisfaits dans l’ensemble, par site",
        ["Site", "Réponses", "Satisfaits"],
        rows,
        legend=INTERVAL_LEGEND,
    )
    total = sum(one.answers for one in found)
    sentences = [
        _NO_RANKING,
        "Est compté satisfait un usager « très satisfait » ou « plutôt satisfait ».",
    ]
    title = f"{plural(total, 'usager a répondu', 'usagers ont répondu')} sur {plural(len(found), 'site')}"  # noqa: E501
    return Section(
        "satisfaction", title, sentences, [table],
        figures=figure_rows("satisfaction", "part", figures),
    )  # fmt: skip


def _move(moves: pd.DataFrame, question: str, before: Campaign | None) -> str:
    own = moves.loc[moves["question"] == question].to_dict("records") if len(moves) else []
    if not own or before is None or own[0]["verdict"] == "non_compare":
        return "Pas de comparaison avec une campagne précédente."
    row = own[0]
    return (
        f"Depuis {before.libelle} : {VERDICTS[row['verdict']]} ({points(row['ecart'])}, "
        f"{points_range(row['bas'], row['haut'])})."
    )


def established(found: Sequence[SiteResults], questionnaire: Questionnaire) -> Section:
    """Return, site by site, the changes that chance does not explain."""
    sentences, figures = [], []
    for one in found:
        moved = one.moves.loc[one.moves["verdict"].isin(["mieux", "moins_bien"])]
        figures += [
            {
                "indicateur": row["question"],
                "libelle": questionnaire.by_id[row["question"]].texte_court,
                "groupe": one.site.id,
                "valeur": row["ecart"],
                "bas": row["bas"],
                "haut": row["haut"],
            }
            for row in moved.to_dict("records")
        ]
        words = [
            f"{lower_first(questionnaire.by_id[r['question']].texte_court)} "
            f"({VERDICTS[r['verdict']]}, {points(r['ecart'])})"
            for r in moved.to_dict("records")
        ]
        text = enumeration(words) or "aucun changement établi au-delà du hasard"
        sentences.append(f"{one.site.nom_court} : {text}.")
    count = len(figures)
    title = (
        f"{plural(count, 'changement établi', 'changements établis')} depuis la campagne précédente"
    )
    return Section(
        "changements", title, sentences, figures=figure_rows("changements", "écart", figures)
    )


def mystery(found: Sequence[SiteResults], grid: MysteryGrid) -> Section:
    """Return the mystery criteria met, as counts, a column a site."""
    tables, figures = [], []
    for channel in grid.canaux:
        lines = []
        for criterion in grid.criteres:
            counts = [_met(one.contacts, channel.id, criterion.id) for one in found]
            if not any(n for _, n in counts):
                continue
            cells = [count_of(k, n) if n else "—" for k, n in counts]
            lines.append(Row(criterion.libelle, cells))
            figures += [
                {
                    "indicateur": criterion.id,
                    "libelle": criterion.libelle,
                    "groupe": f"{one.site.id}, {channel.id}",
                    "n": n,
                    "effectif": k,
                    "valeur": k / n,
                }
                for one, (k, n) in zip(found, counts, strict=True)
                if n
            ]
        if lines:
            names = [one.site.nom_court for one in found]
            tables.append(
                Table(channel.libelle, ["Critère respecté", *names], lines, is_stacked=True)
            )
    sentences = [
        "Des évaluateurs se sont présentés comme des usagers ordinaires. Ces contacts sont peu "
        "nombreux : « 7 sur 10 » alerte, il ne mesure pas, et ne classe pas les sites. Les "
        "intervalles sont dans les rapports de chaque site.",
    ]
    title = "Enquêtes mystères : critères respectés, contact par contact"
    return Section(
        "mystere", title, sentences, tables, figures=figure_rows("mystere", "part", figures)
    )


def _met(table: pd.DataFrame, channel: str, criterion: str) -> tuple[int, int]:
    own = table.loc[(table["canal"] == channel) & (table["critere"] == criterion)]
    return int(own["conformes"].sum()), int(own["n"].sum())


def labelling(found: Sequence[SiteResults], followed: Labelling) -> Section:
    """Return, site by site, the commitments proved and the outlook for the label."""
    due = followed.label_avant.valeur
    rows, figures = [], []
    for one in found:
        done, n = proved(one.states)
        late = plural(one.late, "engagement en retard", "engagements en retard")
        rows.append(
            Row(
                one.site.nom_court,
                [count_of(done, n)],
                [Bar(0, done / max(n, 1), VERY_GOOD)],
                f"À temps pour le label : {outlook(one.forecast, due)} ; {late}",
            )
        )
        figures.append(
            {"indicateur": "prouves", "libelle": one.site.nom_court, "n": n, "valeur": done}
        )
    sentences = [
        f"Le label est attendu avant le {long_date(due)}. Chaque site choisit ses modules et aura "
        "son propre label : les nombres d’engagements ne se comparent pas.",
    ]
    table = Table("Engagements dont la preuve est réunie", ["Site", "Prouvés"], rows)
    counts = [f"{row.label}, {row.cells[0]}" for row in rows]
    title = f"Engagements prouvés : {' ; '.join(counts)}"
    return Section(
        "labellisation", title, sentences, [table],
        figures=figure_rows("labellisation", "engagements", figures),
    )  # fmt: skip


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
    name = found.site.nom_court
    criteria = {criterion.id: criterion.libelle for criterion in grid.criteres}
    raised = [
        Topic(
            name,
            f"pourquoi « {criteria[r['critere']]} » est-il si rarement respecté "
            f"({lower_first(grid.channel(r['canal']).libelle)}) ?",
            count_of(r["conformes"], r["n"]),
        )
        for r in weak.to_dict("records")
    ]
    fallen = found.moves.loc[found.moves["verdict"] == "moins_bien"]
    raised += [
        Topic(
            name,
            f"que s’est-il passé pour « {questionnaire.by_id[r['question']].texte_court} » ?",
            points(r["ecart"]),
        )
        for r in fallen.to_dict("records")
    ]
    low = found.parts.loc[(found.parts["n"] >= _ENOUGH) & (found.parts["haut"] < _WEAK)]
    raised += [
        Topic(
            name,
            f"que faire pour « {questionnaire.by_id[r['question']].texte_court} », où moins d’un "
            "usager sur deux est satisfait ?",
            percent(r["part"]),
        )
        for r in low.to_dict("records")
    ]
    if found.late:
        raised.append(
            Topic(
                name,
                "comment rattraper les engagements en retard ?",
                plural(found.late, "en retard", "en retard"),
            )
        )
    return raised
