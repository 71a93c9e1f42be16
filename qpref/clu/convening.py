"""Write the file of the next meeting from the last one, or move a meeting to another day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from qpref.clu import facts
from qpref.clu.entry import announced, sequence
from qpref.errors import MissingDataError, StorageError, UsageError
from qpref.project import Project, refused, write_atomically
from qpref.quality.agreements import KEPT, FollowUp, sending_deadline
from qpref.reference import Reference
from qpref.reference.meeting import PLANNED, AgendaItem, Meeting, Visit
from qpref.reference.meetings import refuse_one_entry
from qpref.reference.rewriting import CannotRewriteError, rewritten, to_yaml
from qpref.reference.schemas import modeline
from qpref.store.lock import held
from qpref.written import TO_FILL, write_noted

OPENING = "Ce qui a été convenu, et ce qui a été fait"
_OPENING_MINUTES = 15
_TO_SAY = "à préciser"
_UNKNOWN_HOUR = time(0)  # no committee meets at midnight
# Keys that a meeting hands on to the next one as they are.
_SAME = ("duree_minutes", "delai_envoi_jours", "delai_questions_jours", "taille_max_ko")


@dataclass(frozen=True)
class Wanted:
    """A meeting to convene: its day, and what the last one does not say."""

    day: date
    hour: time | None
    place: str | None
    committee: str | None


def convene(
    project: Project,
    reference: Reference,
    last: Meeting | None,
    agreements: Sequence[FollowUp],
    wanted: Wanted,
) -> Path:
    """
    Write the file of a meeting from the last one of its committee; return where.

    Parameters
    ----------
    project, reference
        Whose sites, campaigns and holidays.
    last
        The meeting before it, None for the first.
    agreements
        What became of the agreements of earlier meetings: those not kept are named in the file.
    wanted
        Its day.

    Raises
    ------
    UsageError
        If nothing says at what time it begins.
    StorageError
        If the file is there already, or cannot be written.
    ReferenceFileError
        If another meeting first was on that day: calendars would take one for the other.
    """
    hour = wanted.hour or (last and last.heure)
    if not hour or hour == _UNKNOWN_HOUR:
        raise UsageError("L’heure de la réunion n’est pas connue.", "Donnez-la par --heure 14h30.")
    content = _content(reference, last, wanted, hour)
    meeting = Meeting.model_validate({**content, "date": wanted.day})
    path = project.committee / f"{meeting.name}.yml"
    subdivision = reference.sites.territory
    text = "\n".join([*_notes(meeting, agreements, subdivision), to_yaml(content)]).encode()
    with held(project.committee):
        if path.exists():
            raise StorageError(
                f"« {path} » existe déjà : il reste tel quel.",
                "Corrigez-le, ou donnez un autre jour.",
            )
        refuse_one_entry([*facts.meetings(project, reference), meeting])
        write_noted(project, path, text, TO_FILL)
    return path


def _content(
    reference: Reference, last: Meeting | None, wanted: Wanted, hour: time
) -> dict[str, Any]:
    """Return what the file says: what the last meeting hands on, and the last campaign begun."""
    committee = wanted.committee
    sites = (
        last.sites if last else [site.id for site in reference.sites.committees[committee or ""]]
    )
    content: dict[str, Any] = {"date": wanted.day}
    content |= {"comite": committee} if committee else {}
    content |= {"heure": f"{hour:%H:%M}"}
    content |= {name: getattr(last, name) for name in _SAME} if last else {}
    content |= {"lieu": wanted.place or (last.lieu if last else _TO_SAY)}
    content |= {"fictif": "oui" if last and last.fictif else "non", "sites": [*sites]}
    begun = [c for c in reference.campaigns.campagnes if c.debut <= wanted.day]
    if begun:
        content["campagne"] = max(begun, key=lambda campaign: campaign.fin).id
    if last and last.quorum:
        content["quorum"] = last.quorum
    if last and last.participants:
        content["participants"] = [p.model_dump(exclude_defaults=True) for p in last.participants]
    content["ordre_du_jour"] = _agenda(last)
    visits = [_visit(visit) for visit in last.visites if visit.etat == PLANNED] if last else []
    return content | ({"visites": visits} if visits else {})


def _agenda(last: Meeting | None) -> list[dict[str, Any]]:
    """Return the items: the agreements first, then those that come back at each meeting, or all."""
    items = [item for item in last.ordre_du_jour if item.titre != OPENING] if last else []
    standing = [item for item in items if item.permanent] or items
    opening = AgendaItem(titre=OPENING, minutes=_OPENING_MINUTES, permanent=True)
    return [_item(item) for item in (opening, *standing)]


def _item(item: AgendaItem) -> dict[str, Any]:
    found: dict[str, Any] = {"titre": item.titre, "minutes": item.minutes}
    found |= {"permanent": "oui"} if item.permanent else {}
    return found | ({"documents": [*item.documents]} if item.documents else {})


def _visit(visit: Visit) -> dict[str, Any]:
    return visit.model_dump()


def _notes(meeting: Meeting, agreements: Sequence[FollowUp], subdivision: str | None) -> list[str]:
    """Return the comments at the head: days not to miss, agreements that are still open."""
    asked = meeting.date - timedelta(days=meeting.delai_questions_jours)
    lines = [
        modeline("reunion"),
        "# Aucun nom, aucune adresse. Les accords pris ce jour-là viennent du compte rendu rempli.",
        f"# Documents à envoyer au plus tard le {sending_deadline(meeting, subdivision)} ; "
        f"questions reçues jusqu’au {asked}.",
    ]
    still = [one for one in agreements if one.state != KEPT]
    if still:
        lines.append("# Accords encore ouverts, repris d’eux-mêmes dans l’ordre du jour :")
    for one in still:
        due = f", pour le {one.due}" if one.due else ""
        told = " ".join(one.agreement.accord.split())
        lines.append(f"#   {told} ({one.agreement.responsable}{due})")
    return lines


def move(project: Project, meeting: Meeting, day: date, now: datetime) -> Path:
    """
    Give a meeting another day: its file, and what came with it, take the name of the new one.

    If it was announced, what members say from `now` on is about the new day.

    Raises
    ------
    StorageError
        If another meeting has that day, or a file cannot be renamed.
    MissingDataError
        If its file cannot be changed key by key.
    """
    former = project.committee / f"{meeting.name}.yml"
    moved = meeting.model_copy(update={"date": day})
    path = former.with_name(f"{moved.name}.yml")
    with held(project.committee):
        if path.exists():
            raise StorageError(f"« {path} » existe déjà.", "Donnez un autre jour.")
        text = former.read_bytes().decode("utf-8-sig")
        days = [*meeting.deplacee_du, meeting.date]
        wanted = {**yaml.safe_load(text), "date": day, "deplacee_du": days}
        try:
            new = rewritten(text, wanted, {"deplacee_du": "date"}).encode()
        except CannotRewriteError as error:
            raise MissingDataError(
                f"« {former} » ne peut pas être changé sans être réécrit.",
                f"Changez « date », ajoutez « deplacee_du: [{meeting.date}] », puis renommez-le "
                f"« {path.name} ».",
            ) from error
        try:
            for beside in sorted(project.committee.glob(f"{meeting.name}.*")):
                if beside != former:
                    beside.rename(path.with_name(moved.name + beside.name[len(meeting.name) :]))
            # Killed before this, the same command goes on; in between, the file's name is refused.
            write_atomically(former, new)
            former.rename(path)
        except OSError as error:
            raise refused(path, error) from error
    moved = moved.model_copy(update={"deplacee_du": tuple(days)})
    if announced(project, moved) is not None:
        sequence(project, moved, now)
    return path
