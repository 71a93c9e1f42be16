"""Command that says whether reports still follow from the data."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qpref.cli.common import ERR, OUT, SITES, Context
from qpref.errors import QprefError

if TYPE_CHECKING:  # loaded by the command that uses it: help must come at once
    from qpref.batch.verify import Verdict

_SHOWN = 20


class DifferenceError(QprefError):
    """Reports that the data no longer give."""

    exit_code = 17
    meaning = "au moins un rapport ne dit plus ce que disent les données"


@click.command("verifier")
@click.argument("rapport", nargs=-1, type=click.Path(path_type=Path))
@click.option("--campagne", metavar="CAMPAGNE", help="Campagne ; par défaut, toutes.")
@SITES
@click.pass_obj
def verifier(
    context: Context, /, rapport: tuple[Path, ...], campagne: str | None, sites: tuple[str, ...]
) -> None:
    """
    Refait des rapports à part et dit s’ils sont égaux, ou ce qui diffère, chiffre par chiffre.

    RAPPORT : pages déjà faites (reports/2020-11/evry/10_satisfaction.html) ; toutes par défaut.
    Sert aussi après une mise à jour : les chiffres publiés qui bougent sont nommés.
    """
    from qpref.batch.plan import campaigns_with_data, make_plan  # noqa: PLC0415
    from qpref.batch.provenance import SUFFIX  # noqa: PLC0415
    from qpref.batch.run import RunSetting  # noqa: PLC0415
    from qpref.batch.verify import verify  # noqa: PLC0415

    project, reference = context.project, context.reference
    names = campaigns_with_data(project, reference) if campagne is None else [campagne]
    plan = [one for name in names for one in make_plan(project, reference, name, sites)]
    if rapport:
        wanted = {path.resolve().with_suffix(".html") for path in rapport}
        plan = [one for one in plan if one.output(".html").resolve() in wanted]
        if len(plan) < len(wanted):
            known = {one.output(".html").resolve() for one in plan}
            missing = sorted(str(path) for path in wanted - known)
            raise QprefError(
                f"Ces rapports ne sont pas de ce projet : {', '.join(missing)}.",
                "Donnez des pages de reports/, faites par qpref rapports.",
            )
    else:
        plan = [one for one in plan if one.output(SUFFIX).exists()]
    with tempfile.TemporaryDirectory(prefix="qpref-verifier-") as folder:
        setting = RunSetting(datetime.now().astimezone())
        verdicts = verify(plan, project, reference, setting, Path(folder))
    for verdict in verdicts:
        _tell(verdict)
    different = sum(not verdict.is_equal for verdict in verdicts)
    if different:
        raise DifferenceError(
            f"{different} rapport(s) sur {len(verdicts)} diffère(nt) de ce que disent les données.",
            "Si c’est voulu, refaites-les (qpref rapports) et dites-le à qui les a lus.",
        )
    OUT.print(f"{len(verdicts)} rapport(s) égaux à ce que disent les données.")


def _tell(verdict: "Verdict") -> None:
    name = verdict.report.label
    if verdict.is_equal:
        nudged = f" ({verdict.nudged} chiffre(s) au dernier rang près)" if verdict.nudged else ""
        OUT.print(f"{name} : égal{nudged}", markup=False)
        return
    ERR.print(f"{name} : différent", style="red", markup=False)
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
        OUT.print(f"  {line}", markup=False)
