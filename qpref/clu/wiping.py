"""What is taken out of a file that stays: the texts of a table, what a notebook showed."""

import email
import email.policy
import json
from collections.abc import Iterable, Iterator
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pandas as pd

from qpref.schema import TABLES
from qpref.store.parts import account, encoded
from qpref.store.sharing import emptied

_SAID_BY_US = "message"  # of `rejets`: our own sentence, which may quote the value


def has_texts(part: Path) -> bool:
    """Whether a part of a table holds something that people wrote, or that quotes it."""
    return any(_texts(part, _free(part)))


def free_texts(part: Path) -> list[str]:
    """Return what people wrote in a part of a table; our own sentences apart."""
    return [*_texts(part, [name for name in _free(part) if name != _SAID_BY_US])]


def _texts(part: Path, names: Iterable[str]) -> Iterator[str]:
    rows = pd.read_parquet(part)
    for name in names:
        yield from (str(text) for text in rows.get(name, pd.Series()).dropna() if str(text))


def wordless(part: Path) -> bytes:
    """Return a part with the same rows, and nothing of what people wrote: counts stay the same."""
    rows = pd.read_parquet(part)
    cleared = emptied(_table(part), rows, pd.Series(False, index=rows.index))
    entry = account(part)
    content: bytes = encoded(cleared, entry) if entry else cleared.to_parquet(None, index=False)
    return content


def _table(part: Path) -> str:
    return part.parents[2].name


def _free(part: Path) -> list[str]:
    """Return the columns of free text of the table of a part."""
    table = TABLES.get(_table(part))
    return [name for name, column in table.columns.items() if column.is_free] if table else []


def has_outputs(notebook: Path) -> bool:
    """Whether a notebook shows something of what it read; no, when nothing can be read of it."""
    return any(cell.get("outputs") for cell in _cells(_content(notebook)))


def without_outputs(notebook: Path) -> bytes:
    """Return a notebook as somebody wrote it, without anything that it showed."""
    content = _content(notebook)
    for cell in _cells(content):
        if cell.get("cell_type") == "code":
            cell |= {"outputs": [], "execution_count": None}
    content.get("metadata", {}).pop("widgets", None)
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _content(notebook: Path) -> dict[str, Any]:
    try:
        found = json.loads(notebook.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _cells(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cells = content.get("cells")
    yield from (cell for cell in cells if isinstance(cell, dict)) if isinstance(cells, list) else ()


def addresses_in(draft: Path) -> list[str]:
    """Return the addresses that a message is for, seen or hidden."""
    message = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
    heads = (str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, []))
    return [address for _, address in getaddresses([*heads]) if "@" in address]
