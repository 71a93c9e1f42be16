"""Registry of received files, and when two imports are the same."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict

from qpref.lazy import lazy
from qpref.schema import TABLES

metadata = lazy("importlib.metadata")

if TYPE_CHECKING:  # those who only read tables need no reader of received files
    from qpref.intake import Outcome, Reception

_MUCH = 0.1
_SUM = "empreinte"  # of the imports, in their file
NO_SITE = "_"  # partition of the rejects whose site could not be read


class Import(BaseModel):
    """What the registry knows of one received file."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    fichier: str
    sha256: str
    format: str
    nature: str
    campagne: str
    lignes_lues: int
    gardees: int
    ecartees: int
    quarantaine: int
    gardees_par_site: dict[str, int]
    colonnes_ignorees: list[str]
    colonnes_personnelles: list[str]
    encodage: str
    separateur: str
    feuille: str
    avertissements: list[str]
    feuilles_non_lues: list[str] = []
    questions_absentes: list[str] = []  # identifiers, of answers to a questionnaire
    lignes_au_dessus: int = 0
    dates: str = ""  # what was asked of the dates: an order, one day, none
    fictif: bool
    qpref: str
    reference: str
    corrections: str = ""
    noms: str = ""  # digest of the rules of masking and of the local names
    importe_le: datetime
    parts: dict[str, dict[str, str]]  # table -> site -> file name

    @property
    def keeps_little(self) -> bool:
        """Whether nothing was kept, or more than a tenth of the rows was quarantined."""
        return self.gardees == 0 or self.quarantaine > _MUCH * self.lignes_lues


class Registry(BaseModel):
    """The live imports of one campaign."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    imports: list[Import] = []

    @classmethod
    def read(cls, content: bytes, campaign: str) -> Self:
        """
        Return the registry of a campaign from the content of its file.

        Raises
        ------
        ValueError
            If the file is damaged, or is that of another campaign: its parts tell it again.
        """
        found, told = cls.model_validate_json(content), json.loads(content)
        if "imports" not in told or told.get(_SUM) not in {None, _sum(told["imports"])}:
            raise ValueError("le registre n’est pas tel qu’il a été écrit")
        if any(entry.campagne != campaign for entry in found.imports):
            raise ValueError("le registre est celui d’une autre campagne")
        return found

    def encoded(self) -> bytes:
        """Return the content of its file, with the digest by which a changed byte is seen."""
        facts = self.model_dump(mode="json")
        text = json.dumps({_SUM: _sum(facts["imports"]), **facts}, ensure_ascii=False, indent=1)
        return text.encode()

    @cached_property
    def ordered(self) -> tuple[Import, ...]:
        """The imports in order of file name."""
        return tuple(sorted(self.imports, key=lambda entry: entry.fichier))

    @cached_property
    def digest(self) -> str:
        """What tells these imports from others."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @cached_property
    def parts(self) -> dict[tuple[str, str], list[tuple[str, Import]]]:
        """The parts of each table and site, in that order: name, and import it is of."""
        found: dict[tuple[str, str], list[tuple[str, Import]]] = {}
        for entry in self.ordered:
            for table, sites in entry.parts.items():
                for site, name in sites.items():
                    found.setdefault((table, site), []).append((name, entry))
        return found


def _sum(imports: object) -> str:
    """Return the digest of imports as their file has them: later versions may add facts."""
    return hashlib.sha256(json.dumps(imports, sort_keys=True).encode()).hexdigest()


class Change(BaseModel):
    """What an import changed: nothing, rows added, corrected, withdrawn, or parts made again."""

    model_config = ConfigDict(defer_build=True)

    etat: str  # nouveau, inchange, remplace, repare
    ajoutees: int = 0
    modifiees: int = 0
    retirees: int = 0
    refaites: int = 0  # parts that were lost or damaged


def is_same(old: Import, new: Import) -> bool:
    """Whether the same bytes were already read the same way."""
    return _reading(old) == _reading(new) and set(old.gardees_par_site) == set(new.gardees_par_site)


