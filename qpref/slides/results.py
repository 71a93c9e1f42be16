"""What the slides say of a campaign: the same measures and sentences as the reports."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from qpref.display.section import Section
from qpref.display.wording import count
from qpref.project import Project
from qpref.quality.answers import satisfied
from qpref.quality.progress import proved_measure
from qpref.reference import Reference
from qpref.slides.deck import BarChart, Slide, counts
from qpref.slides.months import month_slides
from qpref.slides.site import SiteSlides, compared, source_of
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, lower_first, upper_first
from qpref.workbook import Synthese
from qpref.workbook.sources import Sources

_MOST_SLIDES = 15  # about the survey and the label: agenda, agreements, months come beside
_PROVED = ("preuve réunie", "à réunir")


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
    def committees(self) -> list[Synthese]:
        """What each committee sees of its own sites."""
        names = dict.fromkeys(site.comite or "" for site in self._sites)
        own = {site.id for site in self._sites}
        return [
            Synthese(self._project, self._reference, self._campaign.id, name, own) for name in names
        ]

    @property
    def is_fictional(self) -> bool:
        """Whether something of what is shown is invented."""
        return any(one.est_fictif for one in self.committees)

    def slides(self) -> list[Slide]:
        """Return the slides on the whole, then site by site, as many as a meeting bears."""
        first = [slide for one in self.committees for slide in self._whole(one)]
        way = [slide for one in self.committees for slide in _way(one)]
        beside = [slide for one in self.committees for slide in month_slides(one)]
        last = [slide for one in self.committees for slide in _asked(one)]
        own_sources = [
            Sources(self._project, self._reference, site.id, self._campaign.id)
            for site in self._sites
        ]
        kinds = zip(*(SiteSlides(own).kinds for own in own_sources), strict=True)
        chosen: list[list[Slide]] = [[] for _ in self._sites]
        room = _MOST_SLIDES - len(first) - len(way) - len(last)
        for kind in kinds:
            added = [[*make()] for make in kind]
            room -= sum(map(len, added))
            if room < 0:
                break
            for own, slides in zip(chosen, added, strict=True):
                own.extend(slides)
        others = [slide for one in self.committees for slide in _other_labels(one)]
        return [*first, *(slide for own in chosen for slide in own), *beside, *way, *others, *last]

    # The whole

    def _whole(self, joint: Synthese) -> Iterator[Slide]:
        """Yield what the committee said, who is satisfied where, with what, what changed."""
        replied = joint.suites()
        if any(self._reference.remark(s.id, self._campaign.id) for s in self._sites):
            yield Slide(upper_first(replied.title), replied.sentences)
        if len(joint.sites) == 1:
            return  # what is said of the site says it all
        section = joint.satisfaction()
        if not section.is_left_out:
            yield self._overall(joint, section)
        points = joint.points()
        yield Slide(points.title, points.sentences, source=source_of(self._campaign))
        if self._campaign.precedente:
            changed = joint.changements()
            yield Slide(changed.title, changed.sentences, source=source_of(self._campaign))

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
        chart = compared(self._reference, self._campaign, (table.caption, names), now, before)
        notes = [f"{row.label} : {row.detail}" for row in table.rows if row.detail]
        return Slide(
            section.title,
            section.sentences,
            chart=chart,
            notes=notes,
            source=source_of(self._campaign),
        )


def _way(joint: Synthese) -> Iterator[Slide]:
    """Yield the way to the label."""
    section = joint.labellisation()
    if section.is_left_out:
        return
    done = [proved_measure(one.states, one.site.nom_court) for one in joint.resultats]
    rows = [f"{row.label} : {row.detail}." for row in section.tables[0].rows]
    chart = _proved(section.tables[0].caption, done)
    yield Slide(section.title, [*section.sentences, *rows], chart=chart)


def _other_labels(joint: Synthese) -> Iterator[Slide]:
    """Yield each other label that sites follow: what is proved at each of them, and in time."""
    for name, own in joint.autres_suivis.items():
        called = own[0].standard.name or name
        done = [proved_measure(one.states, one.site.nom_court) for one in own]
        ahead = [f"{one.site.nom_court} : {lower_first(one.ahead)}" for one in own]
        told = enumeration([f"{one.label}, {count(one)}" for one in done])
        title = f"{called}, engagements prouvés : {told}"
        yield Slide(title, ahead, chart=_proved(f"{called}, engagements prouvés", done))


def _proved(subject: str, done: Sequence[Measure]) -> BarChart:
    names = [one.label for one in done]
    return BarChart(subject, names, counts(_PROVED, done), is_percent=False, is_stacked=True)


def _asked(joint: Synthese) -> Iterator[Slide]:
    """Yield what to discuss."""
    asked = joint.questions()
    for table in asked.tables:
        yield Slide(asked.title, asked.sentences, table)
