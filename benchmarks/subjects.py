"""What coding the subjects of remarks costs: `python benchmarks/subjects.py [remarks]`.

Seconds of computing beside those of splitting the same remarks into words as they sound, which any
coding must do, the best of three; the ratio does not depend on the machine, the seconds do.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from qpref.quality.coding import RemarkCoder
from qpref.reference.loading import read
from qpref.reference.subjects import CodeBook
from qpref.wording.text import sounds

ROOT = Path(__file__).resolve().parents[1]
TIMES = 3


def remarks(count: int) -> list[str]:
    """Return remarks of one to three sentences, from the labelled ones."""
    lines = (ROOT / "tests/spec/sujets/etiquetees.txt").read_text(encoding="utf-8").splitlines()
    known = [line.split("|", 2)[2].strip() for line in lines if not line.startswith("#")]
    draw = random.Random("qpref")  # noqa: S311 - repeatable
    return [" ".join(draw.choices(known, k=draw.randint(1, 3))) for _ in range(count)]


def seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the seconds of the processor that some work takes on texts, the best of three."""
    found = []
    for _ in range(TIMES):
        begun = time.process_time()
        for text in texts:
            work(text)
        found.append(time.process_time() - begun)
    return min(found)


def main(count: int) -> None:
    """Print what it costs."""
    texts = remarks(count)
    coder = RemarkCoder(read(CodeBook, ROOT / "data/reference/sujets.yml"))
    split, coded = seconds(sounds, texts), seconds(coder.code, texts)
    sys.stdout.write(
        f"{count} remarks: coded in {coded:.2f} s, {coded / split:.1f} times splitting them\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
