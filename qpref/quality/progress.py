"""How far a site is from the label: states, pace, forecast, delays, what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Any

import pandas as pd
import scipy

from qpref.reference import DONE, Audit, Site, Standard, Step
from qpref.statistics.measure import Measure
from qpref.statistics.records import records

COLUMNS = (
    "unite", "module", "libelle", "etat", "depuis", "prouve_le", "preuve", "pilote", "echeance",
)  # fmt: skip
COMMITMENTS = "engagements"  # unit of the counts
ENOUGH = 3  # commitments proved before a pace means anything
SOON = timedelta(days=60)
LEVEL = 0.8
FAR_YEARS = 10  # a forecast further away is not a date
_FAR = ceil(365.25 * FAR_YEARS)  # days


@dataclass(frozen=True)
class Unit:
    """A commitment to prove, or a module none of whose commitments was read."""

    key: str
    module: int
    label: str


@dataclass(frozen=True)
class Forecast:
    """
    Forecast of the day when the last commitment is proved, at the pace so far.

    `low`, `middle`, `high`: days bounding the central 80 % of the forecast, and its median; None
    when there is no forecast, or beyond ten years. `due`: the latest of the due days already fixed
    to what is left, None when none is.
    """

    done: int
    left: int
    start: date
    today: date
    low: date | None = None
    middle: date | None = None
    high: date | None = None
    due: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether enough was done, over some time, for a pace."""
        return self.left > 0 and self.done >= ENOUGH and self.today > self.start

    @property
    def weeks_spent(self) -> int:
        """Whole weeks since the first day of the follow-up."""
        return (self.today - self.start).days // 7

    def weeks_to(self, deadline: date) -> int:
        """Return the whole weeks left before a day."""
        return (deadline - self.today).days // 7

    def is_too_late(self, deadline: date) -> bool:
        """Return whether something left is due on a day or later: the pace has no say then."""
        return self.left > 0 and self.due is not None and self.due >= deadline

    def expected(self, deadline: date) -> date | None:
        """Return the day expected for the last proof: what is due too late comes on its due day."""
        if self.middle and self.due and self.is_too_late(deadline):
            return max(self.middle, self.due)
        return self.middle

    def chance(self, deadline: date) -> float | None:
        """
        Return the probability that all is proved by a day, None without forecast.

        It is 0 when something is due later than that day: a pace does not know the due days.

        Examples
        --------
        >>> first, today = date(2020, 1, 1), date(2020, 4, 10)  # 100 days
        >>> chance = Forecast(4, 1, first, today).chance(today + timedelta(days=100))
        >>> round(chance, 6) == round(1 - 0.5**4.5, 6)
        True
        """
        if self.left == 0:
            return 1.0
        if self.is_too_late(deadline):
            return 0.0
        if not self.is_known:
            return None
        spent, ahead = (self.today - self.start).days, (deadline - self.today).days
        scaled = ahead / spent * (self.done + 0.5) / self.left
        return float(scipy.stats.f.cdf(max(scaled, 0), 2 * self.left, 2 * self.done + 1))


@dataclass(frozen=True)
class Reminder:
    """
    Something to do: its `code`, then the `unit` and the `day` concerned.

    The unit is the key of a commitment or the nature of an audit, « » for an audit not fixed yet.
    """

    code: str
    unit: str = ""
    day: date | None = None


def units(site: Site, standard: Standard) -> list[Unit]:
    """Return what a site has to prove, module by module."""
    found = []
    for number in site.modules:
        known = standard.commitments_of(number)
        found += [Unit(commitment.id, number, commitment.theme) for commitment in known]
        if not known:
            found.append(Unit(f"module-{number}", number, "Engagements du module, non lus"))
    return found


def states(wanted: Sequence[Unit], steps: Sequence[Step], day: date) -> pd.DataFrame:
    """
    Return where each unit stands on a day, columns `COLUMNS`.

    `depuis` is the first day of the present state, `prouve_le` the day since which the unit is
    proved without a break. A unit never written down is « a_faire ».

    Parameters
    ----------
    wanted
        Of `units`.
    steps
        Of one site, in order of time.
    day
        Later steps are left out.
    """
    rows = []
    for unit in wanted:
        row = dict.fromkeys(COLUMNS[4:], None) | {"etat": "a_faire"}
        for step in (s for s in steps if s.unit == unit.key and s.date <= day):
            if step.etat != row["etat"] or row["depuis"] is None:
                since = row["prouve_le"] or step.date if step.etat in DONE else None
                row |= {"etat": step.etat, "depuis": step.date, "prouve_le": since}
            given = {"preuve": step.preuve, "pilote": step.pilote, "echeance": step.echeance}
            row |= {name: value for name, value in given.items() if value is not None}
        rows.append({"unite": unit.key, "module": unit.module, "libelle": unit.label, **row})
    return pd.DataFrame(rows, columns=[*COLUMNS], dtype=object)


