"""The review of a questionnaire: each rule on both sides, both examples, drawn questionnaires."""

import json
import shutil
from copy import deepcopy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.quality.review import review, size
from qpref.quality.review_changes import changes
from qpref.quality.review_rules import LONGEST_QUESTION, MOST_ANSWERS, RULES
from qpref.reference import Questionnaire
from qpref.reference.faults import Fault
from qpref.reference.loading import content_of, parse
from tests.conftest import ROOT, example_count
from tests.drawn import questionnaires

ESSONNE = ROOT / "data" / "reference" / "questionnaire" / "satisfaction-1.yml"
LOT = ROOT / "tests" / "deuxieme" / "reference" / "questionnaire" / "avis-lot.yml"


def level(code, side=None, state=None):
    given = {"favorable": side, "etat": state}
    return {"code": code, "libelle": f"Niveau {code}"} | {k: v for k, v in given.items() if v}


def opinion(name, text="L’accueil", **more):
    kind = {"theme": "t", "type": "opinion", "echelle": "avis", "texte_court": name.upper()}
    return {"id": name, **kind, "texte": text, **more}


def content():
    """A questionnaire of which nothing is to be said."""
    levels = [level("a", "oui"), level("b", "non"), level("so", state="sans_objet")]
    return {
        "id": "q", "libelle": "Q", "certitude": "exemple", "source": "Inventé",
        "themes": {"t": "Thème"}, "echelles": {"avis": {"ordonnee": "oui", "modalites": levels}},
        "questions": [
            opinion("ensemble", role="satisfaction_globale"), opinion("attente"), opinion("ecoute"),
        ],
    }  # fmt: skip


def said(found):
    """The rules that speak of a questionnaire, and where."""
    return [(advice.rule, advice.steps) for advice in review(Questionnaire.model_validate(found))]


def test_nothing_is_said_of_a_sound_questionnaire():
    assert said(content()) == []


@pytest.mark.parametrize(
    ("text", "is_double"),
    [
        ("Le confort et la propreté", True),
        ("L’accueil ou l’écoute", True),
        ("La clarté ainsi que la politesse", True),
        ("L’écoute et/ou l’aide", True),
        ("L’accueil (guichet et standard)", False),  # brackets explain
        ("Où êtes-vous allé", False),
        ("L’attente au-delà de 5 et 10 minutes", False),
        ("L’accueil des 75 ans et plus", False),
        ("Et l’attente", False),
        ("La coupole et", False),
    ],
)
def test_a_question_of_opinion_on_two_objects_is_told(text, is_double):
    found = content()
    found["questions"][1]["texte"] = text

    assert said(found) == ([("question_double", ("questions", 1, "texte"))] if is_double else [])


def test_facts_may_join_two_objects():
    found = content()
    found["echelles"]["choix"] = {"ordonnee": "non", "modalites": [level("x"), level("y")]}
    fact = {"type": "unique", "echelle": "choix"}
    found["questions"][1] |= {**fact, "texte": "Venez-vous pour un permis ou une carte"}

    assert said(found) == []


@pytest.mark.parametrize(
    ("sides", "is_told"),
    [(("oui", "oui", "non"), True), (("oui", "non", "non"), True), (("oui", "oui"), True),
     (("oui", "oui", None, "non", "non"), False), (("non", None, None, "oui"), False)],
)  # fmt: skip
def test_a_scale_leaning_to_one_side_is_told(sides, is_told):
    """Levels that are on no side count for neither."""
    found = content()
    levels = [level(f"n{rank}", side) for rank, side in enumerate(sides)]
    found["echelles"]["avis"]["modalites"][:2] = levels

    told = [one for one in said(found) if one[0] != "echelles_contraires"]
    assert told == ([("echelle_desequilibree", ("echelles", "avis"))] if is_told else [])


def test_scales_that_begin_by_opposite_sides_are_told_of_the_second():
    found = content()
    first = found["echelles"]["avis"]["modalites"]
    found["echelles"]["envers"] = {"ordonnee": "oui", "modalites": [first[1], first[0], first[2]]}
    found["questions"][2]["echelle"] = "envers"

    assert said(found) == [("echelles_contraires", ("echelles", "envers"))]


def test_sans_objet_is_asked_of_scales_of_questions_asked_to_all():
    """Overall satisfaction concerns everybody; a filter leaves out those not concerned."""
    found = content()
    found["echelles"]["avis"]["modalites"][2]["etat"] = "nsp"
    assert said(found) == [("sans_objet", ("echelles", "avis"))]

    for question in found["questions"][1:]:
        question["filtre"] = {"question": "ensemble", "vaut": ["a"]}
    assert said(found) == []


