"""What `dictionnaire verifier` compared, and a site column that nobody declared."""

import json

import pytest

from qpref.cli import main
from qpref.errors import ColumnsError, UsageError
from qpref.intake.dictionary_check import compare
from qpref.intake.proposal import read_form
from tests.intake.conftest import write_csv
from tests.intake.formulaires import draft, imported, other_department

LEVELS = ("Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait")


@pytest.fixture(scope="module")
def department(reference):
    return other_department(reference)


def answers(path, headings, rows):
    dated = [[f"{1 + n % 26:02}/03/2021", *cells] for n, cells in enumerate(rows)]
    return write_csv(path, [["Date", *headings], *dated], ";")


def test_what_was_compared_is_counted(tmp_path, department):
    """A date, a question of four levels, one of three boxes."""
    boxes = ("Guichet", "Guichet; Téléphone", "Internet", "Téléphone")
    rows = [[LEVELS[n % 4], boxes[n % 4]] for n in range(20)]
    path = answers(tmp_path / "a.csv", ["Accueil", "Services"], rows)
    dictionary, _ = draft(path, department)
    found = compare(read_form(path), dictionary)

    assert (found.questions, found.levels, found.options) == (3, 4, 3)
    assert found.differences == []
    assert any("le dictionnaire n’en a pas" in sentence for sentence in found.left)


def test_an_answer_and_a_question_that_changed_are_told(tmp_path, department):
    rows = [[LEVELS[n % 4], "7"] for n in range(20)]
    dictionary, _ = draft(answers(tmp_path / "a.csv", ["Accueil", "Note sur 10"], rows), department)
    rows = [["Parfait" if n == 3 else LEVELS[n % 4], "12"] for n in range(20)]
    path = answers(tmp_path / "b.csv", ["Accueil", "Délai"], rows)
    found = compare(read_form(path), dictionary)

    assert "« Accueil » : réponse « Parfait » absente du dictionnaire" in found.differences
    assert any(one.startswith("« Délai » : question absente") for one in found.differences)
    assert "« Note sur 10 » : question du dictionnaire absente du fichier" in found.differences


def test_answers_that_may_be_names_are_counted_as_not_compared(tmp_path, department):
    """Two of a scale, one of joined boxes; none is written, and each is counted."""
    boxes = ("Guichet", "Guichet; Téléphone", "Internet", "Téléphone")
    rows = [[LEVELS[n % 4], boxes[n % 4]] for n in range(30)]
    headings = ["Accueil", "Services"]
    dictionary, _ = draft(answers(tmp_path / "a.csv", headings, rows), department)
    rows[3][0], rows[5][0], rows[8][1] = "Zorglub", "Fictivelle", "Guichet; Imaginette"
    found = compare(read_form(answers(tmp_path / "b.csv", headings, rows)), dictionary)

    said = "3 réponses non comparées, car peut-être un nom : « Accueil » (2), « Services » (1)"
    assert said in found.left
    assert not any(name in repr(found) for name in ("Zorglub", "Fictivelle", "Imaginette"))


def test_a_mark_out_of_its_bounds_is_told(tmp_path, department):
    headings = ["Notez l’accueil"]
    rows = [[str(1 + n % 5)] for n in range(20)]
    dictionary, _ = draft(answers(tmp_path / "a.csv", headings, rows), department)
    path = answers(tmp_path / "b.csv", headings, [[str(n % 9)] for n in range(20)])
    found = compare(read_form(path), dictionary)

    assert found.differences == [
        f"« Notez l’accueil » : réponse « {mark} » absente du dictionnaire" for mark in (0, 6, 7, 8)
    ]


def verify(project, path, capsys, *more):
    asked = ["dictionnaire", "verifier", str(path), "--campagne", "2020-11", *more]
    code = main(["--racine", str(project.root), *asked])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_another_form_is_not_said_to_be_the_same(project, tmp_path, capsys):
    rows = [["Lundi"], ["Mardi"]] * 6
    path = answers(tmp_path / "a.csv", ["Jour préféré"], rows)
    code, out, _ = verify(project, path, capsys, "--json")

    assert code == 7
    assert json.loads(out)["compares"]["niveaux"] == 0
    assert json.loads(out)["differences"]
    path = write_csv(tmp_path / "b.csv", [["Couleur", "Taille"], *([["bleu", "L"]] * 5)])
    code, out, err = verify(project, path, capsys)
    assert code == 7
    assert "aucune de ses questions n’y est" in err
    assert "même chose" not in out + err
    assert "aucune différence" not in out


@pytest.mark.parametrize(
    ("pattern", "nature"),
    [("*myst*", "enquête mystère"), ("*frequentation*", "fréquentation")],
)
def test_a_file_that_holds_no_answers_is_named(project, example, capsys, pattern, nature):
    path = next((example / "2020-11").glob(pattern))
    code, out, err = verify(project, path, capsys)

    assert code == 7
    assert nature in err
    assert "aucune différence" not in out


# The site that a column tells


def sited(tmp_path, department, heading):
    """Write answers of two sites, and return them with a questionnaire that ignores the column."""
    rows = [[("Tulle", "Brive", "Brive")[n % 3], LEVELS[n % 4]] for n in range(24)]
    path = answers(tmp_path / "a.csv", [heading, "Accueil"], rows)
    drafted, _ = draft(path, department)
    kept = [question for question in drafted.questions if question.role != "site"]
    return path, drafted, drafted.model_copy(update={"questions": kept})


def test_an_undeclared_site_column_is_named_with_the_key_to_write(tmp_path, department):
    path, drafted, poorer = sited(tmp_path, department, "Point d’accueil")

    with pytest.raises(ColumnsError) as caught:
        imported(path, department, poorer)
    assert "la colonne B « Point d’accueil » nomme les sites" in caught.value.sentence
    assert "role: site" in caught.value.remedy
    assert 'entetes: ["Point d’accueil"]' in caught.value.remedy
    read = imported(path, department, drafted).tables["reponses"]["site"].value_counts()
    assert read.to_dict() == {"brive": 16, "tulle": 8}


def test_a_question_that_reads_the_sites_is_named(tmp_path, department):
    path, drafted, _ = sited(tmp_path, department, "Point d’accueil")
    place = next(n for n, q in enumerate(drafted.questions) if q.role == "site")
    question = drafted.questions[place].model_copy(
        update={"role": None, "id": "ou", "type": "texte"}
    )
    questions = [*drafted.questions[:place], question, *drafted.questions[place + 1 :]]
    wrong = drafted.model_copy(update={"questions": questions})

    with pytest.raises(ColumnsError, match="donnez à la question ou"):
        imported(path, department, wrong)


def test_obeying_with_one_site_says_what_it_mixes(tmp_path, department):
    path, _, poorer = sited(tmp_path, department, "Point d’accueil")
    outcome = imported(path, department, poorer, "tulle")

    (said,) = [one for one in outcome.warnings if "d’autres sites" in one]
    assert "brive 16" in said
    assert "role: site" in said


def test_a_file_that_says_nothing_of_the_site_asks_for_it(tmp_path, department):
    path = answers(tmp_path / "a.csv", ["Accueil"], [[LEVELS[n % 4]] for n in range(12)])
    drafted, _ = draft(path, department)

    with pytest.raises(UsageError, match="--site"):
        imported(path, department, drafted)
