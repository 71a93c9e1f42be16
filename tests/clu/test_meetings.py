"""Meeting and member files: what is refused, and in which words."""

import re
from datetime import date
from email.message import EmailMessage

import pytest
import yaml

from qpref.clu.facts import meetings
from qpref.clu.questions import keep_questions, read_form
from qpref.errors import MissingDataError, ReferenceFileError, UnreadableFileError
from qpref.project import Project
from qpref.reference.meetings import meeting_of
from qpref.reference.members import Members, Relay, balance, load_members, load_relay
from tests.clu.conftest import make_meeting, make_member
from tests.conftest import NOW, ROOT, guide

MEETING = """date: 2021-03-16
heure: 14:30
lieu: "une salle"
fictif: oui
sites: [evry]
"""


def write(project, text, name="2021-03-16.yml"):
    project.committee.mkdir(parents=True, exist_ok=True)
    (project.committee / name).write_text(text, encoding="utf-8")


def test_the_repository_holds_two_meetings_and_no_address(reference):
    found = meetings(Project(ROOT), reference)
    assert [str(meeting.date) for meeting in found] == ["2020-10-16", "2021-03-16"]
    assert len(found[0].accords) == 5
    assert found[1].fictif
    assert not found[0].fictif
    assert "@" not in "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "data" / "clu").glob("[0-9]*.yml")
    )


@pytest.mark.parametrize(
    ("written", "hour"),
    [("14:30", "14:30"), ("14h30", "14:30"), ("14 h 30", "14:30"), ("14", "14:00"),
     ("14h", "14:00"), ("9:30", "09:30"), ("09:05", "09:05"), ("09", "09:00"), ("0:10", "00:10"),
     ("'14h30'", "14:30"), ("14 H", "14:00")],
)  # fmt: skip
def test_an_hour_is_understood_as_people_write_it(project, reference, written, hour):
    """YAML 1.1 reads 14:30 as 14 × 60 + 30, and 14 was read as 14 seconds."""
    write(project, MEETING.replace("heure: 14:30", f"heure: {written}"))
    assert f"{meetings(project, reference)[0].heure:%H:%M}" == hour


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sites: [evry]", "sites: [evrie]"), "« evrie » est inconnu"),
        (("fictif: oui", "fictif: peut-être"), "valeurs prévues : oui, non"),
        (("lieu:", "liieu:"), "liieu : clé inconnue"),
        (("date: 2021-03-16", "date: 2021-03-17"), "n’est pas le nom du fichier"),
        (("heure: 14:30", "heure: tard"), "heure : « tard » ne convient pas"),
        *(
            (("heure: 14:30", f"heure: {hour}"), r"ne convient pas \(une heure comme 14:30")
            for hour in ("14.30", "930", "1430", "25:00", "24", "14:60", "-1", "870", "oui")
        ),
        (("sites: [evry]", "sites: [evry]\ndocuments_pdf: [evry/x]"), "pas à l’ordre du jour"),
        (("sites: [evry]", "sites: [evry]\ncampagne: 2031-01"), "« 2031-01 » est inconnu"),
        (
            (
                "sites: [evry]",
                "sites: [evry]\nordre_du_jour: [{titre: a, minutes: 5, documents: [x]}]",
            ),
            "de quelle campagne",
        ),
        (
            (
                "sites: [evry]",
                "sites: [evry]\naccords: [{id: a, accord: a, responsable: r, certitude: vu, "
                "source: s, preuve: {type: parole}}]",
            ),
            "« parole » n’est pas prévu",
        ),
    ],
)
def test_a_mistake_in_a_meeting_is_named(project, reference, change, said):
    write(project, MEETING.replace(*change))
    with pytest.raises(ReferenceFileError, match=said) as error:
        meetings(project, reference)
    assert "2021-03-16.yml" in str(error.value)


def test_an_agreement_is_written_once(project, reference):
    accord = (
        "accords: [{id: a, accord: a, responsable: r, certitude: vu, source: s, "
        "preuve: {type: envoi}}]\n"
    )
    write(project, MEETING + accord)
    write(project, MEETING.replace("2021-03-16", "2021-06-01") + accord, "2021-06-01.yml")
    with pytest.raises(ReferenceFileError, match="écrit dans deux réunions"):
        meetings(project, reference)


