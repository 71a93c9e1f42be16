"""Around the reports of a batch: their lists, their drafts, their PDF, what they wait for."""

import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from lxml import html

from qpref.batch import execution, printing, ready
from qpref.batch.drafts import draft_folder, is_being_written, sweep
from qpref.batch.index import write_index
from qpref.batch.inputs import inputs_of, read_with
from qpref.batch.plan import FAILED_SUFFIX, Notebook, Report
from qpref.batch.provenance import SUFFIX, Provenance
from qpref.errors import MissingDataError, StorageError
from qpref.project import Project
from tests.sections import plain

LAST, SITE = "2020-11", "evry"


def report(folder=Path(), notebook="10_essai.ipynb", **more):
    kinds = more.pop("kinds", ("satisfaction",))
    files = more.pop("files", ())
    joint = more.pop("is_joint", False)
    return Report(Notebook(folder / notebook, (), kinds, files=files, is_joint=joint), LAST, SITE,
                  folder, "", ("evry", "etampes"), **more)  # fmt: skip


# Lists of reports.


def publish(project, campaign, site, name, *, fictional=False, page=True):
    folder = project.report_folder(campaign, site)
    folder.mkdir(parents=True, exist_ok=True)
    facts = Provenance(
        notebook=name, notebook_sha256="", parametres={}, qpref="", python="", reference="",
        produit_le="", fichiers=(), cle="", titre=f"Titre {name} {site}", fictif=fictional,
    )  # fmt: skip
    (folder / f"{name}{SUFFIX}").write_text(facts.model_dump_json(), encoding="utf-8")
    if page:
        (folder / f"{name}.html").write_text("<p>page</p>", encoding="utf-8")


def read(path):
    """Its links, what stands above each, and whether it says that all is invented."""
    tree = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    links = [(plain(one.text_content()), one.get("href")) for one in tree.xpath("//main//a")]
    heads = [plain(one.text_content()) for one in tree.xpath("//main//h2|//main//h3")]
    return links, heads, "Données fictives" in plain(tree.text_content())


def listed(project, reference):
    target = write_index(project, reference, reference.campaign(LAST))
    assert target == project.campaign_folder(LAST) / "index.html"
    return read(target), read(project.reports / "index.html")


def test_the_list_of_a_campaign_leads_to_each_page_that_is_there(project, reference):
    """All sites together first, where there is a page; a site without one is named all the same."""
    publish(project, LAST, "evry", "20_b")
    publish(project, LAST, "evry", "10_a")
    publish(project, LAST, "etampes", "10_a", page=False)
    names = [site.nom for site in reference.sites.sites]

    (links, heads, is_fictional), (every, _, general) = listed(project, reference)

    assert links == [("Titre 10_a evry", "evry/10_a.html"), ("Titre 20_b evry", "evry/20_b.html")]
    assert [one for one in heads if one in {*names, "Tous les sites"}] == names
    assert every == [(f"Campagne {plain(reference.campaign(LAST).libelle)}", f"{LAST}/index.html")]
    assert (is_fictional, general) == (False, False)
    publish(project, LAST, "ensemble", "40_c", fictional=True)
    (links, heads, is_fictional), (_, _, general) = listed(project, reference)
    assert links[0] == ("Titre 40_c ensemble", "ensemble/40_c.html")
    assert [one for one in heads if one in {*names, "Tous les sites"}] == ["Tous les sites", *names]
    assert (is_fictional, general) == (True, True)


def test_a_survey_of_another_public_is_listed_under_its_own_name(project, reference):
    """Of agents, neither the committee nor the public sees anything: the list says so."""
    publish(project, LAST, "evry", "10_a")
    publish(project, f"{LAST}-agents", "evry", "10_a", fictional=True)

    (links, heads, is_fictional), (every, _, general) = listed(project, reference)

    assert links[-1] == ("Titre 10_a evry", f"../{LAST}-agents/evry/10_a.html")
    (agents,) = [one for one in heads if one.startswith("Agents")]
    assert agents.endswith("(interne : ni au comité, ni publié)")
    assert not [one for one in heads if one.startswith("Élus")]
    assert (is_fictional, general, len(every)) == (True, False, 1)


