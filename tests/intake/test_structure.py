"""A LimeSurvey structure of a few rows, then the draft that questions of each kind make."""

import pytest
import yaml

from qpref.errors import UnreadableFileError
from qpref.intake.drafting import _comment, propose
from qpref.intake.drafts import Draft, DraftedForm, Shape
from qpref.intake.lss import MAX_BYTES, read_lss


def lss(path, **tables):
    def row(fields):
        return (
            "<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items()) + "</row>"
        )

    body = "".join(
        f"<{name}><rows>{''.join(map(row, rows))}</rows></{name}>" for name, rows in tables.items()
    )
    path.write_text(f"<document>{body}</document>", encoding="utf-8")
    return path


def question(qid, kind, text, title="", **more):
    return {"qid": qid, "gid": "1", "parent_qid": "0", "type": kind, "question_order": qid,
            "title": title or f"Q{qid}", "question": text, **more}  # fmt: skip


def drafts(folder, *questions, **tables):
    groups = [{"gid": "1", "group_name": "<b>Accueil</b>"}]
    found = read_lss(lss(folder / "a.lss", groups=groups, questions=[*questions], **tables))
    return [(one.theme, one.code, one.text, one.shape, [*one.choices]) for one in found]


def line(qid, parent, title, text):
    return question(qid, "T", text, title) | {"parent_qid": parent}


@pytest.mark.parametrize(
    ("kind", "shape", "choices"),
    [
        ("Y", Shape.LEVEL, [("Y", "Oui"), ("N", "Non")]),
        ("G", Shape.LEVEL, [("F", "Femme"), ("M", "Homme")]),
        ("D", Shape.DATE, []),
        ("N", Shape.NUMBER, []),
        ("S", Shape.TEXT, []),
        ("T", Shape.TEXT, []),
        ("5", Shape.MARK, []),
    ],
)
def test_the_type_of_a_question_says_how_it_is_answered(kind, shape, choices, tmp_path):
    found = drafts(tmp_path, question("1", kind, "<p>Votre&nbsp;avis</p>"))

    assert found == [("Accueil", "Q1", "Votre avis", shape, choices)]


@pytest.mark.parametrize("kind", [*"X*|"])
def test_what_is_no_question_is_left_out(kind, tmp_path):
    assert drafts(tmp_path, question("1", kind, "Bonjour")) == []


def test_answers_have_the_wording_of_the_base_language_in_their_order(tmp_path):
    """Of newer files, wordings are in tables of their own."""
    answers = [
        {"qid": "1", "aid": "8", "code": "A2", "sortorder": "2", "answer": "Mal"},
        {"qid": "1", "aid": "7", "code": "A1", "sortorder": "1", "answer": "vieux"},
    ]
    wordings = [
        {"aid": "7", "language": "en", "answer": "Good"},
        {"aid": "7", "language": "fr", "answer": "Bien"},
    ]
    found = drafts(
        tmp_path, question("1", "L", "Avis"), surveys=[{"language": "fr"}], answers=answers,
        answer_l10ns=wordings,
    )  # fmt: skip

    assert found[0][3:] == (Shape.LEVEL, [("A1", "Bien"), ("A2", "Mal")])


def test_a_list_without_answers_is_a_text_and_says_so(tmp_path):
    (found,) = read_lss(lss(tmp_path / "a.lss", questions=[question("1", "L", "Avis")]))

    assert (found.shape, found.theme) == (Shape.TEXT, "")
    assert found.doubt.startswith("aucune réponse prévue")


