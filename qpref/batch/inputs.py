"""The campaigns that a report reads, and the files imported for them."""

from qpref.batch.plan import Report
from qpref.reference import Reference
from qpref.store import NO_SITE, Import, Store


def read_with(report: Report, reference: Reference) -> list[str]:
    """
    Return the campaigns that a report reads: its own, those before, and the publics it shows.

    Only a report on all sites shows other publics, those that the committee may see.
    """
    beside = [
        one.id
        for one in reference.campaigns.beside(report.campaign)
        if one.is_for_committee and report.notebook.is_joint
    ]
    return [name for own in (report.campaign, *beside) for name in reference.read_with(own)]


def campaign_imports(report: Report, store: Store, reference: Reference) -> list[Import]:
    """
    Return the imports of the campaigns that a report reads, of all sites of its committee.

    A file whose sites could not be told concerns every report.
    """
    names = read_with(report, reference)
    found = [entry for name in names for entry in store.imports(name)]
    return [
        entry
        for entry in found
        if not (set(entry.gardees_par_site) - {NO_SITE}).isdisjoint(report.peers)
        or not set(entry.gardees_par_site) - {NO_SITE}
    ]


def inputs_of(report: Report, store: Store, reference: Reference) -> list[Import]:
    """Return, of these imports, those that concern the report's own site."""
    return [
        entry
        for entry in campaign_imports(report, store, reference)
        if not set(report.sites).isdisjoint(entry.gardees_par_site)
    ]
