"""Who answered: composition of the sample, small groups merged so that nobody is recognised."""

from collections.abc import Mapping

import pandas as pd

from qpref.reference import Questionnaire
from qpref.statistics.disclosure import TOTAL, VISIBLE, protect, system
from qpref.statistics.measure import Measure

OTHER = "regroupe"
UNKNOWN = "non_precise"


def published(
    answers: pd.DataFrame,
    question: str,
    threshold: int,
    parents: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Return the groups of a profile question at every site, with what may be published.

    Parameters
    ----------
    answers
        Answers that count, of all sites of the campaign: `site` and the profile columns.
    question
        A profile column.
    threshold
        Of `disclosure.protect`.
    parents
        Of `disclosure.system`: answers that are also published together.

    Returns
    -------
    pandas.DataFrame
        `site`, `modalite`, `effectif`, `diffusion`; the totals are rows of their own.

    Notes
    -----
    The number of answers of each site is always published.
    """
    sizes = answers.groupby(["site", question], dropna=False, observed=True).size()
    counts = sizes.rename("effectif").rename_axis(["site", "modalite"]).reset_index()
    counts["modalite"] = counts["modalite"].astype("object").fillna(UNKNOWN)
    table = system(counts, ["site", "modalite"], parents=parents)
    return protect(table, threshold, always=["site"])


def composition(
    groups: pd.DataFrame, questionnaire: Questionnaire, question: str, site: str
) -> pd.DataFrame:
    """
    Return `modalite`, `libelle`, `effectif`, `part` of one profile question at one site.

    Parameters
    ----------
    groups
        Of `published`.
    questionnaire, question
        Give order and wording.
    site
        A site, or `disclosure.TOTAL`.

    Notes
    -----
    Groups that may not be published are shown as one: their sum, which the other rows give anyway.
    """
    own = groups.loc[groups["site"] == site].set_index("modalite")
    sizes = own["effectif"].to_dict()
    n = int(sizes.get(TOTAL, 0))
    known = [(m.code, m.libelle) for m in questionnaire.levels(question).modalites]
    rows, hidden = [], []
    for code, label in [*known, (UNKNOWN, "Non précisé")]:
        if code not in own.index:
            continue
        if own.loc[code, "diffusion"] != VISIBLE:  # an empty group too: its name hides the others
            hidden.append(label)
        elif sizes[code]:
            rows.append((code, label, int(sizes[code])))
    if hidden:
        names = " ; ".join(hidden)
        rows.append((OTHER, f"Groupes réunis ({names})", n - sum(row[2] for row in rows)))
    table = pd.DataFrame(rows, columns=["modalite", "libelle", "effectif"])
    table["part"] = table["effectif"] / max(n, 1)
    return table


def groups(table: pd.DataFrame, key: str, label: str, n: int) -> list[Measure]:
    """
    Return the parts of a composition as measures, each group by its name.

    Parameters
    ----------
    table
        Of `composition`.
    key, label
        The question.
    n
        Answers that count.
    """
    return [
        Measure(
            key=key,
            label=label,
            group=row["libelle"],
            n=n,
            count=row["effectif"],
            value=row["part"],
        )
        for row in table.to_dict("records")
    ]
