"""
Figures of each month: our own workbook, and the exports that `indicateurs.yml` declares.

Every cell that holds a number becomes one `Atom`; atoms of one site, period and indicator make one
reading. A row is used when one of its atoms is; the others are set aside or in quarantine, each
with its place. Where files of two names say the same month, the store decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from qpref.intake.common import (
    Counts,
    Outcome,
    Reception,
    Rejects,
    fingerprint,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.month_cells import count_of, number_of, read_period, read_share
from qpref.intake.month_sheets import MonthSheet, sheets_of
from qpref.intake.privacy import mask_answer
from qpref.intake.readings import ASIDE, PARTS, QUARANTINE, Atom, MonthFault, MonthRow, readings
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, is_blank
from qpref.layout.monthly import VALUE
from qpref.reference import Modality
from qpref.reference.monthly import MeasuredCells
from qpref.schema import conform

KIND = "indicateurs"
_TOTALS = ("total", "ensemble", "cumul", "somme", "moyenne")
_PERCENT: Final = "pourcent"  # how our own workbook takes a share


def recognises(reception: Reception, file: ReceivedFile) -> bool:
    """Whether a file is our workbook of monthly figures, or an export that the project declares."""
    return bool(sheets_of(reception.reference.monthly, file))


@dataclass
class MonthlyBuilder:
    """Turns the sheets of one file into readings."""

    reception: Reception
    file: ReceivedFile
    rejects: Rejects
    _rows: list[MonthRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        monthly = self.reception.reference.monthly
        self._sites, self._monthly = self.reception.sites, monthly
        self._indicators = Lexicon(
            Modality(code=one.id, libelle=one.libelle) for one in monthly.indicateurs
        )
        self._found = sheets_of(monthly, self.file)

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets read."""
        return [found.sheet.name for found in self._found]

    def build(self) -> Outcome:
        """Return the outcome of the file."""
        fictional, ignored, above = False, [], 0
        for found in self._found:
            preamble = [cell for row in found.preamble for cell in row.cells]
            refuse_other_model(self.file, preamble, found.version)
            fictional |= mentions_fictional(preamble)
            ignored += found.ignored
            above += len(found.preamble)
            self._rows += [self._read(found, row) for row in found.body]
        known = readings(self._rows, self._monthly)
        for row in self._rows:
            self._tell(row)
        kept = sum(row.is_used for row in self._rows)
        counts = Counts(
            read=len(self._rows),
            kept=kept,
            set_aside=self.rejects.count(ASIDE),
            quarantined=self.rejects.count(QUARANTINE),
        )
        rows = [self._record(one) for one in known]
        tables = {KIND: conform(KIND, rows), "rejets": self.rejects.table()}
        sources = [atom.source for row in self._rows for atom in row.atoms]
        fictional |= mentions_fictional(sources)
        said = [*self.file.warnings, *(text for found in self._found for text in found.said)]
        return Outcome(self.file, KIND, counts, tables, fictional, said, ignored, rows_above=above)

    def _record(self, one: dict[str, Any]) -> dict[str, Any]:
        first: MonthRow = one.pop("row")
        content = [one[name] for name in PARTS]
        name = fingerprint(one["site"], one["periode"], one["indicateur"])
        source = self._named_source(one["source"])
        return one | {
            "source": source,
            "releve_id": name,
            "campagne": self.reception.campaign.id,
            "source_fichier": self.file.name,
            "source_feuille": first.sheet.name,
            "source_ligne": first.line,
            "empreinte": fingerprint(*content),
        }

    def _named_source(self, text: str) -> str:
        """Return where a figure comes from, as a page may say it: it names nobody."""
        declared = [one.libelle for one in self._monthly.exports]
        if not text or text in declared or mentions_fictional([text]):
            return text if text in declared else ""
        known = [part for one in self._monthly.indicateurs for part in (one.libelle, one.source)]
        return mask_answer(text, [*declared, *known], self.reception.names)

    def _tell(self, row: MonthRow) -> None:
        """Record what is wrong in a row: cell by cell when something of it is used."""
        told = sorted(row.problems, key=lambda one: one.action == ASIDE)
        for rank, one in enumerate(told):
            self.rejects.add(
                row.sheet, row.line, one.code, one.why,
                action="cellule" if rank or row.is_used else one.action,
                column=one.column, place=one.place, value=one.value, site=row.site,
            )  # fmt: skip

    def _read(self, found: MonthSheet, row: ReceivedRow) -> MonthRow:
        """Return a row and the numbers it holds, or what is wrong with it."""
        read = MonthRow(found.sheet, row.line)
        if row.problem:
            read.refuse(MonthFault("ligne_abimee", row.problem))
            return read
        read.site = self._site(found, row, read)
        period = self._period(found, row, read)
        if read.problems:
            return read
        for cells, place, when in self._cells(found, row, period, read):
            self._take(found, row, read, (cells, place, when))
        if not read.atoms and not read.problems:
            read.refuse(MonthFault("sans_nombre", "aucun nombre.", action=ASIDE))
        return read

    def _site(self, found: MonthSheet, row: ReceivedRow, read: MonthRow) -> str:
        cell, place = found.cell(row, "site")
        matched = self._sites.match(as_text(cell))
        site = found.site or (matched.modality.code if matched else "")
        asked = self.reception.asked_site
        if not site:
            is_total = normalise(as_text(cell)).startswith(_TOTALS)
            why = f"inconnu ({self._sites.expected})."
            read.refuse(
                MonthFault(
                    "site_inconnu",
                    why,
                    found.heading("site"),
                    place,
                    cell,
                    ASIDE if is_total else QUARANTINE,
                )
            )
        elif asked not in {None, site}:
            why = "n’est pas le site demandé."
            read.refuse(MonthFault("autre_site", why, found.heading("site"), place, cell))
        return site

    def _period(self, found: MonthSheet, row: ReceivedRow, read: MonthRow) -> str:
        if found.months:
            return ""
        cell, place = found.cell(row, "periode")
        period = read_period(cell)
        if not period:
            is_total = normalise(as_text(cell)).startswith(_TOTALS)
            why = "mois attendu (« mars 2020 », « 03/2020 »), ou trimestre (« T1 2020 »)."
            problem = MonthFault(
                "mois_illisible",
                why,
                found.heading("periode"),
                place,
                cell,
                ASIDE if is_total else QUARANTINE,
            )
            read.refuse(problem)
        return period

    def _cells(
        self, found: MonthSheet, row: ReceivedRow, period: str, read: MonthRow
    ) -> Iterator[tuple[MeasuredCells, int, str]]:
        """Yield what each cell measures, its place, and its period."""
        if found.is_own:
            yield from self._own_cells(found, row, period, read)
        elif found.measures:
            for place, told in found.measures.items():
                yield from ((cells, place, period) for cells in told)
        else:
            cell, at = found.cell(row, "rubrique")
            known = found.rubrics.get(normalise(as_text(cell)), [])
            if not known:
                why = "rubrique que indicateurs.yml ne déclare pas."
                column = found.heading("rubrique")
                read.refuse(MonthFault("rubrique_non_declaree", why, column, at, cell, ASIDE))
            places = found.months or {found.place.get("nombre", 0): period}
            yield from ((cells, p, when) for cells in known for p, when in places.items())

    def _own_cells(
        self, found: MonthSheet, row: ReceivedRow, period: str, read: MonthRow
    ) -> Iterator[tuple[MeasuredCells, int, str]]:
        cell, place = found.cell(row, "indicateur")
        matched = self._indicators.match(as_text(cell))
        if matched is None:
            why = f"inconnu.{self._indicators.suggestion(as_text(cell))}"
            read.refuse(
                MonthFault("indicateur_inconnu", why, found.heading("indicateur"), place, cell)
            )
            return
        one = self._monthly.indicator(matched.modality.code)
        for part in PARTS:
            at = found.place[part]
            cell = row.at(at)
            if not one.is_share and part != VALUE and not is_blank(cell):
                why = (
                    f"« {one.libelle} » n’est pas une part : remplissez « {found.heading(VALUE)} »."
                )
                read.refuse(MonthFault("pas_une_part", why, found.heading(part), at, cell))
                continue
            scale: Literal["pourcent"] | None = _PERCENT if one.is_share and part == VALUE else None
            yield (
                MeasuredCells(intitule=part, indicateur=one.id, partie=part, echelle=scale),
                at,
                period,
            )

    def _take(
        self,
        found: MonthSheet,
        row: ReceivedRow,
        read: MonthRow,
        told: tuple[MeasuredCells, int, str],
    ) -> None:
        """Add the number of a cell, or what is wrong with it."""
        cells, place, period = told
        one, cell = self._monthly.indicator(cells.indicateur), row.at(place)
        if is_blank(cell):
            return
        column = found.texts[place]
        if ("T" in period) != (one.frequence == "trimestre"):
            why = f"« {one.libelle} » se relève par {one.frequence}."
            read.refuse(MonthFault("autre_rythme", why, column, place, cell))
            return
        try:
            value = _number(cells, cell, is_share=one.is_share)
        except ValueError as error:
            read.refuse(MonthFault("nombre_illisible", str(error), column, place, cell))
            return
        if value is not None:
            source = as_text(found.cell(row, "source")[0]) or found.source
            read.atoms.append(
                Atom(read, (read.site, period, one.id), cells.partie, value, column, place, source)
            )


def _number(cells: MeasuredCells, cell: Cell, *, is_share: bool) -> float | None:
    if cells.partie != VALUE:
        return count_of(cell)
    return read_share(cell, cells.echelle or "") if is_share else number_of(cell)
