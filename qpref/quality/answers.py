"""Shares of satisfied users and distributions of ordered answers, denominators fixed by rule.

The base of a share is the people concerned who gave an opinion: « sans objet », « ne sait pas »,
questions not asked and blanks are counted apart, never in the denominator.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.reference import Campaign, Question, Questionnaire
from qpref.statistics.measure import Measure
from qpref.statistics.shares import measured, share_interval

Array = npt.NDArray[Any]

UNSURE_ABOVE = 0.20  # « ne sait pas » and blanks: over this part, the question is flagged
SATISFIED = "satisfaits"  # group of those whose answer is favourable
OUTSIDE = ("sans_objet", "nsp", "non_reponse", "non_posee", "invalide")


def counted(rows: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the answers of a campaign that count in its results, one row a person."""
    is_kept = rows["statut"].isin(campaign.kept_statuses)
    return rows if is_kept.all() else rows.loc[is_kept].reset_index(drop=True)


def large_enough(items: pd.DataFrame, least: int) -> pd.DataFrame:
    """
    Return the answers to the questions that nobody, or at least so many people, answered.

    Examples
    --------
    >>> rows = pd.DataFrame({"reponse_id": list("aabb"), "question": list("xyxy")})
    >>> rows["etat"] = ["repondu", "repondu", "repondu", "nsp"]
    >>> [*large_enough(rows, 2)["question"]]
    ['x', 'x']
    """
    if not least:
        return items
    told = items.loc[items["etat"] == "repondu"]
    people = told.groupby("question", observed=True)["reponse_id"].nunique()
    few = people.index[people < least]
    return items.loc[~items["question"].isin(few)].reset_index(drop=True)


def answered(items: pd.DataFrame, question: str) -> pd.DataFrame:
    """Return the rows of a question that was answered, one a visitor, or one a box."""
    return items.loc[(items["question"] == question) & (items["etat"] == "repondu")]


def distribution(
    items: pd.DataFrame, questionnaire: Questionnaire, questions: Iterable[Question]
) -> pd.DataFrame:
    """
    Return one row per question and level: `question`, `modalite`, `rang`, `effectif`, `n`, `part`.

    Levels that nobody chose are present with 0; `rang` follows the questionnaire.
    """
    counts = _tally(items.loc[items["etat"] == "repondu"], "modalite")
    rows = []
    for question in questions:
        levels = questionnaire.scale(question.id).answers
        chosen = [counts.get((question.id, level.code), 0) for level in levels]
        n = sum(chosen)
        rows += [
            (question.id, level.code, rank, level.favorable, k, n, k / n if n else np.nan)
            for rank, (level, k) in enumerate(zip(levels, chosen, strict=True))
        ]
    names = ["question", "modalite", "rang", "favorable", "effectif", "n", "part"]
    return pd.DataFrame(rows, columns=names).astype({"favorable": "boolean"})


def received(label: str, n: int) -> Measure:
    """Return how many answers count, of a campaign or a site named by `label`."""
    return Measure(key="repondants", label=label, n=n, value=n, unit="réponses")


def satisfied(row: Mapping[Any, Any], label: str = "") -> Measure:
    """Return the share of satisfied users that a row of `satisfaction` holds."""
    return measured(row, key=str(row["question"]), label=label, group=SATISFIED)


def given(levels: pd.DataFrame, labels: Mapping[str, str]) -> list[Measure]:
    """
    Return the share of each level that users chose, as rows of `distribution` hold them.

    Parameters
    ----------
    levels
        Rows of `distribution`.
    labels
        Names of the questions.
    """
    return [
        Measure(
            key=row["question"],
            label=labels[row["question"]],
            group=row["modalite"],
            n=row["n"],
            count=row["effectif"],
            value=row["part"],
        )
        for row in levels.to_dict("records")
    ]


