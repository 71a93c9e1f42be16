"""Types shared by all readers: reception, rejects, counts, outcome."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import pandas as pd

from qpref import layout
from qpref.errors import ColumnsError
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.privacy import RULES, mask_answer
from qpref.intake.rows import Cell, ReceivedFile, Sheet, is_blank
from qpref.intake.spool import Spool
from qpref.reference import Campaign, Modality, Reference
from qpref.schema import conform

SHOWN_VALUE = 60
_SHOWN_LINES = 6


@dataclass(frozen=True)
class Dating:
    """What the analyst says of the dates of a file: their order, or that it has none."""

    order: str = ""  # jour-mois, mois-jour; empty: found
    day: date | None = None  # of all the answers
    is_undated: bool = False  # the answers count in the campaign, without a day of their own

    @property
    def is_imposed(self) -> bool:
        """Whether the dates of the file, if any, are not read."""
        return self.day is not None or self.is_undated

    @property
    def mark(self) -> str:
        """Options of the import as a short text, which tells apart two imports of one file."""
        day = self.day.isoformat() if self.day else ""
        return self.order or day or ("sans-date" if self.is_undated else "")

    @property
    def digest(self) -> str:
        """What was asked, short enough for a file name; empty when nothing was."""
        return fingerprint(self.mark)[:8] if self.mark else ""


@dataclass(frozen=True)
class Reception:
    """What files are received for: the reference data, the campaign, the site asked for."""

    reference: Reference
    campaign: Campaign
    asked_site: str | None = None
    names: tuple[str, ...] = ()  # known locally, masked in free text
    dating: Dating = Dating()

    @property
    def masking(self) -> str:
        """Digest of what is masked in free text: the rules, and the local names."""
        return fingerprint(RULES, *self.names)[:8]

    @property
    def sites(self) -> Lexicon:
        """The ways in which a file may write each site."""
        return site_lexicon(self.reference)


def site_lexicon(reference: Reference) -> Lexicon:
    """Return the ways in which a file may write each site of the project."""
    return Lexicon(
        Modality(code=site.id, libelle=site.nom_court, synonymes=(site.nom, *site.alias))
        for site in reference.sites.sites
    )


_NATURES = ("mystere", "frequentation", "collecte", "indicateurs", "reclamations")


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

    def plus(self, other: "Counts") -> "Counts":
        """Return the rows of two parts of a file."""
        return Counts(
            self.read + other.read,
            self.kept + other.kept,
            self.set_aside + other.set_aside,
            self.quarantined + other.quarantined,
        )


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet of which nothing was read: its name, its rows (None if unknown), and why."""

    name: str
    rows: int | None
    reason: str

    @property
    def sentence(self) -> str:
        """What is said of it."""
        size = "" if self.rows is None else f", {self.rows} ligne(s)"
        return f"« {self.name} »{size} : {self.reason}"


@dataclass(frozen=True)
class Outcome:
    """
    What one received file gives: canonical tables and what happened to its rows.

    `kind` is the format (limesurvey, sphinx, mystere…), `nature` what the data are about. Rows
    above the headings are counted apart: they say something of the file, and hold no answer.
    """

    file: ReceivedFile
    kind: str
    counts: Counts
    tables: dict[str, pd.DataFrame]
    is_fictional: bool
    warnings: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    absent_questions: list[str] = field(default_factory=list)  # identifiers: no column answers them
    personal_columns: list[str] = field(default_factory=list)
    rows_above: int = 0
    sheets_read: list[str] = field(default_factory=list)
    unread_sheets: list[UnreadSheet] = field(default_factory=list)
    spool: Spool | None = None  # tables of a file read in parts, which `tables` do not hold

    @property
    def nature(self) -> str:
        """What its rows tell of: « satisfaction », or a kind that has tables of its own."""
        return self.kind if self.kind in _NATURES else "satisfaction"

    def sites(self, table: str) -> Sequence[str]:
        """Return the sites of the rows of a table, nothing for rows of none in particular."""
        if table in self.tables:
            return sorted(set(self.tables[table]["site"]))
        return self.spool.sites(table) if self.spool else []

    def digests(self, table: str, key: str) -> Iterator[tuple[str, str]]:
        """Yield the identifier of each row of a table, and the digest of what it holds."""
        if table in self.tables:
            yield from zip(*(self.tables[table][name] for name in (key, "empreinte")), strict=True)
        elif self.spool:
            for site in self.spool.sites(table):
                for part in self.spool.parts(table, site):
                    yield from zip(
                        *(part[name].to_pylist() for name in (key, "empreinte")), strict=True
                    )

    @property
    def is_unfilled(self) -> bool:
        """Whether the file is a keying workbook of ours in which nothing was keyed yet."""
        rows = sum(len(table) for name, table in self.tables.items() if name != "rejets")
        return (
            not rows
            and self.spool is None
            and not self.counts.quarantined
            and _bears_a_version(self.file)
        )


