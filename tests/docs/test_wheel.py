"""Installed from its wheel, outside the clone: a project is created, filled and reported on."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qpref import shipped
from qpref.errors import StorageError
from tests.conftest import ROOT
from tests.functional.test_project import FORM, files

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(os.name == "nt", reason="les chemins d’un environnement y sont autres"),
]
CAMPAIGN = "2020-11"


class Place:
    """An environment of its own that sees the packages of this one, but not its qpref."""

    def __init__(self, folder):
        self.folder, self.python = folder, folder / "venv" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        (own,) = (folder / "venv").glob("lib/*/site-packages")
        packages = [path for path in sys.path if Path(path).name == "site-packages"]
        (own / "paquets.pth").write_text("\n".join(packages), encoding="utf-8")

    def install(self, wheel, *options):
        command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
        words = ["--no-index", "--python", self.python, *options, wheel]
        subprocess.run([*command, *words], check=True)

    def run(self, *words, cwd=None):
        """Run a command of this environment, in a folder that is no clone."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return subprocess.run(
            [*map(str, words)], cwd=cwd or self.folder, env={**kept, "HOME": str(self.folder)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def qpref(self, *words, cwd):
        found = self.run(self.python.parent / "qpref", *words, cwd=cwd)
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout

    def where(self):
        """Where its qpref is, and where that one finds what ships."""
        code = "import json, qpref, qpref.shipped as s\n"
        code += "print(json.dumps([qpref.__file__, str(s.root())]))"
        found = self.run(self.python, "-c", code)
        assert found.returncode == 0, found.stderr
        return [Path(path) for path in json.loads(found.stdout)]


class Bare(Place):
    """One that has neither the lab nor what completes a PDF, as a machine for batches."""

    ABSENT = ("ipykernel", "ipywidgets", "itables", "jupyterlab", "pikepdf")

    def __init__(self, folder):
        super().__init__(folder)
        (own,) = (folder / "venv").glob("lib/*/site-packages")
        for line in (own / "paquets.pth").read_text(encoding="utf-8").splitlines():
            for path in Path(line).iterdir():
                if path.name.split(".")[0].split("-")[0] not in self.ABSENT:
                    (own / path.name).symlink_to(path)
        (own / "paquets.pth").unlink()
        for mine in (*own.glob("_qpref.pth"), *own.glob("qpref-*.dist-info")):
            mine.unlink()


@pytest.fixture(scope="module")
def place(wheel, tmp_path_factory):
    made = Place(tmp_path_factory.mktemp("installe"))
    made.install(wheel)
    return made


@pytest.fixture(scope="module")
def eure(place):
    """A project of the installed program, in a folder of its own, with answers at one site."""
    told = ["--departement", "Eure", "--prefecture", "Évreux", "--sous-prefecture", "Bernay"]
    told += ["--cert", "--modules", "evreux=1,2", "--campagne", CAMPAIGN, "--questionnaire", FORM]
    days = ["--du", "2020-11-16", "--au", "2020-12-04", "--oui"]
    root = place.folder / "Mes documents" / "eure"
    place.qpref("projet", "creer", root, *told, *days, cwd=place.folder)
    received = root / "data" / "brut"
    shutil.copy(FORM, received)
    # From below the project: its root is found.
    where = ["--campagne", CAMPAIGN, "--site", "bernay"]
    place.qpref("importer", FORM.name, *where, cwd=received)
    return root


def test_the_wheel_finds_what_ships_with_it(place):
    package, found = place.where()

    assert package.is_relative_to(place.folder)
    assert found == package.parent / "livre"
    own = {path.relative_to(found).as_posix() for path in found.rglob("*") if path.is_file()}
    schemas = {name for name in own if name.startswith("data/reference/schemas/")}
    assert own - schemas == {
        *shipped.originals(),
        *(f"docs/{name}.md" for name in shipped.documents()),
    }
    assert schemas


def test_an_editable_install_reads_the_clone(tmp_path):
    made = Place(tmp_path)
    code = "import hatchling.build, sys; print(hatchling.build.build_editable(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    made.install(tmp_path / built.stdout.strip())

    package, found = made.where()
    assert (package.parent.parent, found) == (ROOT, ROOT)


def test_a_clone_reads_itself(tmp_path):
    for name in ("qpref", "notebooks", "data/reference"):
        kept = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=kept)
    code = "import qpref.shipped as s; print(s.root())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert Path(found.stdout.strip()) == tmp_path


def test_an_installation_without_what_ships_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "qpref")
    with pytest.raises(StorageError, match="réinstallez qpref"):
        shipped.root.__wrapped__()


def test_reports_are_made_outside_the_clone(place, eure):
    """What the page says is counted in the file by hand: 4 of its 8 answers are favourable."""
    answers = [line.split(";")[1] for line in FORM.read_text("utf-8-sig").splitlines()[1:]]
    said = f"{answers.count('Satisfait')} sur {len(answers)}"

    out = place.qpref("rapports", cwd=eure)

    assert "evreux, 10_satisfaction : pas encore" in out
    text = (eure / "reports" / CAMPAIGN / "bernay" / "10_satisfaction.html").read_text("utf-8")
    plain = text.replace("\u00a0", " ")
    assert said == "4 sur 8"
    assert said in plain
    assert "8 usagers ont répondu" in plain
    assert not re.search("Essonne|Évry|Étampes|Palaiseau", text)
    assert (eure / "reports" / "index.html").is_file()
    assert not (eure / "notebooks").exists()


def test_upgrading_touches_no_file_of_the_user(place, eure, wheel):
    place.qpref("projet", "adapter", "10_satisfaction", cwd=eure)
    before = files(eure)

    place.install(wheel, "--reinstall")

    assert files(eure) == before
    assert "10_satisfaction.ipynb" in place.qpref("projet", "adapter", "--etat", cwd=eure)


def test_a_machine_for_batches_does_without_the_lab_and_pdf(wheel, eure, tmp_path):
    """The same page; each is told where it is asked for, with what installs it."""
    bare, project = Bare(tmp_path), tmp_path / "eure"
    bare.install(wheel)
    shutil.copytree(eure, project, ignore=shutil.ignore_patterns("reports"))

    made = bare.run(bare.python.parent / "qpref", "rapports", "--pdf", cwd=project)
    assert made.returncode == 0, made.stdout + made.stderr
    assert '.[pdf]"' in made.stderr
    page = project / "reports" / CAMPAIGN / "bernay" / "10_satisfaction.html"
    assert "4 sur 8" in page.read_text("utf-8").replace("\u00a0", " ")
    assert not page.with_suffix(".pdf").exists()

    lab = bare.run(bare.python.parent / "qpref", "labo", cwd=project)
    home = bare.run(bare.python, "-c", "from qpref.labo import accueil", cwd=project)
    for found, code in ((lab, 2), (home, 1)):
        assert found.returncode == code
        assert "L’atelier n’est pas installé" in found.stderr
    assert '.[labo]"' in " ".join(lab.stderr.split())
