"""Section on the surveys of several publics, side by side: never added, never averaged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qpref.display.figures import figures
from qpref.display.section import QUARTERS, Row, Section, Table, left_out, on_a_line
from qpref.display.wording import SURVEY, cell, read_aloud, value, with_values
from qpref.quality.beside import plain_number
from qpref.reference import Audience, Site
from qpref.statistics.measure import Measure, best_and_worst
from qpref.wording.french import NBSP, enumeration, number, upper_first

KEY = "autres-publics"


@dataclass(frozen=True)
class PublicResults:
    """
    What one public said at one site.

    `answers` is None where fewer than `least` answered, so that nothing is told; `population`,
    how many could answer, if that is known; `main`, the share favourable in overall satisfaction;
    `shares`, of each other question.
    """

    who: Audience
    site: Site
    answers: int | None
    least: int
    population: int | None
    main: Measure | None
    shares: Sequence[Measure]

    @property
    def name(self) -> str:
        """What the rows and the figures call this public."""
        return upper_first(self.who.pluriel)


def side_by_side(found: Sequence[PublicResults]) -> Section:
    """
    Return what each public said, site by site; left out where no public but visitors was asked.

    Parameters
    ----------
    found
        The visitors of each site where another public was asked, then the other publics.
    """
    others = dict.fromkeys(one.who.pluriel for one in found if not one.who.are_users)
    if not others:
        return left_out(KEY, "aucune enquête d’un autre public n’est montrée au comité")
    rows: list[Row] = []
    for site in dict.fromkeys(one.site.nom_court for one in found):
        rows.append(Row(site, []))
        rows += [_row(one) for one in found if one.site.nom_court == site]
    shown = [
        replace(one.main, label=one.name, group=one.site.nom_court)
        for one in found
        if one.main and one.answers
    ]
    table = Table(
        "Satisfaction d’ensemble de chaque public, avec son intervalle à 95 %",
        ["Public", "Satisfaits", "Réponses"],
        rows,
        ticks=QUARTERS,
        note=read_aloud(
            shown, "avis exprimés", SURVEY, "{value} de réponses favorables pour « {label} »"
        ),
    )
    title = f"Ce qu’en disent aussi les {enumeration([*others])}"
    lines = [*shown, *_named(found), *_answers(found)]
    return Section(KEY, title, [_APART], [table], figures=figures(KEY, lines))


def _answers(found: Sequence[PublicResults]) -> list[Measure]:
    """Return how many answered, and of how many, where the page tells it."""
    lines = []
    for one in found:
        if one.answers is not None:
            counts = {"reponses": one.answers, "population": one.population}
            lines += [
                plain_number(key, count, "personnes", one.name, one.site.nom_court)
                for key, count in counts.items()
                if count
            ]
    return lines


_APART = "Ni les mêmes questions, ni les mêmes personnes : rien ne s’additionne ni ne se classe."


def _row(one: PublicResults) -> Row:
    if one.answers is None:
        return Row(one.name, ["—", f"moins de {one.least}"])
    told = number(one.answers)
    if one.population:
        told = f"{told}{NBSP}sur {number(one.population)}"
    if one.main is None or not one.main.n:
        return Row(one.name, ["—", told], detail=_topics(one))
    bars, dots = on_a_line(one.main) if one.main.is_rated else ([], [])
    written = cell(one.main) if one.main.is_rated else value(one.main)
    return Row(one.name, [written, told], bars, _topics(one), dots)


def _topics(one: PublicResults) -> str:
    """Name the best and the worst topic, where they differ; those of visitors are told above."""
    if one.who.are_users:
        return ""
    most, least = best_and_worst(one.shares, 1)
    if not most or not least:
        return f"Aucun sujet ne se détache pour les {one.who.pluriel}, ou trop peu d’avis"
    return f"Mieux jugé : {with_values(most)} ; moins bien : {with_values(least)}"


def _named(found: Sequence[PublicResults]) -> list[Measure]:
    """Return the topics that rows name, as lines of the figures file."""
    return [
        replace(share, group=f"{one.name}, {one.site.nom_court}")
        for one in found
        if not one.who.are_users
        for side in best_and_worst(one.shares, 1)
        for share in side
        if one.answers
    ]
