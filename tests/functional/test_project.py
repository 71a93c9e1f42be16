"""A project of one's own: asked or told, it holds what is the user's, and loads as it is."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from qpref.batch.plan import report_notebooks
from qpref.cli import commands, main
from qpref.errors import (
    MissingDataError,
    ReferenceFileError,
    UnknownKeyError,
    UnreadableFileError,
    UsageError,
)
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.schemas import modeline
from qpref.shipped import originals, schemas
from qpref.starter.adapting import adapted, names
from qpref.store import Store
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "intake" / "echantillons"
FORM = SAMPLES / "29_colonne_date.csv"
TOLD = (
    "--departement", "Eure", "--prefecture", "Évreux", "--sous-prefecture", "Les Andelys",
    "--sous-prefecture", "Sous-préfecture de Bernay", "--cert", "--modules", "Évreux=2,1,5",
    "--modules", "bernay=3", "--campagne", "2020-11", "--du", "2020-11-16", "--au", "2020-12-04",
)  # fmt: skip


def create(folder, *words):
    return main(["projet", "creer", str(folder), *map(str, words)])


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_what_is_told_is_what_is_read(tmp_path, capsys):
    assert create(tmp_path / "eure", *TOLD, "--questionnaire", FORM, "--oui") == 0

    said = capsys.readouterr().out
    project = Project.find(tmp_path / "eure" / "data" / "brut")
    found = load_reference(project.reference)
    assert project.root == tmp_path / "eure"
    assert found.sites.departement == "Eure"
    assert [(s.id, s.nom, s.nom_court, s.cert, s.modules) for s in found.sites.sites] == [
        ("evreux", "Préfecture d’Évreux", "Évreux", "oui", [1, 2, 5]),
        ("les-andelys", "Sous-préfecture des Andelys", "Les Andelys", "non", []),
        ("bernay", "Sous-préfecture de Bernay", "Bernay", "non", [3]),
    ]
    assert all(s.source.startswith("Déclaré par le projet") for s in found.sites.sites)
    campaign = found.campaign("2020-11")
    assert (campaign.libelle, str(campaign.debut), str(campaign.fin)) == (
        "novembre-décembre 2020", "2020-11-16", "2020-12-04"
    )  # fmt: skip
    assert campaign.objectifs == {}
    assert (found.committee.remarques, found.plan.actions, found.labelling) == ([], [], None)
    # The rules are those of the référentiel that ships: modules 1 and 2 with a CERT, 1 without.
    assert "Évreux : modules 1, 2 et 5. Conforme" in said
    assert "Bernay : module 3. Il manque le module 1" in said


def test_only_what_is_the_user_s_is_written(tmp_path):
    """Neither notebooks nor référentiel nor grid: they come, and change, with the program."""
    create(tmp_path / "eure", *TOLD, "--questionnaire", FORM, "--oui")

    reference = (
        "sites",
        "campagnes",
        "clu",
        "actions",
        "labellisation",
        "indicateurs",
        "reclamations",
    )
    assert set(files(tmp_path / "eure")) == {
        "LISEZMOI.txt", ".gitignore", "data/reference/questionnaire/satisfaction-1.yml",
        *(f"data/reference/{name}.yml" for name in reference),
        *(f"data/reference/schemas/{path.name}" for path in schemas()),  # for their editor
        "data/ecrits/projet/data/reference/schemas.jsonl",  # what is ours of the last ones
    }  # fmt: skip
    for name in reference:
        first = (
            (tmp_path / "eure/data/reference" / f"{name}.yml").read_text("utf-8").splitlines()[0]
        )
        assert first == modeline(name)
    assert main(["--racine", str(tmp_path / "eure"), "projet", "verifier"]) == 0
    assert (tmp_path / "eure" / "data" / "brut").is_dir()
    text = "".join(content.decode() for content in files(tmp_path / "eure").values())
    assert not re.search(
        "essonne|évry|étampes|palaiseau|(?<![0-9a-f])141(?![0-9a-f])", text, re.IGNORECASE
    )


@pytest.mark.parametrize("name", ["19_structure_bilingue.lss", "09_limesurvey_export_excel.xlsx"])
def test_a_questionnaire_is_drafted_from_other_files(tmp_path, name):
    assert create(tmp_path / "p", *TOLD, "--questionnaire", SAMPLES / name, "--oui") == 0

    found = load_reference(tmp_path / "p" / "data" / "reference")
    assert found.questionnaire("2020-11").source == name


def test_its_answers_are_imported(tmp_path):
    create(tmp_path / "p", *TOLD, "--questionnaire", FORM, "--oui")
    project = Project(tmp_path / "p")
    shutil.copy(FORM, project.received)
    words = ("importer", str(project.received), "--campagne", "2020-11", "--site", "bernay")

    assert main(["--racine", str(project.root), *words]) == 0
    (entry,) = Store(project).imports("2020-11")
    assert entry.gardees_par_site == {"bernay": 8}  # the rows of the sample


@pytest.mark.parametrize("taken", ["LISEZMOI.txt", ".cache", "un/deux/trois.txt"])
def test_a_folder_that_holds_something_is_refused_untouched(tmp_path, taken, capsys):
    path = tmp_path / "p" / taken
    path.parent.mkdir(parents=True)
    path.write_text("à moi", encoding="utf-8")
    before = files(tmp_path)

    assert create(tmp_path / "p", *TOLD, "--oui") == UsageError.exit_code
    assert "contient déjà" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, capsys):
    (tmp_path / "p").write_bytes(b"x")
    assert create(tmp_path / "p", *TOLD, "--oui") == UsageError.exit_code
    assert "est un fichier" in capsys.readouterr().err


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "p").mkdir()
    assert create(tmp_path / "p", *TOLD, "--oui") == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--oui",), UsageError.exit_code, "--departement, --prefecture ou --sous-prefecture"),
        ((*TOLD, "--modules", "rouen=1", "--oui"), UsageError.exit_code, "evreux, les-andelys"),
        ((*TOLD, "--modules", "bernay=un", "--oui"), UsageError.exit_code, "SITE=1,3,6"),
        ((*TOLD, "--sous-prefecture", "Évreux", "--oui"), UsageError.exit_code, "« evreux »"),
        ((*TOLD, "--sous-prefecture", "?!", "--oui"), UsageError.exit_code, "« ?! »"),
        ((*TOLD, "--campagne", "Hiver", "--oui"), UsageError.exit_code, "« Hiver »"),
        ((*TOLD, "--au", "2020-11-01", "--oui"), UsageError.exit_code, "précède"),
        (
            (*TOLD, "--questionnaire", "absent.lss", "--oui"),
            UnreadableFileError.exit_code,
            "absent",
        ),
        (
            (*TOLD, "--sous-prefecture", "Ensemble", "--questionnaire", FORM, "--oui"),
            ReferenceFileError.exit_code,
            "« ensemble »",
        ),
    ],
)
def test_what_cannot_be_is_told_and_nothing_written(tmp_path, words, code, said, capsys):
    assert create(tmp_path / "p", *words) == code
    error = capsys.readouterr().err
    assert said in error
    assert not (tmp_path / "p").exists()
    assert "Traceback" not in error


def test_the_month_of_the_campaign_is_supposed_and_said_so(tmp_path):
    words = ("--departement", "Eure", "--sous-prefecture", "Bernay", "--campagne", "2027-02")
    assert create(tmp_path / "p", *words, "--questionnaire", FORM, "--oui") == 0

    found = load_reference(tmp_path / "p" / "data" / "reference")
    campaign = found.campaign("2027-02")
    assert (str(campaign.debut), str(campaign.fin)) == ("2027-02-01", "2027-02-28")
    assert campaign.certitude == "suppose"
    assert found.site("bernay").cert == "inconnu"


def test_what_is_not_told_is_asked_in_french(tmp_path):
    answers = [
        "Orne", "Alençon", "Argentan, Mortagne-au-Perche", "non", "2026-11-16", "2026-12-04", "",
        str(FORM), "1,3", "", "1",
    ]  # fmt: skip
    command = ["projet", "creer", str(tmp_path / "orne")]
    made = CliRunner().invoke(commands, command, input="\n".join(answers) + "\n")

    assert made.exit_code == 0, made.output
    assert "Département" in made.output
    assert "Modules choisis par Argentan" in made.output
    found = load_reference(tmp_path / "orne" / "data" / "reference")
    assert [(s.id, s.cert, s.modules) for s in found.sites.sites] == [
        ("alencon", "non", [1, 3]), ("argentan", "non", []), ("mortagne-au-perche", "non", [1])
    ]  # fmt: skip
    assert found.campaign("2026-11").questionnaire == "satisfaction-1"


def test_questions_left_unanswered_write_nothing(tmp_path):
    made = CliRunner().invoke(commands, ["projet", "creer", str(tmp_path / "p")], input="Orne\n")

    assert isinstance(made.exception, UsageError)
    assert "rien n’a été écrit" in str(made.exception)
    assert not (tmp_path / "p").exists()


def test_the_questionnaire_may_come_later(tmp_path, capsys):
    """Until then each command says how to draft it; the draft in its place is the one awaited."""
    assert create(tmp_path / "p", *TOLD, "--oui") == 0
    root = ["--racine", str(tmp_path / "p")]
    assert main([*root, "rapports"]) == ReferenceFileError.exit_code
    told = re.search(r"--vers (\S+\.yml)", capsys.readouterr().err).group(1)
    assert told in (tmp_path / "p" / "LISEZMOI.txt").read_text(encoding="utf-8")

    path = tmp_path / "p" / told
    assert main([*root, "dictionnaire", "proposer", str(FORM), "--vers", str(path)]) == 0
    found = load_reference(tmp_path / "p" / "data" / "reference")
    assert found.questionnaire("2020-11").id == "satisfaction-1"


def test_a_draft_that_must_be_mended_is_written_and_told(tmp_path, monkeypatch, capsys):
    """The user's sites and campaign are good: the folder is theirs, what to correct is said."""
    draft = "qpref.starter.creation.draft_questionnaire"
    monkeypatch.setattr(draft, lambda *_, **__: "id: satisfaction-1\nlibelle: x\n")

    assert create(tmp_path / "p", *TOLD, "--questionnaire", FORM, "--oui") == 0

    error = capsys.readouterr().err
    assert "À corriger avant d’importer" in error
    assert str(tmp_path / "p" / "data") in error.replace("\n", "")
    assert "clé obligatoire absente" in error.replace("\n", " ")


