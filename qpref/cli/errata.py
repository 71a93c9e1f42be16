"""Messages about figures that committees received and that have changed since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qpref.cli.context import Context
from qpref.cli.terminal import ERR, OUT
from qpref.clu.archive import damaged, never_kept
from qpref.clu.facts import meetings
from qpref.clu.revisions import Published, received, revised
from qpref.display.erratum import Revised, erratum, said, summary
from qpref.errors import QprefError
from qpref.project import Project, write_atomically
from qpref.quality.method import changes_since
from qpref.reference import Reference
from qpref.report.look import read_look
from qpref.report.page import Page, render


class PublishedFigureError(
    QprefError,
    exit_code=21,
    meaning="au moins un chiffre envoyé à un comité n’est plus le même",
):
    """Figures that a committee received and would not receive today."""


@dataclass(frozen=True)
class Compared:
    """Reports that committees received: those that differ now, those that are not there."""

    compared: Sequence[Published]
    differing: Sequence[Revised]
    absent: Sequence[Published]

    def of(self, campaign: str) -> list[Revised]:
        """Return the reports of a campaign that differ."""
        return [one for one in self.differing if one.campaign == campaign]

    @property
    def campaigns(self) -> list[str]:
        """The campaigns of which a report differs."""
        return sorted({one.campaign for one in self.differing})


def compare(
    context: Context, campaigns: Collection[str], names: Collection[str] | None = None
) -> Compared:
    """
    Compare what committees received with what reports say now.

    Parameters
    ----------
    context
        In which project.
    campaigns
        Which ones; all when it is empty.
    names
        Which reports, « site/notebook »; all by default.
    """
    project = context.project
    if not project.archives.is_dir():
        return Compared((), (), ())
    chosen = [
        one
        for one in received(project, meetings(project, context.reference))
        if (not campaigns or one.campaign in campaigns) and (names is None or one.name in names)
    ]
    found = {one: revised(project, one) for one in chosen}
    differing = [now for now in found.values() if now is not None and now.revisions]
    return Compared(chosen, differing, [one for one, now in found.items() if now is None])


def announce(found: Compared) -> None:
    """Say in one sentence for each campaign that figures received by a committee differ now."""
    for campaign in found.campaigns:
        ERR.print(
            f"{campaign} : {summary(found.of(campaign))}, depuis l’envoi au comité. Lesquels : "
            f"qpref verifier --campagne {campaign} ; pour le lui dire, ajoutez --erratum.",
            style="yellow",
        )


def tell(found: Compared) -> None:
    """Say figure by figure what was published, what it is now, and why."""
    for report in found.differing:
        days = ", ".join(map(str, report.meetings))
        label = f"{report.campaign}, {report.name} (réunion du {days})"
        ERR.print(f"{label} : {summary([report])}", style="red")
        for one in report.revisions:
            place = " › ".join(
                filter(None, (one.section, one.before.key, one.before.label, one.before.group))
            )
            OUT.print(
                f"  {place} : publié « {said(one.before)} », maintenant « {said(one.now)} » ; "
                f"{', '.join(one.reasons)}",
            )
    for gone in found.absent:
        OUT.print(
            f"{gone.campaign}, {gone.name} : envoyé au comité, absent maintenant ; non comparé.",
        )
    if found.compared and not found.differing:
        count = len(found.compared) - len(found.absent)
        OUT.print(f"{count} rapport(s) envoyé(s) à un comité : chiffres inchangés.")


def tell_unknown(context: Context) -> None:
    """Say once which packs were never kept, and which were kept and are damaged."""
    project = context.project
    for edition in damaged(project):
        where = edition.folder.relative_to(project.root)
        ERR.print(
            f"{where} : archive abîmée ou modifiée, non comparée. Restaurez-la d’une sauvegarde.",
            style="yellow",
        )
    held = never_kept(project, meetings(project, context.reference))
    if held:
        days = ", ".join(str(meeting.date) for meeting in held)
        OUT.print(
            f"Rien n’a été archivé pour : {days} (préparées avant que qpref archive, ou envoyées "
            "sans lui) ; leurs chiffres ne sont pas comparés.",
        )


def write_erratum(context: Context, found: Sequence[Revised], day: date) -> tuple[Path, bool]:
    """
    Write the erratum of a campaign, unless one says the same; return it, and whether it is new.

    An earlier erratum is never replaced: a committee may have received it.
    """
    project, reference = context.project, context.reference
    campaign = reference.campaign(found[0].campaign)
    folder = project.campaign_folder(campaign.id)
    for path in sorted(folder.glob("erratum-*.html")):
        written = _day_of(path)
        if written and path.read_bytes() == _page(project, reference, found, written):
            return path, False
    path, rank = folder / f"erratum-{day}.html", 1
    while path.exists():
        rank += 1
        path = folder / f"erratum-{day}-{rank}.html"
    write_atomically(path, _page(project, reference, found, day))
    return path, True


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem.removeprefix("erratum-")[: len("2021-03-16")])
    except ValueError:
        return None


def _page(project: Project, reference: Reference, found: Sequence[Revised], day: date) -> bytes:
    oldest = min(report.method for report in found)
    campaign = reference.campaign(found[0].campaign)
    sections = erratum(found, campaign.libelle, day, changes_since(oldest))
    facts = sections[0].page or {}
    page = Page(str(facts["titre"]), bool(facts["fictif"]), [section.html for section in sections])
    return render(page, read_look(reference.sites.habillage, project.root)).encode()
