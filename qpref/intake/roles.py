"""Which question of a draft bears which role: by its heading, its answers and its type."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from qpref.intake.drafts import Draft, DraftedForm, Shape
from qpref.intake.levels import is_yes_no, outside
from qpref.intake.matching import Lexicon
from qpref.intake.wordings import (
    ANSWERS,
    CHOICE_ROLES,
    COMPLAINT,
    HEADINGS,
    NEVER_SITE,
    TOLD_BY_ANSWERS,
    WISH,
    bare,
)
from qpref.questions import PERSONAL, ROLES

_MOSTLY = 0.9  # of the answers, for a column of site names
_HALF = 0.5
# Roles that a heading tells of a question whose type cannot bear them.
_UNFIT = {
    Shape.BOXES: ("motif", "categorie_usager", "guichet", "mode", "demi_journee"),
    Shape.NUMBER: ("tranche_age",),
    Shape.MARK: ("satisfaction_globale",),
}
_UNFIT_TYPES = {
    Shape.BOXES: "des cases à cocher", Shape.NUMBER: "un nombre", Shape.MARK: "une note"
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """A role found for a question: how sure it is (2 by heading and answers, 1 by one), and why."""

    draft: int
    role: str
    strength: float
    why: str


@dataclass
class Roles:
    """
    The roles of a form.

    Parameters
    ----------
    borne
        Role by rank of the question.
    guesses, doubts
        What was guessed and why, and what was left to say; French, told to users.
    """

    borne: dict[int, str] = field(default_factory=dict)
    guesses: dict[int, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The roles that nobody bears and without which the report says less."""
        return [name for name, role in ROLES.items() if role.allows and name not in self.found]

    @property
    def found(self) -> set[str]:
        """The roles borne."""
        return set(self.borne.values())


def roles_of(form: DraftedForm, judged: Sequence[bool], sites: Lexicon | None = None) -> Roles:
    """
    Return the roles of the questions of a form, each once at most.

    Parameters
    ----------
    form
        The questions.
    judged
        Whether each is a question of opinion.
    sites
        The project's sites, by whose names a column of sites is known.
    """
    finder = _Finder(form, judged, sites)
    found = Roles()
    for place, draft in enumerate(form.drafts):
        if draft.shape is Shape.PERSONAL:
            found.borne[place] = PERSONAL
    for guess in sorted(finder.guesses(), key=lambda g: (-g.strength, g.draft)):
        if guess.draft in found.borne:
            continue
        if guess.role in found.found:
            name = form.drafts[guess.draft].text
            found.doubts.append(f"« {name} » pourrait aussi avoir le rôle {guess.role}")
            continue
        found.borne[guess.draft] = guess.role
        found.guesses[guess.draft] = guess.why
    found.doubts += finder.unfit(found.found)
    return found


