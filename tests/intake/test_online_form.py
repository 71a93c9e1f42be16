"""The .lss written from a dictionary: LimeSurvey's structure, read back equal, its export imported.

The tables, fields and rules expected here are those of LimeSurvey: three of its structures
(versions 359, 643 and 717 of its tables; the second is the French State's,
`limesurvey-theme-dsfr`), and its own import (`import_helper.php`, `Question.php`).
"""

import csv
import html
import io
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
import yaml
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.instruments import online_forms, structure
from qpref.intake import Reception, receive
from qpref.intake.dictionary_check import compare
from qpref.intake.proposal import read_form
from qpref.layout.online import online_codes, online_questions
from qpref.questions import Answer
from qpref.reference import Questionnaire, load_reference
from qpref.reference.loading import content_of, parse
from tests.conftest import ROOT, example_count
from tests.drawn import questionnaires

DAY = date(2020, 11, 20)
PROJECTS = {
    "satisfaction-1": (ROOT / "data" / "reference", "2020-11"),
    "avis-lot": (ROOT / "tests" / "deuxieme" / "reference", ""),
}
SITES = ("Préfecture de Ville", "Sous-préfecture du Lac")
ROW = {"qid", "parent_qid", "sid", "gid", "type", "title", "preg", "other", "mandatory",
       "encrypted", "question_order", "scale_id", "same_default", "relevance",
       "question_theme_name", "modulename", "same_script"}  # fmt: skip
FIELDS = {  # of each table, in the structures of LimeSurvey 6
    "answers": {"aid", "qid", "code", "sortorder", "assessment_value", "scale_id"},
    "answer_l10ns": {"id", "aid", "answer", "language"},
    "groups": {"gid", "sid", "group_order", "randomization_group", "grelevance"},
    "group_l10ns": {"id", "gid", "group_name", "description", "language"},
    "questions": ROW,
    "subquestions": ROW,
    "question_l10ns": {"id", "qid", "question", "help", "script", "language"},
    "question_attributes": {"qid", "attribute", "value", "language"},
    "surveys": {
        "sid", "gsid", "admin", "adminemail", "anonymized", "format", "savetimings", "template",
        "language", "additional_languages", "datestamp", "usecookie", "allowregister", "allowsave",
        "autoredirect", "allowprev", "printanswers", "ipaddr", "ipanonymize", "refurl",
        "showsurveypolicynotice", "publicstatistics", "publicgraphs", "listpublic",
        "showxquestions", "showgroupinfo", "shownoanswer", "showqnumcode", "showwelcome",
        "showprogress", "questionindex",
    },
    "surveys_languagesettings": {
        "surveyls_survey_id", "surveyls_language", "surveyls_title", "surveyls_description",
        "surveyls_welcometext", "surveyls_endtext", "surveyls_policy_notice",
        "surveyls_policy_notice_label", "surveyls_policy_error", "surveyls_dateformat",
        "surveyls_numberformat",
    },
}  # fmt: skip
NEEDED = {  # what the import reads without asking whether it is there
    "groups": {"sid", "gid"},
    "questions": {"sid", "gid", "qid", "title", "type"},
    "subquestions": {"sid", "gid", "qid", "parent_qid", "title"},
    "question_l10ns": {"qid", "question", "language"},
    "answers": {"aid", "qid", "code", "scale_id"},
    "answer_l10ns": {"aid", "answer", "language"},
    "surveys": {"sid"},
    "surveys_languagesettings": {"surveyls_language", "surveyls_title"},
}
RESERVED = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}
THEMES = {"L": "listradio", "F": "arrays/array", "M": "multiplechoice", "T": "longfreetext",
          "S": "shortfreetext", "N": "numerical", "D": "date",
          "O": "list_with_comment"}  # fmt: skip


def tables_of(content):
    root = ElementTree.fromstring(content, forbid_dtd=True)
    found = {}
    for table in root:
        fields = [field.text for field in table.iterfind("fields/fieldname")]
        rows = [{cell.tag: cell.text or "" for cell in row} for row in table.iterfind("rows/row")]
        found[table.tag] = fields, rows
    return root, found


