"""Honesty and speed of the statistics: `python benchmarks/inference.py [replicates]`.

Prints, seeded: coverage of the intervals (exact where every outcome can be enumerated, simulated
elsewhere); what whole reports announce, rightly and wrongly (`verdicts.py`); coverage of the
forecast of the fieldwork; then seconds of raking 1e6 rows, and of the full analysis of one site
and campaign (2,000 answers, 40 questions) in a warm process.
"""

import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import verdicts
from scipy.stats import binom, hypergeom

from qpref.project import Project
from qpref.quality import planning
from qpref.reference import Reference, load_reference
from qpref.schema import conform
from qpref.statistics import design, drivers, fieldwork, shares, weighting
from qpref.statistics.verdicts import difference_interval
from qpref.workbook.satisfaction import Satisfaction
from qpref.workbook.sources import Sources

ROOT = Path(__file__).resolve().parents[1]
SIZES = (50, 141, 200)
SHARES = np.arange(0.50, 0.995, 0.01)
FINE = np.arange(0.50, 0.9975, 0.0025)
EVERY_SIZE = range(30, 401)
FLOW = {
    "guichet": {
        "accueil_general": 9000,
        "etrangers": 12000,
        "point_numerique": 7000,
        "reglementation": 3000,
    },
    "demi_journee": {"matin": 19000, "apres_midi": 12000},
    "total": {"total": 31000},
}
COMPUTED = (
    "chiffres_cles",
    "evolution",
    "publics",
    "autres_sites",
    "ressemblance",
    "composition",
    "resultats_ponderes",
    "priorites",
    "public_egal",
    "tests",
)
SITES = ("evry", "etampes", "palaiseau")


def say(*cells: object) -> None:
    """Print one line of a table."""
    sys.stdout.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")


def percent(value: float) -> str:
    """Return a share for the table."""
    return f"{100 * value:.1f} %"


def share_coverage() -> None:
    """Exact coverage of the interval of a share, over all outcomes."""
    say("intervalle", "n", "couverture minimale", "moyenne")
    for n in (20, *SIZES):
        counts = pd.Series(range(n + 1))
        for method in ("auto", "wilson"):
            low, high = shares.share_interval(counts, pd.Series([n] * (n + 1)), method)
            found = [
                float(binom.pmf(counts, n, p)[(low <= p + 1e-12) & (p - 1e-12 <= high)].sum())
                for p in SHARES
            ]
            say(f"part, {method}", n, percent(min(found)), percent(float(np.mean(found))))
    lowest, means, under = (1.0, 0, 0.0), [], 0
    for n in EVERY_SIZE:
        counts = np.arange(n + 1)
        low, high = (x.to_numpy() for x in shares.share_interval(counts, np.full(n + 1, n)))
        law = binom.pmf(counts, n, FINE[:, None])
        held = (low <= FINE[:, None] + 1e-12) & (FINE[:, None] - 1e-12 <= high)
        found = (law * held).sum(1)
        lowest = min(lowest, (float(found.min()), n, float(FINE[found.argmin()])))
        means.append(found.mean())
        under += int((found < 0.93).sum())  # noqa: PLR2004 - two points under what is said
    sizes = f"{EVERY_SIZE[0]} à {EVERY_SIZE[-1]}"
    say("part, tous les n, p de quart en quart de point", sizes, percent(lowest[0]),
        percent(float(np.mean(means))))  # fmt: skip
    say("la plus faible : n, p", lowest[1], percent(lowest[2]), "")
    say("couples (n, p) sous 93 %", sizes, percent(under / len(EVERY_SIZE) / len(FINE)), "")
    population = 450
    for n in SIZES:
        counts = pd.Series(range(n + 1))
        low, high = shares.share_interval(counts, pd.Series([n] * (n + 1)), population=population)
        found = []
        for p in SHARES:
            total = round(p * population)
            truth = total / population
            law = hypergeom.pmf(counts, population, total, n)
            found.append(float(law[(low <= truth) & (truth <= high)].sum()))
        say(f"part, N = {population}", n, percent(min(found)), percent(float(np.mean(found))))


