"""Sending through a real SMTP server that refuses, cuts the line, comes back: never twice."""

import socket
import threading

import pytest
from aiosmtpd.controller import Controller

from qpref.clu.journal import ACCEPTED, BEGUN, REFUSED, TO_SEND, Journal
from qpref.clu.sending import Post, SendingError, send, states_of
from qpref.reference.members import Relay
from tests.clu.conftest import make_member

SENDER = "@".join(("cellule", "prefecture.example"))
MEMBERS = [make_member(name) for name in ("a", "b", "c")]
MAILS = {
    member.id: f"To: {member.courriel}\r\nX-Unsent: 1\r\n\r\n.\r\nfin\r\n".encode()
    for member in MEMBERS
}


def mail_for(member):
    return MAILS[member.id]


def journal_in(folder):
    return Journal(folder / "envois", folder / "envois.jsonl")


class Server:
    """Takes messages; refuses the recipients and texts it is told to refuse."""

    def __init__(self, refused=(), unread=()):
        self.refused, self.unread = set(refused), set(unread)
        self.received = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802
        if address.split("@")[0] in self.refused:
            return "550 boîte inconnue"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        if envelope.rcpt_tos[0].split("@")[0] in self.unread:
            return "552 trop lourd"
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 pris"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def serve():
    running = []

    def start(**faults):
        handler = Server(**faults)
        port = free_port()
        controller = Controller(handler, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)
        return handler, Relay(
            serveur="127.0.0.1", port=port, chiffrement="aucun", expediteur=SENDER
        )

    yield start
    for controller in running:
        controller.stop()


def test_each_member_gets_its_own_message_once(serve, tmp_path):
    server, relay = serve()
    journal = journal_in(tmp_path)

    sent = send(mail_for, MEMBERS, Post(relay, None, journal))

    assert sent.those(ACCEPTED) == ["a", "b", "c"]
    assert [to for to, _ in server.received] == [[member.courriel] for member in MEMBERS]
    for (_, content), member in zip(server.received, MEMBERS, strict=True):
        assert content.startswith(f"From: {SENDER}\r\nTo: {member.courriel}\r\n".encode())
        assert b"X-Unsent" not in content
        assert content.endswith(b"\r\n\r\n.\r\nfin\r\n")  # a line with a dot alone passes
        others = [m.courriel.encode() for m in MEMBERS if m is not member]
        assert not any(address in content for address in others)
    assert sent.left == ["a", "b", "c"]
    assert send(mail_for, MEMBERS, Post(relay, None, journal)).left == []
    assert len(server.received) == 3
    assert "@" not in "".join(str(event) for event in journal.events)


def test_a_refused_recipient_or_text_stops_no_other_and_is_tried_again(serve, tmp_path):
    server, relay = serve(refused=["a"], unread=["b"])
    journal = journal_in(tmp_path)

    sent = send(mail_for, MEMBERS, Post(relay, None, journal))

    assert sent.states == {"a": REFUSED, "b": REFUSED, "c": ACCEPTED}
    assert "boîte inconnue" in sent.reasons["a"]
    assert "trop lourd" in sent.reasons["b"]
    server.refused, server.unread = set(), set()
    again = send(mail_for, MEMBERS, Post(relay, None, journal))
    assert again.those(ACCEPTED) == ["a", "b", "c"]
    assert [to[0].split("@")[0] for to, _ in server.received] == ["c", "a", "b"]


class CutAfterData(threading.Thread):
    """Answers yes until the text of a message has come, then a last word, if any, and hangs up."""

    def __init__(self, last=""):
        super().__init__(daemon=True)
        self.last = last
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.texts = 0

    def run(self):
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream):
        def say(text):
            stream.write(f"{text}\r\n".encode())
            stream.flush()

        say("220 ici")
        for received in stream:
            verb = received[:4].upper()
            if verb == b"DATA":
                say("354 oui")
                for text in stream:
                    if text == b".\r\n":
                        self.texts += 1
                        if self.last:
                            say(self.last)
                        return
            elif verb == b"QUIT":
                say("221 au revoir")
                return
            else:
                say("250 oui")


