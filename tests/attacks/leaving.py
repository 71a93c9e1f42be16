"""What leaves the program, read as a stranger would: its numbers, and how many digits they have.

The bounds are written here, not taken from the program: a share to the point, a bound of an
interval to the hundredth of a point, anything else with the decimals that its line declares, or
two digits in a text.
"""

import re
from decimal import Decimal

import pandas as pd

from qpref.display.section import FIGURES_MIME, PLOT_MIME, STATIC_MIME

PARTS = {"part", "écart de parts", "probabilité"}  # of one: two decimals are one of a percentage
MOST_OF_BOUND = 4  # decimals of a bound of a part: two of its percentage
COLUMNS = ("valeur", "bas", "haut")
_WRITTEN = re.compile(r"(\d[\d\u202f]*)(?:,(\d+))?(?:\s?(%|points?))?")


def decimals(number):
    """Return how many decimals a number is written with."""
    return max(0, -Decimal(repr(float(number))).normalize().as_tuple().exponent)


def too_long(line):
    """Return the columns of a line of figures that say more than its meaning allows."""
    shown = int(line["decimales"])
    most = {"valeur": shown + 2, "bas": MOST_OF_BOUND, "haut": MOST_OF_BOUND}
    if line["unite"] not in PARTS:
        most = dict.fromkeys(COLUMNS, shown)
    given = [name for name in COLUMNS if not pd.isna(line[name])]
    return [name for name in given if decimals(line[name]) > most[name]]


def numbers(value):
    """Yield every number of a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, (int, float)):
        yield value


def drawn(plot):
    """Yield what the traces and the lines of a plot hold."""
    for trace in plot["data"]:
        for name in ("x", "y", "error_x", "error_y", "text", "customdata"):
            yield from numbers(trace.get(name))
    yield from numbers(plot["layout"].get("shapes"))


def is_long(whole, fraction, unit):
    """Whether a number of a text has more digits than readers need."""
    if not fraction or len(fraction) == 1:
        return False
    if unit:
        return len(fraction) > 2
    return len((whole + fraction).lstrip("0")) > 2


def long_numbers(text):
    """Return the numbers of a text that have too many digits."""
    return [
        found[0]
        for found in _WRITTEN.finditer(text)
        if is_long(found[1], found[2], found[3] or re.search(rf"{found[0]} et|entre", text))
    ]


def outputs(notebook):
    """Yield what each section of an executed notebook shows: its key, and its forms."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if data.keys() & {STATIC_MIME, PLOT_MIME}:
                yield output["metadata"].get("qpref", {}).get("section", ""), data


def lines(data):
    """Return the lines of figures of a section."""
    return data.get(FIGURES_MIME, [])