@pytest.mark.parametrize(
    ("codes", "labels", "bounds", "is_doubted"),
    [
        (["1", "2", "3", "4"], ["1", "2", "3", "4"], (1, 4), False),
        (["01", "02", "03"], ["3", "2", "1"], (1, 3), True),
        (["01", "02", "03"], ["1", "2", "3"], (1, 3), False),
        (["A1", "A2", "A3"], ["1", "2", "3"], (1, 3), True),
        (["1", "2", "4"], ["1", "2", "4"], (1, 5), False),  # one is left out: the usual bounds
    ],
)
def test_a_list_of_marks_is_a_mark(codes, labels, bounds, is_doubted, tmp_path):
    answers = [
        {"qid": "1", "aid": str(n), "code": code, "sortorder": str(n), "answer": label}
        for n, (code, label) in enumerate(zip(codes, labels, strict=True))
    ]
    path = lss(tmp_path / "a.lss", questions=[question("1", "L", "Note")], answers=answers)
    (found,) = read_lss(path)

    assert (found.shape, found.bounds, found.choices) == (Shape.MARK, bounds, ())
    assert bool(found.doubt) is is_doubted


def test_boxes_lines_and_comments_are_told_of_the_question_they_belong_to(tmp_path):
    """Boxes, an array of two lines, a list with « other », a text of several lines."""
    found = drafts(
        tmp_path,
        question("1", "M", "Aide"),
        question("2", "Y", "Revenir", other="Y"),
        question("3", "F", "Points"),
        question("4", "Q", "Noms"),
        question("5", "M", "Vide"),
        line("11", "1", "SQ1", "Agent"), line("12", "1", "SQ2", "Proche"),
        line("13", "3", "SQ1", "Attente"), line("14", "4", "SQ1", "Rue"),
        answers=[{"qid": "3", "aid": "1", "code": "A1", "answer": "Bien"}],
    )  # fmt: skip

    assert found == [
        ("Accueil", "Q1", "Aide", Shape.BOXES, [("SQ1", "Agent"), ("SQ2", "Proche")]),
        ("Accueil", "Q2", "Revenir", Shape.LEVEL, [("Y", "Oui"), ("N", "Non")]),
        ("Accueil", "Q2[other]", "Revenir [Autre]", Shape.TEXT, []),
        ("Accueil", "Q3[SQ1]", "Attente", Shape.LEVEL, [("A1", "Bien")]),
        ("Accueil", "Q4[SQ1]", "Noms Rue", Shape.TEXT, []),
        ("Accueil", "Q5", "Vide", Shape.TEXT, []),
    ]


def test_like_lines_of_two_arrays_are_named_after_them(tmp_path):
    found = drafts(
        tmp_path, question("1", "F", "Ici"), question("2", "F", "Ailleurs"),
        line("11", "1", "A", "Attente"), line("12", "2", "A", "Attente"),
        line("13", "2", "B", "Bruit"),
    )  # fmt: skip

    assert [text for _, _, text, _, _ in found] == ["Ici Attente", "Ailleurs Attente", "Bruit"]


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [("0", "20", (Shape.MARK, (0, 20))), ("5", "5", (Shape.NUMBER, (0, 10))),
     ("", "20", (Shape.NUMBER, (0, 10))), ("9", "2", (Shape.NUMBER, (0, 10)))],
)  # fmt: skip
def test_a_number_with_both_its_limits_is_a_mark(low, high, told, tmp_path):
    limits = [
        {"qid": "1", "attribute": name, "value": value}
        for name, value in (("min_num_value_n", low), ("max_num_value_n", high))
    ]
    path = lss(
        tmp_path / "a.lss", questions=[question("1", "N", "Combien")], question_attributes=limits
    )

    (found,) = read_lss(path)
    assert (found.shape, found.bounds) == told


def test_what_is_no_structure_is_refused(tmp_path, monkeypatch):
    other = lss(tmp_path / "b.lss", responses=[{"id": "1"}])
    (tmp_path / "c.lss").write_text("pas du XML", encoding="utf-8")

    with pytest.raises(UnreadableFileError, match="aucune question"):
        read_lss(other)
    with pytest.raises(UnreadableFileError, match="n’est pas une structure"):
        read_lss(tmp_path / "c.lss")
    assert MAX_BYTES == 20_000_000
    good = lss(tmp_path / "a.lss", questions=[question("1", "S", "Avis")])
    monkeypatch.setattr("qpref.intake.lss.MAX_BYTES", good.stat().st_size)
    assert read_lss(good)
    monkeypatch.setattr("qpref.intake.lss.MAX_BYTES", good.stat().st_size - 1)
    with pytest.raises(UnreadableFileError, match="trop gros"):
        read_lss(good)


