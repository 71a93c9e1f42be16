"""
The scales of a draft, shared between the questions whose answers they hold.

A scale of a known questionnaire is taken as it is when it holds all the answers; else the answers
make a new one. The form's own codes are added to it: a code that would name two levels of one scale
makes another scale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qpref.intake.levels import (
    MOST_LEVELS,
    favourable,
    favourable_name,
    graded,
    is_yes_no,
    outside,
    rank,
)
from qpref.intake.matching import Lexicon, normalise
from qpref.intake.naming import Names
from qpref.intake.wordings import RANGE, YES_NO, bare
from qpref.reference import FAVOURABLE, TICKED, Modality, Scale

Choices = Sequence[tuple[str, str]]
_SAME = {"exact", "normalise"}  # a synonym would put answers under another label
_LAST = (1e9, 0.0)  # what is no opinion ends a scale
_SHARED = 2  # levels that two questions share when they show parts of one scale


@dataclass
class _Drafted:
    """One scale: its levels, and where it comes from."""

    levels: list[dict[str, Any]]
    is_ordered: bool = False
    favourables: str = FAVOURABLE
    known: str = ""  # its name in the questionnaire it comes from
    uses: int = 0

    def level(self, label: str, *, by_synonym: bool = False) -> dict[str, Any] | None:
        """Return the level that bears a label."""
        plain = normalise(label)
        for one in self.levels:
            texts = [one["libelle"], *(one.get("synonymes", ()) if by_synonym else ())]
            if plain in map(normalise, texts):
                return one
        return None

    @property
    def labels(self) -> list[str]:
        """The answers that state an opinion or a fact."""
        return [one["libelle"] for one in self.levels if "etat" not in one]

    @property
    def judged(self) -> bool:
        """Whether its levels are for or against."""
        return any("favorable" in one for one in self.levels)


class Scales:
    """
    The scales of a form.

    Parameters
    ----------
    groups
        Codes and labels of each closed question, in order.
    known
        Scales of the project, by name.
    is_whole
        Whether the groups are all that the form offers, in its order.
    """

    def __init__(
        self, groups: Iterable[Choices], known: Iterable[tuple[str, Scale]], *, is_whole: bool
    ) -> None:
        self._known, self._is_whole = list(known), is_whole
        self._drafted: list[_Drafted] = []
        asked = list(dict.fromkeys(tuple(group) for group in groups))
        order = asked if is_whole else sorted(asked, key=lambda group: -len(group))
        self._of = {group: self._place(group) for group in order}
        for scale in self._drafted:
            _conclude(scale, is_whole=is_whole)
        used = list({id(self._of[group]): self._of[group] for group in asked}.values())
        names = Names("echelle")
        self._names = {id(one): names.give(one.known or self._default(one, used)) for one in used}
        self._used = used

    def _default(self, scale: _Drafted, used: list[_Drafted]) -> str:
        if is_yes_no(scale.labels):
            return "oui_non"
        return f"echelle_{1 + sum(not one.known for one in used[: used.index(scale)])}"

    def _place(self, choices: Choices) -> _Drafted:
        """Return the scale of a question: drafted already, known, or new."""
        for scale in self._drafted:
            if self._holds(scale, choices) and _add_codes(scale, choices):
                return scale
        for name, known in self._known:
            scale = _copied(name, known)
            if (
                self._fits(known, choices)
                and self._holds(scale, choices)
                and _add_codes(scale, choices)
            ):
                self._drafted.append(scale)
                return scale
        scale = self._extended(choices) or self._new(choices)
        return scale

    def _new(self, choices: Choices) -> _Drafted:
        labels = [label for _, label in choices]
        scale = _yes_no(labels) if is_yes_no(labels) else _Drafted([])
        _add_levels(scale, choices)
        _add_codes(scale, choices)
        self._drafted.append(scale)
        return scale

    def _fits(self, known: Scale, choices: Choices) -> bool:
        """Whether all these answers are those of a known scale, as it words them."""
        lexicon = Lexicon(known.modalites)
        found = [lexicon.match(label) for _, label in choices]
        return all(match and match.rule in _SAME for match in found)

    def _holds(self, scale: _Drafted, choices: Choices) -> bool:
        """Whether a scale has all these answers, and no other when the form states its own."""
        labels = [label for _, label in choices]
        found = [scale.level(label, by_synonym=is_yes_no(labels)) for label in labels]
        if None in found:
            return False
        own = {one["libelle"] for one in found if one and "etat" not in one}
        return own == set(scale.labels) if self._is_whole else True

    def _extended(self, choices: Choices) -> _Drafted | None:
        """Return a drafted scale of which these answers show another part, completed."""
        labels = [label for _, label in choices]
        own = [label for label in labels if not outside(label)]
        if self._is_whole or is_yes_no(labels):
            return None
        for scale in self._drafted:
            shared = sum(scale.level(label) is not None for label in own)
            together = [*scale.labels, *(label for label in own if scale.level(label) is None)]
            is_one = graded(together) is not None or all(RANGE.search(bare(t)) for t in together)
            is_part = shared >= _SHARED or shared == len(own)
            if is_part and not scale.known and is_one and len(together) <= MOST_LEVELS:
                _add_levels(scale, choices)
                return scale
        return None

    def name_of(self, choices: Choices) -> str:
        """Return the name of a question's scale."""
        return self._names[id(self._of[tuple(choices)])]

    def is_judged(self, choices: Choices) -> bool:
        """Whether the levels of a question's scale are for or against."""
        return self._of[tuple(choices)].judged

    def code_of(self, choices: Choices, code: str) -> str | None:
        """Return the level that a code of the form names."""
        found = self._of[tuple(choices)].levels
        return next((one["code"] for one in found if code in one.get("codes", ())), None)

    def mark_paper(self, choices: Choices, is_paper: Any) -> None:  # noqa: ANN401 - a pattern
        """Mark the level of forms keyed by hand, in the scale of the question on the mode."""
        for one in self._of[tuple(choices)].levels:
            if is_paper.search(normalise(one["libelle"])):
                one["saisie"] = "oui"

    @property
    def content(self) -> dict[str, dict[str, Any]]:
        """The scales as the questionnaire's file writes them."""
        return {
            self._names[id(one)]: {
                "ordonnee": "oui" if one.is_ordered else "non",
                **({"favorables": one.favourables} if one.judged else {}),
                "modalites": one.levels,
            }
            for one in self._used
        }

    def sayings(self) -> tuple[list[str], list[str]]:
        """Return what was guessed of the scales, and the scales whose sides are not clear."""
        guessed, unclear = [], []
        for one in self._used:
            name = self._names[id(one)]
            if one.judged and not one.known:
                guessed.append(f"échelle {name} : {_sides(one)}")
            elif (
                not one.known
                and one.is_ordered
                and graded(one.labels)
                and not is_yes_no(one.labels)
            ):
                unclear.append(
                    f"échelle {name} ({_listed(one.labels)}) : les côtés ne sont pas sûrs ; dites "
                    "quels niveaux sont « favorable: oui » ou « non », puis « type: opinion »"
                )
        return guessed, unclear


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(f"« {label} »" for label in labels) or "aucun"