def test_a_cut_after_the_text_is_told_and_not_sent_again(serve, tmp_path):
    cut = CutAfterData()
    cut.start()
    journal = journal_in(tmp_path)
    relay = Relay(serveur="127.0.0.1", port=cut.port, chiffrement="aucun", expediteur=SENDER)

    sent = send(mail_for, MEMBERS[:1], Post(relay, None, journal))
    cut.socket.close()

    assert sent.states == {"a": BEGUN}
    assert cut.texts == 1
    server, good = serve()
    again = send(mail_for, MEMBERS, Post(good, None, journal))
    assert again.states == {"a": BEGUN, "b": ACCEPTED, "c": ACCEPTED}
    assert [to[0][0] for to, _ in server.received] == ["b", "c"]
    retried = send(mail_for, MEMBERS, Post(good, None, journal), is_retrying=True)
    assert (retried.those(ACCEPTED), retried.left) == (["a", "b", "c"], ["a"])
    assert [to[0][0] for to, _ in server.received] == ["b", "c", "a"]


def test_a_run_killed_between_two_members_goes_on_where_it_stopped(serve, tmp_path):
    server, relay = serve()
    journal = journal_in(tmp_path)
    send(mail_for, MEMBERS[:1], Post(relay, None, journal))
    assert states_of(journal, MEMBERS) == {"a": ACCEPTED, "b": TO_SEND, "c": TO_SEND}
    send(mail_for, MEMBERS, Post(relay, None, journal))

    assert [to[0][0] for to, _ in server.received] == ["a", "b", "c"]


def test_what_the_journal_said_before_it_had_a_file_for_each_attempt_counts(serve, tmp_path):
    server, relay = serve()
    journal = journal_in(tmp_path)
    lines = [
        f'{{"moment": "2021-03-01T09:00:00+01:00", "membre": "{member}", "etat": "{state}"}}\n'
        for member, state in (("a", ACCEPTED), ("b", BEGUN), ("c", TO_SEND), ("c", REFUSED))
    ]
    journal.former.write_text("".join(lines), encoding="utf-8")

    sent = send(mail_for, MEMBERS, Post(relay, None, journal))

    assert sent.states == {"a": ACCEPTED, "b": BEGUN, "c": ACCEPTED}
    assert [to[0][0] for to, _ in server.received] == ["c"]
    retried = send(mail_for, MEMBERS, Post(relay, None, journal), is_retrying=True)
    assert retried.left == ["b"]


def test_an_attempt_that_says_nothing_may_have_left(serve, tmp_path):
    """A run killed as it made the file of an attempt, or a share that lost what the file held."""
    server, relay = serve()
    journal = journal_in(tmp_path)
    journal.folder.mkdir()
    (journal.folder / "essai-1_b.jsonl").touch()

    assert send(mail_for, MEMBERS, Post(relay, None, journal)).those(BEGUN) == ["b"]
    assert [to[0][0] for to, _ in server.received] == ["a", "c"]


def test_an_answer_that_is_none_is_no_yes(tmp_path):
    """A relay, or what stands before it, that answers the text with no code: nobody knows."""
    babbling = CutAfterData(last="bonjour")
    babbling.start()
    relay = Relay(serveur="127.0.0.1", port=babbling.port, chiffrement="aucun", expediteur=SENDER)

    sent = send(mail_for, MEMBERS[:1], Post(relay, None, journal_in(tmp_path)))
    babbling.socket.close()

    assert (sent.states, sent.left) == ({"a": BEGUN}, [])
    assert "réponse incomprise" in sent.reasons["a"]


def test_a_relay_that_does_not_answer_is_told(tmp_path):
    relay = Relay(serveur="127.0.0.1", port=free_port(), chiffrement="aucun", expediteur=SENDER)

    journal = journal_in(tmp_path)
    with pytest.raises(SendingError, match="n’accepte pas la connexion"):
        send(mail_for, MEMBERS, Post(relay, None, journal))

    assert states_of(journal, MEMBERS) == dict.fromkeys("abc", TO_SEND)
