"""The files of an edition, from the reports that are to be published, and the list of editions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
from markupsafe import Markup

from qpref.batch.figures import FIGURES
from qpref.batch.plan import Report
from qpref.display.section import Row, Section, Table
from qpref.errors import UsageError, listing
from qpref.project import Project
from qpref.publishing import table
from qpref.publishing.table import OpenEdition
from qpref.reference import Reference
from qpref.report.exporter import page_facts, page_of
from qpref.report.look import read_look
from qpref.report.page import Link, Page, links, render
from qpref.told import say
from qpref.wording.french import long_date, typeset
from qpref.written import REPORT, put

_INDEX = "index.html"
_SCHEMA_LINK = Link("Ce que dit chaque colonne (Table Schema)", table.SCHEMA, "")
SHEET = "70_publication"  # the notebook of what is published


def editions(project: Project) -> list[str]:
    """Return the days of the editions that are there, the last first; no other folder is one."""
    found = (path.parent.name for path in project.publication.glob(f"*/{table.TABLE}"))
    return sorted(filter(_is_day, found), reverse=True)


def _is_day(name: str) -> bool:
    try:
        return str(date.fromisoformat(name)) == name
    except ValueError:
        return False


def publish(project: Project, reference: Reference, reports: Sequence[Report], day: date) -> Path:
    """
    Write an edition, all or none of its files, then the list of editions; return its folder.

    Parameters
    ----------
    project, reference
        Whose results.
    reports
        Made, one a site, of one campaign.
    day
        Of publication: names the folder. The same day again replaces the edition.

    Raises
    ------
    UsageError
        If one is of a survey of another public.
    """
    if beside := [one.label for one in reports if one.is_beside]:
        raise UsageError(
            f"Une enquête d’un autre public ne se publie pas : {listing(beside)}.",
            "Publiez la campagne avec laquelle elle se lit.",
        )
    folder = project.publication / str(day)
    campaign = reference.campaign(reports[0].campaign)
    read = {one: nbformat.read(one.output(".ipynb"), as_version=4) for one in reports}
    is_fictional = any(bool(page_facts(one)["fictif"]) for one in read.values())
    edition = OpenEdition(str(day), campaign, is_fictional)
    earlier = [one for one in editions(project) if one < edition.day]
    look = read_look(reference.sites.habillage, project.root)
    lines, files = [], {}
    for report, notebook in read.items():
        site = reference.site(report.site)
        lines += table.lines_of(edition, site, report.output(FIGURES).read_bytes())
        before = [one for one in earlier if (project.publication / one / _page(site.id)).exists()]
        page = page_of(notebook)
        first, *others = page.parts
        told = _former(before, _page(site.id))
        shown = replace(page, parts=[first, _dated(day), *others, told.html])
        files[folder / _page(site.id)] = render(shown, look).encode()
    title = _title(reference, campaign.libelle, is_fictional=is_fictional)
    files |= {
        **_data(folder, lines, table.package(title, edition.day)),
        folder / _INDEX: _contents(title, reference, reports, is_fictional=is_fictional),
    }
    put(project, files, REPORT)
    _list_editions(project, reference)
    return folder


def _page(site: str) -> str:
    return f"{site}.html"


def _title(reference: Reference, campaign: str, *, is_fictional: bool) -> str:
    invented = ", données fictives" if is_fictional else ""
    return f"Qualité et satisfaction, {reference.sites.departement}, {campaign}{invented}"


def _dated(day: date) -> Markup:
    """Return when a page was published, as its second line."""
    return Markup("<p>{}</p>").format(typeset(f"Publié le {long_date(day)}."))


def _former(before: Sequence[str], page: str) -> Section:
    """Return where the figures of a page are, and its former editions."""
    data = [("les chiffres", table.TABLE), ("ce que dit chaque colonne", table.SCHEMA)]
    rows = [Row("Cette édition, en données ouvertes", [], links=data)]
    rows += [
        Row(
            f"Édition du {long_date(date.fromisoformat(one))}",
            [],
            links=[("la page", f"../{one}/{page}")],
        )
        for one in before
    ]
    title = "Données et éditions précédentes"
    return Section("editions", title, tables=[Table("Où les trouver", ["Édition"], rows)], level=2)


def _contents(
    title: str, reference: Reference, reports: Sequence[Report], *, is_fictional: bool
) -> bytes:
    pages = [Link(reference.site(one.site).nom, _page(one.site), "") for one in reports]
    data = [
        Link("Tous les chiffres (CSV)", table.TABLE, ""),
        _SCHEMA_LINK,
        Link("Description du dossier (Data Package)", table.PACKAGE, ""),
        Link("Toutes les éditions", f"../{_INDEX}", ""),
    ]
    groups = [("Sites", pages), ("Données", data)]
    return render(Page(title, is_fictional, [links(title, groups)])).encode()


def _list_editions(project: Project, reference: Reference) -> None:
    """Write the list of editions, and one table of them all."""
    folder, days = project.publication, editions(project)
    kept = {day: _read(folder / day / table.TABLE) for day in days}
    lines = [line for day in reversed(days) for line in kept[day]]
    is_fictional = any(line["fictif"] == "true" for line in lines)
    title = _title(reference, "toutes les éditions", is_fictional=is_fictional)
    found = [
        Link(f"Édition du {long_date(date.fromisoformat(day))}", f"{day}/{_INDEX}",
             _campaigns(kept[day], reference))
        for day in days
    ]  # fmt: skip
    own = [Link("Tous les chiffres de toutes les éditions (CSV)", table.TABLE, ""), _SCHEMA_LINK]
    groups = [("Éditions", found), ("Données", own)]
    index = render(Page(title, is_fictional, [links(title, groups)])).encode()
    data = _data(folder, lines, table.package(title, days[0]))
    put(project, {**data, folder / _INDEX: index}, REPORT)


def _data(folder: Path, lines: Sequence[Mapping[str, str]], package: bytes) -> dict[Path, bytes]:
    """Return the open data of a folder: the table, its schema, what the folder holds."""
    return {
        folder / table.TABLE: table.written(lines),
        folder / table.SCHEMA: table.schema(),
        folder / table.PACKAGE: package,
    }


def _read(path: Path) -> list[dict[str, str]]:
    """Return the lines of an edition; one of another form is said, and its lines left out."""
    found = table.read(path.read_bytes())
    if not found:
        say(
            f"« {path} » n’a pas les colonnes d’aujourd’hui : l’édition reste, ses lignes ne sont "
            "pas dans le tableau de toutes les éditions. Pour les y mettre, publiez-la de nouveau "
            f"(qpref publier --jour {path.parent.name})."
        )
    return found


def _campaigns(lines: Sequence[Mapping[str, str]], reference: Reference) -> str:
    known = {one.id: one.libelle for one in reference.campaigns.campagnes}
    names = dict.fromkeys(line["campagne"] for line in lines)
    return ", ".join(known.get(name, name) for name in names)
