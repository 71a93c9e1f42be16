"""Counts kept by the counters: visitors (table `population`), people approached (`collecte`)."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pandas as pd

from qpref.errors import ColumnsError, listing
from qpref.intake.common import (
    Counts,
    Outcome,
    Reception,
    Rejects,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.conventions import Evidence, decide_at
from qpref.intake.dates import DAY_FIRST, read_moment
from qpref.intake.export import one_line
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.intake.values import read_number
from qpref.layout.counts import APPROACHES, VISITORS, CountLayout
from qpref.schema import conform

_SEARCHED_ROWS = 10
_QUARANTINE = "ligne_quarantaine"
_Problem = tuple[str, str, str, str]  # key of a column, code, sentence, action
_Key = tuple[str, date, tuple[str, ...]]  # site, day, strata


def layout_of(file: ReceivedFile) -> CountLayout | None:
    """Return what the file counts, or None when it is not a file of counts."""
    return next((layout for layout in (APPROACHES, VISITORS) if _heading(file, layout)), None)


def _heading(file: ReceivedFile, layout: CountLayout) -> tuple[Sheet, int] | None:
    """Return the sheet and row whose headings are those of a layout, if any."""
    mark = normalise(layout.column(layout.known_by).heading)
    for sheet in file.sheets:
        for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            if mark in {normalise(one_line(cell)) for cell in row.cells}:
                return sheet, place
    return None


class TallyBuilder:
    """Adds up the counts of a campaign by site, day and stratum."""

    def __init__(
        self, reception: Reception, file: ReceivedFile, layout: CountLayout, rejects: Rejects
    ) -> None:
        self._reception, self._file, self._rejects = reception, file, rejects
        questionnaire = reception.reference.questionnaire(reception.campaign.id)
        self._layout, self._sites = layout.fitting(questionnaire), reception.sites
        self._sheet, heading = _heading(file, layout) or (file.sheets[0], 0)
        self._preamble = [cell for row in self._sheet.rows[:heading] for cell in row.cells]
        self._body = self._sheet.rows[heading + 1 :]
        texts = [normalise(one_line(cell)) for cell in self._sheet.rows[heading].cells]
        found = {text: index for index, text in enumerate(texts) if text}
        self._place = {
            column.key: found[normalise(column.heading)]
            for column in self._layout.columns
            if normalise(column.heading) in found
        }
        self._strata = {
            name: Lexicon(questionnaire.levels(name).modalites)
            for name in self._layout.strata
            if name in self._place or layout.column(name).is_required
        }
        self._totals: dict[_Key, Counter[str]] = {}

    @property
    def sheet_name(self) -> str:
        """Name of the sheet read."""
        return self._sheet.name

    def build(self) -> Outcome:
        """
        Return the outcome of the file.

        Raises
        ------
        ColumnsError
            If a column is missing.
        """
        missing = [c.heading for c in self._layout.required if c.key not in self._place]
        if missing:
            raise ColumnsError(
                f"« {self._file.name} » : colonnes absentes : {listing(missing)}.",
                f"Colonnes attendues : {listing([c.heading for c in self._layout.required])}.",
            )
        version = self._reception.reference.questionnaire(self._reception.campaign.id).mark
        refuse_other_model(self._file, self._preamble, version)
        self._decide_order()
        kept = sum(self._add(row) for row in self._body)
        counts = Counts(
            read=len(self._body),
            kept=kept,
            set_aside=self._rejects.count("ligne_ecartee"),
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        made = {"population": self._population, "collecte": self._approaches}[self._layout.table]
        tables = {self._layout.table: made(), "rejets": self._rejects.table()}
        source = self._place.get("source")
        marks = [row.cells[source] for row in self._body if source and len(row.cells) > source]
        fictional = mentions_fictional(self._preamble) or mentions_fictional(marks)
        kind, warnings = self._layout.kind, [*self._file.warnings, *self._said]
        return Outcome(self._file, kind, counts, tables, fictional, warnings)

    def _decide_order(self) -> None:
        """Find in which order the dates are written: the day first in our workbooks."""
        campaign, place = self._reception.campaign, self._place["date"]
        heading = self._layout.column("date").heading
        convention = decide_at(
            f"« {self._file.name} », colonne « {heading} »",
            Evidence.of(row.at(place) for row in self._body),
            (campaign.debut, campaign.fin),
            DAY_FIRST,
            self._reception.dating.order,
        )
        self._order = convention.order
        self._said = [f"{heading} : {convention.reason}"] if convention.reason else []

    def _moment(self, cell: dict[str, Any]) -> datetime | None:
        site = self._match(self._sites, cell["site"])
        return read_moment(cell["date"], self._order, self._reception.reference.sites.zone(site))

    def _add(self, row: ReceivedRow) -> bool:
        """Count one row; return whether it was used."""
        used = ("site", "date", *self._strata, *self._layout.counts)
        if len(row.cells) <= max(self._place[key] for key in used):
            why = "il manque des cellules. Ligne mise en quarantaine."
            self._rejects.add(self._sheet, row.line, "largeur", why, action=_QUARANTINE)
            return False
        cell = {key: row.cells[self._place[key]] for key in used}
        problem = self._key_problem(cell) or self._value_problem(cell)
        if problem:
            self._refuse(row, cell, problem)
            return False
        moment = self._moment(cell)
        day = moment.date() if moment else date.min
        strata = tuple(self._match(lexicon, cell[n]) for n, lexicon in self._strata.items())
        key = (self._match(self._sites, cell["site"]), day, strata)
        numbers = {name: int(read_number(cell[name]) or 0) for name in self._layout.counts}
        self._totals.setdefault(key, Counter()).update(numbers)
        return True

    def _refuse(self, row: ReceivedRow, cell: dict[str, Any], problem: _Problem) -> None:
        key, code, why, action = problem
        self._rejects.add(
            self._sheet,
            row.line,
            code,
            why,
            action=action,
            column=self._layout.column(key).heading,
            place=self._place[key],
            value=cell[key],
        )

    def _match(self, lexicon: Lexicon, cell: Any) -> str:  # noqa: ANN401
        found = lexicon.match(as_text(cell))
        return found.modality.code if found else ""

    def _key_problem(self, cell: dict[str, Any]) -> _Problem | None:
        site = self._match(self._sites, cell["site"])
        if not site:
            return "site", "site_inconnu", f"inconnu ({self._sites.expected}).", _QUARANTINE
        if self._reception.asked_site not in {None, site}:
            return "site", "autre_site", "n’est pas le site demandé.", _QUARANTINE
        for name, lexicon in self._strata.items():
            if not self._match(lexicon, cell[name]):
                expected = lexicon.expected
                return name, "hors_echelle", f"non prévu (attendu : {expected}).", _QUARANTINE
        return None

    def _value_problem(self, cell: dict[str, Any]) -> _Problem | None:
        try:
            moment = self._moment(cell)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            return "date", "date_illisible", "date attendue : jj/mm/aaaa.", _QUARANTINE
        if not self._reception.campaign.debut <= moment.date() <= self._reception.campaign.fin:
            return "date", "hors_periode", "jour hors de la campagne.", "ligne_ecartee"
        return self._number_problem(cell)

    def _number_problem(self, cell: dict[str, Any]) -> _Problem | None:
        found = {}
        for name in self._layout.counts:
            try:
                value = read_number(cell[name])
            except ValueError:
                value = None
            if value is None or value < 0 or value % 1:
                return name, "nombre_illisible", "nombre entier attendu.", _QUARANTINE
            found[name] = value
        whole = self._layout.adds_up
        parts = sum(value for name, value in found.items() if name != whole)
        if whole and found[whole] != parts:
            why = f"n’est pas la somme des autres colonnes ({parts:g})."
            return whole, "somme_fausse", why, _QUARANTINE
        return None

    def _population(self) -> pd.DataFrame:
        """Return the visitors by site and by level of each variable, one after the other."""
        campaign = self._reception.campaign
        sums: Counter[tuple[str, str, str]] = Counter()
        for (site, _, strata), numbers in self._totals.items():
            sums[site, "total", "total"] += numbers["effectif"]
            for variable, stratum in zip(self._strata, strata, strict=True):
                sums[site, variable, stratum] += numbers["effectif"]
        rows = [
            {
                "campagne": campaign.id,
                "site": site,
                "debut": _midnight(campaign.debut),
                "fin": _midnight(campaign.fin),
                "variable": variable,
                "strate": stratum,
                "effectif": total,
                "unite": "passages",
                "source_fichier": self._file.name,
            }
            for (site, variable, stratum), total in sorted(sums.items())
        ]
        return conform("population", rows)

    def _approaches(self) -> pd.DataFrame:
        """Return the people approached by site, day and half-day."""
        rows = [
            {
                "campagne": self._reception.campaign.id,
                "site": site,
                "date": _midnight(day),
                "demi_journee": next(iter(strata), ""),
                **numbers,
                "source_fichier": self._file.name,
            }
            for (site, day, strata), numbers in sorted(self._totals.items())
        ]
        return conform("collecte", rows)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local calendar day
