"""People's files are theirs: what the program did not write, as it is, is never lost nor replaced.

Each writer of a folder where people may work is asked to write, somebody changes or adds what is
under that name, and it is asked again with something else to write.
"""

import json
import os
import shutil
import stat
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref import shipped
from qpref.cli import main
from qpref.clu.questions import keep_questions
from qpref.errors import StorageError, UsageError
from qpref.labo import workshop
from qpref.project import Project
from qpref.reference.meeting import MemberQuestion
from qpref.starter.migration import Renewed, migrate
from qpref.store import keep_corrections, review
from qpref.told import listening
from qpref.written import (
    REPORT,
    TO_FILL,
    Kind,
    entries,
    put,
    put_beside,
    remove,
)
from tests.clu.conftest import make_meeting
from tests.conftest import example_count

PERSONAL = Kind("brouillon", until=date(2021, 1, 31))


@pytest.fixture
def home(tmp_path):
    return Project(tmp_path / "projet")


@pytest.fixture
def told():
    """What was said of files kept, while the test runs."""
    said = []
    with listening(said.append):
        yield said


def found(folder):
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# What happens, in any order, to one name: the program writes, a person writes, the program removes.
steps = st.lists(
    st.tuples(st.sampled_from(["put", "beside", "person", "remove"]), st.sampled_from("abc")),
    max_size=8,
)


@settings(max_examples=example_count(30))
@given(steps)
def test_whatever_happens_nothing_that_a_person_wrote_is_lost(tmp_path_factory, happened):
    """Each text of a person that was under the name or beside it is still somewhere at the end."""
    home = Project(tmp_path_factory.mktemp("projet"))
    path, written = home.reports / "page.html", set()
    with listening(lambda _: None):
        for rank, (what, letter) in enumerate(happened):
            if what == "person":  # who writes over a text of their own wants it so
                written.discard(path.read_bytes() if path.exists() else b"")
                content = f"personne {rank}".encode()
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
                written.add(content)
            elif what == "remove":
                remove(home, path)
            else:
                (put if what == "put" else _beside)(home, {path: letter.encode()}, REPORT)

    assert written <= {*found(home.reports)} if home.reports.exists() else not written


def _beside(home, files, kind):
    for path, content in files.items():
        put_beside(home, path, content, kind)


def test_what_is_ours_and_unchanged_is_replaced_and_nothing_is_said(home, told):
    path = home.reports / "page.html"
    for content in (b"1", b"2", b"1"):
        put(home, {path: content}, REPORT)
    assert (found(home.reports), told) == ([b"1"], [])
    remove(home, path)
    assert (found(home.reports), told) == ([], [])


def test_what_somebody_changed_is_kept_beside_and_said(home, told):
    path = home.reports / "page.chiffres.csv"
    put(home, {path: b"1"}, REPORT)
    path.write_bytes(b"note")
    put(home, {path: b"2"}, REPORT)

    assert path.read_bytes() == b"2"
    assert path.with_name("page.chiffres.garde-1.csv").read_bytes() == b"note"
    assert told == [
        f"« {path} » a été changé par quelqu’un : gardé sous le nom « page.chiffres.garde-1.csv »."
    ]
    path.write_bytes(b"encore")
    remove(home, path)
    assert path.read_bytes() == b"encore"
    assert "il reste" in told[-1]


def test_without_anybody_to_tell_it_is_a_warning(home):
    home.reports.mkdir(parents=True)
    (home.reports / "a").write_bytes(b"x")
    with pytest.warns(UserWarning, match="gardé sous le nom"):
        put(home, {home.reports / "a": b"y"}, REPORT)


def test_what_was_moved_is_back_when_nothing_can_be_written(home, told, monkeypatch):
    path = home.reports / "page.html"
    home.reports.mkdir(parents=True)
    path.write_bytes(b"personne")

    def full(*_, **__):
        raise StorageError("Disque plein.", "")

    monkeypatch.setattr("qpref.written.write_together", full)
    with pytest.raises(StorageError):
        put(home, {path: b"1"}, REPORT)
    assert (found(home.reports), told) == ([b"personne"], [])


def test_a_file_to_fill_in_stays_where_it_was_filled(home, told, tmp_path):
    """In the project and out of it; a second one, not filled in, is replaced."""
    for folder in (home.received, tmp_path / "bureau"):
        path = folder / "modele.xlsx"
        assert put_beside(home, path, b"vide", TO_FILL) == path
        path.write_bytes(b"rempli")
        assert put_beside(home, path, b"vide 2", TO_FILL) == folder / "modele-2.xlsx"
        assert path.read_bytes() == b"rempli"
        assert put_beside(home, path, b"vide 2", TO_FILL) == folder / "modele-2.xlsx"
    assert "il reste ; le nouveau est" in told[0]


