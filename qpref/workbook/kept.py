"""What criteria keep, as groups that tables tell of: nothing finer where others will read.

Two intervals, three questions at once, or one reason of no answer differ from each other by a few
visitors, whose answers a subtraction would tell. Groups that `croiser` knows do not: a cell has one
state in every table.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from qpref.errors import MissingDataError, UsageError
from qpref.quality.choice import Condition, Flags
from qpref.quality.individuals import PLACES, AnswerColumn
from qpref.questions import Answer
from qpref.wording.french import enumeration

MOST_QUESTIONS = 2  # of one filter, beside those of the crossing
_ALONE = "pour vous seul, ouvrez avec diffusion=False."


def by_week(days: pd.Series) -> pd.Series:
    """Return the Monday of the week of each day, both as texts: `2020-11-16`."""
    known = pd.to_datetime(days)
    mondays = known - pd.to_timedelta(known.dt.day_of_week, unit="D")
    return mondays.dt.strftime("%Y-%m-%d").astype("object")


def groups_kept(one: Condition, labels: pd.Series, flags: Flags) -> tuple[str, ...]:
    """
    Return the groups that a criterion keeps.

    Parameters
    ----------
    one
        The criterion, for the sentence.
    labels, flags
        The group of each visitor, and whether the criterion keeps them.

    Raises
    ------
    MissingDataError
        If it keeps a part of a group: the other part would be told by what is left.
    """
    share = pd.Series(np.asarray(flags, dtype=float), labels.index).groupby(labels).mean()
    if ((share > 0) & (share < 1)).any():
        part, remedy = (
            ("une semaine", "Gardez des semaines entières, du lundi au dimanche")
            if one.name == "date"
            else (
                "un groupe",
                "Gardez en entier chaque groupe que montre « croiser », ou rien de lui",
            )
        )
        raise MissingDataError(
            f"« {one.told} » garde une partie seulement d’{part} : le reste parlerait de peu "
            "d’usagers.",
            f"{remedy} ; {_ALONE}",
        )
    return tuple(map(str, share.index[share == 1]))


def refuse_finer(criteria: Sequence[Condition], columns: Mapping[str, AnswerColumn]) -> None:
    """
    Refuse criteria on numbers or days, and those on more questions than are judged together.

    Raises
    ------
    UsageError
        Says which, and what can be done instead.
    """
    for one in criteria:
        column = columns.get(one.name)
        if column is not None and column.kind in {Answer.NUMBER, Answer.DAY}:
            raise UsageError(
                f"« {one.told} » : de deux filtres voisins sur un nombre ou un jour, la différence "
                "dirait ce qu’ont répondu peu d’usagers.",
                f"Filtrez une réponse ou le jour de la visite ; {_ALONE}",
            )
    asked = list(dict.fromkeys(one.name for one in criteria))
    if len(asked) > MOST_QUESTIONS:
        labels = [columns[name].label if name in columns else PLACES[name] for name in asked]
        raise UsageError(
            f"Ce filtre porte sur {len(asked)} questions ({enumeration(labels)}), "
            f"{MOST_QUESTIONS} au plus quand d’autres liront.",
            f"Ouvrez un site et une campagne plutôt que de les filtrer ; {_ALONE}",
        )
