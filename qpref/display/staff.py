"""One-page sheet for the staff of a site: what visitors praise, what moved, what they expect.

It speaks of the site as a whole: no counter, no other site, nobody.
"""

from collections.abc import Sequence
from dataclasses import replace

from qpref.display import opinions, poster
from qpref.display.figures import figures
from qpref.display.section import Section, Table, left_out
from qpref.display.wording import SURVEY, read_aloud, replied, value
from qpref.palette import BAD, VERY_GOOD
from qpref.quality.beside import plain_number
from qpref.reference import Action, Questionnaire
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure, best_and_worst
from qpref.wording.french import of

_SHOWN = 3
_NOTHING = "aucun sujet ne se détache, ou trop peu d’avis"


def praised(answers: int, shares: Sequence[Measure], questionnaire: Questionnaire) -> Section:
    """
    Return how many answered, and the topics that satisfy most.

    Parameters
    ----------
    answers
        That count.
    shares
        Share of each question, the main one too if it is asked.
    questionnaire
        Wording.
    """
    who = replied(answers, questionnaire.public)
    main = next((one for one in shares if one.key == questionnaire.main and one.n), None)
    whole = ""
    if main is not None:
        favourable = of(questionnaire.scale(main.key).favorables)
        whole = f" {value(main)} {favourable} dans l’ensemble."
    sentences = [f"{who}.{whole} Merci à toutes celles et à tous ceux qui les ont reçus."]
    most, _ = _sides(shares, questionnaire)
    title = f"Ce qui satisfait le plus : {_named(most)}"
    counted = plain_number("reponses", answers, "réponses")
    lines = figures("appreciations", [counted, *([main] if main else []), *most])
    tables = _table(most, questionnaire, VERY_GOOD)
    return Section("appreciations", title, sentences, tables, level=2, figures=lines)


def awaited(shares: Sequence[Measure], questionnaire: Questionnaire) -> Section:
    """Return the topics that satisfy least: what visitors wait for, told of the whole site."""
    _, least = _sides(shares, questionnaire)
    title = f"Ce qui satisfait le moins : {_named(least)}"
    sentences = [
        "Ces résultats sont ceux du site entier, de ses moyens et de son organisation : ni d’un "
        "guichet, ni d’une personne."
    ]
    tables, lines = _table(least, questionnaire, BAD), figures("attentes", least)
    return Section("attentes", title, sentences, tables, level=2, figures=lines)


def achieved(found: Sequence[tuple[Action, Difference]]) -> Section:
    """Return what was done after the previous campaign, and what its measure says."""
    if not found:
        return left_out("progres", poster.NO_ACTION)
    section = poster.decided(found)
    caution = "Une mesure qui bouge ne prouve pas que l’action en est la cause."
    lines = section.figures.assign(section="progres")
    sentences = [*section.sentences, caution]
    return replace(section, key="progres", sentences=sentences, figures=lines)


def _sides(
    shares: Sequence[Measure], questionnaire: Questionnaire
) -> tuple[list[Measure], list[Measure]]:
    return best_and_worst([one for one in shares if one.key != questionnaire.main], _SHOWN)


def _named(found: Sequence[Measure]) -> str:
    return f"« {found[0].label} » ({value(found[0])})" if found else _NOTHING


def _table(found: Sequence[Measure], questionnaire: Questionnaire, colour: str) -> list[Table]:
    column = opinions.heading(questionnaire.favourables(one.key for one in found))
    table = poster.topics("Part de chaque sujet", column, found, colour)
    note = read_aloud(found, "avis exprimés sur le sujet", SURVEY)
    return [replace(table, note=note)] if found else []
