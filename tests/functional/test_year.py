"""A year by the commands of the guide: months, complaints, four surveys, pack, publication."""

import csv
import io
import re
import shlex
import shutil

import lxml.html
import pytest

from qpref.cli import main
from qpref.project import Project
from qpref.store import Store
from tests.conftest import NIGHT, ROOT, copied, copy_project
from tests.sections import plain

pytestmark = pytest.mark.lent

PAGE = ROOT / "docs" / "guide" / "annee.md"


def commands():
    """The lines of the page's blocks, in order."""
    parts = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return [line for part in parts for line in part.splitlines() if line]


@pytest.fixture(scope="module")
def year(request, example, tmp_path_factory):
    """
    The example's project, after all that the page says.

    By night from nothing; by day where most has been imported, and its reports made.
    """
    place = tmp_path_factory.mktemp("annee")
    project = copy_project(place) if NIGHT else copied(request.getfixturevalue("published"), place)
    shutil.copytree(example, project.root / "data" / "exemple", dirs_exist_ok=True)
    shutil.copytree(ROOT / "data" / "clu", project.root / "data" / "clu")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        codes = {line: main(shlex.split(line)[1:]) for line in commands()}
    assert [line for line, code in codes.items() if code] == []
    return project


def text(path):
    return " ".join(plain(lxml.html.parse(path).getroot().text_content()).split())


def site_pages(project: Project, name, campaign="2020-11", site="evry"):
    return text(project.report_folder(campaign, site) / f"{name}.html")


def test_months_and_the_spring_are_in_the_report_the_poster_and_what_is_published(year):
    months = site_pages(year, "27_indicateurs")
    share = re.search(r"Appels décrochés : (\d+ %) en novembre 2020", months)[1]
    published = text(year.reports / "publication" / "2021-03-16" / "evry.html")

    assert "crise sanitaire, mars 2020" in months
    assert f"{share} Appels décrochés, novembre 2020" in site_pages(year, "60_affiche")
    assert f"Appels décrochés{share}" in published


def test_sixty_complaints_are_counted_and_none_is_cited(year):
    """44 at one site by its workbook, 16 at another by its tool's export; nobody approved any."""
    joint = text(year.report_folder("2020-11", "ensemble") / "40_synthese_clu.html")
    own = site_pages(year, "27_indicateurs")

    assert "44 à Évry et 16 à Étampes" in joint
    assert "44 réclamations et suggestions" in own
    kept = Store(year).read("verbatims", "2020-11", "evry")
    texts = kept.loc[kept["question"].str.startswith("reclamation_"), "texte_masque"]
    assert len(texts) > 44
    pages = " ".join(text(path) for path in year.reports.rglob("*.html"))
    if NIGHT:  # by day a person had read and approved some before
        assert [one for one in texts if len(one) > 20 and plain(one) in pages] == []


def test_each_public_has_its_page_and_is_added_to_no_other(year):
    """Those the committee sees stand side by side; the agents' page is for the service alone."""
    joint = text(year.report_folder("2020-11", "ensemble") / "40_synthese_clu.html")
    pack = year.reports / "clu" / "2021-03-16"
    names = " ".join(path.name for path in pack.rglob("*"))

    for public in ("elus", "associations", "agents"):
        assert "ont répondu" in site_pages(year, "10_satisfaction", f"2020-11-{public}")
    assert "élus" in joint
    assert "associations" in joint
    assert "agents ont répondu" not in joint
    assert "2020-11-agents" not in names
    assert not [
        p for p in (year.reports / "publication").rglob("*.html") if "agents ont" in text(p)
    ]


def test_the_figures_published_are_those_of_the_visitors(year):
    folder = year.reports / "publication" / "2021-03-16"
    rows = [*csv.DictReader(io.StringIO((folder / "resultats.csv").read_text("utf-8-sig")))]

    assert {row["site"] for row in rows} == {"evry", "etampes", "palaiseau"}
    assert len(rows) > 50
