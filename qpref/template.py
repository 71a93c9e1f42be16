"""Workbooks to key answers in: drop-down lists, a version, a protected structure, one site each."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from qpref.layout import KeyedColumn, Layout
from qpref.layout.complaints import register_layout
from qpref.layout.counts import APPROACHES, VISITORS
from qpref.layout.monthly import monthly_layout
from qpref.layout.mystery import mystery_layout
from qpref.layout.survey import survey_layout
from qpref.palette import NEUTRAL
from qpref.reference import Campaign, Complaints, Monthly, MysteryGrid, Questionnaire, Site
from qpref.reference.grid import LISTS
from qpref.zipped import alike

Value = str | int | date | None

ROWS = 400  # forms that one workbook can hold
_HEADING_ROW = 4
_MONTHS = 12  # of a workbook of monthly figures
_CREATED = datetime(2020, 1, 1, tzinfo=UTC)
_MONTH = "jj/mm/aaaa"


def survey_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which paper forms are keyed, headed by the questionnaire."""
    title = f"Saisie des questionnaires papier — {site.nom}, {campaign.libelle}"
    return _one_sheet(survey_layout(questionnaire), title, campaign, site)


def flow_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which visitors are counted by day, half-day and counter."""
    title = f"Fréquentation — {site.nom}, {campaign.libelle}"
    return _one_sheet(VISITORS.offering(questionnaire, site), title, campaign, site)


def approach_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which people approached are counted by day and half-day."""
    title = f"Relevé des refus — {site.nom}, {campaign.libelle}"
    return _one_sheet(APPROACHES.offering(questionnaire, site), title, campaign, site)


