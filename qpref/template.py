"""Workbooks to key answers in: drop-down lists, a version, a protected structure, one site each."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from qpref.palette import NEUTRAL
from qpref.reference import Campaign, MysteryGrid, Question, Questionnaire, Site

Value = str | int | date | None

ROWS = 400  # forms that one workbook can hold
_CREATED = datetime(2020, 1, 1, tzinfo=UTC)
_MONTH = "jj/mm/aaaa"


@dataclass(frozen=True)
class _Field:
    """A column to key: its heading, and the answers allowed (or the kind of value)."""

    heading: str
    choices: Sequence[str] = field(default_factory=tuple)
    kind: str = "text"  # text, date, number


def survey_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which paper forms are keyed, headed by the questionnaire."""
    fields = sorted(
        (f for question in questionnaire.questions for f in _fields(questionnaire, question)),
        key=lambda f: f.heading != "N°",
    )
    title = f"Saisie des questionnaires papier — {site.nom}, {campaign.libelle}"
    book = _Book(campaign.debut, campaign.fin)
    book.sheet("Saisie", title, questionnaire.mark, fields, site)
    return book.close()


def _fields(questionnaire: Questionnaire, question: Question) -> list[_Field]:
    if question.type == "contact":
        return []
    if question.options:
        return [_Field(o.entetes[0], ("x",)) for o in question.options if o.entetes]
    if not question.entetes:
        return []
    kind = {"date_visite": "date", "numero": "number"}.get(question.id, "text")
    scale = questionnaire.scale(question.id).modalites if question.echelle else []
    return [_Field(question.entetes[0], [modality.libelle for modality in scale], kind)]


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
    book = _Book(campaign.mystere.debut, campaign.mystere.fin)
    yes_no = [modality.libelle for modality in grid.reponses]
    names = {key: texts[0] for key, texts in grid.colonnes.items()}
    for channel in grid.canaux:
        own: list[_Field] = [
            _Field(names["numero"], kind="number"),
            _Field(names["site"], [site.nom_court for site in sites]),
            _Field(names["prevu_le"], kind="date"),
            _Field(names["moment_prevu"]),
            *(_Field(names[key]) for key in ("service", "scenario", "evaluateur")),
            _Field(names["envoye_le"], kind="date"),
        ]
        if channel.id == "appel":
            own += [
                _Field(names["abouti"], yes_no[:3:2]),
                _Field(names["sonneries"], kind="number"),
            ]
        if channel.id in {"courriel", "courrier"}:
            by = [other.un.capitalize() for other in grid.canaux]
            own += [_Field(names["repondu_le"], kind="date"), _Field(names["canal_reponse"], by)]
        for criterion in grid.criteres:
            if channel.id in criterion.canaux and criterion.entetes:
                note = criterion.type == "note10"
                own.append(
                    _Field(
                        criterion.entetes[0], () if note else yes_no, "number" if note else "text"
                    )
                )
        own += [_Field(names["double_de"])]
        own += [_Field(names["exclu"], ("Oui",)), _Field(names["motif_exclusion"])]
        own += [_Field(names["commentaire"])]
        title = f"Enquête mystère — {channel.libelle} — {campaign.libelle}"
        rows = [
            {names[key]: value for key, value in row.items()}
            for row in (planned or {}).get(channel.id, ())
        ]
        book.sheet(channel.feuilles[0], title, grid.mark, own, rows=rows)
    return book.close()


