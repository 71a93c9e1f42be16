"""Which reports to make: notebooks found, parameters checked, data present."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qpref import shipped
from qpref.batch.parameters import check_parameters, declared
from qpref.errors import (
    MissingDataError,
    ReportError,
    StorageError,
    UnknownKeyError,
    UsageError,
)
from qpref.project import Project
from qpref.reference import Reference, joint_name, reference_files
from qpref.store import NO_SITE, Import, Store
from qpref.written import Kind

FAILED_SUFFIX = ".echec.ipynb"  # of the executed notebook of a report that failed
_FORMAT = 4  # of notebooks, since 2014


@dataclass(frozen=True)
class Notebook:
    """
    A notebook that makes reports: its file, parameters and the kinds of data it needs.

    One `is_on_demand` runs only when it is named (`qpref.a_la_demande` in its metadata). One
    `is_joint` makes a single report for all sites (`qpref.tous_les_sites`). `files`: optional
    reference files without which it says nothing (`qpref.fichiers`); of one `is_optional`
    (`qpref.facultatif`), one of them is enough, and a project that has none is told nothing.
    """

    path: Path
    parameters: tuple[str, ...]
    kinds: tuple[str, ...]
    is_on_demand: bool = False
    is_joint: bool = False
    files: tuple[str, ...] = ()
    is_optional: bool = False

    def is_usual(self, project: Project) -> bool:
        """Whether a project has it made without naming it."""
        return not self.is_on_demand and not (self.is_optional and self.lacks(project))

    def lacks(self, project: Project) -> str:
        """Return a reference file that it needs and that says nothing yet, « » when none does."""
        known = reference_files(project.reference)
        absent = [name for name in self.files if name not in known]
        is_enough = self.is_optional and len(absent) < len(self.files)
        return absent[0] if absent and not is_enough else ""

    @property
    def name(self) -> str:
        """The file name without its suffix."""
        return self.path.stem


@dataclass(frozen=True)
class Report:
    """
    One report to make.

    `site` is « ensemble » for all sites of a committee together; `committee` and `peers` say which
    committee and its sites.
    """

    notebook: Notebook
    campaign: str
    site: str
    folder: Path
    committee: str
    peers: tuple[str, ...]

    @property
    def label(self) -> str:
        """What commands call it."""
        return f"{self.campaign}, {self.site}, {self.notebook.name}"

    @property
    def parameters(self) -> dict[str, str]:
        """The values given to the notebook."""
        place = {"comite": self.committee} if self.notebook.is_joint else {"site": self.site}
        return {**place, "campagne": self.campaign}

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that it is about."""
        return self.peers if self.notebook.is_joint else (self.site,)

    def kept(self, entry: Import) -> int:
        """Return how many rows of a received file this report rests on."""
        return sum(entry.gardees_par_site.get(site, 0) for site in self.sites)

    @property
    def failed(self) -> Kind:
        """What the notebook of this report is when it failed: its error may quote an answer."""
        return Kind("notebook d’un rapport en échec", campaign=self.campaign)

    def output(self, suffix: str) -> Path:
        """Return the path of one of the report's files."""
        return self.folder / f"{self.notebook.name}{suffix}"


def _notebook(path: Path) -> Notebook | None:
    """
    Return a notebook that makes reports; None for another.

    Its JSON says enough: nbformat, which takes seconds to import, is left to what runs it.
    """
    content: Any = json.loads(path.read_bytes())
    if content["nbformat"] != _FORMAT or not isinstance(content["cells"], list):
        raise ValueError(f"nbformat {content['nbformat']}")
    settings = content.get("metadata", {}).get("qpref", {})
    kinds = settings.get("natures")
    if not kinds:
        return None
    said = ("a_la_demande", "tous_les_sites", "facultatif")
    is_on_demand, is_joint, is_optional = (bool(settings.get(name)) for name in said)
    files = tuple(map(str, settings.get("fichiers", ())))
    return Notebook(
        path,
        declared(content["cells"]),
        tuple(map(str, kinds)),
        is_on_demand,
        is_joint,
        files,
        is_optional,
    )


def _name(path: Path) -> str:
    return path.stem


