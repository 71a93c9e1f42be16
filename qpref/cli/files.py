"""Commands on received files: import, inspection, change of format of the stored tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.importing import Importing
from qpref.cli.received import each, each_of, expand, looking_for, raise_first, tell_aside
from qpref.cli.terminal import OUT, print_json
from qpref.errors import FewKeptError
from qpref.intake import Dating, Reception
from qpref.intake.files import read_beginning
from qpref.intake.folders import FolderContents, Looking
from qpref.intake.inspection import envelope
from qpref.intake.remote import RemoteSurvey
from qpref.store import Import

_CONTRACT = (
    "fichier", "format", "encodage", "separateur", "feuille", "feuilles_non_lues",
    "lignes_au_dessus", "lignes_lues", "gardees", "ecartees", "quarantaine",
    "colonnes_personnelles", "colonnes_ignorees", "avertissements",
)  # fmt: skip
_SHOWN_VALUES = 6


@dataclass(frozen=True)
class _Received:
    """Files and surveys to import, and what they do not say themselves."""

    sources: tuple[Path | RemoteSurvey, ...]
    campaign: str
    site: str | None
    order: str | None
    day: datetime | None
    is_undated: bool
    may_withdraw: bool
    encoding: str | None
    is_json: bool

    @property
    def paths(self) -> list[Path]:
        """What is read on this machine."""
        return [one for one in self.sources if isinstance(one, Path)]

    @property
    def surveys(self) -> list[RemoteSurvey]:
        """What is asked of a server."""
        return [one for one in self.sources if isinstance(one, RemoteSurvey)]

    @property
    def dating(self) -> Dating:
        """What was said of the dates."""
        return Dating(self.order or "", self.day.date() if self.day else None, self.is_undated)


class _Source(click.ParamType[Path | RemoteSurvey]):
    """A received file, a folder of them, or a survey on a server."""

    name = "fichier"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | RemoteSurvey:
        """Return what a word of the command line names."""
        del param, ctx
        return RemoteSurvey.of(value) if RemoteSurvey.is_meant(value) else Path(value)


@click.command("importer")
@click.argument("sources", nargs=-1, required=True, metavar="FICHIER…", type=_Source())
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
@click.option(
    "--retraits",
    "may_withdraw",
    is_flag=True,
    help="Retire aussi les réponses que l’enquête en ligne n’a plus.",
)
@options.ENCODING
@options.json("Écrit le compte rendu en JSON.")
@pass_options(_Received)
def importer(context: Context, asked: _Received) -> None:
    """
    Lit des fichiers reçus (ou un dossier) et enregistre les tables propres.

    Les sous-dossiers sont lus aussi : celui qui porte le nom d’un site donne ce site à ses
    fichiers. Ce qui n’est pas lu est nommé, avec la raison.

    FICHIER peut être l’adresse d’une enquête LimeSurvey, limesurvey://serveur/numéro : ses réponses
    sont demandées au serveur, et gardées dans data/brut.

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
    importing = Importing(context.project, reception, asked.encoding, is_told=not asked.is_json)
    looking = looking_for(context.project, reference, asked.campaign)
    found = expand(asked.paths, looking, context.project.received)
    failures = each_of(found, importing.file)
    failures += each(
        asked.surveys,
        lambda survey, _: importing.survey(survey, may_withdraw=asked.may_withdraw),
    )
    if asked.is_json:
        files = [_contract(entry) for entry in importing.made]
        print_json({"fichiers": files, "non_lus": _aside(found)})
    else:
        tell_aside(found)
    raise_first(failures, "Les autres fichiers sont importés." if importing.made else "")
    refuse_few_kept(importing.stored)


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


def _aside(found: FolderContents) -> list[dict[str, str]]:
    """Return what `--json` promises of what folders hold and is not read."""
    return [{"chemin": one.name, "motif": one.why} for one in found.aside]


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
    found = expand(paths, Looking())
    failures = each_of(
        found,
        lambda one, _: seen.append(
            envelope(read_beginning(one.path, encoding)) | {"fichier": one.name},
        ),
    )
    if is_json:
        print_json({"fichiers": seen, "non_lus": _aside(found)})
    else:
        for content in seen:
            _report_inspection(content)
        tell_aside(found)
    raise_first(failures, "")


def _report_inspection(content: dict[str, Any]) -> None:
    """Print what a file holds, a line a column."""
    OUT.print(
        f"{content['fichier']} : format {content['format']}, {content['lignes_lues']} lignes.",
    )
    for sheet in content["feuilles_non_lues"]:
        OUT.print(f"  Feuille non lue : {sheet}.")
    if content["lignes_au_dessus"]:
        OUT.print(f"  Lignes au-dessus des intitulés : {content['lignes_au_dessus']}.")
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
