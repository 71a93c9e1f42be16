"""Judge all comparisons of a campaign and site together, once for every reader.

An interval is made at the level that the judgement leaves to its line, and the verdict is what the
interval says: they cannot contradict each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.statistics import student
from qpref.statistics.comparison import CHANGE, EQUAL_PUBLIC, MEAN, NOTHING

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Verdict = Literal["mieux", "moins_bien", "pas_de_difference_etablie", "a_confirmer", "non_compare"]

JUDGED = ("bas", "haut", "p", "seuil", "verdict")  # what `judge` adds to `comparison.LINES`
ESTABLISHED = ("mieux", "moins_bien")
LEVEL = 0.05
# Of the level: the main indicator, and all questions together, half of it with equal publics.
_MAIN_PART, _WHOLE_PART = 0.25, 0.25
_BESIDE_LEVEL = 0.01
_FARTHEST, _HALVINGS = 60.0, 45


def difference_interval(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k0: npt.ArrayLike,
    n0: npt.ArrayLike,
    quantile: npt.ArrayLike = 1.959963984540054,
) -> tuple[Array, Array]:
    """
    Return the interval of p1 − p0 for two independent samples.

    Parameters
    ----------
    k1, n1, k0, n0
        Satisfied answers and answers of both samples; numbers, or arrays of one shape; effective
        answers need not be whole.
    quantile
        Of the normal law or of Student's; 95 % by default.

    Notes
    -----
    Newcombe's hybrid score interval (Statistics in Medicine, 1998, method 10).

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    a, n, b, m, c = (np.asarray(x, dtype=float) for x in (k1, n1, k0, n0, quantile))
    p1, p0 = a / n, b / m
    (l1, u1), (l0, u0) = (
        (score.end(c, -1), score.end(c, 1)) for score in map(_Score.of, (p1, p0), (n, m))
    )
    return p1 - p0 - np.hypot(p1 - l1, u0 - p0), p1 - p0 + np.hypot(u1 - p1, p0 - l0)


@dataclass(frozen=True, eq=False)
class _Score:
    """Wilson's interval of a share, but for its quantile: the same for all those tried."""

    part: Array
    size: Array
    spread: Array
    twice: Array
    square: Array

    @classmethod
    def of(cls, part: Array, size: Array) -> "_Score":
        """Return that of shares and of the answers that they are worth."""
        return cls(part, size, part * (1 - part) / size, 2 * size, 4 * size**2)

    def end(self, c: Array, side: int) -> Array:
        """Return the end of the interval that a quantile gives, below (−1) or above (1)."""
        square = c**2
        half = c * np.sqrt(self.spread + square / self.square)
        found: Array = (self.part + square / self.twice + side * half) / (1 + square / self.size)
        return found


