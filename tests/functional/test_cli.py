"""The command line as an analyst uses it: sentences, remedies, exit codes, nothing half done."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from qpref.cli import main
from qpref.store import Store

FILE = "results-survey_2020-11.csv"


def qpref(project, *arguments):
    """Run the installed command in its own process."""
    command = [sys.executable, "-m", "qpref", "--racine", str(project.root), *arguments]
    environment = {**os.environ, "COLUMNS": "200", "PYTHONIOENCODING": "cp1252"}
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=environment
    )


@pytest.fixture
def imported(project, last_only):
    """Have the last campaign imported in the project."""
    shutil.copytree(last_only.root / "data", project.root / "data", dirs_exist_ok=True)


@pytest.fixture
def run(project, capsys):
    """Run the command in this process; return its exit code, output and errors."""

    def call(*arguments):
        code = main(["--racine", str(project.root), *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.lent
def test_the_example_is_written_and_imported(project, run):
    assert run("exemple")[0] == 0
    code, out, err = run("importer", project.root / "data/exemple/2020-11", "--campagne", "2020-11")

    assert (code, err) == (0, "")
    assert "219 lignes lues = 212 gardées + 6 écartées + 1 en quarantaine" in out
    assert "Colonnes personnelles non conservées : ipaddr. Adresse IP" in out
    assert "dans data/quarantaine" in out
    again = run("importer", project.root / "data/exemple/2020-11", "--campagne", "2020-11")[1]
    assert again.count("déjà importé, rien ne change") == 11


def test_a_corrected_file_says_what_it_replaced(run, example, tmp_path):
    path = tmp_path / FILE
    path.write_bytes((example / "2020-11" / FILE).read_bytes())
    run("importer", path, "--campagne", "2020-11")
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([lines[0], *lines[2:]]))

    out = run("importer", path, "--campagne", "2020-11")[1]

    assert "remplace l’import précédent (0 ligne(s) ajoutée(s), 0 modifiée(s), 1 retirée(s))" in out


MISTAKES = [
    ((), 2, "Commande absente"),
    (("raports",), 2, "Commande inconnue : 'raports'. Vouliez-vous dire 'rapports' ?"),
    (("rapports", "--sit", "evry"), 2, "Option inconnue : '--sit'"),
    (("rapports", "--site"), 2, "L’option '--site' demande une valeur"),
    (("importer", "x.csv"), 2, "Option absente : '--campagne'"),
    (("importer", "--campagne", "2020-11"), 2, "Argument absent : 'FICHIER…'"),
    (("exemple", "trop"), 2, "Argument en trop (trop)"),
    (("importer", "absent.csv", "--campagne", "2020-11"), 6, "Impossible de lire"),
    (("importer", "x.csv", "--campagne", "2020-12"), 5, "Campagne : « 2020-12 » est inconnu"),
    (
        ("importer", "x.csv", "--campagne", "2020-11", "--site", "evri"),
        5,
        "Vouliez-vous dire « evry » ?",
    ),
    (("rapports",), 9, "Aucun fichier n’a été importé"),
    (("rapports", "--campagne", "2020-11"), 9, "qpref importer"),
    (("rapports", "--campagne", "2020"), 5, "Valeurs connues : 2019-11, 2020-11"),
    (
        ("rapports", "--campagne", "2020-11", "--notebook", "10_satisfactio"),
        5,
        "Vouliez-vous dire « 10_satisfaction »",
    ),
]


@pytest.mark.parametrize(("arguments", "code", "said"), MISTAKES)
def test_a_mistake_gives_a_sentence_and_a_code(run, arguments, code, said):
    found, out, err = run(*arguments)

    assert found == code
    assert said in out + err
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("vide.csv", b"", 6, "est vide"),
        ("image.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, 6, "fichier texte"),
        ("faux.xlsx", b"pas un classeur", 6, "nommé comme un classeur"),
        ("autre.csv", b"Nom;Montant\r\nx;3\r\n", 6, "Nom, Montant"),
        ("colonnes.csv", b"id;submitdate;G01Q01\r\n1;2020-11-17;x\r\n", 7, "colonnes absentes"),
        ("passages.csv", b"Site;Passages\r\nx;3\r\n", 7, "Demi-journ"),
        ("note.docx", b"PK", 6, "pas un tableau"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_stored(
    project, run, tmp_path, name, content, code, said
):
    path = tmp_path / name
    path.write_bytes(content)

    found, _, err = run("importer", path, "--campagne", "2020-11")

    assert found == code
    assert name in err
    assert said in err
    assert "Traceback" not in err
    assert not Store(project).imports("2020-11")


def test_a_bad_file_does_not_stop_the_others(project, run, example, tmp_path):
    bad = tmp_path / "vide.csv"
    bad.write_bytes(b"")
    code, out, err = run("importer", bad, example / "2020-11" / FILE, "--campagne", "2020-11")

    assert code == 6
    assert "Les autres fichiers sont importés" in err
    assert "219 lignes lues" in out
    assert len(Store(project).imports("2020-11")) == 1


def test_a_folder_without_files_is_refused(run, tmp_path):
    code, _, err = run("importer", tmp_path, "--campagne", "2020-11")

    assert code == 6
    assert "ne contient aucun fichier" in err


def test_conflicting_data_are_refused_with_their_own_code(run, example, tmp_path):
    run("importer", example / "2020-11" / FILE, "--campagne", "2020-11")
    other = tmp_path / "copie.csv"
    other.write_bytes((example / "2020-11" / FILE).read_bytes() + b"\r\n")

    code, _, err = run("importer", other, "--campagne", "2020-11")

    assert code == 8
    assert "donnez-lui le même nom" in err


def test_outside_a_project_the_remedy_is_said(tmp_path, capsys):
    assert main(["--racine", str(tmp_path), "rapports"]) == 3
    assert "--racine" in capsys.readouterr().err


def test_a_wrong_reference_file_has_its_own_code(project, run):
    path = project.reference / "clu.yml"
    path.write_text(path.read_text(encoding="utf-8") + "autre: 1\n", encoding="utf-8")

    code, _, err = run("rapports")

    assert code == 4
    assert "clu.yml" in err
    assert "autre : clé inconnue" in err


@pytest.mark.usefixtures("imported")
def test_a_notebook_with_other_parameters_is_refused_before_it_runs(project, run):
    path = project.notebooks / "10_satisfaction.ipynb"
    text = path.read_text(encoding="utf-8").replace("campagne = ", "campaign = ")
    path.write_text(text, encoding="utf-8")

    code, _, err = run("rapports", "--campagne", "2020-11", "--notebook", "10_satisfaction")

    assert code == 10
    assert "paramètres non fournis : campaign ; paramètres non déclarés : campagne" in err


@pytest.mark.lent
def test_help_is_in_french(project):
    for arguments in ((), ("exemple",), ("importer",), ("rapports",)):
        found = qpref(project, *arguments, "--help")
        assert found.returncode == 0
        assert "Utilisation :" in found.stdout
        assert not any(word in found.stdout for word in ("Usage", "Show", "exit", "required"))


@pytest.mark.lent
def test_the_command_in_its_own_process_prints_no_traceback(project):
    found = qpref(project, "rapports", "--campagne", "2031-01")

    assert found.returncode == 5
    assert "Traceback" not in found.stderr
    assert "« 2031-01 » est inconnu" in found.stderr


def test_no_argument_at_all_shows_the_help(capsys):
    assert main([]) == 2
    assert "Utilisation : qpref" in capsys.readouterr().out


def test_the_version_is_printed(project):
    assert qpref(project, "--version").stdout.startswith("qpref 0.")


def test_the_registry_is_readable_json(project, run, example):
    run("importer", example / "2020-11" / FILE, "--campagne", "2020-11")

    content = json.loads((project.clean / "imports" / "2020-11.json").read_text(encoding="utf-8"))
    assert content["imports"][0]["gardees_par_site"] == {
        "etampes": 36,
        "evry": 131,
        "palaiseau": 45,
    }


def test_agents_names_listed_by_the_unit_are_masked(project, run, example):
    project.received.mkdir(parents=True)
    (project.received / "noms.txt").write_text("Guichet\n\n", encoding="utf-8")
    path = project.received / FILE
    path.write_bytes((example / "2020-11" / FILE).read_bytes())

    code, out, _ = run("importer", project.received, "--campagne", "2020-11")

    texts = Store(project).read("verbatims", "2020-11", "evry")["texte_masque"]
    assert code == 0
    assert "noms.txt" not in out
    assert not texts.str.contains(r"\bguichet\b", case=False).any()
    assert texts.str.contains(r"[nom]", regex=False).any()


@pytest.mark.nuit
@pytest.mark.usefixtures("imported")
def test_the_bench_splits_the_cost_of_a_report(project, run):
    for path in project.notebooks.glob("*.ipynb"):
        if path.stem != "20_enquete_mystere":  # the project's own replaces ours: no report of it
            text = path.read_text(encoding="utf-8").replace('"natures"', '"sans"')
            path.write_text(text, encoding="utf-8")

    code, out, _ = run("banc", "--parallele", "1", "--rapports", "1000", "--json")

    found = json.loads(out)
    assert code == 0
    costs = found["rapports"]["20_enquete_mystere"]
    assert set(costs) == {
        "processus", "preparation", "lecture", "analyse", "rendu", "enregistrement"
    }  # fmt: skip
    assert all(seconds >= 0 for seconds in costs.values())
    once = found["python"] + found["chargement"]
    expected = once + 1000 * found["rapport_de_plus"]
    assert found["prevision"] == {"rapports": 1000, "secondes": pytest.approx(expected)}
    assert not any(project.reports.glob("2020-11/*"))


@pytest.mark.lent
@pytest.mark.usefixtures("imported")
def test_events_come_as_lines_of_json(run):
    only = ("--campagne", "2020-11", "--site", "evry", "--notebook", "20_enquete_mystere", "--json")

    planned = run("rapports", *only, "--plan")[1]
    assert json.loads(planned) == {
        "evenement": "plan", "campagne": "2020-11", "site": "evry",
        "notebook": "20_enquete_mystere", "raison": "jamais fait",
    }  # fmt: skip
    code, out, _ = run("rapports", *only)
    events = [json.loads(line) for line in out.splitlines()]
    end, total = events[-2:]
    assert code == 0
    assert events[0]["evenement"] == "debut"
    assert {event["evenement"] for event in events[1:-2]} == {"cellule"}
    assert end["echec"] is None
    assert sum(end["etapes"].values()) < end["secondes"]
    assert [cell["secondes"] for cell in end["cellules"]] == sorted(
        (cell["secondes"] for cell in end["cellules"]), reverse=True
    )
    assert {name: total[name] for name in ("faits", "echecs", "a_jour")} == {
        "faits": 1, "echecs": 0, "a_jour": 0
    }  # fmt: skip
    assert "Cellules les plus longues" in run("rapports", *only[:-1], "--forcer")[1]
