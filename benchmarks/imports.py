"""What opening qpref costs: `python benchmarks/imports.py [RUNS]`.

CPU seconds of new processes that import pandas, or `qpref.workbook`, by turns; then the ratio of
the medians. Bytecode is kept, as where qpref is installed: the first run of each is not counted.
"""

import os
import subprocess
import sys
import tempfile
from statistics import median

MODULES = ("pandas", "qpref.workbook")


def seconds(module: str, environment: dict[str, str]) -> float:
    """Return the CPU time of a process that imports a module and ends."""
    code = f"import {module}, time; print(time.process_time())"
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main(runs: int) -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        times = [[seconds(name, environment) for name in MODULES] for _ in range(runs + 1)][1:]
    pandas, ours = (median(column) for column in zip(*times, strict=True))
    sys.stdout.write(f"pandas {pandas:.2f} s, qpref.workbook {ours:.2f} s: {ours / pandas:.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
