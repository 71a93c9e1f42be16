"""The example: same bytes every time, in received form, flagged, with the numbers promised."""

import hashlib
import subprocess
import sys

import pytest

from qpref.example.habits import Habits
from qpref.example.people import Crowd
from qpref.intake import Reception, receive
from qpref.reference.example import load_invented
from tests.conftest import CAMPAIGNS, SITES

pytestmark = pytest.mark.lent


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
        "from qpref.example import write_example; "
        f"folder = Path({str(root / 'data' / 'reference')!r}); "
        f"write_example(load_reference(folder), Path({str(tmp_path)!r}), load_invented(folder))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)

    assert digests(tmp_path) == digests(example)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_every_file_says_it_is_invented_and_loses_no_row(example, reference, campaign):
    setting = Reception(reference, reference.campaign(campaign))
    kinds = set()
    for path in sorted((example / campaign).iterdir()):
        outcome = receive(setting, path)
        kinds.add(outcome.kind)
        assert outcome.is_fictional, path.name
        assert not outcome.ignored_columns, path.name
    logged = {"collecte"} if campaign == "2020-11" else set()
    assert kinds == {"limesurvey", "guichet", "mystere", "frequentation"} | logged


def kept(example, reference, campaign):
    setting = Reception(reference, reference.campaign(campaign))
    counts = dict.fromkeys(SITES, 0)
    for path in (example / campaign).iterdir():
        tables = receive(setting, path).tables
        if "reponses" in tables:
            complete = tables["reponses"].query("statut == 'complete'")
            for site, number in complete["site"].value_counts().items():
                counts[site] += number
    return counts


def test_evry_has_141_answers_then_at_least_200(example, reference):
    """Minutes of 16/10/2020: 141 users asked; at least 200 promised."""
    assert kept(example, reference, "2019-11")["evry"] == 141
    assert kept(example, reference, "2020-11")["evry"] >= 200


def test_every_category_service_and_state_is_there(example, reference):
    setting = Reception(reference, reference.campaign("2020-11"))
    outcome = receive(setting, example / "2020-11" / "results-survey_2020-11.csv")
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
        drawn = [v.answers for v in Crowd(habits, "evry").draw(4000, is_keyed=True)]
        levels = [a["delai"] for a in drawn if a["motif"] == "etrangers" and "delai" in a]
        opinions = [level for level in levels if level.endswith("satisfait")]
        good = [level for level in opinions if level in {"tres_satisfait", "plutot_satisfait"}]
        shares[name] = len(good) / len(opinions)

    assert shares["2020-11"] < shares["2019-11"] - 0.2
