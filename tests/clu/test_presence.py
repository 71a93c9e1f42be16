"""Before the meeting: the sheet to sign, and reminders to those who did not answer."""

import email
import email.policy
import os

import docx
import pytest

from qpref.cli import main
from qpref.clu.journal import ACCEPTED, BEGUN, REFUSED, Journal
from qpref.errors import UsageError
from tests.clu.test_diary import call, ready, written  # noqa: F401 - a fixture
from tests.clu.test_replies import mail, put

WORDS = ("--reunion", "2021-03", "--jour", "2021-03-02")
SEATS = ["consommateurs", "handicap", "maire-nord", "maire-sud", "retraites", "syndicat"]


def answered(project, folder):
    put(folder, "1", mail("syndicat", "Je viendrai."))
    put(folder, "2", mail("retraites", "Ma suppléante viendra à ma place."))
    put(folder, "3", mail("consommateurs", "Je vous prie de m’excuser."))
    assert call(project, "reponses", folder, *WORDS) == 0


def sections(path):
    """Return the cells and paragraphs under each heading, in order."""
    book, found, title = docx.Document(str(path)), {}, ""
    for part in book.iter_inner_content():
        if isinstance(part, docx.table.Table):
            found[title] += [[cell.text for cell in row.cells] for row in part.rows[1:]]
        elif part.style.name.startswith("Heading"):
            title = part.text
            found[title] = []
        else:
            found.setdefault(title, []).append(part.text)
    return found


def test_the_sheet_says_who_is_expected_by_category(ready, tmp_path, capsys):  # noqa: F811
    """Six seats: one comes, one is represented by its substitute, one is excused, three silent."""
    answered(ready, tmp_path / "f")
    assert call(ready, "presence", *WORDS) == 0
    assert "Attendus : 2 sur 6 siège(s)." in capsys.readouterr().out
    path = ready.packs / "2021-03-16" / "feuille-presence.docx"
    found = sections(path)
    names = ["Particuliers", "Entreprises", "Associations", "Élus et collectivités", "Syndicats"]
    assert [*found][1:] == [*names, "Autres personnes présentes"]
    assert [row[1:] for row in found["Associations"]] == [
        ["Titulaire", "Représenté par son suppléant", ""],
        ["Suppléant", "", ""],
        ["Titulaire", "Excusé", ""],
        ["Titulaire", "", ""],
    ]
    assert found["Syndicats"] == [["Union syndicale (fictive)", "Titulaire", "Vient", ""]]
    for empty in ("Particuliers", "Entreprises"):
        assert found[empty] == ["Personne ne parle pour cette catégorie d’usagers."]
    told = " ".join(found[""]).replace("\u00a0", " ")
    assert "au 2 mars 2021 : 2 sur 6 sièges." in told
    assert "Quorum" not in told
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600

    path.write_bytes(b"une note")
    written(ready, quorum=4)
    assert call(ready, "presence", *WORDS) == 0
    assert path.read_bytes() == b"une note"
    beside = sections(path.with_name("feuille-presence-2.docx"))
    assert "Quorum : 4 membres présents ou représentés." in beside[""][-1]


def drafts(project):
    folder = project.packs / "2021-03-16"
    return {
        path.stem.removeprefix("relance-"): email.message_from_bytes(
            path.read_bytes(), policy=email.policy.default
        )
        for path in sorted(folder.glob("relance-*.eml"))
    }


def test_a_reminder_to_each_silent_seat_and_none_to_who_answers(ready, tmp_path, capsys):  # noqa: F811
    assert call(ready, "relances", *WORDS) == 0  # nothing was noted: a person sent the invitation
    first = drafts(ready)
    assert [*first] == SEATS
    answered(ready, tmp_path / "f")
    assert call(ready, "relances", *WORDS) == 0
    found = drafts(ready)
    assert [*found] == ["handicap", "maire-nord", "maire-sud"]
    one = found["handicap"]
    assert [to.addr_spec for to in one["To"].addresses] == ["@".join(("handicap", "clu.example"))]
    assert one["Subject"].startswith("[Données fictives] Rappel : Comité local des usagers")
    text = one.get_body(("plain",)).get_content().replace("\u00a0", " ")
    assert "avant le 11 mars 2021" in text
    assert [part.get_filename() for part in one.iter_attachments()] == [
        "question.txt", "reunion.ics",
    ]  # fmt: skip
    late = ("--reunion", "2021-03", "--jour", "2021-03-12")
    assert call(ready, "relances", *late) == 0
    again = drafts(ready)["handicap"]
    assert "dès que possible" in again.get_body(("plain",)).get_content()
    assert again["Message-ID"] != one["Message-ID"] == first["handicap"]["Message-ID"]
    assert "handicap, maire-nord, maire-sud" in capsys.readouterr().out


def test_nobody_is_reminded_of_what_did_not_reach_them(ready, capsys):  # noqa: F811
    journal = Journal.of(ready, "2021-03-16")
    journal.expect(SEATS)
    for name, state in (("handicap", ACCEPTED), ("maire-nord", REFUSED), ("syndicat", ACCEPTED)):
        journal.begin(name, BEGUN).write(state)
    assert call(ready, "relances", *WORDS) == 0
    assert [*drafts(ready)] == ["handicap", "syndicat"]
    assert "N’ont pas reçu l’invitation" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["relances", "presence"])
def test_nothing_is_asked_for_a_meeting_that_is_over_or_off(ready, command):  # noqa: F811
    code = call(ready, command, "--reunion", "2021-03", "--jour", "2021-03-17")
    assert code == UsageError.exit_code
    written(ready, annulee="oui")
    assert call(ready, command, *WORDS) == UsageError.exit_code


def test_what_names_members_goes_when_its_time_is_over(ready, capsys):  # noqa: F811
    """Until 31 December 2099, as the members' file says; a sheet that somebody changed is named."""
    folder = ready.packs / "2021-03-16"
    for _ in range(2):
        assert call(ready, "presence", *WORDS) == 0
        (folder / "feuille-presence.docx").write_bytes(b"une note")
    assert call(ready, "relances", *WORDS) == 0
    assert main(["--racine", str(ready.root), "purger", "--jour", "2100-01-01"]) == 0
    assert [path.name for path in folder.iterdir()] == ["feuille-presence.docx"]
    assert "feuille-presence.docx : feuille de présence, changé depuis" in " ".join(
        capsys.readouterr().err.split()
    )
