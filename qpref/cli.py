"""`qpref …`: arguments, messages, exit codes; no analysis."""

import gettext
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Click finds its own messages (« Usage », « No such option »…) through gettext: give it French.
os.environ["LANGUAGE"] = "fr"
gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))

import click  # noqa: E402 - reads the catalogue above
from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: E402

from qpref.errors import (  # noqa: E402
    ProjectNotFoundError,
    QprefError,
    UnreadableFileError,
    UsageError,
)
from qpref.project import Project  # noqa: E402
from qpref.reference import Reference, load_reference  # noqa: E402

if TYPE_CHECKING:  # loaded by the commands that use them: help must come at once
    import pandas as pd

    from qpref.batch.run import Result
    from qpref.store import Change, Import

_SHOWN_REJECTS = 5
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Context:
    """The project, opened when a command needs it."""

    def __init__(self, root: Path | None) -> None:
        self._root = root

    @property
    def project(self) -> Project:
        return Project.find(self._root)

    @property
    def reference(self) -> Reference:
        return load_reference(self.project.reference)


@click.group(no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.option(
    "--racine",
    type=click.Path(path_type=Path),
    help="Dossier du projet (par défaut, celui où vous êtes).",
)
@click.version_option(package_name="qpref", message="qpref %(version)s")
@click.pass_context
def _qpref(context: click.Context, racine: Path | None) -> None:
    """Enquêtes de satisfaction et enquêtes mystères : des fichiers reçus aux rapports."""
    context.obj = _Context(racine)


@_qpref.command("exemple")
@click.option(
    "--vers",
    type=click.Path(path_type=Path),
    help="Dossier où écrire (par défaut data/exemple).",
)
@click.pass_obj
def _exemple(context: _Context, vers: Path | None) -> None:
    """
    Écrit des données fictives sous la forme où elles sont reçues.

    Deux campagnes, trois sites : export LimeSurvey, classeurs saisis au guichet,
    enquête mystère, fréquentation. Toujours les mêmes fichiers, à l’octet près.
    """
    from qpref.example import write_example  # noqa: PLC0415 - commands load what they use

    target = vers or context.project.root / "data" / "exemple"
    paths = write_example(context.reference, target)
    _out.print(f"{len(paths)} fichiers fictifs écrits dans « {target} ».")


@_qpref.command("importer")
@click.argument(
    "fichiers", nargs=-1, required=True, metavar="FICHIER…", type=click.Path(path_type=Path)
)
@click.option(
    "--campagne", required=True, metavar="CAMPAGNE", help="Campagne, par exemple 2020-11."
)
@click.option("--site", metavar="SITE", help="Site, si le fichier ne le dit pas.")
@click.option(
    "--encodage", metavar="NOM", help="Encodage des fichiers texte, si le nôtre est faux."
)
@click.option("--json", "as_json", is_flag=True, help="Écrit le compte rendu en JSON.")
@click.pass_obj
def _importer(  # noqa: PLR0913 - one argument an option
    context: _Context,
    fichiers: tuple[Path, ...],
    *,
    campagne: str,
    site: str | None,
    encodage: str | None,
    as_json: bool,
) -> None:
    """
    Lit des fichiers reçus (ou un dossier) et enregistre les tables propres.

    Réimporter le même fichier ne change rien ; importer un fichier corrigé, de même nom,
    remplace ses lignes. Ce qui est mis de côté est listé dans data/quarantaine.
    """
    from qpref.intake import Setting, receive  # noqa: PLC0415
    from qpref.store import Store  # noqa: PLC0415

    reference = context.reference
    setting = Setting(
        reference, reference.campaign(campagne), reference.site(site).id if site else None
    )
    store = Store(context.project)
    made: list[Import] = []

    def one(path: Path) -> None:
        outcome = receive(setting, path, encodage)
        entry, change = store.add(setting, outcome, datetime.now().astimezone())
        made.append(entry)
        if not as_json:
            _report_import(entry, change)
            _report_rejects(outcome.tables["rejets"])

    failures = _each(_expand(fichiers), one)
    if as_json:
        _print_json({"fichiers": [_contract(entry) for entry in made]})
    _raise_first(failures, "Les autres fichiers sont importés." if made else "")


def _each(paths: Sequence[Path], action: Callable[[Path], None]) -> list[QprefError]:
    """Do something with each file; one failure does not stop the others."""
    failures = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_err, disable=not _err.is_terminal) as progress:
        task = progress.add_task("Lecture", total=len(paths))
        for path in paths:
            progress.update(task, description=path.name)
            try:
                action(path)
            except QprefError as error:
                failures.append(error)
                _err.print(f"{path.name} : {error}", style="red", markup=False)
            progress.advance(task)
    return failures


