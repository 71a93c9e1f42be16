"""The satisfaction survey of a site for a campaign: one method a section."""

from dataclasses import replace

import pandas as pd

from qpref.display import (
    changes,
    context,
    opinions,
    poster,
    priorities,
    publics,
    remarks,
    respondents,
    sample,
    technical,
    trend,
)
from qpref.display.section import Section
from qpref.quality import actions, groups, profile
from qpref.statistics import ordinal
from qpref.store import reviewed
from qpref.workbook.models import ADJUSTED_FOR, Modeles

_LIMITS_OF_BIAS = (141, 200)


class Satisfaction(Modeles):
    """Enquête de satisfaction d’un site pour une campagne."""

    def entete(self, sujet: str = "Satisfaction des usagers") -> Section:
        """Titre, site, période."""
        days = (self._campaign.debut, self._campaign.fin)
        return context.heading(
            sujet, self._site, self._campaign, days, is_fictional=self.est_fictif
        )

    def repondants(self) -> Section:
        """Nombre de réponses, objectif, réponse à la remarque du comité."""
        counts = [(self._campaign, len(self.reponses))]
        if self._previous:
            counts.insert(0, (self._previous, len(self._kept(self._previous, self._site.id))))
        remark = self._reference.remark(self._site.id, self._campaign.id)
        return respondents.answers(self._site, self._campaign, counts, remark)

    def chiffres_cles(self) -> Section:
        """Trois chiffres : réponses, satisfaction globale, évolution."""
        row = self.parts.loc[self.parts["question"] == self._main].to_dict("records")[0]
        change = self.ecarts.loc[self.ecarts["question"] == self._main].to_dict("records")
        found = change[0] if change else None
        return respondents.key_figures(row, found, len(self.reponses), self._comparable)

    def ressemblance(self) -> Section:
        """Précision d’un côté, ressemblance aux usagers venus de l’autre."""
        n = len(self.reponses)
        return sample.likeness(
            self.compositions, self.questionnaire, n, self.taux_reponse, _LIMITS_OF_BIAS
        )

    def evolution(self) -> Section:
        """Ce qui a changé au-delà du hasard."""
        tested = sum(int(table["p"].notna().sum()) for table in self.comparaisons.values())
        return changes.changes(
            self.ecarts, self.questionnaire, self._previous, self._campaign.contexte, tested
        )

    def autres_sites(self) -> Section:
        """Ce qui distingue ce site des autres, à public égal aussi."""
        names = [self._reference.site(site).nom_court for site in self._sites[1:]]
        return changes.other_sites(
            self.comparaison_sites, self.questionnaire, names, self.a_motif_egal
        )

    def theme(self, theme: str) -> Section:
        """Réponses aux questions d’un thème du questionnaire."""
        questions = [q for q in self.questionnaire.opinions if q.theme == theme]
        return opinions.theme(questions, self.niveaux, self.parts, self.questionnaire)

    def publics(self) -> Section:
        """Satisfaction par catégorie d’usagers, aisance numérique, retraite, aide reçue."""
        return publics.publics(self._groups, self.comparaisons, self.questionnaire, self.seuil)

    def actions(self) -> Section:
        """Actions décidées après la campagne précédente, et ce que dit leur mesure."""
        table = self.determinants
        first = table.loc[table["verdict"] == "a_ameliorer", "question"]
        own = self._reference.actions(self._site.id, self._campaign.id)
        to_decide = actions.without_action(first, [*self._decided, *own])
        weak = actions.weak_criteria(self._compliance(self._campaign))
        criteria = {criterion.id: criterion.libelle for criterion in self._reference.grid.criteres}
        return priorities.actions(
            self._decided,
            actions.moves(self._decided, self.comparaisons),
            self.questionnaire,
            self._reference.grid,
            [
                *(self.questionnaire.by_id[q].texte_court for q in to_decide),
                *(criteria[name] for name in weak["critere"]),
            ],
        )

    def profil(self) -> Section:
        """Qui a répondu."""
        parts = {
            name: profile.composition(
                self._published(name), self.questionnaire, name, self._site.id
            )
            for name in profile.QUESTIONS
        }
        return respondents.profile(
            parts, self.questionnaire, len(self.reponses), self._visitors, self.seuil
        )

    def remarques(self) -> Section:
        """Remarques libres relues et approuvées."""
        rows = reviewed(self._project, self._campaign.id, [self._site.id])
        own = rows.loc[rows["reponse_id"].isin(self.reponses["reponse_id"].astype(str))]
        return remarks.remarks(own.loc[own["publiable"], "texte_masque"].tolist(), len(own))

    def annexe(self) -> Section:
        """Tableau complet derrière les graphiques."""
        return opinions.annex(self.niveaux, self.parts, self.questionnaire)

    # Affiche

    def entete_affiche(self) -> Section:
        """Titre de l’affiche."""
        return poster.heading(self.entete("Vous nous avez répondu"), len(self.reponses))

    def points(self) -> Section:
        """Ce qui satisfait le plus, et le moins."""
        return poster.best_and_worst(self.parts.to_dict("records"), self.questionnaire)

    def decisions(self) -> Section:
        """Ce qui a été décidé après la campagne précédente."""
        return poster.decided(self._decided)

    # Analyses détaillées

    def tendance(self) -> Section:
        """Satisfaction globale, campagne après campagne."""
        found = []
        for campaign, parts in self.parts_par_campagne:
            row = parts.loc[parts["question"] == self._main].to_dict("records")[0]
            found.append((campaign.libelle, row))
        return trend.trend(found)

    def composition(self) -> Section:
        """Composition de l’échantillon et des passages, groupe par groupe."""
        return sample.compositions(self.compositions, self.questionnaire)

    def resultats_ponderes(self) -> Section:
        """Résultats avec et sans pondération."""
        happy = self.avis.apply(
            lambda ranks: groups.satisfied(ranks, self.questionnaire, str(ranks.name))
        )
        return sample.weighted(self.ponderation, happy, self.questionnaire, self.grappes)

    def priorites(self) -> Section:
        """Ce qui pèse sur la satisfaction globale, et ce qui satisfait."""
        return priorities.priorities(self.determinants, self.questionnaire)

    def public_egal(self) -> Section:
        """Comparaison des sites à public égal, par le modèle ordinal."""
        fit = self.modele
        found = technical.Adjusted(fit, pd.DataFrame(), None, self.rangs)
        if fit is not None and fit.has_converged:
            levels = groups.favourable_levels(self.questionnaire, self._main)
            table = ordinal.adjusted_shares(fit, "site", levels)
            found = replace(found, table=table, check=ordinal.proportional_odds(fit))
        names = {site: self._reference.site(site).nom_court for site in self._sites}
        factors = [
            f"« {self.questionnaire.by_id[name].texte_court.lower()} »" for name in ADJUSTED_FOR
        ]
        return technical.adjusted(found, names, factors)

    def tests(self) -> Section:
        """Tous les tests, avec leurs valeurs p."""
        labels = {action.id: action.libelle for action in self._decided}
        labels |= publics.labels(self.questionnaire)
        return technical.tests(
            {**self.comparaisons, "autres_sites": self.comparaison_sites},
            labels,
            self.compositions,
            self.effet_mode,
            self.questionnaire,
        )
