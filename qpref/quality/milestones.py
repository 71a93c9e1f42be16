"""
Measures of progress towards the label: counts, milestones, delays, days left.

States, pace and forecast are computed in `quality.progress`; this module only says which of their
numbers are shown. The words are in `display.progress` and `display.schedule`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import nan

import pandas as pd

from qpref.quality.progress import (
    COMMITMENTS,
    Forecast,
    in_scope,
    is_done,
    proved_measure,
    unproved,
)
from qpref.reference import Audit, Delay
from qpref.reference.labelling import AUDITS
from qpref.statistics.measure import PROBABILITY, Measure

_WITHOUT_DELAY = "Sans retard"


@dataclass(frozen=True)
class ModuleStates:
    """
    Where the commitments of a module stand.

    `proved` among those that the site holds, `states` in the order of their counts, and whether
    every commitment of the module is proved.
    """

    number: int
    proved: Measure
    states: Sequence[Measure]
    is_complete: bool

    @property
    def by_state(self) -> dict[str, Measure]:
        """Counts by state; a state without commitment is absent."""
        return {measure.key: measure for measure in self.states}


@dataclass(frozen=True)
class Milestone:
    """A day on which proofs were gained or lost, and the commitments proved by then."""

    day: date
    proved: Measure
    gained: Sequence[str]
    lost: Sequence[str]


@dataclass(frozen=True)
class DelayScenario:
    """
    What a delay of some weeks would change.

    `chance` that all is proved in time, `end` the day expected for the last proof (None without
    forecast), `late` what would pass the deadline.
    """

    weeks: int
    chance: Measure
    end: date | None
    late: Sequence[str]


@dataclass(frozen=True)
class Span:
    """
    Time left to a commitment, or the day of an audit.

    `left`: days from today to its end, named by the commitment or the audit; `module` of the
    commitment, None for an audit; `is_over`: the audit took place.
    """

    left: Measure
    start: date
    end: date
    is_late: bool
    module: int | None = None
    is_over: bool = False


def proved_count(table: pd.DataFrame) -> Measure:
    """Return how many of the commitments of a site are proved, the count written in the file."""
    found = proved_measure(table)
    return replace(found, count=int(found.value))


def by_module(table: pd.DataFrame) -> list[ModuleStates]:
    """
    Return where the commitments stand, module by module.

    Parameters
    ----------
    table
        Of `progress.states`.
    """
    found = []
    for number, own in table.groupby("module", sort=True):
        count = proved_count(own)
        states = [
            Measure(
                key=str(state), label=f"module {number}", n=count.n, value=int(k), unit=COMMITMENTS
            )
            for state, k in in_scope(own)["etat"].value_counts().items()
        ]
        is_complete = bool(is_done(own).all())
        found.append(ModuleStates(int(str(number)), count, states, is_complete))
    return found


def milestones(table: pd.DataFrame) -> list[Milestone]:
    """
    Return the first day of the follow-up, then each day that proofs were gained or lost.

    Parameters
    ----------
    table
        Of `progress.history`.
    """
    rows = table.to_dict("records")
    return [
        Milestone(
            row["date"],
            Measure(
                key="prouves", label=f"{row['date']:%Y-%m-%d}", n=row["total"],
                value=row["faits"], unit=COMMITMENTS,
            ),
            row["nouveaux"],
            row["perdus"],
        )
        for i, row in enumerate(rows)
        if i == 0 or row["nouveaux"] or row["perdus"]
    ]  # fmt: skip


def scenarios(
    found: Forecast, late: Mapping[int, Sequence[str]], delays: Sequence[Delay], deadline: date
) -> list[DelayScenario]:
    """
    Return what happens without delay, then after each delay supposed.

    Parameters
    ----------
    found
        Of `progress.forecast`.
    late
        What passes the deadline, by weeks of delay (0 included).
    delays
        The delays supposed.
    deadline
        Of the label.
    """
    cases = [(_WITHOUT_DELAY, 0), *((delay.libelle, delay.semaines) for delay in delays)]
    scenes = []
    for label, weeks in cases:
        put_off = timedelta(weeks=weeks)
        chance = found.chance(deadline - put_off)
        measure = Measure(
            key="chance",
            label=label,
            group=f"{weeks} semaines",
            count=len(late[weeks]),
            value=nan if chance is None else chance,
            unit=PROBABILITY,
        )
        expected = found.expected(deadline - put_off)
        end = expected + put_off if expected else None
        scenes.append(DelayScenario(weeks, measure, end, late[weeks]))
    return scenes


def spans(table: pd.DataFrame, audits: Sequence[Audit], today: date, deadline: date) -> list[Span]:
    """
    Return the time left to each commitment to prove, nearest first, then the audits by date.

    Parameters
    ----------
    table
        Of `progress.states`; a commitment without due day has no span.
    audits
        Of the site.
    today
        Last day of the follow-up.
    deadline
        Of the label: what is due on that day or later is late.
    """
    left = unproved(table)
    due = left.loc[left["echeance"].notna()].sort_values(["echeance", "unite"])
    found = [
        Span(
            _days_left(row["libelle"], row["echeance"], today),
            start=today,
            end=row["echeance"],
            is_late=_is_late(row["echeance"], today, deadline),
            module=row["module"],
        )
        for row in due.to_dict("records")
    ]
    return found + [
        _audit_span(audit, today, deadline) for audit in sorted(audits, key=lambda a: a.date)
    ]


def _audit_span(audit: Audit, today: date, deadline: date) -> Span:
    is_over = audit.etat == "realise"
    return Span(
        _days_left(AUDITS[audit.nature], audit.date, today),
        start=audit.date,
        end=audit.date,
        # An audit that took place is no longer awaited: its day may be past.
        is_late=_is_late(audit.date, audit.date if is_over else today, deadline),
        is_over=is_over,
    )


def _days_left(label: str, end: date, today: date) -> Measure:
    return Measure(
        key="echeance", label=label, group=f"{end:%Y-%m-%d}", value=(end - today).days, unit="jours"
    )


def _is_late(due: date, today: date, deadline: date) -> bool:
    return due >= deadline or due < today
