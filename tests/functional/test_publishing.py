"""`qpref publier`: pages, open data and former editions, from reports of the example."""

import csv
import io
import json
import shutil

import lxml.html
import pytest
from frictionless import Package

from qpref.batch.figures import rows_of
from qpref.cli import main
from qpref.display.figures import KEYS, VALUES
from qpref.project import Project
from tests.conftest import SITES
from tests.sections import plain

pytestmark = pytest.mark.lent
NUMBERS = ("n", "effectif", "valeur", "bas", "haut")
WORDS = [name for name in (*KEYS[1:], *VALUES) if name not in NUMBERS]
LAST, FIRST = "2021-03-16", "2020-02-03"


def publish(project, *words):
    assert main(["--racine", str(project.root), "publier", *words]) == 0


def lines(path):
    return [*csv.DictReader(io.StringIO(path.read_text("utf-8")))]


def figure(row):
    """What a line says, whatever writes its numbers."""
    numbers = [row[name].replace(",", ".") for name in NUMBERS]
    return tuple(row[name] for name in WORDS), tuple(float(one) if one else None for one in numbers)


@pytest.fixture(scope="module")
def two(published, tmp_path_factory):
    """The example, its two campaigns published, the last one first."""
    project = Project(tmp_path_factory.mktemp("publie") / "projet")
    shutil.copytree(published.root, project.root)
    publish(project, "--jour", LAST)
    publish(project, "--jour", FIRST, "--campagne", "2019-11")
    publish(project, "--jour", LAST)
    return project


def test_each_site_has_a_dated_page_that_leads_to_the_former_one(two):
    for site in SITES:
        tree = lxml.html.parse(two.publication / LAST / f"{site}.html").getroot()
        links = tree.xpath("//table//a/@href")

        assert "Publié le 16 mars 2021." in plain(tree.text_content())
        assert links == ["resultats.csv", "schema.json", f"../{FIRST}/{site}.html"]
        assert all((two.publication / LAST / link).is_file() for link in links)
        assert not tree.xpath("//script | //*[@src]")


def test_every_number_of_the_open_data_is_in_a_report(two):
    """Nothing is published that the reports of the site do not say, with the same digits."""
    found = lines(two.publication / LAST / "resultats.csv")
    for site in SITES:
        folder = two.report_folder("2020-11", site)
        names = ("10_satisfaction", "20_enquete_mystere", "27_indicateurs")
        told = {
            name: [*rows_of((folder / f"{name}.chiffres.csv").read_bytes()).values()]
            for name in names
        }
        own = [line for line in found if line["site"] == site]
        # What the page adds up: rows of its files of answers, cells that nobody could read.
        added = [line for line in own if line["section"] == "lecture" and not line["libelle"]]
        for line in added:
            name = line["indicateur"]
            parts = [one for one in own if one["libelle"] and one["indicateur"] == name]
            parts = [one for one in parts if one["groupe"] not in {"frequentation", "collecte"}]
            parts = parts or [
                row for rows in told.values() for row in rows if row["indicateur"] == name
            ]
            assert float(line["valeur"]) == sum(figure(one)[1][2] for one in parts), name
        own = [line for line in own if line not in added]
        known = {figure(row) for rows in told.values() for row in rows}

        assert len(own) > 20
        assert {figure(line) for line in own} <= known


@pytest.mark.parametrize("folder", [LAST, FIRST, "."])
def test_a_validator_accepts_the_open_data_and_its_schema(two, folder):
    """By frictionless, which is not ours."""
    report = Package(str(two.publication / folder / "datapackage.json")).validate()

    assert report.valid, report.to_summary()
    assert report.stats["tasks"] == 1


def test_the_schema_refuses_what_is_no_number(two, tmp_path):
    folder = shutil.copytree(two.publication / LAST, tmp_path / "edition")
    table = folder / "resultats.csv"
    table.write_text(table.read_text("utf-8").replace(",0.77,", ",beaucoup,"), "utf-8")

    assert not Package(str(folder / "datapackage.json")).validate().valid


def test_all_editions_are_listed_and_their_lines_gathered(two):
    tree = lxml.html.parse(two.publication / "index.html").getroot()
    links = tree.xpath("//main//a/@href")
    whole = lines(two.publication / "resultats.csv")
    parts = [lines(two.publication / day / "resultats.csv") for day in (FIRST, LAST)]

    assert links[:2] == [f"{LAST}/index.html", f"{FIRST}/index.html"]
    assert whole == [line for part in parts for line in part]
    assert {line["fictif"] for line in whole} == {"true"}


def test_the_same_day_again_writes_the_same_bytes(two):
    before = {path: path.read_bytes() for path in two.publication.rglob("*") if path.is_file()}
    publish(two, "--jour", "16/03/2021")

    assert {path: path.read_bytes() for path in before} == before


def test_a_site_without_answers_has_no_page_and_is_named(two, capsys, tmp_path):
    project = Project(tmp_path / "projet")
    shutil.copytree(two.root, project.root)
    sites = project.reference / "sites.yml"
    text = sites.read_text("utf-8")
    start = text.index("  - id: palaiseau")
    end = text.find("\n  - id:", start + 1)
    block = text[start:] if end < 0 else text[start : end + 1]
    block = block.split("\n\n")[0].rstrip() + "\n"
    new = block.replace("palaiseau", "juvisy").replace("Palaiseau", "Juvisy")
    sites.write_text(text.replace(block, block + new), "utf-8")
    capsys.readouterr()

    publish(project, "--jour", "2021-04-01")

    assert "Sans réponse, sans page : juvisy." in plain(capsys.readouterr().out)
    pages = {path.name for path in (project.publication / "2021-04-01").glob("*.html")}
    assert pages == {"index.html", *(f"{site}.html" for site in SITES)}


def test_an_edition_with_other_columns_is_said_and_kept(two, capsys, tmp_path):
    project = Project(tmp_path / "projet")
    shutil.copytree(two.root, project.root)
    old = project.publication / FIRST / "resultats.csv"
    old.write_text("edition,valeur\r\n2020-02-03,0.77\r\n", "utf-8")
    capsys.readouterr()

    publish(project, "--jour", LAST)

    assert "n’a pas les colonnes d’aujourd’hui" in plain(capsys.readouterr().err)
    assert old.read_text("utf-8").startswith("edition,valeur")
    whole = lines(project.publication / "resultats.csv")
    assert {line["edition"] for line in whole} == {LAST}


def test_a_folder_that_is_no_edition_is_left_alone(two, tmp_path):
    """A draft, or a copy, that a person put among the editions."""
    project = Project(tmp_path / "projet")
    shutil.copytree(two.root, project.root)
    for name in ("brouillon", f"{LAST} (copie)", "20210316"):
        shutil.copytree(project.publication / LAST, project.publication / name)

    publish(project, "--jour", LAST)

    for path in two.publication.rglob("*"):
        if path.is_file():
            own = project.publication / path.relative_to(two.publication)
            assert own.read_bytes() == path.read_bytes()


def test_a_day_that_is_none_is_refused(two, capsys):
    code = main(["--racine", str(two.root), "publier", "--jour", "demain"])

    assert code == 2
    assert "« demain » n’est pas un jour" in plain(capsys.readouterr().err)
    assert json.loads((two.publication / LAST / "schema.json").read_bytes())["fields"]
