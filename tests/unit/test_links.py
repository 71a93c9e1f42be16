"""A junction of Windows is a link: no walk enters it, nothing of it is saved or searched."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from qpref.clu.traces import files
from qpref.handover.contents import contents as saved
from qpref.intake.folders import Looking, contents
from qpref.links import is_link

JUNCTION, CLOUD = 0xA0000003, 0x9000601A  # of Microsoft's [MS-FSCC] 2.1.2.1


@pytest.fixture
def tagged(monkeypatch):
    """Folders bear a tag as Windows gives them, by their names."""
    tags = {"jonction": JUNCTION, "nuage": CLOUD}
    asked = os.lstat

    def lstat(path, **options):
        found = asked(path, **options)
        return SimpleNamespace(st_reparse_tag=tags.get(Path(path).name, 0), st_mode=found.st_mode)

    monkeypatch.setattr("qpref.links.os", SimpleNamespace(lstat=lstat))


@pytest.mark.usefixtures("tagged")
def test_a_junction_is_a_link_and_a_folder_kept_in_a_cloud_is_none(tmp_path):
    for name in ("jonction", "nuage", "dossier"):
        (tmp_path / name).mkdir()

    assert is_link(tmp_path / "jonction")
    assert not is_link(tmp_path / "nuage")
    assert not is_link(tmp_path / "dossier")
    assert not is_link(tmp_path / "absent")


@pytest.mark.usefixtures("tagged")
def test_no_walk_enters_a_junction(project):
    inside = project.received / "jonction"
    inside.mkdir(parents=True)
    (inside / "secret.csv").write_bytes(b"x")

    found = contents(project.received, Looking())
    assert found.files == []
    assert "jonction/ : lien vers un dossier" in "\n".join(found.sentences)
    assert inside / "secret.csv" not in [*files(project.root)]
    assert "secret" not in "".join(saved(project, is_personal=True).files)
