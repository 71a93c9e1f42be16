"""Markdown of a notebook to HTML: escaped, French typography, anchors on headings."""

import re

import mistune
from markupsafe import Markup

from qpref.wording.french import typeset
from qpref.wording.text import slug


class _Renderer(mistune.HTMLRenderer):
    """Escapes all raw HTML and gives headings an anchor."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.contents: list[tuple[str, str]] = []

    def text(self, text: str) -> str:
        """Return escaped text with French spaces."""
        return super().text(typeset(text))

    def heading(self, text: str, level: int, **_: object) -> str:
        """Return a heading with its anchor; those of level 2 make the contents."""
        plain = re.sub(r"<[^>]*>", "", text)
        anchor = slug(plain)
        if level == 2:  # noqa: PLR2004
            self.contents.append((anchor, plain))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'


def to_html(source: str) -> tuple[Markup, list[tuple[str, str]]]:
    r"""
    Return trusted HTML and the second-level headings of a Markdown text.

    Examples
    --------
    >>> to_html("<script>x</script>")[0]
    Markup('<p>&lt;script&gt;x&lt;/script&gt;</p>\n')
    >>> to_html("## Qui a répondu ?")[1]
    [('qui-a-repondu', 'Qui a répondu\u202f?')]
    """
    renderer = _Renderer()
    convert = mistune.create_markdown(renderer=renderer, plugins=["table"])
    return Markup(str(convert(source))), renderer.contents  # noqa: S704 - escape=True
