"""Changes made to a copy of the project, as data, and the process where their effect is seen.

`tests/test_change_drills.py` makes them; `python tests/drills.py --table` prints the files that
each touches. Nothing of qpref is imported here: a process that has loaded the libraries, and not
the package, is forked for each copy.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
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
    """
    Where programs run in copies, each in a process of its own.

    All are forked from one process that holds the libraries: never from the test's, nor from one of
    the standard library's fork servers, which other tests have filled with the package.
    """

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).resolve())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, folder: Path, program: str) -> tuple[int, str]:
        """Return the exit code of a program, and what it said."""
        asked = json.dumps({"folder": str(folder), "program": program})
        self._process.stdin.write(asked + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return code, (folder / "dit.txt").read_text(encoding="utf-8")

    def close(self) -> None:
        """End the process that holds the libraries."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _serve() -> None:
    """Run each program asked for on standard input in a fork; write its exit code."""
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        asked = json.loads(line)
        folder = Path(asked["folder"])
        child = os.fork()
        if not child:
            sys.path[:] = [
                path for path in sys.path if path not in {"", str(Path(__file__).parent)}
            ]
            code = 0
            try:
                _inside(folder, asked["program"], folder / "dit.txt")
            except SystemExit as error:
                code = int(error.code or 0)
            os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


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
from qpref.intake.rows import ReceivedFile, Sheet

NAMES = {"borne": "borne à l’accueil"}


