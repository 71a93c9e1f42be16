"""Refuse imports that would mix invented and real data or count rows twice.

A part that is lost holds no row any more: the same rows may come from another file.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from qpref.errors import ConflictError, listing
from qpref.store.registry import Change, Import

if TYPE_CHECKING:  # those who only read tables need no reader of received files
    from qpref.intake import Outcome

_KEYS = {
    "reponses": "reponse_id",
    "contacts_mysteres": "contact_id",
    "indicateurs": "releve_id",
    "reclamations": "reclamation_id",
}
_COUNTED = {"population": "La fréquentation", "collecte": "Le relevé des refus"}


class Reader(Protocol):
    """Gives the rows that an import gave a table, those that are lost left out."""

    def __call__(
        self, entry: Import, table: str, sites: Container[str] | None = None
    ) -> pd.DataFrame:
        """Return them, at some sites or at all."""


def refuse_conflicts(
    read: Reader, outcome: "Outcome", entry: Import, others: Sequence[Import]
) -> None:
    """
    Refuse an import that would mix or double data already stored.

    Raises
    ------
    ConflictError
        Says with which files.
    """
    mixed = [old.fichier for old in others if old.fictif != entry.fictif]
    if mixed:
        kind = "fictives" if entry.fictif else "réelles"
        raise ConflictError(
            f"« {entry.fichier} » contient des données {kind}, la campagne {entry.campagne} "
            f"contient déjà des données de l’autre sorte ({listing(mixed)}).",
            "Importez-les dans un autre dossier de projet (--racine) : celui-ci reste tel quel.",
        )
    for table, key in _KEYS.items():
        if table in entry.parts:
            _refuse_known(read, entry, others, table, partial(outcome.digests, table, key))
    for table, name in _COUNTED.items():
        known = [
            old.fichier
            for old in others
            if set(old.parts.get(table, {})) & set(entry.parts.get(table, {}))
        ]
        if known:
            raise ConflictError(
                f"{name} de la campagne {entry.campagne} vient déjà de {listing(known)}.",
                f"Pour corriger, renommez « {entry.fichier} » comme ce fichier.",
            )


def _refuse_known(
    read: Reader,
    entry: Import,
    others: Sequence[Import],
    table: str,
    rows: Callable[[], Iterable[tuple[str, str]]],
) -> None:
    key = _KEYS[table]
    for old in others:
        if old.nature != entry.nature:
            continue  # an identifier is drawn from its site too: others need not be read
        before = read(old, table, entry.parts.get(table, {}))
        digests = dict(zip(before[key], before["empreinte"], strict=True))
        found = [digests[name] != told for name, told in rows() if name in digests]
        if found:
            differing = sum(found)
            raise ConflictError(
                f"« {entry.fichier} » contient {len(found)} ligne(s) déjà importée(s) depuis "
                f"« {old.fichier} », dont {differing} différente(s).",
                "Si ce fichier corrige l’autre, donnez-lui le même nom ; "
                "sinon, retirez les lignes en double.",
            )


def compare(read: Reader, outcome: "Outcome", previous: Import | None) -> Change:
    """Count rows added, corrected and withdrawn, by identifier and digest."""
    if previous is None:
        return Change(etat="nouveau", ajoutees=outcome.counts.kept)
    before: dict[str, str] = {}
    added = changed = same = 0
    for table, key in _KEYS.items():
        old = read(previous, table)
        before |= dict(zip(old[key], old["empreinte"], strict=True))
        for name, told in outcome.digests(table, key):
            added += name not in before
            changed += before.get(name, told) != told
            same += before.get(name) == told
    left = len(before) - changed - same
    return Change(etat="remplace", ajoutees=added, retirees=left, modifiees=changed)


def refuse_withdrawn(entry: Import, change: Change) -> None:
    """
    Refuse an export of a survey that goes on and from which stored answers are missing.

    Raises
    ------
    ConflictError
        Says how many.
    """
    if change.retirees:
        raise ConflictError(
            f"« {entry.fichier} » n’a plus {change.retirees} ligne(s) déjà importée(s) : elles ont "
            "été supprimées là où l’enquête est posée, ou l’enquête y a été réactivée.",
            "Rien n’est changé. Si ces lignes doivent disparaître ici aussi, recommencez avec "
            "--retraits.",
        )
