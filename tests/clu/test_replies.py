"""Replies of members: what a person wrote, whatever the mail program; who comes; what they ask."""

import itertools
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.clu import replies
from qpref.clu.answers import COMING, EXCUSED, REPRESENTED, attendance, load_replies, stance
from qpref.clu.entry import CalendarEntry
from qpref.clu.facts import meetings
from qpref.clu.mail_text import message_of, reply_only, text_of
from qpref.clu.replies import read_replies
from qpref.clu.reply import Reading
from qpref.clu.subjects import with_figure
from qpref.errors import UnreadableFileError
from qpref.project import Project
from qpref.reference.loading import read
from qpref.reference.meeting import MemberQuestion, Questions
from qpref.reference.members import Members
from tests.clu.conftest import make_meeting, make_member
from tests.conftest import NOW, example_count

SAID = "Bonjour,\nJe serai présente.\n\nLe guichet ouvre-t-il à midi ?"
ASKED = "Venez-vous ? Représenté par qui ?"
SERVICE = "".join(("Cellule <cellule", "@", "exemple.invalid>"))
# How each program puts a reply before what it answers; the shapes of the programs' own mails.
PROGRAMS = {
    "outlook-windows": f"{SAID}\n\nDe : {SERVICE}\nEnvoyé : lundi 1 mars 2021 10:00\nÀ : x\n"
    f"Objet : Réunion\n\n{ASKED}",
    "outlook-web": f"{SAID}\n\n________________________________\nDe : {SERVICE}\n"
    f"Envoyé : lundi\n\n{ASKED}",
    "outlook-ancien": f"{SAID}\n\n-----Message d'origine-----\nDe : {SERVICE}\n\n{ASKED}",
    "outlook-android": f"{SAID}\n\nEnvoyé à partir de Outlook pour Android\n"
    f"________________________________\nFrom: {SERVICE}\n{ASKED}",
    "gmail": f"{SAID}\n\nLe lun. 1 mars 2021 à 10:00, {SERVICE} a\nécrit :\n\n> {ASKED}\n",
    "gmail-anglais": f"{SAID}\n\nOn Mon, Mar 1, 2021 at 10:00 AM {SERVICE}\nwrote:\n\n> {ASKED}\n>",
    "thunderbird": f"{SAID}\n\n-- \nAssociation\nDirection\n\nLe 01/03/2021 à 10:00, Cellule a "
    f"écrit :\n> {ASKED}\n> \n",
    "apple-mail": f"{SAID}\n\nCordialement,\nLa direction\n\n> Le 1 mars 2021 à 10:00, {SERVICE} a "
    f"écrit :\n> \n> {ASKED}",
    "iphone": f"{SAID}\n\nEnvoyé de mon iPhone\n\n> Le 1 mars 2021 à 10:00, {SERVICE} a écrit :\n> "
    f"\n> \ufeff{ASKED}",
    "zimbra": f"{SAID}\n\n----- Mail original -----\nDe: x\nÀ: y\nObjet: Réunion\n\n{ASKED}",
    "orange": f"{SAID}\n\n> Message du 01/03/21 10:00\n> De : {SERVICE}\n> A : x\n> \n> {ASKED}",
    "samsung": f"{SAID}\n\nEnvoyé depuis mon appareil Galaxy\n\n-------- Message d’origine --------"
    f"\nDe : {SERVICE}\nDate : 01/03/2021\n\n{ASKED}",
    "yahoo": f"{SAID}\n\nEnvoyé depuis Yahoo Mail\n\n  Le lun., mars 1, 2021 à 10:00, Cellule a "
    f"écrit :   {ASKED}",
}  # fmt: skip
PAGES = {
    "gmail": '<div dir="ltr">Je serai présente.<br>Le guichet ouvre-t-il à midi ?</div><br>'
    f'<div class="gmail_quote"><div>Le lun. 1 mars, C a écrit :</div>{ASKED}</div>',
    "outlook": "<style>p {a:b}</style><p>Je serai présente.</p><p>Le guichet ouvre-t-il à "
    f'midi&nbsp;?</p><hr><div id="divRplyFwdMsg"><b>De :</b> C</div>{ASKED}',
    "thunderbird": "<p>Je serai présente.</p><p>Le guichet ouvre-t-il à midi ?</p>"
    f'<div class="moz-cite-prefix">Le 1 mars</div><blockquote>{ASKED}</blockquote>',
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_only_what_the_person_wrote_is_read(name):
    assert reply_only(PROGRAMS[name]).split() == SAID.split()
    assert reply_only(PROGRAMS[name].replace("\n", "\r\n").replace(" :", "\u00a0:")) == SAID
    assert stance(reply_only(PROGRAMS[name])) == (COMING, "")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_without_what_it_quotes(name):
    message = EmailMessage()
    message.set_content(PAGES[name], subtype="html")
    told = " ".join(reply_only(text_of(message)).split())
    assert told == "Je serai présente. Le guichet ouvre-t-il à midi ?"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("said", ["Je viendrai.", "Le guichet ouvre-t-il à 8 h ?"])
def test_the_line_before_a_quotation_stays(said, between):
    """It was joined with the line after it, and taken for the heading of what is quoted."""
    wrote = "Le 1 mars 2021, A <a@exemple.invalid> a écrit :\n> Venez-vous ?"
    assert reply_only(f"{said}{between}{wrote}") == said


def test_a_mail_in_an_encoding_that_nobody_knows_is_read():
    message = EmailMessage()
    message["Content-Type"] = "text/plain; charset=klingon"
    message.set_payload("Je viendrai été.".encode())
    assert text_of(message_of(message.as_bytes())) == "Je viendrai été."


def test_an_answer_between_the_lines_is_read():
    text = "Le 1 mars 2021, C a écrit :\n> Venez-vous ?\nOui, je viendrai.\n> Des questions ?\nNon."
    assert reply_only(text) == "Oui, je viendrai.\nNon."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Je serai présent.", (COMING, "")), ("Nous viendrons avec plaisir.", (COMING, "")),
        ("Je vous confirme ma présence.", (COMING, "")), ("présente", (COMING, "")),
        ("Je vous prie de m’excuser.", (EXCUSED, "")), ("Je ne serai pas présent.", (EXCUSED, "")),
        ("Je ne pourrai malheureusement pas venir.", (EXCUSED, "")), ("excusé", (EXCUSED, "")),
        ("Absente ce jour, je serai représentée par la vice-présidente.",
         (REPRESENTED, "la vice-présidente")),
        ("Excusé ; pouvoir à l’union syndicale.", (REPRESENTED, "l’union syndicale")),
        ("Ma suppléante viendra.", (REPRESENTED, "")),
        ("Je ne pourrai pas, ma collègue me remplacera.", (REPRESENTED, "ma collègue")),
        ("C’est notre trésorier qui nous représentera.", (REPRESENTED, "C’est notre trésorier")),
        ("Personne ne me remplacera : je serai absent.", (EXCUSED, "")),
        ("Je viendrai ; ces chiffres nous représentent mal.", (COMING, "")),
        ("Merci pour ces documents.", ("", "")), ("Faut-il être présent ?", ("", "")),
        ("Je serai présent le matin. Je suis indisponible ensuite.", ("", "")),
    ],
)  # fmt: skip
def test_what_a_sentence_says_of_coming(text, said):
    assert stance(text) == said


