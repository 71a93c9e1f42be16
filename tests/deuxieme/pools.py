"""The numbers that a page may show of each question, counted again: what is not there is false."""

from dataclasses import dataclass, field
from math import sqrt

from scipy import stats

from tests.deuxieme.oracle import wilson

FEW, RARE = 30, 5  # answers, and answers of one side, under which an interval is exact

_NORMAL = stats.norm


@dataclass
class Pool:
    """Shares, differences of shares, and other numbers."""

    shares: set = field(default_factory=set)
    gaps: set = field(default_factory=set)
    numbers: set = field(default_factory=set)

    def __or__(self, other):
        return Pool(
            self.shares | other.shares, self.gaps | other.gaps, self.numbers | other.numbers
        )

    def part(self, k, n):
        """A count among a base, without interval."""
        self.numbers |= {k, n}
        self.shares |= {k / n} if n else set()

    def share(self, k, n, cost=1.0):
        """A count among a base, and its interval on the answers that half-days leave."""
        self.part(k, n)
        if n:
            is_exact = n < FEW or min(k, n - k) < RARE
            bounds = clopper if is_exact else wilson
            self.shares |= {*bounds(k / cost, n / cost)}

    def explains(self, value, digits, unit):
        """Whether a number shown is one of these, rounded as shown (a half rounds either way)."""
        known = {"%": self.shares, "point": self.gaps}.get(unit, self.numbers)
        scale = 100 if unit else 1
        near = 0.5 * 10.0**-digits + 1e-9
        return any(abs(scale * one - value) <= near for one in known)


def clopper(k, n):
    """Clopper and Pearson's exact interval of a share (Biometrika 1934), 95 %."""
    low = stats.beta.ppf(0.025, k, n - k + 1) if k else 0.0
    high = stats.beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    return low, high


def mean_interval(values, cost=1.0):
    """Student's interval of a mean, 95 %, on the answers that half-days leave."""
    n = len(values)
    half = stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / sqrt(n / cost)
    return values.mean() - half, values.mean() + half


def net_interval(promoters, detractors, n, cost=1.0):
    """The net score and its 95 % interval: multinomial variance, normal law, within −1 and 1."""
    p, d = promoters / n, detractors / n
    half = _NORMAL.ppf(0.975) * sqrt((p + d - (p - d) ** 2) / (n / cost))
    return p - d, max(p - d - half, -1), min(p - d + half, 1)


def visible_move(n1, n0, share, level=0.05):
    """The smallest rise seen 8 times in 10, two-sided test of two shares, normal approximation."""
    z = _NORMAL.ppf(1 - level / 2)
    for step in range(1, int(1000 * (1 - share)) + 1):
        rise = step / 1000
        now = share + rise
        pooled = (now * n1 + share * n0) / (n1 + n0)
        null = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        real = sqrt(now * (1 - now) / n1 + share * (1 - share) / n0)
        if _NORMAL.cdf((rise - z * null) / real) >= 0.8:
            return rise
    return None
