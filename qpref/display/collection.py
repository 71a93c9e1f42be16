"""Sections on the fieldwork: answers so far, pace, forecast of the last day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isnan

from qpref.display.figures import figures
from qpref.display.section import KeyFigure, Row, Section, Table, bar
from qpref.display.wording import SURVEY, chart_note, out_of_ten, value
from qpref.palette import VERY_GOOD
from qpref.quality.beside import of_refusals, plain_number
from qpref.statistics.fieldwork import Progress, Stretch, mean_per_day, stretches
from qpref.statistics.measure import Measure
from qpref.wording.french import long_date, noun, number, percent, period, plural

_OUTLOOKS = {
    "sans_objectif": "sans objectif",
    "atteint": "objectif atteint",
    "manque": "objectif manqué",
    "inconnu": "pas encore de prévision",
    "presque_sur": "objectif presque sûr",
    "probable": "objectif probable",
    "incertain": "objectif incertain",
    "hors_atteinte": "objectif hors d’atteinte à ce rythme",
}


def outlook(found: Progress) -> str:
    """
    Return what to expect of the target, in a few words.

    Examples
    --------
    >>> outlook(Progress(150, 200, 10, 5, 15.0, 10.0, 190, 225, 260, 0.93))
    'objectif probable'
    """
    return _OUTLOOKS[found.outlook]


def progress(found: Progress, day: date, rate: Mapping[str, float] | None) -> Section:
    """
    Return the answers so far, the pace, and whether the site will reach its target.

    Parameters
    ----------
    found
        Of `statistics.fieldwork.progress`.
    day
        Last day whose answers are in.
    rate
        Of `statistics.fieldwork.response_rate`; None without an approach log.
    """
    answers, pace, expected = found.measures
    said = f"{plural(found.answers, 'réponse')} au {long_date(day)} : {outlook(found)}"
    shown = [
        KeyFigure(value(answers), "réponses exploitables"),
        KeyFigure(value(pace) if found.elapsed else "—", "réponses par jour ouvré"),
    ]
    sentences = [
        f"{plural(found.elapsed, 'jour ouvré écoulé', 'jours ouvrés écoulés')}, "
        f"{plural(found.left, 'restant')}."
    ]
    if found.left and found.elapsed:
        shown.append(KeyFigure(value(expected), "réponses prévues le dernier jour"))
        sentences.append(
            f"À ce rythme, le total serait compris entre {number(found.low)} et "
            f"{plural(found.high, 'réponse')} le dernier jour."
        )
    sentences += [*_target_sentences(found), _rate_sentence(rate)]
    lines = figures("avancement", [*found.measures, *_numbers(found), *of_refusals(rate)])
    return Section("avancement", said, sentences, key_figures=shown, figures=lines)


def _numbers(found: Progress) -> list[Measure]:
    """Return the other numbers of the sentences: days, what is wanted, what is likely."""
    lines = [
        plain_number("jours_ecoules", found.elapsed, "jours ouvrés"),
        plain_number("jours_restants", found.left, "jours ouvrés"),
    ]
    if found.left and found.elapsed:
        ends = {"total, au moins": found.low, "total, au plus": found.high}
        lines += [plain_number("prevues", end, "réponses", group=g) for g, end in ends.items()]
    if found.target is not None:
        lines.append(plain_number("objectif", found.target, "réponses"))
        if found.left and found.answers < found.target:
            pace = plain_number("a_recueillir", found.needed or 0.0, "réponses par jour ouvré")
            lines.append(replace(pace, digits=1))
    return lines


def _rate_sentence(rate: Mapping[str, float] | None) -> str:
    if rate is None or isnan(rate["taux_reponse"]):
        return "Le relevé des refus n’est pas tenu : le taux de réponse est inconnu."
    return (
        f"{percent(rate['taux_reponse'])} des usagers concernés qui ont été abordés répondent "
        f"jusqu’au bout ({number(rate['refus'])} refus)."
    )


def _target_sentences(found: Progress) -> list[str]:
    if found.target is None:
        return ["Aucun objectif chiffré n’a été fixé pour ce site et cette campagne."]
    if found.answers >= found.target or not found.left:
        return [f"Objectif : {plural(found.target, 'réponse')}."]
    needed = found.needed or 0.0
    daily = f"{number(needed, 1)} {noun(needed, 'réponse')} par jour"
    text = f"Il faut {daily} pour atteindre {number(found.target)}."
    chance = found.chance
    if chance is None or isnan(chance):
        return [text]
    words = out_of_ten(chance, "chances") or percent(chance)
    return [f"{text} Chances d’y arriver : {words}."]


def by_day(counts: Sequence[tuple[date, int]], threshold: int) -> Section:
    """
    Return the answers of each working day so far; days of few answers are told together.

    Parameters
    ----------
    counts
        Day and answers, in order.
    threshold
        Fewest answers that are told apart.
    """
    if not counts:
        return Section("par-jour", "La collecte n’a pas commencé")
    found = stretches(counts, threshold)
    most = max(1, *(one.answers for one in found))
    rows = [
        Row(_days(one), [value(one.measure)], [bar(one.measure, VERY_GOOD, most)]) for one in found
    ]
    first = found[0]
    read = chart_note(f"{value(first.measure)} {_when(first)}", "réponses exploitables", SURVEY)
    together = (
        f"Un jour de moins de {number(threshold)} réponses est réuni à d’autres."
        if any(one.first != one.last for one in found)
        else ""
    )
    table = Table(
        "Réponses par jour ouvré",
        ["Jour", "Réponses"],
        rows,
        note=f"{read} {together}".strip(),
    )
    empty = [_days(one) for one in found if not one.answers]
    sentences = [f"Aucune réponse : {', '.join(empty)}."] if empty else []
    mean = mean_per_day(counts)
    title = f"{value(mean)} réponses par jour en moyenne"
    lines = figures("par-jour", [mean, *(one.measure for one in found)])
    return Section("par-jour", title, sentences, [table], figures=lines)


def _days(found: Stretch) -> str:
    return long_date(found.first) if found.first == found.last else period(found.first, found.last)


def _when(found: Stretch) -> str:
    return f"le {_days(found)}" if found.first == found.last else _days(found)