def test_out_of_the_project_only_personal_data_are_noted(home, told, tmp_path):
    put_beside(home, tmp_path / "a.xlsx", b"a", TO_FILL)
    put_beside(home, tmp_path / "b.xlsx", b"b", PERSONAL)

    assert [(one.path, one.kind) for one in entries(home)] == [(tmp_path / "b.xlsx", PERSONAL)]
    assert told == []


@pytest.mark.skipif(os.name == "nt", reason="droits POSIX")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_personal_data_are_for_their_owner_alone_whatever_the_umask(home, mask):
    before = os.umask(mask)
    try:
        put(home, {home.packs / "a" / "x.eml": b"x"}, PERSONAL)
        put(home, {home.reports / "a" / "page.html": b"x"}, REPORT)
    finally:
        os.umask(before)

    def modes(path):
        return [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path)]

    assert modes(home.packs / "a" / "x.eml") == [0o700, 0o600]
    assert modes(home.reports / "a" / "page.html") == [0o777 & ~mask, 0o666 & ~mask]
    (register,) = (home.register / "projet" / "reports" / "clu").glob("*")
    assert modes(register) == [0o700, 0o600]


@pytest.mark.lent
@pytest.mark.skipif(os.name == "nt", reason="droits POSIX")
def test_nothing_of_an_import_is_for_others_whatever_the_umask(project, example):
    """Tables, registry, lists set aside, corrections, remarks read, register: 0600, in 0700."""
    before = os.umask(0)
    try:
        for name in ("results-survey_2020-11.csv", "enquete_mystere_2020-11.xlsx"):
            assert call(project, "importer", example / "2020-11" / name, *CAMPAIGN) == 0
        assert call(project, "quarantaine", "corriger", *CAMPAIGN) == 0
        keep_corrections(project, "2020-11", {"a": {("", 1, 1): "x"}})
        review(project, "2020-11", ["abc"], approve=["abc"])
    finally:
        os.umask(before)
    places = (project.clean, project.quarantine, project.corrections, project.register)
    made = [path for place in places for path in place.rglob("*") if path.is_file()]
    made = [path for path in made if not path.name.startswith(".verrou") and path.name != "version"]

    assert len(made) > 20
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in made} == {0o700}


# --- each writer -------------------------------------------------------------------------------


CAMPAIGN = ("--campagne", "2020-11")


def call(project, *words):
    return main(["--racine", str(project.root), *map(str, words)])


COMMANDS = {
    "quotas.csv": ("plan-echantillon", "--campagne", "2020-11", "--vers"),
    "saisie.xlsx": ("modele-saisie", "--campagne", "2020-11", "--pour", "mystere", "--vers"),
    "corrections.xlsx": ("quarantaine", "corriger", "--campagne", "2020-11", "--vers"),
    "plan.xlsx": ("plan-mystere", "--campagne", "2020-11", "--vers"),
}


@pytest.mark.lent
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("is_inside", [True, False])
def test_a_command_that_writes_what_people_fill_in_leaves_it(
    own, tmp_path, capsys, name, is_inside
):
    path = (own.received if is_inside else tmp_path) / name
    assert call(own, *COMMANDS[name], path) == 0
    path.write_bytes(path.read_bytes() + b"rempli")
    kept = path.read_bytes()
    capsys.readouterr()

    assert call(own, *COMMANDS[name], path) == 0
    assert path.read_bytes() == kept
    said = capsys.readouterr()
    new = path.with_name(f"{path.stem}-2{path.suffix}")
    assert new.exists()
    assert f"le nouveau est « {new} »" in said.err
    assert str(new) in said.out


@pytest.mark.lent
def test_a_draft_of_a_questionnaire_that_somebody_went_over_stays(own, example, capsys):
    source = example / "2020-11" / "results-survey_2020-11.csv"
    path = own.root / "brouillon.yml"
    words = ("dictionnaire", "proposer", source, "--vers", path)
    assert call(own, *words) == call(own, *words) == 0
    path.write_bytes(b"# relu\n" + path.read_bytes())
    kept = path.read_bytes()

    assert call(own, *words) == UsageError.exit_code
    assert path.read_bytes() == kept
    assert "rien n’a été écrit" in capsys.readouterr().err


