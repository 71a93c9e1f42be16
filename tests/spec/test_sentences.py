"""Every number that a sentence or a table says is worked out again, apart, from the counts.

The numbers allowed come from statsmodels and from arithmetic here, never from qpref; a number in
the text that is not among them is a false sentence. Results are drawn by hypothesis, with 0 %,
100 %, one answer, ties, and no previous campaign among them.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from qpref.display import changes, marks, meeting, mystery, opinions, progress, respondents
from qpref.quality.answers import distribution, satisfaction, satisfied
from qpref.quality.mystery_measures import SurveyTables
from qpref.quality.progress import Unit, forecast, history, states
from qpref.quality.score import Score
from qpref.reference import Step
from qpref.statistics.shares import share_interval
from qpref.wording.french import MINUS
from tests.opinions import family, known
from tests.unit.test_display import items

COUNTS = st.tuples(*[st.integers(0, 120)] * 4).filter(lambda c: sum(c) > 0)
EDGES = [(1, 0, 0, 0), (0, 0, 0, 1), (50, 0, 0, 0), (0, 0, 0, 50), (5, 5, 5, 5), (9, 0, 0, 0),
         (10, 0, 0, 0), (29, 0, 0, 0), (30, 0, 0, 0), (15, 0, 0, 14)]  # fmt: skip


def edges(test):
    for counts in EDGES:
        test = example(counts=counts)(test)
    return test


def numbers(section, *, without=()):
    """Every number of the text, as floats; those of fixed wording are taken out first."""
    text = lxml_html.fromstring(f"<div>{section.html}</div>")
    told = " | ".join(text.xpath("//svg/@aria-label"))
    for node in text.xpath("//svg"):
        node.drop_tree()
    plain = re.sub(r"[\u00a0\u202f]", " ", " | ".join([*text.itertext(), told]))
    for words in without:
        plain = plain.replace(words, "")
    found = re.findall(rf"[+{MINUS}]?\d+(?: \d{{3}})*(?:,\d+)?", plain)
    return {float(t.replace(" ", "").replace(",", ".").replace(MINUS, "-")) for t in found}


def interval(k, n):
    """Wilson; exact under 30 opinions or under 5 on one side (docs/methode.md)."""
    method = "beta" if n < 30 or min(k, n - k) < 5 else "wilson"
    return proportion_confint(k, n, method=method)


def percents(*shares):
    """Both ways of rounding a half: a tie may fall on either side of binary arithmetic."""
    return {float(round(100 * s + e)) for s in shares for e in (-1e-9, 1e-9)}


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def measured(counts, questionnaire):
    rows, asked = items(counts), [questionnaire.by_id[questionnaire.main]]
    return (
        distribution(rows, questionnaire, asked),
        satisfaction(rows, questionnaire, asked),
        asked,
    )


@pytest.mark.lent
@edges
@given(counts=COUNTS)
def test_a_theme_says_its_shares_and_nothing_else(questionnaire, counts):
    levels, shares, asked = measured(counts, questionnaire)
    n, k = sum(counts), sum(counts[:2])
    allowed = {float(n), float(k)} | percents(k / n, *interval(k, n), *(c / n for c in counts))
    section = opinions.themes([("theme-x", asked)], levels, shares, questionnaire)

    allowed |= {1.0} | ({30.0} if n < 30 else set())  # « 1 question », « moins de 30 avis »
    assert numbers(section) <= allowed
    if n < 10:
        assert "%" not in section.html.replace('width="', "").split("<table")[0]


@pytest.mark.lent
@edges
@given(counts=COUNTS)
def test_key_figures_say_what_was_counted(questionnaire, counts):
    _, shares, _ = measured(counts, questionnaire)
    n, k = sum(counts), sum(counts[:2])
    section = respondents.key_figures(
        shares.to_dict("records")[0], family(), n, None, questionnaire
    )
    allowed = {float(n), float(k)} | percents(k / n, *interval(k, n))
    found = numbers(section)
    tenths = re.search(
        r"nviron (\d+) usagers satisfaits sur 10", section.title.replace("\u00a0", " ")
    )

    if tenths:
        assert abs(k / n - int(tenths.group(1)) / 10) <= 0.025
        allowed |= {float(tenths.group(1)), 10.0}
    assert found <= allowed


@pytest.mark.lent
@given(now=COUNTS, then=COUNTS)
@example(now=(1, 0, 0, 0), then=(0, 0, 0, 1))
@example(now=(40, 0, 0, 0), then=(0, 0, 0, 40))
@example(now=(20, 20, 20, 20), then=(20, 20, 20, 20))
def test_a_change_says_its_difference_and_its_interval(reference, questionnaire, now, then):
    """Newcombe's interval, and shares, from statsmodels."""
    (k1, n1), (k0, n0) = ((sum(c[:2]), sum(c)) for c in (now, then))
    compared = family(evolution=known((k1, n1), (k0, n0), "global"))
    table = compared.moves
    section = changes.changes(compared, questionnaire, reference.campaign("2019-11"), None)
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb")
    points = percents(low, high, k1 / n1 - k0 / n0)
    # A bound near zero is given by tenths: it is never told as zero.
    points |= {round(100 * bound, 1) for bound in (low, high)}
    allowed = {2019.0, float(n1), float(n0)} | points | percents(k1 / n1, k0 / n0)
    without = [f"dès {i} points" for i in range(101)] + ["8 chances sur 10"]
    without += [f"à partir de {i} points" for i in range(101)]
    found = numbers(section, without=without)

    assert found <= allowed
    row = table.iloc[0]
    text = section.title.lower()
    if row["verdict"] == "mieux":
        assert low > 0
    if row["verdict"] == "moins_bien":
        assert high < 0
    if "mieux :" in text or "moins bien :" in text:
        assert row["verdict"] in {"mieux", "moins_bien"}


