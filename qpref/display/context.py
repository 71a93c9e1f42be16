"""Sections that every report has: title and dates, files read, how it was made."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table
from qpref.lazy import lazy
from qpref.quality.beside import plain_number
from qpref.quality.reading import Received, rows_read, unreadable_answers
from qpref.reference import Campaign, OtherSurvey, Publisher, Question, Site
from qpref.wording.french import enumeration, long_date, number, period, plural, upper_first

formats = lazy("qpref.intake.formats")  # who only looks needs no reader of received files

NATURES = {
    "satisfaction": "enquête de satisfaction",
    "mystere": "enquête mystère",
    "frequentation": "comptage des passages",
    "collecte": "relevé des refus",
    "indicateurs": "chiffres du mois",
    "reclamations": "registre des réclamations",
}
INVENTED = "Données fictives."  # the header of the page says more


def heading(  # noqa: PLR0913 - what a title says, each once
    subject: str,
    site: Site,
    campaign: Campaign,
    days: tuple[date, date],
    *,
    is_fictional: bool,
    when: str = "",
) -> Section:
    """
    Return the first section: subject, place, period, and whether the data are invented.

    Parameters
    ----------
    subject, site, campaign
        Of the report.
    days
        First and last day that it tells of.
    when
        How the title says them; as the campaign is called, by default.
    """
    start, end = days
    when = when or campaign.libelle
    sentences = [f"{site.nom}, {period(start, end)}."]
    if campaign.contexte:
        sentences.append(campaign.contexte)
    if is_fictional:
        sentences.insert(0, INVENTED)
    return Section(
        key="en-tete",
        title=f"{subject}, {site.nom_court}, {when}",
        sentences=sentences,
        page={
            "titre": f"{subject} — {site.nom_court} — {when}",
            "fictif": is_fictional,
            "sites": [site.id],
            "campagne": campaign.id,
        },
        level=1,
    )


def published(who: Publisher | None, campaign: Campaign) -> list[str]:
    """Return who publishes the results, when, and where to write; or that nobody does."""
    if isinstance(campaign, OtherSurvey):
        return [] if campaign.is_for_committee else [_INTERNAL]
    day = campaign.publication
    said = [*([who.service] if who else []), *([f"le {long_date(day)}"] if day else [])]
    contact = [f"Contact : {who.contact}."] if who and who.contact else []
    return [*([f"Publication : {', '.join(said)}."] if said else []), *contact]


_INTERNAL = "Interne : ces résultats ne sont ni montrés au comité, ni publiés."


def reading(
    files: list[Received],
    rejects: pd.DataFrame,
    unit: tuple[str, str],
    *,
    is_brief: bool = False,
) -> Section:
    """
    Return what was read, kept and set aside, file by file.

    Parameters
    ----------
    files
        The files that concern the site.
    rejects
        The site's rejects, and those whose site is unknown.
    unit
        Singular and plural of what a row is.
    is_brief
        Whether to leave out the table of files; the figures keep it.
    """
    total, kept = rows_read(files)
    cells = unreadable_answers(rejects)
    lost = " Aucune ligne n’est perdue : ce qui n’est pas retenu est conservé avec son motif."
    sentences = [
        f"{plural(total, 'ligne lue', 'lignes lues')}, tous sites compris ; pour ce site, "
        f"{plural(kept, *unit)} dans les résultats."
        f"{'' if is_brief else lost}",
    ]
    if cells:
        sentences.append(
            f"{plural(cells, 'réponse illisible de ce site, mise', 'réponses illisibles de ce site, mises')} "  # noqa: E501
            "de côté ; le reste du questionnaire est gardé."
        )
    table = Table(
        caption="Lignes lues, gardées et mises de côté, par fichier reçu",
        headings=["Fichier", "Lues", "Gardées"],
        rows=[
            Row(file.name, [number(file.read), number(file.kept)], detail=_fate(file))
            for file in files
        ],
    )
    title = "Ce que nous avons lu et gardé"
    lines = [measure for file in files for measure in file.measures]
    lines += [
        plain_number("lues", total, "lignes"),
        plain_number("gardees_du_site", kept, "lignes"),
    ]
    lines += [plain_number("reponses_illisibles", cells, "réponses")] if cells else []
    shown = figures("lecture", lines)
    return Section("lecture", title, sentences, [] if is_brief else [table], figures=shown)


def _fate(file: Received) -> str:
    """Return the kind of a file, and the number of rows that were not kept."""
    aside = f"{plural(file.set_aside, 'écartée')}, {number(file.quarantined)} en quarantaine"
    here = f" ; {number(file.kept_here)} pour ce site" if file.has_answers else ""
    names = formats.NAMES | NATURES
    return f"{names.get(file.kind, file.kind).capitalize()} ; {aside}{here}"


def provenance(files: list[Received], questionnaire: str, package: str, digest: str) -> Section:
    """Return the technical origin of the report: files by digest, versions."""
    names = enumeration([f"{file.name} ({file.sha256[:12]})" for file in files])
    return Section(
        "provenance",
        "D’où viennent ces chiffres",
        [
            f"Calculé par qpref {package}, avec « {questionnaire} » (données de référence "
            f"{digest[:12]}) et ces fichiers (début de l’empreinte) : {names or 'aucun'}.",
        ],
    )


def unsaid(
    lost: Sequence[tuple[str, str]], absent: Sequence[Question] = (), *, is_brief: bool = False
) -> Section:
    """
    Return what the questionnaire, or the files received, do not let the report say.

    Parameters
    ----------
    lost
        What is lost, and what should be asked for it.
    absent
        Questions that no file received has a column for.
    is_brief
        Whether to leave out what should be asked.
    """
    unread = [f"« {question.texte_court} »" for question in absent]
    told = (
        [f"Les fichiers reçus n’ont pas de colonne pour {enumeration(unread)}."] if unread else []
    )
    if not lost and not unread:
        return Section("limites", "Ce questionnaire demande tout", is_left_out=True)
    if not lost:
        return Section("limites", "Ce que les fichiers reçus n’ont pas", told)
    title = "Ce que ce questionnaire ne permet pas de dire"
    if is_brief:
        short = f"{upper_first(' ; '.join(what for what, _ in lost))}."
        return Section("limites", title, [short, *told])
    rows = [Row(upper_first(what), [asked]) for what, asked in lost]
    table = Table(
        "Ce qui manque, et pourquoi", ["Le rapport ne dit pas", "Il faudrait demander"], rows
    )
    return Section("limites", title, told, [table])
