"""`qpref dictionnaire proposer`: a draft that loads, and that reads the file it comes from."""

import json
from pathlib import Path

import pytest

from qpref.cli import main
from qpref.errors import UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.proposal import draft_questionnaire
from qpref.reference import load_reference
from qpref.reference.loading import content_of, parse
from qpref.reference.questionnaire import Questionnaire
from tests.intake.conftest import write_csv, write_xlsx


def load(text):
    return parse(Questionnaire, content_of(text, Path("brouillon.yml")))


def row(**fields):
    cells = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<row>{cells}</row>"


def tables(**content):
    inner = "".join(
        f"<{name}><rows>{''.join(rows)}</rows></{name}>" for name, rows in content.items()
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><document>{inner}</document>"


GROUPS = [row(gid=1, group_name="Accueil &amp; attente")]
OLD = tables(
    groups=GROUPS,
    questions=[
        row(
            qid=10,
            parent_qid=0,
            gid=1,
            type="F",
            title="G01Q01",
            question="<p>Votre avis</p>",
            question_order=1,
        ),
        row(
            qid=11, parent_qid=0, gid=1, type="M", title="G01Q02", question="Aide", question_order=2
        ),
        row(
            qid=12,
            parent_qid=0,
            gid=1,
            type="T",
            title="G01Q03",
            question="Remarques",
            question_order=3,
        ),
        row(
            qid=13,
            parent_qid=0,
            gid=1,
            type="X",
            title="G01Q04",
            question="Merci",
            question_order=4,
        ),
        row(
            qid=14,
            parent_qid=0,
            gid=1,
            type="Y",
            title="G01Q05",
            question="Retraité ?",
            question_order=5,
        ),
    ],
    subquestions=[
        row(qid=20, parent_qid=10, title="SQ001", question="La courtoisie", question_order=1),
        row(
            qid=21,
            parent_qid=10,
            title="SQ002",
            question="Globalement, l’attente",
            question_order=2,
        ),
        row(qid=22, parent_qid=11, title="SQ001", question="Un proche", question_order=1),
        row(qid=23, parent_qid=11, title="SQ002", question="Personne", question_order=2),
    ],
    answers=[
        row(qid=10, code="A1", answer="Très content", sortorder=1),
        row(qid=10, code="A2", answer="Plutôt mécontent", sortorder=2),
        row(qid=10, code="A3", answer="Sans objet", sortorder=3),
    ],
)
NEW = tables(
    groups=[row(gid=1)],
    group_l10ns=[row(gid=1, group_name="Accueil &amp; attente", language="fr")],
    questions=[row(qid=10, parent_qid=0, gid=1, type="F", title="G01Q01", question_order=1)],
    subquestions=[row(qid=20, parent_qid=10, title="SQ001", question_order=1)],
    question_l10ns=[
        row(qid=10, question="Votre avis", language="fr"),
        row(qid=20, question="Globalement, la courtoisie", language="fr"),
    ],
    answers=[
        row(aid=1, qid=10, code="A1", sortorder=1),
        row(aid=2, qid=10, code="A2", sortorder=2),
    ],
    answer_l10ns=[
        row(aid=1, answer="Très content", language="fr"),
        row(aid=2, answer="Plutôt mécontent", language="fr"),
    ],
)


def test_a_structure_file_gives_questions_scales_and_codes(tmp_path):
    path = tmp_path / "enquete.lss"
    path.write_text(OLD, encoding="utf-8")
    found = load(draft_questionnaire(path))

    by_code = {question.limesurvey: question for question in found.questions}
    scale = found.scale(by_code["G01Q01[SQ001]"].id)
    assert [m.codes for m in scale.modalites] == [("A1",), ("A2",), ("A3",)]
    assert [m.favorable for m in scale.modalites] == [True, False, None]
    assert scale.modalites[2].etat == "sans_objet"
    assert found.by_id[found.main].limesurvey == "G01Q01[SQ002]"
    assert [o.libelle for o in by_code["G01Q02"].options] == ["Un proche", "Personne"]
    assert by_code["G01Q03"].type == "texte"
    assert by_code["G01Q05"].echelle == "oui_non"
    assert "G01Q04" not in by_code
    assert list(found.themes.values()) == ["Accueil & attente"]


def test_a_recent_structure_file_gives_the_same(tmp_path):
    path = tmp_path / "enquete.lss"
    path.write_text(NEW, encoding="utf-8")
    found = load(draft_questionnaire(path))

    assert found.by_id[found.main].texte == "Globalement, la courtoisie"
    assert [m.libelle for m in found.scale(found.main).modalites] == [
        "Très content",
        "Plutôt mécontent",
    ]


def test_a_draft_from_an_export_reads_that_export(tmp_path, reference):
    """The draft of an unknown survey, put in place, imports its answers without loss."""
    rows = [
        ["id", "submitdate", "startdate", "Q1. Accueil", "Q2. Dans l’ensemble", "Q3. Remarques"]
    ]
    levels = ["Très content", "Assez content", "Pas content", "Sans objet"]
    for number in range(40):
        day = f"2020-11-{16 + number % 10} 10:00:00"
        rows.append([number, day, day, levels[number % 4], levels[number % 3], f"texte {number}"])
    path = write_csv(tmp_path / "results-survey123.csv", rows, ";")
    drafted = load(draft_questionnaire(path))
    campaign = reference.campaign("2020-11").model_copy(update={"questionnaire": drafted.id})
    other = type(reference)(**{**vars(reference), "questionnaires": {drafted.id: drafted}})
    campaigns = other.campaigns.model_copy(update={"campagnes": [campaign]})
    other = type(other)(**{**vars(other), "campaigns": campaigns})

    outcome = receive(Reception(other, campaign, "evry"), path)

    assert outcome.counts.kept == 40
    items = outcome.tables["items"].query("etat == 'repondu'")
    assert items["modalite"].value_counts().sum() == 40 + 30
    assert drafted.by_id[drafted.main].texte == "Dans l’ensemble"


def test_known_scales_are_reused(example, reference):
    path = example / "2020-11" / "results-survey_2020-11.csv"
    found = load(draft_questionnaire(path, reference.of_users))

    assert {"satisfaction4", "categorie", "age"} <= set(found.echelles)
    assert found.by_id[found.main].texte.startswith("Globalement")
    helped = next(q for q in found.questions if q.limesurvey == "G02Q06")
    assert (helped.type, len(helped.options)) == ("multiple", 4)
    mail = next(q for q in found.questions if q.limesurvey == "G07Q03")
    assert (mail.type, mail.role) == ("technique", "coordonnees")


def test_joined_answers_become_options(tmp_path):
    rows = [
        ["Horodateur", "Aide"],
        *[["16/11/2020", text] for text in ("a;b", "a", "b;c", "c", "a;c", "b")],
    ]
    found = load(draft_questionnaire(write_csv(tmp_path / "g.csv", rows)))

    helped = next(q for q in found.questions if q.texte == "Aide")
    assert [o.libelle for o in helped.options] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.lss", "<document><autre/></document>", "aucune question"),
        ("a.lss", "pas du xml", "pas une structure"),
        ("a.lss", '<!DOCTYPE x [<!ENTITY a "b">]><document>&a;</document>', "pas une structure"),
    ],
)
def test_a_file_that_is_no_structure_is_refused(tmp_path, name, content, said):
    (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(UnreadableFileError, match=said):
        draft_questionnaire(tmp_path / name)


def test_the_command_writes_the_draft(tmp_path, capsys):
    path = tmp_path / "enquete.lss"
    path.write_text(OLD, encoding="utf-8")
    target = tmp_path / "brouillon.yml"

    assert main(["dictionnaire", "proposer", str(path), "--vers", str(target)]) == 0
    assert load(target.read_text(encoding="utf-8")).certitude == "suppose"
    assert main(["dictionnaire", "proposer", str(path)]) == 0
    assert "BROUILLON" in capsys.readouterr().out
    assert main(["dictionnaire", "proposer", str(tmp_path / "absent.lss")]) == 6
    empty = write_xlsx(tmp_path / "vide.xlsx", {"F": [[1]]})
    assert main(["dictionnaire", "proposer", str(empty)]) == 6


def test_free_answers_that_complete_a_question_are_linked_to_it(tmp_path):
    path = tmp_path / "a.lss"
    path.write_text(
        tables(
            groups=GROUPS,
            questions=[
                row(qid=1, parent_qid=0, gid=1, type="L", title="Q1", question="Motif", other="Y"),
                row(qid=2, parent_qid=0, gid=1, type="O", title="Q2", question="Guichet"),
            ],
            answers=[row(qid=1, code="A1", answer="Titre"), row(qid=2, code="A1", answer="Un")],
        ),
        encoding="utf-8",
    )
    found = {q.limesurvey: q for q in load(draft_questionnaire(path)).questions}

    assert (found["Q1[other]"].type, found["Q1[other]"].parent) == ("texte", found["Q1"].id)
    assert (found["Q2[comment]"].type, found["Q2[comment]"].parent) == ("texte", found["Q2"].id)


def test_a_dictionary_in_step_with_its_export_is_said_so(project, example, capsys):
    """The example's questionnaire asks 28 questions online, four boxes among them."""
    path = example / "2020-11" / "results-survey_2020-11.csv"
    root = ["--racine", str(project.root)]
    asked = ["dictionnaire", "verifier", str(path), "--campagne", "2020-11", "--json"]

    assert main([*root, *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    online = [
        question
        for question in load_reference(project.reference).questionnaire("2020-11").questions
        if question.limesurvey
    ]
    assert said["differences"] == []
    assert said["compares"]["questions"] == len(online)
    assert said["compares"]["options"] == 4
    assert said["compares"]["niveaux"] > 0
    assert "seule une structure" in said["non_compares"][0]
    assert main([*root, *asked[:-1]]) == 0
    assert "aucune différence" in capsys.readouterr().out


def test_a_dictionary_out_of_step_with_the_form_is_told_point_by_point(project, tmp_path, capsys):
    path = tmp_path / "enquete.lss"
    path.write_text(OLD, encoding="utf-8")
    arguments = ["dictionnaire", "verifier", str(path), "--campagne", "2020-11"]

    assert main(["--racine", str(project.root), *arguments]) == 7
    out = capsys.readouterr().out
    assert "G01Q01[SQ001] : question absente du dictionnaire" in out
    assert "G07Q01 : question du dictionnaire absente du formulaire" in out
    assert "G01Q02 : texte différent" in out
