"""Where a meeting stands, and two meetings from the date to the minutes to the next agenda."""

import json
import shutil
from datetime import UTC, datetime

import lxml.html
import pytest
import yaml

from qpref.cli import main
from qpref.clu.entry import sequence
from qpref.clu.facts import meetings
from qpref.clu.journal import ACCEPTED, BEGUN, TO_SEND, Journal
from qpref.example.members import members_file
from tests.clu.test_replies import mail, put
from tests.conftest import ROOT


def call(project, *words):
    return main(["--racine", str(project.root), "clu", *map(str, words)])


def diary(project, capsys, *words):
    capsys.readouterr()
    assert call(project, "calendrier", "--json", *words) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def ready(project):
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    people = yaml.safe_load(members_file())
    people["membres"][-1] = {
        "id": "retraites-bis", "organisation": "Association de retraités (fictive)",
        "categorie": "associations", "echange_adresse": "non", "suppleant_de": "retraites",
        "adresse": "1 rue Imaginaire, 00000 Nulle-Part",
    }  # fmt: skip
    (project.committee / "membres.yml").write_text(yaml.safe_dump(people), "utf-8")
    return project


def test_who_received_which_version_who_comes_and_no_quorum_unless_declared(
    ready, tmp_path, capsys
):
    """Seats: a titular represented by a substitute fills one; a substitute holds none."""
    first, second = (Journal.of(ready, "2021-03-16", version) for version in (0, 1))
    for journal, name in ((first, "retraites"), (first, "syndicat"), (second, "syndicat")):
        journal.expect(["retraites", "syndicat"])
        journal.begin(name, BEGUN).write(ACCEPTED)
    folder = tmp_path / "f"
    put(folder, "1", mail("syndicat", "Je viendrai."))
    put(folder, "2", mail("retraites", "Ma suppléante viendra à ma place."))
    put(folder, "3", mail("consommateurs", "Je vous prie de m’excuser."))
    words = ("--reunion", "2021-03", "--jour", "2021-03-02")
    assert call(ready, "reponses", folder, *words) == 0
    found = diary(ready, capsys, *words)
    lines = {one["membre"]: one for one in found["membres"]}

    assert found["a_envoyer_avant"] == "2021-03-01"
    assert (lines["syndicat"]["envoi"], lines["syndicat"]["version"]) == (ACCEPTED, 1)
    assert (lines["retraites"]["envoi"], lines["retraites"]["version"]) == (TO_SEND, 1)
    assert [one["etat"] for one in lines["syndicat"]["envois"]] == [ACCEPTED, ACCEPTED]
    assert [one["version"] for one in lines["retraites"]["envois"]] == [0, 1]  # the first arrived
    assert lines["retraites-bis"]["envoi"] == "lettre"
    assert lines["retraites"]["par"] == "retraites-bis"
    assert (found["attendus"], found["quorum"]) == (2, None)
    assert found["sans_reponse"] == ["handicap", "maire-nord", "maire-sud"]
    assert call(ready, "calendrier", *words) == 0
    assert "Quorum" not in capsys.readouterr().out
    path = ready.committee / "2021-03-16.yml"
    path.write_text(path.read_text("utf-8") + "quorum: 3\n", "utf-8")
    assert call(ready, "calendrier", *words) == 0
    assert "Quorum de 3 : il en manque 1." in capsys.readouterr().out


