"""Rows of the files received, as measures: read, kept, set aside. See `display.context`."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from qpref.statistics.measure import Measure

_COUNTED = ("frequentation", "collecte")  # counts of people, not questionnaires


@dataclass(frozen=True)
class Received:
    """
    A received file: its `name`, `kind`, digest and number of rows.

    Rows `read`, then `kept`, `set_aside` and `quarantined`, all sites together; `kept_here`, those
    kept for the site of the report.
    """

    name: str
    kind: str
    sha256: str
    read: int
    kept: int
    set_aside: int
    quarantined: int
    kept_here: int

    @property
    def has_answers(self) -> bool:
        """Whether a row is a questionnaire, a contact or a month, and not a count of people."""
        return self.kind not in _COUNTED

    @property
    def measures(self) -> list[Measure]:
        """Rows read, kept, set aside and in quarantine."""
        counts = {
            "lues": self.read,
            "gardees": self.kept,
            "ecartees": self.set_aside,
            "quarantaine": self.quarantined,
        }
        if self.has_answers:
            counts["gardees_du_site"] = self.kept_here
        return [
            Measure(key=key, label=self.name, group=self.kind, value=count, unit="lignes")
            for key, count in counts.items()
        ]


def rows_read(files: Sequence[Received]) -> tuple[int, int]:
    """Return the rows read in the files of the survey, and those kept for the site."""
    own = [file for file in files if file.has_answers]
    return sum(file.read for file in own), sum(file.kept_here for file in own)


def unreadable_answers(rejects: pd.DataFrame) -> int:
    """Return how many answers were set aside alone, the rest of their questionnaire being kept."""
    return int((rejects["action"] == "cellule").sum())
