"""How far respondents resemble the visitors counted at the site."""

from functools import cached_property

import pandas as pd

from qpref.quality import samples
from qpref.quality.profile import OTHER
from qpref.statistics import representativeness
from qpref.statistics.fieldwork import response_rate
from qpref.workbook.groups import Groups

# Variables of which the flow may be known, those that matter most first.
FLOW_VARIABLES = ("motif", "guichet", "demi_journee", "categorie_usager", "mode")


class Likeness:
    """
    Answers against the passages counted.

    Parameters
    ----------
    rows, flow, log
        Answers, passages counted, refusals noted, of one site.
    groups
        Which groups may be shown.
    """

    def __init__(
        self, rows: pd.DataFrame, flow: pd.DataFrame, log: pd.DataFrame, groups: Groups
    ) -> None:
        self._rows, self._flow, self.log, self._groups = rows, flow, log, groups

    @cached_property
    def compositions(self) -> dict[str, representativeness.Composition]:
        """The answers against the passages, by variable of which these are known."""
        rows, found = self._rows, {}
        moments = samples.half_days(rows, self._groups.questionnaire).to_numpy()
        for name in FLOW_VARIABLES:
            own = self._flow.loc[self._flow["variable"] == name]
            known = own.set_index("strate")["effectif"]
            if known.sum() > 0 and self._groups.is_asked(name):
                # Groups that may not be published are compared as one.
                shown = self._groups.shown(name)
                merge = {str(s): s if s in shown else OTHER for s in known.index}
                strata = rows[name].astype("object").map(merge)
                merged = known.rename(merge).groupby(level=0).sum()
                by_half_day = pd.crosstab(moments, strata.to_numpy())
                found[name] = representativeness.composition(
                    strata.value_counts(), merged, by_half_day
                )
        return found

    @cached_property
    def response_rate(self) -> dict[str, float] | None:
        """Approached, refused, complete, response rate; None when refusals were not noted."""
        return response_rate(self.log) if len(self.log) else None
