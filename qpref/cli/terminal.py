"""The terminal: where results and errors go, and the JSON form for scripts."""

import io
import json
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.text import Text

_KEPT = "\n\t"
# Controls (escapes among them), what orders or hides its neighbours (bidirectional marks, widths of
# zero, tags), halves of characters (a file name that is not UTF-8), ends of line and of paragraph.
_ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _acts(char: str) -> bool:
    return char not in _KEPT and unicodedata.category(char) in _ACTING


def clean(text: str) -> str:
    r"""
    Return a text without the characters that act on a terminal rather than being read.

    What surrounds them stays: whoever approves a remark sees that something odd was written there.

    Examples
    --------
    >>> clean("Merci \x1b[31mà tous\u202e")
    'Merci [31mà tous'
    """
    return text if text.isprintable() else "".join(char for char in text if not _acts(char))


class _Terminal(Console):
    """A console that prints texts as they are, tables' cells included: no markup, no control."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own
        """Return what rich prints of a text: it asks here for every one it was not given styled."""
        return super().render_str(clean(text), **{**options, "markup": False, "emoji": False})


OUT = _Terminal()
ERR = _Terminal(stderr=True)


def open_streams() -> None:
    """
    Write UTF-8 into files and pipes, whatever the code page; on a screen, what it can show.

    A French Windows gives a pipe cp1252 or cp850, which hold neither the thin spaces of our numbers
    nor our arrows: a command ended there by a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):  # a notebook's, which is no file
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


def print_text(text: str) -> None:
    """Print a file's content: exactly as it is into another file, harmless on a screen."""
    sys.stdout.write(clean(text) if sys.stdout.isatty() else text)


def ask(text: str, **options: Any) -> Any:  # noqa: ANN401 - what click returns of its types
    """Ask somebody for a value; options as `click.prompt`."""
    return click.prompt(clean(text), **options)


def confirm(text: str) -> None:
    """Ask somebody whether to go on; anything but « oui » stops."""
    click.confirm(clean(text), abort=True)


def print_json(content: Mapping[str, Any], indent: int | None = 1) -> None:
    """Print what a script reads; characters that act are escaped, so that it reads the same."""
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    safe = "".join(_escape(char) if _acts(char) else char for char in text)
    sys.stdout.write(safe + "\n")
    sys.stdout.flush()


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) != 0x7F else "\\u007f"  # noqa: PLR2004 - DEL
