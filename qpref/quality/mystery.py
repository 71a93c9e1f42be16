"""Mystery contacts: compliance as counts with exact intervals, delays in working days."""

import operator
from collections import Counter

import pandas as pd

from qpref.quality.calendar import working_days
from qpref.questions import Judged
from qpref.reference import Indicator, MysteryGrid, Standard
from qpref.statistics.shares import share_interval

_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def contacts_by_channel(contacts: pd.DataFrame, grid: MysteryGrid) -> pd.DataFrame:
    """Return one row per channel: `canal`, `realises`, `exclus`, `retenus`, `aboutis`."""
    rows = []
    for channel in grid.canaux:
        made = contacts.loc[(contacts["canal"] == channel.id) & (contacts["statut"] != "double")]
        kept = made.loc[made["statut"] == "complete"]
        rows.append(
            {
                "canal": channel.id,
                "realises": len(made),
                "exclus": len(made) - len(kept),
                "retenus": len(kept),
                "aboutis": int(kept["abouti"].fillna(value=False).sum()),
            }
        )
    return pd.DataFrame(rows)


def delays(
    contacts: pd.DataFrame, grid: MysteryGrid, subdivision: str | None = None
) -> pd.DataFrame:
    """
    Return the written contacts kept, with their delay in working days (`delai_ouvre`).

    A contact without reply keeps a missing delay: it is a result, not a blank.
    """
    awaited = [channel.id for channel in grid.written]
    written = contacts.loc[(contacts["statut"] == "complete") & contacts["canal"].isin(awaited)]
    return written.assign(
        delai_ouvre=_delay(written, grid, subdivision),
        autre_canal=written["canal_reponse"].notna()
        & (written["canal_reponse"] != written["canal"]),
    )


def _delay(contacts: pd.DataFrame, grid: MysteryGrid, subdivision: str | None) -> pd.Series:
    sent, replied = contacts["envoye_le"], contacts["repondu_le"]
    return working_days(sent, replied, subdivision, grid.delais.jour_envoi)


def delay_summary(
    contacts: pd.DataFrame, grid: MysteryGrid, subdivision: str | None = None
) -> pd.DataFrame:
    """
    Return one row per written channel.

    Columns: `canal`, `envoyes`, `repondus`, `mediane` and `maximum` (working days),
    `autre_canal` (replies by another channel).
    """
    rows = []
    for channel, sent in delays(contacts, grid, subdivision).groupby("canal", sort=True):
        known = sent["delai_ouvre"].dropna()
        rows.append(
            {
                "canal": channel,
                "envoyes": len(sent),
                "repondus": int(sent["abouti"].fillna(value=False).sum()),
                "mediane": known.median(),
                "maximum": known.max(),
                "autre_canal": int(sent["autre_canal"].sum()),
            }
        )
    names = ["canal", "envoyes", "repondus", "mediane", "maximum", "autre_canal"]
    return pd.DataFrame(rows, columns=names)


def compliance(
    contacts: pd.DataFrame,
    judged: pd.DataFrame,
    grid: MysteryGrid,
    standard: Standard,
    subdivision: str | None = None,
) -> pd.DataFrame:
    """
    Return one row per criterion and channel of the compliance criteria.

    Returns
    -------
    pandas.DataFrame
        `canal`, `critere`, `n` (contacts that could be judged), `conformes`, `partiels`, `part`,
        `bas`, `haut` (Clopper-Pearson, 95 %).

    Notes
    -----
    A call never answered, or a letter never answered, fails its delay criterion; the criteria
    that nobody could observe (courtesy) are left out of its base. « En partie » is no compliance.
    """
    used = set(contacts.loc[contacts["statut"] == "complete", "canal"])
    found = outcomes(contacts, judged, grid, standard, subdivision)
    criteria = list(zip(found["critere"], found["canal"], strict=True))
    judgements, results = Counter(criteria), Counter(zip(criteria, found["resultat"], strict=True))
    rows = [
        {
            "canal": channel,
            "critere": criterion.id,
            "n": judgements[criterion.id, channel],
            "conformes": results[(criterion.id, channel), "oui"],
            "partiels": results[(criterion.id, channel), "partiel"],
        }
        for criterion in grid.criteres
        if criterion.kind.judged is not Judged.MARK
        for channel in criterion.canaux
        if channel in used
    ]
    table = pd.DataFrame(rows, columns=["canal", "critere", "n", "conformes", "partiels"])
    table["part"] = table["conformes"] / table["n"].where(table["n"] > 0)
    table["bas"], table["haut"] = share_interval(table["conformes"], table["n"], method="beta")
    return table


