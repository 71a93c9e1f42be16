"""Record what a report was made from and the files it produced, as a JSON file beside it."""

import hashlib
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qpref.batch.inputs import inputs_of
from qpref.batch.plan import Report
from qpref.quality.method import METHOD
from qpref.reference import Reference
from qpref.store import Store

SUFFIX = ".provenance.json"
CauseKind = Literal["methode", "donnees", "reference", "programme"]


class Source(BaseModel):
    """A received file, as it was when the report was made."""

    model_config = ConfigDict(frozen=True)

    fichier: str
    campagne: str
    format: str
    nature: str
    sha256: str
    lignes_lues: int
    gardees: int
    ecartees: int
    quarantaine: int
    gardees_ce_site: int


_OF_IMPORT = set(Source.model_fields) - {"gardees_ce_site"}


class Provenance(BaseModel):
    """
    What a report was made from.

    `cle` is the digest of all of it; `sorties`, that of each file published; `titre` and `fictif`
    are what the page says of itself. `methode` is the version of `quality.method`: 1 when a report
    was made before versions were written.
    """

    model_config = ConfigDict(frozen=True)

    notebook: str
    notebook_sha256: str
    parametres: dict[str, Any]
    qpref: str
    methode: int = 1
    python: str
    reference: str
    produit_le: str
    fichiers: tuple[Source, ...]
    cle: str
    titre: str = ""
    fictif: bool = False
    sorties: dict[str, str] = {}


def provenance_of(
    report: Report, store: Store, reference: Reference, now: datetime, key: str
) -> Provenance:
    """Return what a report is about to be made from; what it gives is added afterwards."""
    sources = [
        Source(gardees_ce_site=report.kept(entry), **entry.model_dump(include=_OF_IMPORT))
        for entry in inputs_of(report, store, reference)
    ]
    return Provenance(
        notebook=report.notebook.name,
        notebook_sha256=hashlib.sha256(report.notebook.path.read_bytes()).hexdigest(),
        parametres=report.parameters,
        qpref=version("qpref"),
        methode=METHOD,
        python=platform.python_version(),
        reference=reference.digest,
        produit_le=now.isoformat(timespec="seconds"),
        fichiers=tuple(sources),
        cle=key,
    )


@dataclass(frozen=True)
class Cause:
    """Something that a report was made from and that is not the same now; `text` says it."""

    kind: CauseKind
    text: str


def causes(before: Provenance, now: Provenance) -> list[Cause]:
    """Return what differs between what a report was made from then and now, the method first."""
    found = []
    if before.methode != now.methode:
        found.append(Cause("methode", f"méthode changée ({before.methode} → {now.methode})"))
    found += [Cause("donnees", text) for text in _changed_files(before, now)]
    if before.reference != now.reference:
        found.append(Cause("reference", "données de référence changées"))
    if before.notebook_sha256 != now.notebook_sha256:
        found.append(Cause("programme", "notebook changé"))
    if before.qpref != now.qpref:
        found.append(Cause("programme", f"qpref {before.qpref} alors, {now.qpref} maintenant"))
    return found


def _changed_files(before: Provenance, now: Provenance) -> Iterator[str]:
    """Yield what became of each received file that is not the same, or not read the same way."""
    old, new = ({(f.fichier, f.campagne): f for f in one.fichiers} for one in (before, now))
    for key in sorted(old.keys() | new.keys()):
        was, is_now = old.get(key), new.get(key)
        if was == is_now:
            continue
        if was is None or is_now is None:
            what = "fichier ajouté" if was is None else "fichier retiré"
        elif was.sha256 != is_now.sha256:
            what = "fichier changé"
        else:
            what = "fichier lu autrement (lignes corrigées, ou règles de lecture)"
        yield f"{what} : {key[0]} ({key[1]})"


def former_outputs(report: Report) -> dict[Path, str]:
    """Return the digests of a report's files as their provenance has them, and its own."""
    path = report.output(SUFFIX)
    facts = read_provenance(path)
    if facts is None:
        return {}
    outputs = {report.folder / name: sha256 for name, sha256 in facts.sorties.items()}
    return {path: hashlib.sha256(path.read_bytes()).hexdigest(), **outputs}


def read_provenance(path: Path) -> Provenance | None:
    """Return what a report was made from; None when it is not there or cannot be understood."""
    try:
        return Provenance.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