def written(project, **more):
    """Add keys to the file of the example's meeting."""
    path = project.committee / "2021-03-16.yml"
    content = yaml.safe_load(path.read_bytes()) | more
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def test_documents_left_for_all_once_letters_are_posted_too(ready, capsys):
    """Six members by mail, one by post: until somebody says when, they did not leave for all."""
    journal = Journal.of(ready, "2021-03-16")
    people = yaml.safe_load((ready.committee / "membres.yml").read_bytes())["membres"]
    journal.expect(names := [one["id"] for one in people if "courriel" in one])
    for name in names:
        journal.begin(name, BEGUN).write(ACCEPTED)
    day = journal.events[-1]["moment"][:10]
    words = ("--reunion", "2021-03", "--jour", day)
    before = diary(ready, capsys, *words)
    assert (before["envoye_le"], len(names)) == (None, 6)
    written(ready, lettres_le=["2021-02-26"])
    after = diary(ready, capsys, *words)
    assert after["envoye_le"] == day
    (letter,) = (one for one in after["membres"] if one["membre"] == "retraites-bis")
    assert (letter["envoi"], letter["moment"]) == ("lettre_postee", "2021-02-26")
    assert call(ready, "calendrier", *words) == 0
    assert "lettre postée" in capsys.readouterr().out


def test_what_a_person_sent_is_told_as_sent(ready, capsys):
    words = ("--reunion", "2021-03", "--jour", "2021-03-02")
    written(ready, envoye_le="2021-02-27")
    found = diary(ready, capsys, *words)
    assert found["envoye_le"] == "2021-02-27"
    assert {(one["envoi"], one["moment"]) for one in found["membres"]} == {
        ("a_la_main", "2021-02-27")
    }


def test_answers_to_the_former_day_are_asked_again(ready, tmp_path, reference, capsys):
    """Announced for 16 March, moved on 3 March: who answered on the 1st said nothing of 6 April."""
    held = meetings(ready, reference)[-1]
    assert sequence(ready, held, datetime(2021, 2, 26, 12, tzinfo=UTC)) == 0
    folder = tmp_path / "f"
    words = ("--jour", "2021-03-05")
    put(folder, "1", mail("syndicat", "Je viendrai.", datetime(2021, 3, 1, 9, tzinfo=UTC)))
    put(folder, "2", mail("handicap", "Je viendrai.", datetime(2021, 3, 4, 9, tzinfo=UTC)))
    assert call(ready, "reponses", folder, "--reunion", "2021-03", *words) == 0
    assert diary(ready, capsys, "--reunion", "2021-03", *words)["attendus"] == 2
    moved = ("nouvelle-reunion", "2021-04-06", "--deplace", "2021-03", "--jour", "2021-03-03")
    assert call(ready, *moved) == 0
    found = diary(ready, capsys, "--reunion", "2021-04", *words)
    assert found["attendus"] == 1
    assert found["reponses_a_l_ancien_jour"] == ["syndicat"]
    assert "syndicat" in found["sans_reponse"]
    assert "handicap" not in found["sans_reponse"]


def test_commands_are_about_the_members_of_the_last_pack(ready, tmp_path, capsys, monkeypatch):
    """`preparer --membres` says for whom; the others follow. Nothing is imported, nor asked for."""
    monkeypatch.setattr("qpref.cli.sending.find_browser", lambda *_: None)
    other = (ready.committee / "membres.yml").rename(tmp_path / "autres.yml")
    words = ("--reunion", "2021-03", "--jour", "2021-03-01")
    written(ready, ordre_du_jour=[], documents_pdf=None, questions=[])
    assert call(ready, "suivi", *words, "--json") == 0
    assert "n’est pas là" in capsys.readouterr().out
    assert call(ready, "preparer", *words, "--membres", other) == 0
    page = (ready.packs / "2021-03-16/clu-2021-03-16_ordre-du-jour.html").read_text("utf-8")
    told = "membres sur 6 acceptent de partager leur adresse"  # seats: one of seven is a substitute
    assert told in lxml.html.fromstring(page).text_content().replace("\u00a0", " ")
    capsys.readouterr()
    assert call(ready, "suivi", *words, "--json") == 0
    assert told in capsys.readouterr().out.replace("\u00a0", " ")
    assert len(diary(ready, capsys, *words)["membres"]) == 7
    assert call(ready, "compte-rendu", *words) == 0
