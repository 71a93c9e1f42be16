"""Pages to tagged PDF, the same bytes each time: what the browser prints, completed."""

import io
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pikepdf

from qpref.report import tags
from qpref.report.browser import print_pages
from qpref.scratch import scratch

_OF_THE_CLOCK = ("/CreationDate", "/ModDate", "/Creator")
_HEADING = re.compile("h[1-6]")
_SPACES = re.compile(r"[ \t\r\n]+")  # not those that are never cut


def to_pdfs(pages: Sequence[Path], browser: Path) -> list[bytes]:
    """
    Return pages as tagged PDF with bookmarks; the same bytes for the same pages and browser.

    Parameters
    ----------
    pages
        HTML files.
    browser
        Of `browser.find_browser`.

    Raises
    ------
    PdfError
        If the browser does not print one of them.
    """
    printed = print_pages(pages, browser)
    return [_finished(own, page) for own, page in zip(printed, pages, strict=True)]


def to_pdf(page: Path, browser: Path) -> bytes:
    """Return one page as `to_pdfs` does."""
    return to_pdfs([page], browser)[0]


def first_to_fit(texts: Sequence[str], browser: Path, most: int) -> tuple[bytes, int]:
    """
    Return the first page that prints on few enough sheets, or else the last, and its pages.

    Parameters
    ----------
    texts
        The same page, set smaller each time.
    browser
        Of `browser.find_browser`.
    most
        Printed pages that it may take.
    """
    with scratch() as folder:
        pages = [folder / f"{rank}.html" for rank in range(len(texts))]
        for page, text in zip(pages, texts, strict=True):
            page.write_text(text, encoding="utf-8")
        for content in to_pdfs(pages, browser):
            with pikepdf.open(io.BytesIO(content)) as document:
                found = content, len(document.pages)
            if found[1] <= most:
                break
    return found


def _finished(content: bytes, page: Path) -> bytes:
    """Return the file a third as heavy, described, without what changes at each printing."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for key in _OF_THE_CLOCK:
            if key in document.docinfo:
                del document.docinfo[key]
        _describe(document)
        _name_bookmarks(document, page.read_text(encoding="utf-8"))
        _point_beside(document)
        tags.complete(document)
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _describe(document: pikepdf.Pdf) -> None:
    """Write title and language where readers look for them (XMP)."""
    facts = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False)
    with facts as told:
        told["dc:title"] = str(document.docinfo.get("/Title", ""))
        told["dc:language"] = [str(document.Root.get("/Lang", "fr"))]


class _Headings(HTMLParser):
    """The headings of a page, whole."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found, self._is_inside = list[str](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its signature
        if _HEADING.fullmatch(tag):
            self.found.append("")
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and not _HEADING.fullmatch(tag)

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.found[-1] += data


def _name_bookmarks(document: pikepdf.Pdf, page: str) -> None:
    """Give bookmarks the words of their headings: the browser loses the space where a line ends."""
    whole = {_squeezed(one): _SPACES.sub(" ", one).strip(" ") for one in _Headings(page).found}
    with document.open_outline() as outline:
        items = [*outline.root]
        for item in items:  # which grows with the items inside each
            item.title = whole.get(_squeezed(item.title), item.title)
            items += item.children


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _point_beside(document: pikepdf.Pdf) -> None:
    """Have links to files beside the page name them alone, wherever the folder of the page was."""
    for page in document.pages:
        for note in page.get("/Annots", ()):
            action = note.get("/A")
            if action is None or "/URI" not in action:
                continue
            target = urlsplit(str(action.URI))
            name = unquote(Path(target.path).name) if target.scheme == "file" else ""
            note.Contents = pikepdf.String(name or str(action.URI))
            if name.endswith(".pdf"):
                where = pikepdf.Array([0, pikepdf.Name.Fit])
                own = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F=name, D=where, NewWindow=True)
                note.A = own
            elif name:
                note.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=name)
