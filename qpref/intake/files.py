"""Received files: checked, read whole, turned into rows by the reader of their kind."""

import hashlib
import io
import stat
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from qpref.errors import UnreadableFileError, listing
from qpref.intake.columns import ReceivedTable
from qpref.intake.rows import ReceivedFile, Sheet
from qpref.intake.spss import read_sav
from qpref.intake.streams import NotSoundError, Stream
from qpref.intake.text import ENCODINGS, read_text
from qpref.intake.workbooks import read_workbook
from qpref.wording.french import number

MAX_BYTES = 50_000_000  # of a file read whole
MAX_PARTED = 2_000_000_000  # of a text read in parts
LARGE = 20_000_000  # over which a text is read in parts, if it can be
SHOWN = 100_000  # rows of a text too large to be read whole by which it is shown
MAX_NAME = 150  # letters; Windows refuses paths of 260
MAX_COLUMNS = 16_384  # of a spreadsheet; a questionnaire has hundreds
_HEAD = 20  # rows among which a heading stands
TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".vv")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
SAV_SUFFIXES = (".sav", ".zsav")
SUFFIXES = TEXT_SUFFIXES + WORKBOOK_SUFFIXES + SAV_SUFFIXES
ZIP_SUFFIX = ".zip"
UNREAD_ANSWERS = (".xlsb", ".numbers", ".lsa")  # may hold answers: refused, never set aside
_OTHERS = {
    ".lss": (
        "c’est la structure d’une enquête LimeSurvey (ses questions), sans les réponses",
        "Pour en tirer un questionnaire : qpref dictionnaire proposer. Pour les réponses : "
        "exportez-les de LimeSurvey (Réponses, Exporter, CSV)",
    ),
    ".lsa": (
        "c’est une archive LimeSurvey, faite pour être rechargée dans LimeSurvey",
        "Exportez les réponses (Réponses, Exporter, CSV)",
    ),
    ".xlsb": (
        "c’est un classeur Excel binaire, que qpref ne lit pas",
        "Ouvrez-le dans Excel et enregistrez-le sous le format « Classeur Excel (.xlsx) »",
    ),
    ".pdf": ("c’est un document à lire, pas un tableau", "Demandez le fichier d’origine"),
    ".docx": (
        "c’est un document Word, pas un tableau",
        "Copiez le tableau dans un classeur, puis importez le classeur",
    ),
    ".numbers": (
        "c’est un document Numbers, que qpref ne lit pas",
        "Exportez-le en CSV ou en .xlsx",
    ),
}


def read_file(path: Path, encoding: str | None = None) -> ReceivedFile:
    """
    Return the rows of a received file, with how it was read.

    Parameters
    ----------
    path
        The file; it is only read.
    encoding
        Of a text file, when the one found is wrong.

    Raises
    ------
    UnreadableFileError
        If the file is absent, too large, truncated, unsafe or of an unknown format.
    """
    if len(path.name) > MAX_NAME:
        raise UnreadableFileError(
            f"« {path.name[:40]}… » : ce nom a {len(path.name)} lettres (limite : {MAX_NAME}).",
            "Renommez le fichier.",
        )
    content = _content(path)
    if encoding and encoding not in ENCODINGS:
        raise UnreadableFileError(
            f"L’encodage « {encoding} » n’est pas prévu.", f"Encodages : {listing(ENCODINGS)}."
        )
    file = _read(path, content, encoding)
    widest = max((len(r.cells) for s in file.sheets for r in s.rows[:_HEAD]), default=0)
    if widest > MAX_COLUMNS:
        raise UnreadableFileError(
            f"« {path.name} » a {widest} colonnes (limite : {MAX_COLUMNS}).",
            "Vérifiez le séparateur, et qu’il s’agit bien du fichier de l’enquête.",
        )
    return file


def read_beginning(path: Path, encoding: str | None = None) -> ReceivedFile:
    """
    Return what `read_file` does; of a text too large for it, the first rows, which is said.

    Raises
    ------
    UnreadableFileError
        As `read_file`.
    """
    if is_large(path) and path.stat().st_size > MAX_BYTES:
        with suppress(NotSoundError):  # then refused, and told what it would take
            return _begun(path, Stream(path, encoding))
    return read_file(path, encoding)


def _begun(path: Path, stream: Stream) -> ReceivedFile:
    rows: ReceivedTable | None = None
    for table in stream.tables():
        rows = table if rows is None else ReceivedTable.joined(rows, table)
        if len(rows) > SHOWN:
            break
    if rows is None:
        raise NotSoundError
    first = rows[: SHOWN + 1]  # and the headings
    said = (
        f"{path.stat().st_size // 1_000_000} Mo : seules les {number(len(first))} premières lignes "
        "sont regardées ici, qpref importer les lit toutes"
    )
    sheets = [Sheet("", first)]
    return ReceivedFile(path.name, stream.sha256, sheets, stream.encoding, stream.separator, [said])


