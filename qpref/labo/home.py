"""What the home notebook shows: campaigns, sites, reports, and which are to be made again."""

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from qpref.batch.freshness import why_stale
from qpref.batch.plan import campaigns_with_data, make_plan
from qpref.batch.ready import lacking
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.reference import load_reference
from qpref.report.page import Link, links
from qpref.wording.french import plural


@dataclass(frozen=True)
class Accueil:
    """Page d’accueil : ce qui est là, ce qui est à jour, ce qui est à refaire."""

    html: Markup
    sentences: tuple[str, ...]

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)


def accueil(racine: str | Path | None = None) -> Accueil:
    """
    Dit quelles campagnes et quels sites sont là, et quels rapports sont à jour.

    Parameters
    ----------
    racine
        Dossier du projet ; par défaut, trouvé à partir du dossier de travail.
    """
    project = Project.find(Path(racine) if racine else None)
    reference = load_reference(project.reference)
    try:
        campaigns = campaigns_with_data(project, reference)
    except MissingDataError as error:
        return Accueil(Markup("<p>{}</p>").format(str(error)), (str(error),))
    groups, sentences = [], []
    for name in campaigns:
        rows, stale = [], 0
        for report in make_plan(project, reference, name):
            if lacking(report, project):
                continue
            reason = why_stale(report, project, reference)
            stale += reason is not None
            page = report.output(".html")
            text = f"{report.notebook.name}, {report.site}"
            note = f"à refaire : {reason}" if reason else "à jour"
            # Relative to the folder of the notebooks, where the home page is read.
            target = f"../{page.relative_to(project.root).as_posix()}" if page.exists() else ""
            rows.append(Link(text, target, note))
        label = reference.campaign(name).libelle
        made = f"{plural(len(rows) - stale, 'rapport')} à jour sur {len(rows)}"
        groups.append((f"{label} : {made}", rows))
        sentences.append(f"{label} : {made}.")
    if any("à refaire" in row.note for _, rows in groups for row in rows):
        sentences.append("Pour refaire ce qui ne l’est pas : qpref rapports.")
    return Accueil(links("Campagnes et rapports", groups), tuple(sentences))