class _Finder:
    def __init__(self, form: DraftedForm, judged: Sequence[bool], sites: Lexicon | None) -> None:
        self._form, self._judged, self._sites = form, judged, sites

    def guesses(self) -> Iterable[Guess]:
        """Yield each role that a question may bear."""
        finders: dict[str, Callable[[int, Draft], tuple[float, str]]] = {
            "site": self._site,
            "date": self._date,
            "numero": self._number,
            "aide": self._help,
            "satisfaction_globale": self._overall,
        }
        for place, draft in enumerate(self._form.drafts):
            for role, finder in finders.items():
                strength, why = finder(place, draft)
                if strength:
                    yield Guess(place, role, strength, why)
            for role in CHOICE_ROLES:
                strength = self._choice(role, place, draft)
                if strength:
                    yield Guess(place, role, strength, _why(role, strength))

    def _site(self, place: int, draft: Draft) -> tuple[float, str]:
        heading = bare(draft.short or draft.text)
        texts = draft.seen or dict.fromkeys(draft.labels, 1)
        if draft.shape not in {Shape.LEVEL, Shape.TEXT} or not texts or NEVER_SITE.search(heading):
            return 0, ""
        named = sum(n for text, n in texts.items() if self._sites and self._sites.match(text))
        is_headed = bool(HEADINGS["site"].search(heading))
        if named >= _MOSTLY * sum(texts.values()):
            return 3, "ses réponses sont les noms des sites du projet"
        if self._judged[place] or self._is_item(draft):
            return 0, ""
        if is_headed and draft.shape is Shape.LEVEL:
            unknown = "" if named else " ; aucune réponse n’est un site du projet (sites.yml)"
            return 2, f"son intitulé{unknown}"
        return 0, ""

    def _is_item(self, draft: Draft) -> bool:
        """Whether a question is a line of a grid, whose levels another line shares."""
        return bool(draft.short) and any(
            other is not draft and other.theme == draft.theme and {*other.labels} & {*draft.labels}
            for other in self._form.drafts
            if other.short
        )

    def _date(self, _: int, draft: Draft) -> tuple[float, str]:
        if draft.shape is not Shape.DATE or self._form.is_dated:
            return 0, ""
        if HEADINGS["date"].search(bare(draft.text)):
            return 2, "ses réponses sont des dates et son intitulé le dit"
        return 1, "ses réponses sont des dates"

    def _number(self, _: int, draft: Draft) -> tuple[float, str]:
        if self._form.is_whole or not HEADINGS["numero"].search(bare(draft.text)):
            return 0, ""
        # Two forms of one number are one form keyed twice; a second sheet may start again at 1.
        is_own = bool(draft.seen) and len(draft.seen) >= _HALF * sum(draft.seen.values())
        return (
            (2, "son intitulé, et ses réponses, un numéro par questionnaire") if is_own else (0, "")
        )

    def _help(self, _: int, draft: Draft) -> tuple[float, str]:
        fits = draft.shape is Shape.BOXES and HEADINGS["aide"].search(bare(draft.text))
        return (1, "son intitulé") if fits else (0, "")

    def _overall(self, place: int, draft: Draft) -> tuple[float, str]:
        fits = self._judged[place] and HEADINGS["satisfaction_globale"].search(bare(draft.text))
        return (1, "son intitulé parle de l’ensemble") if fits else (0, "")

    def _choice(self, role: str, place: int, draft: Draft) -> float:
        """Return how surely a question by a choice bears a role."""
        if draft.shape is not Shape.LEVEL or (self._judged[place] and role != "aisance_numerique"):
            return 0
        heading = bare(draft.short or draft.text)
        if WISH.search(heading) or (role == "motif" and COMPLAINT.search(heading)):
            return 0
        answers = [label for label in draft.labels if not outside(label)]
        if not answers or (is_yes_no(answers) and role != "retraite"):
            return 0
        is_headed = bool(HEADINGS[role].search(heading))
        form = ANSWERS.get(role)
        if form is None:
            return float(is_headed)
        fitting = sum(bool(form.search(bare(label))) for label in answers)
        fits = fitting > 1 and fitting >= _HALF * len(answers)
        if role == "retraite":
            fits = is_yes_no(answers)
        if is_headed and fits:
            return 2
        return float(fits and role in TOLD_BY_ANSWERS)

    def unfit(self, found: set[str]) -> list[str]:
        """Say which questions seem to bear a role that their type cannot have."""
        return [
            f"« {draft.text} » : le rôle {role} se donne à une question de type "
            f"{' ou '.join(ROLES[role].types)}, pas à {_UNFIT_TYPES[draft.shape]}"
            for draft in self._form.drafts
            for role in _UNFIT.get(draft.shape, ())
            if role not in found and HEADINGS[role].search(bare(draft.text))
        ]


def _why(role: str, strength: float) -> str:
    if strength > 1:
        return "son intitulé et ses réponses"
    return "son intitulé" if role not in TOLD_BY_ANSWERS else "ses réponses"
