"""Documents of a meeting: the agenda page and its reports, made again or reused."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from qpref.batch.freshness import why_stale
from qpref.batch.plan import Report, make_plan
from qpref.batch.pool import Event, Limits, make_all
from qpref.batch.printing import print_reports
from qpref.batch.result import NotebookError
from qpref.batch.setting import RunSetting
from qpref.clu import facts
from qpref.clu.entry import CALENDAR_NAME, CalendarEntry, sequence, uid
from qpref.clu.invitation import FORM_NAME, Attachment, form
from qpref.clu.journal import Journal
from qpref.display import agenda
from qpref.display.agenda import Document
from qpref.errors import UnknownKeyError, UsageError
from qpref.project import Project
from qpref.quality.agreements import FollowUp, follow_up, sending_deadline
from qpref.reference import Reference
from qpref.reference.meeting import PAGE, PDF, Meeting
from qpref.reference.members import Member, Members, balance, load_relay, relay_file
from qpref.report.page import Page, render
from qpref.scratch import scratch

OPENING, _OPENING_TITLE = "ordre-du-jour", "Ordre du jour et suivi des accords"
_KINDS = {PAGE: "text/html", PDF: "application/pdf"}


@dataclass(frozen=True)
class Occasion:
    """
    A meeting, in its project, for its members, and how its documents are made.

    `template`: the service's own, for the slide show; None for ours. `has_pages`: whether what
    has a PDF also goes as a page.
    """

    project: Project
    reference: Reference
    meeting: Meeting
    members: Members
    setting: RunSetting
    limits: Limits
    template: Path | None = None
    has_pages: bool = True

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
        return sequence(self.project, self.meeting, self.setting.now)

    @property
    def journal(self) -> Journal:
        """Where it is written who received this version."""
        return Journal.of(self.project, self.meeting.first_name, self.version)

    @property
    def mark(self) -> str:
        """What tells a version of this meeting from all others, of this meeting or another."""
        return f"{uid(self.reference, self.meeting)} {self.version}"

    @cached_property
    def _entry(self) -> CalendarEntry:
        path = relay_file(self.project.committee)
        relay = load_relay(path).expediteur if path.exists() else None
        return CalendarEntry(self.reference, self.version, self.members.organisateur or relay)

    def entry_for(self, to: Sequence[Member]) -> Attachment:
        """Return the calendar entry of some members, who see each other's address."""
        content = self._entry.calendar(self.meeting, to, self.setting.now)
        method = self._entry.method(self.meeting, to)
        return Attachment(CALENDAR_NAME, content, "text/calendar", method)

    @property
    def deadline(self) -> date:
        """The last day to send the documents."""
        return sending_deadline(self.meeting, self.reference.sites.territory)

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
    *places, name = document.split("/")
    place = "_".join(places)
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
    if meeting.campagne is None or not meeting.documents:
        return {}
    names = sorted({document.split("/")[-1] for document in meeting.documents})
    plan = make_plan(project, occasion.reference, meeting.campagne, (), names)
    known = {report.document: report for report in plan}
    internal = {one.id for one in occasion.reference.campaigns.internal}
    for document in meeting.documents:
        if document.split("/")[0] in internal:
            raise _not_for_committee(document, meeting)
        if document not in known:
            raise UnknownKeyError("Document", document, known, f"data/clu/{meeting.name}.yml")
    chosen = {document: known[document] for document in meeting.documents}
    stale = [one for one in chosen.values() if why_stale(one, project, occasion.reference)]
    setting = replace(occasion.setting, browser=None)  # printed later, all by one browser
    for result in make_all(stale, project, setting, occasion.limits, tell):
        if result.failure:
            raise NotebookError(result.failure, "L’ancien dossier, s’il existe, est intact.")
    return chosen


