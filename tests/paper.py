"""What a printed page holds, read in the PDF itself: sizes of letters, how far down they go."""

import shutil
import subprocess
from dataclasses import dataclass

import pikepdf
import pytest

_SAME = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Letters:
    """Letters drawn at once: their size and height above the foot of the sheet, in points."""

    size: float
    height: float
    is_artifact: bool


def times(first, then):
    """Return the matrix of a change of place followed by another (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


class _Reader:
    """Follows where letters go, instruction by instruction."""

    def __init__(self):
        self.found, self._kept, self._marks = [], [], []
        self._place, self._text, self._size = _SAME, _SAME, 0.0

    def reads(self, name, operands):
        if name in {"q", "Q", "cm"}:
            self._moves(name, operands)
        elif name in {"BDC", "BMC", "EMC"}:
            self._marked(name, operands)
        elif name == "Tf":
            self._size = float(operands[1])
        elif name in {"BT", "Tm"}:
            self._text = (*map(float, operands),) or _SAME
        elif name in {"Td", "TD"}:
            self._text = times((1, 0, 0, 1, *map(float, operands)), self._text)
        elif name in {"Tj", "TJ"}:
            self._shows()

    def _moves(self, name, operands):
        if name == "q":
            self._kept.append(self._place)
        elif name == "Q":
            self._place = self._kept.pop()
        else:
            self._place = times([*map(float, operands)], self._place)

    def _marked(self, name, operands):
        if name == "EMC":
            self._marks.pop()
        else:
            self._marks.append(str(operands[0]) == "/Artifact")

    def _shows(self):
        a, b, c, d, _, height = times(self._text, self._place)
        size = self._size * abs(a * d - b * c) ** 0.5
        self.found.append(Letters(size, height, any(self._marks) or not self._marks))


def letters(page):
    """Return all that is written on a page, in order."""
    reader = _Reader()
    for operands, operator in pikepdf.parse_content_stream(page):
        reader.reads(str(operator), operands)
    return reader.found


def smallest(document):
    """Return the size of the smallest letters of a document, artifacts included."""
    return min(one.size for page in document.pages for one in letters(page))


def filled(page):
    """Return how much of the height inside the margins is used: down to the last line of text."""
    inside = [one.height for one in letters(page) if not one.is_artifact]
    top, foot = float(page.MediaBox[3]) - MARGIN, MARGIN
    return (top - min(inside, default=top)) / (top - foot)


MARGIN = 13.5 / 25.4 * 72  # points, of rapport.css


def elements(parent):
    """Yield the elements of the structure of a document or of an element, in reading order."""
    parent = parent.Root.StructTreeRoot if isinstance(parent, pikepdf.Pdf) else parent
    inside = parent.get("/K", [])
    for kid in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def texts(path):
    """Return the text of each page, as poppler reads it."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext n’est pas installé")
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]
