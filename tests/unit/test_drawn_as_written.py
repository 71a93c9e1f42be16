"""Every section of the example's reports: what is drawn, written and exported is the same number.

The expected values are arithmetic between the three forms of a section: cells and sentences, bars
and plots, figures. `test_counted_on_tables.py` counts them on the canonical tables.
"""

import json
import re
from itertools import pairwise

import pandas as pd
import pytest

from qpref.display.changes import difference_row
from qpref.display.figures import leaving
from qpref.statistics.differences import difference
from qpref.store import Store
from tests.opinions import judged
from tests.sections import bounds, decimal, figure, out_of, percent, plain, points

HALF_PERCENT = HALF_POINT = 0.00501
BLUE, ORANGE, DARK_RED, GREY, INK = "#0a3d7a", "#f9a65a", "#7f2704", "#e3e3e3", "#161616"


def left(line):
    """A line of figures as it leaves, rounded: what is drawn has its numbers."""
    return leaving(pd.DataFrame([line]))[0]


@pytest.fixture(scope="module")
def sections(reports):
    return [section for report in reports.values() for section in report.values()]


@pytest.fixture(scope="module")
def rows(sections):
    """Every row drawn: its section, table and row."""
    return [(s, table, row) for s in sections for table in s.tables for row in table.rows]


@pytest.fixture(scope="module")
def read(filled):
    return lambda table: Store(filled).read(table, "2020-11", "evry")


# Bars against cells


def test_a_share_alone_is_as_wide_as_it_is_written(rows):
    seen = 0
    for section, _, row in rows:
        thick = [bar for bar in row.bars if not bar.is_thin]
        written = [percent(cell) for cell in row.cells]
        share = next((found for found in written if found is not None), None)
        if section.key in {"priorites", "ponderation"} or share is None or len(thick) != 1:
            continue
        assert thick[0].start == 0, row
        assert thick[0].width == pytest.approx(share), row
        seen += 1
    assert seen > 40


def test_the_weight_of_a_question_is_as_wide_as_it_is_written(reports):
    table = reports["15_analyses"]["priorites"].tables[0]

    for row in table.rows:
        thick, thin = row.bars
        assert (thick.start, thick.is_thin, thin.is_thin) == (0, False, True)
        assert thick.width == pytest.approx(percent(row.cells[0]), abs=HALF_PERCENT)
        low, high = bounds(row.cells[0])
        assert thin.start == pytest.approx(low, abs=HALF_PERCENT)
        assert thin.start + thin.width == pytest.approx(high, abs=HALF_PERCENT)


def test_levels_side_by_side_fill_the_cell_and_touch(rows):
    """Levels of satisfaction: parts of a whole."""
    seen = 0
    for _, table, row in rows:
        if not table.legend or len(row.bars) < 2 or any(bar.is_thin for bar in row.bars):
            continue
        if row.bars[-1].colour == INK:  # the deadline of the calendar
            continue
        assert row.bars[0].start == 0
        assert sum(bar.width for bar in row.bars) == pytest.approx(1)
        for left, right in pairwise(row.bars):
            assert left.start + left.width == pytest.approx(right.start)
        legend = [colour for colour, _ in table.legend]
        assert [bar.colour for bar in row.bars] == [
            colour for colour in legend if colour in {bar.colour for bar in row.bars}
        ]
        seen += 1
    assert seen > 10


def is_of_opinions(key):
    return key.startswith("theme-") and not key.endswith(("-choix", "-cases"))


def drawn(table):
    """The rows of a table that are no titles."""
    return [row for row in table.rows if not row.is_title]


def test_satisfied_levels_reach_the_share_written(reports):
    for key, section in reports["10_satisfaction"].items():
        for row in drawn(section.tables[0]) if is_of_opinions(key) else ():
            satisfied = sum(bar.width for bar in row.bars[:2])
            assert satisfied == pytest.approx(percent(row.cells[0]), abs=HALF_PERCENT)
            told = [int(n) / 100 for n in re.findall(r"(\d+) %", plain(row.told))]
            assert [bar.width for bar in row.bars] == pytest.approx(told, abs=HALF_PERCENT)


