"""Time and memory to read 1e5 answers of 39 questions: `python benchmarks/intake.py [rows]`.

Prints, for the CSV and the workbook of the same answers: seconds to read, to inspect, to import,
and the highest memory of the process. Each is run in a process of its own.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from qpref.intake import Reception, receive
from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.reference import Question, Questionnaire, Reference, load_reference

ROOT = Path(__file__).resolve().parents[1]


def lines(reference: Reference, rows: int) -> list[list[str]]:
    """Return a LimeSurvey export with as many answers as asked."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    draw = random.Random("qpref")  # noqa: S311 - repeatable
    codes = ["id", "submitdate", "startdate", "ipaddr"]
    choices: list[list[str]] = []
    for question in questionnaire.questions:
        if question.options:
            codes += [f"{question.limesurvey}[{o.limesurvey}]" for o in question.options]
            choices += [["Oui", "Non"]] * len(question.options)
        elif question.limesurvey:
            codes.append(question.limesurvey)
            choices.append(_choices(questionnaire, question))
    found = [codes]
    for number in range(rows):
        cells = [str(number), "2020-11-17 10:00:00", "2020-11-17 09:00:00", "192.0.2.1"]
        found.append([*cells, *(draw.choice(own) for own in choices)])
    return found


def _choices(questionnaire: Questionnaire, question: Question) -> list[str]:
    if question.id == "site":
        return ["Évry", "Étampes", "Palaiseau"]
    if question.echelle:
        return [*(m.libelle for m in questionnaire.scale(question.id).modalites), ""]
    return ["Attente trop longue, Mme Fictivelle", "", "", ""] if question.type == "texte" else [""]


def measure(step: str, path: Path) -> str:
    """Return the seconds and memory of one step."""
    reference = load_reference(ROOT / "data" / "reference")
    setting = Reception(reference, reference.campaign("2020-11"))
    actions = {
        "lire": lambda: read_file(path),
        "inspecter": lambda: envelope(read_file(path)),
        "importer": lambda: receive(setting, path),
    }
    start = time.perf_counter()
    actions[step]()
    spent = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{path.suffix} {step}: {spent:.1f} s, {memory:.0f} MiB"


def main(rows: int) -> None:
    """Write both files, then measure each step in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        content = lines(load_reference(ROOT / "data" / "reference"), rows)
        text, book = Path(folder) / "a.csv", Path(folder) / "a.xlsx"
        with text.open("w", newline="", encoding="cp1252") as handle:
            csv.writer(handle, delimiter=";").writerows(content)
        workbook = xlsxwriter.Workbook(book, {"constant_memory": True})
        sheet = workbook.add_worksheet("Saisie")
        for number, row in enumerate(content):
            sheet.write_row(number, 0, row)
        workbook.close()
        del content
        for path in (text, book):
            for step in ("lire", "inspecter", "importer"):
                if path == book and step == "importer":
                    continue  # a LimeSurvey export is text; its time is the CSV's
                command = [sys.executable, __file__, step, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
                sys.stdout.write(done.stdout)


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004
        sys.stdout.write(measure(sys.argv[1], Path(sys.argv[2])) + "\n")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
