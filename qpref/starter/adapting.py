"""Copy shipped files into a project, and compare them with their originals later."""

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from qpref.errors import UnknownKeyError, UsageError
from qpref.project import Project, appending, events, write_atomically
from qpref.shipped import originals, says_something
from qpref.wording.french import long_date
from qpref.written import free_name

JOURNAL = "adaptations.jsonl"  # at the root of the project: what was copied, when, from what
OLD = "anciens"  # below the notebooks, where no report is made from


@dataclass(frozen=True)
class Adapted:
    """
    A file of the project that stands for one of ours.

    `state`: « identique » to the original, « adapte » from the one that still ships, « depasse »
    when the original changed since, « sans_trace » when nobody noted what it was copied from.
    """

    name: str
    path: str
    original: Path
    state: str
    day: str = ""
    package: str = ""

    @property
    def is_to_review(self) -> bool:
        """Whether the original may say something that this one does not."""
        return self.state in {"depasse", "sans_trace"}


def names() -> dict[str, str]:
    """Return the files that may be adapted: what users call them, and their path in a project."""
    return {PurePosixPath(path).stem: path for path in originals()}


def adapt(project: Project, name: str, today: date) -> str:
    """
    Copy a shipped file into the project and note what it was; return its path there.

    Raises
    ------
    UnknownKeyError
        If nothing of that name ships.
    UsageError
        If the project has a file of its own already.
    """
    path = _path_of(name)
    if (project.root / path).exists():
        raise UsageError(
            f"« {path} » est déjà dans le projet : rien n’a été écrit.",
            "Changez ce fichier ; pour repartir de l’original, déplacez-le d’abord.",
        )
    write_atomically(project.root / path, originals()[path].read_bytes())
    _note(project, path, today)
    return path


def acknowledge(project: Project, name: str, today: date) -> str:
    """
    Note that the original as it is now was read by whoever adapted it; return the path.

    Raises
    ------
    UnknownKeyError
        If nothing of that name ships.
    UsageError
        If the project has no file of its own.
    """
    path = _path_of(name)
    if not (project.root / path).is_file():
        raise UsageError(
            f"« {path} » n’est pas dans le projet : celui de qpref sert.",
            f"Pour l’y copier : qpref projet adapter {name}",
        )
    _note(project, path, today)
    return path


def adapted(project: Project) -> list[Adapted]:
    """Return the files of the project that stand for ours, and the state of each."""
    noted = {
        str(event["fichier"]): event
        for event in events(project.root / JOURNAL, ("fichier", "sha256"))
    }
    found = []
    for path, original in originals().items():
        own = project.root / path
        if not own.is_file() or (own.suffix == ".yml" and not says_something(own)):
            continue
        event = noted.get(path, {})
        if _digest(own) == _digest(original):
            state = "identique"
        elif not event:
            state = "sans_trace"
        else:
            state = "adapte" if event["sha256"] == _digest(original) else "depasse"
        about = (str(event.get("le", "")), str(event.get("qpref", "")))
        found.append(Adapted(PurePosixPath(path).stem, path, original, state, *about))
    return found


def set_aside(project: Project) -> list[str]:
    """
    Move away the notebooks that an older installation copied into the project; return where.

    They would stand for ours for ever. What was adapted, and noted so, stays.
    """
    found = []
    for own in copied(project):
        kept = own.parent / OLD / own.name
        kept = free_name(kept) if kept.exists() else kept
        write_atomically(kept, own.read_bytes())
        own.unlink()
        found.append(kept.relative_to(project.root).as_posix())
    return found


def copied(project: Project) -> list[Path]:
    """Return the notebooks that an older installation copied into the project."""
    without_trace = (one for one in adapted(project) if one.state == "sans_trace")
    return [project.root / one.path for one in without_trace if one.original.suffix == ".ipynb"]


def sentence(one: Adapted) -> str:
    """Return what is said of a file that stands for ours."""
    if one.state == "identique":
        return f"{one.path} : identique à l’original ; vous pouvez le retirer."
    if one.state == "adapte":
        return f"{one.path} : adapté ; l’original n’a pas changé depuis."
    if one.state == "depasse":
        day = long_date(date.fromisoformat(one.day))
        why = f"l’original a changé depuis votre copie du {day} (qpref {one.package})"
    else:
        why = "il remplace celui de qpref, et rien ne dit de quel original il vient"
    return (
        f"{one.path} : {why}. Comparez-le à « {one.original} », reprenez ce qui vous sert, puis : "
        f"qpref projet adapter {one.name} --relu"
    )


def _path_of(name: str) -> str:
    known = names()
    short = PurePosixPath(name).stem
    if short not in known:
        raise UnknownKeyError("Fichier livré", name, known, "la commande")
    return known[short]


def _digest(path: Path) -> str:
    """Return the digest of a text, whatever its line ends."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _note(project: Project, path: str, today: date) -> None:
    about = {"sha256": _digest(originals()[path]), "qpref": version("qpref")}
    with appending(project.root / JOURNAL) as write:
        write({"fichier": path, **about, "le": today.isoformat()})
