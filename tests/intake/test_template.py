"""Round trip of the keying workbooks: written, filled as an analyst would, loaded without loss."""

from datetime import datetime

import openpyxl
import pytest

from qpref import template
from qpref.cli import main
from qpref.errors import ColumnsError
from qpref.intake import Reception, receive
from qpref.intake.common import Counts
from qpref.layout.counts import VISITORS
from qpref.store import Store


@pytest.fixture
def setting(reference):
    return Reception(reference, reference.campaign("2020-11"))


def fill(path, content, sheet, rows):
    """Write rows under the headings (row 5), each a dictionary by heading."""
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    tab = book[sheet]
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    for number, row in enumerate(rows, start=6):
        for heading, value in row.items():
            tab.cell(number, places[heading], value)
    book.save(path)
    return path


DAY = datetime(2020, 11, 17)


def test_paper_forms_keyed_in_the_template_are_all_loaded(tmp_path, setting, reference):
    """Every answer offered by the lists is recognised exactly."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    content = template.survey_template(questionnaire, setting.campaign, reference.site("etampes"))
    labels = [m.libelle for m in questionnaire.echelles["satisfaction4"].modalites]
    rows = [
        {
            "N°": n, "Date": DAY, "Satisfaction globale": label, "Accueil — Courtoisie": label,
            "Aide — Proche": "x", "Motif": "Vie associative",
        }
        for n, label in enumerate(labels, start=1)
    ]  # fmt: skip
    outcome = receive(setting, fill(tmp_path / "s.xlsx", content, "Saisie", rows))

    items = outcome.tables["items"]
    overall = items.loc[items["question"] == "global"]
    assert outcome.counts == Counts(len(labels), len(labels), 0, 0)
    assert outcome.tables["reponses"]["site"].unique().tolist() == ["etampes"]
    assert set(overall["regle"]) == {"exact"}
    assert items.loc[items["option"] == "proche", "valeur"].sum() == len(labels)
    assert outcome.tables["rejets"].empty


def test_mystery_contacts_keyed_in_the_template_are_all_loaded(tmp_path, setting, reference):
    content = template.mystery_template(reference.grid, setting.campaign, reference.sites.sites)
    rows = [
        {
            "N°": 1,
            "Site": "Évry",
            "Date": DAY,
            "Abouti": "Oui",
            "Sonneries": 3,
            "Courtoisie": "Oui",
        },
        {"N°": 2, "Site": "Palaiseau", "Date": DAY, "Abouti": "Non", "Sonneries": 10},
    ]
    outcome = receive(setting, fill(tmp_path / "m.xlsx", content, "Appels", rows))

    assert outcome.counts == Counts(2, 2, 0, 0)
    assert outcome.tables["contacts_mysteres"]["abouti"].tolist() == [True, False]
    assert outcome.tables["rejets"].empty


def test_visitors_keyed_in_the_template_are_all_counted(tmp_path, setting, reference):
    questionnaire = reference.questionnaires["satisfaction-1"]
    content = template.flow_template(questionnaire, setting.campaign, reference.site("evry"))
    row = {"Site": "Évry", "Date": DAY, "Demi-journée": "Matin", "Guichet": "Point numérique"}
    path = fill(tmp_path / "f.xlsx", content, "Passages", [row | {"Passages": 12}])
    outcome = receive(setting, path)

    assert outcome.counts == Counts(1, 1, 0, 0)
    assert outcome.tables["population"].query("variable == 'total'")["effectif"].tolist() == [12]


def test_a_log_keyed_in_the_template_is_read(tmp_path, setting, reference):
    questionnaire = reference.questionnaires["satisfaction-1"]
    content = template.approach_template(questionnaire, setting.campaign, reference.site("evry"))
    row = {"Site": "Évry", "Date": DAY, "Demi-journée": "Matin", "Abordés": 5, "Refus": 2}
    row |= {"Inéligibles": 0, "Partiels": 0, "Complets": 3}
    outcome = receive(setting, fill(tmp_path / "r.xlsx", content, "Relevé", [row]))

    assert outcome.counts == Counts(1, 1, 0, 0)


@pytest.mark.parametrize("kind", ["survey", "mystery", "flow"])
def test_a_workbook_of_another_version_is_refused(tmp_path, setting, reference, kind):
    questionnaire = reference.questionnaires["satisfaction-1"]
    site = reference.site("evry")
    content, sheet = {
        "survey": (template.survey_template(questionnaire, setting.campaign, site), "Saisie"),
        "mystery": (template.mystery_template(reference.grid, setting.campaign, [site]), "Appels"),
        "flow": (template.flow_template(questionnaire, setting.campaign, site), "Passages"),
    }[kind]
    path = tmp_path / "ancien.xlsx"
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    book[sheet]["A3"] = "Modèle qpref : ancien, version 00000000"
    book.save(path)

    with pytest.raises(ColumnsError, match="autre version"):
        receive(setting, path)


def test_the_structure_is_protected_and_answers_are_offered(tmp_path, setting, reference):
    questionnaire = reference.questionnaires["satisfaction-1"]
    path = tmp_path / "s.xlsx"
    path.write_bytes(
        template.survey_template(questionnaire, setting.campaign, reference.site("evry"))
    )
    book = openpyxl.load_workbook(path)
    tab = book["Saisie"]

    assert tab.protection.sheet
    assert tab["A5"].protection.locked
    assert tab["A3"].protection.locked  # the version
    assert not tab.column_dimensions["A"].protection.locked
    assert book["Listes"].sheet_state == "hidden"
    kinds = [rule.type for rule in tab.data_validations.dataValidation]
    assert kinds.count("list") > 20
    assert "date" in kinds


def test_the_same_template_twice_is_the_same_bytes(setting, reference):
    questionnaire = reference.questionnaires["satisfaction-1"]
    made = [
        template.survey_template(questionnaire, setting.campaign, reference.site("evry"))
        for _ in range(2)
    ]

    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--site", "evry"), "modele_satisfaction_evry_2020-11.xlsx"),
        (("--pour", "mystere"), "modele_mystere_2020-11.xlsx"),
        (("--pour", "frequentation", "--site", "evry"), "modele_frequentation_evry_2020-11.xlsx"),
        (("--pour", "collecte", "--site", "evry"), "modele_collecte_evry_2020-11.xlsx"),
    ],
)
def test_the_command_writes_the_workbook(project, capsys, arguments, name):
    code = main(
        ["--racine", str(project.root), "modele-saisie", "--campagne", "2020-11", *arguments]
    )

    assert code == 0
    assert name in capsys.readouterr().out
    assert (project.root / "data" / "brut" / name).exists()


@pytest.mark.parametrize(
    "command",
    [
        ("modele-saisie", "--campagne", "2020-11", "--site", "evry"),
        ("modele-saisie", "--campagne", "2020-11", "--pour", "mystere"),
        ("modele-saisie", "--campagne", "2020-11", "--pour", "frequentation", "--site", "evry"),
        ("plan-mystere", "--campagne", "2020-11"),
    ],
)
def test_a_workbook_not_yet_filled_is_told_and_left(project, example, capsys, command):
    """It was refused as real data among invented ones."""
    root = ["--racine", str(project.root)]
    received = example / "2020-11" / "frequentation_2020-11.csv"
    assert main([*root, "importer", str(received), "--campagne", "2020-11"]) == 0
    assert main([*root, *command]) == 0
    before = len(Store(project).imports("2020-11"))
    capsys.readouterr()
    code = main([*root, "importer", str(project.root / "data" / "brut"), "--campagne", "2020-11"])

    assert code == 0
    assert "modèle de saisie pas encore rempli" in capsys.readouterr().out
    assert len(Store(project).imports("2020-11")) == before


def test_the_command_asks_for_the_site(project, capsys):
    assert main(["--racine", str(project.root), "modele-saisie", "--campagne", "2020-11"]) == 2
    assert "--site" in capsys.readouterr().err


def test_visitors_are_counted_by_what_the_questionnaire_asks(reference):
    """Nobody asks the counter: the sheet has no column for it, and keeps that of the half-day."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    asked = [q for q in questionnaire.questions if q.role != "guichet"]
    poorer = questionnaire.model_copy(update={"questions": asked})
    columns = {column.key for column in VISITORS.offering(poorer, reference.site("evry")).columns}

    assert "guichet" not in columns
    assert {"site", "date", "demi_journee", "effectif"} <= columns
