"""The checks too long for each day: `make nuit`; `python tools/nuit.py NAME…` runs some of them.

Each is written down in docs/nuit.md with the day it last ended, its time and what came of it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "nuit.md"
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q", "--numprocesses", "2", "--dist", "loadgroup")
RECEIVED = ("texte", "lss", "archive", "document", "biff", "reception", "cellules")  # of files
INPUTS = {
    "yaml": 400_000, "texte": 400_000, "json": 200_000, "lss": 200_000, "archive": 200_000,
    "document": 100_000, "biff": 100_000,
    "formulaire": 150_000, "courriel": 60_000, "reception": 20_000, "cellules": 20_000,
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One check: what the table calls it, what it tries, its commands, and what they need."""

    name: str
    what: str
    commands: tuple[tuple[str, ...], ...]
    needs: str = ""


def _run(name: str, scale: float) -> int:
    return max(100, round(INPUTS[name] * scale))


def _runs(names: Iterable[str], scale: float) -> str:
    """Return how many inputs some readers are given, as it is written in French."""
    return f"{sum(_run(name, scale) for name in names):,}".replace(",", " ")


def checks(draws: int, folder: str) -> list[Check]:
    """Return every check, at so many draws of each fault."""
    scale = draws / 200
    example = tuple(
        (PYTHON, "-m", "qpref", "--racine", folder, *words)
        for words in (
            ("exemple",),
            *(("importer", f"{folder}/data/exemple/{c}", "--campagne", c)
              for c in ("2019-11", "2020-11")),
        )
    )  # fmt: skip
    sites = str(max(2, round(350 * scale)))
    fuzz = tuple(
        (PYTHON, "-m", "tests.attacks.night", name, str(_run(name, scale))) for name in INPUTS
    )
    return [
        Check(
            "propriétés",
            "Mille exemples de chaque propriété, tirés autrement chaque nuit",
            (
                (
                    *PYTEST,
                    "tests/unit",
                    "tests/spec",
                    "tests/reference",
                    "tests/intake",
                    "tests/clu",
                ),
            ),
        ),
        Check(
            "pannes",
            f"{draws} tirages de chaque panne : lots et imports tués, disques pleins, dossiers "
            f"fermés, partage perdu, horloge fausse, coupures ; {draws * 25} entrées par lecteur",
            ((*PYTEST, "tests/attacks"),),
        ),
        Check(
            "notebooks",
            "480 rapports qui changent tout ce qu’ils peuvent, 160 sur une grappe dont un ouvrier "
            "est tué ; nomenclature entière",
            (
                (
                    *PYTEST,
                    "tests/notebooks",
                    "tests/docs",
                    "tests/functional",
                    "tests/deuxieme",
                    "tests/slides",
                    "tests/handover",
                    "tests/test_change_drills.py",
                ),
            ),
        ),
        Check("pages", "Chaque notebook dans JupyterLab", ((*PYTEST, "tests/browser"),)),
        Check(
            "entrées",
            f"{_runs(INPUTS, scale)} entrées guidées par le code couvert, dont "
            f"{_runs(RECEIVED, scale)} contre les lecteurs de fichiers reçus (Atheris, Linux) ; "
            "aucune trace, aucune de plus de 10 s",
            fuzz,
            "atheris",
        ),
        Check(
            "charge",
            f"{sites} sites, 8 campagnes, un ouvrier tué chaque minute ; mémoire de 2 000 rapports",
            (
                *example,
                (PYTHON, "benchmarks/load.py", folder, sites, "8", f"{folder}/charge"),
                (PYTHON, "benchmarks/load.py", folder, "memoire"),
            ),
        ),
        Check(
            "couverture",
            "Ce que les intervalles et les verdicts promettent, par simulation",
            ((PYTHON, "benchmarks/inference.py"),),
        ),
        Check(
            "minimum",
            "Tous les tests avec les versions les plus basses admises",
            (("make", "minimum"),),
            "minimum",
        ),
    ]


def missing(need: str) -> bool:
    """Whether a check lacks its package, or its target of the Makefile."""
    if need == "minimum":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        return not re.search("^minimum:", makefile, re.MULTILINE)
    found = subprocess.run([PYTHON, "-c", f"import {need}"], check=False, capture_output=True)  # noqa: S603
    return bool(need) and found.returncode != 0


def run(check: Check) -> str:
    """Run the commands of a check until one fails; return what came of it."""
    if check.needs and missing(check.needs):
        return f"pas passé : {check.needs} absent"
    surroundings = {**os.environ, "QPREF_NUIT": "1"}
    for command in check.commands:
        sys.stdout.write(f"\n== {check.name} : {' '.join(command)}\n")
        sys.stdout.flush()
        if subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode:  # noqa: S603
            return "**échec**"
    return "réussi"


def written(text: str, check: Check, day: str, minutes: float, result: str) -> str:
    """Return the table with the line of a check brought up to date."""
    line = f"| {check.name} | {check.what} | {day} | {minutes:.0f} min | {result} |"
    old = re.compile(rf"^\| {re.escape(check.name)} \|.*$", re.MULTILINE)
    return old.sub(lambda _: line, text) if old.search(text) else f"{text.rstrip()}\n{line}\n"


def main(names: list[str]) -> int:
    """Run the checks named, or all; return 1 when one failed."""
    draws = int(os.environ.setdefault("QPREF_ATTAQUES", "200"))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data/reference", "notebooks"):
            shutil.copytree(ROOT / name, Path(folder, name))
        for check in checks(draws, folder):
            if names and check.name not in names:
                continue
            began = time.monotonic()
            result = run(check)
            minutes = (time.monotonic() - began) / 60
            failed = failed or "échec" in result
            if not result.startswith("pas passé"):
                text = TABLE.read_text(encoding="utf-8")
                new = written(text, check, date.today().isoformat(), minutes, result)  # noqa: DTZ011
                TABLE.write_text(new, encoding="utf-8")
            sys.stdout.write(f"== {check.name} : {result}, {minutes:.0f} min\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
