"""Weights that make the answers agree with known totals: post-stratification and raking.

Weight only with totals counted elsewhere (passages by half-day or counter), two or three margins,
enough answers in each level. The report shows the figure with and without weights.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.errors import MarginError
from qpref.statistics.design import Calibration, Design, kish_effect

Array = npt.NDArray[np.float64]
Margins = Mapping[str, Mapping[Hashable, float]]

SMALLEST_CELL = 5
_SAME_TOTAL = 1e-6
_MOST_ROUNDS = 1000


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights, `by_answer`, and the `calibration` that made them."""

    by_answer: Array
    calibration: Calibration

    def design(
        self,
        strata: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
        population: npt.ArrayLike | None = None,
    ) -> Design:
        """Return the design of the weighted answers; its standard errors know the calibration."""
        return Design(self.by_answer, strata, clusters, population, self.calibration)

    @property
    def deff(self) -> float:
        """Kish's design effect."""
        return kish_effect(self.by_answer)

    @property
    def ratios(self) -> Array:
        """How many times the weight before calibration each weight is; their mean is near 1."""
        start = np.asarray(self.calibration.start, dtype=float)
        found: Array = self.by_answer / (start * self.by_answer.sum() / start.sum())
        return found

    @property
    def n_effective(self) -> float:
        """Effective sample size: how many equally weighted answers would be as precise."""
        return len(self.by_answer) / self.deff


def post_stratify(
    answers: pd.DataFrame,
    columns: list[str],
    totals: Mapping[Any, float],
    **settings: Any,  # noqa: ANN401
) -> Weights:
    """
    Return weights whose totals over the crossing of `columns` are the known ones.

    Parameters
    ----------
    answers
        One row an answer.
    columns
        One category, or several that are crossed.
    totals
        Known total by level, or by tuple of levels in the order of `columns`.
    settings
        `start`, `bounds`: see `rake`.

    Raises
    ------
    MarginError
        As `rake`.
    """
    name = " × ".join(columns)
    if len(columns) == 1:
        crossed = answers[columns[0]]
    else:
        complete = answers[columns].notna().all(axis=1)
        crossed = pd.Series(
            list(answers[columns].itertuples(index=False, name=None)), index=answers.index
        ).where(complete)
    return rake(crossed.to_frame(name), {name: totals}, **settings)


def rake(
    answers: pd.DataFrame,
    margins: Margins,
    *,
    start: npt.ArrayLike | None = None,
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-10,
) -> Weights:
    """
    Return weights whose totals are the known ones on every margin.

    Parameters
    ----------
    answers
        One row an answer, one column a margin at least.
    margins
        Known totals: level → total, by column.
    start
        Weights before calibration; all equal by default.
    bounds
        Smallest and largest weight allowed, as multiples of the mean weight; None for no bound.
    tolerance
        Largest relative error left on a total.

    Raises
    ------
    MarginError
        If a margin has a missing answer, a level without answers or without total, a total not
        over 0; if two margins disagree on the grand total; if no weights meet all totals within
        the bounds. The message names the margin.

    Notes
    -----
    Iterative proportional fitting (Deming and Stephan, Annals of Mathematical Statistics 1940).
    Weights out of bounds are cut and the fit taken up again until both hold.
    """
    codes, totals = checked_margins(answers, margins)
    given = np.ones(len(answers)) if start is None else np.asarray(start, dtype=float)
    grand = float(totals[0].sum())
    weights = given * grand / given.sum()
    low, high = (bound * grand / len(answers) for bound in bounds or (0.0, np.inf))
    for _ in range(_MOST_ROUNDS):
        weights = _one_round(weights, codes, totals)
        is_cut = _is_outside(weights, low * (1 - tolerance), high * (1 + tolerance))
        if not is_cut and max(_misfits(weights, codes, totals)) <= tolerance:
            return Weights(weights, Calibration(indicators(codes, totals), given))
        if is_cut:
            weights = np.clip(weights, low, high)
    raise _not_met(weights, codes, totals, list(margins), bounds)


def _one_round(weights: Array, codes: list[Any], totals: list[Array]) -> Array:
    for code, known in zip(codes, totals, strict=True):
        reached = np.bincount(code, weights, len(known))
        weights = weights * (known / reached)[code]
    return weights


