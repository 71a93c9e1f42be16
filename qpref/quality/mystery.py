"""Mystery contacts: compliance as counts with exact intervals, delays in working days."""

import operator
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import isnan

import pandas as pd

from qpref.quality.calendar import working_days
from qpref.questions import Judged
from qpref.reference import Criterion, MysteryGrid, Standard
from qpref.reference.standard import Threshold
from qpref.statistics.records import listed
from qpref.statistics.shares import share_interval

MET, PARTLY, NOT_MET = "oui", "partiel", "non"  # results, whatever the grid's own answers
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, eq=False)
class MysterySurvey:
    """
    Contacts of a site, what the shoppers judged, and the rules that say what is met.

    Parameters
    ----------
    contacts, judged
        Tables `contacts_mysteres` and `visites_mysteres`.
    grid, standard
        Criteria by channel; thresholds of their indicators.
    subdivision
        See `calendar.public_holidays`.
    """

    contacts: pd.DataFrame
    judged: pd.DataFrame
    grid: MysteryGrid
    standard: Standard
    subdivision: str | None = None

    @cached_property
    def kept(self) -> pd.DataFrame:
        """Contacts that count: neither excluded nor judged a second time."""
        return self.contacts.loc[self.contacts["statut"] == "complete"]

    @property
    def delays(self) -> pd.Series:
        """Delay of each contact kept, in working days; missing without a reply."""
        return _delay(self.kept, self.grid, self.subdivision)


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
    Return one row per written channel on which a contact was kept.

    Columns: `canal`, `envoyes`, `repondus`, `mediane` and `maximum` (working days),
    `autre_canal` (replies by another channel).
    """
    rows = []
    every = delays(contacts, grid, subdivision)
    for channel in (own.id for own in grid.written):
        sent = every.loc[every["canal"] == channel]
        if sent.empty:
            continue
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


def compliance(survey: MysterySurvey) -> pd.DataFrame:
    """
    Return one row per judged criterion and channel: contacts judged, contacts that met it.

    Returns
    -------
    pandas.DataFrame
        `canal`, `critere`, `n` (contacts that could be judged), `conformes`, `partiels`, `part`,
        `bas`, `haut` (Clopper-Pearson, 95 %).

    Notes
    -----
    A call or a letter never answered fails its delay criterion. A contact on which a criterion
    could not be observed (courtesy when nobody answered) does not count in its `n`. An answer that
    is not favourable is not compliance; the partial ones are counted apart.
    """
    found = [((criterion, channel), result) for _, channel, criterion, result in _results(survey)]
    judgements, results = Counter(criterion for criterion, _ in found), Counter(found)
    rows = [
        {
            "canal": channel,
            "critere": criterion.id,
            "n": judgements[criterion.id, channel],
            "conformes": results[(criterion.id, channel), MET],
            "partiels": results[(criterion.id, channel), PARTLY],
        }
        for criterion in survey.grid.criteres
        if is_judged(criterion, survey.standard)
        for channel in criterion.canaux
    ]
    table = pd.DataFrame(rows, columns=["canal", "critere", "n", "conformes", "partiels"])
    table["part"] = table["conformes"] / table["n"]  # nobody: missing
    table["bas"], table["haut"] = share_interval(table["conformes"], table["n"], method="beta")
    return table


def is_judged(criterion: Criterion, standard: Standard) -> bool:
    """Return whether something says when a criterion is met: marks are described only."""
    if criterion.kind.judged is Judged.MEASURE:
        return criterion.threshold(standard) is not None
    return criterion.kind.judged is Judged.ANSWER


def outcomes(survey: MysterySurvey) -> pd.DataFrame:
    """
    Return the result of each contact on each judged criterion that could be judged.

    Columns: `contact_id`, `canal`, `critere`, `resultat` (`MET`, `PARTLY`, `NOT_MET`).
    """
    return pd.DataFrame(_results(survey), columns=["contact_id", "canal", "critere", "resultat"])


def _results(survey: MysterySurvey) -> list[tuple[str, str, str, str]]:
    """Return the rows of `outcomes`."""
    kept = survey.kept.assign(delai_ouvre=survey.delays)
    channel = dict(zip(listed(kept["contact_id"]), listed(kept["canal"]), strict=True))
    answers, sides = _answers(survey.judged), _sides(survey.grid)
    rows: list[tuple[str, str, str, str]] = []
    for criterion in survey.grid.criteres:
        limit = criterion.threshold(survey.standard)
        if criterion.kind.judged is Judged.ANSWER:
            found = [
                (one, sides[said]) for one, said in answers.get(criterion.id, []) if said in sides
            ]
        elif criterion.kind.judged is Judged.MEASURE and limit:
            found = _measured(kept, criterion.kind.measure, limit)
        else:
            continue
        rows += [
            (contact, channel[contact], criterion.id, result)
            for contact, result in found
            if channel.get(contact) in criterion.canaux
        ]
    return rows


def _sides(grid: MysteryGrid) -> dict[str, str]:
    """Return the result that each answer of the grid is."""
    partial = {modality.code for modality in grid.partial}
    return {
        own.code: MET if own.favorable else PARTLY if own.code in partial else NOT_MET
        for own in grid.judgements
    }


def _answers(judged: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Return, by criterion, each contact judged and the shopper's answer."""
    found: dict[str, list[tuple[str, str]]] = {}
    columns = (listed(judged[name]) for name in ("contact_id", "critere", "etat", "reponse"))
    for contact, criterion, state, answer in zip(*columns, strict=True):
        if state == "repondu":
            found.setdefault(criterion, []).append((contact, answer))
    return found


