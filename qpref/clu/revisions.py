"""Compare what committees received with what the same reports say now.

Both are read from figures files, and compared as readers see them: a value at the digits that were
shown, its interval, its base, what was concluded. A new figure is no revision: nobody had read it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qpref.batch.figures import FIGURES, Figure, Key, read_figures
from qpref.batch.provenance import SUFFIX, Cause, Provenance, causes, read_provenance
from qpref.clu.archive import Edition, published, reference_digests
from qpref.display.erratum import Revised, Revision, said
from qpref.project import Project
from qpref.quality.method import METHOD
from qpref.reference.meeting import Meeting
from qpref.statistics.measure import Measure
from qpref.written import digest

_BY_HAND = Cause("programme", "fichier de chiffres changé après que le rapport a été fait")
_UNKNOWN = Cause(
    "programme", "programme, remarques relues, habillage ou données d’un autre site changés"
)


@dataclass(frozen=True)
class Published:
    """A report as committees received it: where it is kept, for which meetings it was sent."""

    edition: Edition
    campaign: str
    name: str
    meetings: tuple[date, ...]


def received(project: Project, meetings: Sequence[Meeting]) -> list[Published]:
    """Return the reports that committees received, those of the same figures once."""
    found: dict[tuple[str, str, str], Published] = {}
    for meeting in meetings:
        for edition in published(project, meeting):
            facts = edition.facts
            for name in facts.rapports if facts else ():
                digest = facts.fichiers[f"{name}{FIGURES}"] if facts else ""
                key = (str(meeting.campagne), name, digest)
                before = found[key].meetings if key in found else ()
                days = tuple(dict.fromkeys((*before, meeting.date)))
                found[key] = Published(edition, key[0], name, days)
    return list(found.values())


def revised(project: Project, one: Published) -> Revised | None:
    """
    Return a report and its figures that read otherwise now; None when it is not there any more.

    Raises
    ------
    StorageError
        If a figures file cannot be read.
    """
    base = project.document(one.campaign, one.name)
    path = base.with_name(f"{base.name}{FIGURES}")
    facts = read_provenance(base.with_name(f"{base.name}{SUFFIX}"))
    if facts is None or not path.exists():
        return None
    before, now = read_figures(one.edition.output(one.name, FIGURES)), read_figures(path)
    is_edited = digest(path.read_bytes()) != facts.sorties.get(path.name)
    why = [_BY_HAND] if is_edited else _why(project, one.edition, one.name, facts)
    found = [*_revisions(before, now, why)]
    return Revised(
        one.campaign,
        one.name,
        facts.titre or one.name,
        one.meetings,
        found,
        len(before) - len(found),
        old.methode if (old := one.edition.provenance(one.name)) else METHOD,
        facts.fictif,
    )


def _why(project: Project, edition: Edition, name: str, now: Provenance) -> list[Cause]:
    """Return what may explain that a report says something else, reference files by name."""
    old, kept = edition.provenance(name), edition.facts
    if old is None or kept is None:
        return [_UNKNOWN]
    files = reference_digests(project)
    changed = sorted(
        file for file in files.keys() | kept.reference.keys()
        if files.get(file) != kept.reference.get(file)
    )  # fmt: skip
    return [
        replace(cause, text=f"{cause.text} ({', '.join(changed)})")
        if cause.kind == "reference" and changed
        else cause
        for cause in causes(old, now)
    ] or [_UNKNOWN]


def _revisions(
    before: Mapping[Key, Figure], now: Mapping[Key, Figure], why: Sequence[Cause]
) -> Iterator[Revision]:
    """Yield the figures that do not read as they were published, in the order of the report."""
    renamed = _renamed(before, now)
    for key, old in before.items():
        new = now.get(renamed.get(key, key))
        if new is None or said(new.measure) != said(old.measure):
            measure = new.measure if new else None
            yield Revision(old.section, old.measure, measure, _reasons(old.measure, measure, why))


def _renamed(before: Mapping[Key, Figure], now: Mapping[Key, Figure]) -> dict[Key, Key]:
    """Return the figures that have another label now, when one alone can be each of them."""
    gone: dict[Key, list[Key]] = defaultdict(list)
    come: dict[Key, list[Key]] = defaultdict(list)
    for some, others, found in ((before, now, gone), (now, before, come)):
        for key, figure in some.items():
            if key not in others:
                found[figure.section, figure.measure.key, figure.measure.group].append(key)
    return {
        keys[0]: come[place][0]
        for place, keys in gone.items()
        if len(keys) == len(come.get(place, ())) == 1
    }


def _reasons(old: Measure, new: Measure | None, why: Sequence[Cause]) -> list[str]:
    """
    Return what may explain that a figure changed.

    A method counts the same answers: where the counts differ, data or reference data explain it.
    """
    counted = [cause for cause in why if cause.kind in {"donnees", "reference"}]
    is_recounted = new is not None and (old.n, old.count) != (new.n, new.count)
    return [cause.text for cause in (counted if is_recounted and counted else why)]