def test_a_count_of_a_base_is_its_ratio(rows):
    seen = 0
    for section, _, row in rows:
        found = out_of(row.cells[0]) if row.cells else None
        if found is None or not (row.bars or row.dots) or section.key == "modules":
            continue
        count, base = found
        drawn_at = row.dots[-1].at if row.dots else row.bars[0].width
        assert drawn_at == pytest.approx(count / base, abs=HALF_PERCENT), row
        assert count <= base
        seen += 1
    assert seen > 15


def test_thin_bars_are_the_intervals_written(rows):
    seen = 0
    for section, _, row in rows:
        thin = [bar for bar in row.bars if bar.is_thin]
        told = bounds(" ".join([*row.cells, row.detail]))
        if len(thin) != 1 or told is None or section.key in {"priorites", "composition"}:
            continue
        assert thin[0].start == pytest.approx(told[0], abs=HALF_PERCENT), row
        assert thin[0].start + thin[0].width == pytest.approx(told[1], abs=HALF_PERCENT), row
        seen += 1
    assert seen >= 5


def test_a_difference_is_drawn_on_its_side_of_the_middle(rows):
    """The scale: the middle is no difference, one hundredth of the cell is one point."""
    seen = 0
    for _, _, row in rows:
        found = points(row.cells[0]) if row.cells else None
        if found is None or len(row.bars) != 3:
            continue
        interval, mark, middle = row.bars
        assert middle.start + middle.width / 2 == pytest.approx(0.5, abs=0.002)
        assert middle.colour == INK
        assert mark.start + mark.width / 2 == pytest.approx(0.5 + found, abs=HALF_POINT)
        low, high = bounds(row.detail, "points")
        assert interval.start == pytest.approx(0.5 + low, abs=HALF_POINT)
        assert interval.start + interval.width == pytest.approx(0.5 + high, abs=HALF_POINT)
        assert interval.is_thin
        seen += 1
    assert seen > 25


def test_a_difference_is_coloured_by_its_verdict(rows):
    """Dark blue when better, dark red when worse, grey when nothing is established, nor said."""
    colours = {"Mieux": BLUE, "Moins bien": DARK_RED, "": GREY}
    seen = set()
    fall = judged({"q": (80, 200)}, {"q": (130, 200)}, main="q")["evolution"].to_dict("records")
    made_up = difference_row(difference(fall[0], "q"), "{avant} puis {part}")
    for row in [made_up, *(row for _, _, row in rows)]:
        if "écart entre" not in plain(row.detail) or len(row.bars) != 3:
            continue
        verdict = next(word for word in colours if row.detail.startswith(word))
        assert {bar.colour for bar in row.bars[:2]} == {colours[verdict]}
        low, high = bounds(row.detail, "points")
        assert (verdict == "Mieux") == (low > 0)
        assert (verdict == "Moins bien") == (high < 0)
        seen.add(verdict)
    assert seen == set(colours)


def test_marks_out_of_ten_fill_tenths(reports):
    for row in reports["20_enquete_mystere"]["notes"].tables[0].rows:
        (bar,) = row.bars
        assert (bar.start, bar.width) == (0, pytest.approx(decimal(row.cells[0]) / 10, abs=0.005))
    (row,) = reports["25_mystere_detail"]["note"].tables[0].rows
    low, high = (decimal(text) / 10 for text in re.findall(r"\d+,\d", row.detail))
    thick, thin = row.bars
    assert (thick.start, thin.is_thin) == (0, True)
    assert thick.width == pytest.approx(decimal(row.cells[0]) / 10, abs=0.005)
    assert thin.start == pytest.approx(low, abs=0.005)
    assert thin.start + thin.width == pytest.approx(high, abs=0.005)


def test_the_sample_is_drawn_over_the_flow(reports):
    """The thin bar is the share of the passages, told below; the cell, the difference of both."""
    for table in reports["15_analyses"]["composition"].tables:
        for row in table.rows:
            sample, flow = row.bars
            told = percent(row.detail)
            assert (sample.start, flow.start, flow.is_thin) == (0, 0, True)
            assert sample.width == pytest.approx(percent(row.cells[0]))
            assert flow.width == pytest.approx(told)
            drawn = sample.width - flow.width  # each of the three is rounded by itself
            assert drawn == pytest.approx(points(row.cells[1]), abs=3 * HALF_POINT)
        for place in (0, 1):
            whole = sum(row.bars[place].width for row in table.rows)
            assert whole == pytest.approx(1, abs=len(table.rows) * HALF_PERCENT)


