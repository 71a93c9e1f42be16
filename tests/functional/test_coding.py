"""Subjects of remarks: proposed in a workbook, confirmed by a person, kept; coded is not quoted."""

import json

import openpyxl
import pytest

from qpref.cli import main
from qpref.layout.complaints import TEXTS
from qpref.quality import learned
from qpref.store.coded import COLUMNS
from tests.conftest import copied

CAMPAIGN = "2020-11"


@pytest.fixture
def made(last_only, tmp_path):
    return copied(last_only, tmp_path)


def call(project, capsys, *arguments):
    code = main(["--racine", str(project.root), "verbatims", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def coder(project, capsys, *arguments):
    return call(project, capsys, "coder", "--campagne", CAMPAIGN, *arguments)


def written(project, capsys, path, *arguments):
    coder(project, capsys, "--site", "evry", "--vers", str(path), *arguments)
    return openpyxl.load_workbook(path)


def fill(book, path, changes):
    """Write cells of lines, by the name of their column, and save."""
    sheet = book.worksheets[0]
    for line, cells in changes.items():
        for column, value in cells.items():
            sheet.cell(line, COLUMNS.index(column) + 1).value = value
    book.save(path)


def cell(book, line, column):
    return book.worksheets[0].cell(line, COLUMNS.index(column) + 1).value


def test_a_person_confirms_in_a_workbook_and_it_stays(made, capsys, tmp_path):
    path = tmp_path / "a.xlsx"
    book = written(made, capsys, path)
    assert cell(book, 2, "Sujet 1")
    assert not cell(book, 2, "Relu")
    rules = book.worksheets[0].data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list"}
    fill(book, path, {2: {"Relu": "oui", "Sujet 1": "Locaux", "Sujet 2": None, "Ton": "mêlé"}})

    code, out, _ = coder(made, capsys, "--lire", str(path))

    assert (code, out.splitlines()[0]) == (0, "1 remarque(s) codée(s) par une personne, gardée(s).")
    again = written(made, capsys, tmp_path / "b.xlsx")
    said = [cell(again, 2, column) for column in ("Sujet 1", "Sujet 2", "Ton", "Relu")]
    assert [one or "" for one in said] == ["Locaux", "", "mêlé", "oui"]
    assert not any(row["publiable"] for row in remarks(made, capsys))  # coded is not approved
    kept = (made.corrections / f"sujets-{CAMPAIGN}.json").read_text(encoding="utf-8")
    assert cell(again, 2, "Remarque") not in kept  # neither what was written


def remarks(project, capsys):
    return json.loads(call(project, capsys, "--campagne", CAMPAIGN, "--json")[1])["remarques"]


def test_what_is_not_marked_as_read_is_not_kept(made, capsys, tmp_path):
    path = tmp_path / "a.xlsx"
    written(made, capsys, path).save(path)

    assert "0 remarque(s) codée(s)" in coder(made, capsys, "--lire", str(path))[1]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"Sujet 1": "Plage"}, "ligne 2, colonne « Sujet 1 » : « Plage » n’est pas prévu"),
        ({"Ton": "furieux"}, "ligne 2, colonne « Ton » : « furieux » n’est pas prévu"),
        ({"Relu": "peut-être"}, "ligne 2, colonne « Relu » : « peut-être » n’est pas prévu"),
        ({"Code": "ffffffff"}, "« ffffffff » n’est le code d’aucune remarque"),
        (dict.fromkeys(["Sujet 1", "Sujet 2", "Sujet 3", "Sujet 4"]), "n’a aucun sujet"),
    ],
)
def test_a_cell_that_no_list_has_is_refused_and_nothing_is_kept(
    made, capsys, tmp_path, cells, told
):
    path = tmp_path / "a.xlsx"
    book = written(made, capsys, path)
    fill(book, path, {3: {"Relu": "oui"}, 2: {"Relu": "oui"} | cells})

    code, _, err = coder(made, capsys, "--lire", str(path))

    assert code == 7
    assert told in " ".join(err.split())
    assert not (made.corrections / f"sujets-{CAMPAIGN}.json").exists()


