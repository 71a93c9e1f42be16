"""Rates of answer of the approach log, early and late answers, scenarios of bias, as measures."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qpref.statistics.contrast import between_groups
from qpref.statistics.design import Design
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.nonresponse import RIndicator, r_indicator, with_the_others
from qpref.statistics.representativeness import FEWEST_CLUSTERS
from qpref.statistics.shares import NO_PERCENTAGE_BELOW, measured, proportion, share_interval

LESS = (0.10, 0.20, 0.30)  # points less satisfied, of those who did not answer
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True)
class RefusalScenario:
    """What the `result` would be, the others being `less` satisfied."""

    less: Measure
    result: Measure


@dataclass(frozen=True)
class NonResponse:
    """
    What is known of those who did not answer.

    `rate`: complete answers among the people concerned who were approached; `by_day` of the week
    and `by_moment`, empty when a number of people would be too small to publish; `indicator`, None
    when it cannot be estimated; `early` and `late` share satisfied and their `gap`, None when there
    are too few; `scenarios`.
    """

    rate: Measure
    by_day: Sequence[Measure] = ()
    by_moment: Sequence[Measure] = ()
    indicator: RIndicator | None = None
    halves: tuple[Measure, Measure, Measure] | None = None
    scenarios: Sequence[RefusalScenario] = ()


def non_response(
    log: pd.DataFrame,
    happy: pd.Series,
    when: pd.DataFrame,
    moments: Mapping[Hashable, str],
    smallest: int,
) -> NonResponse:
    """
    Return what an approach log says of those who did not answer.

    Parameters
    ----------
    log
        Table `collecte` of one site, not empty.
    happy
        Overall satisfaction: 1, 0 or missing, one a visitor.
    when
        `date`, and `half_day` of `samples.half_days`, of the same visitors.
    moments
        Names of the half-days, by their codes, in order.
    smallest
        People under which a count is not published.
    """
    known = log.assign(eligibles=log["abordes"] - log["ineligibles"])
    known["jour"] = known["date"].dt.day_of_week
    rate = proportion(known["complets"].sum(), known["eligibles"].sum(), key="taux_reponse")
    given = happy.dropna()
    found = NonResponse(
        rate=rate,
        by_day=_rates(known, "jour", dict(enumerate(DAYS)), smallest),
        by_moment=_rates(known, "demi_journee", {**moments}, smallest),
        indicator=r_indicator(known, ["jour", "demi_journee"]),
        halves=_halves(given, when),
    )
    if not (rate.is_rated and given.size) or rate.value > 1:
        return found
    share = float(given.mean())
    if len(given) < NO_PERCENTAGE_BELOW:
        return found
    scenarios = []
    for less in LESS:
        value = with_the_others(share, rate.value, less)
        result = Measure(key="scenario", group=f"{100 * less:.0f}", n=len(given), value=value)
        scenarios.append(RefusalScenario(Measure(value=less, unit=DIFFERENCE), result))
    return replace(found, scenarios=scenarios)


def _rates(
    log: pd.DataFrame, column: str, names: Mapping[Hashable, str], smallest: int
) -> list[Measure]:
    """Return the rate of each level; none of them when one would tell of too few people."""
    sums = log.groupby(column)[["complets", "eligibles"]].sum()
    sums = sums.loc[sums["eligibles"] > 0]
    others = sums["eligibles"] - sums["complets"]
    if len(sums) < 2 or (sums["complets"] < smallest).any() or (others < smallest).any():  # noqa: PLR2004
        return []
    low, high = share_interval(sums["complets"], sums["eligibles"])
    table = sums.assign(part=sums["complets"] / sums["eligibles"], bas=low, haut=high).rename(
        columns={"eligibles": "n", "complets": "satisfaits"}
    )
    return [
        measured(row, "taux_reponse", names.get(level, str(level)), f"{column} {level}")
        for level, row in zip(table.index, table.to_dict("records"), strict=True)
    ]


def _halves(happy: pd.Series, when: pd.DataFrame) -> tuple[Measure, Measure, Measure] | None:
    """Return satisfaction in the first and the second half of the days, then the difference."""
    when = when.reindex(happy.index).dropna(subset=["date"])
    happy, days = happy.reindex(when.index), np.sort(when["date"].unique())
    if len(days) < 2:  # noqa: PLR2004 - one day has no halves
        return None
    late = (when["date"] >= days[(len(days) + 1) // 2]).to_numpy()
    sides = [happy.to_numpy()[side] for side in (~late, late)]
    if min(map(len, sides)) < NO_PERCENTAGE_BELOW or when["half_day"].nunique() < FEWEST_CLUSTERS:
        return None
    change = between_groups(
        Design(np.ones(len(happy)), clusters=when["half_day"]), happy.to_numpy(), late, ~late
    )
    if not change.se > 0:
        return None
    low, high = (min(max(bound, -1.0), 1.0) for bound in change.interval())
    names = (("debut", "Première moitié"), ("fin", "Seconde moitié"))
    shares = [
        proportion(side.sum(), len(side), "satisfaction", label, group)
        for side, (group, label) in zip(sides, names, strict=True)
    ]
    gap = Measure(
        key="satisfaction", group="fin_moins_debut", n=change.n, value=change.value,
        low=low, high=high, unit=DIFFERENCE,
    )  # fmt: skip
    return shares[0], shares[1], gap
