"""A local notebook to begin from: the parameters of the others, one section, no output."""

import re
from typing import Any

import nbformat

from qpref.errors import UsageError
from qpref.project import Project, write_atomically
from qpref.reference import load_reference
from qpref.shipped import LOCAL, notebooks

_NAME = re.compile(r"\d{2}_[a-z0-9_]+")
_CELLS: tuple[tuple[str, list[str], str], ...] = (
    ("markdown", ["analyste"], "# {title}\nNotebook local : le lot le fait comme les autres, pour "
     "chaque site et chaque campagne. Les cellules d’explication ne vont pas dans le rapport."),
    ("code", [], "from qpref.workbook import ouvrir, ouvrir_satisfaction"),
    ("code", ["parameters"], 'site = ""  # identifiant du site ; vide : le premier du projet\n'
     'campagne = ""  # identifiant de la campagne ; vide : la dernière qui a des données'),
    ("code", [], "enquete = ouvrir_satisfaction(site=site, campagne=campagne)\n"
     'enquete.entete("{title}")'),
    ("markdown", [], "## Ce que j’ai trouvé"),
    ("code", [], "etude = ouvrir(site=site, campagne=campagne)\n{look}"),
    ("markdown", [], "## D’où viennent ces chiffres"),
    ("code", [], "enquete.provenance()"),
)  # fmt: skip


def new_notebook(project: Project, name: str, title: str) -> str:
    """
    Write notebooks/local/NAME.ipynb; return its path in the project.

    Parameters
    ----------
    project
        Where.
    name
        Two digits and a name: `70_mon_analyse`. It orders the reports.
    title
        Of the report.

    Raises
    ------
    UsageError
        If the name does not suit, or a notebook has it already.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"« {name} » ne convient pas comme nom de notebook.",
            "Deux chiffres, puis des lettres minuscules sans accent : 70_mon_analyse.",
        )
    local = project.notebooks / LOCAL
    if name in notebooks(project.notebooks) or (local / f"{name}.ipynb").exists():
        raise UsageError(f"Le notebook « {name} » existe déjà.", "Choisissez un autre nom.")
    cells, known = [], _facts(project, title)
    for rank, (kind, tags, source) in enumerate(_CELLS):
        make: Any = getattr(nbformat.v4, f"new_{kind}_cell")
        text = source.format_map(known)
        metadata = {"tags": tags} if tags else {}
        cells.append(make(text, metadata=metadata, id=f"{name[:2]}-{rank:02d}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about: dict[str, Any] = {
        "kernelspec": kernel,
        "language_info": {"name": "python"},
        "qpref": {"natures": ["satisfaction"]},
    }
    content = nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=about))
    target = local / f"{name}.ipynb"
    write_atomically(target, (content + "\n").encode())
    return target.relative_to(project.root).as_posix()


def _facts(project: Project, title: str) -> dict[str, str]:
    """Return what the cells name: the title, and questions of the last campaign."""
    reference = load_reference(project.reference)
    asked = reference.questionnaire(reference.campaigns.campagnes[-1].id)
    opinion = asked.main or next((question.id for question in asked.opinions), "")
    look = f'etude.distribution("{opinion}")' if opinion else "etude.questions"
    if opinion and asked.groups:
        look = f'etude.comparer("{opinion}", par="{asked.by_role[asked.groups[0]].id}")'
    return {"title": title.replace('"', "’").replace("\n", " "), "look": look}
