"""Journal of the mail of a meeting: sent, not sent, or uncertain, per member.

One file for each attempt to send a member its message, made before the text leaves and written by
the run that made it, and by no other. Two runs cannot make the same file: exclusive creation holds
on the shares (SMB, NFS) where locks may hold nothing. Order comes from numbers, never from the
clock. No address and no text is written here.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qpref.errors import StorageError
from qpref.project import Project, appending, events, make_folder, refused, write_atomically

ACCEPTED = "accepte"  # the relay took the message
REFUSED = "refuse"
BEGUN = "commence"  # the text may have left: nobody knows
TO_SEND = "a_envoyer"
UNSENT = frozenset({TO_SEND, REFUSED})
_EXPECTED = "destinataires.json"
_ATTEMPT = re.compile(r"essai-(\d+)_(.+)\.jsonl")  # the number first: « con.jsonl » is no file name


@dataclass(frozen=True)
class Attempt:
    """One attempt to send a member its message; `edition`, the archive's that it carries."""

    path: Path
    member: str
    rank: int
    edition: str = ""

    @property
    def events(self) -> list[dict[str, str]]:
        """What was written of it, in order."""
        return [*_whole(self.path)]

    @property
    def state(self) -> str:
        """Its last word; `BEGUN` when whoever made it wrote nothing."""
        return self.events[-1]["etat"] if self.events else BEGUN

    def write(self, state: str, note: str = "") -> None:
        """Add a step, on the disk before anything else happens."""
        moment = datetime.now().astimezone().isoformat(timespec="seconds")
        step = {"moment": moment, "membre": self.member, "etat": state, "note": note}
        with appending(self.path) as add:
            add({**step, "edition": self.edition} if self.edition else step)


@dataclass(frozen=True)
class Journal:
    """What is known of the sending of one meeting's mail; `former`, as it was written before."""

    folder: Path
    former: Path

    @classmethod
    def of(cls, project: Project, meeting: str, version: int = 0) -> "Journal":
        """Return the journal of a version of a meeting's mail, by the meeting's first name."""
        folder = project.archives / meeting / (f"envois-{version}" if version else "envois")
        former = f"envois-{meeting}{f'-{version}' * (version > 0)}.jsonl"
        return cls(folder, project.committee / former)

    @classmethod
    def every(cls, project: Project, meeting: str) -> "list[Journal]":
        """Return the journals of all versions of a meeting's mail, the first one first."""
        found = (project.archives / meeting).glob("envois-[0-9]*")
        later = sorted(int(path.name.rpartition("-")[2]) for path in found)
        return [cls.of(project, meeting, version) for version in (0, *later)]

    @property
    def events(self) -> list[dict[str, str]]:
        """All that was written, the steps of each member in order."""
        return [*_whole(self.former), *(event for one in self._attempts() for event in one.events)]

    @property
    def states(self) -> dict[str, str]:
        """Where the message of each member stands, of those that it was to leave for."""
        found = dict.fromkeys(self._expected(), TO_SEND)
        found |= {event["membre"]: event["etat"] for event in _whole(self.former)}
        for one in self._attempts():
            if found.get(one.member) != ACCEPTED:  # whatever came after, it left
                found[one.member] = one.state
        return found

    def expect(self, members: Sequence[str]) -> None:
        """Write for whom the mail is to leave: it left for all only when it left for each."""
        known = self._expected()
        if not {*members} <= {*known}:
            content = json.dumps([*dict.fromkeys([*known, *members])], ensure_ascii=False)
            write_atomically(self.folder / _EXPECTED, content.encode())

    def begin(
        self,
        member: str,
        state: str,
        note: str = "",
        *,
        edition: str = "",
        after: frozenset[str] = UNSENT,
    ) -> Attempt | None:
        """
        Make the next attempt for a member; None when another run has it, or had it.

        Parameters
        ----------
        member
            Whose.
        state, note
            Its first step: `BEGUN` before the text leaves, `REFUSED` when it did not have to.
        edition
            Name of the archive's edition that the mail carries.
        after
            Where the member's message may stand for a new attempt to be made.

        Raises
        ------
        StorageError
            If it cannot be written; then there is no attempt.
        """
        made = [one for one in self._attempts() if one.member == member]
        # Read after them: an attempt made meanwhile has the name that this one would take.
        if self.states.get(member, TO_SEND) not in after:
            return None
        rank = made[-1].rank + 1 if made else 1
        one = Attempt(self.folder / f"essai-{rank}_{member}.jsonl", member, rank, edition)
        try:
            make_folder(self.folder)
            one.path.touch(exist_ok=False)
        except FileExistsError:
            return None
        except OSError as error:
            raise refused(self.folder, error) from error
        try:
            one.write(state, note)
        except StorageError:
            with suppress(OSError):  # else it stays begun, and a person is asked
                one.path.unlink()
            raise
        return one

    def _attempts(self) -> list[Attempt]:
        try:  # not `glob`, which takes a folder that it cannot read for an empty one
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        found = [(match[2], int(match[1])) for name in names if (match := _ATTEMPT.fullmatch(name))]
        return [
            Attempt(self.folder / f"essai-{rank}_{member}.jsonl", member, rank)
            for member, rank in sorted(found)
        ]

    def _expected(self) -> list[str]:
        try:
            return [str(one) for one in json.loads((self.folder / _EXPECTED).read_bytes())]
        except (OSError, ValueError, TypeError):
            return []


def _whole(path: Path) -> Iterator[dict[str, str]]:
    """Yield the steps of a file that say a member, a state and a moment."""
    yield from events(path, ("membre", "etat", "moment"))
