"""The cumulative logit of statsmodels, imported only when a model is fitted."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_fprime

Array = npt.NDArray[np.float64]
_SMALLEST = 1e-300  # of a probability whose logarithm is taken


class CumulativeLogit(OrderedModel):  # type: ignore[misc]
    """
    statsmodels' model with the exact gradient, and each row standing for several answers.

    statsmodels takes weights without a word and ignores them: here they count.
    """

    repeats: Array

    def loglike(self, params: Array) -> float:
        """Return the log-likelihood of all answers."""
        return float(self.repeats @ self.loglikeobs(params))

    def score(self, params: Array) -> Array:
        """Return the gradient of the log-likelihood."""
        low, high = self._bounds(params)
        chance = np.maximum(expit(high) - expit(low), _SMALLEST)
        d_high, d_low = (self.repeats * expit(b) * expit(-b) / chance for b in (high, low))
        slopes = self.exog.T @ (d_low - d_high)
        cuts = np.zeros(self.k_levels + 1)
        np.add.at(cuts, self.endog + 1, d_high)
        np.add.at(cuts, self.endog, -d_low)
        # A transformed threshold moves its own cut and all those above.
        above = np.cumsum(cuts[1:-1][::-1])[::-1]
        steps = np.exp(params[-(self.k_levels - 1) :])
        steps[0] = 1.0
        found: Array = np.concatenate([slopes, above * steps])
        return found

    def hessian(self, params: Array) -> Array:
        """Return the derivative of the gradient."""
        found: Array = approx_fprime(params, self.score, centered=True)
        return (found + found.T) / 2
