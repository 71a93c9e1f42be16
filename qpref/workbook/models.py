"""Weights and models of a satisfaction survey, each computed once."""

from collections.abc import Hashable, Sequence
from functools import cached_property

import pandas as pd

from qpref.errors import MarginError
from qpref.quality import groups
from qpref.quality.likeness import Weighted, balanced
from qpref.quality.profile import OTHER
from qpref.reference import Question
from qpref.statistics import drivers, ordinal, representativeness, superiority
from qpref.statistics.design import Design
from qpref.statistics.gathered import FEWEST
from qpref.statistics.standardised import standardised, withheld
from qpref.statistics.weighting import Weights, rake, smallest_cells
from qpref.workbook.respondents import Respondents

_ADJUSTED_FOR = ("motif", "tranche_age", "aisance_numerique")
_WEIGHTED_ON = ("guichet", "demi_journee")  # the reason of visit says what the counter says
_PASSAGES = ("strate", "effectif")
_SMALLEST_LEVEL = 5
BOUNDS = (0.3, 3.0)


class Models:
    """
    What needs more than a count.

    Parameters
    ----------
    respondents
        Answers of this site and of those beside it.
    campaign
        The identifier of the campaign.
    flow
        Passages counted at this site.
    """

    def __init__(self, respondents: Respondents, campaign: str, flow: pd.DataFrame) -> None:
        self._respondents, self._campaign, self._flow = respondents, campaign, flow

    @cached_property
    def clustering(self) -> representativeness.Clustering:
        """Effect on precision of the answers being taken by half-days."""
        return representativeness.half_day_effect(*self._satisfied_with_half_day)

    @property
    def _satisfied_with_half_day(self) -> tuple[pd.Series, pd.Series]:
        asked = self._respondents
        happy = asked.satisfied(asked.ranks).dropna()
        return happy.astype(bool), asked.half_days.reindex(happy.index)

    @property
    def _by_visitor(self) -> pd.DataFrame:
        rows = self._respondents.rows
        return rows.set_index(rows["reponse_id"].astype(str))

    @cached_property
    def mode_effect(self) -> float | None:
        """P-value: does satisfaction depend on the mode of answer? None when untestable."""
        happy, half_days = self._satisfied_with_half_day
        modes = self._by_visitor["mode"]
        return representativeness.mode_effect(happy, modes.reindex(happy.index), half_days)

    @cached_property
    def weights(self) -> tuple[Weights, pd.DataFrame, list[str]] | str:
        """Weights, answers weighted and margins, or the sentence that says why there are none."""
        roles = self._respondents.questionnaire.by_role
        margins = {
            name: known for name in _WEIGHTED_ON if name in roles and (known := self._margin(name))
        }
        if not margins:
            return (
                "Les passages ne sont connus ni par guichet ni par demi-journée : aucune "
                "pondération n’est possible."
            )
        rows = self._by_visitor
        rows = rows.loc[rows[list(margins)].notna().all(axis=1)]
        few = [n for n, k in smallest_cells(rows, margins).items() if k < _SMALLEST_LEVEL]
        margins = {name: known for name, known in margins.items() if name not in few}
        if not margins:
            return "Trop peu de réponses par guichet et par demi-journée pour pondérer."
        try:
            return rake(rows, margins, bounds=BOUNDS), rows, list(margins)
        except MarginError as error:
            return str(error)

    @cached_property
    def balanced(self) -> tuple[Weights, list[Weighted], list[str]] | str:
        """Weights, shares of each question with and without them, margins; or why there are none.

        Half-days are clusters when there are enough of them.
        """
        return self._balanced(self._respondents.questionnaire.opinions)

    def _balanced(
        self, questions: Sequence[Question]
    ) -> tuple[Weights, list[Weighted], list[str]] | str:
        if isinstance(self.weights, str):
            return self.weights
        weights, rows, margins = self.weights
        asked = self._respondents
        design = designed(weights, asked.half_days.reindex(rows.index))
        happy = asked.ranks[[question.id for question in questions]].apply(
            lambda ranks: groups.satisfied(ranks, asked.questionnaire, str(ranks.name))
        )
        return weights, balanced(design, happy.reindex(rows.index), questions), margins

    @property
    def weighted_main(self) -> tuple[Weighted, list[str]] | None:
        """Overall satisfaction with and without weights, and the margins; None without weights."""
        asked = self._respondents
        # Alone: a joint report needs no more of each of its sites.
        found = self._balanced(
            [one for one in asked.questionnaire.opinions if one.id == asked.main]
        )
        return (found[1][0], found[2]) if not isinstance(found, str) and found[1] else None

    def _margin(self, name: str) -> dict[Hashable, float]:
        columns = (self._flow[one].to_numpy(dtype=object) for one in ("variable", *_PASSAGES))
        return {str(k): float(v) for own, k, v in zip(*columns, strict=True)
                if own == name and v > 0}  # fmt: skip

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """Importance and satisfaction of each question, with their uncertainty."""
        asked = self._respondents
        return weighed(asked.ranks, asked.main, asked.shares)

    @cached_property
    def at_equal_reasons(self) -> dict[str, object] | None:
        """
        The site and the others, reasons of visit held equal; None for a site alone.

        `tait`: whether a few answers only are left out, on a side, without a reason of both sides.
        Both shares are about all the others: with the totals, they would tell the satisfied of
        these few. Nothing is told then.
        """
        sites = self._respondents.sites
        if len(sites) == 1 or "motif" not in self._respondents.questionnaire.by_role:
            return None
        own, others = self._by_reason(sites[:1]), self._by_reason(sites[1:])
        found = standardised(own, others, self._respondents.main)
        told = found["n"], found["n_reference"]
        asked = (self._opinions(sites[:1]), self._opinions(sites[1:]))
        left = [n - k for n, k in zip(asked, told, strict=True)]
        found["tait"] = any(0 < one < self._respondents.threshold for one in left)
        return withheld(found) if found["tait"] else found

    def _opinions(self, sites: list[str]) -> int:
        """Return how many gave an opinion on the whole, at some sites."""
        asked = self._respondents
        return sum(int(asked.satisfied(asked.opinions(site)).notna().sum()) for site in sites)

    def _by_reason(self, sites: list[str]) -> pd.DataFrame:
        asked, tables = self._respondents, []
        for site in sites:
            rows = asked.kept(self._campaign, site)
            reasons = rows.set_index(rows["reponse_id"].astype(str))["motif"]
            happy = asked.satisfied(asked.opinions(site))
            tables.append(groups.count(happy, reasons, asked.main))
        every = pd.concat(tables).groupby("groupe", as_index=False)[["n", "satisfaits"]].sum()
        return every.rename(columns={"groupe": "strate"})

    @property
    def adjusted_for(self) -> list[str]:
        """The roles whose answers the ordinal model holds equal, those that are asked."""
        return [r for r in _ADJUSTED_FOR if r in self._respondents.questionnaire.by_role]

    @property
    def ordered(self) -> ordinal.OrderedFit | None:
        """Ordinal model of overall satisfaction by site, the public held equal; None without."""
        return self._fitted if isinstance(self._fitted, ordinal.OrderedFit) else None

    @cached_property
    def at_equal_public(self) -> pd.DataFrame | str:
        """Shares that the model gives to sites of one public, or the code of what prevents it."""
        if not isinstance(self._fitted, ordinal.OrderedFit):
            return self._fitted
        asked = self._respondents
        least = groups.least_favourable(asked.questionnaire, asked.main)
        try:
            return ordinal.adjusted_shares(self._fitted, "site", least)
        except ordinal.NotEstimableError as error:
            return error.reason

    @property
    def too_few(self) -> list[str]:
        """The sites whose answers are too few for the model."""
        return [
            site
            for site, own in zip(self._respondents.sites, self._overall, strict=True)
            if own.notna().sum() < ordinal.FEWEST
        ]

    @cached_property
    def _fitted(self) -> ordinal.OrderedFit | str:
        if not self.adjusted_for:
            return "rien_a_tenir_egal"
        asked = self._respondents
        too_few = self.too_few
        sites = [site for site in asked.sites if site not in too_few]
        if asked.sites[0] not in sites or len(sites) == 1:
            return "trop_peu"
        everyone = asked.everyone.loc[asked.everyone["site"].isin(sites)]
        rows = everyone.set_index(everyone["reponse_id"].astype(str))
        factors = rows[["site", *self.adjusted_for]].astype("object").apply(_without_rare)
        levels = pd.concat([*self._overall]).reindex(rows.index)
        try:
            fit = ordinal.fit_ordered(levels, factors)
        except ordinal.NotEstimableError as error:
            return error.reason
        return fit if fit.factors["site"].nunique() == len(sites) else "aucune_reponse"

    @property
    def _overall(self) -> list[pd.Series]:
        """Ranks of overall satisfaction, one series a site, this one first."""
        asked = self._respondents
        return [asked.opinions(site)[asked.main] for site in asked.sites]

    @cached_property
    def superiority(self) -> superiority.Superiority | None:
        """Chances that an answer of this site is more favourable than one of elsewhere."""
        own, *rest = self._overall
        if not rest:
            return None
        first, others = own.dropna(), pd.concat(rest).dropna()
        enough = min(len(first), len(others)) > 1
        return superiority.superiority(first, others) if enough else None


def designed(weights: Weights, moments: pd.Series) -> Design:
    """Return the design of weighted answers; half-days are clusters when they are enough."""
    is_known = moments.notna().all() and moments.nunique() >= FEWEST
    return weights.design(clusters=moments.to_numpy() if is_known else None)


def weighed(ranks: pd.DataFrame, main: str, shares: pd.DataFrame) -> pd.DataFrame:
    """Return how much each question weighs on the main one, with its share of satisfied users."""
    if not main:
        ranks = pd.DataFrame(columns=[main], dtype=float)  # nothing to explain
    chosen = drivers.choose_drivers(ranks, main)
    table = drivers.importance(ranks[[*chosen, main]], main)
    return drivers.priorities(table, shares)


def _without_rare(column: pd.Series) -> pd.Series:
    """Return a factor whose levels with few answers are one: a model cannot tell them apart."""
    counts = column.value_counts()
    rare = counts.index[counts < ordinal.FEWEST]
    return column.where(~column.isin(rare), OTHER)
