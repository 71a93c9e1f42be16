"""One measure, five forms: sentence, row, bar, line of the figures file and trace say one number.

Each form is read back here, by the test and never by the program, and compared with the measure.
"""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qpref.display.changes import difference_row
from qpref.display.charts import distribution_chart, interval_chart, map_chart
from qpref.display.figures import COLUMNS, KEYS, NAMES, VALUES, figures
from qpref.display.opinions import interval_row
from qpref.display.section import with_interval
from qpref.display.wording import both, cell, interval, value
from qpref.palette import GOOD
from qpref.spreadsheets import spreadsheet_csv
from qpref.statistics.differences import difference
from qpref.statistics.measure import DIFFERENCE, SHARE, Measure
from qpref.statistics.publication import published
from qpref.statistics.shares import measured, share_interval
from qpref.statistics.verdicts import difference_interval
from qpref.wording.french import MINUS

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
VERDICTS = st.sampled_from(["mieux", "moins_bien", "pas_de_difference_etablie"])


def share(k, n):
    low, high = share_interval([k], [n])
    row = {"n": n, "satisfaits": k, "part": k / n, "bas": low[0], "haut": high[0]}
    return measured(row, key="attente", label="Temps d’attente", group="satisfaits")


def change(k1, n1, k0, n0, verdict):
    low, high = difference_interval(k1, n1, k0, n0)
    row = {"question": "attente", "n": n1, "part": k1 / n1, "n_reference": n0,
           "part_reference": k0 / n0, "ecart": k1 / n1 - k0 / n0, "bas": low, "haut": high,
           "verdict": verdict}  # fmt: skip
    return difference(row, "Temps d’attente")


def numbers(text):
    """The numbers of a French text, signs and decimals included."""
    plain = re.sub(r"(?<=\d)[\u00a0\u202f](?=\d{3}\b)", "", text)
    found = re.findall(rf"[+{MINUS}]?\d+(?:,\d+)?", plain)
    return [float(t.replace(",", ".").replace(MINUS, "-")) for t in found]


def line(measure):
    """The line of the figures file, as a spreadsheet reads it."""
    text = spreadsheet_csv(figures("s", [measure])).decode("utf-8-sig")
    (found,) = csv.DictReader(io.StringIO(text), delimiter=";")
    return found


def said(number):
    """A share or a difference of the file, as the sentences round it."""
    return pytest.approx(100 * float(number.replace(",", ".")), abs=0.5 + 1e-6)


@pytest.mark.lent
@given(COUNTS)
@example((0, 1))
@example((9, 9))
@example((10, 10))
@example((29, 29))
@example((15, 30))
def test_a_share_is_one_number_in_all_its_forms(counts):
    k, n = counts
    exact = share(k, n)
    measure = published(exact)  # a whole percent, or what tells both bounds apart
    assert measure.value == pytest.approx(exact.value, abs=0.005 + 1e-9)
    assert [measure.low, measure.high] == pytest.approx([exact.low, exact.high], abs=0.005 + 1e-9)
    row, written = interval_row(exact), line(measure)
    trace = interval_chart([measure], "t", "axe", (0, 1))["data"][0]

    assert float(written["valeur"].replace(",", ".")) == measure.value == trace["x"][0]
    assert (int(written["n"]), int(written["effectif"])) == (n, k)
    assert trace["y"] == [measure.label] == [row.label] == [written["libelle"]]
    assert trace["x"][0] + trace["error_x"]["array"][0] == pytest.approx(measure.high)
    assert trace["x"][0] - trace["error_x"]["arrayminus"][0] == pytest.approx(measure.low)
    assert row.cells == [value(exact)] == [value(measure)]
    assert row.detail.startswith(both(measure))
    whole, thin = row.bars
    assert (whole.width, thin.start) == (measure.value, measure.low)
    assert thin.start + thin.width == pytest.approx(measure.high)
    if n < 10:
        assert numbers(value(measure)) == [k, n]
        assert interval(measure) == ""
    else:
        assert numbers(value(measure)) == [said(written["valeur"])]
        assert numbers(interval(measure)) == [said(written["bas"]), said(written["haut"])]
        assert numbers(cell(measure)) == numbers(both(measure))


@pytest.mark.lent
@given(COUNTS, COUNTS, VERDICTS)
def test_a_difference_is_one_number_in_all_its_forms(now, before, verdict):
    found = change(*now, *before, verdict)
    measure = published(found.change)
    assert measure.value == pytest.approx(found.change.value, abs=0.005 + 1e-9)
    written = line(measure)
    row = difference_row(found, "{avant} puis {part}")
    trace = interval_chart([measure], "t", "axe", (-0.5, 0.5))["data"][0]

    assert float(written["valeur"].replace(",", ".")) == measure.value == trace["x"][0]
    assert (written["groupe"], written["verdict"]) == ("", verdict)
    assert numbers(row.cells[0]) == numbers(value(measure)) == [said(written["valeur"])]
    assert row.detail.endswith(interval(measure))
    assert numbers(interval(measure)) == [said(written["bas"]), said(written["haut"])]
    if measure.low < -0.5 or measure.high > 0.5:  # the line ends at 50 points
        assert row.bars == []
        return
    thin, mark, _ = row.bars
    assert thin.start == pytest.approx(0.5 + measure.low)
    assert thin.start + thin.width == pytest.approx(0.5 + measure.high)
    assert mark.start + mark.width / 2 == pytest.approx(0.5 + measure.value)


@pytest.mark.lent
@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_the_points_of_a_map_and_the_parts_of_a_bar_are_those_of_the_file(drawn):
    measures = [published(share(k, n)) for k, n in drawn]
    kept = figures("s", measures)["valeur"].tolist()
    points = map_chart([(one, one, GOOD) for one in measures], (0.5, 0.5), "t", ("x", "y"))["data"]
    stacked = distribution_chart([("niveau", GOOD, measures)], "t")["data"][0]

    assert [trace["x"][0] for trace in points] == kept == stacked["x"]
    assert [trace["y"][0] for trace in points] == kept


@given(st.floats(0, 10), st.integers(0, 3))
def test_another_unit_is_said_with_its_own_digits(number, digits):
    bounds = {"low": number, "high": number + 1}
    measure = Measure(value=number, **bounds, unit="note sur 10", digits=digits)
    bars = with_interval(measure, full=10)

    assert numbers(value(measure)) == [pytest.approx(number, abs=0.5 * 10**-digits + 1e-9)]
    written = [pytest.approx(b, abs=0.5 * 10**-digits + 1e-9) for b in bounds.values()]
    assert numbers(interval(measure)) == written
    assert bars[0].width == pytest.approx(number / 10, abs=0.05 * 10**-digits + 1e-9)


@pytest.mark.parametrize("unit", [SHARE, DIFFERENCE, "note sur 10"])
def test_what_was_not_measured_is_a_dash_and_an_empty_cell(unit):
    measure = Measure(key="attente", value=float("nan"), unit=unit)

    assert (value(measure), interval(measure)) == ("—", "")
    assert (line(measure)["valeur"], line(measure)["unite"]) == ("", unit)


def test_every_column_is_a_key_or_a_value_and_holds_one_field():
    fields = [column.field for column in COLUMNS if column.field]

    assert (*KEYS, *VALUES) == NAMES
    assert len(set(fields)) == len(fields) == len(NAMES) - 1
    assert set(fields) < set(Measure.__dataclass_fields__)