MEMBERS = Members.model_validate(
    {
        "fictif": "oui",
        "conserver_jusqu_au": date(2099, 12, 31),
        "membres": [
            *(make_member(name).model_dump() | {"echange_adresse": "oui"} for name in "abc"),
            make_member("d").model_dump() | {"echange_adresse": "oui", "suppleant_de": "a"},
        ],
    }
)


def mail(sender, text, moment=NOW, **headers):
    message = EmailMessage()
    message["From"] = f"Une personne <{make_member(sender).courriel}>"
    message["Date"] = moment
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def put(folder, name, message):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    return folder / f"{name}.eml"


@pytest.fixture
def reading(project, reference):
    project.committee.mkdir(parents=True, exist_ok=True)
    return Reading(project, reference, make_meeting(), MEMBERS, NOW)


def said(reading):
    kept = load_replies(reading.project, reading.meeting)
    found = attendance(kept.reponses)
    return {name: (one.reponse, one.par) for name, one in found.items()}


def asked(reading):
    path = reading.project.committee / f"{reading.meeting.name}.questions.yml"
    return [q.texte for q in read(Questions, path).questions] if path.exists() else []


def test_replies_become_attendance_questions_and_what_is_to_be_seen(reading, tmp_path):
    folder = tmp_path / "recus"
    put(folder, "1", mail("a", "Ma suppléante viendra à ma place."))
    put(folder, "2", mail("b", f"{SAID}\nAppelez Mme Imaginaire au 01 99 00 12 34 : est-ce bon ?"))
    put(folder, "3", mail("inconnu", "Je serai là."))
    put(folder, "4", mail("c", "Je suis absent.", Auto_Submitted="auto-replied"))
    put(folder, "5", mail("c", "Merci pour ces documents."))
    (folder / "6.eml").write_bytes(b"\xff\x00")
    told = read_replies(reading, [folder])

    assert said(reading) == {"a": (REPRESENTED, "d"), "b": (COMING, "")}
    questions = asked(reading)
    assert questions[0] == "Le guichet ouvre-t-il à midi ?"
    assert "Imaginaire" not in str(questions)
    assert "01 99" not in str(questions)
    aside = load_replies(reading.project, reading.meeting).a_voir
    assert [one.source for one in aside] == ["3.eml", "4.eml", "5.eml", "6.eml"]
    assert "inconnu" in aside[0].motif
    assert "automatique" in aside[1].motif
    assert (told.answers, told.questions, told.aside, told.known) == (2, 2, 4, 0)
    again = read_replies(reading, [folder])
    assert (again.answers, again.questions, again.aside, again.known) == (0, 0, 0, 6)
    path = reading.project.committee / "2021-03-16.reponses.json"
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UnreadableFileError, match="fichier absent"):
        read_replies(reading, [tmp_path / "rien.eml"])


