"""One archive of a project, and the same project out of it, or nothing at all."""

import hashlib
import json
import os
import shutil
import stat
import zipfile
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.errors import StorageError, UsageError
from qpref.handover.manifest import FOLDER, NAME, ArchiveError, check_names
from qpref.handover.restoring import restore
from qpref.handover.saving import save
from qpref.store.lock import held
from tests.handover.conftest import PHRASE

NOW = datetime(2026, 11, 27, 16, 0).astimezone()


def saved(project, target, passphrase=""):
    return save(project, target, NOW, is_personal=True, passphrase=passphrase)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".verrou")
    }


@pytest.mark.parametrize("passphrase", ["", PHRASE])
def test_what_is_saved_is_restored(small, tmp_path, passphrase):
    (small.root / "data" / "propre" / ".verrou").touch()
    archive = saved(small, tmp_path / "a.zip", passphrase)
    manifest = restore(archive.path, tmp_path / "ailleurs", lambda: passphrase)

    assert not (tmp_path / "ailleurs" / "data" / "propre" / ".verrou").exists()
    assert files(tmp_path / "ailleurs") == files(small.root)
    assert manifest == archive.manifest
    assert archive.sha256 == hashlib.sha256(archive.path.read_bytes()).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "ailleurs", "petit"]
    if os.name != "nt":
        assert stat.S_IMODE(archive.path.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "ailleurs").stat().st_mode) == 0o700


def test_nothing_readable_is_in_an_encrypted_archive(small, tmp_path):
    content = saved(small, tmp_path / "a.zip.age", PHRASE).path.read_bytes()

    assert b"sites.yml" not in content
    assert b"- site" not in content


def test_a_plain_archive_opens_without_qpref(small, tmp_path):
    with zipfile.ZipFile(saved(small, tmp_path / "a.zip").path) as archive:
        assert archive.testzip() is None
        assert archive.read("projet/data/brut/reçu.csv") == bytes(range(256)) * 3
        about = json.loads(archive.read(NAME))
    assert about["fichiers"]["notebooks/local/vide.py"] == {
        "octets": 0,
        "sha256": hashlib.sha256().hexdigest(),
    }


def test_what_is_there_is_never_replaced(small, tmp_path):
    target = tmp_path / "a.zip"
    target.write_bytes(b"le travail de quelqu'un")
    with pytest.raises(ArchiveError, match=r"a\.zip.*existe déjà"):
        saved(small, target)
    assert target.read_bytes() == b"le travail de quelqu'un"

    archive = saved(small, tmp_path / "b.zip").path
    (tmp_path / "occupe").mkdir()
    (tmp_path / "occupe" / "notes.txt").write_text("à moi")
    for folder in (tmp_path / "occupe", target):
        with pytest.raises(UsageError):
            restore(archive, folder, str)
    assert [path.name for path in (tmp_path / "occupe").iterdir()] == ["notes.txt"]


def test_a_file_named_meanwhile_stays(small, tmp_path, monkeypatch):
    """Somebody writes a file of that name while the archive is made."""
    target = tmp_path / "a.zip"
    real = os.link
    monkeypatch.setattr(os, "link", lambda *two: (target.write_bytes(b"autre"), real(*two)))

    with pytest.raises(ArchiveError, match="existe déjà"):
        saved(small, target)
    assert target.read_bytes() == b"autre"


def test_a_share_without_links_gets_its_archive(small, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)

    assert zipfile.ZipFile(saved(small, tmp_path / "a.zip").path).testzip() is None


def test_links_and_what_is_not_the_project_s_are_left_and_named(small, tmp_path):
    (tmp_path / "secret.txt").write_text("hors du projet")
    (small.root / "data" / "brut" / "lien.csv").symlink_to(tmp_path / "secret.txt")
    (small.root / "data" / "lié").symlink_to(tmp_path)
    (small.root / "mes-films").mkdir()

    archive = saved(small, tmp_path / "a.zip")

    assert set(archive.left) == {"data/brut/lien.csv (lien)", "data/lié (lien)", "mes-films"}
    assert "data/brut/lien.csv" not in archive.manifest.fichiers


