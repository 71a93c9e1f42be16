"""Which reports are made, for which committee, and what makes them stale."""

import json
import re
import shutil
from datetime import timedelta
from unittest import mock

import openpyxl
import pytest

from qpref.batch import plan
from qpref.batch.freshness import key_of, package_digest
from qpref.batch.inputs import campaign_imports
from qpref.batch.plan import make_plan
from qpref.batch.ready import check_ready, lacking
from qpref.cli import main
from qpref.errors import MissingDataError, ReferenceFileError, StorageError, UnknownKeyError
from qpref.intake import Reception, receive
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store
from qpref.workbook import ouvrir_satisfaction, ouvrir_synthese
from tests.conftest import NOW, copy_project


@pytest.fixture
def two(own):
    """The example imported, where the third site belongs to another committee."""
    path = own.reference / "sites.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            '    alias: ["SP Palaiseau"]', '    alias: ["SP Palaiseau"]\n    comite: nord'
        ),
        encoding="utf-8",
    )
    return own, load_reference(own.reference)


@pytest.mark.lent
def test_sites_are_compared_with_those_of_their_committee(two):
    project, found = two
    assert [s.id for s in found.sites.beside(found.site("evry"))] == ["etampes"]
    assert found.sites.beside(found.site("palaiseau")) == []
    evry = ouvrir_satisfaction("evry", "2020-11", project.root)
    assert set(evry.parts_par_site) == {"evry", "etampes"}
    alone = ouvrir_satisfaction("palaiseau", "2020-11", project.root)
    assert alone.modele is None
    assert alone.comparaison_sites.empty


@pytest.mark.lent
def test_each_committee_has_its_joint_report(two):
    project, found = two
    plan = make_plan(project, found, "2020-11")
    joint = {r.site: r for r in plan if r.notebook.is_joint}
    assert list(joint) == ["ensemble", "ensemble-nord"]
    assert joint["ensemble-nord"].parameters == {"comite": "nord", "campagne": "2020-11"}
    assert joint["ensemble-nord"].sites == ("palaiseau",)
    assert list(ouvrir_synthese("2020-11", project.root, "nord").sites) == ["palaiseau"]
    with pytest.raises(UnknownKeyError):
        ouvrir_synthese("2020-11", project.root, "sud")


@pytest.mark.lent
def test_what_another_committee_imports_makes_nothing_stale(two, tmp_path, example):
    project, found = two
    plan = {(r.site, r.notebook.name): r for r in make_plan(project, found, "2020-11")}
    own, other = plan["evry", "10_satisfaction"], plan["palaiseau", "10_satisfaction"]
    before = key_of(own, project, found), key_of(other, project, found)
    source = next(
        path for path in (example / "2020-11").iterdir() if "palaiseau" in path.name.casefold()
    )
    again = tmp_path / source.name
    book = openpyxl.load_workbook(source)
    book.worksheets[0].delete_rows(book.worksheets[0].max_row)
    book.save(again)
    setting = Reception(found, found.campaign("2020-11"))
    Store(project).add(setting, receive(setting, again), NOW + timedelta(days=1))
    after = key_of(own, project, found), key_of(other, project, found)
    assert after[0] == before[0]
    assert after[1] != before[1]
    names = {e.fichier for e in campaign_imports(own, Store(project), found)}
    assert source.name not in names
    assert source.name in {e.fichier for e in campaign_imports(other, Store(project), found)}


