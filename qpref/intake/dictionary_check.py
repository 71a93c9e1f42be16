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
    form = {draft.code: draft for draft in drafts if draft.code}
    known = {q.limesurvey: q for q in questionnaire.questions if q.limesurvey}
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
    return [f"{draft.code} : réponse « {label} » absente du dictionnaire" for label in lost]