@dataclass(frozen=True, eq=False)
class _Lines:
    """The numbers of some comparisons, one value a line."""

    shares: tuple[Array, Array]
    sizes: tuple[Array, Array]
    gap: Array
    error: Array
    degrees: Array

    @classmethod
    def of(cls, *tables: pd.DataFrame) -> "_Lines":
        """Return the numbers of `comparison.LINES`, of some tables one after the other."""
        names = ("part", "part_reference", "taille", "taille_reference")
        p1, p0, n1, n0, gap, error, degrees = (
            np.concatenate([table[name].to_numpy(dtype=float) for table in tables])
            for name in (*names, "ecart", "erreur", "degres")
        )
        return cls((p1, p0), (n1, n0), gap, error, degrees)

    def around(self, quantile: Array) -> tuple[Array, Array]:
        """Return the intervals that a quantile of each line gives; missing where not compared."""
        (p1, p0), (n1, n0) = self.shares, self.sizes
        with np.errstate(invalid="ignore", divide="ignore"):
            low, high = difference_interval(p1 * n1, n1, p0 * n0, n0, quantile)
        is_mean, half = ~np.isnan(self.error), quantile * self.error
        low, high = (
            np.where(is_mean, self.gap - half, low),
            np.where(is_mean, self.gap + half, high),
        )
        absent = np.isnan(self.gap)
        return np.where(absent, np.nan, low), np.where(absent, np.nan, high)

    def intervals(self, level: npt.ArrayLike) -> tuple[Array, Array]:
        """Return the intervals that miss the truth with a chance, one for all or one a line."""
        return self.around(student.quantile(np.asarray(level, dtype=float) / 2, self.degrees))

    def p_values(self) -> Array:
        """Return the level at which each interval just reaches zero."""
        (p1, p0), (n1, n0) = self.shares, self.sizes
        is_rise, near, far = self.gap > 0, np.zeros(len(p1)), np.full(len(p1), _FARTHEST)
        above, below = np.where(is_rise, p1, p0), np.where(is_rise, p0, p1)
        n_above, n_below = np.where(is_rise, n1, n0), np.where(is_rise, n0, n1)
        size, is_mean = np.abs(self.gap), ~np.isnan(self.error)
        with np.errstate(invalid="ignore", divide="ignore"):
            lower, upper = _Score.of(above, n_above), _Score.of(below, n_below)
            for _ in range(_HALVINGS):  # the interval widens with the quantile
                middle = (near + far) / 2  # only its end towards zero
                width = np.hypot(above - lower.end(middle, -1), upper.end(middle, 1) - below)
                is_off = size > np.where(is_mean, middle * self.error, width)
                near, far = np.where(is_off, middle, near), np.where(is_off, far, middle)
        p = 2 * student.tail(near, self.degrees)
        return np.where(np.isnan(self.gap), np.nan, np.minimum(p, 1.0))


def bounds(lines: pd.DataFrame, level: npt.ArrayLike) -> tuple[Array, Array]:
    """
    Return the intervals of some lines.

    Parameters
    ----------
    lines
        `comparison.LINES`.
    level
        Chance that the interval misses the truth, one for all or one a line.
    """
    return _Lines.of(lines).intervals(level)


def p_values(lines: pd.DataFrame) -> Array:
    """
    Return, line by line, the level at which the interval just reaches zero.

    The two-sided p-value of no difference, without correction; missing where nothing is compared.
    """
    return _Lines.of(lines).p_values()


def judge(
    families: Mapping[str, pd.DataFrame],
    main: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
    *,
    is_shared: bool = False,
) -> dict[str, pd.DataFrame]:
    """
    Return all the comparisons of a campaign and site with an interval and a verdict each.

    Parameters
    ----------
    families
        `LINES` by name of family, all that is compared, whatever page shows it; `CHANGE`, `MEAN`
        and `EQUAL_PUBLIC` are those of the change since the campaign before.
    main
        The question of overall satisfaction, named beforehand.
    beside
        Comparisons that another site's report makes too, the other way round: judged apart, so
        that both reports say the same. They have a fifth of the level.
    is_shared
        Whether that fifth is left to such comparisons, judged elsewhere (`judged_apart`).

    Returns
    -------
    dict
        The same tables with `JUDGED`. `p` is without correction; `seuil` is what it must not be
        over when no other line differs. The verdict is what the interval says: « mieux » above
        zero, « moins_bien » below, « pas_de_difference_etablie » when it holds zero.

    Notes
    -----
    Weighted step-up of Benjamini and Hochberg (Genovese, Roeder and Wasserman, Biometrika 2006):
    the change of the main question has a quarter of the level, the mean of the questions another
    (half of it for the change at equal public, if there is one), all the rest the other half.
    Intervals are those of Benjamini and Yekutieli (JASA 2005) for what was so selected: they
    exclude zero where, and only where, the step-up rejects. When nothing differs, one report in
    twenty at most says the contrary.
    """
    shared = {name: table for name, table in (beside or {}).items() if len(table)}
    left = LEVEL - (_BESIDE_LEVEL if shared or is_shared else 0)
    return {
        **_judged_together(families, main, left),
        **_judged_together(beside or {}, "", _BESIDE_LEVEL),
    }


