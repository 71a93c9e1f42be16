"""Who answered: composition of the sample, small groups merged so that nobody is recognised."""

import pandas as pd

from qpref.reference import Questionnaire

OTHER = "regroupe"
UNKNOWN = "non_precise"


def composition(
    answers: pd.DataFrame, questionnaire: Questionnaire, question: str, threshold: int
) -> pd.DataFrame:
    """
    Return `modalite`, `libelle`, `effectif`, `part` of one profile question.

    Parameters
    ----------
    answers
        Answers that count, one row each.
    questionnaire
        Gives order and wording.
    question
        A profile column of `answers`.
    threshold
        Groups of 1 to `threshold` − 1 people are merged; when the merged group is still smaller,
        the next smallest joins it, so that no subtraction gives a small group back.
    """
    modalities = questionnaire.scale(question).modalites
    counts = answers[question].value_counts()
    rows = [(m.code, m.libelle, int(counts.get(m.code, 0))) for m in modalities]
    rows.append((UNKNOWN, "Non précisé", int(answers[question].isna().sum())))
    rows = _merge_small([row for row in rows if row[2]], threshold)
    table = pd.DataFrame(rows, columns=["modalite", "libelle", "effectif"])
    table["part"] = table["effectif"] / max(len(answers), 1)
    return table


def _merge_small(rows: list[tuple[str, str, int]], threshold: int) -> list[tuple[str, str, int]]:
    """Return the groups, those under the threshold merged into one that is not."""
    by_size = sorted(rows, key=lambda row: row[2])
    merged: list[tuple[str, str, int]] = []
    while by_size and (by_size[0][2] < threshold or 0 < sum(r[2] for r in merged) < threshold):
        merged.append(by_size.pop(0))
    if len(merged) == 1 and by_size:  # one group alone is not hidden by another name
        merged.append(by_size.pop(0))
    kept = [row for row in rows if row not in merged]
    if not merged:
        return kept
    names = " ; ".join(row[1] for row in rows if row in merged)
    return [*kept, (OTHER, f"Groupes réunis ({names})", sum(row[2] for row in merged))]
