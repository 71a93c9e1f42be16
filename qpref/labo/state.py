"""The reports of a campaign: which exist, and which must be made again."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from qpref.batch.freshness import why_stale
from qpref.batch.plan import make_plan
from qpref.batch.ready import lacking
from qpref.project import Project
from qpref.reference import load_reference
from qpref.wording.french import plural, typeset


@dataclass(frozen=True)
class Made:
    """A report of a campaign: what it is, where it is read, and why it is to be made again."""

    name: str
    address: str
    reason: str | None


def reports_of(project: Project, campaign: str) -> list[Made]:
    """
    Return the reports that a campaign can have now, made or not.

    Raises
    ------
    QprefError
        If the reference files do not read.
    """
    reference = load_reference(project.reference)
    return [
        Made(
            f"{one.notebook.name}, {one.site}{f', {one.campaign}' if one.is_beside else ''}",
            link(one.output(".html")),
            why_stale(one, project, reference),
        )
        for one in make_plan(project, reference, campaign)
        if not lacking(one, project)
    ]


def told(reports: list[Made]) -> Markup:
    """Return the list of the reports of a campaign, those that are there as links."""
    fresh = sum(one.reason is None for one in reports)
    title = Markup("<h3>{}</h3>").format(
        typeset(f"{plural(fresh, 'rapport')} à jour sur {len(reports)}")
    )
    return title + Markup("<ul>{}</ul>").format(Markup("").join(map(_line, reports)))


def _line(one: Made) -> Markup:
    name = Markup('<a href="{}">{}</a>').format(one.address, one.name) if one.address else one.name
    return Markup("<li>{} ({})</li>").format(
        name, f"à refaire : {one.reason}" if one.reason else "à jour"
    )


def link(path: Path) -> str:
    """Return the address of a file, from the folder of the notebook; none for one not there."""
    return quote(Path(os.path.relpath(path)).as_posix()) if path.exists() else ""
