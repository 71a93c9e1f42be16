"""The sheet in which the figures of each month are keyed."""

from dataclasses import replace
from typing import Final, Literal

from qpref.layout import KeyedColumn, Layout
from qpref.reference import Monthly, Site

Part = Literal["numerateur", "denominateur", "valeur"]
NUMERATOR: Final = "numerateur"
DENOMINATOR: Final = "denominateur"
VALUE: Final = "valeur"

SHEET = Layout(
    "Indicateurs",
    (
        KeyedColumn("site", ("Site",), is_required=True),
        KeyedColumn("periode", ("Période", "Mois"), is_required=True),
        KeyedColumn("indicateur", ("Indicateur",), is_required=True),
        KeyedColumn(NUMERATOR, ("Numérateur",), kind="number", is_required=True),
        KeyedColumn(DENOMINATOR, ("Dénominateur",), kind="number", is_required=True),
        KeyedColumn(VALUE, ("Valeur",), kind="decimal", is_required=True),
        KeyedColumn("source", ("Source",)),
    ),
    version="indicateurs, version 1",
)


def monthly_layout(monthly: Monthly, site: Site) -> Layout:
    """Return the layout of one site's workbook, its indicators to choose from."""
    labels = {
        "site": (site.nom_court,),
        "indicateur": tuple(one.libelle for one in monthly.indicateurs),
    }
    columns = [replace(c, choices=labels.get(c.key, ())) for c in SHEET.columns]
    return replace(SHEET, columns=tuple(columns))
