"""A report is several files: all are replaced, or none, whatever is open elsewhere or cut."""

import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.errors import StorageError
from qpref.patience import WAITS
from qpref.project import write_atomically
from qpref.together import write_together

NAMES = ("10.provenance.json", "10.ipynb", "10.csv", "10.xlsx", "10.html")


def held(times):
    """What Windows says of a file open in a spreadsheet, so many times."""
    error = PermissionError(13, "Le processus ne peut pas accéder au fichier")
    error.winerror = 32  # as there: ERROR_SHARING_VIOLATION
    return [error] * times


@pytest.fixture
def waited(monkeypatch):
    """The seconds that would have been waited."""
    seconds = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


@pytest.fixture
def refuses(monkeypatch):
    """Have what replaces a file of a name fail as many times as there are errors."""
    usual, left = Path.replace, {}

    def replace(self, target):
        if left.get(Path(target).name):
            raise left[Path(target).name].pop()
        return usual(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return left


def contents(folder):
    """All that a folder holds, hidden names included."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put_in(folder, names, content):
    for name in names:
        (folder / name).write_bytes(content)


def new(folder):
    return {folder / name: b"nouveau" for name in NAMES}


@pytest.mark.parametrize("there", [0, 2, len(NAMES)])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_held_leaves_all_as_it_was(tmp_path, waited, refuses, name, there):
    """Whichever of the files is held, and whichever are there for the first time."""
    put_in(tmp_path, NAMES[:there], b"ancien")
    refuses[name] = held(99)

    with pytest.raises(StorageError) as raised:
        write_together(new(tmp_path))

    assert contents(tmp_path) == dict.fromkeys(NAMES[:there], b"ancien")
    assert f"« {tmp_path / name} »" in str(raised.value)
    assert "sont intacts" in str(raised.value)
    assert sum(waited) == pytest.approx(2)


@given(st.lists(st.integers(0, len(WAITS)), min_size=len(NAMES), max_size=len(NAMES)))
def test_locks_that_last_a_moment_are_waited_for(tmp_path_factory, times):
    folder = tmp_path_factory.mktemp("rapport")
    put_in(folder, NAMES, b"ancien")
    with pytest.MonkeyPatch.context() as patch:
        seconds, usual = [], Path.replace
        left = {name: held(count) for name, count in zip(NAMES, times, strict=True)}

        def replace(self, target):
            if left[target.name]:
                raise left[target.name].pop()
            return usual(self, target)

        patch.setattr(time, "sleep", seconds.append)
        patch.setattr(Path, "replace", replace)
        write_together(new(folder))

    assert contents(folder) == dict.fromkeys(NAMES, b"nouveau")
    assert len(seconds) == sum(times)


def test_one_file_alone_waits_too(tmp_path, waited, refuses):
    refuses["a"] = held(len(WAITS))
    write_atomically(tmp_path / "a", b"1")
    assert contents(tmp_path) == {"a": b"1"}
    assert sum(waited) == pytest.approx(2)


def test_what_is_no_lock_is_told_at_once(tmp_path, waited, refuses):
    refuses["a"] = [PermissionError(13, "Permission denied")]
    with pytest.raises(StorageError):
        write_atomically(tmp_path / "a", b"1")
    assert (waited, contents(tmp_path)) == ([], {})


@pytest.mark.usefixtures("waited")
def test_what_cannot_be_put_back_is_named(tmp_path, monkeypatch):
    """Somebody opens the first new file while the second is refused."""
    put_in(tmp_path, NAMES, b"ancien")
    usual, seen = Path.replace, []

    def replace(self, target):
        seen.append(target.name)
        if target.name == NAMES[1] or seen.count(NAMES[0]) > 1:
            raise held(1)[0]
        return usual(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(StorageError, match="Restent nouveaux") as raised:
        write_together(new(tmp_path))
    assert f"« {NAMES[0]} »" in str(raised.value)
    assert contents(tmp_path)[NAMES[0]] == b"nouveau"


@pytest.mark.usefixtures("waited")
def test_a_disk_without_second_names_is_served_by_copies(tmp_path, refuses, monkeypatch):
    def none(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    put_in(tmp_path, NAMES, b"ancien")
    refuses[NAMES[-1]] = held(99)
    with pytest.raises(StorageError):
        write_together(new(tmp_path))
    assert contents(tmp_path) == dict.fromkeys(NAMES, b"ancien")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows n’a pas de fork")
def test_a_kill_at_any_operation_leaves_each_whole_and_the_next_run_sweeps(tmp_path):
    """The process is killed before its n-th operation, for every n, until one is left to end."""
    for rank in range(1, 200):
        folder = tmp_path / str(rank)
        folder.mkdir()
        put_in(folder, NAMES, b"ancien")
        child = os.fork()
        if not child:
            kill_at(rank)
            write_together(new(folder))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        left = contents(folder)
        assert {left[name] for name in NAMES} <= {b"ancien", b"nouveau"}
        write_together(new(folder))
        assert contents(folder) == dict.fromkeys(NAMES, b"nouveau")
        if not status:
            break
    assert rank > 4 * len(NAMES)  # a draft, a second name, a place, a removal for each


def kill_at(rank):
    """Have the process killed just before its operation of this rank."""
    calls = []

    def watched(usual):
        def act(*words, **options):
            calls.append(usual)
            if len(calls) == rank:
                os.kill(os.getpid(), signal.SIGKILL)
            return usual(*words, **options)

        return act

    for place, name in (
        (os, "open"), (os, "fsync"), (os, "link"), (Path, "replace"), (Path, "unlink"),
    ):  # fmt: skip
        setattr(place, name, watched(getattr(place, name)))