def test_campaigns_are_listed_with_their_pages_once_they_have_a_list(project, reference):
    publish(project, "2019-11", "evry", "10_a")
    publish(project, LAST, "evry", "10_a")
    publish(project, LAST, "etampes", "10_a")
    _, (every, _, _) = listed(project, reference)
    assert [href for _, href in every] == [f"{LAST}/index.html"]
    write_index(project, reference, reference.campaign("2019-11"))

    links, _, _ = read(project.reports / "index.html")
    assert [href for _, href in links] == ["2019-11/index.html", f"{LAST}/index.html"]
    tree = html.parse(str(project.reports / "index.html"), html.HTMLParser(encoding="utf-8"))
    told = [plain(one.text_content()).strip() for one in tree.getroot().xpath("//main//li")]
    assert [one.partition("(")[2] for one in told] == ["1 rapport)", "2 rapports)"]


# Drafts.


@pytest.fixture
def gone():
    """The number of a process that ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_drafts_of_processes_that_ended_are_removed_and_no_other(tmp_path, gone):
    here = platform.node()
    names = {
        f".en-cours-{here}-{gone}-a": False, f".en-cours-{here}-x-a": False,
        f".en-cours-{here}-{os.getpid()}-a": True, f".en-cours-ailleurs-{gone}-a": True,
        "2020-11": True,
    }  # fmt: skip
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "fichier").touch()

    sweep(tmp_path)

    assert {name: (tmp_path / name).exists() for name in names} == names


def test_a_draft_is_there_for_the_length_of_its_block(tmp_path, gone):
    place = tmp_path / "rapports"
    left = place / f".en-cours-{platform.node()}-{gone}-a"
    left.mkdir(parents=True)
    with draft_folder(place) as draft:
        assert draft.parent == place
        assert draft.name.startswith(f".en-cours-{platform.node()}-{os.getpid()}-")
        assert not left.exists()
        (draft / "fichier").touch()
    assert [*place.iterdir()] == []
    with pytest.raises(KeyError), draft_folder(place):
        {}["x"]
    assert [*place.iterdir()] == []
    (tmp_path / "fichier").touch()
    with pytest.raises(StorageError, match="fichier"), draft_folder(tmp_path / "fichier"):
        pass


def test_a_file_is_being_written_while_its_process_goes_on(gone):
    def draft(pid):
        return Path(f".page.html.{platform.node()}-{pid}-abc")

    assert is_being_written(draft(os.getpid()))
    assert not is_being_written(draft(gone))
    assert not is_being_written(draft("x"))
    assert not is_being_written(Path("page.html"))


# PDF.


def test_each_page_is_printed_beside_itself_and_others_are_given_back(tmp_path, monkeypatch):
    asked = []

    def to_pdfs(pages, browser):
        asked.append((pages, browser))
        return [page.name.encode() for page in pages]

    monkeypatch.setattr(printing, "pdf", SimpleNamespace(to_pdfs=to_pdfs))
    one, two = report(tmp_path), report(tmp_path, "20_autre.ipynb")
    other = tmp_path / "ordre_du_jour.html"

    rest = printing.print_reports([one, two], Project(tmp_path), Path("navigateur"), [other])

    assert rest == [b"ordre_du_jour.html"]
    assert asked == [([one.output(".html"), two.output(".html"), other], Path("navigateur"))]
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.pdf")} == {
        "10_essai.pdf": b"10_essai.html", "20_autre.pdf": b"20_autre.html",
    }  # fmt: skip
    assert printing.print_reports([], Project(tmp_path), Path(), [other]) == rest


# What a report waits for.


def entry(nature="satisfaction", **kept):
    return SimpleNamespace(nature=nature, gardees_par_site=kept)


@pytest.mark.parametrize(
    ("entries", "lacks"),
    [
        ([entry(evry=1)], None),
        ([entry(evry=0, etampes=5)], "aucune donnée importée"),
        ([entry("mystere", evry=5)], "aucune donnée importée"),
        ([], "aucune donnée importée"),
        ([entry("mystere", evry=5), entry(evry=2)], None),
    ],
)
def test_a_report_waits_for_rows_of_its_kind_and_site(monkeypatch, entries, lacks):
    monkeypatch.setattr(ready, "Store", lambda _: SimpleNamespace(imports={LAST: entries}.get))
    monkeypatch.setattr(ready, "reference_files", lambda _: ["sites.yml"])
    project = Project(Path("/projet"))

    told = ready.lacking(report(), project)
    assert (told or "").split(" (")[0] == (lacks or "")
    if lacks:
        with pytest.raises(MissingDataError, match="site evry, campagne 2020-11 : aucune donnée"):
            ready.check_ready(report(), project)
    else:
        ready.check_ready(report(), project)
        without = report(files=("sites.yml", "absent.yml|autre.yml"))
        assert ready.lacking(without, project) == "data/reference/absent.yml ne dit encore rien"


@pytest.mark.parametrize(("rows", "lacks"), [(9, True), (10, False)])
def test_a_survey_of_another_public_waits_for_its_threshold(monkeypatch, rows, lacks):
    asked = []
    store = SimpleNamespace(imports=lambda _: [entry(evry=rows)],
                            read=lambda *place: asked.append(place) or [0] * rows)  # fmt: skip
    who = SimpleNamespace(public=SimpleNamespace(pluriel="agents"))
    facts = SimpleNamespace(threshold=lambda _: 10, questionnaire=lambda _: who,
                            campaign=lambda name: name)  # fmt: skip
    monkeypatch.setattr(ready, "Store", lambda _: store)
    monkeypatch.setattr(ready, "load_reference", lambda _: facts)
    monkeypatch.setattr(ready, "reference_files", lambda _: [])
    monkeypatch.setattr(ready, "counted", lambda found, campaign: found * (campaign == LAST))
    project = Project(Path("/projet"))

    assert ready.lacking(report(), project) is None
    assert asked == []
    told = "moins de 10 agents ont répondu (seuil de l’enquête)"
    assert ready.lacking(report(is_beside=True), project) == (told if lacks else None)
    assert asked == [("reponses", LAST, SITE)]


def test_reports_that_wait_stand_apart_unless_all_do(monkeypatch):
    one, two, three = (replace(report(), site=name) for name in ("a", "b", "c"))
    lacks = {"a": None, "b": "rien", "c": "peu"}
    monkeypatch.setattr(ready, "lacking", lambda given, _: lacks[given.site])

    assert ready.apart([one, two, three], None) == ([one], {two: "rien", three: "peu"})
    assert ready.apart([], None) == ([], {})
    with pytest.raises(MissingDataError, match=r"site c.* : peu"):
        ready.apart([three, two], None)


@pytest.mark.parametrize("is_joint", [False, True])
def test_only_a_report_on_all_sites_reads_the_publics_that_the_committee_sees(reference, is_joint):
    assert read_with(report(is_joint=is_joint), reference) == [
        LAST, "2019-11", *[f"{LAST}-elus", f"{LAST}-associations"] * is_joint,
    ]  # fmt: skip
    assert read_with(replace(report(), campaign="2019-11"), reference) == ["2019-11"]


def test_a_report_is_made_from_the_files_of_its_own_sites(monkeypatch):
    found = [entry(evry=1), entry(etampes=1), entry(etampes=1, evry=0)]
    monkeypatch.setattr("qpref.batch.inputs.campaign_imports", lambda *_: found)

    assert inputs_of(report(), None, None) == [found[0], found[2]]
    assert inputs_of(report(is_joint=True), None, None) == found


# Its notebook, run.


def written(folder, *sources):
    cells = [nbformat.v4.new_code_cell(text) for text in ('site = ""\ncampagne = ""', *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, folder / "10_essai.ipynb")
    return report(folder)


def test_a_notebook_runs_in_the_project_with_the_values_of_its_report(tmp_path):
    """Nothing of this machine is written in it: no folder; its own name and that of the result."""
    one = written(tmp_path, "import os\nprint(site, campagne, os.environ['QPREF_RACINE'])",
                  "print(os.getcwd())")  # fmt: skip
    seen, before = [], Path.cwd()
    done = execution.executed_notebook(one, Project(tmp_path), tmp_path / "e.ipynb", seen.append)

    assert [cell.outputs[0].text for cell in done.cells[-2:]] == [
        f"evry 2020-11 {tmp_path}\n", f"{tmp_path}\n",
    ]  # fmt: skip
    assert seen == [0, 1, 1, 2]
    assert Path.cwd() == before
    about = done.metadata.papermill
    assert (about.input_path, about.output_path) == ("10_essai.ipynb", "10_essai.ipynb")
    assert not (tmp_path / "e.ipynb").exists()


def test_the_notebook_of_a_failed_run_is_kept_under_another_name(tmp_path):
    one = written(tmp_path, "{}['x']")
    with pytest.raises(execution.NotebookError, match=r"10_essai, cellule 2 : KeyError \('x'\)"):
        execution.executed_notebook(one, Project(tmp_path), tmp_path / "e.ipynb", None)

    kept = nbformat.read(one.output(FAILED_SUFFIX), as_version=4)
    errors = [o.ename for c in kept.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert errors == ["KeyError"]


def test_two_hundred_letters_of_an_error_are_told(tmp_path):
    one = written(tmp_path, f"raise ValueError('{'x' * 201}')")
    with pytest.raises(execution.NotebookError) as caught:
        execution.executed_notebook(one, Project(tmp_path), tmp_path / "e.ipynb", None)

    assert f"ValueError ({'x' * 200})." in str(caught.value)