def judged_apart(families: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """
    Return comparisons judged together, but apart from those of `judge`, which they never change.

    A fifth of the level is theirs, beside that of `judge`, whose own false alarms leave as much.
    """
    return _judged_together(families, "", _BESIDE_LEVEL)


def _judged_together(
    families: Mapping[str, pd.DataFrame], main: str, level: float
) -> dict[str, pd.DataFrame]:
    empty = NOTHING.assign(**dict.fromkeys(JUDGED))
    filled = {name: table for name, table in families.items() if len(table)}
    if not filled:
        return dict.fromkeys(families, empty)
    lines = _Lines.of(*filled.values())
    names = np.repeat([*filled], [len(table) for table in filled.values()])
    asked = np.concatenate([table["question"].to_numpy(dtype=object) for table in filled.values()])
    weights = _weights(~np.isnan(lines.gap), names, asked == main)
    p = lines.p_values()
    low, high = lines.intervals(_levels(p, weights, level))
    said = np.array([verdict(*pair) for pair in zip(low, high, strict=True)], dtype=object)
    columns = (low, high, p, level * weights / max(weights.sum(), 1), said)
    told = pd.DataFrame(dict(zip(JUDGED, columns, strict=True)))  # once: a table costs by column
    found, first = {}, 0
    for name, table in filled.items():
        own = told.iloc[first : first + len(table)].set_axis(table.index)
        found[name] = pd.concat([table, own], axis=1)
        first += len(table)
    return {name: found.get(name, empty) for name in families}


def verdict(low: float, high: float) -> Verdict:
    """
    Return what the interval of a difference says.

    Examples
    --------
    >>> verdict(0.01, 0.2), verdict(-0.02, 0.2), verdict(-0.2, -0.01)
    ('mieux', 'pas_de_difference_etablie', 'moins_bien')
    """
    if np.isnan(low):
        return "non_compare"
    if low > 0:
        return "mieux"
    return "moins_bien" if high < 0 else "pas_de_difference_etablie"


def explored(lines: pd.DataFrame) -> pd.DataFrame:
    """
    Return comparisons that nobody had planned: never a verdict, at most something to confirm.

    Intervals hold all the truths of the table together 95 times in 100 (Bonferroni); they do not
    depend on what else was looked at.
    """
    tested = int(lines["ecart"].notna().sum())
    low, high = bounds(lines, LEVEL / max(tested, 1))
    found = [verdict(*pair) for pair in zip(low, high, strict=True)]
    said = ["a_confirmer" if one in ESTABLISHED else one for one in found]
    return lines.assign(bas=low, haut=high, p=p_values(lines), verdict=said)


def unplanned(families: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of `judge` for comparisons that nobody had planned, each `explored`."""
    found = {}
    for name, table in families.items():
        level = LEVEL / max(int(table["ecart"].notna().sum()), 1)
        own = explored(table) if len(table) else table.assign(**dict.fromkeys(JUDGED))
        found[name] = own.assign(seuil=level)
    return found


def _weights(tested: Flags, names: npt.NDArray[Any], is_of_main: Flags) -> Array:
    """Return the part of the level of each line, times the number of lines compared."""
    is_main, is_mean, is_equal = (
        tested & chosen
        for chosen in ((names == CHANGE) & is_of_main, names == MEAN, names == EQUAL_PUBLIC)
    )
    rest = tested & ~is_main & ~is_mean & ~is_equal
    parts = np.zeros(len(tested))
    parts[is_main] = _MAIN_PART
    parts[is_mean] = _WHOLE_PART / (2 if is_equal.any() else 1)
    parts[is_equal] = _WHOLE_PART / (2 if is_mean.any() else 1)
    left = 1 - _MAIN_PART - _WHOLE_PART
    parts[rest] = left / max(int(rest.sum()), 1)
    found: Array = parts / max(parts.sum(), 1e-12) * tested.sum()
    return found


def _levels(p: Array, weights: Array, level: float) -> Array:
    """Return the level of each line's interval: that of the step-up where it stopped."""
    m = int((~np.isnan(p)).sum())
    at = np.minimum(level * np.outer(np.arange(1, m + 1), weights) / max(m, 1), LEVEL)
    counts = (np.nan_to_num(p, nan=2.0) <= at).sum(1) if m else np.array([])
    reached = np.flatnonzero(counts >= np.arange(1, m + 1))
    found: Array = at[reached[-1] if len(reached) else 0] if m else np.full(len(p), LEVEL)
    return np.where(found > 0, found, LEVEL)
