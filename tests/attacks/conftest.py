"""A project whose reports were made without any fault, to compare with."""

import shutil

import pytest

from qpref.project import Project
from tests.attacks.running import REPORTS, pages, run

collect_ignore = ["night.py"]  # it needs a package that is no dependency


@pytest.fixture(scope="session")
def reference_run(filled, tmp_path_factory):
    """A project whose reports were made without any fault, and its pages."""
    project = Project(tmp_path_factory.mktemp("sain") / "projet")
    shutil.copytree(filled.root, project.root)
    assert run(project, *REPORTS)[0] == 0
    return project, pages(project)
