"""Section on non-response: rates, unevenness, late answers, scenarios of bias."""

from qpref.display.figures import figures
from qpref.display.opinions import heading
from qpref.display.section import Row, Section, Table, bar, with_interval
from qpref.display.wording import (
    SURVEY,
    bare,
    cell,
    chart_note,
    count,
    interval,
    points,
    read_aloud,
    value,
)
from qpref.palette import GOOD
from qpref.quality.nonresponse import NonResponse, RefusalScenario
from qpref.statistics.measure import Measure
from qpref.wording.french import NBSP, of, two_digits, upper_first

_UNEVEN = 0.9  # R under which the chances to answer differ by more than 5 points (one deviation)


_LOG = "relevé des refus"


def nonresponse(found: NonResponse | None, favourable: str) -> Section:
    """
    Return what is known of those who did not answer, and what their opinion could change.

    Parameters
    ----------
    found
        None without an approach log.
    favourable
        Who chose a favourable level of the question on overall satisfaction.
    """
    if found is None:
        return Section(
            "non-reponse",
            "Le nombre de refus n’a pas été relevé",
            ["On ne sait donc pas si ceux qui ont refusé pensent comme ceux qui ont répondu."],
        )
    measures = [found.rate, *found.by_day, *found.by_moment, *(found.halves or ())]
    measures += [one.result for one in found.scenarios]
    return Section(
        "non-reponse",
        _title(found),
        [
            *_indicator_sentence(found),
            *_halves_sentence(found),
            *_scenario_sentence(found, favourable),
        ],
        [*_rate_tables(found), *_scenario_tables(found, favourable)],
        figures=figures("non-reponse", measures),
    )


def _rate_tables(found: NonResponse) -> list[Table]:
    return [
        Table(
            f"Taux de réponse {words}",
            [head, "Ont répondu"],
            [_rate_row(one) for one in rates],
            note=read_aloud(rates, "usagers concernés abordés", _LOG, "{value} le {label}"),
        )
        for words, head, rates in (
            ("par jour de la semaine", "Jour", found.by_day),
            ("par moment de la journée", "Moment", found.by_moment),
        )
        if rates
    ]


def _scenario_tables(found: NonResponse, favourable: str) -> list[Table]:
    if not found.scenarios:
        return []
    first = found.scenarios[0]
    return [
        Table(
            "Ce que serait la satisfaction globale si ceux qui n’ont pas répondu avaient une "
            "opinion moins bonne",
            ["Parmi eux", heading(favourable)],
            [_scenario_row(one) for one in found.scenarios],
            note=chart_note(
                f"{value(first.result)} {of(favourable)} si les autres l’étaient de "
                f"{bare(first.less)}{NBSP}points de moins",
                "usagers concernés abordés",
                f"{_LOG} et {SURVEY}",
            ),
        )
    ]


def _title(found: NonResponse) -> str:
    if not found.rate.is_rated:
        return "Trop peu d’usagers abordés pour un taux de réponse"
    return f"{value(found.rate)} des usagers abordés ont répondu jusqu’au bout"


def _rate_row(rate: Measure) -> Row:
    if not rate.is_rated:
        return Row(upper_first(rate.label), [count(rate)])
    return Row(upper_first(rate.label), [cell(rate)], with_interval(rate), count(rate))


def _scenario_row(scenario: RefusalScenario) -> Row:
    name = f"{bare(scenario.less)}{NBSP}points de moins"
    return Row(name, [value(scenario.result)], [bar(scenario.result, GOOD)])


def _indicator_sentence(found: NonResponse) -> list[str]:
    one = found.indicator
    if one is None:
        return ["Le relevé ne permet pas de dire si l’on répond plus à certains moments."]
    said = (
        "rien ne montre que l’on réponde beaucoup plus à certains moments"
        if one.adjusted >= _UNEVEN
        else "on répond bien plus à certains moments qu’à d’autres"
    )
    return [
        f"Selon le jour et le moment, {said} : indicateur R de {two_digits(one.adjusted)} "
        "(1 : mêmes chances de répondre partout ; hasard déduit). Il ne dit rien des autres "
        "raisons de refuser."
    ]


def _halves_sentence(found: NonResponse) -> list[str]:
    if found.halves is None:
        return []
    early, late, gap = found.halves
    return [
        f"Première moitié des jours de la campagne : {value(early)} ; seconde moitié : "
        f"{value(late)}, soit {points(gap.value)} ({interval(gap)}). Un écart "
        "net voudrait dire que le résultat dépend du moment où l’on interroge."
    ]


def _scenario_sentence(found: NonResponse, favourable: str) -> list[str]:
    if not found.scenarios:
        return []
    first = found.scenarios[0]
    return [
        f"Si la part de « {favourable} » était plus basse de "
        f"{bare(first.less)}{NBSP}points parmi ceux qui n’ont pas répondu, elle serait "
        f"de {value(first.result)} pour l’ensemble des usagers abordés."
    ]