def _is_outside(weights: Array, low: float, high: float) -> bool:
    return bool(weights.min() < low or weights.max() > high)


def _misfits(weights: Array, codes: list[Any], totals: list[Array]) -> list[float]:
    pairs = zip(codes, totals, strict=True)
    return [
        float(np.abs(np.bincount(code, weights, len(known)) / known - 1).max())
        for code, known in pairs
    ]


def indicators(codes: list[Any], totals: list[Array]) -> Array:
    """Return one column a level of each margin: 1 for the answers of that level."""
    return np.hstack([np.eye(len(t))[code] for code, t in zip(codes, totals, strict=True)])


def checked_margins(answers: pd.DataFrame, margins: Margins) -> tuple[list[Any], list[Array]]:
    """Return, by margin, the level of each answer and the known totals."""
    if not margins:
        raise MarginError("Aucune marge donnée.", "Donnez au moins un total connu.")
    codes, totals = [], []
    for name, known in margins.items():
        code, total = _one_margin(answers, name, known)
        codes.append(code)
        totals.append(total)
    sums = {name: float(total.sum()) for name, total in zip(margins, totals, strict=True)}
    largest = max(sums.values())
    if largest - min(sums.values()) > _SAME_TOTAL * largest:
        told = ", ".join(f"« {name} » : {value:g}" for name, value in sums.items())
        raise MarginError(
            f"Les marges ne donnent pas le même total ({told}).",
            "Ramenez-les au même total, ou retirez celle qui porte sur d’autres usagers.",
        )
    return codes, totals


def _one_margin(
    answers: pd.DataFrame, name: str, known: Mapping[Hashable, float]
) -> tuple[Any, Array]:
    if name not in answers:
        raise MarginError(
            f"Marge « {name} » : cette colonne n’existe pas.",
            f"Colonnes connues : {', '.join(map(str, answers.columns))}.",
        )
    levels = list(known)
    code = pd.Index(levels).get_indexer(pd.Index(answers[name]))
    missing = int(answers[name].isna().sum())
    if missing:
        raise MarginError(
            f"Marge « {name} » : {missing} réponse(s) sans valeur.",
            "Complétez-les, ou mettez ces réponses à part avant de pondérer.",
        )
    unknown = sorted({str(value) for value in answers.loc[code < 0, name]})
    if unknown:
        raise MarginError(
            f"Marge « {name} » : aucun total pour {', '.join(unknown)}.",
            "Ajoutez ce total, ou regroupez la modalité avec une autre.",
        )
    total = np.asarray([known[level] for level in levels], dtype=float)
    if not (np.isfinite(total) & (total > 0)).all():
        raise MarginError(
            f"Marge « {name} » : un total est absent, nul ou négatif.",
            "Retirez la modalité à laquelle personne n’appartient.",
        )
    counts = np.bincount(code, minlength=len(levels))
    empty = [str(level) for level, n in zip(levels, counts, strict=True) if n == 0]
    if empty:
        raise MarginError(
            f"Marge « {name} » : aucune réponse pour {', '.join(empty)}, dont le total est connu.",
            "Regroupez cette modalité avec une autre : rien ne peut la représenter.",
        )
    return code, total


def _not_met(
    weights: Array,
    codes: list[Any],
    totals: list[Array],
    names: list[str],
    bounds: tuple[float, float] | None,
) -> MarginError:
    misfits = _misfits(weights, codes, totals)
    worst = names[int(np.argmax(misfits))]
    within = " avec des poids entre {:g} et {:g} fois la moyenne".format(*bounds) if bounds else ""
    return MarginError(
        f"Marge « {worst} » : aucun jeu de poids ne respecte toutes les marges{within}.",
        "Élargissez les bornes, regroupez des modalités rares ou retirez une marge."
        if bounds
        else "Les marges se contredisent pour ces réponses : regroupez des modalités rares.",
    )


def smallest_cells(answers: pd.DataFrame, margins: Margins) -> dict[str, int]:
    """Return, by margin, the answers of its smallest level: under 5, do not weight on it."""
    counts = {name: Counter(answers[name].to_numpy(dtype=object)) for name in margins}
    return {name: min(counts[name][level] for level in known) for name, known in margins.items()}