def check_structure(content):
    """What LimeSurvey's import and its model of a question ask of a file."""
    root, tables = tables_of(content)
    assert [child.tag for child in root][:3] == ["LimeSurveyDocType", "DBVersion", "languages"]
    assert root.findtext("LimeSurveyDocType") == "Survey"
    assert root.findtext("languages/language") == "fr"
    for name, (fields, rows) in list(tables.items())[3:]:
        assert set(fields) <= FIELDS[name]
        assert all(NEEDED.get(name, set()) <= set(row) <= set(fields) for row in rows)
    rows = defaultdict(list, {name: rows for name, (_, rows) in tables.items()})
    _check_codes(rows)
    groups = {row["gid"] for row in rows["groups"]}
    spoken = {language.text for language in root.iterfind("languages/language")}
    assert groups == {row["gid"] for row in rows["group_l10ns"]}
    asked = [*rows["questions"], *rows["subquestions"]]
    numbers = [row["qid"] for row in asked]
    assert len(set(numbers)) == len(numbers)
    for table, key, own in (("question_l10ns", "qid", numbers), ("group_l10ns", "gid", groups)):
        told = sorted((row[key], row["language"]) for row in rows[table])
        assert told == sorted((name, language) for name in own for language in spoken)
    assert {row["qid"] for row in rows["questions"]} == {
        row["qid"] for row in rows["question_attributes"]
    }
    assert {row["gid"] for row in asked} <= groups
    for row in rows["questions"]:
        assert row["question_theme_name"] == THEMES[row["type"]]
        has_lines = any(one["parent_qid"] == row["qid"] for one in rows["subquestions"])
        has_answers = any(one["qid"] == row["qid"] for one in rows["answers"])
        assert has_lines == (row["type"] in {"F", "M"})
        assert has_answers == (row["type"] in {"F", "L", "O"})
    return rows


def _check_codes(rows):
    titles = [row["title"] for row in rows["questions"]]
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch("[a-zA-Z][a-zA-Z0-9]{0,19}", title) for title in titles)
    assert not set(titles) & RESERVED
    for table, parent, code, pattern in (
        ("subquestions", "parent_qid", "title", "[a-zA-Z0-9]{1,20}"),
        ("answers", "qid", "code", "[a-zA-Z0-9]{1,5}"),
    ):
        codes = [(row[parent], row[code].casefold()) for row in rows[table]]
        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch(pattern, row[code]) and row[code] != "time" for row in rows[table])


def written(name):
    folder, campaign = PROJECTS[name]
    reference = load_reference(folder)
    questionnaire = reference.questionnaires[name]
    forms = online_forms(questionnaire, [site.nom for site in reference.sites.sites])
    assert forms["fr"].faults == []
    return reference, questionnaire, campaign, structure(forms, reference.sites.editeur)


@pytest.mark.parametrize("name", PROJECTS)
def test_the_structure_of_both_examples_is_limesurveys_and_reads_back_equal(name, tmp_path):
    _, questionnaire, _, content = written(name)
    check_structure(content)
    path = tmp_path / f"{name}.lss"
    path.write_bytes(content)
    form = read_form(path)

    found = compare(form, questionnaire)
    assert found.differences == []
    assert found.questions == len(online_questions(questionnaire))
    same_questions(form, questionnaire)
    assert written(name)[3] == content  # the same bytes every time


def same_questions(form, questionnaire):
    """Each question as it was: code, text, theme, answers in order, condition."""
    codes = online_codes(questionnaire)
    asked = online_questions(questionnaire)
    assert [draft.code for draft in form.drafts] == [codes[q.id, ""] for q in asked]
    for draft, question in zip(form.drafts, asked, strict=True):
        assert draft.theme == " ".join(questionnaire.themes[question.theme].split())
        assert draft.text == " ".join(question.texte.split())
        labels = [option.libelle for option in question.options]
        if question.echelle:
            labels = [one.libelle for one in questionnaire.scale(question.id).modalites]
        if labels:
            assert draft.labels == [" ".join(label.split()) for label in labels]
        if question.kind.is_marked:
            assert draft.bounds == (question.minimum, question.maximum)
        opening = question.filtre and questionnaire.by_id[question.filtre.question]
        if opening and not opening.options:
            scale = questionnaire.scale(opening.id)
            places = [f"A{[m.code for m in scale.modalites].index(v) + 1}"
                      for v in question.filtre.vaut]  # fmt: skip
            assert draft.asked_if == (codes[opening.id, ""], places)
        else:
            assert draft.asked_if is None


