"""What all verbs of a study share: who is looked at, how they are grouped, weighed and named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Self

import pandas as pd

from qpref.errors import MissingDataError, UsageError
from qpref.project import Project
from qpref.quality.choice import Condition, Flags, place_of, resolved
from qpref.quality.individuals import PLACES, AnswerColumn, columns
from qpref.quality.profile import UNKNOWN
from qpref.questions import Answer
from qpref.reference import Question, Questionnaire, Reference
from qpref.statistics.crossing import cross, visible
from qpref.statistics.disclosure import TOTAL
from qpref.wording.french import enumeration
from qpref.workbook import protected
from qpref.workbook.answers import ChosenAnswers, SharedAnswers
from qpref.workbook.copies import remembered
from qpref.workbook.estimates import Grouping
from qpref.workbook.groups import Groups
from qpref.workbook.kept import by_week, groups_kept
from qpref.workbook.looks import Looks
from qpref.workbook.pool import Margins, Place, Pool, Weighting, by_margins, by_passages
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources

NOT_TOLD = "Non précisé"
_MOST_CRITERIA = 3  # of which every choice is compared with what it leaves out
Reader = Callable[[Pool], pd.Series]


def opinions_on(asked: Question) -> Reader:
    """Return how to read whether visitors are favourable to something."""
    return lambda pool: pool.favourable(asked)


@dataclass(frozen=True)
class StudyScope:
    """
    Who is looked at, and how.

    Parameters
    ----------
    project, reference
        The data, and the facts they are read with.
    whole, places
        Answers of all visitors; campaigns and sites.
    criteria
        What the visitors looked at answered.
    margins
        Totals known to the analyst, by column and code, in place of the passages counted.
    is_masked
        Whether small groups are hidden.
    """

    project: Project
    reference: Reference
    whole: SharedAnswers
    places: Sequence[Place]
    criteria: Sequence[Condition] = ()
    margins: Margins | None = None
    is_masked: bool = True


class StudyBase:
    """Visitors of some places, or the few that criteria keep of them."""

    def __init__(self, look: StudyScope) -> None:
        self._look, self._project, self._reference = look, look.project, look.reference
        self._places, self._criteria, self._is_masked = look.places, look.criteria, look.is_masked
        self._answers = ChosenAnswers(look.whole, look.criteria) if look.criteria else look.whole
        self._pool = Pool(self._answers, look.places)

    def _with(self, **changes: Any) -> Self:  # noqa: ANN401 - fields of `StudyScope`
        """Return the same study of others."""
        return type(self)(replace(self._look, **changes))

    @property
    def _questionnaire(self) -> Questionnaire:
        return self._look.whole.questionnaire

    @cached_property
    def _columns(self) -> dict[str, AnswerColumn]:
        return columns(self._questionnaire)

    @property
    def _threshold(self) -> int:
        """Smallest group that is shown alone; 0 where nothing is hidden."""
        named = {campaign for campaign, _ in self._places}
        return max(map(self._reference.threshold, named)) if self._is_masked else 0

    @property
    def _where(self) -> str:
        """The criteria in words, for a title."""
        told = [one.told for one in self._criteria]
        return f" ({' ; '.join(told)})" if told else ""

    # One place

    @property
    def _is_one_place(self) -> bool:
        return len(self._places) == 1

    def _alone(self, what: str) -> Sources:
        """Return what the only place is read from, for what is said of one place alone."""
        if not self._is_one_place:
            raise UsageError(
                f"{what} se dit d’un seul site et d’une seule campagne.",
                "Ouvrez-les : ouvrir(site=…, campagne=…).",
            )
        return self._sources(self._answers, *self._places[0])

    def _sources(self, answers: SharedAnswers, campaign: str, site: str) -> Sources:
        return Sources(self._project, self._reference, site, campaign, answers)

    @cached_property
    def _looks(self) -> Looks | None:
        """What the reports compare, when all visitors of one place are looked at."""
        if self._criteria or not self._is_one_place or not self._is_masked:
            return None
        sources = self._alone("")
        asked = Respondents(sources)
        return Looks(sources, asked, Groups(asked, sources.threshold))

    # Weights

    @cached_property
    def _weighting(self) -> Weighting | str:
        """Weights of all visitors, whatever the criteria; or why there are none."""
        everyone = Pool(self._look.whole, self._places)
        if self._look.margins:
            return by_margins(everyone, self._look.margins)
        return by_passages(
            everyone, [self._sources(self._look.whole, *one) for one in self._places]
        )

    def _weights(self, *, poids: bool) -> Weighting | None:
        if not poids:
            return None
        if self._is_masked:
            raise UsageError(
                "Un chiffre pondéré par groupe ou par niveau dirait, les poids étant connus, ce "
                "qu’ont répondu peu d’usagers.",
                "Comparez les sites ou les campagnes avec poids=True, comme le rapport ; pour vous "
                "seul, ouvrez avec diffusion=False.",
            )
        return self._known_weights()

    def _weights_of_all(self, *, poids: bool) -> Weighting | None:
        """Return the weights for a share of all visitors, which reports tell to a whole percent."""
        is_chosen = bool(self._criteria or self._look.margins)
        if not poids or (self._is_masked and is_chosen):
            return self._weights(poids=poids)
        return self._known_weights()

    def _known_weights(self) -> Weighting:
        if isinstance(self._weighting, str):
            raise MissingDataError(
                f"Pas de pondération. {self._weighting}",
                "Importez les passages comptés, ou donnez les vôtres : ponderer(…).",
            )
        return replace(self._weighting, is_rough=self._is_masked)

    # Groups too small, told as one

    @cached_property
    def _whole(self) -> Self:
        """The same study of all visitors."""
        return self._with(criteria=()) if self._criteria else self

    @remembered
    def _rare(self, name: str) -> frozenset[str]:
        """Return the groups of a column that are told as one, whatever the criteria."""
        if self._criteria:
            return self._whole._rare(name)  # noqa: SLF001
        column = self._columns.get(name)
        is_merged = name == "date" if column is None else (
            column.is_closed and not column.question.kind.is_judged
        )  # fmt: skip
        if not is_merged:
            return frozenset()
        return protected.rare(self._told_groups(name, self._pool), self._threshold)

    def _groups_of(self, name: str, pool: Pool | None = None) -> pd.Series:
        """Return the group of each visitor by a column or a place, the rare ones as one."""
        found = self._pool if pool is None else pool
        return protected.gathered(self._told_groups(name, found), self._rare(name))

    def _told_groups(self, name: str, pool: Pool) -> pd.Series:
        """Return the group of each visitor; days are told by the week, unless nothing is hidden."""
        found = pool.individuals.groups(name)
        return by_week(found) if name == "date" and self._is_masked else found

    # Who is kept, as groups of all visitors

    @cached_property
    def _grouped_by_criteria(self) -> dict[str, tuple[str, ...]]:
        """The groups that the criteria keep, by question."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self._criteria:
            own = groups_kept(one, self._whole._groups_of(one.name), self._whole._holds(one))  # noqa: SLF001
            found[one.name] = tuple(code for code in found.get(one.name, own) if code in own)
        return found

    def _holds(self, one: Condition) -> Flags:
        return one.holds(self._pool.individuals)

    # Groups

    def _grouped(self, name: str) -> Grouping | None:
        """Return the groups that a question makes, those that may be told; nothing without one."""
        if not name:
            return None
        column = self._grouping(name)
        labels, names = self._groups_of(column), self._names(column)
        told = self._shown(column, labels)
        known = {code: label for code, label in names.items() if code in told}
        hidden = len(set(labels) - told)
        return Grouping(column, self._title(column), labels.where(labels.isin(told)), known, hidden)

    def _told_of(self, by: Grouping | None, read: Reader) -> Grouping | None:
        """Return the groups large enough for their answers to a question to be summarised."""
        if by is None or not self._is_masked:
            return by
        labels = self._groups_of(by.name)
        told = protected.told(labels, read(self._pool), self._threshold)
        for pool, left in self._left_out:
            apart = self._groups_of(by.name, pool).reindex(left)
            told &= protected.subtracted(apart, read(pool), told, self._threshold)
        return by.only(told)

    def _tells_all(self, read: Reader) -> bool:
        """Whether a sum of what the visitors kept answered would say what some answered."""
        if not self._criteria or not self._is_masked:
            return False
        given = read(self._pool).dropna()
        if len({*given}) <= 1 or len(given) < self._threshold:
            return True
        kept, whole = self._grouped_by_criteria, self._whole
        name, code = sorted(kept.items())[0]
        if len(kept) == 1:  # as `comparer` by it
            told = whole._told_of(whole._grouped(name), read)  # noqa: SLF001
            shown = {*(told.names if told else ())}
            others = {*whole._groups_of(name)} - {*code}  # noqa: SLF001
            if not ({*code} <= shown or (len(code) > 1 and others <= shown)):
                return True
        return any(
            not protected.subtracted(pd.Series("", left), read(pool), {""}, self._threshold)
            for pool, left in self._left_out
        )

    @cached_property
    def _left_out(self) -> list[tuple[Pool, pd.Index]]:
        """Who is left out of each study with fewer criteria, which can be asked too."""
        kept, few = self._pool.individuals.codes.index, [*self._criteria][:_MOST_CRITERIA]
        found = []
        for size in range(len(few)) if self._is_masked else ():
            for some in combinations(few, size):
                pool = self._with(criteria=some)._pool  # noqa: SLF001 - one of ours
                found.append((pool, pool.individuals.codes.index.difference(kept)))
        return found

    def _title(self, name: str) -> str:
        return self._columns[name].label if name in self._columns else PLACES[name]

    def _grouping(self, name: str) -> str:
        """Return the column, or the place, by which a question groups visitors."""
        if place := place_of(name, self._questionnaire):
            return place
        own = resolved(name, self._columns, self._questionnaire)
        if len(own) > 1:
            boxes = enumeration([one.name for one in own], "ou")
            raise UsageError(
                f"« {name} » a plusieurs réponses par usager : elle ne fait pas de groupes.",
                f"Choisissez une case : {boxes}.",
            )
        if own[0].kind in {Answer.NUMBER, Answer.DAY}:
            raise UsageError(
                f"« {name} » est un nombre ou un jour : elle ne fait pas de groupes.",
                "Découpez-la dans votre table (pandas.cut), ou filtrez un intervalle.",
            )
        return own[0].name

    def _names(self, name: str) -> dict[str, str]:
        """Return the wording of the groups of a column or a place, in order."""
        if name == "site":
            sites = {site for _, site in self._places}
            known = self._reference.sites.sites
            return {one.id: one.nom_court for one in known if one.id in sites}
        if name == "campagne":
            return {one: self._reference.campaign(one).libelle for one in self._campaigns}
        if name == "date":
            days = sorted(set(self._told_groups("date", self._whole._pool)))  # noqa: SLF001
            week = "Semaine du " if self._is_masked else ""
            said = {day: f"{week}{day[8:]}/{day[5:7]}/{day[:4]}" for day in days}
            return protected.named(said, self._rare(name))
        own = self._columns[name].shown
        if not own:
            every = self._whole._pool.individuals.groups(name)  # noqa: SLF001
            own = {code: code for code in sorted(set(every))}
        return {**protected.named(own, self._rare(name)), UNKNOWN: NOT_TOLD}

    @property
    def _campaigns(self) -> list[str]:
        """The campaigns, the oldest first."""
        own = {campaign for campaign, _ in self._places}
        return sorted(own, key=lambda name: self._reference.campaign(name).debut)

    def _shown(self, name: str, labels: pd.Series) -> set[str]:
        """Return the groups that may be told alone."""
        if not self._is_masked:
            return set(labels)
        if name in {"site", "campagne"} and not self._criteria:  # always published
            return set(labels)
        variable = self._columns[name].question.variable if name in self._columns else ""
        if self._looks is not None and variable in self._questionnaire.groups:
            sources = self._alone("")
            asked = Respondents(sources)
            return Groups(asked, sources.threshold).shown(variable)
        answered = pd.Series("oui", labels.index)
        found = cross(labels, answered, self._threshold)
        return {code for code in set(labels) if visible(found, code, TOTAL)}

    # Questions

    def _opinion(self, name: str) -> Question:
        """Return a question of opinion; that of overall satisfaction by default."""
        wanted = name or self._questionnaire.main
        if not wanted:
            raise UsageError(
                "Le questionnaire ne demande pas de satisfaction d’ensemble.",
                "Nommez une question (voir .questions).",
            )
        asked = resolved(wanted, self._columns, self._questionnaire)[0].question
        if not asked.kind.is_judged:
            raise UsageError(
                f"« {wanted} » ne demande pas un avis : rien n’y est favorable ou défavorable.",
                "Croisez-la (croiser), ou choisissez une question d’usage « avis ».",
            )
        return asked
