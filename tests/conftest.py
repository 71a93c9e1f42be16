"""Shared fixtures: reference data, the example, and a project where it is imported."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from qpref.example import write_example
from qpref.intake import Reception, receive
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store

# Same draws every time, and no failure because a machine is slow.
settings.register_profile("qpref", derandomize=True, deadline=None)
settings.load_profile("qpref")

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2021, 1, 5, 9, 0).astimezone()
CAMPAIGNS = ("2019-11", "2020-11")
SITES = ("evry", "etampes", "palaiseau")


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def reference():
    return load_reference(ROOT / "data" / "reference")


@pytest.fixture(scope="session")
def example(tmp_path_factory, reference):
    """The folder of the example, written once."""
    folder = tmp_path_factory.mktemp("exemple")
    write_example(reference, folder)
    return folder


def copy_project(folder: Path) -> Project:
    """Return an empty project with the repository's reference data and notebooks."""
    shutil.copytree(ROOT / "data" / "reference", folder / "data" / "reference")
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return Project(folder)


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path / "projet")


def import_example(project: Project, reference, example: Path, campaigns=CAMPAIGNS) -> None:
    for campaign in campaigns:
        setting = Reception(reference, reference.campaign(campaign))
        for path in sorted((example / campaign).iterdir()):
            Store(project).add(setting, receive(setting, path), NOW)


@pytest.fixture(scope="session")
def filled(tmp_path_factory, reference, example):
    """A project where the example is imported; tests only read it."""
    project = copy_project(tmp_path_factory.mktemp("rempli") / "projet")
    import_example(project, reference, example)
    return project
