"""Command by which a person reads the free answers before any is printed."""

from dataclasses import dataclass
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_options
from qpref.cli.teaching import lessons_of, sheet_of, tell, tell_agreement, with_learned
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UsageError
from qpref.quality import coding
from qpref.reference.subjects import TONES
from qpref.store import (
    Choices,
    codes,
    coding_workbook,
    keep_codes,
    read_coding,
    review,
    reviewed,
)
from qpref.written import Kind, put_beside


@dataclass(frozen=True)
class _Reading(options.Scope):
    """The remarks to show, and what is decided of some of them."""

    approve: tuple[str, ...]
    withdraw: tuple[str, ...]
    is_json: bool


@click.group("verbatims", invoke_without_command=True)
@options.one_campaign("Campagne, par exemple 2020-11.")
@options.SITES
@click.option(
    "--approuver", "approve", multiple=True, metavar="CODE", help="Remarque à publier ; à répéter."
)
@click.option(
    "--retirer", "withdraw", multiple=True, metavar="CODE", help="Remarque à ne plus publier."
)
@options.json("Écrit les remarques en JSON.")
@pass_options(_Reading)
def verbatims(context: Context, asked: _Reading) -> None:
    """
    Montre les remarques libres, masquées, et retient celles qui peuvent être publiées.

    Aucune remarque n’est imprimée dans un rapport avant d’être approuvée ici.

    « qpref verbatims coder --help » : de quoi elles parlent.
    """
    if click.get_current_context().invoked_subcommand:
        return
    if not asked.campaign:
        raise UsageError("La campagne n’est pas dite.", "Ajoutez --campagne, et son nom.")
    project, reference = context.project, context.reference
    campaign = reference.campaign(asked.campaign).id
    sites = [site.id for site in chosen_sites(reference, asked.sites)]
    if asked.approve or asked.withdraw:
        known = reviewed(project, campaign, sites)["identifiant"]
        review(project, campaign, known, approve=asked.approve, withdraw=asked.withdraw)
    rows = reviewed(project, campaign, sites)
    if asked.is_json:
        print_json({"campagne": campaign, "remarques": rows.to_dict("records")})
        return
    for row in rows.to_dict("records"):
        state = "à publier" if row["publiable"] else "non publiée"
        masks = f", {row['n_masques']} masque(s)" if row["n_masques"] else ""
        OUT.print(f"{row['identifiant']} ({row['site']}, {state}{masks})")
        OUT.print(f"  {row['texte_masque']}")
    OUT.print(f"{len(rows)} remarque(s), dont {int(rows['publiable'].sum())} à publier.")
    if asked.approve or asked.withdraw:
        OUT.print("Les rapports déjà faits n’ont pas changé : qpref rapports les refait.")


@dataclass(frozen=True)
class _Coding(options.Scope):
    """Where the workbook goes or comes from, and who fills it."""

    target: Path | None
    path: Path | None
    coder: str


@verbatims.command("coder")
@options.CAMPAIGN
@options.SITES
@options.target("Classeur .xlsx à écrire ; par défaut, dans data/quarantaine.")
@click.option(
    "--lire",
    "path",
    metavar="CLASSEUR",
    type=click.Path(path_type=Path),
    help="Classeur rempli, à reprendre.",
)
@click.option(
    "--codeur",
    "coder",
    metavar="CODE",
    default="1",
    help="Qui code, par un code et non par un nom (par défaut, 1).",
)
@pass_options(_Coding)
def coder(context: Context, asked: _Coding) -> None:
    """
    Propose les sujets et le ton des remarques dans un classeur, puis le reprend (--lire).

    Corrigez, mettez « oui » dans « Relu » : le rapport compte alors les remarques par sujet.
    """
    project, reference = context.project, context.reference
    campaign = reference.campaign(asked.campaign).id
    sites = [site.id for site in chosen_sites(reference, asked.sites)]
    rows = reviewed(project, campaign, sites)
    if asked.path:
        known = rows["identifiant"].tolist()
        choices = Choices(reference.book.labels, TONES, known, asked.coder)
        new = read_coding(asked.path, choices)
        keep_codes(project, campaign, new)
        OUT.print(f"{len(new)} remarque(s) codée(s) par une personne, gardée(s).")
        told = coding.remarks_of(rows, reference.book, codes(project, campaign))
        tell_agreement(told, reference)
        tell(lessons_of(project, reference), reference)
        return
    path = asked.target or project.quarantine / campaign / f"sujets-{asked.coder}.xlsx"
    said = {
        name: [one for one in own if one.codeur == asked.coder]
        for name, own in codes(project, campaign).items()
    }
    lessons = lessons_of(project, reference)
    told = with_learned(coding.remarks_of(rows, reference.book, said), lessons, reference)
    names = {site.id: site.nom_court for site in reference.sites.sites}
    content = coding_workbook(
        told.assign(site=told["site"].astype(str).map(names)),
        reference.book.labels,
        TONES,
        sheet_of(lessons, reference),
    )
    path = put_beside(project, path, content, Kind("remarques à coder", campaign=campaign))
    OUT.print(
        f"{len(rows)} remarque(s), dont {int(told['relu'].sum())} déjà relue(s) : « {path} »."
    )
    tell(lessons, reference)