@pytest.mark.parametrize("over", [0, 1])
def test_a_question_over_twenty_words_is_told(over):
    found = content()
    found["questions"][1]["texte"] = " ".join(["mot"] * (LONGEST_QUESTION + over))

    assert said(found) == [("question_longue", ("questions", 1, "texte"))] * over


@pytest.mark.parametrize("over", [0, 1])
def test_a_questionnaire_over_forty_answers_is_told(over):
    found = content()
    found["questions"] += [opinion(f"q{n}") for n in range(MOST_ANSWERS + over - 3)]

    assert said(found) == [("longueur", ("questions",))] * over


def test_hard_words_are_told_once_there_are_enough_of_them():
    """« Dématérialisation » has 7 syllables: 207 − 1.015 × 10 − 73.6 × 7, far below 60."""
    found = content()
    for count, expected in ((5, []), (10, [("lecture", ("questions",))])):
        found["questions"][1:] = [
            opinion(f"q{n}", " ".join(["dématérialisation"] * 10)) for n in range(count)
        ]
        assert said(found) == expected


@pytest.mark.parametrize(
    ("place", "told"), [(0, ""), (1, "au milieu : après 1 avis et avant 1"), (2, "après 2 autres")]
)
def test_where_overall_satisfaction_stands_is_told(place, told):
    """Before the others, from the general to the particular, it needs no word."""
    found = content()
    found["questions"].insert(place, found["questions"].pop(0))
    advice = review(Questionnaire.model_validate(found))

    assert [one.rule for one in advice] == (["ordre_global"] if told else [])
    assert all(told in one.sentence.replace("\u00a0", " ") for one in advice)


def test_a_question_asked_before_its_filter_is_told():
    found = content()
    for place in (1, 2):
        other = copy_of(found)
        asked, opening = other["questions"][place], other["questions"][3 - place]
        asked["filtre"] = {"question": opening["id"], "vaut": ["a"]}
        late = [("filtre_apres", ("questions", 1, "filtre"))] if place == 1 else []
        assert said(other) == late


def test_what_no_report_shows_is_told():
    found = content()
    field = {"theme": "t", "type": "technique", "texte_court": "F"}
    found["questions"] += [
        {"id": "agent", "texte": "Agent", **field},
        {"id": "site", "texte": "Site", "role": "site", **field},
        {"id": "courriel", "texte": "Courriel", "role": "coordonnees", **field},
    ]

    assert said(found) == [("inutile", ("questions", 3)), ("inutile", ("questions", 5))]


def copy_of(found):
    return deepcopy(found)


CHANGES = {
    "texte": lambda q, _: q.update(texte="Tout autre chose"),
    "echelle": lambda _, s: s["modalites"][0].update(libelle="Autrement dit"),
    "filtre": lambda q, _: q.update(filtre={"question": "ensemble", "vaut": ["a"]}),
    "type": lambda q, _: q.update(type="unique"),
}


@pytest.mark.parametrize("key", CHANGES)
def test_a_question_changed_since_the_last_campaign_is_told(key):
    old, new = content(), content()
    new["echelles"]["propre"] = copy_of(new["echelles"]["avis"])
    new["questions"][1]["echelle"] = "propre"  # the same levels under another name: no change
    assert told_of(new, old) == []
    CHANGES[key](new["questions"][1], new["echelles"]["propre"])

    assert told_of(new, old) == [("questions", 1, key)]


def test_case_accents_and_spaces_are_no_change():
    old, new = content(), content()
    new["questions"][1]["texte"] = "l\u2019ACCUEIL "

    assert told_of(new, old) == []


def test_questions_removed_added_or_moved_are_told():
    old, new = content(), content()
    new["questions"][1] = opinion("nouvelle")
    texts = [one.sentence.replace("\u00a0", " ") for one in changed(new, old)]
    assert texts == [
        "depuis avant, 1 question retirée : « ATTENTE »",
        "depuis avant, 1 question nouvelle : « NOUVELLE »",
    ]
    moved = content()
    moved["questions"].reverse()
    assert told_of(moved, old) == [("questions", 0)]


def changed(new, old):
    pair = (Questionnaire.model_validate(one) for one in (new, old))
    return [*changes(*pair, "avant")]