def _raise_first(failures: list[QprefError], kept: str) -> None:
    if failures:
        _err.print(f"{len(failures)} fichier(s) non lu(s). {kept}", markup=False)
        raise failures[0]


def _print_json(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


_CONTRACT = (
    "fichier", "format", "encodage", "separateur", "feuille", "lignes_lues", "gardees",
    "ecartees", "quarantaine", "colonnes_personnelles", "avertissements",
)  # fmt: skip


def _contract(entry: "Import") -> dict[str, Any]:
    """Return what `importer --json` promises of a file."""
    content = entry.model_dump(mode="json")
    return {name: content[name] for name in _CONTRACT}


@_qpref.command("inspecter")
@click.argument(
    "fichiers", nargs=-1, required=True, metavar="FICHIER…", type=click.Path(path_type=Path)
)
@click.option(
    "--encodage", metavar="NOM", help="Encodage des fichiers texte, si le nôtre est faux."
)
@click.option("--json", "as_json", is_flag=True, help="Écrit le résultat en JSON.")
def _inspecter(fichiers: tuple[Path, ...], *, encodage: str | None, as_json: bool) -> None:
    """
    Montre ce que contient un fichier, sans dictionnaire et sans rien enregistrer.

    Pour chaque colonne : son intitulé, son type probable, le nombre de chaque réponse.
    """
    from qpref.intake.files import read_file  # noqa: PLC0415
    from qpref.intake.inspection import envelope  # noqa: PLC0415

    seen: list[dict[str, Any]] = []
    failures = _each(
        _expand(fichiers), lambda path: seen.append(envelope(read_file(path, encodage)))
    )
    if as_json:
        _print_json({"fichiers": seen})
    else:
        for content in seen:
            _report_inspection(content)
    _raise_first(failures, "")


@_qpref.group("dictionnaire")
def _dictionnaire() -> None:
    """Prépare le dictionnaire des questions."""


@_dictionnaire.command("proposer")
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--vers", type=click.Path(path_type=Path), help="Fichier .yml où écrire le brouillon."
)
@click.option(
    "--encodage", metavar="NOM", help="Encodage d’un fichier texte, si le nôtre est faux."
)
@click.pass_obj
def _proposer(context: _Context, fichier: Path, vers: Path | None, encodage: str | None) -> None:
    """
    Écrit le brouillon d’un questionnaire d’après une structure LimeSurvey (.lss) ou un export.

    Questions, échelles et réponses sont proposées ; tout ce qui est deviné est à confirmer.
    """
    from qpref.intake.proposal import draft_questionnaire  # noqa: PLC0415
    from qpref.project import write_atomically  # noqa: PLC0415

    try:
        known = context.reference.questionnaires
    except ProjectNotFoundError:
        known = {}
    text = draft_questionnaire(fichier, known.values(), encodage)
    if vers is None:
        sys.stdout.write(text)
        return
    write_atomically(vers, text.encode())
    _out.print(f"Brouillon écrit dans « {vers} ». Relisez-le avant de l’utiliser.", markup=False)


def _report_inspection(content: dict[str, Any]) -> None:
    """Print what a file holds, a line a column."""
    _out.print(
        f"{content['fichier']} : format {content['format']}, {content['lignes_lues']} lignes.",
        markup=False,
    )
    for warning in content["avertissements"]:
        _out.print(f"  Attention : {warning}.", markup=False)
    for column in content["colonnes"]:
        values = column["valeurs"] or {}
        shown = ", ".join(f"{value} ({count})" for value, count in list(values.items())[:6])
        more = ", …" if len(values) > 6 else ""  # noqa: PLR2004
        name = f"{column['code']} " if column["code"] not in column["intitule"] else ""
        _out.print(
            f"  {name}{column['intitule'][:60]} : {column['type']}"
            + (f" — {shown}{more}" if shown else ""),
            markup=False,
        )


def _expand(paths: Sequence[Path]) -> list[Path]:
    """Return the files, folders being replaced by the files of known formats that they hold."""
    from qpref.intake import SUFFIXES  # noqa: PLC0415

    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            file
            for file in path.iterdir()
            if file.suffix.casefold() in SUFFIXES and not file.name.startswith((".", "~$"))
        )
        if not inside:
            raise UnreadableFileError(
                f"Le dossier « {path} » ne contient aucun fichier à importer.",
                f"Formats acceptés : {', '.join(SUFFIXES)}.",
            )
        found += inside
    return found


