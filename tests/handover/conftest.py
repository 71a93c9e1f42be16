"""A small project whose archives cost little, and costs of encryption that tests can bear."""

import pytest

from qpref.handover import age
from qpref.project import Project
from tests.deuxieme.conftest import second_filled

__all__ = ["second_filled"]
PHRASE = "quatre mots sans rapport"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    monkeypatch.setattr(age, "WORK", 4)
    monkeypatch.setenv("QPREF_PHRASE_SECRETE", PHRASE)


@pytest.fixture
def small(tmp_path):
    """A project of four files: one that compresses, one that does not, one empty, one accented."""
    folder = tmp_path / "petit"
    for name, content in {
        "data/reference/sites.yml": b"- site\n" * 200,
        "data/brut/re\u00e7u.csv": bytes(range(256)) * 3,
        "data/propre/version": b"1\n",
        "notebooks/local/vide.py": b"",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Project(folder)
