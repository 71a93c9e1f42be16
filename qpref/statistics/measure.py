"""One published number: the sentence, row, bar, line and trace that say it derive from it."""

from dataclasses import dataclass
from math import isnan
from typing import Literal

# Codes of the units, as the figures file writes them; other units stand where they are measured.
SHARE = "part"  # 0 to 1
DIFFERENCE = "écart de parts"  # −1 to 1

Reliability = Literal["aucun_pourcentage", "indicatif", "normal"]
Design = Literal["simple", "pondere", "standardise", "modele"]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """
    A published number, with all that is said beside it.

    Parameters
    ----------
    key
        What is measured: identifier of a question, a criterion, an action, an indicator.
    label
        Its name, or that of the group, as the reference data write it.
    group
        Of whom or of what, within `key`: an answer, a channel, a site, a date; « » for all.
    n
        Opinions, contacts or commitments on which the number is based; None when it has no base.
    count
        Those among `n` that the number counts; None when it counts none.
    value
        The number, in `unit`; missing (nan) when there is nothing to measure.
    low, high
        Bounds of the 95 % interval, or lowest and highest of the values described; None without.
    unit
        `SHARE`, `DIFFERENCE`, or another code of the figures file (« jours ouvrés »).
    verdict
        What was concluded, of `statistics.comparison` or `drivers`; « » when nothing was.
    design
        How the number was estimated: answers counted, weighted, standardised, or by a model.
    reliability
        What the number of answers allows, of `statistics.shares.reliability`.
    digits
        Decimals to show; of a share or a difference, decimals of the percentage or the points.
    """

    key: str = ""
    label: str = ""
    group: str = ""
    n: int | None = None
    count: int | None = None
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = SHARE
    verdict: str = ""
    design: Design = "simple"
    reliability: Reliability = "normal"
    digits: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return not isnan(self.value)

    @property
    def is_rated(self) -> bool:
        """Whether there are answers enough for a percentage."""
        return self.is_known and self.reliability != "aucun_pourcentage"

    @property
    def is_established(self) -> bool:
        """Whether chance does not explain a difference."""
        return self.verdict in {"mieux", "moins_bien"}

    @property
    def is_compared(self) -> bool:
        """Whether both sides of a difference were large enough to be compared."""
        return self.verdict not in {"", "non_compare"}


def are_apart(best: Measure, worst: Measure) -> bool:
    """Return whether the intervals of two measures do not meet, the first above the second."""
    return best.low is not None and worst.high is not None and best.low > worst.high


def is_surely_under(measure: Measure, limit: float) -> bool:
    """Return whether a share of answers enough is under a limit, its interval included."""
    is_enough = measure.reliability == "normal" and measure.is_known
    return is_enough and measure.high is not None and measure.high < limit
