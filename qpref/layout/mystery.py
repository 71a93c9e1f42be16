"""The sheets of a mystery survey: one a channel, or some whose rows say their channel."""

from collections.abc import Sequence

from qpref.layout import KeyedColumn, Kind, Layout
from qpref.questions import Judged
from qpref.reference import Channel, Criterion, MysteryGrid
from qpref.reference.grid import AFTER, BEFORE, COLUMNS

PLANNED = ("prevu_le", "moment_prevu")  # filled in by `qpref plan-mystere`
YES, NO = "Oui", "Non"  # of columns that state a fact, whatever the grid's judgements
_REQUIRED = ("site", "envoye_le")
_KINDS: dict[str, Kind] = {
    "numero": "number",
    "prevu_le": "day",
    "envoye_le": "day",
    "repondu_le": "day",
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
    return _layout(grid, [channel], channel.sheet, sites, [])


def shared_layout(grid: MysteryGrid, sheet: str) -> Layout:
    """Return the layout of a sheet that holds the contacts of all channels."""
    return _layout(grid, grid.canaux, sheet, [], ["canal"])


def _layout(
    grid: MysteryGrid,
    channels: Sequence[Channel],
    sheet: str,
    sites: Sequence[str],
    more: Sequence[str],
) -> Layout:
    criteria = [c for c in grid.criteres if any(own.id in c.canaux for own in channels)]
    own = list(dict.fromkeys(key for channel in channels for key in channel.form.columns))
    required = {*_REQUIRED, *more, *(channel.form.proof for channel in channels)}
    required |= {criterion.kind.column for criterion in criteria}
    choices = _choices(grid, sites)

    def column(key: str, *, is_offered: bool = True) -> KeyedColumn:
        return KeyedColumn(
            key,
            tuple(grid.headings(key)),
            kind=_KINDS.get(key, "text"),
            choices=choices.get(key, ()),
            is_offered=is_offered,
            is_required=is_offered and key in required,
        )

    first = [key for key in BEFORE if key != "canal" or key in more]
    before, after = (
        [column(key) for key in keys if grid.headings(key)] for keys in ((*first, *own), AFTER)
    )
    keyed = [_judged(grid, criterion) for criterion in criteria if criterion.kind.is_keyed]
    offered = [*before, *keyed, *after]
    known = {found.key for found in offered}
    others = [
        column(key, is_offered=False) for key in COLUMNS if key not in known and grid.headings(key)
    ]
    return Layout(sheet, (*others, *offered), grid.mark)


def _choices(grid: MysteryGrid, sites: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the answers to choose from, by column."""
    return {
        "site": tuple(sites),
        "abouti": (YES, NO),
        "canal_reponse": tuple(channel.un.capitalize() for channel in grid.canaux),
        "exclu": (YES,),
    }


def _judged(grid: MysteryGrid, criterion: Criterion) -> KeyedColumn:
    """Return the column of a criterion: a mark to key, or a judgement to choose."""
    headings = tuple(text for text in criterion.entetes if text.strip())
    if criterion.kind.judged is Judged.MARK:
        return KeyedColumn(
            criterion.id, headings, kind="number", most=criterion.highest, is_required=True
        )
    labels = tuple(modality.libelle for modality in grid.reponses)
    return KeyedColumn(criterion.id, headings, choices=labels, is_required=True)
