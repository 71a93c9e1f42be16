"""
Compare a dictionary with its form: codes, wordings and answers.

What was compared is counted, and what could not be is said: a form and a dictionary agree only on
what both state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qpref.errors import suggestion
from qpref.intake.drafts import Draft, DraftedForm, Shape
from qpref.intake.matching import Lexicon, normalise
from qpref.intake.values import read_mark
from qpref.questions import Answer
from qpref.reference import Question, Questionnaire

_SHOWN = 60
_ONLY_GIVEN = "les réponses que personne n’a choisies : seule une structure (.lss) les montre"
_NO_CODES = "les codes : {who} n’en a pas ; les questions sont rapprochées par leur texte"
_UNTOLD = "{count} réponse{s} non comparée{s}, car peut-être un nom : {names}"
_NO_TEXTS = "les textes : le fichier n’a que des codes"


@dataclass
class Comparison:
    """
    What was compared of a form and a dictionary.

    Parameters
    ----------
    questions, levels, options
        How many were compared.
    differences
        One French sentence for each thing on which they disagree.
    left
        What could not be compared, and why.
    """

    questions: int = 0
    levels: int = 0
    options: int = 0
    differences: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def compare(form: DraftedForm, questionnaire: Questionnaire) -> Comparison:
    """
    Compare a form and its dictionary.

    Parameters
    ----------
    form
        The questions of the form, from its structure file or an export.
    questionnaire
        The dictionary.
    """
    return _Comparer(form, questionnaire).compare()


class _Comparer:
    def __init__(self, form: DraftedForm, questionnaire: Questionnaire) -> None:
        self._form, self._questionnaire = form, questionnaire
        questions = questionnaire.questions
        self._codes = {q.limesurvey: q for q in questions if q.limesurvey}
        self._texts = {normalise(t): q for q in questions for t in (q.texte, *q.entetes)}
        self._boxes = {normalise(t): q for q in questions for o in q.options for t in o.entetes}
        self._is_coded = bool(self._codes) and any(draft.code for draft in form.drafts)
        self._found = Comparison()

    def compare(self) -> Comparison:
        """Return what was compared and found."""
        found, seen = self._found, set()
        for draft in self._form.drafts:
            box = self._boxes.get(normalise(draft.text))
            question = self._question(draft) or box
            if question is None:
                found.differences.append(self._unknown(draft))
                continue
            found.questions += question.id not in seen
            seen.add(question.id)
            if question is box:
                found.options += 1
                continue
            found.differences += self._wording(draft, question)
            found.differences += self._answers(draft, question)
        found.differences += self._absent(seen)
        found.left += self._left()
        return found

    def _question(self, draft: Draft) -> Question | None:
        if self._is_coded and draft.code in self._codes:
            return self._codes[draft.code]
        return next((self._texts[name] for name in _names(draft) if name in self._texts), None)

    def _unknown(self, draft: Draft) -> str:
        if self._is_coded and draft.code:
            close = suggestion(draft.code, [code for code in self._codes if code])
            text = draft.text[:_SHOWN]
            return f"{draft.code} : question absente du dictionnaire (« {text} »){close}"
        close = suggestion(draft.text, [q.texte for q in self._questionnaire.questions])
        return f"« {draft.text[:_SHOWN]} » : question absente du dictionnaire{close}"

    def _absent(self, seen: set[str]) -> list[str]:
        """Return the questions of the dictionary that the form lacks."""
        return [
            f"{question.limesurvey} : question du dictionnaire absente du formulaire "
            f"({question.texte_court})"
            if self._is_coded and question.limesurvey
            else f"« {question.texte_court} » : question du dictionnaire absente du fichier"
            for question in self._questionnaire.questions
            if question.id not in seen
            and (question.kind.is_asked or (self._is_coded and question.limesurvey))
        ]

    @staticmethod
    def _wording(draft: Draft, question: Question) -> list[str]:
        known = {normalise(text) for text in (question.texte, *question.entetes)}
        if draft.text == draft.code or known & set(_names(draft)):
            return []
        return [
            f"{draft.code} : texte différent : « {draft.text} » dans le formulaire, "
            f"« {question.texte} » dans le dictionnaire"
        ]

    def _answers(self, draft: Draft, question: Question) -> Iterator[str]:
        """Yield the answers of the form that the dictionary does not know, and the other way."""
        name = _name(draft)
        labels = draft.labels or (list(draft.seen) if draft.shape is Shape.MARK else [])
        if question.options and draft.shape is Shape.BOXES:
            self._found.options += len(labels)
            own = {
                normalise(t): o for o in question.options for t in (o.libelle, o.code, *o.synonymes)
            }
            codes = {o.limesurvey for o in question.options if o.limesurvey}
            known = {code for code, label in draft.choices if normalise(label) in own} | codes
            lost = [t for code, t in draft.choices if normalise(t) not in own and code not in known]
            lacking = [
                o.libelle
                for o in question.options
                if normalise(o.libelle) not in set(map(normalise, labels))
            ]
        elif question.echelle and labels and draft.shape in {Shape.LEVEL, Shape.MARK}:
            self._found.levels += len(labels)
            lost, lacking = self._levels(labels, question)
        elif question.kind.is_marked and labels:
            self._found.levels += len(labels)
            lost, lacking = [t for t in labels if not _is_mark(t, question)], []
        else:
            yield from self._other_kind(name, draft, question)
            return
        yield from (f"{name} : réponse « {label} » absente du dictionnaire" for label in lost)
        if self._form.is_whole:
            yield from (f"{name} : réponse « {label} » absente du formulaire" for label in lacking)

    def _levels(self, labels: Sequence[str], question: Question) -> tuple[list[str], list[str]]:
        """Return the answers that a scale does not know, and its levels that the form lacks."""
        scale = self._questionnaire.scale(question.id)
        lexicon = Lexicon(scale.modalites)
        found = {label: lexicon.match(label) for label in labels}
        given = {match.modality.code for match in found.values() if match}
        lacking = [one.libelle for one in scale.answers if one.code not in given]
        return [label for label, match in found.items() if match is None], lacking

    def _other_kind(self, name: str, draft: Draft, question: Question) -> Iterator[str]:
        """Say that a question is answered otherwise; from an export, this cannot be known."""
        if not self._form.is_whole:
            return
        answer = question.kind.answer
        if answer is not Answer.FIELD and answer not in _ANSWERS[draft.shape]:
            yield (
                f"{name} : {draft.shape} dans le formulaire, type « {question.type} » dans le "
                "dictionnaire"
            )
        elif question.kind.is_marked and draft.bounds != (question.minimum, question.maximum):
            low, high = draft.bounds
            yield (
                f"{name} : note de {low:g} à {high:g} dans le formulaire, de "
                f"{question.minimum:g} à {question.maximum:g} dans le dictionnaire"
            )

    def _left(self) -> list[str]:
        """Return what the form or the dictionary does not state."""
        found = [] if self._form.is_whole else [_ONLY_GIVEN]
        if not self._is_coded:
            found.append(_NO_CODES.format(who="le fichier" if self._codes else "le dictionnaire"))
        if all(draft.text == draft.code for draft in self._form.drafts):
            found.append(_NO_TEXTS)
        untold = {_name(draft): draft.untold for draft in self._form.drafts if draft.untold}
        if untold:
            count = sum(untold.values())
            s = "s" if count > 1 else ""
            names = ", ".join(f"{name} ({times})" for name, times in untold.items())
            found.append(_UNTOLD.format(count=count, s=s, names=names))
        return found


_ANSWERS = {
    Shape.LEVEL: {Answer.LEVEL},
    Shape.BOXES: {Answer.BOXES},
    Shape.MARK: {Answer.NUMBER, Answer.LEVEL},
    Shape.NUMBER: {Answer.NUMBER},
    Shape.DATE: {Answer.DAY},
    Shape.TEXT: {Answer.TEXT},
    Shape.PERSONAL: {Answer.TEXT},
    Shape.RECORD: {Answer.NUMBER, Answer.TEXT},
}


def _name(draft: Draft) -> str:
    """Return how a question of a form is called: its code, else its wording."""
    return draft.code or f"« {draft.text[:_SHOWN]} »"


def _names(draft: Draft) -> list[str]:
    """Return the texts by which a question may be known: its own, and what is in its brackets."""
    inside = draft.text[draft.text.rfind("[") + 1 : -1] if draft.text.endswith("]") else ""
    return [normalise(text) for text in (draft.text, draft.short, inside) if text]


def _is_mark(text: str, question: Question) -> bool:
    """Whether a text is a mark within the bounds of a question."""
    try:
        mark = read_mark(text)
    except ValueError:
        return False
    return mark is not None and question.minimum <= mark <= question.maximum
