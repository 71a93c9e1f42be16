"""Likeness to the visitors, weights and models of a satisfaction survey, each computed once."""

from collections.abc import Hashable
from functools import cached_property

import numpy as np
import pandas as pd

from qpref.errors import MarginError
from qpref.quality import groups
from qpref.quality.profile import OTHER
from qpref.statistics import comparison, drivers, ordinal
from qpref.statistics import representativeness as likeness
from qpref.statistics.fieldwork import response_rate
from qpref.statistics.weighting import Weights, rake, smallest_cells
from qpref.workbook.study import Etude

# Variables of which the flow may be known, those that matter most first.
FLOW_VARIABLES = ("motif", "guichet", "demi_journee", "categorie_usager", "mode")
ADJUSTED_FOR = ("motif", "tranche_age", "aisance_numerique")
_WEIGHTED_ON = ("guichet", "demi_journee")  # the reason of visit says what the counter says
_SMALLEST_LEVEL = 5
_RARE = 15
_BOUNDS = (0.3, 3.0)


class Modeles(Etude):
    """Ressemblance aux usagers venus, pondération et modèles."""

    # Composition and weights

    @cached_property
    def compositions(self) -> dict[str, likeness.Composition]:
        """Composition de l’échantillon face aux passages comptés, par variable connue."""
        found = {}
        for name in FLOW_VARIABLES:
            rows = self.frequentation.loc[self.frequentation["variable"] == name]
            known = rows.set_index("strate")["effectif"]
            if known.sum() > 0:
                # Groups that may not be published are compared as one.
                shown = self.montres(name)
                merge = {str(s): s if s in shown else OTHER for s in known.index}
                counts = self.reponses[name].map(merge).value_counts()
                found[name] = likeness.composition(
                    counts, known.rename(merge).groupby(level=0).sum()
                )
        return found

    @cached_property
    def taux_reponse(self) -> dict[str, float] | None:
        """Relevé des refus : abordés, refus, complets, taux de réponse (rien s’il n’y en a pas)."""
        log = self._approach_log
        return response_rate(log) if len(log) else None

    @property
    def _approach_log(self) -> pd.DataFrame:
        return self._read("collecte", self._campaign)

    @cached_property
    def grappes(self) -> likeness.Clustering:
        """Effet du recueil par demi-journée sur la précision."""
        happy, days = self._satisfied_with_half_day
        return likeness.half_day_effect(happy, days)

    @property
    def _satisfied_with_half_day(self) -> tuple[pd.Series, pd.Series]:
        rows = self.reponses.set_index(self.reponses["reponse_id"].astype(str))
        half_days = rows["date_reponse"].dt.strftime("%Y-%m-%d ") + rows["demi_journee"].astype(
            "object"
        )
        happy = self._satisfied(self.avis).dropna()
        return happy.astype(bool), half_days.reindex(happy.index)

    @cached_property
    def effet_mode(self) -> float | None:
        """Valeur p : la satisfaction dépend-elle du mode de réponse ? (rien si invérifiable)."""
        happy, half_days = self._satisfied_with_half_day
        modes = self.reponses.set_index(self.reponses["reponse_id"].astype(str))["mode"]
        return likeness.mode_effect(happy, modes.reindex(happy.index), half_days)

    @cached_property
    def ponderation(self) -> tuple[Weights, pd.DataFrame, list[str]] | str:
        """Poids, réponses pondérées et marges, ou la phrase qui dit pourquoi il n’y en a pas."""
        flow = self.frequentation
        rows = self.reponses.set_index(self.reponses["reponse_id"].astype(str))
        margins: dict[str, dict[Hashable, float]] = {}
        for name in _WEIGHTED_ON:
            own = flow.loc[flow["variable"] == name].set_index("strate")["effectif"]
            margins[name] = {str(k): float(v) for k, v in own.items() if v > 0}
        margins = {name: known for name, known in margins.items() if known}
        if not margins:
            return "Les passages n’ont pas été comptés : aucune pondération n’est possible."
        rows = rows.loc[rows[list(margins)].notna().all(axis=1)]
        few = [n for n, k in smallest_cells(rows, margins).items() if k < _SMALLEST_LEVEL]
        margins = {name: known for name, known in margins.items() if name not in few}
        if not margins:
            return "Trop peu de réponses par guichet et par demi-journée pour pondérer."
        try:
            return rake(rows, margins, bounds=_BOUNDS), rows, list(margins)
        except MarginError as error:
            return str(error)

    # Models

    @cached_property
    def determinants(self) -> pd.DataFrame:
        """Importance et satisfaction de chaque question, avec leur incertitude."""
        chosen = drivers.choose_drivers(self.avis, self._main)
        table = drivers.importance(self.avis[[*chosen, self._main]], self._main)
        return drivers.priorities(table, self.parts)

    @cached_property
    def a_motif_egal(self) -> dict[str, object] | None:
        """Ce site et les autres, à motif de visite égal (rien s’il n’y a qu’un site)."""
        if len(self._sites) == 1:
            return None
        own, others = (self._by_reason(sites) for sites in (self._sites[:1], self._sites[1:]))
        return comparison.standardised(own, others, self._main)

    def _by_reason(self, sites: list[str]) -> pd.DataFrame:
        tables = []
        for site in sites:
            ranks = self._opinions(site)
            rows = self._kept(self._campaign, site)
            reasons = rows.set_index(rows["reponse_id"].astype(str))["motif"]
            tables.append(groups.count(self._satisfied(ranks), reasons, self._main))
        every = pd.concat(tables).groupby("groupe", as_index=False)[["n", "satisfaits"]].sum()
        return every.rename(columns={"groupe": "strate"})

    @cached_property
    def modele(self) -> ordinal.OrderedFit | None:
        """Modèle ordinal de la satisfaction globale par site, public tenu égal."""
        if len(self._sites) == 1:
            return None
        ranks = [self._opinions(site)[self._main] for site in self._sites]
        rows = self._everyone.set_index(self._everyone["reponse_id"].astype(str))
        factors = rows[["site", *ADJUSTED_FOR]].astype("object").apply(_without_rare)
        levels = pd.concat(ranks).reindex(rows.index)
        try:
            return ordinal.fit_ordered(levels, factors)
        except (ValueError, np.linalg.LinAlgError):
            return None

    @cached_property
    def rangs(self) -> ordinal.Superiority | None:
        """Chances qu’une réponse d’ici soit plus favorable qu’une réponse d’ailleurs."""
        ranks = [self._opinions(site)[self._main] for site in self._sites]
        if len(ranks) == 1:
            return None
        own, others = ranks[0].dropna(), pd.concat(ranks[1:]).dropna()
        return ordinal.superiority(own, others) if min(len(own), len(others)) > 1 else None


def _without_rare(column: pd.Series) -> pd.Series:
    """Return a factor whose levels with few answers are one: a model cannot tell them apart."""
    counts = column.value_counts()
    rare = counts.index[counts < _RARE]
    return column.where(~column.isin(rare), OTHER)
