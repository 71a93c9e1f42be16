"""Verbs that count: a question by groups, several questions level by level."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from qpref.display import exploration
from qpref.display.section import Section
from qpref.errors import UsageError
from qpref.quality import replies
from qpref.quality.axes import lost
from qpref.quality.choice import resolved
from qpref.quality.crosstab import Crosstab, Percent, answers_to
from qpref.quality.guarded import ToldElsewhere, sum_of
from qpref.quality.individuals import ANSWERED, PLACES, REASONS, AnswerColumn
from qpref.questions import Answer
from qpref.reference import Question
from qpref.statistics.crossing import cross
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.verdicts import LEVEL
from qpref.wording.french import enumeration, lower_first, plural
from qpref.workbook import protected
from qpref.workbook.copies import remembered
from qpref.workbook.estimates import EVERYONE, Grouping, favourable
from qpref.workbook.result import Resultat
from qpref.workbook.several import Answers, Several
from qpref.workbook.study_base import opinions_on

_ALL, _BETWEEN = "Total", " × "
FAMILIES = ("favorable", "autre")
_PERCENTS = ("", "ligne", "colonne", "total")
_HIDDEN = "Les cases trop petites sont masquées."
Group = tuple[str, ...]


class Crossings(Several):
    """Croiser, répartir."""

    def croiser(  # noqa: PLR0913 - one setting each, by name
        self,
        question: str,
        par: str | Sequence[str] = (),
        *,
        pourcent: Literal["", "ligne", "colonne", "total"] = "",
        marges: bool = True,
        poids: bool = False,
        manquants: bool = False,
    ) -> Resultat:
        """
        Croise les réponses à une question avec un ou plusieurs groupes d’usagers.

        Parameters
        ----------
        question
            Identifiant ou rôle ; une question à plusieurs cases compte ceux qui ont coché chacune.
        par
            Une question, ou plusieurs : `par=["guichet", "demi_journee"]`.
        pourcent
            Rien : des effectifs ; « ligne », « colonne » ou « total » : des parts, de 0 à 1.
        marges
            Vrai pour avoir les totaux.
        poids
            Vrai pour peser les réponses selon les passages comptés.
        manquants
            Vrai pour compter aussi « sans objet », « ne sait pas », « sans réponse »…

        Notes
        -----
        Une case trop petite est masquée, et celles qui permettraient de la retrouver.
        """
        if pourcent not in _PERCENTS:
            raise UsageError(
                f"« {pourcent} » n’est pas un pourcentage connu.",
                "Écrivez pourcent=« ligne », « colonne » ou « total ».",
            )
        asked = self._counted(question)
        by = [self._grouping(name) for name in ([par] if isinstance(par, str) else par)]
        if {one.name for one in asked} & set(by):
            raise UsageError(
                f"« {question} » ne se croise pas avec elle-même.", "Choisissez une autre question."
            )
        found = self._crosstab(asked, by, poids=poids, missing=manquants)
        answers, groups = self._answers_of(asked, found), self._rows(by, found)
        table = found.shares(pourcent) if pourcent else found.counts
        title, notes = self._heading(asked, by, found)
        unit = pourcent or "ligne"
        section = self._shown_as(title, asked, found, {**groups, found.everyone: EVERYONE},
                                 unit, notes)  # fmt: skip
        return Resultat(_wide(table, groups, answers, by, marges=marges), section, self._project)

    def distribution(
        self, questions: str | Sequence[str] = (), par: str = "", *, poids: bool = False
    ) -> Resultat:
        """
        Répartit les réponses d’une ou de plusieurs questions, niveau par niveau.

        Parameters
        ----------
        questions
            Une question, plusieurs, ou aucune : toutes celles d’avis.
        par
            Question dont les réponses font des groupes.
        poids
            Vrai pour peser les réponses selon les passages comptés.
        """
        names = [questions] if isinstance(questions, str) else [*questions]
        by = [self._grouping(par)] if par else []
        tables, sections = [], []
        for name in names or [one.id for one in self._questionnaire.opinions]:
            asked = self._counted(name)
            found = self._crosstab(asked, by, poids=poids, missing=False)
            text, groups = asked[0].question.texte_court, self._rows(by, found)
            groups = groups or {found.everyone: EVERYONE}
            own = _wide(found.shares("ligne"), groups, self._answers_of(asked, found), by,
                        marges=False)  # fmt: skip
            own.insert(0, "n", [found.size(group) for group in groups])
            own = own.assign(**self._favourables(asked, par, groups, poids=poids))
            own.loc[own["n"].isna()] = np.nan  # a share would tell of how many it is
            keys = [(text, label) for label in groups.values()]
            own.index = pd.MultiIndex.from_tuples(keys, names=["question", "groupe"])
            tables.append(own)
            told = {group: f"{text}, {lower_first(label)}" if by else text
                    for group, label in groups.items()}  # fmt: skip
            notes = [_HIDDEN] if self._is_masked and own.isna().any(axis=None) else []
            sections.append(self._shown_as(text, asked, found, told, "ligne", notes))
        title = sections[0].title if len(sections) == 1 else plural(len(sections), "question")
        title += f", par {lower_first(self._title(by[0]))}" if by else ""
        section = exploration.together("distribution", title + self._where, sections)
        table = pd.concat(tables)
        return Resultat(table if by else table.droplevel("groupe"), section, self._project)

    def _favourables(
        self, asked: Sequence[AnswerColumn], par: str, groups: Mapping[Group, str], *, poids: bool
    ) -> dict[str, list[float]]:
        """Return the share of favourable answers of each group, of a question of opinion."""
        if not asked[0].question.kind.is_judged:
            return {}
        if not par and self._is_hidden(asked[0].question):
            return {"favorables": [np.nan]}
        by, weighting = self._judged_by(asked[0].question, par), self._weights(poids=poids)
        found = favourable(self._pool, asked[0].question, by, weighting)
        known = {one.label: one.value for one in found}
        return {"favorables": [known.get(label, np.nan) for label in groups.values()]}

    def _judged_by(self, asked: Question, par: str) -> Grouping | None:
        """Return the groups of which the share of favourable opinions may be told."""
        by = self._grouped(par)
        if by is None or not self._is_masked or self._is_planned(asked, by):
            return by  # what reports give, they give
        if self._criteria or not (self._is_one_place or by.name in PLACES):
            return by.only({key[0] for key in self._told_sums(asked, [by.name])})
        return by if by.name in PLACES else self._told_of(by, opinions_on(asked))

    @remembered
    def _judged_once(self, asked: str, par: str) -> Grouping | None:
        return self._judged_by(self._counted(asked)[0].question, par)

    def _is_hidden(self, asked: Question) -> bool:
        """Whether the share of favourable opinions of the visitors kept may not be told."""
        return bool(self._criteria and self._is_masked and not self._told_sums(asked, []))

    def _told_sums(self, asked: Question, by: Sequence[str]) -> list[Group]:
        """
        Return the groups, of those kept, of which the share of favourable opinions may be told.

        It is told as `croiser` tells the levels: criteria and groups are questions of one crossing.
        Of those who are all of one mind, a share would say what each of them answered.
        """
        own = self._counted(asked.id)
        found = self._crosstab(own, by, poids=False, missing=False).visitors
        favourable_, other = (found.get(sum_of(one)) for one in FAMILIES)
        if favourable_ is None or other is None:
            return []
        is_told = (favourable_ > 0) & (other > 0) & found[TOTAL].notna()
        return [*found.index[is_told]]

    def _is_planned(self, asked: Question, by: Grouping) -> bool:
        """Whether the reports compare these groups."""
        looks, column = self._looks, self._columns.get(by.name)
        return bool(looks and column and looks.is_planned(asked, column.question))

    def _shown_as(  # noqa: PLR0913, PLR0917 - what a table is made of
        self, title: str, asked: Sequence[AnswerColumn], found: Crosstab,
        groups: Mapping[Group, str], by: Percent, notes: Sequence[str],
    ) -> Section:  # fmt: skip
        answers = self._answers_of(asked, found)
        levels = {one.code: one.favorable for one in asked[0].levels}
        shades = exploration.colours([levels.get(code) for code in answers])
        coloured = dict(zip(answers, zip(answers.values(), shades, strict=True), strict=True))
        return exploration.crosstab(title, found, (groups, coloured), by, notes)

    def _heading(
        self, asked: Sequence[AnswerColumn], by: Sequence[str], found: Crosstab
    ) -> tuple[str, list[str]]:
        """Return what a crossing is about, whether both are linked, and how to read it."""
        title, n = asked[0].question.texte_court, found.size(found.everyone)
        notes = [] if np.isnan(n) else [f"{plural(int(n), 'réponse')}{self._where}."]
        notes += [_HIDDEN] if self._is_masked else []
        if not by:
            return title, notes
        title = f"{title}, par {lower_first(enumeration([self._title(name) for name in by]))}"
        if len(by) > 1 or asked[0].is_box or found.is_weighted:
            return title, notes
        people = self._pool.individuals
        linked = cross(self._groups_of(by[0]), people.given(asked[0].name), self._threshold)
        if linked.p is None:
            return f"{title} : trop peu pour un test", notes
        told = "lien à confirmer" if linked.p <= LEVEL else "pas de lien établi"
        return f"{title} : {told}", [*notes, exploration.UNPLANNED]

    def _counted(self, name: str) -> list[AnswerColumn]:
        """Return the columns of a question whose answers can be counted."""
        own = resolved(name, self._columns, self._questionnaire)
        if own[0].kind is Answer.DAY:
            raise UsageError(
                f"« {name} » est un jour : ses réponses ne se comptent pas une à une.",
                "Prenez-la dans tableau(), ou filtrez un intervalle de jours.",
            )
        return own

    def _crosstab(
        self, asked: Sequence[AnswerColumn], by: Sequence[str], *, poids: bool, missing: bool
    ) -> Crosstab:
        return self._counted_once(tuple(one.name for one in asked), tuple(by), poids, missing)

    @remembered
    def _counted_once(
        self, names: Group, by: Group, poids: bool, missing: bool
    ) -> Crosstab:  # fmt: skip
        weighting = self._weights(poids=poids)
        weights = None if weighting is None else weighting.by_person
        asked = [self._columns[name] for name in names]
        found = self._counts(
            lambda one: one._answers_to(asked),  # type: ignore[attr-defined]  # noqa: SLF001
            by, weights, missing=missing and not asked[0].is_box,
        )  # fmt: skip
        return found.renamed({one.name: one.option.code for one in asked if one.option})

    def _answers_to(self, asked: Sequence[AnswerColumn]) -> pd.DataFrame:
        """Return what is counted of a question, and why there is no answer."""
        found = answers_to(self._pool.individuals, asked, missing=False)
        found.columns = pd.Index([one.name for one in asked])
        states = self._pool.individuals.states[[*found]]
        for name in map(str, found):
            few = frozenset() if self._columns[name].is_box else self._rare(name)
            found[name] = protected.gathered(found[name], few)
        return found.where(states == ANSWERED, states.map(lost))

    def _counts(
        self, answers: Answers, by: Sequence[str], weights: pd.Series | None = None,
        *, missing: bool = False,
    ) -> Crosstab:  # fmt: skip
        """Return answers by group; of a filtered study, beside those of all, which are told too."""
        is_part = bool(self._criteria) and self._is_masked
        whole = self._whole if is_part else self
        kept = self._grouped_by_criteria if is_part else {}
        apart = sorted({*kept} - {*by})
        found = whole._judged_crossing([*apart, *by], answers, weights, missing=missing)  # noqa: SLF001
        for name in apart:
            found = found.of(kept[name])
        for name in sorted({*kept} & {*by}):
            found = found.within([*by].index(name), kept[name])
        return found

    @property
    def _tells_size(self) -> bool:
        """Whether how many visitors are kept may be told, beside all crossings of the criteria."""
        if not self._criteria or not self._is_masked:
            return True
        found = self._counts(
            lambda one: pd.DataFrame({"tous": "tous"}, one._pool.individuals.codes.index),  # noqa: SLF001
            (),
        )
        return bool(found.visitors.iloc[-1].notna().all())

    def _published(self, names: Sequence[str]) -> ToldElsewhere:
        """Return what other verbs, and the reports, tell of the answers to some questions."""
        asked = [self._columns[name].question for name in names if name in self._columns]
        families = {one.id: replies.kinds_by_mark(self._pool.individuals.given(one.id))
                    for one in asked if one.nps}  # fmt: skip
        opinions = [one for one in asked if one.kind.is_judged]
        for one in opinions:
            scale = self._questionnaire.scale(one.id).answers
            families[one.id] = {own.code: FAMILIES[not own.favorable] for own in scale}
        if not self._is_masked:
            return ToldElsewhere(families)
        told = {
            one.id: {name: [*known.names] for name in names
                     if self._is_one_place and name != one.id and self._makes_groups(name)
                     and (known := self._judged_once(one.id, name))}
            for one in opinions
        }  # fmt: skip
        ids = [one.id for one in opinions]
        # Reports give every level of an opinion, of all visitors of a site.
        return ToldElsewhere(families, ids, ids if self._looks is not None else (), told)

    def _makes_groups(self, name: str) -> bool:
        column = self._columns.get(name)
        return name in PLACES if column is None else column.is_closed or column.is_box

    def _answers_of(self, asked: Sequence[AnswerColumn], found: Crosstab) -> dict[str, str]:
        """Return the wording of the answers that somebody gave, in order."""
        if len(asked) > 1:
            names = {one.option.code: one.option.libelle for one in asked if one.option}
        else:
            names = protected.named(asked[0].shown, self._rare(asked[0].name))
            known = {*map(str, found.counts.columns)} - {TOTAL, *REASONS, *names}
            names |= {code: code for code in sorted(known, key=_as_number)}
        every = {**names, **REASONS}
        return {code: text for code, text in every.items() if code in found.answers}

    def _rows(self, by: Sequence[str], found: Crosstab) -> dict[Group, str]:
        """Return the groups that somebody is in, in order, with their wording."""
        if not by:
            return {}
        names = [self._names(name) for name in by]
        ranks = [{code: rank for rank, code in enumerate(one)} for one in names]

        def place(key: Group) -> list[int]:
            return [rank[code] for rank, code in zip(ranks, key, strict=True)]

        return {key: _BETWEEN.join(one[code] for one, code in zip(names, key, strict=True))
                for key in sorted(found.groups, key=place)}  # fmt: skip


def _as_number(code: str) -> tuple[float, str]:
    try:
        return float(code), ""
    except ValueError:
        return np.inf, code


def _wide(
    table: pd.DataFrame, groups: Mapping[Group, str], answers: Mapping[str, str],
    by: Sequence[str], *, marges: bool,
) -> pd.DataFrame:  # fmt: skip
    """Return counts or shares with their wording: one row per group, one column per answer."""
    everyone = (TOTAL,) * table.index.nlevels
    rows = {**groups} if by else {everyone: EVERYONE}
    rows |= {everyone: _ALL} if by and marges else {}
    columns = {**answers, **({TOTAL: _ALL} if marges else {})}
    found = table.loc[[*rows]].reindex(columns=[*columns]).set_axis([*columns.values()], axis=1)
    if len(by) > 1:
        labels = [(_ALL,) * len(by) if text == _ALL else tuple(text.split(_BETWEEN))
                  for text in rows.values()]  # fmt: skip
        return found.set_axis(pd.MultiIndex.from_tuples(labels, names=[*by]))
    return found.set_axis(pd.Index([*rows.values()], name=by[0] if by else None))
