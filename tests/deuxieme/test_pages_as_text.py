"""The text of the second example's pages is kept: a commit that changes one shows it."""

import shutil

import pytest

from qpref.cli import main
from qpref.project import Project
from tests.coded import code_remarks
from tests.deuxieme.conftest import CAMPAIGNS, SITES
from tests.pages import compare

ONE = ("--campagne", CAMPAIGNS[-1], "--site", SITES[1])


@pytest.mark.lent
def test_the_pages_say_what_is_kept(second):
    """With `QPREF_ECRIRE_PAGES=1` it writes them again: read the diff."""
    pages = pages_of(second)
    assert len(pages) > 20
    assert compare(pages, "lot") == []


def test_the_pages_of_a_site_say_what_is_kept(second_filled, tmp_path):
    """Every day: making those of all sites takes what a tenth of a day's tests takes."""
    project = Project(tmp_path / "projet")
    shutil.copytree(second_filled.root, project.root)
    code_remarks(project, CAMPAIGNS, SITES[1:2])
    assert main(["--racine", str(project.root), "rapports", *ONE]) == 0

    pages = {key: path for key, path in pages_of(project).items() if SITES[1] in key}
    assert len(pages) == 3
    assert compare(pages, "lot", are_all=False) == []


def pages_of(project):
    """Return the pages of a project, indexes included, by their place."""
    return {
        path.relative_to(project.reports).with_suffix("").as_posix(): path
        for path in project.reports.rglob("*.html")
    }
