"""Select visitors by a filter: answers, an interval, or a reason for no answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.errors import UnknownKeyError, UsageError
from qpref.quality.individuals import PLACES, REASONS, AnswerColumn, Individuals
from qpref.questions import PERSONAL, Answer
from qpref.reference import Question, Questionnaire
from qpref.wording.french import enumeration, lower_first, number
from qpref.wording.text import slug

Flags = npt.NDArray[np.bool_]
_BOUNDS = 2
_YES, _NO = (True, "oui", "Oui", 1), (False, "non", "Non", 0)


@dataclass(frozen=True)
class Condition:
    """
    What the answers to one question must be.

    `name`: a column, or a place. `kept`: codes, numbers or days; `states`: reasons of no answer;
    `between`: bounds, None for an open one. `told`: the same in French.
    """

    name: str
    told: str
    kept: tuple[object, ...] = ()
    states: tuple[str, ...] = ()
    between: tuple[Any, Any] | None = None

    def holds(self, found: Individuals) -> Flags:
        """Return which visitors answered so."""
        if self.name in found.places:
            return self.among(found.places[self.name])
        is_outside = found.states[self.name].isin(self.states).to_numpy()
        return np.asarray(is_outside | self.among(found.given(self.name)))

    def among(self, given: pd.Series) -> Flags:
        """Return which of some values are among those kept, or between the bounds."""
        if self.between is None:
            return np.asarray(given.isin(list(self.kept)))
        low, high = self.between
        above = given.notna() if low is None else given >= low
        below = given.notna() if high is None else given <= high
        return np.asarray(above & below, dtype=bool)


def criterion(
    name: str, wanted: object, known: Mapping[str, AnswerColumn], questionnaire: Questionnaire,
    sites: Mapping[str, str],
) -> Condition:  # fmt: skip
    """
    Return what an analyst asks of a question.

    Parameters
    ----------
    name
        Identifier or role of a question, column of the table, « site », « campagne » or « date ».
    wanted
        A value, a list of values, or a pair of bounds; a code or its wording.
    known
        Of `individuals.columns`.
    questionnaire
        What was asked.
    sites
        Names of the sites, by identifier.

    Raises
    ------
    UnknownKeyError
        If nothing, or no answer, has this name.
    UsageError
        If the question cannot tell visitors apart; says what can be done instead.
    """
    if place := place_of(name, questionnaire):
        return _place(place, wanted, sites)
    own = resolved(name, known, questionnaire)
    if len(own) > 1 or own[0].is_box:
        return _boxes(name, own, wanted)
    column = own[0]
    if column.is_closed:
        return _levels(column, wanted)
    if column.kind is Answer.FIELD:
        values = _listed(wanted)
        return Condition(column.name, _told(column.label, values), tuple(map(str, values)))
    return _measured(column, wanted)


def place_of(name: str, questionnaire: Questionnaire) -> str:
    """Return the place that a name stands for, itself or by a question's role; empty for none."""
    question = questionnaire.by_id.get(name)
    role = question.role if question and question.role else name
    return str(role) if role in PLACES else ""


def resolved(
    name: str, known: Mapping[str, AnswerColumn], questionnaire: Questionnaire
) -> list[AnswerColumn]:
    """Return the columns of a question, by identifier, role or name; several when it has boxes."""
    if name in known:
        return [known[name]]
    question = questionnaire.by_id.get(name) or questionnaire.by_role.get(name)
    own = [one for one in known.values() if question and one.question.id == question.id]
    if own:
        return own
    if question is None:
        names = [*PLACES, *dict.fromkeys(one.question.id for one in known.values())]
        raise UnknownKeyError("Question", name, names, "le questionnaire")
    raise UsageError(
        f"« {name} » ne fait pas de groupes d’usagers : {_unusable(question)}",
        "Pour chercher un mot : remarques(contient=…). Les autres questions : .questions.",
    )


def _unusable(question: Question) -> str:
    if question.kind.answer is Answer.TEXT:
        return "c’est une réponse libre."
    if question.role == PERSONAL:
        return "c’est une donnée personnelle, que qpref ne garde pas."
    return "elle ne sert qu’à reconnaître les lignes d’un fichier."


def _place(name: str, wanted: object, sites: Mapping[str, str]) -> Condition:
    if name == "date":
        return _spread(name, PLACES[name], wanted, _day)
    values = [str(one) for one in _listed(wanted)]
    if name == "site":
        named = {text: code for code, text in sites.items()}
        values = [named.get(one, one) for one in values]
        for one in values:
            if one not in sites:
                raise UnknownKeyError("Site", one, sorted(sites), "sites.yml")
    return Condition(name, _told(PLACES[name], values), tuple(values))


def _listed(wanted: object) -> list[Any]:
    is_several = isinstance(wanted, Iterable) and not isinstance(wanted, str | bytes)
    return list(wanted) if is_several else [wanted]  # type: ignore[call-overload]


def _told(label: str, words: Iterable[object]) -> str:
    return f"{lower_first(label)} : {enumeration([str(one) for one in words], 'ou')}"


def _state(value: object) -> str:
    """Return the reason of no answer that a value names, by code or in words; empty for none."""
    text = str(value)
    named = {slug(words): state for state, words in REASONS.items()}
    return text if text in REASONS else named.get(slug(text), "")


