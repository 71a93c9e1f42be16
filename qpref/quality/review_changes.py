"""What changed between two versions of a questionnaire: where a series no longer compares."""

from collections.abc import Iterator

from qpref.intake.matching import normalise
from qpref.quality.review_rules import Advice
from qpref.reference import Question, Questionnaire
from qpref.wording.french import enumeration, plural

_SHOWN = 50


def changes(new: Questionnaire, old: Questionnaire, since: str) -> Iterator[Advice]:
    """
    Yield the questions whose answers no longer compare with those of another version.

    Parameters
    ----------
    new, old
        The two versions; a question is the same when it is kept under the same name.
    since
        What the old one is called: a campaign, a file.
    """
    for rank, question in enumerate(new.questions):
        former = old.by_variable.get(question.variable)
        if former is None or not question.kind.is_asked:
            continue
        for place, told in _changed(question, former, new, old):
            named = f"« {question.texte_court} » depuis {since} : {told}"
            yield Advice("changement", ("questions", rank, place), named)
    yield from _gone(new, old, since)
    yield from _moved(new, old, since)


def _changed(
    question: Question, former: Question, new: Questionnaire, old: Questionnaire
) -> Iterator[tuple[str, str]]:
    """Yield the key of each change of a question, and the change."""
    if normalise(question.texte) != normalise(former.texte):
        yield "texte", f"« {_cut(former.texte)} » est devenu « {_cut(question.texte)} »"
    if question.type != former.type:
        yield "type", f"le type « {former.type} » est devenu « {question.type} »"
    elif (given := _answers(question, new)) != (before := _answers(former, old)):
        lost = [label for label in before if label not in given]
        added = [label for label in given if label not in before]
        key = "echelle" if question.echelle else "options" if question.options else "maximum"
        yield key, _told(lost, added)
    if _condition(question, new) != _condition(former, old):
        yield "filtre", "elle n’est plus posée aux mêmes personnes"


def _answers(question: Question, questionnaire: Questionnaire) -> list[str]:
    """Return the answers that a question offers, in the order of the form."""
    if question.echelle:
        return [level.libelle for level in questionnaire.echelles[question.echelle].modalites]
    if question.kind.is_marked:
        return [f"{question.minimum:g}", f"{question.maximum:g}"]
    return [option.libelle for option in question.options]


def _told(lost: list[str], added: list[str]) -> str:
    if not lost and not added:
        return "les réponses ne sont plus dans le même ordre"
    parts = []
    if lost:
        parts.append(f"sans {enumeration([f'« {label} »' for label in lost])}")
    if added:
        parts.append(f"avec {enumeration([f'« {label} »' for label in added])}")
    return f"les réponses ont changé ({', '.join(parts)})"


def _condition(question: Question, questionnaire: Questionnaire) -> tuple[str, frozenset[str]]:
    if question.filtre is None:
        return "", frozenset()
    opening = questionnaire.by_id[question.filtre.question]
    return opening.variable, frozenset(question.filtre.vaut)


def _gone(new: Questionnaire, old: Questionnaire, since: str) -> Iterator[Advice]:
    """Yield the questions that one version only asks: their series ends, or begins."""
    lost = [q for q in old.questions if q.kind.is_asked and q.variable not in new.by_variable]
    if lost:
        names = enumeration([f"« {question.texte_court} »" for question in lost])
        count = plural(len(lost), "question retirée", "questions retirées")
        yield Advice("changement", ("questions",), f"depuis {since}, {count} : {names}")
    added = [q for q in new.questions if q.kind.is_asked and q.variable not in old.by_variable]
    if added:
        names = enumeration([f"« {question.texte_court} »" for question in added])
        count = plural(len(added), "question nouvelle", "questions nouvelles")
        yield Advice("changement", ("questions",), f"depuis {since}, {count} : {names}")


def _moved(new: Questionnaire, old: Questionnaire, since: str) -> Iterator[Advice]:
    """Yield that opinions which both versions ask come in another order."""
    orders = [
        [q.variable for q in one.opinions if q.variable in other.by_variable]
        for one, other in ((new, old), (old, new))
    ]
    common = set(orders[0]) & set(orders[1])
    now, then = ([name for name in order if name in common] for order in orders)
    if now != then:
        first = next(name for name, former in zip(now, then, strict=True) if name != former)
        question = new.by_variable[first]
        told = f"depuis {since}, les avis ne se suivent plus dans le même ordre"
        place = ("questions", new.questions.index(question))
        yield Advice("changement", place, f"{told}, à partir de « {question.texte_court} »")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