def test_days_are_drawn_beside_the_best_one(reports, read):
    table = reports["50_suivi_collecte"]["par-jour"].tables[0]
    answered = read("reponses")
    answered = answered.loc[answered["statut"] == "complete", "date_reponse"].dt.date
    counts = answered.value_counts().sort_index().tolist()

    assert [int(row.cells[0]) for row in table.rows] == counts
    assert [row.bars[0].width for row in table.rows] == pytest.approx(
        [count / max(counts) for count in counts]
    )


def test_progress_is_drawn_out_of_all_commitments(reports):
    """13 of 29 on 26 February 2021; from 15 September 2020 to 23 September 2022 are 738 days."""
    section = reports["30_labellisation"]["historique"]
    (curve,) = section.curves
    days = pd.to_datetime(section.figures["libelle"])
    counts = section.figures["valeur"].astype(int).tolist()

    assert counts == sorted(counts)
    assert counts[-1] == 13
    *steps, today = curve.steps
    assert [y for _, y in steps] == pytest.approx([n / 29 for n in counts])
    assert [x for x, _ in steps] == pytest.approx([(d - days.iloc[0]).days / 738 for d in days])
    assert today == pytest.approx((164 / 738, 13 / 29))
    assert all(f"{n} le " in plain(curve.told) for n in counts)


def test_the_calendar_has_one_scale_of_days(reports):
    """From 15 September 2020, on the left, to 10 October 2022, on the right: 755 days."""
    start, today, end, label = map(
        pd.Timestamp, ("2020-09-15", "2021-02-26", "2022-10-10", "2022-09-23")
    )
    whole = (end - start).days
    section = reports["35_preuves"]["calendrier"]
    days = [pd.Timestamp(day) for day in section.figures["groupe"]]

    assert whole == 755
    for row, day, left in zip(section.tables[0].rows, days, section.figures["valeur"], strict=True):
        bar, mark = row.bars
        first, last = sorted([today if row.detail.startswith("module") else day, day])
        width = max((last - first).days / whole, 0.02)
        assert bar.width == pytest.approx(width)
        assert bar.start == pytest.approx(min((first - start).days / whole, 1 - width))
        assert (bar.colour == DARK_RED) == (day >= label)
        assert mark.start == pytest.approx((label - start).days / whole)
        assert left == (day - today).days


# Cells against figures


@pytest.mark.lent
def test_figures_are_consistent(sections, reference):
    themes = reference.questionnaire("2020-11").themes
    for section in sections:
        found = section.figures
        shares = found.loc[(found["unite"] == "part") & found["effectif"].notna()]
        for row in shares.to_dict("records"):
            assert row["valeur"] == pytest.approx(row["effectif"] / row["n"]), row
        bounded = found.dropna(subset=["bas", "haut"])
        assert (bounded["bas"].astype(float) <= bounded["valeur"].astype(float)).all()
        assert (bounded["valeur"].astype(float) <= bounded["haut"].astype(float)).all()
        names = {section.key}
        if is_of_opinions(section.key):  # several themes, each with its lines
            names |= {*themes}
        assert set(found["section"]) <= names


@pytest.mark.parametrize(
    ("notebook", "key", "cell"),
    [("15_analyses", "tendance", 0), ("40_synthese_clu", "satisfaction", 0)],
)
def test_a_share_and_its_interval_are_those_of_the_figures(reports, notebook, key, cell):
    section = reports[notebook][key]
    for row in section.tables[0].rows:
        found = figure(section, libelle=row.label, groupe="satisfaits")
        told = left(found)
        *thick, thin = row.bars
        assert (thick[0].width if thick else row.dots[-1].at) == pytest.approx(told["valeur"])
        assert thin.start == pytest.approx(told["bas"])
        assert thin.start + thin.width == pytest.approx(told["haut"])
        assert percent(row.cells[cell]) == pytest.approx(found["valeur"], abs=HALF_PERCENT)
        assert not thick or f"{found['n']:.0f} avis" in plain(row.detail)


