"""Command that checks whether published reports still follow from the data."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from qpref.batch.freshness import why_stale
from qpref.batch.plan import Report, campaigns_with_data, make_plan, report_notebooks
from qpref.batch.provenance import SUFFIX
from qpref.batch.setting import RunSetting
from qpref.batch.verify import Verdict, verify
from qpref.cli import errata, options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import ERR, OUT
from qpref.display.erratum import summary
from qpref.errors import QprefError, listing
from qpref.project import Project
from qpref.reference import Reference
from qpref.scratch import scratch
from qpref.wording.french import upper_first
from qpref.written import digest, digests, name_of

_SHOWN = 20
_DRAWN = "Tiré des rapports : qpref verifier, sans page, refait ceux-ci."


class DifferenceError(
    QprefError,
    exit_code=17,
    meaning="au moins un rapport ne dit plus ce que disent les données",
):
    """Reports that the data no longer give."""


@click.command("verifier")
@click.argument("pages", metavar="[RAPPORT]...", nargs=-1, type=click.Path(path_type=Path))
@options.one_campaign("Campagne ; par défaut, toutes.")
@options.SITES
@click.option(
    "--erratum",
    "is_erratum",
    is_flag=True,
    help="Écrit la page qui dit au comité quels chiffres envoyés ont changé, et pourquoi.",
)
@pass_context
def verifier(
    context: Context,
    pages: tuple[Path, ...],
    campaign: str | None,
    sites: tuple[str, ...],
    *,
    is_erratum: bool,
) -> None:
    """
    Refait des rapports à part et dit s’ils sont égaux, ou ce qui diffère, chiffre par chiffre.

    RAPPORT : pages déjà faites (reports/CAMPAGNE/SITE/10_satisfaction.html) ; toutes par défaut.
    Sert aussi après une mise à jour : les chiffres publiés qui bougent sont nommés, et ceux qu’un
    comité a reçus et qui ne sont plus les mêmes.
    """
    project, reference = context.project, context.reference
    names = campaigns_with_data(project, reference) if campaign is None else [campaign]
    # Every notebook: a page made on demand, such as the poster, was published too.
    every = [notebook.name for notebook in report_notebooks(project.notebooks)]
    plan = [
        one
        for name in names
        for one in make_plan(project, reference, name, sites, every)
        if not (sites and one.notebook.is_joint)
    ]
    plan = _those(plan, pages, project)
    if pages and not plan:
        return
    named = {one.document for one in plan} if pages or sites else None
    only = [campaign] if campaign else []
    if is_erratum:
        _write_errata(context, plan, errata.compare(context, only, named))
        return
    different = _tell_all(plan, project, reference)
    sent = errata.compare(context, only, named)
    errata.tell(sent)
    errata.tell_unknown(context)
    if different:
        raise DifferenceError(
            f"{different} rapport(s) sur {len(plan)} diffère(nt) de ce que disent les données.",
            "Si c’est voulu, refaites-les (qpref rapports) et dites-le à qui les a lus.",
        )
    if sent.differing:
        raise errata.PublishedFigureError(
            f"{upper_first(summary(sent.differing))}.",
            "Pour le dire au comité : qpref verifier --erratum.",
        )


def _tell_all(plan: Sequence[Report], project: Project, reference: Reference) -> int:
    """Make reports again, say what differs, and return how many do."""
    with scratch() as folder:
        setting = RunSetting(datetime.now().astimezone())
        verdicts = verify(plan, project, reference, setting, folder)
    for verdict in verdicts:
        _tell(verdict)
    different = sum(not verdict.is_equal for verdict in verdicts)
    if not different:
        OUT.print(f"{len(verdicts)} rapport(s) égaux à ce que disent les données.")
    return different


def _write_errata(context: Context, plan: Sequence[Report], sent: errata.Compared) -> None:
    """Write the erratum of each campaign of which figures differ, from reports up to date."""
    project, reference = context.project, context.reference
    sent_now = {(one.campaign, one.name) for one in sent.compared}
    stale = [
        report.label
        for report in plan
        if (reference.main(report.campaign).id, report.document) in sent_now
        and why_stale(report, project, reference)
    ]
    if stale:
        raise DifferenceError(
            f"Pas d’erratum : {len(stale)} rapport(s) ne sont pas à jour ({listing(stale)}).",
            "Refaites-les d’abord : qpref rapports.",
        )
    errata.tell(sent)
    errata.tell_unknown(context)
    today = datetime.now().astimezone().date()
    for name in sent.campaigns:
        path, is_new = errata.write_erratum(context, sent.of(name), today)
        said = "Erratum" if is_new else "Erratum déjà écrit"
        OUT.print(f"{said} : {path.relative_to(project.root)}")
    if not sent.differing:
        OUT.print("Aucun chiffre envoyé à un comité n’a changé : pas d’erratum.")


def _those(plan: Sequence[Report], pages: Sequence[Path], project: Project) -> list[Report]:
    """Return the reports of these pages; without any, all that are made."""
    if not pages:
        return [one for one in plan if one.output(SUFFIX).exists()]
    by_page = {report.output(".html").resolve(): report for report in plan}
    wanted = {path.resolve().with_suffix(".html") for path in pages}
    others = [p.resolve() for p in pages if p.resolve().with_suffix(".html") not in by_page]
    _compare_written(sorted({*others}), project)
    return [report for page, report in by_page.items() if page in wanted]


def _compare_written(others: Sequence[Path], project: Project) -> None:
    """
    Compare what was drawn from reports with what was written: lists, editions, packs, slides.

    Raises
    ------
    QprefError
        If a file is none that the program wrote.
    DifferenceError
        If one changed since.
    """
    known = digests(project, others)
    unknown = [str(one) for one in others if one not in known or not one.is_file()]
    if unknown:
        raise QprefError(
            "Ces rapports ne sont pas de ce projet, ou qpref n’a pas noté les avoir écrits : "
            f"{listing(unknown)}.",
            "Donnez des pages de reports/, faites par qpref rapports.",
        )
    changed = [one for one in others if digest(one.read_bytes()) not in known[one]]
    for one in others:
        if one not in changed:
            OUT.print(f"{name_of(project, one)} : tel que qpref l’a écrit. {_DRAWN}")
    if changed:
        names = listing(name_of(project, one) for one in changed)
        raise DifferenceError(
            f"Modifié depuis que qpref l’a écrit : {names}. {_DRAWN}",
            "Reprenez-le d’une sauvegarde, ou refaites-le par la commande qui l’a écrit.",
        )


def _tell(verdict: Verdict) -> None:
    name = verdict.report.label
    if verdict.is_equal:
        nudged = f" ({verdict.nudged} chiffre(s) au dernier rang près)" if verdict.nudged else ""
        OUT.print(f"{name} : égal{nudged}")
        return
    ERR.print(f"{name} : différent", style="red")
    lines = [f"fichier modifié depuis : {one}" for one in verdict.altered]
    lines += [f"cause possible : {one}" for one in verdict.causes]
    lines += [f"chiffre : {one}" for one in verdict.moved[:_SHOWN]]
    if len(verdict.moved) > _SHOWN:
        lines.append(f"… et {len(verdict.moved) - _SHOWN} autre(s) chiffre(s)")
    if verdict.is_worded_otherwise:
        lines.append("les chiffres sont les mêmes, le texte ou la mise en page diffère")
    if verdict.failure:
        lines.append(f"ne peut être refait : {verdict.failure}")
    for line in lines:
        OUT.print(f"  {line}")
