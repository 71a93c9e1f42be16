"""Prepare opinions and half-days of a survey for the statistics of clustered answers."""

from typing import Any

import numpy as np
import pandas as pd

from qpref.quality import groups
from qpref.reference import Questionnaire
from qpref.statistics.clusters import Codes, Sample, costs

_MOST_UNKNOWN = 0.1  # of the visitors: over it, half-days are not known


def is_gathered(questionnaire: Questionnaire) -> bool:
    """
    Whether answers come by half-day, as visitors at a counter: those of one then resemble.

    Another public answers one by one, wherever each is, unless it is asked when it came.
    """
    return questionnaire.public.are_users or "demi_journee" in questionnaire.by_role


def half_days(rows: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series:
    """
    Return the half-day of each visitor, its day where nobody said the half-day, as text.

    Parameters
    ----------
    rows
        Answers that count, one row a visitor.

    Returns
    -------
    pandas.Series
        By `reponse_id`; missing without a date. Each has its own where nothing gathers them.
    """
    people = rows["reponse_id"].astype(str)
    if not is_gathered(questionnaire):
        return pd.Series(people.to_numpy(dtype=object), index=people)
    days, known = pd.factorize(rows["date_reponse"])
    names = [*pd.DatetimeIndex(known).strftime("%Y-%m-%d"), np.nan]  # the last: of no date
    found: list[Any] = [names[day] for day in days]
    if "demi_journee" in questionnaire.by_role:
        given = rows["demi_journee"].to_numpy(dtype=object)
        found = [
            day if pd.isna(part) or pd.isna(day) else f"{day} {part}"
            for day, part in zip(found, given, strict=True)
        ]
    return pd.Series(found, index=people, dtype=object)


def sample(ranks: pd.DataFrame, moments: pd.Series, questionnaire: Questionnaire) -> Sample:
    """
    Return opinions as a sample with its half-days, one column a question of opinion.

    Parameters
    ----------
    ranks
        Of `groups.opinions`.
    moments
        Of `half_days`. One date for all says no half-day: it was given to the file.
    """
    least = [groups.least_favourable(questionnaire, str(name)) for name in ranks]
    given = ranks.to_numpy(dtype=float)
    happy = np.where(np.isnan(given), np.nan, given >= np.array(least, dtype=float))
    return Sample(happy, _codes(moments.reindex(ranks.index)))


def _codes(moments: pd.Series) -> Codes | None:
    codes, known = pd.factorize(moments.to_numpy(dtype=object))
    unknown = (codes < 0).mean() if len(codes) else 1.0
    is_told = len(known) > 1 and unknown <= _MOST_UNKNOWN
    return codes.astype(np.intp) if is_told else None


def costs_of(values: pd.DataFrame, moments: pd.Series) -> dict[str, float]:
    """
    Return by how much half-days divide the answers of each column, of `clusters.costs`.

    Parameters
    ----------
    values
        Numbers given, one row a visitor; missing where nothing was said.
    moments
        Of `half_days`.
    """
    if values.empty:
        return {}
    found = costs(numbers(values, moments))
    return dict(zip(values.columns.astype(str), found.tolist(), strict=True))


def numbers(values: pd.DataFrame, moments: pd.Series) -> Sample:
    """Return numbers given, one row a visitor, as a sample; see `costs_of`."""
    return Sample(values.to_numpy(dtype=float), _codes(moments.reindex(values.index)))


def together(samples: list[Sample]) -> Sample:
    """Return the visitors of several places as one sample: half-days of two places differ."""
    found, first = [], 0
    for one in samples:
        if one.half_days is None:
            return Sample(np.vstack([s.satisfied for s in samples]), None)
        found.append(np.where(one.half_days < 0, -1, one.half_days + first))
        first += int(one.half_days.max(initial=-1)) + 1
    return Sample(np.vstack([s.satisfied for s in samples]), np.concatenate(found))


def by_group(happy: pd.Series, labels: pd.Series, asked: Sample, question: str) -> pd.DataFrame:
    """
    Return who is satisfied, by group, and what half-days cost the answers of each group.

    Parameters
    ----------
    happy
        Of `groups.satisfied`, one a visitor.
    labels
        The group of each, in the same order.
    asked
        The same visitors, as a sample of one question.
    question
        Its name.

    Returns
    -------
    pandas.DataFrame
        Of `groups.count`, with `cout`: by how much to divide the answers, of `clusters.costs`.
    """
    found = groups.count(happy, labels, question)
    own = labels.to_numpy(dtype=object)
    found["cout"] = [
        float(costs(Sample(np.where((own == group)[:, None], asked.satisfied, np.nan),
                           asked.half_days))[0])
        for group in found["groupe"]
    ]  # fmt: skip
    return found
