"""Types and channels are declared in `questions`; each room does its part for each of them."""

import ast
import inspect
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from qpref.errors import ReferenceFileError
from qpref.example.export import EXPORTED
from qpref.example.form import PaperForm
from qpref.example.keyed import Pile
from qpref.example.mystery import FACTS, mystery_workbook
from qpref.intake import Reception, receive
from qpref.intake.items import Items
from qpref.intake.mystery import MysteryBuilder
from qpref.intake.mystery_judged import Judgements
from qpref.layout.mystery import mystery_layout
from qpref.layout.survey import KEYED
from qpref.quality.mystery import MysterySurvey, compliance, delays
from qpref.questions import (
    CHANNEL_FORMS,
    CRITERION_TYPES,
    QUESTION_TYPES,
    Answer,
    Reached,
)
from qpref.reference import load_reference
from qpref.reference.grid import COLUMNS
from qpref.reference.upgrades import OLD_FORMS, OLD_TYPES
from qpref.template import mystery_template
from qpref.workbook.mystery import EnqueteMystere
from qpref.workbook.satisfaction import Satisfaction
from tests.trees import nodes

ROOT = Path(__file__).resolve().parents[1]
KEYED_JUDGEMENTS = {kind.judged for kind in CRITERION_TYPES.values() if kind.is_keyed}
MODULES = sorted((ROOT / "qpref").rglob("*.py"))


@pytest.mark.parametrize(
    ("part", "declared"),
    [
        pytest.param(KEYED, Answer, id="layout: keyed"),
        pytest.param(Items.READERS, Answer, id="intake: read"),
        pytest.param(PaperForm.FILLED, Answer, id="example: answered"),
        pytest.param(EXPORTED, Answer, id="example: exported"),
        pytest.param(Pile.KEYED, Answer, id="example: keyed"),
        pytest.param(MysteryBuilder.REACHED, Reached, id="intake: reached"),
        pytest.param(FACTS, Reached, id="example: drawn"),
        pytest.param(Judgements.JUDGED, KEYED_JUDGEMENTS, id="intake: judged"),
    ],
)
def test_a_room_does_its_part_for_every_declaration(part, declared):
    assert set(part) == set(declared)


def cells(notebook):
    content = json.loads((ROOT / "notebooks" / notebook).read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in content["cells"])


SHOWN = [
    *((f"type {n}", Satisfaction, t.section) for n, t in QUESTION_TYPES.items() if t.section),
    *((f"criterion {n}", EnqueteMystere, t.section) for n, t in CRITERION_TYPES.items()),
    ("channels", EnqueteMystere, "canaux"),
]
NOTEBOOKS = {Satisfaction: "10_satisfaction.ipynb", EnqueteMystere: "20_enquete_mystere.ipynb"}


@pytest.mark.parametrize(
    ("study", "section"), [pytest.param(*rest, id=f"{name}: {rest[-1]}") for name, *rest in SHOWN]
)
def test_what_is_declared_is_shown_by_a_section_of_its_report(study, section):
    assert inspect.isfunction(getattr(study, section, None))
    assert f".{section}(" in cells(NOTEBOOKS[study])


def test_only_what_is_not_asked_is_shown_by_no_section():
    hidden = {name for name, kind in QUESTION_TYPES.items() if not kind.section}

    assert hidden == {name for name, kind in QUESTION_TYPES.items() if not kind.is_asked}


def test_every_column_of_a_form_is_one_of_the_grid():
    columns = {key for form in CHANNEL_FORMS.values() for key in form.columns}

    assert columns <= set(COLUMNS)
    assert {form.proof for form in CHANNEL_FORMS.values()} <= {"", *columns}


NAMES = {*QUESTION_TYPES, *CRITERION_TYPES, *CHANNEL_FORMS, *OLD_FORMS, *OLD_TYPES}
OWN_WORDS = {"visite", "appel", "courrier", "site_internet"}  # no other thing bears these names
ASKED = {"type", "kind", "form", "forme", "channel", "canal", "criterion", "critere", "id"}


def constants(node):
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}


def subject(node):
    """Return what a side of a comparison is called: `question.type`, `row["canal"]`, `kind`."""
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.Subscript):
        return constants(node.slice)
    return {node.id} if isinstance(node, ast.Name) else set()


def names_tested(path):
    for node in nodes(path):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(subject(side) & ASKED for side in sides):
                yield from constants(node) & NAMES
        elif isinstance(node, ast.Constant) and node.value in OWN_WORDS:
            yield node.value