@pytest.mark.lent
@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((0, 1))
@example((1, 1))
@example((10, 10))
def test_a_mystery_criterion_says_its_count_and_exact_interval(reference, found):
    k, n = found
    low, high = share_interval(pd.Series([k]), pd.Series([n]), method="beta")
    table = pd.DataFrame(
        {"canal": ["appel"], "critere": ["courtoisie"], "n": [n], "conformes": [k],
         "partiels": [0], "part": [k / n], "bas": low, "haut": high}
    )  # fmt: skip
    exact = (
        0.0 if k == 0 else stats.beta.ppf(0.025, k, n - k + 1),
        1.0 if k == n else stats.beta.ppf(0.975, k + 1, n - k),
    )
    grid = reference.grid
    kept = pd.DataFrame({"canal": ["appel"], "retenus": [n]})
    found = SurveyTables(kept, table, None, table.head(0)).on(grid.channel("appel"), grid)
    section = mystery.channel(found, grid)

    assert numbers(section) <= {float(k), float(n)} | percents(*exact)


@given(st.floats(0, 10), st.floats(0, 5), st.integers(2, 60), st.integers(1, 8))
def test_the_mark_of_a_site_says_its_interval(reference, value, width, contacts, commitments):
    low, high = max(value - width, 0), min(value + width, 10)
    section = marks.score(
        Score(value, low, high, contacts, commitments), reference.grid, reference.standard
    )
    allowed = {round(x, 1) for x in (value, low, high)} | {float(contacts), float(commitments)}
    # of the wording: marks of 10, 0 and 7, and the years of the sources
    allowed |= {10.0, 0.0, 7.0, 2014.0, 2016.0}

    assert all(any(abs(n - a) < 0.11 for a in allowed) for n in numbers(section))
    text = " ".join(section.sentences)
    assert ("au-dessus" in text) == (low >= 7)
    assert ("au-dessous" in text) == (high < 7)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 300), st.sampled_from(["en_cours", "prouve", "verifie"])
    ),
    unique_by=lambda t: t[:2],
)


