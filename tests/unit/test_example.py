"""The example: same bytes every time, in received form, flagged, with the numbers promised."""

import hashlib
import subprocess
import sys

import pandas as pd
import pytest

from qpref.example.habits import Habits
from qpref.example.people import Crowd
from qpref.intake import Reception, receive
from qpref.reference import Reference, load_reference
from qpref.reference.example import Invented, load_invented
from tests.conftest import CAMPAIGNS, ROOT, SITES, write_example

pytestmark = pytest.mark.lent
OTHER = ROOT / "tests" / "deuxieme" / "reference"  # of another department, that says nothing of it


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_bytes_every_time(example, tmp_path, root):
    """In another process, another hash seed, another time zone and locale."""
    code = (
        "from pathlib import Path; from qpref.reference import load_reference; "
        "from qpref.reference.example import load_invented; "
        "from tests.conftest import write_example; "
        f"folder = Path({str(root / 'data' / 'reference')!r}); "
        f"write_example(load_reference(folder), Path({str(tmp_path)!r}), load_invented(folder))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)

    assert digests(tmp_path) == digests(example)


@pytest.fixture(scope="module")
def outcomes(example, reference):
    """What is understood of each file, by campaign."""
    return {name: received(reference, example / name, name) for name in CAMPAIGNS}


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_every_file_says_it_is_invented_and_loses_no_row(outcomes, campaign):
    kinds = set()
    for outcome in outcomes[campaign]:
        kinds.add(outcome.kind)
        assert outcome.is_fictional, outcome.file
        assert not outcome.ignored_columns, outcome.file
    logged = {"collecte", "indicateurs", "reclamations"} if campaign == "2020-11" else set()
    assert kinds == {"limesurvey", "guichet", "mystere", "frequentation"} | logged


def kept(outcomes):
    counts = dict.fromkeys(SITES, 0)
    for outcome in outcomes:
        if "reponses" in outcome.tables:
            complete = outcome.tables["reponses"].query("statut == 'complete'")
            for site, number in complete["site"].value_counts().items():
                counts[site] += number
    return counts


def test_evry_has_141_answers_then_at_least_200(outcomes):
    """Minutes of 16/10/2020: 141 users asked; at least 200 promised."""
    assert kept(outcomes["2019-11"])["evry"] == 141
    assert kept(outcomes["2020-11"])["evry"] >= 200


def test_every_category_service_and_state_is_there(outcomes):
    (outcome,) = (one for one in outcomes["2020-11"] if one.kind == "limesurvey")
    answers, items = outcome.tables["reponses"], outcome.tables["items"]

    assert answers["categorie_usager"].nunique() == 5
    assert set(answers["statut"]) == {"complete", "partielle", "test", "hors_periode"}
    assert {"repondu", "sans_objet", "nsp", "non_posee", "non_reponse"} <= set(items["etat"])
    assert outcome.tables["verbatims"]["n_masques"].sum() > 0


def test_the_health_crisis_weighs_on_the_foreigners_service(reference, root):
    """Drawn large so that chance does not decide: satisfaction with the delay falls in 2020."""
    shares = {}
    invented = load_invented(root / "data" / "reference")
    for name in CAMPAIGNS:
        habits = Habits(invented, reference.questionnaire(name), reference.campaign(name))
        drawn = [v.answers for v in Crowd(habits, "evry").draw(600, is_keyed=True)]
        levels = [a["delai"] for a in drawn if a["motif"] == "etrangers" and "delai" in a]
        opinions = [level for level in levels if level.endswith("satisfait")]
        good = [level for level in opinions if level in {"tres_satisfait", "plutot_satisfait"}]
        shares[name] = len(good) / len(opinions)

    assert shares["2020-11"] < shares["2019-11"] - 0.2


# A project that says nothing of its example: all is drawn from its own questionnaire.


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another project's reference data, and its invented files."""
    folder, reference = tmp_path_factory.mktemp("autre"), load_reference(OTHER)
    write_example(reference, folder, Invented())
    return reference, folder


def changed(reference: Reference, **more) -> Reference:
    """Another project, some of whose questions are changed or left out."""
    questionnaire = reference.questionnaires["avis-lot"]
    content = questionnaire.model_dump(exclude_unset=True)
    content["questions"] = [
        question | more.get(question["id"], {})
        for question in content["questions"]
        if more.get(question["id"], {}) is not None
    ]
    own = type(questionnaire).model_validate(content)
    return type(reference)(**{**vars(reference), "questionnaires": {"avis-lot": own}})


def received(reference, folder, campaign, site=None):
    """What is understood of the files of a campaign."""
    setting = Reception(reference, reference.campaign(campaign), site)
    return [receive(setting, path) for path in sorted(folder.iterdir()) if path.is_file()]


def test_another_project_gets_the_same_bytes_every_time(other, tmp_path):
    reference, folder = other
    write_example(reference, tmp_path, load_invented(OTHER))

    assert digests(tmp_path) == digests(folder)


def test_the_target_of_a_campaign_is_reached_exactly(other):
    """`objectifs` of campagnes.yml: 93 answers at Cahors in 2023."""
    reference, folder = other
    tables = [o.tables for o in received(reference, folder / "printemps-2023", "printemps-2023")]
    answers = pd.concat([t["reponses"] for t in tables if "reponses" in t])

    own = answers.query("site == 'cahors' and statut == 'complete'")
    assert len(own) == 93


def test_every_question_of_another_project_is_answered_by_its_type(other):
    reference, folder = other
    outcomes = received(reference, folder / "printemps-2023", "printemps-2023")
    items = pd.concat([o.tables["items"] for o in outcomes if "items" in o.tables])
    remarks = pd.concat([o.tables["verbatims"] for o in outcomes if "verbatims" in o.tables])
    questionnaire = reference.questionnaire("printemps-2023")

    assert all(outcome.is_fictional for outcome in outcomes)
    given = items.loc[items["etat"] == "repondu"]
    stored = [q.id for q in questionnaire.questions if q.kind.is_stored]
    assert set(given["question"]) == set(stored)
    assert set(remarks["question"]) == {"atout", "souhait"}
    for question in questionnaire.opinions:
        levels = {level.code for level in questionnaire.scale(question.id).answers}
        assert set(given.loc[given["question"] == question.id, "modalite"]) == levels
    marks = given.loc[given["question"] == "recommandation", "valeur"]
    assert (marks.min(), marks.max()) == (0, 10)
    assert {"nsp", "sans_objet", "non_reponse"} <= set(items["etat"])


def test_a_question_is_answered_only_by_those_whom_its_filter_lets_in(other):
    reference, folder = other
    for outcome in received(reference, folder / "printemps-2022", "printemps-2022"):
        if "items" in outcome.tables:
            wide = outcome.tables["items"].query("question in ['a_ecrit', 'reponse_ecrite']")
            by_question = {
                name: own.set_index("reponse_id")["modalite"].dropna()
                for name, own in wide.groupby("question", observed=True)
            }
            opened = by_question["a_ecrit"].reindex(by_question["reponse_ecrite"].index)
            assert set(opened.dropna()) <= {"o"}


def test_without_a_question_on_the_site_each_site_has_its_own_export(other, tmp_path):
    reference = changed(other[0], lieu=None)
    write_example(reference, tmp_path, Invented())

    exports = sorted(tmp_path.rglob("results-survey_printemps-2022.csv"))
    assert [path.parent.name for path in exports] == ["cahors", "figeac", "gourdon"]
    assert "importer CAMPAGNE --campagne CAMPAGNE" in (tmp_path / "LISEZMOI.txt").read_text(
        encoding="utf-8"
    )
    setting = Reception(reference, reference.campaign("printemps-2022"), "figeac")
    answers = receive(setting, exports[1]).tables["reponses"]
    assert set(answers["site"]) == {"figeac"}


def test_forms_are_keyed_only_where_a_workbook_can_say_the_day_and_every_opinion(other, tmp_path):
    for rank, left in enumerate(({"jour": None}, {"ecoute": {"entetes": []}})):
        folder = tmp_path / str(rank)
        write_example(changed(other[0], **left), folder, Invented())

        assert not list(folder.rglob("saisie_guichet_*"))
        assert list(folder.rglob("results-survey_*"))


def test_half_days_and_counters_are_told_apart_only_where_they_are_asked(other):
    visitors = pd.read_csv(
        other[1] / "printemps-2022" / "frequentation_printemps-2022.csv",
        sep=";", encoding="cp1252",
    )  # fmt: skip

    assert [*visitors] == ["Site", "Date", "Passages", "Source"]
    assert not visitors.duplicated(["Site", "Date"]).any()
