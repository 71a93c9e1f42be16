"""Sections on who answered: the number promised, three key figures, the composition."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Bar, KeyFigure, Row, Section, Table, figure_rows
from qpref.display.wording import (
    VERDICTS,
    interval,
    opinions,
    out_of_ten,
    points,
    points_range,
    promise,
    value,
)
from qpref.palette import GOOD, VERY_GOOD
from qpref.quality.answers import satisfied
from qpref.reference import Campaign, Questionnaire, Remark, Site
from qpref.statistics.sample import margin_of_error, target_status
from qpref.wording.french import number, percent, plural

Record = dict[Hashable, Any]


def _margin(n: int) -> str:
    return f"± {number(100 * margin_of_error(n), 1)} points" if n else "sans réponse"


def answers(
    site: Site, campaign: Campaign, counts: list[tuple[Campaign, int]], remark: Remark | None
) -> Section:
    """
    Return how many users answered: the reply to the committee's remark when there is one.

    Parameters
    ----------
    site, campaign
        Of the report.
    counts
        Campaigns in order of time, this one last, with the answers that count.
    remark
        What a member said, if this campaign replies to it.
    """
    now = counts[-1][1]
    target = campaign.objectifs.get(site.id)
    sentences: list[str] = []
    if remark:
        sentences.append(promise(remark))
    if target:
        status = target_status(now, target.valeur)
        sentences.append(
            f"Cette fois, {plural(now, 'usager a répondu', 'usagers ont répondu')} pour un "
            f"objectif de {number(target.valeur)} : l’objectif est {status}."
        )
        title = f"{plural(now, 'usager a répondu', 'usagers ont répondu')} : objectif {status}"
    else:
        title = f"{plural(now, 'usager a répondu', 'usagers ont répondu')}"
        sentences.append("Aucun objectif chiffré n’a été fixé pour ce site et cette campagne.")
    sentences += _what_it_buys(counts)
    names = [c.libelle for c, _ in counts]
    table = Table(
        caption="Réponses exploitables et plus grande marge d’incertitude",
        headings=["Campagne", "Réponses", "Marge"],
        rows=[
            Row(
                label=c.libelle,
                cells=[number(n), _margin(n)],
                detail=f"Objectif : {_target(c, site)}",
                bars=[Bar(0, n / max(1, *(m for _, m in counts)), VERY_GOOD)],
            )
            for c, n in counts
        ],
    )
    figures = figure_rows(
        "repondants",
        "réponses",
        [
            {"indicateur": "repondants", "libelle": name, "n": n, "valeur": n}
            for name, (_, n) in zip(names, counts, strict=True)
        ],
    )
    return Section("repondants", title, sentences, [table], figures=figures)


def _target(campaign: Campaign, site: Site) -> str:
    target = campaign.objectifs.get(site.id)
    return number(target.valeur) if target else "non fixé"


def _what_it_buys(counts: list[tuple[Campaign, int]]) -> list[str]:
    """Say what the number of answers changes, and what it cannot change."""
    now = counts[-1][1]
    if now == 0:
        return []
    gain = ""
    if len(counts) > 1 and counts[-2][1]:
        gain = f", contre {_margin(counts[-2][1])} avec {number(counts[-2][1])} réponses"
    return [
        f"Ce que ce nombre apporte : une marge d’au plus {_margin(now)} sur un pourcentage{gain}. "
        "Cette marge est indicative : elle suppose des usagers interrogés au hasard.",
        "Ce qu’il n’apporte pas : des réponses plus nombreuses ne rendent pas l’échantillon "
        "représentatif si certains publics répondent moins que d’autres. Voyez plus bas "
        "qui a répondu.",
    ]


def key_figures(
    main: Record, change: Record | None, n_answers: int, before: Campaign | None
) -> Section:
    """Return three figures: answers, overall satisfaction, change."""
    share = satisfied(main)
    tenths = out_of_ten(share.value) if share.reliability == "normal" else None
    bounds = f" ({interval(share)})" if interval(share) else ""
    found = [
        KeyFigure(number(n_answers), "réponses exploitables"),
        KeyFigure(
            value(share),
            f"d’usagers satisfaits dans l’ensemble{bounds}, {opinions(share.n or 0)}",
        ),
        _change_figure(change, before),
    ]
    title = f"{tenths.capitalize()} sont satisfaits" if tenths else f"Satisfaction : {value(share)}"
    sentences = [
        "Est compté satisfait un usager « très satisfait » ou « plutôt satisfait ». Les réponses "
        "« sans objet », « ne sait pas » et les questions laissées vides ne comptent pas.",
    ]
    lines = figures("chiffres-cles", [share], is_named=False)
    return Section("chiffres-cles", title, sentences, key_figures=found, figures=lines)


def _change_figure(change: Record | None, before: Campaign | None) -> KeyFigure:
    if change is None or before is None:
        return KeyFigure("—", "pas de campagne précédente à comparer")
    if change["verdict"] == "non_compare":
        return KeyFigure("—", VERDICTS["non_compare"])
    bounds = points_range(change["bas"], change["haut"])
    return KeyFigure(
        points(change["ecart"]),
        f"depuis {before.libelle} ({bounds}) : {VERDICTS[change['verdict']]}",
    )


def profile(
    parts: dict[str, pd.DataFrame],
    questionnaire: Questionnaire,
    n_answers: int,
    visitors: int | None,
    threshold: int,
) -> Section:
    """Return the composition of the sample, small groups merged."""
    sentences = [
        "Les pourcentages portent sur toutes les réponses exploitables. Les groupes de moins de "
        f"{number(threshold)} personnes sont réunis pour que personne ne soit reconnu.",
        "N’ont pas été interrogés : les usagers repartis avant d’être reçus, ceux qui n’ont pas "
        "obtenu de rendez-vous, ceux qui ont refusé de répondre.",
    ]
    if visitors:
        sentences.insert(
            0,
            f"{number(n_answers)} réponses pour {plural(visitors, 'passage compté', 'passages comptés')} "  # noqa: E501
            f"sur la période, soit {percent(n_answers / visitors)}.",
        )
    tables = []
    figures = []
    for name, part in parts.items():
        question = questionnaire.by_id[name]
        tables.append(
            Table(
                caption=question.texte_court,
                headings=["Réponse", "Usagers", "Part"],
                rows=[
                    Row(
                        row["libelle"],
                        [number(row["effectif"]), percent(row["part"])],
                        [Bar(0, row["part"], GOOD)],
                    )
                    for row in part.to_dict("records")
                ],
            )
        )
        figures.append(
            figure_rows(
                "profil",
                "part",
                [
                    {
                        "indicateur": name,
                        "libelle": question.texte_court,
                        "groupe": row["libelle"],
                        "n": n_answers,
                        "effectif": row["effectif"],
                        "valeur": row["part"],
                    }
                    for row in part.to_dict("records")
                ],
            )
        )
    return Section(
        "profil",
        f"Qui sont les {plural(n_answers, 'usager', 'usagers')} qui ont répondu",
        sentences,
        tables,
        figures=pd.concat(figures, ignore_index=True),
    )
