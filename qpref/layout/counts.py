"""The sheets in which counters keep their counts: visitors, and people approached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qpref.layout import KeyedColumn, Layout
from qpref.reference import Questionnaire, Site


@dataclass(frozen=True)
class CountLayout(Layout):
    """
    A sheet of counts.

    Parameters
    ----------
    kind, table
        Name of the format, and canonical table that it fills.
    known_by
        The column by which such a sheet is recognised.
    strata
        The columns that say what is counted apart, by question of the questionnaire.
    counts
        The columns of numbers, by column of the table.
    adds_up
        The count that all the others make.
    """

    kind: str = ""
    table: str = ""
    known_by: str = ""
    strata: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    adds_up: str = ""

    def fitting(self, questionnaire: Questionnaire) -> "CountLayout":
        """Return the layout without the strata by which this questionnaire tells nobody apart."""
        known = {q.variable for q in questionnaire.questions if q.echelle}
        strata = tuple(name for name in self.strata if name in known)
        left = set(self.strata) - set(strata)
        columns = tuple(column for column in self.columns if column.key not in left)
        return replace(self, columns=columns, strata=strata)

    def offering(self, questionnaire: Questionnaire, site: Site) -> Layout:
        """Return the layout of one site's workbook, its answers to choose from."""
        labels: Mapping[str, Sequence[str]] = {"site": [site.nom_court]} | {
            name: [level.libelle for level in scale.modalites]
            for name, scale in questionnaire.flow_scales().items()
        }
        own = self.fitting(questionnaire)
        columns = [replace(c, choices=tuple(labels.get(c.key, ()))) for c in own.columns]
        return replace(own, columns=tuple(columns), version=questionnaire.mark)


def _column(key: str, heading: str) -> KeyedColumn:
    return KeyedColumn(key, (heading,), is_required=True)


def _number(key: str, heading: str) -> KeyedColumn:
    return KeyedColumn(key, (heading,), kind="number", is_required=True)


def _extra(key: str, heading: str) -> KeyedColumn:
    """Return a column that systems export and that no blank workbook has."""
    return KeyedColumn(key, (heading,), is_offered=False)


_SITE = _column("site", "Site")
_DATE = KeyedColumn("date", ("Date",), kind="day", is_required=True)
_HALF_DAY = _column("demi_journee", "Demi-journée")
_SOURCE = _extra("source", "Source")

VISITORS = CountLayout(
    "Passages",
    (
        _SITE,
        _DATE,
        _HALF_DAY,
        _column("guichet", "Guichet"),
        _extra("motif", "Motif"),
        _extra("categorie_usager", "Catégorie"),
        _number("effectif", "Passages"),
        _SOURCE,
    ),
    kind="frequentation",
    table="population",
    known_by="effectif",
    strata=("demi_journee", "guichet", "motif", "categorie_usager"),
    counts=("effectif",),
)
APPROACHES = CountLayout(
    "Relevé",
    (
        _SITE,
        _DATE,
        _HALF_DAY,
        _number("abordes", "Abordés"),
        _number("refus", "Refus"),
        _number("ineligibles", "Inéligibles"),
        _number("partiels", "Partiels"),
        _number("complets", "Complets"),
        _SOURCE,
    ),
    kind="collecte",
    table="collecte",
    known_by="abordes",
    strata=("demi_journee",),
    counts=("abordes", "refus", "ineligibles", "partiels", "complets"),
    adds_up="abordes",
)
