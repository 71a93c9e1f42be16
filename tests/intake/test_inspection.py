"""`qpref inspecter`: what a file holds, without any dictionary and without showing anyone."""

import json
from types import SimpleNamespace

import pytest

from qpref.cli import main
from qpref.errors import UnreadableFileError
from qpref.intake import files
from qpref.intake.files import read_file
from qpref.intake.inspection import _size, envelope, look_of
from tests.intake.conftest import write_csv, write_xlsx

KEYS = [
    "fichier", "format", "encodage", "separateur", "feuille", "feuilles_non_lues",
    "lignes_au_dessus", "lignes_lues", "gardees", "ecartees", "quarantaine",
    "colonnes_personnelles", "avertissements",
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "vide"),
        (["Oui", "non", "x"], "oui_non"),
        (["1", "2,5", "-3"], "nombre"),
        (["16/11/2020", "2020-11-17"], "date"),
        (["Très bien", "Bien", "Bien"], "choix"),
        (["a, b", "a", "b", "a, b, c", "c, b"], "multiple"),
        ([f"remarque {n} sans pareille" for n in range(60)], "texte"),
    ],
)
def test_types_are_guessed(values, kind):
    assert look_of({v: values.count(v) for v in values}) == kind


def test_states_are_told_apart_and_values_counted(tmp_path):
    path = write_csv(
        tmp_path / "a.csv",
        [
            ["Accueil", "Courriel"],
            *[["Bien", "x@exemple.invalid"]] * 3,
            ["N/A", ""],
            ["NSP", ""],
            ["", ""],
        ],
    )
    found = envelope(read_file(path))
    welcome, mail = found["colonnes"]

    assert list(found)[:-1] == KEYS
    assert welcome["etats"] == {
        "vide": 0, "illisible": 0, "non_posee": 0, "nsp": 1, "sans_objet": 1,
    }  # fmt: skip
    assert welcome["valeurs"] == {"Bien": 3, "N/A": 1, "NSP": 1}
    assert (mail["type"], mail["valeurs"]) == ("personnel", None)
    assert found["colonnes_personnelles"] == ["Courriel"]


@pytest.mark.parametrize("lone", ["Zorglub", "Guichet, Zorglub", "Zorglub, Internet, Guichet"])
def test_a_lone_name_among_joined_boxes_is_not_printed(tmp_path, lone):
    """It is counted as unreadable; the boxes that several ticked are printed."""
    given = ["Guichet", "Guichet, Internet", "Internet", "Téléphone, Guichet"]
    path = write_csv(tmp_path / "a.csv", [["Services"], *[[g] for g in given * 8], [lone]], ";")
    (services,) = envelope(read_file(path))["colonnes"]

    assert services["valeurs"] == dict.fromkeys(sorted(given), 8)
    assert services["etats"]["illisible"] == 1


def test_rows_are_conserved(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"F": [["Titre"], ["A", "B"], ["x", 1], ["Total", 1]]})
    found = envelope(read_file(path))

    assert found["lignes_lues"] == found["gardees"] + found["ecartees"] + found["quarantaine"] == 2
    assert found["ecartees"] == 1


@pytest.mark.parametrize("distinct", [50, 51])
def test_distinct_values_are_shown_up_to_fifty(tmp_path, distinct):
    rows = [[f"note {n % distinct}"] for n in range(4 * distinct)]
    column = envelope(read_file(write_csv(tmp_path / "a.csv", [["Q"], *rows])))["colonnes"][0]

    assert (column["valeurs"] is not None) == (distinct == 50)


def test_the_command_prints_json_or_lines(tmp_path, capsys):
    path = write_csv(tmp_path / "a.csv", [["Accueil", "Note"], ["Bien", "1"], ["Mal", "2"]])

    assert main(["inspecter", str(path), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["fichiers"][0]["colonnes"][0]["valeurs"] == {"Bien": 1, "Mal": 1}
    assert main(["inspecter", str(path)]) == 0
    assert "Accueil : choix — Bien (1), Mal (1)" in capsys.readouterr().out


def test_a_file_without_table_is_refused(tmp_path, capsys):
    path = write_xlsx(tmp_path / "a.xlsx", {"F": [[1, 2], [3, 4]]})

    assert main(["inspecter", str(path)]) == 6
    assert "n’est pas reconnu" in capsys.readouterr().err


@pytest.mark.lent
def test_the_import_contract(project, example, capsys):
    """The keys promised by the guide, one entry a file."""
    folder = example / "2020-11"
    code = main(
        ["--racine", str(project.root), "importer", str(folder), "--campagne", "2020-11", "--json"]
    )
    content = json.loads(capsys.readouterr().out)

    assert code == 0
    assert len(content["fichiers"]) == 11
    for entry in content["fichiers"]:
        assert [key for key in entry if key != "colonnes_ignorees"] == KEYS
        assert entry["lignes_lues"] == entry["gardees"] + entry["ecartees"] + entry["quarantaine"]


def test_postcodes_that_lost_their_zero_are_pointed_out(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["Code postal"], ["01000"], ["1000"], ["91000"]])

    warnings = envelope(read_file(path))["avertissements"]
    assert warnings == ["« Code postal » : 1 code(s) postal(aux) à quatre chiffres"]


def test_a_notice_of_one_column_is_no_table_however_long():
    """Forty lines of notice weigh nothing; three answers to four questions, 3 × (4 − 1)."""

    def table(rows, *headings):
        return SimpleNamespace(
            rows=range(rows), columns=[SimpleNamespace(heading=one) for one in headings]
        )

    assert _size(table(40, "Notice", "")) == 0
    assert _size(table(3, "Date", "Accueil", "Attente", "Clarté")) == 9


def test_a_text_too_large_to_be_read_whole_is_shown_by_its_first_rows(tmp_path, monkeypatch):
    """What the import reads in parts is looked at; a large text of rows cut short is refused."""
    rows = [["Nom de l’accueil", "Avis"], *([f"Site {n % 3}", "Bien"] for n in range(500))]
    path = write_csv(tmp_path / "grand.csv", rows)
    for name, most in (("MAX_BYTES", 2_000), ("LARGE", 1_000), ("SHOWN", 200)):
        monkeypatch.setattr(files, name, most)

    found = envelope(files.read_beginning(path))

    assert found["lignes_lues"] == 200
    assert [column["valeurs"] for column in found["colonnes"]] == [
        {"Site 0": 67, "Site 1": 67, "Site 2": 66},
        {"Bien": 200},
    ]
    assert "seules les 201 premières lignes" in found["avertissements"][0]
    path.write_text(path.read_text() + "cassée\n")
    with pytest.raises(UnreadableFileError, match="limite"):
        files.read_beginning(path)
