"""The numbers of the rows of a file, brought together: one reading a site, period and indicator."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qpref.intake.rows import Cell, Sheet
from qpref.layout.monthly import DENOMINATOR, NUMERATOR, VALUE, Part
from qpref.reference import Monthly, MonthlyIndicator

ReadingKey = tuple[str, str, str]  # site, period, indicator
QUARANTINE, ASIDE = "ligne_quarantaine", "ligne_ecartee"
PARTS: tuple[Part, ...] = (NUMERATOR, DENOMINATOR, VALUE)
_ROUNDED = 0.0051  # a percentage written without decimals


@dataclass(frozen=True)
class MonthFault:
    """What is wrong in a row, at a cell when one is to blame."""

    code: str
    why: str
    column: str = ""
    place: int | None = None
    value: Cell = ""
    action: str = QUARANTINE


@dataclass(eq=False)
class MonthRow:
    """A row: its place, its site, its numbers that are used, and what is wrong with it."""

    sheet: Sheet
    line: int
    site: str = ""
    atoms: list["Atom"] = field(default_factory=list)
    problems: list[MonthFault] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        """Whether one of its numbers is."""
        return bool(self.atoms)

    def refuse(self, problem: MonthFault) -> None:
        """Add what is wrong."""
        self.problems.append(problem)


@dataclass(frozen=True, eq=False)
class Atom:
    """One number of a row: what it is a part of, and where it stands."""

    row: MonthRow
    key: ReadingKey
    part: str
    value: float
    column: str
    place: int
    source: str

    def refuse(self, code: str, why: str, *, is_aside: bool = False) -> None:
        """Take the number out of its row, and say why."""
        self.row.atoms.remove(self)
        action = ASIDE if is_aside else QUARANTINE
        self.row.refuse(MonthFault(code, why, self.column, self.place, f"{self.value:g}", action))


def readings(rows: Sequence[MonthRow], monthly: Monthly) -> list[dict[str, Any]]:
    """Return the readings of the rows, in order; numbers that make none are refused in place."""
    groups: dict[ReadingKey, list[Atom]] = {}
    for row in rows:
        for atom in row.atoms:
            groups.setdefault(atom.key, []).append(atom)
    found = (_reading(key, atoms, monthly.indicator(key[2])) for key, atoms in groups.items())
    made = (one for one in found if one is not None)
    return sorted(made, key=lambda one: (one["site"], one["indicateur"], one["periode"]))


def _reading(
    key: ReadingKey, atoms: list[Atom], indicator: MonthlyIndicator
) -> dict[str, Any] | None:
    if _are_contradictory(atoms):
        return None
    parts = _parts(atoms)
    if why := _fault(parts, indicator):
        for atom in [one for one in atoms if one in one.row.atoms]:
            atom.refuse("releve_incoherent", why)
        return None
    count, size, value = (parts.get(name) for name in (NUMERATOR, DENOMINATOR, VALUE))
    if count is not None and size is not None:
        value = count / size if size else None
    site, period, name = key
    return {
        "row": next(atom.row for atom in atoms if atom in atom.row.atoms),
        "site": site,
        "periode": period,
        "indicateur": name,
        NUMERATOR: count,
        DENOMINATOR: size,
        VALUE: value,
        "source": atoms[0].source,
    }


def _are_contradictory(atoms: list[Atom]) -> bool:
    """Refuse a reading of which a part has two numbers, and say whether it is so."""
    for part in PARTS:
        own = [atom for atom in atoms if atom.part == part]
        other = next((atom for atom in own if atom.value != own[0].value), None)
        if other is not None:
            told = " et ".join(f"{one.value:g} ligne {one.row.line}" for one in (own[0], other))
            for atom in atoms:
                atom.refuse("contradictoire", f"le même mois est dit deux fois ({told}).")
            return True
    return False


def _parts(atoms: list[Atom]) -> dict[str, float]:
    """Return each part; the same number said twice is set aside."""
    found: dict[str, Atom] = {}
    for atom in atoms:
        first = found.setdefault(atom.part, atom)
        if first is not atom:
            atom.refuse("doublon", f"déjà dit ligne {first.row.line}.", is_aside=True)
    return {part: atom.value for part, atom in found.items()}


def _fault(parts: dict[str, float], indicator: MonthlyIndicator) -> str:
    """Return why the numbers of a reading make none, « » when they do."""
    if not indicator.is_share:
        return ""
    count, size, value = (parts.get(name) for name in (NUMERATOR, DENOMINATOR, VALUE))
    if (count is None) != (size is None):
        return "il faut le numérateur et le dénominateur du mois."
    if count is None or size is None:
        return ""
    if count > size:
        return f"le numérateur ({count:g}) dépasse le dénominateur ({size:g})."
    if value is not None and size and abs(value - count / size) > _ROUNDED:
        return f"{100 * value:g} % n’est pas {count:g} sur {size:g}."
    return ""