def test_a_meeting_is_found_by_its_day_or_month():
    known = [make_meeting(), make_meeting(date(2021, 6, 1)), make_meeting(date(2021, 6, 2))]
    assert meeting_of(known, "2021-03") is known[0]
    assert meeting_of(known, "2021-06-02") is known[2]
    with pytest.raises(MissingDataError, match="Plusieurs réunions"):
        meeting_of(known, "2021-06")
    with pytest.raises(MissingDataError, match="Aucune réunion"):
        meeting_of(known, "2022-01")


def test_mistakes_in_the_members_are_named_and_show_the_gap(members_path, tmp_path):
    found = load_members(members_path)
    counts = balance(found.membres)
    assert counts == {
        "particuliers": 1, "entreprises": 0, "associations": 3, "elus": 2, "syndicats": 1
    }  # fmt: skip
    assert list(balance([make_member("a", category="syndicats")]).values()) == [0, 0, 0, 0, 1]
    text = members_path.read_text(encoding="utf-8")
    for old, new, said in (
        ("syndicats", "ouvriers", "n’est pas prévu"),
        ("syndicat@", "syndicat", "courriel"),
        ("syndicat@", "usager@", "courriel en double"),
    ):
        members_path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(ReferenceFileError, match=said):
            load_members(members_path)
    for load in (load_members, load_relay):
        with pytest.raises(MissingDataError, match="absent"):
            load(tmp_path / "rien.yml")


FORM = """Bonjour,
> QUESTION POUR LE COMITÉ
> Au nom de (organisation ou catégorie d’usagers) : une association de retraités
> Document concerné : synthèse
> Ma question : Pourquoi Mme Imaginaire
>  ne répond-elle pas ?
Ma question : Et le 01 99 00 12 34 ?
"""


@pytest.mark.parametrize("as_mail", [False, True])
def test_a_form_that_comes_back_becomes_questions_without_personal_data(
    project, reference, tmp_path, as_mail
):
    path = tmp_path / ("retour.eml" if as_mail else "retour.txt")
    if as_mail:
        message = EmailMessage()
        message.set_content(FORM)
        path.write_bytes(message.as_bytes())
    else:
        path.write_text(FORM, encoding="utf-8")
    write(project, MEETING)
    meeting = meetings(project, reference)[0]

    found = read_form(path, NOW.date())

    assert [q.de for q in found] == ["une association de retraités"] * 2
    assert found[0].texte == "Pourquoi [nom] ne répond-elle pas ? (à propos de : synthèse)"
    assert found[1].texte == "Et le [numéro] ? (à propos de : synthèse)"
    assert keep_questions(project, meeting, found) == 2
    again = meetings(project, reference)[0]
    assert again.questions == tuple(found)
    assert keep_questions(project, again, found) == 0


def test_a_form_without_question_is_refused(tmp_path):
    path = tmp_path / "vide.txt"
    path.write_text("Au nom de : moi\nMa question : \n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="aucune question"):
        read_form(path, NOW.date())
    path.write_bytes("Ma question : où ?".encode("latin-1") + b"\xff")
    with pytest.raises(UnreadableFileError, match="ne se lit pas"):
        read_form(path, NOW.date())
    with pytest.raises(UnreadableFileError, match="fichier absent"):
        read_form(tmp_path / "absent.txt", NOW.date())


def test_the_files_shown_in_the_guide_are_read():
    """What an analyst copies from the guide is understood."""
    text = guide()
    blocks = [yaml.safe_load(b) for b in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    members = next(block for block in blocks if "membres" in block)
    relay = next(block for block in blocks if "serveur" in block)

    assert Members.model_validate(members).membres[0].consents
    assert Relay.model_validate(relay).port == 587


def test_a_password_that_would_pass_in_clear_is_refused(project):
    write(
        project,
        "serveur: smtp.exemple.invalid\nchiffrement: aucun\nidentifiant: service\n"
        "expediteur: qualite@exemple.invalid\n",
        "envoi.yml",
    )
    with pytest.raises(ReferenceFileError, match="passerait en clair"):
        load_relay(project.committee / "envoi.yml")
