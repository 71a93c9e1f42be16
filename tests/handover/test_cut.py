"""A hand-over that is killed, or meets a full disk: whole or absent, and the next one sweeps."""

import random
import sys

import pytest

from qpref.handover.restoring import restore
from tests.conftest import NIGHT
from tests.forked import asked
from tests.handover.conftest import PHRASE
from tests.handover.test_archive import files, saved

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signaux de Linux et macOS")
DRAWS = 8  # of the operations of a run; a night tries them all


@pytest.fixture(scope="module")
def hand_over():
    """Return what runs one hand-over in a process of its own, and what it told."""
    with asked("tests.handover.cut") as ask:
        yield lambda what, source, target, **fault: ask(
            {"what": what, "source": str(source), "target": str(target), **fault}
        )


def points(count):
    """Return the operations at which to kill: the last ones, where names are given, and a draw."""
    if NIGHT:
        return range(1, count + 1)
    draw = random.Random(23)  # noqa: S311 - repeatable
    return sorted({*draw.sample(range(1, count + 1), DRAWS), *range(count - 6, count + 1)})


@pytest.mark.lent
def test_a_save_killed_anywhere_leaves_a_whole_archive_or_none(hand_over, small, tmp_path):
    place = tmp_path / "archives"
    place.mkdir()
    count = hand_over("save", small.root, place / "essai.age")["operations"]
    (place / "essai.age").unlink()
    kept = files(small.root)

    for at in points(count):
        target = place / f"{at}.age"
        assert hand_over("save", small.root, target, kill=at) is None
        if target.exists():
            restore(target, tmp_path / f"projet-{at}", lambda: PHRASE)
        assert files(small.root) == kept
    saved(small, place / "fin.age", PHRASE)

    assert not [path.name for path in place.iterdir() if path.name.startswith(".")]


@pytest.mark.lent
def test_a_restoration_killed_anywhere_leaves_a_whole_project_or_none(hand_over, small, tmp_path):
    archive = saved(small, tmp_path / "a.age", PHRASE).path
    place = tmp_path / "projets"
    place.mkdir()
    count = hand_over("restore", archive, place / "essai")["operations"]
    kept = files(small.root)

    for at in points(count):
        assert hand_over("restore", archive, place / f"{at}", kill=at) is None
        if (place / f"{at}").exists():
            assert files(place / f"{at}") == kept
    restore(archive, place / "fin", lambda: PHRASE)

    assert not [path.name for path in place.iterdir() if path.name.startswith(".")]
    assert files(place / "fin") == kept


@pytest.mark.parametrize("what", ["save", "restore"])
@pytest.mark.parametrize("room", [0, 100, 1_000])
def test_a_full_disk_is_told_and_leaves_nothing(hand_over, small, tmp_path, what, room):
    place = tmp_path / "disque"
    place.mkdir()
    source = small.root if what == "save" else saved(small, tmp_path / "a.age", PHRASE).path

    told = hand_over(what, source, place / "essai", room=room)

    assert "Impossible d’écrire" in told["error"]
    assert [*place.iterdir()] == []
