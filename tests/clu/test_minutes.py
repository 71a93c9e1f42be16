"""Minutes out, filled in, and back: agreements as the meeting's file would have had them typed."""

from datetime import date

import docx
import openpyxl
import pytest

from qpref.cli import main
from qpref.clu.facts import meetings
from qpref.errors import StorageError, UnreadableFileError
from qpref.example.members import members_file
from qpref.quality.agreements import Known, follow_up
from qpref.reference.loading import read
from qpref.reference.meeting import Meeting, Minutes
from tests.clu import writer
from tests.clu.conftest import make_meeting
from tests.clu.test_replies import mail, put
from tests.conftest import ROOT

FIRST = ROOT / "data" / "clu" / "2020-10-16.yml"
# The facts of the minutes of October 2020, as a secretary would type them in the table.
TYPED = {
    "supports": "Envoi des supports avant la réunion suivante",
    "visites": "1 visite",
    "usagers-evry": "200 réponses à Évry, campagne 2020-11",
    "adresses": "Les membres échangent leurs adresses",
    "reunion-annuelle": "Une réunion par an",
}
BARE = "date: 2020-10-16\nheure: 10h\nlieu: préfecture\nfictif: non\nsites: [evry]\n"


def call(project, *words):
    return main(["--racine", str(project.root), "clu", *map(str, words)])


@pytest.fixture
def ready(project):
    """A project whose first meeting has no agreement yet."""
    project.committee.mkdir(parents=True, exist_ok=True)
    (project.committee / FIRST.name).write_text(
        BARE + "ordre_du_jour: [{titre: Résultats, minutes: 20}]\n", "utf-8"
    )
    (project.committee / "membres.yml").write_bytes(members_file())
    return project


def expected():
    return {one.id: one for one in read(Meeting, FIRST).accords}


def fill(path, rows, *, following="le 16 mars 2021, préfecture"):
    """Fill in a document as a person does, in its own cells and lines."""
    book = docx.Document(str(path))
    for paragraph in book.paragraphs:
        if paragraph.text.startswith("Échanges"):
            paragraph.text = "Échanges : Mme Imaginaire demande plus de réponses."
        if paragraph.text.startswith("Date et lieu"):
            paragraph.text = f"Date et lieu : {following}"
    table = book.tables[-1]
    for _ in rows[len(table.rows) - 1 :]:
        table.add_row()
    for cells, row in zip(table.rows[1:], rows, strict=False):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    book.save(str(path))


def rows():
    return [
        (
            one.accord,
            one.responsable,
            f"{one.echeance:%d/%m/%Y}" if one.echeance else "",
            TYPED[key],
        )
        for key, one in expected().items()
    ]


def out(project):
    assert call(project, "compte-rendu", "--reunion", "2020-10", "--jour", "2020-10-15") == 0
    return project.packs / "2020-10-16" / "compte-rendu.docx"


def same(found):
    """Whether agreements read back are those that were typed in the repository's file."""
    wanted = [*expected().values()]
    said = [(one.accord, one.responsable, one.echeance, one.preuve) for one in found]
    assert said == [(one.accord, one.responsable, one.echeance, one.preuve) for one in wanted]


def test_the_minutes_of_october_2020_come_back_as_agreements(ready, reference, capsys):
    path = out(ready)
    fill(
        path, [*rows(), ("Mesurer l’attente", "", "", ""), ("Revoir", "préfecture", "bientôt", "")]
    )
    assert call(ready, "compte-rendu", path, "--reunion", "2020-10") == 0
    told = capsys.readouterr()
    same(meetings(ready, reference)[0].accords)
    assert "nouvelle-reunion 2021-03-16" in told.out
    assert "sans responsable" in told.err
    assert "bientôt" in told.err
    kept = read(Minutes, ready.committee / "2020-10-16.compte-rendu.yml")
    assert len(kept.a_voir) == 2
    assert kept.prochaine == date(2021, 3, 16)
    assert [point.titre for point in kept.points] == ["Résultats"]
    assert "Imaginaire" not in kept.model_dump_json()
    assert call(ready, "compte-rendu", path, "--reunion", "2020-10") == 0  # again: the same
    same(meetings(ready, reference)[0].accords)


def test_what_a_person_changed_is_never_replaced(ready, capsys):
    path = out(ready)
    fill(path, rows())
    mine = path.read_bytes()
    assert call(ready, "compte-rendu", "--reunion", "2020-10") == 0
    assert path.read_bytes() == mine
    assert path.with_name("compte-rendu-2.docx").exists()
    assert call(ready, "compte-rendu", path, "--reunion", "2020-10") == 0
    told = ready.committee / "2020-10-16.compte-rendu.yml"
    told.write_text(told.read_text("utf-8") + "# relu\n", "utf-8")
    code = call(ready, "compte-rendu", path, "--reunion", "2020-10")
    assert code == StorageError.exit_code
    assert told.read_text("utf-8").endswith("# relu\n")
    assert "changé par quelqu’un" in capsys.readouterr().err


