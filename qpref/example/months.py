"""Invented figures of each month: an export for each one declared, and a keyed list of the rest."""

import csv
import io
from collections.abc import Iterator, Sequence
from random import Random

from qpref.example.chance import normal, seeded
from qpref.layout import FICTIONAL
from qpref.layout.monthly import SHEET
from qpref.reference import Monthly, MonthlyIndicator, Site
from qpref.reference.example import InventedFigure, InventedMonths

Pair = tuple[int, int] | tuple[float]


def month_files(monthly: Monthly, said: InventedMonths, sites: Sequence[Site]) -> dict[str, bytes]:
    """Return the files of monthly figures by name, without their campaign; none of nothing."""
    drawn = {
        (site.id, one.id): list(_drawn(one, said, site.id))
        for site in sites
        for one in monthly.indicateurs
        if one.id in said.chiffres
    }
    exported: set[str] = set()
    files = {}
    for export in monthly.exports:
        names = {cells.indicateur for cells in export.mesures} & set(said.chiffres)
        if export.disposition == "colonnes" and export.site and export.periode and names:
            heads = [cells.intitule for cells in export.mesures if cells.indicateur in names]
            rows: list[list[object]] = [[export.site, export.periode, *heads]]
            for site in sites:
                for place, month in enumerate(said.names):
                    cells = [
                        _part(drawn[site.id, one.indicateur][place], one.partie)
                        for one in export.mesures
                        if one.indicateur in names
                    ]
                    rows.append([site.nom_court, month, *cells])
            files[export.id] = _csv([[FICTIONAL], *rows])
            exported |= names
    left = [
        one for one in monthly.indicateurs if one.id in said.chiffres and one.id not in exported
    ]
    if left:
        rows = [[column.heading for column in SHEET.columns]]
        rows += [
            [site.nom_court, month, one.libelle, *_keyed(drawn[site.id, one.id][place]), FICTIONAL]
            for site in sites
            for one in left
            for place, month in enumerate(said.names)
        ]
        files["chiffres_du_mois"] = _csv(rows)
    return files


def _drawn(one: MonthlyIndicator, said: InventedMonths, site: str) -> Iterator[Pair]:
    """Yield the figure of each month: numerator and denominator of a share, or its value."""
    figure = said.chiffres[one.id]
    rng = seeded("mois", one.id, site)
    for month in said.names:
        value = figure.of(month) + figure.ecart * normal(rng)
        yield _cases(figure, value, rng) if one.is_share else (max(0.0, round(value)),)


def _cases(figure: InventedFigure, share: float, rng: Random) -> tuple[int, int]:
    size = max(1, round(figure.cas * (0.8 + 0.4 * rng.random())))
    return round(size * min(max(share, 0.0), 1.0)), size


def _part(pair: Pair, part: str) -> float:
    return pair[{"numerateur": 0, "denominateur": -1, "valeur": 0}[part]]


def _keyed(pair: Pair) -> list[object]:
    return [*pair, ""] if len(pair) > 1 else ["", "", f"{pair[0]:g}"]


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    """Return rows as such tools write them: semicolons, in the Windows code page."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("cp1252", "replace")