def adjusted(
    shares: pd.DataFrame, n: int, question: str, labels: Mapping[str, str]
) -> list[Measure]:
    """
    Return the shares of a question that a model gives to sites of one public.

    Parameters
    ----------
    shares
        Of `statistics.ordinal.adjusted_shares`.
    n
        Answers of the model.
    question, labels
        The question, and the names of the sites.
    """
    return [
        Measure(
            key=question,
            label=labels[row["niveau"]],
            group=row["niveau"],
            n=n,
            value=row["part"],
            low=row["bas"],
            high=row["haut"],
            design="modele",
        )
        for row in shares.to_dict("records")
    ]


def _tally(items: pd.DataFrame, column: str) -> dict[tuple[str, str], int]:
    """Return how many rows have each question and each value of a column."""
    question, value = (items[name].astype("category").cat for name in ("question", column))
    width = len(value.categories) + 1  # codes start at −1, for a missing value
    places = question.codes.to_numpy(dtype=np.int64) * width + value.codes.to_numpy() + 1
    found = np.bincount(places, minlength=len(question.categories) * width)
    counts = found.reshape(len(question.categories), width)[:, 1:].tolist()
    names, levels = (
        [*map(str, column.categories.to_numpy(dtype=object))] for column in (question, value)
    )
    return {
        (name, level): count
        for name, row in zip(names, counts, strict=True)
        for level, count in zip(levels, row, strict=True)
    }


def satisfaction(
    items: pd.DataFrame,
    questionnaire: Questionnaire,
    questions: Iterable[Question],
    population: int | None = None,
    costs: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """
    Return one row per satisfaction question, in order.

    Parameters
    ----------
    items, questionnaire, questions
        Answers that count, and what was asked.
    population
        See `share_interval`.
    costs
        Of `statistics.clusters.costs`, by question; 1 without them.

    Returns
    -------
    pandas.DataFrame
        `question`, `n` (opinions given), `satisfaits` (two favourable levels), `part`, `bas` and
        `haut` (95 %, `share_interval`), then the answers outside the base: `sans_objet`,
        `nsp`, `non_reponse`, `non_posee`, `invalide`; last `part_sans_avis`, the « ne sait pas »
        and blanks among the people concerned, and `sans_avis_frequent` when they are over 20 %.
    """
    asked = list(questions)
    levels = distribution(items, questionnaire, asked)
    favourable = levels.loc[levels["favorable"].fillna(value=False)]
    names = [question.id for question in asked]
    sizes, satisfied = dict(zip(levels["question"], levels["n"], strict=True)), Counter[str]()
    for name, chosen in zip(favourable["question"], favourable["effectif"], strict=True):
        satisfied[name] += chosen
    n, happy = (
        np.array([found.get(name, 0) for name in names], dtype=np.int64)
        for found in (sizes, satisfied)
    )
    worth = [(costs or {}).get(name, 1.0) for name in names]
    low, high = share_interval(happy, n, population=population, cost=worth)
    with np.errstate(invalid="ignore"):  # nobody: missing
        part = happy / n
    return pd.DataFrame(
        {
            "question": pd.Series(names, dtype=None if names else object),
            "n": n,
            "satisfaits": happy,
            "part": part,
            "bas": low.to_numpy(),
            "haut": high.to_numpy(),
            **_outside(items, names, n),
        }
    )


def _outside(items: pd.DataFrame, names: Sequence[str], n: Array) -> dict[str, Array]:
    """Return the columns of `satisfaction` on answers outside the base of `n` opinions."""
    states = _tally(items, "etat")
    found: dict[str, Array] = {
        state: np.array([states.get((name, state), 0) for name in names], dtype=np.int64)
        for state in OUTSIDE
    }
    unsure = found["nsp"] + found["non_reponse"]
    with np.errstate(invalid="ignore"):
        part = unsure / (n + unsure)
    return {**found, "part_sans_avis": part, "sans_avis_frequent": part > UNSURE_ABOVE}
