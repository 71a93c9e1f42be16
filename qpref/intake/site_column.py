"""Find the columns that name sites, even when the questionnaire declares none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qpref.errors import ColumnsError, UsageError, listing
from qpref.intake.columns import Cells, Rows, column_of
from qpref.intake.common import Reception, value_of
from qpref.intake.export import LOOKED_AT, Column, Export
from qpref.intake.inspection import tally
from qpref.intake.matching import Lexicon, as_text
from qpref.intake.places import Place, letters
from qpref.intake.rows import Cell, ReceivedFile
from qpref.layout import SITE

_MOSTLY = 0.9  # of the answers


@dataclass(frozen=True)
class _SiteColumn:
    """
    A column by whose values one knows that it tells the site.

    Parameters
    ----------
    column
        Where it is.
    sites
        How many answers name each site, by its code.
    question
        Identifier of the question that reads it; empty when none does.
    """

    column: Column
    sites: Mapping[str, int]
    question: str

    @property
    def name(self) -> str:
        """Its letter and heading."""
        return f"{letters(self.column.index)} « {self.column.heading} »"

    @property
    def remedy(self) -> str:
        """What to write in the questionnaire; French."""
        if self.question:
            return f"donnez à la question {self.question} « type: technique » et « role: site »"
        return (
            "ajoutez-y une question « type: technique », « role: site », "
            f'« entetes: ["{self.column.heading}"] »'
        )


def default_site(
    reception: Reception, file: ReceivedFile, export: Export, places: Mapping[str, Place]
) -> tuple[str | None, list[str]]:
    """
    Return the site of a file whose questionnaire asks for none, and what to know about it.

    Raises
    ------
    ColumnsError
        If a column names the sites, and nothing else says which.
    UsageError
        If nothing says which site it is.
    """
    if "site" in places:
        return None, []
    questionnaire = reception.campaign.questionnaire
    told = _site_column(reception, export, places)
    above = _site_above(reception, export.preamble)
    site = reception.asked_site or above
    if above and site != above:
        raise UsageError(
            f"« {file.name} » dit « Site : {above} » au-dessus de ses intitulés ; le site demandé, "
            f"par --site ou par le nom de son dossier, est {site}.",
            "Donnez le bon site, ou corrigez cette ligne.",
        )
    if site:
        return site, _others(told, site, questionnaire) if told else []
    if told:
        raise ColumnsError(
            f"« {file.name} » : la colonne {told.name} nomme les sites ({listing(told.sites)}), "
            f"mais le questionnaire {questionnaire} ne le dit pas.",
            f"Dans ce questionnaire, {told.remedy}. L’option --site mettrait toutes les réponses "
            "dans un seul site.",
        )
    raise UsageError(
        f"« {file.name} » ne dit pas de quel site il s’agit.",
        "Ajoutez l’option --site, ou une ligne « Site : … » au-dessus des intitulés.",
    )


def sites_of(reception: Reception, place: Place, rows: Rows) -> Cells:
    """Return the site that each row names, None where it names none that is known."""
    known = reception.sites

    def code(cell: Cell) -> str | None:
        found = known.match(as_text(cell))
        return found.modality.code if found else None

    return column_of(rows, place.columns[""].index).read(code)


def _site_above(reception: Reception, preamble: Iterable[Cell]) -> str:
    """Return the site that a « Site : … » line above the headings names, or nothing."""
    for cell in preamble:
        found = reception.sites.match(value_of(cell, SITE) or "")
        if found:
            return found.modality.code
    return ""


def _site_column(
    reception: Reception, export: Export, places: Mapping[str, Place]
) -> _SiteColumn | None:
    """Return the column whose values are names of the project's sites, None without one."""
    lexicon = reception.sites
    users = {c.index: p.question.id for p in places.values() for c in p.columns.values()}
    for column in export.columns:
        if column.role != "question" or not column.heading:
            continue
        looks_so = _sites_in(lexicon, tally(export.rows[:LOOKED_AT], column))
        if looks_so and (sites := _sites_in(lexicon, _told(export, column))):
            return _SiteColumn(column, sites, users.get(column.index, ""))
    return None


def _told(export: Export, column: Column) -> Mapping[str, int]:
    """Return how often each answer of a column was given in the whole file."""
    known = export.whole.tallies
    return tally(export.rows, column) if known is None else known.get(column.index, {})


def _sites_in(lexicon: Lexicon, texts: Mapping[str, int]) -> dict[str, int]:
    """Return how many answers name each site; nothing when few of them name one."""
    sites: dict[str, int] = {}
    for text, count in texts.items():
        if match := lexicon.match(text):
            sites[match.modality.code] = sites.get(match.modality.code, 0) + count
    return sites if sum(sites.values()) >= _MOSTLY * sum(texts.values()) else {}


def _others(found: _SiteColumn, asked: str, questionnaire: str) -> list[str]:
    """Say that answers counted in the site asked for name another one."""
    others = {site: count for site, count in found.sites.items() if site != asked}
    if not others:
        return []
    told = listing(f"{site} {count}" for site, count in others.items())
    return [
        f"la colonne {found.name} nomme d’autres sites que {asked} ({told}) ; tout est compté à "
        f"{asked} (--site). Pour les répartir, dans {questionnaire}, {found.remedy}"
    ]
