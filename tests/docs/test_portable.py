"""The portable folder of Windows, without Windows: what is taken, refused, and written where."""

import hashlib
import re
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import pins  # noqa: E402 - scripts of tools/
import portable  # noqa: E402

LISTING = (
    "python311.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n"
)


def archive(path, top=""):
    """A fake « embeddable » archive, its files at the root or in one folder."""
    with zipfile.ZipFile(path, "w") as content:
        content.writestr(f"{top}python.exe", b"MZ")
        content.writestr(f"{top}python311.zip", b"PK")
        content.writestr(f"{top}python311._pth", LISTING)
    return path


def pinned(path):
    """What `ARCHIVES` would say of a file."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return (portable.Archive(digest, pins.NAMED, is_official=True, told=path.name),)


def installs_little(python, _wheels):
    package = python / portable.PACKAGES / "qpref"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Build from a fake archive, into an empty checkout; nothing is installed but one module."""
    source = archive(tmp_path / "python.zip")
    monkeypatch.setattr(portable, "ROOT", tmp_path)
    monkeypatch.setattr(portable, "install", installs_little)
    monkeypatch.setattr(portable, "known", lambda _path: pinned(source)[0])
    return lambda: portable.build(source)


def test_an_archive_of_another_digest_is_refused_in_a_sentence(tmp_path, capsys):
    path = archive(tmp_path / "autre.zip")

    assert portable.main([str(path)]) == 1

    told = capsys.readouterr().err
    assert hashlib.sha256(path.read_bytes()).hexdigest() in told
    assert portable.ARCHIVES[0].sha256 in told
    assert "Rien n’est fait" in told
    assert "Traceback" not in told


def test_a_folder_and_a_missing_file_are_refused_in_a_sentence(tmp_path, capsys):
    assert portable.main([str(tmp_path)]) == 1
    assert portable.main([str(tmp_path / "absent.zip")]) == 1
    assert portable.main([]) == 2

    assert capsys.readouterr().err.count(f"python-{pins.NAMED}-embed-amd64.zip") == 3


def test_the_digests_are_those_of_the_python_that_is_checked_and_the_first_is_for_users():
    first, *others = portable.ARCHIVES

    assert first.is_official
    assert not any(other.is_official for other in others)
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.sha256) for one in portable.ARCHIVES)
    assert {one.python for one in portable.ARCHIVES} == {pins.NAMED}


def test_a_known_archive_is_told_by_its_digest_whatever_its_name(tmp_path):
    path = archive(tmp_path / "n’importe quel nom.zip")

    assert portable.known(path, pinned(path)).told == path.name


@pytest.mark.parametrize("top", ["", "cp311/"])
def test_python_is_unpacked_from_the_root_or_from_the_only_folder(tmp_path, top):
    portable.unpack(archive(tmp_path / "python.zip", top), tmp_path / "qpref" / "python")

    names = {path.name for path in (tmp_path / "qpref" / "python").iterdir()}
    assert names == {"python.exe", "python311.zip", "python311._pth"}
    assert [path.name for path in (tmp_path / "qpref").iterdir()] == ["python"]


def test_modules_come_from_the_folder_and_from_nowhere_else(tmp_path):
    """Without `import site`, neither the user's packages nor a « .pth » file count."""
    portable.unpack(archive(tmp_path / "python.zip"), tmp_path / "python")
    portable.point_at_packages(tmp_path / "python")

    written = (tmp_path / "python" / "python311._pth").read_bytes()
    assert written == b"python311.zip\r\n.\r\nLib\\site-packages\r\n"


def test_the_zip_holds_python_the_packages_and_the_scripts_and_no_project(made):
    with zipfile.ZipFile(made()) as content:
        names = content.namelist()

    assert names == sorted(names)
    assert names == [
        "qpref/LISEZMOI.txt",
        "qpref/Qualité de service.cmd",
        "qpref/python/Lib/site-packages/qpref/__init__.py",
        "qpref/python/python.exe",
        "qpref/python/python311._pth",
        "qpref/python/python311.zip",
        "qpref/qpref.cmd",
    ]


def test_made_twice_it_is_the_same_bytes_and_nothing_else_is_left(made):
    first = made()
    before = first.read_bytes()

    assert made().read_bytes() == before
    assert [path.name for path in first.parent.iterdir()] == ["qpref-portable-windows.zip"]


