"""Invented forms as someone keyed them in a workbook, usual blemishes included."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any, ClassVar

import xlsxwriter

from qpref.example.people import Visitor
from qpref.layout import FICTIONAL, SITE, KeyedColumn, groups, split_heading, stated
from qpref.layout.survey import SHEET, TICK, survey_layout
from qpref.questions import PERSONAL, Answer
from qpref.reference import Modality, Question, Questionnaire
from qpref.zipped import alike

CREATED = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)
_HEADING_ROW = 5
_MAIL = "usager@exemple.invalid"
_UNFORESEEN = ("Moyen", "Bof")  # words that a form does not offer
_BY_GENDER = ("é", "ait")  # participles, to which people add their feminine mark

Key = tuple[str, str]  # variable and box, as the layout of the sheet names its columns


@dataclass(frozen=True)
class Pile:
    """The forms of one site, to be keyed by one hurried person."""

    questionnaire: Questionnaire
    site: str
    title: str
    visitors: Sequence[Visitor]
    rng: Random

    def form(self, visitor: Visitor, rank: int) -> dict[Key, Any]:
        """Return the cells of one form, as keyed."""
        is_a_date = self.rng.random() < 0.85  # noqa: PLR2004 - else a text
        day = visitor.moment.date()
        mail = _MAIL if visitor.has_written and rank % 4 == 0 else ""
        facts = {
            "numero": rank + 1,
            "date": day if is_a_date else f"{day:%d/%m/%Y}",
            "site": self.site,
            PERSONAL: mail,
        }
        cells = {(q.variable, ""): facts.get(q.role or "", "") for q in self._facts}
        for asked, answer in visitor.answers.items():
            question = self.questionnaire.by_id[asked]
            cells |= self.KEYED[question.kind.answer](self, question, answer)
        return cells

    @property
    def _facts(self) -> list[Question]:
        return [q for q in self.questionnaire.questions if q.kind.answer is Answer.FIELD]

    def _level(self, question: Question, code: str) -> dict[Key, Any]:
        levels = self.questionnaire.scale(question.id).modalites
        level = next(level for level in levels if level.code == code)
        is_for_or_against = question.kind.is_judged and level.favorable is not None
        offered = {one.libelle for one in levels}
        unforeseen = [word for word in _UNFORESEEN if is_for_or_against and word not in offered]
        return {(question.variable, ""): self._hurried(level, unforeseen)}

    def _hurried(self, level: Modality, unforeseen: Sequence[str]) -> str:
        """Return a label the way a hurried person keys it, or a word that is no answer."""
        chance = self.rng.random()
        if chance > 0.995 and unforeseen:  # noqa: PLR2004
            return unforeseen[0]
        if level.synonymes and chance < 0.08:  # noqa: PLR2004
            return level.synonymes[int(self.rng.random() * len(level.synonymes))]
        if chance < 0.12:  # noqa: PLR2004
            return level.libelle.upper()
        if chance < 0.16:  # noqa: PLR2004
            return level.libelle.replace(" ", "\u00a0") + " "
        if chance < 0.2 and level.libelle.endswith(_BY_GENDER):  # noqa: PLR2004
            return f"{level.libelle}(e)"
        return level.libelle

    def _fact(self, question: Question, code: str) -> dict[Key, Any]:
        return {(question.variable, ""): self.questionnaire.label(question.id, code)}

    def _boxes(self, question: Question, ticked: frozenset[str]) -> dict[Key, Any]:
        return {(question.variable, code): TICK for code in ticked}

    def _value(self, question: Question, value: object) -> dict[Key, Any]:
        return {(question.variable, ""): value}

    KEYED: ClassVar[Mapping[Answer, Callable[["Pile", Question, Any], dict[Key, Any]]]] = {
        Answer.LEVEL: _level,
        Answer.FIELD: _fact,
        Answer.BOXES: _boxes,
        Answer.TEXT: _value,
        Answer.NUMBER: _value,
        Answer.DAY: _value,
    }


def counter_workbook(pile: Pile) -> bytes:
    """Return a workbook keyed by hand: preamble, merged headings, blemishes, hidden sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED, "title": FICTIONAL, "comments": FICTIONAL})
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(SHEET)
    sheet.write(0, 0, f"Enquête de satisfaction — {pile.title}", book.add_format({"bold": True}))
    sheet.write(1, 0, stated(FICTIONAL, "aucun usager réel"))
    sheet.write(2, 0, stated(SITE, pile.site))
    columns = survey_layout(pile.questionnaire).columns
    _write_heading(sheet, [column.heading for column in columns], bold)
    line = _HEADING_ROW + 1
    for rank, visitor in enumerate(pile.visitors):
        if rank == len(pile.visitors) // 2:
            line += 1  # a blank line, as between two piles of forms
        _write_form(sheet, line, columns, pile.form(visitor, rank), day)
        line += 1
    for cells in _blemishes(pile):
        _write_form(sheet, line, columns, cells, day)
        line += 1
    sheet.write(line + 1, 0, "Total")
    sheet.write(line + 1, 1, len(pile.visitors))
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    draft = book.add_worksheet("Brouillon")
    draft.write(0, 0, "Ne pas tenir compte de cette feuille")
    draft.hide()
    book.close()
    return alike(out.getvalue())


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


def _write_form(
    sheet: Any,  # noqa: ANN401
    line: int,
    columns: Sequence[KeyedColumn],
    cells: Mapping[Key, Any],
    day: Any,  # noqa: ANN401
) -> None:
    for place, column in enumerate(columns):
        value = cells.get((column.key, column.option), "")
        if hasattr(value, "isoformat"):
            sheet.write_datetime(line, place, datetime.combine(value, time()), day)
        elif isinstance(value, int | float):
            sheet.write_number(line, place, value)
        elif value:
            sheet.write_string(line, place, value)


def _blemishes(pile: Pile) -> list[dict[Key, Any]]:
    """Return a form keyed twice and two impossible dates."""
    first, last, count = pile.visitors[0], pile.visitors[-1], len(pile.visitors)
    twice = pile.form(last, count - 1)
    late = pile.form(first, count)
    late["date", ""] = (first.moment + timedelta(days=60)).date()
    unreadable = pile.form(first, count + 1)
    unreadable["date", ""] = "mardi"
    return [twice, late, unreadable]
