"""What several places tell together, judged beside what each of them tells alone.

A study of all sites, less those of each site but one, is the last one: what a site hides would be
given back. Each place is judged alone first, as its own pages tell it; then their sums.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Self

import pandas as pd

from qpref.quality.crosstab import Crosstab, crosstab
from qpref.quality.guarded import ALONE, PLACE, ToldElsewhere
from qpref.quality.profile import OTHER
from qpref.reference import Question
from qpref.statistics.disclosure import TOTAL
from qpref.workbook.copies import remembered
from qpref.workbook.estimates import Grouping
from qpref.workbook.study_base import Reader, StudyBase

Key = tuple[str, ...]
Cells = Mapping[Key, bool]
_MOST_PLACES = 8  # that are judged as one system; of more, a sum is told where all its parts are


class Several(StudyBase):
    """Visitors of one place or of several."""

    @cached_property
    def _parts(self) -> list[Self]:
        """The same study of each place alone."""
        return [self._with(places=[place], criteria=()) for place in self._places]

    def _published(self, asked: Question, by: Sequence[str]) -> ToldElsewhere:
        raise NotImplementedError

    def _judged_crossing(
        self, names: Sequence[str], answers: "Answers", asked: Question | None,
        weights: pd.Series | None = None,
    ) -> Crosstab:  # fmt: skip
        """Return answers by groups of all visitors, criteria or not."""
        people, given = self._pool.individuals, answers(self)
        groups = pd.DataFrame({n: self._groups_of(n) for n in names}, people.codes.index)
        published = self._published(asked, names) if asked else ALONE
        if self._is_one_place or not self._is_masked:
            return crosstab(groups, given, self._threshold, weights, published)
        told = {str(name): self._told_apart(names, answers, asked, str(name)) for name in given}
        if not self._is_one_system:
            hidden = {name: _hidden(cells) for name, cells in told.items()}
            return crosstab(groups, given, self._threshold, weights,
                            replace(published, hidden=hidden))  # fmt: skip
        own = groups.assign(**{PLACE: self._place_of_each})
        cells = {name: _complete(own.assign(**{name: given[name]}), one)
                 for name, one in told.items()}  # fmt: skip
        found = crosstab(own, given, self._threshold, weights, replace(published, cells=cells))
        return found.over_last()

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
        self, names: Sequence[str], answers: "Answers", asked: Question | None, column: str
    ) -> dict[str, Cells]:
        """Return, by place, whether it tells each cell, named as all of them are."""
        return {
            " ".join(part._places[0]): self._as_ours(names, column, part, answers, asked)  # noqa: SLF001
            for part in self._parts
        }

    def _as_ours(
        self, names: Sequence[str], column: str, part: Self, answers: "Answers",
        asked: Question | None,
    ) -> Cells:  # fmt: skip
        given = answers(part)[[column]]
        groups = pd.DataFrame({n: part._groups_of(n) for n in names}, given.index)
        published = part._published(asked, names) if asked else ALONE
        table = crosstab(groups, given, part._threshold, None, published).visitors
        found: dict[Key, bool] = {}
        for key, row in zip(table.index, table.to_numpy(), strict=True):
            for answer, value in zip(map(str, table.columns), row, strict=True):
                own = (*map(self._code, names, key), self._code(column, answer))
                found[own] = found.get(own, True) and value == value  # noqa: PLR0124 - not NaN
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
            told -= {self._code(found.name, code) for code in {*given} - shown}
        return found.only(told)

    def _code(self, name: str, code: str) -> str:
        return OTHER if code in self._rare(name) else code

    @remembered
    def _rare(self, name: str) -> frozenset[str]:
        """Return the groups of a column that are told as one: at some place, when at several."""
        if self._is_one_place or not self._is_masked:
            return super()._rare(name)
        return frozenset().union(*(part._rare(name) for part in self._parts))  # noqa: SLF001


Answers = Callable[[Several], pd.DataFrame]


def _hidden(places: Mapping[str, Cells]) -> set[Key]:
    """Return the cells that some place hides."""
    return {key for cells in places.values() for key, is_told in cells.items() if not is_told}


def _complete(own: pd.DataFrame, places: Mapping[str, Cells]) -> dict[Key, bool]:
    """Return what each place tells of each cell of all: that nobody is where it has no row."""
    *names, place, answer = map(str, own.columns)
    order = sorted([*names, place])
    axes = [[*map(str, own[name].dropna().unique()), TOTAL] for name in (*names, answer)]
    found = {}
    for where, cells in places.items():
        for key in {*product(*axes), *cells}:
            by = dict(zip(names, key[:-1], strict=True), **{place: where})
            found[(*(by[name] for name in order), key[-1])] = cells.get(key, True)
    return found
