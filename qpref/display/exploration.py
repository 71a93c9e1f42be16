"""Sections for an analyst's own exploration, fit for a report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan

import pandas as pd

from qpref.display.changes import difference_row, silence
from qpref.display.charts import distribution_chart, group_chart, interval_chart, stacked
from qpref.display.figures import figures
from qpref.display.opinions import heading, interval_legend, interval_row
from qpref.display.section import Bar, Row, Section, Table, side_by_side
from qpref.display.wording import HIDDEN, VERDICTS, both, value
from qpref.palette import shades, spread
from qpref.quality.crosstab import Crosstab, Percent
from qpref.reference import Question
from qpref.statistics.differences import difference
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.publication import published
from qpref.statistics.verdicts import ESTABLISHED
from qpref.wording.french import enumeration, lower_first, number, of, upper_first

_ROUNDED = 0.02  # what rounded shares may add up to, over one
OTHERS, BEFORE = "{part}, {avant} pour les autres", "{part}, {avant} la fois d’avant"


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
    words: str = OTHERS,
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


def crosstab(
    title: str,
    found: Crosstab,
    sides: tuple[Mapping[tuple[str, ...], str], Mapping[str, tuple[str, str]]],
    by: Percent,
    notes: Sequence[str],
) -> Section:
    """
    Return counts and shares of answers by group, small cells hidden, and the figure.

    Parameters
    ----------
    title
        Headline.
    found
        The counts.
    sides
        Wording of the rows, in order; wording and colour of the columns.
    by
        Whether shares are of the row, of the column or of all.
    notes
        Sentences.
    """
    groups, answers = sides
    rows, told = [], []
    drawn: dict[str, list[Measure]] = {code: [] for code in answers}
    for group, label in groups.items():
        own = [found.measure(group, code, by) for code in answers]
        parts = _parts(own, [colour for _, colour in answers.values()])
        for (code, (words, _)), one in zip(answers.items(), own, strict=True):
            if one is not None and one.is_rated:
                told.append(replace(one, key=code, label=words, group=label))
                drawn[code] += [replace(one, label=label)] if parts else []
        rows.append(Row(label, [*map(_cell, own), _total(found.size(group))], parts))
    headings = ["Groupe", *(words for words, _ in answers.values()), "Réponses"]
    legend = [(colour, words) for words, colour in answers.values()]
    table = Table("Réponses par groupe", headings, rows, _if_drawn(legend, rows), is_wide=True)
    levels = [(words, colour, drawn[code]) for code, (words, colour) in answers.items()]
    plot = distribution_chart(levels, title) if any(drawn.values()) else None
    lines = figures("croisement", told)
    return Section("croisement", title, [*notes], [table], figures=lines, plot=plot)


def together(key: str, title: str, sections: Sequence[Section]) -> Section:
    """Return tables of counts as one section: their rows, their figures, one chart for all."""
    if len(sections) == 1:
        return replace(sections[0], key=key, title=title)
    tables = [replace(one.tables[0], caption=one.title) for one in sections]
    merged: dict[tuple[str, ...], list[Table]] = {}
    for one in tables:
        merged.setdefault(tuple(one.headings), []).append(one)
    joined = [
        Table("Réponses", headings, [row for one in own for row in one.rows],
              next((one.legend for one in own if one.legend), ()), is_wide=True)
        for headings, own in merged.items()
    ]  # fmt: skip
    lines = pd.concat([one.figures for one in sections], ignore_index=True).assign(section=key)
    plots = [one.plot for one in sections if one.plot]
    plot = stacked(plots, title) if plots else None
    notes = [*dict.fromkeys(note for one in sections for note in one.sentences)]
    return Section(key, title, notes, joined, figures=lines, plot=plot)


def _parts(shares: Sequence[Measure | None], colours: Sequence[str]) -> list[Bar]:
    """
    Return the told parts of a row, side by side as the figure draws them, if of a whole.

    None where one is hidden before another: the other would stand in its place.
    """
    known = [one is not None and one.is_rated for one in shares]
    if known != sorted(known, reverse=True):
        return []
    told = [
        (published(one).value, colour)
        for one, colour in zip(shares, colours, strict=True)
        if one is not None and one.is_rated
    ]
    return side_by_side(told) if 0 < sum(value for value, _ in told) <= 1 + _ROUNDED else []


def _if_drawn(legend: Sequence[tuple[str, str]], rows: Sequence[Row]) -> Sequence[tuple[str, str]]:
    return legend if any(row.bars for row in rows) else ()


def _total(n: float) -> str:
    return HIDDEN if isnan(n) else number(n)


def _cell(share: Measure | None) -> str:
    """Return a percentage and its count, the count alone when answers are few, or « masqué »."""
    if share is None:
        return HIDDEN
    if share.count is None:
        return value(share) if share.is_rated else "—"
    count = number(share.count)
    return f"{value(share)}\n({count})" if share.is_rated else count


def colours(sides: Sequence[bool | None]) -> list[str]:
    """
    Return the colours of answers, in order: of the two sides of a scale, or from end to end.

    `sides`: whether each is for or against, as the scale says.
    """
    if any(side is not None for side in sides):
        found: dict[int, str] = {}
        for side in (True, None, False):
            ranks = [rank for rank, own in enumerate(sides) if own is side]
            found |= dict(zip(ranks, shades(side, len(ranks)), strict=True)) if ranks else {}
        return [found[rank] for rank in range(len(sides))]
    return spread(len(sides))


def by_question(
    title: str, key: str, found: Sequence[tuple[str, Sequence[Measure]]], groups: Sequence[str]
) -> Section:
    """
    Return what was answered to many questions by group, one line an answer, and the figure.

    Parameters
    ----------
    title, key
        Headline and anchor.
    found
        Each line: its name, and one measure a group; a line without measures is a title.
    groups
        Names of the groups, in order.
    """
    rows = [Row(label, [_said(one) for one in own]) for label, own in found]
    table = Table("Par groupe", ["", *groups], rows, is_wide=True)
    known = [one for _, own in found for one in own if one.is_rated]
    plot = group_chart(
        [(name, [one for one in known if one.group == name and one.unit == SHARE])
         for name in groups],
        title,
    )  # fmt: skip
    return Section(key, title, [], [table], figures=figures(key, known), plot=plot)


def _said(one: Measure) -> str:
    if not one.is_known and one.reliability == "normal":
        return HIDDEN
    return both(one) if one.is_rated and one.low is not None else value(one)


def measured(
    title: str, key: str, found: Sequence[Measure], axis: str, limits: tuple[float, float] | None
) -> Section:
    """
    Return measures of one unit, one a row, with their interval, and the figure.

    Parameters
    ----------
    title, key
        Headline and anchor.
    found
        Each named by its label.
    axis
        What is measured.
    limits
        Range of the axis; None to let the figure choose.
    """
    rows = [Row(one.label, [_said(one), number(one.base)]) for one in found]
    table = Table(upper_first(axis), ["", upper_first(axis), "Base"], rows)
    rated = [one for one in found if one.is_rated]
    plot = interval_chart(rated, title, axis, limits)
    return Section(key, title, [], [table], figures=figures(key, found), plot=plot)
