"""A power cut at any moment: what was told to be on the disk is there, and nothing is half there.

A model of the disk follows one command from the outside. What `fsync` was called for is sure; of
the rest, the cut keeps either nothing, or the names without the contents: the two worst disks that
POSIX allows. `make nuit` draws more moments.
"""

import os
import random
import shutil
import stat
import sys
from pathlib import Path

import nbformat
import pytest

from qpref.batch.freshness import why_stale
from qpref.batch.plan import make_plan
from qpref.batch.run import run_report
from qpref.batch.setting import RunSetting
from qpref.intake import Reception, receive
from qpref.project import Project, appending, events, write_atomically
from qpref.store import Store
from tests.attacks.running import DRAWS, rows
from tests.conftest import NOW, copied, copy_project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fsync des dossiers")


class Disk:
    """
    Follows a folder through `fsync`, and gives what a cut would leave after each of them.

    `names` are the entries of each folder when it was last synced, `contents` those of each file;
    folders and files are known by inode, as a disk knows them.
    """

    def __init__(self, root):
        self.root, self.names, self.contents = root, {}, {}
        self.paths = {}  # each path once, whatever the number of cuts that tell of it
        self.cuts = []  # after each fsync: (sure, names only), each the files by relative path
        for folder, _, files in os.walk(root):
            self._sync(Path(folder))
            for name in files:
                self._sync(Path(folder, name))

    def _sync(self, path):
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            self.names[found.st_ino] = {
                entry.name: (entry.inode(), entry.is_dir(follow_symlinks=False))
                for entry in os.scandir(path)
            }
        else:
            self.contents[found.st_ino] = path.read_bytes()

    def synced(self, handle):
        """Take note of one `fsync`."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(self.root):
            self._sync(path)
            self.cuts.append((self._sure(), self._names_only()))

    def _sure(self):
        def walk(inode, place):
            for name, (own, is_folder) in self.names.get(inode, {}).items():
                if is_folder:
                    yield from walk(own, place / name)
                else:
                    yield self._once(place / name), self.contents.get(own, b"")

        return dict(walk(self.root.stat().st_ino, Path()))

    def _once(self, path):
        return self.paths.setdefault(path, path)

    def _names_only(self):
        return {
            self._once(path.relative_to(self.root)): self.contents.get(path.stat().st_ino, b"")
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def disk(monkeypatch):
    """Give what begins to follow a folder."""
    real = os.fsync

    def follow(root):
        model = Disk(root)

        def fsync(handle):
            real(handle)
            model.synced(handle)

        monkeypatch.setattr(os, "fsync", fsync)
        return model

    yield follow
    monkeypatch.undo()


def drawn(cuts):
    """Return every disk that a cut may leave, or as many as a run may try, at random."""
    disks = [one for cut in cuts for one in cut]
    draw = random.Random(13)  # noqa: S311 - repeatable
    return disks if len(disks) <= DRAWS else draw.sample(disks, DRAWS)


def restored(files, folder):
    """Write what the cut left."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Project(folder)


def test_the_model_loses_what_was_not_synced(tmp_path, disk):
    """A plain write and a rename without `fsync` do not survive: the attack can fail."""
    root = tmp_path / "p"
    root.mkdir()
    (root / "a").write_bytes(b"old")
    model = disk(root)
    (root / "b").write_bytes(b"new")
    (root / "b").replace(root / "a")
    handle = os.open(root, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)

    assert model.cuts == [({Path("a"): b""}, {Path("a"): b""})]


def test_a_file_is_old_or_new_and_then_stays_new(tmp_path, disk):
    root = tmp_path / "p"
    root.mkdir()
    target = root / "x" / "y" / "fichier"
    model = disk(root)
    write_atomically(target, b"old")
    done = len(model.cuts)
    write_atomically(target, b"new")
    name = target.relative_to(root)

    assert [sure.get(name) for sure, _ in model.cuts[:done]][-1] == b"old"
    assert {one[name] for cut in model.cuts[done:] for one in cut} == {b"old", b"new"}
    assert model.cuts[-1][0][name] == b"new"


