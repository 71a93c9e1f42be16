"""Approvals of free answers by a person; an approval holds for one exact wording."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from pydantic import ConfigDict, TypeAdapter

from qpref.errors import UnknownKeyError
from qpref.layout.complaints import TEXTS
from qpref.project import Project
from qpref.store.decided import decided, keep
from qpref.store.lock import held
from qpref.store.tables import Store

_SHORT = 8
_NAMES = TypeAdapter(list[str], config=ConfigDict(defer_build=True))


def identifier(row: "pd.Series[str]") -> str:
    """Return the short name of a text: another wording, another name, and no approval."""
    content = "\x00".join((row["reponse_id"], row["question"], row["texte_masque"]))
    return hashlib.sha256(content.encode()).hexdigest()[:_SHORT]


def review_path(project: Project, campaign: str) -> Path:
    """Return where the approvals of a campaign are kept."""
    return project.corrections / f"verbatims-{campaign}.json"


def approved(project: Project, campaign: str) -> set[str]:
    """Return the short names of the texts that a person approved."""
    path = review_path(project, campaign)
    damaged = (
        f"La liste des remarques relues « {path} » est abîmée.",
        "Renommez-la, sans la supprimer, puis approuvez de nouveau les remarques à publier.",
    )
    return set(decided(project, path, _NAMES, damaged) or ())


def reviewed(project: Project, campaign: str, sites: Iterable[str]) -> pd.DataFrame:
    """
    Return the masked free answers of a campaign, `publiable` when a person approved them.

    Columns of the table `verbatims`, and `identifiant` first; those of surveys, then of registers.
    """
    store, known = Store(project), approved(project, campaign)
    rows = pd.concat([store.read("verbatims", campaign, s) for s in sites], ignore_index=True)
    is_register = rows["question"].isin([*TEXTS.values()])
    rows = rows.loc[is_register.sort_values(kind="stable").index].reset_index(drop=True)
    names = [identifier(row) for _, row in rows.iterrows()]
    rows.insert(0, "identifiant", pd.Series(names, dtype="str"))
    return rows.assign(publiable=rows["identifiant"].isin(known))


def remarks_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the free answers of surveys, those of the register of complaints left out."""
    return rows.loc[~rows["question"].isin([*TEXTS.values()])].reset_index(drop=True)


def review(project: Project, campaign: str, known: Iterable[str], **changes: Iterable[str]) -> None:
    """
    Approve (`approve`) or withdraw (`withdraw`) free answers.

    Parameters
    ----------
    project, campaign
        Where the approvals are kept.
    known
        Identifiers of `reviewed`.
    **changes
        Identifiers to `approve` and to `withdraw`.

    Raises
    ------
    UnknownKeyError
        If an identifier is unknown: nothing is then changed.
    """
    names = set(known)
    for name in (*changes.get("approve", ()), *changes.get("withdraw", ())):
        if name not in names:
            raise UnknownKeyError("Remarque", name, sorted(names), "qpref verbatims")
    with held(project.corrections):
        kept = (approved(project, campaign) | {*changes.get("approve", ())}) - {
            *changes.get("withdraw", ())
        }
        content = json.dumps(sorted(kept), indent=1).encode()
        keep(project, review_path(project, campaign), content, campaign)
