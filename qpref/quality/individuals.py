"""One row per respondent: the answer to each question, or why there is none.

Built from the canonical tables `reponses` and `items`, for one site and campaign. Columns are named
after the questions, as analysts name them; a question with several answers has one column a box.
Weights are not here: they belong to a whole site, not to the visitors that a filter leaves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from qpref.quality.profile import UNKNOWN
from qpref.questions import PERSONAL, Answer
from qpref.reference import Question, Questionnaire, Scale
from qpref.reference.models import Modality
from qpref.reference.question import Option
from qpref.schema import STATES

ANSWERED = STATES[0]
# Why there is no answer, as analysts and sections say it.
REASONS = {
    "nsp": "Ne sait pas",
    "sans_objet": "Sans objet",
    "non_reponse": "Sans réponse",
    "non_posee": "Non posée",
    "invalide": "Illisible",
}
# What every table has, whatever was asked: roles that have a name of their own come first.
PLACES = {"campagne": "Campagne", "site": "Site", "date": "Jour de la réponse"}
DESIGN = {
    "poids": "Poids, de moyenne 1 ; manquant sans passages comptés",
    "grappe": "Demi-journée où l’usager a répondu",
}
BOX = "__"  # between the name of a question and that of its box


@dataclass(frozen=True)
class AnswerColumn:
    """A column of the table: the question it answers, and the box when there are several."""

    name: str
    question: Question
    scale: Scale | None = None
    option: Option | None = None

    @property
    def label(self) -> str:
        """What is asked, in a few words."""
        text = self.question.texte_court
        return f"{text} : {self.option.libelle}" if self.option else text

    @property
    def is_box(self) -> bool:
        """Whether it says if a box was ticked."""
        return self.option is not None

    @property
    def kind(self) -> Answer:
        """How it is answered."""
        return self.question.kind.answer

    @property
    def is_closed(self) -> bool:
        """Whether its answers are levels of a scale."""
        return self.scale is not None and not self.is_box

    @property
    def is_ordered(self) -> bool:
        """Whether its levels have an order."""
        return self.scale is not None and self.scale.ordonnee

    @property
    def levels(self) -> list[Modality]:
        """
        The answers, in order: the least favourable first where there are sides.

        So that « at least rather satisfied » is written `>=`, whichever end the form begins with.
        """
        if self.scale is None:
            return []
        given = self.scale.answers
        has_sides = any(level.favorable is not None for level in given)
        return given[::-1] if has_sides and self.scale.is_one_way else given

    @property
    def names(self) -> dict[str, str]:
        """The answers by code, in order; two levels of one wording are told apart."""
        if self.is_box:
            return {"oui": "Oui", "non": "Non"}
        texts = [level.libelle for level in self.levels]
        return {
            level.code: level.libelle
            if texts.count(level.libelle) == 1
            else f"{level.libelle} ({level.code})"
            for level in self.levels
        }

    @property
    def shown(self) -> dict[str, str]:
        """The same as reports show them: the most favourable first."""
        if self.is_box or self.scale is None:
            return self.names
        return {level.code: self.names[level.code] for level in self.scale.answers}


def columns(questionnaire: Questionnaire) -> dict[str, AnswerColumn]:
    """Return the columns of questions, in the order of the form; free answers have none."""
    return {one.name: one for question in questionnaire.questions
            for one in _of(question, questionnaire)}  # fmt: skip


def _of(question: Question, questionnaire: Questionnaire) -> Iterator[AnswerColumn]:
    name = f"{question.id}_" if question.id in {"reponse_id", *PLACES, *DESIGN} else question.id
    if question.role in {"site", "date", "numero", PERSONAL} or question.kind.answer is Answer.TEXT:
        return
    if question.kind.answer is Answer.BOXES:
        for option in question.options:
            yield AnswerColumn(f"{name}{BOX}{option.code}", question, None, option)
        return
    if question.kind.is_stored or question.column:
        yield AnswerColumn(name, question, questionnaire.echelles.get(question.echelle or ""))


@dataclass(frozen=True, eq=False)
class Individuals:
    """
    Answers of some visitors, one row each (index `reponse_id`).

    `places`: campaign, site and day. `codes`: what each answered, a code, a number, a day, or 1 and
    0 for a box. `states`: of `schema.STATES`, why there is no answer. Both have the columns of
    `columns`.
    """

    places: pd.DataFrame
    codes: pd.DataFrame
    states: pd.DataFrame
    columns: dict[str, AnswerColumn]

    def given(self, name: str) -> pd.Series:
        """Return the answers to a column; missing where there is none."""
        return self.codes[name].where(self.states[name] == ANSWERED)

    def keep(self, wanted: pd.Index) -> "Individuals":
        """Return some of the visitors, in the order asked."""
        places, codes = self.places.loc[wanted], self.codes.loc[wanted]
        return Individuals(places, codes, self.states.loc[wanted], self.columns)

    def groups(self, name: str) -> pd.Series:
        """Return the group of each visitor by a column or a place, as a code; unknown is one."""
        if name in self.places:
            return self.places[name].map(lambda one: f"{one:%Y-%m-%d}" if name == "date" else one)
        found = self.given(name)
        if self.columns[name].is_box:
            found = found.map({1: "oui", 0: "non"})
        return found.astype("object").where(found.notna(), UNKNOWN)


def individuals(
    rows: pd.DataFrame, items: pd.DataFrame, questionnaire: Questionnaire
) -> Individuals:
    """
    Return the answers of some visitors.

    Parameters
    ----------
    rows, items
        Tables `reponses` and `items`, answers that count.
    questionnaire
        What was asked.
    """
    people = pd.Index(rows["reponse_id"].astype(str), name="reponse_id")
    places = rows[["campagne", "site", "date_reponse"]].set_axis(people)
    found = columns(questionnaire)
    by_question = dict(tuple(items.groupby("question", observed=True)))
    codes, states = {}, {}
    for name, column in found.items():
        own = by_question.get(column.question.id)
        if own is None:
            codes[name], states[name] = _told(rows, column, people)
        else:
            codes[name], states[name] = _stored(own, column, people)
    return Individuals(
        places.rename(columns={"date_reponse": "date"}).astype({"campagne": "object",
                                                                "site": "object"}),
        pd.DataFrame(codes, index=people),
        pd.DataFrame(states, index=people, dtype="object"),
        found,
    )  # fmt: skip


def _stored(
    items: pd.DataFrame, column: AnswerColumn, people: pd.Index
) -> tuple[pd.Series, pd.Series]:
    """Return the answers and states of one question, or of one of its boxes."""
    if column.option is not None:
        items = items.loc[items["option"] == column.option.code]
    own = items.set_index(items["reponse_id"].astype(str))
    states = own["etat"].astype("object").reindex(people).fillna("non_posee")
    if column.kind is Answer.LEVEL:
        return own["modalite"].astype("object").reindex(people), states
    values = own["valeur"].astype(float).reindex(people)
    return (_days(values) if column.kind is Answer.DAY else values), states


def _told(
    rows: pd.DataFrame, column: AnswerColumn, people: pd.Index
) -> tuple[pd.Series, pd.Series]:
    """Return a fact of the fieldwork, kept with the answers; nothing of what nobody was asked."""
    if not column.question.column:
        return pd.Series(None, people, dtype="object"), pd.Series("non_posee", people)
    codes = pd.Series(rows[column.question.column].to_numpy(dtype=object), people)
    codes = codes.where(codes.notna(), None)
    outside = {one.code: one.etat for one in column.scale.outside} if column.scale else {}
    states = codes.map(lambda code: outside.get(code, ANSWERED), na_action="ignore")
    return codes, states.fillna("non_reponse")


def _days(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, unit="D")


def labelled(found: Individuals, sites: dict[str, str], campaigns: Sequence[str]) -> pd.DataFrame:
    """
    Return the table of an analyst: wordings, ordered levels, numbers, booleans, days.

    Parameters
    ----------
    found
        The answers.
    sites
        Names of the sites, by identifier, in order.
    campaigns
        Identifiers, the oldest first: an ordered category.
    """
    table = pd.DataFrame(index=found.codes.index)
    order = pd.CategoricalDtype([*campaigns], ordered=True)
    table["campagne"] = found.places["campagne"].astype(order)
    named = found.places["site"].map(sites)
    table["site"] = named.astype(pd.CategoricalDtype([*sites.values()]))
    table["date"] = found.places["date"]
    told = {name: _worded(found.given(name), column) for name, column in found.columns.items()}
    return pd.concat([table, pd.DataFrame(told, index=table.index)], axis=1)


def _worded(codes: pd.Series, column: AnswerColumn) -> pd.Series:
    if column.is_box:
        return codes.astype("boolean")
    if not column.is_closed:
        return codes
    names = column.names
    kind = pd.CategoricalDtype([*names.values()], ordered=column.is_ordered)
    return codes.map(names).astype(kind)


def reasons(found: Individuals) -> pd.DataFrame:
    """Return, with the same rows and columns, why an answer is missing; missing where it is not."""
    kind = pd.CategoricalDtype([*REASONS.values()])
    own = {name: found.states[name].map(REASONS).astype(kind) for name in found.states}
    return pd.DataFrame(own, index=found.states.index)


def labels(questionnaire: Questionnaire) -> dict[str, str]:
    """Return what each column of the table says."""
    own = {name: column.label for name, column in columns(questionnaire).items()}
    return {**PLACES, **DESIGN, **own}