@pytest.mark.lent
@given(STEPS)
@example([])
@example([(i, 10 * i, "prouve") for i in range(6)])
def test_progress_says_what_is_proved(reference, moves):
    start = date(2020, 9, 15)
    units = [Unit(f"m1_{i}", 1, f"engagement {'abcdef'[i]}") for i in range(6)]
    steps = sorted(
        (
            Step(site="evry", engagement=f"m1_{i}", date=start + timedelta(days=d), etat=state,
                 preuve="relevé")
            for i, d, state in moves
        ),
        key=lambda s: s.date,
    )  # fmt: skip
    today = start + timedelta(days=300)
    table = states(units, steps, today)
    last = {}
    for step in steps:
        last[step.unit] = step.etat
    done = sum(state != "en_cours" for state in last.values())
    found = forecast(table, start, today)
    followed = reference.labelling
    section = progress.key_figures(table, found, followed)
    weeks = (followed.label_avant.valeur - today).days // 7

    assert section.key_figures[0].value.replace("\u00a0", " ") == f"{done} sur 6"
    years = {float(d.year) for d in (found.low, found.middle, found.high) if d}
    told = replace(section, title="")  # a chance: see the forecast
    assert numbers(told) <= {float(done), 6.0, float(weeks), 23.0, 2022.0} | years
    past = history(units, steps, today)
    line = progress.history(past, found, followed.label_avant.valeur)
    assert f"{done} engagement" in line.title.replace("\u00a0", " ") or past.empty
    for curve in line.curves:
        first, due = past["date"].iloc[0], followed.label_avant.valeur
        assert curve.steps[-1] == ((today - first).days / (due - first).days, done / 6)
        assert all(0 <= place <= 1 for step in (*curve.steps, *curve.beyond) for place in step)


@pytest.mark.lent
@edges
@given(counts=COUNTS)
def test_the_joint_report_says_the_same_shares(reference, questionnaire, counts):
    _, shares, _ = measured(counts, questionnaire)
    n, k = sum(counts), sum(counts[:2])
    site = reference.site("evry")
    table = states([], [], date(2021, 1, 1))
    one = meeting.SiteResults(
        site, n, shares, family(), None, pd.DataFrame(), table, forecast(table, date(2020, 1, 1),
                                                                date(2021, 1, 1)), 0,
    )  # fmt: skip
    section = meeting.satisfaction([one], questionnaire, None)
    allowed = {float(n), float(k), 1.0, 95.0} | percents(k / n, *interval(k, n))

    assert numbers(section) <= allowed


def test_best_and_worst_are_named_of_three_that_print_apart(questionnaire):
    """68 and 40 % of two; 148 of 204 and 137 of 188, 72.55 and 72.87 %, print the same 73 %."""
    asked = [q for q in questionnaire.opinions if q.id != questionnaire.main][:3]

    def title(*counts):
        rows = [items((k, 0, n - k, 0), q.id) for (k, n), q in zip(counts, asked, strict=False)]
        own, rows = asked[: len(counts)], pd.concat(rows)
        parts = satisfaction(rows, questionnaire, own)
        rows = zip(parts.to_dict("records"), own, strict=True)
        found = [satisfied(row, q.texte_court) for row, q in rows]
        return opinions.spread_title(found, "usagers satisfaits").replace("\u00a0", " ")

    best, worst = (f"« {q.texte_court} »" for q in (asked[0], asked[2]))
    assert title((136, 200), (80, 200)) == "De 40 à 68 % d’usagers satisfaits"
    assert title((190, 200), (148, 204), (137, 188)) == "De 73 à 95 % d’usagers satisfaits"
    assert title((190, 200), (160, 200), (137, 188)) == (
        f"{best} : le plus d’usagers satisfaits (95 %) ; {worst} : le moins (73 %)"
    )
    assert title((148, 204), (148, 204), (137, 188)) == (
        "73 % d’usagers satisfaits à chaque question"
    )


def test_an_interval_is_defined_by_what_it_promises(root):
    """
    Of 100 surveys, 95 intervals hold the truth; only 83 hold the result of another survey.

    P(|Z| < 1.96/√2) = 0.834: the difference of two surveys has twice the variance of one.
    """
    assert 2 * stats.norm.cdf(1.96 / 2**0.5) - 1 == pytest.approx(0.834, abs=0.001)
    texts = [path.read_text(encoding="utf-8") for path in
             [*(root / "notebooks").glob("*.ipynb"), root / "docs" / "glossaire.md"]]  # fmt: skip
    told = [line for text in texts for line in text.splitlines() if "**Intervalle" in line]

    assert len(told) >= 3
    assert all("95 enquêtes sur 100" in line and "contient" in line for line in told)
    assert not any("tomberait" in text for text in texts)
