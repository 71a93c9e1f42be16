"""First section of a report: the main findings, good and bad."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qpref.display.changes import headline_change
from qpref.display.figures import figures
from qpref.display.section import KeyFigure, Section
from qpref.display.wording import (
    VERDICTS,
    both,
    interval,
    margin,
    value,
    who_replied,
    with_values,
)
from qpref.quality.beside import plain_number
from qpref.quality.family import Family
from qpref.reference import Audience, Campaign, Questionnaire
from qpref.statistics.measure import Measure, best_and_worst
from qpref.statistics.representativeness import Likeness
from qpref.statistics.sample import target_status
from qpref.statistics.shares import proportion
from qpref.wording.french import NBSP, enumeration, number, of, percent

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
    population
        How many could answer, if that is known and results speak of them alone.
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
    population: int | None = None


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
        _trust(found, questionnaire.public),
    ]
    shown = [one for one in (found.main, found.weighted) if one is not None]
    shown += [replace(found.precision, key="marge")] if found.precision.is_rated else []
    shown += [plain_number("objectif", found.target, "réponses")] if found.target else []
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


def _best_and_worst(shares: Sequence[Measure]) -> list[KeyFigure]:
    """Name what satisfies most and least, where a reader can tell them apart."""
    return [
        KeyFigure(words, f"{with_values(side)}.")
        for words, side in zip(
            ("Ce qui satisfait le plus :", "Ce qui satisfait le moins :"),
            best_and_worst(shares, _NAMED),
            strict=True,
        )
        if side
    ]


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
        f"{VERDICTS[code]} pour {with_values(own)}"
        if own
        else f"aucun sujet n’est {_SURELY[code]} de façon sûre"
        for code, own in sorted(sides.items(), key=lambda side: not side[1])
    ]
    return [KeyFigure(_CHANGED, f"{' ; '.join(parts)}.")]


_CHANGED = "Ce qui a changé :"
_SURELY = {"mieux": "meilleur", "moins_bien": "moins bon"}


def _trust(found: Findings, who: Audience) -> KeyFigure:
    """Say how many answered, how sure a percentage is, and whether they are like the others."""
    said = who_replied(found.answers, who)
    if found.target:
        status = target_status(found.answers, found.target)
        said += f" (objectif de {number(found.target)} {status})"
    if not found.precision.is_rated:
        return KeyFigure(number(found.answers), f"{said} : trop peu pour des pourcentages.")
    if not who.are_users:
        return KeyFigure(number(found.answers), f"{said}{_out_of(found, who)}.")
    like = {
        "proche": "ils ressemblent aux usagers venus, pour ce qui a été compté",
        "ecarts": "ils ne ressemblent pas tout à fait aux usagers venus",
        "non_verifiable": "rien ne permet de dire s’ils ressemblent aux usagers venus",
    }[found.likeness]
    named = enumeration([f"« {name} »" for name in found.absent])
    few = f" (trop peu présents : {named})" if named else ""
    sure = f"{margin(found.precision)} au plus sur une question à laquelle tous ont répondu"
    return KeyFigure(number(found.answers), f"{said}, soit {sure} ; {like}{few}.")


def participation(found: Findings, who: Audience) -> Section:
    """Return what part of another public than visitors answered: nobody counts their passages."""
    if not found.population:
        title = f"Le nombre {of(who.pluriel)} qui pouvaient répondre n’est pas connu"
        return Section(
            "ressemblance", title, [f"Rien ne dit si les autres {who.pluriel} pensent de même."]
        )
    part = proportion(found.answers, found.population, key="population")
    whole = f"{number(found.population)}{NBSP}{who.pluriel}"
    title = f"{percent(part.value)} des {whole} ont répondu"
    return Section(
        "ressemblance",
        title,
        [_FINITE if found.answers < found.population else _CENSUS],
        figures=figures("ressemblance", [part]),
    )


_FINITE = (
    "Les intervalles tiennent compte de cette part ; ils supposent que ceux qui n’ont pas répondu "
    "pensent comme les autres, ce que rien ne vérifie."
)
_CENSUS = "Tous ont répondu : les pourcentages sont les leurs, sans marge."


def _out_of(found: Findings, who: Audience) -> str:
    """Say how many there are of another public than visitors, and what that makes of a margin."""
    every = f" sur {number(found.population)}" if found.population else ""
    if found.population == found.answers:
        return f"{every} : tous les {who.pluriel}, si bien que les pourcentages n’ont pas de marge"
    sure = f"{margin(found.precision)} au plus sur une question à laquelle tous ont répondu"
    return f"{every}, soit {sure} ; rien ne dit si les autres pensent de même"
