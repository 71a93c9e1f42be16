"""Sections on the labels that sites follow beside the first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from qpref.display.commitments import commitments
from qpref.display.figures import figures
from qpref.display.progress import outlook
from qpref.display.section import Row, Section, Table
from qpref.display.wording import count
from qpref.quality.milestones import proved_count
from qpref.quality.progress import Forecast, proved_measure
from qpref.reference import Standard
from qpref.wording.french import enumeration, long_date

_UNREAD = "non lu, à confirmer"


def label_facts(standard: Standard) -> list[str]:
    """Return what was read of a label, and what was not, one sentence each."""
    return [
        f"{fact.sujet} : {fact.valeur or _UNREAD}{_from(standard, fact.sources)}."
        for fact in (standard.label.faits if standard.label else ())
    ]


def articles(standard: Standard) -> list[str]:
    """Return the numbered articles that were read, one sentence each."""
    return [
        f"{one.numero}. {one.texte} ({'lu' if one.certitude == 'vu' else 'à confirmer'} ; "
        f"{enumeration([standard.sources[name] for name in one.sources])})."
        for commitment in standard.engagements
        for one in commitment.articles
    ]


def _from(standard: Standard, sources: Sequence[str]) -> str:
    return f" ({_cited(standard, sources)})" if sources else ""


def other_label(
    name: str, standard: Standard, found: Mapping[str, pd.DataFrame], today: date,
    *, is_explained: bool = True,
) -> Section:  # fmt: skip
    """
    Return the commitments of another label, and what is known of it.

    Parameters
    ----------
    name
        Of its files.
    standard
        Its référentiel.
    found
        Of `quality.progress.states`, by short name of the sites that follow it.
    today
        Day of its follow-up.
    is_explained
        Whether to say what was read of the label.
    """
    whole = commitments(found, standard, today)
    key, called = f"label-{name}", standard.name or name
    counts = [f"{site}, {count(proved_count(table))}" for site, table in found.items()]
    tables = [
        replace(_plain(table, standard), caption=f"Engagements : {called}")
        for table in whole.tables
    ]
    rows = [
        Row(fact.sujet, [fact.valeur or _UNREAD], detail=_cited(standard, fact.sources))
        for fact in (standard.label.faits if standard.label else ())
    ]
    if rows and is_explained:
        caption = f"Ce qui a été lu du label : {called}"
        tables.append(Table(caption, ["Sujet", "Ce qu’il dit"], rows))
    shown = [proved_measure(table, site) for site, table in found.items()]
    return Section(
        key,
        f"{called}, engagements prouvés : {' ; '.join(counts)}",
        tables=tables,
        figures=figures(key, shown),
    )


def _cited(standard: Standard, sources: Sequence[str]) -> str:
    return enumeration([standard.sources[name] for name in sources])


def _plain(table: Table, standard: Standard) -> Table:
    """Return a table without the number of the module, for a label that has one module only."""
    if len(standard.modules) > 1:
        return table
    number = f"{standard.modules[0].numero}. "
    rows = [replace(row, label=row.label.removeprefix(number)) for row in table.rows]
    return replace(table, rows=rows, note=table.note.replace(f"« {number}", "« "))


def ahead(found: Forecast, due: date) -> str:
    """Return whether everything will be proved in time."""
    return f"À temps pour le label, attendu avant le {long_date(due)} : {outlook(found, due)}."