def _reading(entry: Import) -> tuple[object, ...]:
    """Return what decides what a file gives: its bytes, how and with what they are read."""
    return (
        entry.sha256,
        entry.nature,
        entry.qpref,
        entry.reference,
        entry.encodage,
        entry.corrections,
        entry.noms,
        entry.dates,
        tuple(entry.questions_absentes),  # older registers do not know them
    )


def is_corrected(old: Import, new: Import) -> bool:
    """Whether the new file stands for the old one (two sites may use the same file name)."""
    sites = set(old.gardees_par_site), set(new.gardees_par_site)
    return (
        (old.fichier, old.nature) == (new.fichier, new.nature)
        or (old.sha256, old.nature) == (new.sha256, new.nature)
    ) and (bool(sites[0] & sites[1]) or not all(sites))


def sites_of(frame: pd.DataFrame) -> Iterable[str]:
    """Return the partitions of a table."""
    return sorted({site or NO_SITE for site in frame["site"]})


def kept_by_site(reception: "Reception", outcome: "Outcome") -> dict[str, int]:
    """Return the rows that count in the results, by site; of monthly figures, the readings."""
    counts: dict[str, int] = {}
    if outcome.spool:
        kept_statuses = reception.campaign.kept_statuses
        return {
            site: sum(statuses[one] for one in kept_statuses)
            for site, statuses in sorted(outcome.spool.statuses.items())
        }
    for table in ("reponses", "contacts_mysteres"):
        frame = outcome.tables.get(table)
        if frame is not None:
            kept = frame["statut"].isin(reception.campaign.kept_statuses)
            counts = {site: int(kept[frame["site"] == site].sum()) for site in sites_of(frame)}
    for table in ("population", "collecte"):
        if table in outcome.tables:
            counts = dict.fromkeys(sites_of(outcome.tables[table]), 0)
    for table in ("indicateurs", "reclamations"):
        if table in outcome.tables:
            frame = outcome.tables[table]
            counts = {site: int((frame["site"] == site).sum()) for site in sites_of(frame)}
    return counts


def entry_of(reception: "Reception", outcome: "Outcome", now: datetime) -> Import:
    """Return what the registry will know of a file."""
    digest = reception.reference.digest
    package = metadata.version("qpref")
    masked = reception.masking
    marks = (outcome.file.corrections, masked, reception.dating.digest)
    extra = "".join(f"-{mark}" for mark in marks if mark)
    name = f"{outcome.file.sha256[:16]}-{digest[:8]}-{package}{extra}.parquet"
    parts: dict[str, dict[str, str]] = {
        table: dict.fromkeys(sites_of(frame), name)
        for table, frame in outcome.tables.items()
        if table in TABLES and len(frame)
    }
    if outcome.spool:
        parts |= {t: dict.fromkeys(outcome.spool.sites(t), name) for t in outcome.spool.tables()}
    return Import(
        fichier=outcome.file.name,
        sha256=outcome.file.sha256,
        format=outcome.kind,
        nature=outcome.nature,
        campagne=reception.campaign.id,
        **_account(outcome),
        gardees_par_site=kept_by_site(reception, outcome),
        dates=reception.dating.mark,
        fictif=outcome.is_fictional,
        qpref=package,
        reference=digest,
        corrections=outcome.file.corrections,
        noms=masked,
        importe_le=now,
        parts=parts,
    )


def _account(outcome: "Outcome") -> dict[str, Any]:
    """Return what became of the rows, columns, sheets and lines of a file."""
    return {
        "lignes_lues": outcome.counts.read,
        "gardees": outcome.counts.kept,
        "ecartees": outcome.counts.set_aside,
        "quarantaine": outcome.counts.quarantined,
        "colonnes_ignorees": outcome.ignored_columns,
        "questions_absentes": outcome.absent_questions,
        "colonnes_personnelles": outcome.personal_columns,
        "encodage": outcome.file.encoding,
        "separateur": outcome.file.separator,
        "feuille": ", ".join(outcome.sheets_read),
        "avertissements": outcome.warnings,
        "feuilles_non_lues": [sheet.sentence for sheet in outcome.unread_sheets],
        "lignes_au_dessus": outcome.rows_above,
    }
