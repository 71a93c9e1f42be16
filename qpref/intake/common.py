"""What every reader shares: the setting of an import, its rejects, its counts and its outcome."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from qpref.errors import ColumnsError, UsageError
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.privacy import RULES, mask
from qpref.intake.rows import Cell, ReceivedFile, Sheet, is_blank
from qpref.reference import Campaign, Modality, Reference
from qpref.schema import conform

FICTIONAL_MARK = "donnees fictives"
SHOWN_VALUE = 60
_SHOWN_LINES = 6


@dataclass(frozen=True)
class Setting:
    """Where an import takes place: the reference data, the campaign, the site asked for."""

    reference: Reference
    campaign: Campaign
    asked_site: str | None = None
    names: tuple[str, ...] = ()  # known locally, masked in free text

    @property
    def masking(self) -> str:
        """Digest of what is masked in free text: the rules, and the local names."""
        return fingerprint(RULES, *self.names)[:8]

    @property
    def sites(self) -> Lexicon:
        """The ways in which a file may write each site."""
        return Lexicon(
            Modality(code=site.id, libelle=site.nom_court, synonymes=(site.nom, *site.alias))
            for site in self.reference.sites.sites
        )


_NATURES = ("mystere", "frequentation", "collecte")


@dataclass(frozen=True)
class Counts:
    """Rows of a file: read = kept + set aside + quarantined."""

    read: int
    kept: int
    set_aside: int
    quarantined: int

    def __post_init__(self) -> None:
        """Refuse an import that would lose or double a row (a defect of qpref)."""
        if self.read != self.kept + self.set_aside + self.quarantined:
            raise AssertionError(f"rows are not conserved: {self}")


@dataclass(frozen=True)
class Outcome:
    """
    What one received file gives: canonical tables and what happened to its rows.

    `kind` is the format (limesurvey, sphinx, mystere…), `nature` what the data are about.
    """

    file: ReceivedFile
    kind: str
    counts: Counts
    tables: dict[str, pd.DataFrame]
    is_fictional: bool
    warnings: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    personal_columns: list[str] = field(default_factory=list)

    @property
    def nature(self) -> str:
        """« mystere », « frequentation », « collecte » or « satisfaction »."""
        return self.kind if self.kind in _NATURES else "satisfaction"


class Rejects:
    """Rows and cells set aside, each with its place, its reason and a sentence."""

    def __init__(self, setting: Setting, file: ReceivedFile) -> None:
        self._setting, self._file = setting, file
        self._rows: list[dict[str, Any]] = []

    def add(  # noqa: PLR0913 - the facts of one reject
        self,
        sheet: Sheet,
        line: int,
        code: str,
        explanation: str,
        *,
        action: str,
        column: str = "",
        place: int | None = None,
        value: Cell = "",
        site: str = "",
    ) -> None:
        """
        Record one reject; the sentence names file, sheet, line, column and value.

        `place` is the column's index in the row, by which a correction finds its cell.
        """
        shown = mask(as_text(value), self._setting.names)[0][:SHOWN_VALUE]
        steps = [self._file.name]
        steps += [f"feuille « {sheet.name} »"] if sheet.name else []
        steps += [f"ligne {line}"]
        steps += [f"colonne « {column} »"] if column else []
        quoted = f"« {shown} » " if shown else ""
        self._rows.append(
            {
                "campagne": self._setting.campaign.id,
                "site": site,
                "fichier": self._file.name,
                "feuille": sheet.name,
                "ligne": line,
                "colonne": column,
                "colonne_numero": 0 if place is None else place + 1,
                "valeur": shown,
                "code": code,
                "message": f"{' › '.join(steps)} : {quoted}{explanation}",
                "gravite": "avertissement" if action in {"aucune", "ligne_ecartee"} else "erreur",
                "action": action,
            }
        )

    def count(self, action: str) -> int:
        """Return how many rejects have this action."""
        return sum(row["action"] == action for row in self._rows)

    def table(self) -> pd.DataFrame:
        """Return the canonical table, by sheet as read, then by line."""
        sheets = {row["feuille"]: None for row in self._rows}
        order = {sheet: place for place, sheet in enumerate(sheets)}
        rows = sorted(self._rows, key=lambda row: (order[row["feuille"]], row["ligne"]))
        return conform("rejets", rows)


def grouped(rejects: pd.DataFrame) -> list[str]:
    """
    Return one sentence a reason: alone as it is, several as « 38 fois, lignes 12, 15, … ».

    Rejects are alike when sheet, column, value and code are.
    """
    found = []
    keys = ["feuille", "colonne", "valeur", "code"]
    for _, rows in rejects.groupby(keys, sort=False):
        first = rows.iloc[0]
        if len(rows) == 1:
            found.append(first["message"])
            continue
        lines = ", ".join(str(line) for line in rows["ligne"].head(_SHOWN_LINES))
        more = ", …" if len(rows) > _SHOWN_LINES else ""
        where, _, what = first["message"].partition(" : ")
        place = " › ".join(s for s in where.split(" › ") if not s.startswith("ligne "))
        found.append(f"{place} : {what} ({len(rows)} fois, lignes {lines}{more})")
    return found


def fingerprint(*parts: Any) -> str:  # noqa: ANN401 - any cell
    """Return a short stable digest of some values."""
    content = "\x1f".join(as_text(part) for part in parts)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def content_digest(cells: Iterable[Cell]) -> str:
    """Return the digest of a row, by which a corrected row is recognised."""
    return fingerprint(*cells)


def refuse_other_model(file: ReceivedFile, cells: Iterable[Cell], mark: str) -> None:
    """
    Refuse a keying workbook made for another version of its questionnaire or grid.

    Raises
    ------
    ColumnsError
        If the workbook bears the mark of another version.
    """
    for cell in cells:
        label, _, version = as_text(cell).partition(":")
        if normalise(label) == "modele qpref" and version.strip() != mark:
            raise ColumnsError(
                f"« {file.name} » vient d’un modèle de saisie d’une autre version "
                f"({version.strip()} ; attendu : {mark}).",
                "Reportez les réponses dans un modèle récent (qpref modele-saisie), ou rétablissez "
                "la version du questionnaire.",
            )


def mentions_fictional(cells: Iterable[Cell]) -> bool:
    """Whether one of these cells is the mark « Données fictives » of the example."""
    return any(normalise(as_text(cell)).startswith(FICTIONAL_MARK) for cell in cells)


def site_of_sheet(setting: Setting, file: ReceivedFile, preamble: Iterable[Cell]) -> str:
    """
    Return the site of a workbook that has no site column.

    Raises
    ------
    UsageError
        If neither --site nor a « Site : … » line above the heading says which.
    """
    if setting.asked_site:
        return setting.asked_site
    for cell in preamble:
        label, _, name = as_text(cell).partition(":")
        found = setting.sites.match(name)
        if normalise(label) == "site" and found:
            return found.modality.code
    raise UsageError(
        f"« {file.name} » ne dit pas de quel site il s’agit.",
        "Ajoutez l’option --site, ou une ligne « Site : … » au-dessus des intitulés.",
    )


def column_names(file_cells: list[Cell]) -> list[str]:
    """Return the cells of a heading row as one-line texts."""
    return [" ".join(as_text(cell).split()) if not is_blank(cell) else "" for cell in file_cells]