def test_the_form_and_a_calendar_s_own_answer_are_read(reading, tmp_path, reference):
    form = "Au nom de : une association\nMa présence (présent…) : excusé\nMa question : Et le bus ?"
    put(tmp_path / "f", "1", mail("b", f"> QUESTION\n{form}\n\n-- \nSignature"))
    answer = mail("c", "")
    entry = CalendarEntry(reference, 0, make_member("z").courriel)
    ics = entry.calendar(reading.meeting, [make_member("c")], NOW).decode()
    ics = ics.replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")
    answer.add_attachment(ics.encode(), maintype="text", subtype="calendar")
    put(tmp_path / "f", "2", answer)
    read_replies(reading, [tmp_path / "f"])
    assert said(reading) == {"b": (EXCUSED, ""), "c": (COMING, "")}
    assert asked(reading) == ["Et le bus ?"]


def test_a_workbook_is_read_line_by_line(reading, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ("Membre", "Réponse", "Représenté par", "Question", "Date"),
        ("a", "oui", None, "Quand ?", date(2021, 3, 2)),
        ("Organisation b (fictive)", None, "la trésorière", None, date(2021, 3, 2)),
        ("c", "peut-être", None, None, None),
        ("inconnu", "oui", None, None, None),
        ("a", "non", None, None, date(2021, 3, 3)),
    ):
        book.active.append(row)
    book.save(tmp_path / "r.xlsx")
    read_replies(reading, [tmp_path / "r.xlsx"])
    assert said(reading) == {"a": (EXCUSED, ""), "b": (REPRESENTED, "la trésorière")}
    aside = load_replies(reading.project, reading.meeting).a_voir
    assert [one.motif for one in aside] == ["réponse non comprise", "membre inconnu"]
    assert "peut-être" in aside[0].texte
    assert asked(reading) == ["Quand ?"]


def book_of(path, *rows):
    book = openpyxl.Workbook()
    for row in (("Membre", "Réponse"), *rows):
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_filled_in_further_says_nothing_later_for_that(reading, tmp_path):
    """Its lines have no date: what it said on the 5th is older than a mail of the 6th."""
    path = tmp_path / "r.xlsx"
    days = [datetime(2021, 1, day, 9, tzinfo=UTC) for day in (5, 6, 7, 8)]
    read_replies(replace(reading, now=days[0]), [book_of(path, ("a", "oui"), ("c", "oui"))])
    put(tmp_path / "f", "1", mail("a", "Je vous prie de m’excuser.", days[1]))
    read_replies(replace(reading, now=days[2]), [tmp_path / "f"])
    rows = (("a", "oui"), ("c", "non"), ("b", "oui"))
    read_replies(replace(reading, now=days[3]), [book_of(path, *rows)])
    assert said(reading) == {"a": (EXCUSED, ""), "b": (COMING, ""), "c": (EXCUSED, "")}


def test_the_last_line_of_a_workbook_counts(reading, tmp_path):
    rows = [("a", "oui" if rank % 2 else "non") for rank in range(10)]  # lines 2 to 11
    read_replies(reading, [book_of(tmp_path / "r.xlsx", *rows)])
    assert said(reading) == {"a": (COMING, "")}


def test_a_clock_that_is_ahead_makes_no_reply_the_last_one(reading, tmp_path):
    """Written in 2031 by its own account, arrived in March: the reply of April counts."""
    arrived = "from a by relais.invalid; Mon, 1 Mar 2021 09:00:00 +0100"
    ahead = mail("a", "Je viendrai.", datetime(2031, 1, 1, tzinfo=UTC), Received=arrived)
    put(tmp_path / "f", "1", ahead)
    put(tmp_path / "f", "2", mail("a", "Je vous prie de m’excuser.", datetime(2021, 4, 1, 9)))
    read_replies(reading, [tmp_path / "f"])
    assert said(reading) == {"a": (EXCUSED, "")}


