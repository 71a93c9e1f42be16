"""What proves each commitment: users' opinions, mystery contacts, documents."""

from dataclasses import dataclass

import pandas as pd

from qpref.quality.mystery_measures import mark_unit
from qpref.quality.progress import in_scope
from qpref.reference import DONE, Indicator, MysteryGrid, Questionnaire, Standard
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.records import records
from qpref.statistics.shares import reliability

COLUMNS = (
    "engagement", "nature", "mesure", "libelle", "canal", "n", "effectif", "valeur", "bas", "haut",
    "unite", "cible", "verdict",
)  # fmt: skip
OPINIONS, MYSTERY, DOCUMENT = "enquete", "mystere", "document"
NATURES = (OPINIONS, MYSTERY, DOCUMENT)  # what a commitment may rest on


@dataclass(frozen=True)
class Measured:
    """
    A measure behind a commitment.

    `nature` is `OPINIONS` or `MYSTERY`, `channel` that of a mystery measure, `verdict` of
    `against_target`. A measure that `is_mark` is a mean between the lowest and highest marks; the
    others are shares.
    """

    measure: Measure
    nature: str
    channel: str
    verdict: str
    is_mark: bool


@dataclass(frozen=True)
class Measures:
    """
    Tables of what was measured at a site for a campaign.

    `opinions` (`answers.satisfaction`), `contacts` (`mystery.compliance`), `marks`
    (`mystery.marks`).
    """

    opinions: pd.DataFrame
    contacts: pd.DataFrame
    marks: pd.DataFrame


def against_target(low: float, high: float, n: int, target: float | None) -> str:
    """
    Return on which side of the rate required a measured share lies.

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
    return "sans_cible" if target is None else settled(100 * low, 100 * high, target)


def settled(low: float, high: float, target: float) -> str:
    """
    Return on which side of a target an interval lies, both in the same unit.

    « atteint » when it is wholly at the target or above, « non_atteint » when it is wholly under
    it, « non_tranche » when it holds it.

    Examples
    --------
    >>> settled(7, 9, 7), settled(6.9, 9, 7), settled(3, 6.9, 7)
    ('atteint', 'non_tranche', 'non_atteint')
    """
    if low >= target:
        return "atteint"
    return "non_atteint" if high < target else "non_tranche"


def evidence(
    measures: Measures, questionnaire: Questionnaire, grid: MysteryGrid, standard: Standard
) -> pd.DataFrame:
    """
    Return every measure that bears on a commitment, one row per measure, columns `COLUMNS`.

    `nature` is « enquete » or « mystere »; `mesure` the question or criterion; `unite` « part », or
    « note sur 20 » for a mark, whose `bas` and `haut` are the lowest and highest given.
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
    by_role = {i.role: i for i in standard.indicateurs if i.role}
    rows = []
    for row in records(table):
        question = questionnaire.by_id[row["question"]]
        if question.engagement:
            rows.append(
                {
                    "engagement": question.engagement,
                    "nature": OPINIONS,
                    "mesure": question.id,
                    "libelle": question.texte_court,
                    "canal": "",
                    "effectif": row["satisfaits"],
                    "valeur": row["part"],
                    **_judged(row, targets.get(question.id) or by_role.get(question.role)),
                }
            )
    return rows


def _contacts(
    table: pd.DataFrame, grid: MysteryGrid, standard: Standard
) -> list[dict[str, object]]:
    criteria = {criterion.id: criterion for criterion in grid.criteres}
    rows = []
    for row in records(table):
        criterion = criteria[row["critere"]]
        indicator = standard.indicator(criterion.indicateur) if criterion.indicateur else None
        rows.append(
            {
                "engagement": criterion.engagement,
                "nature": MYSTERY,
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
    return {"n": n, "bas": low, "haut": high, "unite": SHARE, "cible": target, "verdict": verdict}


def _marks(table: pd.DataFrame, grid: MysteryGrid) -> list[dict[str, object]]:
    criteria = {criterion.id: criterion for criterion in grid.criteres}
    return [
        {
            "engagement": criteria[row["critere"]].engagement,
            "nature": MYSTERY,
            "mesure": row["critere"],
            "libelle": criteria[row["critere"]].libelle,
            "canal": row["canal"],
            "n": row["n"],
            "valeur": row["moyenne"],
            "bas": row["minimum"],
            "haut": row["maximum"],
            "unite": mark_unit(row["sur"]),
            "verdict": "sans_cible",
        }
        for row in records(table)
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
    order = ("non_atteint", "non_tranche", "atteint")
    natures: dict[str, set[str]] = {}
    verdicts: dict[str, set[str]] = {}
    columns = (table[name] for name in ("engagement", "n", "nature", "verdict"))
    for engagement, n, nature, verdict in zip(*columns, strict=True):
        if n > 0:
            natures.setdefault(engagement, set()).add(nature)
            verdicts.setdefault(engagement, set()).add(verdict)
    rows = []
    for row in records(stands):
        unit = row["unite"]
        known = [code for code in order if code in verdicts.get(unit, ())]
        rows.append(
            {
                **{name: row[name] for name in ("unite", "module", "libelle", "etat")},
                OPINIONS: OPINIONS in natures.get(unit, ()),
                MYSTERY: MYSTERY in natures.get(unit, ()),
                DOCUMENT: row["etat"] in DONE,
                "verdict": known[0] if known else "sans_cible",
            }
        )
    names = ["unite", "module", "libelle", "etat", *NATURES, "verdict"]
    return pd.DataFrame(rows, columns=names)


def backed(table: pd.DataFrame) -> Measure:
    """
    Return how many of the commitments of a site rest on a measure or a document.

    Parameters
    ----------
    table
        Of `proofs`.
    """
    scope = in_scope(table)
    count, n = int(scope[list(NATURES)].any(axis=1).sum()), len(scope)
    return Measure(key="prouves", n=n, count=count, value=count, unit="engagements")


def natures(table: pd.DataFrame) -> list[Measure]:
    """
    Return, for each commitment and nature of proof, 1 when it rests on it and 0 when not.

    Parameters
    ----------
    table
        Of `proofs`; a column `site`, when it is there, begins the group.
    """
    return [
        Measure(
            key=row["unite"],
            label=row["libelle"],
            group=f"{row['site']}, {nature}" if "site" in row else nature,
            value=int(row[nature]),
            unit="preuve",
        )
        for row in records(table)
        for nature in NATURES
    ]


def behind(table: pd.DataFrame) -> dict[str, list[Measured]]:
    """
    Return the measures behind each commitment, those based on nothing left out.

    Parameters
    ----------
    table
        Of `evidence`.
    """
    found: dict[str, list[Measured]] = {}
    for row in records(table.loc[table["n"] > 0]):
        is_mark = row["unite"] != SHARE
        measure = Measure(
            key=row["mesure"],
            label=row["libelle"],
            group=f"{row['engagement']}, {row['nature']} {row['canal']}".strip(),
            n=int(row["n"]),
            count=None if is_mark else int(row["effectif"]),
            value=row["valeur"],
            low=row["bas"],
            high=row["haut"],
            unit=row["unite"],
            reliability=reliability(int(row["n"])),
            digits=int(is_mark),
        )
        own = found.setdefault(row["engagement"], [])
        own.append(Measured(measure, row["nature"], row["canal"], row["verdict"], is_mark))
    return found


def confirmed_targets(standard: Standard) -> int:
    """Return how many of the rates that the label requires were read in the official text."""
    return sum(i.confirme and i.cible is not None for i in standard.indicateurs)