def _measured(kept: pd.DataFrame, column: str, limit: Threshold) -> list[tuple[str, str]]:
    """Return whether each contact measured is on the right side of a threshold."""
    compare = _COMPARISONS[limit.comparaison]
    found = []
    columns = (listed(kept[name]) for name in ("contact_id", "abouti", column))
    for contact, reached, value in zip(*columns, strict=True):
        if pd.isna(reached) or (reached and pd.isna(value)):
            continue
        met = reached and compare(value, limit.valeur)
        found.append((contact, MET if met else NOT_MET))
    return found


def marks(contacts: pd.DataFrame, judged: pd.DataFrame, grid: MysteryGrid) -> pd.DataFrame:
    """
    Return one row per mark and channel, each out of the highest mark of its criterion.

    Columns: `canal`, `critere`, `sur`, `n`, `moyenne`, `minimum`, `maximum`.
    """
    kept = contacts.loc[contacts["statut"] == "complete"]
    channels = dict(zip(listed(kept["contact_id"]), listed(kept["canal"]), strict=True))
    values: dict[tuple[str, str], list[float]] = {}
    columns = (listed(judged[name]) for name in ("contact_id", "critere", "note"))
    for contact, name, mark in zip(*columns, strict=True):
        if contact in channels and not isnan(mark):
            values.setdefault((name, channels[contact]), []).append(mark)
    rows = [
        _described(pd.Series(values.get((criterion.id, channel)), dtype=float), criterion, channel)
        | {"sur": criterion.highest}
        for criterion in grid.criteres
        if criterion.kind.judged is Judged.MARK
        for channel in criterion.canaux
    ]
    names = ["canal", "critere", "sur", "n", "moyenne", "minimum", "maximum"]
    return pd.DataFrame(rows, columns=names)


def measures(survey: MysterySurvey) -> pd.DataFrame:
    """
    Return one row per channel and measure that no threshold judges: described, in its unit.

    Columns: `canal`, `critere`, `unite`, `n`, `moyenne`, `minimum`, `maximum`.
    """
    kept = survey.kept.assign(delai_ouvre=survey.delays)
    rows = [
        _described(own.dropna().astype("float64"), criterion, channel)
        | {"unite": criterion.kind.unit}
        for criterion in survey.grid.criteres
        if criterion.kind.judged is Judged.MEASURE and not is_judged(criterion, survey.standard)
        for channel in criterion.canaux
        for own in [kept.loc[kept["canal"] == channel, criterion.kind.measure]]
    ]
    names = ["canal", "critere", "unite", "n", "moyenne", "minimum", "maximum"]
    return pd.DataFrame(rows, columns=names)


def _described(values: pd.Series, criterion: Criterion, channel: str) -> dict[str, object]:
    """Return how many values there are, their mean and both ends."""
    return {
        "canal": channel,
        "critere": criterion.id,
        "n": len(values),
        "moyenne": values.mean(),
        "minimum": values.min(),
        "maximum": values.max(),
    }
