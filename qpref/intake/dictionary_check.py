"""Whether the dictionary still says what the form says: codes, wordings and answers compared."""

from collections.abc import Iterable

from qpref.errors import suggestion
from qpref.intake.drafts import Draft
from qpref.intake.matching import Lexicon, normalise
from qpref.reference import Question, Questionnaire


def differences(drafts: Iterable[Draft], questionnaire: Questionnaire) -> list[str]:
    """
    Return one French sentence for each thing on which a form and its dictionary disagree.

    Parameters
    ----------
    drafts
        The questions of the form, from its structure file or an export.
    questionnaire
        The dictionary.
    """
    asked = [draft for draft in drafts if not draft.shape.startswith("field:")]
    known = {q.limesurvey: q for q in questionnaire.questions if q.limesurvey}
    if not known or not any(draft.code for draft in asked):
        return _by_text(asked, questionnaire)
    form = {draft.code: draft for draft in asked if draft.code}
    found = [
        f"{code} : question du dictionnaire absente du formulaire ({question.texte_court})"
        for code, question in known.items()
        if code not in form
    ]
    for code, draft in form.items():
        question = known.get(code)
        if question is None:
            close = suggestion(code, known)
            found.append(
                f"{code} : question absente du dictionnaire (« {draft.text[:60]} »){close}"
            )
            continue
        if normalise(draft.text) != normalise(question.texte):
            found.append(
                f"{code} : texte différent : « {draft.text} » dans le formulaire, "
                f"« {question.texte} » dans le dictionnaire"
            )
        found += _answers(draft, question, questionnaire)
    return found


def _by_text(drafts: Iterable[Draft], questionnaire: Questionnaire) -> list[str]:
    """Compare a form and a dictionary that share no codes, question by question of same text."""
    known = {
        normalise(text): question
        for question in questionnaire.questions
        for text in (question.texte, *question.entetes)
    }
    found, seen = [], set()
    for draft in drafts:
        question = known.get(normalise(draft.text))
        if question is None:
            close = suggestion(draft.text, [q.texte for q in questionnaire.questions])
            found.append(f"« {draft.text[:60]} » : question absente du dictionnaire{close}")
            continue
        seen.add(question.id)
        found += _answers(draft, question, questionnaire)
    found += [
        f"« {question.texte_court} » : question du dictionnaire absente du fichier"
        for question in questionnaire.questions
        if question.id not in seen and question.kind.is_asked
    ]
    return found


def _answers(draft: Draft, question: Question, questionnaire: Questionnaire) -> list[str]:
    """Return the answers of the form that the dictionary would not recognise."""
    labels = [label for _, label in draft.choices]
    if draft.shape == "options":
        own = {normalise(t) for o in question.options for t in (o.libelle, *o.synonymes)}
        lost = [label for label in labels if normalise(label) not in own]
    elif draft.shape == "labels" and question.echelle:
        lexicon = Lexicon(questionnaire.scale(question.id).modalites)
        lost = [label for label in labels if lexicon.match(label) is None]
    else:
        lost = []
    name = draft.code or f"« {draft.text[:60]} »"
    return [f"{name} : réponse « {label} » absente du dictionnaire" for label in lost]
