"""Answers as numbers, for files that other programs read, and what each number means.

Levels are 1, 2, 3… from the least favourable, boxes 0 and 1; the reasons of no answer are codes of
their own. Names of variables are those that SPSS and Stata both take.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from qpref.quality.individuals import ANSWERED, PLACES, REASONS, AnswerColumn, Individuals
from qpref.questions import Answer

_LONGEST = 32  # letters of a name of variable, in Stata
# Words that SPSS, or Stata, keeps for itself.
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_RESERVED |= {"byte", "double", "float", "if", "in", "int", "long", "using"}


@dataclass(frozen=True)
class Variable:
    """
    A variable of a file.

    `name` in the file, `column` of the table; `label` and `text`, in a few words and as asked;
    `codes`: the number that stands for each answer, with its wording; none for a number or a day.
    """

    name: str
    column: str
    label: str
    text: str
    kind: str
    codes: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    is_asked: bool = True

    @property
    def wordings(self) -> dict[int, str]:
        """The wording of each number."""
        return dict(self.codes.values())


def variables(
    columns: Mapping[str, AnswerColumn], places: Mapping[str, Mapping[str, str]]
) -> list[Variable]:
    """
    Return the variables of a file, in order.

    Parameters
    ----------
    columns
        Of `individuals.columns`.
    places
        Names of the campaigns and of the sites, by identifier.
    """
    taken: set[str] = set()
    found = [
        Variable(_name(name, taken), name, PLACES[name], "", kind, codes, is_asked=False)
        for name, kind in (("campagne", "lieu"), ("site", "lieu"), ("date", "jour"))
        for codes in [_numbered(places.get(name, {}))]
    ]
    for name, column in columns.items():
        codes = {"0": (0, "Non"), "1": (1, "Oui")} if column.is_box else _numbered(column.names)
        kind = column.question.kind
        words = "case" if column.is_box else kind.answer.value
        text = column.question.texte
        found.append(Variable(_name(name, taken), name, column.label, text, words, codes))
    return found


def _numbered(names: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    return {code: (rank, words) for rank, (code, words) in enumerate(names.items(), start=1)}


def _name(column: str, taken: set[str]) -> str:
    """Return a name that SPSS and Stata take, and that no other variable has."""
    name = re.sub(r"\W", "_", column, flags=re.ASCII)
    name = name if name[:1].isalpha() else f"q_{name}"
    name = f"{name}_" if name in _RESERVED else name
    short, rank = name[:_LONGEST], 2
    while short in taken:
        short = f"{name[: _LONGEST - 3]}_{rank}"
        rank += 1
    taken.add(short)
    return short


def encoded(
    found: Individuals, asked: Sequence[Variable], reasons: Mapping[str, object]
) -> pd.DataFrame:
    """
    Return the answers as numbers and days, one column a variable.

    Parameters
    ----------
    found
        The answers.
    asked
        Of `variables`.
    reasons
        What stands for each reason of no answer; nothing does for a day.
    """
    own = {one.name: _encoded(found, one, reasons) for one in asked}
    return pd.DataFrame(own, index=found.codes.index)


def _encoded(found: Individuals, one: Variable, reasons: Mapping[str, object]) -> pd.Series:
    if not one.is_asked:
        values = found.places[one.column]
        if one.column == "date":
            return _days(values)
        return values.map({code: float(number) for code, (number, _) in one.codes.items()})
    states, given = found.states[one.column], found.given(one.column)
    if found.columns[one.column].kind is Answer.DAY:
        return _days(given)
    if found.columns[one.column].is_closed:
        given = given.map({code: number for code, (number, _) in one.codes.items()})
    elif found.columns[one.column].kind is Answer.FIELD:
        return given.where(given.notna(), None)
    told = states.map(reasons)
    values = given.astype("float64")
    if any(isinstance(reason, str) for reason in reasons.values()):
        return values.astype("object").where(states == ANSWERED, told)
    return values.where(states == ANSWERED, told.astype("float64"))


def _days(values: pd.Series) -> pd.Series:
    return values.map(lambda day: day.date(), na_action="ignore").where(values.notna(), None)


def lines(
    found: Individuals, asked: Sequence[Variable], reasons: Mapping[str, object]
) -> pd.DataFrame:
    """Return the codebook: one line an answer, or a variable without answers to choose from."""
    rows = []
    for one in asked:
        counts = _counts(found, one)
        told: list[tuple[object, str, int]] = [
            (number, words, counts.get(code, 0)) for code, (number, words) in one.codes.items()
        ]
        told = told or [("", "", sum(n for code, n in counts.items() if code not in REASONS))]
        if one.is_asked and one.kind != "jour":
            told += [(reasons.get(state, ""), f"{words} (manquant)", counts.get(state, 0))
                     for state, words in REASONS.items()]  # fmt: skip
        rows += [
            {"variable": one.name, "libelle": one.label, "question": one.text, "type": one.kind,
             "code": str(code), "reponse": words, "effectif": count}
            for code, words, count in told
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _counts(found: Individuals, one: Variable) -> dict[str, int]:
    """Return how many gave each answer, or none for each reason."""
    if not one.is_asked:
        return {str(code): int(n) for code, n in found.places[one.column].value_counts().items()}
    given, states = found.given(one.column), found.states[one.column]
    if one.kind == "case":
        given = given.map({0: "0", 1: "1"})
    counts = pd.concat([given.value_counts(), states[states != ANSWERED].value_counts()])
    return {str(code): int(n) for code, n in counts.items()}
