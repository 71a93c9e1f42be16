"""Sections on the fieldwork: answers so far, pace, forecast of the last day."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isnan

from qpref.display.section import Bar, KeyFigure, Row, Section, Table, figure_rows
from qpref.display.wording import out_of_ten
from qpref.palette import GOOD, VERY_GOOD
from qpref.statistics.fieldwork import Progress
from qpref.wording.french import long_date, number, percent, plural

_OUTLOOKS = (
    (0.95, "objectif presque sûr"),
    (0.5, "objectif probable"),
    (0.05, "objectif incertain"),
    (0.0, "objectif hors d’atteinte à ce rythme"),
)


def outlook(found: Progress) -> str:
    """
    Return what to expect of the target, in a few words.

    Examples
    --------
    >>> outlook(Progress(150, 200, 10, 5, 15.0, 10.0, 190, 225, 260, 0.93))
    'objectif probable'
    """
    if found.target is None:
        return "sans objectif"
    if found.answers >= found.target:
        return "objectif atteint"
    if found.left == 0:
        return "objectif manqué"
    if found.chance is None or isnan(found.chance):
        return "pas encore de prévision"
    return next(words for least, words in _OUTLOOKS if found.chance >= least)


def progress(found: Progress, day: date, rate: Mapping[str, float] | None) -> Section:
    """
    Return where a site stands and whether it will reach its target.

    Parameters
    ----------
    found
        Of `statistics.fieldwork.progress`.
    day
        Last day whose answers are in.
    rate
        Of `statistics.fieldwork.response_rate`; None without an approach log.
    """
    said = f"{plural(found.answers, 'réponse')} au {long_date(day)} : {outlook(found)}"
    figures = [
        KeyFigure(number(found.answers), "réponses exploitables"),
        KeyFigure(number(found.pace, 1) if found.elapsed else "—", "réponses par jour ouvré"),
    ]
    sentences = [
        f"{plural(found.elapsed, 'jour ouvré écoulé', 'jours ouvrés écoulés')}, "
        f"{plural(found.left, 'restant')}."
    ]
    if found.left and found.elapsed:
        figures.append(KeyFigure(number(found.likely), "réponses prévues le dernier jour"))
        sentences.append(
            f"À ce rythme, le total serait compris entre {number(found.low)} et "
            f"{plural(found.high, 'réponse')} le dernier jour."
        )
    sentences += _target_sentences(found)
    if rate and not isnan(rate["taux_reponse"]):
        sentences.append(
            f"{percent(rate['taux_reponse'])} des usagers concernés qui ont été abordés répondent "
            f"jusqu’au bout ({number(rate['refus'])} refus)."
        )
    else:
        sentences.append("Le relevé des refus n’est pas tenu : le taux de réponse est inconnu.")
    numbers = figure_rows(
        "avancement",
        "réponses",
        [
            {"indicateur": "reponses", "valeur": found.answers},
            {"indicateur": "rythme", "valeur": found.pace},
            {"indicateur": "prevision", "valeur": found.likely, "bas": found.low,
             "haut": found.high},
        ],
    )  # fmt: skip
    return Section("avancement", said, sentences, key_figures=figures, figures=numbers)


def _target_sentences(found: Progress) -> list[str]:
    if found.target is None:
        return ["Aucun objectif chiffré n’a été fixé pour ce site et cette campagne."]
    if found.answers >= found.target or not found.left:
        return [f"Objectif : {plural(found.target, 'réponse')}."]
    needed = found.needed or 0.0
    text = f"Il faut {number(needed, 1)} réponses par jour pour atteindre {number(found.target)}."
    chance = found.chance
    if chance is None or isnan(chance):
        return [text]
    words = out_of_ten(chance, "chance") or percent(chance)
    return [f"{text} Chances d’y arriver : {words}."]


def by_day(counts: Sequence[tuple[date, int]]) -> Section:
    """
    Return the answers of each working day so far.

    Parameters
    ----------
    counts
        Day and answers, in order.
    """
    if not counts:
        return Section("par-jour", "La collecte n’a pas commencé")
    most = max(1, *(n for _, n in counts))
    table = Table(
        "Réponses par jour ouvré",
        ["Jour", "Réponses"],
        [
            Row(long_date(day), [number(n)], [Bar(0, n / most, VERY_GOOD if n else GOOD)])
            for day, n in counts
        ],
    )
    figures = figure_rows(
        "par-jour",
        "réponses",
        [
            {"indicateur": "reponses", "libelle": f"{day:%Y-%m-%d}", "valeur": n}
            for day, n in counts
        ],
    )
    empty = [long_date(day) for day, n in counts if not n]
    sentences = [f"Aucune réponse : {', '.join(empty)}."] if empty else []
    mean = sum(n for _, n in counts) / len(counts)
    title = f"{number(mean, 1)} réponses par jour en moyenne"
    return Section("par-jour", title, sentences, [table], figures=figures)