def test_the_packages_are_those_of_windows_for_its_python_on_any_system(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(portable.offline, "pip", lambda *words: asked.append([*map(str, words)]))

    portable.install(tmp_path / "python", tmp_path)

    where = pins.environment("windows", pins.NAMED)
    wanted = {pin.bare() for pin in pins.read("base") if pin.applies(where)}
    text = (tmp_path / "paquets.txt").read_text(encoding="utf-8")
    assert set(re.findall(r"^[^ ]+==[^ ]+", text, re.MULTILINE)) == wanted
    assert {"win_amd64", "--require-hashes", "--target", "--no-deps"} <= set(asked[1])
    assert "--no-index" in asked[2]


def test_a_copy_that_is_for_tests_gives_a_zip_that_says_so(made, monkeypatch):
    (official,) = {portable.known(Path())}
    monkeypatch.setattr(portable, "known", lambda _path: official._replace(is_official=False))

    assert made().name == "qpref-portable-windows-essai.zip"


@pytest.mark.parametrize(("length", "is_refused"), [(200, False), (201, True)])
def test_a_path_is_counted_from_the_folder_that_is_unpacked(tmp_path, length, is_refused):
    """« qpref/ », a folder of 100 characters, « / », a name: the whole is of that length."""
    folder = tmp_path / "dossier" / ("d" * 100)
    folder.mkdir(parents=True)
    name = "n" * (length - len("qpref/") - 100 - 1)
    (folder / name).write_text("")
    path = tmp_path / "fait.zip"

    if is_refused:
        with pytest.raises(portable.Refused, match=rf"1 chemin.*200 caractères.*{name}"):
            portable.pack(folder.parent, path)
    else:
        portable.pack(folder.parent, path)
        assert zipfile.ZipFile(path).namelist() == [f"qpref/{'d' * 100}/{name}"]
    assert path.exists() != is_refused
    assert [*tmp_path.glob("*.brouillon")] == []


def test_a_zip_that_is_too_large_is_refused_and_the_former_stays(tmp_path, monkeypatch):
    folder, path = tmp_path / "dossier", tmp_path / "fait.zip"
    folder.mkdir()
    (folder / "fichier").write_text("")
    path.write_text("l’ancien")
    monkeypatch.setattr(portable, "LARGEST", 10)

    with pytest.raises(portable.Refused, match="plus que les 10 permis"):
        portable.pack(folder, path)
    assert path.read_text() == "l’ancien"
    assert [*tmp_path.glob("*.brouillon")] == []


def test_what_the_machine_that_builds_leaves_is_taken_away(tmp_path):
    """A launcher holds the path of the Python that builds; its hash, in RECORD, betrays it too."""
    about = tmp_path / "paquet-1.0.dist-info"
    for folder in (about, tmp_path / "bin", tmp_path / "paquet" / "__pycache__"):
        folder.mkdir(parents=True)
    for name in ("bin/paquet", "paquet/__init__.py", "paquet/__pycache__/__init__.cpython-311.pyc"):
        (tmp_path / name).write_text("")
    kept = ["paquet-1.0.dist-info/RECORD,,", '"paquet/a, b.txt",sha256=y,2']
    (tmp_path / "paquet" / "a, b.txt").write_text("ab")
    gone = ["../../bin/paquet,sha256=x,1", "paquet/absent.py,,"]
    (about / "RECORD").write_text("\n".join([*gone, *kept]) + "\n")

    portable.clean(tmp_path)

    assert (about / "RECORD").read_text().splitlines() == kept
    assert not (tmp_path / "bin").exists()
    assert not [*tmp_path.rglob("__pycache__")]


@pytest.mark.parametrize("path", sorted(portable.SCRIPTS.glob("*.cmd")), ids=lambda p: p.name)
def test_scripts_call_the_python_of_the_folder_whatever_the_folder_is_called(path):
    """A path may hold « & », spaces and accents: it is quoted, and each script is ASCII."""
    text = path.read_text(encoding="utf-8")

    assert text.isascii()
    assert '"%~dp0python\\python.exe' in text or '=%~dp0python\\python.exe"' in text
    for line in text.splitlines():
        outside = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%~|%(PYTHON|PROJET|USERPROFILE)%", outside), line
    assert not re.search(r"\breg(edit)?\b|\bsetx\b|enabledelayedexpansion", text, re.IGNORECASE)


def test_scripts_have_the_ends_of_lines_of_windows(tmp_path):
    portable.place_scripts(tmp_path)

    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n") > 1
        assert content.startswith(b"\xef\xbb\xbf") == (path.suffix == ".txt")


def test_make_says_what_is_missing_and_that_it_is_for_windows():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = text.split("\nportable:")[1].split("\n\n")[0]

    assert "PYTHON_WINDOWS" in recipe
    assert "SYSTEME" in recipe
