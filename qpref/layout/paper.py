"""The paper form: which questions it asks, in the order in which their answers are keyed."""

from collections.abc import Iterator

from qpref.layout.languages import wordings
from qpref.layout.survey import survey_layout
from qpref.questions import LANGUAGE, PERSONAL
from qpref.reference import Question, Questionnaire
from qpref.reference.faults import Fault
from qpref.reference.tongue import INSTRUCTIONS

_PRINTED = {"numero", "site", LANGUAGE}  # at the head of the form, or that of its words


def paper_questions(questionnaire: Questionnaire) -> list[Question]:
    """Return the questions that the paper form asks: those that the keying workbook offers."""
    keyed = {column.key for column in survey_layout(questionnaire).offered}
    return [
        question
        for question in questionnaire.questions
        if question.variable in keyed and question.role not in _PRINTED
    ]


def not_on_paper(questionnaire: Questionnaire) -> list[Question]:
    """Return what is asked online and not on paper: no column of the workbook, or personal data."""
    asked = {question.id for question in paper_questions(questionnaire)}
    return [
        question
        for question in questionnaire.questions
        if question.id not in asked and (question.kind.is_asked or question.role == PERSONAL)
    ]


def untranslated_on_paper(questionnaire: Questionnaire, language: str) -> Iterator[Fault]:
    """Yield what the paper form lacks in a language; nothing is ever translated by the program."""
    tongue, asked = questionnaire.langues[language], paper_questions(questionnaire)
    for name, text in INSTRUCTIONS.items():
        if not tongue.consignes.get(name):
            told = f"la consigne « {name} » n’est pas dite dans cette langue"
            yield Fault(("langues", language, "consignes"), told, f"En français : « {text} ».")
    for theme in dict.fromkeys(question.theme for question in asked):
        if not tongue.themes.get(theme):
            told = f"le thème « {theme} » n’a pas de titre dans cette langue"
            yield Fault(("langues", language, "themes"), told, "Ajoutez-le.")
    for steps, translated in wordings(questionnaire, asked):
        if not translated.get(language):
            told = f"pas de texte en « {language} »"
            yield Fault(steps, told, f"Ajoutez « {language} » à ses « libelles ».")
