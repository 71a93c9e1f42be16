"""What whole reports announce, rightly and wrongly, in surveys drawn with half-days that differ.

`python benchmarks/verdicts.py [reports a line]`; also printed by `benchmarks/inference.py`.

A survey has 14 questions (true shares 0.40 to 0.90, latent correlation 0.35, four of them with 25
to 50 % not concerned), half-days of unequal size within which answers are alike (latent correlation
0, 0.05 or 0.10), visitors of three categories, at ease online or not, retired or not. A report
compares two campaigns, these groups, and the site with another.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtri

from qpref.statistics import comparison, verdicts
from qpref.statistics.clusters import Sample, correlation, costs
from qpref.statistics.shares import share_interval
from qpref.statistics.standardised import at_equal_public

SHARES = np.array(
    [0.78, 0.40, 0.55, 0.85, 0.62, 0.72, 0.90, 0.48, 0.80, 0.66, 0.75, 0.58, 0.88, 0.70]
)
NOT_CONCERNED = np.array([0, 0, 0, 0.25, 0, 0, 0.30, 0, 0.40, 0, 0, 0.50, 0, 0])
QUESTIONS = [f"q{i}" for i in range(len(SHARES))]
ITEMS, TOGETHER = 0.35, 0.70  # correlation of items; of the effects of one half-day on them
CORRELATIONS = (0.0, 0.05, 0.10)
GROUPS = {"categories": (0.80, 0.12, 0.08), "aisance": (0.67, 0.33), "retraite": (0.7, 0.3)}
COUNTERS = np.array([0.15, -0.02, -0.12])  # what each counter adds to the shares


@dataclass
class Survey:
    """Answers, and what is known of each visitor."""

    sample: Sample
    groups: dict[str, pd.Series]
    counters: pd.Series


def drawn(
    rng: np.random.Generator, size: tuple[int, int], shares: np.ndarray, alike: float,
    counters: tuple[float, ...] = (),
) -> Survey:  # fmt: skip
    """Return a survey of so many answers and half-days; `counters`: the parts of three of them."""
    n, half_days = size
    part = rng.gamma(4, size=half_days)
    codes = np.sort(rng.choice(half_days, n, p=part / part.sum()))
    of_item = (ITEMS - alike * TOGETHER) / (1 - alike)
    latent = np.sqrt(1 - alike) * (
        np.sqrt(of_item) * rng.normal(size=(n, 1))
        + np.sqrt(1 - of_item) * rng.normal(size=(n, len(shares)))
    )
    effect = np.sqrt(TOGETHER) * rng.normal(size=(half_days, 1))
    effect = effect + np.sqrt(1 - TOGETHER) * rng.normal(size=(half_days, len(shares)))
    latent += np.sqrt(alike) * effect[codes]
    counter = rng.choice(3, n, p=counters or (1, 0, 0))
    own = shares + (COUNTERS[counter][:, None] if counters else 0)
    happy = (latent <= ndtri(np.clip(own, 0.01, 0.99))).astype(float)
    happy[rng.random(happy.shape) < NOT_CONCERNED] = np.nan
    groups = {
        name: pd.Series(rng.choice([f"g{i}" for i in range(len(p))], n, p=p))
        for name, p in GROUPS.items()
    }
    return Survey(Sample(happy, codes), groups, pd.Series(counter).map(str))


Families = dict[str, pd.DataFrame]


def families(now: Survey, before: Survey, beside: Survey) -> tuple[Families, Families]:
    """Return all that a campaign and site compares, what another site compares too apart."""
    alike = correlation([now.sample, before.sample])
    main = [Sample(s.sample.satisfied[:, :1], s.sample.half_days) for s in (now, before)]
    equal, _ = at_equal_public((main[0], main[1]), (now.counters, before.counters), "q0")
    found = {
        "evolution": comparison.compare(now.sample, before.sample, QUESTIONS),
        "moyenne": comparison.mean_change(now.sample, before.sample),
        "public_egal": equal,
    }
    found |= {
        name: comparison.against_others(main[0], own, "q0", alike)
        for name, own in now.groups.items()
    }
    return found, {"autres_sites": comparison.compare(now.sample, beside.sample, QUESTIONS)}


def first_method(families_: dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """Return who differed by the method of before: no half-days, chi-square, no mean."""
    tables = {n: t for n, t in families_.items() if n not in {"moyenne", "public_egal"}}
    merged = pd.concat(tables)
    names = merged.index.get_level_values(0)
    n1, n0 = merged["n"].to_numpy(float), merged["n_reference"].to_numpy(float)
    p1, p0 = merged["part"].to_numpy(float), merged["part_reference"].to_numpy(float)
    pooled = (p1 * n1 + p0 * n0) / (n1 + n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = stats.chi2.sf((p1 - p0) ** 2 / (pooled * (1 - pooled) * (1 / n1 + 1 / n0)), 1)
    p = np.where(np.minimum(n1, n0) < comparison.SMALLEST_BASE, 1.0, np.nan_to_num(p, nan=1.0))
    is_main = (names == "evolution") & (merged["question"] == "q0").to_numpy()
    weights = np.where(is_main, len(p) / 2, len(p) / 2 / (len(p) - 1))
    found = stats.false_discovery_control(np.minimum(p / weights, 1)) <= verdicts.LEVEL
    return {name: merged["ecart"].where(found).dropna().loc[name] if (names[found] == name).any()
            else pd.Series(dtype=float) for name in tables}  # fmt: skip


CASES = {
    "rien n’a changé": np.zeros(14),
    "une question à −17 points": np.where(np.arange(14) == 5, -0.17, 0),  # noqa: PLR2004
    "dix questions à −8 points": np.where(np.isin(np.arange(14), [0, 6, 12, 13]), 0, -0.08),
    "toutes à +8 points": np.minimum(0.08, 0.97 - SHARES),
    "la principale seule à −10 points": np.where(np.arange(14) == 0, -0.10, 0),
}
SIZES = (((213, 28), (141, 20)), ((120, 12), (120, 12)), ((60, 12), (74, 15)))


def report(rng: np.random.Generator, sizes: tuple, change: np.ndarray, alike: float) -> list[bool]:
    """Draw one report; return what it announces: now, before, mean, main, wrongly, no agreement."""
    now, before = (
        drawn(rng, size, SHARES + moved, alike)
        for size, moved in zip(sizes, (change, 0), strict=True)
    )
    beside = drawn(rng, (80, 14), SHARES + change, alike)
    lines = families(now, before, beside)
    judged = verdicts.judge(lines[0], "q0", beside=lines[1])
    every = pd.concat(judged.values())
    told = every["verdict"].isin(verdicts.ESTABLISHED)
    moved = judged["evolution"]["verdict"].isin(verdicts.ESTABLISHED).to_numpy()
    others = pd.concat([judged[name] for name in ("autres_sites", *GROUPS)])
    wrong = bool((moved & (change == 0)).any()) or bool(
        others["verdict"].isin(verdicts.ESTABLISHED).any()
    )
    excluded = (every["bas"] > 0) | (every["haut"] < 0)
    return [
        bool(told.any()),
        any(len(one) for one in first_method(lines[0] | lines[1]).values()),
        bool(judged["moyenne"]["verdict"].isin(verdicts.ESTABLISHED).any()),
        bool(moved[0]),
        wrong,
        bool((told != excluded).any()),
    ]


def percent(values: list[float]) -> list[str]:
    """Return shares for the table."""
    return [f"{100 * value:.1f} %" for value in values]


def announced(reports: int) -> None:
    """Print what reports announce, by case, sizes and correlation."""
    head = ("cas", "réponses", "corrélation", "annonce", "méthode 1", "moyenne", "principale",
            "à tort", "contredit")  # fmt: skip
    sys.stdout.write("| " + " | ".join(head) + " |\n")
    for case, change in CASES.items():
        for sizes in SIZES if not change.any() else SIZES[:1]:
            for alike in CORRELATIONS:
                rng = np.random.default_rng(141200)
                found = np.mean([report(rng, sizes, change, alike) for _ in range(reports)], 0)
                cells = [case, f"{sizes[0][0]} et {sizes[1][0]}", f"{alike:.2f}", *percent(found)]
                sys.stdout.write("| " + " | ".join(cells) + " |\n")
                sys.stdout.flush()


def change_of_public(reports: int) -> None:
    """Print what is announced when only the public changed, plain and at equal public."""
    sys.stdout.write("| public seul changé, corrélation | évolution simple | à public égal |\n")
    for alike in CORRELATIONS:
        rng, found = np.random.default_rng(7), []
        for _ in range(reports):
            now = drawn(rng, (213, 28), SHARES, alike, (0.25, 0.35, 0.40))
            before = drawn(rng, (141, 20), SHARES, alike, (0.50, 0.30, 0.20))
            own, others = families(now, before, drawn(rng, (80, 14), SHARES, alike))
            judged = verdicts.judge(own, "q0", beside=others)
            found.append(
                [judged[name]["verdict"].head(1).isin(verdicts.ESTABLISHED).any()
                 for name in ("evolution", "public_egal")]
            )  # fmt: skip
        plain, equal = percent(list(np.mean(found, 0)))
        sys.stdout.write(f"| {alike:.2f} | {plain} | {equal} |\n")


def coverage(surveys: int) -> None:
    """Print how often the interval of a share holds the truth, half-days known."""
    sys.stdout.write("| part, par demi-journées, corrélation | couverture | sans elles |\n")
    for alike in CORRELATIONS:
        rng, hits, plain, count = np.random.default_rng(3), 0, 0, 0
        for _ in range(surveys):
            sample = drawn(rng, (141, 20), SHARES, alike).sample
            k = sample.part * sample.n
            low, high = share_interval(k, sample.n, cost=costs(sample))
            hits += int(((low <= SHARES) & (high >= SHARES)).sum())
            low, high = share_interval(k, sample.n)
            plain += int(((low <= SHARES) & (high >= SHARES)).sum())
            count += len(SHARES)
        cells = percent([hits / count, plain / count])
        sys.stdout.write(f"| {alike:.2f} | {cells[0]} | {cells[1]} |\n")


def everything(reports: int) -> None:
    """Print all that is drawn here."""
    coverage(reports)
    change_of_public(reports)
    announced(reports)


if __name__ == "__main__":
    everything(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
