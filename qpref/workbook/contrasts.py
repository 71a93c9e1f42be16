"""Verbs that compare: groups, sites, campaigns; marks of recommendation; what weighs most."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qpref.display import exploration, priorities
from qpref.display.wording import VERDICTS
from qpref.errors import MissingDataError, UsageError
from qpref.lazy import lazy
from qpref.quality import replies, samples
from qpref.quality.choice import resolved
from qpref.questions import Answer
from qpref.reference import Question
from qpref.statistics import comparison, verdicts
from qpref.statistics.clusters import correlation
from qpref.statistics.measure import SHARE, Measure
from qpref.wording.french import lower_first
from qpref.workbook.estimates import Grouping, favourable, mean_of, split, weighted
from qpref.workbook.models import weighed
from qpref.workbook.pool import Pool, Weighting
from qpref.workbook.respondents import Respondents
from qpref.workbook.result import Resultat
from qpref.workbook.summary import Summaries

if TYPE_CHECKING:
    from qpref.workbook import satisfaction
    from qpref.workbook.satisfaction import Satisfaction
else:
    satisfaction = lazy("qpref.workbook.satisfaction")  # only for a section of a report


class Contrasts(Summaries):
    """Comparer, suivre, classer."""

    @property
    def rapport(self) -> "Satisfaction":
        """
        Toutes les sections du rapport, sur les usagers que les filtres gardent.

        `filtrer(motif="etrangers").rapport.publics()`, d’une étude ouverte avec diffusion=False :
        un écart n’y est jamais établi, au plus à confirmer, puisque personne n’avait prévu cette
        comparaison.

        Raises
        ------
        UsageError
            D’un filtre, quand d’autres liront : le rapport dit chaque réponse d’un site entier, un
            verbe juge ce qu’un filtre laisse voir.
        """
        if self._criteria and self._is_masked:
            raise UsageError(
                "Les sections du rapport diraient, des usagers d’un filtre, des réponses de peu "
                "d’entre eux.",
                "Prenez un verbe (distribution, comparer, croiser) ; pour vous seul, ouvrez avec "
                "diffusion=False.",
            )
        return satisfaction.Satisfaction(self._alone("Un rapport"))

    def comparer(
        self, question: str = "", par: str = "site", *, poids: bool = False,
        public_egal: bool = False,
    ) -> Resultat:  # fmt: skip
        """
        Compare des groupes d’usagers, chacun face aux autres : parts, intervalles, écarts.

        Parameters
        ----------
        question
            Question d’avis (part de réponses favorables) ou de nombre (moyenne) ; par défaut, la
            satisfaction d’ensemble.
        par
            Question dont les réponses font des groupes, « site » ou « campagne ». Avec un seul site
            ouvert, « site » le compare aux autres du comité.
        poids
            Vrai pour peser les réponses selon les passages comptés ; alors, sans verdict.
        public_egal
            Vrai pour comparer les sites à public égal, par le modèle du rapport.

        Notes
        -----
        Ce que les rapports comparent a ici leur verdict ; tout autre écart est au plus « à
        confirmer ».
        """
        if public_egal:
            return self._at_equal_public(question, par)
        if par == "campagne":
            return self.evolution(question, poids=poids)
        if question:
            asked = resolved(question, self._columns, self._questionnaire)[0].question
            if asked.kind.answer is Answer.NUMBER:
                return self._numbers_by(asked, par, poids=poids)
        if par == "site" and self._is_one_place:
            return self._beside(self._opinion(question), poids=poids)
        return self._opinions_by(self._opinion(question), par, poids=poids)

    def _opinions_by(self, asked: Question, par: str, *, poids: bool) -> Resultat:
        by = self._judged_by(asked, par)
        assert by is not None  # noqa: S101 - a name gives groups
        if by.name == "site":
            found = [one for one in self._by_site(asked, poids=poids) if one.group in by.names]
        else:
            found = favourable(self._pool, asked, by, self._weights(poids=poids))
        judged = None if poids else self._judged(asked, by)
        return self._told(asked, by, found, judged, is_planned=self._is_planned(asked, by))

    def _by_site(self, asked: Question, *, poids: bool) -> list[Measure]:
        """Return the share of each site, as its own report gives it."""
        found = []
        for site, label in self._names("site").items():
            places = [place for place in self._places if place[1] == site]
            share = self._with(places=places)._whole_share(asked, poids=poids)  # noqa: SLF001
            found.append(replace(share, label=label, group=site))
        return found

    def _whole_share(self, asked: Question, *, poids: bool) -> Measure:
        return favourable(self._pool, asked, None, self._weights_of_all(poids=poids))[0]

    def _judged(self, asked: Question, by: Grouping) -> pd.DataFrame:
        """Return each group against the others: as the reports say, or to be confirmed."""
        if self._looks is not None and self._is_planned(asked, by):
            question = self._columns[by.name].question
            return self._looks.between_groups(asked, question, by.labels, is_planned=True)
        sample = self._pool.sample_of(asked)
        alike = correlation([self._pool.sample])
        labels = by.labels.reindex(self._pool.ranks.index)
        return verdicts.explored(comparison.against_others(sample, labels, asked.id, alike))

    def _beside(self, asked: Question, *, poids: bool) -> Resultat:
        """Return the site against the others of its committee."""
        sources = self._alone("")
        sites = Respondents(sources).sites
        every = self._with(places=[(sources.campaign.id, site) for site in sites])
        if self._looks is None or poids or len(sites) == 1:
            return every._opinions_by(asked, "site", poids=poids)  # noqa: SLF001 - one of ours
        by, found = every._grouped("site"), every._by_site(asked, poids=False)  # noqa: SLF001
        judged = self._looks.between_sites(asked)
        return self._told(asked, by, found, judged, is_planned=True)

    def _told(
        self, asked: Question, by: Grouping | None, found: Sequence[Measure],
        judged: pd.DataFrame | None,
        *,
        is_planned: bool,
    ) -> Resultat:  # fmt: skip
        """Return shares with their differences; `by`: nothing for campaigns."""
        names = by.names if by else {one.group: one.label for one in found}
        title = lower_first(by.title) if by else "campagne"
        lines = comparison.NOTHING if judged is None else judged
        if judged is None:  # no verdict rests on weights
            title = f"{asked.texte_court}, par {title}, pondéré"
        else:
            title = exploration.headline(asked, title, judged, names)
        favourables = self._questionnaire.scale(asked.id).favorables
        key = f"par-{len(found)}" if by else "campagnes"
        section = exploration.shares(title + self._where, key, found, favourables)
        words = exploration.OTHERS if by else exploration.BEFORE
        section = exploration.differences(section, lines, names, words)
        notes = [f"Groupes trop petits, non montrés : {by.hidden}."] if by and by.hidden else []
        notes += [exploration.UNPLANNED] if len(lines) and not is_planned else []
        return Resultat(_table(found, lines), replace(section, sentences=notes), self._project)

    def _at_equal_public(self, question: str, par: str) -> Resultat:
        sources = self._alone("Une comparaison à public égal")
        if par != "site" or self._opinion(question).id != self._questionnaire.main:
            raise UsageError(
                "À public égal, on compare les sites sur la satisfaction d’ensemble.",
                'Écrivez comparer(par="site", public_egal=True).',
            )
        study = satisfaction.Satisfaction(sources)
        section, fit = study.public_egal(), study.modele
        if fit is None:
            raise MissingDataError(f"{section.title}.", "Comparez les sites sans le modèle.")
        found = [
            Measure(label=row["libelle"], group=row["libelle"], n=int(row["n"]),
                    value=row["valeur"], low=row["bas"], high=row["haut"])
            for row in section.figures.to_dict("records")
            if row["unite"] == SHARE and row["n"] == row["n"]  # of answers, not of the model
        ]  # fmt: skip
        plot = exploration.measured(section.title, "", found, "part", (0, 1)).plot
        table = _table(found, comparison.NOTHING)
        return Resultat(table, section, self._project, plot=plot)

    def evolution(self, question: str = "", *, poids: bool = False) -> Resultat:
        """
        Suit une question d’une campagne à l’autre, de la plus ancienne à la dernière.

        Parameters
        ----------
        question
            Question d’avis ; par défaut, la satisfaction d’ensemble.
        poids
            Vrai pour peser les réponses selon les passages comptés ; alors, sans verdict.

        Notes
        -----
        Toutes les campagnes au même questionnaire qui ont des réponses, mêmes sites, mêmes filtres.
        """
        asked = self._opinion(question)
        sites = list(dict.fromkeys(site for _, site in self._places))
        found, pools = [], []
        for campaign in self._chain:
            places = [(campaign, site) for site in sites if len(self._answers.kept(campaign, site))]
            if places:
                one = self._with(places=places)
                label = self._reference.campaign(campaign).libelle
                share = one._whole_share(asked, poids=poids)  # noqa: SLF001 - one of ours
                if not one._is_hidden(asked):  # noqa: SLF001
                    found.append(replace(share, label=label, group=label))
                    pools.append(one._pool)  # noqa: SLF001
        judged = None if poids else self._moves(asked, pools, [one.label for one in found])
        return self._told(asked, None, found, judged, is_planned=self._looks is not None)

    @property
    def _chain(self) -> list[str]:
        """The campaigns that asked the same, the oldest first, up to the last one opened."""
        own = self._questionnaire.id
        last = self._reference.campaign(self._campaigns[-1]).debut
        known = [one for one in self._reference.campaigns.every
                 if one.questionnaire == own and one.debut <= last]  # fmt: skip
        return [one.id for one in sorted(known, key=lambda one: one.debut)]

    def _moves(self, asked: Question, pools: Sequence[Pool], names: Sequence[str]) -> pd.DataFrame:
        """Return each campaign against the one before it."""
        if self._looks is not None:
            return self._looks.between_campaigns(asked)
        steps = [
            comparison.compare(now.sample_of(asked), before.sample_of(asked), [asked.id], name)
            for before, now, name in zip(pools, pools[1:], names[1:], strict=False)
        ]
        return (
            verdicts.explored(pd.concat(steps, ignore_index=True)) if steps else comparison.NOTHING
        )

    def nps(self, question: str = "", par: str = "", *, poids: bool = False) -> Resultat:
        """
        Donne le score net de recommandation : part de 9 et 10, moins part de 0 à 6.

        Parameters
        ----------
        question
            Note de 0 à 10 déclarée `nps: oui` ; par défaut, la première.
        par
            Question dont les réponses font des groupes.
        poids
            Vrai pour peser les réponses selon les passages comptés.
        """
        known = [one for one in self._questionnaire.questions if one.nps]
        if not known:
            raise UsageError(
                "Le questionnaire ne pose pas de question de recommandation.",
                "Il faut une note de 0 à 10 déclarée « nps: oui ».",
            )
        asked = known[0]
        if question:
            asked = resolved(question, self._columns, self._questionnaire)[0].question
        if not asked.nps:
            raise UsageError(
                f"« {question} » n’est pas une note de recommandation.",
                f"Questions possibles : {', '.join(one.id for one in known)}.",
            )
        weighting, found, lines = self._weights(poids=poids), [], []
        by = self._mixed(asked, par)
        for label, items in split(self._pool, asked, by).items():
            score, line = _net(self._pool, asked, items, weighting)
            found.append(replace(score, label=label, group=label))
            lines.append({"groupe": label, **line})
        title = f"{asked.texte_court} : score net{self._where}"
        section = exploration.measured(title, "nps", found, "score net", (-1, 1))
        return Resultat(pd.DataFrame(lines).set_index("groupe"), section, self._project)

    def _numbers_by(self, asked: Question, par: str, *, poids: bool) -> Resultat:
        weighting, found, lines = self._weights(poids=poids), [], []
        self._refuse_alike(asked)
        by = self._sized(asked, self._grouped(par))
        for label, items in split(self._pool, asked, by).items():
            one = replace(mean_of(self._pool, items, asked, weighting), label=label, group=label)
            middle = replies.numbers(items, asked).median.value
            found.append(one)
            lines.append({"groupe": label, "n": one.n, "moyenne": one.value, "bas": one.low,
                          "haut": one.high, "mediane": middle})  # fmt: skip
        section = exploration.measured(
            f"{asked.texte_court}{self._where}", "moyennes", found, "moyenne", None
        )
        return Resultat(pd.DataFrame(lines).set_index("groupe"), section, self._project)

    def priorites(self) -> Resultat:
        """
        Dit ce qui pèse le plus sur la satisfaction d’ensemble, et ce qui satisfait.

        Raises
        ------
        UsageError
            Si le questionnaire ne demande pas de satisfaction d’ensemble.
        """
        self._opinion("")
        table = weighed(self._pool.ranks, self._questionnaire.main, self._pool.shares)
        section = priorities.priorities(table, self._questionnaire)
        names = {one.id: one.texte_court for one in self._questionnaire.opinions}
        shown = table.assign(libelle=table["question"].map(names)).set_index("question")
        return Resultat(shown, section, self._project)


def _net(
    pool: Pool, asked: Question, items: pd.DataFrame, weighting: Weighting | None
) -> tuple[Measure, dict[str, float]]:
    """Return the net score of some marks, and the same as a line of a table, in points."""
    told = replies.told(items, asked)
    cost = samples.costs_of(told[[replies.NET]], pool.half_days) if len(told) else {}
    own = replies.recommended(items, asked, cost.get(replies.NET, 1.0))
    score, counts = own.score, own.given
    if weighting is not None and len(told):
        score = weighted(score, told[replies.NET], weighting)
    low, high = (np.nan if bound is None else 100 * bound for bound in (score.low, score.high))
    return score, {
        "n": counts.n, "promoteurs": counts.promoters, "passifs": counts.passives,
        "detracteurs": counts.detractors, "nps": 100 * score.value, "bas": low, "haut": high,
    }  # fmt: skip


def _table(found: Sequence[Measure], judged: pd.DataFrame) -> pd.DataFrame:
    """Return shares by group with their differences, one row a group."""
    lines = pd.DataFrame(
        [
            {"groupe": one.label, "code": one.group, "n": one.n, "favorables": one.count,
             "part": one.value, "bas": one.low, "haut": one.high}
            for one in found
        ],
        columns=["groupe", "code", "n", "favorables", "part", "bas", "haut"],
    )  # fmt: skip
    if len(judged):
        own = judged.set_index("groupe")
        for name, source in (("ecart", "ecart"), ("ecart_bas", "bas"), ("ecart_haut", "haut")):
            lines[name] = lines["code"].map(own[source])
        lines["verdict"] = lines["code"].map(own["verdict"].map(VERDICTS))
    is_weighted = lines["favorables"].isna().all()
    left = ["code", "favorables"] if is_weighted else ["code"]
    return lines.drop(columns=left).set_index("groupe")