def read(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return the export, or None when the kiosk's own columns are absent."""
    if list(sheet.rows[0].cells[:2]) != ["Borne", "Instant"]:
        return None
    roles = {"borne": "numero", "instant": "debut"}
    columns = columns_by_heading(sheet.rows[0].cells, roles, sheet.rows[1:])
    return Export("borne", sheet, columns, sheet.rows[1:])


READERS = (read,)
''',
        ),
        Edit(
            "qpref/intake/formats/__init__.py",
            "import (\n    forms,",
            "import (\n    borne,\n    forms,",
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
import datetime, pathlib
from qpref.batch.plan import make_plan
from qpref.batch.run import run_report
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
project = Project(pathlib.Path.cwd())
reference = load_reference(project.reference)
(report,) = make_plan(project, reference, "2020-11", ["evry"], ["70_visites"])
now = datetime.datetime(2021, 1, 5, 9).astimezone()
run_report(report, project, reference, RunSetting(now))
page = pathlib.Path("reports/2020-11/evry/70_visites.html").read_text(encoding="utf-8")
assert "Satisfaction des usagers." in page
""",
)

CHANNEL = Drill(
    "channel",
    "A mystery channel or criterion",
    (
        Edit(
            "data/reference/mystere.yml",
            "\n# Seul « Oui » compte",
            '  - {id: tchat, forme: observation, libelle: "Tchats", un: "tchat", '
            'feuilles: ["Tchats"]}\n\n# Seul « Oui » compte',
        ),
        Edit(
            "data/reference/mystere.yml",
            'canaux: [visite, appel], libelle: "Accueil courtois"',
            'canaux: [visite, appel, tchat], libelle: "Accueil courtois"',
        ),
    ),
    """
import datetime, pathlib, shutil
import openpyxl
from qpref.cli import main
from tests.sections import shown
shutil.rmtree("data/propre")  # invented data refuse others beside them
asked = ["--campagne", "2020-11", "--pour", "mystere", "--vers", "m.xlsx"]
assert main(["modele-saisie", *asked]) == 0
book = openpyxl.load_workbook("m.xlsx")
sheet = book["Tchats"]
heading = next(row for row in sheet.iter_rows() if "Courtoisie" in [cell.value for cell in row])
for number, answer in enumerate(("Oui", "Oui", "Non"), start=1):
    facts = {"N°": number, "Site": "Évry", "Courtoisie": answer}
    facts["Date"] = datetime.datetime(2020, 11, 17)
    for cell in heading:
        if cell.value in facts:
            sheet.cell(heading[0].row + number, cell.column, facts[cell.value])
book.save("m.xlsx")
assert main(["importer", "m.xlsx", "--campagne", "2020-11"]) == 0
given = {"site": "evry", "campagne": "2020-11"}
sections = shown(pathlib.Path("notebooks/20_enquete_mystere.ipynb"), given)
(row,) = sections["canal-tchat"].tables[0].rows
assert row.label == "Accueil courtois", row
assert row.cells[0].split() == ["2", "sur", "3"], row
""",
)

TYPE = Drill(
    "question type",
    "A question type",
    (
        Edit(
            "qpref/questions/types.py",
            '    "multiple": QuestionType(',
            '    "recommandation": QuestionType(\n'
            '        Answer.LEVEL, "un conseil", needs_scale=True, is_judged=True\n    ),\n'
            '    "multiple": QuestionType(',
        ),
        Edit(
            "data/reference/questionnaire/satisfaction-1.yml",
            "\nquestions:\n",
            "  conseil2:\n    ordonnee: oui\n    modalites:\n"
            '      - {code: conseille, libelle: "Je le conseille", favorable: oui}\n'
            '      - {code: deconseille, libelle: "Je le déconseille", favorable: non}\n'
            "\nquestions:\n"
            "  - {id: conseil, theme: accueil, type: recommandation, echelle: conseil2, "
            'texte: "Conseilleriez-vous ce guichet ?", texte_court: "Conseil", limesurvey: null, '
            "entetes: []}\n",
        ),
    ),
    """
import csv, pathlib, shutil
from qpref.cli import main
from qpref.project import Project
from qpref.reference import load_reference
from qpref.workbook import ouvrir_satisfaction
shutil.rmtree("data/propre")  # invented data refuse others beside them
reference = load_reference(Project(pathlib.Path.cwd()).reference)
asked = [q for q in reference.questionnaires["satisfaction-1"].questions
         if q.kind.is_asked and not q.options]
with open("r.csv", "w", encoding="utf-8", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["ID de la réponse", "Date de soumission", "Date de lancement",
                   *(q.texte for q in asked)])
    for number in range(40):
        said = {"conseil": "Je le conseille" if number < 30 else "Je le déconseille"}
        day = f"2020-11-{16 + number % 5} 10:{number:02}:00"
        rows.writerow([9000 + number, day, day, *(said.get(q.id, "") for q in asked)])
assert main(["importer", "r.csv", "--campagne", "2020-11", "--site", "evry"]) == 0
sections = ouvrir_satisfaction("evry", "2020-11").theme("accueil")
row = next(r for s in sections for r in s.tables[0].rows if r.label == "Conseil")
assert row.cells[0].startswith("75\\N{NO-BREAK SPACE}%"), row
assert row.cells[1] == "40", row
assert [bar.width for bar in row.bars] == [0.75, 0.25], row
""",
)

SECTION = Drill(
    "section",
    "A section",
    (
        Edit(
            "qpref/quality/moments.py",
            "",
            '''"""Answers by half-day."""

import pandas as pd


def answers_by_half_day(answers: pd.DataFrame) -> "pd.Series[int]":
    """Return the number of answers of each half-day."""
    return answers["demi_journee"].value_counts().sort_index()
''',
        ),
        Edit(
            "qpref/display/moments.py",
            "",
            '''"""The section on half-days."""

import pandas as pd

from qpref.display.section import Row, Section, Table
from qpref.wording.french import number


def moments(counts: "pd.Series[int]") -> Section:
    """Return how many answers came at each half-day."""
    rows = [Row(str(name), [number(count)]) for name, count in counts.items()]
    table = Table("Réponses par demi-journée", ["Moment", "Réponses"], rows)
    return Section("moments", "Les réponses du matin et de l’après-midi", tables=[table])
''',
        ),
        Edit(
            "qpref/workbook/satisfaction.py",
            "    def annexe(self) -> Section:",
            '    def moments(self) -> Section:\n        """Réponses par demi-journée."""\n'
            "        return moments(answers_by_half_day(self.reponses))\n\n"
            "    def annexe(self) -> Section:",
        ),
        Edit(
            "qpref/workbook/satisfaction.py",
            "from qpref.display.section import Section, Sections, left_out\n",
            "from qpref.display.moments import moments\n"
            "from qpref.display.section import Section, Sections, left_out\n"
            "from qpref.quality.moments import answers_by_half_day\n",
        ),
        Edit(
            "notebooks/10_satisfaction.ipynb",
            '"enquete.publics()"',
            '"enquete.moments()\\n",\n    "enquete.publics()"',
        ),
    ),
    """
import pathlib
from qpref.project import Project
from qpref.store import Store
from tests.sections import shown
given = {"site": "evry", "campagne": "2020-11"}
sections = shown(pathlib.Path("notebooks/10_satisfaction.ipynb"), given)
answers = Store(Project(pathlib.Path.cwd())).read("reponses", "2020-11", "evry")
kept = answers.loc[answers["statut"] == "complete", "demi_journee"]
rows = {row.label: int(row.cells[0]) for row in sections["moments"].tables[0].rows}
assert rows == {name: int((kept == name).sum()) for name in ("apres_midi", "matin")}, rows
assert "Réponses par demi-journée" in sections["moments"].html
""",
)

COLOUR = Drill(
    "colour",
    "A colour",
    (Edit("qpref/palette.py", '"#0a3d7a", "#8ec1e8"', '"#123456", "#8ec1e8"'),),
    """
import json
from qpref.report.page import Page, style_of
from qpref.workbook import ouvrir_satisfaction
study = ouvrir_satisfaction("evry", "2020-11")
for section in (*study.theme("global"), study.tendance()):
    for made in (section.html, json.dumps(section.plot), style_of(Page("titre", False, []))):
        assert "#123456" in made, made
        assert "#0a3d7a" not in made, made
""",
)

COLUMN = Drill(
    "figures column",
    "A column of the figures file",
    (
        Edit(
            "qpref/display/figures.py",
            '"verdict"),\n)',
            '"verdict"),\n    FigureColumn("calcul", "comment il est estimé", "design"),\n)',
        ),
    ),
    """
import io
import openpyxl
from nbformat.v4 import new_code_cell, new_notebook, new_output
from qpref.batch import verify
from qpref.display.figures import MEANINGS
from qpref.report.exporter import figures
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx
from qpref.workbook import ouvrir_satisfaction
data, mark = ouvrir_satisfaction("evry", "2020-11").evolution().bundles()[-1]
output = new_output("display_data", data, metadata=mark)
table = figures(new_notebook(cells=[new_code_cell(outputs=[output])]))
heading, *lines = spreadsheet_csv(table).decode("utf-8-sig").splitlines()
assert heading.endswith(";unite;decimales;verdict;calcul"), heading
assert any(line.endswith(";0;mieux;simple") for line in lines), lines
book = openpyxl.load_workbook(io.BytesIO(spreadsheet_xlsx(table, MEANINGS)))
written = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
assert {"calcul", "simple", "comment il est estimé"} <= set(written)
assert "calcul" in verify.VALUES
""",
)

COMMAND = Drill(
    "command",
    "A command",
    (
        Edit(
            "qpref/cli/compteur.py",
            "",
            """\"\"\"A command that counts the sites.\"\"\"

import click

from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT


@click.command("compter-sites")
@pass_context
def compter_sites(context: Context) -> None:
    \"\"\"Dit combien de sites a le projet.\"\"\"
    OUT.print(len(context.reference.sites.sites))
""",
        ),
        Edit(
            "qpref/cli/app.py",
            '    (commands, "importer", "files", "importer"),\n',
            '    (commands, "importer", "files", "importer"),\n'
            '    (commands, "compter-sites", "compteur", "compter_sites"),\n',
        ),
    ),
    """
import contextlib, io
from qpref.cli import main
said = io.StringIO()
with contextlib.redirect_stdout(said):
    assert main(["--help"]) == 0
    assert main(["compter-sites"]) == 0
assert "Dit combien de sites a le projet." in said.getvalue()
assert said.getvalue().rstrip().endswith("3"), said.getvalue()
""",
)

DRILLS = (THRESHOLD, FORMAT, NOTEBOOK, CHANNEL, TYPE, SECTION, COLOUR, COLUMN, COMMAND)


def table() -> str:
    """Return the Markdown table of the drills: the change, its recipe, the files touched."""
    lines = ["| change | recipe | files | which |", "|---|---|---:|---|"]
    for one in DRILLS:
        which = ", ".join(f"`{name}`" for name in one.files)
        lines.append(f"| {one.name} | {one.recipe} | {len(one.files)} | {which} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--table" in sys.argv:
        sys.stdout.write(f"{table()}\n")
    else:
        _serve()
