"""Count, among those who wrote, how many name each subject, and in which tone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from qpref.quality.samples import costs_of, numbers
from qpref.reference.subjects import CodeBook
from qpref.statistics.comparison import NOTHING, compare
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure
from qpref.statistics.shares import NO_PERCENTAGE_BELOW, measured, share_interval

POSITIVE, NEGATIVE, OTHER = "positif", "negatif", "autre"
QUOTED = 3  # remarks quoted under a subject, at most
PREFIX = "sujet_"  # a subject may have the name of a question


@dataclass(frozen=True)
class SpokenSubject:
    """
    A subject that remarks name.

    `share`: those who name it, of those who wrote; `positive`, `negative`: those of them who have
    only good, or only bad, to say of it, None when too few may be told apart; `change` since the
    previous campaign, None when nothing is compared; `quotes`: remarks that a person approved.
    """

    share: Measure
    positive: Measure | None
    negative: Measure | None
    change: Difference | None = None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpokenPublic:
    """What a group writes of: `written` of it did; subjects that may be told, most named first."""

    label: str
    written: int
    shares: tuple[Measure, ...]


@dataclass(frozen=True)
class Spoken:
    """
    Subjects by how many name them, the one of remarks without any at the end.

    `read`: remarks that a person coded, of those `written`; `hidden`: subjects that too few name,
    or too few do not; `publics`: of the groups of visitors of whom it may be told.
    """

    read: int
    written: int
    subjects: tuple[SpokenSubject, ...]
    hidden: tuple[str, ...]
    publics: tuple[SpokenPublic, ...] = ()


@dataclass(frozen=True)
class Gate:
    """What may be told: the threshold, and the groups whose size may be told beside the whole."""

    threshold: int
    large: Callable[[Mapping[str, int], int], set[str]]


def by_person(rows: pd.DataFrame, book: CodeBook) -> pd.DataFrame:
    """
    Return the tone in which each person who wrote names each subject, missing where they do not.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`.
    book
        The subjects: a column each.
    """
    told: dict[str, dict[str, str]] = {}
    for person, subjects, tone in zip(
        rows["reponse_id"].astype(str), rows["sujets"], rows["ton"], strict=True
    ):
        own = told.setdefault(person, {})
        one = tone if tone in {POSITIVE, NEGATIVE} else OTHER
        own |= {name: one if own.get(name, one) == one else OTHER for name in subjects}
    found = pd.DataFrame.from_dict(told, orient="index", dtype=object)
    return found.reindex(columns=[*book.labels])


def told_subjects(
    named: pd.DataFrame, threshold: int, among: Collection[str] | None = None
) -> list[str]:
    """
    Return the subjects of which it may be told how many name them, the most named first.

    Parameters
    ----------
    named
        Whether each person who wrote names each subject; each names one at least.
    threshold
        Smallest group that is told.
    among
        The subjects that may be told; all by default.

    Notes
    -----
    Those who name a subject, and the others, are enough: « all of them » would tell of each. As
    each person names a subject, those who name none that is told are a group too; and where all are
    told, the sum of the counts less the people is how often somebody names more than one. Where
    either is few, the least named subject is not told.
    """
    n, counts = len(named), named.sum().sort_values(ascending=False, kind="stable")
    counts = counts.loc[counts > 0]
    found = [
        str(name)
        for name, k in counts.items()
        if min(int(k), n - int(k)) >= threshold and (among is None or name in among)
    ]
    while found:
        left = int((~named[found].any(axis=1)).sum())
        more = int(counts.sum()) - n if len(found) == len(counts) else 0
        if _is_free(left, threshold) and _is_free(more, threshold):
            break
        found.pop()
    return found


def _is_free(count: int, threshold: int) -> bool:
    """Whether a count may be known: of nobody, or of enough people."""
    return count == 0 or count >= threshold


@dataclass(frozen=True)
class Written:
    """Those who wrote at a campaign: of `by_person`, and the half-day of each."""

    people: pd.DataFrame
    moments: pd.Series


def shares(
    written: Written, book: CodeBook, told: Collection[str], group: str = ""
) -> dict[str, Measure]:
    """
    Return the share of those who wrote that name each subject.

    Parameters
    ----------
    written
        Those who wrote; half-days bound what an interval may promise.
    book
        The subjects.
    told
        Of `told_subjects`, in order.
    group
        Of the measures.
    """
    named, n = written.people.notna(), len(written.people)
    costs = costs_of(named.astype(float), written.moments)
    found: dict[str, Measure] = {}
    for subject in told:
        count = int(named[subject].sum())
        low, high = share_interval([count], [n], cost=costs[subject])
        row = {"n": n, "satisfaits": count, "part": count / n, "bas": low[0], "haut": high[0]}
        key, label = PREFIX + subject, book.labels[subject]
        found[subject] = measured(row, key=key, label=label, group=group)
    return found


def spoken(rows: pd.DataFrame, book: CodeBook, moments: pd.Series, gate: Gate) -> Spoken | None:
    """
    Return what the remarks of a site say; None while nobody read one, or if too few people wrote.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`, of the people whose answers count.
    book, moments
        The subjects, and the half-day of each person.
    gate
        What may be told.
    """
    if not (rows["relu"].any() and is_enough(rows)):
        return None
    people = by_person(rows, book)
    named = people.notna()
    told = told_subjects(named, gate.threshold)
    order = sorted(told, key=lambda name: name == book.other)  # stable: by count, that one last
    found = shares(Written(people, moments), book, order)
    quotes = _quotes(rows, order)
    subjects = tuple(
        SpokenSubject(share, *_tones(people[name], share, gate), None, quotes[name])
        for name, share in found.items()
    )
    hidden = [
        label for name, label in book.labels.items() if named[name].any() and name not in told
    ]
    return Spoken(int(rows["relu"].sum()), len(rows), subjects, tuple(hidden))


def is_enough(rows: pd.DataFrame) -> bool:
    """Whether enough people wrote for a percentage of them."""
    return rows["reponse_id"].nunique() >= NO_PERCENTAGE_BELOW


def is_whole(rows: pd.DataFrame) -> bool:
    """Whether a person read all the remarks of enough people: what two campaigns must share."""
    return is_enough(rows) and bool(rows["relu"].all())


def compared(now: Written, before: Written, threshold: int) -> pd.DataFrame:
    """
    Return the difference of each subject between two campaigns, as `comparison.LINES`.

    Those told of now, of which the campaign before may be told too, or that nobody named then.
    """
    both = [side.people.notna() for side in (now, before)]
    told = [{*told_subjects(named, threshold)} for named in both]
    free = told[1] | {str(name) for name in both[1] if not both[1][name].any()}
    asked = [str(name) for name in both[0] if name in told[0] & free]
    if not asked:
        return NOTHING
    sides = [
        numbers(named[asked].astype(float), side.moments)
        for named, side in zip(both, (now, before), strict=True)
    ]
    found = compare(sides[0], sides[1], [PREFIX + name for name in asked])
    return found.assign(groupe=asked)


def _tones(tones: pd.Series, share: Measure, gate: Gate) -> tuple[Measure | None, Measure | None]:
    counts = tones.dropna().value_counts()
    sizes = {name: int(counts.get(name, 0)) for name in (POSITIVE, NEGATIVE, OTHER)}
    told = gate.large(sizes, gate.threshold)
    if {name for name, size in sizes.items() if size} - told:
        return None, None  # what is shown would bound what is not
    positive, negative = (
        Measure(key=share.key, label=share.label, group=name, n=share.count, value=sizes[name],
                unit="usagers") for name in (POSITIVE, NEGATIVE)
    )  # fmt: skip
    return positive, negative


def _quotes(rows: pd.DataFrame, subjects: list[str]) -> dict[str, tuple[str, ...]]:
    """Return remarks that a person approved, by subject; each is quoted once."""
    found: dict[str, list[str]] = {name: [] for name in subjects}
    chosen = rows.loc[rows["publiable"]].drop_duplicates("texte_masque")
    for names, text in zip(chosen["sujets"], chosen["texte_masque"], strict=True):
        own = next((name for name in names if len(found.get(name, [""] * QUOTED)) < QUOTED), None)
        if own is not None:
            found[own].append(str(text))
    return {name: tuple(texts) for name, texts in found.items()}
