"""Who will attend: read from the replies, kept per member in one file per meeting.

The last reply of a member counts, by the moment at which it was written, in whatever order replies
are read; one to the former day of a meeting that moved does not. What is not understood, or comes
from nobody known, is set aside with its reason.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from qpref.clu.entry import asked_since
from qpref.errors import StorageError
from qpref.project import Project
from qpref.reference.meeting import Meeting
from qpref.written import Kind, write_noted

COMING, EXCUSED, REPRESENTED = "present", "excuse", "represente"
ANSWERS = {COMING: "Vient", EXCUSED: "Excusé", REPRESENTED: "Représenté"}
_KEPT = "réponses des membres"
_REPRESENTED = re.compile(
    r"\b(?:représenté|remplacé|suppléé)e?s?\s+par\s+(?P<who>[^.;\n!?]+)|\bpouvoir\s+à\s+(?P<to>[^.;\n!?]+)"
    r"|\b(?:mon|ma|notre)\s+suppléante?\b|\bà\s+(?:ma|notre)\s+place\b"
    r"|(?P<by>[^.,;\n!?]{2,60}?)(?<!\bne)\s+(?:qui\s+)?"
    r"(?:me\s+(?:remplace|représente)(?:nt|ra|ront)?|nous\s+(?:remplace|représente)(?:ra|ront))\b",
    re.IGNORECASE,
)
_EXCUSED = re.compile(
    r"\bexcus|\bne\s+(?:pourr|peux|peut|pouvons|serai|serons|sera|viendr|particip)"
    r"|\bempêch|\babsente?s?\b|\bindisponible|\bdécline",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"\bprésente?s?\b|\bser(?:ai|ons|a)\s+(?:bien\s+)?(?:là|des\s+vôtres)|\bviendr(?:ai|ons|a)\b"
    r"|\bparticiper(?:ai|ons|a)\b|\bconfirme(?:r|ons)?\s+(?:ma|notre)\s+(?:présence|participation|venue)"
    r"|\baccepte\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class MemberAnswer:
    """What a member said, when; `par`, who comes instead: a member's id, or what was written."""

    membre: str
    reponse: str
    moment: str
    par: str = ""
    source: str = ""


@dataclass(frozen=True)
class Aside:
    """A reply, or a line of one, that was not understood, and why."""

    source: str
    motif: str
    texte: str


@dataclass
class MeetingReplies:
    """What was read for a meeting: digests of what was, answers, what is set aside."""

    lues: dict[str, str] = field(default_factory=dict)
    reponses: list[MemberAnswer] = field(default_factory=list)
    a_voir: list[Aside] = field(default_factory=list)


def stance(text: str) -> tuple[str, str]:
    """
    Return what a text says of coming, and who comes instead; nothing when it says none, or two.

    Examples
    --------
    >>> stance("Je ne pourrai pas venir, je serai représenté par mon adjoint.")
    ('represente', 'mon adjoint')
    >>> stance("Serez-vous présents au guichet ?")
    ('', '')
    """
    said = [part for part in re.split(r"(?<=[.!?;\n])\s*", text) if not part.endswith("?")]
    told = " ".join(said)
    if instead := _REPRESENTED.search(told):
        who = (instead["who"] or instead["to"] or instead["by"] or "").strip()
        return REPRESENTED, " ".join(who.split())[:80]
    excused = [part for part in said if _EXCUSED.search(part)]
    coming = [part for part in said if _COMING.search(part) and part not in excused]
    if excused and coming:
        return "", ""
    return (EXCUSED if excused else COMING if coming else ""), ""


def attendance(replies: Iterable[MemberAnswer]) -> dict[str, MemberAnswer]:
    """Return the last answer of each member, by the moment it was written."""
    found: dict[str, MemberAnswer] = {}
    for one in sorted(replies, key=lambda a: (a.moment, _place(a.source), a.reponse, a.par)):
        found[one.membre] = one
    return found


def _place(source: str) -> tuple[str | int, ...]:
    """Return where an answer was read, line 10 after line 9."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", source))


def dated(
    new: Iterable[MemberAnswer], known: Iterable[MemberAnswer], now: datetime
) -> list[MemberAnswer]:
    """
    Return answers with their moments: what is undated is said when it is first read.

    A workbook that is filled in further is read again: what it said before is no later for that.
    """
    new, known = [*new], [*known]
    books = {_book(one) for one in new if not one.moment}
    before = attendance(one for one in known if _book(one) in books)
    last = attendance(one for one in new if not one.moment)
    found = []
    for one in new:
        old, told = before.get(one.membre), last.get(one.membre, one)
        is_known = old is not None and (old.reponse, old.par) == (told.reponse, told.par)
        since = old.moment if old and is_known else moment(None, now)
        found.append(replace(one, moment=one.moment or since))
    return found


def _book(answer: MemberAnswer) -> str:
    return answer.source.partition(", ")[0]


def said(project: Project, meeting: Meeting) -> dict[str, MemberAnswer]:
    """Return the last answer of each member about the day that a meeting has now."""
    since = asked_since(project, meeting)
    kept = load_replies(project, meeting).reponses
    return attendance(one for one in kept if one.moment >= since)


def replies_file(project: Project, meeting: Meeting) -> Path:
    """Return where the replies of a meeting are kept; it holds what people wrote."""
    return project.committee / f"{meeting.name}.reponses.json"


def load_replies(project: Project, meeting: Meeting) -> MeetingReplies:
    """
    Return what was read for a meeting so far.

    Raises
    ------
    StorageError
        If its file is not one of ours.
    """
    path = replies_file(project, meeting)
    if not path.exists():
        return MeetingReplies()
    try:
        content: Mapping[str, Any] = json.loads(path.read_bytes())
        return MeetingReplies(
            {str(key): str(name) for key, name in content["lues"].items()},
            [MemberAnswer(**one) for one in content["reponses"]],
            [Aside(**one) for one in content["a_voir"]],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"« {path} » ne se lit pas.",
            "Renommez-le, puis relisez les réponses par qpref clu reponses.",
        ) from error


def keep_replies(project: Project, meeting: Meeting, found: MeetingReplies, until: date) -> None:
    """Write what was read for a meeting, kept as long as addresses are; call it under the lock."""
    path = replies_file(project, meeting)
    content = json.dumps(asdict(found), ensure_ascii=False, indent=1).encode()
    write_noted(project, path, content, Kind(_KEPT, until))


def moment(written: datetime | date | None, otherwise: datetime) -> str:
    """Return a moment as replies are compared: in UTC, to the second."""
    if isinstance(written, datetime):
        aware = written if written.tzinfo else written.replace(tzinfo=UTC)
    elif written:
        aware = datetime(written.year, written.month, written.day, 12, tzinfo=UTC)
    else:
        aware = otherwise
    return aware.astimezone(UTC).isoformat(timespec="seconds")
