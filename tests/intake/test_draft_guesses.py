"""What a draft concludes from the words of a form, and what it leaves to the analyst."""

import pytest

from qpref.intake.levels import favourable, favourable_name
from qpref.intake.marks import bounds_of, is_recommendation
from tests.intake.conftest import write_csv
from tests.intake.formulaires import counts, draft, imported, other_department
from tests.intake.test_drafts import row, tables

FOUR = ["Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait"]


@pytest.fixture(scope="module")
def department(reference):
    return other_department(reference)


def table(tmp_path, *columns, rows=30):
    """Write a dated table of these columns, each a heading and the answers given in turn."""
    lines = [["Date", *(heading for heading, _ in columns)]]
    for number in range(rows):
        own = [given[number % len(given)] for _, given in columns]
        lines.append([f"{1 + number % 26:02}/03/2021", *own])
    return write_csv(tmp_path / "t.csv", lines, ";")


def test_a_heading_loses_the_colon_that_pages_write_after_it(tmp_path, department):
    """« Êtes-vous satisfait de : [L’accueil] », a grid of Google Forms, gave « … de : : »."""
    grid = [(f"Êtes-vous satisfait de : [{one}]", FOUR) for one in ("L’accueil", "L’attente :")]
    found, _ = draft(table(tmp_path, *grid), department)

    assert "Êtes-vous satisfait de" in found.themes.values()
    assert [one.texte_court for one in found.questions[-2:]] == ["L’accueil", "L’attente"]


def test_headings_that_begin_alike_are_rows_of_one_question(tmp_path, department):
    """« Comment jugez-vous : l’accueil ? », three times or more: each bar said it all again."""
    asked = [
        (f"Comment jugez-vous : {one} ?", FOUR) for one in ("l’accueil", "l’attente", "le lieu")
    ]
    alone = ("Pour finir : êtes-vous satisfait dans l’ensemble ?", FOUR)
    found, _ = draft(table(tmp_path, *asked, alone), department)

    shorts = [one.texte_court for one in found.questions[-4:]]
    assert shorts == ["L’accueil", "L’attente", "Le lieu", alone[0]]
    assert "Comment jugez-vous" in found.themes.values()
    assert [one.texte for one in found.questions[-4:-1]] == [heading for heading, _ in asked]


@pytest.mark.parametrize(
    ("wording", "short"),
    [
        ("Comment avez-vous su ? (plusieurs réponses possibles)", "Comment avez-vous su ?"),
        ("Recommanderiez-vous nos services (de 0 à 10) ?", "Recommanderiez-vous nos services ?"),
        ("Votre note (sur 20)", "Votre note"),
        ("Les locaux (propreté, confort) vous plaisent-ils ?",
         "Les locaux (propreté, confort) vous plaisent-ils ?"),
        ("L’accueil (sur place) était", "L’accueil (sur place) était"),
    ],
)  # fmt: skip
def test_a_short_wording_leaves_out_how_to_answer(tmp_path, department, wording, short):
    found, _ = draft(table(tmp_path, (wording, ["3", "7", "9", "10", "0"])), department)

    assert found.questions[-1].texte == wording
    assert found.questions[-1].texte_court == short


# Sides


