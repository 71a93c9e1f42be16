"""The remarks of a site: approved ones, subjects of all, and their change."""

from dataclasses import replace
from functools import cached_property

import pandas as pd

from qpref.display import publics, remarks
from qpref.display.section import Section, left_out
from qpref.quality import coding, spoken
from qpref.quality.spoken_publics import by_public
from qpref.questions import Answer
from qpref.reference import CodeBook, Question
from qpref.statistics import verdicts
from qpref.statistics.comparison import NOTHING
from qpref.statistics.differences import difference
from qpref.statistics.records import records
from qpref.store import codes, reviewed
from qpref.workbook import protected
from qpref.workbook.groups import Groups
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources

SUBJECTS = "sujets"  # the family of their changes
# Groups of which none is a part of another: those who were helped are some of the ill at ease.
_PUBLICS = ("categories", "aisance", "retraite")


class WrittenWords:
    """
    The remarks of a site and campaign.

    Parameters
    ----------
    sources, respondents, groups
        Of the site and campaign.
    """

    def __init__(self, sources: Sources, respondents: Respondents, groups: Groups) -> None:
        self._sources, self._asked, self._groups = sources, respondents, groups

    def section(self) -> Section:
        """Return the section of the remarks; left out where no question asks for one."""
        asked = self._questions
        if not asked:
            return left_out("remarques", "le questionnaire ne demande aucune remarque")
        rows, said = self._rows, self._spoken
        people = rows.groupby("question", observed=True)["reponse_id"].nunique()
        written = [(question, int(people.get(question.id, 0))) for question in asked]
        texts = rows.loc[rows["publiable"], "texte_masque"].tolist()
        told = (said, self._asked.comparable if said else None)
        who = self._sources.questionnaire.public
        return remarks.remarks(texts, rows["reponse_id"].nunique(), written, told, who)

    @property
    def _questions(self) -> list[Question]:
        asked = self._sources.questionnaire.questions
        return [question for question in asked if question.kind.answer is Answer.TEXT]

    @property
    def _book(self) -> CodeBook:
        return self._sources.reference.book

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self._coded(self._sources.campaign.id)

    def _coded(self, campaign: str) -> pd.DataFrame:
        """Return the remarks of the people whose answers count, with their subjects."""
        project, site = self._sources.project, self._sources.site.id
        rows = reviewed(project, campaign, [site])
        people = self._asked.kept(campaign, site)["reponse_id"].astype(str)
        own = rows.loc[rows["reponse_id"].astype(str).isin(people)]
        said = codes(project, campaign)
        return coding.remarks_of(own, self._book, said) if said else own.assign(relu=False)

    def _written(self, campaign: str, rows: pd.DataFrame) -> spoken.Written:
        moments = self._asked.half_days_of(campaign, self._sources.site.id)
        return spoken.Written(spoken.by_person(rows, self._book), moments)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """
        Change of each subject since the previous campaign, judged; empty if it may not be.

        A person coded all the remarks of both campaigns: what words alone propose is wrong more
        often of some subjects than of others, and not as often at every campaign. Judged apart, at
        a level of its own: to code remarks changes no other verdict.
        """
        before, rows = self._asked.comparable, self._rows
        if before is None or self._sources.answers.is_part or not spoken.is_whole(rows):
            return NOTHING
        former = self._coded(before.id)
        if not spoken.is_whole(former):
            return NOTHING
        now = self._written(self._sources.campaign.id, rows)
        lines = spoken.compared(now, self._written(before.id, former), self._sources.threshold)
        return verdicts.judged_apart({SUBJECTS: lines})[SUBJECTS]

    @property
    def names(self) -> dict[str, str]:
        """The names of the subjects."""
        return dict(self._book.labels)

    @cached_property
    def _spoken(self) -> spoken.Spoken | None:
        rows, campaign = self._rows, self._sources.campaign.id
        if self._sources.answers.is_part:  # beside those of all, they would tell of the others
            return None
        gate = spoken.Gate(self._sources.threshold, protected.large)
        found = spoken.spoken(rows, self._book, self._asked.half_days, gate)
        if found is None:
            return None
        changes = {row["question"]: difference(row) for row in records(self.moves)}
        own = tuple(replace(one, change=changes.get(one.share.key)) for one in found.subjects)
        names = publics.labels(self._sources.questionnaire)
        labels = self._groups.labels
        groups = {name: (labels[name], names[name]) for name in _PUBLICS if name in labels}
        told = [one.share.key.removeprefix(spoken.PREFIX) for one in own]
        by = by_public(self._written(campaign, rows), groups, (self._book, told), gate)
        return replace(found, subjects=own, publics=by)
