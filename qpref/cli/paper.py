"""Command that writes the paper form: a PDF to print, a text document to edit."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_options
from qpref.cli.terminal import ERR, OUT
from qpref.errors import UnknownKeyError, UsageError
from qpref.instruments.paper import AtCounter, FormToPrint, counter_form
from qpref.instruments.paper_page import SHEET, SIZES, WITH_GRIDS, form_page
from qpref.instruments.paper_word import form_document
from qpref.layout.languages import FRENCH
from qpref.lazy import lazy
from qpref.reference import QUESTIONNAIRES
from qpref.reference.faults import refusal
from qpref.reference.loading import read_yaml
from qpref.report.browser import find_browser, why_no_pdf
from qpref.wording.french import enumeration, plural
from qpref.written import TO_FILL, put_beside

if TYPE_CHECKING:
    from qpref.report import pdf
else:  # an extra, that writes none without a browser
    pdf = lazy("qpref.report.pdf", is_extra=True)


@dataclass(frozen=True)
class _Forms(options.Scope):
    """The forms to print: of which sites, in which language, how large, where."""

    language: str
    letters: str
    address: str
    target: Path | None


@click.command("papier")
@options.CAMPAIGN
@options.SITES
@click.option(
    "--langue",
    "language",
    default=FRENCH,
    metavar="CODE",
    help="Langue du formulaire : fr (par défaut) ou l’une de « langues ».",
)
@click.option(
    "--caracteres",
    "letters",
    type=click.Choice([*SIZES]),
    default="courants",
    help="Taille des caractères : courants (par défaut), grands (16 points) ou tres-grands (20).",
)
@click.option(
    "--adresse",
    "address",
    default="",
    metavar="URL",
    help="Adresse de l’enquête en ligne, imprimée avec son code QR.",
)
@options.target("Dossier où écrire (par défaut, celui où vous êtes).")
@pass_options(_Forms)
def papier(context: Context, asked: _Forms) -> None:
    """
    Écrit le questionnaire papier du guichet : un PDF à imprimer recto verso, un .docx à retoucher.

    Un formulaire par site, avec sa campagne et la version du questionnaire. Le chiffre à côté de
    chaque case est celui que l’on peut saisir dans le classeur de « qpref modele-saisie », dont
    les colonnes suivent l’ordre du formulaire. Les traductions qui manquent sont refusées, une
    par une : aucune n’est inventée.
    """
    reference = context.reference
    campaign = reference.campaign(asked.campaign)
    questionnaire = reference.questionnaire(campaign.id)
    if asked.language not in {FRENCH, *questionnaire.langues}:
        known = [FRENCH, *questionnaire.langues]
        raise UnknownKeyError(
            "Langue", asked.language, known, f"{questionnaire.id}.yml, « langues »"
        )
    if asked.address and not asked.address.startswith(("https://", "http://")):
        raise UsageError(
            f"« {asked.address} » n’est pas l’adresse d’une page.",
            "Donnez-la entière : https://…",
        )
    for site in chosen_sites(reference, asked.sites):
        counter = AtCounter(site, campaign, reference.sites.editeur, asked.address)
        form = counter_form(
            questionnaire, counter, asked.language, has_grids=asked.letters in WITH_GRIDS
        )
        if form.faults:
            path = context.project.reference / QUESTIONNAIRES / f"{questionnaire.id}.yml"
            raise refusal(read_yaml(path).problems(form.faults))
        _write(context, asked, counter, form)
    if form.left:
        told = enumeration([f"« {question.texte_court} »" for question in form.left])
        OUT.print(
            f"Non demandé sur papier (donnée personnelle, ou sans colonne de saisie) : {told}."
        )


def _write(context: Context, asked: _Forms, counter: AtCounter, form: FormToPrint) -> None:
    """Write the document of a site, and its PDF where a browser prints."""
    parts = ["questionnaire", counter.campaign.id, counter.site.id]
    parts += [asked.language] * (asked.language != FRENCH)
    parts += [asked.letters] * (asked.letters != next(iter(SIZES)))
    place = (asked.target or Path()) / "_".join(parts)
    browser = find_browser(os.environ)
    if browser is None:
        ERR.print(why_no_pdf(), style="yellow")
    else:
        pages = [form_page(form, size) for size in SIZES[asked.letters]]
        content, count = pdf.first_to_fit(pages, browser, SHEET)
        path = put_beside(context.project, place.with_suffix(".pdf"), content, TO_FILL)
        OUT.print(f"Formulaire écrit : « {path} » ({_sheets(count)}).")
    document = form_document(form, counter, asked.letters)
    path = put_beside(context.project, place.with_suffix(".docx"), document, TO_FILL)
    OUT.print(f"Le même à retoucher : « {path} ».")


def _sheets(pages: int) -> str:
    return f"{plural(pages, 'page')}, {plural(-(-pages // SHEET), 'feuille')} recto verso"
