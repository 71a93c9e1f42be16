"""Read the members' replies (mails, folders, workbooks): attendance and questions."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import icalendar

from qpref.clu.answers import (
    COMING,
    EXCUSED,
    REPRESENTED,
    Aside,
    dated,
    keep_replies,
    load_replies,
    moment,
    stance,
)
from qpref.clu.entry import uid
from qpref.clu.invitation import FORM_ABOUT, FORM_ATTENDANCE, FORM_FROM, FORM_QUESTION
from qpref.clu.mail_text import message_of, reply_only, text_of
from qpref.clu.questions import fields, keep_questions
from qpref.clu.reply import LONGEST, Read, Reading, answer_of, questions_of
from qpref.clu.reply_book import BOOKS, read_book
from qpref.clu.subjects import with_figure
from qpref.errors import QprefError, UnreadableFileError
from qpref.intake.folders import Looking, contents
from qpref.store.lock import held
from qpref.written import digest

_PARTSTAT = {"ACCEPTED": COMING, "DECLINED": EXCUSED, "DELEGATED": REPRESENTED}


@dataclass(frozen=True)
class Taken:
    """What was read in all: answers and questions that are new, set aside, known already."""

    answers: int = 0
    questions: int = 0
    aside: int = 0
    known: int = 0


def _kind_of(suffix: str) -> tuple[str, str]:
    """Return what a file that is neither a mail nor a workbook is, and what to do about it."""
    if suffix == ".msg":
        return "message d’Outlook", "Enregistrez-le au format .eml"
    return "ni un courriel (.eml), ni un classeur", "Enregistrez-le dans l’un de ces formats"


_LOOKING = Looking((".eml", *BOOKS), kind_of=_kind_of)


def files_of(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """
    Return the mails and workbooks of some paths, those of folders in order; what is not read.

    Raises
    ------
    UnreadableFileError
        If there is none, or one is missing.
    """
    found: list[Path] = []
    left: list[str] = []
    for path in paths:
        if path.is_dir():
            inside = contents(path, _LOOKING)
            found += (one.path for one in inside.files)
            left += [*inside.sentences, *(error.sentence.rstrip(".") for error in inside.closed)]
        elif path.is_file():
            found.append(path)
        else:
            raise UnreadableFileError(f"« {path} » : fichier absent.", "Vérifiez son chemin.")
    if not found:
        raise UnreadableFileError(
            "".join(["Aucune réponse à lire.", *(f" {sentence}." for sentence in left)]),
            "Donnez des courriels enregistrés (.eml), leur dossier, ou un classeur.",
        )
    return found, left


def read_replies(reading: Reading, paths: Sequence[Path]) -> Taken:
    """
    Read replies and keep what they say; a file that was read already is left alone.

    Each file is kept whole before the next is read: a run that was killed is begun again.

    Raises
    ------
    UnreadableFileError
        If there is nothing to read.
    StorageError
        If what is read cannot be kept.
    """
    total = Taken()
    for path in files_of(paths)[0]:
        sha256 = digest(path.read_bytes())
        if sha256 in load_replies(reading.project, reading.meeting).lues:
            total = replace(total, known=total.known + 1)
            continue
        read = _read(reading, path)
        about = (reading.project, reading.reference, reading.meeting)
        questions = [with_figure(*about, one) for one in read.questions]
        asked = keep_questions(reading.project, reading.meeting, questions)
        with held(reading.project.committee):
            kept = load_replies(reading.project, reading.meeting)
            if sha256 not in kept.lues:
                kept.lues[sha256] = path.name
                kept.reponses += dated(read.answers, kept.reponses, reading.now)
                kept.a_voir += read.aside
                until = reading.members.conserver_jusqu_au
                keep_replies(reading.project, reading.meeting, kept, until)
        total = Taken(
            total.answers + len(read.answers),
            total.questions + asked,
            total.aside + len(read.aside),
            total.known,
        )
    return total


def _read(reading: Reading, path: Path) -> Read:
    try:
        if path.suffix.casefold() in BOOKS:
            return read_book(reading, path)
        return _mail(reading, path.name, message_of(path.read_bytes()))
    except QprefError as error:
        return Read(aside=[Aside(path.name, str(error), "")])
    except Exception as error:  # noqa: BLE001 - the standard reader of mail raises whatever it meets
        return Read(aside=[Aside(path.name, f"ne se lit pas ({type(error).__name__})", "")])


def _mail(reading: Reading, name: str, message: EmailMessage) -> Read:
    """Return what a mail says; one of a machine, or of nobody known, is set aside."""
    whole = text_of(message)
    written = reply_only(whole)
    senders = [one.addr_spec for one in getattr(message["From"], "addresses", ())]
    member = reading.member(senders[0]) if len(senders) == 1 else None
    why = ""
    if str(message.get("Auto-Submitted", "no")).casefold() != "no" or (
        message.get_content_type() == "multipart/report"
    ):
        why = "réponse automatique"
    elif member is None:
        why = f"expéditeur inconnu : {', '.join(senders) or 'aucun'}"
    if why or member is None:
        return Read(aside=[Aside(name, why, written[:LONGEST])])
    sent = moment(_sent(message), reading.now)
    asked = [*_form_questions(whole)] or [*_asked(written)]
    answer, par = _calendar_answer(reading, message) or _form_answer(whole) or stance(written)
    questions = questions_of(reading, member, asked)
    if not (answer or questions):
        return Read(aside=[Aside(name, "ni présence ni question comprise", written[:LONGEST])])
    answers = [answer_of(reading, member, (answer, par), sent, name)] if answer else []
    return Read(answers, questions)


def _sent(message: EmailMessage) -> datetime | None:
    """Return when a mail was written: no later than it arrived, whatever a clock says."""
    arrived = str(message.get("Received", "")).rpartition(";")[2]
    moments = []
    for said in (str(message["Date"]), arrived):
        with suppress(TypeError, ValueError):
            found = parsedate_to_datetime(said)
            moments.append(found if found.tzinfo else found.replace(tzinfo=UTC))
    return min(moments, default=None)


def _calendar_answer(reading: Reading, message: EmailMessage) -> tuple[str, str] | None:
    """Return what a calendar answered (RFC 5546, 3.2.3), when it is of this meeting."""
    for part in message.walk():
        if part.get_content_type() != "text/calendar":
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        found = icalendar.Calendar.from_ical(content)
        for event in found.walk("VEVENT"):
            is_ours = str(event.get("uid", "")) == uid(reading.reference, reading.meeting)
            attendee = event.get("attendee")
            if is_ours and hasattr(attendee, "params"):
                said = _PARTSTAT.get(str(attendee.params.get("partstat", "")).upper())
                to = str(attendee.params.get("delegated-to", "")).strip('"')
                return (said, to.casefold().removeprefix("mailto:")) if said else None
    return None


def _form_answer(text: str) -> tuple[str, str] | None:
    """Return what the form says of coming, when it was filled in."""
    for label, value in fields(text):
        if label == FORM_ATTENDANCE and value:
            found = stance(value)
            return found if found[0] else None
    return None


def _form_questions(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a filled-in form asks, and about what."""
    about = ""
    for label, value in fields(text):
        if label == FORM_ABOUT:
            about = value
        elif label == FORM_QUESTION and value:
            yield value, about
        elif label == FORM_FROM:
            about = ""


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a text that ask something."""
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in re.findall(r"[^.!?]+\?", " ".join(paragraph.split())):
            asked = re.sub(r"^\s*(bonjour|madame|monsieur)[^,]*,\s*", "", sentence, flags=re.I)
            yield asked.strip(), ""