@pytest.mark.nuit
def test_an_import_cut_anywhere_is_whole_or_absent(tmp_path, disk, reference, example, filled):
    """Then the same file is imported again: no row is lost or doubled."""
    project = copy_project(tmp_path / "p")
    setting = Reception(reference, reference.campaign("2020-11"))
    outcomes = [receive(setting, path) for path in sorted((example / "2020-11").iterdir())]
    model = disk(project.root)
    for outcome in outcomes[:-1]:
        Store(project).add(setting, outcome, NOW)
    told = len(model.cuts)
    Store(project).add(setting, outcomes[-1], NOW)
    before = {entry.fichier for entry in Store(project).imports("2020-11")}
    expected = rows(project)
    assert expected == rows(filled)

    for cut in drawn(model.cuts):
        left = restored(cut, tmp_path / "apres")
        assert {entry.fichier for entry in Store(left).imports("2020-11")} <= before
        rows(left)  # never a part that the registry lists and that is not whole
        for outcome in outcomes:
            Store(left).add(setting, outcome, NOW)
        assert rows(left) == expected
    sure, _ = model.cuts[told]  # what was told to be imported is there, whatever comes after
    known = {
        entry.fichier for entry in Store(restored(sure, tmp_path / "apres")).imports("2020-11")
    }
    assert known == {outcome.file.name for outcome in outcomes[:-1]}


def test_the_very_first_import_stays(tmp_path, disk, reference, example):
    """Its folders are new from data/ on, and nothing set aside makes another one beside them."""
    project = copy_project(tmp_path / "p")
    setting = Reception(reference, reference.campaign("2020-11"))
    outcome = receive(setting, example / "2020-11" / "frequentation_2020-11.csv")
    model = disk(project.root)
    Store(project).add(setting, outcome, NOW)
    sure, _ = model.cuts[-1]

    left = restored(sure, tmp_path / "apres")
    assert [entry.fichier for entry in Store(left).imports("2020-11")] == [outcome.file.name]
    assert len(Store(left).read("population", "2020-11", "evry"))


@pytest.mark.nuit
def test_a_report_cut_anywhere_is_old_or_new_and_known_to_be(tmp_path, disk, reference, filled):
    """A page that is not what its provenance says is never taken for up to date."""
    project = copied(filled, tmp_path)
    report = make_plan(project, reference, "2020-11", ["evry"], ["10_satisfaction"])[0]
    assert run_report(report, project, reference, RunSetting(NOW)).failure is None
    old = report.output(".html").read_bytes()
    notebook = nbformat.read(report.notebook.path, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("## Ajout"))
    nbformat.write(notebook, report.notebook.path)
    model = disk(project.root)
    assert run_report(report, project, reference, RunSetting(NOW)).failure is None
    new = report.output(".html").read_bytes()

    assert old != new
    for cut in drawn(model.cuts):
        left = restored(cut, tmp_path / "apres")
        same = make_plan(left, reference, "2020-11", ["evry"], ["10_satisfaction"])[0]
        assert same.output(".html").read_bytes() in {old, new}
        if why_stale(same, left, reference) is None:
            assert same.output(".html").read_bytes() == new
    left = restored(model.cuts[-1][0], tmp_path / "apres")
    same = make_plan(left, reference, "2020-11", ["evry"], ["10_satisfaction"])[0]
    assert why_stale(same, left, reference) is None


def test_an_event_is_on_the_disk_before_what_it_tells_of_happens(tmp_path, disk):
    """The text of a message goes after its line: a cut cannot have it sent twice."""
    root = tmp_path / "p"
    root.mkdir()
    path = root / "clu" / "envois.jsonl"
    model = disk(root)
    with appending(path) as add:
        for member in ("a", "b"):
            add({"membre": member})
            sure, names = model.cuts[-1]
            line = f'{{"membre": "{member}"}}'.encode()
            assert line in sure[path.relative_to(root)]
            assert line in names[path.relative_to(root)]


@pytest.mark.parametrize("torn", [1, 12, 30])
def test_a_journal_line_cut_short_spoils_no_other(tmp_path, torn):
    path = tmp_path / "journal.jsonl"
    with appending(path) as add:
        add({"membre": "éa", "etat": "accepte"})
        add({"membre": "éb", "etat": "commence"})
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    with appending(path) as add:
        add({"membre": "éc", "etat": "accepte"})

    read = [event["membre"] for event in events(path)]
    assert read in (["éa", "éc"], ["éa", "éb", "éc"])
    assert read == (["éa", "éb", "éc"] if torn == 1 else ["éa", "éc"])
