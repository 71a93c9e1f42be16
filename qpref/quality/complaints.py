"""
Complaints and suggestions of a site over a year, as measures.

Each is somebody's: what is counted goes through `disclosure.protect`. Tables by quarter, by channel
and by subject share their total alone; what was answered, and within the delay, is one table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from math import nan

import pandas as pd

from qpref.quality.calendar import working_days
from qpref.quality.monthly import period_name
from qpref.reference import Campaign, CodeBook, Complaints
from qpref.reference.complaints import DAYS, KINDS
from qpref.statistics.disclosure import TOTAL, VISIBLE, protect, system
from qpref.statistics.measure import Measure
from qpref.statistics.records import records
from qpref.statistics.shares import proportion
from qpref.statistics.waiting import reached_within

UNSAID, UNIT = "non_precise", "réclamations et suggestions"
_QUARTERS = 4
_STATE, _JUDGED = "etat", "jugement"
OPEN, ANSWERED = "sans_reponse", "repondues"
WITHIN, LATE, RECENT = "dans_le_delai", "hors_delai", "delai_en_cours"


@dataclass(frozen=True)
class RegisterRules:
    """What a register is counted by: what is declared, the code book, threshold, holidays."""

    declared: Complaints
    book: CodeBook
    threshold: int
    subdivision: str | None = None

    @property
    def unit(self) -> str:
        """The unit of its delays."""
        return DAYS["jours_ouvres" if self.declared.is_working else "jours"]


@dataclass(frozen=True)
class ToldCounts:
    """Counts of one table that may be told, and the names of those that may not."""

    shown: tuple[Measure, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class HeardYear:
    """
    What a register says of a year.

    Parameters
    ----------
    quarters
        First and last quarter counted.
    until
        The last day that the register says anything of.
    total
        All of them; its value is missing when they are too few to be counted.
    count
        Counts the tables: most reports of a site show none.
    median, ninth
        Delay within which half, and nine in ten, are answered; missing when too many still wait.
    waiting, within
        How many have no answer yet; of those whose delay is over, how many had theirs within it.
        None where they may not be told, or no delay is declared.
    """

    quarters: tuple[str, str]
    until: date
    total: Measure
    count: Callable[[], Mapping[str, ToldCounts]] = field(compare=False)
    median: Measure
    ninth: Measure
    waiting: Measure | None = None
    within: Measure | None = None

    @cached_property
    def tables(self) -> Mapping[str, ToldCounts]:
        """Counts by kind, quarter, channel and subject, by the name of the table."""
        return self.count()

    @property
    def measures(self) -> list[Measure]:
        """What the figures file holds."""
        counted = [one for table in self.tables.values() for one in table.shown]
        return _known(self.total, *counted, *self._delays)

    @property
    def summary(self) -> list[Measure]:
        """The same without the tables: how many, how soon answered."""
        return _known(self.total, *self._delays)

    @property
    def _delays(self) -> tuple[Measure | None, ...]:
        return (self.median, self.ninth, self.waiting, self.within)

    @property
    def is_counted(self) -> bool:
        """Whether there are enough of them to be counted."""
        return self.total.is_known


def _known(*found: Measure | None) -> list[Measure]:
    return [one for one in found if one is not None and one.is_known]


def year_of(rows: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the complaints of the four quarters that end with a campaign."""
    last = pd.Period(campaign.fin, "Q")
    quarter = rows["recue_le"].dt.to_period("Q")
    found: pd.DataFrame = rows.loc[(quarter <= last) & (quarter > last - _QUARTERS)]
    return found


def heard(rows: pd.DataFrame, campaign: Campaign, rules: RegisterRules) -> HeardYear | None:
    """
    Return what a register says of a year; None when it holds nothing of it.

    Parameters
    ----------
    rows
        Table `reclamations` of a site, all that is known of it.
    campaign
        The year is the four quarters that end with it.
    rules
        What it is counted by.
    """
    own = year_of(rows, campaign)
    if own.empty:
        return None
    last = pd.Period(campaign.fin, "Q")
    until = rows[["recue_le", "repondue_le"]].max().max()
    total = _count("total", "Ensemble", len(own))
    quarters = (_quarter(last - _QUARTERS + 1), _quarter(last))
    if len(own) < rules.threshold:
        nothing = _delay("", nan, rules)
        few = _count("total", "Ensemble", nan)
        return HeardYear(quarters, until.date(), few, dict, nothing, nothing)
    days = _elapsed(own["recue_le"], own["repondue_le"].fillna(until), rules)
    median, ninth = reached_within(days, own["repondue_le"].notna())
    age = _elapsed(own["recue_le"], pd.Series(until, index=own.index), rules)
    waiting, within = _answers(own, days, age, rules)
    return HeardYear(
        quarters, until.date(), total, partial(_tables, own, last, rules),
        _delay("médiane", median, rules), _delay("neuf sur dix", ninth, rules), waiting, within,
    )  # fmt: skip


