"""Check that reports still follow from the data: make them again and compare each figure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qpref.batch.figures import FIGURES, rows_of
from qpref.batch.freshness import altered
from qpref.batch.plan import FAILED_SUFFIX, Report
from qpref.batch.pool import Limits, make_all
from qpref.batch.provenance import SUFFIX, Provenance, causes, provenance_of, read_provenance
from qpref.batch.setting import RunSetting
from qpref.display.figures import VALUES
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.reference import Reference
from qpref.store import Store
from qpref.written import digest, digests, put

_CLOSE = 1e-9


@dataclass(frozen=True)
class Verdict:
    """
    What differs between a report and the one that the data give now; nothing when all is equal.

    `altered`: files that are no longer those that were published; `causes`: what it was made from
    that changed; `moved`: the figures that differ; `failure`: why it could not be made again.
    `nudged` counts figures that differ by less than one in a thousand million: another version of a
    library adds up in another order, nothing that is printed changes.
    """

    report: Report
    altered: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    nudged: int = 0
    is_worded_otherwise: bool = False
    failure: str | None = None

    @property
    def is_equal(self) -> bool:
        """Whether the report says what the data say."""
        return not (self.altered or self.moved or self.is_worded_otherwise or self.failure)


def verify(
    reports: Sequence[Report], project: Project, reference: Reference, setting: RunSetting,
    folder: Path,
) -> list[Verdict]:  # fmt: skip
    """
    Make reports again in a folder of their own, and compare them with those on disk.

    Parameters
    ----------
    reports
        Which.
    project, reference, setting
        As a batch has them.
    folder
        Where to make them again; elsewhere is written only the executed notebook of a report that
        fails, under the name that a batch gives it.

    Raises
    ------
    MissingDataError
        If a report was never made.
    """
    published = [_facts(report) for report in reports]
    plan = [replace(report, folder=folder / str(rank)) for rank, report in enumerate(reports)]
    results = make_all(plan, project, setting, Limits(), lambda _: None)
    found = []
    store = Store(project)
    for report, again, facts, result in zip(reports, plan, published, results, strict=True):
        now = provenance_of(report, store, reference, setting.now, facts.cle)
        verdict = Verdict(
            report,
            altered=(*altered(report, facts.sorties), *_provenance_altered(report, project)),
            causes=tuple(cause.text for cause in causes(facts, now)),
            failure=result.failure and _kept(report, project, again, result.failure),
        )
        if result.failure is None:
            same = report.output(".html").read_bytes() == again.output(".html").read_bytes()
            moved, nudged = _moved(*(_figures(one) for one in (report, again)))
            verdict = replace(
                verdict, moved=moved, nudged=nudged, is_worded_otherwise=not same and not moved
            )
        found.append(verdict)
    return found


def _provenance_altered(report: Report, project: Project) -> list[str]:
    """Return the name of a report's provenance when it is not as the register has it."""
    path = report.output(SUFFIX)
    known = digests(project, [path]).get(path)
    return [path.name] if known and digest(path.read_bytes()) not in known else []


def _kept(report: Report, project: Project, again: Report, failure: str) -> str:
    """Put the executed notebook of a failed report beside the report, and say that place."""
    draft, kept = again.output(FAILED_SUFFIX), report.output(FAILED_SUFFIX)
    if draft.is_file():
        put(project, {kept: draft.read_bytes()}, report.failed)
    return failure.replace(str(draft), str(kept))


def _facts(report: Report) -> Provenance:
    facts = read_provenance(report.output(SUFFIX))
    if facts is None or not report.output(".html").is_file():
        raise MissingDataError(
            f"Le rapport {report.notebook.name}, site {report.site}, campagne {report.campaign}, "
            "n’est pas là, ou sa provenance est illisible.",
            "Faites-le d’abord : qpref rapports.",
        )
    return facts


def _figures(report: Report) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the figures of a report by what they are, in order."""
    rows = rows_of(report.output(FIGURES).read_bytes())
    return {key: {name: row[name] for name in VALUES if name in row} for key, row in rows.items()}


def _moved(
    before: Mapping[tuple[str, ...], Mapping[str, str]],
    now: Mapping[tuple[str, ...], Mapping[str, str]],
) -> tuple[tuple[str, ...], int]:
    """Return one line a figure that is not the same: what it was, what it is; and the nudged."""
    lines, nudged = [], 0
    for key in (*before, *(key for key in now if key not in before)):
        old, new = before.get(key), now.get(key)
        name = " › ".join(part for part in key[:-1] if part)
        if old is None or new is None:
            lines.append(f"{name} : {'absent du rapport' if old is None else 'disparu'}")
            continue
        # A column that an earlier version did not write says nothing of the figure.
        common = [k for k in VALUES if k in old and k in new]
        differing = [k for k in common if not _is_close(old[k], new[k])]
        if not differing:
            nudged += any(old[k] != new[k] for k in common)
            continue
        parts = [f"{k} {old[k] or '—'} → {new[k] or '—'}" for k in differing]
        lines.append(f"{name} : {', '.join(parts)}")
    return tuple(lines), nudged


def _is_close(old: str, new: str) -> bool:
    """Whether two cells say the same figure, or the same text."""
    if old == new:
        return True
    try:
        values = [float(text.replace(",", ".")) for text in (old, new)]
    except ValueError:
        return False
    return math.isclose(*values, rel_tol=_CLOSE, abs_tol=_CLOSE)
