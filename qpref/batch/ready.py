"""Check that a report has what it needs: imported data and reference files."""

from collections.abc import Sequence

from qpref.batch.plan import Report
from qpref.display.context import NATURES
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.quality.answers import counted
from qpref.reference import load_reference, reference_files
from qpref.store import Store


def lacking(report: Report, project: Project) -> str | None:
    """Return what a report still needs before it can be made, None when all is there."""
    kinds = report.notebook.kinds
    entries = [e for e in Store(project).imports(report.campaign) if e.nature in kinds]
    if not sum(map(report.kept, entries)):
        about = ", ".join(NATURES.get(kind, kind) for kind in kinds)
        return f"aucune donnée importée ({about})"
    if report.is_beside and (few := _too_few(report, project)):
        return few
    missing = report.notebook.missing(reference_files(project.reference))
    return f"data/reference/{missing} ne dit encore rien" if missing else None


def _too_few(report: Report, project: Project) -> str:
    """Return that too few of another public answered for anything to be told; else nothing."""
    reference = load_reference(project.reference)
    rows = Store(project).read("reponses", report.campaign, report.site)
    least = reference.threshold(report.campaign)
    who = reference.questionnaire(report.campaign).public.pluriel
    is_few = len(counted(rows, reference.campaign(report.campaign))) < least
    return f"moins de {least} {who} ont répondu (seuil de l’enquête)" if is_few else ""


def apart(plan: Sequence[Report], project: Project) -> tuple[list[Report], dict[Report, str]]:
    """
    Return the reports that can be made, and what the others lack.

    Raises
    ------
    MissingDataError
        If none can be.
    """
    lacks = {report: reason for report in plan if (reason := lacking(report, project))}
    if plan and len(lacks) == len(plan):
        check_ready(plan[0], project)
    return [report for report in plan if report not in lacks], lacks


def check_ready(report: Report, project: Project) -> None:
    """
    Refuse to start a notebook that has nothing to show.

    Raises
    ------
    MissingDataError
        Says what it lacks.
    """
    reason = lacking(report, project)
    if reason:
        raise MissingDataError(
            f"Aucune donnée pour {report.notebook.name}, site {report.site}, "
            f"campagne {report.campaign} : {reason}.",
            "Importez les fichiers reçus (qpref importer FICHIER… --campagne "
            f"{report.campaign}), ou complétez ce fichier.",
        )
