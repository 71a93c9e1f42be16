"""The workbench's commands: how JupyterLab is opened, and notebooks of one's own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import nbformat
import pytest
from lxml import html as lxml_html

from qpref import ouvrir
from qpref.batch.plan import make_plan, report_notebooks
from qpref.batch.pool import Limits, make_all
from qpref.batch.setting import RunSetting
from qpref.cli import main
from qpref.cli.app import commands
from qpref.errors import UsageError
from qpref.labo import explorateur, home, tableau
from qpref.labo.creating import Creating
from qpref.labo.launch import command, environment
from qpref.labo.manual import FIRST, write_manual
from qpref.labo.manual import FOLDER as MANUAL
from qpref.labo.running import Running
from qpref.labo.state import reports_of, told
from qpref.labo.workshop import prepare
from qpref.project import Project
from qpref.written import entries
from tests.conftest import NOW, copy_project
from tests.notebooks import test_shape as shape


def call(project, *arguments):
    return main(["--racine", str(project.root), *arguments])


def test_jupyterlab_is_opened_here_only_in_french_asking_nothing(project):
    line = command(project, "notebooks", 8899, has_browser=False)

    assert "--ServerApp.ip=127.0.0.1" in line
    assert "--LabApp.news_url=None" in line
    assert "--no-browser" in line
    assert "--LabApp.default_url=/lab/tree/notebooks/00_accueil.ipynb" in line
    assert not any("token" in part for part in line)  # Jupyter's own stays
    found = environment(project, {"JUPYTER_CONFIG_PATH": "ailleurs", "PATH": "x"})
    first, second = found["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert second == "ailleurs"
    name = f"{first}/labconfig/default_setting_overrides.json"
    settings = json.loads(Path(name).read_text(encoding="utf-8"))
    assert settings["@jupyterlab/translation-extension:plugin"] == {"locale": "fr_FR"}
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_the_home_page_opens_the_manual_without_the_internet(project):
    """From its first page, each page is one link away, and no link leads nowhere."""
    write_manual(project)

    folder = project.reports / MANUAL
    pages = {
        path: lxml_html.fromstring(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.html")
    }
    first = folder / f"{FIRST}.html"
    reached = {
        path: {
            (path.parent / address.partition("#")[0]).resolve()
            for address in page.xpath("//a/@href[not(starts-with(., '#'))]")
            if not address.startswith("https://")
        }
        for path, page in pages.items()
    }
    assert len(pages) > 40
    assert set().union(*reached.values()) <= {path.resolve() for path in pages}
    assert len(reached[first]) > 35
    for path, page in pages.items():
        assert path == first or first.resolve() in reached[path]
        assert not page.xpath("//script | //img")
        assert "{toctree}" not in page.text_content()
        titles = page.xpath("//h1")
        assert len(titles) == 1
    home = sources(shape.FOLDER / "00_accueil.ipynb")[0]
    assert f"(../reports/{MANUAL}/{FIRST}.html)" in home


def test_a_manual_that_is_there_is_not_noted_again(project):
    """The register tells what was written: opening the lab twice writes nothing new."""
    write_manual(project)
    before = list(entries(project))
    write_manual(project)

    assert list(entries(project)) == before


def test_a_project_with_the_home_notebook_opens_its_own(project):
    assert prepare(project) == ("notebooks", [])
    assert not (project.root / "atelier").exists()


@pytest.fixture
def bare(tmp_path):
    """A project without notebooks, whose own satisfaction report says something else."""
    project = copy_project(tmp_path)
    own = (project.notebooks / "10_satisfaction.ipynb").read_text(encoding="utf-8")
    shutil.rmtree(project.notebooks)
    project.notebooks.mkdir()
    path = project.notebooks / "10_satisfaction.ipynb"
    path.write_text(own.replace("usagers", "visiteurs"), encoding="utf-8")
    return project


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def test_elsewhere_copies_of_what_ships_are_opened(bare):
    assert prepare(bare) == ("atelier", [])

    folder = bare.root / "atelier"
    ours = {path.name for path in shape.FOLDER.glob("*.ipynb")}
    assert {path.name for path in folder.iterdir()} == ours
    for path in folder.iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))
        if path.stem != "10_satisfaction":
            assert sources(path) == sources(shape.FOLDER / path.name)
    assert any("visiteurs" in text for text in sources(folder / "10_satisfaction.ipynb"))


def test_a_copy_follows_its_original_unless_somebody_changed_it(bare):
    """Outputs are no change; a cell is."""
    prepare(bare)
    own, copy = (bare.root / f / "10_satisfaction.ipynb" for f in ("notebooks", "atelier"))

    def write(word, becomes):
        own.write_text(own.read_text("utf-8").replace(word, becomes), "utf-8")

    def edit(change):
        book = nbformat.read(copy, as_version=4)
        change(next(cell for cell in book.cells if cell.cell_type == "code"))
        nbformat.write(book, copy)
        return copy.read_bytes()

    ran = edit(lambda cell: cell.outputs.append(nbformat.v4.new_output("stream", text="fait")))
    assert prepare(bare) == ("atelier", [])
    assert copy.read_bytes() == ran

    write("visiteurs", "passants")
    assert prepare(bare) == ("atelier", [])
    assert any("passants" in text for text in sources(copy))

    mine = edit(lambda cell: cell.update(source=cell.source + "\n# à moi"))
    assert prepare(bare) == ("atelier", [])  # its original is still the same
    write("passants", "gens")
    assert prepare(bare) == ("atelier", ["atelier/10_satisfaction.ipynb"])
    assert copy.read_bytes() == mine


def test_a_local_notebook_has_the_shape_of_ours_and_is_made_like_them(own, reference, capsys):
    assert call(own, "nouveau-notebook", "70_mon_analyse", "--titre", 'Mes "essais"') == 0
    assert "notebooks/local/70_mon_analyse.ipynb" in capsys.readouterr().out
    path = own.notebooks / "local" / "70_mon_analyse.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    for check in (
        shape.test_a_notebook_is_stripped_and_thin,
        shape.test_parameters_are_literals_with_a_french_comment,
        shape.test_a_notebook_imports_qpref_only,
        shape.test_cells_have_stable_identifiers,
    ):
        check(path)

    add_own_content(path)
    plan = make_plan(own, reference, "2020-11", ["evry"], ["70_mon_analyse"])
    results = make_all(plan, own, RunSetting(NOW), Limits(), lambda _: None)

    assert results[0].failure is None
    page = plan[0].output(".html").read_text(encoding="utf-8")
    assert "Mes ’essais’" in page
    assert "Personne n’avait prévu cette comparaison" in page
    assert "Ce que j’ai compté" in page
    assert "moins de 5" in page
    assert "À moi en figure" in page
    assert "oublié" not in page
    said = results[0].warning
    assert said.count("qpref.section(") == 1  # the remedy once, whatever the number of cells
    assert "un texte imprimé" in said
    assert "un tableau" in said
    assert "cellule 11 : ce qu’elle affiche pèse 1,2 Mo" in said
    assert plan[0].output(".chiffres.csv").stat().st_size > 200


def add_own_content(path):
    """A table and a figure as sections; a print and a table that nobody made one of."""
    book = nbformat.read(path, as_version=4)
    for source in (
        'from qpref import section\nmotifs = etude.tableau(codes=True)["motif"].value_counts()',
        'section("Ce que j’ai compté", table=motifs, texte="Une phrase.")',
        'section("À moi en figure", figure=etude.evolution().figure)',
        'print("oublié")',
        "motifs.to_frame()",
    ):
        book.cells.append(nbformat.v4.new_code_cell(source))
    heavy = nbformat.v4.new_code_cell("print('x' * 1_200_000)", metadata={"tags": ["analyste"]})
    book.cells.append(heavy)
    nbformat.write(book, path)


@pytest.mark.parametrize("name", ["mon_analyse", "7_x", "70_Écart", "../70_x", "10_satisfaction"])
def test_a_name_that_does_not_suit_is_told(project, name, capsys):
    assert call(project, "nouveau-notebook", name) == UsageError.exit_code
    assert name in capsys.readouterr().err


def test_two_notebooks_of_one_name_are_refused(tmp_path):
    project = copy_project(tmp_path)
    (project.notebooks / "local").mkdir()
    shutil.copy(project.notebooks / "60_affiche.ipynb", project.notebooks / "local")
    with pytest.raises(UsageError, match="60_affiche"):
        report_notebooks(project.notebooks)


def test_the_home_page_says_what_is_fresh_and_what_is_not(own, reference, monkeypatch):
    plan = make_plan(own, reference, "2020-11", ["etampes"], ["20_enquete_mystere"])
    make_all(plan, own, RunSetting(NOW), Limits(), lambda _: None)
    monkeypatch.chdir(own.notebooks)

    found = told(reports_of(own, "2020-11"))

    assert "1 rapport à jour sur 19" in found.replace("\u00a0", " ")
    assert '<a href="../reports/2020-11/etampes/20_enquete_mystere.html">' in found
    assert found.count("à refaire : jamais fait") == 18


class Ran:
    """What buttons run, without running it; the page as they are pressed."""

    def __init__(self, project, monkeypatch):
        self.commands, self.said = [], []
        monkeypatch.setattr(Running, "run", lambda _, root, words, *_more: self.note(root, words))
        monkeypatch.setattr(Running, "say", lambda _, text: self.said.append(text))
        self.home = home._Home(project)

    def note(self, root, words):
        self.commands.append((root, list(words)))
        return 0

    def press(self, label):
        next(one for one in self.home._buttons if one.description == label).click()
        return self.commands[-1][1] if self.commands else None


@pytest.fixture
def ran(own, monkeypatch):
    monkeypatch.chdir(own.notebooks)
    return Ran(own, monkeypatch)


def dropped(name, content):
    """What a browser sends of a file, as the widget keeps it."""
    return ({"name": name, "type": "", "size": len(content), "content": memoryview(content),
             "last_modified": NOW},)  # fmt: skip


def test_a_file_that_is_dropped_is_read_and_never_replaced_in_silence(ran, own):
    page = ran.home
    page._drop.value = dropped("../avis.csv", b"a;b")
    assert (own.received / "avis.csv").read_bytes() == b"a;b"
    assert ran.press("Importer") == ["importer", "data/brut/avis.csv", "--campagne", "2020-11"]
    page._drop.value = dropped("avis.csv", b"autre")
    assert (own.received / "avis.csv").read_bytes() == b"a;b"
    assert "déjà là" in ran.said[-1]
    page._replaces.value = True
    page._site.value, page._order.value = "evry", "jour-mois"
    page._drop.value = dropped("avis.csv", b"corrige")
    assert (own.received / "avis.csv").read_bytes() == b"corrige"
    assert ran.press("Importer")[-4:] == ["--site", "evry", "--dates", "jour-mois"]
    page._received.value = []
    ran.press("Importer")
    assert "Aucun fichier" in ran.said[-1]


def test_each_button_runs_a_command_that_exists(ran, own):
    """Every option of it too: click itself reads what would be run."""
    page = ran.home
    members = own.root / "data" / "exemple" / "membres.yml"
    for path in (members, own.committee / "2021-03-16.yml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    page._refresh()
    page._drop.value = dropped("avis.csv", b"a;b")
    page._mended.value = dropped("rempli.xlsx", b"PK")
    page._with_pdf.value, page._meeting.value = True, "2021-03-16"
    page._members.value = members
    for button in page._buttons:
        button.click()

    assert len(page._buttons) == len(ran.commands) + len(ran.said) == 12
    told = ["Aucun dossier n’est écr", "Aucune remarque n’est m", "Aucun dossier n’est écr"]
    assert sorted(text[:23] for text in ran.said) == sorted(told)
    for root, words in ran.commands:
        assert root == own.root
        command, rest = commands, words
        while isinstance(command, click.Group):
            command, rest = command.get_command(None, rest[0]), rest[1:]
        command.load().make_context(words[0], [*rest])
    assert ["clu", "preparer", "--reunion", "2021-03-16", "--membres",
            "data/exemple/membres.yml"] in [words for _, words in ran.commands]  # fmt: skip
    assert (own.quarantine / "2020-11" / "corrections-rendues.xlsx").read_bytes() == b"PK"


def test_another_project_is_made_then_opened(ran, own, example):
    form = Creating(own.root.parent)
    for field, text in (("folder", "neuf"), ("department", "Eure"), ("prefecture", "Évreux"),
                        ("others", "Bernay, Les Andelys"), ("campaign", "2026-11")):  # fmt: skip
        getattr(form, f"_{field}").value = text
    form._cert.value = "--cert"
    page = ran.home
    assert main(form.words()) == 0
    page._open(Project(form.folder))
    assert "questionnaire" in page._where.value  # what lacks, and the remedy
    shutil.rmtree(form.folder)
    received = example / "2020-11" / "results-survey_2020-11.csv"
    form._form.value = dropped(received.name, received.read_bytes())
    assert main(form.words()) == 0

    page._open(Project(form.folder))

    assert "Évreux, Bernay, Les Andelys" in page._where.value
    assert page._campaign.value == "2026-11"
    assert ran.press("Où en est la collecte") == ["collecte", "--campagne", "2026-11"]
    assert ran.commands[-1][0] == form.folder


@pytest.mark.lent
def test_a_command_is_shown_with_what_it_says_and_how_far_it_is(own):
    shown = Running()
    assert shown.run(own.root, ["collecte", "--campagne", "<b>"]) != 0
    assert "&lt;b&gt;" in shown._command.value
    assert "<b>" not in shown._command.value + shown._said.value
    assert "est inconnu" in shown._said.value
    assert (shown._bar.bar_style, shown._bar.value) == ("danger", shown._bar.max)


def test_the_bar_follows_the_reports_one_by_one(own, monkeypatch):
    place = {"site": "evry", "notebook": "10_satisfaction"}
    lines = [
        {"evenement": "attente", **place, "raison": "rien d’importé"},
        {"evenement": "debut", **place},
        {"evenement": "cellule", **place, "cellule": 3},
        {"evenement": "fin", **place, "echec": None, "avis": "Un avis."},
        {"evenement": "fin", **place, "echec": "Cassé.", "avis": None},
        {"evenement": "bilan", "faits": 1, "a_jour": 2, "echecs": 1, "secondes": 3.4},
    ]
    code = f"print({chr(10).join(map(json.dumps, lines))!r}); print('dit'); raise SystemExit(1)"
    real, asked, bars = subprocess.Popen, [], []

    def started(command, **options):
        asked.append(command)
        return real([sys.executable, "-c", code], **options)

    monkeypatch.setattr(subprocess, "Popen", started)
    shown = Running()
    shown._bar.observe(lambda change: bars.append(change["new"]), names="value")
    assert shown.run(own.root, ["rapports", "--campagne", "2020-11"], 4) == 1

    assert asked[0][-4:] == ["rapports", "--campagne", "2020-11", "--json"]
    assert "--json" not in shown._command.value
    assert bars == [1, 2, 4]
    assert shown._said.value.replace("\u00a0", " ").split(">")[1].splitlines() == [
        "evry, 10_satisfaction : pas encore, rien d’importé",
        "evry, 10_satisfaction : fait",
        "evry, 10_satisfaction : Un avis.",
        "evry, 10_satisfaction : échec. Cassé.",
        "1 rapport fait, 2 rapports déjà à jour, 1 rapport en échec, en 3 s.",
        "dit</pre",
    ]


def test_selectors_follow_one_another(own, monkeypatch):
    monkeypatch.setenv("QPREF_RACINE", str(own.root))
    box = explorateur("etampes", "2020-11")
    site, campaign, question, by = box.children[0].children

    assert (site.value, campaign.value) == ("etampes", "2020-11")
    question.value, by.value = "attente", "motif"
    campaign.value = "2019-11"
    assert (question.value, by.value) == ("attente", "motif")
    *_, form, shown, plotted = box.children[1].children
    assert "par motif de la visite" in shown.value
    assert "<rect" in shown.value
    for choice in (".sites", ".campagnes", ""):
        by.value = choice
        assert "<table" in shown.value
    form.value = "Figure à survoler"
    assert shown.value == ""
    form.value = "Tableau dessiné"
    assert ("<table" in shown.value, plotted.outputs) == (True, ())


def test_a_table_is_a_widget_that_fetches_nothing(own):
    table = tableau(ouvrir("evry", "2020-11", own.root).questions)

    assert type(table).__name__ == "ITable"
    assert "http" not in str(table._css)[:200]
