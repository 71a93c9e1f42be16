"""The verb that sums up every question by group, as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from qpref.display import exploration
from qpref.errors import MissingDataError
from qpref.quality import replies
from qpref.quality.guarded import is_sum
from qpref.quality.individuals import AnswerColumn
from qpref.questions import Answer
from qpref.reference import Question
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from qpref.wording.french import lower_first
from qpref.workbook.crossings import Crossings
from qpref.workbook.estimates import EVERYONE, Grouping, favourable, mean_of, split
from qpref.workbook.pool import Weighting
from qpref.workbook.result import Resultat
from qpref.workbook.study_base import Reader

Line = tuple[tuple[str, str], dict[str, Measure]]


class Summaries(Crossings):
    """Résumer."""

    def resume(self, par: str = "", *, poids: bool = False) -> Resultat:
        """
        Résume toutes les questions, groupe par groupe : parts favorables, choix, moyennes.

        Parameters
        ----------
        par
            Question dont les réponses font des groupes, « site » ou « campagne » ; vide :
            l’ensemble seul.
        poids
            Vrai pour peser les réponses selon les passages comptés.

        Notes
        -----
        Une ligne par question d’avis (part de réponses favorables) ou de nombre (moyenne), une par
        réponse des autres ; les dates et les réponses libres n’y sont pas.
        """
        by, weighting = self._grouped(par), self._weights(poids=poids)
        lines = [line for asked in self._asked for line in self._lines(asked, by, weighting)]
        columns = [EVERYONE, *(by.names.values() if by else ())]
        index = pd.MultiIndex.from_tuples([key for key, _ in lines], names=["question", "reponse"])
        values = [[own[one].value if one in own else np.nan for one in columns] for _, own in lines]
        table = pd.DataFrame(values, index=index, columns=columns)
        title = "Toutes les questions" + (f", par {lower_first(by.title)}" if by else "")
        told = [(" : ".join(key), [_named(own.get(one), " : ".join(key), one) for one in columns])
                for key, own in lines]  # fmt: skip
        section = exploration.by_question(title + self._where, "resume", told, columns)
        return Resultat(table, section, self._project)

    @property
    def _asked(self) -> list[list[AnswerColumn]]:
        """The columns of each question that can be summed up."""
        found: dict[str, list[AnswerColumn]] = {}
        for column in self._columns.values():
            if column.kind is not Answer.DAY:
                found.setdefault(column.question.id, []).append(column)
        return [*found.values()]

    def _lines(
        self, asked: Sequence[AnswerColumn], by: Grouping | None, weighting: Weighting | None
    ) -> Iterator[Line]:
        """Yield the lines of one question: what all, then each group, says."""
        question = asked[0].question
        title = question.texte_court
        if question.kind.is_judged:
            is_hidden = self._is_hidden(question)
            own = [] if is_hidden else favourable(self._pool, question, None, weighting)
            if by and (known := self._judged_by(question, by.name)):
                own += favourable(self._pool, question, known, weighting)
            words = self._questionnaire.scale(question.id).favorables
            yield (title, words), {one.label: one for one in own}
        elif question.kind.answer is Answer.NUMBER:
            numbers = self._numbers(question)
            groups = split(self._pool, question, self._sized(question, by))
            if self._tells_all(numbers) or not self._tells_n(question):
                groups.pop(EVERYONE)
            yield (title, replies.MEAN), {label: mean_of(self._pool, rows, question, weighting)
                                          for label, rows in groups.items()}  # fmt: skip
        else:
            yield from self._choices(asked, by, weighting)

    def _choices(
        self, asked: Sequence[AnswerColumn], by: Grouping | None, weighting: Weighting | None
    ) -> Iterator[Line]:
        found = self._crosstab(asked, [by.name] if by else [], poids=weighting is not None,
                               missing=False)  # fmt: skip
        keys = {found.everyone: EVERYONE}
        keys |= {(code,): label for code, label in (by.names if by else {}).items()
                 if (code,) in found.groups}  # fmt: skip
        for code, text in self._answers_of(asked, found).items():
            own = {label: found.measure(key, code) for key, label in keys.items()}
            yield (asked[0].question.texte_court, text), {label: one for label, one in own.items()
                                                          if one is not None}  # fmt: skip

    def _numbers(self, asked: Question) -> Reader:
        """Return how to read the number that each visitor gave."""
        (own,) = (one for one in self._columns.values() if one.question.id == asked.id)
        return lambda pool: pool.individuals.given(own.name)

    def _tells_n(self, asked: Question) -> bool:
        """Whether how many visitors kept gave a number may be told, as `croiser` tells it."""
        found = self._crosstab(self._counted(asked.id), [], poids=False, missing=False)
        return not (self._criteria and np.isnan(found.size(found.everyone)))

    def _sized(self, asked: Question, by: Grouping | None) -> Grouping | None:
        """Return the groups whose numbers may be summed up: `croiser` tells how many they are."""
        own = self._told_of(by, self._numbers(asked))
        if own is None or not self._is_masked:
            return own
        found = self._crosstab(self._counted(asked.id), [own.name], poids=False, missing=False)
        is_told = found.visitors[TOTAL].notna()
        return own.only({key[0] for key in found.visitors.index[is_told]})

    def _refuse_alike(self, asked: Question) -> None:
        """Refuse a number that would say what each answered, or how many few they are."""
        if self._tells_all(self._numbers(asked)) or not self._tells_n(asked):
            raise MissingDataError(
                f"« {asked.texte_court} » : trop peu de réponses, ou toutes les mêmes.",
                "Retirez un critère ; pour vous seul, ouvrez avec diffusion=False.",
            )

    def _mixed(self, asked: Question, par: str) -> Grouping | None:
        """Return the groups none of whose promoters, passives and detractors are a hidden few."""
        self._refuse_alike(asked)
        by = self._sized(asked, self._grouped(par))
        if not self._is_masked:
            return by
        names = [by.name] if by else []
        found = self._crosstab(self._counted(asked.id), names, poids=False, missing=False).visitors
        found = found[[one for one in map(str, found) if is_sum(one) or one == TOTAL]]
        whole = found.iloc[[-1]]
        if self._criteria and whole.isna().any(axis=None):
            raise MissingDataError(
                f"« {asked.texte_court} » : trop peu de promoteurs, de passifs ou de détracteurs.",
                "Retirez un critère ; pour vous seul, ouvrez avec diffusion=False.",
            )
        is_mixed = (found.drop(columns=TOTAL) > 0).sum(axis=1) > 1  # or each would be told
        told = found.index[(is_mixed & found.notna().all(axis=1)).to_numpy()]
        return by and by.only({key[0] for key in told})


def _named(one: Measure | None, label: str, group: str) -> Measure:
    return replace(one or Measure(value=np.nan), label=label, group=group)
