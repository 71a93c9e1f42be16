"""From one meeting to the next: the file written from the last one, and a meeting that moves."""

import shutil
from datetime import date, time
from pathlib import Path

import pytest
import yaml

from qpref.cli import main
from qpref.clu.facts import meetings
from qpref.errors import ReferenceFileError, StorageError, UsageError
from tests.conftest import ROOT


@pytest.fixture
def ready(project):
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    return project


def call(project, *words):
    return main(["--racine", str(project.root), "clu", *words])


def test_the_next_meeting_is_written_from_the_last_one(ready, reference, capsys):
    """Agreements still open are named; standing items, length and people come from the last."""
    before = meetings(ready, reference)
    code = call(ready, "nouvelle-reunion", "2022-03-15", "--jour", "2021-09-01", "--heure", "9 h")
    told, after = capsys.readouterr().out, meetings(ready, reference)
    text = (ready.committee / "2022-03-15.yml").read_text("utf-8")

    assert code == 0
    assert str(Path("data/clu/2022-03-15.yml")) in told
    found, last = after[-1], before[-1]
    assert (found.date, found.heure, found.lieu) == (date(2022, 3, 15), time(9), last.lieu)
    assert found.participants == last.participants
    assert [item.titre for item in found.ordre_du_jour][1:] == [last.ordre_du_jour[-1].titre]
    assert found.ordre_du_jour[0].permanent
    assert yaml.safe_load(text)["heure"] == "09:00"
    # 15 days before Tuesday 15 March 2022 is Monday 28 February; 5 days before, the 10th
    assert "2022-02-28" in text
    assert "2022-03-10" in text
    assert "Visiter un ou deux services" in text  # nothing says that it was done


def test_nothing_is_replaced_and_an_hour_is_asked_for(ready, capsys):
    """The minutes of October 2020 give no hour: the meeting after it has to be told one."""
    kept = (ready.committee / "2021-03-16.yml").read_bytes()
    assert call(ready, "nouvelle-reunion", "2021-03-16", "--heure", "10h") == StorageError.exit_code
    assert (ready.committee / "2021-03-16.yml").read_bytes() == kept
    for more in ((), ("--heure", "14.30"), ("--heure", "9h", "--comite", "ailleurs")):
        code = call(ready, "nouvelle-reunion", "2020-12-01", *more)
        assert code == UsageError.exit_code
    assert "14h30" in capsys.readouterr().err
    assert not (ready.committee / "2020-12-01.yml").exists()


def test_a_meeting_moves_with_what_came_with_it(ready, reference, capsys):
    (ready.committee / "2021-03-16.questions.yml").write_text(
        'questions:\n- {recue_le: 2021-03-01, de: "une commune", texte: "Quand ?"}\n', "utf-8"
    )
    before = meetings(ready, reference)[-1]
    (ready.packs / "2021-03-16").mkdir(parents=True)
    assert call(ready, "nouvelle-reunion", "2021-04-06", "--deplace", "2021-03") == 0
    assert f"{Path('reports/clu/2021-03-16')}, reste" in " ".join(capsys.readouterr().err.split())
    assert call(ready, "nouvelle-reunion", "2021-04-20", "--deplace", "2021-04") == 0
    found = meetings(ready, reference)[-1]
    days = (date(2021, 3, 16), date(2021, 4, 6))
    moved = {"date": date(2021, 4, 20), "deplacee_du": days}
    assert found == before.model_copy(update=moved)
    assert "# Réunion d’exemple" in (ready.committee / "2021-04-20.yml").read_text("utf-8")
    assert not [*ready.committee.glob("2021-03*")]


@pytest.mark.parametrize(
    ("day", "hour", "told"),
    [
        ("14/03/2022", "14 heures 30", ""),  # a Monday
        ("14 mars 2022", "14 h 30", ""),
        ("2022-03-13", "14H30", "fin de semaine"),
        ("2022-07-14", "14:30", "jour férié"),
        ("2021-08-02", "14h30", "est passé"),
    ],
)
def test_days_and_hours_as_people_write_them(ready, reference, capsys, day, hour, told):
    words = ("nouvelle-reunion", day, "--heure", hour, "--jour", "2021-09-01")
    assert call(ready, *words) == 0
    found = meetings(ready, reference)[-1]
    assert found.date.year in {2021, 2022}
    assert found.heure == time(14, 30)
    said = capsys.readouterr().err
    assert told in said
    assert bool(said) == bool(told)


def test_a_list_of_days_written_one_a_line_is_added_to(ready, reference):
    path = ready.committee / "2021-03-16.yml"
    days = "deplacee_du:\n  - 2021-03-02 # grève\n"
    path.write_text(path.read_text("utf-8") + days, "utf-8")
    assert call(ready, "nouvelle-reunion", "2021-04-06", "--deplace", "2021-03") == 0
    text = (ready.committee / "2021-04-06.yml").read_text("utf-8")
    assert "  - 2021-03-02 # grève\n  - 2021-03-16\n" in text
    assert meetings(ready, reference)[-1].first_name == "2021-03-02"


def test_no_meeting_takes_the_first_day_of_one_that_moved(ready, capsys):
    """Calendars and archives know a meeting by its first day: they would take one for the other."""
    assert call(ready, "nouvelle-reunion", "2021-04-06", "--deplace", "2021-03") == 0
    code = call(ready, "nouvelle-reunion", "2021-03-16", "--heure", "9h")
    assert code == ReferenceFileError.exit_code
    assert "2021-04-06 devait d’abord se tenir le 2021-03-16" in capsys.readouterr().err
    assert not (ready.committee / "2021-03-16.yml").exists()
    assert call(ready, "nouvelle-reunion", "2021-03-16", "--deplace", "2021-04") == 0  # it may


def test_planned_visits_follow_and_do_not_count(ready, reference):
    path = ready.committee / "2021-03-16.yml"
    visits = (
        "visites:\n  - {date: 2021-03-01, service: Accueil}\n"
        "  - {date: 2021-04-01, service: Étrangers, etat: prevue}\n"
    )
    path.write_text(path.read_text("utf-8") + visits, "utf-8")
    assert call(ready, "nouvelle-reunion", "2022-03-15", "--jour", "2021-05-01") == 0
    found = meetings(ready, reference)[-1]
    assert [visit.service for visit in found.visites] == ["Étrangers"]


def test_two_committees_meet_on_one_day(ready, reference, project):
    """A file each, named by its committee; each sees its own agreements."""
    path = project.reference / "sites.yml"
    content = yaml.safe_load(path.read_bytes())
    for site, committee in zip(content["sites"], ("nord", "sud", "sud"), strict=True):
        site["comite"] = committee
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    for committee in ("nord", "sud"):
        words = ("--heure", "14h30", "--comite", committee)
        assert call(ready, "nouvelle-reunion", "2022-03-15", *words) == 0
    found = [m for m in meetings(ready, reference) if m.comite]
    assert [m.name for m in found] == ["2022-03-15-nord", "2022-03-15-sud"]
    ids = [site["id"] for site in content["sites"]]
    assert [[*m.sites] for m in found] == [ids[:1], ids[1:]]
    heads = [(project.committee / f"{m.name}.yml").read_text("utf-8") for m in found]
    assert not any("Accords encore ouverts" in head for head in heads)  # those of another committee
