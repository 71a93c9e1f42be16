"""A night of inputs against one reader, guided by what the code covers.

`pip install atheris` (Linux), then `python -m tests.attacks.night yaml 300000`.
A fault is printed with its trace, its input written as crash-* in the working directory: once it is
mended, keep it as `corpus/<reader>/<what it is>.txt`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["qpref", "email"]):
    from tests.attacks.fuzzing import TARGETS


def main() -> None:
    """Attack one reader, from its seeds and the faults of before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cible", choices=TARGETS)
    parser.add_argument("executions", type=int)
    asked = parser.parse_args()
    target = TARGETS[asked.cible]
    with tempfile.TemporaryDirectory() as folder:
        for rank, seed in enumerate((*target.seeds(), *target.corpus())):
            Path(folder, str(rank)).write_bytes(seed)
        options = [f"-runs={asked.executions}", "-max_len=16384", "-print_final_stats=1", folder]
        atheris.Setup([sys.argv[0], *options], target.attack)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
