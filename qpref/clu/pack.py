"""A meeting's pack: its documents, the minutes to fill in, the drafts that carry the documents."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qpref.batch.pool import Event
from qpref.clu.archive import Kept, keep
from qpref.clu.documents import Occasion, fresh_reports, parts
from qpref.clu.entry import CALENDAR_NAME, announced
from qpref.clu.invitation import Attachment, bodies, draft
from qpref.clu.minutes import minutes
from qpref.clu.post import LETTER_FILES, LETTERS, by_mail, letters
from qpref.clu.slideshow import TITLE as SHOW_TITLE
from qpref.clu.slideshow import slide_show
from qpref.display.agenda import Document
from qpref.errors import MissingDataError, QprefError, StorageError
from qpref.project import Project, refused, write_atomically
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member
from qpref.slides.theme import open_template
from qpref.store.lock import held
from qpref.written import Kind, digest, digests, free_name, note

DRAFT = "brouillon de courriel"
_DOCUMENT = Kind("document d’une réunion")
MINUTES, MANIFEST, ONE_FOR_ALL = "compte-rendu.docx", "dossier.json", "invitation.eml"
_HEAVIEST = 3


class TooHeavyError(
    QprefError,
    exit_code=15,
    meaning="courriel plus lourd que la limite fixée pour la réunion",
):
    """A mail over the limit; nothing is written."""


@dataclass(frozen=True)
class Pack:
    """
    What was prepared: where, the documents, the weight of the mail in bytes.

    `mail_for` gives the message of one member, made when it is asked for; `kept`, the archive of
    what it carries; `theirs`, files that people changed or added, by the name they have now;
    `apart`, those of the slide show when the mail would be too heavy with it.
    """

    folder: Path
    documents: Sequence[Document]
    mail_for: Callable[[Member], bytes]
    weight: int
    kept: Kept | None
    theirs: Sequence[str]
    apart: Sequence[str] = ()

    @property
    def edition(self) -> str:
        """The name of that archive; none when nothing was to be kept."""
        return self.kept.edition.folder.name if self.kept else ""


def folder_of(project: Project, meeting: Meeting) -> Path:
    """Return where the pack of a meeting is."""
    return project.packs / meeting.name


def prepare(occasion: Occasion, tell: Callable[[Event], None], *, is_personal: bool) -> Pack:
    """
    Make or reuse the reports of a meeting, and write its pack; on failure the old one stays.

    Parameters
    ----------
    occasion
        For what, for whom, and how.
    tell
        Of `pool.make_all`.
    is_personal
        One draft a member; by default one for all, that hides who did not agree to be seen.

    Raises
    ------
    TemplateError
        If the slide show has no place in the service's template.
    NotebookError
        If a report fails.
    TooHeavyError
        If the mail is over the meeting's limit.
    """
    meeting = occasion.meeting
    template = open_template(occasion.template)  # refused before minutes are spent on reports
    reports = fresh_reports(occasion, tell)
    documents, attachments = parts(occasion, reports)
    show = slide_show(occasion, template)
    mail = _mail(occasion, *_with(show, documents, attachments), is_personal=is_personal)
    if mail.weight > meeting.taille_max_ko * 1000:
        mail = _mail(occasion, documents, attachments, is_personal=is_personal)
    _refuse_weight(meeting, mail.weight, attachments)
    files = {MINUTES: minutes(meeting, occasion.agreements, occasion.setting.now)}
    files |= letters(occasion, mail.documents)
    files |= {part.name: part.content for part in (*show, *mail.attachments)} | mail.drafts
    files[MANIFEST] = _manifest(occasion, files, mail.weight)
    folder = folder_of(occasion.project, meeting)
    with held(occasion.project.committee):
        # Before the pack: nothing can leave that was not kept.
        sent = _named(mail.documents, mail.attachments)
        kept = keep(occasion.project, meeting, reports, sent, occasion.today)
        sweep(occasion.project)
        _note(occasion.project, folder, files, occasion.members.conserver_jusqu_au)
        theirs = _replace(occasion.project, folder, files)
    apart = [part.name for part in show if part not in mail.attachments]
    return Pack(folder, mail.documents, mail.of, mail.weight, kept, theirs, apart)


def call_off(occasion: Occasion, *, is_personal: bool) -> Pack:
    """
    Write the drafts that tell members that a meeting is cancelled, and take it out of calendars.

    Raises
    ------
    MissingDataError
        If it was never announced: there is nothing to take back.
    """
    project, meeting = occasion.project, occasion.meeting
    if announced(project, meeting) is None:
        raise MissingDataError(
            f"La réunion du {meeting.date} n’a jamais été annoncée par qpref.",
            "Rien n’est à envoyer ; gardez son fichier, ou supprimez-le.",
        )
    entry = [occasion.entry_for(())]
    mail = _mail(occasion, [], entry, is_personal=is_personal)
    files = {part.name: part.content for part in entry} | mail.drafts
    folder = folder_of(project, meeting)
    with held(project.committee):
        sweep(project)
        _note(project, folder, files, occasion.members.conserver_jusqu_au)
        theirs = _replace(project, folder, files)
    return Pack(folder, [], mail.of, mail.weight, None, theirs)


@dataclass(frozen=True)
class _Mail:
    """Drafts of the mail by name, what they carry, and the message `of` one member."""

    documents: Sequence[Document]
    attachments: Sequence[Attachment]
    drafts: dict[str, bytes]
    of: Callable[[Member], bytes]

    @property
    def weight(self) -> int:
        """The heaviest draft, in bytes."""
        return max(map(len, self.drafts.values()), default=0)


def _with(
    show: Sequence[Attachment], documents: Sequence[Document], attachments: Sequence[Attachment]
) -> tuple[list[Document], list[Attachment]]:
    """Return the documents and files of the mail, the slide show after the agenda."""
    own = Document(SHOW_TITLE, [part.name for part in show])
    first = len(documents[0].files)
    parts_ = [*attachments[:first], *show, *attachments[first:]]
    return [*documents[:1], own, *documents[1:]], parts_


def _mail(
    occasion: Occasion,
    documents: Sequence[Document],
    attachments: Sequence[Attachment],
    *,
    is_personal: bool,
) -> _Mail:
    """Write the drafts: one for each member, or one for all."""
    meeting, now = occasion.meeting, occasion.setting.now
    members = by_mail(occasion.invited.membres)
    texts = bodies(meeting, documents, occasion.last_question)

    def written(to: Sequence[Member], bcc: Sequence[Member]) -> bytes:
        """Write one message: its calendar entry names those whose address all of them see."""
        own = [occasion.entry_for(to) if p.name == CALENDAR_NAME else p for p in attachments]
        return draft(meeting, to, bcc, (texts, own), now).as_bytes()

    def mail_for(member: Member) -> bytes:
        return written([member], [])

    if is_personal:
        drafts = {f"invitation-{member.id}.eml": mail_for(member) for member in members}
    else:
        seen = [member for member in members if member.consents]
        hidden = [member for member in members if not member.consents]
        drafts = {ONE_FOR_ALL: written(seen, hidden)}
    return _Mail(documents, attachments, drafts, mail_for)


def _named(documents: Sequence[Document], attachments: Sequence[Attachment]) -> dict[str, bytes]:
    """Return the files of the documents, without the calendar entry and the form."""
    names = {name for document in documents for name in document.files}
    return {part.name: part.content for part in attachments if part.name in names}


def _refuse_weight(meeting: Meeting, weight: int, attachments: Sequence[Attachment]) -> None:
    if weight <= meeting.taille_max_ko * 1000:
        return
    heaviest = sorted(attachments, key=lambda part: -len(part.content))[:_HEAVIEST]
    named = ", ".join(f"{part.name} ({len(part.content) // 1000} ko)" for part in heaviest)
    raise TooHeavyError(
        f"Le courriel pèserait {weight // 1000} ko, la limite est de {meeting.taille_max_ko} ko. "
        f"Les plus lourds : {named}.",
        f"Retirez des documents de data/clu/{meeting.name}.yml (documents_pdf d’abord), ou relevez "
        "taille_max_ko.",
    )


def _manifest(occasion: Occasion, files: Mapping[str, bytes], weight: int) -> bytes:
    content = {
        "reunion": occasion.meeting.date.isoformat(),
        "prepare_le": occasion.setting.now.isoformat(timespec="seconds"),
        "a_envoyer_avant": occasion.deadline.isoformat(),
        "fictif": occasion.meeting.fictif,
        "poids_courriel": weight,
        "fichiers": {
            name: {"octets": len(content), "sha256": digest(content)}
            for name, content in files.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _note(project: Project, folder: Path, files: Mapping[str, bytes], until: date) -> None:
    """Write in the register what a pack is about to hold, and until when drafts keep addresses."""
    for name, content in files.items():
        named = DRAFT if name.endswith(".eml") else LETTERS if name in LETTER_FILES else ""
        kind = Kind(named, until) if named else _DOCUMENT
        note(project, {folder / name: digest(content)}, kind)


def _replace(project: Project, folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """
    Put a whole pack in place of the old one, and return the files of people that stay in it.

    Readers see one pack or the other.

    The old one is removed only once the new one is there: between two renames that fail, it is the
    only copy, and is told where it is.
    """
    draft_folder = folder.with_name(f".{folder.name}.en-cours-{os.getpid()}")
    old = folder.with_name(f".{folder.name}.ancien-{os.getpid()}")
    try:
        for name, content in files.items():
            write_atomically(draft_folder / name, content, is_private=True)
        if folder.exists():
            folder.rename(old)
        draft_folder.rename(folder)
    except OSError as error:
        _put_back(folder, old)
        raise refused(folder, error) from error
    finally:
        shutil.rmtree(draft_folder, ignore_errors=True)
    theirs = _keep_theirs(project, old, folder)
    shutil.rmtree(old, ignore_errors=True)
    return theirs


def _keep_theirs(project: Project, old: Path, folder: Path) -> list[str]:
    """Move to the new pack what people changed in the old one or added to it; return the names."""
    if not old.is_dir():
        return []
    names = []
    known = digests(project, [folder / path.name for path in old.iterdir()])
    former = _written(old)
    # Names that are free first: what an earlier run kept under one does not change name again.
    for path in sorted(old.iterdir(), key=lambda p: ((folder / p.name).exists(), p.name)):
        target = folder / path.name
        ours = {*known.get(target, ()), former.get(path.name)}
        if path.is_file() and digest(path.read_bytes()) in ours:
            continue
        target = free_name(target) if target.exists() else target
        path.rename(target)
        names.append(target.name)
    return sorted(names)


def _written(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a pack that was made before the register was."""
    try:
        text = (folder / MANIFEST).read_bytes()
        found = {name: str(one["sha256"]) for name, one in json.loads(text)["fichiers"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {MANIFEST: digest(text), **found}


def sweep(project: Project) -> None:
    """Finish what killed runs began; under the lock, nobody else is preparing anything."""
    packs = project.packs
    for old in packs.glob(".*.ancien-*"):
        folder = packs / old.name[1:].partition(".ancien-")[0]
        if folder.exists():
            _keep_theirs(project, old, folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)
    for draft_folder in packs.glob(".*.en-cours-*"):
        shutil.rmtree(draft_folder, ignore_errors=True)


def _put_back(folder: Path, old: Path) -> None:
    """Put the old pack back where it was, if it was moved."""
    if folder.exists() or not old.exists():
        return
    try:
        old.rename(folder)
    except OSError as error:
        raise StorageError(
            f"Le dossier « {folder} » n’a pas pu être remplacé ({error.strerror or error}).",
            f"L’ancien est intact dans « {old} » : redonnez-lui son nom.",
        ) from error
