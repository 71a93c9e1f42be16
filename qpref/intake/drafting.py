"""From the questions of a form to a draft questionnaire, which says what was guessed."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml
from yaml.reader import Reader

from qpref.intake.draft_scales import Scales
from qpref.intake.drafts import Draft, DraftedForm, Shape
from qpref.intake.levels import praises
from qpref.intake.marks import is_recommendation
from qpref.intake.matching import Lexicon
from qpref.intake.naming import Names
from qpref.intake.roles import Roles, roles_of
from qpref.intake.wordings import INSTRUCTION, PAPER, PUBLIC_SERVICE, UNIT, bare
from qpref.questions import GROUPS, ROLES, Answer, proposed_type
from qpref.reference import Questionnaire
from qpref.wording.text import heading

_WIDTH = 110
_SHORT = 60
_NPS = (0, 10)
_ASKED = {
    Shape.BOXES: Answer.BOXES,
    Shape.NUMBER: Answer.NUMBER,
    Shape.DATE: Answer.DAY,
    Shape.TEXT: Answer.TEXT,
    Shape.PERSONAL: Answer.FIELD,
    Shape.RECORD: Answer.FIELD,
}
_CODE = re.compile(r"^[A-Z]{0,2}\d+$")
_LITTLE_NUMBER = re.compile(r"^(?:\d|10)$")
_TRIALS = ["test", "essai"]
_TITLE = "BROUILLON écrit par « qpref dictionnaire proposer », à relire avant tout usage."
_PLACE = (
    "Une fois relu, placez ce fichier dans data/reference/questionnaire, nommé comme sa clé « id »."
)


def propose(
    form: DraftedForm,
    name: str,
    source: str,
    known: Iterable[Questionnaire] = (),
    sites: Lexicon | None = None,
) -> str:
    """
    Return a draft questionnaire as YAML that loads; its first lines say what was guessed.

    Parameters
    ----------
    form
        The questions.
    name, source
        Identifier of the draft, and the file it comes from.
    known
        Questionnaires whose scales are reused when all the labels are theirs.
    sites
        The project's sites, by whose names a column of sites is known.
    """
    scales = [scale for questionnaire in known for scale in questionnaire.echelles.items()]
    builder = _Builder(form, scales, sites)
    content = builder.content(name, source)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return _comment(builder.sayings()) + text


def _short(text: str) -> str:
    """Return a wording without how to answer it, cut where it is too long for a row."""
    told = heading(INSTRUCTION.sub("", text)) or text
    return textwrap.shorten(told, _SHORT, placeholder="…") or text[:_SHORT]


def _comment(paragraphs: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return the first lines of the draft: titles, and lists under them."""
    lines = [_TITLE]
    for title, items in paragraphs:
        lines += ["", title] if items else []
        for item in items:
            told = Reader.NON_PRINTABLE.sub(" ", item)
            lines += textwrap.wrap(
                " ".join(told.split()), _WIDTH - 2, initial_indent="- ", subsequent_indent="  ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
    return "".join(f"# {line}".rstrip() + "\n" for line in [*lines, "", _PLACE])


class _Builder:
    def __init__(
        self, form: DraftedForm, known: Sequence[tuple[str, Any]], sites: Lexicon | None
    ) -> None:
        self._form, self._guesses, self._doubts = form, [], []  # type: ignore[var-annotated]
        closed = [d.choices for d in form.drafts if d.shape is Shape.LEVEL]
        self._scales = Scales(closed, known, is_whole=form.is_whole)
        judged = [self._is_judged(draft) for draft in form.drafts]
        self._roles: Roles = roles_of(form, judged, sites)
        self._ids, self._themes = self._identifiers(), self._theme_names()
        self._by_code = {
            draft.code.split("[")[0]: place
            for place, draft in reversed(list(enumerate(form.drafts)))
            if draft.code
        }
        self._questions = [self._question(place) for place in range(len(form.drafts))]

    def _is_judged(self, draft: Draft) -> bool:
        return (
            draft.shape is Shape.LEVEL
            and self._scales.is_judged(draft.choices)
            and praises(draft.text, draft.labels)
        )

    def _identifiers(self) -> list[str]:
        """Return the identifier of each question: its role when it is a fact of the fieldwork."""
        names = Names("question")
        facts = {
            place: names.give(role)
            for place, role in self._roles.borne.items()
            if ROLES[role].types == ("technique",) and not ROLES[role].may_repeat
        }
        return [
            facts.get(place) or names.give(draft.short or draft.text or draft.code)
            for place, draft in enumerate(self._form.drafts)
        ]

    def _theme_names(self) -> dict[str, str]:
        names = Names("theme")
        themes = dict.fromkeys(draft.theme or "Questions" for draft in self._form.drafts)
        return {theme: names.give(theme) for theme in themes}

    def _question(self, place: int) -> dict[str, Any]:
        """Return one question as the file writes it."""
        draft = self._form.drafts[place]
        role = self._roles.borne.get(place)
        text = draft.text or draft.code
        question: dict[str, Any] = {
            "id": self._ids[place],
            "theme": self._themes[draft.theme or "Questions"],
            "type": self._type(draft, role),
        }
        question |= {"role": role} if role else {}
        question |= {
            "texte": text,
            "texte_court": _short(draft.short or text),
        }
        question |= {"limesurvey": draft.code} if draft.code else {}
        question |= self._details(draft, role) | self._links(place)
        self._tell(place, question)
        return question

    def _type(self, draft: Draft, role: str | None) -> str:
        if role and ROLES[role].types == ("technique",):
            return proposed_type(Answer.FIELD)
        if draft.shape is Shape.LEVEL:
            is_judged = self._is_judged(draft) and role not in GROUPS
            return proposed_type(Answer.LEVEL, is_judged=is_judged)
        if draft.shape is Shape.MARK:
            return proposed_type(Answer.NUMBER, is_marked=True)
        return proposed_type(_ASKED[draft.shape])

    def _details(self, draft: Draft, role: str | None) -> dict[str, Any]:
        """Return the keys that a type of question has: scale, options, bounds, unit."""
        if role and ROLES[role].types == ("technique",):
            return {}
        if draft.shape is Shape.LEVEL:
            if role == "mode":
                self._scales.mark_paper(draft.choices, PAPER)
            return {"echelle": self._scales.name_of(draft.choices)}
        if draft.shape is Shape.BOXES:
            return {"options": self._options(draft, role)}
        if draft.shape is Shape.MARK:
            low, high = (int(bound) if bound == int(bound) else bound for bound in draft.bounds)
            is_nps = (low, high) == _NPS and is_recommendation(draft.text)
            return {"minimum": low, "maximum": high, **({"nps": "oui"} if is_nps else {})}
        unit = UNIT.search(bare(draft.text)) if draft.shape is Shape.NUMBER else None
        return {"unite": unit[1]} if unit else {}

    def _options(self, draft: Draft, role: str | None) -> list[dict[str, Any]]:
        names = Names("option")
        public = [role == "aide" and bool(PUBLIC_SERVICE.search(bare(t))) for t in draft.labels]
        return [
            {
                "code": names.give(label),
                "libelle": label,
                **({"service_public": "oui"} if is_public else {}),
                **({"limesurvey": code} if code else {}),
            }
            for (code, label), is_public in zip(draft.choices, public, strict=True)
        ]

    def _links(self, place: int) -> dict[str, Any]:
        """Return the questions that this one completes, or that open it."""
        draft = self._form.drafts[place]
        found: dict[str, Any] = {}
        parent = self._by_code.get(draft.code.split("[")[0]) if "[" in draft.code else None
        if draft.shape is Shape.TEXT and parent is not None and parent != place:
            found["parent"] = self._ids[parent]
        if draft.asked_if:
            code, values = draft.asked_if
            opener = self._by_code.get(code)
            levels = self._levels_of(opener, values)
            if opener is not None and levels:
                found["filtre"] = {"question": self._ids[opener], "vaut": levels}
            else:
                self._doubts.append(
                    f"{self._ids[place]} : sa condition (sur {code}) n’est pas reprise"
                )
        return found

    def _levels_of(self, place: int | None, codes: Sequence[str]) -> list[str]:
        """Return the levels that codes of the form name, none when one is not known."""
        if place is None or self._form.drafts[place].shape is not Shape.LEVEL:
            return []
        choices = self._form.drafts[place].choices
        found = [self._scales.code_of(choices, code) for code in codes]
        return [] if None in found else [str(code) for code in found]

    def _tell(self, place: int, question: dict[str, Any]) -> None:
        """Note what was guessed of a question, and what could not be."""
        name = question["id"]
        if place in self._roles.guesses:
            why = self._roles.guesses[place]
            self._guesses.append(f"{name} : rôle {question['role']} ({why})")
        if "minimum" in question:
            nps = " ; nps, car elle demande si l’on recommande" if "nps" in question else ""
            bounds = f"{question['minimum']} à {question['maximum']}"
            self._guesses.append(
                f"{name} : note de {bounds}, d’après ses réponses et son texte{nps}"
            )
        services = [o["libelle"] for o in question.get("options", ()) if "service_public" in o]
        if services:
            said = ", ".join(f"« {label} »" for label in services)
            self._guesses.append(f"{name} : services publics, d’après leur nom : {said}")
        doubts = self._doubts_of(self._form.drafts[place], question)
        self._doubts += [f"{name} : {doubt}" for doubt in doubts]

    def _doubts_of(self, draft: Draft, question: dict[str, Any]) -> Iterator[str]:
        """Yield what could not be told of a question."""
        is_level = draft.shape is Shape.LEVEL
        if draft.doubt:
            yield draft.doubt
        if draft.shape is Shape.RECORD and "role" not in question:
            yield "colonne reconnue mais inutilisée (numéro ou code)"
        if question.get("role") == "site" and any(code for code, _ in draft.choices):
            yield (
                "exportez les réponses complètes, ou ajoutez ses codes aux « alias » des sites "
                "(sites.yml)"
            )
        if is_level and all(map(_CODE.match, draft.labels)):
            yield "ses réponses sont des codes, écrivez leurs libellés"
        numbers = draft.seen if draft.shape is Shape.NUMBER else ()
        if numbers and all(map(_LITTLE_NUMBER.match, numbers)):
            yield "un nombre, ou une note (type: note, minimum, maximum) ?"
        if is_level and self._scales.is_judged(draft.choices) and not self._is_judged(draft):
            yield "son texte parle d’une difficulté : type « unique »"

    def content(self, name: str, source: str) -> dict[str, Any]:
        """Return the whole draft."""
        free = proposed_type(Answer.TEXT)
        texts = [q["id"] for q in self._questions if q["type"] == free and "parent" not in q]
        scales = self._scales.content
        return {
            "id": name,
            "libelle": f"Brouillon d’après {source}",
            "certitude": "suppose",
            "source": source,
            "themes": {name: heading(theme) for theme, name in self._themes.items()},
            **({"echelles": scales} if scales else {}),
            "questions": self._questions,
            **({"essais": {"question": texts[-1], "vaut": _TRIALS}} if texts else {}),
        }

    def sayings(self) -> list[tuple[str, list[str]]]:
        """Return what the draft says first: guesses, what was not guessed, roles that lack."""
        guessed, unclear = self._scales.sayings()
        missing = [
            f"{name} ({ROLES[name].meaning}) ; non dit : {ROLES[name].allows}"
            for name in self._roles.missing
        ]
        unsaid = [*unclear, *self._doubts, *self._roles.doubts, *self._unsaid()]
        return [
            ("Deviné, à confirmer :", [*guessed, *self._guesses]),
            ("Pas deviné, à dire vous-même :", unsaid),
            ("Rôles que personne ne porte, et ce que le rapport ne dira donc pas :", missing),
        ]

    def _unsaid(self) -> list[str]:
        """Return what the file does not say of where and when."""
        said = []
        if "site" not in self._roles.found:
            said.append("site : aucune question ne le porte ; importez site par site, avec --site")
        if "date" not in self._roles.found and not self._form.is_dated:
            said.append(
                "date : aucune colonne ne la dit ; importez avec --date-unique ou --sans-date"
            )
        return said
