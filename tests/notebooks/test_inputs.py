"""A report says all that it is made from: what it read beside would change and leave it as it is.

Files are those that Python opens while the report is made, and the parts that Arrow reads.
"""

import pytest

from tests.conftest import copied
from tests.older import add_older
from tests.reading import read_unsaid

pytestmark = pytest.mark.notebook


@pytest.fixture
def project(coded, tmp_path):
    return copied(coded, tmp_path)


@pytest.mark.parametrize("site", ["evry", "ensemble"])
def test_reports_read_nothing_that_they_do_not_say(project, monkeypatch, site):
    """Three campaigns asked the same questions: the oldest is read too."""
    add_older(project, "2019-11", "2018-11")

    assert read_unsaid(project, "2020-11", site, monkeypatch) == {}
