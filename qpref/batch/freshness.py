"""Decide whether a report is up to date: digest of everything it is made from."""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from qpref.batch.inputs import campaign_imports, read_with
from qpref.batch.plan import Report
from qpref.batch.provenance import SUFFIX, read_provenance
from qpref.project import Project
from qpref.reference import Reference
from qpref.shipped import digest
from qpref.store import Store, codes_path, review_path

_NOT_REPORTS = (
    "cli",
    "clu",
    "handover",
    "publishing",
    "starter",
)  # rooms that come after the reports


@cache
def package_digest() -> str:
    """
    Return the digest of what makes reports in qpref: code, templates, style sheets.

    Python counts by its minor version: a correction of it, as a PC gets by itself, makes no page
    otherwise.
    """
    content = hashlib.sha256(".".join(platform.python_version_tuple()[:2]).encode())
    root = Path(str(files("qpref")))
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".py", ".html", ".css"}):
        name = path.relative_to(root)
        if name.parts[0] not in _NOT_REPORTS:
            content.update(name.as_posix().encode() + path.read_bytes())
    return content.hexdigest()


def side_files(report: Report, project: Project, reference: Reference) -> list[Path]:
    """Return what a report rests on beside data and reference: dress, remarks approved, coded."""
    dress = reference.sites.habillage
    names = [dress.css, dress.logo] if dress else []
    return [
        *(project.root / name for name in names if name),
        *(
            decided(project, name)
            for name in read_with(report, reference)
            for decided in (review_path, codes_path)
        ),
    ]


def key_of(report: Report, project: Project, reference: Reference) -> str:
    """
    Return the digest of all that a report is made from.

    Its notebook (outputs apart) and parameters, qpref, the reference data, what was imported for
    its campaign and those before that it reads (other sites too: their totals hide cells here), the
    remarks approved or coded, the dress.
    """
    store = Store(project)
    content = hashlib.sha256()
    content.update(_said_by(report.notebook.path).encode())
    content.update(json.dumps(report.parameters, sort_keys=True).encode())
    content.update((package_digest() + reference.digest).encode())
    for entry in campaign_imports(report, store, reference):
        content.update(entry.model_dump_json().encode())
    for path in side_files(report, project, reference):
        content.update(path.read_bytes() if path.is_file() else b"-")
    return content.hexdigest()


def _said_by(notebook: Path) -> str:
    """
    Return what a report takes from a notebook: its cells, their tags, and what it says of itself.

    Running it in JupyterLab writes outputs, counts and times, which change no report.
    """
    content = json.loads(notebook.read_bytes())
    tags = [cell["metadata"].get("tags", []) for cell in content["cells"]]
    about = {**content["metadata"].get("qpref", {})}
    return json.dumps([digest(content), tags, about], sort_keys=True)


def reason_to_run(report: Report, key: str, wanted: tuple[str, ...] = ()) -> str | None:
    """
    Return why a report must be made, None when it is up to date.

    Parameters
    ----------
    report
        Which.
    key
        Of `key_of`.
    wanted
        Suffixes of the files asked for besides the usual ones.
    """
    path = report.output(SUFFIX)
    facts = read_provenance(path)
    if facts is None:
        return "provenance illisible" if path.exists() else "jamais fait"
    if facts.cle != key:
        return "données, notebook, référence ou qpref changés"
    changed = altered(report, facts.sorties)
    if changed:
        return f"« {changed[0]} » absent ou modifié"
    missing = [suffix for suffix in wanted if not report.output(suffix).is_file()]
    return f"« {missing[0]} » demandé" if missing else None


def why_stale(
    report: Report, project: Project, reference: Reference, wanted: tuple[str, ...] = ()
) -> str | None:
    """Return `reason_to_run` of a report with its key as it is now."""
    return reason_to_run(report, key_of(report, project, reference), wanted)


def altered(report: Report, outputs: Mapping[str, str]) -> list[str]:
    """Return the published files that are gone, or no longer have the digest written down."""
    return [
        name
        for name, known in outputs.items()
        if not (own := report.folder / name).is_file()
        or hashlib.sha256(own.read_bytes()).hexdigest() != known
    ]
