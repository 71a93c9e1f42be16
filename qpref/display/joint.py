"""Chart of every question at every site of a committee, one mark per site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from qpref.display.drawn import Dot
from qpref.display.figures import figures
from qpref.display.section import QUARTERS, Row, Section, Table, on_a_line
from qpref.display.topics import ends, verdict_legend
from qpref.display.wording import SURVEY, rate, read_aloud
from qpref.reference import Questionnaire
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure, best_and_worst
from qpref.wording.french import enumeration, of, plural, upper_first

_NAMED = 3  # questions named on a side
_BESIDE = 3  # sites whose numbers stand beside the marks; more stand above them


@dataclass(frozen=True)
class SiteTopics:
    """The share of each question but the main one at a site, and its change where it is known."""

    site: str
    shares: Sequence[Measure]
    moves: Mapping[str, Difference]

    @property
    def by_key(self) -> dict[str, Measure]:
        """Shares by question, for questions with enough answers."""
        return {one.key: one for one in self.shares if one.is_rated}

    def verdict(self, question: str) -> str:
        """Return what is established of the change of a question."""
        move = self.moves.get(question)
        return move.change.verdict if move else ""


def points(found: Sequence[SiteTopics], questionnaire: Questionnaire) -> Section:
    """
    Return what pleases most and least at each site, what is named everywhere, and all questions.

    Parameters
    ----------
    found
        Sites that have answers.
    questionnaire
        Wording.
    """
    sentences, sides_of = list[str](), list[list[set[str]]]()
    for one in found:
        most, least = best_and_worst(one.shares, _NAMED)
        if most and least:
            told = [enumeration([f"« {m.label} »" for m in side]) for side in (most, least)]
            sentences.append(f"{one.site} : plaît le plus, {told[0]} ; le moins, {told[1]}.")
            sides_of.append([{m.label for m in side} for side in (most, least)])
        else:
            sentences.append(f"{one.site} : aucun sujet ne se détache, ou trop peu d’avis.")
    title = "Ce qui satisfait, et ce qui déplaît"
    if len(sides_of) == len(found) > 1:
        title = _in_common(sides_of)
    own = [replace(share, group=one.site) for one in found for share in one.shares if share.n]
    lines = figures("points", own)
    return Section("points", title, sentences, _tables(found, questionnaire), figures=lines)


def _in_common(sides_of: Sequence[Sequence[set[str]]]) -> str:
    """Name what pleases and displeases at every site."""
    common = [sorted(set.intersection(*sides)) for sides in zip(*sides_of, strict=True)]
    told = [
        f"{words} : {enumeration([f'« {label} »' for label in labels])}"
        for words, labels in zip(
            ("plaît le plus partout", "plaît le moins partout"), common, strict=True
        )
        if labels
    ]
    return upper_first(" ; ".join(told)) or "Ce qui plaît ou déplaît n’est pas partout pareil"


def _tables(found: Sequence[SiteTopics], questionnaire: Questionnaire) -> list[Table]:
    """Return the chart of questions, the most favourable on average first; none of nobody."""
    known = {key: one.label for site in found for key, one in site.by_key.items()}
    if len(found) < 2 or not known:  # noqa: PLR2004 - one site is told by its own report
        return []
    order = sorted(known, key=lambda key: -_average(found, key))
    shown = ends(order)
    favourable = questionnaire.favourables(shown)
    left = len(order) - len(shown)
    notes = [
        *(
            [f"{plural(left, 'autre question', 'autres questions')} : voyez chaque site."]
            if left
            else []
        ),
        read_aloud(
            [one.by_key[shown[0]] for one in found if shown[0] in one.by_key],
            "avis exprimés, un rond par site",
            SURVEY,
        ),
    ]
    moves = [one.moves[key] for one in found for key in shown if key in one.moves]
    return [
        Table(
            caption=f"Part {of(favourable)}, sujet par sujet",
            headings=["Sujet", *(one.site for one in found)],
            rows=[_row(known[key], key, found) for key in shown],
            legend=verdict_legend(moves) if moves else [],
            ticks=QUARTERS,
            is_stacked=len(found) > _BESIDE,
            note=" ".join(notes),
        )
    ]


def _average(found: Sequence[SiteTopics], question: str) -> float:
    return fmean(one.by_key[question].value for one in found if question in one.by_key)


def _row(label: str, question: str, found: Sequence[SiteTopics]) -> Row:
    own = [(one.by_key.get(question), one.verdict(question)) for one in found]
    cells = [rate(share) if share else "—" for share, _ in own]
    dots = [dot for share, verdict in own if share for dot in _mark(share, verdict)]
    return Row(label, cells, dots=dots)


def _mark(share: Measure, verdict: str) -> Sequence[Dot]:
    return on_a_line(share, None, verdict)[1]
