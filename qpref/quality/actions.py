"""Judge whether each action moved its indicator."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from qpref.reference import Action, ContactIndicator, OpinionIndicator
from qpref.statistics.clusters import apart
from qpref.statistics.comparison import NOTHING, compare

_WEAK = 0.5  # under one contact in two, even with the benefit of the doubt


def contact_moves(
    actions: Sequence[Action], contacts: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """
    Return the move, between two campaigns, of the actions that mystery contacts judge.

    Parameters
    ----------
    actions
        Those that the earlier campaign led to; the others are judged by users' opinions, whose
        change is tested once, with all questions.
    contacts
        `mystery.compliance` of this campaign and of the earlier one.

    Returns
    -------
    pandas.DataFrame
        `comparison.LINES`, the action as `groupe`.
    """
    rows = []
    for action in actions:
        judged = action.indicateur
        if isinstance(judged, ContactIndicator):
            now, before = (
                _counts(t, (t["canal"] == judged.canal) & (t["critere"] == judged.critere))
                for t in contacts
            )
            rows.append(compare(apart(*now), apart(*before), ["indicateur"], group=action.id))
    return pd.concat(rows, ignore_index=True) if rows else NOTHING


def moves(actions: Sequence[Action], judged: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return the judged move of each action's indicator, in the order of the actions.

    Parameters
    ----------
    actions
        Those that the earlier campaign led to.
    judged
        The comparisons of the report: families « evolution » and « actions ».

    Notes
    -----
    An action whose indicator was not measured in both campaigns is there, « non_compare ».
    """
    opinions, contacts = judged["evolution"], judged["actions"]
    rows = []
    for action in actions:
        indicator = action.indicateur
        if isinstance(indicator, OpinionIndicator):
            own = opinions.loc[opinions["question"] == indicator.question]
        else:
            own = contacts.loc[contacts["groupe"] == action.id]
        found = own.head(1).assign(groupe=action.id).to_dict("records")
        rows += found or [{"groupe": action.id, "verdict": "non_compare"}]
    return pd.DataFrame(rows, columns=contacts.columns)


def _counts(table: pd.DataFrame, chosen: "pd.Series[bool]") -> tuple[int, int]:
    """Return contacts that met a criterion, and all; zero where nothing was measured."""
    own = table.loc[chosen]
    return int(own["conformes"].sum()), int(own["n"].sum())


def weak_criteria(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the mystery criteria surely met less than one time in two (exact interval)."""
    return contacts.loc[(contacts["n"] > 0) & (contacts["haut"] < _WEAK)]


def without_action(priorities: Iterable[str], actions: Sequence[Action]) -> list[str]:
    """Return the questions to improve for which no action was decided."""
    judged = {a.indicateur.question for a in actions if isinstance(a.indicateur, OpinionIndicator)}
    return [name for name in priorities if name not in judged]