@pytest.mark.mesure
@pytest.mark.lent
def test_the_example_leaves_what_somebody_changed_in_it(project, capsys):
    folder = project.root / "data" / "exemple"
    (folder).mkdir(parents=True)
    (folder / "membres.yml").write_bytes(b"les miens")

    assert call(project, "exemple") == call(project, "exemple") == 0
    assert (folder / "membres.garde-1.yml").read_bytes() == b"les miens"
    assert [*folder.rglob("*garde*")] == [folder / "membres.garde-1.yml"]
    assert capsys.readouterr().err.count("gardé sous le nom") == 1


@pytest.mark.lent
def test_a_list_set_aside_that_somebody_annotated_stays(own, example, capsys):
    """The same file again writes the same list; what was annotated has another name."""
    (path, *_) = sorted((own.quarantine / "2020-11").glob("*.csv"))
    before = path.read_bytes()
    path.write_bytes(before + b"vu avec le guichet")

    assert call(own, "importer", example / "2020-11" / path.stem, "--campagne", "2020-11") == 0
    assert path.read_bytes() == before
    kept = path.with_name(f"{path.stem}.garde-1.csv")
    assert kept.read_bytes() == before + b"vu avec le guichet"
    assert f"« {kept.name} »" in capsys.readouterr().err


@pytest.mark.lent
def test_a_report_leaves_its_pages_that_somebody_changed(published, tmp_path, capsys):
    project = Project(tmp_path / "projet")
    shutil.copytree(published.root, project.root)
    folder = project.reports / "2020-11" / "evry"
    changed = [folder / f"10_satisfaction{one}" for one in (".html", ".ipynb", ".chiffres.csv")]
    for path in changed:
        path.write_bytes(path.read_bytes() + b"<!-- annote -->")
    (folder / "10_satisfaction.pdf").write_bytes(b"imprime par quelqu'un")
    index = project.reports / "2020-11" / "index.html"
    index.write_bytes(b"mon sommaire")
    words = ("rapports", "--campagne", "2020-11", "--site", "evry")

    assert call(project, *words, "--notebook", "10_satisfaction", "--forcer") == 0
    for path in changed:
        kept = path.with_name(f"{path.stem}.garde-1{path.suffix}")
        assert kept.read_bytes().endswith(b"<!-- annote -->")
    assert (folder / "10_satisfaction.garde-1.pdf").read_bytes() == b"imprime par quelqu'un"
    assert index.with_name("index.garde-1.html").read_bytes() == b"mon sommaire"
    assert capsys.readouterr().err.count("gardé sous le nom") == 5
    assert call(project, *words, "--notebook", "10_satisfaction", "--forcer") == 0
    assert capsys.readouterr().err.count("gardé sous le nom") == 0


def test_questions_are_added_after_what_a_person_wrote(project):
    meeting = make_meeting()
    path = project.committee / f"{meeting.date}.questions.yml"
    first, second = (
        MemberQuestion(recue_le=date(2021, 3, 1), de="une commune", texte=text)
        for text in ("Quels horaires ?", "Quel accès : à pied ?")
    )
    assert keep_questions(project, meeting, [first]) == 1
    own = path.read_text(encoding="utf-8").replace("une commune", "une commune  # appeler")
    path.write_text(own, encoding="utf-8")

    assert keep_questions(project, meeting, [first, second]) == 1
    text = path.read_text(encoding="utf-8")
    assert text.startswith(own.rstrip())
    assert keep_questions(project, meeting, [first, second]) == 0


def test_a_migration_keeps_a_schema_that_somebody_changed(home):
    path = home.root / shipped.SCHEMAS / "sites.json"
    change = Renewed(path, "schéma", b"{}")
    migrate(home, [change])
    migrate(home, [change])
    path.write_bytes(b"{mien}")
    with pytest.warns(UserWarning, match="gardé sous le nom"):
        migrate(home, [change])
    assert sorted(one.read_bytes() for one in path.parent.iterdir()) == [b"{mien}", b"{}"]


def test_a_notebook_of_the_workshop_with_a_pasted_picture_stays(project):
    """The copy of an earlier version, whose cells nobody changed; with a picture, it is changed."""
    shutil.rmtree(project.notebooks)
    workshop.prepare(project)
    path, other = sorted((project.root / workshop.FOLDER).glob("*.ipynb"))[:2]
    for copy in (path, other):
        content = json.loads(copy.read_bytes())
        del content["cells"][-1]
        content["metadata"]["qpref"]["copie"] = workshop.digest(content)
        if copy == path:
            cell = next(one for one in content["cells"] if one["cell_type"] == "markdown")
            cell["attachments"] = {"plan.png": {"image/png": "AAAA"}}
        copy.write_text(json.dumps(content), encoding="utf-8")

    _, kept = workshop.prepare(project)
    assert kept == [path.relative_to(project.root).as_posix()]
    assert b"plan.png" in path.read_bytes()
