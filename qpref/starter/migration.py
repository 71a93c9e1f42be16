"""
A project of an earlier version of qpref, brought to this one.

Files are read as they are without it. What it changes, it changes place by place: comments and
order stay; each former file is kept beside the new one. What it does not understand stays as it is,
with the remedy.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qpref import shipped
from qpref.errors import QprefError
from qpref.project import Project, write_atomically
from qpref.reference import reference_files
from qpref.reference.loading import content_of, parse, read_yaml
from qpref.reference.rewriting import CannotRewriteError, rewritten
from qpref.reference.schemas import FILES, modeline
from qpref.reference.upgrades import RENEWALS, kind_of
from qpref.written import SCHEMA, put

KEPT = ".avant-migration"
# For a key that a renewal adds, the one that it follows.
_AFTER = {
    "role": "type", "favorables": "ordonnee", "favorable": "libelle", "saisie": "libelle",
    "forme": "id", "sur": "type",
}  # fmt: skip


@dataclass(frozen=True)
class Renewed:
    """A file to write, and what is said of it."""

    path: Path
    told: str
    content: bytes


@dataclass(frozen=True)
class Refused:
    """A file that stays as it is: why, and what to do."""

    path: Path
    told: str
    remedy: str


def plan_migration(project: Project) -> tuple[list[Renewed], list[Refused]]:
    """Return what is to be changed in a project, and what cannot be."""
    found = [*_references(project), *_schemas(project)]
    changes = [one for one in found if isinstance(one, Renewed)]
    return changes, [one for one in found if isinstance(one, Refused)]


def migrate(project: Project, changes: list[Renewed]) -> None:
    """Make changes; each former file that people wrote is kept, and none is ever half written."""
    for change in changes:
        if change.path.suffix == ".json":
            put(project, {change.path: change.content}, SCHEMA)
            continue
        write_atomically(_kept(change.path), change.path.read_bytes())
        write_atomically(change.path, change.content)


def _kept(path: Path) -> Path:
    """Return where a former file is kept; a file that was kept before stays."""
    names = [f"{path.name}{KEPT}", *(f"{path.name}{KEPT}-{rank}" for rank in range(2, 1000))]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _references(project: Project) -> Iterator[Renewed | Refused]:
    for name, path in reference_files(project.reference).items():
        kind = kind_of(name)
        if kind in RENEWALS and path.is_relative_to(project.root):
            yield from _renewal(path, kind)


def _renewal(path: Path, kind: str) -> Iterator[Renewed | Refused]:
    """Yield the change of a file of an earlier version."""
    try:
        content = read_yaml(path)
        wanted = RENEWALS[kind](content.value)
        if wanted == content.value:
            return
        before = parse(FILES[kind].model, content)
        new = _text(path.read_bytes(), kind, wanted)
        same = parse(FILES[kind].model, content_of(new.decode("utf-8-sig"), path)) == before
    except CannotRewriteError:
        same = False
    except QprefError as error:
        yield Refused(path, error.sentence, error.remedy)
        return
    if same:
        yield Renewed(path, "écrit comme le lit cette version", new)
    else:
        yield Refused(path, f"« {path} » ne peut pas être changé clé par clé.", _BY_HAND)


def _text(raw: bytes, kind: str, wanted: Any) -> bytes:  # noqa: ANN401 - YAML
    """Return a file that says something else, its line ends and its mark as they were."""
    encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-8"
    new = rewritten(raw.decode("utf-8-sig"), wanted, _AFTER)
    if "yaml-language-server" not in new:
        newline = "\r\n" if "\r\n" in new else "\n"
        new = f"{modeline(kind)}{newline}{new}"
    return new.encode(encoding)


_BY_HAND = (
    "Il est lu tel quel. Pour le mettre à jour, écrivez-y chaque liste en entier, sans « & », "
    "« * » ni « << », puis relancez : qpref migrer."
)


def _schemas(project: Project) -> Iterator[Renewed]:
    for path in shipped.schemas():
        own = project.root / shipped.SCHEMAS / path.name
        content = path.read_bytes()
        if not own.exists() or own.read_bytes() != content:
            yield Renewed(own, "schéma de cette version", content)
