"""The figures of each month of a site, as they were read up to a campaign."""

from functools import cached_property

import pandas as pd

from qpref.quality.monthly import FollowedIndicator, follow_months
from qpref.schema import once
from qpref.workbook.sources import Sources

_KEY = ["indicateur", "periode"]
_SAME = 1e-9  # between two values of a month, as files write them


class Months:
    """Readings of a site, and what chance explains of them."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @cached_property
    def _by_campaign(self) -> list[pd.DataFrame]:
        """The readings of the campaign, then those of the one before when there is one."""
        before = self._sources.previous
        former = [self._sources.table("indicateurs", before.id)] if before else []
        return [self._sources.table("indicateurs"), *former]

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The readings of the campaign, then those of the one before that it does not say again."""
        return once("indicateurs", self._by_campaign, _KEY)

    @cached_property
    def restated(self) -> list[tuple[str, str]]:
        """The figures and months that two campaigns say differently: the last one counts."""
        now, *former = (table.set_index(_KEY)["valeur"] for table in self._by_campaign)
        if not former:
            return []
        (then,) = former
        both = then.index.intersection(now.index)
        changed = both[(then.loc[both].sub(now.loc[both]).abs() > _SAME).to_numpy()]
        names = {one.id: one.libelle for one in self._sources.reference.monthly.indicateurs}
        return [(names[name], month) for name, month in sorted(changed) if name in names]

    @cached_property
    def followed(self) -> list[FollowedIndicator]:
        """Each figure that has a reading, month by month."""
        monthly = self._sources.reference.monthly
        return follow_months(self.readings, monthly, self._sources.site.id)

    @property
    def silent(self) -> list[str]:
        """Names of the figures declared of which nothing was read."""
        known = {one.indicator.id for one in self.followed}
        declared = self._sources.reference.monthly.indicateurs
        return [one.libelle for one in declared if one.id not in known]
