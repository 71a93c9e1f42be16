"""What an analyst explores, as sections: a look at the data that can go into a report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from qpref.display.changes import difference_row, silence
from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading, interval_legend, interval_row
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import HIDDEN, VERDICTS, value
from qpref.palette import GOOD
from qpref.reference import Question
from qpref.statistics.crossing import Crossing, share_of, visible
from qpref.statistics.differences import difference
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from qpref.statistics.shares import proportion
from qpref.statistics.verdicts import ESTABLISHED
from qpref.wording.french import enumeration, lower_first, number, of, upper_first

_OTHERS = "{part}, {avant} pour les autres"


UNPLANNED = (
    "Personne n’avait prévu cette comparaison : un écart qui y paraît est à confirmer par une "
    "autre campagne, et n’entre pas dans un rapport comme un fait."
)


def shares(title: str, key: str, found: Sequence[Measure], favourable: str) -> Section:
    """
    Return shares of satisfied users, one a row, with their interval, and the figure.

    Parameters
    ----------
    title, key
        Headline and anchor.
    found
        One a group, named, the group as its `group`.
    favourable
        Who chose a favourable level, of the question's scale.
    """
    shown = [interval_row(measure) for measure in found]
    part = f"part {of(favourable)}"
    headings = ["Groupe", heading(favourable)]
    table = Table(upper_first(part), headings, shown, interval_legend(favourable))
    plot = interval_chart([one for one in found if one.is_rated], title, part, (0, 1))
    return Section(key, title, [], [table], figures=figures(key, found), plot=plot)


def differences(
    section: Section,
    judged: pd.DataFrame,
    names: Mapping[str, str],
    words: str = _OTHERS,
) -> Section:
    """
    Return a section of shares with their differences.

    Parameters
    ----------
    section
        Of `shares`.
    judged
        `comparison.LINES` with their verdict: of the reports, or to be confirmed.
    names
        Wording of the groups.
    words
        Of `changes.difference_row`.
    """
    found = [
        difference(row, names.get(row["groupe"], row["groupe"]))
        for row in judged.to_dict("records")
    ]
    rows = [difference_row(one, words) for one in found]
    note = silence([one.change for one in found])
    table = Table("Écart, et son intervalle", ["Groupe", "Écart"], rows, note=note)
    return replace(section, tables=[*section.tables, table]) if rows else section


def headline(question: Question, by: str, judged: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Return what a crossing says: which groups stand out, or none."""
    told = [
        f"{VERDICTS[row['verdict']]} pour {lower_first(names.get(row['groupe'], row['groupe']))}"
        for row in judged.to_dict("records")
        if row["verdict"] in ESTABLISHED
    ]
    unsure = [
        lower_first(names.get(row["groupe"], row["groupe"]))
        for row in judged.to_dict("records")
        if row["verdict"] == "a_confirmer"
    ]
    if unsure:
        told.append(f"{VERDICTS['a_confirmer']} pour {enumeration(unsure)}")
    what = f"{question.texte_court}, par {lower_first(by)}"
    return f"{what} : {enumeration(told) if told else VERDICTS['pas_de_difference_etablie']}"


def counts(
    title: str,
    crossing: Crossing,
    groups: Mapping[str, str],
    answers: Mapping[str, str],
    notes: Sequence[str],
) -> Section:
    """
    Return a table of counts and shares by group, small cells hidden.

    Parameters
    ----------
    title
        Headline.
    crossing
        Of `statistics.crossing.cross`.
    groups, answers
        Wording, in order.
    notes
        Sentences.
    """
    present = [code for code in groups if visible(crossing, code) != 0]
    asked = [code for code in answers if visible(crossing, TOTAL, code) != 0]
    cells = [[share_of(crossing, code, answer, answers[answer]) for answer in asked]
             for code in present]  # fmt: skip
    rows = [
        Row(groups[code], [*map(_cell, own), _total(visible(crossing, code))])
        for code, own in zip(present, cells, strict=True)
    ]
    table = Table(
        "Réponses par groupe",
        ["Groupe", *(answers[code] for code in asked), "Réponses"],
        rows,
        is_wide=True,
    )
    told = [one for own in cells for one in own if one is not None and one.is_rated]
    lines = figures("croisement", told)
    return Section("croisement", title, [*notes], [table], figures=lines)


def _total(n: int | None) -> str:
    return HIDDEN if n is None else number(n)


def _cell(share: Measure | None) -> str:
    """Return a percentage and its count, the count alone when answers are few, or « masqué »."""
    if share is None:
        return HIDDEN
    count = number(share.count or 0)
    return f"{value(share)}\n({count})" if share.is_rated else count


def distribution(title: str, counts_by_answer: Sequence[tuple[str, int | None]], n: int) -> Section:
    """Return how often each answer of a question was given, rare ones hidden, out of `n`."""
    told = [
        (label, None if count is None else proportion(count, n, key=label, label=label))
        for label, count in counts_by_answer
        if count != 0
    ]
    rows = [Row(label, [_cell(one)], [bar(one, GOOD)] if one else []) for label, one in told]
    table = Table(f"Réponses ({number(n)})", ["Réponse", "Part"], rows)
    lines = figures("repartition", [one for _, one in told if one])
    return Section("repartition", title, [], [table], figures=lines)