def outcomes(
    contacts: pd.DataFrame,
    judged: pd.DataFrame,
    grid: MysteryGrid,
    standard: Standard,
    subdivision: str | None = None,
) -> pd.DataFrame:
    """
    Return what each contact says of each compliance criterion that could be judged.

    Columns: `contact_id`, `canal`, `critere`, `resultat` (« oui », « partiel », « non »).
    """
    kept = contacts.loc[contacts["statut"] == "complete"]
    kept = kept.assign(delai_ouvre=_delay(kept, grid, subdivision))
    channel = dict(zip(kept["contact_id"], kept["canal"], strict=True))
    answers: dict[str, list[tuple[str, str]]] = {}
    columns = (judged[name] for name in ("contact_id", "critere", "etat", "reponse"))
    for contact, criterion, state, answer in zip(*columns, strict=True):
        if state == "repondu":
            answers.setdefault(criterion, []).append((contact, answer))
    rows = []
    for criterion in grid.criteres:
        if criterion.kind.judged is Judged.ANSWER:
            found = answers.get(criterion.id, [])
        elif criterion.kind.judged is Judged.MEASURE:
            indicator = standard.indicator(criterion.indicateur or "")
            found = _measured(kept, criterion.kind.measure, indicator)
        else:
            continue
        rows += [
            (contact, channel[contact], criterion.id, result)
            for contact, result in found
            if channel.get(contact) in criterion.canaux
        ]
    return pd.DataFrame(rows, columns=["contact_id", "canal", "critere", "resultat"])


def _measured(kept: pd.DataFrame, column: str, indicator: Indicator) -> list[tuple[str, str]]:
    """Return whether each contact that could be measured keeps the condition of an indicator."""
    if indicator.seuil is None:
        raise ValueError(f"{indicator.id}: no threshold")
    compare, limit = _COMPARISONS[indicator.seuil.comparaison], indicator.seuil.valeur
    found = []
    for contact, reached, value in zip(
        kept["contact_id"], kept["abouti"], kept[column], strict=True
    ):
        if pd.isna(reached) or (reached and pd.isna(value)):
            continue
        met = reached and compare(value, limit)
        found.append((contact, "oui" if met else "non"))
    return found


def marks(contacts: pd.DataFrame, judged: pd.DataFrame, grid: MysteryGrid) -> pd.DataFrame:
    """Return the marks out of ten: `canal`, `critere`, `n`, `moyenne`, `minimum`, `maximum`."""
    kept = contacts.loc[contacts["statut"] == "complete", ["contact_id", "canal"]]
    seen = judged.loc[judged["note"].notna()].merge(kept, on="contact_id")
    rows = []
    for criterion in grid.criteres:
        for channel in criterion.canaux if criterion.kind.judged is Judged.MARK else ():
            notes = seen.loc[(seen["critere"] == criterion.id) & (seen["canal"] == channel), "note"]
            if len(notes):
                rows.append(
                    {
                        "canal": channel,
                        "critere": criterion.id,
                        "n": len(notes),
                        "moyenne": notes.mean(),
                        "minimum": notes.min(),
                        "maximum": notes.max(),
                    }
                )
    names = ["canal", "critere", "n", "moyenne", "minimum", "maximum"]
    return pd.DataFrame(rows, columns=names)
