"""One mark out of ten for the mystery contacts of a site, with its uncertainty."""

from dataclasses import dataclass
from math import isnan, nan, sqrt

import numpy as np
import pandas as pd
import scipy

from qpref.quality.mystery import MET, NOT_MET, PARTLY, MysterySurvey, outcomes

BEST, WORST = 10.0, 0.0
_MARKS = {MET: BEST, PARTLY: WORST, NOT_MET: WORST}
_LEVEL = 0.95
_NOTHING = 1e-9


@dataclass(frozen=True)
class Score:
    """
    A mark out of ten, its 95 % interval, and the contacts and commitments behind it.

    The bounds are missing when there is one contact, or when all weigh on the mark alike.
    """

    value: float
    low: float
    high: float
    contacts: int
    commitments: int

    @property
    def is_known(self) -> bool:
        """Whether there are contacts enough for an interval."""
        return not isnan(self.low)


def contact_marks(survey: MysterySurvey) -> pd.DataFrame:
    """
    Return the mark out of ten that each contact gave to each criterion.

    Returns
    -------
    pandas.DataFrame
        `contact_id`, `critere`, `engagement`, `note`: 10 for a criterion met, 0 for one that is
        not, or met in part only; a mark brought to ten (15 out of 20 is 7.5).
    """
    found, judged = outcomes(survey), survey.judged
    met = found.assign(note=found["resultat"].map(_MARKS)).drop(columns=["canal", "resultat"])
    kept = survey.kept["contact_id"]
    seen = judged.loc[judged["note"].notna() & judged["contact_id"].isin(kept)]
    highest = {own.id: own.highest for own in survey.grid.criteres if own.highest}
    seen = seen.loc[seen["critere"].isin(highest)]
    seen = seen.assign(note=seen["note"] * BEST / seen["critere"].map(highest))
    every = pd.concat([met, seen[["contact_id", "critere", "note"]]], ignore_index=True)
    every["note"] = every["note"].astype("float64")
    # A criterion of no commitment is one by itself.
    owner = {
        criterion.id: criterion.engagement or criterion.id for criterion in survey.grid.criteres
    }
    return every.assign(engagement=every["critere"].map(owner))


def site_score(marks: pd.DataFrame) -> Score:
    """
    Return the mean of the commitments' marks, each the mean of its criteria.

    Parameters
    ----------
    marks
        Of `contact_marks`.

    Notes
    -----
    The weighting of the national panels was not read: equal weights. Interval: delete-one jackknife
    over contacts (Shao and Tu 1995, chapter 1), Student's t, cut at 0 and 10. A criterion that only
    the contact left out had seen drops from its commitment.
    """
    if marks.empty:
        return Score(nan, nan, nan, 0, 0)
    wide = marks.pivot_table(index="contact_id", columns="critere", values="note")
    owner = marks.drop_duplicates("critere").set_index("critere")["engagement"][wide.columns]
    codes, names = pd.factorize(owner)
    values = wide.to_numpy()
    n = len(values)
    seen = ~np.isnan(values)
    total, count = np.where(seen, values, 0).sum(axis=0), seen.sum(axis=0)
    whole = _mean(total[None], count[None], codes)[0]
    if n == 1:
        return Score(whole, nan, nan, 1, len(names))
    left = _mean(total - np.where(seen, values, 0), count - seen, codes)
    spread = sqrt((n - 1) / n * float(((left - left.mean()) ** 2).sum()))
    if spread < _NOTHING:  # no contact tells anything that the others do not
        return Score(whole, nan, nan, n, len(names))
    width = float(scipy.stats.t.ppf((1 + _LEVEL) / 2, n - 1)) * spread
    return Score(whole, max(whole - width, WORST), min(whole + width, BEST), n, len(names))


def _mean(total: np.ndarray, count: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the mean over commitments of the means of their criteria, row by row."""
    present = count > 0
    means = np.divide(total, count, out=np.zeros_like(total), where=present)
    groups = np.eye(codes.max() + 1)[codes]  # criterion x commitment
    held = present @ groups
    by_group = np.divide(means @ groups, held, out=np.zeros_like(held, float), where=held > 0)
    found: np.ndarray = by_group.sum(axis=1) / (held > 0).sum(axis=1)
    return found
