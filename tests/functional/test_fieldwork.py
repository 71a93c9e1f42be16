"""`qpref plan-echantillon` and `qpref collecte`, on the example."""

import csv
import json

import pytest

from qpref.cli import main
from qpref.project import Project
from tests.conftest import copied


@pytest.fixture(scope="module")
def made(filled, tmp_path_factory):
    return copied(filled, tmp_path_factory.mktemp("collecte"))


def call(project: Project, capsys, *arguments):
    code = main(["--racine", str(project.root), *arguments])
    shown = capsys.readouterr()
    return code, shown.out.replace("\u00a0", " "), shown.err.replace("\u00a0", " ")


def test_the_plan_is_told_and_its_quotas_written(made, capsys):
    code, out, _ = call(
        made, capsys, "plan-echantillon", "--campagne", "2020-11", "--site", "evry", "--marge", "6"
    )
    with (made.reports / "2020-11" / "plan_echantillon.csv").open(
        encoding="utf-8-sig", newline=""
    ) as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))

    assert code == 0
    assert "Évry : 267 réponses (± 6,0 points)" in out
    assert "Objectif promis : 200." in out
    assert sum(int(row["quota"]) for row in rows) == 267
    assert {row["demi_journee"] for row in rows} == {"Matin", "Après-midi"}


def test_the_plan_as_json(made, capsys):
    code, out, _ = call(made, capsys, "plan-echantillon", "--campagne", "2020-11", "--json")
    content = json.loads(out)

    assert code == 0
    assert [site["site"] for site in content["sites"]] == ["evry", "etampes", "palaiseau"]
    for site in content["sites"]:
        assert sum(slot["quota"] for slot in site["quotas"]) == site["reponses"]
        assert site["marge_points"] <= 5 or site["reponses"] == site["passages"]


def test_the_quotas_go_where_asked(made, capsys, tmp_path):
    target = tmp_path / "quotas.csv"
    code, out, _ = call(
        made, capsys, "plan-echantillon", "--campagne", "2020-11", "--vers", str(target)
    )

    assert code == 0
    assert target.exists()
    assert "quotas.csv" in out


@pytest.mark.parametrize("margin", ["0.4", "21", "-5"])
def test_a_margin_that_cannot_be_planned_is_refused(made, capsys, margin):
    code, _, err = call(
        made, capsys, "plan-echantillon", "--campagne", "2020-11", f"--marge={margin}"
    )

    assert code == 2
    assert "entre 0.5 et 20 points" in err


def test_a_plan_without_passages_says_what_is_missing(project, capsys):
    code, out, err = call(project, capsys, "plan-echantillon", "--campagne", "2019-11")

    assert code == 9
    assert "Aucun passage compté" in out + err
    assert "Traceback" not in out + err


def test_one_line_a_site_says_where_the_fieldwork_stands(made, capsys):
    """Évry has 213 answers in the end, for 200 promised."""
    code, out, _ = call(made, capsys, "collecte", "--campagne", "2020-11")

    assert code == 0
    assert "Évry : 213 sur 200 au 04/12/2020, 14,2 par jour ; objectif atteint." in out
    assert [line.split(" :")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "Évry",
        "Étampes",
        "Palaiseau",
    ]


def test_a_day_in_the_middle_has_a_forecast(made, capsys):
    code, out, _ = call(
        made, capsys, "collecte", "--campagne", "2020-11", "--jour", "2020-11-25", "--json"
    )
    site = json.loads(out)["sites"][0]

    assert code == 0
    assert (site["jours_ecoules"], site["jours_restants"]) == (8, 7)
    assert site["prevision"]["bas"] <= site["prevision"]["probable"] <= site["prevision"]["haut"]
    assert 0 < site["chances"] < 1
    assert {gap["variable"] for gap in site["ecarts"]} >= {"guichet", "demi_journee"}


def test_a_fieldwork_without_answers_is_not_a_mistake(project, capsys):
    code, out, _ = call(project, capsys, "collecte", "--campagne", "2020-11", "--site", "evry")

    assert code == 0
    assert "Évry : 0 sur 200 au 15/11/2020, — par jour" in out
    assert "pas encore de prévision" in out
    assert "nan" not in out


def test_a_wrong_day_is_refused(made, capsys):
    code, _, err = call(made, capsys, "collecte", "--campagne", "2020-11", "--jour", "25/11/2020")

    assert code == 2
    assert "Écrivez-le comme 2020-11-25" in err
