"""The sections of every notebook on the example, computed once for all; a report for the batch."""

import contextlib

import pytest

from qpref.batch.plan import Notebook, Report
from tests.conftest import notebooks_of
from tests.sections import shown

GIVEN = {"site": "evry", "campagne": "2020-11", "comite": "", "jour": ""}


@pytest.fixture(scope="session")
def reports(coded):
    """Return the sections of each notebook, for Évry in 2020, by notebook and key."""
    with contextlib.chdir(coded.root):
        paths = notebooks_of(coded)
        return {path.stem: shown(path, GIVEN) for path in paths}


@pytest.fixture
def report(tmp_path):
    """A report whose folder is there."""
    folder = tmp_path / "evry"
    folder.mkdir()
    path = tmp_path / "10_essai.ipynb"
    return Report(Notebook(path, (), ("satisfaction",)), "2020-11", "evry", folder, "",
                  ("evry", "etampes"))  # fmt: skip
