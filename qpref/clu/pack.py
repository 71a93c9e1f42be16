"""Pack of a meeting: documents, minutes to fill in, and the drafts that carry them."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qpref.batch.plan import Report
from qpref.batch.pool import Event
from qpref.clu.archive import Kept, keep
from qpref.clu.documents import OPENING, Occasion, fresh_reports, opening_page, parts, prints
from qpref.clu.entry import announced
from qpref.clu.headlines import headlines
from qpref.clu.invitation import Attachment
from qpref.clu.mailing import Enclosed, compose
from qpref.clu.minutes import known_before, minutes
from qpref.clu.post import LETTER_FILES, LETTERS, letters
from qpref.clu.slideshow import NAME as SHOW
from qpref.clu.slideshow import deck_of, editable, results_of
from qpref.display.agenda import Document
from qpref.errors import MissingDataError, StorageError
from qpref.project import Project, refused, write_atomically
from qpref.reference.meeting import PAGE, PDF, Meeting
from qpref.reference.members import Member
from qpref.slides.page import to_html
from qpref.slides.theme import Template, open_template
from qpref.store.lock import held
from qpref.written import Kind, digest, digests, free_name, note, place_beside

DRAFT = "brouillon de courriel"
_DOCUMENT = Kind("document d’une réunion")
MINUTES, MANIFEST = "compte-rendu.docx", "dossier.json"


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
    contents = _contents(occasion, reports, template)
    mail = compose(occasion, contents, is_personal=is_personal)
    known = known_before(occasion.project, meeting, occasion.members)
    to_fill = minutes(meeting, occasion.agreements, occasion.setting.now, known)
    files = letters(occasion, mail.documents)
    files |= {part.name: part.content for part in (*contents.show, *mail.attachments)} | mail.drafts
    folder = folder_of(occasion.project, meeting)
    with held(occasion.project.committee):
        # Before the pack: nothing can leave that was not kept.
        sent = mail.named
        kept = keep(occasion.project, meeting, reports, sent, occasion.today)
        sweep(occasion.project)
        former = {folder / name: digest for name, digest in _written(folder).items()}
        place = place_beside(occasion.project, folder / MINUTES, to_fill, former)
        files[place.name] = to_fill
        files[MANIFEST] = _manifest(occasion, files, mail.weight)
        _note(occasion.project, folder, files, occasion.members.conserver_jusqu_au)
        theirs = _replace(occasion.project, folder, files)
    apart = [part.name for part in contents.show if part not in mail.attachments]
    return Pack(folder, mail.documents, mail.of, mail.weight, kept, theirs, apart)


def call_off(occasion: Occasion, *, is_personal: bool) -> Pack:
    """
    Write the drafts and letters that tell members that a meeting is cancelled.

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
    mail = compose(occasion, Enclosed([], entry, (), ()), is_personal=is_personal)
    files = {part.name: part.content for part in entry} | mail.drafts | letters(occasion, [])
    files[MANIFEST] = _manifest(occasion, files, mail.weight)
    folder = folder_of(project, meeting)
    with held(project.committee):
        sweep(project)
        _note(project, folder, files, occasion.members.conserver_jusqu_au)
        theirs = _replace(project, folder, files)
    return Pack(folder, [], mail.of, mail.weight, None, theirs)


def _contents(occasion: Occasion, reports: Mapping[str, Report], template: Template) -> Enclosed:
    """Return what the mail carries and says, once everything is printed."""
    results = results_of(occasion)
    told = [line for one in results.committees for line in headlines(one)] if results else []
    deck, page = deck_of(occasion, results), opening_page(occasion, reports)
    printed = prints(occasion, reports, {OPENING: page, SHOW: to_html(deck).encode()})
    opening = {PAGE: page, **({PDF: printed[OPENING]} if printed else {})}
    show = [editable(deck, template, occasion.today)]
    if printed:
        show.insert(0, Attachment(f"{SHOW}.{PDF}", printed[SHOW], "application/pdf"))
    return Enclosed(*parts(occasion, reports, opening), show, told)


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
    """
    Move to the new pack what people changed in the old one or added to it; return the names.

    What other commands wrote there goes along too.
    """
    if not old.is_dir():
        return []
    names = []
    known = digests(project, [folder / path.name for path in old.iterdir()])
    former = _written(old)
    # Names that are free first: what an earlier run kept under one does not change name again.
    for path in sorted(old.iterdir(), key=lambda p: ((folder / p.name).exists(), p.name)):
        target = folder / path.name
        ours = {*known.get(target, ()), former.get(path.name)}
        is_ours = path.is_file() and digest(path.read_bytes()) in ours
        if is_ours and (target.exists() or path.name in former or not former):
            continue  # of the old pack
        target = free_name(target) if target.exists() else target
        path.rename(target)
        names += [] if is_ours else [target.name]
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
