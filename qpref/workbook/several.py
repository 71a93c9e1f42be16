"""What several places tell together, judged beside what each of them tells alone.

A study of all sites, less those of each site but one, is the last one: what a site hides would be
given back. Each place is judged alone first, as its own pages tell it; then their sums.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Self

import pandas as pd

from qpref.quality.axes import lost
from qpref.quality.crosstab import Crosstab, crosstab, judged
from qpref.quality.guarded import JudgedCells, ToldElsewhere
from qpref.quality.profile import OTHER, UNKNOWN
from qpref.workbook.copies import remembered
from qpref.workbook.estimates import Grouping
from qpref.workbook.study_base import Reader, StudyBase

_MOST_PLACES = 8  # that are judged as one system; of more, a sum is told where all its parts are


class Several(StudyBase):
    """Visitors of one place or of several."""

    @cached_property
    def _parts(self) -> list[Self]:
        """The same study of each place alone."""
        return [self._with(places=[place], criteria=()) for place in self._places]

    def _published(self, names: Sequence[str]) -> ToldElsewhere:
        raise NotImplementedError

    def _judged_crossing(
        self, names: Sequence[str], answers: "Answers", weights: pd.Series | None = None,
        *, missing: bool = False,
    ) -> Crosstab:  # fmt: skip
        """Return answers by groups of all visitors, criteria or not."""
        given, groups = answers(self), self._codes(names)
        published = replace(self._published([*names, *given]), tells_lost=missing)
        if not self._is_one_place and self._is_masked:
            published = replace(
                published,
                places={str(name): self._told_apart(names, answers, str(name), weights)
                        for name in given},
                merged={name: self._rare(name) for name in (*names, *given)},
                beside=self._place_of_each if self._is_one_system else None,
                is_one_system=self._is_one_system,
            )  # fmt: skip
        return crosstab(groups, given, self._threshold, weights, published)

    def _codes(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the group of each visitor by some columns, and why there is none."""
        index = self._pool.individuals.codes.index
        return pd.DataFrame({name: self._code(name) for name in names}, index)

    def _code(self, name: str) -> pd.Series:
        found, states = self._groups_of(name), self._pool.individuals.states
        return found.mask(found == UNKNOWN, states[name].map(lost)) if name in states else found

    @property
    def _is_one_system(self) -> bool:
        """Whether all sites of one campaign are there, few enough to be judged at once."""
        (first, *others) = {campaign for campaign, _ in self._places}
        every = [one.id for one in self._reference.sites.sites
                 if len(self._look.whole.kept(first, one.id))]  # fmt: skip
        return not others and len(every) == len(self._places) <= _MOST_PLACES

    @property
    def _place_of_each(self) -> pd.Series:
        places = self._pool.individuals.places
        return places["campagne"].astype(str) + " " + places["site"].astype(str)

    def _told_apart(
        self, names: Sequence[str], answers: "Answers", column: str, weights: pd.Series | None
    ) -> dict[str, JudgedCells]:
        """Return, by place, which cells it tells."""
        found = {}
        for part in self._parts:
            given, groups = answers(part)[column], part._codes(names)  # noqa: SLF001
            published = part._published([*names, column])  # noqa: SLF001
            own = None if weights is None else weights.reindex(given.index)
            few, where = part._threshold, " ".join(part._places[0])  # noqa: SLF001
            found[where] = judged(groups, given, few, own, published)
        return found

    def _told_of(self, by: Grouping | None, read: Reader) -> Grouping | None:
        found = super()._told_of(by, read)
        if found is None or self._is_one_place or not self._is_masked:
            return found
        told = {*found.names}
        for part in (self._with(places=[place]) for place in self._places):
            own = part._grouped(found.name)  # noqa: SLF001
            shown = {*(known.names if (known := part._told_of(own, read)) else ())}  # noqa: SLF001
            given = part._groups_of(found.name).reindex(read(part._pool).dropna().index)  # noqa: SLF001
            told -= {self._merged(found.name, code) for code in {*given} - shown}
        return found.only(told)

    def _merged(self, name: str, code: str) -> str:
        return OTHER if code in self._rare(name) else code

    @remembered
    def _rare(self, name: str) -> frozenset[str]:
        """Return the groups of a column that are told as one: at some place, when at several."""
        if self._is_one_place or not self._is_masked:
            return super()._rare(name)
        return frozenset().union(*(part._rare(name) for part in self._parts))  # noqa: SLF001


Answers = Callable[[Several], pd.DataFrame]
