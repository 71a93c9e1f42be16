"""Whether what a report is about is there: answers or contacts, and the files it rests on."""

from collections.abc import Sequence

from qpref.batch.plan import Report
from qpref.display.context import NATURES
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.store import Store


def lacking(report: Report, project: Project) -> str | None:
    """Return what a report still needs before it can be made, None when all is there."""
    kinds = report.notebook.kinds
    entries = [e for e in Store(project).imports(report.campaign) if e.nature in kinds]
    if not sum(map(report.kept, entries)):
        about = ", ".join(NATURES.get(kind, kind) for kind in kinds)
        return f"aucune donnée importée ({about})"
    name = report.notebook.lacks(project)
    return f"data/reference/{name} ne dit encore rien" if name else None


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
