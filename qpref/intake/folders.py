"""A folder of received files: each thing in it is read, set aside with why, or refused."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qpref.errors import UnreadableFileError, listing
from qpref.intake.files import SUFFIXES, UNREAD_ANSWERS, ZIP_SUFFIX, ending, kind_of_other
from qpref.links import is_link

NAMES = "noms.txt"
_OPEN = ("~$", ".~lock.")  # what Excel and LibreOffice write beside an open workbook
_SERVICE = {"thumbs.db", "desktop.ini", "icon\r", "__macosx"}
_READ_ME = {"lisezmoi", "lisez-moi", "readme", "read_me"}
_SHOWN = 5


def _nothing(_: str) -> str | None:
    return None


@dataclass(frozen=True)
class Looking:
    """
    What is looked for in folders.

    `suffixes` are those of the files to read. `site_of` returns the site that a folder is named
    after, `others` says of what other campaign a folder's name is, `own` are the folders in which
    the program keeps what it makes, `used` are files that it reads otherwise, `kind_of` says what
    another suffix is, and the remedy.
    """

    suffixes: Collection[str] = (*SUFFIXES, ZIP_SUFFIX, *UNREAD_ANSWERS)
    site_of: Callable[[str], str | None] = _nothing
    others: Mapping[str, str] = field(default_factory=dict)
    own: Collection[Path] = ()
    used: Collection[Path] = ()
    kind_of: Callable[[str], tuple[str, str]] = kind_of_other


@dataclass(frozen=True)
class Found:
    """A file to read: its name below the folder given, and the site that its folder names."""

    path: Path
    name: str
    site: str | None = None


@dataclass(frozen=True)
class SetAside:
    """Something in a folder that is not read, and why."""

    name: str
    why: str


@dataclass
class FolderContents:
    """All that folders hold; `closed` are those that could not be listed."""

    files: list[Found] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    closed: list[UnreadableFileError] = field(default_factory=list)

    @property
    def sentences(self) -> Iterator[str]:
        """Name what is not read, a reason a line."""
        reasons: dict[str, list[str]] = {}
        for one in self.aside:
            reasons.setdefault(one.why, []).append(one.name)
        for why, names in reasons.items():
            more = len(names) - _SHOWN
            rest = f" et {more} autre(s)" if more > 0 else ""
            yield f"{', '.join(names[:_SHOWN])}{rest} : {why}"


def site_above(path: Path, top: Path, looking: Looking) -> str | None:
    """Return the site named by the nearest folder above a file, not above `top`."""
    for folder in path.parents:
        if site := looking.site_of(folder.name):
            return site
        if folder == top:
            break
    return None


def contents(folder: Path, looking: Looking) -> FolderContents:
    """Return all that a folder and its sub-folders hold, in order of names, files first."""
    found = FolderContents()
    _walk(folder, "", looking.site_of(folder.absolute().name), (looking, found))
    return found


def refuse_nothing(folder: Path, found: FolderContents) -> None:
    """
    Refuse a folder in which there is nothing to read.

    Raises
    ------
    UnreadableFileError
        Says what was seen.
    """
    if not found.files and not found.closed:
        seen = "".join(f" {sentence}." for sentence in found.sentences)
        raise UnreadableFileError(
            f"Le dossier « {folder} » ne contient aucun fichier à importer.{seen}",
            f"Formats acceptés : {listing(SUFFIXES)}.",
        )


def _walk(folder: Path, above: str, site: str | None, at: tuple[Looking, FolderContents]) -> None:
    looking, found = at
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        found.closed.append(
            UnreadableFileError(
                f"Le dossier « {folder} » ne peut pas être lu ({error.strerror or error}).",
                "Vérifiez vos droits, ou copiez ses fichiers ailleurs.",
            )
        )
        return
    folders = [path for path in inside if path.is_dir()]
    for path in (path for path in inside if path not in folders):
        if path.resolve() in looking.used:
            continue
        if why := _why_not_file(path, looking):
            found.aside.append(SetAside(above + path.name, why))
        else:
            found.files.append(Found(path, above + path.name, site))
    for path in folders:
        if why := _why_not_folder(path, looking):
            found.aside.append(SetAside(f"{above}{path.name}/", why))
        else:
            _walk(path, f"{above}{path.name}/", looking.site_of(path.name) or site, at)
    if above and not inside:
        found.aside.append(SetAside(above, "dossier vide"))


def _why_not_file(path: Path, looking: Looking) -> str:
    """Return why a file is not to be read, or nothing."""
    name, suffix = path.name.casefold(), ending(path.name)
    if name.startswith(_OPEN):
        return (
            "verrou d’un classeur ouvert dans un tableur. Enregistrez-le, fermez-le, puis importez "
            "de nouveau"
        )
    if name.startswith(".") or name in _SERVICE:
        return "fichier de service du système"
    if name == NAMES:
        return "noms à masquer, lus dans data/brut seulement"
    if path.stem.casefold() in _READ_ME:
        return "mode d’emploi"
    return "" if suffix in looking.suffixes else ". ".join(looking.kind_of(suffix))


def _why_not_folder(path: Path, looking: Looking) -> str:
    """Return why a folder is not to be entered, or nothing."""
    name, suffix = path.name.casefold(), ending(path.name)
    if suffix in UNREAD_ANSWERS:  # a Mac writes a document as a folder
        return ". ".join(kind_of_other(suffix))
    if is_link(path):
        return "lien vers un dossier, jamais suivi. Donnez ce dossier à la commande"
    if name.startswith(".") or name in _SERVICE:
        return "dossier de service du système"
    if name in looking.others:
        return looking.others[name]
    return "dossier de travail de qpref" if path.resolve() in looking.own else ""
