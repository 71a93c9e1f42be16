"""First-page chart: one line per question of opinion, from 0 to 100 %, best first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from qpref.display.charts import topic_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading, what_counts
from qpref.display.section import QUARTERS, Row, Section, Table, on_a_line
from qpref.display.wording import VERDICTS, bare, chart_note, interval, rate, value
from qpref.palette import GOOD, PAPER, SPREAD, VERY_BAD, VERY_GOOD
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure
from qpref.wording.french import number, of, plural, upper_first

Ranked = TypeVar("Ranked")
_MOST, _SIDE = 20, 5  # beyond twenty questions, the five best and the five worst
_LEGEND = {
    "mieux": (VERY_GOOD, "mieux qu’avant"),
    "moins_bien": (VERY_BAD, "moins bien qu’avant"),
    "": (SPREAD, "sans changement établi"),
}


def topics(
    shares: Sequence[Measure],
    moves: Mapping[str, Difference],
    campaigns: tuple[Campaign, Campaign | None],
    questionnaire: Questionnaire,
) -> Section:
    """
    Return every question of opinion but the main one, the most favourable first.

    Parameters
    ----------
    shares
        Share satisfied of each question.
    moves
        Change of each question that is compared with the previous campaign, by question.
    campaigns
        This one, and the one that it is compared with.
    questionnaire
        Wording.
    """
    shown, said = _shown(shares)
    if not shown:
        return Section("sujets", "Trop peu d’avis pour un pourcentage")
    now, before = campaigns
    favourable = questionnaire.favourables(one.key for one in shown)
    compared = {one.key: moves[one.key] for one in shown if one.key in moves}
    note = chart_note(
        _reading(shown[0], compared.get(shown[0].key), favourable),
        "avis exprimés",
        f"enquête de satisfaction, {now.libelle}",
    )
    table = Table(
        caption=f"Part {of(favourable)}",
        headings=["Question", heading(favourable), *(["Avant"] if before else [])],
        rows=[
            topic_row(one, compared.get(one.key), has_before=before is not None) for one in shown
        ],
        legend=topic_legend(compared.values(), before),
        ticks=QUARTERS,
        note=f"{note} {_who_counts(shown, questionnaire)}",
    )
    title = _title(shown, len(shares), favourable)
    former = [(one, compared[one.key].before) for one in shown if one.key in compared]
    plot = topic_chart([one for one in shown if one.is_rated], former, title)
    lines = [*shown, *(replace(was, group="avant") for _, was in former if was.is_rated)]
    figured = figures("sujets", lines)
    return Section("sujets", title, said, [table], plot=plot, figures=figured)


def _title(shown: Sequence[Measure], asked: int, favourable: str) -> str:
    """Return how many questions there are, and from what share to what share they go."""
    rated = [one for one in shown if one.is_rated]
    best, worst = rated[0], rated[-1]
    said = f"de {bare(best)} à {value(worst)}" if best.printed != worst.printed else value(best)
    return f"{plural(asked, 'sujet')} : {said} {of(favourable)}"


def _shown(shares: Sequence[Measure]) -> tuple[list[Measure], list[str]]:
    """Return the questions that are drawn, the best first, and what is said of the others."""
    rated = sorted((one for one in shares if one.is_rated), key=lambda one: -one.value)
    shown = ends(rated)
    if len(shown) == len(rated):
        return [*rated, *(one for one in shares if not one.is_rated)] if rated else [], []
    side, left = number(_SIDE), number(len(shares) - len(shown))
    return shown, [
        f"Les {side} sujets les plus favorables et les {side} les moins favorables ; les {left} "
        "autres sont plus bas, thème par thème."
    ]


def ends(ranked: Sequence[Ranked]) -> list[Ranked]:
    """
    Return what a chart draws: all questions, or the first and the last when they are too many.

    Examples
    --------
    >>> ends([*range(20)]) == [*range(20)], ends([*range(30)])
    (True, [0, 1, 2, 3, 4, 25, 26, 27, 28, 29])
    """
    return [*ranked] if len(ranked) <= _MOST else [*ranked[:_SIDE], *ranked[-_SIDE:]]


def topic_row(share: Measure, move: Difference | None, *, has_before: bool) -> Row:
    """Return a question: its share, the former one, and their difference when it is established."""
    former = _former(move)
    cells = [rate(share), *([rate(former) if former else "—"] if has_before else [])]
    if not share.is_rated:
        return Row(share.label, cells)
    verdict = move.change.verdict if move else ""
    bars, dots = on_a_line(share, former, verdict)
    detail = ""
    if move and move.change.is_established:
        told = f"{value(move.change)} ({interval(move.change)})"
        detail = f"{upper_first(VERDICTS[verdict])} : {told}"
    return Row(share.label, cells, bars, detail, dots, told=interval(share))


def _former(move: Difference | None) -> Measure | None:
    """Return the former share, where there was one."""
    return move.before if move and move.before.is_rated else None


def topic_legend(moves: Iterable[Difference], before: Campaign | None) -> list[tuple[str, str]]:
    """Return what the marks that are drawn mean, in the colour of each."""
    spread = (GOOD, "intervalle à 95 %")
    if before is None:
        return [spread]
    return [*verdict_legend(moves), spread, (PAPER, before.libelle)]


def verdict_legend(moves: Iterable[Difference]) -> list[tuple[str, str]]:
    """Return the colours of the verdicts that are drawn."""
    verdicts = {move.change.verdict for move in moves}
    return [mark for verdict, mark in _LEGEND.items() if verdict in verdicts or not verdict]


def _reading(first: Measure, move: Difference | None, favourable: str) -> str:
    """Read one line aloud."""
    former = _former(move)
    before = f", {value(former)} avant (rond clair)" if former else ""
    return f"{value(first)} {of(favourable)} pour « {first.label} »{before}"


def _who_counts(shown: Sequence[Measure], questionnaire: Questionnaire) -> str:
    """Say which answers are counted, scale by scale."""
    scales = {questionnaire.by_id[one.key].echelle: one.key for one in reversed(shown)}
    said = [what_counts(questionnaire, question) for question in reversed(scales.values())]
    return " ".join(said)
