"""Answers opened ahead: what several reports of a committee and campaign need, worked out once.

A process from which reports are forked opens them (`qpref.batch.worker`); each fork finds them as
they are, unless the reference data or what was imported changed meanwhile. Sites of a committee
share what is read of all of them: tables, and which groups are too small to be told at one.
"""

from collections.abc import Callable
from contextlib import suppress

from qpref.project import Project
from qpref.reference import load_reference
from qpref.told import listening
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.base import Counted
from qpref.workbook.contacts import Contacts
from qpref.workbook.heard import HeardComplaints
from qpref.workbook.months import Months
from qpref.workbook.satisfaction import Satisfaction
from qpref.workbook.sources import Sources

_State = tuple[object, ...]
_held: dict[_State, dict[str, Sources]] = {}  # of one committee and campaign, by site


def open_ahead(project: Project, site: str, campaign: str, study: str) -> None:
    """
    Work out what reports of a site and campaign share, for those forked from this process.

    Parameters
    ----------
    project, site, campaign
        Where the answers are.
    study
        What the next report opens, one of `STUDIES`; what it alone needs is left to it.

    Notes
    -----
    What goes wrong, or is to be told, is left to the report that meets it: nothing is held then.
    """
    said: list[str] = []
    with suppress(Exception), listening(said.append):
        reference = load_reference(project.reference)
        sources = held(_read_together(Sources(project, reference, site, campaign)))
        state = _state(sources)
        others = _held.get(state, {})
        _held.clear()
        _ = sources.rejects
        STUDIES[study](sources)
        if not said:
            _held[state] = {**others, site: sources}


def _read_together(sources: Sources) -> Sources:
    """Return sources that read at once, of each table, the rows of all sites of the committee."""
    project, reference, campaign = sources.project, sources.reference, sources.campaign.id
    together = [site.id for site in reference.covered(sources.site.comite or "")]
    answers = SharedAnswers(project, reference, campaign, together=together)
    return Sources(project, reference, sources.site.id, campaign, answers)


def _satisfaction(sources: Sources) -> None:
    """Work out now what several reports ask for: verdicts, weights, masks, what weighs."""
    opened = sources.once(Satisfaction)
    if opened.reponses.empty:
        return
    asked, groups = opened._asked, opened._groups  # noqa: SLF001 - read, not copied as for analysts
    for name in asked.groups:
        groups.shown(name)
    for question in opened.questionnaire.choices:  # told of all sites of the committee
        groups.published(question.variable)
    _ = asked.levels, opened._findings  # noqa: SLF001
    if asked.main:
        _ = opened._models.drivers  # noqa: SLF001


def _mystery(sources: Sources) -> None:
    """Work out the criteria met, and the marks."""
    found = sources.once(Contacts)
    if not found.rows.empty:
        _ = found.met(), found.marks


def _monthly(sources: Sources) -> None:
    """Work out what chance explains of each month, and what the register says of the year."""
    _ = sources.once(Months).followed, sources.once(HeardComplaints).year


def _labelling(sources: Sources) -> None:
    """Work out what commitments rest upon: answers, contacts, months, register."""
    _ = sources.once(Counted).asked.shares
    _mystery(sources)
    _monthly(sources)


STUDIES: dict[str, Callable[[Sources], None]] = {
    "ouvrir_satisfaction": _satisfaction,
    "ouvrir_enquete_mystere": _mystery,
    "ouvrir_indicateurs": _monthly,
    "ouvrir_labellisation": _labelling,
}
"""What is worked out ahead for a notebook, by the function that it opens its data with."""


def held(sources: Sources) -> Sources:
    """
    Return what was opened ahead from the same data and facts, else the same sources.

    For a site that was not opened: sources of its own, that read nothing again of what was read of
    all.
    """
    known = _held.get(_state(sources)) if _held else None
    site = sources.site.id
    if not known or site in known:
        return known[site] if known else sources
    answers = next(iter(known.values())).answers
    return Sources(sources.project, sources.reference, site, sources.campaign.id, answers)


def _state(sources: Sources) -> _State:
    """Return what answers depend on, at any site: another state gives other figures."""
    campaigns = sources.reference.read_with(sources.campaign.id)
    files = [sources.answers.store.digest(name) for name in campaigns]
    root = str(sources.project.root.resolve())
    return root, sources.campaign.id, sources.reference.digest, *files
