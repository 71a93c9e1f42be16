"""The Python of the guide's paragraph on comparisons under a design runs as it is written."""

import contextlib
import re

import pytest

from tests.conftest import ROOT


def test_two_campaigns_are_compared_as_the_guide_says(filled):
    """The value is the difference of both shares, the variance the sum of both."""
    guide = (ROOT / "docs" / "guide-analyste.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(import numpy.*?)```", guide, re.DOTALL)[1]
    space = {}
    with contextlib.chdir(filled.root):
        exec(compile(code, "guide", "exec"), space)  # noqa: S102 - ours
        now, before = (space["part"](name) for name in ("2020-11", "2019-11"))

    found = space["ecart"]
    assert found.value == pytest.approx(now.value - before.value)
    assert found.interval()[0] < found.interval(level=0.90)[0] < found.value
    assert found.se == pytest.approx((now.se**2 + before.se**2) ** 0.5)