def test_a_name_that_is_tested_is_seen(tmp_path):
    """What this file forbids, it finds: otherwise it would pass for nothing."""
    path = tmp_path / "old.py"
    lines = (
        'question.type == "multiple"',
        'channel.id in {"courriel", "chat"}',
        'facts["type"] == "texte"',
        'kind != "note10"',
        'row["unite"] == "note10"',
        'column.role == "technique"',
    )
    path.write_text("\n".join(lines), encoding="utf-8")

    assert list(names_tested(path)) == ["multiple", "courriel", "texte", "note10"]


def test_nobody_tests_the_name_of_a_type_or_channel():
    # The example invents facts for its channels; upgrades know what old names meant.
    judged = [
        path
        for path in MODULES
        if path.relative_to(ROOT / "qpref").parts[0] not in {"questions", "example"}
        and path.name not in {"upgrades.py", "former.py"}
    ]
    found = {str(path.relative_to(ROOT)): sorted(names_tested(path)) for path in judged}

    assert {name: tested for name, tested in found.items() if tested} == {}


# A channel of one's own: data only.


@pytest.fixture
def own(project):
    """The reference files with a written channel of one’s own, judged by two criteria."""
    path = project.reference / "mystere.yml"
    grid = yaml.safe_load(path.read_text(encoding="utf-8"))
    grid["canaux"].append(
        {
            "id": "tchat",
            "forme": "ecrit",
            "libelle": "Tchats",
            "un": "tchat",
            "feuilles": ["Tchats"],
        }
    )
    for criterion in grid["criteres"]:
        if criterion["id"] in {"courtoisie", "reponse_5_jours"}:
            criterion["canaux"].append("tchat")
    path.write_text(yaml.safe_dump(grid, allow_unicode=True), encoding="utf-8")
    return project.reference


def test_a_channel_of_the_grid_needs_no_code(own, tmp_path):
    reference = load_reference(own)
    campaign, grid = reference.campaign("2020-11"), reference.grid
    path = tmp_path / "m.xlsx"
    path.write_bytes(mystery_template(grid, campaign, reference.sites.sites))
    book = openpyxl.load_workbook(path)
    tab = book["Tchats"]
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    row = {"N°": 1, "Site": "Évry", "Date": datetime(2020, 11, 17), "Courtoisie": "Oui"}
    row |= {"Répondu le": datetime(2020, 11, 18), "Canal de la réponse": "Tchat"}
    for heading, value in row.items():
        tab.cell(6, places[heading], value)
    book.save(path)
    found = receive(Reception(reference, campaign), path).tables
    contacts, judged = found["contacts_mysteres"], found["visites_mysteres"]

    assert contacts["canal_reponse"].tolist() == ["tchat"]
    assert delays(contacts, grid)["delai_ouvre"].tolist() == [1]
    table = compliance(MysterySurvey(contacts, judged, grid, reference.standard))
    judged_by = table.loc[table["canal"] == "tchat"].set_index("critere")
    assert judged_by.loc["courtoisie", "conformes"] == 1
    assert judged_by.loc["reponse_5_jours", "conformes"] == 1


def test_the_example_invents_contacts_for_a_channel_of_the_grid(own, tmp_path):
    reference = load_reference(own)
    campaign = reference.campaign("2020-11")
    path = tmp_path / "m.xlsx"
    path.write_bytes(mystery_workbook(reference.grid, campaign, ["Évry"]))
    contacts = receive(Reception(reference, campaign), path).tables["contacts_mysteres"]

    assert (contacts["canal"] == "tchat").sum() == 8


def test_another_form_is_another_version_and_another_sheet(project, reference):
    path = project.reference / "mystere.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('forme: observation, libelle: "Vis', 'forme: ecrit, libelle: "Vis'),
        encoding="utf-8",
    )
    grid = load_reference(project.reference).grid
    keys = [column.key for column in mystery_layout(grid, grid.channel("visite")).offered]

    assert grid.mark != reference.grid.mark
    assert "repondu_le" in keys


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{id: appel, forme: telephone,", "{id: tchat,", "canal tchat : clé « forme » absente"),
        ("forme: telephone", "forme: vocal", "« vocal » n’est pas prévu"),
        (
            "type: delai, canaux: [courriel]",
            "type: delai, canaux: [chat]",
            "« chat » est inconnu",
        ),
    ],
)
def test_a_mistake_about_channels_is_named(project, before, after, said):
    path = project.reference / "mystere.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(ReferenceFileError, match=said):
        load_reference(project.reference)
