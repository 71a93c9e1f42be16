"""Remove personal text from files that are kept: table columns, notebook outputs."""

import json
from collections.abc import Iterable, Iterator
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pandas as pd

from qpref.clu.mail_text import message_of
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
    content: bytes = (
        encoded(part, cleared, entry) if entry else cleared.to_parquet(None, index=False)
    )
    return content


def _table(part: Path) -> str:
    return part.parents[2].name


def _free(part: Path) -> list[str]:
    """Return the columns of free text of the table of a part."""
    table = TABLES.get(_table(part))
    return [name for name, column in table.columns.items() if column.is_free] if table else []


def has_outputs(notebook: Path) -> bool:
    """Whether a notebook shows something of what it read; no, when it is none that can be read."""
    return any(cell.get("outputs") for cell in _notebook(notebook).get("cells", []))


def without_outputs(notebook: Path) -> bytes:
    """
    Return a notebook with what somebody wrote and nothing of what it showed; nothing if unreadable.

    One that shows nothing keeps its bytes: its reports stay up to date.
    """
    before, after = _notebook(notebook), _notebook(notebook)
    for cell in after.get("cells", []):
        if cell.get("cell_type") == "code" or cell.get("outputs"):
            cell |= {"outputs": [], "execution_count": None}
    after.get("metadata", {}).pop("widgets", None)
    if after == before:
        return notebook.read_bytes() if after else b""
    return (json.dumps(after, ensure_ascii=False, indent=1) + "\n").encode()


def _notebook(path: Path) -> dict[str, Any]:
    """Return what a file holds when it has the shape of a notebook, else nothing."""
    try:
        found = json.loads(path.read_bytes())
        shown = (found["metadata"], *found["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if all(isinstance(part, dict) for part in shown) else {}


def addresses_in(draft: Path) -> list[str]:
    """Return the addresses that a message is for, seen or hidden."""
    message = message_of(draft.read_bytes())
    heads = (str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, []))
    return [address for _, address in getaddresses([*heads]) if "@" in address]
