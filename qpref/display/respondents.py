"""Sections on who answered: target, three key figures, composition."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qpref.display.changes import headline_change
from qpref.display.figures import figures
from qpref.display.opinions import what_counts
from qpref.display.replies import groups_told
from qpref.display.section import KeyFigure, Row, Section, Table, left_out
from qpref.display.wording import (
    interval,
    margin,
    opinions,
    out_of_ten,
    promise,
    replied,
    value,
)
from qpref.quality.answers import received, satisfied
from qpref.quality.beside import plain_number
from qpref.quality.family import Family
from qpref.quality.profile import groups
from qpref.reference import Audience, Campaign, Questionnaire, Remark
from qpref.statistics.measure import Measure
from qpref.statistics.sample import target_status
from qpref.statistics.shares import proportion
from qpref.wording.french import (
    number,
    of,
    percent,
    plural,
    upper_first,
)

Record = dict[Hashable, Any]


def answers(
    target: int | None,
    margins: Sequence[tuple[Campaign, Measure]],
    remark: Remark | None,
    who: Audience,
    *,
    is_brief: bool = False,
) -> Section:
    """
    Return how many users answered: the reply to the committee's remark when there is one.

    Parameters
    ----------
    target
        Answers promised, if a number was.
    margins
        Campaigns in order of time, this one last, with `statistics.shares.largest_margin` of their
        answers.
    remark
        What a member said, if this campaign replies to it.
    who
        Whom the questionnaire was put to.
    is_brief
        Whether to leave out what the number of answers changes.
    """
    now = margins[-1][1].base
    title = replied(now, who)
    if target:
        title += f" : objectif {target_status(now, target)}"
    said = [promise(remark)] if remark else []
    bought = [] if is_brief else _what_it_buys([margin for _, margin in margins], who)
    found = [received(one.libelle, largest.base) for one, largest in margins]
    if bought:
        found += [
            replace(largest, key="marge", label=one.libelle)
            for one, largest in margins[-2:]
            if largest.is_rated
        ]
    found += [plain_number("objectif", target, "réponses")] if target else []
    return Section(
        "repondants",
        title,
        [*said, _reply(margins, target, who), *bought],
        figures=figures("repondants", found),
    )


def _reply(margins: Sequence[tuple[Campaign, Measure]], target: int | None, who: Audience) -> str:
    """Say how many answered, beside the previous campaign and what was wanted."""
    *earlier, (_, now) = margins
    said = f"Cette fois, {replied(now.base, who)}"
    if earlier:
        before, largest = earlier[-1]
        said += f", contre {number(largest.base)} en {before.libelle}"
    if target:
        return f"{said}, pour un objectif de {number(target)}."
    return f"{said}. Aucun objectif chiffré n’a été fixé pour ce site et cette campagne."


def _what_it_buys(margins: Sequence[Measure], who: Audience) -> list[str]:
    """Say what the number of answers changes, and what it cannot change."""
    *earlier, now = margins
    if not now.n:
        return []
    told = _precision(now, earlier[-1] if earlier else None, who)
    more = "Interroger plus de monde ne rend pas l’échantillon représentatif"
    return [f"{told} {more} : voyez plus bas qui a répondu."]


def _precision(now: Measure, before: Measure | None, who: Audience) -> str:
    """Say how far a percentage may be, of which questions, and what that supposes."""
    if not now.is_rated:
        return "C’est trop peu pour calculer un pourcentage ; les avis sont comptés."
    if not now.value:
        every = f"{who.pluriel} venus" if who.are_users else who.pluriel
        return f"Tous les {every} ont répondu ; leurs pourcentages n’ont pas de marge."
    gain = ""
    if before and before.is_rated:
        gain = f", contre {margin(before)} avec {plural(before.base, 'réponse')}"
    return (
        f"La marge est d’au plus {margin(now)} sur une question à laquelle tous ont répondu{gain}"
        f" ; elle suppose des {who.pluriel} interrogés au hasard."
    )


def key_figures(
    main: Record,
    family: Family,
    n_answers: int,
    before: Campaign | None,
    questionnaire: Questionnaire,
) -> Section:
    """
    Return three figures: answers, overall satisfaction, change.

    Parameters
    ----------
    main
        Row of overall satisfaction.
    family
        Comparisons of the site and campaign.
    n_answers, before
        Answers that count, and the campaign that they may be compared with.
    questionnaire
        Wording.
    """
    share = satisfied(main)
    favourable = questionnaire.scale(share.key).favorables
    tenths = out_of_ten(share.value, favourable) if share.reliability == "normal" else None
    bounds = f" ({interval(share)})" if interval(share) else ""
    found = [
        KeyFigure(number(n_answers), "réponses exploitables"),
        KeyFigure(
            value(share),
            f"{of(favourable)} dans l’ensemble{bounds}, {opinions(share.base)}",
        ),
        _change_figure(family, share.key, before),
    ]
    title = upper_first(tenths or f"{favourable} dans l’ensemble : {value(share)}")
    sentences = [what_counts(questionnaire, share.key)]
    lines = figures("chiffres-cles", [share], is_named=False)
    return Section("chiffres-cles", title, sentences, key_figures=found, figures=lines)


def _change_figure(family: Family, main: str, before: Campaign | None) -> KeyFigure:
    told = headline_change(family, main)
    if told is None or before is None:
        return KeyFigure("—", "pas de campagne précédente à comparer")
    change, said = told
    if not change.is_compared:
        return KeyFigure("—", said)
    return KeyFigure(value(change), f"depuis {before.libelle} {said}")


def profile(
    parts: dict[str, pd.DataFrame],
    questionnaire: Questionnaire,
    n_answers: int,
    visitors: int | None,
    threshold: int,
) -> Section:
    """
    Return the composition of the sample, small groups merged.

    Parameters
    ----------
    parts
        Of `quality.profile.composition`, by question.
    questionnaire
        Wording.
    n_answers, visitors
        Answers that count, and passages counted if they were.
    threshold
        Size under which a group is not shown alone.
    """
    who = questionnaire.public
    sentences, flow = [_NOT_ASKED] if who.are_users else [], list[Measure]()
    if visitors:
        passages = plural(visitors, "passage compté", "passages comptés")
        asked = proportion(n_answers, visitors, key="passages")
        flow = [asked, plain_number("passages", visitors, "passages")]
        part = percent(asked.value)
        first = f"{plural(n_answers, 'réponse')} pour {passages} sur la période, soit {part}."
        if visitors < n_answers:
            first = (
                f"{plural(n_answers, 'réponse')} pour {passages} seulement : le comptage des "
                "passages est incomplet, et aucun taux n’en est tiré."
            )
        sentences.insert(0, first)
    labels = {name: questionnaire.by_variable[name].texte_court for name in parts}
    found = {name: groups(part, name, labels[name], n_answers) for name, part in parts.items()}
    rows = [Row(labels[name], [], detail=groups_told(own)) for name, own in found.items()]
    caption = f"Part de chaque groupe ; ceux de moins de {number(threshold)} personnes sont réunis"
    tables = [Table(caption, ["Groupes"], rows)] if rows else []
    return Section(
        "profil",
        f"Qui sont les {plural(n_answers, who.singulier, who.pluriel)} qui ont répondu",
        sentences,
        tables,
        figures=figures("profil", [*flow, *(one for own in found.values() for one in own)]),
    )


NO_GROUP = "le questionnaire ne demande rien qui fasse des groupes"
NO_PUBLIC = "le questionnaire ne demande ni catégorie, ni retraite, ni aisance avec internet"
NO_PROFILE = left_out("profil", NO_GROUP)
_NOT_ASKED = (
    "N’ont pas été interrogés : les usagers repartis avant d’être reçus, ceux qui n’ont pas "
    "obtenu de rendez-vous, ceux qui ont refusé de répondre."
)


def in_brief(profile: Section) -> Section:
    """Return a profile without its table."""
    said = ["Leur profil est dans les analyses détaillées."] if profile.tables else []
    return replace(profile, sentences=[*profile.sentences, *said], tables=[])
