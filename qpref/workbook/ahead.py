"""Answers opened ahead: what several reports of a site and campaign need, worked out once.

A process from which reports are forked opens them (`qpref.batch.worker`); each fork finds them as
they are, unless the reference data or what was imported changed meanwhile.
"""

from contextlib import suppress

from qpref.project import Project
from qpref.reference import load_reference
from qpref.told import listening
from qpref.workbook.satisfaction import Satisfaction
from qpref.workbook.sources import Sources

_State = tuple[object, ...]
_held: dict[_State, Satisfaction] = {}


def open_ahead(project: Project, site: str, campaign: str) -> None:
    """
    Work out what reports of a site and campaign share, for those forked from this process.

    What goes wrong, or is to be told, is left to the report that meets it: nothing is held then.
    """
    said: list[str] = []
    with suppress(Exception), listening(said.append):
        sources = Sources(project, load_reference(project.reference), site, campaign)
        state = _state(sources)
        opened = Satisfaction(sources)
        if not opened.reponses.empty:
            _work_out(opened)
        if not said:
            _held[state] = opened


def _work_out(opened: Satisfaction) -> None:
    """Work out now what several reports ask for: verdicts, weights, masks, what weighs."""
    asked, groups = opened._asked, opened._groups  # noqa: SLF001 - read, not copied as for analysts
    for name in asked.groups:
        groups.shown(name)
    _ = asked.levels, opened._findings  # noqa: SLF001
    if asked.main:
        _ = opened._models.drivers  # noqa: SLF001


def held(sources: Sources) -> Satisfaction | None:
    """Return what was opened ahead from the same data and facts; None when it was not."""
    return _held.get(_state(sources)) if _held else None


def _state(sources: Sources) -> _State:
    """Return what answers depend on: another state of one of these gives other figures."""
    campaigns = [one.id for one in (sources.campaign, sources.previous) if one]
    store = sources.answers.store
    files = [entry.model_dump_json() for name in campaigns for entry in store.imports(name)]
    root = str(sources.project.root.resolve())
    return root, sources.site.id, sources.campaign.id, sources.reference.digest, *files
