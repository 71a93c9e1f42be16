"""The labels that a site follows beside the first, seen with the results of a campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from qpref.display import labels as display
from qpref.display import schedule
from qpref.display.progress import summary
from qpref.quality import labels, progress
from qpref.reference import Labelling, Reference, Site, Standard, Step


@dataclass(frozen=True)
class FollowedLabel:
    """Another label, as one site stands on a day: `until`, or its last news."""

    name: str
    standard: Standard
    labelling: Labelling
    site: Site
    until: date | None

    @cached_property
    def steps(self) -> list[Step]:
        """What the site wrote down."""
        return [s for s in self.labelling.steps_of(self.site.id) if _is_known(s, self.until)]

    @cached_property
    def day(self) -> date:
        """The last news of all sites, known with the results of the campaign."""
        return max(s.date for s in self.labelling.suivi if _is_known(s, self.until))

    @cached_property
    def units(self) -> list[progress.Unit]:
        """What the site has to prove."""
        return labels.held(self.site, self.standard, self.steps)

    @cached_property
    def states(self) -> pd.DataFrame:
        """Where each commitment stands."""
        return progress.states(self.units, self.steps, self.day)

    @cached_property
    def forecast(self) -> progress.Forecast:
        """Forecast of when every commitment will be proved."""
        return progress.forecast(self.states, self.steps[0].date, self.day)

    @property
    def ahead(self) -> str:
        """Whether it will be there in time."""
        return display.ahead(self.forecast, self.labelling.label_avant.valeur)

    def told(self, weeks_late: int = 0) -> list[str]:
        """Return the situation in a few lines, for a terminal."""
        deadline = self.labelling.label_avant.valeur
        late = [*progress.slips(self.states, deadline, weeks_late)["libelle"]]
        audits = [audit for audit in self.labelling.audits if audit.site == self.site.id]
        todo = progress.reminders(self.states, audits, self.day, deadline)
        names = {unit.key: unit.label for unit in self.units}
        lines = summary(self.site, self.forecast, deadline, late)
        head = f"{self.standard.name or self.name} — {lines[0]}"
        return [head, *lines[1:], *(f"  - {one}" for one in schedule.reminder_lines(todo, names))]


def followed(reference: Reference, site: Site, until: date | None) -> Iterator[FollowedLabel]:
    """Yield the other labels that a site follows: those in which it wrote something down."""
    for name, other in reference.others.items():
        if other.standard and other.labelling:
            found = FollowedLabel(name, other.standard, other.labelling, site, until)
            if found.steps:
                yield found


def _is_known(step: Step, until: date | None) -> bool:
    return until is None or step.date <= until
