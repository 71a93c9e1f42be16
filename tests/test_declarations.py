"""Types and channels are declared in `questions`; each room does its part for each of them."""

import ast
import inspect
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from qpref.errors import ReferenceFileError
from qpref.example.files import EXPORTED
from qpref.example.mystery import FACTS, mystery_workbook
from qpref.intake import Reception, receive
from qpref.intake.items import Items
from qpref.intake.mystery import MysteryBuilder
from qpref.layout.mystery import mystery_layout
from qpref.layout.survey import KEYED
from qpref.quality.mystery import compliance, delays
from qpref.questions import (
    CHANNEL_FORMS,
    CRITERION_TYPES,
    FORM_OF,
    QUESTION_TYPES,
    Answer,
    Judged,
    Reached,
)
from qpref.reference import load_reference
from qpref.template import mystery_template
from qpref.workbook.mystery import EnqueteMystere
from qpref.workbook.satisfaction import Satisfaction

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "qpref").rglob("*.py"))


@pytest.mark.parametrize(
    ("part", "declared"),
    [
        pytest.param(KEYED, Answer, id="layout: keyed"),
        pytest.param(Items.READERS, Answer, id="intake: read"),
        pytest.param(EXPORTED, Answer, id="example: exported"),
        pytest.param(MysteryBuilder.REACHED, Reached, id="intake: reached"),
        pytest.param(FACTS, Reached, id="example: drawn"),
        pytest.param(MysteryBuilder.JUDGED, Judged, id="intake: judged"),
    ],
)
def test_a_room_does_its_part_for_every_declaration(part, declared):
    assert set(part) == set(declared)


def cells(notebook):
    content = json.loads((ROOT / "notebooks" / notebook).read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in content["cells"])


@pytest.mark.parametrize(
    ("study", "notebook", "section"),
    [
        *((Satisfaction, "10_satisfaction.ipynb", t.section) for t in QUESTION_TYPES.values()),
        *(
            (EnqueteMystere, "20_enquete_mystere.ipynb", t.section)
            for t in CRITERION_TYPES.values()
        ),
        *(
            (EnqueteMystere, "20_enquete_mystere.ipynb", section)
            for form in CHANNEL_FORMS.values()
            for section in form.sections
        ),
    ],
)
def test_what_is_declared_is_shown_by_a_section_of_its_report(study, notebook, section):
    if section:
        assert inspect.isfunction(getattr(study, section))
        assert f".{section}(" in cells(notebook)


def test_only_what_is_not_asked_is_shown_by_no_section():
    hidden = {name for name, kind in QUESTION_TYPES.items() if not kind.section}

    assert hidden == {name for name, kind in QUESTION_TYPES.items() if not kind.is_asked}


def test_every_channel_of_the_grid_has_its_cell_in_the_report(reference):
    shown = cells("20_enquete_mystere.ipynb")

    absent = [c.id for c in reference.grid.canaux if f'.criteres("{c.id}")' not in shown]
    assert absent == []


def test_every_column_of_a_form_is_one_of_the_grid(reference):
    columns = {key for form in CHANNEL_FORMS.values() for key in form.columns}

    assert columns <= set(reference.grid.colonnes)


NAMES = {*QUESTION_TYPES, *CRITERION_TYPES, *CHANNEL_FORMS, *FORM_OF}
OWN_WORDS = {"visite", "appel", "courrier", "site_internet"}  # no other thing bears these names


def texts(node):
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)} & NAMES


def names_tested(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            is_role = isinstance(node.left, ast.Attribute) and node.left.attr == "role"
            yield from () if is_role else texts(node)
        elif isinstance(node, ast.Constant) and node.value in OWN_WORDS:
            yield node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_tests_the_name_of_a_type_or_channel(path):
    room = path.relative_to(ROOT / "qpref").parts[0]

    if room not in {"questions", "example"}:  # the example invents facts for the known channels
        assert sorted(names_tested(path)) == []


# A channel of one's own: data only.


CHAT = '{id: chat, forme: ecrit, libelle: "Chats", un: "chat", feuilles: ["Chats"]}'


@pytest.fixture
def chat(project):
    """The reference data with a written channel « chat », judged by two criteria."""
    path = project.reference / "mystere.yml"
    text = path.read_text(encoding="utf-8")
    for before, after in (
        ("canaux:\n  - {id: appel", f"canaux:\n  - {CHAT}\n  - {{id: appel"),
        ('[visite, appel], libelle: "Accueil', '[visite, appel, chat], libelle: "Accueil'),
        ("type: delai, canaux: [courriel]", "type: delai, canaux: [courriel, chat]"),
    ):
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_channel_of_the_grid_needs_no_code(chat, tmp_path):
    reference = load_reference(chat.parent)
    campaign, grid = reference.campaign("2020-11"), reference.grid
    path = tmp_path / "m.xlsx"
    path.write_bytes(mystery_template(grid, campaign, reference.sites.sites))
    book = openpyxl.load_workbook(path)
    tab = book["Chats"]
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    row = {"N°": 1, "Site": "Évry", "Date": datetime(2020, 11, 17), "Courtoisie": "Oui"}
    row |= {"Répondu le": datetime(2020, 11, 18), "Canal de la réponse": "Chat"}
    for heading, value in row.items():
        tab.cell(6, places[heading], value)
    book.save(path)
    found = receive(Reception(reference, campaign), path).tables
    contacts, judged = found["contacts_mysteres"], found["visites_mysteres"]

    assert contacts["canal_reponse"].tolist() == ["chat"]
    assert delays(contacts, grid)["delai_ouvre"].tolist() == [1]
    table = compliance(contacts, judged, grid, reference.standard)
    own = table.loc[table["canal"] == "chat"].set_index("critere")
    assert own.loc["courtoisie", "conformes"] == 1
    assert own.loc["reponse_5_jours", "conformes"] == 1


def test_the_example_invents_contacts_for_a_channel_of_the_grid(chat, tmp_path):
    reference = load_reference(chat.parent)
    campaign = reference.campaign("2020-11")
    path = tmp_path / "m.xlsx"
    path.write_bytes(mystery_workbook(reference.grid, campaign, ["Évry"]))
    contacts = receive(Reception(reference, campaign), path).tables["contacts_mysteres"]

    assert (contacts["canal"] == "chat").sum() == 2


def test_a_grid_that_states_the_usual_forms_keeps_its_version(project, reference):
    path = project.reference / "mystere.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{id: appel,", "{id: appel, forme: telephone,"), encoding="utf-8")

    assert load_reference(project.reference).grid.mark == reference.grid.mark


def test_another_form_is_another_version_and_another_sheet(project, reference):
    path = project.reference / "mystere.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{id: visite,", "{id: visite, forme: ecrit,"), encoding="utf-8")
    grid = load_reference(project.reference).grid
    keys = [column.key for column in mystery_layout(grid, grid.channel("visite")).offered]

    assert grid.mark != reference.grid.mark
    assert "repondu_le" in keys


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{id: appel, libelle", "{id: chat, libelle", "canal chat : clé « forme » absente"),
        ("{id: appel, libelle", "{id: appel, forme: vocal, libelle", "« vocal » n’est pas prévu"),
        (
            "type: delai, canaux: [courriel]",
            "type: delai, canaux: [chat]",
            "canal « chat » inconnu",
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
