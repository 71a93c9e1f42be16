"""Commands on received files: import, inspection, change of format of the stored tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.received import (
    each,
    expand,
    note_received,
    raise_first,
    report_import,
    report_rejects,
)
from qpref.cli.terminal import OUT, print_json
from qpref.errors import FewKeptError
from qpref.intake import Dating, Reception, receive
from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.store import Import, Store, load_corrections
from qpref.store.registry import entry_of

_CONTRACT = (
    "fichier", "format", "encodage", "separateur", "feuille", "feuilles_non_lues",
    "lignes_au_dessus", "lignes_lues", "gardees", "ecartees", "quarantaine",
    "colonnes_personnelles", "colonnes_ignorees", "avertissements",
)  # fmt: skip
_SHOWN_VALUES = 6
_UNFILLED = "modèle de saisie pas encore rempli, rien à importer."


@dataclass(frozen=True)
class _Received:
    """Files to import, and what they do not say themselves."""

    paths: tuple[Path, ...]
    campaign: str
    site: str | None
    order: str | None
    day: datetime | None
    is_undated: bool
    encoding: str | None
    is_json: bool

    @property
    def dating(self) -> Dating:
        """What was said of the dates."""
        return Dating(self.order or "", self.day.date() if self.day else None, self.is_undated)


@click.command("importer")
@options.FILES
@options.CAMPAIGN
@click.option("--site", metavar="SITE", help="Site, si le fichier ne le dit pas.")
@click.option(
    "--dates",
    "order",
    type=click.Choice(["jour-mois", "mois-jour"]),
    help="Ordre du jour et du mois dans les dates, si le fichier ne permet pas de le savoir.",
)
@click.option(
    "--date-unique",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="AAAA-MM-JJ",
    help="Jour de toutes les réponses d’un fichier sans date.",
)
@click.option(
    "--sans-date",
    "is_undated",
    is_flag=True,
    help="Compte dans la campagne les réponses d’un fichier sans date.",
)
@options.ENCODING
@options.json("Écrit le compte rendu en JSON.")
@pass_options(_Received)
def importer(context: Context, asked: _Received) -> None:
    """
    Lit des fichiers reçus (ou un dossier) et enregistre les tables propres.

    Réimporter le même fichier ne change rien ; importer un fichier corrigé, de même nom,
    remplace ses lignes. Ce qui est mis de côté est listé dans data/quarantaine.
    """
    reference = context.reference
    reception = Reception(
        reference,
        reference.campaign(asked.campaign),
        None if asked.site is None else reference.site(asked.site).id,
        context.names,
        asked.dating,
    )
    store = Store(context.project)
    corrections = load_corrections(context.project, asked.campaign)
    made: list[Import] = []
    stored: list[Import] = []

    def one(path: Path) -> None:
        outcome = receive(reception, path, asked.encoding, corrections)
        now = datetime.now().astimezone()
        names = {entry.fichier for entry in store.imports(asked.campaign)}
        if outcome.is_unfilled and path.name not in names:  # else it empties what was keyed
            made.append(entry_of(reception, outcome, now))
            if not asked.is_json:
                OUT.print(f"{path.name} : {_UNFILLED}")
            return
        note_received(context.project, path, outcome, asked.campaign)
        entry, change = store.add(reception, outcome, now)
        made.append(entry)
        stored.append(entry)
        if not asked.is_json:
            report_import(entry, change)
            report_rejects(outcome.tables["rejets"])

    failures = each(expand(asked.paths), one)
    if asked.is_json:
        print_json({"fichiers": [_contract(entry) for entry in made]})
    raise_first(failures, "Les autres fichiers sont importés." if made else "")
    refuse_few_kept(stored)


def refuse_few_kept(stored: Sequence[Import]) -> None:
    """
    End with a code of its own when a file gave nothing, or more than a tenth was quarantined.

    Raises
    ------
    FewKeptError
        Names the files; what was kept is stored.
    """
    poor = [entry for entry in stored if entry.keeps_little]
    if poor:
        named = ", ".join(
            f"« {entry.fichier} » ({entry.gardees} gardée(s) sur {entry.lignes_lues})"
            for entry in poor
        )
        raise FewKeptError(
            f"Peu ou pas de lignes gardées : {named}.",
            "Lisez les motifs ci-dessus, le plus fréquent d’abord, et la liste dans "
            "data/quarantaine ; corrigez, puis importez à nouveau.",
        )


def _contract(entry: Import) -> dict[str, Any]:
    """Return what `importer --json` promises of a file."""
    content = entry.model_dump(mode="json")
    return {name: content[name] for name in _CONTRACT}


@click.command("inspecter")
@options.FILES
@options.ENCODING
@options.json("Écrit le résultat en JSON.")
def inspecter(paths: tuple[Path, ...], *, encoding: str | None, is_json: bool) -> None:
    """
    Montre ce que contient un fichier, sans dictionnaire et sans rien enregistrer.

    Pour chaque colonne : son intitulé, son type probable, le nombre de chaque réponse.
    """
    seen: list[dict[str, Any]] = []
    failures = each(expand(paths), lambda path: seen.append(envelope(read_file(path, encoding))))
    if is_json:
        print_json({"fichiers": seen})
    else:
        for content in seen:
            _report_inspection(content)
    raise_first(failures, "")


def _report_inspection(content: dict[str, Any]) -> None:
    """Print what a file holds, a line a column."""
    OUT.print(
        f"{content['fichier']} : format {content['format']}, {content['lignes_lues']} lignes.",
    )
    for warning in content["avertissements"]:
        OUT.print(f"  Attention : {warning}.")
    for column in content["colonnes"]:
        values = column["valeurs"] or {}
        first = list(values.items())[:_SHOWN_VALUES]
        shown = ", ".join(f"{value} ({count})" for value, count in first)
        more = ", …" if len(values) > _SHOWN_VALUES else ""
        name = f"{column['code']} " if column["code"] not in column["intitule"] else ""
        OUT.print(
            f"  {name}{column['intitule'][:60]} : {column['type']}"
            + (f" — {shown}{more}" if shown else ""),
        )
