"""What the committee of users sees of all sites together for a campaign."""

from collections.abc import Collection, Sequence
from functools import cached_property

from qpref.display import context, essentials, evidence, meeting
from qpref.display.section import Section
from qpref.errors import UsageError
from qpref.lazy import lazy
from qpref.project import Project
from qpref.quality.actions import weak_criteria
from qpref.quality.answers import satisfied
from qpref.reference import Questionnaire, Reference, Site
from qpref.wording.french import number
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.base import counted
from qpref.workbook.copies import handed
from qpref.workbook.labelling import Labellisation
from qpref.workbook.needs import needs
from qpref.workbook.sources import Sources

metadata = lazy("importlib.metadata")

_MOST_QUESTIONS = 10
MOST_SITES = 300  # side by side in a joint report: more than a prefecture has
NOT_FOLLOWED = Section(
    "labellisation",
    "Section absente : le suivi de la labellisation n’est pas tenu "
    "(data/reference/labellisation.yml)",
    is_left_out=True,
)


def _late(opened: Labellisation) -> int:
    """Return how many commitments of a site are late; none when nobody follows them."""
    reminders = opened.rappels if opened.est_suivi else []
    return sum(reminder.code == "retard" for reminder in reminders)


def _refuse_too_many(sites: Sequence[Site], committee: str) -> None:
    if len(sites) > MOST_SITES:
        whose = f"Le comité « {committee} »" if committee else "Le comité"
        raise UsageError(
            f"{whose} réunit {number(len(sites))} sites ; un document commun en montre au plus "
            f"{MOST_SITES}, un par colonne.",
            "Répartissez-les entre plusieurs comités (clé « comite » de "
            "data/reference/sites.yml) : chacun aura son document.",
        )


class Synthese:
    """Résultats de tous les sites d’un comité, ou de quelques-uns, pour une campagne."""

    def __init__(
        self,
        project: Project,
        reference: Reference,
        campagne: str,
        comite: str = "",
        sites: Collection[str] = (),
    ) -> None:
        self._reference = reference
        self._campaign = reference.campaign(campagne)
        _refuse_too_many(reference.covered(comite), comite)
        self._covered = [
            site for site in reference.covered(comite) if not sites or site.id in sites
        ]
        answers = SharedAnswers(project, reference, campagne)
        self._sites = {
            site.id: Labellisation(Sources(project, reference, site.id, campagne, answers))
            for site in self._covered
        }

    def __repr__(self) -> str:
        where = f"{len(self._sites)} site(s), {self._campaign.libelle}"
        count = sum(len(opened.reponses) for opened in self._sites.values())
        return f"<{type(self).__name__} : {where}, {counted(count, 'réponse')}>"

    @property
    def sites(self) -> dict[str, Labellisation]:
        """Labellisation de chaque site, par identifiant."""
        return dict(self._sites)

    @property
    def est_fictif(self) -> bool:
        """Vrai si une donnée d’un site est inventée."""
        return any(opened.est_fictif for opened in self._sites.values())

    @property
    def resultats(self) -> list[meeting.SiteResults]:
        """Résultats de chaque site."""
        return handed(self._results)

    @cached_property
    def _results(self) -> list[meeting.SiteResults]:
        return [
            meeting.SiteResults(
                site=self._reference.site(name),
                answers=len(opened.reponses),
                parts=opened.parts,
                family=opened.comparees,
                weighted=opened.ponderee,
                contacts=opened.conformite,
                states=opened.etats,
                forecast=opened.prevision_fin,
                late=_late(opened),
            )
            for name, opened in self._sites.items()
        ]

    @property
    def questionnaire(self) -> Questionnaire:
        """Questions posées, échelles, libellés."""
        return self._reference.questionnaire(self._campaign.id)

    def entete(self) -> Section:
        """Titre, sites, campagne."""
        return meeting.heading(self._covered, self._campaign, is_fictional=self.est_fictif)

    def suites(self) -> Section:
        """Remarques du comité, et ce qui a été fait."""
        found = [
            (remark, site, self._campaign, len(self._sites[site.id].reponses))
            for site in self._covered
            if (remark := self._reference.remark(site.id, self._campaign.id))
        ]
        return meeting.remarks(found)

    @needs("satisfaction_globale")
    def satisfaction(self) -> Section:
        """Satisfaction d’ensemble de chaque site."""
        before = self._campaign.precedente
        previous = self._reference.campaign(before) if before else None
        return meeting.satisfaction(self._results, self.questionnaire, previous)

    def points(self) -> Section:
        """Ce qui satisfait le plus et le moins, site par site, et ce qui se retrouve partout."""
        questions = self.questionnaire.by_id
        found = [
            (
                one.site.nom_court,
                [
                    satisfied(row, questions[row["question"]].texte_court)
                    for row in one.parts.to_dict("records")
                    if row["question"] != self.questionnaire.main
                ],
            )
            for one in self._results
            if one.answers
        ]
        return essentials.by_site(found)

    def changements(self) -> Section:
        """Ce qui a changé au-delà du hasard."""
        return meeting.established(self._results, self.questionnaire)

    def mystere(self) -> Section:
        """Critères mystères respectés, un site par colonne."""
        return meeting.mystery(self._results, self._reference.grid)

    def labellisation(self) -> Section:
        """Avancement de chaque site vers le label."""
        any_site = next(iter(self._sites.values()))
        if not any_site.est_suivi:
            return NOT_FOLLOWED
        return meeting.labelling(self._results, any_site.suivi)

    def matrice(self) -> Section:
        """Ce sur quoi repose chaque engagement, un site par colonne."""
        if not any(opened.est_suivi for opened in self._sites.values()):
            return NOT_FOLLOWED
        tables = {
            self._reference.site(name).nom_court: opened.preuves
            for name, opened in self._sites.items()
        }
        return evidence.matrix(tables, self._reference.standard)

    def questions(self) -> Section:
        """Questions proposées à la discussion."""
        grid = self._reference.grid
        found = [
            question
            for one in self._results
            for question in meeting.worst_questions(
                one, self.questionnaire, grid, weak_criteria(one.contacts)
            )
        ]
        return meeting.questions(found, most=_MOST_QUESTIONS)

    def provenance(self) -> Section:
        """Fichiers, versions et empreintes à l’origine des chiffres."""
        files = {file.sha256: file for opened in self._sites.values() for file in opened.fichiers}
        return context.provenance(
            [*files.values()],
            self.questionnaire.libelle,
            metadata.version("qpref"),
            self._reference.digest,
        )
