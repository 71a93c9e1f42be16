"""
What is published of the mystery contacts, as measures: contacts made, criteria met, delays, marks.

The tables are computed in `quality.mystery`; this module only says which of their numbers are
shown. The words are in `display.mystery` and `display.marks`.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qpref.quality.score import BEST, Score
from qpref.reference import Channel, Criterion, Indicator, MysteryGrid
from qpref.reference.standard import Benchmark
from qpref.statistics.measure import Measure

Record = Mapping[Hashable, Any]
_RARELY = 0.5  # under one contact in two
_DAYS = "jours ouvrés"
_MEASURED = {"jours_ouvres": _DAYS}  # units as the figures file writes them


@dataclass(frozen=True)
class ContactCounts:
    """Contacts of a channel: all those made, then those excluded, kept and answered."""

    made: Measure
    excluded: Measure
    kept: Measure
    answered: Measure

    @property
    def all(self) -> list[Measure]:
        """The four counts."""
        return [self.made, self.excluded, self.kept, self.answered]


def contacts(table: pd.DataFrame, grid: MysteryGrid) -> list[ContactCounts]:
    """
    Return the contacts made, channel by channel.

    Parameters
    ----------
    table
        Of `mystery.contacts_by_channel`.
    grid
        Names of the channels.
    """
    names = ("realises", "exclus", "retenus", "aboutis")
    return [
        ContactCounts(*(_of_channel(row, name, grid, unit="contacts") for name in names))
        for row in table.to_dict("records")
    ]


@dataclass(frozen=True)
class Compliance:
    """
    A criterion judged on a channel.

    `met`: contacts that met it wholly, a share with its exact interval; `partly`, those that met it
    in part and are not counted; `before`, the same measure in the previous campaign.
    """

    criterion: Criterion
    met: Measure
    partly: int
    before: Measure | None

    @property
    def parts(self) -> tuple[float, float, float]:
        """Shares of the contacts that met it wholly, in part, and not at all."""
        n, full = self.met.n or 1, self.met.count or 0
        return full / n, self.partly / n, (n - full - self.partly) / n

    @property
    def is_always_met(self) -> bool:
        """Whether every contact met it."""
        return bool(self.met.n) and self.met.count == self.met.n

    @property
    def is_rarely_met(self) -> bool:
        """Whether fewer than one contact in two met it."""
        return bool(self.met.n) and self.met.value < _RARELY


@dataclass(frozen=True)
class ChannelSurvey:
    """
    What was found on a channel.

    `kept` contacts; `criteria` of the grid on it; those judged (`met`), and the means of the
    measures that nothing judges (`measured`). Its marks are with those of the other channels.
    """

    channel: Channel
    kept: int
    criteria: list[Criterion]
    met: list[Compliance]
    measured: list[Measure]


@dataclass(frozen=True)
class SurveyTables:
    """Of `quality.mystery`: contacts by channel, criteria met now and before, plain measures."""

    contacts: pd.DataFrame
    met: pd.DataFrame
    before: pd.DataFrame | None
    measures: pd.DataFrame

    def on(self, channel: Channel, grid: MysteryGrid) -> ChannelSurvey:
        """Return what was found on a channel."""
        own = self.contacts.loc[self.contacts["canal"] == channel.id]
        return ChannelSurvey(
            channel,
            int(own["retenus"].sum()),
            grid.criteria_of(channel),
            criteria_met(self.met, self.before, channel, grid),
            measured(self.measures, channel, grid),
        )


def criteria_met(
    table: pd.DataFrame, before: pd.DataFrame | None, channel: Channel, grid: MysteryGrid
) -> list[Compliance]:
    """Return the criteria judged on a channel, in the order of the grid; see `SurveyTables`."""
    then = [] if before is None else before.loc[before["canal"] == channel.id].to_dict("records")
    earlier = {row["critere"]: met(row, grid.criterion(row["critere"])) for row in then if row["n"]}
    return [
        Compliance(criterion, met(row, criterion), int(row["partiels"]), earlier.get(criterion.id))
        for row in table.loc[table["canal"] == channel.id].to_dict("records")
        for criterion in [grid.criterion(row["critere"])]
    ]


def met(row: Record, criterion: Criterion) -> Measure:
    """Return the share of contacts that met a criterion, from a row of `mystery.compliance`."""
    return Measure(
        key=criterion.id,
        label=criterion.libelle,
        group=row["canal"],
        n=int(row["n"]),
        count=int(row["conformes"]),
        value=row["part"],
        low=row["bas"],
        high=row["haut"],
    )


@dataclass(frozen=True)
class Replies:
    """
    Replies to the messages of a written channel.

    `answered` among the messages sent; `median` and `longest` delay, in working days, of those
    answered; `elsewhere`, replies by another channel.
    """

    answered: Measure
    median: Measure
    longest: Measure
    elsewhere: int


def replies(table: pd.DataFrame, grid: MysteryGrid) -> list[Replies]:
    """
    Return the replies to written contacts, channel by channel.

    Parameters
    ----------
    table
        Of `mystery.delay_summary`.
    grid
        Names of the channels.
    """
    found = []
    for row in table.to_dict("records"):
        median, longest = (
            _of_channel(row, name, grid, unit=_DAYS, n=int(row["repondus"]))
            for name in ("mediane", "maximum")
        )
        answered = _answered(int(row["repondus"]), int(row["envoyes"]), median.label, row["canal"])
        found.append(Replies(answered, median, longest, int(row["autre_canal"])))
    return found


def all_replies(found: list[Replies]) -> Measure:
    """Return the messages answered, all channels together."""
    answered = sum(reply.answered.count or 0 for reply in found)
    return _answered(answered, sum(reply.answered.n or 0 for reply in found))


def _answered(count: int, n: int, label: str = "", channel: str = "") -> Measure:
    return Measure(
        key="repondus", label=label, group=channel, n=n, count=count, value=count / max(n, 1)
    )


def mark_unit(highest: float) -> str:
    """
    Return the unit of a mark.

    Examples
    --------
    >>> mark_unit(20)
    'note sur 20'
    """
    return f"note sur {highest:.0f}"


def marks(table: pd.DataFrame, grid: MysteryGrid) -> dict[int, list[Measure]]:
    """
    Return the mean mark of each criterion and channel, by the highest mark that could be given.

    Each lies between the lowest and the highest mark given; one never given is based on nothing.

    Parameters
    ----------
    table
        Of `mystery.marks`.
    grid
        Names of the criteria.
    """
    found: dict[int, list[Measure]] = {}
    for row in table.to_dict("records"):
        own = _mean(row, grid.criterion(row["critere"]), mark_unit(row["sur"]))
        found.setdefault(int(row["sur"]), []).append(own)
    return found


def measured(table: pd.DataFrame, channel: Channel, grid: MysteryGrid) -> list[Measure]:
    """
    Return the mean of each measure of a channel that no threshold judges.

    Parameters
    ----------
    table
        Of `mystery.measures`.
    channel, grid
        The channel shown; names of the criteria.
    """
    return [
        _mean(row, grid.criterion(row["critere"]), _MEASURED.get(row["unite"], row["unite"]))
        for row in table.loc[table["canal"] == channel.id].to_dict("records")
    ]


def _mean(row: Record, criterion: Criterion, unit: str) -> Measure:
    return Measure(
        key=criterion.id,
        label=criterion.libelle,
        group=row["canal"],
        n=int(row["n"]),
        value=row["moyenne"],
        low=row["minimum"],
        high=row["maximum"],
        unit=unit,
        digits=1,
    )


def site_mark(found: Score, indicator: Indicator | None) -> Measure:
    """Return the mark of a site with its 95 % interval, named by its indicator if there is one."""
    key, label = (indicator.id, indicator.libelle) if indicator else ("note", "Note d’ensemble")
    low, high = (found.low, found.high) if found.is_known else (None, None)
    return Measure(
        key=key, label=label, n=found.contacts, value=found.value, low=low, high=high,
        unit=mark_unit(BEST), digits=1,
    )  # fmt: skip


def national(fact: Benchmark) -> Measure:
    """Return a national figure: percentages whole, marks to a tenth."""
    return Measure(
        key=str(fact.annee),
        label=fact.libelle,
        group=fact.unite,
        value=fact.valeur,
        unit="national",
        digits=0 if fact.unite == "%" else 1,
    )


def _of_channel(
    row: Record, name: str, grid: MysteryGrid, *, unit: str, n: int | None = None
) -> Measure:
    """Return a column of a row that describes a channel."""
    channel = grid.channel(row["canal"])
    return Measure(
        key=name, label=channel.libelle, group=channel.id, n=n, value=row[name], unit=unit,
        digits=int(unit == _DAYS),  # the middle of two delays
    )  # fmt: skip
