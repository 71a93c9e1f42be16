"""Joint report of a large committee: `python benchmarks/joint.py PROJECT 100`.

PROJECT holds the example, imported. Prints the seconds of processor of each section of the report
of as many sites, each with parts of its own copied from the example's Évry, two campaigns; then of
the whole, and how many times those of a site alone. What Python loads is not counted: a first
report, made before, loads it, as the process that makes reports does; nothing is collected while
a report is made, as there.
"""

import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from load import SITE, national
from scale import say

from qpref.display.section import Sections
from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import ouvrir_synthese

MOST = 10  # seconds, of a hundred sites: the goal
SECTIONS = (
    "entete", "ensemble", "satisfaction", "points", "changements", "autres_publics", "suites",
    "mystere", "labellisation", "engagements", "matrice", "autres_labels", "mois", "reclamations",
    "questions", "provenance",
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


def _report(project: Project) -> dict[str, float]:
    """Return the seconds of processor of each section of a joint report."""
    found, start = {}, time.process_time()
    report = ouvrir_synthese("2022-11", project.root)
    found["ouvrir"] = time.process_time() - start
    for name in SECTIONS:
        start = time.process_time()
        section = getattr(report, name)()
        for one in section if isinstance(section, Sections) else [section]:
            one.bundles()
        found[name] = time.process_time() - start
    return found


def main(project: Project, count: int) -> None:
    """Print how long the joint report of so many sites takes, and how much longer than of one."""
    with tempfile.TemporaryDirectory() as folder:
        alone, many = Project(Path(folder) / "seul"), Project(Path(folder) / "ensemble")
        committee(project, alone, 1)
        committee(project, many, count)
        _report(alone)
        gc.disable()  # as `batch.worker`, which makes reports
        one, found = sum(_report(alone).values()), _report(many)
        for name, seconds in found.items():
            say(f"{name}: {seconds:.2f} s")
        whole = sum(found.values())
        say(f"{count} sites: {whole:.1f} s of processor, {whole / one:.1f} times one ({one:.2f} s)")
        say(f"goal of 100 sites: {MOST} s")


if __name__ == "__main__":
    main(Project(Path(sys.argv[1])), int(sys.argv[2]))