def _bears_a_version(file: ReceivedFile) -> bool:
    first = (cell for sheet in file.sheets for row in sheet.rows[:5] for cell in row.cells[:1])
    return any(value_of(cell, layout.MODEL) is not None for cell in first)


class Rejects:
    """Rows and cells set aside, each with its place, its reason and a sentence."""

    def __init__(self, reception: Reception, file: ReceivedFile) -> None:
        self._reception, self._file = reception, file
        self._rows: list[dict[str, Any]] = []
        self._given: Counter[tuple[str, ...]] = Counter()  # how many gave each value

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
        expected: Sequence[str] = (),
        given: int = 1,
        site: str = "",
    ) -> None:
        """
        Record one reject; the sentence names file, sheet, line, column and value.

        `place` is the column's index in the row, by which a correction finds its cell. Of `value`,
        given so many times where labels were expected, only what names nobody is kept.
        """
        text = as_text(value)
        self._given[sheet.name, column, code, text] = given
        steps = [self._file.name]
        steps += [f"feuille « {sheet.name} »"] if sheet.name else []
        steps += [f"ligne {line}"]
        steps += [f"colonne « {column} »"] if column else []
        self._rows.append(
            {
                "campagne": self._reception.campaign.id,
                "site": site,
                "fichier": self._file.name,
                "feuille": sheet.name,
                "ligne": line,
                "colonne": column,
                "colonne_numero": 0 if place is None else place + 1,
                "valeur": text,
                "attendu": expected,
                "code": code,
                "message": (" › ".join(steps), explanation),
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
        return conform("rejets", [*map(self._told, rows)])

    def absorb(self, others: "Rejects") -> None:
        """Add what was set aside in another part of the file."""
        self._rows += others._rows  # noqa: SLF001 - of its own kind
        self._given += others._given  # noqa: SLF001

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a reject as it is written: of its value, only what names nobody."""
        text = row["valeur"]
        given = self._given[row["feuille"], row["colonne"], row["code"], text]
        shown = mask_answer(text, row["attendu"], self._reception.names, count=given)[:SHOWN_VALUE]
        where, why = row["message"]
        quoted = f"« {shown} » " if shown else ""
        told = {**row, "valeur": shown, "message": f"{where} : {quoted}{why}"}
        del told["attendu"]
        return told


def grouped(rejects: pd.DataFrame) -> list[str]:
    """
    Return one sentence a reason: alone as it is, several as « 38 fois, lignes 12, 15, … ».

    Rejects are alike when sheet, column, value and code are. The most frequent comes first.
    """
    found = []
    keys = ["feuille", "colonne", "valeur", "code"]
    groups = [rows for _, rows in rejects.groupby(keys, sort=False)]
    for rows in sorted(groups, key=len, reverse=True):
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
    return digest_of(joined(map(as_text, parts)))


def joined(texts: Iterable[str]) -> str:
    """Join texts with a separator that none of them contains: they can be split again."""
    return "\x1f".join(texts)


def digest_of(text: str) -> str:
    """Return a short stable digest of a text."""
    return sha256(text.encode()).hexdigest()[:16]


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
        version = value_of(cell, layout.MODEL)
        if version is not None and version != mark:
            raise ColumnsError(
                f"« {file.name} » vient d’un modèle de saisie d’une autre version "
                f"({version} ; attendu : {mark}).",
                "Reportez les réponses dans un modèle récent (qpref modele-saisie), ou rétablissez "
                "la version du questionnaire.",
            )


def has_mark(cells: Iterable[Cell]) -> bool:
    """Whether one of these cells says which of our keying workbooks this is."""
    return any(value_of(cell, layout.MODEL) is not None for cell in cells)


def mentions_fictional(cells: Iterable[Cell]) -> bool:
    """Whether one of these cells is the mark « Données fictives » of the example."""
    mark = normalise(layout.FICTIONAL)
    return any(normalise(as_text(cell)).startswith(mark) for cell in cells)


def value_of(cell: Cell, label: str) -> str | None:
    """Return what an instruction row states (« Site : Cahors »), None when it is another row."""
    found, _, value = as_text(cell).partition(":")
    return value.strip() if normalise(found) == normalise(label) else None


def column_names(file_cells: list[Cell]) -> list[str]:
    """Return the cells of a heading row as one-line texts."""
    return [" ".join(as_text(cell).split()) if not is_blank(cell) else "" for cell in file_cells]
