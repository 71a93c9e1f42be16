"""Mystery contacts: compliance as counts with exact intervals, delays in working days."""

import operator

import pandas as pd

from qpref.analysis.calendar import working_days
from qpref.analysis.shares import share_interval
from qpref.reference import Criterion, Indicator, MysteryGrid, Standard

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
    written = contacts.loc[
        (contacts["statut"] == "complete") & contacts["canal"].isin(["courriel", "courrier"])
    ]
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
    rows = []
    for criterion in grid.criteres:
        for channel in criterion.canaux:
            if criterion.type == "note10" or channel not in used:
                continue
            own = (found["critere"] == criterion.id) & (found["canal"] == channel)
            result = found.loc[own, "resultat"]
            rows.append(
                {
                    "canal": channel,
                    "critere": criterion.id,
                    "n": len(result),
                    "conformes": int((result == "oui").sum()),
                    "partiels": int((result == "partiel").sum()),
                }
            )
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
    kept = contacts.loc[contacts["statut"] == "complete"].copy()
    kept["delai_ouvre"] = _delay(kept, grid, subdivision)
    frames = []
    for criterion in grid.criteres:
        made = kept.loc[kept["canal"].isin(criterion.canaux)]
        if criterion.type != "note10" and len(made):
            result = _judge(criterion, made, judged, standard).rename("resultat")
            frames.append(result.to_frame().reset_index().assign(critere=criterion.id))
    names = ["contact_id", "canal", "critere", "resultat"]
    if not frames:
        return pd.DataFrame(columns=names)
    return pd.concat(frames, ignore_index=True).merge(kept[["contact_id", "canal"]])[names]


def _judge(
    criterion: Criterion, made: pd.DataFrame, judged: pd.DataFrame, standard: Standard
) -> pd.Series:
    """Return « oui », « partiel » or « non », by contact, for those that could be judged."""
    if criterion.type == "oui_non":
        seen = judged.loc[
            (judged["critere"] == criterion.id)
            & (judged["etat"] == "repondu")
            & judged["contact_id"].isin(made["contact_id"])
        ]
        return seen.set_index("contact_id")["reponse"]
    indicator = standard.indicator(criterion.indicateur or "")
    made = made.set_index("contact_id")
    column = "sonneries" if criterion.type == "sonneries" else "delai_ouvre"
    reached = made["abouti"]
    known = reached.notna() & ((reached == False) | made[column].notna())  # noqa: E712 - nullable
    value = made.loc[known, column]
    met = reached[known].astype("bool") & _meets(value, indicator)
    return met.map({True: "oui", False: "non"})


def _meets(value: pd.Series, indicator: Indicator) -> pd.Series:
    """Return whether values satisfy the condition inside an indicator's definition."""
    if indicator.seuil is None:
        raise ValueError(f"{indicator.id}: no threshold")
    found: pd.Series = _COMPARISONS[indicator.seuil.comparaison](value, indicator.seuil.valeur)
    return found.fillna(value=False)


def marks(contacts: pd.DataFrame, judged: pd.DataFrame, grid: MysteryGrid) -> pd.DataFrame:
    """Return the marks out of ten: `canal`, `critere`, `n`, `moyenne`, `minimum`, `maximum`."""
    kept = contacts.loc[contacts["statut"] == "complete", ["contact_id", "canal"]]
    seen = judged.loc[judged["note"].notna()].merge(kept, on="contact_id")
    rows = []
    for criterion in grid.criteres:
        for channel in criterion.canaux if criterion.type == "note10" else ():
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