@pytest.mark.parametrize(
    ("labels", "sides"),
    [
        (FOUR, "++--"),
        (["Très satisfait", "Satisfait", "Moyennement satisfait", "Insatisfait"], "++0-"),
        (["Très satisfait", "Satisfait", "Assez satisfait", "Peu satisfait", "Pas satisfait"],
         "++0--"),
        (["Très content", "Assez content", "Pas content"], "+0-"),
        (["Tout à fait", "Plutôt", "Plutôt pas", "Pas du tout"], "++--"),
        (["Oui, tout à fait", "Plutôt oui", "Plutôt non", "Non, pas du tout"], "++--"),
        (["Tout à fait en accord", "En désaccord"], "+-"),
        (["Bon", "Pas mauvais", "Mauvais"], None),  # « pas mauvais » says more than its words
        (["Excellent", "Très bon", "Bon", "Moyen", "Mauvais"], None),  # the middle has no reserve
        (["Oui", "Non"], None),  # a fact
        (["Oui", "En partie", "Non"], None),
        (["Toujours", "Souvent", "Parfois", "Jamais"], None),  # of what?
        (["Très satisfait", "Satisfait"], None),  # one side only
        (["Au guichet", "Par téléphone"], None),
        (["Très important", "Pas important"], None),
    ],
)  # fmt: skip
def test_sides_are_told_when_the_words_are_clear(labels, sides):
    meaning = {"+": True, "-": False, "0": None}
    wanted = None if sides is None else [meaning[sign] for sign in sides]
    found = favourable(labels, is_whole=True)

    assert (found and [found[label] for label in labels]) == wanted


def test_three_levels_of_four_keep_their_sides_in_an_export_only():
    """A form that states three levels has a middle; an export may lack the fourth."""
    three = FOUR[:3]

    assert favourable(three, is_whole=False) == dict(zip(three, (True, True, False), strict=True))
    assert favourable(three, is_whole=True)["Plutôt satisfait"] is None


def test_the_middle_of_five_levels_does_not_swell_the_headline(tmp_path, department):
    """Of 100 answers 21 + 40 = 61 are of the first two levels; with the middle they were 83."""
    levels = ["Très satisfait", "Satisfait", "Assez satisfait", "Peu satisfait", "Pas satisfait"]
    given = [one for one, n in zip(levels, (21, 40, 22, 10, 7), strict=True) for _ in range(n)]
    found, header = draft(table(tmp_path, ("Accueil", given), rows=100), department)
    question = found.questions[-1]
    favourable_ = {one.libelle for one in found.scale(question.id).favourable}

    assert question.type == "opinion"
    assert sum(one in favourable_ for one in given) == 61
    assert "ni l’un ni l’autre : « Assez satisfait »" in header


def test_a_difficulty_is_no_praise(tmp_path, department):
    levels = ["Oui, tout à fait", "Plutôt oui", "Plutôt non", "Non, pas du tout"]
    path = table(
        tmp_path, ("L’agent a été clair", levels), ("Avez-vous eu des problèmes ?", levels)
    )
    found, header = draft(path, department)

    assert [question.type for question in found.questions] == ["technique", "opinion", "unique"]
    assert len(found.echelles) == 1  # shared
    assert "son texte parle d’une difficulté" in header


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["Très satisfait", "Plutôt satisfait"], "usagers satisfaits"),
        (["Tout à fait d’accord", "D’accord"], "usagers d’accord"),
        (["Très facile", "Facile"], "réponses « facile »"),
        (["Très bien", "Bon"], "réponses favorables"),
    ],
)
def test_favourable_answers_are_named_by_the_word_that_they_share(labels, name):
    assert favourable_name(labels) == name


# Marks


@pytest.mark.parametrize(
    ("wording", "answers", "bounds"),
    [
        ("Notez de 1 à 5", "1 3 5", (1, 5)),
        ("Une note sur 20", "8 12,5 17", (0, 20)),
        ("Votre avis (1 = mauvais, 7 = excellent)", "2 4 6", (1, 7)),
        ("L’accueil", "3/5 4/5", (1, 5)),
        ("Recommanderiez-vous ce service ?", "0 9", (0, 10)),
        ("Qualité de l’accueil", "1 2 3 4 5", (1, 5)),
        ("Qualité de l’accueil", "6 8 10", (0, 10)),
        ("Qualité de l’accueil", "1 2", None),  # two codes
        ("Combien de fois êtes-vous venu ?", "1 2 3 4", None),
        ("Une note sur 10", "1 55 60", None),  # beyond what the wording says
        ("Une note", "8 sans", None),
    ],
)
def test_marks_are_known_by_their_wording_or_their_values(wording, answers, bounds):
    assert bounds_of(wording, dict.fromkeys(answers.split(), 2)) == bounds


