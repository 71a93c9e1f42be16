"""The meetings of a committee, read from data/clu."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from qpref.errors import MissingDataError, ReferenceFileError
from qpref.reference.faults import Fault, refusal
from qpref.reference.links import Names, meeting_links
from qpref.reference.loading import parse, read, read_yaml
from qpref.reference.meeting import MINUTES, QUESTIONS, Meeting, Minutes, Questions


def meeting_files(folder: Path) -> list[Path]:
    """Return the files of the meetings, without what qpref writes beside them."""
    found = sorted(folder.glob("[0-9]*.yml"))
    return [path for path in found if not path.name.endswith((QUESTIONS, MINUTES))]


def meeting_faults(meeting: Meeting, path: Path, sites: Names, campaigns: Names) -> Iterator[Fault]:
    """Yield what a meeting says that its file or the other files do not."""
    if path.stem != meeting.name:
        told = f"{meeting.name} n’est pas le nom du fichier"
        remedy = "Renommez le fichier, ou corrigez la date ou le comité."
        yield Fault(("date",), told, remedy)
    yield from meeting_links(meeting, sites, campaigns)


def load_meetings(folder: Path, sites: list[str], campaigns: list[str]) -> list[Meeting]:
    """
    Return the meetings of a folder, in order of date, each with the questions received by mail.

    Parameters
    ----------
    folder
        Usually data/clu.
    sites, campaigns
        Known names, that a meeting may point to.

    Raises
    ------
    ReferenceFileError
        If a file is wrong; the message names file, key and remedy.
    """
    found = []
    for path in meeting_files(folder):
        content = read_yaml(path)
        meeting = parse(Meeting, content)
        if faults := [*meeting_faults(meeting, path, sites, campaigns)]:
            raise refusal(content.problems(faults))
        mailed = path.with_name(path.stem + QUESTIONS)
        if mailed.exists():
            more = read(Questions, mailed).questions
            meeting = meeting.model_copy(update={"questions": (*meeting.questions, *more)})
        told = path.with_name(path.stem + MINUTES)
        if told.exists():
            meeting = _told(meeting, read(Minutes, told))
        found.append(meeting)
    refuse_one_entry(found)
    names = [agreement.id for meeting in found for agreement in meeting.accords]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ReferenceFileError(
            f"« {folder} » : l’accord « {double[0]} » est écrit dans deux réunions.",
            "Un accord s’écrit une fois, dans la réunion qui l’a pris ; donnez-lui un autre id.",
        )
    return found


def _told(meeting: Meeting, said: Minutes) -> Meeting:
    """Return a meeting with what its minutes say: agreements, and what became of its visits."""
    again = {visit.service for visit in said.visites}
    visits = [visit for visit in meeting.visites if visit.service not in again]
    more = {
        "accords": (*meeting.accords, *said.accords),
        "visites": (*visits, *said.visites),
    }
    return meeting.model_copy(update=more)


def refuse_one_entry(meetings: Sequence[Meeting]) -> None:
    """
    Refuse two meetings that calendars, and archives, would take for one.

    Raises
    ------
    ReferenceFileError
        If one is on the day on which another first was.
    """
    first: dict[str, Meeting] = {}
    for meeting in meetings:
        other = first.setdefault(meeting.first_name, meeting)
        if other is not meeting:
            moved, still = (meeting, other) if meeting.deplacee_du else (other, meeting)
            raise ReferenceFileError(
                f"La réunion du {moved.date} devait d’abord se tenir le {moved.deplacee_du[0]} : "
                f"les agendas la confondraient avec celle du {still.date}.",
                "Donnez un autre jour à la nouvelle réunion.",
            )


def meeting_of(meetings: list[Meeting], name: str) -> Meeting:
    """
    Return the meeting of a day, or the only one of a month (« 2021-03 »).

    Raises
    ------
    MissingDataError
        If there is none, or several.
    """
    found = [meeting for meeting in meetings if meeting.name.startswith(name)]
    found = [m for m in found if m.name == name] or found
    if len(found) == 1:
        return found[0]
    known = ", ".join(meeting.name for meeting in meetings) or "aucune"
    asked = f" pour « {name} »" if name else ""
    raise MissingDataError(
        f"{'Plusieurs réunions' if found else 'Aucune réunion'}{asked}. "
        f"Réunions connues : {known}.",
        "Donnez sa date, ou écrivez data/clu/AAAA-MM-JJ.yml ; le guide en donne la forme.",
    )