def _quarter(one: pd.Period) -> str:
    return f"{one.year}-T{one.quarter}"


def _count(key: str, label: str, value: float, group: str = "") -> Measure:
    return Measure(key=f"reclamations_{key}", label=label, group=group, value=value, unit=UNIT)


def _delay(group: str, value: float, rules: RegisterRules) -> Measure:
    return Measure(
        key="reclamations_delai", label="Délai de réponse", group=group, value=value,
        unit=rules.unit,
    )  # fmt: skip


def _elapsed(start: pd.Series, end: pd.Series, rules: RegisterRules) -> pd.Series:
    """Return the days from one date to another, as the register counts them."""
    if rules.declared.is_working:
        return working_days(start, end, rules.subdivision)
    return (end - start).dt.days.astype(float)


def _tables(own: pd.DataFrame, last: pd.Period, rules: RegisterRules) -> dict[str, ToldCounts]:
    """Return the counts of each table that may be told."""
    quarters = [_quarter(last - back) for back in range(_QUARTERS - 1, -1, -1)]
    names = {
        "nature": (own["nature"].astype(str), KINDS),
        "trimestre": (
            own["recue_le"].dt.to_period("Q").map(_quarter),
            {name: period_name(name) for name in quarters},
        ),
        "canal": (own["canal"], {one.id: one.libelle for one in rules.declared.canaux}),
        "sujet": (own["sujet"], rules.book.labels),
    }
    return {
        name: _told(name, column, labels, rules.threshold)
        for name, (column, labels) in names.items()
        if column.notna().any()
    }


def _told(name: str, column: pd.Series, labels: Mapping[str, str], threshold: int) -> ToldCounts:
    """Return a table of counts: quarters in their order, the rest by how many."""
    sizes = column.fillna(UNSAID).astype(str).value_counts()
    if name == "trimestre":
        sizes = sizes.reindex([*labels], fill_value=0)
    counts = pd.DataFrame({name: [*sizes.index], "effectif": [*sizes]})
    cells = protect(system(counts, [name]), threshold, known={(TOTAL,): True}).set_index(name)
    is_told = cells["diffusion"] == VISIBLE
    said = {**labels, UNSAID: "Non précisé"}
    shown = tuple(
        _count(name, said.get(code, code), int(size), said.get(code, code))
        for code, size in zip(map(str, sizes.index), sizes, strict=True)
        if is_told[code]
    )
    hidden = tuple(
        said.get(code, code) for code in sorted(map(str, sizes.index)) if not is_told[code]
    )
    return ToldCounts(shown, hidden)


def _answers(
    own: pd.DataFrame, days: pd.Series, age: pd.Series, rules: RegisterRules
) -> tuple[Measure | None, Measure | None]:
    """
    Return how many wait, and how many had their answer within the delay of those it is over for.

    One table: what is told of one side must not give the other back.
    """
    aim = rules.declared.delai.valeur if rules.declared.delai else None
    is_open = own["repondue_le"].isna()
    state = is_open.map({True: OPEN, False: ANSWERED})
    judged = pd.Series(RECENT, index=own.index)
    if aim is not None:
        judged[age >= aim] = LATE
        judged[(age >= aim) & ~is_open & (days <= aim)] = WITHIN
    counts = pd.DataFrame({_STATE: state, _JUDGED: judged}).value_counts()
    table = system(counts.rename("effectif").reset_index(), [_STATE, _JUDGED])
    # What is crossed is told nowhere, and nobody waits who had an answer in time: all know that.
    cells = table.cells[[_STATE, _JUDGED]].itertuples(index=False, name=None)
    known: dict[tuple[str, ...], bool] = {(TOTAL, TOTAL): True}
    known |= {key: key == (OPEN, WITHIN) for key in cells if TOTAL not in key}
    found = protect(table, rules.threshold, known=known)
    told = {
        (row[_STATE], row[_JUDGED]): row["effectif"] if row["diffusion"] == VISIBLE else None
        for row in records(found)
    }
    waiting = told.get((OPEN, TOTAL), 0)
    sides = [told.get((TOTAL, one), 0) for one in (WITHIN, LATE)]
    awaited = None if waiting is None else _count("sans_reponse", "Sans réponse", waiting)
    if aim is None or None in sides or not sum(filter(None, sides)):
        return awaited, None
    within = proportion(
        sides[0] or 0, sum(filter(None, sides)), "reclamations_dans_le_delai",
        "Réponse dans le délai", "délai écoulé",
    )  # fmt: skip
    return awaited, within


def site_totals(found: Mapping[str, HeardYear | None]) -> list[Measure]:
    """Return the total of each site, by its short name; those of which nothing is known left out.

    No sum of the sites is told: a site too small to be counted is not given back.
    """
    known: Sequence[tuple[str, HeardYear]] = [(n, one) for n, one in found.items() if one]
    return [
        Measure(key=one.total.key, label=site, group=site, value=one.total.value, unit=UNIT)
        for site, one in known
    ]
