"""Print the PDF of each report beside its page, with one browser for all of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qpref.batch.plan import Report
from qpref.lazy import lazy
from qpref.project import Project
from qpref.written import REPORT, put

if TYPE_CHECKING:
    from qpref.report import pdf
else:  # what reads and writes PDF weighs on each process, and few batches ask for it
    pdf = lazy("qpref.report.pdf", is_extra=True)

PDF = ".pdf"


def print_reports(
    reports: Sequence[Report], project: Project, browser: Path, others: Sequence[Path] = ()
) -> list[bytes]:
    """
    Put beside the page of each report its PDF; return those of other pages, printed with them.

    Parameters
    ----------
    reports, project
        Whose pages are there.
    browser
        Of `find_browser`; it is started once.
    others
        Pages that are no reports.

    Raises
    ------
    PdfError
        If a page cannot be printed; nothing is written.
    """
    found = pdf.to_pdfs([*(report.output(".html") for report in reports), *others], browser)
    own, rest = found[: len(reports)], found[len(reports) :]
    files = {one.output(PDF): content for one, content in zip(reports, own, strict=True)}
    if files:
        put(project, files, REPORT)
    return rest
