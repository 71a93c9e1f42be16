"""A file that lacks columns of the questionnaire: what nobody was asked is not « 0 answer »."""

import csv
import json
import shutil
from datetime import date, timedelta

import pytest

from qpref.cli import main
from qpref.project import Project
from qpref.store import Store
from qpref.workbook import ouvrir_satisfaction
from tests.sections import plain

OPINION = "Globalement, êtes-vous satisfait de l’accueil ?"
MARK = "Recommanderiez-vous nos services (de 0 à 10) ?"
AGE = "Votre tranche d’âge"
HELD = {AGE: ["18-39 ans", "40-59 ans", "60 ans et plus"], MARK: ["10", "8", "3"]}
REMARK = "Vos suggestions"


def write(path, day, headings):
    """Sixty visitors over fifteen days: forty satisfied, twenty not."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["N°", "Date", OPINION, *headings])
        for i in range(60):
            given = {AGE: HELD[AGE][i % 3], MARK: HELD[MARK][i % 3], "Avis": f"Mot {i} de plus"}
            when = (day + timedelta(days=i % 15)).strftime("%d/%m/%Y")
            said = "Plutôt satisfait" if i % 3 else "Pas du tout satisfait"
            out.writerow([i + 1, when, said, *(given.get(h, f"Mot {i} de plus") for h in headings)])


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose first file has every question, and whose second names the remarks anew."""
    folder = tmp_path_factory.mktemp("recus")
    first, second = folder / "avant.csv", folder / "apres.csv"
    write(first, date(2030, 3, 4), [AGE, MARK, REMARK])
    write(second, date(2031, 3, 4), ["Avis"])
    root = tmp_path_factory.mktemp("projets") / "p"
    made = ["--departement", "Vosges", "--prefecture", "Épinal", "--campagne", "2030",
            "--du", "2030-03-04", "--au", "2030-03-18", "--questionnaire", str(first)]  # fmt: skip
    assert main(["projet", "creer", str(root), "--oui", *made]) == 0
    campaigns = root / "data/reference/campagnes.yml"
    text = campaigns.read_text("utf-8")
    own = text[text.index('  - id: "2030"') :].replace("2030", "2031")
    campaigns.write_text(f'{text}{own}    precedente: "2030"\n', "utf-8")
    run = ["--racine", str(root), "importer", "--site", "epinal"]
    assert main([*run, str(first), "--campagne", "2030"]) == 0
    assert main([*run, str(second), "--campagne", "2031"]) == 0
    return Project(root)


def test_the_import_names_them_and_says_what_to_do_of_an_unread_column(project):
    (entry,) = Store(project).imports("2031")

    assert entry.colonnes_ignorees == ["Avis"]
    assert len(entry.questions_absentes) == 3
    (told,) = [text for text in entry.avertissements if text.startswith("questions absentes")]
    assert all(name in told.replace("'", "’") for name in (REMARK, AGE, "Recommanderiez-vous"))
    assert "« entetes »" in told


def test_a_whole_file_lacks_nothing(project):
    (entry,) = Store(project).imports("2030")

    assert entry.questions_absentes == []
    asked = ouvrir_satisfaction("epinal", "2030", project.root)
    assert "60 usagers ont laissé une remarque" in plain(asked.remarques().html)
    assert "colonne" not in asked.limites().html


def test_sections_are_those_of_the_questions_that_were_asked(project):
    found = ouvrir_satisfaction("epinal", "2031", project.root)
    themes = plain(" ".join(section.html for section in found.themes()))

    assert "67 %" in themes  # 40 of 60
    assert "recommand" not in themes.lower()
    assert "0 usager" not in themes
    assert "trop peu" not in themes
    assert found.remarques().is_left_out
    assert found.publics().is_left_out
    assert "non précisé" not in found.profil().html


@pytest.mark.parametrize("brief", [True, False])
def test_the_page_names_the_questions_that_no_file_has(project, brief):
    section = ouvrir_satisfaction("epinal", "2031", project.root).limites(bref=brief)

    told = " ".join(section.sentences)
    assert "Les fichiers reçus n’ont pas de colonne pour" in told
    assert "« Vos suggestions »" in told
    assert not section.is_left_out


def test_groups_that_are_not_asked_are_not_too_small(project):
    """The first file has an age, and none of what the report compares groups by."""
    section = ouvrir_satisfaction("epinal", "2030", project.root).publics()

    assert section.is_left_out
    assert "Trop peu" not in section.title


def test_a_register_that_does_not_know_them_is_made_again_by_the_import(project, tmp_path, capsys):
    """What the journal of changes asks for: « importer de nouveau »."""
    root = tmp_path / "p"
    shutil.copytree(project.root, root)
    path = root / "data/propre/imports/2031.json"
    content = json.loads(path.read_text("utf-8"))
    del content["empreinte"]  # which came later still
    (entry,) = content["imports"]
    parts, known = entry["parts"], entry.pop("questions_absentes")
    path.write_text(json.dumps(content), "utf-8")
    write(tmp_path / entry["fichier"], date(2031, 3, 4), ["Avis"])
    run = ["--racine", str(root), "importer", "--site", "epinal", "--campagne", "2031"]
    capsys.readouterr()
    assert main([*run, str(tmp_path / entry["fichier"])]) == 0

    (again,) = Store(Project(root)).imports("2031")
    assert "0 ligne(s) ajoutée(s), 0 modifiée(s), 0 retirée(s)" in capsys.readouterr().out
    assert (again.questions_absentes, again.parts) == (known, parts)
    found = ouvrir_satisfaction("epinal", "2031", root)
    assert found.remarques().is_left_out
    assert main([*run, str(tmp_path / entry["fichier"])]) == 0
    assert "déjà importé" in capsys.readouterr().out
