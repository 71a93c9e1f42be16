"""What the committee of users sees of all sites together for a campaign."""

from collections.abc import Collection, Sequence
from functools import cached_property

import pandas as pd

from qpref.display import (
    commitments,
    complaints,
    context,
    discussion,
    joint,
    joint_changes,
    labels,
    meeting,
    monthly,
    other_publics,
)
from qpref.display.figures import figures
from qpref.display.section import Section, Sections, filed
from qpref.errors import UsageError
from qpref.lazy import lazy
from qpref.project import Project
from qpref.quality.actions import weak_criteria
from qpref.quality.answers import satisfied
from qpref.quality.complaints import site_totals
from qpref.quality.evidence import natures
from qpref.quality.monthly import FollowedIndicator
from qpref.reference import Campaign, Questionnaire, Reference, Site
from qpref.statistics.comparison import CHANGE
from qpref.statistics.differences import Difference, difference
from qpref.statistics.records import records
from qpref.statistics.stratified import together
from qpref.statistics.verdicts import judge
from qpref.wording.french import number
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.base import counted
from qpref.workbook.copies import handed
from qpref.workbook.holding import held
from qpref.workbook.labelling import NOT_FOLLOWED, Labellisation
from qpref.workbook.labels import FollowedLabel
from qpref.workbook.needs import needs
from qpref.workbook.others import OtherPublics
from qpref.workbook.sources import Sources

metadata = lazy("importlib.metadata")

MOST_SITES = 300  # side by side in a joint report: more than a prefecture has


# A hundred sites: what they found is read, not copied as for analysts.
# ruff: noqa: SLF001


def _results_of(opened: Labellisation) -> meeting.SiteResults:
    asked, models = opened._asked, opened._models
    return meeting.SiteResults(
        site=opened.site,
        answers=len(asked.rows),
        parts=asked.shares,
        family=opened._compared.family,
        weighted=models.weighted_main,
        contacts=opened._contacts.met(),
        states=opened._states,
        forecast=opened._forecast,
        late=_late(opened),
    )


