"""
A project of version 0.1.0 (`echelle`, `contact`, `principale`) is read, migrated, reported on.

`tests/unit/ancien` holds one that the version of commit 8623abf reads, with a notebook of its own,
an action and a meeting. All in it is invented.
"""

import shutil

import pytest
import yaml

from qpref.cli import main
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.checking import check
from qpref.reference.rewriting import CannotRewriteError, rewritten
from tests.conftest import ROOT

FORMER = ROOT / "tests" / "unit" / "ancien"
QUESTIONNAIRE = "data/reference/questionnaire/usagers.yml"


@pytest.fixture
def old(tmp_path):
    return Project(shutil.copytree(FORMER, tmp_path / "projet"))


def run(project, *arguments):
    return main(["--racine", str(project.root), *arguments])


def files(project):
    paths = (path for path in project.root.rglob("*") if path.is_file())
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in paths}


def comments(text):
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


def words(text):
    """Return the keys and values of a text in order, without those that a migration changes."""
    found = text.replace(",", " ").replace("{", " ").replace("}", " ").split()
    return [word for word in found if word.startswith(('"', "'"))]


def test_a_former_project_is_read_as_it_is_and_told_former(old):
    checked = check(old)
    assert checked.problems == ()
    assert [path.name for path in checked.former] == ["usagers.yml"]
    asked = load_reference(old.reference).questionnaires["usagers"]
    assert asked.main == "global"
    assert {name: q.id for name, q in asked.by_role.items()} == {
        "site": "site", "date": "date_visite", "mode": "mode", "retraite": "retraite",
        "aisance_numerique": "aisance_numerique", "satisfaction_globale": "global",
        "coordonnees": "courriel", "aide": "aides",
    }  # fmt: skip


def test_a_trial_writes_nothing_and_says_what_would_be_done(old, capsys):
    before = files(old)

    assert run(old, "migrer", "--essai") == 0

    assert files(old) == before
    said = capsys.readouterr().out
    assert f"{QUESTIONNAIRE} : écrit comme le lit cette version" in said
    assert "rien n’a été écrit" in said


def test_a_migration_changes_keys_only_and_keeps_the_former_file(old):
    before = (old.root / QUESTIONNAIRE).read_text(encoding="utf-8")
    meant = load_reference(old.reference)

    assert run(old, "migrer") == 0

    after = (old.root / QUESTIONNAIRE).read_text(encoding="utf-8")
    kept = (old.root / f"{QUESTIONNAIRE}.avant-migration").read_text(encoding="utf-8")
    assert kept == before
    assert comments(after)[1:] == comments(before)  # the first line now names the schema
    assert words(after) == words(before)
    for gone in ("principale", "type: echelle", "type: contact"):
        assert gone not in after
    for new in ("role: satisfaction_globale", "type: opinion", "role: coordonnees", "saisie: oui",
                "favorables: usagers satisfaits", "role: aide"):  # fmt: skip
        assert new in after
    found = load_reference(old.reference)
    assert found.questionnaires == meant.questionnaires
    assert (found.plan, found.grid, found.standard) == (meant.plan, meant.grid, meant.standard)
    assert check(old).former == ()
    assert check(old).problems == ()


def test_a_second_migration_finds_nothing_to_do(old):
    run(old, "migrer")
    before = files(old)
    assert run(old, "migrer") == 0
    assert files(old) == before


def test_line_ends_and_mark_stay_as_they_were(old):
    path = old.root / QUESTIONNAIRE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert run(old, "migrer") == 0

    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf#")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"role: satisfaction_globale" in content
    assert check(old).problems == ()


def test_what_cannot_be_changed_key_by_key_is_left_with_the_remedy(old, capsys):
    """A value written once for two questions, that are no more of the same type."""
    path = old.root / QUESTIONNAIRE
    text = path.read_text(encoding="utf-8")
    text = text.replace("type: echelle, echelle: internet", "type: &t echelle, echelle: internet")
    text = text.replace("type: echelle, echelle: avis", "type: *t, echelle: avis")
    assert text.count("*t") == 1
    path.write_text(text, encoding="utf-8")
    assert check(old).problems == ()

    assert run(old, "migrer") == 4

    assert path.read_text(encoding="utf-8") == text
    said = capsys.readouterr().err
    assert "Laissé tel quel" in said
    assert "usagers.yml" in said
    assert "relancez" in said


def test_a_wrong_file_is_left_with_its_fault(old, capsys):
    path = old.root / QUESTIONNAIRE
    path.write_text(path.read_text("utf-8").replace("theme: bilan", "theme: bilans"), "utf-8")
    before = path.read_bytes()

    assert run(old, "migrer") == 4

    assert path.read_bytes() == before
    assert "thème « bilans » inconnu" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("a: 1 # un\nb: 2\n", {"a": 3, "b": 2}, "a: 3 # un\nb: 2\n"),
        ("a: 1\nb: 2 # deux\nc: 3\n", {"a": 1, "c": 3}, "a: 1\n# deux\nc: 3\n"),
        ("- b: 2\n  a: 1\n", [{"a": 1}], "- a: 1\n"),
        ("{a: 1, b: 2}\n", {"a": 1}, "{a: 1}\n"),
        ("{b: 2, a: 1}\n", {"a": 1}, "{a: 1}\n"),
        ("a: 1 # un\nc: 3\n", {"a": 1, "b": "x", "c": 3}, "a: 1 # un\nb: x\nc: 3\n"),
        ("{a: 1, c: 3}\n", {"a": 1, "b": [1], "c": 3}, "{a: 1, b: [1], c: 3}\n"),
        ("l: [a, b]\n", {"l": ["a"]}, "l: [a]\n"),
    ],
)
def test_a_text_is_changed_where_its_values_are(text, wanted, expected):
    found = rewritten(text, wanted, {"b": "a"})
    assert found == expected
    assert yaml.safe_load(found) == wanted


def test_a_text_that_would_lose_comments_is_refused():
    with pytest.raises(CannotRewriteError):
        rewritten("l:\n  - a # un\n  - b\n", {"l": ["a"]}, {})


@pytest.mark.lent
@pytest.mark.notebook
def test_a_migrated_project_gives_its_reports(old):
    """Its own notebook too, and the documents of its meeting."""
    assert run(old, "migrer") == 0
    assert run(old, "importer", str(old.root / "reponses.csv"), "--campagne", "2021-05") == 0

    made = ("10_satisfaction", "70_retraites")
    wanted = [word for name in made for word in ("--notebook", name)]
    assert run(old, "rapports", "--campagne", "2021-05", *wanted) == 0

    folder = old.report_folder("2021-05", "alencon")
    assert all((folder / f"{name}.html").exists() for name in made)
    assert "60" in (folder / "70_retraites.html").read_text(encoding="utf-8")
    assert run(old, "clu", "suivi", "--reunion", "2021-06") == 0
