"""What importing answers costs beside reading them: `python benchmarks/intake.py [rows] [columns]`.

For the CSV and the workbook of the same answers, each in a process of its own, the best of three:
seconds that one waits, and of computing (those of child processes too), of another reader alone,
then of qpref to the canonical tables, their ratios, and the highest memory. A large CSV is stored
too; the workbook that would hold it is refused. Of pandas, the reading that keeps what was
answered as it was written; beside it, the one that guesses types, and loses « N/A » and 01000.
"""

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import python_calamine
import xlsxwriter

from qpref.intake import Reception, receive
from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.project import Project
from qpref.reference import Question, Questionnaire, Reference, load_reference
from qpref.store import Store

ROOT = Path(__file__).resolve().parents[1]
TIMES = 3
MOST = 250_000  # rows over which a workbook is refused
WARM = 30  # rows of a first reading, which loads what is loaded once
BEGIN = datetime(2020, 11, 16, 9)  # noqa: DTZ001 - local time


def lines(reference: Reference, rows: int, width: int) -> list[list[str]]:
    """Return a LimeSurvey export with as many answers as asked, every moment another."""
    return [*each_line(reference, rows, width)]


def each_line(reference: Reference, rows: int, width: int) -> Iterator[list[str]]:
    """Yield the lines of such an export; the columns that no import does without come first."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    needed = {"site", *(question.id for question in questionnaire.opinions)}
    questions = sorted(questionnaire.questions, key=lambda one: one.id not in needed)
    draw = random.Random("qpref")  # noqa: S311 - repeatable
    codes = ["id", "submitdate", "startdate", "ipaddr"]
    choices: list[list[str]] = []
    for question in questions:
        if question.options:
            codes += [f"{question.limesurvey}[{o.limesurvey}]" for o in question.options]
            choices += [["Oui", "Non"]] * len(question.options)
        elif question.limesurvey:
            codes.append(question.limesurvey)
            choices.append(_choices(questionnaire, question))
    others = width - len(codes)  # columns that no question reads
    codes += [f"G99Q{place:02d}" for place in range(others)]
    choices += [["Oui", "Non", ""]] * others
    yield codes[:width]
    for number in range(rows):
        begun = BEGIN + timedelta(seconds=number % 1_500_000)
        own = [str(number), str(begun + timedelta(minutes=4)), str(begun), "192.0.2.1"]
        yield [*own, *(draw.choice(texts) for texts in choices[: width - len(own)])]


def _choices(questionnaire: Questionnaire, question: Question) -> list[str]:
    if question.id == "site":
        return ["Évry", "Étampes", "Palaiseau"]
    if question.echelle:
        return [*(m.libelle for m in questionnaire.scale(question.id).modalites), ""]
    return ["Attente trop longue, Mme Fictivelle", "", "", ""] if question.type == "texte" else [""]


def read_with_pandas(path: Path) -> object:
    """Read every cell as it was written."""
    return pd.read_csv(path, sep=";", encoding="cp1252", dtype=str, keep_default_na=False)


def read_with_calamine(path: Path) -> object:
    """Read every cell of the first sheet."""
    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def actions() -> dict[str, Callable[[Path], object]]:
    """Return what is measured, by name."""
    reference = load_reference(ROOT / "data" / "reference")
    setting = Reception(reference, reference.campaign("2020-11"))
    return {
        "pandas": read_with_pandas,
        "pandas, types devinés": lambda path: pd.read_csv(path, sep=";", encoding="cp1252"),
        "calamine": read_with_calamine,
        "lire": read_file,
        "inspecter": lambda path: envelope(read_file(path)),
        "importer": lambda path: receive(setting, path),
        "importer, ranger": lambda path: stored(setting, path),
    }


def stored(setting: Reception, path: Path) -> None:
    """Import a file into an empty project."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Project(Path(folder)))
        store.add(setting, receive(setting, path), datetime.now().astimezone())


def computed() -> float:
    """Return the seconds of computing so far, those of ended children included."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measure(step: str, path: Path, small: Path) -> str:
    """Return the seconds waited and computed, and the highest memory, in MiB, of one step."""
    act = actions()[step]
    act(small)
    waited, spent = [], []
    for _ in range(TIMES):
        begun, start = time.perf_counter(), computed()
        act(path)
        waited.append(time.perf_counter() - begun)
        spent.append(computed() - start)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    memory = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    return f"{min(waited)} {min(spent)} {memory}"


def write(folder: Path, name: str, rows: int, width: int) -> list[Path]:
    """Write the same answers as a CSV and, unless they are many, as a workbook."""
    reference = load_reference(ROOT / "data" / "reference")
    text, book = folder / f"{name}.csv", folder / f"{name}.xlsx"
    with text.open("w", newline="", encoding="cp1252") as handle:
        out = csv.writer(handle, delimiter=";", quoting=csv.QUOTE_ALL)
        out.writerows(each_line(reference, rows, width))
    if rows > MOST:
        return [text]
    content = lines(reference, rows, width)
    workbook = xlsxwriter.Workbook(book, {"strings_to_numbers": False})
    sheet = workbook.add_worksheet("Réponses")
    for number, row in enumerate(content):
        sheet.write_row(number, 0, row)
    workbook.close()
    return [text, book]


def main(rows: int, width: int) -> None:
    """Write both files, then measure each step in fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        small = write(Path(folder), "petit", WARM, width)
        large = write(Path(folder), "grand", rows, width)
        for path, first, alone in zip(large, small, ("pandas", "calamine"), strict=False):
            weight = path.stat().st_size / 1e6
            sys.stdout.write(
                f"{rows} réponses de {width} colonnes, {path.suffix}, {weight:.0f} Mo\n"
            )
            guessing = ["pandas, types devinés"] if path.suffix == ".csv" else []
            steps = [alone, *guessing, "lire", "inspecter", "importer"]
            base: list[float] = []
            for step in steps if rows <= MOST else [alone, "importer", "importer, ranger"]:
                command = [sys.executable, __file__, step, str(path), str(first)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
                *seconds, memory = map(float, done.stdout.split())
                base = base or seconds
                waited, spent = (
                    f"{own:6.2f} s {kind}, {own / first:5.2f} fois {alone}"
                    for own, first, kind in zip(
                        seconds, base, ("d’attente", "de calcul"), strict=True
                    )
                )
                sys.stdout.write(f"  {step:24} {waited} ; {spent} ; {memory:5.0f} Mio\n")
                sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) == 4:  # noqa: PLR2004
        sys.stdout.write(measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])) + "\n")
    else:
        asked = [int(text) for text in sys.argv[1:]]
        main(*(asked + [100_000, 39][len(asked) :]))