SENTENCES = {COMING: "Je viendrai.", EXCUSED: "Je vous prie de m’excuser."}
one_reply = st.tuples(st.sampled_from("abcd"), st.sampled_from([*SENTENCES]))


@settings(max_examples=example_count(4), deadline=None)
@given(st.lists(one_reply, min_size=1, max_size=6), st.randoms(), st.data())
def test_in_any_order_and_killed_anywhere_the_last_reply_counts(
    tmp_path_factory, reference, found, chance, data
):
    """Expected: of each member, the reply of the latest Date, whatever came first or twice."""
    home = tmp_path_factory.mktemp("reponses")
    project = Project(home)
    project.committee.mkdir(parents=True)
    reading = Reading(project, reference, make_meeting(), MEMBERS, NOW)
    expected, paths = {}, []
    for rank, (member, answer) in enumerate(found):
        moment = datetime(2021, 3, 1, tzinfo=UTC) + timedelta(hours=rank)
        expected[member] = (answer, "")
        text = f"{SENTENCES[answer]}\nQuestion {rank} ?"
        paths.append(put(home / "f", str(rank), mail(member, text, moment)))
    chance.shuffle(paths)
    stop = data.draw(st.integers(1, 2 * len(paths)))
    counter, whole = itertools.count(1), replies.keep_replies

    def killed(*given):
        if next(counter) == stop:
            raise KeyboardInterrupt
        whole(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replies, "keep_replies", killed)
        for _ in range(3):
            try:
                read_replies(reading, paths)
            except KeyboardInterrupt:
                chance.shuffle(paths)
    assert said(reading) == expected
    assert sorted(asked(reading)) == sorted(f"Question {rank} ?" for rank in range(len(found)))
    kept = json.loads((project.committee / "2021-03-16.reponses.json").read_bytes())
    assert len(kept["reponses"]) == len(kept["lues"]) == len(found)


def test_a_question_is_answered_by_the_figure_that_it_names(project, reference):
    """A figures file as reports write it: the label's words are all in the question, or none is."""
    items = [
        {
            "titre": "t",
            "minutes": 5,
            "documents": ["evry/10_satisfaction", "palaiseau/10_satisfaction"],
        }
    ]
    meeting = make_meeting(campagne="2020-11", ordre_du_jour=items)
    head = "section;indicateur;libelle;groupe;n;effectif;valeur;bas;haut;unite;decimales;verdict\n"
    line = "service;attente;Temps d’attente;satisfaits;200;150;0,75;0,7;0,8;part;0;\n"
    for site in ("evry", "palaiseau"):
        folder = project.report_folder("2020-11", site)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "10_satisfaction.chiffres.csv").write_text(head + line, "utf-8-sig")

    def of(text):
        question = MemberQuestion(recue_le=date(2021, 3, 1), de="x", texte=text)
        return with_figure(project, reference, meeting, question)

    (figure,) = of("À Évry, que pensent les usagers du temps d’attente ?").chiffres
    assert (figure.document, figure.indicateur) == ("evry/10_satisfaction", "attente")
    assert of("Le temps d’attente baisse-t-il ?").chiffres == ()  # of which site?
    assert of("Le temps d’attente baisse-t-il ?").sujet == "Temps d’attente"
    assert of("Quand ouvre l’accueil d’Évry ?").chiffres == ()


def test_the_command_reads_and_says_what_is_to_be_seen(project, reference, tmp_path, capsys):
    project.committee.mkdir(parents=True, exist_ok=True)
    (project.committee / "2021-03-16.yml").write_text(
        'date: 2021-03-16\nheure: "14:30"\nlieu: x\nfictif: oui\nsites: [evry]\n', "utf-8"
    )
    content = ["fictif: oui", "conserver_jusqu_au: 2099-12-31", "membres:"]
    member = make_member("b").model_dump(mode="json", exclude_none=True)
    content += [f"- {json.dumps(member | {'echange_adresse': 'oui'})}"]
    (project.committee / "membres.yml").write_text("\n".join(content), "utf-8")
    put(tmp_path / "f", "1", mail("b", SAID))
    put(tmp_path / "f", "2", mail("x", SAID))
    words = ("clu", "reponses", str(tmp_path / "f"), "--reunion", "2021-03", "--jour", "2021-03-02")
    assert main(["--racine", str(project.root), *words]) == 0
    told = capsys.readouterr()
    assert "Vient" in told.out
    assert "1 réponse(s) et 1 question(s)" in told.out
    assert "2.eml : expéditeur inconnu" in told.err
    assert meetings(project, reference)[0].questions[0].texte == "Le guichet ouvre-t-il à midi ?"
