"""One site and one campaign of a project: what is declared of them, and the tables imported."""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, Self, TypeVar, cast

import pandas as pd

from qpref.project import Project
from qpref.quality.reading import Received
from qpref.reference import Campaign, Question, Questionnaire, Reference
from qpref.store import NO_SITE, Import
from qpref.workbook.answers import SharedAnswers

_Study = TypeVar("_Study")


class Sources:
    """
    Where the figures of a site and a campaign come from; each table is read once.

    Parameters
    ----------
    project, reference
        The data, and the facts they are read with.
    site, campaign
        Identifiers; unknown ones are refused.
    answers
        What other sites of this campaign already read; nothing by default.
    """

    def __init__(
        self,
        project: Project,
        reference: Reference,
        site: str,
        campaign: str,
        answers: SharedAnswers | None = None,
    ) -> None:
        self.project, self.reference = project, reference
        self.site, self.campaign = reference.site(site), reference.campaign(campaign)
        self.answers = answers or SharedAnswers(project, reference, campaign)
        self._made: dict[Callable[..., Any], Any] = {}

    def once(self, make: Callable[[Self], _Study]) -> _Study:
        """Return what is made of these sources: made once, the same for all who ask."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("_Study", self._made[make])

    def unmasked(self) -> Self:
        """Return the same, with answers too few to be told: for who follows them, in no page."""
        place = self.project, self.reference, self.site.id, self.campaign.id
        answers = SharedAnswers(self.project, self.reference, self.campaign.id, is_masked=False)
        return type(self)(*place, answers)

    @property
    def previous(self) -> Campaign | None:
        """The campaign before this one."""
        name = self.campaign.precedente
        return self.reference.campaign(name) if name else None

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """What was asked here: the questionnaire, less what no file received has a column for."""
        return self.answers.questionnaire.without(self.absent)

    @property
    def threshold(self) -> int:
        """Smallest group of visitors that is shown alone."""
        return self.reference.threshold(self.campaign.id)

    def table(self, name: str, campaign: str = "", site: str = "") -> pd.DataFrame:
        """Return a table of the store, of this campaign and site by default."""
        return self.answers.table(name, campaign or self.campaign.id, site or self.site.id)

    @cached_property
    def flow(self) -> pd.DataFrame:
        """Passages counted at this site, one row a variable and stratum."""
        return self.table("population")

    @property
    def rejects(self) -> pd.DataFrame:
        """What was set aside of this site, or of none that could be read."""
        lost = self.table("rejets", "", NO_SITE)
        return pd.concat([self.table("rejets"), lost], ignore_index=True)

    @property
    def imports(self) -> list[Import]:
        """The files received for this campaign."""
        return self.answers.store.imports(self.campaign.id)

    def received(self, natures: Collection[str]) -> list[Received]:
        """Return the files of these kinds that concern this site."""
        site = self.site.id
        return [
            Received(
                name=entry.fichier,
                kind=entry.format,
                sha256=entry.sha256,
                read=entry.lignes_lues,
                kept=entry.gardees,
                set_aside=entry.ecartees,
                quarantined=entry.quarantaine,
                kept_here=entry.gardees_par_site.get(site, 0),
            )
            for entry in self._files(natures)
        ]

    def _files(self, natures: Collection[str]) -> list[Import]:
        here = self.site.id
        return [one for one in self.imports
                if one.nature in natures and here in one.gardees_par_site]  # fmt: skip

    @cached_property
    def absent(self) -> list[Question]:
        """The questions that no file with answers of this site has a column for."""
        files = self._files({"satisfaction"})
        held = [one.questions_absentes for one in files if one.gardees_par_site[self.site.id]]
        asked = self.answers.questionnaire.questions if held else ()
        return [one for one in asked if all(one.id in names for names in held)]

    @property
    def is_fictional(self) -> bool:
        """Whether something of this campaign, or of the one before, is invented."""
        campaigns = [c.id for c in (self.campaign, self.previous) if c]
        return any(entry.fictif for name in campaigns for entry in self.answers.store.imports(name))
