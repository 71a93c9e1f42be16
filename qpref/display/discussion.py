"""Questions for the committee to discuss: from results first, then from deadlines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from qpref.display.joint_changes import changes_of
from qpref.display.meeting import SiteResults
from qpref.display.progress import outlook
from qpref.display.section import Row, Section, Table
from qpref.display.wording import count_of, value
from qpref.quality.answers import satisfied
from qpref.quality.progress import Forecast
from qpref.reference import MysteryGrid, Questionnaire
from qpref.statistics.measure import best_and_worst
from qpref.statistics.records import records
from qpref.wording.french import lower_first, plural

_NAMED, _OF_A_KIND = 3, 3  # topics that displease at a site; questions of a kind
_KINDS = ("recul", "deplait", "mystere", "progres", "retard", "echeance")  # results, then dates


@dataclass(frozen=True)
class Raised:
    """A question that the results of a site raise: its kind, its words, the figure, how grave."""

    kind: str
    text: str
    site: str
    figure: str
    rank: float = 0.0


def raised(
    found: SiteResults,
    questionnaire: Questionnaire,
    grid: MysteryGrid,
    weak: pd.DataFrame,
    due: date | None,
) -> list[Raised]:
    """
    Return the questions that a site's results raise.

    Parameters
    ----------
    found
        Results of the site.
    questionnaire, grid
        Wording.
    weak
        Mystery criteria surely met less than one time in two.
    due
        Day of the label; None when nobody follows it.
    """
    site = found.site.nom_court
    every = (
        *_of_opinions(found, questionnaire),
        *_of_contacts(weak, grid),
        *_of_dates(found, due),
    )
    return [Raised(kind, text, site, figure, rank) for kind, text, figure, rank in every]


_Told = tuple[str, str, str, float]  # kind, text, figure, rank


def _of_opinions(found: SiteResults, questionnaire: Questionnaire) -> Iterator[_Told]:
    """Yield what fell, what pleases least, what rose."""
    words = {
        "moins_bien": ("recul", "Qu’est-ce qui explique le recul de « {} » ?"),
        "mieux": ("progres", "Qu’est-ce qui a fait progresser « {} », et ailleurs ?"),
    }
    for change in changes_of(found, questionnaire):
        if change.is_established:
            kind, text = words[change.verdict]
            yield kind, text.format(change.label), value(change), min(change.value, -change.value)
    shares = [
        satisfied(row, questionnaire.by_id[row["question"]].texte_court)
        for row in records(found.parts)
        if row["question"] != questionnaire.main
    ]
    for share in best_and_worst(shares, _NAMED)[1]:
        yield "deplait", f"Que faire pour « {share.label} » ?", value(share), share.value


def _of_contacts(weak: pd.DataFrame, grid: MysteryGrid) -> Iterator[_Told]:
    for row in records(weak):
        name, channel = grid.criterion(row["critere"]).libelle, grid.channel(row["canal"]).libelle
        text = f"Pourquoi « {name} » est-il si rarement respecté ({lower_first(channel)}) ?"
        yield "mystere", text, count_of(row["conformes"], row["n"]), row["part"]


def _of_dates(found: SiteResults, due: date | None) -> Iterator[_Told]:
    if found.late:
        late = plural(found.late, "en retard", "en retard")
        yield "retard", "Comment rattraper les engagements en retard ?", late, -found.late
    if due is not None:
        yield from _of_label("Le label", found.forecast, due)


def _of_label(named: str, forecast: Forecast, due: date) -> Iterator[_Told]:
    """Yield whether a label will be there in time, when it will not."""
    if forecast.is_too_late(due):
        yield "echeance", f"{named} sera-t-il là à temps ?", outlook(forecast, due), 0.0


def of_other_label(label: str, site: str, forecast: Forecast, due: date) -> list[Raised]:
    """
    Return the question that another label raises at a site: whether it will be there in time.

    Parameters
    ----------
    label, site
        Their names.
    forecast, due
        When all of it would be proved, and when it is wanted.
    """
    told = _of_label(f"Le label {label}", forecast, due)
    return [Raised(kind, text, site, figure, rank) for kind, text, figure, rank in told]


def questions(found: Sequence[Raised]) -> Section:
    """Return the questions, each with the figures that it comes from; the same is asked once."""
    together: dict[tuple[str, str], list[Raised]] = {}
    for one in found:
        together.setdefault((one.kind, one.text), []).append(one)
    rows, left = list[Row](), 0
    for kind in _KINDS:
        own = [group for (name, _), group in together.items() if name == kind]
        own.sort(key=lambda group: (-len(group), min(one.rank for one in group)))
        rows += [_row(group) for group in own[:_OF_A_KIND]]
        left += len(own[_OF_A_KIND:])
    if not rows:
        return Section("questions", "Aucun résultat n’appelle de question particulière")
    sentences = ["Elles viennent des résultats ; le comité peut en poser d’autres."]
    if left:
        sentences.append(f"{plural(left, 'autre')} : voyez les rapports de chaque site.")
    title = plural(len(rows), "question à discuter", "questions à discuter")
    table = Table("Les résultats d’abord, les dates ensuite", ["Question", "Résultat"], rows)
    return Section("questions", title, sentences, [table])


def _row(group: Sequence[Raised]) -> Row:
    return Row(group[0].text, ["\n".join(f"{one.site} : {one.figure}" for one in group)])
