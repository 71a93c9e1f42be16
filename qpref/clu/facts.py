"""Facts known about the meetings: their files, the answers counted, the mail sent."""

import json
from datetime import date, datetime
from pathlib import Path

from qpref.batch.figures import FIGURES, read_figures
from qpref.batch.provenance import SUFFIX, read_provenance
from qpref.clu.journal import ACCEPTED, Journal
from qpref.display.agenda import Quote
from qpref.errors import MissingDataError
from qpref.project import Project, write_atomically
from qpref.quality.agreements import Known
from qpref.reference import Reference
from qpref.reference.agreement import Answers
from qpref.reference.checking import MEMBERS
from qpref.reference.loading import read
from qpref.reference.meeting import FigureOf, Meeting, MemberQuestion
from qpref.reference.meetings import load_meetings
from qpref.reference.members import Members, by_mail, by_post, load_members
from qpref.statistics.measure import SHARE
from qpref.store import Store
from qpref.written import name_of

_SATISFACTION = "satisfaction"
_USED = "membres.json"


def meetings(project: Project, reference: Reference) -> list[Meeting]:
    """Return the meetings of a project, in order of date."""
    sites = [site.id for site in reference.sites.sites]
    campaigns = [campaign.id for campaign in reference.campaigns.campagnes]
    return load_meetings(project.committee, sites, campaigns)


def own_file(project: Project, meeting: Meeting) -> Meeting:
    """Return a meeting as its own file says it, without what qpref wrote beside."""
    return read(Meeting, project.committee / f"{meeting.name}.yml")


def members_file(project: Project) -> Path:
    """Return where the addresses of the members are kept."""
    return project.committee / MEMBERS


def members_used(project: Project) -> Path:
    """Return the file of the members for whom the last pack was prepared; ours when none was."""
    try:
        path = project.root / json.loads((project.committee / _USED).read_bytes())["fichier"]
    except (OSError, ValueError, KeyError, TypeError):
        return members_file(project)
    return path if path.exists() else members_file(project)


def note_members(project: Project, path: Path) -> None:
    """
    Note for whom a pack is prepared: what comes after it is about the same members.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    if path.absolute() != members_used(project).absolute():
        content = json.dumps({"fichier": name_of(project, path)}, ensure_ascii=False)
        write_atomically(project.committee / _USED, content.encode(), is_private=True)


def members_of(project: Project, asked: Path | None = None) -> Members | None:
    """Return the members of a file, by default the one in use; None when that is not there."""
    path = asked or members_used(project)
    return load_members(path) if asked or path.exists() else None


def known(
    project: Project, reference: Reference, day: date, members: Members | None = None
) -> Known:
    """Return what the states of the agreements rest on, on a day."""
    found = meetings(project, reference)
    store = Store(project)
    answers = {}
    for meeting in found:
        for agreement in meeting.accords:
            proof = agreement.preuve
            if isinstance(proof, Answers):
                answers[proof.site, proof.campagne] = sum(
                    entry.gardees_par_site.get(proof.site, 0)
                    for entry in store.imports(proof.campagne)
                    if entry.nature == _SATISFACTION
                )
    sent = {m.name: went for m in found if (went := sent_on(project, m, members))}
    consents = None
    if members is not None:
        around = [one for one in members.on(day).membres if not one.suppleant_de]
        consents = (sum(member.consents for member in around), len(around))
    ends = {campaign.id: campaign.fin for campaign in reference.campaigns.campagnes}
    return Known(day, found, answers, sent, consents, ends, reference.sites.territory)


def sent_on(project: Project, meeting: Meeting, members: Members | None) -> date | None:
    """Return the day when the documents had left for all: by mail and by post, or as is written."""
    if meeting.envoye_le:
        return meeting.envoye_le
    invited = members.on(meeting.date).membres if members else ()
    posted = min(meeting.lettres_le, default=None)
    if by_post(invited) and not posted:
        return None
    if invited and not by_mail(invited):
        return posted
    mailed = _mailed_on(project, meeting)
    return max(mailed, posted or mailed) if mailed else None


def _mailed_on(project: Project, meeting: Meeting) -> date | None:
    """Return the day when a version of the mail had left for each whom it was for."""
    for journal in Journal.every(project, meeting.first_name):
        if {*journal.states.values()} == {ACCEPTED}:
            taken = (event["moment"] for event in journal.events if event["etat"] == ACCEPTED)
            return max(datetime.fromisoformat(moment).date() for moment in taken)
    return None


def figures_of(project: Project, meeting: Meeting, question: MemberQuestion) -> list[Quote]:
    """
    Return the figures that a question is about, read in the figures files of the reports.

    Raises
    ------
    MissingDataError
        If a report has no such figure.
    """
    return [_figure(project, meeting, wanted) for wanted in question.chiffres]


def _figure(project: Project, meeting: Meeting, wanted: FigureOf) -> Quote:
    base = project.document(str(meeting.campagne), wanted.document)
    path = base.with_name(f"{base.name}{FIGURES}")
    for figure in read_figures(path).values() if path.exists() else ():
        measure = figure.measure
        place = (figure.section, measure.key, measure.group)
        is_named = wanted.libelle in {None, measure.label} and measure.is_known
        if is_named and place == (wanted.section, wanted.indicateur, wanted.groupe):
            return Quote(measure, title_of(base))
    raise MissingDataError(
        f"Réunion du {meeting.date} : « {wanted.document} » n’a pas de chiffre "
        f"{wanted.section} / {wanted.indicateur} / {wanted.groupe or 'ensemble'}.",
        f"Choisissez une ligne de « {path.name} ».",
    )


def headline(project: Project, meeting: Meeting, document: str) -> Quote | None:
    """Return the first share of a report that has a name and an interval; None when it has none."""
    base = project.document(str(meeting.campagne), document)
    path = base.with_name(f"{base.name}{FIGURES}")
    shares = (f.measure for f in read_figures(path).values()) if path.exists() else ()
    found = next((m for m in shares if m.label and m.unit == SHARE and m.low is not None), None)
    return Quote(found, title_of(base)) if found else None


def title_of(base: Path) -> str:
    """
    Return the title that a report gives itself; `base`, its path without a suffix.

    Raises
    ------
    MissingDataError
        If what it was made from cannot be read.
    """
    facts = read_provenance(base.with_name(f"{base.name}{SUFFIX}"))
    if facts is None:
        raise MissingDataError(
            f"La provenance du rapport « {base} » est absente ou illisible.",
            "Refaites-le : qpref rapports.",
        )
    return facts.titre
