"""Each sample gives its right answers: those of the table beside the samples, and nothing else."""

import pytest

from tests.intake.echantillons import EXPECTED, FOLDER, faults_of, follow, in_this_process, run


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Follow a sample from its file to its tables, once."""
    found = {}

    def once(row):
        name = row["fichier"]
        if name not in found:
            with in_this_process():
                found[name] = follow(row, tmp_path_factory.mktemp("echantillon"))
        return found[name]

    return once


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["fichier"])
def test_a_sample_gives_its_right_answers(row, followed):
    assert faults_of(row, followed(row)) == []


def test_every_sample_is_in_the_table():
    apart = {".py", ".lss"}
    files = {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix not in apart}

    assert files - {"attendus.csv", "comptes.csv"} == {row["fichier"] for row in EXPECTED}


def test_no_personal_value_of_a_sample_is_printed(followed):
    """Names, addresses and telephones of the samples: invented, and never on the screen."""
    secrets = ("exemple.invalid", "Zorglub", "06 39 98", "192.0.2.")
    for row in EXPECTED:
        with in_this_process():
            _, said = run("inspecter", FOLDER / row["fichier"])
        said += followed(row).said
        assert not [secret for secret in secrets if secret in said], row["fichier"]


def test_a_bilingual_structure_is_drafted_in_its_base_language(tmp_path):
    """The base language is French; the other one, English, comes first in the file."""
    path = FOLDER / "19_structure_bilingue.lss"
    code, said = run("dictionnaire", "proposer", path, "--vers", tmp_path / "d.yml")
    draft = (tmp_path / "d.yml").read_text(encoding="utf-8")

    assert code == 0, said
    assert draft.count("Êtes-vous satisfait de l’accueil ?") == 2  # texte, texte_court
    assert "Satisfied" not in draft
