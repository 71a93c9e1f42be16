"""The counter's paper form: what it asks, in which order, in which language; its figures keyed."""

import io
import os
from datetime import datetime

import docx
import openpyxl
import pikepdf
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref import template
from qpref.cli import main
from qpref.instruments.paper import AtCounter, counter_form
from qpref.instruments.paper_page import SHEET, SIZES, form_page
from qpref.instruments.paper_word import form_document
from qpref.intake import Reception, receive
from qpref.layout.paper import paper_questions
from qpref.layout.survey import keying_codes, survey_layout
from qpref.reference import Questionnaire, Scale, load_reference
from qpref.reference.faults import Faults
from qpref.reference.tongue import INSTRUCTIONS
from qpref.report.browser import find_browser
from qpref.report.pdf import first_to_fit
from tests.conftest import ROOT, example_count
from tests.drawn import questionnaires

PROJECTS = {
    "satisfaction-1": ROOT / "data" / "reference",
    "avis-lot": ROOT / "tests" / "deuxieme" / "reference",
}
ARABIC = "اختبار"
BROWSER = find_browser(os.environ)


def at(reference):
    campaign = reference.campaigns.campagnes[-1]
    return AtCounter(reference.sites.sites[0], campaign, reference.sites.editeur)


@pytest.fixture(scope="module", params=PROJECTS)
def asked(request):
    reference = load_reference(PROJECTS[request.param])
    return reference.questionnaires[request.param], at(reference)


def in_arabic(name):
    """The same questionnaire, each wording also in (placeholder) Arabic."""
    path = PROJECTS[name] / "questionnaire" / f"{name}.yml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    levels = [level for scale in found["echelles"].values() for level in scale["modalites"]]
    options = [option for question in found["questions"] for option in question.get("options", ())]
    for one in (*levels, *found["questions"], *options):
        one["libelles"] = {"ar": ARABIC}
    words = dict.fromkeys(INSTRUCTIONS, ARABIC)
    words |= {"si": f"{ARABIC} {{reponse}} {{numero}}", "passez": f"{ARABIC} {{numero}}"}
    themes = dict.fromkeys(found["themes"], ARABIC)
    tongue = {"libelle": ARABIC, "themes": themes, "mention": ARABIC, "consignes": words}
    return found | {"langues": {"ar": tongue}}


def numbers(form):
    return [number for _, items in form.groups for item in items for number, _ in item.rows]


def test_the_form_follows_the_columns_of_the_keying_workbook(asked):
    """Question by question; what is printed at its head (site, number) is no question."""
    questionnaire, counter = asked
    keyed = dict.fromkeys(column.key for column in survey_layout(questionnaire).offered)
    form = counter_form(questionnaire, counter, "fr")

    found = [question.variable for question in paper_questions(questionnaire)]
    assert found == [key for key in keyed if key not in {"numero", "site"}]
    assert numbers(form) == [*range(1, len(found) + 1)]


def test_a_condition_is_an_arrow_on_both_sides():
    """By hand on the example: « non » to 21 goes on with 23, 22 is for callers."""
    reference = load_reference(PROJECTS["satisfaction-1"])
    questionnaire = reference.questionnaires["satisfaction-1"]
    form = counter_form(questionnaire, at(reference), "fr")
    by_number = {item.rows[0][0]: item for _, items in form.groups for item in items}

    assert [box.goes_to for box in by_number[21].boxes] == [None, 23, 23]
    assert "« Oui »" in by_number[22].condition.replace("\u00a0", " ")
    assert by_number[22].condition.replace("\u00a0", " ").endswith("à la question 21 :")
    assert form.faults == []


def test_what_rests_on_a_question_passed_over_is_passed_over_with_it():
    """By hand: 11 is for those who said yes to 10, 12 for some of 11; « non » to 10 goes to 13."""
    reference = load_reference(PROJECTS["avis-lot"])
    found = reference.questionnaires["avis-lot"]
    answered = found.by_id["reponse_ecrite"]
    levels = [level.code for level in found.scale(answered.id).modalites]
    nested = answered.filtre.model_copy(update={"question": answered.id, "vaut": levels[1:2]})
    last = found.by_id["jugement"].model_copy(update={"filtre": nested})
    questions = [last if q.id == last.id else q for q in found.questions]
    form = counter_form(found.model_copy(update={"questions": questions}), at(reference), "fr")
    boxes = {item.rows[0][0]: item.boxes for _, items in form.groups for item in items}

    assert [box.goes_to for box in boxes[10]] == [None, 13]
    assert [box.goes_to for box in boxes[11]] == [
        None if i == 1 else 13 for i in range(len(levels))
    ]


def test_what_a_condition_rests_on_must_be_on_the_form():
    reference = load_reference(PROJECTS["avis-lot"])
    found = reference.questionnaires["avis-lot"]
    opening = found.by_id["a_ecrit"].model_copy(update={"entetes": []})
    questions = [opening if q.id == "a_ecrit" else q for q in found.questions]
    form = counter_form(found.model_copy(update={"questions": questions}), at(reference), "fr")

    assert [fault.steps[-1] for fault in form.faults] == ["filtre"]
    assert [question.id for question in form.left] == ["a_ecrit"]


