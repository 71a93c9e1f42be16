"""Reports of the second example that one process makes are those made each alone."""

import os

import pytest

from tests.conftest import NIGHT, copied
from tests.deuxieme.conftest import CAMPAIGNS
from tests.processes import differences

pytestmark = pytest.mark.lent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="ailleurs, un processus en fait toujours")
@pytest.mark.parametrize("campaign", CAMPAIGNS if NIGHT else CAMPAIGNS[-1:])
def test_reports_that_one_process_makes_are_those_made_each_alone(
    second_filled, tmp_path, monkeypatch, campaign
):
    assert differences(copied(second_filled, tmp_path), campaign, monkeypatch) == set()
