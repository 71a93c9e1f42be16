"""
The online form: which questions it asks, under which codes of LimeSurvey.

The codes of the dictionary stay. Others are made of the question's own name, never of its rank: a
question that moves keeps its column. The structure that `qpref.instruments` writes, the exports
that `qpref.example` invents and what `qpref.intake` looks for agree, since all ask here.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from qpref.questions import LANGUAGE
from qpref.reference import Question, Questionnaire, Scale

Key = tuple[str, str]  # a question, and one of its boxes or nothing
LONGEST_CODE, LONGEST_ANSWER = 20, 5  # letters, in LimeSurvey's tables
_DIGEST = 4
_ANSWER = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_ANSWER}}}")
_BETWEEN = re.compile(r"[_-]+")


def online_questions(questionnaire: Questionnaire) -> list[Question]:
    """
    Return the questions that the online form asks, in its order.

    Facts of the fieldwork are asked where the dictionary gives them a code, or gives none at all;
    the number of a paper form is not, nor the language, which the platform tells.
    """
    is_coded, apart = any(map(_own, questionnaire.questions)), {"numero", LANGUAGE}
    return [
        question
        for question in questionnaire.questions
        if _own(question) or question.kind.is_asked or (not is_coded and question.role not in apart)
    ]


def online_codes(questionnaire: Questionnaire) -> dict[Key, str]:
    """
    Return the code of each question, and « question[box] » for each box.

    Examples
    --------
    A question `a_ecrit` without code is `QAEcrit`, its box `par_courriel` `QAEcrit[ParCourriel]`.
    """
    known = {question.id: _own(question) for question in questionnaire.questions}
    made = _made((name for name, code in known.items() if not code), "Q", known.values())
    found: dict[Key, str] = {}
    for question in questionnaire.questions:
        code = known[question.id] or made[question.id]
        found[question.id, ""] = code
        boxes = {option.code: option.limesurvey or "" for option in question.options}
        others = _made((name for name, own in boxes.items() if not own), "", boxes.values())
        for name, own in boxes.items():
            found[question.id, name] = f"{code}[{own or others[name]}]"
    return found


def answer_codes(scale: Scale) -> dict[str, str]:
    """Return LimeSurvey's code of each level: the dictionary's first that fits, or its rank."""
    own = [next(filter(_ANSWER.fullmatch, level.codes), "") for level in scale.modalites]
    is_told = all(own) and len({code.casefold() for code in own}) == len(own)
    return {
        level.code: own[rank] if is_told else f"A{rank + 1}"
        for rank, level in enumerate(scale.modalites)
    }


def _own(question: Question) -> str:
    return question.codes.get("limesurvey") or question.limesurvey or ""


def _made(names: Iterable[str], prefix: str, known: Iterable[str]) -> dict[str, str]:
    """Return a code of letters and digits for each name; those too long or alike get a digest."""
    plain = {
        name: prefix + "".join(part[:1].upper() + part[1:] for part in _BETWEEN.split(name))
        for name in names
    }
    count = Counter(code.casefold() for code in (*plain.values(), *known))
    return {
        name: code
        if code and len(code) <= LONGEST_CODE and count[code.casefold()] == 1
        else code[: LONGEST_CODE - _DIGEST] + hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
        for name, code in plain.items()
    }