@given(scales=st.lists(st.lists(st.sampled_from(["", "1", "2", "3", "7", "A1"]), max_size=6)))
def test_a_figure_never_names_two_answers(scales):
    """Whatever figures the dictionary already gives: theirs stay, the others are free."""
    for codes in scales:
        own = {code: place for place, code in enumerate(codes) if code}  # the last one bears it
        levels = [
            {"code": f"n{place}", "libelle": f"Niveau {place}",
             "codes": [code for code, bearer in own.items() if bearer == place]}
            for place in range(len(codes))
        ]  # fmt: skip
        figures = keying_codes(Scale.model_validate({"ordonnee": "non", "modalites": levels}))

        assert len(set(figures.values())) == len(codes)
        for code, bearer in own.items():
            if code.isdecimal():
                assert code not in figures.values() or figures[f"n{bearer}"] == code


def keyed(tmp_path, reference, cells, mark=None):
    """Receive our workbook with one row, answers as figures."""
    campaign, site = reference.campaigns.campagnes[-1], reference.sites.sites[0]
    questionnaire = reference.questionnaire(campaign.id)
    path = tmp_path / "s.xlsx"
    path.write_bytes(template.survey_template(questionnaire, campaign, site))
    book = openpyxl.load_workbook(path)
    tab = book["Saisie"]
    tab["A3"] = mark if mark is not None else tab["A3"].value
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    for heading, value in cells.items():
        tab.cell(6, places[heading], value)
    book.save(path)
    return receive(Reception(reference, campaign, site.id), path)


@pytest.mark.parametrize(("mark", "state"), [(None, "repondu"), ("", "invalide")])
def test_a_figure_is_read_in_our_workbook_and_never_guessed_elsewhere(tmp_path, mark, state):
    """« 2 » is the second answer printed; in a table of somebody's own it may be anything."""
    reference = load_reference(PROJECTS["avis-lot"])
    day = datetime.combine(reference.campaigns.campagnes[-1].debut, datetime.min.time())
    cells = {"Jour": day, "Fiche n°": 1, "Locaux": 2, "Écoute": 4}
    items = keyed(tmp_path, reference, cells, mark).tables["items"].set_index("question")

    assert items.loc["locaux", "etat"] == items.loc["ecoute", "etat"] == state
    if state == "repondu":
        assert items.loc[["locaux", "ecoute"], "modalite"].tolist() == ["q2", "d4"]


def test_a_text_without_translation_is_listed(asked):
    questionnaire, counter = asked
    content = in_arabic(questionnaire.id)
    whole = Questionnaire.model_validate(content)
    assert counter_form(whole, counter, "ar").faults == []

    question = paper_questions(questionnaire)[0]
    place = questionnaire.questions.index(question)
    content["questions"][place]["libelles"] = {}
    del content["langues"]["ar"]["consignes"]["passez"]
    form = counter_form(Questionnaire.model_validate(content), counter, "ar")
    assert [fault.steps for fault in form.faults] == [
        ("langues", "ar", "consignes"), ("questions", place, "libelles")
    ]  # fmt: skip


def test_an_instruction_without_its_blank_is_refused(asked):
    content = in_arabic(asked[0].id)
    content["langues"]["ar"]["consignes"]["si"] = ARABIC
    with pytest.raises((Faults, ValueError), match="reponse"):
        Questionnaire.model_validate(content)


def test_arabic_is_read_from_the_right(asked):
    questionnaire, counter = asked
    form = counter_form(Questionnaire.model_validate(in_arabic(questionnaire.id)), counter, "ar")
    page, content = form_page(form, 10), form_document(form, counter, "courants")
    body = docx.Document(io.BytesIO(content)).element.xml

    assert '<html lang="ar" dir="rtl">' in page
    assert "→" not in page
    assert "→" not in body
    assert body.count("<w:bidi/>") == body.count("<w:p>") + body.count("<w:p ")
    assert ("<w:bidiVisual/>" in body) == ("<w:tbl>" in body)


def test_the_document_says_what_the_page_says_the_same_bytes_each_time(asked):
    questionnaire, counter = asked
    form = counter_form(questionnaire, counter, "fr")
    content = form_document(form, counter, "courants")
    book = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in book.paragraphs), *cells])

    for _, items in form.groups:
        for item in items:
            assert all(f"{number}  {words}" in text for number, words in item.rows)
    assert form.version in book.sections[0].footer.paragraphs[0].text
    assert form.version in form_page(form, 10)
    assert content == form_document(form, counter, "courants")


@pytest.mark.lent
@settings(max_examples=example_count(3))
@given(found=questionnaires())
def test_any_questionnaire_has_a_form(found):
    reference = load_reference(PROJECTS["avis-lot"])
    found = Questionnaire.model_validate(found)
    form = counter_form(found, at(reference), "fr")

    assert numbers(form) == [*range(1, len(paper_questions(found)) + 1)]
    assert form_page(form, 10).startswith("<!doctype html>")
    assert form_document(form, at(reference), "grands")


@pytest.mark.lent
@pytest.mark.navigateur
@pytest.mark.skipif(BROWSER is None, reason="aucun navigateur")
def test_the_form_fits_one_sheet_and_large_letters_take_more(asked):
    questionnaire, counter = asked
    form = counter_form(questionnaire, counter, "fr")
    pages = [form_page(form, size) for size in SIZES["courants"]]
    content, count = first_to_fit(pages, BROWSER, SHEET)
    assert count <= SHEET
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "fr"


def test_a_language_that_is_not_declared_and_an_address_that_is_none(tmp_path, capsys):
    root = ["--racine", str(ROOT), "questionnaire", "papier", "--campagne", "2020-11"]
    assert main([*root, "--langue", "xx", "--vers", str(tmp_path)]) != 0
    assert "« xx »" in capsys.readouterr().err
    assert main([*root, "--adresse", "enquete", "--vers", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []
