"""What a reader who stops at the first section takes away, good and bad; the same of all sites."""

from collections.abc import Sequence
from dataclasses import dataclass

from qpref.display.changes import headline_change
from qpref.display.figures import figures
from qpref.display.section import KeyFigure, Section
from qpref.display.wording import VERDICTS, both, interval, margin, value
from qpref.quality.family import Family
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.measure import Measure, best_and_worst
from qpref.statistics.representativeness import Likeness
from qpref.statistics.sample import target_status
from qpref.wording.french import enumeration, noun, number, of, upper_first

_NAMED = 3  # questions named on a side


@dataclass(frozen=True)
class Findings:
    """
    What is known of a site and campaign.

    Parameters
    ----------
    answers, target, precision
        Answers that count, how many were wanted if that was fixed, and the largest margin.
    main
        Overall satisfaction; None where it is not asked.
    weighted, margins
        The same once answers weigh what the passages counted say, and the questions that these are
        counted by; None without passages.
    shares
        Share satisfied of each other question.
    family, before
        Comparisons, and the campaign that they are with.
    likeness, absent
        Whether the sample is like the visitors, and who is too few in it.
    """

    answers: int
    target: int | None
    precision: Measure
    main: Measure | None
    shares: Sequence[Measure]
    family: Family
    before: Campaign | None
    likeness: Likeness
    weighted: Measure | None = None
    margins: Sequence[str] = ()
    absent: Sequence[str] = ()


def headline(found: Findings, questionnaire: Questionnaire, site: str) -> str:
    """Return the title of a page, what was found: the share, and whether it moved; or nothing."""
    main = found.main
    if main is None or not main.is_rated:
        return ""
    told = f"{site} : {value(main)} {of(questionnaire.scale(main.key).favorables)}"
    change = found.family.main(main.key)
    if found.before is None or change is None or not change.change.is_compared:
        return told
    return f"{told}, {_MOVED[change.change.verdict]} depuis {found.before.libelle}"


_MOVED = {
    "mieux": "en hausse",
    "moins_bien": "en baisse",
    "pas_de_difference_etablie": "sans changement établi",
}


def essentials(found: Findings, questionnaire: Questionnaire) -> Section:
    """
    Return the findings, one sentence each: how satisfied, what moved, with what, how sure it is.

    Parameters
    ----------
    found
        What is known.
    questionnaire
        Wording.
    """
    points = [
        *_overall(found, questionnaire),
        *_moves(found, questionnaire),
        *_best_and_worst(found.shares),
        _trust(found),
    ]
    shown = [one for one in (found.main, found.weighted) if one is not None]
    return Section(
        "chiffres-cles",
        "L’essentiel",
        key_figures=points,
        figures=figures("chiffres-cles", shown, is_named=False),
        level=2,
    )


def _overall(found: Findings, questionnaire: Questionnaire) -> list[KeyFigure]:
    """Say what part is satisfied over all, weighted too, and by how much it moved."""
    main, weighted = found.main, found.weighted
    if main is None or not main.n:
        return []
    who = questionnaire.scale(main.key).favorables
    said = f"{of(who) if main.is_rated else who} dans l’ensemble"
    said += f" ({interval(main)})" if interval(main) else ""
    if weighted is not None:
        which = enumeration([f"« {name} »" for name in found.margins])
        said += (
            f" ; {both(weighted)} si les réponses pesaient selon les passages comptés, par {which}"
        )
    return [KeyFigure(value(main), f"{said}."), *_since(found, main.key)]


def _since(found: Findings, main: str) -> list[KeyFigure]:
    """Say by how much overall satisfaction moved, and all questions on average."""
    told = headline_change(found.family, main)
    if told is None or found.before is None or not told[0].is_compared:
        return []
    change, said = told
    mean = found.family.mean
    whole = f" ; en moyenne sur toutes les questions, {both(mean.change)}" if mean else ""
    return [KeyFigure(value(change), f"depuis {found.before.libelle} {said}{whole}.")]