@pytest.mark.lent
def test_two_people_s_agreement_is_told(made, capsys, tmp_path):
    """
    Of ten remarks, the second person says « Locaux » of two that the first says « Accès ».

    Raw 8/10; by chance 0,5 × 0,7 + 0,5 × 0,3 = 0,5; kappa (0,8 − 0,5) / 0,5 = 0,6. Variance
    (Fleiss, Cohen, Everitt 1969): 0,5 (0,5 − 1,2 × 0,2)² + 0,3 (0,5 − 0,8 × 0,2)² +
    0,2² × 0,2 × 0,8² − (0,8 × 0,5 − 2 × 0,5 + 0,8)² = 0,0338 + 0,03468 + 0,00512 − 0,04 = 0,0336;
    over 10 × 0,5⁴ = 0,625: 0,05376, whose root is 0,2319; 0,6 ± 1,96 × 0,2319.
    """
    for who, premises in (("A", 5), ("B", 7)):
        path = tmp_path / f"{who}.xlsx"
        book = written(made, capsys, path, "--codeur", who)
        lines = {
            line: {"Relu": "oui", "Ton": "neutre", "Sujet 2": "", "Sujet 3": "",
                   "Sujet 1": "Locaux" if line < 2 + premises else "Accès et accessibilité"}
            for line in range(2, 12)
        }  # fmt: skip
        fill(book, path, lines)
        out = coder(made, capsys, "--lire", str(path), "--codeur", who)[1]

    assert "Locaux : deux codeurs d’accord sur 8 de 10 ; kappa 0,60 (entre 0,15 et 1,00)" in out


def corrected(made, capsys, path, word):
    """Give « Locaux » to each remark that holds a word, and confirm the others; return lines."""
    book = written(made, capsys, path)
    sheet = book.worksheets[0]
    lines = {line: {"Relu": "oui"} for line in range(2, sheet.max_row + 1)}
    for line in lines:
        if word in cell(book, line, "Remarque"):
            lines[line] |= {"Sujet 1": "Locaux", "Sujet 2": "", "Sujet 3": "", "Sujet 4": ""}
    fill(book, path, lines)
    return " ".join(coder(made, capsys, "--lire", str(path))[2].split())


@pytest.mark.lent
def test_corrections_suggest_words_with_their_counts(made, capsys, tmp_path):
    """Those who write « retraités » are said to speak of the premises, which no rule says."""
    err = corrected(made, capsys, tmp_path / "a.xlsx", "retraités")

    texts = [
        row["texte_masque"]
        for row in remarks(made, capsys)
        if row["site"] == "evry" and row["question"] not in TEXTS.values()
    ]
    count = sum("retraités" in text for text in texts)
    premises = sum(word in text for text in texts for word in ("panneaux", "chaises"))
    others = len(texts) - count - premises
    assert f"« ordinateur » ({count} sur {count} ; ailleurs 0 sur {others})" in err
    assert "« Locaux » (data/reference/sujets.yml)" in err
    taught = [*written(made, capsys, tmp_path / "b.xlsx")["Apprentissage"].values]
    assert ("Locaux", "ordinateur", count, count, 0, others) in taught


@pytest.mark.lent
def test_nothing_is_suggested_of_what_few_write(made, capsys, tmp_path):
    err = corrected(made, capsys, tmp_path / "a.xlsx", "rendez-vous")  # two people

    assert "À ajouter peut-être" not in err
    assert "Apprentissage" not in written(made, capsys, tmp_path / "b.xlsx").sheetnames


@pytest.mark.lent
def test_the_lack_of_scikit_learn_is_said_only_where_it_would_have_helped(
    made, capsys, tmp_path, monkeypatch
):
    monkeypatch.setattr(learned, "is_installed", lambda: False)
    assert "scikit-learn" not in corrected(made, capsys, tmp_path / "a.xlsx", "retraités")

    monkeypatch.setattr(learned, "FEWEST", 10)
    err = " ".join(coder(made, capsys, "--vers", str(tmp_path / "b.xlsx"))[2].split())
    assert "les règles proposent seules : pip install scikit-learn" in err


@pytest.mark.lent
def test_what_is_learned_proposes_in_the_workbook_and_says_so(made, capsys, tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    for name in ("FEWEST", "OF_SUBJECT"):
        monkeypatch.setattr(learned, name, 1)
    comparison = learned.LearnedComparison("locaux", 20, 5, 5, 0, is_better=True)
    monkeypatch.setattr(learned, "compared", lambda *_: [comparison])
    err = corrected(made, capsys, tmp_path / "a.xlsx", "retraités")
    assert "d’après les remarques codées, et non d’après les règles : « Locaux »" in err

    book = written(made, capsys, tmp_path / "b.xlsx", "--codeur", "B")  # who has coded nothing yet
    line = next(k for k in range(2, 90) if "retraités" in cell(book, k, "Remarque"))
    assert "Locaux" in [cell(book, line, f"Sujet {k}") for k in range(1, 5)]
    assert "Locaux (appris) : " in cell(book, line, "Mots qui ont décidé")
    assert ("Locaux", "appris", 20, 5, 5, 0) in [*book["Apprentissage"].values]


def test_a_damaged_file_of_codes_is_said(made, capsys):
    path = made.corrections / f"sujets-{CAMPAIGN}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{", encoding="utf-8")

    code, _, err = coder(made, capsys)

    assert code == 4
    assert "abîmée" in err