# Drafts


def proposed(*drafts_, is_dated=False, is_whole=True):
    text = propose(DraftedForm(drafts_, is_dated, is_whole), "essai-1", "essai.lss")
    said = [one.removeprefix("# ") for one in text.splitlines() if one.startswith("#")]
    return yaml.safe_load(text), said


LEVELS = [("A1", "Très satisfait"), ("A2", "Plutôt satisfait"), ("A3", "Peu satisfait"),
          ("A4", "Pas du tout satisfait")]  # fmt: skip


def test_a_draft_has_the_keys_of_each_kind_of_question():
    content, said = proposed(
        Draft("Accueil", "Votre attente ?", "Q1", Shape.LEVEL, LEVELS),
        Draft("Accueil", "Recommanderiez-vous ce guichet ?", "Q2", Shape.MARK),
        Draft("Accueil", "Note", "Q3", Shape.MARK, bounds=(0.0, 10.0)),
        Draft("", "Attente en minutes", "Q4", Shape.NUMBER),
        Draft("", "Jour préféré de venue", "Q5", Shape.DATE),
        Draft("", "Votre remarque", "Q6", Shape.TEXT),
        Draft("", "Autre remarque", "Q1[other]", Shape.TEXT),
        is_dated=True,
    )
    questions = {one["limesurvey"]: one for one in content["questions"]}

    assert content["themes"] == {"accueil": "Accueil", "questions": "Questions"}
    assert (content["id"], content["libelle"]) == ("essai-1", "Brouillon d’après essai.lss")
    assert {code: one["type"] for code, one in questions.items()} == {
        "Q1": "opinion", "Q2": "note", "Q3": "note", "Q4": "nombre", "Q5": "date", "Q6": "texte",
        "Q1[other]": "texte",
    }  # fmt: skip
    assert [questions["Q2"].get(key) for key in ("minimum", "maximum", "nps")] == [0, 10, "oui"]
    assert "nps" not in questions["Q3"]
    assert questions["Q4"]["unite"] == "minutes"
    assert questions["Q1[other]"]["parent"] == questions["Q1"]["id"]
    assert content["essais"] == {"question": questions["Q6"]["id"], "vaut": ["test", "essai"]}
    (scale,) = content["echelles"].values()
    assert [(one["libelle"], one["favorable"], one["codes"]) for one in scale["modalites"]] == [
        ("Très satisfait", "oui", ["A1"]), ("Plutôt satisfait", "oui", ["A2"]),
        ("Peu satisfait", "non", ["A3"]), ("Pas du tout satisfait", "non", ["A4"]),
    ]  # fmt: skip
    assert scale["ordonnee"] == "oui"
    assert "nps, car elle demande si l’on recommande" in " ".join(" ".join(said).split())


def test_a_question_is_asked_where_the_answers_that_open_it_are_known():
    asked = Draft("", "Venu ?", "Q1", Shape.LEVEL, [("Y", "Oui"), ("N", "Non")])
    content, said = proposed(
        asked,
        Draft("", "Attente", "Q2", Shape.TEXT, asked_if=("Q1", ["Y"])),
        Draft("", "Retour", "Q3", Shape.TEXT, asked_if=("Q1", ["Z"])),
        Draft("", "Trajet", "Q4", Shape.TEXT, asked_if=("Q9", ["Y"])),
    )
    first, *others = content["questions"]

    assert [one.get("filtre") for one in others] == [
        {"question": first["id"], "vaut": ["oui"]}, None, None,
    ]  # fmt: skip
    told = " ".join(said)
    assert "retour : sa condition (sur Q1) n’est pas reprise" in told
    assert "trajet : sa condition (sur Q9) n’est pas reprise" in told


