"""Options shared by all the reports of a run."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class RunSetting:
    """
    How reports are made.

    `now` is written in the provenance files only; without a `browser`, no PDF is made;
    `is_interactive`: a page with its plotly figures too.
    """

    now: datetime
    browser: Path | None = None
    is_interactive: bool = False
