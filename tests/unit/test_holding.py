"""What a report opened serves the next ones of the same data and facts, and no other."""

import json
import shutil
from importlib import import_module

import pytest

from qpref.batch import shared
from qpref.batch.plan import make_plan
from qpref.store import Store
from qpref.workbook import (
    ouvrir_enquete_mystere,
    ouvrir_indicateurs,
    ouvrir_labellisation,
    ouvrir_satisfaction,
    ouvrir_synthese,
)
from tests.conftest import copied
from tests.notebooks.test_pool import write_notebook

PLACE = ("evry", "2020-11")
holding = import_module("qpref.workbook.holding")  # itself, not what stands for it until it is used


@pytest.fixture
def project(last_only, tmp_path):
    return copied(last_only, tmp_path)


@pytest.fixture
def held(monkeypatch):
    """What a process holds that makes several reports."""
    found = holding._Held()
    monkeypatch.setattr(holding, "_HELD", found)
    holding.hold()
    return found


def opened(project, site="evry"):
    return ouvrir_satisfaction(site, "2020-11", racine=project.root)


def test_who_makes_no_reports_holds_nothing(project, monkeypatch):
    monkeypatch.setattr(holding, "_HELD", holding._Held())

    assert opened(project)._sources is not opened(project)._sources
    assert holding._HELD.sources == {}


def test_a_notebook_gets_what_another_one_opened_with_its_figures(project, held):
    first = opened(project)
    assert first.entete().html

    second = opened(project)

    assert second is first
    assert "_findings" in vars(second)
    assert held.sources == {"evry": first._sources}


def test_the_register_and_the_contacts_are_read_once_for_the_notebooks_of_a_site(project, held):
    label = ouvrir_labellisation(*PLACE, racine=project.root)
    months = ouvrir_indicateurs(*PLACE, racine=project.root)
    survey = ouvrir_enquete_mystere(*PLACE, racine=project.root)

    assert months._heard is label._heard
    assert months._months is label._months
    assert survey._contacts is label._contacts
    assert label._asked is opened(project)._asked
    assert [*held.sources] == ["evry"]


def test_another_project_is_opened_by_itself(project, tmp_path, held):
    first = opened(project)._sources
    other = shutil.copytree(project.root, tmp_path / "autre")

    found = ouvrir_satisfaction(*PLACE, racine=other)._sources

    assert found is not first
    assert found.answers is not first.answers
    assert held.sources == {"evry": found}  # the others are let go


def test_sites_of_a_committee_read_each_table_once(project, held, monkeypatch):
    """Évry, then Étampes, then the joint report: the answers of all were read at once."""
    reads, read = [], Store.read_together

    def counted(store, table, campaign, sites):
        reads.append((table, campaign, *sites))
        return read(store, table, campaign, sites)

    monkeypatch.setattr(Store, "read_together", counted)

    first = opened(project)
    assert first.entete().html
    reads_of_one = len(reads)
    other = opened(project, "etampes")
    assert other.entete().html
    joint = ouvrir_synthese("2020-11", racine=project.root)

    assert ("reponses", "2020-11", "evry", "etampes", "palaiseau") in reads
    assert len({*reads}) == len(reads) == reads_of_one
    assert other._sources.answers is first._sources.answers
    found = {name: one._sources for name, one in joint.sites.items()}
    assert found == held.sources
    assert [*found] == ["evry", "etampes", "palaiseau"]
    assert found["evry"] is first._sources


def test_a_site_opened_after_others_has_the_figures_that_it_has_alone(project, held):
    holding._HELD.is_wanted = False
    alone = opened(project, "palaiseau")
    expected = [alone.entete().html, *(one.html for one in alone.themes())]
    holding.hold()
    for site in ("evry", "etampes"):
        assert opened(project, site).entete().html

    found = opened(project, "palaiseau")

    assert found._sources is held.sources["palaiseau"]
    assert [found.entete().html, *(one.html for one in found.themes())] == expected


@pytest.mark.parametrize("what", ["import", "reference", "rien"])
def test_what_changes_meanwhile_is_read_again(project, held, what):
    first = opened(project)._sources
    if what == "reference":
        path = project.reference / "sites.yml"
        path.write_text(path.read_text("utf-8").replace("Palaiseau", "Palaiseau 2"), "utf-8")
    elif what == "import":
        registry = Store(project).registry_file("2020-11")
        content = json.loads(registry.read_text("utf-8"))
        imports = [{**one, "lignes_lues": one["lignes_lues"] + 1} for one in content["imports"]]
        registry.write_text(json.dumps({"imports": imports}), "utf-8")

    assert (opened(project)._sources is first) == (what == "rien")
    assert [*held.sources] == ["evry"]


def test_what_is_forgotten_is_read_again(project, held):
    first = opened(project)._sources
    holding.forget()
    assert held.sources == {}

    assert opened(project)._sources is not first


def test_only_our_notebooks_share_a_process(project, reference):
    """Three notebooks at three sites and a joint one read the same answers; one of them none."""
    names = ["10_satisfaction", "15_analyses", "30_labellisation", "40_synthese_clu", "50_carte"]
    write_notebook(project, names[-1], "1")
    sites = ("evry", "etampes", "palaiseau")
    plan = make_plan(project, reference, "2020-11", sites, names)

    kin = shared.related(plan)

    assert {report.notebook.name for report in kin} == {*names[:4]}
    assert [*kin.values()] == 10 * [("2020-11", sites)]
    assert shared.related([one for one in plan if one.notebook.name == names[3]]) == {}
    changed = project.notebooks / "15_analyses.ipynb"
    assert shared.may_share(changed)
    changed.write_text(changed.read_text("utf-8") + " ", "utf-8")
    assert not shared.may_share(changed)
