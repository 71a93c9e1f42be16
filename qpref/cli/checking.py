"""Command that lists every fault of a project's files, and what its reports will hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from qpref.batch.outlook import Outlook, outlooks
from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT, print_json
from qpref.errors import QprefError, listing
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.checking import Checked, check, strangers
from qpref.reference.faults import Problem
from qpref.reference.unused import Unused, unused


class FaultsFoundError(
    QprefError, exit_code=20, meaning="qpref projet verifier a trouvé des erreurs"
):
    """Reference files that are to be corrected."""


@click.command("verifier")
@options.json("Écrit le constat en JSON.")
@pass_context
def verifier(context: Context, *, is_json: bool) -> None:
    """
    Dit tout ce qui ne va pas dans les fichiers de référence, et comment y remédier.

    Puis ce qui ne sert à rien, ce qui est d’une ancienne version, et, si tout se lit, ce que chaque
    rapport contiendra ou non, et pourquoi. Rien n’est écrit.
    """
    project = context.project
    checked = check(project)
    vain = [*unused(checked.parts), *_strange(project)]
    coming = [] if checked.problems else [*outlooks(project, load_reference(project.reference))]
    if is_json:
        print_json(_as_json(checked, vain, coming, project))
    else:
        _say(checked, vain, coming, project)
    if checked.problems:
        raise FaultsFoundError(
            f"{len(checked.problems)} erreur(s) à corriger dans les fichiers de référence.",
            "Corrigez-les, puis relancez : qpref projet verifier.",
        )


def _strange(project: Project) -> Iterator[Unused]:
    for path in strangers(project):
        name = path.relative_to(project.reference).as_posix()
        yield Unused(name, "", "qpref ne lit pas ce fichier")


def _name(path: Path, project: Project) -> str:
    return (
        path.relative_to(project.root).as_posix()
        if path.is_relative_to(project.root)
        else str(path)
    )


def _say(
    checked: Checked, vain: Sequence[Unused], coming: Sequence[Outlook], project: Project
) -> None:
    for problem in checked.problems:
        OUT.print(
            f"{_name(problem.path, project)} : {problem.text}. {problem.remedy}",
        )
    if not checked.problems:
        OUT.print("Fichiers de référence : aucune erreur.")
    for path in checked.former:
        told = (
            "écrit pour une ancienne version, lu quand même. Pour le mettre à jour : qpref migrer"
        )
        OUT.print(f"{_name(path, project)} : {told}")
    if vain:
        OUT.print(f"\nNe sert à rien ({len(vain)}) :")
        for one in vain:
            place = f"{one.file} : {one.key}" if one.key else one.file
            OUT.print(f"  - {place} : {one.why}")
    for same in _grouped(coming):
        _say_outlook(same)


def _grouped(coming: Sequence[Outlook]) -> list[list[Outlook]]:
    """Return reports of which the same is said, together: those of several sites."""
    found: dict[tuple[object, ...], list[Outlook]] = {}
    for one in coming:
        about = (one.report.campaign, one.report.notebook, one.reason, one.absent, one.reduced)
        found.setdefault(about, []).append(one)
    return list(found.values())


def _say_outlook(same: Sequence[Outlook]) -> None:
    first = same[0]
    report = first.report
    sites = listing(one.report.site for one in same)
    state = f"pas encore de rapport ({first.reason}) ; il aura" if first.reason else "aura"
    count = f"{len(first.sections)} section(s)"
    OUT.print(
        f"\n{report.campaign}, {report.notebook.name} ({sites}) : {state} {count}.",
    )
    for name, why in first.absent:
        OUT.print(f"  - sans « {name} » : {why}")
    for name, why in first.reduced:
        OUT.print(f"  - « {name} » dira seulement : {why}")


def _as_json(
    checked: Checked, vain: Sequence[Unused], coming: Sequence[Outlook], project: Project
) -> dict[str, Any]:
    return {
        "erreurs": [_problem(one, project) for one in checked.problems],
        "anciens": [_name(path, project) for path in checked.former],
        "inutiles": [{"fichier": v.file, "cle": v.key, "raison": v.why} for v in vain],
        "rapports": [_outlook(one) for one in coming],
    }


def _problem(problem: Problem, project: Project) -> dict[str, Any]:
    return {
        "fichier": _name(problem.path, project),
        "ligne": problem.line or None,
        "colonne": problem.column or None,
        "cle": problem.key,
        "erreur": problem.sentence,
        "remede": problem.remedy,
    }


def _outlook(outlook: Outlook) -> dict[str, Any]:
    report = outlook.report
    return {
        "campagne": report.campaign,
        "site": report.site,
        "notebook": report.notebook.name,
        "empeche": outlook.reason or None,
        "sections": list(outlook.sections),
        "absentes": [{"section": name, "raison": why} for name, why in outlook.absent],
        "reduites": [{"section": name, "raison": why} for name, why in outlook.reduced],
    }
