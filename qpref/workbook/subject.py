"""Check that a report opens only its own site and campaign."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qpref.errors import ParametersError, ReportError
from qpref.wording.french import enumeration, plural

_NAMED = 3  # sites that a sentence names


@dataclass
class Subject:
    """
    The project, sites and campaign of a report, and whether its notebook opened them.

    `notebook` and `parameters` are names, for the sentences; `is_opened` is noted by `check`.
    """

    notebook: str
    parameters: tuple[str, ...]
    root: Path
    sites: tuple[str, ...]
    campaign: str
    is_opened: bool = False

    def check(
        self, root: Path, sites: Collection[str], campaign: str, *, is_comparison: bool
    ) -> None:
        """
        Refuse what the report is not about, unless it is a declared comparison.

        Raises
        ------
        ParametersError
            Names the notebook, what it opens and what it should open.
        """
        is_here = root.resolve() == self.root.resolve()
        if is_here and campaign == self.campaign and set(sites) <= set(self.sites):
            self.is_opened = True
        elif not is_comparison:
            where = "" if is_here else f" d’un autre projet (« {root} »)"
            raise ParametersError(
                f"« {self.notebook} » ouvre {_place(sites, campaign)}{where}, alors que ce rapport "
                f"est celui de : {_place(self.sites, self.campaign)}.",
                f"{self._remedy} Une comparaison voulue se déclare : comparaison=True.",
            )

    def check_page(self, facts: dict[str, Any]) -> None:
        """
        Refuse an executed notebook that never opened its subject, or whose title is of another.

        Parameters
        ----------
        facts
            What the first section says of the whole page.

        Raises
        ------
        ReportError
            Says which.
        """
        own = _place(self.sites, self.campaign)
        if not self.is_opened:
            raise ReportError(f"« {self.notebook} » n’ouvre jamais {own}.", self._remedy)
        sites, campaign = facts.get("sites", self.sites), facts.get("campagne", self.campaign)
        if set(sites) != set(self.sites) or campaign != self.campaign:
            raise ReportError(
                f"« {self.notebook} » donne à ce rapport le titre d’un autre : "
                f"{_place(sites, campaign)}, au lieu de : {own}.",
                "Appelez « entete() » sur ce qu’ouvrent les paramètres, non sur une comparaison.",
            )

    @property
    def _remedy(self) -> str:
        given = ", ".join(f"{name}={name}" for name in self.parameters)
        return f"Ouvrez avec ses paramètres ({given}), sans leur donner d’autre valeur."


def _place(sites: Collection[str], campaign: str) -> str:
    named = [*sites][:_NAMED]
    more = [plural(len(sites) - _NAMED, "autre")] if len(sites) > _NAMED else []
    what = "le site" if len(sites) == 1 else "les sites"
    return f"{what} {enumeration([*named, *more])}, campagne {campaign}"


_under_way: list[Subject] = []  # one at most: a process makes one report


@contextmanager
def about(subject: Subject) -> Iterator[Subject]:
    """Check what is opened meanwhile against the subject of a report."""
    _under_way.append(subject)
    try:
        yield subject
    finally:
        _under_way.remove(subject)


def campaign_under_way() -> str:
    """Return the campaign of the report under way; empty outside of a report."""
    return _under_way[-1].campaign if _under_way else ""


def check_opened(root: Path, sites: Collection[str], campaign: str, *, is_comparison: bool) -> None:
    """Check what a notebook opens, when a report is being made of it (see `Subject.check`)."""
    for subject in _under_way:
        subject.check(root, sites, campaign, is_comparison=is_comparison)
