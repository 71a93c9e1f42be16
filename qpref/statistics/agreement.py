"""Agreement between two shoppers who judged the same contacts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.measure import Measure
from qpref.statistics.shares import reliability

inter_rater = lazy("statsmodels.stats.inter_rater")

Array = npt.NDArray[np.float64]
_HALF_LEVEL = 0.025
_NOTHING = 1e-12
FEWEST_CONTACTS = 10  # judged twice; a convention of ours: the law of kappa is that of many
_Z = 1.959963984540054


@dataclass(frozen=True)
class RaterAgreement:
    """
    Agreement of two judges.

    `n` contacts judged twice; `raw`, share of same judgements, with its exact 95 % interval
    `raw_low` to `raw_high`; Cohen's `kappa` with `kappa_low` to `kappa_high`; Gwet's `ac1`. The
    last four are missing when nothing varies: when both judges say the same of every contact,
    chance alone would agree as well. The bounds of kappa are missing when its standard error is
    zero, as when nobody disagrees: it would be a point, whatever the number of contacts.
    """

    n: int
    raw: float
    raw_low: float
    raw_high: float
    kappa: float
    kappa_low: float
    kappa_high: float
    ac1: float

    @property
    def same(self) -> int:
        """Contacts on which both judges say the same."""
        return round(self.raw * self.n)

    def measure(self, key: str = "", label: str = "") -> Measure:
        """Return the share of same judgements, under the name of what was judged."""
        return Measure(
            key=key,
            label=label,
            n=self.n,
            count=self.same,
            value=self.raw,
            low=self.raw_low,
            high=self.raw_high,
            reliability=reliability(self.n),
        )


@dataclass(frozen=True)
class DoubleJudgement:
    """Agreement of two judges on some `contacts`: on all judgements, then by criterion."""

    contacts: int
    whole: RaterAgreement
    by_criterion: Mapping[str, RaterAgreement]


def agreement(first: npt.ArrayLike, second: npt.ArrayLike) -> RaterAgreement:
    """
    Return the agreement of two judges on the same contacts.

    Parameters
    ----------
    first, second
        One judgement a contact, in the same order; contacts that one did not judge are left out.

    Raises
    ------
    ValueError
        If no contact was judged by both.

    Notes
    -----
    Kappa and its standard error: Fleiss, Cohen and Everitt, Psychological Bulletin 1969
    (statsmodels). A rare judgement makes kappa low though judges agree: raw agreement and AC1
    (Gwet, British Journal of Mathematical and Statistical Psychology 2008) stand beside it.

    Examples
    --------
    >>> found = agreement(["oui", "oui", "non", "oui"], ["oui", "oui", "non", "non"])
    >>> found.raw, found.kappa
    (0.75, 0.5)
    """
    pair = pd.DataFrame({"a": pd.Series(first), "b": pd.Series(second)}).dropna()
    n = len(pair)
    if n == 0:
        raise ValueError("no contact judged twice")
    levels = pd.Index(sorted({*pair["a"], *pair["b"]}), dtype=object)
    size = len(levels)
    cells = levels.get_indexer(pair["a"]) * size + levels.get_indexer(pair["b"])
    counts = np.bincount(cells, minlength=size * size).reshape(size, size).astype(float)
    same = int(np.trace(counts))
    low = float(scipy.stats.beta.ppf(_HALF_LEVEL, same, n - same + 1)) if same else 0.0
    high = float(scipy.stats.beta.isf(_HALF_LEVEL, same + 1, n - same)) if same < n else 1.0
    if size == 1:
        missing = (np.nan,) * 4
        return RaterAgreement(n, same / n, low, high, *missing)
    with np.errstate(invalid="ignore"):  # figures of statsmodels that we do not read
        found = inter_rater.cohens_kappa(counts)
    kappa, variance = float(found.kappa), float(found.var_kappa)
    half = _Z * float(np.sqrt(variance)) if variance > _NOTHING else np.nan
    shares = (counts.sum(0) + counts.sum(1)) / (2 * n)
    chance = float((shares * (1 - shares)).sum() / (size - 1))
    bottom, top = (float(np.clip(kappa + side, -1, 1)) for side in (-half, half))
    return RaterAgreement(
        n, same / n, low, high, kappa, bottom, top,
        (same / n - chance) / (1 - chance),
    )  # fmt: skip


def krippendorff(
    judgements: pd.DataFrame, level: Literal["nominal", "ordinal", "interval"] = "nominal"
) -> float:
    """
    Return Krippendorff's alpha: agreement of any number of judges, some of them missing.

    Parameters
    ----------
    judgements
        Numbers, one row a contact, one column a judge; missing where a judge did not see it.
    level
        What the numbers are: names, ranks, or a scale.

    Returns
    -------
    float
        1 when all agree, 0 when they agree as chance would; missing when nothing varies.

    Notes
    -----
    1 − observed over expected disagreement (Krippendorff, Content Analysis, 2004, ch. 11), by the
    matrix of coincidences. Our own lines: the package that has it cannot be joined to ours
    (GPL).

    Examples
    --------
    >>> round(krippendorff(pd.DataFrame({"a": [1, 2, 3, 3], "b": [1, 2, 3, 2]})), 3)
    0.667
    """
    values = judgements.to_numpy(dtype=float)
    codes = np.unique(values[~np.isnan(values)])
    counts = np.array([(values == code).sum(1) for code in codes], dtype=float).T
    pairable = counts[counts.sum(1) > 1]
    seen = pairable.sum(1)
    pairs = (pairable / (seen - 1)[:, None]).T @ pairable
    coincidences = pairs - np.diag((pairable / (seen - 1)[:, None]).sum(0))
    totals = coincidences.sum(0)
    distance = _distance(codes, totals, level)
    expected = float(totals @ distance @ totals)
    if expected == 0:
        return float("nan")
    observed = float((coincidences * distance).sum())
    return 1 - float(totals.sum() - 1) * observed / expected


def _distance(codes: Array, totals: Array, level: str) -> Array:
    """Return the squared difference of each pair of values."""
    if level == "nominal":
        return 1 - np.eye(len(codes))
    places = codes if level == "interval" else np.cumsum(totals) - totals / 2
    found: Array = (places[:, None] - places[None, :]) ** 2
    return found


def judged_twice(contacts: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """
    Return the judgements of contacts that two shoppers judged.

    Parameters
    ----------
    contacts
        Table `contacts_mysteres`; the second judgement has the status « double » and names the
        first in `double_de`.
    judged
        Table `visites_mysteres`.

    Returns
    -------
    pandas.DataFrame
        `contact_id`, `canal`, `critere`, `premier`, `second`: criteria that both judged.
    """
    again = contacts.loc[contacts["statut"] == "double", ["contact_id", "double_de", "canal"]]
    seen = judged.loc[judged["etat"] == "repondu", ["contact_id", "critere", "reponse"]]
    second = again.merge(seen, on="contact_id").drop(columns="contact_id")
    first = seen.rename(columns={"contact_id": "double_de", "reponse": "premier"})
    both = second.merge(first, on=["double_de", "critere"]).rename(
        columns={"double_de": "contact_id", "reponse": "second"}
    )
    found: pd.DataFrame = both[["contact_id", "canal", "critere", "premier", "second"]]
    return found.dropna(subset=["premier", "second"]).reset_index(drop=True)


def double_judgement(table: pd.DataFrame) -> DoubleJudgement:
    """
    Return the agreement of two judges, on the whole and criterion by criterion.

    Parameters
    ----------
    table
        Of `judged_twice`, not empty.
    """
    return DoubleJudgement(
        table["contact_id"].nunique(),
        agreement(table["premier"], table["second"]),
        {
            str(name): agreement(rows["premier"], rows["second"])
            for name, rows in table.groupby("critere", sort=False)
        },
    )
