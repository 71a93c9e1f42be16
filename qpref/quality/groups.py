"""Opinions by group of users: one row a visitor, so that two questions can be crossed."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.quality.answers import answered
from qpref.reference import Questionnaire
from qpref.statistics.measure import Measure
from qpref.statistics.shares import measured, share_interval

AT_EASE, UNEASY = "a_l_aise", "pas_a_l_aise"
HELPED, NOT_HELPED = "avec_aide", "sans_aide"
NOT_HELPED_OR_UNTOLD = "sans_aide_ou_non_dit"


def opinions(items: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """
    Return the rank of each opinion, higher for more favourable; missing where there is none.

    Returns
    -------
    pandas.DataFrame
        One row a visitor (index `reponse_id`), one column a satisfaction question, in order.
    """
    asked = [question.id for question in questionnaire.opinions]
    (people, whose), (questions, which), (levels, chosen) = (
        _coded(items[name]) for name in ("reponse_id", "question", "modalite")
    )
    ranks = np.full((len(questions), len(levels) + 1), np.nan)
    places = {level: place for place, level in enumerate(levels)}
    for row, name in enumerate(questions):
        if name in asked:
            order = [answer.code for answer in reversed(questionnaire.scale(name).answers)]
            for rank, code in enumerate(order):
                ranks[row, places.get(code, -1)] = rank
    ranks[:, -1] = np.nan  # no level chosen, or one that nobody chose
    found = np.full((len(people), len(questions)), np.nan)
    given = (items["etat"] == "repondu").to_numpy()
    rows, columns = whose[given], which[given]
    found[rows, columns] = ranks[columns, chosen[given]]
    index = pd.Index(people.astype(str), name="reponse_id")
    wide = pd.DataFrame(found, index=index, columns=questions.astype(str))
    return wide.reindex(columns=asked)


def _coded(column: pd.Series) -> tuple[pd.Index, npt.NDArray[np.intp]]:
    """Return the values that a column has, and the place of each row's; −1 without one."""
    own = column.astype("category").cat
    used = np.unique(own.codes.to_numpy())
    used = used[used >= 0]
    places = np.full(len(own.categories) + 1, -1)
    places[used] = np.arange(len(used))
    return own.categories[used], places[own.codes.to_numpy()]


def favourable_levels(questionnaire: Questionnaire, question: str) -> int:
    """Return how many levels of a question, at its top, are favourable."""
    return sum(bool(level.favorable) for level in questionnaire.scale(question).answers)


def least_favourable(questionnaire: Questionnaire, question: str) -> int:
    """Return the lowest favourable rank, whether anybody chose it or not."""
    levels = len(questionnaire.scale(question).answers)
    return levels - favourable_levels(questionnaire, question)


def satisfied(ranks: pd.Series, questionnaire: Questionnaire, question: str) -> pd.Series:
    """Return 1 for a favourable opinion, 0 for another, missing where there is none."""
    is_satisfied = ranks >= least_favourable(questionnaire, question)
    return is_satisfied.astype(float).where(ranks.notna())


def count(is_satisfied: pd.Series, groups: pd.Series, question: str) -> pd.DataFrame:
    """
    Return `question`, `groupe`, `n` (opinions) and `satisfaits` by group, known groups only.

    Parameters
    ----------
    is_satisfied
        Of `satisfied`, one a visitor.
    groups
        Of the same visitors, in any order.
    """
    own = groups.reindex(is_satisfied.index)
    known = (is_satisfied.notna() & own.notna()).to_numpy()
    codes, levels = pd.factorize(own.to_numpy(dtype=object)[known], sort=True)
    happy = is_satisfied.to_numpy(dtype=float)[known]
    return pd.DataFrame(
        {
            "question": question,
            "groupe": [str(level) for level in levels],
            "n": np.bincount(codes, minlength=len(levels)),
            "satisfaits": np.bincount(codes, happy, minlength=len(levels)).astype(np.int64),
        }
    )


def shares(counts: pd.DataFrame, labels: Mapping[str, str], key: str = "") -> list[Measure]:
    """
    Return the share satisfied of each group, with its interval.

    Parameters
    ----------
    counts
        Rows of `count`; with a column `cout`, by how much to divide the answers.
    labels
        Names of the groups; a group without name is told by its code.
    key
        Of the measures.
    """
    low, high = share_interval(
        counts["satisfaits"], counts["n"], cost=counts.get("cout", default=1.0)
    )
    part = counts["satisfaits"] / counts["n"]
    return [
        measured(row, key=key, label=labels.get(row["groupe"], row["groupe"]), group=row["groupe"])
        for row in counts.assign(part=part, bas=low, haut=high).to_dict("records")
    ]


def digital_ease(questionnaire: Questionnaire) -> dict[str, str]:
    """
    Return, by answer, whether a visitor is at ease online: a favourable level says so.

    Empty when nobody is asked, or when no level is declared favourable.
    """
    if "aisance_numerique" not in questionnaire.by_role:
        return {}
    sides = {True: AT_EASE, False: UNEASY}
    levels = questionnaire.levels("aisance_numerique").answers
    return {level.code: sides[level.favorable] for level in levels if level.favorable is not None}


def public_help(items: pd.DataFrame, services: Sequence[str], question: str) -> pd.Series:
    """
    Return whether visitors were helped by a public service; missing where they did not say.

    Parameters
    ----------
    items
        Answers, one row a visitor, question and option.
    services
        Options that stand for a public service (point numérique, France Services).
    question
        The question with several boxes.
    """
    rows = answered(items, question)
    people = rows["reponse_id"].astype(str)
    helped = (rows["valeur"] == 1) & rows["option"].isin(list(services))
    return helped.groupby(people).any().map({True: HELPED, False: NOT_HELPED})


def with_few_untold(helped: pd.Series, counted: pd.Series, threshold: int) -> pd.Series:
    """
    Return the same, those who did not say among those not helped when they are few.

    The whole is told: with both groups, those who did not say would be counted by subtraction.

    Parameters
    ----------
    helped
        Of `public_help`, one a visitor of the whole.
    counted
        Whether the opinion of each is counted.
    threshold
        Fewest people who may be counted apart.
    """
    untold = int((helped.isna() & counted).sum())
    if not 0 < untold < threshold:
        return helped
    return helped.where(helped == HELPED, NOT_HELPED_OR_UNTOLD)
