"""The documentation as pages of the project, which the home page opens without the Internet."""

import posixpath
import re
from collections.abc import Collection

from qpref.project import Project
from qpref.report.look import Look
from qpref.report.markdown import to_html
from qpref.report.page import Page, render
from qpref.shipped import documents
from qpref.written import Kind, holds, put, remove, theirs

FOLDER = "aide"  # among reports: the home page names it
FIRST = "guide/index"
# Texts where reports have numbers; a command longer than the screen goes on below.
_LOOK = Look(
    css="table tr > :not(:first-child) { text-align: left } pre { white-space: pre-wrap } "
    "pre, code, td:not(:first-child) { overflow-wrap: anywhere }"
)
_KIND = Kind("page de l’aide")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n*")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#]*)(#[^)]*)?\)")
_DIRECTIVE = re.compile(r"^```\{.*?^```\n?", re.MULTILINE | re.DOTALL)  # of the site's builder


def write_manual(project: Project) -> None:
    """
    Write each document that ships as a page, its links leading to the others.

    Pictures do not ship; a link to what does not is its text.

    Raises
    ------
    StorageError
        If a page cannot be written.
    """
    texts = documents()
    pages = {
        project.reports / FOLDER / f"{name}.html": _page(name, text, texts).encode()
        for name, text in texts.items()
    }
    # What is there and known is not noted again each time the lab opens.
    known = pages.keys() - set(theirs(project, pages))
    put(project, {p: new for p, new in pages.items() if p not in known or not holds(p, new)}, _KIND)
    remove(project, project.reports / "guide.html")  # where earlier versions wrote it


def _page(name: str, text: str, known: Collection[str]) -> str:
    """Return a document as a page, under the way back to the first one."""
    title = text.removeprefix("# ").partition("\n")[0]
    text = linked(_DIRECTIVE.sub("", _PICTURE.sub("", text)), name, known)
    back = posixpath.relpath(f"{FIRST}.html", posixpath.dirname(name) or ".")
    way = "" if name == FIRST else f"[Guide : comment faire]({back})\n\n"
    opening, mark, rest = (way + text).partition("\n## ")
    body, headings = to_html(mark.lstrip() + rest)
    contents = [] if name == FIRST else headings  # the first page is a list itself
    parts = [to_html(opening)[0], body]
    return render(Page(title, is_fictional=False, parts=parts, contents=contents), _LOOK)


def linked(text: str, name: str, known: Collection[str]) -> str:
    """
    Return a document whose links lead to pages, where there is one.

    Parameters
    ----------
    text
        Markdown.
    name
        Of the document: its path, without suffix.
    known
        Names of the documents that are pages.

    Examples
    --------
    >>> linked("[clés](../cles.md#a), [plan](plan.md)", "guide/a", {"cles"})
    '[clés](../cles.html#a), plan'
    """

    def lead(found: re.Match[str]) -> str:
        said, target, anchor = found[1], found[2], found[3] or ""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        is_page = target.endswith(".md") and place.removesuffix(".md") in known
        return f"[{said}]({target.removesuffix('.md')}.html{anchor})" if is_page else said

    return _LINK.sub(lead, text)
