"""Groups of visitors: which may be shown, and how satisfied each is."""

from functools import cached_property

import pandas as pd

from qpref.quality import groups, samples
from qpref.workbook.respondents import Respondents

_COLUMNS = {
    "categories": "categorie_usager",
    "aisance": "aisance_numerique",
    "retraite": "retraite",
}
_AS_ASKED = ("categories", "retraite")  # families whose groups are the answers themselves


class Groups:
    """
    The groups of the visitors of a site; none is shown that is too small at any site.

    Parameters
    ----------
    respondents
        Who answered.
    threshold
        Smallest group that is shown alone.
    """

    def __init__(self, respondents: Respondents, threshold: int) -> None:
        self._respondents, self.threshold = respondents, threshold
        self.questionnaire = respondents.questionnaire

    def published(self, column: str) -> pd.DataFrame:
        """Return the groups of all sites, and what may be published of them."""
        return self._respondents.published(column, self.threshold)

    def is_asked(self, variable: str) -> bool:
        """Whether visitors can be told apart by a variable."""
        question = self._respondents.questionnaire.by_variable.get(variable)
        return question is not None and question.echelle is not None

    def shown(self, column: str) -> set[str]:
        """Return the groups large enough to be shown, all sites considered."""
        return self._respondents.shown(column, self.threshold)

    def family_of(self, variable: str) -> str:
        """Return the family of comparisons whose groups are the answers to a question, if any."""
        return next((name for name in _AS_ASKED if _COLUMNS[name] == variable), "")

    @cached_property
    def labels(self) -> dict[str, pd.Series]:
        """Group of each visitor by category, digital ease, retirement and help; small ones out."""
        asked, people = self._respondents, self._respondents.ranks.index
        questionnaire, found = asked.questionnaire, {}
        for name, source in _COLUMNS.items():
            if source not in questionnaire.by_role:
                continue
            column = (
                self._ease if name == "aisance" else asked.answers(questionnaire.by_role[source])
            )
            found[name] = column.where(column.isin(self.shown(source))).reindex(people)
        services = questionnaire.public_services
        if services and "aisance_numerique" in questionnaire.by_role:
            found["aide"] = self._helped(*services).reindex(people)
        return found

    @cached_property
    def satisfied(self) -> dict[str, pd.DataFrame]:
        """Satisfied users of each of these groups, and what half-days cost their answers."""
        asked, found = self._respondents, {}
        happy = asked.satisfied(asked.ranks)
        for name, labels in self.labels.items():
            found[name] = samples.by_group(happy, labels, asked.main_sample, asked.main)
        return found

    @cached_property
    def _ease(self) -> pd.Series:
        """Whether each visitor is at ease online, when it is asked."""
        asked = self._respondents
        question = asked.questionnaire.by_role["aisance_numerique"]
        return asked.answers(question).map(groups.digital_ease(asked.questionnaire))

    def _helped(self, question: str, options: list[str]) -> pd.Series:
        """
        Return, of those ill at ease with digital services, the help they received.

        Nothing when one of the two groups is too small, or their whole is not shown: with the
        whole, the other would give it back.
        """
        asked, ease = self._respondents, self._ease
        uneasy = ease.index[(ease == groups.UNEASY).fillna(value=False)]
        helped = groups.public_help(asked.items, options, question).reindex(uneasy)
        opinions = asked.satisfied(asked.ranks).reindex(uneasy).notna()
        found = groups.with_few_untold(helped, opinions, self.threshold)
        sizes = found.where(opinions).value_counts()
        is_told = groups.UNEASY in self.shown("aisance_numerique")
        if is_told and (sizes >= self.threshold).all():
            return found
        return found.where(found.isna())