def _sides(scale: _Drafted) -> str:
    sides: dict[str, list[str]] = {"oui": [], "non": [], "": []}
    for one in scale.levels:
        if "etat" not in one:
            sides[one.get("favorable", "")].append(one["libelle"])
    middle = f" ; ni l’un ni l’autre : {_listed(sides[''])}" if sides[""] else ""
    return f"favorables : {_listed(sides['oui'])} ; défavorables : {_listed(sides['non'])}{middle}"


def _copied(name: str, scale: Scale) -> _Drafted:
    """Return a known scale as a draft writes it."""
    levels = []
    for one in scale.modalites:
        level: dict[str, Any] = {"code": one.code, "libelle": one.libelle}
        if one.favorable is not None:
            level["favorable"] = "oui" if one.favorable else "non"
        levels.append(level | _more(one))
    return _Drafted(levels, scale.ordonnee, scale.favorables, known=name)


def _more(one: Modality) -> dict[str, Any]:
    """Return the state, synonyms and codes of a level, those that it has."""
    return {
        **({"etat": one.etat} if one.etat != "repondu" else {}),
        **({"synonymes": list(one.synonymes)} if one.synonymes else {}),
        **({"codes": list(one.codes)} if one.codes else {}),
        **({"saisie": "oui"} if one.saisie else {}),
    }


def _yes_no(labels: Sequence[str]) -> _Drafted:
    """Return the scale of yes and no, as boxes are read; the wording of the form stays known."""
    return _Drafted(
        [
            {
                "code": one.code,
                "libelle": one.libelle,
                "synonymes": sorted(
                    {*YES_NO[one.code], *(t for t in labels if bare(t) in YES_NO[one.code])}
                    - {one.code, one.libelle}
                ),
                "codes": list(one.codes),
            }
            for one in TICKED.answers
        ]
    )


def _add_levels(scale: _Drafted, choices: Choices) -> None:
    """Add the levels that a scale has not yet, each under a code of its own."""
    names = Names("niveau")
    for one in scale.levels:
        names.give(one["code"])
    for _, label in choices:
        if scale.level(label, by_synonym=True) is None:
            level: dict[str, Any] = {"code": names.give(label), "libelle": label}
            if state := outside(label):
                level["etat"] = state
            scale.levels.append(level)


def _add_codes(scale: _Drafted, choices: Choices) -> bool:
    """Add the form's codes to the levels; return False, nothing added, when one names two."""
    added: list[tuple[dict[str, Any], str]] = []
    for code, label in choices:
        level = scale.level(label, by_synonym=True)
        if not code or level is None:
            continue
        if any(
            code in (*one.get("codes", ()), one["code"]) for one in scale.levels if one is not level
        ):
            return False
        added.append((level, code))
    for level, code in added:
        if code not in level.get("codes", ()):
            level["codes"] = [*level.get("codes", ()), code]
    return True


def _conclude(scale: _Drafted, *, is_whole: bool) -> None:
    """Say which levels are favourable when their sides are clear, and put them in order."""
    if scale.known:
        return
    labels = scale.labels
    sides: Mapping[str, bool | None] | None = favourable(labels, is_whole=is_whole)
    places = {label: rank(label) for label in labels}
    if sides:
        for one in scale.levels:
            side = sides.get(one["libelle"])
            if side is not None:
                one["favorable"] = "oui" if side else "non"
        scale.favourables = favourable_name([label for label, side in sides.items() if side])
    scale.is_ordered = not is_yes_no(labels) and (
        bool(sides)
        or graded(labels) is not None
        or (len(labels) > 1 and all(RANGE.search(bare(label)) for label in labels))
    )
    if scale.is_ordered and (sides or not is_whole):
        scale.levels.sort(key=lambda one: places.get(one["libelle"]) or _LAST)
    elif not is_whole and all(places.values()):  # numbered answers
        scale.levels.sort(key=lambda one: places.get(one["libelle"]) or _LAST)
