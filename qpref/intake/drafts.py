"""Draft questionnaires from an export or a structure file, for an analyst to confirm."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from qpref.intake.export import Column, Export
from qpref.intake.fields import fields_of
from qpref.intake.inspection import ColumnContent, describe, joint_of, tally
from qpref.intake.matching import Lexicon, normalise
from qpref.intake.privacy import may_show
from qpref.questions import PERSONAL, QUESTION_TYPES, Answer, proposed_type
from qpref.reference import Questionnaire
from qpref.wording.text import slug

_NEGATIVE = re.compile(r"\b(pas|peu|mal|jamais|insatisfait|mecontent|mauvais|difficile|non)", re.I)
_POSITIVE = re.compile(
    r"\b(satisfait|content|bien|bon|facile|excellent|toujours|souvent|oui)", re.I
)
_MIDDLE = re.compile(
    r"\b(moyen|moyenne|moyennement|neutre|ni|indifferente?|mitigee?|passable)\b", re.I
)
_SAME = {"exact", "normalise"}  # a synonym would put answers under another label
_BITS = {"0", "1"}
_OUI_NON = {"oui", "non", "x", "o", "n", "yes", "no", "true", "false", "vrai", "faux"}
_STRONG = re.compile(r"\b(tres|tout a fait|excellent|totalement|toujours|du tout|jamais)", re.I)
_OUTSIDE = (
    ("sans_objet", re.compile(r"sans objet|non concerne|^n a$|^so$", re.I)),
    ("nsp", re.compile(r"ne sai[ts] pas|^nsp$|sans avis|se prononce|sans opinion|incertain", re.I)),
)
_GLOBAL = re.compile(r"global|ensemble|general", re.I)
_INSIDE = re.compile(r"^(.*?)\s*\[([^\[\]]+)\]$")
_COMPLETES = re.compile(r"^(.*?)\[(?:other|comment|\w*comment)\]$")
_SYSTEM = {"ipaddr", "token", "firstname", "lastname", "email"}  # of the source, not questions
BOX_SCALE = "oui_non"
_LONGEST = 40
_NOTES = 11  # a number with at most this many values, 0 to 10, is a scale
_HEADER = """# BROUILLON écrit par « qpref dictionnaire proposer », à relire avant tout usage.
# À confirmer : sens des échelles (favorable), question principale, thèmes, textes courts.
# Une fois relu, placez ce fichier dans data/reference/questionnaire, nommé comme sa clé « id ».
"""


@dataclass(frozen=True)
class Draft:
    """
    One question as a source describes it.

    Parameters
    ----------
    theme, text, code
        Group, wording and code in the source.
    shape
        `labels` (one answer), `options` (several), `text`, `number`, `date` or `personal`.
    choices
        Code and label of each answer or option.
    """

    theme: str
    text: str
    code: str
    shape: str
    choices: Sequence[tuple[str, str]] = field(default_factory=tuple)


def drafts_of(export: Export) -> list[Draft]:
    """Return one draft a column; the boxes of one question are put together."""
    found: list[Draft] = []
    boxes: dict[str, list[tuple[str, str]]] = {}
    fields = fields_of(export)
    for column in export.columns:
        if column.index in fields:
            found.append(Draft("", column.heading, column.code, f"field:{fields[column.index]}"))
            continue
        if column.role not in {"question", "personnel"} or not column.heading:
            continue
        if column.code in _SYSTEM:
            continue
        facts = describe(export.rows, column)
        wording = _wording(column)
        inside = _INSIDE.match(wording)
        is_boxed = facts["type"] is ColumnContent.YES_NO or set(facts["valeurs"] or "?") <= _BITS
        if inside and is_boxed:
            parent, code = inside.group(1), column.code.split("[")[0]
            if parent not in boxes:
                boxes[parent] = []
                found.append(Draft("", parent, code, "options", boxes[parent]))
            boxes[parent].append((column.code.partition("[")[2].rstrip("]"), inside.group(2)))
            continue
        found.append(_draft(column, wording, facts, tally(export.rows, column)))
    return found


def _wording(column: Column) -> str:
    heading = column.heading
    if column.code and heading.startswith(column.code):
        heading = heading[len(column.code) :].lstrip(" .:")
    return heading or column.code


def _draft(column: Column, wording: str, facts: dict[str, Any], texts: Iterable[str]) -> Draft:
    values = list(facts["valeurs"] or {})
    if facts["type"] is ColumnContent.PERSONAL:
        return Draft("", wording, column.code, "personal")
    if facts["type"] is ColumnContent.JOINED:
        joint = joint_of(texts)
        labels = sorted({part.strip() for text in texts for part in text.split(joint)} - {""})
        labels = [label for label in labels if may_show(label)]
        return Draft("", wording, column.code, "options", [("", label) for label in labels])
    if facts["type"] in {ColumnContent.CHOICE, ColumnContent.YES_NO} or (
        facts["type"] is ColumnContent.NUMBER and 0 < len(values) <= _NOTES
    ):
        return Draft("", wording, column.code, "labels", [("", value) for value in values])
    shape = {ColumnContent.NUMBER: "number", ColumnContent.DATE: "date"}.get(facts["type"], "text")
    return Draft("", wording, column.code, shape)


def propose(
    drafts: Iterable[Draft], name: str, source: str, known: Iterable[Questionnaire] = ()
) -> str:
    """
    Return a draft questionnaire as YAML that loads, every guess marked « suppose ».

    Parameters
    ----------
    drafts
        The questions.
    name, source
        Identifier of the draft, and the file it comes from.
    known
        Questionnaires whose scales are reused when all the labels are theirs.
    """
    builder = _Builder([scale for q in known for scale in q.echelles.items()])
    for draft in drafts:
        builder.add(draft)
    content = yaml.safe_dump(
        builder.content(name, source), allow_unicode=True, sort_keys=False, width=110
    )
    return _HEADER + content


class _Builder:
    def __init__(self, known: Sequence[tuple[str, Any]]) -> None:
        self._known = known
        self._scales: dict[str, dict[str, Any]] = {
            BOX_SCALE: {
                "ordonnee": "non",
                "modalites": [
                    {
                        "code": "oui",
                        "libelle": "Oui",
                        "synonymes": ["x", "o", "yes", "true", "vrai"],
                        "codes": ["1", "Y"],
                    },
                    {
                        "code": "non",
                        "libelle": "Non",
                        "synonymes": ["n", "no", "false", "faux"],
                        "codes": ["0", "2", "N"],
                    },
                ],
            }
        }
        self._themes: dict[str, str] = {}
        self._questions: list[dict[str, Any]] = []
        self._names: set[str] = set()
        self._by_code: dict[str, str] = {}

    def add(self, draft: Draft) -> None:
        """Add one question, and its scale when it is a new one."""
        theme = identifier(draft.theme) or "questions"
        self._themes.setdefault(theme, draft.theme or "Questions")
        question: dict[str, Any] = {
            "id": self._name(draft.text or draft.code),
            "theme": theme,
            "type": proposed_type(Answer.TEXT),
            "texte": draft.text or draft.code,
            "texte_court": (draft.text or draft.code)[:60],
            "limesurvey": draft.code or None,
            "entetes": [],
        }
        completed = _COMPLETES.match(draft.code)
        if completed and completed.group(1) in self._by_code:
            question["parent"] = self._by_code[completed.group(1)]
        self._by_code.setdefault(draft.code.split("[")[0], question["id"])
        kind, _, own = draft.shape.partition(":")
        if kind == "field":
            field_type = proposed_type(Answer.FIELD)
            question |= {"id": self._name(own), "type": field_type, "role": own}
            question["entetes"] = [draft.text]
        elif draft.shape == "personal":
            question |= {"type": proposed_type(Answer.FIELD), "role": PERSONAL}
        elif draft.shape == "options":
            question["type"] = proposed_type(Answer.BOXES)
            codes = _distinct_codes([label for _, label in draft.choices])
            question["options"] = [
                {"code": own, "libelle": label, "limesurvey": code or None}
                for own, (code, label) in zip(codes, draft.choices, strict=True)
            ]
        elif draft.shape == "labels" and draft.choices:
            scale = self._scale(draft.choices)
            question["echelle"] = scale
            ordered = self._scales[scale]["ordonnee"] == "oui"
            question["type"] = proposed_type(Answer.LEVEL, is_judged=ordered)
        self._questions.append(question)

    def _name(self, text: str) -> str:
        base = identifier(text) or "question"
        name, number = base, 2
        while name in self._names:
            name, number = f"{base}_{number}", number + 1
        self._names.add(name)
        return name

    def _scale(self, choices: Sequence[tuple[str, str]]) -> str:
        """Return the name of a scale with these labels: known, already drafted, or new."""
        labels = [label for _, label in choices]
        if {normalise(label) for label in labels} <= _OUI_NON:
            return BOX_SCALE
        for name, scale in self._known:
            lexicon = Lexicon(scale.modalites)
            if all((found := lexicon.match(label)) and found.rule in _SAME for label in labels):
                self._scales.setdefault(name, scale.model_dump(mode="json", exclude_none=True))
                self._scales[name]["ordonnee"] = "oui" if scale.ordonnee else "non"
                for modality in self._scales[name]["modalites"]:
                    if "favorable" in modality:
                        modality["favorable"] = "oui" if modality["favorable"] else "non"
                return name
        modalities = _modalities(choices)
        for name, drafted in self._scales.items():
            if {m["libelle"] for m in modalities} <= {m["libelle"] for m in drafted["modalites"]}:
                return name
        name = f"echelle_{len(self._scales)}"
        judged = any("favorable" in modality for modality in modalities)
        self._scales[name] = {"ordonnee": "oui" if judged else "non", "modalites": modalities}
        return name

    def content(self, name: str, source: str) -> dict[str, Any]:
        """Return the whole draft; its main question is a guess, or a scale if there is one."""
        scaled = [q for q in self._questions if QUESTION_TYPES[q["type"]].is_judged]
        main = next((q for q in scaled if _GLOBAL.search(q["texte"])), None)
        if main:
            main["role"] = "satisfaction_globale"
        free = proposed_type(Answer.TEXT)
        texts = [q["id"] for q in self._questions if q["type"] == free]
        return {
            "id": name,
            "libelle": f"Brouillon d’après {source}",
            "certitude": "suppose",
            "source": source,
            "themes": self._themes,
            "echelles": self._scales,
            "questions": self._questions,
            **({"essais": {"question": texts[-1], "vaut": ["test", "essai"]}} if texts else {}),
        }


def identifier(text: str) -> str:
    """
    Return a short key for a wording.

    Examples
    --------
    >>> identifier("Le temps d’attente, au guichet")
    'le_temps_d_attente_au_guichet'
    """
    return slug(text).replace("-", "_")[:_LONGEST].strip("_")


def _distinct_codes(labels: Sequence[str]) -> list[str]:
    """Return a code for each option, different even where their first letters are the same."""
    found: list[str] = []
    for number, label in enumerate(labels, start=1):
        code = identifier(label) or f"option_{number}"
        found.append(f"{code[: _LONGEST - 4].rstrip('_')}_{number}" if code in found else code)
    return found


def _modalities(choices: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the answers of a new scale, best first; what is for or against is a guess."""
    found = []
    for code, label in choices:
        plain = normalise(label)
        outside = next((state for state, form in _OUTSIDE if form.search(plain)), None)
        modality: dict[str, Any] = {"code": identifier(label) or f"code_{code}", "libelle": label}
        if code:
            modality["codes"] = [code]
        if outside:
            modality["etat"] = outside
        elif favourable := _leaning(plain):
            modality["favorable"] = favourable
        found.append(modality)
    judged = [m for m in found if "favorable" in m]
    if not {m["favorable"] for m in judged} >= {"oui", "non"}:  # no two sides: no judgement
        for modality in judged:
            del modality["favorable"]
        return _distinct(found)
    return _distinct(sorted(found, key=_rank))


def _leaning(plain: str) -> str | None:
    """Return whether an answer is for or against; a middle one is neither."""
    if _MIDDLE.search(plain):
        return None
    if _NEGATIVE.search(plain):
        return "non"
    return "oui" if _POSITIVE.search(plain) else None


def _rank(modality: dict[str, Any]) -> int:
    if "etat" in modality:
        return 9
    strong = bool(_STRONG.search(normalise(modality["libelle"])))
    return {"oui": 1 - strong, None: 2, "non": 3 + strong}[modality.get("favorable")]


def _distinct(modalities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each answer a code of its own (labels may differ by their case only)."""
    seen: dict[str, dict[str, Any]] = {}
    for modality in modalities:
        kept = seen.get(modality["code"])
        if kept is None:
            seen[modality["code"]] = modality
        elif normalise(kept["libelle"]) != normalise(modality["libelle"]):
            modality["code"] = f"{modality['code'][:36]}_{len(seen)}"
            seen[modality["code"]] = modality
    return list(seen.values())
