"""Invented data in the formats in which a quality unit receives them, usual blemishes included."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from qpref.example.people import Visitor
from qpref.layout import FICTIONAL, SITE, KeyedColumn, groups, split_heading, stated
from qpref.layout.counts import APPROACHES, VISITORS
from qpref.layout.survey import SHEET, TICK, survey_layout
from qpref.questions import Answer
from qpref.reference import Question, Questionnaire

_HEADING_ROW = 5
_CREATED = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)

_SYSTEM = (
    "id. ID de la réponse",
    "submitdate. Date de soumission",
    "lastpage. Dernière page",
    "startlanguage. Langue de départ",
    "seed. Tête de série",
    "startdate. Date de lancement",
    "datestamp. Date de la dernière action",
    "ipaddr. Adresse IP",
    "refurl. URL référente",
)
_LAST_PAGE = 7


def limesurvey_csv(
    questionnaire: Questionnaire,
    visitors: list[tuple[str, Visitor]],
    unfinished: set[int],
) -> bytes:
    """
    Return a LimeSurvey export (code and text headings, labels, `;`, BOM, final blank line).

    Parameters
    ----------
    questionnaire
        Its `limesurvey` codes give the columns.
    visitors
        Site label and visitor, in order of arrival.
    unfinished
        Ranks of the visitors who stopped before the end.
    """
    heading = [*_SYSTEM, *(text for q in _exported(questionnaire) for text in _headings(q))]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(heading)
    for rank, (site, visitor) in enumerate(visitors):
        writer.writerow(_limesurvey_row(questionnaire, rank, site, visitor, rank in unfinished))
    return b"\xef\xbb\xbf" + out.getvalue().encode() + b"\r\n"


def _exported(questionnaire: Questionnaire) -> list[Question]:
    return [question for question in questionnaire.questions if question.limesurvey]


def _headings(question: Question) -> list[str]:
    """Return code and text of a question's column, or of the column of each of its boxes."""
    if not question.options:
        return [f"{question.limesurvey}. {question.texte}"]
    return [
        f"{question.limesurvey}[{option.limesurvey}]. {question.texte} [{option.libelle}]"
        for option in question.options
    ]


def _limesurvey_row(
    questionnaire: Questionnaire, rank: int, site: str, visitor: Visitor, stopped: bool
) -> list[str]:
    end = visitor.moment + timedelta(minutes=4 + rank % 5)
    page = 3 if stopped else _LAST_PAGE
    sent = "" if stopped else f"{end:%Y-%m-%d %H:%M:%S}"
    row = [
        str(1001 + rank),
        sent,
        str(page),
        "fr",
        str(400_000_000 + 7919 * rank),
        f"{visitor.moment:%Y-%m-%d %H:%M:%S}",
        f"{end:%Y-%m-%d %H:%M:%S}",
        f"192.0.2.{rank % 250 + 1}",
        FICTIONAL,
    ]
    facts = {
        "site": site,
        "mode": questionnaire.label("mode", visitor.mode),
        "demi_journee": questionnaire.label("demi_journee", visitor.half_day),
        "guichet": questionnaire.label("guichet", visitor.counter),
        "suggestion": visitor.text.replace(". ", ".\n"),
        "courriel_contact": "contact@exemple.invalid" if visitor.text and rank % 3 == 0 else "",
    }
    for question in _exported(questionnaire):
        cells = EXPORTED[question.kind.answer](questionnaire, question, visitor, facts)
        shown = int((question.limesurvey or "")[1:3]) <= page
        row += cells if shown else [""] * len(cells)
    return row


Facts = dict[str, str]


def _level(
    questionnaire: Questionnaire, question: Question, visitor: Visitor, _: Facts
) -> list[str]:
    code = visitor.answers.get(question.id)
    return [questionnaire.label(question.id, code) if code else ""]


def _ticks(_: Questionnaire, question: Question, visitor: Visitor, _facts: Facts) -> list[str]:
    ticks = ["Oui" if o.code in visitor.ticked else "Non" for o in question.options]
    return ticks if visitor.ticked else [""] * len(ticks)


def _fact(_: Questionnaire, question: Question, _visitor: Visitor, facts: Facts) -> list[str]:
    return [facts.get(question.variable, "")]


EXPORTED: Mapping[Answer, Callable[[Questionnaire, Question, Visitor, Facts], list[str]]] = {
    Answer.LEVEL: _level,
    Answer.BOXES: _ticks,
    Answer.TEXT: _fact,
    Answer.FIELD: _fact,
    Answer.NUMBER: _fact,
    Answer.DAY: _fact,
}


