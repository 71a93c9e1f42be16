"""What a reader who stops at the first section takes away, good and bad."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qpref.display.changes import verdict_told
from qpref.display.section import Section
from qpref.display.wording import VERDICTS, margin, value, with_values
from qpref.quality.family import Family
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.measure import Measure, best_and_worst
from qpref.statistics.representativeness import Likeness
from qpref.statistics.sample import target_status
from qpref.wording.french import enumeration, number, plural, upper_first

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
    shares
        Share satisfied of each other question.
    family, before
        Comparisons, and the campaign that they are with.
    likeness, absent
        Whether the sample is like the visitors, and who is too few in it.
    actions
        What the measures of the actions decided say.
    """

    answers: int
    target: int | None
    precision: Measure
    main: Measure | None
    shares: Sequence[Measure]
    family: Family
    before: Campaign | None
    likeness: Likeness
    absent: Sequence[str] = ()
    actions: Sequence[Measure] = ()


def essentials(found: Findings, questionnaire: Questionnaire, base: Section) -> Section:
    """
    Return the findings, one sentence each: how satisfied, with what, what moved, how sure it is.

    Parameters
    ----------
    found
        What is known.
    questionnaire
        Wording.
    base
        The key figures, whose sentences come last: the weighted share.
    """
    sentences = [
        *_best_and_worst(found.shares),
        *_moves(found, questionnaire),
        _trust(found),
        *_actions(found.actions),
    ]
    title = _title(found, questionnaire) if found.main else base.title
    return replace(base, title=title, sentences=[*sentences, *base.sentences])


def _title(found: Findings, questionnaire: Questionnaire) -> str:
    """Return the share satisfied, and whether it changed."""
    main = found.main
    if main is None:
        return ""
    who = questionnaire.scale(main.key).favorables
    told = f"{upper_first(who)} dans l’ensemble : {value(main)}"
    change = found.family.main(main.key)
    if change is None or found.before is None or not change.change.is_compared:
        return told
    words = {
        "mieux": "en hausse depuis",
        "moins_bien": "en baisse depuis",
        "pas_de_difference_etablie": "sans changement établi depuis",
    }
    return f"{told}, {words[change.change.verdict]} {found.before.libelle}"


def _best_and_worst(shares: Sequence[Measure]) -> list[str]:
    """Name what satisfies most and least, where a reader can tell them apart."""
    return [
        f"{words} : {with_values(side)}."
        for words, side in zip(
            ("Ce qui satisfait le plus", "Ce qui satisfait le moins"),
            best_and_worst(shares, _NAMED),
            strict=True,
        )
        if side
    ]


def _moves(found: Findings, questionnaire: Questionnaire) -> list[str]:
    """Say what is better and what is worse than before, and that the rest is not established."""
    moved = [one.change for one in found.family.changes(questionnaire)]
    compared = [one for one in moved if one.is_compared]
    if found.before is None or not compared:
        return ["Il n’y a pas de campagne précédente à laquelle comparer ces résultats."]
    sides = {
        code: [one for one in compared if one.verdict == code] for code in ("mieux", "moins_bien")
    }
    since = f"Depuis {found.before.libelle}"
    if not any(sides.values()):
        return [f"{since}, aucun sujet n’a changé de façon sûre.{_on_average(found.family)}"]
    parts = [f"{VERDICTS[code]} pour {with_values(own)}" for code, own in sides.items() if own]
    none = next((code for code, own in sides.items() if not own), None)
    rest = f" ; aucun sujet n’est {_SURELY[none]} de façon sûre" if none else ""
    return [f"{since}, {' ; '.join(parts)}{rest}.{_on_average(found.family)}"]


_SURELY = {"mieux": "meilleur", "moins_bien": "moins bon"}


def _on_average(family: Family) -> str:
    mean = family.mean
    if mean is None:
        return ""
    return f" En moyenne sur toutes les questions : {verdict_told(mean.change)}."


def _trust(found: Findings) -> str:
    """Say how many answered, how sure a percentage is, and whether they are like the others."""
    said = plural(found.answers, "usager a répondu", "usagers ont répondu")
    if found.target:
        status = target_status(found.answers, found.target)
        said += f" (objectif de {number(found.target)} {status})"
    if not found.precision.is_rated:
        return f"{said} : trop peu pour des pourcentages."
    like = {
        "proche": "ils ressemblent aux usagers venus, pour ce qui a été compté",
        "ecarts": "ils ne ressemblent pas tout à fait aux usagers venus",
        "non_verifiable": "rien ne permet de dire s’ils ressemblent aux usagers venus",
    }[found.likeness]
    named = enumeration([f"« {name} »" for name in found.absent])
    few = f" (trop peu présents : {named})" if named else ""
    sure = f"{margin(found.precision)} au plus sur une question à laquelle tous ont répondu"
    return f"{said}, soit {sure} ; {like}{few}."


def _actions(found: Sequence[Measure]) -> list[str]:
    if not found:
        return []
    better = sum(one.verdict == "mieux" for one in found)
    decided = plural(len(found), "action décidée", "actions décidées")
    progress = "aucune n’a encore fait progresser sa mesure"
    if better:
        verb = "a fait progresser sa mesure" if better == 1 else "ont fait progresser leur mesure"
        progress = f"{number(better)} {verb}"
    return [f"{decided} après la campagne précédente : {progress} de façon établie."]