def exported(content, count, site):
    """The answers to a structure as LimeSurvey exports them: headings by code, whole labels."""
    _, tables = tables_of(content)
    rows = defaultdict(list, {name: rows for name, (_, rows) in tables.items()})
    labels = {row["aid"]: html.unescape(row["answer"]) for row in rows["answer_l10ns"]}
    columns = []
    for question in rows["questions"]:
        lines = [r["title"] for r in rows["subquestions"] if r["parent_qid"] == question["qid"]]
        given = [labels[r["aid"]] for r in rows["answers"] if r["qid"] == question["qid"]]
        given = {"M": ["Oui", "Non"], "D": ["2020-11-20 00:00:00"], "N": ["3", "7"],
                 "T": ["Merci"], "S": [""]}.get(question["type"], given)  # fmt: skip
        given = [site] if site in given else given
        names = [f"{question['title']}[{line}]" for line in lines] or [question["title"]]
        columns += [(name, given) for name in names]
    system = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
    stamp = "2020-11-20 10:00:00"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*system, *(name for name, _ in columns)])
    for rank in range(count):
        cells = [given[rank % len(given)] for _, given in columns]
        writer.writerow([rank + 1, stamp, "8", "fr", 1000 + rank, stamp, stamp, *cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode() + b"\r\n"


@pytest.mark.parametrize("name", PROJECTS)
def test_an_export_of_that_survey_is_imported_without_any_work(name, tmp_path):
    reference, questionnaire, campaign, content = written(name)
    found = reference.campaign(campaign) if campaign else reference.campaigns.campagnes[-1]
    window = found.model_copy(update={"debut": DAY, "fin": DAY})
    path = tmp_path / "results-survey.csv"
    path.write_bytes(exported(content, 6, reference.sites.sites[0].nom))

    outcome = receive(Reception(reference, window), path)
    assert outcome.ignored_columns == []
    assert (outcome.counts.read, outcome.counts.kept) == (6, 6)
    items = outcome.tables["items"]
    stored = [q for q in online_questions(questionnaire) if q.kind.is_stored]
    assert set(items["question"]) == {question.id for question in stored}
    assert not (items["etat"] == "invalide").any()
    for question in (q for q in stored if q.kind.answer is Answer.LEVEL and not q.filtre):
        levels = questionnaire.scale(question.id).modalites
        answers = Counter(levels[rank % len(levels)].code for rank in range(6))
        told = items[(items["question"] == question.id) & (items["etat"] == "repondu")]
        expected = {m.code: answers[m.code] for m in levels if m.etat == "repondu"}
        assert Counter(told["modalite"]) == Counter(expected)


def content():
    """A questionnaire with a list, boxes, an array, marks and a condition."""
    levels = [
        {"code": "a", "libelle": "Bon", "favorable": "oui"},
        {"code": "b", "libelle": "Mauvais", "favorable": "non"},
    ]
    own = {"theme": "t", "texte_court": "Q"}
    opinion = {**own, "type": "opinion", "echelle": "avis"}
    return {
        "id": "q", "libelle": "Q", "certitude": "exemple", "source": "Inventé",
        "themes": {"t": "Un <thème> & deux"},
        "echelles": {"avis": {"ordonnee": "oui", "modalites": levels}},
        "questions": [
            {"id": "venu", "texte": "Venu ?", **opinion, "limesurvey": "Q1"},
            {"id": "aide", "texte": "Aide ?", **own, "type": "multiple", "limesurvey": "Q2",
             "options": [{"code": "un", "libelle": "Un"}, {"code": "deux", "libelle": "Deux"}]},
            {"id": "ecoute", "texte": "Écoute", **opinion, "limesurvey": "Q3[SQ1]"},
            {"id": "clarte", "texte": "Clarté", **opinion, "limesurvey": "Q3[SQ2]",},
            {"id": "note", "texte": "Note", **own, "type": "note", "maximum": 5},
            {"id": "mesure", "texte": "Mesure", **own, "type": "note", "minimum": 0.5},
            {"id": "mot", "texte": "Un mot", **own, "type": "texte"},
        ],
    }  # fmt: skip


def refusals(found):
    form = online_forms(Questionnaire.model_validate(found), SITES)["fr"]
    return [(fault.steps, fault.sentence) for fault in form.faults]


def drafts(found, folder):
    forms = online_forms(Questionnaire.model_validate(found), SITES)
    assert forms["fr"].faults == []
    path = folder / "q.lss"
    path.write_bytes(structure(forms, None))
    check_structure(path.read_bytes())
    return read_form(path).drafts


def test_every_kind_of_question_reads_back(tmp_path):
    """Marks from 0 to 5 are buttons, from 0.5 a number between two bounds."""
    found = {draft.code: draft for draft in drafts(content(), tmp_path)}

    assert list(found) == ["Q1", "Q2", "Q3[SQ1]", "Q3[SQ2]", "QNote", "QMesure", "QMot"]
    assert found["Q1"].theme == "Un <thème> & deux"
    assert found["Q2"].choices == [("Un", "Un"), ("Deux", "Deux")]
    assert found["QNote"].bounds == (0, 5)
    assert found["QMesure"].bounds == (0.5, 10)


def test_a_free_answer_completes_its_list_or_its_boxes(tmp_path):
    found = content()
    found["questions"][-1]["limesurvey"] = "Q1[comment]"
    other = {**found["questions"][-1], "id": "autre", "limesurvey": "Q2[other]"}
    found["questions"].append(other)
    codes = [draft.code for draft in drafts(found, tmp_path)]

    assert {"Q1[comment]", "Q2[other]"} <= {*codes}
    rows = check_structure((tmp_path / "q.lss").read_bytes())
    assert {row["title"]: row["type"] for row in rows["questions"]}["Q1"] == "O"
    assert {row["title"]: row["other"] for row in rows["questions"]}["Q2"] == "Y"


def test_conditions_are_those_of_limesurveys_expressions(tmp_path):
    """A level of a list, of a line of an array; a ticked box."""
    found = content()
    opens = (("venu", ["a", "b"]), ("ecoute", ["b"]), ("aide", ["deux"]))
    for question, (opening, codes) in zip(found["questions"][4:], opens, strict=True):
        question["filtre"] = {"question": opening, "vaut": codes}
    drafts(found, tmp_path)
    rows = check_structure((tmp_path / "q.lss").read_bytes())

    assert [row["relevance"] for row in rows["questions"]][-3:] == [
        'Q1.NAOK == "A1" or Q1.NAOK == "A2"', 'Q3_SQ1.NAOK == "A2"', 'Q2_Deux.NAOK == "Y"'
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "change", "told"),
    [
        (0, {"limesurvey": "Q_1"}, "n’accepte pas le code « Q_1 »"),
        (0, {"limesurvey": "1Q"}, "n’accepte pas le code « 1Q »"),
        (0, {"limesurvey": "SID"}, "n’accepte pas le code « SID »"),
        (0, {"limesurvey": "Q" * 21}, "n’accepte pas le code"),
        (6, {"limesurvey": "Q1"}, "« Q1 » est déjà celui d’une autre question"),
        (6, {"limesurvey": "Q9[other]"}, "rien n’est à compléter"),
        (6, {"limesurvey": "Q9[SQ1]"}, "le code d’une ligne de tableau"),
        (3, {"filtre": {"question": "venu", "vaut": ["a"]}}, "n’est pas une ligne du tableau"),
        (0, {"filtre": {"question": "ecoute", "vaut": ["a"]}}, "n’est pas posée avant elle"),
        (4, {"filtre": {"question": "venu", "vaut": ["z"]}}, "n’a pas la réponse"),
        (5, {"filtre": {"question": "note", "vaut": ["3"]}}, "n’a pas la réponse"),
        (4, {"texte": "Un {calcul}"}, "entre accolades"),
        (4, {"texte": "Une cloche\x07"}, "entre accolades"),
    ],
)
def test_what_limesurvey_cannot_hold_is_refused_at_its_place(place, change, told):
    found = content()
    found["questions"][place] |= change
    [(steps, sentence)] = refusals(found)

    assert steps[:2] == ("questions", place)
    assert told in sentence


def test_codes_are_made_of_names_and_never_of_ranks():
    """Moved, a question keeps its code; names alike or too long are told apart by a digest."""
    found = content()
    first, last = found["questions"][4], found["questions"][-1]
    first["id"], last["id"] = "a_b", "a-b"
    found["questions"][5]["id"] = "une_mesure_vraiment_tres_longue"
    codes = online_codes(Questionnaire.model_validate(found))
    made = [codes[name, ""] for name in ("a_b", "a-b", "une_mesure_vraiment_tres_longue")]

    assert len(set(made)) == 3
    assert all(re.fullmatch("Q[a-zA-Z0-9]{1,19}", code) for code in made)
    found["questions"].reverse()
    assert online_codes(Questionnaire.model_validate(found)) == codes


@settings(max_examples=example_count(3))
@given(questionnaires(), st.lists(st.text("abé <&>'\"", min_size=1), min_size=1, max_size=3))
def test_any_questionnaire_is_written_or_refused(tmp_path_factory, found, names):
    """Drawn ones have filters on any earlier question of a scale, so nothing is refused."""
    written = content_of(yaml.safe_dump(found, allow_unicode=True), Path("tire.yml"))
    questionnaire = parse(Questionnaire, written)
    forms = online_forms(questionnaire, names)
    assert forms["fr"].faults == []
    path = tmp_path_factory.mktemp("tire") / "tire.lss"
    path.write_bytes(structure(forms, None))
    check_structure(path.read_bytes())

    read = read_form(path)
    codes = online_codes(questionnaire)
    asked = online_questions(questionnaire)
    assert [draft.code for draft in read.drafts] == [codes[q.id, ""] for q in asked]
    assert compare(read, questionnaire).differences == []


def test_the_command_writes_once_and_says_what_is_left_to_read(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "enquete.lss"
    words = ["--racine", str(ROOT), "questionnaire", "lss", "satisfaction-1", "--vers", str(path)]

    assert main(words) == 0
    assert "mention sur les données personnelles" in capsys.readouterr().out
    assert path.read_bytes() == written("satisfaction-1")[3]
    path.write_text("relu par quelqu’un", "utf-8")
    assert main(words) == 2
    assert path.read_text("utf-8") == "relu par quelqu’un"
