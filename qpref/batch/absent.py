"""The reports that are not planned because their data do not exist yet, in French sentences."""

from collections.abc import Sequence

from qpref.batch.plan import every_report, has_data
from qpref.display.context import NATURES
from qpref.project import Project
from qpref.reference import Reference
from qpref.store import Store
from qpref.wording.french import enumeration


def not_planned(
    project: Project, reference: Reference, campaign: str, sites: Sequence[str] = ()
) -> list[str]:
    """
    Return one sentence for each notebook that some sites have no data for yet.

    Parameters
    ----------
    project, reference, campaign, sites
        Those of `batch.plan.make_plan`; a notebook that is named is planned all the same.
    """
    store, found = Store(project), dict[tuple[str, tuple[str, ...]], list[str]]()
    for report in every_report(project, reference, campaign, sites):
        if not has_data(report, store):
            notebook = report.notebook
            found.setdefault((notebook.name, notebook.kinds), []).append(report.site)
    names = {site.id: site.nom_court for site in reference.sites.sites}
    label = reference.campaign(campaign).libelle
    return [
        f"{notebook}, {label} : pas encore de données "
        f"({enumeration([NATURES.get(kind, kind) for kind in kinds], 'ou')}) pour "
        f"{enumeration([names.get(place, place) for place in places])}. Rapport non prévu."
        for (notebook, kinds), places in found.items()
    ]
