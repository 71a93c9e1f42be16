"""The second example, made by the commands that a user runs, once for all who read it."""

import shutil
from pathlib import Path

import pytest

from qpref.cli import main
from qpref.project import Project
from tests.coded import code_remarks
from tests.deuxieme.oracle import Received

HERE = Path(__file__).parent
CAMPAIGNS = ("printemps-2022", "printemps-2023")
SITES = ("cahors", "figeac", "gourdon")
# The others are planned where they have data.
ON_DEMAND = ("50_suivi_collecte", "60_affiche", "65_retour_aux_agents", "70_publication")


@pytest.fixture(scope="session")
def second_filled(shared):
    """A project with its own sites, questionnaire and mystery grid, its files imported."""

    def make(folder):
        shutil.copytree(HERE / "reference", folder / "data" / "reference")
        run = ["--racine", str(folder)]
        assert main([*run, "exemple"]) == 0
        for campaign in CAMPAIGNS:
            received = str(folder / "data" / "exemple" / campaign)
            assert main([*run, "importer", received, "--campagne", campaign]) == 0

    return Project(shared("deuxieme-rempli", make))


@pytest.fixture(scope="session")
def second(shared, second_filled):
    """The same, with all its reports; a person coded its remarks, but for some of one site."""

    def make(folder):
        shutil.copytree(second_filled.root, folder)
        code_remarks(Project(folder), CAMPAIGNS, SITES, [("printemps-2023", "gourdon")])
        run = ["--racine", str(folder)]
        assert main([*run, "rapports"]) == 0
        wanted = [word for name in ON_DEMAND for word in ("--notebook", name)]
        assert main([*run, "rapports", *wanted]) == 0

    return Project(shared("deuxieme", make))


@pytest.fixture(scope="session")
def received(second):
    """Its received files, read without qpref."""
    return Received(second.root)


@pytest.fixture(scope="session")
def pages(second):
    """Its pages, indexes included, in order."""
    return sorted(second.reports.rglob("*.html"))
