"""The study of a site's way to the label, with the results of a campaign."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, wraps
from typing import Any, cast

import pandas as pd

from qpref.display import commitments, complaints, context, evidence, monthly, schedule, standard
from qpref.display import labels as others
from qpref.display import progress as display
from qpref.display.section import Section, Sections, filed, left_out
from qpref.errors import MissingDataError
from qpref.quality import evidence as proof
from qpref.quality import progress
from qpref.quality.complaints import HeardYear
from qpref.quality.labelling import check_modules, rule_of
from qpref.quality.monthly import FollowedIndicator
from qpref.reference import Audit, Campaign, Labelling, Reference, Site, Step
from qpref.wording.french import enumeration, month_name
from qpref.workbook.base import Enquete
from qpref.workbook.copies import handed
from qpref.workbook.heard import HeardComplaints
from qpref.workbook.labels import FollowedLabel, followed
from qpref.workbook.months import Months
from qpref.workbook.needs import Method
from qpref.workbook.sources import Sources


def known_until(reference: Reference, campaign: Campaign) -> date | None:
    """Return the day before the campaign that follows this one, None for the last one."""
    later = [c.debut for c in reference.campaigns.campagnes if c.debut > campaign.debut]
    return min(later) - timedelta(days=1) if later else None


NOT_FOLLOWED = left_out(
    "labellisation",
    "le suivi de la labellisation n’est pas tenu (data/reference/labellisation.yml)",
)


def _of_first_label(method: Method) -> Method:
    """Leave a section out where nobody follows the label that the project is about."""

    @wraps(method)
    def _section(study: Any, *args: Any, **kwargs: Any) -> Section:  # noqa: ANN401 - the method's
        return method(study, *args, **kwargs) if study.est_suivi else NOT_FOLLOWED

    return cast("Method", _section)


_MOST_BESIDE = 5  # other sites, as columns on a telephone


class Labellisation(Enquete):
    """Avancement d’un site vers le label."""

    _natures = ("satisfaction", "mystere", "frequentation", "indicateurs", "reclamations")
    _unite = ("ligne retenue", "lignes retenues")

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._months, self._heard = sources.once(Months), sources.once(HeardComplaints)

    @property
    def est_suivi(self) -> bool:
        """Vrai si le suivi de la labellisation est tenu."""
        return self._reference.labelling is not None

    @cached_property
    def suivi(self) -> Labelling:
        """Suivi de la labellisation, tous sites."""
        found = self._reference.labelling
        if found is None:
            raise MissingDataError(
                "Le suivi de la labellisation n’est pas tenu.",
                "Écrivez data/reference/labellisation.yml ; le guide en donne la forme.",
            )
        return found

    @cached_property
    def jour(self) -> date:
        """Dernière mise à jour du suivi connue avec les résultats de cette campagne."""
        if not self.est_suivi:
            return max((one.day for one in self.autres_suivis), default=self.campagne.fin)
        limit = known_until(self._reference, self.campagne)
        days = [step.date for step in self.suivi.suivi if limit is None or step.date <= limit]
        return max(days, default=self.campagne.fin)

    @cached_property
    def _steps(self) -> list[Step]:
        return self.suivi.steps_of(self.site.id) if self.est_suivi else []

    @property
    def _start(self) -> date:
        if self.est_suivi:
            return self._steps[0].date if self._steps else self.jour
        return min((one.steps[0].date for one in self.autres_suivis), default=self.jour)

    @cached_property
    def _units(self) -> list[progress.Unit]:
        return progress.units(self.site, self._reference.standard)

    @property
    def _labels(self) -> dict[str, str]:
        return {unit.key: f"{unit.label} (module {unit.module})" for unit in self._units}

    @property
    def _audits(self) -> list[Audit]:
        return [audit for audit in self.suivi.audits if audit.site == self.site.id]

    @property
    def _deadline(self) -> date:
        return self.suivi.label_avant.valeur

    @property
    def _named(self) -> str:
        """The label that the report is about, or those followed in its place."""
        if self.est_suivi or not self.autres_suivis:
            return self._reference.standard.name
        return enumeration([one.standard.name or one.name for one in self.autres_suivis])

    @property
    def est_fictif(self) -> bool:
        """Vrai si les données ou le suivi sont inventés."""
        main = self._reference.labelling
        known = [main] if main else []
        known += [other.labelling for other in self.autres_suivis]
        return super().est_fictif or any(one.certitude == "exemple" for one in known)

    @property
    def etats(self) -> pd.DataFrame:
        """Où en est chaque engagement, une ligne chacun."""
        return handed(self._states)

    @cached_property
    def _states(self) -> pd.DataFrame:
        return progress.states(self._units, self._steps, self.jour)

    @property
    def historique(self) -> pd.DataFrame:
        """Engagements prouvés, jour après jour."""
        return handed(self._history)

    @cached_property
    def _history(self) -> pd.DataFrame:
        return progress.history(self._units, self._steps, self.jour)

    @property
    def prevision_fin(self) -> progress.Forecast:
        """Quand tout serait prouvé, au rythme actuel."""
        return handed(self._forecast)

    @cached_property
    def _forecast(self) -> progress.Forecast:
        return progress.forecast(self._states, self._start, self.jour)

    @property
    def mesures(self) -> pd.DataFrame:
        """Mesures des engagements, une ligne chacune : enquête, enquête mystère."""
        return handed(self._measures)

    @cached_property
    def _measures(self) -> pd.DataFrame:
        found = proof.Measures(self._asked.shares, self._contacts.met(), self._contacts.marks)
        return proof.evidence(
            found, self.questionnaire, self._reference.grid, self._reference.standard
        )

    @property
    def preuves(self) -> pd.DataFrame:
        """Ce sur quoi repose chaque engagement : enquête, mystère, document."""
        return handed(self._proofs)

    @cached_property
    def _proofs(self) -> pd.DataFrame:
        return proof.proofs(self._measures, self._states)

    @property
    def rappels(self) -> list[progress.Reminder]:
        """Ce qu’il faut faire, du plus urgent au moins urgent."""
        return handed(self._reminders)

    @cached_property
    def _reminders(self) -> list[progress.Reminder]:
        return progress.reminders(self._states, self._audits, self.jour, self._deadline)

    @cached_property
    def autres_suivis(self) -> list[FollowedLabel]:
        """Autres labels que suit le site (`data/reference/labels/NOM.suivi.yml`)."""
        return [*followed(self._reference, self.site, known_until(self._reference, self.campagne))]

    def depassements(self, semaines: int = 0) -> list[str]:
        """Engagements et audits qui dépassent l’échéance du label après un retard."""
        units = progress.slips(self._states, self._deadline, semaines)
        audits = progress.audits_that_slip(self._audits, self._deadline, semaines)
        return [*units["libelle"], *(f"Audit {audit.nature}" for audit in audits)]

    def chance(self, semaines: int = 0) -> float | None:
        """Probabilité que tout soit prouvé à temps après un retard (rien sans prévision)."""
        return self._forecast.chance(self._deadline - timedelta(weeks=semaines))

    def resume(self, semaines: int = 0) -> list[str]:
        """Situation en quelques lignes, pour un terminal."""
        late = self.depassements(semaines)
        deadline = self._deadline - timedelta(weeks=semaines)
        known = display.summary(self.site, self._forecast, deadline, late)
        lines = schedule.reminder_lines(self._reminders, self._labels)
        more = [line for other in self.autres_suivis for line in other.told(semaines)]
        return [*known, *(f"  - {text}" for text in lines), *more]

    # Sections

    def entete(self, sujet: str = "") -> Section:
        """Titre, site, situation ; sans sujet, le nom du label."""
        known = f"Labellisation {self._named}".strip()
        return context.heading(
            sujet or known, self.site, self.campagne, (self._start, self.jour),
            is_fictional=self.est_fictif, when=month_name(self.jour),
        )  # fmt: skip

    @_of_first_label
    def avancement(self) -> Section:
        """Chiffres clés : prouvés, fin prévue, temps restant."""
        return display.key_figures(self._states, self._forecast, self.suivi)

    @_of_first_label
    def au_fil_du_temps(self) -> Section:
        """Engagements prouvés, jour après jour."""
        return display.history(self._history, self._forecast, self._deadline)

    @_of_first_label
    def a_faire(self) -> Section:
        """Rappels, du plus urgent au moins urgent."""
        return schedule.to_do(self._reminders, self._labels, self.jour)

    @_of_first_label
    def engagements(self) -> Section:
        """État de chaque engagement, ici et aux autres sites du comité."""
        beside = self._reference.sites.beside(self.site)
        shown = (self.site, *(beside if len(beside) <= _MOST_BESIDE else ()))
        found = {site.nom_court: self._states_of(site) for site in shown}
        own = self.site.nom_court
        return commitments.commitments(found, self._reference.standard, self.jour, own)

    def _states_of(self, site: Site) -> pd.DataFrame:
        if site.id == self.site.id:
            return self._states
        wanted = progress.units(site, self._reference.standard)
        return progress.states(wanted, self.suivi.steps_of(site.id), self.jour)

    @property
    def chiffres_du_mois(self) -> list[FollowedIndicator]:
        """Chiffres relevés chaque mois au site, ce que le hasard en explique."""
        return handed(self._months.followed)

    def mois(self) -> Section:
        """Dernier mois de chaque chiffre qui appuie un engagement ; absent sans relevé."""
        themes = {one.id: one.theme for one in self._reference.standard.engagements}
        return monthly.supporting(self._months.followed, themes, self.site.nom_court)

    @property
    def reclamations_entendues(self) -> HeardYear | None:
        """Réclamations et suggestions d’un an au site ; rien sans registre."""
        return handed(self._heard.year)

    def reclamations(self) -> Section:
        """Ce que le registre des réclamations prouve ; absent sans registre."""
        reference = self._reference
        return complaints.supporting(self._heard.year, reference.complaints, reference.standard)

    def autres_labels(self) -> Sections:
        """Chaque autre label que suit le site : ses engagements, ce qui en a été lu."""
        return Sections(
            replace(
                others.other_label(
                    one.name, one.standard, {self.site.nom_court: one.states}, one.day
                ),
                sentences=[one.ahead],
            )
            for one in self.autres_suivis
        )

    @_of_first_label
    def calendrier(self, *, bref: bool = False) -> Section:
        """Échéances et audits sur une échelle de temps ; `bref` : au fichier de chiffres seul."""
        span = (self._start, self.jour)
        found = schedule.calendar(self._states, self._audits, span, self._deadline)
        return filed(found) if bref else found

    @_of_first_label
    def prevision(self, *, bref: bool = False) -> Section:
        """Date prévue, et ce que changerait un retard, sauf si c’est `bref`."""
        delays = self.suivi.retards
        late = {weeks: self.depassements(weeks) for weeks in (0, *(d.semaines for d in delays))}
        return display.forecast(self._forecast, late, delays, self._deadline, is_brief=bref)

    @_of_first_label
    def matrice(self, *, bref: bool = False) -> Section:
        """Ce sur quoi repose chaque engagement ; `bref` : combien, sans les citer."""
        found = evidence.site_matrix(self._proofs, self._reference.standard)
        return replace(found, sentences=found.sentences[1:], tables=[]) if bref else found

    @_of_first_label
    def detail(self, *, bref: bool = False) -> Section:
        """Chiffres et documents derrière la matrice ; `bref` : au fichier de chiffres seul."""
        known = self._reference
        found = evidence.details(self._measures, self._states, known.grid, known.standard)
        return filed(found) if bref else found

    @_of_first_label
    def regle(self) -> Section:
        """Modules choisis, règle, points à confirmer."""
        known = self._reference.standard
        findings = check_modules(self.site.modules, rule_of(self.site, known))
        sentences = [standard.finding_sentence(self.site, f, known) for f in findings]
        sentences += standard.partial_sentences(self.site)
        sentences += others.label_facts(known)
        return evidence.obligations(sentences, standard.unconfirmed(known), self.site.reserve)
