"""Calibrate weights to known totals, as close as possible to the initial ones."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.errors import MarginError
from qpref.statistics.design import Calibration
from qpref.statistics.weighting import Margins, Weights, checked_margins, indicators

Array = npt.NDArray[np.float64]
Method = Literal["lineaire", "ratissage", "logit", "tronquee"]
_Function = Callable[[Array], tuple[Array, Array]]

_NAMES = {
    "lineaire": "calage linéaire",
    "ratissage": "ratissage",
    "logit": "calage logit",
    "tronquee": "calage linéaire tronqué",
}
_MOST_STEPS = 100
_HALVINGS = 30
_NEAR = 1e-11  # of the totals


def calibrate(
    answers: pd.DataFrame,
    margins: Margins,
    method: Method = "logit",
    *,
    start: npt.ArrayLike | None = None,
    bounds: tuple[float, float] = (0.3, 3.0),
) -> Weights:
    """
    Return weights whose totals are the known ones, as near as can be to those given.

    Parameters
    ----------
    answers, margins
        Of `weighting.rake`.
    method
        Distance to the weights given: « lineaire » (least squares; refused if one is not over 0),
        « ratissage » (as `weighting.rake` without bounds), « logit » and « tronquee » (least
        squares cut), which keep within the bounds.
    start
        Weights before calibration; all equal by default.
    bounds
        Smallest and largest ratio of a weight to the one given, around 1, for « logit » and
        « tronquee ».

    Raises
    ------
    MarginError
        As `weighting.rake`; or if no weights are found, or some are not over 0.
    ValueError
        If 1 is not between the bounds.

    Notes
    -----
    Deville and Särndal, Journal of the American Statistical Association 1992: weight = start ×
    F(x'λ), λ by Newton's method. The four functions F are those of the macro Calmar of INSEE, and
    of `calibrate` in R's package survey. Look at `Weights.ratios` (how far weights moved) and
    `Weights.deff` (what they cost) before publishing.
    """
    if not bounds[0] < 1 < bounds[1]:
        raise ValueError(f"bounds={bounds}")
    codes, totals = checked_margins(answers, margins)
    given = np.ones(len(answers)) if start is None else np.asarray(start, dtype=float)
    grand, columns = float(totals[0].sum()), indicators(codes, totals)
    before = given * grand / given.sum()
    ratios = _ratios(columns, before, np.concatenate(totals), _function(method, bounds))
    if ratios is None or not (ratios > 0).all():
        raise _not_met(method, bounds)
    return Weights(before * ratios, Calibration(columns, given))


def _not_met(method: Method, bounds: tuple[float, float]) -> MarginError:
    """Return the refusal; only two methods have bounds to widen."""
    if method not in ("logit", "tronquee"):
        return MarginError(
            f"Aucun jeu de poids au-dessus de zéro ne respecte les marges ({_NAMES[method]}).",
            "Regroupez des modalités rares, retirez une marge, ou prenez une autre méthode.",
        )
    within = "{:g} et {:g}".format(*bounds).replace(".", ",")
    return MarginError(
        f"Aucun jeu de poids entre {within} fois ceux de départ ne respecte toutes les marges "
        f"({_NAMES[method]}).",
        "Élargissez les bornes, regroupez des modalités rares ou retirez une marge.",
    )


def _function(method: Method, bounds: tuple[float, float]) -> _Function:
    """Return F and its derivative."""
    low, high = bounds
    if method == "lineaire":
        return lambda u: (1 + u, np.ones_like(u))
    if method == "ratissage":
        return lambda u: (np.exp(np.minimum(u, 50.0)), np.exp(np.minimum(u, 50.0)))
    if method == "tronquee":
        return lambda u: (np.clip(1 + u, low, high), ((1 + u > low) & (1 + u < high)).astype(float))
    scale = (high - low) / ((1 - low) * (high - 1))

    def logit(u: Array) -> tuple[Array, Array]:
        grown = np.exp(np.clip(scale * u, -50.0, 50.0))
        below = (high - 1) + (1 - low) * grown
        found = (low * (high - 1) + high * (1 - low) * grown) / below
        return found, scale * (found - low) * (high - found) / (high - low)

    return logit


def _ratios(columns: Array, before: Array, totals: Array, function: _Function) -> Array | None:
    """Return F(x'λ) that meets the totals; None when Newton's steps find no such λ."""
    multipliers = np.zeros(columns.shape[1])
    ratios, slopes = function(columns @ multipliers)
    misfit = totals - columns.T @ (before * ratios)
    for _ in range(_MOST_STEPS):
        if float(np.abs(misfit / totals).max()) <= _NEAR:
            return ratios
        # Margins share their total: the matrix is short of rank, and least squares takes it.
        step = np.linalg.lstsq(
            (columns * (before * slopes)[:, None]).T @ columns, misfit, rcond=None
        )[0]
        for halving in range(_HALVINGS):
            tried = multipliers + step / 2**halving
            ratios, slopes = function(columns @ tried)
            left = totals - columns.T @ (before * ratios)
            if np.abs(left).sum() < np.abs(misfit).sum():
                break
        else:
            return None
        multipliers, misfit = tried, left
    return None
