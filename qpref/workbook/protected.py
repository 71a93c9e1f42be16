"""Of which groups the answers to one question may be told.

A group large enough may hold few who answered a question; or all may have answered alike, so that
0 % or 100 % tells what each of them said.
"""

from collections.abc import Collection, Mapping

import pandas as pd

from qpref.quality.crosstab import Crosstab
from qpref.statistics.disclosure import VISIBLE, protect, system


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
    return large(sizes, threshold) & set(alike.index[alike > 1])


def gives_back(found: Crosstab, group: tuple[str, ...], family: Collection[str]) -> bool:
    """Whether the sum of some answers, told, would give back the only one of them hidden."""
    sizes = [found.size(group, code) for code in found.answers if code in family]
    rest = [found.size(group, code) for code in found.answers if code not in family]
    return any(sum(size != size for size in one) == 1 for one in (sizes, rest))  # noqa: PLR0124
