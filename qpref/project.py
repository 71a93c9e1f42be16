"""Paths of a project on disk, and atomic writing of files."""

import glob
import io
import json
import os
import platform
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
from pandas.api.types import is_bool, is_numeric_dtype
from pydantic import ConfigDict, TypeAdapter

from qpref.errors import ProjectNotFoundError, StorageError
from qpref.lazy import lazy
from qpref.patience import patiently
from qpref.scratch import is_alive
from qpref.zipped import alike

xlsxwriter = lazy("xlsxwriter")

ROOT_VARIABLE = "QPREF_RACINE"
_UNDER_WAY = ".en-cours"  # ends the name of a file that is being written
CLOSE_IT = "Fermez le fichier s’il est ouvert, vérifiez les droits et la place disponible."
BATCH_VARIABLE = "QPREF_LOT"  # set where a report is made, so that nothing unread enters it
Content = bytes | Callable[[BinaryIO], None]  # of a file, or what writes it


def is_batch() -> bool:
    """Whether a report is being made, rather than an analyst exploring."""
    return bool(os.environ.get(BATCH_VARIABLE))


@dataclass(frozen=True)
class Project:
    """The folders of one qpref project, all below `root`."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """
        Return the project that holds `start`.

        Parameters
        ----------
        start
            A folder of the project. By default the environment variable QPREF_RACINE,
            else the working directory.

        Raises
        ------
        ProjectNotFoundError
            If neither the folder nor any folder above it holds data/reference.
        """
        begin = (start or Path(os.environ.get(ROOT_VARIABLE) or Path.cwd())).resolve()
        for folder in (begin, *begin.parents):
            if (folder / "data" / "reference").is_dir():
                return cls(folder)
        raise ProjectNotFoundError(begin)

    @property
    def reference(self) -> Path:
        """Versioned facts: sites, campaigns, questionnaires (`qpref.shipped` knows the others)."""
        return self.root / "data" / "reference"

    @property
    def clean(self) -> Path:
        """Canonical tables."""
        return self.root / "data" / "propre"

    @property
    def quarantine(self) -> Path:
        """Rows and cells set aside, one CSV file per received file."""
        return self.root / "data" / "quarantaine"

    @property
    def received(self) -> Path:
        """Files as received."""
        return self.root / "data" / "brut"

    @property
    def corrections(self) -> Path:
        """Cells corrected by the quality unit, one file per campaign."""
        return self.root / "data" / "corrections"

    @property
    def committee(self) -> Path:
        """Meetings of the committee; its members' file, never in the repository."""
        return self.root / "data" / "clu"

    @property
    def notebooks(self) -> Path:
        """The project's own notebooks, if any (`qpref.shipped` knows the others)."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Reports, one folder per campaign and site."""
        return self.root / "reports"

    def campaign_folder(self, campaign: str) -> Path:
        """Return where the reports of a campaign are: its index, and one folder for each site."""
        return self.reports / campaign

    def document(self, campaign: str, name: str) -> Path:
        """Return « site/notebook » of a campaign, « survey/site/notebook » of another public."""
        *survey, site, notebook = name.split("/")
        return self.report_folder(survey[0] if survey else campaign, site) / notebook

    def report_folder(self, campaign: str, site: str) -> Path:
        """Return where the reports of a site are, or those of all sites of a committee."""
        return self.campaign_folder(campaign) / site

    @property
    def publication(self) -> Path:
        """What the service displays and publishes, one folder for each day of publication."""
        return self.reports / "publication"

    @property
    def register(self) -> Path:
        """What the program wrote, a journal for each folder (`qpref.written`)."""
        return self.root / "data" / "ecrits"

    @property
    def archives(self) -> Path:
        """What committees received, one folder for each meeting: no command removes it."""
        return self.committee / "archives"

    @property
    def packs(self) -> Path:
        """Packs of the committee's meetings, one folder for each."""
        return self.reports / "clu"


def refused(folder: Path, error: OSError) -> StorageError:
    """Return what to say of a folder that cannot be written."""
    return StorageError(
        f"Impossible d’écrire dans « {folder} » ({error.strerror or error}).",
        "Vérifiez les droits et la place disponible.",
    )


