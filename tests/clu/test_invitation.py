"""The drafts and the calendar entry, read again by other parsers; nobody sees a hidden address."""

import email
import email.policy
import shutil
import subprocess
from datetime import date
from email.generator import BytesGenerator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.clu.invitation import Attachment, Message, bodies, draft, form
from qpref.clu.questions import read_form
from qpref.display.agenda import Document
from tests.clu.conftest import make_meeting, make_member
from tests.conftest import NOW

PARTS = [
    Attachment("clu-2021-03-16_evry_satisfaction.html", "<p>été — 78 %</p>".encode(), "text/html"),
    Attachment("clu-2021-03-16_evry_satisfaction.pdf", b"%PDF-1.7\r\n\x00\xff", "application/pdf"),
    Attachment("reunion.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"),
]
DOCUMENTS = [Document("Satisfaction <Évry>", [PARTS[0].name, PARTS[1].name])]


def make(meeting, to, bcc, mark="2021-03-16 0"):
    content = Message(mark, bodies(meeting, DOCUMENTS, date(2021, 3, 11)), PARTS)
    return draft(meeting, to, bcc, content, NOW).as_bytes()


def test_a_draft_reads_back_as_it_was_made(meeting):
    content = make(meeting, [make_member("a")], [])
    found = email.message_from_bytes(content, policy=email.policy.default)

    assert found["X-Unsent"] == "1"
    assert found["Subject"].startswith("[Données fictives] Comité local des usagers")
    assert [one.addr_spec for one in found["To"].addresses] == [make_member("a").courriel]
    assert not found.defects
    text = found.get_body(("plain",)).get_content()
    html = found.get_body(("html",)).get_content()
    for told in ("16\u00a0mars 2021 à 14\u00a0h\u00a030", "11\u00a0mars 2021", "DONNÉES FICTIVES"):
        assert told in text
        assert told.casefold() in html.casefold()
    assert "Satisfaction <Évry>" in text
    assert "Satisfaction &lt;Évry&gt;" in html
    parts = [*found.iter_attachments()]
    assert [part.get_filename() for part in parts] == [part.name for part in PARTS]
    assert [part.get_content_type() for part in parts] == [part.kind for part in PARTS]
    assert [part.get_payload(decode=True) for part in parts] == [part.content for part in PARTS]
    assert parts[0].get_content_charset() == "utf-8"
    assert all(part.get_filename().isascii() for part in parts)


def test_a_draft_is_plain_ascii_with_short_lines_and_the_same_bytes_again(meeting):
    members = [make_member(f"organisation-{i}") for i in range(30)]
    content = make(meeting, members, members[:3])

    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content == make(meeting, members, members[:3])


def test_a_version_that_says_again_what_an_earlier_one_said_is_another_message(meeting):
    """14:30, then 15:00, then 14:30 again: a server may drop a message that it saw already."""
    people = [make_member("a")], []
    first, third = (make(meeting, *people, mark=f"2021-03-16 {rank}") for rank in (0, 2))
    found = [email.message_from_bytes(one)["Message-ID"] for one in (first, third, first)]
    assert found[0] == found[2] != found[1]


@pytest.mark.lent
@given(st.lists(st.booleans(), max_size=8), st.lists(st.booleans(), max_size=8))
def test_no_hidden_address_is_in_what_others_read(seen_flags, hidden_flags):
    """All headers but Bcc, and all bodies: what the relay passes on (RFC 5322, 3.6.3)."""
    meeting = make_meeting()
    seen = [make_member(f"vu{i}") for i, _ in enumerate(seen_flags)]
    hidden = [make_member(f"cache{i}", consents=False) for i, _ in enumerate(hidden_flags)]
    message = email.message_from_bytes(make(meeting, seen, hidden), policy=email.policy.default)
    bcc = message["Bcc"].addresses if "Bcc" in message else ()
    assert [address.addr_spec for address in bcc] == [member.courriel for member in hidden]
    del message["Bcc"]

    out = BytesIO()
    BytesGenerator(out, policy=email.policy.default).flatten(message)
    read = out.getvalue().decode("ascii", "replace")
    read += "".join(str(part.get_payload(decode=True)) for part in message.walk())
    for member in hidden:
        assert member.courriel not in read
        assert member.organisation not in read
        assert f"{member.id}@" not in read
    assert [a.addr_spec for a in message["To"].addresses] == [m.courriel for m in seen]


@pytest.mark.skipif(not shutil.which("mu"), reason="lecteur de courriels absent")
def test_a_mail_client_reads_the_draft(meeting, tmp_path):
    """mu reads mail with GMime, as mail clients of GNOME do."""
    path = tmp_path / "invitation.eml"
    path.write_bytes(make(meeting, [make_member("a")], [make_member("b", consents=False)]))

    shown = subprocess.run(["mu", "view", path], capture_output=True, text=True, check=True).stdout
    assert "Subject: [Données fictives] Comité local des usagers, réunion du 16 mars 2021" in shown
    assert "Vous êtes invité à la réunion" in shown
    for part in PARTS:
        assert part.name in shown
    command = ["mu", "extract", "--save-attachments", f"--target-dir={tmp_path}", path]
    subprocess.run(command, check=True, capture_output=True)
    for part in PARTS:
        assert (tmp_path / part.name).read_bytes() == part.content


def test_the_form_can_be_read_back(meeting, tmp_path):
    path = tmp_path / "question.txt"
    text = form(meeting, date(2021, 3, 11))
    path.write_text(text.rstrip() + " Quand ouvre le guichet ?\n", encoding="utf-8")

    assert [q.texte for q in read_form(path, NOW.date())] == ["Quand ouvre le guichet ?"]
