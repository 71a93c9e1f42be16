"""What the slides say of a campaign: the same measures and sentences as the reports."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from qpref.display.opinions import spread_title
from qpref.display.section import Row, Section, Table
from qpref.palette import NEUTRAL
from qpref.project import Project
from qpref.quality.answers import satisfied
from qpref.quality.mystery_measures import met
from qpref.quality.progress import proved_measure
from qpref.reference import Reference, Site
from qpref.slides.deck import Chart, Slide, counts, shares
from qpref.statistics.measure import Measure
from qpref.wording.french import long_date, lower_first, plural, upper_first
from qpref.workbook import EnqueteMystere, Satisfaction, Synthese
from qpref.workbook.sources import Sources

_MOST_ROWS = 14  # of a chart that is read from the back of a room
_EACH_SIDE = 6  # beyond, so many of the highest and of the lowest
_MOST_SLIDES = 16  # about results: agenda, agreements and questions come beside
_MET = ("respecté", "non respecté")
_PROVED = ("preuve réunie", "à réunir")
_LEFT_OUT, _LEFT_OUTS = "critère mieux respecté est", "critères mieux respectés sont"
_INTERVAL = "Trait : intervalle à 95\u00a0%."


class Results:
    """
    The slides on a campaign, for the sites of a meeting.

    Parameters
    ----------
    project, reference
        The data, and the facts they are read with.
    campaign
        Whose results.
    sites
        Identifiers of the sites; of one committee or several.
    """

    def __init__(
        self, project: Project, reference: Reference, campaign: str, sites: Sequence[str]
    ) -> None:
        self._project, self._reference = project, reference
        self._campaign = reference.campaign(campaign)
        self._sites = [reference.site(name) for name in sites]

    @cached_property
    def _committees(self) -> list[Synthese]:
        names = dict.fromkeys(site.comite or "" for site in self._sites)
        own = {site.id for site in self._sites}
        return [
            Synthese(self._project, self._reference, self._campaign.id, name, own) for name in names
        ]

    @property
    def is_fictional(self) -> bool:
        """Whether something of what is shown is invented."""
        return any(one.est_fictif for one in self._committees)

    def slides(self) -> list[Slide]:
        """Return the slides on the whole, then site by site, as many as a meeting bears."""
        first = [slide for one in self._committees for slide in self._whole(one)]
        last = [slide for one in self._committees for slide in self._ahead(one)]
        kinds: list[Callable[[Site], Slide | None]] = [self._messages, self._topics, self._mystery]
        chosen: list[list[Slide]] = [[] for _ in self._sites]
        room = _MOST_SLIDES - len(first) - len(last)
        for kind in kinds:
            added = [kind(site) for site in self._sites]
            room -= sum(slide is not None for slide in added)
            if room < 0:
                break
            for own, slide in zip(chosen, added, strict=True):
                own.extend([slide] if slide else [])
        return [*first, *(slide for own in chosen for slide in own), *last]

    # The whole

    def _whole(self, joint: Synthese) -> Iterator[Slide]:
        """Yield what the committee said, who is satisfied at each site, what changed."""
        replied = joint.suites()
        if any(self._reference.remark(s.id, self._campaign.id) for s in self._sites):
            yield Slide(upper_first(replied.title), replied.sentences)
        section = joint.satisfaction()
        if not section.is_left_out:
            yield self._overall(joint, section)
        if self._campaign.precedente:
            changed = joint.changements()
            yield Slide(changed.title, changed.sentences, source=self._source)

    def _overall(self, joint: Synthese, section: Section) -> Slide:
        """Return overall satisfaction, a site after the other, this campaign and the previous."""
        main = joint.questionnaire.main
        now, before, names = [], [], []
        for one in joint.resultats:
            own = one.parts.loc[one.parts["question"] == main].to_dict("records")
            names.append(one.site.nom_court)
            now.append(satisfied(own[0]) if own and one.answers else None)
            moved = one.family.main(main)
            before.append(moved.before if moved and moved.change.is_compared else None)
        table = section.tables[0]
        chart = self._compared(table.caption, names, now, before)
        notes = [f"{row.label} : {row.detail}" for row in table.rows if row.detail]
        return Slide(
            section.title, section.sentences, chart=chart, notes=notes, source=self._source
        )

    def _ahead(self, joint: Synthese) -> Iterator[Slide]:
        """Yield the way to the label, and what to discuss."""
        section = joint.labellisation()
        if not section.is_left_out:
            done = [proved_measure(one.states, one.site.nom_court) for one in joint.resultats]
            chart = Chart(
                section.tables[0].caption,
                [one.label for one in done],
                counts(_PROVED, done),
                is_percent=False,
                is_stacked=True,
            )
            rows = [f"{row.label} : {row.detail}." for row in section.tables[0].rows]
            yield Slide(section.title, [*section.sentences, *rows], chart=chart)
        asked = joint.questions()
        for table in asked.tables:
            yield Slide(asked.title, asked.sentences, table)

    # A site

    def _opened(self, site: Site) -> Satisfaction:
        return Satisfaction(Sources(self._project, self._reference, site.id, self._campaign.id))

    @cached_property
    def _studies(self) -> dict[str, Satisfaction]:
        return {site.id: self._opened(site) for site in self._sites}

    def _messages(self, site: Site) -> Slide | None:
        """Return who answered, what satisfies and what does not, what moved."""
        study = self._studies[site.id]
        if study.reponses.empty:
            return Slide(f"{site.nom_court} : aucune réponse à l’enquête de cette campagne")
        key = study.chiffres_cles()
        who, points, moved = study.repondants(), study.points(), study.evolution()
        rows = [Row("Qui a répondu", [f"{who.title}."])]
        if not key.is_left_out:
            overall = key.key_figures[1]
            rows.append(Row("Dans l’ensemble", [f"{overall.value} {overall.meaning}."]))
        rows += [Row(t.caption, [_listed(t)]) for t in points.tables]
        rated, favourable = self._rated(study)
        if rated and not points.tables:
            rows.append(Row("Sujet par sujet", [f"{spread_title(rated, favourable)}."]))
        rows.append(Row("Ce qui a bougé", [f"{moved.title}."]))
        title = f"{site.nom_court} : {lower_first(who.title)}"
        notes = [*who.sentences, *key.sentences, *moved.sentences]
        return Slide(
            title,
            table=Table("L’essentiel", ["", "Cette campagne"], rows),
            notes=notes,
            source=self._source,
        )

    def _topics(self, site: Site) -> Slide | None:
        """Return the share of satisfied users for each question, sorted, the previous beside."""
        study = self._studies[site.id]
        rated, favourable = self._rated(study)
        if not rated:
            return None
        shown, cut = _ends(rated)
        then = {
            one.change.key: one.before
            for one in study.comparees.changes(study.questionnaire)
            if one.change.is_compared
        }
        chart = self._compared(
            f"{upper_first(favourable)}, {site.nom_court}",
            [one.label for one in shown],
            shown,
            [then.get(one.key) for one in shown],
        )
        title = f"{site.nom_court} : {lower_first(spread_title(rated, favourable))}"
        few = [one for one in _satisfied(study) if one.n and not one.is_rated]
        notes = [*cut, *([f"Trop peu d’avis pour un pourcentage : {_named(few)}."] if few else [])]
        return Slide(title, cut, chart=chart, notes=notes, source=f"{self._source} {_INTERVAL}")

    @staticmethod
    def _rated(study: Satisfaction) -> tuple[list[Measure], str]:
        """Return the shares of answers enough, the highest first, and who is counted in them."""
        rated = [one for one in _satisfied(study) if one.is_rated]
        favourable = study.questionnaire.favourables(one.key for one in rated)
        return sorted(rated, key=lambda one: -one.printed), favourable

    def _compared(
        self,
        subject: str,
        names: Sequence[str],
        now: Sequence[Measure | None],
        before: Sequence[Measure | None],
    ) -> Chart:
        """Return shares of this campaign, with those of the previous one when there are some."""
        series = [shares(upper_first(self._campaign.libelle), now)]
        earlier = self._campaign.precedente
        if earlier and any(before):
            label = upper_first(self._reference.campaign(earlier).libelle)
            series.append(replace(shares(label, before, NEUTRAL), spreads=()))
        return Chart(subject, names, series)

    def _mystery(self, site: Site) -> Slide | None:
        """Return the mystery criteria met at a site, those least often met first."""
        study = EnqueteMystere(Sources(self._project, self._reference, site.id, self._campaign.id))
        found = self._criteria(study)
        if not found:
            return None
        made = study.contacts_realises()
        order = sorted(found, key=lambda one: one.value)[:_MOST_ROWS]
        chart = Chart(
            f"Critères respectés, {site.nom_court}",
            [one.label for one in order],
            counts(_MET, order),
            is_percent=False,
            is_stacked=True,
        )
        cut = len(found) - len(order)
        notes = [section.title for section in study.canaux()]
        left = [f"{plural(cut, _LEFT_OUT, _LEFT_OUTS)} dans le rapport du site."] if cut else []
        title = f"{site.nom_court}, enquête mystère : {lower_first(made.title)}"
        return Slide(title, [*made.sentences[:1], *left], chart=chart, notes=notes)

    def _criteria(self, study: EnqueteMystere) -> list[Measure]:
        """Return how often each criterion was met on each channel where it was judged."""
        grid = self._reference.grid
        return [
            replace(one, label=f"{one.label} ({lower_first(grid.channel(one.group).libelle)})")
            for row in study.conformite.to_dict("records")
            for one in [met(row, grid.criterion(row["critere"]))]
            if one.n
        ]

    @property
    def _source(self) -> str:
        first, last = long_date(self._campaign.debut), long_date(self._campaign.fin)
        return f"Source : enquête de satisfaction, du {first} au {last}."


def _satisfied(study: Satisfaction) -> list[Measure]:
    asked = study.questionnaire.by_id
    rows = study.parts.to_dict("records")
    return [satisfied(row, asked[row["question"]].texte_court) for row in rows]


def _listed(table: Table) -> str:
    return " ; ".join(f"« {row.label} » {row.cells[0]}" for row in table.rows) + "."


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
