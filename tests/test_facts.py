"""No fact of the example in the program or its notebooks: its reference files alone hold them."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import yaml

from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES, QUESTION_TYPES, ROLES
from tests.trees import nodes

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "data" / "reference"
KINDS = (".py", ".ipynb", ".html", ".css", ".js", ".txt", ".yml", ".po", ".md", ".json")
FILES = sorted(
    path
    for folder in ("qpref", "notebooks")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in KINDS and "__pycache__" not in path.parts and "local" not in path.parts
)
MODULES = [path for path in FILES if path.suffix in {".py", ".ipynb"}]

# Files of earlier versions named what they meant: their readers know these names, and no others do.
FORMER = {"qpref/reference/former.py", "qpref/reference/upgrades.py"}
# Identifiers of the example that are words of the program too, and where they mean another thing.
OTHER_MEANINGS = {
    "accueil": {"qpref/labo/__init__.py"},  # the first notebook
    "attente": {"qpref/cli/production.py", "qpref/labo/running.py"},  # a report that waits
    "aucune": {
        "qpref/intake/common.py", "qpref/intake/mystery.py", "qpref/intake/survey.py",
        "qpref/reference/meetings.py", "qpref/schema.py",
    },  # no action on a row
    "courriel": {
        "qpref/clu/reply_book.py", "qpref/example/members.py", "qpref/intake/personal.py",
        "qpref/intake/identifiers.py", "qpref/reference/members.py",
    },  # an address
    "orientation": {"qpref/display/charts.py"},  # of a chart
    "profil": {"qpref/display/respondents.py", "qpref/report/browser.py"},  # a section
    "proche": {
        "qpref/display/essentials.py",
        "qpref/display/sample.py",
        "qpref/statistics/representativeness.py",
    },  # likeness
    "service": {
        "qpref/clu/minutes_back.py",
        "qpref/example/mystery.py", "qpref/intake/mystery.py", "qpref/intake/mystery_headings.py",
        "qpref/reference/grid.py", "qpref/reference/models.py", "qpref/schema.py",
        "qpref/example/complaints.py", "qpref/intake/complaints.py", "qpref/layout/complaints.py",
        "qpref/reference/complaints.py", "qpref/workbook/monthly.py",
    },  # a column of contacts, of complaints; of whom results speak
    "suggestion": {
        "qpref/intake/complaints.py", "qpref/reference/complaints.py",
        "qpref/reference/invented_complaints.py", "qpref/schema.py",
    },  # beside a complaint
    "telephone": {"qpref/intake/personal.py"},  # a number
}  # fmt: skip
# What roles, dates and the web are called in French, whoever asks.
ORDINARY = {
    "Adresse électronique", "Aide reçue", "Catégorie d’usager", "Dans l’ensemble",
    "Date de la visite", "En ligne", "Motif de la visite", "Peu à l’aise", "Satisfaction globale",
}  # fmt: skip
LIMITS_OF_200 = {
    "qpref/batch/cluster.py",
    "qpref/batch/worker.py",
    "qpref/batch/execution.py",
    "qpref/handover/age.py",
    "qpref/intake/personal.py",
    "qpref/intake/sheets.py",
    "qpref/intake/text.py",
    "qpref/intake/workbooks.py",
    "qpref/store/parts.py",
}  # fmt: skip  - characters shown, rows looked at, bytes of a header


def read(name):
    return yaml.safe_load((REFERENCE / name).read_text(encoding="utf-8"))


SITES, GRID = read("sites.yml"), read("mystere.yml")
ASKED = read("questionnaire/satisfaction-1.yml")
SCALES = ASKED["echelles"].values()
BOXES = [box for question in ASKED["questions"] for box in question.get("options", ())]
PLACES = (
    {SITES["departement"]}
    | {
        word
        for site in SITES["sites"]
        for word in (site["id"], site["nom_court"], site["nom_court"].removeprefix("É"))
        if len(word) > 3
    }
    | {"Evry", "Etampes"}
)
OURS = {*ROLES, *QUESTION_TYPES, *CHANNEL_FORMS, *CRITERION_TYPES}
IDENTIFIERS = {
    *(question["id"] for question in ASKED["questions"]),
    *(box["code"] for box in BOXES),
    *ASKED["themes"],
    *(channel["id"] for channel in GRID["canaux"]),
    *(criterion["id"] for criterion in GRID["criteres"]),
    *(campaign["id"] for campaign in read("campagnes.yml")["campagnes"]),
    *(site["id"] for site in SITES["sites"]),
} - OURS
LABELS = {
    label
    for label in (
        *(
            level["libelle"]
            for scale in SCALES
            for level in scale["modalites"]
            if level.get("etat", "repondu") == "repondu"
        ),
        *(question[key] for question in ASKED["questions"] for key in ("texte", "texte_court")),
        *(box["libelle"] for box in BOXES),
        *ASKED["themes"].values(),
        *(own["libelle"] for own in (*GRID["canaux"], *GRID["criteres"])),
    )
    if (" " in label or "’" in label) and label not in ORDINARY
}  # fmt: skip  - of several words: « Date », « Oui » and « Site » are anybody’s
FOLDED = [(label, label.casefold()) for label in LABELS]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def code_of(path):
    """The code of a notebook."""
    text = path.read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def words_of(path):
    """The texts of a file that a reader sees or the program compares; comments left out."""
    if path.suffix == ".py":
        return "\n".join(v for v in constants(path) if isinstance(v, str))
    return path.read_text(encoding="utf-8")


@cache
def constants(path):
    """The texts and numbers of a module; docstrings and examples of keys decide nothing."""
    every = nodes(path) if path.suffix == ".py" else [*ast.walk(ast.parse(code_of(path)))]
    told = {
        id(node.body[0].value)
        for node in every
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    told |= {
        id(inside)
        for node in every
        if isinstance(node, ast.keyword) and node.arg == "examples"
        for inside in ast.walk(node.value)
    }
    return [n.value for n in every if isinstance(n, ast.Constant) and id(n) not in told]


def places(text):
    return sorted({p for p in PLACES if re.search(rf"(?<!\w){re.escape(p)}(?!\w)", text)})


def identifiers(path):
    found = {value for value in constants(path) if isinstance(value, str)} & IDENTIFIERS
    return sorted(word for word in found if name_of(path) not in OTHER_MEANINGS.get(word, ()))


def labels(text):
    plain = text.casefold().replace("\u00a0", " ")
    return sorted(label for label, folded in FOLDED if folded in plain)


def numbers(path):
    own = [v for v in constants(path) if type(v) in {int, float} and v in {141, 200}]
    return [value for value in own if value == 141 or name_of(path) not in LIMITS_OF_200]


def found(files, facts):
    """What the files hold of the example, by file; nothing is the right answer."""
    return {name_of(path): told for path in files if (told := facts(path))}


def test_no_file_names_a_place_of_the_example():
    """Not even in a comment: whoever reads the code finds no site in it."""
    assert found(FILES, lambda path: places(path.read_text(encoding="utf-8"))) == {}


def test_no_file_bears_a_label_of_the_example():
    assert found(FILES, lambda path: labels(words_of(path))) == {}


def test_no_module_knows_an_identifier_of_the_example():
    assert found([p for p in MODULES if name_of(p) not in FORMER], identifiers) == {}


def test_no_module_holds_a_number_of_the_example():
    """141 users asked, at least 200 promised: facts of one committee."""
    assert found(MODULES, numbers) == {}


def test_what_is_forbidden_is_seen(tmp_path):
    """Each kind, once: otherwise this file would pass for nothing."""
    path = ROOT / "qpref" / "invented.py"
    text = 'a = {"attente": 141}\nb = [200, "courtoisie"]\nc = "Temps d’attente à Évry"\n'
    own = tmp_path / "qpref" / "invented.py"
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")

    assert places(text) == ["Évry"]
    assert labels(text) == ["Temps d’attente"]
    assert {v for v in constants(own) if v in IDENTIFIERS} == {"attente", "courtoisie"}
    assert {v for v in constants(own) if v in {141, 200}} == {141, 200}
    assert not path.exists()


def test_each_exception_is_still_needed():
    """A module that no longer uses a word is taken off the list."""
    used = {path: {*constants(path)} for path in MODULES if path.suffix == ".py"}
    stale = [
        (word, name)
        for word, names in OTHER_MEANINGS.items()
        for name in names
        if word not in used.get(ROOT / name, ())
    ]
    assert stale == []
    assert [name for name in LIMITS_OF_200 if 200 not in used.get(ROOT / name, ())] == []
