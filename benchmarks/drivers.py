"""What weighs on satisfaction: which answers to take, and how often a verdict is false.

`python benchmarks/drivers.py [REPEATS]` prints the table of `docs/methode.md`: weights, answers,
way, error of a part, reports with a false statement on weights, reports with a verdict. Visitors
are drawn: six questions that go together (correlation 0.4), overall satisfaction made of them with
known weights, four levels each. A question does not concern everybody: those who come for one
reason are asked some questions and not others, and they are less satisfied. The true parts are
those of a drawing of 200,000 visitors who answered everything.
"""

import sys

import numpy as np
import pandas as pd

from qpref.statistics import drivers

QUESTIONS = [f"q{i}" for i in range(6)]
CUTS = (-1.4, -0.6, 0.5)
ALIKE, UNLIKE = np.ones(6), np.array([3.0, 2.0, 1.0, 1.0, 0.5, 0.5])
SEED = 20201116
SATISFIED = 2  # lowest favourable rank
OFF, BLANK = 0.8, 0.03  # questions not asked of those not concerned; answers left out by all


def visitors(n: int, weights: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return answers to everything, as ranks from 0 to 3."""
    latent = np.sqrt(0.4) * rng.normal(size=(n, 1)) + np.sqrt(0.6) * rng.normal(size=(n, 6))
    overall = latent @ weights / np.linalg.norm(weights) / 1.7 + 0.6 * rng.normal(size=n)
    answers = np.digitize(np.column_stack([latent, overall]), CUTS).astype(float)
    return pd.DataFrame(answers, columns=[*QUESTIONS, "global"])


def asked(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the same without the answers to what does not concern a visitor."""
    found = answers.copy()
    unhappy = answers["global"].to_numpy() < SATISFIED
    concerned = rng.random(len(answers)) < np.where(unhappy, 0.5, 0.7)
    for name in QUESTIONS[3:]:
        found.loc[~concerned & (rng.random(len(answers)) < OFF), name] = np.nan
    return found.mask(rng.random(found.shape) < BLANK)


def percentiles(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the parts as they were before: complete answers, each interval on its own."""
    ranks = answers.dropna().rank().to_numpy(float)
    counts = np.random.default_rng(SEED).multinomial(len(ranks), [1 / len(ranks)] * len(ranks), 300)
    drawn = drivers.shapley(drivers.available_correlations(ranks, counts.astype(float)))
    found = drivers.shapley(np.corrcoef(ranks, rowvar=False))
    low, high = np.percentile(drawn / drawn.sum(-1, keepdims=True), [2.5, 97.5], axis=0)
    columns = {"question": QUESTIONS, "importance": found / found.sum(), "bas": low, "haut": high}
    return pd.DataFrame(columns | {"n": len(ranks), "r2": found.sum()})


WAYS = {
    "réponses complètes, percentiles": percentiles,
    "réponses complètes, intervalles simultanés": lambda a: drivers.importance(
        a.dropna(), "global"
    ),
    "réponses disponibles, intervalles simultanés": lambda a: drivers.importance(a, "global"),
}


def shares(answers: pd.DataFrame) -> pd.DataFrame:
    """Return how many are satisfied, question by question."""
    given = answers[QUESTIONS]
    happy = (given >= SATISFIED).sum()
    return pd.DataFrame({"question": QUESTIONS, "satisfaits": happy, "n": given.notna().sum()})


def study(weights: np.ndarray, n: int, repeats: int) -> None:
    """Print, for each way, its error and how often it gives a verdict, a false one above all."""
    rng = np.random.default_rng(SEED)
    whole = drivers.shapley(np.corrcoef(visitors(200_000, weights, rng).rank(), rowvar=False))
    truth = pd.Series(whole / whole.sum(), QUESTIONS)
    equal = bool((weights == weights[0]).all())
    if equal:
        truth[:] = 1 / 6
    error = {name: [] for name in WAYS}
    false, said, made = (dict.fromkeys(WAYS, 0) for _ in range(3))
    for _ in range(repeats):
        answers = asked(visitors(n, weights, rng), rng)
        for name, way in WAYS.items():
            table = way(answers)
            if table.empty:
                continue
            found = table.set_index("question").loc[QUESTIONS]
            error[name].append(((found["importance"] - truth) ** 2).mean())
            heavy, light = found["bas"] > 1 / 6, found["haut"] < 1 / 6
            wrong = (heavy & (truth <= 1 / 6 + 1e-9)) | (light & (truth >= 1 / 6 - 1e-9))
            judged = drivers.priorities(table, shares(answers))["verdict"]
            made[name] += 1
            false[name] += bool(wrong.any())
            said[name] += bool((judged != "incertain").any())
    for name in WAYS:
        rmse = 100 * np.sqrt(np.mean(error[name]))
        rates = [f"{100 * count[name] / max(made[name], 1):.1f} %" for count in (false, said)]
        cells = ["égaux" if equal else "inégaux", str(n), name, f"{rmse:.1f} points", *rates]
        sys.stdout.write(f"| {' | '.join(cells)} |\n")


if __name__ == "__main__":
    for size in (213, 400):
        for given in (ALIKE, UNLIKE):
            study(given, size, int(sys.argv[1]) if len(sys.argv) > 1 else 250)
