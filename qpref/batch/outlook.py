"""Predict what each report will show and what it will lack, from what its sections declare."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from inspect import getattr_static
from pathlib import Path

from qpref import workbook
from qpref.batch.plan import Notebook, Report, possible_reports, report_notebooks
from qpref.batch.ready import lacking
from qpref.project import Project
from qpref.reference import Reference
from qpref.store import Store
from qpref.workbook.needs import DATA, OTHERS, PASSAGES, PREVIOUS, REFUSALS, not_asked


@dataclass(frozen=True)
class Outlook:
    """
    A report to come.

    `reason`: why it cannot be made yet, empty when it can. `sections`: those it will have. `absent`
    and `reduced`: those it will not have, and those that will only say that something is not there,
    each with the reason.
    """

    report: Report
    reason: str
    sections: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    reduced: tuple[tuple[str, str], ...] = ()


def outlooks(project: Project, reference: Reference) -> Iterator[Outlook]:
    """Yield what each report of each campaign will and will not have."""
    sites = [site.id for site in reference.sites.sites]
    usual = [one for one in report_notebooks(project.notebooks) if one.is_usual(project)]
    for campaign in reference.campaigns.every:
        for report in possible_reports(project, reference, campaign.id, sites, usual):
            yield _outlook(report, project, reference)


def _outlook(report: Report, project: Project, reference: Reference) -> Outlook:
    reason = lacking(report, project) or ""
    asked = reference.questionnaire(report.campaign)
    missing = set() if reason else set(_missing_data(report, Store(project), reference))
    names, absent, reduced = [], [], []
    for name, roles, data in _sections(report.notebook):
        if lost := not_asked(asked, roles):
            absent.append((name, lost))
            continue
        names.append(name)
        if not_there := [DATA[key] for key in data if key in missing]:
            reduced.append((name, " et ".join(not_there)))
    return Outlook(report, reason, tuple(names), tuple(absent), tuple(reduced))


def _missing_data(report: Report, store: Store, reference: Reference) -> Iterator[str]:
    """Yield which of the data that sections rest on are not there."""
    before = reference.campaign(report.campaign).precedente
    if not before or not _kept(store, before, report.sites, "satisfaction"):
        yield PREVIOUS
    if not _kept(store, report.campaign, report.sites, "frequentation"):
        yield PASSAGES
    if not _kept(store, report.campaign, report.sites, "collecte"):
        yield REFUSALS
    others = tuple(site for site in report.peers if site not in report.sites)
    if not _kept(store, report.campaign, others, "satisfaction"):
        yield OTHERS


def _kept(store: Store, campaign: str, sites: tuple[str, ...], kind: str) -> int:
    entries = [one for one in store.imports(campaign) if one.nature == kind]
    return sum(one.gardees_par_site.get(site, 0) for one in entries for site in sites)


@cache
def _sections(notebook: Notebook) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return the sections that a notebook asks of its study: name, roles and data they need."""
    study, found = None, []
    for node in _calls(notebook.path):
        if isinstance(node.func, ast.Name):
            opener = (
                getattr(workbook, node.func.id, None)
                if node.func.id.startswith("ouvrir_")
                else None
            )
            study = getattr(workbook, opener.__annotations__["return"]) if opener else study
        elif isinstance(node.func, ast.Attribute) and study is not None:
            method = getattr_static(study, node.func.attr, None)
            if callable(method):
                roles, data = getattr(method, "needs", ()), getattr(method, "data", ())
                found.append((node.func.attr, roles, data))
    return tuple(dict.fromkeys(found))


def _calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls of a notebook's cells, in order; a cell that is no Python has none."""
    for cell in json.loads(path.read_bytes())["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            tree = ast.parse("".join(cell["source"]))
        except SyntaxError:
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        yield from sorted(calls, key=lambda node: (node.lineno, node.col_offset))
