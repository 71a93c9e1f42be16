"""
The fitted numbers of the second example's detailed analyses, found again from their definitions.

Nothing of qpref is used here: weights of questions from the R² of every subset of them, cumulative
logit from its likelihood, its shares by giving everyone each site in turn, design effect and
standardised shares from their formulas.
"""

from functools import cached_property, partial
from itertools import combinations
from math import comb, sqrt

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.numdiff import approx_fprime_cs, approx_hess_cs

from tests.deuxieme.figures import figures, half_of_the_last_digit
from tests.deuxieme.oracle import Z, wilson
from tests.deuxieme.pools import Pool

DRIVERS = "Que faut-il améliorer d’abord ?"  # the part of the page
ANSWERS_PER_DRIVER, MOST_DRIVERS = 15, 8
RARE = 15  # answers under which the levels of a factor are joined before the model is fitted
HALF_DAYS = 10  # under which no design effect is given
NEWTON = 8  # rounds, each squaring the error
DRAWS, ALLOWED = 300, 0.2  # resamples of this file; what chance may change of a half-width


class Fitted:
    """What the models of one site and campaign must give."""

    def __init__(self, expected):
        self.expected, self.received = expected, expected.received
        self.main = self.received.roles["satisfaction_globale"]

    def ranks(self, question, rows):
        """The place of the level chosen, higher for more favourable."""
        codes = [m["code"] for m in self.received.levels(question)]
        is_best_first = codes[0] in self.received.favourable(question)
        ordered = codes[::-1] if is_best_first else codes
        return rows[question].map({code: place for place, code in enumerate(ordered)})

    # Weights of the questions in overall satisfaction

    @cached_property
    def available(self):
        """Ranks of the questions that the answers carry: 15 visitors a question for any pair."""
        opinions = [q for q, a in self.received.questions.items() if a["type"] == "opinion"]
        every = pd.DataFrame({q: self.ranks(q, self.expected.now) for q in opinions})
        asked = every.loc[every[self.main].notna()]
        others = [q for q in opinions if q != self.main and asked[q].std() > 0]
        chosen = []
        for name in sorted(others, key=lambda q: -asked[q].notna().sum()):
            together = [*chosen, name, self.main]
            fewest = min(
                (asked[x].notna() & asked[y].notna()).sum() for x in together for y in together
            )
            if len(chosen) < MOST_DRIVERS and fewest >= ANSWERS_PER_DRIVER * (len(chosen) + 1):
                chosen.append(name)
        return asked[[*chosen, self.main]]

    @property
    def sizes(self):
        """Answers to each question and to the overall one."""
        return self.available.drop(columns=self.main).notna().sum().to_dict()

    @cached_property
    def weights(self):
        """The part of each question in R² (Shapley's value), and R²; pairs that were answered."""
        parts = shapley(self.available.rank().corr().to_numpy()[None])[0]
        return dict(zip(self.available, parts / parts.sum(), strict=False)), parts.sum()

    @cached_property
    def bounds(self):
        """
        Where the bounds of a weight may lie.

        On the logit, bounds are ± the largest standardised deviation of all questions, met 95
        times in 100. Both the reports' draws and ours are random: the half-width may differ by a
        fifth (a percentile 95 of maxima, of 1,000 and of 300 draws, and the spread: each within
        some 5 %).
        """
        values = self.available.to_numpy()
        rng, drawn = np.random.default_rng(1), []
        for _ in range(DRAWS):
            rows = rng.integers(0, len(values), size=len(values))
            ranks = pd.DataFrame(self.available.rank().to_numpy()[rows])
            drawn.append(ranks.corr().fillna(0).to_numpy())
        parts = shapley(np.array(drawn))
        parts = special.logit(np.clip(parts / parts.sum(1, keepdims=True), 1e-4, 1 - 1e-4))
        centre = special.logit([self.weights[0][name] for name in self.sizes])
        spread = np.sqrt(((parts - centre) ** 2).mean(0))
        half = np.quantile(np.abs((parts - centre) / spread).max(1), 0.95) * spread
        pairs = [
            special.expit(centre + side * half)
            for side in (-1 - ALLOWED, -1 + ALLOWED, 1 - ALLOWED, 1 + ALLOWED)
        ]
        return dict(zip(self.sizes, np.transpose(pairs), strict=True))

    # Half-days

    @cached_property
    def by_half_day(self):
        """Effect of the half-days (here days) on the share satisfied, and what it leaves of n."""
        codes = self.expected.now[self.main]
        known = codes.isin([m["code"] for m in self.received.levels(self.main)])
        happy = codes[known].isin(self.received.favourable(self.main)).astype(float)
        days = self.expected.now.loc[known, self.received.roles["date"]]
        n, share, clusters = len(happy), happy.mean(), days.nunique()
        found = Pool(numbers={clusters, HALF_DAYS})
        if clusters >= HALF_DAYS:
            sums = ((happy - share) / n).groupby(days).sum()
            # Never under 1: half-days make no answer worth more than one.
            effect = max(clusters * sums.var(ddof=1) / (share * (1 - share) / (n - 1)), 1.0)
            found.numbers |= {effect, n / effect}
        return found

    # Those who refused

    @cached_property
    def missing(self):
        """Rates of the log, evenness of the chances to answer, both halves, scenarios."""
        log = self.expected.log
        asked = log["Abordés"] - log["Inéligibles"]
        pool, rate = Pool(numbers={1}), log["Complets"].sum() / asked.sum()
        pool.share(int(log["Complets"].sum()), int(asked.sum()))
        days = pd.to_datetime(log["Date"], dayfirst=True).dt.day_of_week
        for _, rows in log.assign(asked=asked).groupby(days):
            pool.share(int(rows["Complets"].sum()), int(rows["asked"].sum()))
        pool.numbers.add(self._evenness(log["Complets"], asked, days))
        k, n = self.received.opinion(self.main, self.expected.now)
        for less in (0.1, 0.2, 0.3):
            pool.numbers |= {100 * less, n}
            pool.gaps.add(less)
            pool.shares.add(k / n - (1 - rate) * less)
        return pool | self._halves

    def _evenness(self, complete, asked, days):
        """R, the mean variance of the estimated chances taken off, in a binomial model by day."""
        columns = pd.get_dummies(days, dtype=float)
        model = GLM(np.column_stack([complete, asked - complete]), columns, Binomial()).fit()
        chances = model.get_prediction(columns)
        weights = asked / asked.sum()
        mean = (weights * chances.predicted_mean).sum()
        spread = (weights * (chances.predicted_mean - mean) ** 2).sum()
        spread *= asked.sum() / (asked.sum() - 1)
        return 1 - 2 * sqrt(max(spread - (weights * chances.se_mean**2).sum(), 0))

    @cached_property
    def _halves(self):
        """Both halves of the days of answers, by sums of influences day by day."""
        codes = self.expected.now[self.main]
        known = codes.isin([m["code"] for m in self.received.levels(self.main)])
        happy = codes[known].isin(self.received.favourable(self.main)).astype(float)
        dates = self.expected.now.loc[known, self.received.roles["date"]]
        days, pool = sorted(dates.unique()), Pool()
        if len(days) < HALF_DAYS:
            return pool
        late = dates >= days[(len(days) + 1) // 2]
        sides = [happy[late], happy[~late]]
        parts = ((happy - sides[0].mean()) / len(sides[0])).where(
            late, (sides[1].mean() - happy) / len(sides[1])
        )
        for side in sides:
            pool.share(int(side.sum()), len(side))
        gap, half = sides[0].mean() - sides[1].mean(), stats.t.ppf(0.975, len(days) - 1)
        half *= sqrt(len(days) * parts.groupby(dates).sum().var(ddof=1))
        pool.gaps |= {gap, gap - half, gap + half}
        return pool

    # This site and the others, the public held equal

    @cached_property
    def _every(self):
        """Answers of all sites: site, reason of visit, rank, whether favourable."""
        rows = self.received.of(self.expected.campaign)
        reasons = self.received.roles["motif"]
        known = [m["code"] for m in self.received.levels(reasons)]
        happy = rows[self.main].isin(self.received.favourable(self.main))
        found = pd.DataFrame({"site": rows["site"], "rank": self.ranks(self.main, rows)})
        found["reason"] = rows[reasons].where(rows[reasons].isin(known))
        return found.assign(happy=happy.astype(float).where(found["rank"].notna()))

    @cached_property
    def at_equal_reasons(self):
        """Shares at equal reasons of visit, here and elsewhere: direct standardisation."""
        known = self._every.dropna()
        own = known["site"] == self.expected.site
        sides = [known.loc[own], known.loc[~own]]
        counts = [one.groupby("reason")["happy"].agg(["sum", "size"]) for one in sides]
        size = counts[0]["size"] + counts[1]["size"]  # every reason is met on both sides
        shares, below, above = [], 0.0, 0.0
        for side, one in zip((1, -1), counts, strict=True):
            weight = size / size.sum()
            shares.append(float((weight * one["sum"] / one["size"]).sum()))
            for k, n, w in zip(one["sum"], one["size"], weight, strict=True):
                low, high = wilson(k, n)
                under, over = w * (k / n - low), w * (high - k / n)
                below += (under if side > 0 else over) ** 2
                above += (over if side > 0 else under) ** 2
        gap = shares[0] - shares[1]
        return Pool(shares=set(shares), gaps={gap, gap - sqrt(below), gap + sqrt(above)})

    @cached_property
    def over(self):
        """Chances that an answer of here is over one of elsewhere, counted pair by pair."""
        known = self._every.dropna(subset="rank")
        own = known["site"] == self.expected.site
        x, y = known.loc[own, "rank"].to_numpy(), known.loc[~own, "rank"].to_numpy()
        wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
        value = wins.mean()
        se = sqrt(wins.mean(1).var(ddof=1) / len(x) + wins.mean(0).var(ddof=1) / len(y))
        return {0.5, value, *around(value, se)}

    @cached_property
    def at_equal_public(self):
        """Share satisfied of each site in a cumulative logit on site and reason, and its bounds."""
        known = self._every.dropna()
        factors = known[["site", "reason"]].apply(joined)
        design = pd.get_dummies(factors, drop_first=True, dtype=float)
        places, levels = pd.factorize(known["rank"], sort=True)
        unfavourable = len(self.received.levels(self.main)) - len(
            self.received.favourable(self.main)
        )
        cut = int((levels < unfavourable).sum()) - 1
        loss = partial(minus_loglik, design.to_numpy(), places)
        shares = np.bincount(places).cumsum()[:-1] / len(places)
        best = np.concatenate([np.zeros(design.shape[1]), special.logit(shares)])
        for _ in range(NEWTON):  # from the model where nothing matters; the likelihood is concave
            best = best - np.linalg.solve(approx_hess_cs(best, loss), approx_fprime_cs(best, loss))
        assert np.abs(approx_fprime_cs(best, loss)).max() < 1e-9
        covariance = np.linalg.inv(approx_hess_cs(best, loss))
        found = {}
        for site in self.received.sites.values():
            moved = design.to_numpy(copy=True)
            for place, name in enumerate(design):
                if name.startswith("site_"):
                    moved[:, place] = name == f"site_{site}"
            share = partial(standardised, moved, cut)
            gradient = approx_fprime_cs(best, share)
            value = share(best)
            found[site] = (value, *around(value, sqrt(gradient @ covariance @ gradient)))
        return found

    @property
    def used(self):
        """Answers that the model uses, and those it leaves out."""
        n = len(self._every.dropna())
        return {n, len(self._every) - n}

    # What a page and its figures file may show

    def pool(self, part):
        """The numbers of a part of the page; None for one whose numbers are not fitted."""
        if part.title.startswith("Comparaison à public égal"):
            shares = {share for three in self.at_equal_public.values() for share in three}
            return Pool(shares=shares | self.over, numbers=self.used)
        if part.above == "Et si chaque guichet comptait selon ses passages ?":
            return self.by_half_day
        if "usagers abordés" in part.title:
            return self.missing
        if part.above == DRIVERS:
            return Pool(shares={self.weights[1], 0.95}, numbers=set(self.sizes.values()))
        return None

    def weight(self, question, path):
        """
        The weight of a question and its bounds, these as the figures file has them, checked.

        Bounds of its share: Clopper and Pearson's, 5 % divided among the questions.
        """
        k, n = self.received.opinion(question, self.expected.now)
        tail = 0.025 / len(self.sizes)
        low = stats.beta.ppf(tail, k, n - k + 1) if k else 0.0
        high = stats.beta.isf(tail, k + 1, n - k) if k < n else 1.0
        found = Pool(shares={self.weights[0][question], low, high})
        for row in figures(path.with_suffix(".chiffres.csv")):
            if row["section"] == "priorites" and row["indicateur"] == question:
                found.shares |= {row["bas"], row["haut"]}
        return found

    def wrong(self, row):
        """The columns of a line of the figures file that are not what the models give."""
        if row["section"] == "public-egal":
            value, low, high = self.at_equal_public[row["groupe"]]
            near = {"valeur": (value, value), "bas": (low, low), "haut": (high, high)}
            sizes = {max(self.used)}
        else:
            lowest, low, high, highest = self.bounds[row["indicateur"]]
            weight = self.weights[0][row["indicateur"]]
            near = {"valeur": (weight, weight), "bas": (lowest, low), "haut": (high, highest)}
            sizes = {self.sizes[row["indicateur"]]}
        if row["n"] not in sizes:
            yield "n"
        for name, (least, most) in near.items():
            half = half_of_the_last_digit(row, name)
            if not least - half <= row[name] <= most + half:
                yield name


def shapley(matrices):
    """The part of each variable in the R² of the last: mean gain over all orders of entry."""
    p = matrices.shape[-1] - 1
    names = range(p)
    r2 = {chosen: explained(matrices, chosen) for s in range(p + 1) for chosen in subsets(names, s)}
    parts = np.zeros((len(matrices), p))
    for name in names:
        for size in range(p):
            for before in subsets([other for other in names if other != name], size):
                after = tuple(sorted((*before, name)))
                parts[:, name] += (r2[after] - r2[before]) / (p * comb(p - 1, size))
    return parts


def subsets(names, size):
    return list(combinations(names, size))


def explained(matrices, chosen):
    """R² of the last variable on some of the others, from their covariances."""
    if not chosen:
        return np.zeros(len(matrices))
    own = list(chosen)
    inside, crossed = matrices[:, own][:, :, own], matrices[:, own, -1]
    slopes = np.linalg.solve(inside, crossed[..., None])[..., 0]
    return (slopes * crossed).sum(1) / matrices[:, -1, -1]


def joined(column):
    """A factor whose levels of few answers are one."""
    counts = column.map(column.value_counts())
    return column.where(counts >= RARE, "regroupe")


def minus_loglik(design, places, params):
    """Minus the log-likelihood of P(Y ≤ j) = logistic(cut j − x'β)."""
    n_terms = design.shape[1]
    cuts, shift = params[n_terms:], design @ params[:n_terms]
    below = logistic(cuts[None, :] - shift[:, None])
    edges = np.column_stack([np.zeros(len(shift)), below, np.ones(len(shift))])
    rows = np.arange(len(shift))
    return -np.log(edges[rows, places + 1] - edges[rows, places]).sum()


def standardised(design, cut, params):
    """The mean chance of a level over a threshold."""
    n_terms = design.shape[1]
    return logistic(design @ params[:n_terms] - params[n_terms + cut]).mean()


def logistic(x):
    """1 / (1 + e⁻ˣ), of complex numbers too: derivatives are by a complex step."""
    return 1 / (1 + np.exp(-x))


def around(value, se):
    """The 95 % interval of a share, normal on the logit."""
    half = Z * se / (value * (1 - value))
    return tuple(special.expit(special.logit(value) + side * half) for side in (-1, 1))
