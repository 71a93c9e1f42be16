"""What a report was made from, and the files it gave: written beside it, read by all who ask."""

import hashlib
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from qpref.batch.plan import Report, inputs_of
from qpref.reference import Reference
from qpref.store import Store

SUFFIX = ".provenance.json"


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
    are what the page says of itself.
    """

    model_config = ConfigDict(frozen=True)

    notebook: str
    notebook_sha256: str
    parametres: dict[str, Any]
    qpref: str
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
        python=platform.python_version(),
        reference=reference.digest,
        produit_le=now.isoformat(timespec="seconds"),
        fichiers=tuple(sources),
        cle=key,
    )


def read_provenance(path: Path) -> Provenance | None:
    """Return what a report was made from; None when it is not there or cannot be understood."""
    try:
        return Provenance.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
