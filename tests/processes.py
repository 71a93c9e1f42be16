"""What the reports of a campaign publish: made each in a process of its own, or several in one."""

import pytest

from qpref.batch import shared
from qpref.batch.plan import Report, make_plan
from qpref.batch.pool import Limits, make_all
from qpref.batch.ready import apart
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
from tests.conftest import NIGHT, NOW

ORDERS = (1, -1) if NIGHT else (-1,)  # the other one is that of all other tests
SUFFIXES = (".html", ".chiffres.csv", ".chiffres.xlsx")


def _published(plan: list[Report], project: Project, order: int = 1) -> dict[Report, list[bytes]]:
    """Make reports in an order or the other one; return what they publish."""
    results = make_all(plan[::order], project, RunSetting(NOW), Limits(), lambda _: None)
    assert [one.failure for one in results] == [None] * len(plan)
    return {one: [one.output(suffix).read_bytes() for suffix in SUFFIXES] for one in plan}


def differences(project: Project, campaign: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the usual reports that publish something else in a process that makes several."""
    plan, _ = apart(make_plan(project, load_reference(project.reference), campaign), project)
    with monkeypatch.context() as changed:
        changed.setattr(shared, "related", lambda _: {})
        alone = _published(plan, project)
    assert len(shared.related(plan)) > 1
    return {
        report.label
        for order in ORDERS
        for report, content in _published(plan, project, order).items()
        if content != alone[report]
    }
