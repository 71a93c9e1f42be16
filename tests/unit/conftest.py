"""The sections of every notebook on the example, computed once for all who read them."""

import contextlib

import pytest

from tests.conftest import notebooks_of
from tests.sections import shown

GIVEN = {"site": "evry", "campagne": "2020-11", "comite": "", "jour": ""}


@pytest.fixture(scope="session")
def reports(coded):
    """Return the sections of each notebook, for Évry in 2020, by notebook and key."""
    with contextlib.chdir(coded.root):
        paths = notebooks_of(coded)
        return {path.stem: shown(path, GIVEN) for path in paths}
