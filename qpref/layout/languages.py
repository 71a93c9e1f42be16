"""The languages of the online form: its texts in each, and those that nobody has translated."""

from collections.abc import Iterator, Mapping, Sequence

from qpref.layout.online import online_questions
from qpref.reference import Question, Questionnaire
from qpref.reference.faults import Fault, Steps

FRENCH = "fr"


def said(text: str, translated: Mapping[str, str], language: str) -> str:
    """
    Return a text in a language; in French when it has no translation.

    Examples
    --------
    >>> said("Bon", {"en": "Good"}, "en"), said("Bon", {"en": "Good"}, "ar")
    ('Good', 'Bon')
    """
    return translated.get(language) or text


def untranslated(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield the texts of the online form that a declared language lacks; none is ever invented."""
    for language, tongue in questionnaire.langues.items():
        remedy = (
            f"Ajoutez « {language} » à ses « libelles », ou retirez cette langue de « langues »."
        )
        asked = {question.theme for question in online_questions(questionnaire)}
        for theme in (name for name in questionnaire.themes if name in asked - {*tongue.themes}):
            told = f"le thème « {theme} » n’a pas de titre dans cette langue"
            yield Fault(("langues", language, "themes"), told, "Ajoutez-le.")
        for steps, translated in wordings(questionnaire, online_questions(questionnaire)):
            if not translated.get(language):
                yield Fault(steps, f"pas de texte en « {language} »", remedy)


def wordings(
    questionnaire: Questionnaire, asked: Sequence[Question]
) -> Iterator[tuple[Steps, Mapping[str, str]]]:
    """Yield where each wording of a form is, and its translations; a scale's levels once."""
    for name in dict.fromkeys(question.echelle for question in asked if question.echelle):
        for rank, level in enumerate(questionnaire.echelles[name].modalites):
            yield ("echelles", name, "modalites", rank, "libelles"), level.libelles
    for question in asked:
        place: Steps = ("questions", questionnaire.questions.index(question))
        yield (*place, "libelles"), question.libelles
        for rank, option in enumerate(question.options):
            yield (*place, "options", rank, "libelles"), option.libelles
