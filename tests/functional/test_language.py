"""The language of the form: told by the platform or keyed, kept, shown where there are several."""

import csv
import io
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from qpref.cli import main
from qpref.layout.online import online_questions
from qpref.layout.paper import paper_questions
from qpref.layout.survey import survey_layout
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store
from qpref.store.version import FILE
from qpref.workbook import ouvrir_satisfaction
from tests.conftest import copied, copy_project
from tests.deuxieme.conftest import HERE, second_filled  # noqa: F401 - fixture

SCALE = """
  langue:
    ordonnee: non
    modalites:
      - {code: fr, libelle: "Français"}
      - {code: en, libelle: "Anglais"}
"""
QUESTION = """
  - {id: lue, theme: THEME, type: technique, role: langue, echelle: langue,
     texte: "Langue de la feuille", texte_court: "Langue", entetes: ["Langue"]}
"""
PLACES = {"2020-11": ("evry", "visite"), "printemps-2023": ("cahors", "trajet")}


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    """A project that asks for the language, and the online export of one campaign."""
    if request.param == "2020-11":
        project, received = copy_project(tmp_path / "projet"), request.getfixturevalue("example")
    else:
        project = Project(tmp_path / "projet")
        shutil.copytree(HERE / "reference", project.root / "data/reference")
        received = request.getfixturevalue("second_filled").root / "data/exemple"
    found = sorted((project.root / "data/reference/questionnaire").glob("*.yml"))
    path = next(one for one in found if "\npublic:" not in one.read_text("utf-8"))
    text = path.read_text(encoding="utf-8")
    text = text.replace("\nechelles:\n", f"\nechelles:{SCALE}", 1)
    asked = QUESTION.replace("THEME", PLACES[request.param][1])
    path.write_text(text.replace("\nquestions:\n", f"\nquestions:{asked}", 1), encoding="utf-8")
    return project, request.param, received / request.param / f"results-survey_{request.param}.csv"


def taken(place, folder, every):
    """Import the export, one answer in so many in English; return the rows received."""
    project, campaign, source = place
    lines = list(csv.reader(io.StringIO(source.read_text(encoding="utf-8-sig")), delimiter=";"))
    at = next(k for k, text in enumerate(lines[0]) if text.startswith("startlanguage"))
    for rank, line in enumerate(lines[1:]):
        if len(line) > at:
            line[at] = "en" if every and rank % every == 0 else "fr"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(lines)
    path = folder / source.name
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    assert main(["--racine", str(project.root), "importer", str(path), "--campagne", campaign]) == 0
    return {line[0]: line[at] for line in lines[1:] if len(line) > at}


def profile(place):
    project, campaign, _ = place
    opened = ouvrir_satisfaction(PLACES[campaign][0], campaign, project.root)
    return opened.profil(), opened.reponses


def test_the_language_that_the_platform_tells_is_kept_and_shown(place, tmp_path):
    told = taken(place, tmp_path, 3)

    found, answers = profile(place)

    assert answers["langue"].tolist() == [told[name] for name in answers["source_id"]]
    lines = found.figures.loc[found.figures["indicateur"] == "langue"]
    sizes = answers["langue"].map({"fr": "Français", "en": "Anglais"}).value_counts()
    assert dict(zip(lines["groupe"], lines["effectif"], strict=True)) == sizes.to_dict()
    assert "Langue" in {row.label for table in found.tables for row in table.rows}


def test_few_who_read_another_language_are_not_counted(place, tmp_path):
    """The gate of all groups: too few to be told alone, they are told with the others."""
    taken(place, tmp_path, 60)

    found, answers = profile(place)

    assert 0 < (answers["langue"] == "en").sum() < 5
    (line,) = found.figures.loc[found.figures["indicateur"] == "langue"].to_dict("records")
    assert line["effectif"] == len(answers)


def test_one_language_says_nothing(place, tmp_path):
    taken(place, tmp_path, 0)

    found, answers = profile(place)

    assert set(answers["langue"]) == {"fr"}
    assert "langue" not in set(found.figures["indicateur"])


def test_the_keying_workbook_has_its_list_and_nobody_is_asked(place):
    project, campaign, _ = place
    asked = load_reference(project.reference).questionnaire(campaign)
    (column,) = [one for one in survey_layout(asked).columns if one.key == "langue"]
    assert column.choices == ("Français", "Anglais")
    posed = [one.id for form in (online_questions, paper_questions) for one in form(asked)]
    assert posed
    assert "lue" not in posed  # a form says its language by its words


def test_tables_written_before_are_read_and_migrated(last_only, tmp_path, capsys):
    """Of layout 2: `reponses` had no such column."""
    project = copied(last_only, tmp_path)
    before = Store(project).read("reponses", "2020-11", "evry")
    for path in project.clean.glob("reponses/campagne=*/site=*/*.parquet"):
        table = pa.parquet.ParquetFile(path).read()
        about = {b"qpref.import": table.schema.metadata[b"qpref.import"]}
        old = table.drop_columns(["langue"])
        pa.parquet.write_table(old.replace_schema_metadata(about), path)
    (project.clean / FILE).write_text("2\n")
    pd.testing.assert_frame_equal(Store(project).read("reponses", "2020-11", "evry"), before)

    assert main(["--racine", str(project.root), "migrer"]) == 0

    assert "1 étape(s) faite(s)" in capsys.readouterr().out
    assert before["langue"].isna().all()
    pd.testing.assert_frame_equal(Store(project).read("reponses", "2020-11", "evry"), before)
    parts = project.clean.glob("reponses/campagne=*/site=*/*.parquet")
    assert all("langue" in pa.parquet.read_schema(path).names for path in parts)