def _report_import(entry: "Import", change: "Change") -> None:
    """Print what an import read, kept and set aside, and what it changed."""
    states = {
        "nouveau": "importé",
        "inchange": "déjà importé, rien ne change",
        "remplace": (
            f"remplace l’import précédent ({change.ajoutees} ligne(s) ajoutée(s), "
            f"{change.modifiees} modifiée(s), {change.retirees} retirée(s))"
        ),
    }
    _out.print(
        f"{entry.fichier} : {states[change.etat]}. {entry.lignes_lues} lignes lues = "
        f"{entry.gardees} gardées + {entry.ecartees} écartées "
        f"+ {entry.quarantaine} en quarantaine.",
        markup=False,
    )
    for label, names in (
        ("Colonnes personnelles non conservées", entry.colonnes_personnelles),
        ("Colonnes inconnues, non lues", entry.colonnes_ignorees),
        ("Attention", entry.avertissements),
    ):
        if names:
            _out.print(f"  {label} : {', '.join(names)}.", markup=False)


def _report_rejects(rejects: "pd.DataFrame") -> None:
    """Print what was set aside, identical reasons grouped with their lines."""
    from qpref.intake.common import grouped  # noqa: PLC0415

    messages = grouped(rejects)
    for message in messages[:_SHOWN_REJECTS]:
        _out.print(f"  - {message}", markup=False)
    if len(messages) > _SHOWN_REJECTS:
        rest = len(messages) - _SHOWN_REJECTS
        _out.print(f"  … et {rest} autre(s) motif(s), dans data/quarantaine.", markup=False)


@_qpref.command("rapports")
@click.option(
    "--campagne",
    metavar="CAMPAGNE",
    help="Campagne ; par défaut, toutes celles qui ont des données.",
)
@click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Site ; à répéter. Tous par défaut."
)
@click.option(
    "--notebook",
    "notebooks",
    multiple=True,
    metavar="NOM",
    help="Notebook, par exemple 10_satisfaction ; à répéter. Tous par défaut.",
)
@click.pass_obj
def _rapports(
    context: _Context, campagne: str | None, sites: tuple[str, ...], notebooks: tuple[str, ...]
) -> None:
    """
    Produit les rapports : un par campagne, site et notebook.

    L’échec d’un rapport n’empêche pas les autres ; l’ancien rapport reste alors en place.
    """
    from qpref.batch.index import write_index  # noqa: PLC0415
    from qpref.batch.plan import campaigns_with_data, make_plan  # noqa: PLC0415
    from qpref.batch.run import run_report  # noqa: PLC0415

    project, reference = context.project, context.reference
    campaigns = [campagne] if campagne else campaigns_with_data(project, reference)
    plan = [
        report
        for name in campaigns
        for report in make_plan(project, reference, name, sites, notebooks)
    ]
    results = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_err) as progress:
        task = progress.add_task("Rapports", total=len(plan))
        for report in plan:
            what = f"{report.campaign}, {report.site}, {report.notebook.name}"
            progress.update(task, description=what)
            now = datetime.now().astimezone()
            results.append(run_report(report, project, reference, now))
            progress.advance(task)
    indexes = [write_index(project, reference, reference.campaign(name)) for name in campaigns]
    _summary(results, indexes, project.root)


def _summary(results: Sequence["Result"], indexes: Sequence[Path], root: Path) -> None:
    """Print one line a report; exit with 1 when one failed."""
    failed = [result for result in results if result.failure]
    for result in results:
        report = result.report
        name = f"{report.campaign}, {report.site}, {report.notebook.name}"
        if result.failure:
            _err.print(f"{name} : échec. {result.failure}", style="red", markup=False)
        else:
            made = report.output(".html").relative_to(root)
            _out.print(f"{name} : {made}", markup=False)
    for index in indexes:
        _out.print(f"Sommaire : {index.relative_to(root)}", markup=False)
    if failed:
        raise QprefError(
            f"{len(failed)} rapport(s) en échec sur {len(results)} ; les autres sont faits, "
            "les anciens rapports sont intacts.",
            "Corrigez la cause indiquée ci-dessus, puis relancez la même commande.",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line and return its exit code; a user's mistake never shows a traceback.

    Parameters
    ----------
    arguments
        Without the program's name; those of the process by default.
    """
    try:
        _qpref.main(arguments, prog_name="qpref", standalone_mode=False)
    except QprefError as error:
        _err.print(f"Erreur : {error}", style="red", markup=False)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _out.print(error.format_message(), markup=False)
        return UsageError.exit_code
    except click.ClickException as error:
        _err.print(f"Erreur : {error.format_message()}", style="red", markup=False)
        _err.print("Aide : qpref --help", markup=False)
        return UsageError.exit_code
    except BrokenPipeError:  # the reader of our output stopped reading: say nothing more to it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 1
    except (KeyboardInterrupt, click.Abort):
        _err.print("Interrompu. Les rapports déjà faits sont en place.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
