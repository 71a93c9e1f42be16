"""Rewrite reference files of earlier versions in the current format."""

from collections.abc import Mapping
from typing import Any

# Questions that had a meaning by their identifier, before roles.
_ROLES = {
    "site": "site",
    "mode": "mode",
    "date_visite": "date",
    "demi_journee": "demi_journee",
    "guichet": "guichet",
    "numero": "numero",
    "categorie_usager": "categorie_usager",
    "motif": "motif",
    "tranche_age": "tranche_age",
    "retraite": "retraite",
    "aisance_numerique": "aisance_numerique",
}
_FORMER_TYPES = {"echelle", "contact"}
_YES = {"oui", "yes", "true", True}


def is_former(content: object) -> bool:
    """Whether a questionnaire was written before roles existed."""
    questions = _questions(content)
    if any("role" in question for question in questions):
        return False
    return any(q.get("type") in _FORMER_TYPES or "principale" in q for q in questions)


def renewed(content: Any) -> Any:  # noqa: ANN401 - what YAML holds, not validated yet
    """
    Return a questionnaire with the roles and types that an earlier version implied.

    Parameters
    ----------
    content
        As read from YAML; returned as it is when it is of this version, or no questionnaire.
    """
    if not is_former(content):
        return content
    found = content.get("echelles")
    scales = found if isinstance(found, Mapping) else {}
    judged = {name: _favourable(scale) for name, scale in scales.items()}
    eased = {q.get("echelle") for q in _questions(content) if q.get("id") == "aisance_numerique"}
    modes = {q.get("echelle") for q in _questions(content) if q.get("id") == "mode"}
    renewed_scales = {n: _scale(s, judged[n], is_mode=n in modes) for n, s in scales.items()}
    renewed_scales |= {n: _eased(scales[n]) for n in eased & scales.keys() if not judged[n]}
    return {
        **content,
        "questions": [_question(q, judged) for q in content["questions"]],
        **({"echelles": renewed_scales} if scales else {}),
    }


def _questions(content: object) -> list[Mapping[str, Any]]:
    found = content.get("questions") if isinstance(content, Mapping) else None
    return [q for q in found if isinstance(q, Mapping)] if isinstance(found, list) else []


def _favourable(scale: object) -> list[str]:
    """Return the labels of the favourable levels of a scale."""
    levels = scale.get("modalites") if isinstance(scale, Mapping) else None
    return [
        str(level.get("libelle", ""))
        for level in (levels if isinstance(levels, list) else [])
        if isinstance(level, Mapping) and level.get("favorable") in _YES
    ]


def _scale(scale: Any, favourable: list[str], *, is_mode: bool) -> Any:  # noqa: ANN401
    """Return a scale that says who its favourable levels are, and which form is keyed by hand."""
    if is_mode and isinstance(scale, Mapping) and isinstance(scale.get("modalites"), list):
        return {**scale, "modalites": [_keyed(level) for level in scale["modalites"]]}
    if not favourable or "favorables" in scale:
        return scale
    satisfied = all("satisfait" in label.casefold() for label in favourable)
    return {**scale, "favorables": "usagers satisfaits"} if satisfied else scale


def _eased(scale: Any) -> Any:  # noqa: ANN401
    """Return a scale of ease whose upper half is favourable, as it was counted."""
    levels = scale.get("modalites") if isinstance(scale, Mapping) else None
    if not isinstance(levels, list) or not all(isinstance(level, Mapping) for level in levels):
        return scale
    answers = [level for level in levels if level.get("etat", "repondu") == "repondu"]
    upper = answers[: len(answers) // 2]
    sides = [
        {**level, "favorable": "oui" if level in upper else "non"} if level in answers else level
        for level in levels
    ]
    return {**scale, "modalites": sides}


def _keyed(level: Any) -> Any:  # noqa: ANN401
    is_paper = isinstance(level, Mapping) and level.get("code") == "papier"
    return {**level, "saisie": "oui"} if is_paper else level


def _question(question: Any, judged: Mapping[str, list[str]]) -> Any:  # noqa: ANN401
    if not isinstance(question, Mapping):
        return question
    found = {key: value for key, value in question.items() if key != "principale"}
    kind, is_opinion = question.get("type"), bool(judged.get(question.get("echelle", "")))
    if kind == "echelle":
        found["type"] = "opinion" if is_opinion else "unique"
    if kind == "contact":
        found |= {"type": "technique", "role": "coordonnees"}
    if question.get("id") in _ROLES and kind in {"technique", "unique", "echelle"}:
        found["role"] = _ROLES[question["id"]]
    options = question.get("options")
    if isinstance(options, list) and any(
        isinstance(o, Mapping) and o.get("service_public") in _YES for o in options
    ):
        found["role"] = "aide"
    if question.get("principale") in _YES and is_opinion and kind == "echelle":
        found["role"] = "satisfaction_globale"
    return found
