"""Answers opened ahead serve the reports of the same data and facts, and no other."""

import os
import shutil
import signal
import sys

import pytest

from qpref.batch import pool, shared, worker
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
)
from qpref.workbook.sources import Sources
from tests.conftest import copied

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


def test_another_site_campaign_or_project_is_opened_by_itself(project, tmp_path):
    open_ahead(project)
    other = shutil.copytree(project.root, tmp_path / "autre")

    for place, root in ((("etampes", "2020-11"), project.root), (PLACE, other)):
        assert ouvrir_satisfaction(*place, racine=root)._sources is not found(project)


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

    monkeypatch.setitem(ahead.STUDIES, "ouvrir_satisfaction", lambda _: say("Une phrase."))
    open_ahead(project)
    assert ahead._held == {}


def test_only_our_notebooks_that_open_a_site_share_a_process(project, reference):
    """Three notebooks at three sites open one; one alone at a site shares with none."""
    names = ["10_satisfaction", "15_analyses", "30_labellisation", "40_synthese_clu"]
    sites = ["evry", "etampes", "palaiseau"]
    plan = make_plan(project, reference, "2020-11", sites, names)
    alone = make_plan(project, reference, "2020-11", sites, names[2:])

    kin = pool._related(plan)

    assert {report.notebook.name for report in kin} == {*names[:3]}
    assert sorted(kin.values()) == sorted(3 * [("2020-11", site) for site in sites])
    assert pool._related(alone) == {}
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