def test_running_a_notebook_makes_no_report_stale(project, reference, filled):
    """What it says makes one: its code, its tags, what it declares; not what it gave."""
    shutil.copytree(filled.clean, project.clean)
    report = next(r for r in make_plan(project, reference, "2020-11")
                  if r.notebook.name == "10_satisfaction")  # fmt: skip
    path, before = report.notebook.path, key_of(report, project, reference)

    def key(change):
        book = json.loads(path.read_bytes())
        change(book)
        path.write_text(json.dumps(book), "utf-8")
        return key_of(report, project, reference)

    def ran(book):
        cell = next(one for one in book["cells"] if one["cell_type"] == "code")
        cell["execution_count"] = 7
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["fait"]}]
        cell["metadata"]["execution"] = {"iopub.execute_input": "2026-11-27T20:00:00Z"}
        book["metadata"]["widgets"] = {"state": {}}
        book["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"

    assert key(ran) == before
    keys = {
        before,
        key(lambda book: book["cells"][-1]["source"].append("\n# autrement")),
        key(lambda book: book["cells"][-1]["metadata"].update(tags=["analyste"])),
        key(lambda book: book["metadata"]["qpref"].update(ordre=9)),
    }
    assert len(keys) == 4


@pytest.fixture(scope="module")
def alone(shared, reference, example):
    """A project in which one site's paper forms were imported, and nothing else."""

    def make(folder):
        project = copy_project(folder)
        setting = Reception(reference, reference.campaign("2020-11"))
        path = example / "2020-11" / "saisie_guichet_etampes_2020-11.xlsx"
        Store(project).add(setting, receive(setting, path), NOW)

    return Project(shared("plan-seul", make))


@pytest.mark.lent
def test_a_report_without_data_waits_and_is_said(alone, reference, capsys):
    """No mystery survey, and no answers elsewhere: one line for each notebook."""
    plan = make_plan(alone, reference, "2020-11")
    ready = {report.label for report in plan if not lacking(report, alone)}

    assert ready == {r.label for r in plan if r.site not in {"evry", "palaiseau"}} - {
        "2020-11, etampes, 20_enquete_mystere",
        "2020-11, etampes, 27_indicateurs",
    }
    assert main(["--racine", str(alone.root), "rapports", "--plan"]) == 0
    out = capsys.readouterr().out
    assert "20_enquete_mystere : pas encore, aucune donnée importée" in out
    assert "etampes, 20_enquete_mystere : jamais fait" not in out


def test_a_report_that_is_named_is_planned_and_fails(alone, reference, capsys):
    (report,) = make_plan(alone, reference, "2020-11", ["etampes"], ["20_enquete_mystere"])
    with pytest.raises(MissingDataError, match="Aucune donnée pour 20_enquete_mystere"):
        check_ready(report, alone)

    named = ["rapports", "--plan", "--site", "etampes", "--notebook", "20_enquete_mystere"]
    assert main(["--racine", str(alone.root), *named]) == 0
    out = capsys.readouterr().out
    assert "etampes, 20_enquete_mystere : jamais fait" in out
    assert "pas encore" not in out


def test_the_report_on_all_sites_is_made_unless_sites_alone_are_chosen(last_only, reference):
    def joint(sites=(), notebooks=()):
        plan = make_plan(last_only, reference, "2020-11", sites, notebooks)
        return {report.site for report in plan}, any(report.notebook.is_joint for report in plan)

    every = {site.id for site in reference.sites.sites}
    assert joint() == ({*every, "ensemble"}, True)
    assert joint(["evry"]) == ({"evry"}, False)
    assert joint(["evry"], ["40_synthese_clu.ipynb"]) == ({"ensemble"}, True)
    with pytest.raises(UnknownKeyError, match="41_rien"):
        joint(["evry"], ["41_rien"])


def test_a_campaign_need_not_say_when_contacts_are_made(project, reference):
    path = project.reference / "campagnes.yml"
    text = re.sub(r"(?m)^\s+mystere:.*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    own = load_reference(project.reference).campaign("2020-11")

    assert (own.contact_days.debut, own.contact_days.fin) == (own.debut, own.fin)
    before = reference.campaign("2020-11")
    assert before.contact_days == before.mystere


def test_a_site_may_not_be_named_as_all_sites_together(project):
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8").replace("id: palaiseau", "id: ensemble-nord")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceFileError, match="ensemble-nord"):
        load_reference(Project(project.root).reference)


@pytest.mark.parametrize(
    ("version", "is_same"), [(("3", "99", "1"), True), (("3", "98", "0"), False)]
)
def test_a_correction_of_python_makes_no_report_stale(monkeypatch, version, is_same):
    """Windows machines are updated without anybody asking; another minor version is another."""
    digest = package_digest.__wrapped__
    monkeypatch.setattr("platform.python_version_tuple", lambda: ("3", "99", "0"))
    before = digest()
    monkeypatch.setattr("platform.python_version_tuple", lambda: version)

    assert (digest() == before) is is_same


def test_what_cannot_be_read_as_a_notebook_is_said(project, monkeypatch):
    """One of a former format, then a disk that refuses: with its reason, or all that is known."""
    path = project.notebooks / "10_ancien.ipynb"
    path.write_text('{"nbformat": 3, "cells": []}', encoding="utf-8")
    with pytest.raises(ValueError, match="nbformat 3"):
        plan._notebook(path)
    for error, said in ((OSError(13, "accès refusé"), "accès refusé"), (OSError("rien"), "rien")):
        monkeypatch.setattr(plan, "_notebook", mock.Mock(side_effect=error))
        with pytest.raises(StorageError, match=rf"ne peut pas être lu \({said}\)"):
            plan.report_notebooks(project.notebooks)
