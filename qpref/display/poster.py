"""The sheet for the hall: what users said, on one page."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from qpref.display.context import INVENTED
from qpref.display.figures import figures
from qpref.display.monthly import told
from qpref.display.section import KeyFigure, Row, Section, Table, bar, left_out
from qpref.display.wording import bare, both, rate, value, who_replied
from qpref.quality.beside import plain_number, sides
from qpref.quality.monthly import FollowedIndicator, period_name
from qpref.reference import Action, Campaign, Questionnaire
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure, best_and_worst
from qpref.wording.french import number, of

Record = dict[Hashable, Any]
_SHOWN = 3
NO_ACTION = "aucune action n’est suivie"


def heading(section: Section) -> Section:
    """Return the first section of a report as that of a poster."""
    first = [text for text in section.sentences if text == INVENTED]
    return replace(section, sentences=first, page={**(section.page or {}), "affiche": True})


def lines(
    answers: int,
    shares: Sequence[Measure],
    change: Difference | None,
    before: Campaign | None,
    questionnaire: Questionnaire,
) -> Section:
    """
    Return the four lines that are read from three metres: how many, how satisfied, best, worst.

    Parameters
    ----------
    answers
        That count.
    shares
        Share of each question, the main one too if it is asked.
    change, before
        Of the main question since the previous campaign.
    questionnaire
        Wording.
    """
    who = who_replied(answers, questionnaire.public)
    found, shown = [KeyFigure(number(answers), f"{who}. Merci.")], list[Measure]()
    for one in shares:
        if one.key == questionnaire.main and one.n:
            favourable = of(questionnaire.scale(one.key).favorables)
            told = f"{favourable} dans l’ensemble{_since(change, before)}"
            found.append(KeyFigure(value(one), told))
            shown.append(one)
    others = [one for one in shares if one.key != questionnaire.main]
    for side, words in zip(best_and_worst(others, 1), ("le plus", "le moins"), strict=True):
        for one in side:
            found.append(KeyFigure(value(one), f"{one.label} : ce qui vous satisfait {words}"))
            shown.append(one)
    lines = [plain_number("reponses", answers, "réponses"), *shown]
    return Section("lignes", "Ce que vous nous avez dit", level=2, key_figures=found,
                   figures=figures("lignes", lines))  # fmt: skip


def _since(found: Difference | None, before: Campaign | None) -> str:
    """Return the former share when it changed beyond chance: a poster says what is sure."""
    if found is None or before is None or not found.change.is_established:
        return ""
    return f", {rate(found.before)} en {before.libelle}"


def months(found: Sequence[FollowedIndicator]) -> Section:
    """
    Return the last month of the figures chosen for the hall; left out where none has a reading.

    Parameters
    ----------
    found
        Of `quality.monthly.follow_months`, those that the poster shows.
    """
    if not found:
        return left_out("mois", "aucun chiffre du mois n’est choisi pour l’affiche, ou relevé")
    shown = [
        KeyFigure(
            told(one.last.measure), f"{one.indicator.libelle}, {period_name(one.last.period)}"
        )
        for one in found
    ]
    lasts = [one.last.measure for one in found]
    return Section("mois", "Nos chiffres du mois", level=2, key_figures=shown,
                   figures=figures("mois", lasts))  # fmt: skip


def topics(caption: str, column: str, found: Sequence[Measure], colour: str) -> Table:
    """Return a few topics of a one-page sheet, each with its share and its bar."""
    rows = [Row(one.label, [both(one)], [bar(one, colour)]) for one in found]
    return Table(caption, ["Sujet", column], rows)


def decided(found: Sequence[tuple[Action, Difference]]) -> Section:
    """Return what was decided after the previous campaign, and what its measure says."""
    if not found:
        return left_out("decisions", NO_ACTION)
    sentences = [f"{action.libelle} : {_achieved(move)}." for action, move in found[:_SHOWN]]
    title = "Ce que nous avons fait, et ce que cela a changé"
    moves = [move for _, move in found[:_SHOWN]]
    lines = figures("decisions", sides(moves, "maintenant", "avant"))
    return Section("decisions", title, sentences, level=2, figures=lines)


def _achieved(found: Difference) -> str:
    """Describe a change; call it progress only when it is statistically established."""
    if not found.change.is_compared:
        return "résultat pas encore mesuré"
    moved = ""
    if found.before.is_rated and found.now.is_rated:
        moved = f", de {bare(found.before)} à {rate(found.now)}"
    words = {"mieux": "c’est mieux", "moins_bien": "c’est moins bien"}
    return f"{words.get(found.change.verdict, 'pas encore de progrès établi')}{moved}"
