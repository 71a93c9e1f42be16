"""Learn from remarks coded in all campaigns: words, and subject models."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from qpref.project import Project
from qpref.quality import coding, learned, taught
from qpref.reference import Reference
from qpref.store import codes, remarks_only, reviewed


@dataclass(frozen=True)
class Lessons:
    """The remarks that people coded, in all campaigns, and what they teach."""

    rows: pd.DataFrame
    words: Sequence[taught.SuggestedWord]
    compared: Sequence[learned.LearnedComparison]
    is_missing: bool

    @property
    def better(self) -> list[str]:
        """The subjects of which what was learned does better than the rules."""
        return [one.subject for one in self.compared if one.is_better]


def lessons_of(project: Project, reference: Reference) -> Lessons:
    """Return what the remarks coded in a project teach."""
    book, sites = reference.book, [site.id for site in reference.sites.sites]
    parts, least = [], reference.sites.seuil_diffusion.valeur
    for campaign in reference.campaigns.every:
        said = codes(project, campaign.id)
        if said:
            rows = coding.remarks_of(
                remarks_only(reviewed(project, campaign.id, sites)), book, said
            )
            parts.append(rows.loc[rows["relu"]])
            least = max(least, reference.threshold(campaign.id))
    if not parts:
        return Lessons(pd.DataFrame(), (), (), is_missing=False)
    rows = pd.concat(parts, ignore_index=True)
    words = taught.suggested(rows, book, least)
    is_enough, is_installed = learned.is_enough(rows), learned.is_installed()
    compared = learned.compared(rows, book) if is_enough and is_installed else ()
    return Lessons(rows, words, compared, is_missing=is_enough and not is_installed)


def with_learned(rows: pd.DataFrame, lessons: Lessons, reference: Reference) -> pd.DataFrame:
    """Return remarks to code with what was learned, where it does better than the rules."""
    if not lessons.better:
        return rows
    return learned.proposed_by_learning(rows, lessons.rows, reference.book, lessons.better)
