"""The page around any content: head, style by hash, landmarks, the mark of invented data."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template

from markupsafe import Markup

from qpref.palette import IN_STYLE_SHEETS
from qpref.report.look import PLAIN, Look
from qpref.wording.french import typeset
from qpref.wording.html import templates


@dataclass(frozen=True)
class Page:
    """
    What a template shows.

    Parameters
    ----------
    title
        Text of the browser's tab.
    is_fictional
        Whether to say « données fictives » on every page.
    parts
        Trusted HTML: sections of `display` and escaped Markdown.
    contents
        Anchor and text of the second-level headings.
    is_poster
        Whether it is one sheet for a wall.
    """

    title: str
    is_fictional: bool
    parts: list[Markup]
    contents: list[tuple[str, str]] = field(default_factory=list)
    is_poster: bool = False


@dataclass(frozen=True)
class Link:
    """A line of a list of reports."""

    text: str
    target: str
    note: str


def style_of(page: Page, look: Look = PLAIN) -> str:
    """Return the style sheet; printed pages bear title, number, and the mark of invented data."""
    folder = files("qpref.report") / "templates"
    names = ["rapport.css"]
    names += ["affiche.css"] if page.is_poster else []
    names += ["fictif.css"] if page.is_fictional else []
    names += [] if look.css else ["sombre.css"]  # a service's colours were chosen on white
    ours = [(folder / name).read_text(encoding="utf-8") for name in names]
    words = {**IN_STYLE_SHEETS, "titre": _as_string(typeset(page.title))}
    return "\n".join([*(Template(sheet).substitute(words) for sheet in ours), look.css])


def _as_string(text: str) -> str:
    r"""
    Return a text as the inside of a string of a style sheet, which no mark in it can end.

    Examples
    --------
    >>> _as_string('Rapport </style> "x"')
    'Rapport \\3c /style> \\22 x\\22 '
    """
    return re.sub(r'["\\<\x00-\x1f]', lambda found: f"\\{ord(found[0]):x} ", text)


def csp_hash(content: str) -> str:
    """Return how a content security policy names a style sheet or script written in the page."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def render(page: Page, look: Look = PLAIN) -> str:
    """
    Return the whole HTML document: no script, no request, same bytes for the same page.

    The content security policy forbids every script and allows the one style sheet by its hash.

    Parameters
    ----------
    page
        What to show.
    look
        The service's own dress, if it has one.
    """
    style = "\n" + style_of(page, look)
    template = templates("qpref.report").get_template("page.html")
    return template.render(
        page=page,
        look=look,
        style=Markup(style),  # noqa: S704 - our file, and one without "</"
        style_hash=csp_hash(style),
    )


def links(title: str, groups: list[tuple[str, list[Link]]]) -> Markup:
    """Return lists of links under their headings."""
    template = templates("qpref.report").get_template("links.html")
    return Markup(template.render(title=title, groups=groups))  # noqa: S704 - autoescaped
