"""The documents of a meeting: its opening page, and the reports of its agenda, made or reused."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from qpref.batch.freshness import why_stale
from qpref.batch.plan import Report, make_plan
from qpref.batch.pool import Event, Limits, make_all
from qpref.batch.result import NotebookError
from qpref.batch.setting import RunSetting
from qpref.clu import facts
from qpref.clu.entry import CALENDAR_NAME, Entry, sequence
from qpref.clu.invitation import FORM_NAME, Attachment, form
from qpref.display import agenda
from qpref.display.agenda import Document
from qpref.errors import UnknownKeyError
from qpref.project import Project
from qpref.quality.agreements import FollowUp, follow_up, sending_deadline
from qpref.reference import Reference
from qpref.reference.meeting import PAGE, PDF, Meeting
from qpref.reference.members import Member, Members, balance, load_relay, relay_file
from qpref.report.page import Page, render
from qpref.report.pdf import to_pdf
from qpref.scratch import scratch

_OPENING, _OPENING_TITLE = "ordre-du-jour", "Ordre du jour et suivi des accords"
_KINDS = {PAGE: "text/html", PDF: "application/pdf"}


@dataclass(frozen=True)
class Occasion:
    """
    A meeting, in its project, for its members, and how its documents are made.

    `template`: the service's own, for the slide show; None for ours.
    """

    project: Project
    reference: Reference
    meeting: Meeting
    members: Members
    setting: RunSetting
    limits: Limits
    template: Path | None = None

    @property
    def today(self) -> date:
        """The day of the preparation."""
        return self.setting.now.date()

    @cached_property
    def invited(self) -> Members:
        """The members whose term runs on the day of the meeting."""
        return self.members.on(self.meeting.date)

    @cached_property
    def version(self) -> int:
        """How many times what the meeting says to calendars changed."""
        return sequence(self.project, self.meeting)

    @cached_property
    def _entry(self) -> Entry:
        path = relay_file(self.project.committee)
        relay = load_relay(path).expediteur if path.exists() else None
        return Entry(self.reference, self.version, self.members.organisateur or relay)

    def entry_for(self, to: Sequence[Member]) -> Attachment:
        """Return the calendar entry of some members, who see each other's address."""
        content = self._entry.calendar(self.meeting, to, self.setting.now)
        method = self._entry.method(self.meeting, to)
        return Attachment(CALENDAR_NAME, content, "text/calendar", method)

    @property
    def deadline(self) -> date:
        """The last day to send the documents."""
        return sending_deadline(self.meeting, self.reference.sites.jours_feries)

    @cached_property
    def agreements(self) -> list[FollowUp]:
        """What became of what earlier meetings agreed on."""
        known = facts.known(self.project, self.reference, self.today, self.members)
        return follow_up(known, before=self.meeting)

    @property
    def last_question(self) -> date:
        """The day before which a question helps."""
        return self.meeting.date - timedelta(days=self.meeting.delai_questions_jours)


def ascii_name(meeting: Meeting, document: str) -> str:
    """
    Return the name under which a document is sent: some mail clients lose accents and spaces.

    Notes
    -----
    « cahors/10_satisfaction » becomes « clu-2021-03-16_cahors_satisfaction ».
    """
    place, _, name = document.rpartition("/")
    subject = name.split("_", 1)[-1] if name[:2].isdigit() else name
    return "_".join(part for part in (f"clu-{meeting.date}", place, subject) if part)


def file_names(meeting: Meeting, documents: Sequence[str]) -> dict[str, str]:
    """Return the name under which each document is sent, with its number where two are alike."""
    short = {document: ascii_name(meeting, document) for document in documents}
    taken = Counter(short.values())
    return {
        document: name
        if taken[name] == 1
        else "_".join((f"clu-{meeting.date}", *document.split("/")))
        for document, name in short.items()
    }


