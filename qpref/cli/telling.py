"""Progress of a batch: bars or JSON lines while it runs, a log, and the slowest cells."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import fmean

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from qpref.batch.pool import Event
from qpref.batch.result import Result
from qpref.cli.terminal import ERR, clean, print_json
from qpref.project import appending
from qpref.wording.french import number

Tell = Callable[[Event], None]
_LONGEST = 3


def say_line(event: Event) -> None:
    """Print an event as a line of JSON, for a scheduler."""
    print_json(event, indent=None)


@contextlib.contextmanager
def telling(folder: Path, total: int, *, is_json: bool) -> Iterator[Tell]:
    """
    Give what each event of a batch is told to.

    Every event but the beginning of a cell goes to the journal of the folder; all of them are shown
    as bars, or printed as lines of JSON.
    """
    with _journal(folder) as write, _lines() if is_json else _bars(total) as show:

        def tell(event: Event) -> None:
            if event["evenement"] != "cellule":
                write(event)
            show(event)

        yield tell


@contextlib.contextmanager
def _lines() -> Iterator[Tell]:
    yield say_line


@contextlib.contextmanager
def _bars(total: int) -> Iterator[Tell]:
    """Give what shows the reports made, the cell under way and the time left."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("reste"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=ERR) as progress:
        task = progress.add_task("Rapports", total=total)

        def show(event: Event) -> None:
            if event["evenement"] == "cellule":
                place = f"{event['campagne']}, {event['site']}, {event['notebook']}"
                progress.update(task, description=f"{clean(place)}, cellule {event['cellule'] + 1}")
            elif event["evenement"] == "fin":
                progress.advance(task)

        yield show


@contextlib.contextmanager
def _journal(folder: Path) -> Iterator[Tell]:
    """Give what adds a line to reports/journal.jsonl: a run that was cut can be told after."""
    with appending(folder / "journal.jsonl") as add:

        def write(event: Event) -> None:
            moment = datetime.now().astimezone().isoformat(timespec="seconds")
            add({"moment": moment, **event})

        yield write


def slowest_cells(results: Sequence[Result]) -> list[str]:
    """Return what to print of the cells that took longest, on average over the reports."""
    by_cell: dict[tuple[str, int, str], list[float]] = defaultdict(list)
    for result in results:
        for cell in result.cells:
            by_cell[result.report.notebook.name, cell.index + 1, cell.source].append(cell.seconds)
    means = sorted(((fmean(found), key) for key, found in by_cell.items()), reverse=True)
    lines = [
        f"  {name}, cellule {index} « {source} » : {number(seconds, 2)} s"
        for seconds, (name, index, source) in means[:_LONGEST]
    ]
    return ["Cellules les plus longues, en moyenne :", *lines] if lines else []
