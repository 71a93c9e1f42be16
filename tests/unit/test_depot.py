"""The storage that machines of a cluster share, on a folder: what goes there and comes back."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from qpref.batch import depot
from qpref.batch.depot import Depot, inputs_of_report
from qpref.batch.plan import FAILED_SUFFIX, Notebook, Report, make_plan
from qpref.errors import StorageError
from qpref.project import Project
from qpref.store import version


@pytest.fixture
def place(tmp_path):
    """A folder for the storage, that is not there yet."""
    return tmp_path / "depot"


@pytest.fixture
def home(tmp_path):
    """A project of three files, two of the same content."""
    project = Project(tmp_path / "projet")
    for name, text in {"a.txt": "a", "data/b.txt": "b", "data/c.txt": "a"}.items():
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return project


def sent(home, place):
    files = sorted(path for path in home.root.rglob("*") if path.is_file())
    return Depot(str(place)).send(home, files)


def test_files_go_there_by_content_and_come_back_by_name(home, place, tmp_path):
    """Two contents and the list: three objects, each named by its digest."""
    listed = sent(home, place)

    objects = {path.name: path.read_bytes() for path in (place / "objets").iterdir()}
    assert len(objects) == 3
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in objects.items())
    assert [*json.loads(objects[listed])] == ["a.txt", "data/b.txt", "data/c.txt"]
    found = Depot(str(place)).fetch([listed], tmp_path / "ici")
    assert (
        found.root == tmp_path / "ici" / f"qpref-{hashlib.sha256(listed.encode()).hexdigest()[:16]}"
    )
    back = {p.relative_to(found.root).as_posix(): p.read_text(encoding="utf-8")
            for p in found.root.rglob("*") if p.is_file()}  # fmt: skip
    assert back == {"a.txt": "a", "data/b.txt": "b", "data/c.txt": "a"}


def test_the_lists_of_several_reports_become_one_project(home, place, tmp_path):
    """Two lists of two files, one in both: three files, in a folder of the two lists."""
    storage = Depot(str(place))
    names = ("a.txt", "data/b.txt", "data/c.txt")
    lists = [storage.send(home, [home.root / name for name in own])
             for own in (names[:2], names[1:])]  # fmt: skip

    found = storage.fetch(lists, tmp_path / "ici")

    back = {p.relative_to(found.root).as_posix() for p in found.root.rglob("*") if p.is_file()}
    assert back == {*names}
    others = [storage.fetch(own, tmp_path / "ici").root for own in (lists[:1], lists[1:], lists)]
    assert len({*others}) == 3
    assert others[2] == found.root


def test_what_is_there_is_neither_sent_nor_fetched_again(home, place, tmp_path, monkeypatch):
    listed = sent(home, place)
    Depot(str(place)).fetch([listed], tmp_path / "ici")
    for name in ("write_atomically", "put"):
        monkeypatch.setattr(depot, name, lambda *_, **__: pytest.fail("déjà là"))

    storage = Depot(str(place))
    assert storage.send(home, home.root.rglob("*.txt")) == listed
    assert storage.fetch([listed], tmp_path / "ici").root.is_dir()


class Elsewhere:
    """A storage that is no folder: a place must be made before anything is put there."""

    protocol = ("s3", "s3a")

    def __init__(self):
        self.places, self.objects = set(), {}

    def makedirs(self, place, exist_ok):
        assert exist_ok or place not in self.places
        self.places.add(place)

    def exists(self, name):
        return name in self.objects

    def pipe_file(self, name, content):
        assert name.rpartition("/")[0] in self.places
        self.objects[name] = content


def test_a_storage_of_another_kind_has_its_places_made(home, place):
    storage = Depot(str(place))
    storage._files, storage._root = Elsewhere(), "seau/qpref"

    listed = storage.send(home, home.root.rglob("*.txt"))

    assert f"seau/qpref/objets/{listed}" in storage._files.objects
    assert len(storage._files.objects) == 3
    assert not place.exists()


def test_an_object_that_is_not_what_was_put_is_refused(home, place, tmp_path):
    listed = sent(home, place)
    other = next(path for path in (place / "objets").iterdir() if path.name != listed)
    other.write_bytes(b"autre")

    with pytest.raises(StorageError, match=rf"objet abîmé \({other.name[:16]}\)"):
        Depot(str(place)).fetch([listed], tmp_path / "ici")
    with pytest.raises(StorageError, match="ne répond pas comme attendu"):
        Depot(str(tmp_path / "ailleurs")).fetch([listed], tmp_path / "la")
    with pytest.raises(StorageError, match="ne s’ouvre pas"):
        Depot("inconnu://ici")


def made(project, *suffixes):
    """A report that gave these files, beside one of another notebook."""
    folder = project.report_folder("2020-11", "evry")
    report = Report(Notebook(Path("10_essai.ipynb"), (), ()), "2020-11", "evry", folder, "", ())
    folder.mkdir(parents=True)
    for suffix in suffixes:
        report.output(suffix).write_bytes(suffix.encode())
    (folder / "10_essai_bis.html").write_bytes(b"bis")
    return report


def test_what_a_report_gave_comes_back_the_page_last(home, place, tmp_path, monkeypatch):
    """Who sees the page sees the rest; what is of another notebook stays where it is."""
    suffixes = [".html", ".chiffres.csv", ".ipynb", ".provenance.json"]
    report = made(home, *suffixes)
    put, order = Depot._put, []

    def watched(self, name, content):
        order.append(name.partition(".")[2])
        put(self, name, content)

    monkeypatch.setattr(Depot, "_put", watched)
    storage = Depot(str(place))
    storage.deliver(report, home)
    (place / "reports/2020-11/evry/10_essai_ter.html").write_bytes(b"ter")

    assert order == ["chiffres.csv", "ipynb", "provenance.json", "html"]
    driver = Project(tmp_path / "pilote")
    there = replace(report, folder=driver.report_folder("2020-11", "evry"))
    storage.collect(there, driver)
    found = {path.name: path.read_bytes() for path in there.folder.iterdir()}
    assert found == {f"10_essai{suffix}": suffix.encode() for suffix in suffixes}


def test_the_notebook_of_a_report_that_failed_comes_back_alone(home, place, tmp_path):
    report = made(home, FAILED_SUFFIX)
    storage = Depot(str(place))
    driver = Project(tmp_path / "pilote")
    there = replace(report, folder=driver.report_folder("2020-11", "evry"))
    storage.collect(there, driver)
    assert not there.folder.exists()  # it gave nothing yet

    storage.deliver(report, home)
    storage.collect(there, driver)

    assert [path.name for path in there.folder.iterdir()] == [f"10_essai{FAILED_SUFFIX}"]


def test_a_report_takes_its_own_partitions_only(last_only, reference, tmp_path, monkeypatch):
    """With the remarks approved or coded and the dress, as far as they are there."""
    beside = [tmp_path / "remarques.json", tmp_path / "absent.css"]
    beside[0].touch()
    monkeypatch.setattr(depot, "side_files", lambda *_: beside)
    report = make_plan(last_only, reference, "2020-11", ["evry"], ["10_satisfaction"])[0]
    own = inputs_of_report(report, last_only, reference)
    assert {
        beside[0],
        last_only.reference / "sites.yml",
        report.notebook.path,
        last_only.clean / version.FILE,
        last_only.clean / "imports" / "2020-11.json",
    } <= {*own}
    assert own == sorted({*own})
    assert all(path.is_file() for path in own)

    def partitions(paths):
        return {path.parent.name for path in paths if path.suffix == ".parquet"}

    assert partitions(own) == {"site=evry", "site=etampes", "site=palaiseau", "site=_"}
    alone = inputs_of_report(replace(report, peers=("evry",)), last_only, reference)
    assert partitions(alone) == {"site=evry", "site=_"}
