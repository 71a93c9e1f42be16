"""What the reports of the second example are made from: see `tests/notebooks/test_inputs.py`."""

import pytest

from tests.conftest import copied
from tests.deuxieme.conftest import CAMPAIGNS
from tests.older import add_older
from tests.reading import read_unsaid


@pytest.mark.parametrize("site", ["cahors", "ensemble"])
def test_reports_read_nothing_that_they_do_not_say(second_filled, tmp_path, monkeypatch, site):
    project = copied(second_filled, tmp_path)
    add_older(project, CAMPAIGNS[0], "printemps-2021")

    assert read_unsaid(project, CAMPAIGNS[-1], site, monkeypatch) == {}