def counter_workbook(
    questionnaire: Questionnaire, site: str, title: str, visitors: list[Visitor], rng: Random
) -> bytes:
    """Return a workbook keyed by hand: preamble, merged headings, blemishes, hidden sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _CREATED, "title": FICTIONAL, "comments": FICTIONAL})
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(SHEET)
    sheet.write(0, 0, f"Enquête de satisfaction — {title}", book.add_format({"bold": True}))
    sheet.write(1, 0, stated(FICTIONAL, "aucun usager réel"))
    sheet.write(2, 0, stated(SITE, site))
    columns = survey_layout(questionnaire).columns
    _write_heading(sheet, [column.heading for column in columns], bold)
    line = _HEADING_ROW + 1
    for rank, visitor in enumerate(visitors):
        if rank == len(visitors) // 2:
            line += 1  # a blank line, as between two piles of forms
        _write_form(sheet, line, columns, _form(questionnaire, visitor, rank, rng), day)
        line += 1
    line = _blemishes(
        sheet, line, columns, questionnaire=questionnaire, visitors=visitors, rng=rng, day=day
    )
    sheet.write(line + 1, 0, "Total")
    sheet.write(line + 1, 1, len(visitors))
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    draft = book.add_worksheet("Brouillon")
    draft.write(0, 0, "Ne pas tenir compte de cette feuille")
    draft.hide()
    book.close()
    return out.getvalue()


def _write_heading(sheet: Any, texts: list[str], style: Any) -> None:  # noqa: ANN401
    """Write two heading rows: groups merged above, items below."""
    ends = {last: (group, first) for group, first, last in groups(texts)}
    for column, text in enumerate(texts):
        sheet.write(_HEADING_ROW, column, split_heading(text)[1], style)
        group, first = ends.get(column, ("", column))
        if group and column > first:
            sheet.merge_range(_HEADING_ROW - 1, first, _HEADING_ROW - 1, column, group, style)
        elif group:
            sheet.write(_HEADING_ROW - 1, column, group, style)


def _form(
    questionnaire: Questionnaire, visitor: Visitor, rank: int, rng: Random
) -> dict[tuple[str, str], Any]:
    """Return the cells of one paper form as someone keyed it."""
    cells: dict[tuple[str, str], Any] = {
        ("numero", ""): rank + 1,
        ("date", ""): visitor.moment.date()
        if rng.random() < 0.85  # noqa: PLR2004
        else f"{visitor.moment:%d/%m/%Y}",
        ("demi_journee", ""): questionnaire.label("demi_journee", visitor.half_day),
        ("guichet", ""): questionnaire.label("guichet", visitor.counter),
        ("suggestion", ""): visitor.text,
        ("courriel_contact", ""): "usager@exemple.invalid"
        if visitor.text and rank % 4 == 0
        else "",
    }
    for asked, code in visitor.answers.items():
        cells[questionnaire.by_id[asked].variable, ""] = _keyed(questionnaire, asked, code, rng)
    for question in questionnaire.questions:
        ticked = [option.code for option in question.options if option.code in visitor.ticked]
        cells |= {(question.variable, code): TICK for code in ticked}
    return cells


def _keyed(questionnaire: Questionnaire, question: str, code: str, rng: Random) -> str:
    """Return a label the way a hurried person keys it."""
    modality = next(m for m in questionnaire.scale(question).modalites if m.code == code)
    chance = rng.random()
    is_judged = questionnaire.by_id[question].kind.is_judged
    if chance > 0.995 and is_judged and modality.favorable is not None:  # noqa: PLR2004
        return "Moyen"  # a word that the form does not offer
    if modality.synonymes and chance < 0.08:  # noqa: PLR2004
        return modality.synonymes[int(rng.random() * len(modality.synonymes))]
    if chance < 0.12:  # noqa: PLR2004
        return modality.libelle.upper()
    if chance < 0.16:  # noqa: PLR2004
        return modality.libelle.replace(" ", "\u00a0") + " "
    if chance < 0.2 and modality.libelle.endswith("satisfait"):  # noqa: PLR2004
        return f"{modality.libelle}(e)"
    return modality.libelle


def _write_form(
    sheet: Any,  # noqa: ANN401
    line: int,
    columns: Sequence[KeyedColumn],
    cells: dict[Any, Any],
    day: Any,  # noqa: ANN401
) -> None:
    for place, column in enumerate(columns):
        value = cells.get((column.key, column.option), "")
        if hasattr(value, "isoformat"):
            sheet.write_datetime(line, place, datetime.combine(value, datetime.min.time()), day)
        elif isinstance(value, int):
            sheet.write_number(line, place, value)
        elif value:
            sheet.write_string(line, place, value)


def _blemishes(  # noqa: PLR0913 - one call site
    sheet: Any,  # noqa: ANN401
    line: int,
    columns: Sequence[KeyedColumn],
    *,
    questionnaire: Questionnaire,
    visitors: list[Visitor],
    rng: Random,
    day: Any,  # noqa: ANN401
) -> int:
    """Add a form keyed twice and two impossible dates; return the next line."""
    first, last = visitors[0], visitors[-1]
    twice = _form(questionnaire, last, len(visitors) - 1, rng)
    late = _form(questionnaire, first, len(visitors), rng)
    late["date", ""] = (first.moment + timedelta(days=60)).date()
    unreadable = _form(questionnaire, first, len(visitors) + 1, rng)
    unreadable["date", ""] = "mardi"
    for cells in (twice, late, unreadable):
        _write_form(sheet, line, columns, cells, day)
        line += 1
    return line


def flow_csv(rows: list[tuple[str, str, str, str, str, int]]) -> bytes:
    """Return the queue system's export, in the Windows code page as such systems write it."""
    asked = [column.heading for column in VISITORS.columns if column.key != "categorie_usager"]
    return _counts_csv(asked, rows)


def approaches_csv(rows: list[tuple[str | int, ...]]) -> bytes:
    """Return the log of the people approached, by half-day, as an interviewer keeps it."""
    return _counts_csv([column.heading for column in APPROACHES.columns], rows)


def _counts_csv(heading: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows((*row, FICTIONAL) for row in rows)
    return out.getvalue().encode("cp1252")
