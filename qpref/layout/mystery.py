"""The sheets of a mystery survey, one a channel."""

from collections.abc import Sequence

from qpref.layout import KeyedColumn, Kind, Layout
from qpref.questions import Judged
from qpref.reference import Channel, Criterion, MysteryGrid

PLANNED = ("prevu_le", "moment_prevu")  # filled in by `qpref plan-mystere`
_BEFORE = ("numero", "site", *PLANNED, "service", "scenario", "evaluateur", "envoye_le")
_AFTER = ("double_de", "exclu", "motif_exclusion", "commentaire")
_REQUIRED = ("site", "envoye_le")
_KINDS: dict[str, Kind] = {
    "numero": "number",
    "prevu_le": "date",
    "envoye_le": "date",
    "repondu_le": "date",
    "sonneries": "number",
}


def mystery_layout(grid: MysteryGrid, channel: Channel, sites: Sequence[str] = ()) -> Layout:
    """
    Return the layout of a channel's sheet.

    Parameters
    ----------
    grid, channel
        Headings and criteria.
    sites
        Names to choose from.
    """
    own = channel.form.columns
    choices = _choices(grid, sites)

    def column(key: str, *, is_offered: bool = True) -> KeyedColumn:
        return KeyedColumn(
            key,
            tuple(grid.colonnes[key]),
            kind=_KINDS.get(key, "text"),
            choices=choices.get(key, ()),
            is_offered=is_offered,
            is_required=is_offered and key in {*_REQUIRED, *own},
        )

    before, after = (
        [column(key) for key in keys if key in grid.colonnes] for keys in ((*_BEFORE, *own), _AFTER)
    )
    criteria = [
        _judged(grid, criterion) for criterion in criteria_of(grid, channel) if criterion.entetes
    ]
    offered = [*before, *criteria, *after]
    known = {found.key for found in offered}
    others = [column(key, is_offered=False) for key in grid.colonnes if key not in known]
    return Layout(channel.feuilles[0], (*others, *offered), grid.mark)


def criteria_of(grid: MysteryGrid, channel: Channel) -> list[Criterion]:
    """Return the criteria of a channel, measured or judged."""
    return [criterion for criterion in grid.criteres if channel.id in criterion.canaux]


def _choices(grid: MysteryGrid, sites: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the answers to choose from, by column."""
    labels = {modality.code: modality.libelle for modality in grid.reponses}
    return {
        "site": tuple(sites),
        "abouti": tuple(labels[code] for code in ("oui", "non")),
        "canal_reponse": tuple(channel.un.capitalize() for channel in grid.canaux),
        "exclu": (labels["oui"],),
    }


def _judged(grid: MysteryGrid, criterion: Criterion) -> KeyedColumn:
    """Return the column of a criterion: a mark to key, or a judgement to choose."""
    if criterion.kind.judged is Judged.MARK:
        return KeyedColumn(criterion.id, criterion.entetes, kind="number", is_required=True)
    labels = tuple(modality.libelle for modality in grid.reponses)
    return KeyedColumn(criterion.id, criterion.entetes, choices=labels, is_required=True)
