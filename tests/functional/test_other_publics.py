"""Surveys of other publics by the commands: plan, follow-up, refusals, the pack of a meeting."""

import json
import shutil

import pytest

from qpref.cli import main, sending
from qpref.errors import UsageError
from qpref.example.habits import Habits
from qpref.example.members import members_file
from qpref.reference.example import Invented
from tests.conftest import OTHERS, ROOT, copied

ELECTED, ASSOCIATIONS, AGENTS = OTHERS


def call(project, *arguments):
    """Run a command on a project."""
    return main(["--racine", str(project.root), *arguments])


def test_the_plan_takes_the_population_into_account(filled, capsys):
    """
    At 5 points, n0 = 1.96² × 0.25 / 0.05² = 384.16; of N, n0 N / (N − 1 + n0).

    Of 120 agents 91.6, so 92; of 14, 13.5, so 14; of associations, whose number is not known, 385.
    """
    assert call(filled, "plan-echantillon", "--campagne", AGENTS, "--json") == 0
    agents = json.loads(capsys.readouterr().out)["sites"]
    assert [(one["site"], one["necessaires"]) for one in agents] == [("evry", 92), ("etampes", 14)]
    assert call(filled, "plan-echantillon", "--campagne", ASSOCIATIONS, "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["sites"]
    assert (one["necessaires"], one["population"], one["objectif"]) == (385, None, 40)
    assert call(filled, "plan-echantillon", "--campagne", AGENTS) == 0
    assert "sur 120 agents" in capsys.readouterr().out


def test_no_more_answers_are_invented_than_there_are_people(reference):
    """Without a number in `exemple.yml`: half of them at most, the usual number elsewhere."""
    survey, asked = reference.campaign(AGENTS), reference.questionnaire(AGENTS)
    habits = Habits(Invented(), asked, survey)
    for site, people in survey.population.items():
        size = habits.size(site)
        assert size.en_ligne + size.saisis <= people.valeur // 2


def test_the_follow_up_counts_all_answers(filled, capsys):
    """Who follows a survey sees the seven answers of which no page tells anything."""
    assert call(filled, "collecte", "--campagne", AGENTS) == 0
    said = capsys.readouterr().out
    assert "Évry : 64" in said
    assert "Étampes : 7" in said
    assert "Palaiseau" not in said  # it was not held there
    assert call(filled, "collecte", "--campagne", ASSOCIATIONS) == 0
    assert capsys.readouterr().out.strip().endswith("objectif manqué.")


@pytest.mark.parametrize(
    "command",
    [
        ("labellisation",),
        ("publier",),
        ("plan-mystere",),
        ("modele-saisie", "--pour", "mystere"),
        ("modele-saisie", "--pour", "indicateurs", "--site", "evry"),
        ("rapports", "--notebook", "60_affiche"),
    ],
)
def test_what_only_a_campaign_has_is_refused(filled, capsys, command):
    """Mystery contacts, months, the label, the poster, the publication."""
    assert call(filled, *command, "--campagne", AGENTS) == UsageError.exit_code
    assert "enquête d’un autre public" in capsys.readouterr().err


@pytest.fixture
def meeting(published, tmp_path):
    """The example with its reports, and the file of its second meeting."""
    project = copied(published, tmp_path)
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    (project.committee / "membres.yml").write_bytes(members_file())
    return project, project.committee / "2021-03-16.yml"


def with_document(path, name):
    """Put a document in the agenda, in place of those of the first item that has some."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[ensemble/40_synthese_clu]", f"[{name}]", 1), encoding="utf-8")


@pytest.mark.lent
def test_a_pack_carries_a_public_that_the_committee_may_see_and_no_other(
    meeting, capsys, monkeypatch
):
    """
    The agenda names it after its survey; the pack has its page, the archive its figures.

    An internal one is refused before anything is made, and the agenda says what to change.
    """
    project, path = meeting
    monkeypatch.setattr(sending, "find_browser", lambda _: None)  # nothing is printed
    asked = ("clu", "preparer", "--reunion", "2021-03", "--jour", "2021-03-01")
    with_document(path, f"{AGENTS}/evry/10_satisfaction")
    assert call(project, *asked) == UsageError.exit_code
    assert "est interne : le comité ne le reçoit pas" in capsys.readouterr().err
    assert not (project.packs / "2021-03-16").exists()

    shutil.copy(ROOT / "data" / "clu" / path.name, path)
    with_document(path, f"{ELECTED}/evry/10_satisfaction")
    assert call(project, *asked) == 0
    names = {one.name for one in (project.packs / "2021-03-16").iterdir()}
    mail = (project.packs / "2021-03-16" / "invitation.eml").read_text("utf-8", "replace")
    assert f"clu-2021-03-16_{ELECTED}_evry_satisfaction" in " ".join(names) + mail
    (kept,) = project.archives.glob(f"*/*/{ELECTED}/evry/10_satisfaction.chiffres.csv")
    assert kept.read_bytes() == (project.document("", f"{ELECTED}/evry/10_satisfaction")
                                 .with_suffix(".chiffres.csv").read_bytes())  # fmt: skip
    assert AGENTS not in mail