@pytest.mark.parametrize(
    ("notebook", "key"), [("15_analyses", "evolution"), ("15_analyses", "autres-sites")]
)
def test_a_difference_and_its_interval_are_those_of_the_figures(reports, notebook, key):
    section = reports[notebook][key]
    for row in section.tables[0].rows:
        found = figure(section, libelle=row.label)
        assert points(row.cells[0]) == pytest.approx(found["valeur"], abs=HALF_POINT)
        low, high = bounds(row.detail, "points")
        assert (low, high) == pytest.approx((found["bas"], found["haut"]), abs=HALF_POINT)
        now, then = (int(n) / 100 for n in re.findall(r"(\d+) %", plain(row.detail)))
        change = now - then if key == "autres-sites" else then - now
        assert change == pytest.approx(found["valeur"], abs=2 * HALF_POINT)


# Plots against tables


def traces(section):
    return section.plot["data"] if section.plot else []


def test_a_plot_of_levels_is_the_table(reports):
    """One trace a level, one point a question."""
    for key, section in reports["10_satisfaction"].items():
        if not is_of_opinions(key):
            continue
        rows = drawn(section.tables[0])
        for place, trace in enumerate(traces(section)):
            assert trace["y"] == [row.label for row in rows]
            widths = [row.bars[place].width for row in rows]
            assert trace["x"] == pytest.approx(widths, abs=HALF_PERCENT)
            assert trace["marker"]["color"] == rows[0].bars[place].colour
            assert trace["name"] == section.tables[0].legend[place][1]
        assert section.plot["layout"]["xaxis"]["range"] == [0, 1]
        assert section.plot["layout"]["barmode"] == "stack"


@pytest.mark.parametrize(
    ("notebook", "key"),
    [
        ("15_analyses", "evolution"),
        ("15_analyses", "autres-sites"),
        ("15_analyses", "tendance"),
    ],
)
def test_a_plot_of_intervals_is_the_figures(reports, notebook, key):
    section = reports[notebook][key]
    (trace,) = traces(section)
    told = pd.DataFrame(leaving(section.figures)).set_index("libelle")
    found = told.loc[trace["y"], ["valeur", "bas", "haut"]].astype(float)

    assert trace["x"] == found["valeur"].tolist()
    errors = trace["error_x"]
    up, down = found["haut"] - found["valeur"], found["valeur"] - found["bas"]
    assert errors["array"] == pytest.approx(up.tolist())
    assert errors["arrayminus"] == pytest.approx(down.tolist())
    low, high = section.plot["layout"]["xaxis"]["range"]
    assert low <= found["bas"].min()
    assert high >= found["haut"].max()


def test_the_map_of_priorities_has_both_intervals(reports):
    section = reports["15_analyses"]["priorites"]
    shares = {row.label: row for row in section.tables[0].rows}
    for trace in traces(section):
        row = shares[trace["name"]]
        assert trace["x"][0] == pytest.approx(percent(row.cells[0]))
        assert trace["y"][0] == pytest.approx(percent(row.cells[1]))
        for axis, cell in (("x", row.cells[0]), ("y", row.cells[1])):
            low, high = bounds(cell)
            up, down = trace[f"error_{axis}"]["array"][0], trace[f"error_{axis}"]["arrayminus"][0]
            assert trace[axis][0] - down == pytest.approx(low)
            assert trace[axis][0] + up == pytest.approx(high)
        assert trace["marker"]["color"] == row.bars[0].colour
    lines = section.plot["layout"]["shapes"]
    assert len(lines) == 2
    assert lines[0]["x0"] == pytest.approx(1 / len(shares), abs=HALF_PERCENT)
    # The mean of marks each rounded, itself rounded: half a percent twice.
    assert lines[1]["y0"] == pytest.approx(
        sum(trace["y"][0] for trace in traces(section)) / len(shares), abs=2 * HALF_PERCENT
    )


def test_no_plot_is_sent_outside(sections):
    plots = [section.plot for section in sections if section.plot]

    assert len(plots) > 5
    for plot in plots:
        assert plot["config"]["showSendToCloud"] is False
        assert plot["config"]["locale"] == "fr"
        json.dumps(plot, allow_nan=False)