def test_only_a_recommendation_out_of_ten_gives_promoters(tmp_path, department):
    marks = [str(mark) for mark in range(11)]
    path = table(
        tmp_path,
        ("De 0 à 10, nous recommanderiez-vous ?", marks),
        ("De 0 à 10, notez l’accueil", marks),
        ("De 1 à 5, nous recommanderiez-vous ?", marks[1:6]),
    )
    found, _ = draft(path, department)

    assert [question.nps for question in found.questions[1:]] == [True, False, False]
    assert is_recommendation("Conseilleriez-vous ce site ?")


# Roles


def test_a_role_is_given_once_and_to_a_type_that_can_bear_it(tmp_path, department):
    path = table(
        tmp_path,
        ("Lieu", ["Tulle", "Brive"]),
        ("Site", ["Tulle", "Brive"]),
        ("Motif", ["Permis", "Séjour"]),
        ("Motif de votre visite", ["Permis", "Armes"]),
        ("Votre âge", ["34", "51", "78", "22"]),
        ("Dans l’ensemble, une note sur 10", ["7", "8", "9"]),
        ("Avez-vous utilisé le site internet ?", ["Oui", "Non"]),
    )
    found, header = draft(path, department)
    by_text = {question.texte: question for question in found.questions}

    assert found.by_role.keys() == {"date", "site", "motif"}
    assert by_text["Lieu"].role == "site"
    assert "« Site » pourrait aussi avoir le rôle site" in header
    assert "« Motif de votre visite » pourrait aussi avoir le rôle motif" in header
    assert by_text["Votre âge"].type == "nombre"
    assert "« Votre âge » : le rôle tranche_age se donne" in header
    assert "« Dans l’ensemble, une note sur 10 » : le rôle satisfaction_globale" in header
    assert "retraite (si l’usager est retraité) ; non dit : la satisfaction des retraités" in header


def test_a_number_that_several_forms_bear_is_no_number_of_forms(tmp_path, department):
    """Thirty rows and three numbers: by them, twenty-seven forms would be entered twice."""
    found, _ = draft(table(tmp_path, ("Numéro", ["1", "2", "3"])), department)

    assert "numero" not in found.by_role


def test_remarks_are_not_read_as_choices(tmp_path, department):
    """A few short remarks, given twice each, are words of visitors."""
    remarks = [f"Remarque {letter}" for letter in "abcdefgh"]
    path = table(tmp_path, ("Que faudrait-il améliorer ?", remarks), rows=16)
    found, _ = draft(path, department)

    assert found.questions[-1].type == "texte"


# LimeSurvey structures


def structure(tmp_path, relevance="1", **more):
    """Write a structure of two arrays that have a line of the same wording, and a yes or no."""
    levels = [
        row(qid=number, code=f"{letter}{rank}", answer=label, sortorder=rank)
        for number, letter in ((1, "A"), (3, "B"))
        for rank, label in enumerate(FOUR, start=1)
    ]
    path = tmp_path / "s.lss"
    path.write_text(
        tables(
            surveys=[row(sid=7, language="fr")],
            groups=[row(gid=1, group_name="Accueil")],
            questions=[
                row(qid=1, parent_qid=0, gid=1, type="F", title="A1", question="Au guichet"),
                row(
                    qid=2, parent_qid=0, gid=1, type="Y", title="T1", question="Avez-vous appelé ?"
                ),
                row(
                    qid=3,
                    parent_qid=0,
                    gid=1,
                    type="F",
                    title="T2",
                    question="Au téléphone",
                    relevance=relevance,
                ),
            ],
            subquestions=[
                row(qid=20, parent_qid=1, title="SQ1", question="La courtoisie"),
                row(qid=21, parent_qid=3, title="SQ1", question="La courtoisie"),
            ],
            answers=levels,
            **more,
        ),
        encoding="utf-8",
    )
    return path  # fmt: skip


