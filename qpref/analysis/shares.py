"""Shares of satisfied users and distributions of ordered answers, denominators fixed by rule.

The base of a share is the people concerned who gave an opinion: « sans objet », « ne sait pas »,
questions not asked and blanks are counted apart, never in the denominator.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from qpref.reference import Question, Questionnaire

INDICATIVE_BELOW = 30
NO_PERCENTAGE_BELOW = 10
OUTSIDE = ("sans_objet", "nsp", "non_reponse", "non_posee", "invalide")


def reliability(n: int) -> str:
    """
    Return what a number of answers allows: « aucun_pourcentage », « indicatif » or « normal ».

    Examples
    --------
    >>> [reliability(n) for n in (9, 10, 29, 30)]
    ['aucun_pourcentage', 'indicatif', 'indicatif', 'normal']
    """
    if n < NO_PERCENTAGE_BELOW:
        return "aucun_pourcentage"
    return "indicatif" if n < INDICATIVE_BELOW else "normal"


def share_interval(
    satisfied: pd.Series, n: pd.Series, method: str = "wilson"
) -> tuple[pd.Series, pd.Series]:
    """
    Return the bounds of the 95 % interval of shares; missing where there is no answer.

    Parameters
    ----------
    satisfied, n
        Counts, aligned.
    method
        « wilson » (Wilson, JASA 1927) for opinions; « beta » (Clopper and Pearson, Biometrika
        1934), exact, for the few contacts of a mystery survey.
    """
    base = n.where(n > 0)
    low, high = proportion_confint(satisfied, base, alpha=0.05, method=method)
    bounds = (pd.Series(np.asarray(bound, dtype=float), index=n.index) for bound in (low, high))
    first, last = bounds
    # Nobody or everybody: the bound is 0 or 1 by definition, whatever rounding or gap is computed.
    return first.mask((satisfied == 0) & (n > 0), 0.0), last.mask((satisfied == n) & (n > 0), 1.0)


def distribution(
    items: pd.DataFrame, questionnaire: Questionnaire, questions: Iterable[Question]
) -> pd.DataFrame:
    """
    Return one row per question and level: `question`, `modalite`, `rang`, `effectif`, `n`, `part`.

    Levels that nobody chose are present with 0; `rang` follows the questionnaire.
    """
    answered = items.loc[items["etat"] == "repondu"]
    counts = answered.groupby(["question", "modalite"]).size()
    rows = [
        {
            "question": question.id,
            "modalite": modality.code,
            "rang": rank,
            "favorable": modality.favorable,
            "effectif": int(counts.get((question.id, modality.code), 0)),
        }
        for question in questions
        for rank, modality in enumerate(questionnaire.scale(question.id).answers)
    ]
    table = pd.DataFrame(
        rows, columns=["question", "modalite", "rang", "favorable", "effectif"]
    ).astype({"favorable": "boolean"})
    table["n"] = table.groupby("question")["effectif"].transform("sum")
    table["part"] = table["effectif"] / table["n"].where(table["n"] > 0)
    return table


def satisfaction(
    items: pd.DataFrame, questionnaire: Questionnaire, questions: Iterable[Question]
) -> pd.DataFrame:
    """
    Return one row per satisfaction question, in order.

    Returns
    -------
    pandas.DataFrame
        `question`, `n` (opinions given), `satisfaits` (two favourable levels), `part`, `bas` and
        `haut` (Wilson, 95 %), then the answers outside the base: `sans_objet`, `nsp`,
        `non_reponse`, `non_posee`, `invalide`.
    """
    asked = list(questions)
    levels = distribution(items, questionnaire, asked)
    favourable = levels.loc[levels["favorable"].fillna(value=False)]
    table = pd.DataFrame({"question": [question.id for question in asked]})
    names = table["question"]
    table["n"] = names.map(levels.groupby("question")["effectif"].sum()).astype("int64")
    table["satisfaits"] = names.map(favourable.groupby("question")["effectif"].sum()).astype(
        "int64"
    )
    table["part"] = table["satisfaits"] / table["n"].where(table["n"] > 0)
    table["bas"], table["haut"] = share_interval(table["satisfaits"], table["n"])
    states = items.groupby(["question", "etat"]).size()
    for state in OUTSIDE:
        table[state] = [int(states.get((name, state), 0)) for name in names]
    return table
