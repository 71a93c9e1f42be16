"""Commands on received files: example, import, inspection, keying workbooks, dictionary."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qpref.cli.common import (
    CAMPAIGN,
    ENCODING,
    OUT,
    Context,
    each,
    expand,
    print_json,
    raise_first,
)
from qpref.errors import ColumnsError, ProjectNotFoundError, UsageError

if TYPE_CHECKING:  # loaded by the commands that use them: help must come at once
    import pandas as pd

    from qpref.store import Change, Import

_SHOWN_REJECTS = 5
_UNFILLED = "modèle de saisie pas encore rempli, rien à importer."


@click.command("exemple")
@click.option(
    "--vers",
    type=click.Path(path_type=Path),
    help="Dossier où écrire (par défaut data/exemple).",
)
@click.pass_obj
def exemple(context: Context, vers: Path | None) -> None:
    """
    Écrit des données fictives sous la forme où elles sont reçues.

    Deux campagnes, trois sites : export LimeSurvey, classeurs saisis au guichet,
    enquête mystère, fréquentation. Toujours les mêmes fichiers, à l’octet près.
    """
    from qpref.example import write_example  # noqa: PLC0415 - commands load what they use

    target = vers or context.project.root / "data" / "exemple"
    paths = write_example(context.reference, target)
    OUT.print(f"{len(paths)} fichiers fictifs écrits dans « {target} ».")


@click.command("importer")
@click.argument(
    "fichiers", nargs=-1, required=True, metavar="FICHIER…", type=click.Path(path_type=Path)
)
@CAMPAIGN
@click.option("--site", metavar="SITE", help="Site, si le fichier ne le dit pas.")
@ENCODING
@click.option("--json", "as_json", is_flag=True, help="Écrit le compte rendu en JSON.")
@click.pass_obj
def importer(  # noqa: PLR0913 - one argument an option
    context: Context,
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
    from qpref.intake import Reception, receive  # noqa: PLC0415
    from qpref.store import Store, load_corrections  # noqa: PLC0415
    from qpref.store.registry import entry_of  # noqa: PLC0415

    reference = context.reference
    reception = Reception(
        reference,
        reference.campaign(campagne),
        None if site is None else reference.site(site).id,
        context.names,
    )
    store = Store(context.project)
    corrections = load_corrections(context.project, campagne)
    made: list[Import] = []

    def one(path: Path) -> None:
        outcome = receive(reception, path, encodage, corrections)
        now = datetime.now().astimezone()
        names = {entry.fichier for entry in store.imports(campagne)}
        if outcome.is_unfilled and path.name not in names:  # else it empties what was keyed
            made.append(entry_of(reception, outcome, now))
            if not as_json:
                OUT.print(f"{path.name} : {_UNFILLED}", markup=False)
            return
        entry, change = store.add(reception, outcome, now)
        made.append(entry)
        if not as_json:
            report_import(entry, change)
            _report_rejects(outcome.tables["rejets"])

    failures = each(expand(fichiers), one)
    if as_json:
        print_json({"fichiers": [_contract(entry) for entry in made]})
    raise_first(failures, "Les autres fichiers sont importés." if made else "")


_CONTRACT = (
    "fichier", "format", "encodage", "separateur", "feuille", "lignes_lues", "gardees",
    "ecartees", "quarantaine", "colonnes_personnelles", "avertissements",
)  # fmt: skip


def _contract(entry: "Import") -> dict[str, Any]:
    """Return what `importer --json` promises of a file."""
    content = entry.model_dump(mode="json")
    return {name: content[name] for name in _CONTRACT}


@click.command("inspecter")
@click.argument(
    "fichiers", nargs=-1, required=True, metavar="FICHIER…", type=click.Path(path_type=Path)
)
@ENCODING
@click.option("--json", "as_json", is_flag=True, help="Écrit le résultat en JSON.")
def inspecter(fichiers: tuple[Path, ...], *, encodage: str | None, as_json: bool) -> None:
    """
    Montre ce que contient un fichier, sans dictionnaire et sans rien enregistrer.

    Pour chaque colonne : son intitulé, son type probable, le nombre de chaque réponse.
    """
    from qpref.intake.files import read_file  # noqa: PLC0415
    from qpref.intake.inspection import envelope  # noqa: PLC0415

    seen: list[dict[str, Any]] = []
    failures = each(expand(fichiers), lambda path: seen.append(envelope(read_file(path, encodage))))
    if as_json:
        print_json({"fichiers": seen})
    else:
        for content in seen:
            _report_inspection(content)
    raise_first(failures, "")


@click.command("modele-saisie")
@CAMPAIGN
@click.option("--site", metavar="SITE", help="Site (inutile pour l’enquête mystère).")
@click.option(
    "--pour",
    type=click.Choice(["satisfaction", "mystere", "frequentation", "collecte"]),
    default="satisfaction",
    help="Ce qui sera saisi : satisfaction (par défaut), mystere, frequentation ou collecte "
    "(relevé des refus).",
)
@click.option("--vers", type=click.Path(path_type=Path), help="Classeur .xlsx à écrire.")
@click.pass_obj
def modele_saisie(
    context: Context, *, campagne: str, site: str | None, pour: str, vers: Path | None
) -> None:
    """
    Écrit un classeur de saisie : listes déroulantes, structure protégée, version du questionnaire.

    Un classeur rempli s’importe tel quel ; celui d’une autre version est refusé.
    """
    from qpref import template  # noqa: PLC0415
    from qpref.project import write_atomically  # noqa: PLC0415

    project, reference = context.project, context.reference
    campaign, questionnaire = reference.campaign(campagne), reference.questionnaire(campagne)
    if pour == "mystere":
        content = template.mystery_template(reference.grid, campaign, reference.sites.sites)
    elif site is None:
        raise UsageError("Il faut dire pour quel site est le classeur.", "Ajoutez --site.")
    elif pour == "frequentation":
        content = template.flow_template(questionnaire, campaign, reference.site(site))
    elif pour == "collecte":
        content = template.approach_template(questionnaire, campaign, reference.site(site))
    else:
        content = template.survey_template(questionnaire, campaign, reference.site(site))
    name = "_".join(["modele", pour, *([site] if site and pour != "mystere" else []), campagne])
    target = vers or project.root / "data" / "brut" / f"{name}.xlsx"
    write_atomically(target, content)
    OUT.print(f"Classeur de saisie écrit : « {target} ».", markup=False)


@click.group("dictionnaire")
def dictionnaire() -> None:
    """Prépare le dictionnaire des questions."""


@dictionnaire.command("proposer")
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--vers", type=click.Path(path_type=Path), help="Fichier .yml où écrire le brouillon."
)
@ENCODING
@click.pass_obj
def _proposer(context: Context, fichier: Path, vers: Path | None, encodage: str | None) -> None:
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
    OUT.print(f"Brouillon écrit dans « {vers} ». Relisez-le avant de l’utiliser.", markup=False)


@dictionnaire.command("verifier")
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@CAMPAIGN
@ENCODING
@click.pass_obj
def verifier(context: Context, fichier: Path, campagne: str, encodage: str | None) -> None:
    """
    Compare le dictionnaire d’une campagne au formulaire (.lss) ou à un export.

    Dit quelles questions, quels textes et quelles réponses ne sont plus les mêmes.
    """
    from qpref.intake.proposal import check_dictionary  # noqa: PLC0415

    questionnaire = context.reference.questionnaire(campagne)
    found = check_dictionary(fichier, questionnaire, encodage)
    for sentence in found:
        OUT.print(f"  - {sentence}", markup=False)
    if found:
        raise ColumnsError(
            f"« {fichier.name} » et le questionnaire {questionnaire.id} diffèrent sur "
            f"{len(found)} point(s).",
            "Corrigez le dictionnaire, ou créez une nouvelle version du questionnaire.",
        )
    OUT.print(f"« {fichier.name} » et {questionnaire.id} disent la même chose.", markup=False)


def _report_inspection(content: dict[str, Any]) -> None:
    """Print what a file holds, a line a column."""
    OUT.print(
        f"{content['fichier']} : format {content['format']}, {content['lignes_lues']} lignes.",
        markup=False,
    )
    for warning in content["avertissements"]:
        OUT.print(f"  Attention : {warning}.", markup=False)
    for column in content["colonnes"]:
        values = column["valeurs"] or {}
        shown = ", ".join(f"{value} ({count})" for value, count in list(values.items())[:6])
        more = ", …" if len(values) > 6 else ""  # noqa: PLR2004
        name = f"{column['code']} " if column["code"] not in column["intitule"] else ""
        OUT.print(
            f"  {name}{column['intitule'][:60]} : {column['type']}"
            + (f" — {shown}{more}" if shown else ""),
            markup=False,
        )


def report_import(entry: "Import", change: "Change") -> None:
    """Print what an import read, kept and set aside, and what it changed."""
    states = {
        "nouveau": "importé",
        "inchange": "déjà importé, rien ne change",
        "remplace": (
            f"remplace l’import précédent ({change.ajoutees} ligne(s) ajoutée(s), "
            f"{change.modifiees} modifiée(s), {change.retirees} retirée(s))"
        ),
    }
    OUT.print(
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
            OUT.print(f"  {label} : {', '.join(names)}.", markup=False)


def _report_rejects(rejects: "pd.DataFrame") -> None:
    """Print what was set aside, identical reasons grouped with their lines."""
    from qpref.intake.common import grouped  # noqa: PLC0415

    messages = grouped(rejects)
    for message in messages[:_SHOWN_REJECTS]:
        OUT.print(f"  - {message}", markup=False)
    if len(messages) > _SHOWN_REJECTS:
        rest = len(messages) - _SHOWN_REJECTS
        OUT.print(f"  … et {rest} autre(s) motif(s), dans data/quarantaine.", markup=False)


@click.command("migrer")
@click.pass_obj
def migrer(context: Context, /) -> None:
    """Met les données déjà importées au format de cette version de qpref, sans rien perdre."""
    from qpref.store import Store  # noqa: PLC0415

    done = Store(context.project).upgrade()
    OUT.print(f"{len(done)} étape(s) faite(s)." if done else "Les données sont au format actuel.")
