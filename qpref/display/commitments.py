"""State of each commitment at each site: one mark per commitment and site."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from qpref.display.drawn import ABSENT, EMPTY, FULL, HALF, RINGED, WARNING, Sign
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table
from qpref.display.wording import FOLLOW_UP, chart_note, count
from qpref.palette import INK, VERY_BAD, VERY_GOOD
from qpref.quality.milestones import by_module, proved_count
from qpref.quality.progress import is_late
from qpref.reference import DONE, Standard
from qpref.wording.french import enumeration, number, plural

_SIGNS = {
    "verifie": Sign("preuve relue en audit", RINGED, VERY_GOOD),
    "prouve": Sign("preuve réunie", FULL, VERY_GOOD),
    "en_cours": Sign("en cours", HALF, VERY_GOOD),
    "a_faire": Sign("à faire", EMPTY, "none"),
    "retard": Sign("en retard", WARNING, VERY_BAD),
    "hors_perimetre": Sign("non concerné", ABSENT, INK),
}
_NOBODY = _SIGNS["hors_perimetre"]
_DONE = {_SIGNS[code] for code in DONE}


def commitments(
    found: Mapping[str, pd.DataFrame], standard: Standard, today: date, own: str = ""
) -> Section:
    """
    Return the commitments of some sites, one a row, and a column a site.

    Parameters
    ----------
    found
        Of `quality.progress.states`, by short name of site, in the order of the columns.
    standard
        Names of the modules.
    today
        Day of the follow-up: what was due before is late.
    own
        The site of the report, whose counts are the title and the figures; all, without.
    """
    rows = _rows(found, today)
    used = {cell for row in rows for cell in row.cells}
    table = Table(
        "Engagements, module par module",
        ["Engagement", *found],
        rows,
        signs=[sign for sign in _SIGNS.values() if sign in used],
        note=_note(rows[0], [*found]) if rows else "",
    )
    if not own:
        return Section("modules", _everywhere(rows), tables=[table])
    title = f"{count(proved_count(found[own]))} engagements prouvés{_whole(found[own], standard)}"
    shown = [one for module in by_module(found[own]) for one in module.states]
    return Section("modules", title, tables=[table], figures=figures("modules", shown))


def _note(first: Row, names: Sequence[str]) -> str:
    """Read the first mark aloud."""
    cells = zip(first.cells, names, strict=True)
    told = ", ".join(f"{sign} à {name}" if len(names) > 1 else str(sign) for sign, name in cells)
    return chart_note(f"« {first.label} », {told}", "modules choisis", FOLLOW_UP)


def _everywhere(rows: Sequence[Row]) -> str:
    """Say how many commitments are proved at each site that chose them."""
    marks = [{*row.cells} - {_NOBODY} for row in rows]
    done = sum(bool(own) and own <= _DONE for own in marks)
    one, many = ("prouvé partout où il est choisi", "prouvés partout où ils sont choisis")
    return f"{plural(done, f'engagement {one}', f'engagements {many}')}, sur {number(len(rows))}"


def _rows(found: Mapping[str, pd.DataFrame], today: date) -> list[Row]:
    """Return one row a commitment of any of the sites, in the order of the référentiel."""
    every = pd.concat([table.assign(site=name) for name, table in found.items()])
    rows = []
    for (module, _), same in every.groupby(["module", "unite"], sort=False):
        by_site = {row["site"]: row for row in same.to_dict("records")}
        cells = [_sign(by_site[name], today) if name in by_site else _NOBODY for name in found]
        rows.append((int(str(module)), Row(f"{module}. {same['libelle'].iloc[0]}", cells)))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _sign(row: Mapping[Any, Any], today: date) -> Sign:
    return _SIGNS["retard" if is_late(row, today) else row["etat"]]


def _whole(states: pd.DataFrame, standard: Standard) -> str:
    """Name the modules that are wholly proved, if there are some."""
    full = [module.number for module in by_module(states) if module.is_complete]
    if not full:
        return ", aucun module en entier"
    names = enumeration([f"« {standard.module(number).nom} »" for number in full])
    return f", {plural(len(full), 'module')} en entier : {names}"