@pytest.mark.parametrize(
    "names",
    [
        ["../dehors"], ["a/../../dehors"], ["/etc/dehors"], ["C:/dehors"], ["C:dehors"],
        ["a\\dehors"], ["a//b"], ["./a"], [""], ["\\\\serveur\\part\\x"], ["a\0b"],
        ["Data/a", "data/A"], ["re\u00e7u", "rec\u0327u"], ["a", "A/b"], ["a/b", "A"], ["\udcff"],
    ],
)  # fmt: skip
def test_a_name_that_leads_out_or_collides_is_refused(names):
    with pytest.raises(ArchiveError):
        check_names(names)


def test_names_that_windows_does_not_accept_are_refused_there():
    for name in ("data/nul", "data/a.txt:flux", "aux.csv", "aux/a.csv", "data/a?", "data /a"):
        check_names([name], is_windows=False)
        with pytest.raises(ArchiveError, match="Windows"):
            check_names([name], is_windows=True)


@pytest.mark.skipif(os.name == "nt", reason="one file there")
def test_two_files_that_another_system_takes_for_one_are_not_saved(small, tmp_path):
    (small.root / "data" / "brut" / "REÇU.csv").write_bytes(b"")

    with pytest.raises(ArchiveError, match="sont le même fichier"):
        saved(small, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def hostile(path, names, attributes=0o600 << 16, listed=None):
    """Write an archive whose list agrees with what it holds, or lists other names."""
    about = {
        "qpref": "0", "fait_le": NOW.isoformat(), "projet": "x", "personnelles": True,
        "fichiers": {
            name: {"octets": 4, "sha256": hashlib.sha256(b"mal\n").hexdigest()}
            for name in (names if listed is None else listed)
        },
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(FOLDER + name)
            entry.external_attr = attributes
            archive.writestr(entry, b"mal\n")
        archive.writestr(NAME, json.dumps(about))
    return path


@pytest.mark.parametrize(
    ("names", "more"),
    [
        (["../../dehors"], {}),
        (["/dehors"], {}),
        (["data/A", "data/a"], {}),
        (["data", "data/a"], {}),
        (["data/lien"], {"attributes": (stat.S_IFLNK | 0o777) << 16}),
        (["data/tube"], {"attributes": (stat.S_IFIFO | 0o600) << 16}),
        (["data/a", "data/b"], {"listed": ["data/a"]}),
        (["data/a"], {"listed": ["data/a", "data/b"]}),
    ],
)
def test_a_hostile_archive_writes_nothing_anywhere(names, more, tmp_path):
    place = tmp_path / "un" / "deux"
    place.mkdir(parents=True)
    archive = hostile(place / "x.zip", names, **more)
    before = files(tmp_path)

    with pytest.raises(ArchiveError):
        restore(archive, place / "neuf", str)

    assert files(tmp_path) == before
    assert not (place / "neuf").exists()


def test_the_same_name_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        hostile(tmp_path / "x.zip", ["data/a", "data/a"])

    with pytest.raises(ArchiveError):
        restore(tmp_path / "x.zip", tmp_path / "neuf", str)


def test_a_file_that_says_less_than_it_holds_is_refused_before_it_fills_the_disk(tmp_path):
    """A few kilobytes that would give a hundred megabytes."""
    path = tmp_path / "x.zip"
    about = {
        "qpref": "0", "fait_le": NOW.isoformat(), "projet": "x", "personnelles": True,
        "fichiers": {"data/a": {"octets": 4, "sha256": "0" * 64}},
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FOLDER + "data/a", bytes(100_000_000))
        archive.writestr(NAME, json.dumps(about))

    with pytest.raises(ArchiveError, match="data/a"):
        restore(path, tmp_path / "neuf", str)


def test_more_than_the_disk_holds_is_refused(small, tmp_path, monkeypatch):
    archive = saved(small, tmp_path / "a.zip").path
    full = os.statvfs_result((1, 1, 10, 0, 0, 1, 1, 1, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _: full)

    with pytest.raises(StorageError, match="il en reste 0"):
        restore(archive, tmp_path / "neuf", str)


@pytest.mark.parametrize("passphrase", ["", PHRASE])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_is_told_and_writes_nothing(small, tmp_path, passphrase, data):
    """A byte changed, the end cut, the middle emptied, taken out, swollen; some bytes are idle."""
    path = tmp_path / "a.zip"
    if not path.exists():
        saved(small, path, passphrase)
    good = path.read_bytes()
    kind = data.draw(st.sampled_from(["flip", "cut", "hole", "lost", "swollen"]))
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    if kind == "flip":
        bad[at] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del bad[at:]
    elif kind == "lost":
        del bad[at : at + 500]
    elif kind == "swollen":
        bad[at:at] = bytes(500)
    else:
        bad[at : at + 500] = bytes(min(500, len(bad) - at))
    target = tmp_path / f"{hashlib.sha256(bad).hexdigest()[:12]}.zip"
    target.write_bytes(bad)
    folder = tmp_path / f"{target.stem}-projet"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        restore(target, folder, lambda: passphrase)
        assert files(folder) == files(small.root)
    except ArchiveError as error:
        told = str(error)
        assert target.name in told
        assert not folder.exists()


def test_bytes_lost_in_the_middle_are_told_as_damage(small, tmp_path):
    """The list of files then points before the first byte, which systems refuse as a bad place."""
    path = tmp_path / "a.zip"
    saved(small, path, "")
    bad = bytearray(path.read_bytes())
    del bad[10:60]
    path.write_bytes(bad)

    with pytest.raises(ArchiveError, match="abîmée"):
        restore(path, tmp_path / "neuf", str)


def test_another_passphrase_or_a_later_format_is_told(small, tmp_path):
    archive = saved(small, tmp_path / "a.zip.age", PHRASE).path
    with pytest.raises(ArchiveError, match="phrase secrète"):
        restore(archive, tmp_path / "neuf", lambda: "une autre phrase")

    later = hostile(tmp_path / "b.zip", ["data/a"])
    with zipfile.ZipFile(later) as source:
        about = json.loads(source.read(NAME)) | {"format": 2, "qpref": "9.0"}
    later.unlink()
    with zipfile.ZipFile(later, "w") as target:
        target.writestr(NAME, json.dumps(about))
    with pytest.raises(ArchiveError, match="plus récente de qpref"):
        restore(later, tmp_path / "neuf", str)


def test_a_project_in_use_waits_then_says_who(small, tmp_path, monkeypatch):
    monkeypatch.setattr("qpref.store.lock.SECONDS", 0.1)
    with held(small.clean), pytest.raises(StorageError, match="une autre commande"):
        saved(small, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_short_passphrase_is_refused(small, monkeypatch, capsys):
    monkeypatch.setenv("QPREF_PHRASE_SECRETE", "azerty")

    code = main(["--racine", str(small.root), "projet", "sauvegarder", "--chiffrer"])

    assert code == UsageError.exit_code
    assert "12 caractères" in capsys.readouterr().err


def test_who_may_read_the_archive_is_said(small, tmp_path, capsys):
    run = ["--racine", str(small.root), "projet", "sauvegarder", "--vers"]
    assert main([*run, str(tmp_path / "a.zip")]) == 0
    assert "n’est pas chiffrée" in capsys.readouterr().err
    assert main([*run, str(tmp_path / "b.zip"), "--chiffrer"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "personne ne peut la lire" in said.out
    assert main(["projet", "restaurer", str(tmp_path / "b.zip"), str(tmp_path / "neuf")]) == 0
    assert files(tmp_path / "neuf") == files(small.root)
