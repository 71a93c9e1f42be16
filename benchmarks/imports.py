"""What qpref costs before it answers: `python benchmarks/imports.py PROJECT [RUNS]`.

CPU seconds of new processes, by turns: one that imports pandas, one that opens a study of the
example (imported in PROJECT), commands. Then the ratio of each median to that of pandas. Bytecode
is kept, as where qpref is installed: the first run of each is not counted.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

SITE, CAMPAIGN = "evry", "2020-11"


def cases(project: Path) -> dict[str, list[str]]:
    """Return what follows `python`, by what is measured."""
    opening = f"import qpref; qpref.ouvrir({SITE!r}, {CAMPAIGN!r}, {str(project)!r})"
    command = ["-m", "qpref", "--racine", str(project)]
    return {
        "import pandas": ["-c", "import pandas"],
        "qpref.ouvrir": ["-c", opening],
        "qpref --help": ["-m", "qpref", "--help"],
        "qpref collecte": [*command, "collecte", "--campagne", CAMPAIGN],
        "qpref rapports --plan": [*command, "rapports", "--plan"],
    }  # fmt: skip


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Return the CPU time of a process, and of those that it waited for."""
    before = os.times()
    subprocess.run(  # noqa: S603 - ours
        [sys.executable, *arguments], env=environment, capture_output=True, check=True
    )
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def main(project: Path, runs: int) -> None:
    """Print the medians and their ratios."""
    asked = cases(project)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        times = [[seconds(one, environment) for one in asked.values()] for _ in range(runs + 1)][1:]
    found = [median(column) for column in zip(*times, strict=True)]
    for name, value in zip(asked, found, strict=True):
        sys.stdout.write(f"{name}: {value:.2f} s, {value / found[0]:.2f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 7)  # noqa: PLR2004