def _late(opened: Labellisation) -> int:
    """Return how many commitments of a site are late; none when nobody follows them."""
    reminders = opened._reminders if opened.est_suivi else []
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
        together = [site.id for site in self._covered]
        answers = SharedAnswers(project, reference, campagne, together=together)
        self._sites = {
            site.id: Labellisation(held(Sources(project, reference, site.id, campagne, answers)))
            for site in self._covered
        }

        self._others = OtherPublics(project, reference, campagne, self._covered)

    def __repr__(self) -> str:
        count = sum(len(opened._asked.rows) for opened in self._sites.values())
        return f"<{type(self).__name__} : {self._place}, {counted(count, 'réponse')}>"

    @property
    def _place(self) -> str:
        """How many sites and the campaign, for a title."""
        return f"{len(self._sites)} site(s), {self._campaign.libelle}"

    @property
    def sites(self) -> dict[str, Labellisation]:
        """Labellisation de chaque site, par identifiant."""
        return dict(self._sites)

    @property
    def est_fictif(self) -> bool:
        """Vrai si une donnée d’un site est inventée."""
        others = (one.is_fictional for one in self._others.sources)
        return any(opened.est_fictif for opened in self._sites.values()) or any(others)

    @property
    def resultats(self) -> list[meeting.SiteResults]:
        """Résultats de chaque site."""
        return handed(self._results)

    @cached_property
    def _results(self) -> list[meeting.SiteResults]:
        return [*map(_results_of, self._sites.values())]

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
            (remark, site, self._campaign, len(self._sites[site.id]._asked.rows))
            for site in self._covered
            if (remark := self._reference.remark(site.id, self._campaign.id))
        ]
        return meeting.remarks(found)

    @needs("satisfaction_globale")
    def satisfaction(self) -> Section:
        """Satisfaction d’ensemble de chaque site."""
        return meeting.satisfaction(self._results, self.questionnaire, self._before)

    def autres_publics(self) -> Section:
        """Ce que disent les autres publics (élus, associations…), côte à côte ; absent sans eux."""
        visitors = [opened._sources for opened in self._sites.values()]
        return other_publics.side_by_side(self._others.results(visitors))

    @property
    def comparees(self) -> list[Difference]:
        """Évolution de chaque question, tous sites réunis (vide avec moins de deux sites)."""
        return handed(self._together)

    @cached_property
    def _together(self) -> list[Difference]:
        asked = self.questionnaire
        pooled = together([one.family.moves for one in self._results])
        judged = records(judge({CHANGE: pooled}, asked.main)[CHANGE])
        return [difference(row, asked.by_id[row["question"]].texte_court) for row in judged]

    def ensemble(self) -> Section:
        """Ce qui a changé depuis la campagne précédente, tous sites réunis."""
        return joint_changes.overall(self._together, self.questionnaire.main, self._before)

    @property
    def _before(self) -> Campaign | None:
        before = self._campaign.precedente
        return self._reference.campaign(before) if before else None

    def points(self) -> Section:
        """Ce qui satisfait le plus et le moins, site par site, et ce qui se retrouve partout."""
        asked = self.questionnaire
        found = [
            joint.SiteTopics(
                one.site.nom_court,
                [
                    satisfied(row, asked.by_id[row["question"]].texte_court)
                    for row in records(one.parts)
                    if row["question"] != asked.main
                ],
                {move.change.key: move for move in one.family.changes(asked)},
            )
            for one in self._results
            if one.answers
        ]
        return joint.points(found, asked)

    def changements(self) -> Section:
        """Ce qui a changé au-delà du hasard."""
        return joint_changes.established(self._results, self.questionnaire)

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
        """Ce sur quoi repose chaque engagement : au fichier de chiffres seul."""
        if not any(opened.est_suivi for opened in self._sites.values()):
            return NOT_FOLLOWED
        proofs = [opened._proofs.assign(site=name) for name, opened in self._by_name.items()]
        lines = figures("matrice", natures(pd.concat(proofs)))
        return filed(Section("matrice", "Sur quoi repose chaque engagement", figures=lines))

    @property
    def _by_name(self) -> dict[str, Labellisation]:
        return {opened.site.nom_court: opened for opened in self._sites.values()}

    def engagements(self) -> Section:
        """État de chaque engagement, un site par colonne."""
        any_site = next(iter(self._sites.values()))
        if not any_site.est_suivi:
            return NOT_FOLLOWED
        found = {name: opened._states for name, opened in self._by_name.items()}
        return commitments.commitments(found, self._reference.standard, any_site.jour)

    @property
    def chiffres_du_mois(self) -> dict[str, list[FollowedIndicator]]:
        """Chiffres relevés chaque mois, par nom court du site."""
        return handed(self._months)

    @property
    def _months(self) -> dict[str, list[FollowedIndicator]]:
        return {name: opened._months.followed for name, opened in self._by_name.items()}

    def mois(self) -> Section:
        """Chiffres du mois qui sortent de ce que le hasard explique ; absents sans relevé."""
        return monthly.across_sites(self._months)

    def reclamations(self) -> Section:
        """Réclamations et suggestions de chaque site, en une ligne ; absentes sans registre."""
        found = {name: opened._heard.year for name, opened in self._by_name.items()}
        return complaints.across_sites(found, site_totals(found))

    @property
    def autres_suivis(self) -> dict[str, list[FollowedLabel]]:
        """Chaque autre label suivi, par son nom : un suivi par site."""
        by_label: dict[str, list[FollowedLabel]] = {}
        for opened in self._sites.values():
            for one in opened.autres_suivis:
                by_label.setdefault(one.name, []).append(one)
        return by_label

    def autres_labels(self) -> Sections:
        """Chaque autre label suivi : ses engagements, un site par colonne."""
        return Sections(
            labels.other_label(
                name,
                own[0].standard,
                {one.site.nom_court: one.states for one in own},
                own[0].day,
                is_explained=False,
            )
            for name, own in self.autres_suivis.items()
        )

    def questions(self) -> Section:
        """Questions proposées à la discussion : celles des résultats, puis celles des dates."""
        own = self._reference.labelling
        due = own.label_avant.valeur if own else None
        found = [
            question
            for one in self._results
            for question in discussion.raised(
                one, self.questionnaire, self._reference.grid, weak_criteria(one.contacts), due
            )
        ]
        beside = [
            question
            for name, followed in self.autres_suivis.items()
            for one in followed
            for question in discussion.of_other_label(
                one.standard.name or name, one.site.nom_court, one.forecast,
                one.labelling.label_avant.valeur,
            )
        ]  # fmt: skip
        return discussion.questions([*found, *beside])

    def provenance(self) -> Section:
        """Fichiers, versions et empreintes à l’origine des chiffres."""
        files = {file.sha256: file for opened in self._sites.values() for file in opened.fichiers}
        others = [file for one in self._others.sources for file in one.received(["satisfaction"])]
        files |= {file.sha256: file for file in others}
        return context.provenance(
            [*files.values()],
            self.questionnaire.libelle,
            metadata.version("qpref"),
            self._reference.digest,
        )
