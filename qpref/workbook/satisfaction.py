"""The satisfaction survey of a site for a campaign: one method a section."""

from dataclasses import replace
from functools import cached_property

import pandas as pd

from qpref.display import (
    changes,
    context,
    essentials,
    nonresponse,
    opinions,
    poster,
    priorities,
    publics,
    respondents,
    sample,
    technical,
    topics,
    trend,
)
from qpref.display.section import Section, Sections, left_out
from qpref.quality import actions, profile
from qpref.quality import nonresponse as missing
from qpref.quality.campaigns import Point, follow
from qpref.statistics import ordinal, representativeness
from qpref.statistics.shares import NO_PERCENTAGE_BELOW
from qpref.statistics.superiority import Superiority
from qpref.statistics.weighting import Weights
from qpref.workbook.copies import handed
from qpref.workbook.findings import findings
from qpref.workbook.likeness import Likeness
from qpref.workbook.needs import OTHERS, PASSAGES, PREVIOUS, REFUSALS, needs, unsaid
from qpref.workbook.sheets import Feuilles
from qpref.workbook.themes import themes
from qpref.workbook.written_words import SUBJECTS, WrittenWords

_MORE = 4  # four times as many answers halve the margin


class Satisfaction(Feuilles):
    """Enquête de satisfaction d’un site pour une campagne."""

    @cached_property
    def _likeness(self) -> Likeness:
        log = self._sources.table("collecte")
        return Likeness(self._asked.rows, self._sources.flow, log, self._groups)

    @property
    def compositions(self) -> dict[str, representativeness.Composition]:
        """Composition de l’échantillon face aux passages comptés, par variable connue."""
        return handed(self._likeness.compositions)

    @property
    def taux_reponse(self) -> dict[str, float] | None:
        """Relevé des refus : abordés, refus, complets, taux de réponse (rien s’il n’y en a pas)."""
        return handed(self._likeness.response_rate)

    @property
    def grappes(self) -> representativeness.Clustering:
        """Effet du recueil par demi-journée sur la précision."""
        return handed(self._models.clustering)

    @property
    def effet_mode(self) -> float | None:
        """Valeur p : la satisfaction dépend-elle du mode de réponse ? (rien si invérifiable)."""
        return self._models.mode_effect

    @property
    def ponderation(self) -> tuple[Weights, pd.DataFrame, list[str]] | str:
        """Poids, réponses pondérées et marges, ou la phrase qui dit pourquoi il n’y en a pas."""
        return handed(self._models.weights)

    @property
    def determinants(self) -> pd.DataFrame:
        """Importance et satisfaction de chaque question, avec leur incertitude."""
        return handed(self._models.drivers)

    @property
    def a_motif_egal(self) -> dict[str, object] | None:
        """Ce site et les autres, à motif de visite égal (rien s’il n’y a qu’un site)."""
        return handed(self._models.at_equal_reasons)

    @property
    def modele(self) -> ordinal.OrderedFit | None:
        """Modèle ordinal de la satisfaction globale par site, public tenu égal."""
        return handed(self._models.ordered)

    @property
    def rangs(self) -> Superiority | None:
        """Chances qu’une réponse d’ici soit plus favorable qu’une réponse d’ailleurs."""
        return self._models.superiority

    # Sections

    def entete(self, sujet: str = "") -> Section:
        """Titre : le `sujet` s’il est donné, sinon ce que l’enquête a trouvé ; qui publie."""
        days = (self.campagne.debut, self.campagne.fin)
        about = sujet or f"Satisfaction des {self._who.pluriel}"
        found = context.heading(about, self.site, self.campagne, days, is_fictional=self.est_fictif)
        if sujet:
            return found
        title = essentials.headline(self._findings, self.questionnaire, self.site.nom_court)
        published = context.published(self._reference.sites.editeur, self.campagne)
        said = " ".join([f"{about}.", *found.sentences, *published])
        return replace(found, title=title or found.title, sentences=[said])

    @cached_property
    def _findings(self) -> essentials.Findings:
        weighted = self._models.weighted_main if self._asked.main else None
        place = self.site, self.campagne
        return findings(self._asked, self._compared, self._likeness, weighted, place)

    def essentiel(self) -> Section:
        """Ce qu’un lecteur pressé doit retenir, en bien et en mal, et ce qui est sûr."""
        return essentials.essentials(self._findings, self.questionnaire)

    def repondants(self, *, bref: bool = False) -> Section:
        """Nombre de réponses, objectif, réponse au comité ; `bref` : sans ce que vaut ce nombre."""
        campaigns = [one for one in (self._sources.previous, self.campagne) if one]
        margins = [(one, self._asked.largest_margin(one.id)) for one in campaigns]
        remark = self._reference.remark(self.site.id, self.campagne.id)
        target = self.campagne.objectifs.get(self.site.id)
        promised = target.valeur if target else None
        return respondents.answers(promised, margins, remark, self._who, is_brief=bref)

    def promesses(self) -> Section:
        """Ce qui a été dit au comité, et ce qu’en disent les mesures."""
        reply = self.repondants(bref=True)
        if not self._who.are_users:  # what was decided is told with the campaign's results
            return reply
        return priorities.promises(reply, self._compared.decided, self._compared.action_moves)

    @needs("satisfaction_globale")
    def chiffres_cles(self) -> Section:
        """Trois chiffres : réponses, satisfaction globale, évolution."""
        parts, main = self._asked.shares, self._asked.main
        row = parts.loc[parts["question"] == main].to_dict("records")[0]
        n, before = len(self._asked.rows), self._asked.comparable
        return respondents.key_figures(row, self._compared.family, n, before, self.questionnaire)

    @needs(data=(PASSAGES,))
    def ressemblance(self, *, bref: bool = False) -> Section:
        """Ressemblance aux usagers venus, et précision, sauf si c’est `bref`."""
        found, rate = self._likeness.compositions, self._likeness.response_rate
        if not self._who.are_users:
            return essentials.participation(self._findings, self._who)
        if bref:
            return sample.likeness_in_brief(found, self.questionnaire, rate)
        n, before = len(self._asked.rows), self._sources.previous
        earlier = len(self._asked.kept(before.id, self.site.id)) if before else 0
        sizes = (earlier, n) if NO_PERCENTAGE_BELOW <= earlier < n else (n, _MORE * n)
        precision = self._asked.largest_margin(self.campagne.id)
        return sample.likeness(found, self.questionnaire, precision, rate, sizes)

    def sujets(self) -> Section:
        """Toutes les questions d’opinion sur une échelle, de la plus à la moins favorable."""
        before = self._asked.comparable
        moves = self._compared.family.changes(self.questionnaire) if before else []
        return topics.topics(
            self._findings.shares,
            {one.change.key: one for one in moves},
            (self.campagne, before),
            self.questionnaire,
        )

    @needs(data=(PREVIOUS,))
    def evolution(self, *, bref: bool = False) -> Section:
        """Ce qui a changé au-delà du hasard ; `bref` : sans les écarts qui ne sont pas établis."""
        return changes.changes(
            self._compared.family,
            self.questionnaire,
            self._sources.previous,
            None if bref else self.campagne.contexte,
            is_brief=bref,
        )

    @needs(data=(OTHERS,))
    def autres_sites(self) -> Section:
        """Ce qui distingue ce site des autres, à public égal aussi."""
        names = [self.nom_du_site(site) for site in self._asked.sites[1:]]
        return changes.other_sites(
            self._compared.sites, self.questionnaire, names, self._models.at_equal_reasons
        )

    def themes(self) -> Sections:
        """Toutes les questions, thème par thème : avis d’abord, puis notes, choix, nombres."""
        return Sections(themes(self.questionnaire, self._asked, self._groups))

    def theme(self, theme: str) -> Sections:
        """Réponses aux questions d’un thème du questionnaire."""
        return Sections(themes(self.questionnaire, self._asked, self._groups, theme))

    def limites(self, *, bref: bool = False) -> Section:
        """Ce que ce questionnaire ne permet pas de dire ; ce qu’il faudrait demander."""
        lost = unsaid(self.questionnaire) if self._who.are_users else []
        return context.unsaid(lost, self._sources.absent, is_brief=bref)

    @needs("satisfaction_globale")
    def publics(self) -> Section:
        """Satisfaction par catégorie d’usagers, aisance numérique, retraite, aide reçue."""
        if not self._groups.labels:
            return left_out("publics", respondents.NO_PUBLIC)
        return publics.publics(
            self._groups.satisfied, self._compared.families, self.questionnaire, self.seuil
        )

    def actions(self) -> Section:
        """Actions décidées après la campagne précédente, et ce que dit leur mesure."""
        if not self._who.are_users:
            return left_out("actions", "les actions se disent avec les résultats de la campagne")
        table, decided = self._models.drivers, self._compared.decided
        first = table.loc[table["verdict"] == "a_ameliorer", "question"]
        own = self._reference.actions(self.site.id, self.campagne.id)
        to_decide = actions.without_action(first, [*decided, *own])
        weak = actions.weak_criteria(self._contacts.met())
        criteria = {criterion.id: criterion.libelle for criterion in self._reference.grid.criteres}
        return priorities.actions(
            decided,
            self._compared.action_moves,
            self.questionnaire,
            self._reference.grid,
            [
                *(self.questionnaire.by_id[q].texte_court for q in to_decide),
                *(criteria[name] for name in weak["critere"]),
            ],
        )

    def profil(self, *, bref: bool = False) -> Section:
        """Qui a répondu, et qui ne l’a pas pu ; groupe par groupe, sauf si c’est `bref`."""
        if not (self._who.are_users or self._asked.groups):
            return respondents.NO_PROFILE
        parts = {
            name: profile.composition(
                self._groups.published(name), self.questionnaire, name, self.site.id
            )
            for name in self._asked.groups
        }
        found = respondents.profile(
            parts, self.questionnaire, len(self._asked.rows), self._asked.visitors, self.seuil
        )
        return respondents.in_brief(found) if bref else found

    def remarques(self) -> Section:
        """Ce que disent les remarques, une fois codées ; celles qui sont approuvées."""
        return self._words.section()

    @cached_property
    def _words(self) -> WrittenWords:
        return WrittenWords(self._sources, self._asked, self._groups)

    def annexe(self) -> Section:
        """Tableau complet derrière les graphiques."""
        return opinions.annex(self._asked.levels, self._asked.shares, self.questionnaire)

    # Feuilles d’une page

    def entete_affiche(self) -> Section:
        """Titre de l’affiche."""
        return poster.heading(self.entete("Vous nous avez répondu"))

    # Analyses détaillées

    @needs("satisfaction_globale")
    def tendance(self) -> Section:
        """Satisfaction globale, campagne après campagne."""
        worth = self._asked.worth_by_campaign
        found = [
            Point(
                campaign.libelle,
                campaign.debut,
                parts.loc[parts["question"] == self._asked.main].to_dict("records")[0],
                size,
            )
            for (campaign, parts), size in zip(self._asked.shares_by_campaign, worth, strict=True)
        ]
        return trend.trend(follow(found), self.questionnaire.scale(self._asked.main).favorables)

    @needs(data=(PASSAGES,))
    def composition(self) -> Section:
        """Composition de l’échantillon et des passages, groupe par groupe."""
        return sample.compositions(self._likeness.compositions, self.questionnaire)

    @needs("satisfaction_globale", data=(REFUSALS,))
    def non_reponse(self) -> Section:
        """Ceux qui n’ont pas répondu : quand, combien, et ce que leur avis pourrait changer."""
        log, favourable = self._likeness.log, self.questionnaire.scale(self._asked.main).favorables
        if log.empty:
            return nonresponse.nonresponse(None, favourable)
        rows, asked = self._asked.rows, self.questionnaire.by_role
        moments = (
            self.questionnaire.levels("demi_journee").answers if "demi_journee" in asked else ()
        )
        found = missing.non_response(
            log,
            self._asked.satisfied(self._asked.ranks),
            pd.DataFrame(
                {
                    "date": rows["date_reponse"].to_numpy(),
                    "half_day": self._asked.half_days.to_numpy(),
                },
                index=self._asked.half_days.index,
            ),
            {level.code: level.libelle for level in moments},
            self.seuil,
        )
        return nonresponse.nonresponse(found, favourable)

    @needs(data=(PASSAGES,))
    def resultats_ponderes(self) -> Section:
        """Résultats avec et sans pondération."""
        models = self._models
        asked = self.questionnaire
        return sample.weighted(models.balanced, asked, models.clustering, self.seuil)

    @needs("satisfaction_globale")
    def priorites(self) -> Section:
        """Ce qui pèse sur la satisfaction globale, et ce qui satisfait."""
        return priorities.priorities(self._models.drivers, self.questionnaire)

    @needs("satisfaction_globale", data=(OTHERS,))
    def public_egal(self) -> Section:
        """Comparaison des sites à public égal, par le modèle ordinal."""
        models, fit = self._models, self._models.ordered
        shares = models.at_equal_public
        names = {site: self.nom_du_site(site) for site in self._asked.sites}
        left = [names[site] for site in models.too_few]
        found = technical.Adjusted(shares, fit, models.superiority, left)
        if fit is not None:
            found = replace(found, check=ordinal.proportional_odds(fit))
        asked = self.questionnaire.by_variable
        factors = [f"« {asked[name].texte_court.lower()} »" for name in self._models.adjusted_for]
        return technical.adjusted(found, names, factors, self.questionnaire)

    def tests(self) -> Section:
        """Tous les tests, avec leurs valeurs p."""
        labels = publics.labels(self.questionnaire)
        labels["actions"] = {action.id: action.libelle for action in self._compared.decided}
        labels[SUBJECTS] = self._words.names
        return technical.tests(
            {**self._compared.families, SUBJECTS: self._words.moves},
            labels,
            self._likeness.compositions,
            self._models.mode_effect,
            self.questionnaire,
        )
