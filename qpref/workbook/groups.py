"""Groups of visitors: which may be shown, and how satisfied each is."""

from functools import cached_property

import pandas as pd

from qpref.quality import groups, profile
from qpref.statistics.disclosure import VISIBLE
from qpref.workbook.copies import remembered
from qpref.workbook.respondents import Respondents

_COLUMNS = {
    "categories": "categorie_usager",
    "aisance": "aisance_numerique",
    "retraite": "retraite",
}


class Groups:
    """
    The groups of the visitors of a site; none is shown that is too small at any site.

    Parameters
    ----------
    respondents, site
        Who answered, and where.
    threshold
        Smallest group that is shown alone.
    """

    def __init__(self, respondents: Respondents, site: str, threshold: int) -> None:
        self._respondents, self._site, self.threshold = respondents, site, threshold

    @remembered
    def published(self, column: str) -> pd.DataFrame:
        """Return the groups of all sites, and what may be published of them."""
        ease = groups.digital_ease(self._respondents.questionnaire)
        parents = {"aisance_numerique": ease}
        return profile.published(
            self._respondents.everyone, column, self.threshold, parents.get(column)
        )

    def shown(self, column: str) -> set[str]:
        """Return the groups large enough to be shown, all sites considered."""
        table = self.published(column)
        is_shown = (table["site"] == self._site) & (table["diffusion"] == VISIBLE)
        return set(table.loc[is_shown, "modalite"])

    @cached_property
    def satisfied(self) -> dict[str, pd.DataFrame]:
        """Satisfied users by category, digital ease, retirement and help; small groups left out."""
        asked = self._respondents
        rows = asked.rows
        people = rows.set_index(rows["reponse_id"].astype(str))
        ease = people["aisance_numerique"].map(groups.digital_ease(asked.questionnaire))
        happy = asked.satisfied(asked.ranks)
        found = {}
        for name, source in _COLUMNS.items():
            column = ease if name == "aisance" else people[source]
            shown = column.where(column.isin(self.shown(source)))
            found[name] = groups.count(happy, shown, asked.main)
        services = asked.questionnaire.public_services
        if services:
            found["aide"] = self._helped(*services, happy, ease)
        return found

    def _helped(
        self, question: str, options: list[str], happy: pd.Series, ease: pd.Series
    ) -> pd.DataFrame:
        """Return those ill at ease with digital services, by the help they received."""
        asked = self._respondents
        helped = groups.public_help(asked.items, options, question)
        uneasy = helped.where(ease.reindex(helped.index) == groups.UNEASY)
        found = groups.count(happy, uneasy, asked.main)
        return found.loc[found["n"] >= self.threshold]