def fresh_reports(occasion: Occasion, tell: Callable[[Event], None]) -> dict[str, Report]:
    """
    Return the reports of the agenda, after those that were stale or absent were made.

    Raises
    ------
    UnknownKeyError
        If the agenda names a report that does not exist.
    NotebookError
        If a report fails.
    """
    meeting, project = occasion.meeting, occasion.project
    if meeting.campagne is None:
        return {}
    names = sorted({document.split("/")[-1] for document in meeting.documents})
    plan = make_plan(project, occasion.reference, meeting.campagne, (), names)
    known = {f"{report.site}/{report.notebook.name}": report for report in plan}
    for document in meeting.documents:
        if document not in known:
            raise UnknownKeyError("Document", document, known, f"data/clu/{meeting.name}.yml")
    chosen = {document: known[document] for document in meeting.documents}
    printed = [chosen[name] for name in meeting.documents_pdf]
    _make([report for report in chosen.values() if report not in printed], occasion, None, tell)
    _make(printed, occasion, occasion.setting.browser, tell)
    return chosen


def _make(
    reports: list[Report], occasion: Occasion, browser: Path | None, tell: Callable[[Event], None]
) -> None:
    """Make those that are not up to date; printed too when there is a browser."""
    project, reference = occasion.project, occasion.reference
    wanted = (f".{PDF}",) if browser else ()
    stale = [r for r in reports if why_stale(r, project, reference, wanted)]
    setting = replace(occasion.setting, browser=browser)
    for result in make_all(stale, project, setting, occasion.limits, tell):
        if result.failure:
            raise NotebookError(result.failure, "L’ancien dossier, s’il existe, est intact.")


def opening_page(occasion: Occasion, titles: dict[str, str]) -> Page:
    """Return the page that opens the pack: agenda, agreements, questions, who is around."""
    meeting, project = occasion.meeting, occasion.project
    asked = [(q, facts.figures_of(project, meeting, q)) for q in meeting.questions]
    heading = agenda.heading(meeting, occasion.reference.sites.sites, occasion.deadline)
    sections = [
        heading,
        agenda.agenda(meeting, titles),
        agenda.agreements(occasion.agreements, occasion.today),
        agenda.questions(asked),
        agenda.around_the_table(balance(occasion.invited.membres)),
    ]
    page = heading.page or {}
    is_fictional = meeting.fictif or occasion.members.fictif
    return Page(str(page["titre"]), is_fictional, [section.html for section in sections])


def parts(
    occasion: Occasion, reports: dict[str, Report]
) -> tuple[list[Document], list[Attachment]]:
    """
    Return the documents as the agenda names them, and the files of the mail, the agenda first.

    Parameters
    ----------
    occasion
        Whose documents.
    reports
        Of `fresh_reports`.

    Raises
    ------
    PdfError
        If a page cannot be printed.
    """
    meeting = occasion.meeting
    documents: list[Document] = []
    attachments: list[Attachment] = []
    names = file_names(meeting, [_OPENING, *reports])
    for name, title, files in _files(occasion, reports):
        base = names[name]
        own = [Attachment(f"{base}.{kind}", files[kind], _KINDS[kind]) for kind in files]
        documents.append(Document(title, [part.name for part in own]))
        attachments += own
    asking = form(meeting, occasion.last_question).encode()
    attachments += [Attachment(FORM_NAME, asking, "text/plain"), occasion.entry_for(())]
    return documents, attachments


def _files(
    occasion: Occasion, reports: dict[str, Report]
) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Yield the name, title and contents by format of each document."""
    browser = occasion.setting.browser
    titles = {name: facts.title_of(report.output("")) for name, report in reports.items()}
    page = render(opening_page(occasion, titles)).encode()
    opening = {PAGE: page}
    if browser:
        opening[PDF] = printed(_OPENING, page, browser)
    yield _OPENING, _OPENING_TITLE, opening
    for name, report in reports.items():
        kinds = [PAGE, *([PDF] if browser and name in occasion.meeting.documents_pdf else [])]
        yield name, titles[name], {k: report.output(f".{k}").read_bytes() for k in kinds}


def printed(name: str, page: bytes, browser: Path) -> bytes:
    """Return a page as a PDF, or raise `PdfError`; `name` is what the error calls it."""
    with scratch() as folder:
        path = folder / f"{name}.html"
        path.write_bytes(page)
        return to_pdf(path, browser)
