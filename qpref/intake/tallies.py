"""Counts kept by the counters: visitors (table `population`), people approached (`collecte`)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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
from qpref.intake.export import one_line
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.intake.values import read_moment, read_number
from qpref.schema import conform

_SEARCHED_ROWS = 10
_QUARANTINE = "ligne_quarantaine"
_Problem = tuple[str, str, str, str]  # column, code, sentence, action
_Key = tuple[str, date, tuple[str, ...]]  # site, day, strata


@dataclass(frozen=True)
class Layout:
    """
    What a file of counts holds.

    `kind` names it; `mark`, the heading by which it is recognised; `strata` and `optional`, the
    headings of what is counted apart, by question of the questionnaire; `numbers`, those of the
    counts, by column of the canonical table; `adds_up`, the count that all the others make.
    """

    kind: str
    mark: str
    strata: Mapping[str, str]
    numbers: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)
    adds_up: str = ""


VISITORS = Layout(
    kind="frequentation",
    mark="Passages",
    strata={"demi_journee": "Demi-journée", "guichet": "Guichet"},
    optional={"motif": "Motif", "categorie_usager": "Catégorie"},
    numbers={"effectif": "Passages"},
)
APPROACHES = Layout(
    kind="collecte",
    mark="Abordés",
    strata={"demi_journee": "Demi-journée"},
    numbers={
        "abordes": "Abordés",
        "refus": "Refus",
        "ineligibles": "Inéligibles",
        "partiels": "Partiels",
        "complets": "Complets",
    },
    adds_up="abordes",
)


def layout_of(file: ReceivedFile) -> Layout | None:
    """Return what the file counts, or None when it is not a file of counts."""
    return next((layout for layout in (APPROACHES, VISITORS) if _heading(file, layout)), None)


def _heading(file: ReceivedFile, layout: Layout) -> tuple[Sheet, int] | None:
    """Return the sheet and row whose headings are those of a layout, if any."""
    for sheet in file.sheets:
        for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            if normalise(layout.mark) in {normalise(one_line(cell)) for cell in row.cells}:
                return sheet, place
    return None


class TallyBuilder:
    """Adds up the counts of a campaign by site, day and stratum."""

    def __init__(
        self, reception: Reception, file: ReceivedFile, layout: Layout, rejects: Rejects
    ) -> None:
        self._reception, self._file, self._rejects = reception, file, rejects
        self._layout, self._sites = layout, reception.sites
        self._sheet, heading = _heading(file, layout) or (file.sheets[0], 0)
        self._preamble = [cell for row in self._sheet.rows[:heading] for cell in row.cells]
        self._body = self._sheet.rows[heading + 1 :]
        names = [normalise(one_line(cell)) for cell in self._sheet.rows[heading].cells]
        self._place = {name: index for index, name in enumerate(names) if name}
        present = {k: v for k, v in layout.optional.items() if normalise(v) in self._place}
        self._columns = {**layout.strata, **present}
        questionnaire = reception.reference.questionnaire(reception.campaign.id)
        scales = questionnaire.flow_scales() | {n: questionnaire.scale(n) for n in present}
        self._strata = {name: Lexicon(scales[name].modalites) for name in self._columns}
        self._totals: dict[_Key, Counter[str]] = {}

    def build(self) -> Outcome:
        """
        Return the outcome of the file.

        Raises
        ------
        ColumnsError
            If a column is missing.
        """
        expected = ("Site", "Date", *self._layout.strata.values(), *self._layout.numbers.values())
        missing = [name for name in expected if normalise(name) not in self._place]
        if missing:
            raise ColumnsError(
                f"« {self._file.name} » : colonnes absentes : {listing(missing)}.",
                f"Colonnes attendues : {listing(expected)}.",
            )
        refuse_other_model(
            self._file,
            self._preamble,
            self._reception.reference.questionnaire(self._reception.campaign.id).mark,
        )
        kept = sum(self._add(row) for row in self._body)
        counts = Counts(
            read=len(self._body),
            kept=kept,
            set_aside=self._rejects.count("ligne_ecartee"),
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        made = self._population() if self._layout is VISITORS else self._approaches()
        table = "population" if self._layout is VISITORS else "collecte"
        tables = {table: made, "rejets": self._rejects.table()}
        source = self._place.get("source")
        marks = [row.cells[source] for row in self._body if source and len(row.cells) > source]
        fictional = mentions_fictional(self._preamble) or mentions_fictional(marks)
        kind, warnings = self._layout.kind, self._file.warnings
        return Outcome(self._file, kind, counts, tables, fictional, warnings)

    def _add(self, row: ReceivedRow) -> bool:
        """Count one row; return whether it was used."""
        sheet, names = self._sheet, ("Site", "Date", *self._columns.values())
        names = (*names, *self._layout.numbers.values())
        if len(row.cells) <= max(self._place[normalise(name)] for name in names):
            self._rejects.add(
                sheet, row.line, "largeur", "il manque des cellules. Ligne mise en quarantaine.",
                action=_QUARANTINE,
            )  # fmt: skip
            return False
        cell = {name: row.cells[self._place[normalise(name)]] for name in names}
        problem = self._key_problem(cell) or self._value_problem(cell)
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
        moment = read_moment(cell["Date"])
        day = moment.date() if moment else date.min
        strata = tuple(self._match(self._strata[n], cell[h]) for n, h in self._columns.items())
        key = (self._match(self._sites, cell["Site"]), day, strata)
        numbers = {n: int(read_number(cell[h]) or 0) for n, h in self._layout.numbers.items()}
        self._totals.setdefault(key, Counter()).update(numbers)
        return True

    def _match(self, lexicon: Lexicon, cell: Any) -> str:  # noqa: ANN401
        found = lexicon.match(as_text(cell))
        return found.modality.code if found else ""

    def _key_problem(self, cell: dict[str, Any]) -> _Problem | None:
        site = self._match(self._sites, cell["Site"])
        if not site:
            return "Site", "site_inconnu", f"inconnu ({self._sites.expected}).", _QUARANTINE
        if self._reception.asked_site not in {None, site}:
            return "Site", "autre_site", "n’est pas le site demandé.", _QUARANTINE
        for variable, name in self._columns.items():
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
        if not self._reception.campaign.debut <= moment.date() <= self._reception.campaign.fin:
            return "Date", "hors_periode", "jour hors de la campagne.", "ligne_ecartee"
        return self._number_problem(cell)

    def _number_problem(self, cell: dict[str, Any]) -> _Problem | None:
        found = {}
        for name, heading in self._layout.numbers.items():
            try:
                value = read_number(cell[heading])
            except ValueError:
                value = None
            if value is None or value < 0 or value % 1:
                return heading, "nombre_illisible", "nombre entier attendu.", _QUARANTINE
            found[name] = value
        whole = self._layout.adds_up
        parts = sum(value for name, value in found.items() if name != whole)
        if whole and found[whole] != parts:
            heading = self._layout.numbers[whole]
            why = f"n’est pas la somme des autres colonnes ({parts:g})."
            return heading, "somme_fausse", why, _QUARANTINE
        return None

    def _population(self) -> pd.DataFrame:
        """Return the visitors by site and by level of each variable, one after the other."""
        campaign = self._reception.campaign
        sums: Counter[tuple[str, str, str]] = Counter()
        for (site, _, strata), numbers in self._totals.items():
            sums[site, "total", "total"] += numbers["effectif"]
            for variable, stratum in zip(self._columns, strata, strict=True):
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
                "demi_journee": strata[0],
                **numbers,
                "source_fichier": self._file.name,
            }
            for (site, day, strata), numbers in sorted(self._totals.items())
        ]
        return conform("collecte", rows)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local calendar day