def _levels(column: AnswerColumn, wanted: object) -> Condition:
    names, outside = column.names, {one.code: one for one in column.scale.outside}  # type: ignore[union-attr]
    if isinstance(wanted, tuple) and len(wanted) == _BOUNDS and column.is_ordered:
        order = [*names]
        low, high = (None if one is None else order.index(_code(column, one)) for one in wanted)
        first, last = sorted((low or 0, len(order) - 1 if high is None else high))
        kept = order[first : last + 1]
        return Condition(column.name, _told(column.label, map(names.get, kept)), tuple(kept))
    if isinstance(wanted, tuple) and None in wanted:
        raise UsageError(
            f"« {column.name} » : ses réponses n’ont pas d’ordre, aucun intervalle n’y commence.",
            "Donnez une réponse, ou une liste de réponses.",
        )
    kept, states, words = [], [], []
    for value in _listed(wanted):
        state = outside[value].etat if value in outside else _outside(column, value)
        if state:
            states.append(state)
            words.append(lower_first(REASONS[state]))
        else:
            kept.append(_code(column, value))
            words.append(names[kept[-1]])
    return Condition(column.name, _told(column.label, words), tuple(kept), tuple(states))


def _outside(column: AnswerColumn, value: object) -> str:
    """Return the state that the wording of a level, or of a reason, gives; empty for an answer."""
    for level in column.scale.outside if column.scale else ():
        if level.libelle == value:
            return level.etat
    return "" if value in column.names else _state(value)


def _code(column: AnswerColumn, value: object) -> str:
    names = column.names
    worded = {text: code for code, text in names.items()}
    folded = {slug(text): code for code, text in names.items()}
    text = str(value)
    found = text if text in names else worded.get(text) or folded.get(slug(text))
    if found is None:
        outside = [one.code for one in column.scale.outside] if column.scale else []
        known = [*names, *outside, *(one for one in REASONS if one not in outside)]
        raise UnknownKeyError("Réponse", text, known, f"la question {column.name}")
    return found


def _boxes(name: str, own: list[AnswerColumn], wanted: object) -> Condition:
    """Return who ticked a box: its column with yes or no, or the question with the box's name."""
    if len(own) == 1:
        value = wanted
        if not isinstance(value, list | tuple) and value in _YES:
            return Condition(own[0].name, _told(own[0].label, ["oui"]), (1.0,))
        if not isinstance(value, list | tuple) and value in _NO:
            return Condition(own[0].name, _told(own[0].label, ["non"]), (0.0,))
    if isinstance(wanted, list | tuple | set) and len(wanted) > 1:
        raise UsageError(
            f"« {name} » a plusieurs cases : un filtre en prend une.",
            "Enchaînez les filtres pour ceux qui ont coché l’une et l’autre.",
        )
    (value,) = _listed(wanted)
    if state := _state(value):
        told = _told(own[0].question.texte_court, [lower_first(REASONS[state])])
        return Condition(own[0].name, told, states=(state,))
    boxes = {one.option.code: one for one in own if one.option}
    boxes |= {one.option.libelle: one for one in own if one.option}
    if value not in boxes:
        known = [one.option.code for one in own if one.option]
        raise UnknownKeyError("Case", str(value), [*known, *REASONS], f"la question {name}")
    chosen = boxes[str(value)]
    return Condition(chosen.name, lower_first(chosen.label), (1.0,))


def _measured(column: AnswerColumn, wanted: object) -> Condition:
    read = _day if column.kind is Answer.DAY else _number
    if not isinstance(wanted, tuple):
        values = _listed(wanted)
        states = [state for one in values if (state := _state(one))]
        if states:
            kept = tuple(read(one) for one in values if not _state(one))
            words = [lower_first(REASONS[state]) for state in states]
            return Condition(column.name, _told(column.label, words), kept, tuple(states))
    return _spread(column.name, column.label, wanted, read)


def _spread(name: str, label: str, wanted: object, read: Any) -> Condition:  # noqa: ANN401
    """Return values, or what lies between two bounds."""
    if isinstance(wanted, tuple):
        if len(wanted) != _BOUNDS:
            raise UsageError(
                f"« {name} » : un intervalle a deux bornes, ici {len(wanted)}.",
                "Écrivez (5, 10), ou (5, None) pour 5 et plus ; une liste garde des valeurs.",
            )
        low, high = (None if one is None else read(one) for one in wanted)
        words = [_worded("à partir de", low), _worded("jusqu’à", high)]
        told = f"{lower_first(label)} : {', '.join(filter(None, words))}"
        return Condition(name, told, between=(low, high))
    values = [read(one) for one in _listed(wanted)]
    return Condition(name, _told(label, [_worded("", one) for one in values]), tuple(values))


def _worded(before: str, value: object) -> str:
    if value is None:
        return ""
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else _plain(value)
    return f"{before} {text}".strip()


def _plain(value: object) -> str:
    amount = float(str(value))
    return number(amount, 0 if amount.is_integer() else 2)


def _number(value: object) -> float:
    try:
        return float(str(value).replace(",", "."))
    except ValueError as error:
        raise UsageError(
            f"« {value} » n’est pas un nombre.", "Écrivez 7, [7, 8] ou l’intervalle (7, 10)."
        ) from error


def _day(value: object) -> pd.Timestamp:
    try:
        return pd.Timestamp(value if isinstance(value, date) else date.fromisoformat(str(value)))
    except ValueError as error:
        raise UsageError(
            f"« {value} » n’est pas un jour.",
            'Écrivez-le comme 2020-11-25, ou un intervalle : ("2020-11-16", "2020-11-20").',
        ) from error


def kept(found: Individuals, criteria: Iterable[Condition]) -> Flags:
    """Return which visitors answer to all criteria."""
    flags = np.ones(len(found.codes), dtype=bool)
    for one in criteria:
        flags &= one.holds(found)
    return flags
