"""
A methodologist's review of a questionnaire: what may spoil the answers, why, and who showed it.

Advice, never a fault: `projet verifier` says what cannot work, this says what works less well. The
rules look at wordings and structure only; whether a double question asks one thing or two is for a
person to judge. What changed since another version is in `review_changes`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qpref.layout.languages import untranslated
from qpref.quality.review_rules import LONGEST_QUESTION, MOST_ANSWERS, PLAIN, RULES, Advice
from qpref.questions import PERSONAL
from qpref.reference import Question, Questionnaire, Scale
from qpref.schema import STATES
from qpref.wording.ease import reading_ease, words
from qpref.wording.french import number, plural

_ENOUGH_WORDS = 100  # below, the formula means little
_SHOWN = 60
_NOT_APPLICABLE = STATES[1]
# « et », « ou » between two words, not two numbers, nor « 75 ans et plus ».
_JOINED = re.compile(
    r"(?<=[^\W\d])[ ,]+(?:et(?:/ou)?|ou|ainsi que) (?!plus\b|moins\b)(?=[^\W\d])", re.I
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_END = re.compile(r"[.!?:;…]+")


@dataclass(frozen=True)
class Burden:
    """What a questionnaire asks: answers at most, words read, and their reading ease."""

    answers: int
    words: int
    ease: float


def size(questionnaire: Questionnaire) -> Burden | None:
    """Return what a questionnaire asks of a visitor who sees all of it; None without a word."""
    asked = [question for question in questionnaire.questions if question.kind.is_asked]
    sentences = [part for q in asked for part in _END.split(q.texte) if words(part)]
    if not sentences:
        return None
    read = sum(len(words(sentence)) for sentence in sentences)
    return Burden(len(asked), read, reading_ease(sentences))


def review(questionnaire: Questionnaire) -> list[Advice]:
    """Return what may spoil the answers, in the order of `RULES`, then of the questionnaire."""
    rank = {name: place for place, name in enumerate(RULES)}
    found = (advice for rule in _REVIEWERS for advice in rule(questionnaire))
    return sorted(found, key=lambda advice: rank[advice.rule])


def joined(text: str) -> bool:
    """
    Whether a wording joins two objects; what stands in brackets explains, and does not count.

    Examples
    --------
    >>> [joined(t) for t in ("Le confort et la propreté", "75 ans et plus", "L’attente (ou file)")]
    [True, False, False]
    """
    return _JOINED.search(" ".join(_ASIDE.sub(" ", text).split())) is not None


def _ranked(questionnaire: Questionnaire) -> Iterator[tuple[int, Question]]:
    return ((rank, q) for rank, q in enumerate(questionnaire.questions) if q.kind.is_asked)


def _short(question: Question) -> str:
    text = question.texte
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"


def _double(questionnaire: Questionnaire) -> Iterator[Advice]:
    for rank, question in _ranked(questionnaire):
        is_opinion = question.kind.is_judged or question.kind.is_marked
        if is_opinion and joined(question.texte):
            told = f"« {_short(question)} » demande peut-être deux avis à la fois"
            yield Advice("question_double", ("questions", rank, "texte"), told)


def _judging(questionnaire: Questionnaire) -> dict[str, Scale]:
    """Return the scales of opinion, in the order in which they are met."""
    names = dict.fromkeys(q.echelle for q in questionnaire.opinions if q.echelle)
    return {name: questionnaire.echelles[name] for name in names}


def _unbalanced(questionnaire: Questionnaire) -> Iterator[Advice]:
    for name, scale in _judging(questionnaire).items():
        favourable = len(scale.favourable)
        against = sum(level.favorable is False for level in scale.answers)
        if favourable != against:
            levels = plural(favourable, "niveau favorable", "niveaux favorables")
            told = f"l’échelle « {name} » offre {levels} et {plural(against, 'défavorable')}"
            yield Advice("echelle_desequilibree", ("echelles", name), told)


def _opposite(questionnaire: Questionnaire) -> Iterator[Advice]:
    """Yield the scales that begin by the other side than the first one of the form."""
    first = ""
    for name, scale in _judging(questionnaire).items():
        levels = [level for level in scale.modalites if level in scale.answers]
        side = bool(levels[0].favorable) and not levels[-1].favorable
        if levels[0].favorable == levels[-1].favorable:
            continue
        if not first:
            first, begins = name, side
        elif side != begins:
            told = f"l’échelle « {name} » et l’échelle « {first} » ne commencent pas du même côté"
            yield Advice("echelles_contraires", ("echelles", name), told)


def _not_applicable(questionnaire: Questionnaire) -> Iterator[Advice]:
    """Yield the scales where those whom a question does not concern find no answer."""
    for name, scale in _judging(questionnaire).items():
        bearing = [
            question
            for question in questionnaire.opinions
            if question.echelle == name
            and question.filtre is None
            and question.id != questionnaire.main
        ]
        if bearing and all(level.etat != _NOT_APPLICABLE for level in scale.outside):
            asked = plural(len(bearing), "question posée", "questions posées")
            told = f"l’échelle « {name} » ({asked} à tous) ne permet pas de répondre « sans objet »"
            yield Advice("sans_objet", ("echelles", name), told)


def _long_questions(questionnaire: Questionnaire) -> Iterator[Advice]:
    for rank, question in _ranked(questionnaire):
        if (count := len(words(question.texte))) > LONGEST_QUESTION:
            told = f"« {_short(question)} » a {plural(count, 'mot')}"
            yield Advice("question_longue", ("questions", rank, "texte"), told)


def _whole(questionnaire: Questionnaire) -> Iterator[Advice]:
    found = size(questionnaire)
    if found and found.answers > MOST_ANSWERS:
        yield Advice(
            "longueur",
            ("questions",),
            f"{plural(found.answers, 'réponse demandée', 'réponses demandées')}",
        )
    if found and found.words >= _ENOUGH_WORDS and found.ease < PLAIN:
        told = f"le texte des questions est à {number(found.ease)} sur 100"
        yield Advice("lecture", ("questions",), told)


def _order(questionnaire: Questionnaire) -> Iterator[Advice]:
    """Yield where overall satisfaction stands among the opinions on one thing."""
    names = [question.id for question in questionnaire.opinions]
    if not questionnaire.main or len(names) == 1:
        return
    before = names.index(questionnaire.main)
    after = len(names) - 1 - before
    if before and after:
        told = f"posée au milieu : après {plural(before, 'avis')} et avant {plural(after, 'autre')}"
    elif before:
        told = f"posée après {plural(before, 'autre avis', 'autres avis')}"
    else:
        return  # from the general to the particular: what the source advises
    rank = questionnaire.questions.index(questionnaire.by_id[questionnaire.main])
    yield Advice("ordre_global", ("questions", rank), told)


def _filtered_before(questionnaire: Questionnaire) -> Iterator[Advice]:
    places = {question.id: rank for rank, question in enumerate(questionnaire.questions)}
    for rank, question in enumerate(questionnaire.questions):
        if question.filtre and places[question.filtre.question] >= rank:
            told = f"« {question.id} » dépend de « {question.filtre.question} », qui vient après"
            yield Advice("filtre_apres", ("questions", rank, "filtre"), told)


def _idle(questionnaire: Questionnaire) -> Iterator[Advice]:
    """Yield what nothing shows and nothing uses; what is shown, a type's declaration says."""
    for rank, question in enumerate(questionnaire.questions):
        if question.role == PERSONAL:
            told = (
                f"« {_short(question)} » est une donnée personnelle : qpref n’en garde rien et "
                "n’en montre rien"
            )
        elif not question.kind.section and not question.role:
            told = f"« {_short(question)} » n’a pas de rôle : rien n’en est montré"
        else:
            continue
        yield Advice("inutile", ("questions", rank), told)


def _untranslated(questionnaire: Questionnaire) -> Iterator[Advice]:
    for fault in untranslated(questionnaire):
        yield Advice("traduction", fault.steps, fault.sentence)


_REVIEWERS: tuple[Callable[[Questionnaire], Iterator[Advice]], ...] = (
    _double,
    _unbalanced,
    _opposite,
    _not_applicable,
    _long_questions,
    _whole,
    _order,
    _filtered_before,
    _idle,
    _untranslated,
)
