"""What was set aside is listed, corrected in a workbook, and brought back."""

import json

import openpyxl
import pytest

from qpref.cli import main
from qpref.store import Store, correctable, load_corrections, read_corrections

FILE = "saisie_guichet_evry_2020-11.xlsx"


@pytest.fixture
def received(project, example):
    """A project whose received folder holds one workbook, imported."""
    path = project.received / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes((example / "2020-11" / FILE).read_bytes())
    assert run(project, "importer", path, "--campagne", "2020-11") == 0
    return path


def run(project, *arguments):
    return main(["--racine", str(project.root), *map(str, arguments)])


@pytest.mark.usefixtures("received")
def test_what_was_set_aside_is_listed_grouped(project, capsys):
    capsys.readouterr()
    assert run(project, "quarantaine", "lister", "--campagne", "2020-11") == 0
    out = capsys.readouterr().out

    assert f"{FILE} :" in out
    assert "« mardi » n’est pas une date" in out
    assert run(project, "quarantaine", "lister", "--campagne", "2020-11", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["rejets"]
    assert {row["action"] for row in listed} >= {"aucune", "ligne_quarantaine", "ligne_ecartee"}


def test_nothing_set_aside_is_said(project, capsys):
    assert run(project, "quarantaine", "lister", "--campagne", "2020-11") == 0
    assert "Rien n’a été mis de côté" in capsys.readouterr().out


def correct(project, values):
    """Fill the workbook of corrections: value by the one received."""
    assert run(project, "quarantaine", "corriger", "--campagne", "2020-11") == 0
    path = project.quarantine / "2020-11" / "corrections.xlsx"
    book = openpyxl.load_workbook(path)
    tab = book["Corrections"]
    for row in tab.iter_rows(min_row=2):
        if row[6].value in values:
            row[8].value = values[row[6].value]
    book.save(path)
    return path


def test_a_corrected_cell_brings_its_row_back(project, received, capsys):
    """The date « mardi » becomes a day of the campaign: 82 answers, then 83."""
    before = received.read_bytes()
    assert Store(project).imports("2020-11")[0].gardees == 82
    path = correct(project, {"mardi": "17/11/2020", "Moyen": "Plutôt satisfait"})

    assert run(project, "quarantaine", "reintegrer", path, "--campagne", "2020-11") == 0

    entry = Store(project).imports("2020-11")[0]
    assert (entry.gardees, entry.quarantaine) == (83, 0)
    assert entry.lignes_lues == entry.gardees + entry.ecartees + entry.quarantaine
    assert received.read_bytes() == before
    assert "Moyen" not in correctable(Store(project), "2020-11")["valeur"].tolist()
    assert "correction(s) appliquée(s)" in capsys.readouterr().out


@pytest.mark.lent
def test_corrections_are_applied_again_at_the_next_import(project, received):
    path = correct(project, {"mardi": "17/11/2020"})
    run(project, "quarantaine", "reintegrer", path, "--campagne", "2020-11")
    expected = Store(project).read("reponses", "2020-11", "evry")

    assert run(project, "importer", received, "--campagne", "2020-11") == 0

    assert Store(project).read("reponses", "2020-11", "evry").equals(expected)
    assert next(iter(load_corrections(project, "2020-11").values())).popitem()[1] == "17/11/2020"


def test_a_file_that_changed_is_not_corrected_blindly(project, received, capsys):
    path = correct(project, {"mardi": "17/11/2020"})
    received.unlink()
    (project.received / "autre.csv").write_text("a;b\n1;2\n", encoding="utf-8")

    assert run(project, "quarantaine", "reintegrer", path, "--campagne", "2020-11") == 6
    assert "absents ou ont changé" in capsys.readouterr().err
    assert load_corrections(project, "2020-11") == {}


def test_another_workbook_is_refused(project, received, capsys):
    assert run(project, "quarantaine", "reintegrer", received, "--campagne", "2020-11") == 7
    assert "classeur de corrections" in capsys.readouterr().err


def test_damaged_corrections_say_what_to_do(project, received, capsys):
    (project.corrections).mkdir(parents=True)
    (project.corrections / "2020-11.json").write_text("[", encoding="utf-8")

    assert run(project, "importer", received, "--campagne", "2020-11") == 4
    assert "abîmé" in capsys.readouterr().err


def test_two_files_of_one_name_are_corrected_apart(project, example):
    """Évry and Palaiseau send « saisie.xlsx »: each keeps its own digest in the workbook."""
    for site in ("evry", "palaiseau"):
        path = project.received / site / "saisie.xlsx"
        path.parent.mkdir(parents=True)
        source = example / "2020-11" / f"saisie_guichet_{site}_2020-11.xlsx"
        path.write_bytes(source.read_bytes())
        assert run(project, "importer", path, "--campagne", "2020-11") == 0

    rejects = Store(project).rejects("2020-11")
    assert rejects.query("valeur == 'mardi'")["sha256"].nunique() == 2
    path = correct(project, {"mardi": "17/11/2020"})
    assert len(read_corrections(path)) == 2