def write_atomically(target: Path, content: Content, *, is_private: bool = False) -> None:
    """
    Write a file so that readers see the old content or the new, never a part.

    `is_private`: nobody but its owner reads it, whatever the umask; nor the folder, when it is new.

    Raises
    ------
    StorageError
        If the folder or the disk refuses; the old file is untouched.
    """
    draft = draft_beside(target)
    try:
        write_draft(draft, target, content, is_private=is_private)
        patiently(partial(draft.replace, target))
        settle(target.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageError(
            f"Impossible d’écrire « {target} » ({error.strerror or error}). "
            "Le fichier précédent, s’il existe, est intact.",
            CLOSE_IT,
        ) from error


def _drafts_of(target: Path) -> str:
    return f".{target.stem[:20]}.{platform.node()}-"


def draft_beside(target: Path) -> Path:
    """Return a name of this process, beside a file; `write_draft` sweeps those of killed ones."""
    mark = f"{os.getpid()}-{secrets.token_hex(4)}{_UNDER_WAY}"
    return target.with_name(f"{_drafts_of(target)}{mark}")


def write_draft(draft: Path, target: Path, content: Content, *, is_private: bool) -> None:
    """Have a content on the disk under the name of a draft of a file, whose folder is made."""
    make_folder(target.parent, is_private=is_private)
    _sweep(target.parent, _drafts_of(target))
    with open(draft, "x+b", opener=_private if is_private else None) as handle:
        if isinstance(content, bytes):
            handle.write(content)
        else:
            content(handle)
        handle.flush()
        os.fsync(handle.fileno())


def _sweep(folder: Path, ours: str) -> None:
    """Remove what processes of this machine that were killed left of the same file."""
    for draft in folder.glob(f"{glob.escape(ours)}*{_UNDER_WAY}"):
        pid = draft.name.removeprefix(ours).split("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            draft.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def make_folder(folder: Path, *, is_private: bool = False) -> None:
    """
    Make a folder, and what is above it, so that a power cut takes none of them away.

    `is_private`: it is for its owner alone, when it is new; what is above it follows the umask.
    """
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(0o700 if is_private else 0o777, parents=True, exist_ok=True)
    for one in new:
        settle(one.parent)


def settle(folder: Path) -> None:
    """Have what a folder lists on the disk before going on: a power cut may undo it no more."""
    if os.name == "nt":  # a folder does not open there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def appending(
    path: Path, *, is_private: bool = False
) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """
    Give what adds an event to a journal (JSON lines), on the disk before anything else happens.

    A last line that a power cut left unfinished is ended first, so that it spoils no other;
    `is_private` as `write_atomically`.

    Raises
    ------
    StorageError
        If the journal cannot be opened, or an event written: it may be there or not.
    """
    try:
        make_folder(path.parent, is_private=is_private)
        opener = _private if is_private else None
        # Without buffer: what a full disk refused is not tried again later.
        handle = open(path, "a+b", buffering=0, opener=opener)  # noqa: SIM115
        if handle.seek(0, os.SEEK_END) and handle.seek(-1, os.SEEK_END) and handle.read() != b"\n":
            handle.write(b"\n")
        settle(path.parent)
    except OSError as error:
        raise refused(path.parent, error) from error
    with handle:

        def write(event: Mapping[str, object]) -> None:
            line = (json.dumps(event, ensure_ascii=False) + "\n").encode()
            try:
                while line:
                    line = line[handle.write(line) :]
                os.fsync(handle.fileno())
            except OSError as error:
                raise refused(path.parent, error) from error

        yield write


_EVENT = TypeAdapter(dict[str, Any], config=ConfigDict(defer_build=True))


def events(path: Path) -> list[dict[str, Any]]:
    """Return the events of a journal; a line that a power cut left unfinished is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        with suppress(ValueError):
            found.append(_EVENT.validate_json(line))
    return found


def spreadsheet_xlsx(frame: pd.DataFrame, meanings: Mapping[str, str]) -> bytes:
    """
    Return a table as a workbook: the rows, and a sheet that says what each column is.

    No text is ever a formula or a link; the same table gives the same bytes.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    rows = book.add_worksheet("Chiffres")
    rows.write_row(0, 0, [*frame.columns], bold)
    for line, values in enumerate(frame.itertuples(index=False), start=1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                rows.write_string(line, column, value)
            elif pd.isna(value):
                continue
            elif is_bool(value):
                rows.write_boolean(line, column, bool(value))
            elif isinstance(value, date):
                rows.write_datetime(line, column, value, day)
            else:
                rows.write_number(line, column, value)
    rows.freeze_panes(1, 0)
    rows.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    columns = book.add_worksheet("Colonnes")
    columns.write_row(0, 0, ["Colonne", "Sens"], bold)
    for line, (name, meaning) in enumerate(meanings.items(), start=1):
        columns.write_string(line, 0, name)
        columns.write_string(line, 1, meaning)
    columns.set_column(0, 0, 14)
    columns.set_column(1, 1, 90)
    book.close()
    return alike(out.getvalue())


# Dropped before a sign: spaces, controls, marks without width or of direction.
_DROPPED = r"\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_FORMULA = re.compile(rf"[\t\r]|[{_DROPPED}]*[=+@-]")


def _is_formula(text: str) -> bool:
    return bool(_FORMULA.match(unicodedata.normalize("NFKC", text)))


def spreadsheet_csv(frame: pd.DataFrame) -> bytes:
    """
    Return a table as a CSV that a French spreadsheet opens as it is.

    Semicolons, decimal commas, UTF-8 with its mark; a text that a spreadsheet would run as a
    formula is preceded by an apostrophe: after characters that it drops (spaces, NUL, marks
    without width), in full width as well, which some take for the same sign.
    """
    safe = frame.copy()
    for name in safe.columns[[not is_numeric_dtype(kind) for kind in safe.dtypes]]:
        texts = safe[name].astype(object).map(lambda value: "" if pd.isna(value) else str(value))
        safe[name] = texts.where(~texts.map(_is_formula), "'" + texts)
    text = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return text.encode("utf-8-sig")
