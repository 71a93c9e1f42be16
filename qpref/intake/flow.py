"""Visitor counts of the queue system (CSV) to the table `population`."""

from collections import Counter
from datetime import datetime
from typing import Any

from qpref.errors import ColumnsError, listing
from qpref.intake.common import (
    Counts,
    Outcome,
    Rejects,
    Setting,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.export import one_line
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.rows import ReceivedFile, Row, Sheet
from qpref.intake.values import read_moment, read_number
from qpref.schema import conform

KIND = "frequentation"
_SEARCHED_ROWS = 10
_QUARANTINE = "ligne_quarantaine"
_Problem = tuple[str, str, str, str]  # column, code, sentence, action
_COLUMNS = ("Site", "Date", "Demi-journée", "Guichet", "Passages")


def _heading(file: ReceivedFile) -> tuple[Sheet, int] | None:
    """Return the sheet and row that count visitors, if any."""
    for sheet in file.sheets:
        for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            if normalise("Passages") in {normalise(one_line(cell)) for cell in row.cells}:
                return sheet, place
    return None


def recognises(file: ReceivedFile) -> bool:
    """Whether the file counts visitors."""
    return _heading(file) is not None


class FlowBuilder:
    """Adds up the visitors of a campaign by site, half-day and counter."""

    def __init__(self, setting: Setting, file: ReceivedFile, rejects: Rejects) -> None:
        self._setting, self._file, self._rejects = setting, file, rejects
        scales = setting.reference.questionnaire(setting.campaign.id).flow_scales()
        self._strata = {name: Lexicon(scale.modalites) for name, scale in scales.items()}
        self._sites = setting.sites
        self._totals: Counter[tuple[str, str, str]] = Counter()
        self._sheet, heading = _heading(file) or (file.sheets[0], 0)
        self._preamble = [cell for row in self._sheet.rows[:heading] for cell in row.cells]
        self._body = self._sheet.rows[heading + 1 :]
        names = [normalise(one_line(cell)) for cell in self._sheet.rows[heading].cells]
        self._place = {name: index for index, name in enumerate(names) if name}

    def build(self) -> Outcome:
        """
        Return the outcome of the file.

        Raises
        ------
        ColumnsError
            If a column is missing.
        """
        missing = [name for name in _COLUMNS if normalise(name) not in self._place]
        if missing:
            raise ColumnsError(
                f"« {self._file.name} » : colonnes absentes : {listing(missing)}.",
                f"Colonnes attendues : {listing(_COLUMNS)}.",
            )
        refuse_other_model(
            self._file,
            self._preamble,
            self._setting.reference.questionnaire(self._setting.campaign.id).mark,
        )
        body = self._body
        kept = sum(self._add(row) for row in body)
        counts = Counts(
            read=len(body),
            kept=kept,
            set_aside=self._rejects.count("ligne_ecartee"),
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        tables = {
            "population": conform("population", self._rows()),
            "rejets": self._rejects.table(),
        }
        source = self._place.get("source")
        marks = [row.cells[source] for row in body if source and len(row.cells) > source]
        fictional = mentions_fictional(self._preamble) or mentions_fictional(marks)
        return Outcome(self._file, KIND, counts, tables, fictional, self._file.warnings)

    def _add(self, row: Row) -> bool:
        """Count one row; return whether it was used."""
        sheet = self._sheet
        if len(row.cells) < len(_COLUMNS):
            self._rejects.add(
                sheet, row.line, "largeur", "il manque des cellules. Ligne mise en quarantaine.",
                action="ligne_quarantaine",
            )  # fmt: skip
            return False
        cell = {name: row.cells[self._place[normalise(name)]] for name in _COLUMNS}
        problem = self._problem(cell)
        if problem:
            column, code, why, action = problem
            self._rejects.add(
                sheet,
                row.line,
                code,
                why,
                action=action,
                column=column,
                place=self._place[normalise(column)],
                value=cell[column],
            )
            return False
        site = self._match(self._sites, cell["Site"])
        visitors = int(read_number(cell["Passages"]) or 0)
        self._totals[site, "total", "total"] += visitors
        for variable, name in (("demi_journee", "Demi-journée"), ("guichet", "Guichet")):
            self._totals[site, variable, self._match(self._strata[variable], cell[name])] += (
                visitors
            )
        return True

    def _match(self, lexicon: Lexicon, cell: Any) -> str:  # noqa: ANN401
        found = lexicon.match(as_text(cell))
        return found.modality.code if found else ""

    def _problem(self, cell: dict[str, Any]) -> _Problem | None:
        """Return what forbids using a row, if anything."""
        return self._key_problem(cell) or self._value_problem(cell)

    def _key_problem(self, cell: dict[str, Any]) -> _Problem | None:
        site = self._match(self._sites, cell["Site"])
        if not site:
            return "Site", "site_inconnu", f"inconnu ({self._sites.expected}).", _QUARANTINE
        if self._setting.asked_site not in {None, site}:
            return "Site", "autre_site", "n’est pas le site demandé.", _QUARANTINE
        for variable, name in (("demi_journee", "Demi-journée"), ("guichet", "Guichet")):
            if not self._match(self._strata[variable], cell[name]):
                expected = self._strata[variable].expected
                return name, "hors_echelle", f"non prévu (attendu : {expected}).", _QUARANTINE
        return None

    def _value_problem(self, cell: dict[str, Any]) -> _Problem | None:
        try:
            moment = read_moment(cell["Date"])
        except ValueError:
            moment = None
        if moment is None:
            return "Date", "date_illisible", "date attendue : jj/mm/aaaa.", _QUARANTINE
        if not self._setting.campaign.debut <= moment.date() <= self._setting.campaign.fin:
            return "Date", "hors_periode", "jour hors de la campagne.", "ligne_ecartee"
        try:
            visitors = read_number(cell["Passages"])
        except ValueError:
            visitors = None
        if visitors is None or visitors < 0 or visitors % 1:
            return "Passages", "nombre_illisible", "nombre entier attendu.", _QUARANTINE
        return None

    def _rows(self) -> list[dict[str, Any]]:
        campaign = self._setting.campaign
        first, last = (
            datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local calendar day
            for day in (campaign.debut, campaign.fin)
        )
        return [
            {
                "campagne": campaign.id,
                "site": site,
                "debut": first,
                "fin": last,
                "variable": variable,
                "strate": stratum,
                "effectif": total,
                "unite": "passages",
                "source_fichier": self._file.name,
            }
            for (site, variable, stratum), total in sorted(self._totals.items())
        ]