TEXT = st.text(min_size=1, max_size=12).filter(lambda text: not text.startswith("-"))


@given(TEXT, TEXT, st.lists(TEXT, max_size=2))
def test_any_name_is_kept_or_refused(tmp_path_factory, department, town, others):
    """Quotes, colons, other alphabets, control characters: read back as said, or a sentence."""
    folder = Path(tmp_path_factory.mktemp("noms"), "p")
    words = ["--departement", department, "--prefecture", town]
    words += [word for name in others for word in ("--sous-prefecture", name)]
    code = create(folder, *words, "--campagne", "2026-11", "--questionnaire", FORM, "--oui")

    assert code in {0, UsageError.exit_code, ReferenceFileError.exit_code}
    assert folder.exists() == (code == 0)
    if code == 0:
        found = load_reference(folder / "data" / "reference").sites
        assert found.departement == department.strip()
        kept = " ".join(town.replace("'", "’").split())
        assert found.sites[0].nom.endswith(kept) or kept.startswith("L")


# Shipped files taken into a project


@pytest.fixture
def orne(tmp_path):
    create(tmp_path / "orne", *TOLD, "--questionnaire", FORM, "--oui")
    return Project(tmp_path / "orne")


def adapter(project, *words):
    return main(["--racine", str(project.root), "projet", "adapter", *words])