def test_a_draft_says_what_the_file_does_not():
    _, plain = proposed(Draft("", "Remarque", "Q1", Shape.TEXT, doubt="un doute"))
    _, dated = proposed(Draft("", "Remarque", "Q1", Shape.TEXT), is_dated=True)

    assert "- remarque : un doute" in plain
    assert [any(one.startswith("- date :") for one in said) for said in (plain, dated)] == [
        True, False,
    ]  # fmt: skip
    assert any(one.startswith("- site :") for one in dated)


@pytest.mark.parametrize(
    ("draft", "doubt"),
    [
        (Draft("", "Guichet vu", "Q1", Shape.LEVEL, [("", "A1"), ("", "A2")]), "sont des codes"),
        (Draft("", "Essais", "Q1", Shape.NUMBER, seen={"1": 2, "10": 1}), "ou une note"),
        (Draft("", "Essais", "Q1", Shape.NUMBER, seen={"1": 2, "11": 1}), ""),
        (Draft("", "Avez-vous eu un problème ?", "Q1", Shape.LEVEL,
               [("", "Oui, tout à fait"), ("", "Plutôt oui"), ("", "Plutôt non"),
                ("", "Non, pas du tout")]), "d’une difficulté"),
    ],
)  # fmt: skip
def test_what_could_not_be_told_of_a_question_is_said(draft, doubt):
    _, said = proposed(draft)
    told = " ".join(said)

    for one in ("sont des codes", "ou une note", "d’une difficulté"):
        assert (one in told) is (one == doubt)


def test_the_first_lines_are_cut_between_words_only():
    long = "mot-" + "x" * 150
    lines = _comment([("Titre :", [f"{'a ' * 80}{long}", "b\x07c"]), ("Vide :", [])]).splitlines()

    assert all(one.startswith("#") for one in lines)
    assert "# - b c" in lines
    assert any(long in one for one in lines)
    assert "# Titre :" in lines
    assert "# Vide :" not in lines
    assert max(len(one) for one in lines if long not in one) <= 110


def test_help_of_a_public_service_is_guessed_by_its_name():
    options = [("A", "Un agent de la mairie"), ("B", "Un ami")]
    content, said = proposed(Draft("", "Qui vous a aidé ?", "Q1", Shape.BOXES, options))
    (found,) = content["questions"]

    assert (found["type"], found["role"]) == ("multiple", "aide")
    assert found["options"] == [
        {"code": "un_agent_de_la_mairie", "libelle": "Un agent de la mairie",
         "service_public": "oui", "limesurvey": "A"},
        {"code": "un_ami", "libelle": "Un ami", "limesurvey": "B"},
    ]  # fmt: skip
    told = " ".join(" ".join(said).split())
    assert "services publics, d’après leur nom : « Un agent de la mairie »" in told
    other, silent = proposed(Draft("", "Loisirs", "Q1", Shape.BOXES, options))
    assert "service_public" not in other["questions"][0]["options"][0]
    assert "services publics" not in " ".join(silent)


@pytest.mark.parametrize(
    ("is_whole", "order"),
    [(False, ["18 à 29 ans", "30 à 44 ans", "45 à 59 ans"]),
     (True, ["45 à 59 ans", "18 à 29 ans", "30 à 44 ans"])],
)  # fmt: skip
def test_ranges_of_an_export_are_put_in_order_and_those_of_a_form_are_in_theirs(is_whole, order):
    labels = [("", one) for one in ("45 à 59 ans", "18 à 29 ans", "30 à 44 ans")]
    content, _ = proposed(Draft("", "Âge", "Q1", Shape.LEVEL, labels), is_whole=is_whole)

    (scale,) = content["echelles"].values()
    assert [one["libelle"] for one in scale["modalites"]] == order
