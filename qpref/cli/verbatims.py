"""Command to review free answers: none is printed before a person approves it."""

from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_options
from qpref.cli.teaching import sheet_of, tell, tell_agreement
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UnknownKeyError, UsageError
from qpref.layout.complaints import TEXTS
from qpref.quality import coding
from qpref.reference import CodeBook
from qpref.reference.subjects import TONES
from qpref.store import (
    Choices,
    PersonCode,
    codes,
    codes_by,
    coding_workbook,
    keep_codes,
    read_coding,
    remarks_only,
    review,
    reviewed,
)
from qpref.store.coded import MOST
from qpref.workbook.teaching import lessons_of, with_learned
from qpref.written import Kind, put_beside

_OF_REGISTER = {
    TEXTS["texte"]: ", réclamation",
    TEXTS["suite"]: ", suite donnée",
    TEXTS["changement"]: ", changement",
}


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

    Celles du registre des réclamations aussi : le texte, la suite donnée, ce qui a changé.

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
        what = _OF_REGISTER.get(row["question"], "")
        OUT.print(f"{row['identifiant']} ({row['site']}{what}, {state}{masks})")
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
    remark: str
    subjects: tuple[str, ...]
    tone: str


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
@click.option(
    "--remarque",
    "remark",
    metavar="CODE",
    default="",
    help="Code une seule remarque, sans classeur.",
)
@click.option(
    "--sujet",
    "subjects",
    multiple=True,
    metavar="SUJET",
    help="Sujet de cette remarque, par son nom court ; à répéter.",
)
@click.option(
    "--ton", "tone", type=click.Choice([*TONES]), default="neutre", help="Ton de cette remarque."
)
@pass_options(_Coding)
def coder(context: Context, asked: _Coding) -> None:
    """
    Propose les sujets et le ton des remarques dans un classeur, puis le reprend (--lire).

    Corrigez, mettez « oui » dans « Relu » : le rapport compte alors les remarques par sujet.
    """
    campaign = context.reference.campaign(asked.campaign).id
    sites = [site.id for site in chosen_sites(context.reference, asked.sites)]
    rows = remarks_only(reviewed(context.project, campaign, sites))
    if asked.remark:
        _code_one(context, asked, campaign, rows)
    elif asked.path:
        _read(context, asked, campaign, rows)
    else:
        _write(context, asked, campaign, rows)


def _code_one(context: Context, asked: _Coding, campaign: str, rows: pd.DataFrame) -> None:
    """Keep what is said of one remark, and say how many the same person coded."""
    new = {asked.remark: _said(asked, rows, context.reference.book)}
    keep_codes(context.project, campaign, new)
    own = codes_by(context.project, campaign, asked.coder)
    count = int(rows["identifiant"].isin(own).sum())
    OUT.print(f"Remarque {asked.remark} codée : {count} sur {len(rows)}.")


def _read(context: Context, asked: _Coding, campaign: str, rows: pd.DataFrame) -> None:
    """Keep what a workbook says, then say on what two people agree, and what all this teaches."""
    project, reference, path = context.project, context.reference, asked.path
    known = rows["identifiant"].tolist()
    choices = Choices(reference.book.labels, TONES, known, asked.coder)
    new = read_coding(path, choices) if path else {}
    keep_codes(project, campaign, new)
    OUT.print(f"{len(new)} remarque(s) codée(s) par une personne, gardée(s).")
    told = coding.remarks_of(rows, reference.book, codes(project, campaign))
    tell_agreement(told, reference)
    tell(lessons_of(project, reference), reference)


def _write(context: Context, asked: _Coding, campaign: str, rows: pd.DataFrame) -> None:
    """Write the workbook of what is proposed, and of what this person already said."""
    project, reference = context.project, context.reference
    path = asked.target or project.quarantine / campaign / f"sujets-{asked.coder}.xlsx"
    lessons, said = lessons_of(project, reference), codes_by(project, campaign, asked.coder)
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


def _said(asked: _Coding, rows: pd.DataFrame, book: CodeBook) -> PersonCode:
    """Return what is said of one remark, once it is known that it may be said."""
    known = rows["identifiant"].tolist()
    if asked.remark not in known:
        raise UnknownKeyError("Remarque", asked.remark, sorted(known), "qpref verbatims")
    for subject in asked.subjects:
        if subject not in book.labels:
            raise UnknownKeyError("Sujet", subject, [*book.labels], "data/reference/sujets.yml")
    if not 0 < len(asked.subjects) <= MOST:
        raise UsageError(
            f"Une remarque a d’un à {MOST} sujets.", "Donnez chacun par --sujet, à répéter."
        )
    return PersonCode(asked.coder, tuple(dict.fromkeys(asked.subjects)), asked.tone)
