"""Answers held from a report to the next, in a process that makes several.

What a report read and worked out of a site and campaign, the next one finds as it is, unless the
reference data or what was imported changed meanwhile. Sites of a committee share what is read of
all of them: tables, and which groups are too small to be told at one.
"""

from qpref.workbook.answers import SharedAnswers
from qpref.workbook.sources import Sources

_State = tuple[object, ...]


class _Held:
    """The sources of one committee and campaign, by site, and what they were read from."""

    is_wanted = False

    def __init__(self) -> None:
        self.state: _State = ()
        self.sources: dict[str, Sources] = {}


_HELD = _Held()


def hold() -> None:
    """Hold from now on what reports open, for those that this process makes after them."""
    _HELD.is_wanted = True


def forget() -> None:
    """Hold nothing of what was opened: what went wrong, or was told, is so for the next one too."""
    _HELD.state, _HELD.sources = (), {}


def held(sources: Sources) -> Sources:
    """Return what is held from the same data and facts, else the same sources, held from now on."""
    if not _HELD.is_wanted:
        return sources
    state, site, known = _state(sources), sources.site.id, _HELD.sources
    if state != _HELD.state:
        _HELD.state, _HELD.sources = state, (known := {})
    if site not in known:
        answers = next(iter(known.values())).answers if known else _read_together(sources)
        place = sources.reference, site, sources.campaign.id
        known[site] = Sources(sources.project, *place, answers)
    return known[site]


def _read_together(sources: Sources) -> SharedAnswers:
    """Return answers that read at once, of each table, the rows of all sites of the committee."""
    project, reference = sources.project, sources.reference
    together = [site.id for site in reference.covered(sources.site.comite or "")]
    return SharedAnswers(project, reference, sources.campaign.id, together=together)


def _state(sources: Sources) -> _State:
    """Return what answers depend on, at any site of a committee: another state, other figures."""
    campaigns = sources.reference.read_with(sources.campaign.id)
    files = [sources.answers.store.digest(name) for name in campaigns]
    root = str(sources.project.root.resolve())
    place = root, sources.campaign.id, sources.site.comite
    return *place, sources.reference.digest, *files
