"""Questionnaires that may be one, keyed twice: the same answers, at the same site and minute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qpref.intake.columns import Array

CODE = "doublon_possible"
_PRIME = np.uint64(1_000_003)


@dataclass(frozen=True, eq=False)
class Alike:
    """
    What tells that questionnaires may be one, a row each.

    Parameters
    ----------
    closed, told
        Numbers that stand for the closed answers, and for all else that is told.
    sites
        Place of the site among those of the project.
    minutes
        When they were answered.
    lines
        Where they are in the file.
    """

    closed: Array
    told: Array
    sites: Array
    minutes: Array
    lines: Array

    @classmethod
    def joined(cls, parts: Sequence["Alike"]) -> "Alike":
        """Return those of several parts of a file as one."""
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("closed", "told", "sites", "minutes", "lines")
            )
        )

    def twins(self) -> Iterator[tuple[int, int]]:
        """
        Yield the places of questionnaires alike, and the line of the first of each kind.

        Those of which the day alone is known are not compared.
        """
        timed = self._perhaps()
        facts = [one[timed] for one in (self.minutes, self.sites, self.told, self.closed)]
        order = np.lexsort(facts)  # stable: the first of the file comes first
        is_again = np.zeros(len(order), dtype=bool)
        is_again[1:] = np.all([one[order][1:] == one[order][:-1] for one in facts], axis=0)
        starts = np.maximum.accumulate(np.where(is_again, 0, np.arange(len(order))))
        again, first = timed[order[is_again]], timed[order[starts[is_again]]]
        for place in np.argsort(again).tolist():
            yield int(again[place]), int(self.lines[first[place]])

    def _perhaps(self) -> Array:
        """Return the places of those that may have a twin: what they tell adds up to the same."""
        with np.errstate(over="ignore"):
            total = self.minutes.astype(np.uint64) * _PRIME + self.closed
            total = (total * _PRIME + self.told) * _PRIME + self.sites.astype(np.uint64)
        total[self.minutes == self.minutes.astype("datetime64[D]")] = 0
        order = np.argsort(total, kind="stable")
        is_again = total[order[1:]] == total[order[:-1]]
        found = np.zeros(len(total), dtype=bool)
        found[order[1:][is_again]] = True
        found[order[:-1][is_again]] = True
        return np.flatnonzero(found & (total != 0))


def why(line: int) -> str:
    """Return what is said of a questionnaire like that of another line; French."""
    return f"mêmes réponses, même minute que la ligne {line}. Gardée : à vérifier."
