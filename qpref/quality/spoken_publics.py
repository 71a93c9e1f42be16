"""Subjects of remarks by public, where neither a group nor its complement is too small."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from qpref.quality import spoken
from qpref.quality.spoken import Gate, SpokenPublic, Written
from qpref.reference.subjects import CodeBook
from qpref.statistics.shares import NO_PERCENTAGE_BELOW

_OTHERS = ""  # the visitors whose group is not known, or of whom too few wrote
Counts = Mapping[str, tuple[int, int]]  # by group: who names a subject, who wrote


def by_public(
    written: Written,
    publics: Mapping[str, tuple[pd.Series, Mapping[str, str]]],
    asked: tuple[CodeBook, Sequence[str]],
    gate: Gate,
) -> tuple[SpokenPublic, ...]:
    """
    Return what the groups of each family write of.

    Parameters
    ----------
    written
        Those who wrote.
    publics
        By family, the group of each visitor, whether they wrote or not, missing where it is not
        told, and the names of the groups. None is a part of another: their difference would be a
        group.
    asked
        The code book, and the subjects told of all who wrote.
    gate
        What may be told.
    """
    found = []
    for labels, names in publics.values():
        groups = _readable(labels, written.people.index, gate)
        named = written.people[[*asked[1]]].notna()
        for group, subjects in told_pairs(named, groups, gate.threshold).items():
            own = Written(written.people.loc[groups == group], written.moments)
            shares = spoken.shares(own, asked[0], subjects, group=names.get(group, group))
            if group != _OTHERS and shares:
                label = names.get(group, group)
                found.append(SpokenPublic(label, len(own.people), tuple(shares.values())))
    return tuple(found)


def _readable(labels: pd.Series, wrote: pd.Index, gate: Gate) -> pd.Series:
    """Return the group of each who wrote, if enough of it did, and enough or nobody did not."""
    known = labels.astype("object").fillna(_OTHERS)
    own = known.reindex(wrote, fill_value=_OTHERS)
    sizes, all_sizes = own.value_counts(), known.value_counts()
    silent = {str(name): int(n - sizes.get(name, 0)) for name, n in all_sizes.items()}
    many = gate.large({str(name): int(n) for name, n in sizes.items()}, gate.threshold)
    quiet = gate.large(silent, gate.threshold) | {name for name, n in silent.items() if not n}
    told = {name for name in many & quiet if sizes[name] >= NO_PERCENTAGE_BELOW}
    return own.where(own.isin(told), _OTHERS)


def told_pairs(named: pd.DataFrame, groups: pd.Series, threshold: int) -> dict[str, list[str]]:
    """
    Return, by group, the subjects of which it may be told how many of it name them.

    Parameters
    ----------
    named
        Whether each person who wrote names each subject told of all.
    groups
        The group of each.
    threshold
        Smallest group that is told.

    Notes
    -----
    The rule of `spoken.told_subjects` in each group, that of `told_groups` for each subject, until
    both hold.
    """
    own = {str(group): named.loc[rows.index] for group, rows in groups.groupby(groups)}
    sizes = {group: len(rows) for group, rows in own.items()}
    found = {group: spoken.told_subjects(rows, threshold) for group, rows in own.items()}
    while True:
        kept = {
            name: told_groups(
                {g: (int(own[g][name].sum()), sizes[g]) for g in own},
                [g for g in own if name in found[g]],
                threshold,
            )
            for name in named
        }
        left = {g: [name for name in found[g] if g in kept[name]] for g in own}
        left = {g: spoken.told_subjects(own[g], threshold, left[g]) for g in own}
        if left == found:
            return found
        found = left


def told_groups(counts: Counts, wanted: Collection[str], threshold: int) -> set[str]:
    """
    Return the groups of which it may be told how many name a subject.

    Parameters
    ----------
    counts
        Those who name it, and those who wrote, of every group.
    wanted
        Groups of which neither are few.
    threshold
        Smallest group that is told.

    Notes
    -----
    The others together are known by subtraction: there are none, or two groups at least of which
    each may hold any number in a range as wide as the threshold (bounds of Fréchet).

    Examples
    --------
    >>> sorted(told_groups({"a": (9, 20), "b": (6, 30)}, ["a", "b"], 5))
    ['a', 'b']
    >>> told_groups({"a": (9, 20), "b": (3, 30)}, ["a"], 5)
    set()
    """
    order = sorted(wanted, key=lambda name: -counts[name][1])
    for many in range(len(order), 0, -1):
        kept = {*order[:many]}
        if _is_hidden({name: pair for name, pair in counts.items() if name not in kept}, threshold):
            return kept
    return set()


def _is_hidden(others: Counts, threshold: int) -> bool:
    """Whether what is left of the groups may be known together, and none of them alone."""
    named, wrote = (sum(pair[side] for pair in others.values()) for side in (0, 1))
    if not wrote:
        return True
    parts = [named, wrote - named]
    parts += [size for _, n in others.values() for size in (n, wrote - n) if n]
    return len(others) > 1 and min(parts) >= threshold
