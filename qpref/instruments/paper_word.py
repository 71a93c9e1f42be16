"""The paper form as a text document, for who changes it by hand before printing."""

import io
from datetime import datetime, time

import segno
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Length, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from qpref.instruments.paper import AtCounter, FormToPrint, PaperBox, PaperItem
from qpref.wording.word import begun, content_of, legal

_SIZES = {"courants": 9.5, "grands": 16.0, "tres-grands": 20.0}
_BOX, _WIDTH = "☐", 18.6  # cm, of what is printed
_LINE = "_" * 22
_MIDNIGHT = time()
# What follows, in the order that the format wants.
_AFTER_BIDI = ("w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
_AFTER_SIZE = ("w:highlight", "w:u", "w:rtl", "w:cs", "w:lang")


def form_document(form: FormToPrint, counter: AtCounter, letters: str) -> bytes:
    """
    Return a form as a .docx; the same bytes each time.

    Parameters
    ----------
    form
        What it asks.
    counter
        Whose campaign dates the document.
    letters
        Size of letters: « courants », « grands », « tres-grands ».
    """
    began = datetime.combine(counter.campaign.debut, _MIDNIGHT)
    book = begun(legal(form.title), began, is_fictional=False)
    return content_of(_Writer(book, form, _SIZES[letters]).written())


class _Writer:
    def __init__(self, book: DocumentObject, form: FormToPrint, size: float) -> None:
        self._book, self._form, self._size = book, form, size
        for section in book.sections:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
            section.left_margin = section.right_margin = Cm(1.2)
            section.top_margin, section.bottom_margin = Cm(0.8), Cm(1.1)
            section.footer_distance = Cm(0.4)
        normal = book.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(size)
        normal.paragraph_format.space_after = Pt(0)
        for name, times in (("Title", 1.5), ("Heading 1", 1.1)):
            style = book.styles[name]
            style.font.name, style.font.size = "Arial", Pt(round(size * times))
            style.paragraph_format.space_before = Pt(size / 3)
            style.paragraph_format.space_after = Pt(1)

    def written(self) -> DocumentObject:
        """Return the document, filled."""
        form = self._form
        self._direct(self._book.paragraphs[0])
        self._add(form.place, is_bold=True)
        self._add(f"{form.words['numero']} {_LINE}. {form.words['debut']}")
        if form.address:
            self._code()
        for title, items in form.groups:
            heading = self._book.add_heading(legal(title), level=1)
            heading.paragraph_format.keep_with_next = True
            self._direct(heading)
            for item in items:
                self._grid(item) if item.is_grid else self._question(item)
        self._add(form.words["rendre"], is_bold=True)
        self._add(form.notice, times=0.75)
        foot = self._book.sections[0].footer.paragraphs[0]
        foot.add_run(form.version).font.size = Pt(7)
        return self._book

    def _add(self, text: str, *, is_bold: bool = False, times: float = 1) -> Paragraph:
        paragraph = self._book.add_paragraph()
        self._run(paragraph, text, is_bold=is_bold, times=times)
        self._direct(paragraph)
        return paragraph

    def _run(
        self, paragraph: Paragraph, text: str, *, is_bold: bool = False, times: float = 1
    ) -> Run:
        run = paragraph.add_run(legal(text))
        run.bold = is_bold
        run.font.size = Pt(round(self._size * times * 2) / 2)
        return run

    def _direct(self, paragraph: Paragraph) -> None:
        """Have a paragraph read from the right when its language is."""
        if not self._form.is_right_to_left:
            return
        own = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no name for these
        own.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)
        for run in paragraph.runs:
            run.font.rtl = True
            run.font.cs_bold = run.bold
            size = OxmlElement("w:szCs")  # letters of these scripts have a size of their own
            size.set(qn("w:val"), str(round((run.font.size or Pt(self._size)).pt * 2)))
            run._r.get_or_add_rPr().insert_element_before(size, *_AFTER_SIZE)  # noqa: SLF001

    def _code(self) -> None:
        drawn = io.BytesIO()
        segno.make(self._form.address, error="m", micro=False).save(drawn, kind="png", scale=8)
        drawn.seek(0)
        paragraph = self._add(f"{self._form.words['en_ligne']} {self._form.address} ")
        paragraph.add_run().add_picture(drawn, width=Cm(2))

    def _question(self, item: PaperItem) -> None:
        [(number, text)] = item.rows
        arrow = "↲" if self._form.is_right_to_left else "↳"
        shift = 0.9 if item.condition else 0
        if item.condition:
            told = self._add(f"{arrow} {item.condition}", is_bold=True)
            self._shift(told, Cm(shift))
            told.paragraph_format.keep_with_next = True
        paragraph = self._book.add_paragraph()
        self._run(paragraph, f"{number}  ", is_bold=True)
        self._run(paragraph, " ".join(filter(None, (text, item.note))))
        if item.blank is not None:
            self._run(paragraph, f"  {_LINE} {item.blank}")
        self._direct(paragraph)
        self._shift(paragraph, Cm(shift))
        paragraph.paragraph_format.space_before = Pt(2)
        if item.boxes:
            paragraph.paragraph_format.keep_with_next = True
            answers = self._add("     ".join(map(self._box, item.boxes)))
            self._shift(answers, Cm(0.7 + shift))
        for _ in range(item.lines):
            self._add("_" * round(_WIDTH / (self._size * 0.0205)))

    def _shift(self, paragraph: Paragraph, distance: Length) -> None:
        paragraph.paragraph_format.left_indent = distance

    def _box(self, box: PaperBox) -> str:
        arrow = "←" if self._form.is_right_to_left else "→"
        words = [f"{_BOX}\u00a0{box.code}".strip(), box.label.replace(" ", "\u00a0")]
        if box.goes_to:
            words += [arrow, self._form.words["passez"].format(numero=box.goes_to)]
        return "\u00a0".join(words)

    def _grid(self, item: PaperItem) -> None:
        columns = len(item.boxes)
        table = self._book.add_table(rows=1, cols=columns + 1, style="Table Grid")
        table.autofit = False
        narrow = min(2.0, 0.62 * _WIDTH / columns)
        widths = [_WIDTH - columns * narrow, *[narrow] * columns]
        heads = ["", *(box.label for box in item.boxes)]
        self._fill(table, 0, heads, times=0.85)
        for number, text in item.rows:
            table.add_row()
            cells = [f"{number}  {text}", *(f"{_BOX} {box.code}" for box in item.boxes)]
            self._fill(table, len(table.rows) - 1, cells)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for row in table.rows:
            mark = OxmlElement("w:cantSplit")
            row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
        if self._form.is_right_to_left:
            own = table._tbl.tblPr  # noqa: SLF001
            own.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblW", "w:jc", "w:tblLayout")

    def _fill(self, table: WordTable, row: int, texts: list[str], *, times: float = 1) -> None:
        for place, (cell, text) in enumerate(zip(table.rows[row].cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            self._run(paragraph, text, times=times)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._direct(paragraph)
