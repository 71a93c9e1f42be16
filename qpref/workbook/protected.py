"""Decide for which groups the answers to a question may be shown.

A group large enough may hold few who answered a question; or all may have answered alike, so that
0 % or 100 % tells what each of them said.
"""

from collections.abc import Collection, Mapping

import pandas as pd

from qpref.quality.profile import OTHER, UNKNOWN
from qpref.statistics.disclosure import VISIBLE, protect, system

_MOST_NAMES = 4


def rare(labels: pd.Series, threshold: int) -> frozenset[str]:
    """
    Return the groups that are told as one: each is too small, and they are enough together.

    Those of whom the group is unknown are not among them: other tables tell how many they are.
    """
    sizes = labels.loc[labels != UNKNOWN].value_counts()
    few = sizes.loc[sizes < threshold]
    if len(few) < 2 or few.sum() < threshold:  # noqa: PLR2004 - one is no union
        return frozenset()
    return frozenset(map(str, few.index))


def gathered(labels: pd.Series, few: Collection[str]) -> pd.Series:
    """Return the group of each visitor, those of `rare` as one."""
    return labels.where(~labels.isin([*few]), OTHER) if few else labels


def named(names: Mapping[str, str], few: Collection[str]) -> dict[str, str]:
    """Return the wording of groups, those of `rare` as one, after the others."""
    own = [label for code, label in names.items() if code in few]
    told = " ; ".join(own) if len(own) <= _MOST_NAMES else f"{len(own)} petits groupes"
    left = {code: label for code, label in names.items() if code not in few}
    return {**left, OTHER: f"Groupes réunis ({told})"} if own else left


def large(sizes: Mapping[str, int], threshold: int) -> set[str]:
    """Return the groups whose size may be told beside that of all, from the size of each."""
    counts = pd.DataFrame({"groupe": [*sizes], "effectif": [*sizes.values()]})
    if counts.empty:
        return set()
    cells = protect(system(counts, ["groupe"]), threshold)
    told = set(cells.loc[cells["diffusion"] == VISIBLE, "groupe"])
    return {group for group, size in sizes.items() if size and group in told}


def told(labels: pd.Series, given: pd.Series, threshold: int) -> set[str]:
    """
    Return the groups of which what was answered may be summed up.

    Parameters
    ----------
    labels, given
        The group of each visitor, and what is told of the answer: favourable or not, a number.
    threshold
        Of `disclosure.protect`; 0 tells all.
    """
    answered = given.dropna()
    own = labels.reindex(answered.index)
    if not threshold:
        return set(own.dropna())
    sizes = {str(key): int(size) for key, size in own.fillna("").value_counts().items()}
    alike = answered.groupby(own).nunique()
    found = large(sizes, threshold) & set(alike.index[alike > 1])
    # What all answered is told elsewhere: of those left, taken together, it may not be one answer.
    for group in sorted(found, key=lambda one: (sizes[one], one)):
        if len({*answered[~own.isin(found)]}) == 1:
            found -= {group}
    return found


def subtracted(
    left: pd.Series, given: pd.Series, groups: Collection[str], threshold: int
) -> set[str]:
    """
    Return the groups that may be told beside the same with more visitors.

    Parameters
    ----------
    left
        The group of each visitor that only the larger study holds.
    given
        What each visitor of it answered.
    groups
        Those that may be told by themselves.
    threshold
        Of `disclosure.protect`: so many at least are left, or nobody, and not all of one mind.
    """
    answered = given.reindex(left.index).dropna()
    by = answered.groupby(left.reindex(answered.index))
    sizes, kinds = by.size(), by.nunique()
    is_bad = (sizes > 0) & ((sizes < threshold) | (kinds <= 1))
    return {*groups} - {*sizes.index[is_bad]}
