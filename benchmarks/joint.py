"""Joint report of a large committee: `python benchmarks/joint.py PROJECT 100`.

PROJECT holds the example, imported. Prints the seconds of each section of the report of as many
sites, each with parts of its own copied from the example's Évry, two campaigns.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from load import SITE, national
from scale import say

from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import ouvrir_synthese

SECTIONS = (
    "entete", "suites", "satisfaction", "points", "changements", "mystere", "labellisation",
    "matrice", "questions", "provenance",
)  # fmt: skip


def _for_each(found: Any, sites: list[str], known: set[str]) -> Any:  # noqa: ANN401 - YAML
    """Return reference data where what was said of one site is said of all, and of no other."""
    if isinstance(found, dict):
        return {k: _for_each(v, sites, known) for k, v in found.items() if k not in known}
    if not isinstance(found, list):
        return found
    rows: list[Any] = []
    for one in found:
        whose = one.get("site") if isinstance(one, dict) else one
        if whose not in known:
            rows.append(_for_each(one, sites, known))
        elif isinstance(one, dict) and whose == SITE:
            named = "id" in one
            rows += [
                {**one, "site": s, **({"id": f"{one['id']}-{s}"} if named else {})} for s in sites
            ]
    return rows


def committee(project: Project, copy: Project, count: int) -> None:
    """Make of the copy a project whose sites, so many, have one committee."""
    known = {site.id for site in load_reference(project.reference).sites.sites}
    national(project, copy, count, 2)
    path = copy.reference / "sites.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    own = [site for site in content["sites"] if site["id"] not in known]
    for site in own:  # which all write the same
        del site["comite"], site["alias"]
    for file in copy.reference.glob("*.yml"):
        text = yaml.safe_load(file.read_text(encoding="utf-8"))
        if file == path:
            text["sites"] = own
        else:
            text = _for_each(text, [site["id"] for site in own], known)
        file.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")


def main(project: Project, count: int) -> None:
    """Print how long the joint report of so many sites takes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Project(Path(folder) / "projet")
        committee(project, copy, count)
        begun = time.process_time()
        report = ouvrir_synthese("2022-11", copy.root)
        for name in SECTIONS:
            start = time.process_time()
            getattr(report, name)().bundles()
            say(f"{name}: {time.process_time() - start:.2f} s")
        say(f"{count} sites: {time.process_time() - begun:.1f} s of processor")


if __name__ == "__main__":
    main(Project(Path(sys.argv[1])), int(sys.argv[2]))
