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
from qpref.workbook import ahead, ouvrir_satisfaction
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
    return ahead.held(Sources(project, load_reference(project.reference), *PLACE))


def test_a_notebook_gets_what_was_opened_ahead_with_its_figures(project):
    assert found(project) is None

    ahead.open_ahead(project, *PLACE)

    opened = ouvrir_satisfaction(*PLACE, racine=project.root)
    assert opened is found(project)
    assert {"family", "families"} <= {*vars(opened._compared)}
    assert "drivers" in vars(opened._models)


def test_another_site_campaign_or_project_is_opened_by_itself(project, tmp_path):
    ahead.open_ahead(project, *PLACE)
    other = shutil.copytree(project.root, tmp_path / "autre")

    assert ouvrir_satisfaction("etampes", "2020-11", racine=project.root) is not found(project)
    assert ouvrir_satisfaction(*PLACE, racine=other) is not found(project)


@pytest.mark.parametrize("what", ["import", "reference"])
def test_what_changes_meanwhile_is_read_again(project, what):
    ahead.open_ahead(project, *PLACE)
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
    ahead.open_ahead(project, "evry", "1999-01")
    assert ahead._held == {}

    monkeypatch.setattr(ahead, "_work_out", lambda _: say("Une phrase."))
    ahead.open_ahead(project, *PLACE)
    assert ahead._held == {}


def test_only_our_notebooks_that_open_answers_share_a_process(project, reference):
    """Two notebooks at three sites open the answers; one alone at a site shares with none."""
    names = ["10_satisfaction", "15_analyses", "30_labellisation", "40_synthese_clu"]
    sites = ["evry", "etampes", "palaiseau"]
    plan = make_plan(project, reference, "2020-11", sites, names)
    alone = make_plan(project, reference, "2020-11", sites, names[1:])

    kin = pool._related(plan)

    assert {report.notebook.name for report in kin} == {*names[:2]}
    assert sorted(kin.values()) == sorted(2 * [("2020-11", site) for site in sites])
    assert pool._related(alone) == {}
    changed = project.notebooks / "15_analyses.ipynb"
    assert shared.opens_answers(changed)
    changed.write_text(changed.read_text("utf-8") + " ", "utf-8")
    assert not shared.opens_answers(changed)


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