@pytest.mark.parametrize("name", ["10_satisfaction", "referentiel", "mystere"])
def test_a_shipped_file_is_adapted_once(orne, name, capsys):
    assert adapter(orne, name) == 0
    path = orne.root / names()[name]
    assert path.read_bytes() == originals()[names()[name]].read_bytes()

    path.write_bytes(path.read_bytes() + b"\n")
    before = path.read_bytes()
    assert adapter(orne, name) == UsageError.exit_code
    assert "déjà dans le projet" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_project_s_notebook_replaces_ours_and_only_that_one(orne):
    ours = {one.name: one.path for one in report_notebooks(orne.notebooks)}
    adapter(orne, "10_satisfaction")
    now = {one.name: one.path for one in report_notebooks(orne.notebooks)}

    assert now.pop("10_satisfaction") == orne.notebooks / "10_satisfaction.ipynb"
    del ours["10_satisfaction"]
    assert now == ours


def test_an_original_that_changed_since_is_told_until_it_is_read(orne, monkeypatch, capsys):
    """A new version of qpref: its files are elsewhere, one of them says something else."""
    for name in ("10_satisfaction", "mystere"):
        adapter(orne, name)
        path = orne.root / names()[name]
        path.write_bytes(path.read_bytes().replace(b"Appels", b"Coups de fil") + b"\n")
    newer = orne.root.parent / "version"
    for path, original in originals().items():
        (newer / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(original, newer / path)
    changed = newer / "notebooks" / "10_satisfaction.ipynb"
    changed.write_bytes(changed.read_bytes().replace(b"usagers", b"visiteurs"))
    monkeypatch.setattr("qpref.shipped.root", lambda: newer)

    def told():
        capsys.readouterr()
        assert adapter(orne, "--etat") == 0
        return capsys.readouterr().out.splitlines()

    grid, notebook = sorted(told(), key=lambda line: "notebooks/" in line)
    assert "mystere.yml : adapté ; l’original n’a pas changé" in grid
    assert "10_satisfaction.ipynb : l’original a changé depuis votre copie" in notebook
    assert str(changed) in notebook
    assert [one.name for one in adapted(orne) if one.is_to_review] == ["10_satisfaction"]

    assert adapter(orne, "10_satisfaction", "--relu") == 0
    assert "l’original a changé" not in "".join(told())


def test_a_copy_of_unknown_origin_is_told(orne, capsys):
    """What an older way of installing left in the project."""
    adapter(orne, "10_satisfaction")
    (orne.root / "adaptations.jsonl").unlink()
    assert [one.state for one in adapted(orne)] == ["identique"]

    path = orne.notebooks / "10_satisfaction.ipynb"
    path.write_bytes(path.read_bytes() + b" ")
    adapter(orne, "--etat")
    assert "rien ne dit de quel original" in capsys.readouterr().out


def test_what_does_not_ship_is_not_adapted(orne, capsys):
    assert adapter(orne, "10_satisfactoin") == UnknownKeyError.exit_code
    assert "Vouliez-vous dire « 10_satisfaction »" in capsys.readouterr().err
    assert adapter(orne) == UsageError.exit_code
    assert "mystere" in capsys.readouterr().err
    assert adapter(orne, "mystere", "--relu") == UsageError.exit_code


# What a project cannot report on yet


@pytest.fixture
def begun(orne):
    """Answers at one of three sites, no mystery survey, no follow-up of the label."""
    words = ("importer", str(FORM), "--campagne", "2020-11", "--site", "bernay")
    assert main(["--racine", str(orne.root), *words]) == 0
    return orne


def planned(project, capsys, *words):
    capsys.readouterr()
    assert main(["--racine", str(project.root), "rapports", "--plan", *words]) == 0
    return " ".join(capsys.readouterr().out.split())  # the terminal wraps


def test_what_has_no_data_yet_is_said_and_not_planned(begun, capsys):
    out = planned(begun, capsys)

    assert "2020-11, evreux, les-andelys, 10_satisfaction : pas encore, aucune donnée" in out
    assert "2020-11, evreux, les-andelys, bernay, 20_enquete_mystere : pas encore" in out
    assert "30_labellisation : pas encore, data/reference/labellisation.yml" in out
    assert "2020-11, bernay, 10_satisfaction : jamais fait" in out
    assert "3 rapport(s) à faire sur 3" in out  # satisfaction, analyses, and the joint synthesis


def test_what_was_named_is_planned_and_fails(begun, capsys):
    words = ("--notebook", "20_enquete_mystere", "--site", "bernay")
    assert "bernay, 20_enquete_mystere : jamais fait" in planned(begun, capsys, *words)

    assert main(["--racine", str(begun.root), "rapports", *words]) == 1
    assert "Aucune donnée pour 20_enquete_mystere" in capsys.readouterr().err


def test_a_site_without_any_data_is_told(begun, capsys):
    words = ("rapports", "--site", "evreux")
    assert main(["--racine", str(begun.root), *words]) == MissingDataError.exit_code
    assert "qpref importer" in capsys.readouterr().err


def test_reports_that_wait_are_told_to_programs_too(begun, capsys):
    capsys.readouterr()
    assert main(["--racine", str(begun.root), "rapports", "--plan", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    waiting = [one for one in events if one["evenement"] == "attente"]
    assert {one["notebook"] for one in waiting if one["site"] == "bernay"} == {
        "20_enquete_mystere", "27_indicateurs", "30_labellisation"
    }  # fmt: skip


def test_what_an_older_installation_copied_is_set_aside(orne, capsys):
    """It used to copy its notebooks into the project: they would hide those of each new version."""
    adapter(orne, "20_enquete_mystere")
    for name in ("10_satisfaction", "20_enquete_mystere"):
        shutil.copy(originals()[names()[name]], orne.notebooks)
        path = orne.notebooks / f"{name}.ipynb"
        path.write_bytes(path.read_bytes() + b" ")
    old = (orne.notebooks / "10_satisfaction.ipynb").read_bytes()

    assert main(["--racine", str(orne.root), "migrer"]) == 0

    assert "notebooks/anciens/10_satisfaction.ipynb" in capsys.readouterr().out
    assert (orne.notebooks / "anciens" / "10_satisfaction.ipynb").read_bytes() == old
    assert [path.name for path in orne.notebooks.glob("*.ipynb")] == ["20_enquete_mystere.ipynb"]
    found = {one.name: one.path for one in report_notebooks(orne.notebooks)}
    assert found["10_satisfaction"] == originals()["notebooks/10_satisfaction.ipynb"]


@pytest.mark.skipif(shutil.which("make") is None, reason="make n’est pas installé")
def test_cleaning_removes_only_what_is_made_again():
    """No folder that may hold what respondents wrote, or what is drawn from it."""
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "nettoyer"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = done.stdout.splitlines()
    assert line.split() == [
        "rm", "-rf", ".venv", ".venv-minimum", "dist", "docs/_site", "data/exemple"
    ]  # fmt: skip