def ending(name: str) -> str:
    """Return the ending of a file’s name, in small letters: the same by every Python."""
    at = name.rfind(".")
    return name[at:].casefold() if 0 < at < len(name) - 1 else ""


def is_large(path: Path) -> bool:
    """Whether a file is a text that is better read in parts."""
    try:
        is_text = ending(path.name) in TEXT_SUFFIXES
        return is_text and LARGE < path.stat().st_size <= MAX_PARTED
    except OSError:
        return False


def _read(path: Path, content: bytes, encoding: str | None) -> ReceivedFile:
    """Return the rows, by the reader of the file's kind."""
    digest = hashlib.sha256(content).hexdigest()
    suffix = ending(path.name)
    if suffix == ZIP_SUFFIX:
        name, inside = _unpacked(path, content)
        found = _read(path.with_name(name), inside, encoding)
        said = f"lu dans l’archive « {path.name} »"
        return replace(found, name=path.name, sha256=digest, warnings=[said, *found.warnings])
    if suffix in TEXT_SUFFIXES:
        sheet, used, separator, warnings = read_text(path.name, content, encoding)
        return ReceivedFile(path.name, digest, [sheet], used, separator, warnings)
    if suffix in WORKBOOK_SUFFIXES:
        book = read_workbook(path.name, content)
        return ReceivedFile(
            path.name, digest, book.sheets, warnings=book.warnings, hidden=book.hidden
        )
    if suffix in SAV_SUFFIXES:
        sheet, warnings = read_sav(path)
        return ReceivedFile(path.name, digest, [sheet], warnings=warnings)
    said, remedy = kind_of_other(suffix)
    raise UnreadableFileError(f"« {path.name} » : {said}.", f"{remedy}.")


def kind_of_other(suffix: str) -> tuple[str, str]:
    """Return what a file of a kind that is not read is, and what to do about it."""
    unknown = f"le format « {suffix or 'sans extension'} » n’est pas reconnu"
    return _OTHERS.get(suffix, (unknown, f"Formats acceptés : {listing(SUFFIXES)}"))


def _unpacked(path: Path, content: bytes) -> tuple[str, bytes]:
    """Return the name and bytes of the only readable file of a .zip."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        inside = [entry for entry in archive.infolist() if not _is_hidden(entry)]
        found = [e for e in inside if ending(PurePosixPath(e.filename).name) in SUFFIXES]
        if len(found) == 1 and found[0].file_size <= MAX_BYTES:
            return PurePosixPath(found[0].filename).name, archive.read(found[0])
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise UnreadableFileError(
            f"« {path.name} » n’est pas une archive .zip lisible, ou demande un mot de passe.",
            "Ouvrez-la et importez les fichiers qu’elle contient.",
        ) from error
    names = listing([PurePosixPath(entry.filename).name for entry in inside[:6]]) or "rien"
    raise UnreadableFileError(
        f"« {path.name} » est une archive qui contient {len(found)} fichier(s) lisible(s) "
        f"({names}) : on ne sait pas lequel importer.",
        "Ouvrez-la et importez les fichiers voulus.",
    )


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a folder, or what a Mac adds beside each file."""
    parts = PurePosixPath(entry.filename).parts
    return entry.is_dir() or "__MACOSX" in parts or any(part.startswith("._") for part in parts)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a received file."""
    if is_large(path):
        return Stream(path).sha256
    return hashlib.sha256(_content(path)).hexdigest()


def _content(path: Path) -> bytes:
    try:
        found = path.stat()
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            raise OSError("ce n’est pas un fichier, mais un tube ou un appareil")  # would wait
        size = found.st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise UnreadableFileError(
            f"Impossible de lire « {path} » ({error.strerror or error}).",
            "Vérifiez le nom du fichier et fermez-le s’il est ouvert ailleurs.",
        ) from error
    if size > MAX_BYTES:
        raise UnreadableFileError(
            f"« {path.name} » pèse {size // 1_000_000} Mo (limite : {MAX_BYTES // 1_000_000} Mo).",
            "Vérifiez qu’il s’agit bien du fichier de l’enquête. Jusqu’à "
            f"{MAX_PARTED // 10**9} Go, un CSV se lit par morceaux, si toutes ses lignes ont la "
            "largeur des intitulés et un même encodage.",
        )
    if not content or content.isspace():
        raise UnreadableFileError(f"« {path.name} » est vide.", "Demandez un nouvel envoi.")
    return content
