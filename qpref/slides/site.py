"""What the slides say of one site: five kinds of them, the most needed first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from qpref.display.opinions import DrawnScale, spread_title
from qpref.display.section import Row, Table
from qpref.palette import NEUTRAL
from qpref.quality.answers import given, satisfied
from qpref.quality.mystery_measures import met
from qpref.reference import Campaign, Question, Reference
from qpref.slides.deck import BarChart, Slide, counts, shares
from qpref.statistics.measure import Measure
from qpref.wording.french import long_date, lower_first, plural, upper_first
from qpref.workbook import EnqueteMystere, Satisfaction
from qpref.workbook.sources import Sources

_MOST_ROWS = 14  # of a chart that is read from the back of a room
_EACH_SIDE = 6  # beyond, so many of the highest and of the lowest
_MET = ("respecté", "non respecté")
_LEFT_OUT, _LEFT_OUTS = "critère mieux respecté est", "critères mieux respectés sont"
_INTERVAL = "Trait : intervalle à 95\u00a0%."


class SiteSlides:
    """The slides on a site for a campaign; each of the `kinds` yields those of one kind."""

    def __init__(self, sources: Sources) -> None:
        self._sources, self._study = sources, Satisfaction(sources)
        self._name = sources.site.nom_court

    @property
    def kinds(self) -> Sequence[Callable[[], Iterator[Slide]]]:
        """What can be said, the most needed first."""
        return (self._messages, self._topics, self._mystery, self._actions, self._themes)

    def _messages(self) -> Iterator[Slide]:
        """Yield the findings with which the report of the site begins."""
        study = self._study
        if study.reponses.empty:
            yield Slide(f"{self._name} : aucune réponse à l’enquête de cette campagne")
            return
        found, who, moved = study.essentiel(), study.repondants(), study.evolution()
        rows = [Row(one.value, [one.meaning]) for one in found.key_figures]
        title = study.entete().title
        if not title.startswith(self._name):
            title = f"{self._name} : {lower_first(who.title)}"
        yield Slide(
            title,
            table=Table(found.title, ["Constat", "Ce que disent les réponses"], rows),
            notes=[*who.sentences, *moved.sentences],
            source=source_of(self._sources.campaign),
        )

    def _topics(self) -> Iterator[Slide]:
        """Yield the share of satisfied users for each question, sorted, the previous beside."""
        study = self._study
        rated, favourable = self._rated(study)
        if not rated:
            return
        shown, cut = _ends(rated)
        then = {
            one.change.key: one.before
            for one in study.comparees.changes(study.questionnaire)
            if one.change.is_compared
        }
        chart = compared(
            self._sources.reference,
            self._sources.campaign,
            (f"{upper_first(favourable)}, {self._name}", [one.label for one in shown]),
            shown,
            [then.get(one.key) for one in shown],
        )
        title = f"{self._name} : {lower_first(spread_title(rated, favourable))}"
        few = [one for one in _satisfied(study) if one.n and not one.is_rated]
        notes = [*cut, *([f"Trop peu d’avis pour un pourcentage : {_named(few)}."] if few else [])]
        yield Slide(
            title,
            cut,
            chart=chart,
            notes=notes,
            source=f"{source_of(self._sources.campaign)} {_INTERVAL}",
        )

    @staticmethod
    def _rated(study: Satisfaction) -> tuple[list[Measure], str]:
        """Return the shares of answers enough, the highest first, and who is counted in them."""
        rated = [one for one in _satisfied(study) if one.is_rated]
        favourable = study.questionnaire.favourables(one.key for one in rated)
        return sorted(rated, key=lambda one: -one.printed), favourable

    def _mystery(self) -> Iterator[Slide]:
        """Yield the mystery criteria met at a site, those least often met first."""
        study = EnqueteMystere(self._sources)
        found = self._criteria(study)
        if not found:
            return
        made = study.contacts_realises()
        order = sorted(found, key=lambda one: one.value)[:_MOST_ROWS]
        chart = BarChart(
            f"Critères respectés, {self._name}",
            [one.label for one in order],
            counts(_MET, order),
            is_percent=False,
            is_stacked=True,
        )
        cut = len(found) - len(order)
        notes = [section.title for section in study.canaux()]
        left = [f"{plural(cut, _LEFT_OUT, _LEFT_OUTS)} dans le rapport du site."] if cut else []
        title = f"{self._name}, enquête mystère : {lower_first(made.title)}"
        yield Slide(title, [*made.sentences[:1], *left], chart=chart, notes=notes)

    def _actions(self) -> Iterator[Slide]:
        """Yield what was decided at a site, and what its measure says."""
        section = self._study.actions()
        for table in section.tables:
            yield Slide(f"{self._name} : {lower_first(section.title)}", section.sentences, table)

    def _themes(self) -> Iterator[Slide]:
        """Yield the answers to the questions of opinion, a theme and a scale after the other."""
        study = self._study
        asked, rated = study.questionnaire, {one.key for one in self._rated(study)[0]}
        groups: dict[tuple[str, str], list[Question]] = {}
        for question in asked.opinions:
            if question.id in rated:
                groups.setdefault((question.theme, str(question.echelle)), []).append(question)
        for (theme, _), questions in groups.items():
            for rank in range(0, len(questions), _MOST_ROWS):
                yield self._answers(asked.themes[theme], questions[rank : rank + _MOST_ROWS])

    def _answers(self, theme: str, questions: Sequence[Question]) -> Slide:
        """Return how the answers to questions of one scale divide."""
        study = self._study
        names = {question.id: question.texte_court for question in questions}
        chosen = given(study.niveaux.loc[study.niveaux["question"].isin(names)], names)
        series = [
            replace(shares(words, own, shade), spreads=())
            for words, shade, own in DrawnScale(study.questionnaire, questions[0].id).drawn(chosen)
        ]
        chart = BarChart(f"{theme}, {self._name}", [*names.values()], series, is_stacked=True)
        found = [one for one in _satisfied(study) if one.key in names]
        favourable = study.questionnaire.scale(questions[0].id).favorables
        told = lower_first(spread_title(found, favourable))
        title = f"{self._name}, {lower_first(theme)} : {told}"
        return Slide(title, chart=chart, source=source_of(self._sources.campaign))

    def _criteria(self, study: EnqueteMystere) -> list[Measure]:
        """Return how often each criterion was met on each channel where it was judged."""
        grid = self._sources.reference.grid
        return [
            replace(one, label=f"{one.label} ({lower_first(grid.channel(one.group).libelle)})")
            for row in study.conformite.to_dict("records")
            for one in [met(row, grid.criterion(row["critere"]))]
            if one.n
        ]


def compared(
    reference: Reference,
    campaign: Campaign,
    drawn: tuple[str, Sequence[str]],
    now: Sequence[Measure | None],
    before: Sequence[Measure | None],
) -> BarChart:
    """
    Return shares of a campaign, with those of the previous one when there are some.

    Parameters
    ----------
    reference, campaign
        Name the campaigns.
    drawn
        Subject of the chart, and names of its rows.
    now, before
        A share for each row.
    """
    series = [shares(upper_first(campaign.libelle), now)]
    if campaign.precedente and any(before):
        label = upper_first(reference.campaign(campaign.precedente).libelle)
        series.append(replace(shares(label, before, NEUTRAL), spreads=()))
    return BarChart(*drawn, series)


def source_of(campaign: Campaign) -> str:
    """Return what the shares of a campaign rest on."""
    first, last = long_date(campaign.debut), long_date(campaign.fin)
    return f"Source : enquête de satisfaction, du {first} au {last}."


def _satisfied(study: Satisfaction) -> list[Measure]:
    asked = study.questionnaire.by_id
    rows = study.parts.to_dict("records")
    return [satisfied(row, asked[row["question"]].texte_court) for row in rows]


def _named(found: Sequence[Measure]) -> str:
    return ", ".join(f"« {one.label} »" for one in found)


def _ends(ordered: Sequence[Measure]) -> tuple[list[Measure], list[str]]:
    """Return the measures that a chart shows, and what is said of those it leaves out."""
    if len(ordered) <= _MOST_ROWS:
        return [*ordered], []
    shown = [*ordered[:_EACH_SIDE], *ordered[-_EACH_SIDE:]]
    left = len(ordered) - len(shown)
    said = (
        f"Les {_EACH_SIDE} premiers sujets et les {_EACH_SIDE} derniers ; "
        f"{plural(left, 'autre')} dans le rapport du site."
    )
    return shown, [said]
