"""Read the questions sent by members: parsed from the form, masked, kept with the meeting."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from qpref.clu.invitation import FORM_ABOUT, FORM_ATTENDANCE, FORM_FROM, FORM_QUESTION
from qpref.clu.mail_text import message_of, reply_only, text_of
from qpref.errors import ReferenceFileError, UnreadableFileError
from qpref.intake.privacy import mask
from qpref.project import Project, write_atomically
from qpref.reference.loading import read
from qpref.reference.meeting import QUESTIONS, Meeting, MemberQuestion, Questions
from qpref.reference.rewriting import to_yaml
from qpref.reference.schemas import modeline
from qpref.store.lock import held

_LABEL = re.compile(
    rf"^[>\s]*({FORM_FROM}|{FORM_ATTENDANCE}|{FORM_ABOUT}|{FORM_QUESTION})[^:\n]*:[ \u00a0]*",
    re.IGNORECASE | re.MULTILINE,
)
_LABELS = (FORM_FROM, FORM_ATTENDANCE, FORM_ABOUT, FORM_QUESTION)
_QUOTED = re.compile(r"^>+ ?", re.MULTILINE)


def read_form(path: Path, received: date, names: tuple[str, ...] = ()) -> list[MemberQuestion]:
    """
    Return the questions of a form that came back, as text or as a message (.eml).

    Parameters
    ----------
    path
        The file.
    received
        The day it came.
    names
        Of `intake.privacy.mask`: personal data are masked before anything is kept.

    Raises
    ------
    UnreadableFileError
        If the file is not there, or holds no question.
    """
    if not path.is_file():
        raise UnreadableFileError(f"« {path} » : fichier absent.", "Vérifiez son chemin.")
    try:
        text = _text_of(path)
    except Exception as error:  # the standard reader of mail raises whatever it meets
        raise UnreadableFileError(
            f"« {path} » ne se lit pas ({type(error).__name__}).",
            "Enregistrez la réponse en texte (UTF-8) ou en message .eml.",
        ) from error
    found, sender, about = [], "", ""
    for label, value in fields(text):
        if label == FORM_FROM:
            sender = value
        elif label == FORM_ABOUT:
            about = value
        elif label == FORM_QUESTION and value:
            asked = f"{value} (à propos de : {about})" if about else value
            found.append(
                MemberQuestion(
                    recue_le=received,
                    de=mask(sender, names)[0] or "un membre",
                    texte=mask(asked, names)[0],
                )
            )
    if not found:
        raise UnreadableFileError(
            f"« {path} » ne contient aucune question : rien après « {FORM_QUESTION} : ».",
            "Vérifiez que c’est bien la réponse d’un membre, remplie dans le formulaire.",
        )
    return found


def fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield each label of a form that came back and what was written after it, to the next one."""
    marks = [*_LABEL.finditer(text)]
    for mark_, following in zip_longest(marks, marks[1:]):
        content = text[mark_.end() : following.start() if following else len(text)]
        label = next(one for one in _LABELS if one.casefold() == mark_.group(1).casefold())
        yield label, " ".join(reply_only(_QUOTED.sub("", content)).split())


def _text_of(path: Path) -> str:
    if path.suffix.casefold() != ".eml":
        return path.read_bytes().decode("utf-8-sig")
    return text_of(message_of(path.read_bytes()))


def keep_questions(project: Project, meeting: Meeting, found: Sequence[MemberQuestion]) -> int:
    """
    Add questions to those received for a meeting; return how many were new.

    Raises
    ------
    ReferenceFileError
        If the file is wrong, or written so that nothing can be added at its end.
    """
    path = project.committee / f"{meeting.name}{QUESTIONS}"
    with held(project.committee):
        kept = read(Questions, path).questions if path.exists() else ()
        known = {(question.de, question.texte) for question in (*kept, *meeting.questions)}
        new = [question for question in found if (question.de, question.texte) not in known]
        if new:
            text = _added(path, new) if kept else f"{modeline('questions')}\n{_yaml(new)}"
            write_atomically(path, text.encode(), is_private=True)
    return len(new)


def _yaml(questions: Sequence[MemberQuestion]) -> str:
    return to_yaml(Questions(questions=tuple(questions)).model_dump(exclude_defaults=True))


def _added(path: Path, new: Sequence[MemberQuestion]) -> str:
    """Return a file of questions with others at its end; what a person wrote in it stays."""
    text = path.read_bytes().decode("utf-8-sig")
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    ((_, items),) = root.value
    lines = _yaml(new).removeprefix("questions:\n")
    whole = f"{text.rstrip()}\n{indent(lines, ' ' * items.start_mark.column)}"
    wanted = [*yaml.safe_load(text)["questions"], *yaml.safe_load(lines)]
    try:
        is_right = yaml.safe_load(whole) == {"questions": wanted}
    except yaml.YAMLError:
        is_right = False
    if not is_right:
        raise ReferenceFileError(
            f"« {path} » ne peut pas être complété sans être réécrit : rien n’a été changé.",
            "Écrivez-y chaque question après un tiret, à la ligne, puis recommencez.",
        )
    return whole