def flow_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which visitors are counted by day, half-day and counter."""
    scales = questionnaire.flow_scales()
    labels = {name: [m.libelle for m in scale.modalites] for name, scale in scales.items()}
    fields = [
        _Field("Site", [site.nom_court]),
        _Field("Date", kind="date"),
        _Field("Demi-journée", labels["demi_journee"]),
        _Field("Guichet", labels["guichet"]),
        _Field("Passages", kind="number"),
    ]
    book = _Book(campaign.debut, campaign.fin)
    title = f"Fréquentation — {site.nom}, {campaign.libelle}"
    book.sheet("Passages", title, questionnaire.mark, fields, site)
    return book.close()


def approach_template(questionnaire: Questionnaire, campaign: Campaign, site: Site) -> bytes:
    """Return the workbook in which people approached are counted by day and half-day."""
    moments = [m.libelle for m in questionnaire.flow_scales()["demi_journee"].modalites]
    counts = ("Abordés", "Refus", "Inéligibles", "Partiels", "Complets")
    fields = [
        _Field("Site", [site.nom_court]),
        _Field("Date", kind="date"),
        _Field("Demi-journée", moments),
        *(_Field(name, kind="number") for name in counts),
    ]
    book = _Book(campaign.debut, campaign.fin)
    title = f"Relevé des refus — {site.nom}, {campaign.libelle}"
    book.sheet("Relevé", title, questionnaire.mark, fields, site)
    return book.close()


class _Book:
    """A workbook whose sheets share one hidden sheet of lists."""

    def __init__(self, start: date, end: date) -> None:
        self._out = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._out, {"in_memory": True})
        self._book.set_properties({"created": _CREATED, "title": "Modèle de saisie qpref"})
        self._days = start, end
        self._lists: list[Sequence[str]] = []
        self._shut = self._book.add_format({"locked": True})
        self._bold = self._book.add_format({"bold": True})
        self._head = self._book.add_format(
            {"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": NEUTRAL}
        )
        open_cell = {"locked": False}
        self._free = {
            "text": self._book.add_format(open_cell | {"text_wrap": True}),
            "number": self._book.add_format(open_cell),
            "date": self._book.add_format(open_cell | {"num_format": "dd/mm/yyyy"}),
        }

    def sheet(  # noqa: PLR0913 - the parts of a sheet
        self,
        name: str,
        title: str,
        mark: str,
        fields: Sequence[_Field],
        site: Site | None = None,
        *,
        rows: Sequence[Mapping[str, Value]] = (),
    ) -> None:
        """Add a sheet: title, site, version, headings, then rows to fill, some begun."""
        sheet = self._book.add_worksheet(name)
        sheet.write(0, 0, title, self._bold)
        sheet.write(1, 0, f"Site : {site.nom_court}" if site else "Un site par ligne", self._shut)
        sheet.write(2, 0, f"Modèle qpref : {mark}", self._shut)
        first = 5
        for column, entry in enumerate(fields):
            sheet.write(first - 1, column, entry.heading, self._head)
            sheet.set_column(column, column, 14, self._free[entry.kind])
            self._constrain(sheet, (first, column, first + ROWS - 1, column), entry)
            for line, row in enumerate(rows, start=first):
                if row.get(entry.heading) is not None:
                    sheet.write(line, column, row[entry.heading], self._free[entry.kind])
        sheet.freeze_panes(first, 2)
        sheet.protect(
            "", {"insert_rows": False, "delete_rows": False, "sort": True, "autofilter": True}
        )

    def _constrain(self, sheet: Any, area: tuple[int, int, int, int], entry: _Field) -> None:  # noqa: ANN401
        """Allow only what the loader understands, and say so in French."""
        rule: dict[str, Any]
        refusal = {"error_title": "Valeur non prévue", "ignore_blank": True}
        if entry.choices:
            message = "Choisissez une réponse de la liste, ou laissez la case vide."
            rule = {"validate": "list", "source": self._source(entry.choices)}
        elif entry.kind == "date":
            message = f"Entrez une date de la campagne ({_MONTH})."
            start, end = self._days
            rule = {"validate": "date", "criteria": "between", "minimum": start, "maximum": end}
        elif entry.kind == "number":
            message = "Entrez un nombre entier positif."
            rule = {"validate": "integer", "criteria": ">=", "value": 0}
        else:
            return
        sheet.data_validation(*area, {**rule, **refusal, "error_message": message})

    def _source(self, choices: Sequence[str]) -> str:
        """Return the range of the hidden sheet that holds these choices."""
        if choices not in self._lists:
            self._lists.append(choices)
        column = xl_col_to_name(self._lists.index(choices), col_abs=True)
        return f"=Listes!{column}$1:{column}${len(choices)}"

    def close(self) -> bytes:
        """Return the workbook; the same bytes every time."""
        lists = self._book.add_worksheet("Listes")
        for column, choices in enumerate(self._lists):
            lists.write_column(0, column, choices)
        lists.hide()
        self._book.close()
        return self._out.getvalue()
