"""Complete the structure tree of a PDF with what the browser leaves out."""

from collections.abc import Iterator
from typing import Any

import pikepdf

_LATER = ("/Strong", "/Em")  # of HTML, and of PDF from its version 2.0 on
_BEGIN, _END = ("BDC", "BMC"), "EMC"
_PATH, _PAINTED = {"m", "re"}, {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*"}
_WHOLE = {"Do", "sh", "INLINE IMAGE"}  # drawn by one instruction
_ARTIFACT = pikepdf.ContentStreamInstruction([pikepdf.Name.Artifact], pikepdf.Operator("BMC"))
_CLOSED = pikepdf.ContentStreamInstruction([], pikepdf.Operator(_END))


def complete(document: pikepdf.Pdf) -> None:
    """Say of all that is drawn what it is: a part of the text, or nothing to read aloud."""
    for page in document.pages:
        page.Contents = document.make_stream(_marked(page))
    root = document.Root.get("/StructTreeRoot")
    if root is not None:
        _rename(root)
        root.RoleMap = pikepdf.Dictionary(dict.fromkeys(_LATER, pikepdf.Name.Span))
        for element in [*_elements(root)]:
            if element.S == pikepdf.Name.LI:
                _give_body(document, element)
            elif pikepdf.Name.Table == element.S:
                _span(element)
            elif pikepdf.Name.Figure == element.S:
                _ungroup(element)


def _marked(page: pikepdf.Page) -> bytes:
    """
    Return what a page draws, its margins and backgrounds marked as artifacts.

    The browser leaves them outside of any mark (ISO 14289-1, 7.1): a text object, or a path with
    the instruction that paints it, is wrapped as a whole.
    """
    found: list[Any] = []
    depth, start = 0, None
    for one in pikepdf.parse_content_stream(page):
        name = str(one.operator)
        depth += (name in _BEGIN) - (name == _END)
        if start is None and depth == 0 and (name == "BT" or name in _PATH):
            start = len(found)
        found.append(one)
        if depth == 0 and name in _WHOLE:
            found[-1:] = [_ARTIFACT, one, _CLOSED]
        elif start is not None and (name == "ET" or name in _PAINTED):
            found.insert(start, _ARTIFACT)
            found.append(_CLOSED)
            start = None
        elif name == "n" or (name == "BDC" and "/MCID" in str(one.operands[1])):
            start = None  # clips, and draws nothing; or is the text's
    return pikepdf.unparse_content_stream(found)


def _elements(parent: Any) -> Iterator[Any]:  # noqa: ANN401 - the library has one type for all
    """Yield the elements of a structure, each before those inside it."""
    for kid in _kids(parent):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _kids(element: Any) -> list[Any]:  # noqa: ANN401
    inside = element.get("/K", pikepdf.Array())
    return [*inside] if isinstance(inside, pikepdf.Array) else [inside]


def _rename(root: Any) -> None:  # noqa: ANN401
    """
    Give new names to elements, in the order in which they are read.

    The browser goes on counting them from page to page, and now and then begins by a neighbour.
    """
    if "/IDTree" not in root:
        return
    known = {str(one.ID): one for one in _elements(root) if "/ID" in one}
    names = {old: pikepdf.String(f"e{rank:06}") for rank, old in enumerate(known)}
    tree = [part for old, element in known.items() for part in (names[old], element)]
    root.IDTree = pikepdf.Dictionary(Names=pikepdf.Array(tree))
    for element in _elements(root):
        if "/ID" in element:
            element.ID = names[str(element.ID)]
        for one in _attributes(element):
            if "/Headers" in one:
                one.Headers = pikepdf.Array([names[str(name)] for name in one.Headers])


def _give_body(document: pikepdf.Pdf, item: Any) -> None:  # noqa: ANN401
    """Put what an item of a list says, all but its mark, in the body that it must have."""
    marks = [kid for kid in _kids(item) if _type(kid) in {"/Lbl", "/LBody"}]
    rest = [kid for kid in _kids(item) if _type(kid) not in {"/Lbl", "/LBody"}]
    if not rest:
        return
    body = document.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.LBody, P=item, K=pikepdf.Array(rest))
    )
    if "/Pg" in item:
        body.Pg = item.Pg
    for kid in rest:
        if _type(kid):
            kid.P = body
    item.K = pikepdf.Array([*marks, body])


def _ungroup(figure: Any) -> None:  # noqa: ANN401
    """
    Have a figure that holds another be a group, and its caption a paragraph.

    What is drawn has its words (ISO 14289-1, 7.3); the browser calls the element around it, which
    has none, a figure too.
    """
    inside = [*_elements(figure)]
    if "/Alt" not in figure and any(pikepdf.Name.Figure == one.S for one in inside):
        figure.S = pikepdf.Name.Div
        for one in inside:
            if pikepdf.Name.Caption == one.S:
                one.S = pikepdf.Name.P


def _span(table: Any) -> None:  # noqa: ANN401
    """
    Have a cell that is alone in its row be as wide as the table.

    The browser forgets it of tables that are drawn on a grid.
    """
    rows = [
        [cell for cell in _elements(row) if cell.S in {pikepdf.Name.TH, pikepdf.Name.TD}]
        for row in _elements(table)
        if row.S == pikepdf.Name.TR
    ]
    most = max((sum(map(_extent, cells)) for cells in rows), default=1)
    for cells in rows:
        if len(cells) == 1 and _extent(cells[0]) < most:
            own = [one for one in _attributes(cells[0]) if "/ColSpan" not in one]
            wide = pikepdf.Dictionary(O=pikepdf.Name.Table, ColSpan=most)
            cells[0].A = pikepdf.Array([*own, wide])


def _extent(cell: Any) -> int:  # noqa: ANN401
    return int(next((one.ColSpan for one in _attributes(cell) if "/ColSpan" in one), 1))


def _attributes(element: Any) -> list[Any]:  # noqa: ANN401
    own = element.get("/A", pikepdf.Array())
    return [*own] if isinstance(own, pikepdf.Array) else [own]


def _type(kid: Any) -> str:  # noqa: ANN401
    return str(kid.get("/S", "")) if isinstance(kid, pikepdf.Dictionary) else ""
