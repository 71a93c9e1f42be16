"""A pack replaces the old one or leaves it whole; each document and each draft has its own name."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from qpref.clu import mailing, pack
from qpref.clu.documents import file_names
from qpref.display.agenda import Document
from qpref.errors import StorageError
from qpref.project import Project
from qpref.reference.members import Members
from qpref.told import listening
from qpref.written import Kind, write_noted
from tests.clu.conftest import make_meeting, make_member

NOW = datetime(2021, 3, 1, 12)


def failing(monkeypatch, *ranks):
    """Make the renames of these ranks fail."""
    rename, calls = Path.rename, []

    def refuse(self, target):
        calls.append(self)
        if len(calls) in ranks:
            raise OSError(13, "dossier ouvert")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)


def manifest(minutes):
    written = {"compte-rendu.docx": {"sha256": hashlib.sha256(minutes).hexdigest()}}
    return json.dumps({"fichiers": written}).encode()


@pytest.fixture
def home(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def folder(home):
    """A pack made before the program noted what it wrote: its own list alone tells."""
    place = home.packs / "2021-03-16"
    files = {"compte-rendu.docx": b"ancien", "dossier.json": manifest(b"ancien")}
    pack._replace(home, place, files)
    return place


def test_a_pack_replaces_the_old_one(home, folder):
    pack._replace(home, folder, {"invitation.eml": b"nouveau"})

    assert [path.name for path in folder.iterdir()] == ["invitation.eml"]
    assert [path.name for path in folder.parent.iterdir()] == ["2021-03-16"]


def test_what_people_filled_in_or_added_stays_beside_and_is_named(home, folder):
    (folder / "compte-rendu.docx").write_bytes(b"rempli")
    (folder / "photo.jpg").write_bytes(b"x")

    for rank in (1, 2):
        files = {"compte-rendu.docx": b"nouveau", "dossier.json": manifest(b"nouveau")}
        named = pack._replace(home, folder, files)
        assert (folder / "compte-rendu.docx").read_bytes() == b"nouveau"
        assert (folder / "compte-rendu.garde-1.docx").read_bytes() == b"rempli"
        assert (folder / "photo.jpg").read_bytes() == b"x"
        if rank == 1:
            assert named == ["compte-rendu.garde-1.docx", "photo.jpg"]


def test_what_a_killed_run_left_is_finished_by_the_next(home, folder):
    """Killed while it wrote; between its two renames; after them, before people's files moved."""
    packs = folder.parent
    (packs / ".2021-03-16.en-cours-1").mkdir()
    folder.rename(packs / ".2021-03-16.ancien-1")
    pack.sweep(home)
    assert (folder / "compte-rendu.docx").read_bytes() == b"ancien"

    old = packs / ".2021-03-16.ancien-2"
    old.mkdir()
    (old / "compte-rendu.docx").write_bytes(b"rempli")
    pack.sweep(home)
    assert (folder / "compte-rendu.garde-1.docx").read_bytes() == b"rempli"
    assert [path.name for path in packs.iterdir()] == ["2021-03-16"]


@pytest.mark.parametrize("rank", [1, 2])
def test_the_old_pack_is_put_back_when_the_new_one_cannot_be(home, folder, monkeypatch, rank):
    failing(monkeypatch, rank)
    with pytest.raises(StorageError):
        pack._replace(home, folder, {"invitation.eml": b"nouveau"})

    assert (folder / "compte-rendu.docx").read_bytes() == b"ancien"


def test_an_old_pack_that_cannot_be_put_back_is_kept_and_named(home, folder, monkeypatch):
    failing(monkeypatch, 2, 3)
    with pytest.raises(StorageError, match="ancien-"):
        pack._replace(home, folder, {"invitation.eml": b"nouveau"})

    kept = [*folder.parent.glob(".2021-03-16.ancien-*/compte-rendu.docx")]
    assert [path.read_bytes() for path in kept] == [b"ancien"]


def test_two_notebooks_that_differ_by_their_number_give_two_files():
    names = file_names(make_meeting(), ["evry/10_suivi", "evry/20_suivi", "evry/30_mystere"])

    assert list(names.values()) == [
        "clu-2021-03-16_evry_10_suivi",
        "clu-2021-03-16_evry_20_suivi",
        "clu-2021-03-16_evry_mystere",
    ]


MEMBERS = [make_member("a"), make_member("b", consents=False), make_member("c")]


@pytest.fixture
def occasion(project, monkeypatch):
    """A meeting whose documents cost nothing: nothing is counted, nothing printed."""
    nothing = {
        "fresh_reports": {},
        "_contents": mailing.Enclosed([Document("Ordre du jour", [])], [], [], []),
    }
    for name, value in nothing.items():
        monkeypatch.setattr(pack, name, lambda *_, value=value: value)
    return SimpleNamespace(
        project=project,
        meeting=make_meeting(),
        members=Members.model_construct(membres=MEMBERS, conserver_jusqu_au=date(2099, 12, 31)),
        invited=SimpleNamespace(membres=MEMBERS),
        setting=SimpleNamespace(now=NOW),
        agreements=[],
        last_question=date(2021, 3, 11),
        deadline=date(2021, 3, 1),
        mark="2021-03-16 0",
        template=None,
        today=NOW.date(),
    )


@pytest.mark.parametrize(("is_personal", "written"), [(False, 1), (True, 3)])
def test_the_mail_of_a_member_is_written_when_it_is_asked_for(
    occasion, monkeypatch, is_personal, written
):
    made = []

    def draft(_meeting, to, bcc, *_):
        made.append([member.id for member in (*to, *bcc)])
        return SimpleNamespace(as_bytes=lambda: b"message")

    monkeypatch.setattr(mailing, "draft", draft)
    ready = pack.prepare(occasion, lambda _: None, is_personal=is_personal)

    assert len(made) == written
    assert ready.mail_for(MEMBERS[1]) == b"message"
    assert made[-1] == ["b"]


def test_filled_minutes_stay_where_people_look_for_them(occasion):
    """At each preparation: theirs under its name, ours beside, one copy of it; and it is said."""
    first = pack.prepare(occasion, lambda _: None, is_personal=False)
    path = first.folder / "compte-rendu.docx"
    assert first.theirs == []
    path.write_bytes(b"rempli par quelqu'un")
    told = []
    for hour in (13, 14):
        occasion.setting.now = NOW.replace(hour=hour)
        with listening(told.append):
            again = pack.prepare(occasion, lambda _: None, is_personal=False)
        assert path.read_bytes() == b"rempli par quelqu'un"
        assert again.theirs == ["compte-rendu.docx"]
        names = sorted(one.name for one in again.folder.glob("compte-rendu*"))
        assert names == ["compte-rendu-2.docx", "compte-rendu.docx"]
        assert path.with_name(names[0]).read_bytes()[:2] == b"PK"
        assert "il reste" in told.pop()
    path.unlink()
    assert pack.prepare(occasion, lambda _: None, is_personal=False).theirs == []
    assert [one.name for one in path.parent.glob("compte-rendu*")] == ["compte-rendu.docx"]


def test_what_another_command_wrote_in_a_pack_goes_along(occasion):
    folder = pack.prepare(occasion, lambda _: None, is_personal=True).folder
    write_noted(occasion.project, folder / "relance-a.eml", b"x", Kind("brouillon de courriel"))
    found = pack.prepare(occasion, lambda _: None, is_personal=False)
    assert (folder / "relance-a.eml").read_bytes() == b"x"
    assert not [*folder.glob("invitation-*.eml")]  # of the old pack
    assert found.theirs == []
