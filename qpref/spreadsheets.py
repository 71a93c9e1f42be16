"""Tables as spreadsheets open them: a CSV for French ones, a workbook that says its columns."""

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from numbers import Number
from typing import Any

import pandas as pd
from pandas.api.types import is_bool, is_numeric_dtype

from qpref.lazy import lazy
from qpref.zipped import alike

xlsxwriter = lazy("xlsxwriter")


def spreadsheet_xlsx(frame: pd.DataFrame, meanings: Mapping[str, str]) -> bytes:
    """
    Return a table as a workbook: the rows, and a sheet that says what each column is.

    No text is ever a formula or a link; the same table gives the same bytes.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    rows = book.add_worksheet("Chiffres")
    rows.write_row(0, 0, [*frame.columns], bold)
    for line, values in enumerate(frame.itertuples(index=False), start=1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                rows.write_string(line, column, value)
            elif pd.isna(value):
                continue
            elif is_bool(value):
                rows.write_boolean(line, column, bool(value))
            elif isinstance(value, date):
                rows.write_datetime(line, column, value, day)
            else:
                rows.write_number(line, column, value)
    rows.freeze_panes(1, 0)
    rows.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    columns = book.add_worksheet("Colonnes")
    columns.write_row(0, 0, ["Colonne", "Sens"], bold)
    for line, (name, meaning) in enumerate(meanings.items(), start=1):
        columns.write_string(line, 0, name)
        columns.write_string(line, 1, meaning)
    columns.set_column(0, 0, 14)
    columns.set_column(1, 1, 90)
    book.close()
    return alike(out.getvalue())


# Dropped before a sign: spaces, controls, marks without width or of direction.
_DROPPED = r"\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_FORMULA = re.compile(rf"[\t\r]|[{_DROPPED}]*[=+@-]")


def _as_cell(value: Any) -> str:  # noqa: ANN401 - of any column
    text = "" if pd.isna(value) else str(value)
    if isinstance(value, Number):
        return text.replace(".", ",")
    is_formula = _FORMULA.match(unicodedata.normalize("NFKC", text))
    return f"'{text}" if is_formula else text


def spreadsheet_csv(frame: pd.DataFrame) -> bytes:
    """
    Return a table as a CSV that a French spreadsheet opens as it is.

    Semicolons, decimal commas, UTF-8 with its mark; a text that a spreadsheet would run as a
    formula is preceded by an apostrophe: after characters that it drops (spaces, NUL, marks
    without width), in full width as well, which some take for the same sign.
    """
    safe = frame.infer_objects().rename(columns=_as_cell)
    for name in safe.columns[[not is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe[name] = safe[name].astype(object).map(_as_cell)
    text = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return text.encode("utf-8-sig")