def told_of(new, old):
    return [one.steps for one in changed(new, old)]


# Read by hand in the two examples.
TOLD = {
    ESSONNE: {
        "question_double": {"horaires", "signaletique", "confort", "accessibilite", "global"},
        "ordre_global": {"global"},
        "inutile": {"courriel_contact"},
    },
    LOT: {
        "echelles_contraires": {"qualite"},
        "sans_objet": {"accord"},
        "ordre_global": {"jugement"},
    },
}


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.stem)
def test_the_examples_are_reviewed_and_each_remark_stands_on_its_line(path, capsys):
    lines = path.read_text("utf-8").splitlines()
    assert main(["questionnaire", "relire", str(path), "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["questionnaires"]

    placed = {}
    for one in found["remarques"]:
        line = lines[one["ligne"] - 1]
        name = line.partition("id: ")[2].partition(",")[0] or line.strip().partition(":")[0]
        placed.setdefault(one["regle"], set()).add(name)
        assert one["raison"]
        assert one["source"]
        assert one["remede"]
    assert placed == TOLD[path]


def test_campaigns_asked_another_questionnaire_are_compared(tmp_path, capsys):
    """The campaign of 2020 asks a second version; the first stays that of 2019."""
    folder = tmp_path / "data" / "reference"
    shutil.copytree(ROOT / "data" / "reference", folder)
    text = ESSONNE.read_text("utf-8").replace("id: satisfaction-1", "id: satisfaction-2")
    text = text.replace('"Le temps d’attente"', '"La durée de l’attente"')
    (folder / "questionnaire" / "satisfaction-2.yml").write_text(text, "utf-8")
    path = folder / "campagnes.yml"
    head, last = path.read_text("utf-8").split("id: 2020-11\n", 1)
    last = last.replace("questionnaire: satisfaction-1", "questionnaire: satisfaction-2")
    path.write_text(f"{head}id: 2020-11\n{last}", "utf-8")

    assert main(["--racine", str(tmp_path), "questionnaire", "relire", "--json"]) == 0
    *_, first, second = json.loads(capsys.readouterr().out)["questionnaires"]
    assert not [one for one in first["remarques"] if one["regle"] == "changement"]
    [found] = [one for one in second["remarques"] if one["regle"] == "changement"]
    assert found["constat"].startswith("« Temps d’attente » depuis la campagne 2019-11 : ")
    assert "La durée" in text.splitlines()[found["ligne"] - 1]


def test_another_version_is_given_by_its_file(tmp_path, capsys):
    path = tmp_path / "avant.yml"
    text = LOT.read_text("utf-8").replace("L’état des locaux", "La propreté des locaux")
    path.write_text(text, "utf-8")

    assert main(["questionnaire", "relire", str(LOT), "--avant", str(path)]) == 0
    out = capsys.readouterr().out
    assert "« État des locaux » depuis « avant.yml »" in out
    assert "Question changée" in out


@pytest.mark.parametrize(
    ("name", "code", "said_so"),
    [("satisfaction-9", 5, "Vouliez-vous dire « satisfaction-1 »"), ("faux.yml", 4, "ligne 1")],
)
def test_a_questionnaire_unknown_or_wrong_is_refused(name, code, said_so, tmp_path, capsys):
    path = tmp_path / "faux.yml"
    path.write_text("ide: q\n", "utf-8")
    given = str(path) if name == path.name else name

    assert main(["--racine", str(ROOT), "questionnaire", "relire", given]) == code
    assert said_so in capsys.readouterr().err


@settings(max_examples=example_count(3))
@given(questionnaires(), st.data())
def test_any_questionnaire_is_reviewed(found, data):
    """Each remark has a line, a rule and no traceback; one changed text is one change."""
    written = content_of(yaml.safe_dump(found, allow_unicode=True), ESSONNE)
    questionnaire = parse(Questionnaire, written)
    for one in review(questionnaire):
        assert one.rule in RULES
        assert written.problem(Fault(one.steps, one.sentence)).line
    measured = size(questionnaire)
    asked = [q for q in questionnaire.questions if q.kind.is_asked]
    assert measured.answers == len(asked)
    assert [*changes(questionnaire, questionnaire, "hier")] == []

    changed_id = data.draw(st.sampled_from(asked)).id
    other = copy_of(found)
    for rank, question in enumerate(other["questions"]):
        if question["id"] == changed_id:
            question["texte"] += " autrement"
            place = ("questions", rank, "texte")
    assert told_of(other, found) == [place]