@pytest.mark.parametrize(
    ("relevance", "opened_by"),
    [
        ("1", None),
        ('((T1.NAOK == "Y"))', ["oui"]),
        ("T1.NAOK == 'Y' or T1.NAOK == 'N'", ["oui", "non"]),
        ('((7X1X2.NAOK == "N"))', ["non"]),
    ],
)
def test_a_simple_condition_becomes_a_filter(tmp_path, department, relevance, opened_by):
    found, header = draft(structure(tmp_path, relevance), department)
    asked = next(q for q in found.questions if q.limesurvey == "T2[SQ1]").filtre

    assert (asked and asked.vaut) == opened_by
    assert "condition" not in header


@pytest.mark.parametrize("relevance", ["count(T1) > 3", 'T1.NAOK == "Y" and A1_SQ1.NAOK == "A1"'])
def test_another_condition_is_told(tmp_path, department, relevance):
    found, header = draft(structure(tmp_path, relevance), department)

    assert all(question.filtre is None for question in found.questions)
    assert f"sa condition n’est pas reprise ({relevance})" in header


def test_conditions_of_older_files_are_read(tmp_path, department):
    condition = row(qid=3, cqid=2, value="Y", method="==")
    found, _ = draft(structure(tmp_path, conditions=[condition]), department)
    asked = next(q for q in found.questions if q.limesurvey == "T2[SQ1]").filtre

    assert asked.vaut == ["oui"]


def test_like_lines_of_two_arrays_are_told_apart_and_share_a_scale(tmp_path, department):
    found, _ = draft(structure(tmp_path), department)
    arrays = [question for question in found.questions if question.type == "opinion"]

    assert [q.texte for q in arrays] == ["Au guichet La courtoisie", "Au téléphone La courtoisie"]
    assert arrays[0].echelle == arrays[1].echelle
    assert found.scale(arrays[0].id).modalites[0].codes == ("A1", "B1")


def test_known_scales_keep_the_codes_of_the_form(tmp_path, reference, department):
    """The scale of the project, with the codes by which this form exports its answers."""
    found, _ = draft(structure(tmp_path), department, reference.of_users)

    assert found.echelles["satisfaction4"].modalites[0].codes == ("A1", "B1")


@pytest.mark.parametrize("is_coded", [True, False])
def test_the_draft_of_a_structure_reads_answers_in_codes_and_in_full(
    tmp_path, department, is_coded
):
    """Twenty answers to two arrays, ten of which called: the second array is asked to those."""
    drafted, _ = draft(structure(tmp_path, 'T1.NAOK == "Y"'), department)
    rows = [["id", "submitdate", "A1[SQ1]", "T1", "T2[SQ1]"]]
    for number in range(20):
        rank, called = number % 4, number % 2 == 0
        first = f"A{rank + 1}" if is_coded else FOUR[rank]
        second = f"B{rank + 1}" if is_coded else FOUR[rank]
        said = ("Y" if called else "N") if is_coded else ("Oui" if called else "Non")
        rows.append(
            [number, f"2021-03-02 10:{number:02}:00", first, said, second if called else ""]
        )
    outcome = imported(write_csv(tmp_path / "r.csv", rows, ";"), department, drafted, "tulle")
    arrays = [question.id for question in drafted.questions if question.type == "opinion"]
    found = counts(outcome, drafted)

    assert outcome.tables["rejets"].empty
    assert found[arrays[0]] == dict.fromkeys(FOUR, 5)
    assert found[arrays[1]] == {FOUR[0]: 5, FOUR[2]: 5}
    items = outcome.tables["items"]
    assert (items.loc[items["question"] == arrays[1], "etat"] == "non_posee").sum() == 10