def test_visits_come_back(ready, reference, capsys):
    """Planned before, made since; what is not understood is set aside."""
    path = ready.committee / FIRST.name
    planned = "visites:\n  - {date: 2020-10-15, service: Accueil, etat: prevue}\n"
    path.write_text(path.read_text("utf-8") + planned, "utf-8")
    document = out(ready)
    book = docx.Document(str(document))
    table = book.tables[1]
    assert [cell.text for cell in table.rows[1].cells][0::2] == ["Accueil", "prévue"]
    rows = [("Accueil", "15/10/2020", "faite"), ("Étrangers", "15 octobre 2020", ""),
            ("Standard", "12/01/2099", ""), ("Caisse", "bientôt", "faite")]  # fmt: skip
    for _ in rows[len(table.rows) - 1 :]:
        table.add_row()
    for cells, row in zip(table.rows[1:], rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    agreed = ("Visiter", "préfecture", "", "2 visites")
    for cell, text in zip(book.tables[-1].rows[1].cells, agreed, strict=True):
        cell.text = text
    book.save(str(document))
    assert call(ready, "compte-rendu", document, "--reunion", "2020-10") == 0
    assert "visite non comprise (Caisse | bientôt | faite)" in capsys.readouterr().err
    first = meetings(ready, reference)[0]
    assert {one.service: one.etat for one in first.visites} == {
        "Accueil": "faite", "Étrangers": "faite", "Standard": "prevue",
    }  # fmt: skip


def test_a_visit_that_two_meetings_tell_is_one():
    """Made in January, told in March and reported in September: one of the two promised."""
    proof = {"type": "visites", "minimum": 2}
    promise = {"id": "v", "accord": "Visiter", "responsable": "r", "certitude": "vu", "source": "s"}
    visit = {"date": date(2021, 1, 12), "service": "Accueil"}
    held = [
        make_meeting(date(2020, 10, 16), accords=[promise | {"preuve": proof}]),
        make_meeting(date(2021, 3, 16), visites=[visit | {"etat": "faite"}]),
        make_meeting(date(2021, 9, 14), visites=[visit | {"etat": "rapportee"}]),
    ]
    (one,) = follow_up(Known(date(2021, 12, 1), held))
    assert one.evidence["visites"] == 1


def test_a_workbook_says_the_same(ready, reference, tmp_path):
    book = openpyxl.Workbook()
    heads = ("Accord", "Responsable (rôle)", "Échéance", "Comment saura-t-on qu’il est tenu ?")
    for row in (("Compte rendu",), heads):
        book.active.append(row)
    for (agreed, owner, _, measure), one in zip(rows(), expected().values(), strict=True):
        book.active.append((agreed, owner, one.echeance, measure))
    book.save(tmp_path / "accords.xlsx")
    assert call(ready, "compte-rendu", tmp_path / "accords.xlsx", "--reunion", "2020-10") == 0
    same(meetings(ready, reference)[0].accords)


def test_a_document_that_is_no_minutes_is_refused(ready, tmp_path, capsys):
    docx.Document().save(str(tmp_path / "vide.docx"))
    (tmp_path / "faux.docx").write_bytes(b"PK")
    for name in ("vide.docx", "faux.docx", "absent.docx"):
        code = call(ready, "compte-rendu", tmp_path / name, "--reunion", "2020-10")
        assert code == UnreadableFileError.exit_code
    assert "rien de ce que demande" in capsys.readouterr().err
    (tmp_path / "cr.odt").write_bytes(b"PK")
    assert call(ready, "compte-rendu", tmp_path / "cr.odt", "--reunion", "2020-10") == code
    assert "en .docx" in capsys.readouterr().err


def test_what_a_member_answered_is_in_the_minutes(ready, tmp_path):
    put(tmp_path / "f", "1", mail("retraites", "Je viendrai."))
    assert (
        call(ready, "reponses", tmp_path / "f", "--reunion", "2020-10", "--jour", "2020-10-14") == 0
    )
    book = docx.Document(str(out(ready)))
    cells = [[cell.text for cell in row.cells] for row in book.tables[0].rows]
    assert ["Association de retraités (fictive)", "1", "Vient"] in cells


@pytest.mark.nuit
@pytest.mark.skipif(not writer.has_writer(), reason="LibreOffice Writer absent")
def test_minutes_filled_in_by_libreoffice_come_back(ready, reference, tmp_path, capsys):
    """Writer itself types in the document and saves it; lines not understood are set aside."""
    path, saved = out(ready), tmp_path / "lo" / "compte-rendu.docx"
    saved.parent.mkdir()
    typed = [*rows(), ("Mesurer l’attente", "", "", ""), ("Revoir", "préfecture", "bientôt", "")]
    lines = {
        "Échanges": "Mme Imaginaire demande plus de réponses.",
        "Date et lieu": "le 16 mars 2021, préfecture",
    }
    writer.fill(path, saved, typed, lines)
    assert call(ready, "compte-rendu", saved, "--reunion", "2020-10") == 0
    same(meetings(ready, reference)[0].accords)
    kept = read(Minutes, ready.committee / "2020-10-16.compte-rendu.yml")
    assert kept.prochaine == date(2021, 3, 16)
    assert [one.echanges for one in kept.points] == ["[nom] demande plus de réponses."]
    assert [one.partition(" (")[0] for one in kept.a_voir] == [
        "accord sans responsable", "échéance non comprise : bientôt",
    ]  # fmt: skip
    assert "bientôt" in capsys.readouterr().err
