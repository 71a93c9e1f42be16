"""Types of mystery criteria: what is keyed or measured, and by what it is judged."""

from dataclasses import dataclass
from enum import Enum


class Judged(Enum):
    """
    How a criterion is judged.

    `ANSWER`: one of the grid's judgements. `MARK`: a mark, described and not judged. `MEASURE`: a
    column of the contacts, compared with the threshold of an indicator.
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
    highest
        Highest mark.
    measure, unit
        Column of the contacts that is compared, and unit of the threshold.
    awaits_reply
        Whether it measures the reply, so that its threshold is told with the delays.
    """

    judged: Judged
    section: str = "criteres"
    highest: int = 0
    measure: str = ""
    unit: str = ""
    awaits_reply: bool = False


CRITERION_TYPES = {
    "oui_non": CriterionType(Judged.ANSWER),
    "note10": CriterionType(Judged.MARK, section="notes", highest=10),
    "sonneries": CriterionType(Judged.MEASURE, measure="sonneries", unit="sonneries"),
    "delai": CriterionType(
        Judged.MEASURE, measure="delai_ouvre", unit="jours_ouvres", awaits_reply=True
    ),
}
