"""Write the pages that list the reports: one per campaign, and one for all."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from qpref.batch.provenance import SUFFIX, Provenance, read_provenance
from qpref.project import Project
from qpref.reference import Campaign, OtherSurvey, Reference, joint_name
from qpref.report.page import Link, Page, links, render
from qpref.wording.french import plural, upper_first
from qpref.written import REPORT, put


def _places(reference: Reference) -> list[tuple[str, str]]:
    """Return the folders of a campaign's reports and their names, all sites together first."""
    sites = [(site.id, site.nom) for site in reference.sites.sites]
    together = [
        (joint_name(name), f"Tous les sites du comité {name}" if name else "Tous les sites")
        for name in reference.sites.committees
    ]
    return [*together, *sites]


def _made(folder: Path) -> Iterable[tuple[Provenance, Path]]:
    """Yield the facts and page of each report that is there."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        page = path.with_name(path.name.removesuffix(SUFFIX) + ".html")
        facts = read_provenance(path)
        if facts and page.exists():
            yield facts, page


def write_index(project: Project, reference: Reference, campaign: Campaign) -> Path:
    """Write the campaign's index and the general one; return the campaign's."""
    folder = project.campaign_folder(campaign.id)
    groups, is_fictional = [], False
    known = {site.id for site in reference.sites.sites}
    for name, label in _places(reference):
        found = list(_made(project.report_folder(campaign.id, name)))
        is_fictional |= any(facts.fictif for facts, _ in found)
        rows = [Link(facts.titre, f"{name}/{page.name}", "") for facts, page in found]
        if rows or name in known:
            groups.append((label, rows))
    for survey in reference.campaigns.beside(campaign.id):
        own = [*_of_survey(project, reference, survey)]
        is_fictional |= any(fictional for _, fictional in own)
        groups += [(_named(survey, reference), [link for link, _ in own])] if own else []
    target = folder / "index.html"
    title = f"Rapports de la campagne {campaign.libelle}"
    page = Page(title, is_fictional, [links(title, groups)])
    put(project, {target: render(page).encode()}, REPORT)
    _write_general(project, reference)
    return target


def _named(survey: OtherSurvey, reference: Reference) -> str:
    """Return what an index calls a survey of another public, and who may see it."""
    who = upper_first(reference.questionnaire(survey.id).public.pluriel)
    shown = "" if survey.is_for_committee else " (interne : ni au comité, ni publié)"
    return f"{who} : {survey.libelle}{shown}"


def _of_survey(
    project: Project, reference: Reference, survey: OtherSurvey
) -> Iterator[tuple[Link, bool]]:
    """Yield the reports of a survey of another public, and whether they are invented."""
    for name, label in _places(reference):
        for facts, page in _made(project.report_folder(survey.id, name)):
            yield Link(facts.titre, f"../{survey.id}/{name}/{page.name}", label), facts.fictif


def _write_general(project: Project, reference: Reference) -> None:
    """Write the list of campaigns that have an index."""
    rows, is_fictional = [], False
    for campaign in reference.campaigns.campagnes:
        folders = [project.report_folder(campaign.id, name) for name, _ in _places(reference)]
        made = [facts for folder in folders for facts, _ in _made(folder)]
        if made and (project.campaign_folder(campaign.id) / "index.html").exists():
            is_fictional |= any(facts.fictif for facts in made)
            count = plural(len(made), "rapport")
            rows.append(Link(f"Campagne {campaign.libelle}", f"{campaign.id}/index.html", count))
    title = "Rapports par campagne"
    page = Page(title, is_fictional, [links(title, [("Campagnes", rows)])])
    put(project, {project.reports / "index.html": render(page).encode()}, REPORT)