def _not_for_committee(document: str, meeting: Meeting) -> UsageError:
    return UsageError(
        f"« {document} » est interne : le comité ne le reçoit pas.",
        f"Retirez-le de data/clu/{meeting.name}.yml ; si le comité peut le voir, écrivez "
        "« diffusion: comite » à cette enquête dans data/reference/campagnes.yml.",
    )


def prints(
    occasion: Occasion, reports: Mapping[str, Report], pages: Mapping[str, bytes]
) -> dict[str, bytes]:
    """
    Print the pages of a meeting, and the reports that are not printed yet; nothing without browser.

    Parameters
    ----------
    occasion, reports
        The reports that go as PDF have theirs beside them afterwards.
    pages
        Of the meeting itself, by name.

    Raises
    ------
    PdfError
        If the browser does not print.
    """
    browser = occasion.setting.browser
    if browser is None:
        return {}
    wanted = [reports[name] for name in occasion.meeting.printed if name in reports]
    absent = [one for one in wanted if not one.output(f".{PDF}").is_file()]
    with scratch() as folder:
        for name, content in pages.items():
            (folder / f"{name}.{PAGE}").write_bytes(content)
        paths = [folder / f"{name}.{PAGE}" for name in pages]
        found = print_reports(absent, occasion.project, browser, paths)
    return dict(zip(pages, found, strict=True))


def opening_page(occasion: Occasion, reports: Mapping[str, Report]) -> bytes:
    """Return the page that opens the pack: agenda, agreements, questions, who is around."""
    meeting, project = occasion.meeting, occasion.project
    asked = [(q, facts.figures_of(project, meeting, q)) for q in meeting.questions]
    heading = agenda.heading(meeting, occasion.reference.sites.sites, occasion.deadline)
    names = file_names(meeting, [OPENING, *reports])
    links = {
        name: (facts.title_of(one.output("")), f"{names[name]}.{_kinds(occasion, name)[0]}")
        for name, one in reports.items()
    }
    sections = [
        heading,
        agenda.agenda(meeting, links),
        agenda.agreements(occasion.agreements, occasion.today),
        agenda.questions(asked),
        agenda.around_the_table(balance(occasion.invited.membres)),
    ]
    title = str((heading.page or {})["titre"])
    is_fictional = meeting.fictif or occasion.members.fictif
    return render(Page(title, is_fictional, [section.html for section in sections])).encode()


def _kinds(occasion: Occasion, name: str) -> list[str]:
    """Return the formats of a document, the one that everybody can open first."""
    is_printed = name == OPENING or name in occasion.meeting.printed
    if occasion.setting.browser is None or not is_printed:
        return [PAGE]
    return [PDF, PAGE] if occasion.has_pages else [PDF]


def parts(
    occasion: Occasion, reports: Mapping[str, Report], opening: Mapping[str, bytes]
) -> tuple[list[Document], list[Attachment]]:
    """
    Return the documents as the agenda names them, and the files of the mail, the agenda first.

    Parameters
    ----------
    occasion
        Whose documents.
    reports
        Of `fresh_reports`, printed.
    opening
        The opening page, by format.
    """
    meeting = occasion.meeting
    documents: list[Document] = []
    attachments: list[Attachment] = []
    names = file_names(meeting, [OPENING, *reports])
    for name, base in names.items():
        title = facts.title_of(reports[name].output("")) if name in reports else _OPENING_TITLE
        own = [
            Attachment(f"{base}.{kind}", content, _KINDS[kind])
            for kind, content in _contents(occasion, name, reports, opening)
        ]
        documents.append(Document(title, [part.name for part in own]))
        attachments += own
    asking = form(meeting, occasion.last_question).encode()
    attachments += [Attachment(FORM_NAME, asking, "text/plain"), occasion.entry_for(())]
    return documents, attachments


def _contents(
    occasion: Occasion, name: str, reports: Mapping[str, Report], opening: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yield the formats of a document, with its contents."""
    for kind in _kinds(occasion, name):
        if name in reports:
            yield kind, reports[name].output(f".{kind}").read_bytes()
        else:
            yield kind, opening[kind]
