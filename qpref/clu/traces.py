"""Search for a text in files of any format, archives included."""

import gzip
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyarrow import parquet

from qpref.clu.mail_text import message_of
from qpref.links import is_link

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^>]*>")
_NESTED = 3  # an archive in a message in an archive
_NOT_OURS = {".git", "node_modules"}
_WORDS, _LETTERS = 3, 12
_HEAD = 5_000  # bytes that tell what a file is
_ARCHIVE, _GZIP, _TABLE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1"


def plain(text: str) -> str:
    r"""
    Return a text as it is compared: no tag, entity or escape; one space; apostrophes alike.

    Examples
    --------
    >>> plain(r"L\u2019accueil&nbsp;est <b>parfait</b> !")
    "l'accueil est parfait !"
    """
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = html.unescape(text).replace("\\n", " ").replace('\\"', '"')
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("’", "'")
    return " ".join(text.split()).casefold()


def told_apart(texts: Iterable[str]) -> set[str]:
    """Return the texts, as compared, that nobody else would have written: not « Rien à dire »."""
    found = {plain(text) for text in texts}
    return {
        text
        for text in found
        if "@" in text or (len(text) >= _LETTERS and len(text.split()) >= _WORDS)
    }


def holds(path: Path, texts: Iterable[str]) -> bool:
    """Whether a file holds one of the texts of `told_apart`, however it is kept there."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return any(text in found for found in _contents(content, 0) for text in texts)


def files(root: Path) -> Iterator[Path]:
    """Yield the files of a project, hidden ones too; not those of git, nor of an environment."""
    for path in sorted(root.iterdir()):
        if is_link(path) or path.name in _NOT_OURS or (path / "pyvenv.cfg").exists():
            continue
        if path.is_dir():
            yield from files(path)
        elif path.is_file():
            yield path


def _contents(content: bytes, depth: int) -> Iterator[str]:
    """Yield the texts of a file, and of the files that it carries."""
    yield from _decoded(content)
    if depth == _NESTED:
        return
    for inner in _inside(content):
        yield from _contents(inner, depth + 1)


def _decoded(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8", errors="replace")
    forms = [text, *([content.decode("cp1252", errors="replace")] if "\ufffd" in text else [])]
    if b"\0" in content[:_HEAD]:
        forms.append(content.decode("utf-16", errors="replace"))
    for form in forms:
        yield plain(form)
        if "<" in form:  # which may be no tag
            yield plain(form.replace("<", " "))


def _inside(content: bytes) -> Iterator[bytes]:
    """Yield what an archive, a compressed file, a table or a message carries."""
    try:
        if content.startswith(_ARCHIVE):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        elif content.startswith(_GZIP):
            yield gzip.decompress(content)
        elif content.startswith(_TABLE):
            table = parquet.ParquetFile(io.BytesIO(content)).read()
            yield json.dumps(table.to_pylist(), default=str, ensure_ascii=False).encode()
        elif b"MIME-Version" in content[:_HEAD]:
            yield from _of_message(content)
    except Exception:  # noqa: BLE001 - a damaged file is searched as it is
        return


def _of_message(content: bytes) -> Iterator[bytes]:
    message = message_of(content)
    yield "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield payload if isinstance(payload, bytes) else b""
