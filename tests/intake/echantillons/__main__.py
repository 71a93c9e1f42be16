"""Print what each sample gives beside what it must give; end with 1 if one differs."""

import sys
import tempfile
from pathlib import Path

from tests.intake.echantillons import EXPECTED, faults_of, follow


def main():
    wrong = 0
    for row in EXPECTED:
        with tempfile.TemporaryDirectory() as folder:
            found = follow(row, Path(folder))
        faults = faults_of(row, found)
        wrong += bool(faults)
        counts = " ".join(f"{key} {value}" for key, value in found.counts.items()) or "refusé"
        sys.stdout.write(f"{'FAUX ' if faults else 'juste'} {row['fichier']:48} {counts}\n")
        sys.stdout.writelines(f"      {fault}\n" for fault in faults)
    sys.stdout.write(f"{len(EXPECTED) - wrong} sur {len(EXPECTED)}\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
