"""Types of mystery criteria: what is keyed or measured, and by what it is judged."""

from dataclasses import dataclass
from enum import Enum


class Judged(Enum):
    """
    How a criterion is judged.

    `ANSWER`: one of the grid's `reponses`. `MARK`: a mark from 0 to the criterion's `sur`,
    described and not judged. `MEASURE`: a column of the contacts, compared with a threshold when
    one is known, described when not.
    """

    ANSWER = "jugement"
    MARK = "note"
    MEASURE = "mesure"


@dataclass(frozen=True)
class CriterionType:
    """
    One value of a criterion's `type` key.

    Parameters
    ----------
    judged
        How it is judged.
    section
        Method of the mystery study that shows it.
    measure, unit
        What is compared, and unit of the threshold.
    column
        Key of `colonnes` from which it is measured: a sheet without it cannot be read.
    """

    judged: Judged
    section: str = "canaux"
    measure: str = ""
    unit: str = ""
    column: str = ""

    @property
    def awaits_reply(self) -> bool:
        """Whether it measures the reply, so that its threshold is told with the delays."""
        return self.column == "repondu_le"

    @property
    def is_keyed(self) -> bool:
        """Whether it has a column of its own, and not one of the contacts."""
        return self.judged is not Judged.MEASURE


CRITERION_TYPES = {
    "jugement": CriterionType(Judged.ANSWER),
    "note": CriterionType(Judged.MARK, section="notes"),
    "sonneries": CriterionType(
        Judged.MEASURE, measure="sonneries", unit="sonneries", column="sonneries"
    ),
    "delai": CriterionType(
        Judged.MEASURE, measure="delai_ouvre", unit="jours_ouvres", column="repondu_le"
    ),
}