def monthly_template(monthly: Monthly, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook of monthly figures: a line an indicator and month, of a year."""
    months = [_month_before(campaign.fin, back) for back in range(_MONTHS - 1, -1, -1)]
    quarters = list(dict.fromkeys(f"T{(int(m[5:]) + 2) // 3} {m[:4]}" for m in months))
    rows: list[dict[str, Value]] = [
        {"site": site.nom_court, "periode": period, "indicateur": one.libelle}
        for one in monthly.indicateurs
        for period in (quarters if one.frequence == "trimestre" else months)
    ]
    book = _Book(campaign.debut, campaign.fin)
    title = f"Chiffres du mois — {site.nom}, {campaign.libelle}"
    book.sheet(monthly_layout(monthly, site), title, site.nom_court, rows=rows)
    return book.close()


def register_template(
    complaints: Complaints, subjects: Sequence[str], campaign: Campaign, site: Site
) -> bytes:
    """Return the register of complaints and suggestions of a site, for the year of a campaign."""
    first, last = date(campaign.fin.year - 1, 1, 1), date(campaign.fin.year + 1, 12, 31)
    book = _Book(first, last, f"{first.year} à {last.year}")
    title = f"Réclamations et suggestions — {site.nom}, {campaign.libelle}"
    book.sheet(register_layout(complaints, subjects, site), title, site.nom_court)
    return book.close()


def _month_before(day: date, back: int) -> str:
    """
    Return the month that comes some months before that of a day.

    Examples
    --------
    >>> _month_before(date(2020, 12, 4), 0), _month_before(date(2020, 2, 1), 2)
    ('2020-12', '2019-12')
    """
    rank = 12 * day.year + day.month - 1 - back
    return f"{rank // 12}-{rank % 12 + 1:02}"


def _one_sheet(layout: Layout, title: str, campaign: Campaign, site: Site) -> bytes:
    book = _Book(campaign.debut, campaign.fin)
    book.sheet(layout, title, site.nom_court)
    return book.close()


def mystery_template(
    grid: MysteryGrid,
    campaign: Campaign,
    sites: Sequence[Site],
    planned: Mapping[str, Sequence[Mapping[str, Value]]] | None = None,
) -> bytes:
    """
    Return the workbook of a mystery survey, one sheet a channel.

    Parameters
    ----------
    grid, campaign, sites
        Columns, window and lists.
    planned
        By channel, the contacts to make: values by key of `grid.colonnes`.
    """
    book = _Book(campaign.contact_days.debut, campaign.contact_days.fin)
    for channel in grid.canaux:
        layout = mystery_layout(grid, channel, [site.nom_court for site in sites])
        title = f"Enquête mystère — {channel.libelle} — {campaign.libelle}"
        book.sheet(layout, title, rows=(planned or {}).get(channel.id, ()))
    return book.close()


class _Book:
    """A workbook whose sheets share one hidden sheet of lists."""

    def __init__(self, start: date, end: date, when: str = "la campagne") -> None:
        self._out = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._out, {"in_memory": True})
        self._book.set_properties({"created": _CREATED, "title": "Modèle de saisie qpref"})
        self._days, self._when = (start, end), when
        self._lists: list[Sequence[str | int]] = []
        self._shut = self._book.add_format({"locked": True})
        self._bold = self._book.add_format({"bold": True})
        self._head = self._book.add_format(
            {"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": NEUTRAL}
        )
        open_cell = {"locked": False}
        self._free = {
            "text": self._book.add_format(open_cell | {"text_wrap": True}),
            "number": self._book.add_format(open_cell),
            "decimal": self._book.add_format(open_cell),
            "day": self._book.add_format(open_cell | {"num_format": "dd/mm/yyyy"}),
        }

    def sheet(
        self,
        layout: Layout,
        title: str,
        site: str = "",
        *,
        rows: Sequence[Mapping[str, Value]] = (),
    ) -> None:
        """Add a sheet: title, site, version, headings, then rows to fill, some begun."""
        sheet = self._book.add_worksheet(layout.sheet)
        styles = (self._bold, self._shut, self._shut)
        for line, (text, style) in enumerate(
            zip(layout.instructions(title, site), styles, strict=True)
        ):
            sheet.write(line, 0, text, style)
        first = _HEADING_ROW + 1
        for place, column in enumerate(layout.offered):
            sheet.write(_HEADING_ROW, place, column.heading, self._head)
            sheet.set_column(place, place, 14, self._free[column.kind])
            last = first + max(ROWS, len(rows)) - 1
            self._constrain(sheet, (first, place, last, place), column)
            for line, row in enumerate(rows, start=first):
                if row.get(column.key) is not None:
                    sheet.write(line, place, row[column.key], self._free[column.kind])
        sheet.freeze_panes(first, 2)
        sheet.protect(
            "", {"insert_rows": False, "delete_rows": False, "sort": True, "autofilter": True}
        )

    def _constrain(self, sheet: Any, area: tuple[int, int, int, int], column: KeyedColumn) -> None:  # noqa: ANN401
        """Allow only what the loader understands, and say so in French."""
        rule: dict[str, Any]
        refusal = {"error_title": "Valeur non prévue", "ignore_blank": True}
        if column.choices:
            message = "Choisissez une réponse de la liste, ou laissez la case vide."
            offered: list[str | int] = [*column.choices, *map(int, column.codes)]
            rule = {"validate": "list", "source": self._source(offered)}
        elif column.kind == "day":
            message = f"Entrez une date de {self._when} ({_MONTH})."
            start, end = self._days
            rule = {"validate": "date", "criteria": "between", "minimum": start, "maximum": end}
        elif column.most is not None:
            message = f"Entrez une note de 0 à {column.most}."
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0}
            rule["maximum"] = column.most
        elif column.kind == "number":
            message = "Entrez un nombre entier positif."
            rule = {"validate": "integer", "criteria": ">=", "value": 0}
        elif column.kind == "decimal":
            message = "Entrez un nombre positif (95,2 pour 95,2 %)."
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
        else:
            return
        sheet.data_validation(*area, {**rule, **refusal, "error_message": message})

    def _source(self, choices: Sequence[str | int]) -> str:
        """Return the range of the hidden sheet that holds these choices."""
        if choices not in self._lists:
            self._lists.append(choices)
        column = xl_col_to_name(self._lists.index(choices), col_abs=True)
        return f"={LISTS}!{column}$1:{column}${len(choices)}"

    def close(self) -> bytes:
        """Return the workbook; the same bytes every time."""
        lists = self._book.add_worksheet(LISTS)
        for column, choices in enumerate(self._lists):
            lists.write_column(0, column, choices)
        lists.hide()
        self._book.close()
        return alike(self._out.getvalue())