def difference_coverage() -> None:
    """Exact coverage of Newcombe's interval of a difference, over all pairs of outcomes."""
    for n1, n0 in ((200, 141), (141, 141), (50, 50)):
        k1, k0 = np.meshgrid(np.arange(n1 + 1), np.arange(n0 + 1), indexing="ij")
        low, high = difference_interval(k1, n1, k0, n0)
        found = []
        for p0 in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99):
            for p1 in (p0, min(p0 + 0.05, 0.99)):
                law = np.outer(
                    binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n0 + 1), n0, p0)
                )
                found.append(float(law[(low <= p1 - p0) & (p1 - p0 <= high)].sum()))
        say("différence", f"{n1} et {n0}", percent(min(found)), percent(float(np.mean(found))))


def design_coverage(replicates: int) -> None:
    """Simulate the coverage of the share of clustered, weighted answers (Korn and Graubard)."""
    rng = np.random.default_rng(20201116)
    for n, p in ((141, 0.75), (200, 0.75), (200, 0.9)):
        hits = plain = 0
        for _ in range(replicates):
            half_days = rng.integers(0, 30, n)
            chance = rng.beta(p * 19, (1 - p) * 19, 30)  # correlation 0.05 within half-days
            answers = rng.random(n) < chance[half_days]
            weights = rng.choice([0.7, 1.0, 1.6], n)
            found = design.mean(design.Design(weights, clusters=half_days), answers)
            low, high = design.share_bounds(found)
            hits += low <= p <= high
            low, high = _wilson(answers)
            plain += low <= p <= high
        say(f"part pondérée, grappes, p = {p}", n, percent(hits / replicates), "")
        say(f"la même, grappes et poids ignorés, p = {p}", n, percent(plain / replicates), "")


def _wilson(answers: np.ndarray) -> tuple[float, float]:
    low, high = shares.share_interval(pd.Series([answers.sum()]), pd.Series([len(answers)]))
    return float(low[0]), float(high[0])


def forecast_coverage(replicates: int) -> None:
    """How often the forecast of the last day holds the number gathered in the end."""
    days = planning.open_days(date(2020, 11, 16), date(2020, 12, 4))
    rng = np.random.default_rng(5)
    say("prévision de la collecte", "jours écoulés", "couverture", "")
    for elapsed in (3, 5, 8, 12):
        hits = 0
        for _ in range(replicates):
            rate, spread = rng.uniform(4, 20), rng.choice([1.0, 1.5, 2.5])
            counts = (
                rng.poisson(rate, 15)
                if spread == 1
                else rng.negative_binomial(rate / (spread - 1), 1 / spread, 15)
            )
            moments = pd.to_datetime(
                [d for d, n in zip(days, counts, strict=True) for _ in range(n)]
            )
            found = fieldwork.progress(pd.Series(moments), days, days[elapsed - 1], 200)
            hits += found.low <= counts.sum() <= found.high
        say("", elapsed, percent(hits / replicates), "")


