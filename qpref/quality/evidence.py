"""What proves each commitment: users' opinions, mystery contacts, documents."""

from dataclasses import dataclass

import pandas as pd

from qpref.reference import DONE, Indicator, MysteryGrid, Questionnaire, Standard

COLUMNS = (
    "engagement", "nature", "mesure", "libelle", "canal", "n", "effectif", "valeur", "bas", "haut",
    "unite", "cible", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Measures:
    """
    What was measured at a site for a campaign.

    `opinions` (`answers.satisfaction`), `contacts` (`mystery.compliance`), `marks`
    (`mystery.marks`).
    """

    opinions: pd.DataFrame
    contacts: pd.DataFrame
    marks: pd.DataFrame


def against_target(low: float, high: float, n: int, target: float | None) -> str:
    """
    Return what a measured share says of the rate required.

    Parameters
    ----------
    low, high
        Interval of the share, 0 to 1.
    n
        Opinions or contacts.
    target
        Rate required, in percent; None while it is unknown.

    Returns
    -------
    str
        « non_mesure », « sans_cible », « atteint » (the whole interval is at the rate or above),
        « non_atteint » (the whole interval is under it), « non_tranche ».

    Examples
    --------
    >>> against_target(0.8, 0.9, 200, 80), against_target(0.8, 0.9, 200, 81)
    ('atteint', 'non_tranche')
    """
    if n == 0:
        return "non_mesure"
    if target is None:
        return "sans_cible"
    if 100 * low >= target:
        return "atteint"
    return "non_atteint" if 100 * high < target else "non_tranche"


def evidence(
    measures: Measures, questionnaire: Questionnaire, grid: MysteryGrid, standard: Standard
) -> pd.DataFrame:
    """
    Return every measure that bears on a commitment, columns `COLUMNS`, one row a measure.

    `nature` is « enquete » or « mystere »; `mesure` the question or criterion; `unite` « part », or
    « note » for a mark out of ten, whose `bas` and `haut` are the lowest and highest given.
    """
    rows = [
        *_opinions(measures.opinions, questionnaire, standard),
        *_contacts(measures.contacts, grid, standard),
        *_marks(measures.marks, grid),
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS])


def _opinions(
    table: pd.DataFrame, questionnaire: Questionnaire, standard: Standard
) -> list[dict[str, object]]:
    targets = {i.question: i for i in standard.indicateurs if i.question}
    rows = []
    for row in table.to_dict("records"):
        question = questionnaire.by_id[row["question"]]
        if question.engagement:
            rows.append(
                {
                    "engagement": question.engagement,
                    "nature": "enquete",
                    "mesure": question.id,
                    "libelle": question.texte_court,
                    "canal": "",
                    "effectif": row["satisfaits"],
                    "valeur": row["part"],
                    **_judged(row, targets.get(question.id)),
                }
            )
    return rows


def _contacts(
    table: pd.DataFrame, grid: MysteryGrid, standard: Standard
) -> list[dict[str, object]]:
    criteria = {criterion.id: criterion for criterion in grid.criteres}
    rows = []
    for row in table.to_dict("records"):
        criterion = criteria[row["critere"]]
        indicator = standard.indicator(criterion.indicateur) if criterion.indicateur else None
        rows.append(
            {
                "engagement": criterion.engagement,
                "nature": "mystere",
                "mesure": criterion.id,
                "libelle": criterion.libelle,
                "canal": row["canal"],
                "effectif": row["conformes"],
                "valeur": row["part"],
                **_judged(row, indicator),
            }
        )
    return rows


def _judged(row: dict, indicator: Indicator | None) -> dict[str, object]:  # type: ignore[type-arg]
    target = indicator.cible if indicator else None
    n, low, high = int(row["n"]), row["bas"], row["haut"]
    verdict = against_target(low, high, n, target)
    return {"n": n, "bas": low, "haut": high, "unite": "part", "cible": target, "verdict": verdict}


def _marks(table: pd.DataFrame, grid: MysteryGrid) -> list[dict[str, object]]:
    criteria = {criterion.id: criterion for criterion in grid.criteres}
    return [
        {
            "engagement": criteria[row["critere"]].engagement,
            "nature": "mystere",
            "mesure": row["critere"],
            "libelle": criteria[row["critere"]].libelle,
            "canal": row["canal"],
            "n": row["n"],
            "valeur": row["moyenne"],
            "bas": row["minimum"],
            "haut": row["maximum"],
            "unite": "note",
            "verdict": "sans_cible",
        }
        for row in table.to_dict("records")
    ]


def proofs(table: pd.DataFrame, stands: pd.DataFrame) -> pd.DataFrame:
    """
    Return, for each unit of a site, what it rests on: the row of the compliance matrix.

    Parameters
    ----------
    table
        Of `evidence`.
    stands
        Of `progress.states`.

    Returns
    -------
    pandas.DataFrame
        `unite`, `module`, `libelle`, `enquete`, `mystere`, `document` (booleans), `etat`, and
        `verdict`, the least favourable of its measures that have a target (« sans_cible » without).
        A document counts once it is said to prove the commitment.
    """
    measured = table.loc[table["n"] > 0]
    order = ("non_atteint", "non_tranche", "atteint")
    rows = []
    for row in stands.to_dict("records"):
        own = measured.loc[measured["engagement"] == row["unite"]]
        known = [code for code in order if (own["verdict"] == code).any()]
        rows.append(
            {
                **{name: row[name] for name in ("unite", "module", "libelle", "etat")},
                "enquete": bool((own["nature"] == "enquete").any()),
                "mystere": bool((own["nature"] == "mystere").any()),
                "document": row["etat"] in DONE,
                "verdict": known[0] if known else "sans_cible",
            }
        )
    names = ["unite", "module", "libelle", "etat", "enquete", "mystere", "document", "verdict"]
    return pd.DataFrame(rows, columns=names)
