"""What remarks say: how many of those who wrote name each subject, and in which tone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from qpref.quality.samples import costs_of
from qpref.reference.subjects import CodeBook
from qpref.statistics.measure import Measure
from qpref.statistics.shares import NO_PERCENTAGE_BELOW, measured, share_interval

POSITIVE, NEGATIVE, OTHER = "positif", "negatif", "autre"
QUOTED = 3  # remarks quoted under a subject, at most
_PREFIX = "sujet_"  # a subject may have the name of a question


@dataclass(frozen=True)
class SpokenSubject:
    """
    A subject that remarks name.

    `share`: those who name it, of those who wrote; `positive`, `negative`: those of them who have
    only good, or only bad, to say of it, None when too few may be told apart; `before`: the share
    at the previous campaign; `quotes`: remarks that a person approved.
    """

    share: Measure
    positive: Measure | None
    negative: Measure | None
    before: Measure | None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """Subjects by how many name them; `hidden`: those that too few name, or too few do not."""

    read: int
    written: int
    subjects: tuple[SpokenSubject, ...]
    hidden: tuple[str, ...]


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


def shares(
    people: pd.DataFrame, book: CodeBook, moments: pd.Series, threshold: int, group: str = ""
) -> dict[str, Measure | None]:
    """
    Return the share of those who wrote that name each subject.

    None where fewer than `threshold` name it, or do not, if any. A subject nobody names is absent.

    Parameters
    ----------
    people
        Of `by_person`.
    book
        The subjects.
    moments
        Half-day of each person, which bounds what an interval may promise.
    threshold
        Smallest group that is told.
    group
        Of the measures: nothing, or the campaign before.
    """
    named, n = people.notna(), len(people)
    costs = costs_of(named.astype(float), moments)
    found: dict[str, Measure | None] = {}
    for subject, count in named.sum().items():
        if 0 < count < threshold or 0 < n - count < threshold:
            found[str(subject)] = None
        elif count:
            low, high = share_interval([count], [n], cost=costs[str(subject)])
            row = {"n": n, "satisfaits": count, "part": count / n, "bas": low[0], "haut": high[0]}
            key, label = _PREFIX + str(subject), book.labels[str(subject)]
            found[str(subject)] = measured(row, key=key, label=label, group=group)
    return found


def spoken(rows: pd.DataFrame, book: CodeBook, moments: pd.Series, gate: Gate) -> Spoken | None:
    """
    Return what the remarks of a site say; None while nobody read one, or if too few people wrote.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`, of the people whose answers count.
    book, moments
        As for `shares`.
    gate
        What may be told.
    """
    if not is_told(rows):
        return None
    people = by_person(rows, book)
    found = shares(people, book, moments, gate.threshold)
    quotes = _quotes(rows, [name for name, share in found.items() if share])
    subjects = [
        SpokenSubject(share, *_tones(people[name], share, gate), None, quotes[name])
        for name, share in found.items()
        if share
    ]
    subjects.sort(key=lambda one: -one.share.value)
    hidden = tuple(book.labels[name] for name, share in found.items() if share is None)
    return Spoken(int(rows["relu"].sum()), len(rows), tuple(subjects), hidden)


def is_told(rows: pd.DataFrame) -> bool:
    """Whether subjects may be counted: a person read some remarks, and enough people wrote."""
    return bool(rows["relu"].any()) and rows["reponse_id"].nunique() >= NO_PERCENTAGE_BELOW


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
