"""Answers opened ahead serve the reports of the same data and facts, and no other."""

import os
import shutil
import signal
import sys

import pytest

from qpref.batch import shared, worker
from qpref.batch.plan import make_plan
from qpref.reference import load_reference
from qpref.store import Store
from qpref.told import say
from qpref.workbook import (
    ahead,
    ouvrir_enquete_mystere,
    ouvrir_indicateurs,
    ouvrir_labellisation,
    ouvrir_satisfaction,
    ouvrir_synthese,
)
from qpref.workbook.sources import Sources
from tests.conftest import copied
from tests.notebooks.test_pool import write_notebook

PLACE = ("evry", "2020-11")


@pytest.fixture(autouse=True)
def nothing_held(monkeypatch):
    monkeypatch.setattr(ahead, "_held", {})


@pytest.fixture
def project(last_only, tmp_path):
    return copied(last_only, tmp_path)


def found(project):
    """Return the sources that were opened ahead, None when none were."""
    fresh = Sources(project, load_reference(project.reference), *PLACE)
    return None if (known := ahead.held(fresh)) is fresh else known


def open_ahead(project, study="ouvrir_satisfaction", place=PLACE):
    ahead.open_ahead(project, *place, study)


def test_a_notebook_gets_what_was_opened_ahead_with_its_figures(project):
    assert found(project) is None

    open_ahead(project)

    opened = ouvrir_satisfaction(*PLACE, racine=project.root)
    assert opened._sources is found(project)
    assert {"family", "families"} <= {*vars(opened._compared)}
    assert "drivers" in vars(opened._models)


def test_the_register_and_the_contacts_are_read_once_for_the_notebooks_of_a_site(project):
    """A second study finds the year and the criteria that the first one had worked out."""
    open_ahead(project, "ouvrir_labellisation")
    first = found(project)
    open_ahead(project, "ouvrir_satisfaction")
    assert found(project) is first

    label = ouvrir_labellisation(*PLACE, racine=project.root)
    months = ouvrir_indicateurs(*PLACE, racine=project.root)
    survey = ouvrir_enquete_mystere(*PLACE, racine=project.root)

    assert {"year"} <= {*vars(label._heard)}
    assert months._heard is label._heard
    assert months._months is label._months
    assert "followed" in vars(months._months)
    assert survey._contacts is label._contacts
    assert {"_remembered_met", "marks"} <= {*vars(survey._contacts)}
    assert "shares" in vars(label._asked)
    assert label._asked is ouvrir_satisfaction(*PLACE, racine=project.root)._asked


def test_what_can_be_opened_ahead_is_what_a_process_asks_for():
    assert {*ahead.STUDIES} == {*shared.STUDIES}


def test_another_project_is_opened_by_itself(project, tmp_path):
    open_ahead(project)
    other = shutil.copytree(project.root, tmp_path / "autre")

    opened = ouvrir_satisfaction(*PLACE, racine=other)._sources

    assert opened is not found(project)
    assert opened.answers is not found(project).answers


def test_sites_of_a_committee_read_each_table_once(project, monkeypatch):
    """Évry is opened ahead, then Étampes, and the joint report takes both: all was read at once."""
    reads, read = [], Store.read_together

    def counted(store, table, campaign, sites):
        reads.append((table, campaign, *sites))
        return read(store, table, campaign, sites)

    monkeypatch.setattr(Store, "read_together", counted)

    open_ahead(project)
    first, count = found(project), len(reads)
    open_ahead(project, place=("etampes", "2020-11"))
    other = ouvrir_satisfaction("etampes", "2020-11", racine=project.root)
    joint = ouvrir_synthese("2020-11", racine=project.root)

    assert ("reponses", "2020-11", "evry", "etampes", "palaiseau") in reads
    assert len({*reads}) == len(reads) == count
    assert other._sources is not first
    assert other._sources.answers is first.answers
    assert found(project) is first  # both are held
    assert joint.sites["evry"]._sources is first
    assert joint.sites["etampes"]._sources is other._sources
    assert joint.sites["palaiseau"]._sources.answers is first.answers


def test_a_site_opened_after_others_has_the_figures_that_it_has_alone(project):
    place = ("palaiseau", "2020-11")
    alone = ouvrir_satisfaction(*place, racine=project.root)
    expected = [alone.entete().html, *(one.html for one in alone.themes())]
    for site in ("evry", "etampes", "palaiseau"):
        open_ahead(project, place=(site, "2020-11"))

    opened = ouvrir_satisfaction(*place, racine=project.root)

    assert "_findings" in vars(opened)
    assert [opened.entete().html, *(one.html for one in opened.themes())] == expected


@pytest.mark.parametrize("what", ["import", "reference"])
def test_what_changes_meanwhile_is_read_again(project, what):
    open_ahead(project)
    if what == "reference":
        path = project.reference / "sites.yml"
        path.write_text(path.read_text("utf-8").replace("Palaiseau", "Palaiseau 2"), "utf-8")
    else:
        registry = Store(project).registry_file("2020-11")
        text = registry.read_text("utf-8")
        registry.write_text(text.replace('"lignes_lues": ', '"lignes_lues": 1'), "utf-8")

    assert found(project) is None


def test_nothing_is_held_of_answers_that_cannot_be_opened_or_that_say_something(
    project, monkeypatch
):
    open_ahead(project, place=("evry", "1999-01"))
    assert ahead._held == {}

    open_ahead(project, place=("etampes", "2020-11"))
    monkeypatch.setitem(ahead.STUDIES, "ouvrir_satisfaction", lambda _: say("Une phrase."))
    open_ahead(project)
    assert ahead._held == {}  # what another site read may be what was to be told


def test_only_our_notebooks_share_a_process(project, reference):
    """Three notebooks at three sites and a joint one open the same answers; one alone opens them
    for itself.
    """
    names = ["10_satisfaction", "15_analyses", "30_labellisation", "40_synthese_clu", "50_carte"]
    write_notebook(project, names[-1], "1")
    sites = ("evry", "etampes", "palaiseau")
    plan = make_plan(project, reference, "2020-11", sites, names)

    kin = shared.related(plan)

    assert {report.notebook.name for report in kin} == {*names[:4]}
    assert [*kin.values()] == 10 * [("2020-11", sites)]
    assert shared.related([one for one in plan if one.notebook.name == names[3]]) == {}
    changed = project.notebooks / "15_analyses.ipynb"
    assert shared.study_of(changed) == "ouvrir_satisfaction"
    changed.write_text(changed.read_text("utf-8") + " ", "utf-8")
    assert shared.study_of(changed) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ne dédouble pas un processus")
@pytest.mark.parametrize(("end", "code"), [(lambda: os._exit(3), 3), (lambda: None, 0)])
def test_a_process_ends_as_its_fork_did(end, code):
    child = os.fork()
    if child == 0:
        worker._fork(end)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ne dédouble pas un processus")
def test_a_process_is_killed_by_what_killed_its_fork():
    child = os.fork()
    if child == 0:
        worker._fork(lambda: os.kill(os.getpid(), signal.SIGKILL))
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
