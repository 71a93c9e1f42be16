"""Judge together all the comparisons of a site and campaign (one family of verdicts)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from qpref.reference import Questionnaire
from qpref.statistics.comparison import CHANGE, EQUAL_PUBLIC, MEAN
from qpref.statistics.differences import Difference, difference
from qpref.statistics.records import records

WHOLES = {MEAN: "Moyenne des questions", EQUAL_PUBLIC: "Satisfaction globale, à public égal"}
"""Names of the comparisons that are not of one question or group."""


@dataclass(frozen=True)
class Family:
    """
    The comparisons of a site and campaign.

    Parameters
    ----------
    judged
        Of `statistics.verdicts.judge`, by family.
    strata
        Role of the question that makes publics equal; « » where there is none.
    covered
        Part of that public that both campaigns heard.
    by_half_day
        Whether half-days are known and many enough, in both campaigns, to reckon with them.
    by_flow
        Whether that public is the visitors counted, and not those who answered.
    """

    judged: Mapping[str, pd.DataFrame]
    strata: str
    covered: float
    by_half_day: bool
    by_flow: bool = False

    @property
    def moves(self) -> pd.DataFrame:
        """Change of each question since the previous campaign; empty without one."""
        return self.judged[CHANGE]

    @property
    def tested(self) -> int:
        """How many comparisons are judged together."""
        return sum(int(table["ecart"].notna().sum()) for table in self.judged.values())

    def changes(self, questionnaire: Questionnaire) -> list[Difference]:
        """Return the change of each question, named as the questionnaire does."""
        return [
            difference(row, questionnaire.by_id[row["question"]].texte_court)
            for row in records(self.moves)
        ]

    def main(self, question: str) -> Difference | None:
        """Return the change of the main question."""
        own = records(self.moves.loc[self.moves["question"] == question])
        return difference(own[0]) if own else None

    @property
    def mean(self) -> Difference | None:
        """The change of all questions together."""
        return self._only(MEAN)

    @property
    def equal_public(self) -> Difference | None:
        """The change of the main question, both campaigns given the same public."""
        return self._only(EQUAL_PUBLIC)

    def _only(self, name: str) -> Difference | None:
        rows = records(self.judged[name])
        found = difference(rows[0], WHOLES[name], key=name) if rows else None
        return found if found and found.change.is_compared else None
