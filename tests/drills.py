"""Changes made to a copy of the project, as data, and the process where their effect is seen.

`tests/test_change_drills.py` makes them. Nothing of qpref is imported here: a process that has
loaded the libraries, and not the package, is forked for each copy.
"""

import contextlib
import os
import sys
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

LIBRARIES = ["numpy", "pandas", "scipy.stats", "plotly.graph_objects", "nbconvert", "pytest"]
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Edit:
    """Replace one text of a file by another; with nothing to replace, write a new file."""

    file: str
    old: str
    new: str

    def make(self, folder: Path) -> None:
        path = folder / self.file
        if not self.old:
            assert not path.exists(), f"{self.file} exists already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.new, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file}: « {self.old} » must stand there once"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Drill:
    """A change: the recipe that it follows, its edits, and the program that sees its effect."""

    name: str
    recipe: str
    edits: tuple[Edit, ...]
    check: str

    @property
    def files(self) -> list[str]:
        """The files that it touches."""
        return sorted({edit.file for edit in self.edits})


def _inside(folder: Path, program: str, said: Path) -> None:
    """Run a program in a copy; exit with 1, and the reason in a file, when it fails."""
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    sys.path.insert(0, str(folder))
    with said.open("w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        try:
            exec(compile(program, "<drill>", "exec"), {"__name__": "drill"})  # noqa: S102 - ours
        except BaseException:  # noqa: BLE001 - a refusal of the command line is one too
            traceback.print_exc(file=out)
            sys.exit(1)


class Place:
    """Where programs run in copies, each in a process of its own."""

    def __init__(self) -> None:
        self._context = get_context("forkserver" if sys.platform != "win32" else "spawn")
        if sys.platform != "win32":
            self._context.set_forkserver_preload(LIBRARIES)

    def run(self, folder: Path, program: str) -> tuple[int, str]:
        """Return the exit code of a program, and what it said."""
        said = folder / "dit.txt"
        process = self._context.Process(target=_inside, args=(folder, program, said))
        process.start()
        process.join()
        return process.exitcode or 0, said.read_text(encoding="utf-8")


THRESHOLD = Drill(
    "threshold",
    "A threshold of the référentiel",
    (
        Edit(
            "data/reference/referentiel.yml",
            "cible: 7\n    unite_cible",
            "cible: 8\n    unite_cible",
        ),
    ),
    f"""
from qpref.workbook import ouvrir_enquete_mystere
text = " ".join(ouvrir_enquete_mystere("evry", "2020-11").note().sentences)
assert "8{NO_BREAK}sur{NO_BREAK}10, le seuil" in text, text
assert "7{NO_BREAK}sur{NO_BREAK}10, le seuil" not in text, text
""",
)

FORMAT = Drill(
    "received format",
    "A received format",
    (
        Edit(
            "qpref/intake/formats/borne.py",
            "",
            '''"""Export of a « Borne Avis » kiosk: one line a visitor, a number and a moment."""

from qpref.intake.export import Export, columns_by_heading
from qpref.intake.rows import ReceivedFile

NAMES = {"borne": "borne à l’accueil"}


def read(file: ReceivedFile) -> Export | None:
    """Return the export, or None when the kiosk's own columns are absent."""
    sheet = next((s for s in file.sheets if s.rows), None)
    if sheet is None or list(sheet.rows[0].cells[:2]) != ["Borne", "Instant"]:
        return None
    roles = {"borne": "numero", "instant": "debut"}
    columns = columns_by_heading(sheet.rows[0].cells, roles, sheet.rows[1:])
    return Export("borne", sheet, columns, sheet.rows[1:])


READERS = (read,)
''',
        ),
        Edit(
            "qpref/intake/formats/__init__.py",
            "import forms, jdma, limesurvey",
            "import borne, forms, jdma, limesurvey",
        ),
        Edit("qpref/intake/formats/__init__.py", "SOURCES = (", "SOURCES = (borne, "),
    ),
    """
import json, pathlib
import pandas as pd
from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.display.context import Received, reading
path = pathlib.Path("borne.csv")
path.write_text("Borne;Instant;Attente\\n7;16/11/2020 09:30;Très satisfait\\n", encoding="utf-8")
found = envelope(read_file(path, None))
assert found["format"] == "borne", found
assert [column["role"] for column in found["colonnes"]] == ["numero", "debut", "question"], found
file = Received("borne.csv", "borne", "0" * 64, 1, 1, 0, 0, 1)
page = reading([file], pd.DataFrame({"action": []}), ("réponse", "réponses")).html
assert "Borne à l’accueil" in page, page
""",
)

_CELLS = """{
 "cells": [
  {"cell_type": "code", "execution_count": null, "id": "70-a", "outputs": [],
   "metadata": {"tags": ["parameters"]},
   "source": "site = \\"evry\\"  # site\\ncampagne = \\"2020-11\\"  # campagne"},
  {"cell_type": "code", "execution_count": null, "id": "70-b", "outputs": [], "metadata": {},
   "source": "from qpref.workbook import ouvrir_satisfaction"},
  {"cell_type": "code", "execution_count": null, "id": "70-c", "outputs": [], "metadata": {},
   "source": "ouvrir_satisfaction(site=site, campagne=campagne).entete()"}
 ],
 "metadata": {
  "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
  "qpref": {"natures": ["satisfaction"]}
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
"""

NOTEBOOK = Drill(
    "notebook",
    "A notebook",
    (Edit("notebooks/70_visites.ipynb", "", _CELLS),),
    """
import pathlib
from qpref.cli import main
asked = ["--campagne", "2020-11", "--site", "evry", "--notebook", "70_visites"]
assert main(["rapports", *asked]) == 0
page = pathlib.Path("reports/2020-11/evry/70_visites.html").read_text(encoding="utf-8")
assert "Évry" in page
""",
)

DRILLS = (THRESHOLD, FORMAT, NOTEBOOK)
