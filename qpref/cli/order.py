"""What a user asks of a batch of reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """
    The reports asked for, and how to make them: one field for each option of `qpref rapports`.

    Without a `campaign`, all those that have data; without `sites` or `notebooks`, all of them.
    `workers` None: as many as this computer bears. `seconds`, `megabytes`, `tries`: of each report.
    `scheduler`: address of a Dask scheduler; `depot`: the storage shared with its workers.
    """

    campaign: str | None
    sites: tuple[str, ...]
    notebooks: tuple[str, ...]
    with_pdf: bool
    is_interactive: bool
    is_forced: bool
    is_plan: bool
    workers: int | None
    tries: int
    seconds: int
    megabytes: int | None
    scheduler: str | None
    depot: str | None
    is_json: bool