def is_done(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return which units are proved."""
    return table["etat"].isin(DONE)


def in_scope(table: pd.DataFrame) -> pd.DataFrame:
    """Return the units that the site holds."""
    return table.loc[table["etat"] != "hors_perimetre"]


def unproved(table: pd.DataFrame) -> pd.DataFrame:
    """Return the units that the site holds and has not proved."""
    scope = in_scope(table)
    return scope.loc[~is_done(scope)]


def proved_measure(table: pd.DataFrame, label: str = "") -> Measure:
    """Return the commitments of a site that are proved, of `states`, out of those in its scope."""
    done, n = proved(table)
    return Measure(key="prouves", label=label, n=n, value=done, unit=COMMITMENTS)


def proved(table: pd.DataFrame) -> tuple[int, int]:
    """Return how many units are proved, and how many the site holds."""
    scope = in_scope(table)
    return int(is_done(scope).sum()), len(scope)


def history(wanted: Sequence[Unit], steps: Sequence[Step], day: date) -> pd.DataFrame:
    """
    Return what was proved on each day of the follow-up.

    Columns: `date`, `faits`, `total` (units within scope), `nouveaux` and `perdus` (units proved
    since the row before, or not any more).
    """
    days = sorted({step.date for step in steps if step.date <= day})
    rows: list[dict[str, object]] = []
    before: set[str] = set()
    for moment in days:
        table = states(wanted, steps, moment)
        now = set(table.loc[is_done(table), "unite"])
        order = [unit.key for unit in wanted]
        rows.append(
            {
                "date": moment,
                "faits": len(now),
                "total": len(in_scope(table)),
                "nouveaux": [name for name in order if name in now - before],
                "perdus": [name for name in order if name in before - now],
            }
        )
        before = now
    return pd.DataFrame(rows, columns=["date", "faits", "total", "nouveaux", "perdus"])


def forecast(table: pd.DataFrame, start: date, today: date) -> Forecast:
    """
    Return when all would be proved if the pace so far goes on.

    Parameters
    ----------
    table
        Of `states`, today.
    start
        First day of the follow-up: the pace is counted from it.

    Notes
    -----
    Proofs come as a Poisson process of unknown rate (Jeffreys prior): with D proved in T days and R
    left, the wait is T R / (D + 1/2) times a variable of Fisher with 2R and 2D + 1 degrees of
    freedom. What was proved on the first day was there before and says nothing of the pace.
    """
    scope = in_scope(table)
    done = int((scope.loc[is_done(scope), "prouve_le"] > start).sum())
    remaining = unproved(table)
    left, due = len(remaining), max(remaining["echeance"].dropna(), default=None)
    found = Forecast(done, left, start, today, due=due)
    if not found.is_known:
        return found
    spent = (today - start).days
    scale = spent * left / (done + 0.5)
    tail = (1 - LEVEL) / 2
    waits = scipy.stats.f.ppf([tail, 0.5, 1 - tail], 2 * left, 2 * done + 1) * scale
    low, middle, high = (
        today + timedelta(days=round(wait)) if wait < _FAR else None for wait in waits
    )
    return replace(found, low=low, middle=middle, high=high)


def is_late(row: Mapping[Any, Any], today: date) -> bool:
    """Return whether a row of `states` is a commitment that was due before today."""
    is_open = row["etat"] not in {*DONE, "hors_perimetre"}
    return is_open and row["echeance"] is not None and row["echeance"] < today


def slips(table: pd.DataFrame, deadline: date, weeks: int = 0) -> pd.DataFrame:
    """Return the units to prove whose due day passes the deadline after a delay of some weeks."""
    open_units = unproved(table)
    shifted = open_units["echeance"].map(
        lambda day: day is not None and day + timedelta(weeks=weeks) >= deadline
    )
    return open_units.loc[shifted.astype("bool")]


def audits_that_slip(audits: Sequence[Audit], deadline: date, weeks: int = 0) -> list[Audit]:
    """Return the planned audits that pass the deadline of the label after a delay of some weeks."""
    return [
        audit
        for audit in audits
        if audit.etat == "prevu"
        and audit.nature != "suivi"
        and audit.date + timedelta(weeks=weeks) >= deadline
    ]


def reminders(
    table: pd.DataFrame, audits: Sequence[Audit], today: date, deadline: date
) -> list[Reminder]:
    """
    Return what to do next, most urgent first.

    Codes: « retard », « bientot » (due within `SOON`), « apres_label » (due after the label),
    « sans_echeance », « sans_pilote », « audit_interne_a_fixer », « audit_externe_a_fixer »,
    « audit_passe » (planned before today, not said to be done), « audit_tardif ».
    """
    rows = records(unproved(table))
    found = [
        Reminder(code, row["unite"], row["echeance"])
        for row in rows
        for code in _unit_codes(row["echeance"], row["pilote"], today, deadline)
    ]
    for nature in ("interne", "externe"):
        own = [audit for audit in audits if audit.nature == nature]
        if not own:
            found.append(Reminder(f"audit_{nature}_a_fixer"))
        missed = [a.date for a in own if a.etat == "prevu" and a.date < today]
        found += [Reminder("audit_passe", nature, day) for day in missed]
    late = audits_that_slip(audits, deadline)
    found += [Reminder("audit_tardif", audit.nature, audit.date) for audit in late]
    return sorted(found, key=lambda r: (_ORDER.index(r.code), r.day or date.max))


def how_many(found: Sequence[Reminder], code: str) -> int:
    """Return the number of reminders of a kind."""
    return sum(reminder.code == code for reminder in found)


_ORDER = (
    "retard", "audit_passe", "audit_tardif", "apres_label", "bientot", "audit_interne_a_fixer",
    "audit_externe_a_fixer", "sans_echeance", "sans_pilote",
)  # fmt: skip


def _unit_codes(due: date | None, owner: str | None, today: date, deadline: date) -> list[str]:
    """Return the codes of the reminders about a unit that is not proved yet."""
    codes = []
    if due is None:
        codes.append("sans_echeance")
    elif due < today:
        codes.append("retard")
    elif due >= deadline:
        codes.append("apres_label")
    elif due - today <= SOON:
        codes.append("bientot")
    return codes if owner else [*codes, "sans_pilote"]
