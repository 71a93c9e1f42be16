"""One scale of a draft: its levels and their codes, which are favourable, and in what order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from qpref.intake.levels import (
    favourable,
    favourable_name,
    graded,
    is_yes_no,
    level,
    outside,
    rank,
)
from qpref.intake.matching import normalise
from qpref.intake.naming import Names
from qpref.intake.wordings import RANGE, YES_NO, bare
from qpref.reference import FAVOURABLE, TICKED, Modality, Scale

Choices = Sequence[tuple[str, str]]
_LAST = (1e9, 0.0)  # what is no opinion ends a scale


@dataclass
class DraftedScale:
    """
    A scale as the questionnaire's file writes it.

    Parameters
    ----------
    levels
        Its levels, as dictionaries of the keys of the file.
    is_ordered
        Whether they have an order.
    favourables
        Who chose a favourable level.
    known
        Its name in the questionnaire it is copied from; empty for a new one.
    """

    levels: list[dict[str, Any]]
    is_ordered: bool = False
    favourables: str = FAVOURABLE
    known: str = ""

    @classmethod
    def copy_of(cls, name: str, scale: Scale) -> Self:
        """Return a known scale, that the form's codes can be added to."""
        return cls(
            [_written(one) for one in scale.modalites],
            scale.ordonnee,
            scale.favorables,
            known=name,
        )

    @classmethod
    def yes_no(cls, labels: Sequence[str]) -> Self:
        """Return the scale of yes and no, which are read as boxes are."""
        levels = []
        for one in TICKED.answers:
            own = YES_NO[one.code]
            texts = {*own, *(label for label in labels if bare(label) in own)}
            synonyms = sorted(texts - {one.code, one.libelle})
            levels.append(
                {
                    "code": one.code,
                    "libelle": one.libelle,
                    "synonymes": synonyms,
                    "codes": list(one.codes),
                }
            )
        return cls(levels)

    @property
    def labels(self) -> list[str]:
        """The answers that state an opinion or a fact."""
        return [one["libelle"] for one in self.levels if "etat" not in one]

    @property
    def is_judged(self) -> bool:
        """Whether its levels are for or against."""
        return any("favorable" in one for one in self.levels)

    @property
    def is_unclear(self) -> bool:
        """Whether its levels are of an opinion whose sides could not be told."""
        graded_levels = bool(graded(self.labels)) and not is_yes_no(self.labels)
        return graded_levels and not self.is_judged

    def find(self, label: str, *, by_synonym: bool = False) -> dict[str, Any] | None:
        """Return the level that bears a label."""
        plain = normalise(label)
        for one in self.levels:
            texts = [one["libelle"], *(one.get("synonymes", ()) if by_synonym else ())]
            if plain in map(normalise, texts):
                return one
        return None

    def add_levels(self, choices: Choices) -> None:
        """Add the levels that the scale has not yet, each under a code of its own."""
        names = Names("niveau")
        for one in self.levels:
            names.give(one["code"])
        for _, label in choices:
            if self.find(label, by_synonym=True) is None:
                state = outside(label)
                added = {"code": names.give(label), "libelle": label}
                self.levels.append(added | ({"etat": state} if state else {}))

    def add_codes(self, choices: Choices) -> bool:
        """Add the form's codes to the levels; return False, nothing added, when one names two."""
        found: list[tuple[dict[str, Any], str]] = []
        for code, label in choices:
            named = self.find(label, by_synonym=True)
            if not code or named is None:
                continue
            others = [one for one in self.levels if one is not named]
            if any(code in (*one.get("codes", ()), one["code"]) for one in others):
                return False
            found.append((named, code))
        for named, code in found:
            if code not in named.get("codes", ()):
                named["codes"] = [*named.get("codes", ()), code]
        return True

    def conclude(self, *, is_whole: bool) -> None:
        """Say which levels are favourable when their sides are clear, and put them in order."""
        labels = self.labels
        sides = favourable(labels, is_whole=is_whole)
        for one in self.levels:
            side = (sides or {}).get(one["libelle"])
            if side is not None:
                one["favorable"] = "oui" if side else "non"
        if sides:
            self.favourables = favourable_name([label for label, side in sides.items() if side])
        is_range = len(labels) > 1 and all(RANGE.search(bare(label)) for label in labels)
        self.is_ordered = not is_yes_no(labels) and (bool(graded(labels)) or is_range)
        places = {label: rank(label) for label in labels}
        if sides or (not is_whole and all(places.values())):
            self.levels.sort(key=lambda one: places.get(one["libelle"]) or _LAST)

    @property
    def sides(self) -> str:
        """Which levels are favourable, unfavourable and neither; French."""
        sides: dict[str, list[str]] = {"oui": [], "non": [], "": []}
        for one in self.levels:
            if "etat" not in one:
                sides[one.get("favorable", "")].append(one["libelle"])
        middle = f" ; ni l’un ni l’autre : {listed(sides[''])}" if sides[""] else ""
        return (
            f"favorables : {listed(sides['oui'])} ; défavorables : {listed(sides['non'])}{middle}"
        )

    @property
    def doubt(self) -> str:
        """Why the sides of an unclear scale are so; French."""
        grades = [found.grade for label in self.labels if (found := level(label))]
        if min(grades) >= 0 or max(grades) <= 0:
            return "un seul côté a été choisi, ajoutez les niveaux qui manquent"
        return "ses côtés ne sont pas sûrs"


def listed(labels: Iterable[str]) -> str:
    """Return labels between quotation marks, separated by commas."""
    return ", ".join(f"« {label} »" for label in labels) or "aucun"


def _written(one: Modality) -> dict[str, Any]:
    """Return a level as the file writes it, without the keys that say nothing."""
    side = {None: {}, True: {"favorable": "oui"}, False: {"favorable": "non"}}[one.favorable]
    return {
        "code": one.code,
        "libelle": one.libelle,
        **side,
        **({"etat": one.etat} if one.etat != "repondu" else {}),
        **({"synonymes": list(one.synonymes)} if one.synonymes else {}),
        **({"codes": list(one.codes)} if one.codes else {}),
        **({"saisie": "oui"} if one.saisie else {}),
    }