def raking_speed() -> None:
    """Seconds to rake 1e6 rows on four margins (2, 5, 6 and 4 levels)."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            name: pd.Categorical(rng.choice([f"{name}{i}" for i in range(k)], 1_000_000))
            for name, k in zip("abcd", (2, 5, 6, 4), strict=True)
        }
    )
    known = {}
    for name in rows:
        totals = rows[name].value_counts() * rng.uniform(0.7, 1.3, rows[name].nunique())
        known[name] = (totals / totals.sum() * len(rows)).to_dict()
    start = time.perf_counter()
    weighting.rake(rows, known)
    say("calage de 1e6 lignes sur 4 marges", f"{time.perf_counter() - start:.2f} s", "", "")


def _big_reference() -> Reference:
    """Return the reference with 40 opinion questions in place of 14."""
    reference = load_reference(ROOT / "data" / "reference")
    known = reference.questionnaires["satisfaction-1"]
    model = known.by_id["attente"]
    more = [model.model_copy(update={"id": f"q{i}"}) for i in range(40 - len(known.opinions))]
    larger = known.model_copy(update={"questions": [*known.questions, *more]})
    larger.__dict__.pop("by_id", None)
    reference.questionnaires["satisfaction-1"] = larger
    return reference


def _tables(reference: Reference, site: str, campaign: str, n: int) -> dict[str, pd.DataFrame]:
    """Return invented answers as the store would give them."""
    rng = np.random.default_rng(len(site) + len(campaign))
    questionnaire = reference.questionnaires["satisfaction-1"]
    people = [f"{site}-{campaign}-{i}" for i in range(n)]
    profile = {
        name: rng.choice([m.code for m in questionnaire.scale(name).answers], n)
        for name in ("categorie_usager", "motif", "tranche_age", "retraite", "aisance_numerique",
                     "mode", "demi_journee", "guichet")
    }  # fmt: skip
    days = pd.to_datetime(rng.choice(pd.bdate_range("2020-11-16", "2020-12-04"), n))
    answers = pd.DataFrame(
        {"reponse_id": people, "site": site, "date_reponse": days, "statut": "complete", **profile}
    )
    mood = rng.normal(size=n)
    frames = []
    for question in questionnaire.opinions:
        codes = np.array([m.code for m in questionnaire.scale(question.id).answers])
        rank = np.clip(np.round(1.2 - mood - rng.normal(size=n)), 0, 3).astype(int)
        state = rng.choice(["repondu", "nsp", "non_reponse"], n, p=[0.94, 0.03, 0.03])
        frames.append(
            pd.DataFrame(
                {"reponse_id": people, "question": question.id, "option": "", "etat": state,
                 "modalite": np.where(state == "repondu", codes[rank], None), "valeur": np.nan}
            )
        )  # fmt: skip
    items = pd.concat(frames, ignore_index=True)
    for name in ("reponse_id", "question", "option", "etat", "modalite"):
        items[name] = items[name].astype("category")
    return {"reponses": answers, "items": items}


def _flow() -> pd.DataFrame:
    rows = [(name, stratum, k) for name, own in FLOW.items() for stratum, k in own.items()]
    return pd.DataFrame(rows, columns=["variable", "strate", "effectif"])


class _Held(Sources):
    """Tables in memory instead of a store."""

    def __init__(
        self, reference: Reference, stored: dict[tuple[str, str, str], pd.DataFrame]
    ) -> None:
        super().__init__(Project(ROOT), reference, SITES[0], "2020-11")
        self._stored = stored

    def table(self, name: str, campaign: str = "", site: str = "") -> pd.DataFrame:
        key = name, campaign or self.campaign.id, site or self.site.id
        if key not in self._stored:
            self._stored[key] = conform(name, [])
        return self._stored[key]


def analysis_speed(n: int, others: int) -> None:
    """
    Print the seconds of the whole analysis of one site and campaign, in a warm process.

    Every table is in memory: what is timed is the analysis, the models included, with `n` answers
    at the site in both campaigns and `others` at each of the two other sites.
    """
    reference = _big_reference()
    stored = {
        (name, campaign, site): table
        for site in SITES
        for campaign in ("2019-11", "2020-11")
        for name, table in _tables(
            reference, site, campaign, n if site == SITES[0] else others
        ).items()
    }
    stored["population", "2020-11", SITES[0]] = _flow()
    seconds = []
    for _ in range(6):
        study = Satisfaction(_Held(reference, stored))
        start = time.perf_counter()
        for name in COMPUTED:
            getattr(study, name)()
        seconds.append(time.perf_counter() - start)
    label = f"analyse complète, {n} réponses × 40 questions, {others} à chacun des autres sites"
    say(label, f"{min(seconds[1:]):.2f} s", f"médiane {np.median(seconds[1:]):.2f} s", "")


def importance_speed() -> None:
    """Seconds of the importance of ten questions, 2,000 answers, with its bootstrap."""
    rng = np.random.default_rng(0)
    answers = pd.DataFrame(
        np.clip(np.round(2.5 + rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 11))), 1, 4),
        columns=[f"q{i}" for i in range(11)],
    )
    start = time.perf_counter()
    drivers.importance(answers, "q10")
    say(
        "importance de 10 questions, bootstrap compris",
        f"{time.perf_counter() - start:.2f} s",
        "",
        "",
    )


def main() -> None:
    """Print everything."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    share_coverage()
    difference_coverage()
    design_coverage(replicates)
    verdicts.everything(replicates)
    forecast_coverage(replicates)
    raking_speed()
    importance_speed()
    analysis_speed(2000, 700)
    analysis_speed(2000, 2000)


if __name__ == "__main__":
    main()
