"""Before and during the fieldwork of a campaign: plan of the sample, progress of the answers."""

from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from qpref.display import collection, context
from qpref.display import sample as likeness
from qpref.display.section import Section
from qpref.errors import MissingDataError
from qpref.quality import planning
from qpref.reference import OtherSurvey
from qpref.statistics import fieldwork, power, representativeness, sample
from qpref.workbook.base import Enquete
from qpref.workbook.copies import handed
from qpref.workbook.likeness import Likeness
from qpref.workbook.sources import Sources

_HALF_DAYS, _COUNTERS = "demi_journee", "guichet"


class Collecte(Enquete):
    """Collecte des réponses d’un site pour une campagne."""

    def __init__(self, sources: Sources, jour: date | None) -> None:
        super().__init__(sources)
        self._asked_day = jour

    @property
    def reponses(self) -> pd.DataFrame:
        """Réponses retenues jusqu’au jour demandé, une ligne par usager."""
        return handed(self._rows)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self._until(self._asked.rows, "date_reponse")

    @cached_property
    def _likeness(self) -> Likeness:
        log = self._until(self._sources.table("collecte"), "date")
        return Likeness(self._rows, self._sources.flow, log, self._groups)

    @property
    def compositions(self) -> dict[str, representativeness.Composition]:
        """Composition de l’échantillon face aux passages comptés, par variable connue."""
        return handed(self._likeness.compositions)

    @property
    def taux_reponse(self) -> dict[str, float] | None:
        """Relevé des refus : abordés, refus, complets, taux de réponse (rien s’il n’y en a pas)."""
        return handed(self._likeness.response_rate)

    def _until(self, rows: pd.DataFrame, column: str) -> pd.DataFrame:
        if self._asked_day is None:
            return rows
        found: pd.DataFrame = rows.loc[rows[column].dt.date <= self._asked_day]
        return found.reset_index(drop=True)

    @property
    def jours(self) -> list[date]:
        """Jours ouvrés de la campagne."""
        return [*self._days]

    @cached_property
    def _days(self) -> list[date]:
        campaign, holidays = self.campagne, self._reference.sites.territory
        return planning.open_days(campaign.debut, campaign.fin, holidays)

    @property
    def jour(self) -> date:
        """Dernier jour dont toutes les réponses sont arrivées."""
        if self._asked_day:
            return self._asked_day
        answered = self._rows["date_reponse"]
        if answered.empty:  # nothing has begun
            return self.campagne.debut - timedelta(days=1)
        last: date = answered.max().date()
        return last

    @property
    def objectif(self) -> int | None:
        """Nombre de réponses promis, s’il y en a un."""
        target = self.campagne.objectifs.get(self.site.id)
        return target.valeur if target else None

    @cached_property
    def avancement(self) -> fieldwork.Progress:
        """Réponses, rythme, prévision du dernier jour."""
        answered = self._rows["date_reponse"]
        return fieldwork.progress(answered, self._days, self.jour, self.objectif)

    # Sections

    def entete(self) -> Section:
        """Titre, site, période."""
        days = (self.campagne.debut, self.campagne.fin)
        return context.heading(
            "Suivi de la collecte", self.site, self.campagne, days, is_fictional=self.est_fictif
        )

    def avance(self) -> Section:
        """Avancement : réponses, rythme, prévision, objectif."""
        return collection.progress(self.avancement, self.jour, self._likeness.response_rate)

    def par_jour(self) -> Section:
        """Réponses recueillies chaque jour ; les jours de peu de réponses sont réunis."""
        counts = self._rows["date_reponse"].dt.date.value_counts()
        done = [day for day in self._days if day <= self.jour]
        return collection.by_day(
            [(day, int(counts.get(day, 0))) for day in done], self._sources.threshold
        )

    def composition_en_cours(self) -> Section:
        """Composition jusqu’ici, face aux passages comptés."""
        return likeness.compositions(self._likeness.compositions, self.questionnaire)

    # Plan

    def _flow_of_plan(self, variable: str) -> pd.Series:
        """Return the passages by stratum: of this campaign if counted, else of the previous one."""
        for campaign in (self.campagne, self._sources.previous):
            if campaign is not None:
                rows = self._sources.table("population", campaign.id)
                own: pd.Series = rows.loc[rows["variable"] == variable].set_index("strate")[
                    "effectif"
                ]
                if own.sum() > 0:
                    return self._in_order(variable, own.loc[own > 0])
        raise MissingDataError(
            f"Aucun passage compté pour le site {self.site.id} (variable {variable}).",
            "Importez la fréquentation de la campagne précédente, ou celle d’une semaine type : "
            "qpref modele-saisie --pour frequentation.",
        )

    def _in_order(self, variable: str, flow: pd.Series) -> pd.Series:
        """Return strata in the order of the questionnaire: morning first."""
        if variable == "total":
            return flow
        known = [level.code for level in self.questionnaire.levels(variable).modalites]
        return flow.reindex([code for code in known if code in flow.index])

    def plan(self, marge: float) -> planning.Plan:
        """
        Réponses à recueillir pour une marge voulue, jour par jour et guichet par guichet.

        Parameters
        ----------
        marge
            Marge d’erreur voulue, une part : 0.05 pour 5 points.

        Raises
        ------
        MissingDataError
            Si aucun passage n’a été compté, ni à cette campagne ni à la précédente.
        """
        visitors = int(self._flow_of_plan("total").sum())
        population = visitors if self.campagne.cible == "visiteurs" else None
        needed = sample.answers_needed(marge, population=population)
        wanted = min(max(needed, self.objectif or 0), visitors)
        quotas = planning.schedule(
            wanted, self._days, self._flow_of_plan(_HALF_DAYS), self._flow_of_plan(_COUNTERS)
        )
        rate = self._known_response_rate()
        return planning.Plan(
            wanted=wanted,
            needed=needed,
            target=self.objectif,
            visitors=visitors,
            margin=sample.margin_of_error(wanted, population=population),
            approaches=planning.approaches(wanted, rate) if rate else None,
            detectable=self._detectable(wanted),
            quotas=quotas,
        )

    def plan_du_public(self, marge: float) -> planning.PublicPlan:
        """
        Réponses à recueillir d’un autre public pour une marge voulue, d’après sa population.

        Parameters
        ----------
        marge
            Marge d’erreur voulue, une part : 0.05 pour 5 points.
        """
        survey = self.campagne
        known = survey.population.get(self.site.id) if isinstance(survey, OtherSurvey) else None
        population = known.valeur if known else None
        needed = sample.answers_needed(marge, population=population)
        return planning.PublicPlan(needed, population, self.objectif)

    def _known_response_rate(self) -> float | None:
        """Response rate of this campaign or of the previous one, if it was logged."""
        for campaign in (self.campagne, self._sources.previous):
            log = self._sources.table("collecte", campaign.id) if campaign else pd.DataFrame()
            if len(log):
                return fieldwork.response_rate(log)["taux_reponse"]
        return None

    def _detectable(self, wanted: int) -> float | None:
        """Smallest rise of overall satisfaction that the planned sample would likely show."""
        before = self._asked.comparable
        if before is None or not self._asked.main:
            return None
        parts = self._asked.shares_of(before.id, self.site.id)
        row = parts.loc[parts["question"] == self._asked.main].to_dict("records")[0]
        if not row["n"]:
            return None
        return power.detectable_change(wanted, int(row["n"]), float(row["part"]))

    def libelles(self, quotas: pd.DataFrame) -> pd.DataFrame:
        """Le plan, avec les libellés au lieu des codes."""
        asked = self.questionnaire

        def label(role: str, code: str) -> str:
            return asked.label(asked.by_variable[role].id, code)

        return quotas.assign(
            site=self.site.nom_court,
            demi_journee=[label(_HALF_DAYS, code) for code in quotas[_HALF_DAYS]],
            guichet=[label(_COUNTERS, code) for code in quotas[_COUNTERS]],
        )[["site", "date", _HALF_DAYS, _COUNTERS, "quota"]]

    def plus_grands_ecarts(self) -> list[dict[str, object]]:
        """Par variable dont les passages sont connus, la strate qui s’en écarte le plus."""
        found: list[dict[str, object]] = []
        for name, composition in self._likeness.compositions.items():
            rows = composition.table.dropna(subset=["ecart"]).to_dict("records")
            if rows:
                row = max(rows, key=lambda r: abs(r["ecart"]))
                found.append(
                    {
                        "variable": name,
                        "strate": str(row["strate"]),
                        "ecart": round(float(row["ecart"]), 4),
                        "verdict": composition.likeness,
                    }
                )
        return found
