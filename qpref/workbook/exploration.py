"""Explore a campaign: cross, filter, compare, read; each look is a section, small cells hidden."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from qpref.display import exploration, opinions, remarks
from qpref.display.section import Section
from qpref.errors import MissingDataError, UnknownKeyError, UsageError
from qpref.project import is_batch
from qpref.quality import answers, groups, samples
from qpref.reference import Question
from qpref.statistics.clusters import Sample, costs
from qpref.statistics.crossing import UNKNOWN, cross, visible
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from qpref.statistics.verdicts import LEVEL
from qpref.store import reviewed
from qpref.wording.french import number, plural
from qpref.workbook.base import counted
from qpref.workbook.contacts import Contacts
from qpref.workbook.copies import handed
from qpref.workbook.groups import Groups
from qpref.workbook.looks import Looks
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources


class Exploration:
    """Exploration d’une enquête : croiser, filtrer, comparer, lire les remarques."""

    def __init__(
        self, sources: Sources, asked: Respondents, groups_: Groups,
        chosen: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._sources, self._asked, self._groups = sources, asked, groups_
        self._chosen = dict(chosen or {})
        self._looks = Looks(sources, asked, groups_)

    def __repr__(self) -> str:
        where = f"{self._sources.site.nom_court}, {self._sources.campaign.libelle}{self._where}"
        return f"<{type(self).__name__} : {where}, {counted(len(self._rows), 'réponse')}>"

    def __dir__(self) -> list[str]:
        """Complete on what an analyst calls, and nothing else."""
        return [name for name in (*vars(type(self)), *vars(self)) if not name.startswith("_")]

    @property
    def reponses(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager."""
        return handed(self._rows)

    @property
    def _rows(self) -> pd.DataFrame:
        rows = self._asked.rows
        for name, value in self._chosen.items():
            given = self._asked.answers(self._asked.questionnaire.by_id[name])
            rows = rows.loc[(given.reindex(rows["reponse_id"].astype(str)) == value).to_numpy()]
        return rows

    @property
    def items(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager et question."""
        return handed(self._items)

    @property
    def _items(self) -> pd.DataFrame:
        rows = self._asked.items
        if not self._chosen:
            return rows
        return rows.loc[rows["reponse_id"].isin(self._rows["reponse_id"])]

    @property
    def contacts(self) -> pd.DataFrame:
        """Contacts mystères du site, une ligne par contact ; aucun filtre ne s’y applique."""
        return handed(Contacts(self._sources).rows)

    @property
    def questions(self) -> pd.DataFrame:
        """Questions que l’on peut explorer : identifiant, texte, thème, usage."""
        asked = self._asked.questionnaire
        favoured = {question.id for question in asked.opinions}
        rows = [
            {
                "question": q.id,
                "texte": q.texte_court,
                "theme": asked.themes[q.theme],
                "usage": "avis" if q.id in favoured else "groupe",
            }
            for q in asked.questions
            if q.id in favoured or self._is_group(q)
        ]
        return pd.DataFrame(rows)

    @property
    def avis(self) -> list[str]:
        """Questions d’opinion, la satisfaction globale d’abord."""
        asked = self._asked.questionnaire
        names = [question.id for question in asked.opinions]
        return sorted(names, key=lambda name: name != asked.main)

    @property
    def groupes(self) -> list[str]:
        """Questions par lesquelles on croise et l’on filtre."""
        return [q.id for q in self._asked.questionnaire.questions if self._is_group(q)]

    def profil_frequent(self, question: str) -> dict[str, str]:
        """Donne la réponse la plus fréquente à une question, sous la forme qu’attend `filtrer`."""
        given = self._answers(self._check(question)).dropna()
        if given.empty:
            raise MissingDataError(
                f"Personne n’a répondu à la question « {question} ».", "Choisissez-en une autre."
            )
        return {question: str(given.value_counts().index[0])}

    def filtrer(self, **profil: str) -> "Exploration":
        """
        Garde les usagers d’un profil : `filtrer(motif="etrangers", mode="papier")`.

        Raises
        ------
        UnknownKeyError
            Si une question ou une réponse est inconnue.
        MissingDataError
            S’il reste trop peu d’usagers, ou si trop peu sont écartés : le reste parlerait d’eux.
        """
        for name, value in profil.items():
            self._check(name)
            known = {m.code for m in self._asked.questionnaire.scale(name).modalites}
            if value not in known:
                raise UnknownKeyError("Réponse", value, sorted(known), f"la question {name}")
        chosen = {**self._chosen, **profil}
        found = Exploration(self._sources, self._asked, self._groups, chosen)
        left, threshold = len(found._rows), self._groups.threshold
        out = len(self._rows) - left
        if left < threshold or 0 < out < threshold:
            raise MissingDataError(
                f"Ce filtre laisse {counted(left, 'usager')} et en écarte {out} : il faut au moins "
                f"{threshold} usagers de chaque côté pour que personne ne soit reconnu.",
                "Retirez un critère.",
            )
        return found

    def repartition(self, question: str) -> Section:
        """Réponses à une question : part de chaque niveau, intervalle de la part de satisfaits."""
        asked = self._check(question)
        if asked.id in self._opinions:
            questionnaire = self._asked.questionnaire
            levels = answers.distribution(self._items, questionnaire, [asked])
            own = [(f"theme-{asked.theme}", [asked])]
            return opinions.themes(own, levels, self._shares(asked), questionnaire)
        given = self._answers(asked)
        one = pd.Series("tous", index=given.index)
        crossing = cross(one, given, self._groups.threshold)
        names = self._names(asked)
        counts = [(names[code], visible(crossing, "tous", code)) for code in names]
        return exploration.distribution(f"{asked.texte_court}{self._where}", counts, crossing.n)

    def croiser(self, question: str, par: str) -> Section:
        """Croise une question avec un groupe d’usagers : parts, intervalles, écarts établis."""
        asked, by = self._check(question), self._check(par)
        if by.id == asked.id or not self._is_group(by):
            raise UsageError(
                f"On ne croise pas « {question} » par « {par} ».",
                "Choisissez pour « par » une question d’usage « groupe » (voir .questions).",
            )
        groups_ = self._answers(by)
        names = self._names(by)
        if asked.id in self._opinions:
            return self._opinions_by(asked, by, groups_, names)
        crossing = cross(groups_, self._answers(asked), self._groups.threshold)
        notes = [
            f"{plural(crossing.n, 'réponse')}{self._where}. Les cases trop petites sont masquées."
        ]
        if crossing.p is None or crossing.v is None:
            title = f"{asked.texte_court}, par {by.texte_court.lower()} : trop peu pour un test"
        else:
            linked = "lien à confirmer" if crossing.p <= LEVEL else "pas de lien établi"
            title = f"{asked.texte_court}, par {by.texte_court.lower()} : {linked}"
            notes.append(exploration.UNPLANNED)
        return exploration.counts(title, crossing, names, self._names(asked), notes)

    def comparer_sites(self, question: str = "") -> Section:
        """Compare les sites du comité sur une question, chacun face aux autres, sans classer."""
        asked = self._unfiltered(question)
        names = {site: self._sources.reference.site(site).nom_court for site in self._asked.sites}
        found = [
            replace(_of(table, asked, names[site]), group=site)
            for site, table in self._asked.shares_by_site.items()
        ]
        judged = self._looks.between_sites(asked)
        title = exploration.headline(asked, "site", judged, names)
        shown = exploration.shares(title, f"par-{len(found)}", found, self._favourable(asked))
        return exploration.differences(shown, judged, names)

    def comparer_campagnes(self, question: str = "") -> Section:
        """Compare les campagnes qui ont posé la même question, de la plus ancienne à celle-ci."""
        asked = self._unfiltered(question)
        found = [
            replace(_of(table, asked, one.libelle), group=one.libelle)
            for one, table in self._asked.shares_by_campaign
        ]
        title = f"{asked.texte_court}, campagne après campagne"
        shown = exploration.shares(title, "campagnes", found, self._favourable(asked))
        moves = self._looks.between_campaigns(asked)
        return exploration.differences(shown, moves, {}, "{part}, {avant} la fois d’avant")

    def remarques(self, mot: str = "") -> Section:
        """Remarques relues et approuvées, celles qui contiennent un mot si l’on en donne un."""
        rows = self._verbatims(mot)
        chosen = rows.loc[rows["publiable"], "texte_masque"].tolist()
        return remarks.remarks(chosen, rows["reponse_id"].nunique())

    def lire(self, mot: str = "") -> pd.DataFrame:
        """
        Lit les remarques masquées, même non relues, avec l’avis global : pour l’analyste seul.

        Raises
        ------
        UsageError
            Dans un rapport : ce que personne n’a relu n’y entre pas.
        """
        if is_batch():
            raise UsageError(
                "Un rapport ne lit pas les remarques non relues.",
                "Utilisez remarques(), qui ne montre que les remarques approuvées.",
            )
        rows = self._verbatims(mot)
        main = self._asked.questionnaire.main
        levels = [m.libelle for m in reversed(self._asked.questionnaire.scale(main).answers)]
        ranks = rows["reponse_id"].map(self._asked.ranks[main])
        told = ranks.map(lambda rank: levels[int(rank)] if pd.notna(rank) else "")
        return pd.DataFrame({"remarque": rows["texte_masque"], "avis": told,
                             "approuvee": rows["publiable"]}).reset_index(drop=True)  # fmt: skip

    # What the looks share

    @property
    def _opinions(self) -> set[str]:
        return {question.id for question in self._asked.questionnaire.opinions}

    @property
    def _where(self) -> str:
        asked = self._asked.questionnaire
        chosen = [
            f"{asked.by_id[name].texte_court.lower()} : {asked.label(name, value)}"
            for name, value in self._chosen.items()
        ]
        return f" ({', '.join(chosen)})" if chosen else ""

    def _favourable(self, question: Question) -> str:
        return self._asked.questionnaire.scale(question.id).favorables

    def _is_group(self, question: Question) -> bool:
        is_closed = question.kind.is_closed and question.id not in self._opinions
        return bool(question.echelle) and (is_closed or bool(question.column))

    def _check(self, name: str) -> Question:
        known = self._asked.questionnaire.by_id
        usable = [q.id for q in known.values() if q.id in self._opinions or self._is_group(q)]
        if name not in usable:
            raise UnknownKeyError("Question", name, usable, "le questionnaire")
        return known[name]

    def _unfiltered(self, name: str) -> Question:
        """Return a question that is compared between sites or campaigns: never a part of them."""
        if self._chosen:
            raise UsageError(
                "Sites et campagnes se comparent sur tous leurs usagers.",
                "Appelez cette comparaison sans filtre.",
            )
        asked = self._check(name or self._asked.questionnaire.main)
        if asked.id not in self._opinions:
            raise UsageError(
                f"« {name} » ne demande pas un avis.",
                "Choisissez une question d’usage « avis » (voir .questions).",
            )
        return asked

    def _answers(self, question: Question) -> pd.Series:
        """Return one answer a visitor, missing where there is none."""
        people = self._rows["reponse_id"].astype(str)
        return self._asked.answers(question).reindex(people)

    def _names(self, question: Question) -> dict[str, str]:
        levels = self._asked.questionnaire.scale(question.id).modalites
        return {level.code: level.libelle for level in levels} | {UNKNOWN: "Non précisé"}

    def _shown(self, by: Question, groups_: pd.Series) -> set[str]:
        """Return the groups that may be told: those of the reports, or large enough of a filter."""
        if not self._chosen and by.variable in self._asked.questionnaire.groups:
            return self._groups.shown(by.variable)
        asked = groups_.notna().map({True: "oui", False: None})
        crossing = cross(groups_, asked, self._groups.threshold)
        return {code for code in self._names(by) if visible(crossing, code, TOTAL)}

    def _opinions_by(
        self, asked: Question, by: Question, groups_: pd.Series, names: dict[str, str]
    ) -> Section:
        told = self._shown(by, groups_)
        everyone = self._asked.ranks.index
        labels = groups_.where(groups_.isin(told)).reindex(everyone)
        happy = groups.satisfied(self._asked.ranks[asked.id], self._asked.questionnaire, asked.id)
        table = samples.by_group(happy, labels, self._asked.sample_of(asked.id), asked.id)
        order = {code: rank for rank, code in enumerate(names)}
        table = table.sort_values("groupe", key=lambda g: g.map(order), ignore_index=True)
        found = groups.shares(table, names, asked.id)
        is_planned = not self._chosen and self._looks.is_planned(asked, by)
        judged = self._looks.between_groups(asked, by, labels, is_planned=is_planned)
        hidden = len(set(groups_.dropna()) - told)
        notes = [f"Groupes trop petits, non montrés : {number(hidden)}."] if hidden else []
        notes += [] if is_planned else [exploration.UNPLANNED]
        title = exploration.headline(asked, by.texte_court, judged, names) + self._where
        shown = exploration.shares(title, f"par-{len(found)}", found, self._favourable(asked))
        return exploration.differences(replace(shown, sentences=notes), judged, names)

    def _shares(self, asked: Question) -> pd.DataFrame:
        """Return the share of one question, of the visitors that filters left."""
        if not self._chosen:
            own = self._asked.shares
            return own.loc[own["question"] == asked.id]
        sample = self._asked.sample_of(asked.id)
        is_left = self._asked.ranks.index.isin(self._rows["reponse_id"].astype(str))
        left = Sample(np.where(is_left[:, None], sample.satisfied, np.nan), sample.half_days)
        cost = {asked.id: float(costs(left)[0])}
        return answers.satisfaction(self._items, self._asked.questionnaire, [asked], costs=cost)

    def _verbatims(self, word: str) -> pd.DataFrame:
        where = self._sources
        rows = reviewed(where.project, where.campaign.id, [where.site.id])
        own = rows.loc[rows["reponse_id"].isin(self._rows["reponse_id"].astype(str))]
        found = own["texte_masque"].str.contains(word, case=False, regex=False)
        return own.loc[found].reset_index(drop=True)


def _of(table: pd.DataFrame, question: Question, label: str) -> Measure:
    """Return the share of one question of a table of shares."""
    row = table.loc[table["question"] == question.id].to_dict("records")[0]
    return answers.satisfied(row, label)
