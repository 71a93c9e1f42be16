"""Find which meeting a command is about, and the day to assume."""

import re
from datetime import date, datetime, time

from qpref.cli.context import Context
from qpref.clu.facts import meetings
from qpref.errors import UsageError
from qpref.intake.dates import read_moment
from qpref.reference.meeting import Meeting
from qpref.reference.meetings import meeting_of


def moment_of(day: str | None) -> datetime:
    """Return now, or noon of the day asked for."""
    if day is None:
        return datetime.now().astimezone()
    return datetime.combine(day_of(day), time(12)).astimezone()


def day_of(text: str) -> date:
    """Return the day that a user wrote: 2021-03-16, 16/03/2021 or 16 mars 2021."""
    try:
        found = read_moment(text) if re.search(r"[/.\s]", text.strip()) else None
        return found.date() if found else date.fromisoformat(text)
    except ValueError as error:
        told = f"« {text} » n’est pas un jour."
        raise UsageError(told, "Écrivez-le comme 2021-03-16.") from error


def chosen_meeting(context: Context, name: str | None, today: date) -> Meeting:
    """Return the meeting asked for, by default the next one, or the last one."""
    found = meetings(context.project, context.reference)
    if name is None and found:
        coming = [m for m in found if m.date >= today and not m.annulee]
        return coming[0] if coming else found[-1]
    return meeting_of(found, name or "")