def report_notebooks(folder: Path) -> list[Notebook]:
    """
    Return the notebooks that make reports, in order of name.

    Those that ship with qpref, unless the project's folder holds one of the same name; those that
    the project adds. A notebook makes reports when its metadata name the kinds of data it needs
    (`qpref.natures`); the others are for exploring.

    Parameters
    ----------
    folder
        The project's own notebooks; it may be absent.

    Raises
    ------
    ReportError
        If a file is no notebook, or a link to one outside of the folder.
    StorageError
        If a file cannot be read, or is gone since the folder was listed.
    UsageError
        If two have the same name.
    """
    found = []
    paths = (*shipped.notebooks(folder).values(), *shipped.local_notebooks(folder))
    for path in sorted(paths, key=_name):
        if path.is_relative_to(folder) and not path.resolve().is_relative_to(folder.resolve()):
            raise ReportError(
                f"« {path} » est un lien vers un notebook d’ailleurs (« {path.resolve()} »).",
                "Le lot ne lance que les notebooks du projet : copiez-le dans notebooks/local.",
            )
        try:
            notebook = _notebook(path)
        except OSError as error:
            raise StorageError(
                f"« {path} » ne peut pas être lu ({error.strerror or error}).",
                "Vérifiez que le dossier du projet est là (partage réseau, droits), puis relancez.",
            ) from error
        except Exception as error:  # its readers raise whatever they meet
            raise ReportError(
                f"« {path} » n’est pas un notebook lisible ({type(error).__name__}).",
                "Ouvrez-le dans JupyterLab pour le réparer, ou sortez-le du dossier.",
            ) from error
        found += [notebook] if notebook else []
    names = [notebook.name for notebook in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"Deux notebooks s’appellent « {name} » : leurs rapports se remplaceraient.",
                "Renommez celui de notebooks/local.",
            )
    return found


def campaigns_with_data(project: Project, reference: Reference) -> list[str]:
    """
    Return the campaigns for which files were imported, in order.

    Raises
    ------
    MissingDataError
        If there is none.
    """
    store = Store(project)
    names = [campaign.id for campaign in reference.campaigns.campagnes]
    found = [name for name in names if store.imports(name)]
    if not found:
        raise MissingDataError(
            "Aucun fichier n’a été importé.",
            "Importez d’abord vos fichiers : qpref importer FICHIER… --campagne CAMPAGNE.",
        )
    return found


def make_plan(
    project: Project,
    reference: Reference,
    campaign: str,
    sites: Sequence[str] = (),
    notebooks: Sequence[str] = (),
) -> list[Report]:
    """
    Return the reports to make, all sites and notebooks by default.

    A report on all sites is left out when sites are chosen and the notebook is not named.

    Raises
    ------
    UnknownKeyError
        If a campaign, site or notebook is unknown.
    ParametersError
        If a notebook does not declare exactly the parameters that it is given, in one cell, or
        gives them other values afterwards.
    MissingDataError
        If the campaign has no data at all.
    """
    reference.campaign(campaign)
    chosen_sites = [reference.site(name).id for name in sites] or [
        site.id for site in reference.sites.sites
    ]
    known = {notebook.name: notebook for notebook in report_notebooks(project.notebooks)}
    for name in notebooks:
        if name.removesuffix(".ipynb") not in known:
            raise UnknownKeyError("Notebook", name, known, "le dossier notebooks")
    usual = [notebook for notebook in known.values() if notebook.is_usual(project)]
    chosen = [known[name.removesuffix(".ipynb")] for name in notebooks] or usual
    if not Store(project).imports(campaign):
        raise MissingDataError(
            f"Aucun fichier n’a été importé pour la campagne {campaign}.",
            f"Importez-les : qpref importer FICHIER… --campagne {campaign}.",
        )
    plan = possible_reports(project, reference, campaign, chosen_sites, chosen)
    if sites and not notebooks:
        plan = [report for report in plan if not report.notebook.is_joint]
    for report in {report.notebook: report for report in plan}.values():
        check_parameters(report.notebook.path, report.notebook.parameters, report.parameters)
    return plan


def possible_reports(
    project: Project,
    reference: Reference,
    campaign: str,
    sites: Sequence[str],
    chosen: Sequence[Notebook],
) -> list[Report]:
    """Return the reports of a campaign, whether their data are there or not."""
    plan: list[Report] = []
    for committee, covered in reference.sites.committees.items():
        peers = tuple(site.id for site in covered)
        own = [site for site in dict.fromkeys(sites) if site in peers]
        together = [joint_name(committee)] if own else []
        plan += [
            Report(
                notebook, campaign, name, project.report_folder(campaign, name), committee, peers
            )
            for names, is_joint in ((own, False), (together, True))
            for name in names
            for notebook in dict.fromkeys(chosen)
            if notebook.is_joint == is_joint
        ]
    return plan


def campaign_imports(report: Report, store: Store, reference: Reference) -> list[Import]:
    """
    Return the imports of a report's campaign, then of the previous one, all sites of its committee.

    A file whose sites could not be told concerns every report.
    """
    previous = reference.campaign(report.campaign).precedente
    campaigns = [report.campaign, *([previous] if previous else [])]
    found = [entry for name in campaigns for entry in store.imports(name)]
    return [
        entry
        for entry in found
        if not (set(entry.gardees_par_site) - {NO_SITE}).isdisjoint(report.peers)
        or not set(entry.gardees_par_site) - {NO_SITE}
    ]


def inputs_of(report: Report, store: Store, reference: Reference) -> list[Import]:
    """Return, of these imports, those that concern the report's own site."""
    return [
        entry
        for entry in campaign_imports(report, store, reference)
        if not set(report.sites).isdisjoint(entry.gardees_par_site)
    ]
