"""The way to the label of a site, seen with the results of a campaign."""

from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from qpref.display import context, evidence, schedule, standard
from qpref.display import progress as display
from qpref.display.section import Section
from qpref.errors import MissingDataError
from qpref.quality import evidence as proof
from qpref.quality import mystery, progress
from qpref.quality.labelling import check_modules, rule_of
from qpref.reference import Audit, Campaign, Labelling, Reference, Step
from qpref.workbook.study import Etude


def known_until(reference: Reference, campaign: Campaign) -> date | None:
    """Return the day before the campaign that follows this one, None for the last one."""
    later = [c.debut for c in reference.campaigns.campagnes if c.debut > campaign.debut]
    return min(later) - timedelta(days=1) if later else None


class Labellisation(Etude):
    """Avancement d’un site vers le label."""

    natures = ("satisfaction", "mystere", "frequentation")
    unite = ("ligne retenue", "lignes retenues")

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
        limit = known_until(self._reference, self._campaign)
        days = [step.date for step in self.suivi.suivi if limit is None or step.date <= limit]
        return max(days, default=self._campaign.fin)

    @cached_property
    def _steps(self) -> list[Step]:
        return self.suivi.steps_of(self._site.id)

    @property
    def _start(self) -> date:
        return self._steps[0].date if self._steps else self.jour

    @cached_property
    def _units(self) -> list[progress.Unit]:
        return progress.units(self._site, self._reference.standard)

    @property
    def _labels(self) -> dict[str, str]:
        return {unit.key: f"{unit.label} (module {unit.module})" for unit in self._units}

    @property
    def _audits(self) -> list[Audit]:
        return [audit for audit in self.suivi.audits if audit.site == self._site.id]

    @property
    def _deadline(self) -> date:
        return self.suivi.label_avant.valeur

    @property
    def est_fictif(self) -> bool:
        """Vrai si les données ou le suivi sont inventés."""
        return super().est_fictif or self.suivi.certitude == "exemple"

    @cached_property
    def etats(self) -> pd.DataFrame:
        """Où en est chaque engagement, une ligne chacun."""
        return progress.states(self._units, self._steps, self.jour)

    @cached_property
    def historique(self) -> pd.DataFrame:
        """Engagements prouvés, jour après jour."""
        return progress.history(self._units, self._steps, self.jour)

    @cached_property
    def prevision_fin(self) -> progress.Forecast:
        """Quand tout serait prouvé, au rythme actuel."""
        return progress.forecast(self.etats, self._start, self.jour)

    @cached_property
    def mesures(self) -> pd.DataFrame:
        """Mesures des engagements, une ligne chacune : enquête, enquête mystère."""
        contacts, judged = (
            self._read(name, self._campaign) for name in ("contacts_mysteres", "visites_mysteres")
        )
        marks = mystery.marks(contacts, judged, self._reference.grid)
        found = proof.Measures(self.parts, self._compliance(self._campaign), marks)
        return proof.evidence(
            found, self.questionnaire, self._reference.grid, self._reference.standard
        )

    @cached_property
    def preuves(self) -> pd.DataFrame:
        """Ce sur quoi repose chaque engagement : enquête, mystère, document."""
        return proof.proofs(self.mesures, self.etats)

    @cached_property
    def rappels(self) -> list[progress.Reminder]:
        """Ce qu’il faut faire, du plus urgent au moins urgent."""
        return progress.reminders(self.etats, self._audits, self.jour, self._deadline)

    def depassements(self, semaines: int = 0) -> list[str]:
        """Engagements et audits qui dépassent l’échéance du label après un retard."""
        units = progress.slips(self.etats, self._deadline, semaines)
        audits = progress.audits_that_slip(self._audits, self._deadline, semaines)
        return [*units["libelle"], *(f"Audit {audit.nature}" for audit in audits)]

    def chance(self, semaines: int = 0) -> float | None:
        """Probabilité que tout soit prouvé à temps après un retard (rien sans prévision)."""
        return self.prevision_fin.chance(self._deadline - timedelta(weeks=semaines))

    def resume(self, semaines: int = 0) -> list[str]:
        """Situation en quelques lignes, pour un terminal."""
        late = self.depassements(semaines)
        known = display.summary(self.site, self.prevision_fin, self.chance(semaines), late)
        lines = schedule.reminder_lines(self.rappels, self._labels)
        return [*known, *(f"  - {text}" for text in lines)]

    # Sections

    def entete(self) -> Section:
        """Titre, site, situation."""
        return context.heading(
            "Labellisation Qual-e-pref", self._site, self._campaign, (self._start, self.jour),
            is_fictional=self.est_fictif,
        )  # fmt: skip

    def avancement(self) -> Section:
        """Chiffres clés : prouvés, fin prévue, temps restant."""
        return display.key_figures(self.etats, self.prevision_fin, self.suivi)

    def au_fil_du_temps(self) -> Section:
        """Engagements prouvés, jour après jour."""
        return display.history(self.historique, {unit.key: unit.label for unit in self._units})

    def a_faire(self) -> Section:
        """Rappels, du plus urgent au moins urgent."""
        return schedule.to_do(self.rappels, self._labels, self.jour)

    def modules(self) -> Section:
        """Engagements prouvés, module par module."""
        return display.modules(self.etats, self._reference.standard)

    def calendrier(self) -> Section:
        """Échéances et audits sur une même échelle de temps."""
        return schedule.calendar(self.etats, self._audits, (self._start, self.jour), self._deadline)

    def prevision(self) -> Section:
        """Date prévue, et ce que changerait un retard."""
        delays = self.suivi.retards
        late = {weeks: self.depassements(weeks) for weeks in (0, *(d.semaines for d in delays))}
        return display.forecast(self.prevision_fin, late, delays, self._deadline)

    def matrice(self) -> Section:
        """Ce sur quoi repose chaque engagement."""
        return evidence.site_matrix(self.preuves, self._reference.standard)

    def detail(self) -> Section:
        """Chiffres et documents derrière la matrice."""
        return evidence.details(
            self.mesures, self.etats, self._reference.grid, self._reference.standard
        )

    def regle(self) -> Section:
        """Modules choisis, règle, points à confirmer."""
        known = self._reference.standard
        findings = check_modules(self._site.modules, rule_of(self._site, known))
        sentences = [standard.finding_sentence(self._site, f, known) for f in findings]
        sentences += standard.partial_sentences(self._site)
        return evidence.obligations(sentences, standard.unconfirmed(known), self._site.reserve)