def by_site(found: Sequence[tuple[str, Sequence[Measure]]]) -> Section:
    """
    Return what satisfies most and least at each site, and what is named at all of them.

    Parameters
    ----------
    found
        Sites that have answers, with the share of each question but the main one.
    """
    sentences, named = [], []
    for site, shares in found:
        most, least = best_and_worst(shares, _NAMED)
        if most and least:
            sentences.append(f"{site} : le plus, {_named(most)} ; le moins, {_named(least)}.")
            named.append([{one.label for one in side} for side in (most, least)])
        else:
            sentences.append(f"{site} : aucun sujet ne se détache, ou trop peu d’avis.")
    title = "Ce qui satisfait, et ce qui déplaît"
    if len(named) == len(found) > 1:
        common = [sorted(set.intersection(*sides)) for sides in zip(*named, strict=True)]
        told = [
            f"{words} : {enumeration([f'« {label} »' for label in labels])}"
            for words, labels in zip(
                ("le plus apprécié partout", "le moins apprécié partout"), common, strict=True
            )
            if labels
        ]
        title = upper_first(" ; ".join(told)) or "Ce qui plaît ou déplaît n’est pas partout pareil"
    return Section("points", title, sentences)


def _best_and_worst(shares: Sequence[Measure]) -> list[KeyFigure]:
    """Name what satisfies most and least, where a reader can tell them apart."""
    return [
        KeyFigure(words, f"{_named(side)}.")
        for words, side in zip(
            ("Ce qui satisfait le plus :", "Ce qui satisfait le moins :"),
            best_and_worst(shares, _NAMED),
            strict=True,
        )
        if side
    ]


def _named(found: Sequence[Measure]) -> str:
    return enumeration([f"« {one.label} » ({value(one)})" for one in found])


def _moves(found: Findings, questionnaire: Questionnaire) -> list[KeyFigure]:
    """Say what is better and what is worse than before, and that the rest is not established."""
    moved = [one.change for one in found.family.changes(questionnaire)]
    compared = [one for one in moved if one.is_compared]
    if found.before is None or not compared:
        none = "il n’y a pas de campagne précédente à laquelle comparer ces résultats."
        return [KeyFigure(_CHANGED, none)]
    sides = {
        code: [one for one in compared if one.verdict == code] for code in ("mieux", "moins_bien")
    }
    if not any(sides.values()):
        return [KeyFigure(_CHANGED, "aucun sujet, de façon sûre.")]
    parts = [
        f"{VERDICTS[code]} pour {_named(own)}"
        if own
        else f"aucun sujet n’est {_SURELY[code]} de façon sûre"
        for code, own in sorted(sides.items(), key=lambda side: not side[1])
    ]
    return [KeyFigure(_CHANGED, f"{' ; '.join(parts)}.")]


_CHANGED = "Ce qui a changé :"
_SURELY = {"mieux": "meilleur", "moins_bien": "moins bon"}


def _trust(found: Findings) -> KeyFigure:
    """Say how many answered, how sure a percentage is, and whether they are like the others."""
    said = noun(found.answers, "usager a répondu", "usagers ont répondu")
    if found.target:
        status = target_status(found.answers, found.target)
        said += f" (objectif de {number(found.target)} {status})"
    if not found.precision.is_rated:
        return KeyFigure(number(found.answers), f"{said} : trop peu pour des pourcentages.")
    like = {
        "proche": "ils ressemblent aux usagers venus, pour ce qui a été compté",
        "ecarts": "ils ne ressemblent pas tout à fait aux usagers venus",
        "non_verifiable": "rien ne permet de dire s’ils ressemblent aux usagers venus",
    }[found.likeness]
    named = enumeration([f"« {name} »" for name in found.absent])
    few = f" (trop peu présents : {named})" if named else ""
    sure = f"{margin(found.precision)} au plus sur une question à laquelle tous ont répondu"
    return KeyFigure(number(found.answers), f"{said}, soit {sure} ; {like}{few}.")
