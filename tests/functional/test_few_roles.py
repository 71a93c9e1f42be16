"""A form that asks little: its site, some opinions, overall satisfaction, and no role besides."""

import re

import pytest

from qpref.cli import main
from qpref.workbook import ouvrir_satisfaction
from tests.intake.conftest import write_csv
from tests.sections import plain

SITES = ("Saint-Denis", "Saint-Pierre", "Saint-Paul")
LEVELS = ("Très satisfait", "Plutôt satisfait", "Plutôt insatisfait", "Très insatisfait")
ASKED = ("L’accueil", "L’attente", "Êtes-vous satisfait de votre visite dans l’ensemble ?")
EMPTY = re.compile(r"[:,(«] ?[.;,)»]|: :|\(\)|\bNone\b|\bnan\b")  # a list or a name of nothing


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Two hundred and forty answers, eighty a site."""
    folder = tmp_path_factory.mktemp("peu")
    lines = [["Horodateur", "Site", *ASKED]]
    for number in range(240):
        given = [LEVELS[(number * step + number // 7) % 4] for step in (1, 3, 5)]
        day = f"2021/03/{1 + number % 19:02} 10:{number % 60:02}:00 AM UTC+4"
        lines.append([day, SITES[number % 3], *given])
    form = write_csv(folder / "formulaire.csv", lines, ",")
    project = folder / "projet"
    others = [word for site in SITES[1:] for word in ("--sous-prefecture", site)]
    made = ["projet", "creer", str(project), "--oui", "--departement", "La Réunion",
            "--prefecture", SITES[0], *others, "--campagne", "2021-03",
            "--du", "2021-03-01", "--au", "2021-03-19", "--questionnaire", str(form)]  # fmt: skip
    assert main(made) == 0
    assert main(["--racine", str(project), "importer", str(form), "--campagne", "2021-03"]) == 0
    return ouvrir_satisfaction("saint-denis", "2021-03", project)


def test_other_sites_are_compared_without_a_reason_of_visit(opened):
    """« Un seul site a répondu » was said of three, since no reason of visit is asked."""
    section = opened.autres_sites()

    assert "seul site" not in section.title
    assert [row.label for row in section.tables[0].rows] == [*ASKED]
    assert len(section.sentences) == 1


def test_nothing_held_equal_is_no_comparison_at_equal_public(opened):
    """A model of the sites alone was told, which held « . » equal."""
    section = opened.public_egal()

    assert "non établie" in section.title
    assert not section.tables


def test_no_section_tells_a_list_of_nothing(opened):
    names = ("autres_sites", "public_egal", "tests", "limites", "annexe", "ressemblance",
             "composition", "repondants", "priorites", "profil", "publics",
             "evolution")  # fmt: skip
    for name in names:
        section = getattr(opened, name)()
        for said in (section.title, *section.sentences):
            assert not EMPTY.search(plain(said)), (name, said)
