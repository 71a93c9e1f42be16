"""
The scales of a draft, shared between the questions whose answers they hold.

A scale of a known questionnaire is taken as it is when it holds all the answers; else the answers
make a new one. The form's own codes are added to it: a code that would name two levels of one scale
makes another scale.
"""

import re
from collections.abc import Iterable

from qpref.intake.drafted_scale import Choices, DraftedScale, listed
from qpref.intake.levels import MOST_LEVELS, graded, is_yes_no, outside
from qpref.intake.matching import Lexicon, normalise
from qpref.intake.naming import Names
from qpref.intake.wordings import RANGE, bare
from qpref.reference import Scale

_SAME = {"exact", "normalise"}  # a synonym would put answers under another label
_SHARED = 2  # levels that two questions share when they show parts of one scale
_TO_SAY = "dites quels niveaux sont « favorable: oui » ou « non », puis « type: opinion »"


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
        self._drafted: list[DraftedScale] = []
        asked = list(dict.fromkeys(tuple(group) for group in groups))
        # The longest first: an export shows parts of a scale, that a longer one completes.
        order = asked if is_whole else sorted(asked, key=lambda group: -len(group))
        self._of = {group: self._place(group) for group in order}
        for scale in self._drafted:
            if not scale.known:
                scale.conclude(is_whole=is_whole)
        self._named: dict[str, DraftedScale] = {}
        self._names = Names("echelle")

    def _place(self, choices: Choices) -> DraftedScale:
        """Return the scale of a question: drafted already, known, completed or new."""
        for scale in self._drafted:
            if self._holds(scale, choices) and scale.add_codes(choices):
                return scale
        for name, known in self._known:
            scale = DraftedScale.copy_of(name, known)
            fits = _fits(known, choices) and self._holds(scale, choices)
            if fits and scale.add_codes(choices):
                self._drafted.append(scale)
                return scale
        return self._completed(choices) or self._new(choices)

    def _new(self, choices: Choices) -> DraftedScale:
        labels = [label for _, label in choices]
        scale = DraftedScale.yes_no(labels) if is_yes_no(labels) else DraftedScale([])
        if not scale.add_codes(choices):  # the form's codes, not the usual ones
            for one in scale.levels:
                one["codes"] = []
        scale.add_levels(choices)
        scale.add_codes(choices)
        self._drafted.append(scale)
        return scale

    def _holds(self, scale: DraftedScale, choices: Choices) -> bool:
        """Whether a scale has all these answers, and no other when the form states its own."""
        labels = [label for _, label in choices]
        found = [scale.find(label, by_synonym=is_yes_no(labels)) for label in labels]
        if None in found:
            return False
        own = {one["libelle"] for one in found if one and "etat" not in one}
        return own == set(scale.labels) if self._is_whole else True

    def _completed(self, choices: Choices) -> DraftedScale | None:
        """Return a drafted scale of which these answers show another part, completed."""
        labels = [label for _, label in choices]
        own = [label for label in labels if not outside(label)]
        if self._is_whole or is_yes_no(labels):
            return None
        for scale in self._drafted:
            shared = [label for label in own if scale.find(label)]
            together = [*scale.labels, *(label for label in own if label not in shared)]
            is_one = bool(graded(together)) or all(RANGE.search(bare(one)) for one in together)
            is_part = len(shared) >= _SHARED or (shared and len(shared) == len(own))
            if is_part and not scale.known and is_one and len(together) <= MOST_LEVELS:
                scale.add_levels(choices)
                return scale
        return None

    def name_of(self, choices: Choices) -> str:
        """Return the name of a question's scale, given at its first use."""
        scale = self._of[tuple(choices)]
        for name, one in self._named.items():
            if one is scale:
                return name
        default = "oui_non" if is_yes_no(scale.labels) else f"echelle_{len(self._named) + 1}"
        name = self._names.give(scale.known or default)
        self._named[name] = scale
        return name

    def is_judged(self, choices: Choices) -> bool:
        """Whether the levels of a question's scale are for or against."""
        return self._of[tuple(choices)].is_judged

    def code_of(self, choices: Choices, code: str) -> str | None:
        """Return the level that a code of the form names."""
        found = self._of[tuple(choices)].levels
        return next((one["code"] for one in found if code in one.get("codes", ())), None)

    def mark_paper(self, choices: Choices, is_paper: re.Pattern[str]) -> None:
        """Mark the level of forms keyed by hand, in the scale of the question on the mode."""
        for one in self._of[tuple(choices)].levels:
            if is_paper.search(normalise(one["libelle"])):
                one["saisie"] = "oui"

    @property
    def content(self) -> dict[str, dict[str, object]]:
        """The scales in use, as the questionnaire's file writes them."""
        return {
            name: {
                "ordonnee": "oui" if one.is_ordered else "non",
                **({"favorables": one.favourables} if one.is_judged else {}),
                "modalites": one.levels,
            }
            for name, one in self._named.items()
        }

    def sayings(self) -> tuple[list[str], list[str]]:
        """Return what was guessed of the scales, and the scales whose sides are not clear."""
        new = [(name, one) for name, one in self._named.items() if not one.known]
        guessed = [f"échelle {name} : {one.sides}" for name, one in new if one.is_judged]
        unclear = [
            f"échelle {name} ({listed(one.labels)}) : {one.doubt} ; {_TO_SAY}"
            for name, one in new
            if one.is_unclear
        ]
        return guessed, unclear


def _fits(known: Scale, choices: Choices) -> bool:
    """Whether all these answers are those of a known scale, as it words them."""
    lexicon = Lexicon(known.modalites)
    found = [lexicon.match(label) for _, label in choices]
    return all(match is not None and match.rule in _SAME for match in found)
