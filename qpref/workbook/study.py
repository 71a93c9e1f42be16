"""What is computed from the answers of a site and a campaign, each thing once."""

from functools import cached_property

import pandas as pd

from qpref.intake import Reception
from qpref.quality import actions, answers, groups, profile
from qpref.reference import Action, Campaign, ContactIndicator, Questionnaire
from qpref.statistics import comparison
from qpref.statistics.disclosure import VISIBLE
from qpref.store import kept_statuses
from qpref.workbook.base import Classeur


class Etude(Classeur):
    """Données et calculs d’une enquête de satisfaction."""

    natures: tuple[str, ...] = ("satisfaction", "frequentation", "collecte")
    unite = ("réponse", "réponses")

    @cached_property
    def reponses(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager."""
        return self._kept(self._campaign, self._site.id)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager et question."""
        return self._items(self._campaign, self._site.id)

    def _kept(self, campaign: Campaign, site: str) -> pd.DataFrame:
        key = ("reponses", campaign.id, site)
        if key not in self._tables:
            rows = self._store.read(*key)
            statuses = kept_statuses(Reception(self._reference, campaign))
            self._tables[key] = rows.loc[rows["statut"].isin(statuses)].reset_index(drop=True)
        return self._tables[key]

    def _items(self, campaign: Campaign, site: str) -> pd.DataFrame:
        key = ("items", campaign.id, site)
        if key not in self._tables:
            rows = self._store.read(*key)
            kept = self._kept(campaign, site)["reponse_id"]
            self._tables[key] = rows.loc[rows["reponse_id"].isin(kept)].reset_index(drop=True)
        return self._tables[key]

    @property
    def contacts(self) -> pd.DataFrame:
        """Contacts mystères du site, une ligne par contact (vide s’il n’y en a pas)."""
        return self._read("contacts_mysteres", self._campaign)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """Questions posées, échelles, libellés."""
        return self._reference.questionnaire(self._campaign.id)

    @property
    def _main(self) -> str:
        return self.questionnaire.main.id

    @cached_property
    def _sites(self) -> list[str]:
        """The site first, then the others of its committee that have answers."""
        others = [site.id for site in self._reference.sites.beside(self._site)]
        return [self._site.id, *(s for s in others if len(self._kept(self._campaign, s)))]

    @cached_property
    def _everyone(self) -> pd.DataFrame:
        """Answers of these sites."""
        frames = [self._kept(self._campaign, site) for site in self._sites]
        return pd.concat(frames, ignore_index=True)

    # Shares

    @cached_property
    def frequentation(self) -> pd.DataFrame:
        """Passages comptés, une ligne par variable et strate."""
        return self._read("population", self._campaign)

    @property
    def _visitors(self) -> int | None:
        flow = self.frequentation
        return int(flow.loc[flow["variable"] == "total", "effectif"].sum()) or None

    @property
    def _population(self) -> int | None:
        """Size of the population the results speak of, when it is the visitors of these weeks."""
        is_known = self._visitors is not None and self._visitors >= len(self.reponses)
        return self._visitors if self._campaign.cible == "visiteurs" and is_known else None

    @cached_property
    def parts(self) -> pd.DataFrame:
        """Part d’usagers satisfaits, une ligne par question."""
        asked = self.questionnaire.opinions
        return answers.satisfaction(self.items, self.questionnaire, asked, self._population)

    @cached_property
    def niveaux(self) -> pd.DataFrame:
        """Répartition des réponses, une ligne par question et niveau."""
        return answers.distribution(self.items, self.questionnaire, self.questionnaire.opinions)

    def _parts_of(self, campaign: Campaign, site: str) -> pd.DataFrame:
        asked = self.questionnaire.opinions
        return answers.satisfaction(self._items(campaign, site), self.questionnaire, asked)

    @cached_property
    def avis(self) -> pd.DataFrame:
        """Avis, une ligne par usager : rang du niveau choisi, plus haut pour plus satisfait."""
        return self._opinions(self._site.id)

    def _opinions(self, site: str) -> pd.DataFrame:
        """Return the opinions of a site, one row a visitor."""
        key = ("avis", self._campaign.id, site)
        if key not in self._tables:
            items = self._items(self._campaign, site)
            self._tables[key] = groups.opinions(items, self.questionnaire)
        return self._tables[key]

    def _satisfied(self, ranks: pd.DataFrame) -> pd.Series:
        return groups.satisfied(ranks[self._main], self.questionnaire, self._main)

    def nom_du_site(self, site: str) -> str:
        """Nom court d’un site."""
        return self._reference.site(site).nom_court

    @property
    def seuil(self) -> int:
        """Plus petit groupe d’usagers que l’on montre seul."""
        return self._reference.sites.seuil_diffusion.valeur

    @cached_property
    def parts_par_campagne(self) -> list[tuple[Campaign, pd.DataFrame]]:
        """Part d’usagers satisfaits de chaque campagne au même questionnaire, dans l’ordre."""
        chain, own = [self._campaign], self._campaign.questionnaire
        while chain[0].precedente:
            before = self._reference.campaign(chain[0].precedente)
            if before.questionnaire != own or before in chain:
                break
            chain.insert(0, before)
        return [(campaign, self._parts_of(campaign, self._site.id)) for campaign in chain]

    # Comparisons

    @property
    def _comparable(self) -> Campaign | None:
        """The previous campaign, if it has answers to the same questionnaire."""
        before = self._previous
        if before is None or before.questionnaire != self._campaign.questionnaire:
            return None
        return before if len(self._kept(before, self._site.id)) else None

    @cached_property
    def comparaisons(self) -> dict[str, pd.DataFrame]:
        """Toutes les comparaisons du rapport de satisfaction, jugées ensemble, par famille."""
        before = self._comparable
        earlier = self._parts_of(before, self._site.id) if before else None
        evolution = (
            comparison.NOTHING if earlier is None else comparison.compare(self.parts, earlier)
        )
        families = {"evolution": evolution}
        families |= {
            name: comparison.against_others(table) if len(table) > 1 else comparison.NOTHING
            for name, table in self._groups.items()
        }
        families["actions"] = self._contact_moves()
        return comparison.judge(families, self._main)

    @property
    def ecarts(self) -> pd.DataFrame:
        """Évolution de chaque question depuis la campagne précédente (vide s’il n’y en a pas)."""
        return self.comparaisons["evolution"]

    @cached_property
    def parts_par_site(self) -> dict[str, pd.DataFrame]:
        """Part d’usagers satisfaits de chaque site du comité, ce site d’abord."""
        others = {site: self._parts_of(self._campaign, site) for site in self._sites[1:]}
        return {self._site.id: self.parts, **others}

    @cached_property
    def comparaison_sites(self) -> pd.DataFrame:
        """Ce site face aux autres réunis, question par question (Holm entre les sites)."""
        own = comparison.NOTHING
        if len(self._sites) > 1:
            every = pd.concat([t.assign(groupe=site) for site, t in self.parts_par_site.items()])
            table = comparison.against_others(every)
            own = table.loc[table["groupe"] == self._site.id].reset_index(drop=True)
        return comparison.judge({"autres_sites": own}, self._main)["autres_sites"]

    # Groups of users

    @cached_property
    def _masks(self) -> dict[str, pd.DataFrame]:
        """By column, the groups of all sites and what may be published of them, once asked for."""
        return {}

    def _published(self, column: str) -> pd.DataFrame:
        if column not in self._masks:
            parents = {"aisance_numerique": groups.digital_ease(self.questionnaire)}
            self._masks[column] = profile.published(
                self._everyone, column, self.seuil, parents.get(column)
            )
        return self._masks[column]

    def montres(self, column: str) -> set[str]:
        """Donne les groupes d’usagers assez grands pour être montrés, tous sites considérés."""
        table = self._published(column)
        is_shown = (table["site"] == self._site.id) & (table["diffusion"] == VISIBLE)
        return set(table.loc[is_shown, "modalite"])

    @cached_property
    def _groups(self) -> dict[str, pd.DataFrame]:
        """Satisfied users by category, digital ease, retirement and help; small groups left out."""
        people = self.reponses.assign(reponse_id=self.reponses["reponse_id"].astype(str))
        people = people.set_index("reponse_id")
        ease = people["aisance_numerique"].map(groups.digital_ease(self.questionnaire))
        services = self.questionnaire.public_services
        own = {
            "categories": people["categorie_usager"],
            "aisance": ease,
            "retraite": people["retraite"],
        }
        source = dict(zip(own, ("categorie_usager", "aisance_numerique", "retraite"), strict=True))
        happy = self._satisfied(self.avis)
        found = {}
        for name, column in own.items():
            shown = self.montres(source[name])
            found[name] = groups.count(happy, column.where(column.isin(shown)), self._main)
        if services:
            question, options = services
            helped = groups.public_help(self.items, options, question)
            uneasy = helped.where(ease.reindex(helped.index) == groups.UNEASY)
            found["aide"] = groups.count(happy, uneasy, self._main)
            found["aide"] = found["aide"].loc[found["aide"]["n"] >= self.seuil]
        return found

    # Actions

    @property
    def _decided(self) -> list[Action]:
        """What the results of the previous campaign led to."""
        before = self._previous
        return self._reference.actions(self._site.id, before.id) if before else []

    def _contact_moves(self) -> pd.DataFrame:
        before = self._previous
        if before is None:
            return comparison.NOTHING
        if not any(isinstance(a.indicateur, ContactIndicator) for a in self._decided):
            return comparison.NOTHING
        contacts = self._compliance(self._campaign), self._compliance(before)
        return actions.contact_moves(self._decided, contacts)
