"""The text of a page, a line a sentence, row or heading: what a diff shows of what readers see."""

import os
import re
from pathlib import Path

import lxml.html

FOLDER = Path(__file__).with_name("lues")
IS_WRITTEN = bool(os.environ.get("QPREF_ECRIRE_PAGES"))  # told in CONTRIBUTING
_BLOCKS = "h1|h2|h3|h4|p|li|tr|caption|dt|dd|summary|figcaption|nav|footer|header|blockquote"
_LINE = set(_BLOCKS.split("|"))
_CELLS = {"th", "td"}
_UNSTABLE = re.compile(r"\b[0-9a-f]{12}\b|(?<=qpref )\d[\w.+]*(?=,)")  # digests, our version


def text_of(page: str) -> str:
    """Return what a page says, in reading order; drawings and hidden parts left out."""
    body = lxml.html.fromstring(page).find("body")
    for drawn in body.xpath("//svg | //style | //script"):
        drawn.drop_tree()
    lines = [_UNSTABLE.sub("…", _line(block)) for block in body.iter(*_LINE) if not _inner(block)]
    return "\n".join(line for line in lines if line) + "\n"


def _inner(block) -> bool:
    """Whether other blocks hold all that a block says."""
    return any(child.tag in _LINE for child in block.iterdescendants())


def _line(block) -> str:
    cells = [cell for cell in block if cell.tag in _CELLS]
    parts = [_words(part) for part in cells or [block]]
    text = " | ".join(part for part in parts if part)
    return f"{'#' * int(block.tag[1])} {text}" if re.fullmatch(r"h\d", block.tag) and text else text


def _words(part) -> str:
    return " ".join(part.text_content().split())


def compare(pages: dict[str, Path], name: str, *, are_all: bool = True) -> list[str]:
    """
    Return the pages whose text is not the one kept, those that are new and those that went.

    With `QPREF_ECRIRE_PAGES=1`, what is kept is written again first; not when pages are a part
    of them, not `are_all`.
    """
    folder = FOLDER / name
    now = {f"{key}.txt": text_of(path.read_text(encoding="utf-8")) for key, path in pages.items()}
    if IS_WRITTEN and are_all:
        for old in folder.rglob("*.txt"):
            old.unlink()
        for key, text in now.items():
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    kept = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.txt")
    }
    every = now.keys() | kept.keys() if are_all else now.keys()
    return sorted(key for key in every if now.get(key) != kept.get(key))
