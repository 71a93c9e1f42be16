"""Inputs drawn against every reader: it gives a result or a French sentence, and loses no row.

In each run of the tests, a few hundred by hypothesis (`test_inputs.py`); a million in a night,
guided by what the code covers (`night.py`).
"""

import contextlib
import io
import os
import re
import signal
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

from qpref.batch.provenance import Provenance, read_provenance
from qpref.clu.questions import read_form
from qpref.errors import QprefError
from qpref.intake import Reception, receive, workbooks
from qpref.intake.biff import error_cells
from qpref.intake.files import read_file
from qpref.intake.inspection import envelope
from qpref.intake.lost import archive_marks
from qpref.intake.lss import read_lss
from qpref.intake.records import SEPARATORS
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.intake.text import decode, read_text
from qpref.project import Project, events
from qpref.reference import load_reference
from qpref.reference.actions import ActionPlan
from qpref.reference.committee import Committee
from qpref.reference.grid import MysteryGrid
from qpref.reference.labelling import Labelling
from qpref.reference.loading import parse, read_yaml
from qpref.reference.meeting import Meeting, Questions
from qpref.reference.members import Members, Relay
from qpref.reference.questionnaire import Questionnaire
from qpref.reference.sites import Sites
from qpref.reference.standard import Standard
from qpref.reference.surveys import Campaigns
from qpref.store import Store, load_corrections, read_corrections, review_path, reviewed
from qpref.store.corrections import COLUMNS
from qpref.told import listening

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).with_name("corpus")
SECONDS, WAITED = 10, 60  # of computing, then in all, that no input may take
_FAST = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())  # noqa: S108


@dataclass(frozen=True)
class Target:
    """One reader: what is drawn from, and one run of it, which raises only what is a fault."""

    name: str
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes], object]

    def corpus(self) -> list[bytes]:
        """Return the inputs that were faults, each kept as a file."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*.txt"))]

    def attack(self, data: bytes) -> None:
        """Run once; an error that is no sentence, or more than ten seconds, is a fault."""
        with _in_time():
            try:
                self.run(data)
            except QprefError as error:
                check_sentence(str(error))


def check_sentence(text: str) -> None:
    """A sentence is short, and shows nothing of Python."""
    assert len(text) < 3_000, text[:300]
    assert "Traceback" not in text
    assert "object at 0x" not in text


@contextlib.contextmanager
def _in_time():
    def late(*_):
        raise TimeoutError

    before = [signal.signal(kind, late) for kind in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of computing: a busy machine is no fault
    signal.alarm(WAITED)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for kind, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(kind, handler)


@cache
def _folder():
    return Path(tempfile.mkdtemp(prefix="qpref-", dir=_FAST))


def _written(name, data):
    path = _folder() / f"{os.getpid()}-{name}"
    path.write_bytes(data)
    return path


@cache
def _reference():
    return load_reference(ROOT / "data" / "reference")


@cache
def _setting():
    reference = _reference()
    return Reception(reference, reference.campaign("2020-11"), "evry")


# Text


def _csv_seeds():
    rows = "id;submitdate;startdate;G01Q01;G07Q01\r\n1;2020-11-17 10:00:00;;Évry;Très satisfait\r\n"
    quoted = 'a,"b\nc","d""e"\n1,2,3\n'
    return [
        rows.encode("cp1252"), rows.encode(), rows.encode("utf-16"), rows.encode("mac_roman"),
        rows.encode().decode("cp1252").encode(), quoted.encode(), b"\xef\xbb\xbfa\tb\r1\t2\r",
    ]  # fmt: skip


_SHOWN_EMPTY = re.compile(r'="\s*"')  # how a spreadsheet is made to show nothing


def _text(data):
    sheet, _, separator, _ = read_text("a.csv", data)
    assert separator in SEPARATORS
    kept = sum(len(cell.split()) for row in sheet.rows for cell in row.cells)
    left = _SHOWN_EMPTY.sub("", decode(data).text).replace(separator, "").replace('"', "")
    assert kept or not left.split()


# Received files, as far as the tables: a line for a line


def _received_seeds():
    everything = _reference().questionnaires["satisfaction-1"].questions
    questions = [question for question in everything if not question.options]
    heads = ";".join(["id", "submitdate", "startdate", *(q.limesurvey or q.id for q in questions)])
    row = ";".join(["1", "2020-11-17 10:00:00", "2020-11-17 09:50:00", *["Très satisfait"] * 5])
    keyed = ";".join(q.texte for q in questions) + "\n" + ";".join(["Oui"] * len(questions)) + "\n"
    visits = "Site;Date;Demi-journée;Guichet;Passages\nÉvry;16/11/2020;Matin;Titres;40\n"
    refusals = (
        "Site;Date;Demi-journée;Abordés;Refus;Inéligibles;Partiels;Complets\n"
        "Évry;16/11/2020;Matin;10;2;1;1;6\n"
    )
    return [text.encode() for text in (f"{heads}\n{row}\n", keyed, visits, refusals)]


def _received(data):
    path = _written("a.csv", data)
    with contextlib.suppress(QprefError):
        envelope(read_file(path))
    outcome = receive(_setting(), path)
    counts = outcome.counts
    assert counts.read == counts.kept + counts.set_aside + counts.quarantined


# The same, from typed cells of sheets: what a workbook gives once it is read


def _sheets_seeds():
    grid = _reference().grid
    names = {c.id: [grid.colonnes[key][0] for key in grid.colonnes] for c in grid.canaux}
    judged = [criterion for criterion in grid.criteres if criterion.entetes]
    asked = {c.id: [k.entetes[0] for k in judged if c.id in k.canaux] for c in grid.canaux}
    days = "@2020-11-17T10:00"
    seeds = [
        "\n".join(
            (sheet, ";".join(names[channel] + asked[channel]), ";".join(["1", "Évry", days] * 9))
        )
        for channel, sheet in (("appel", "Appels"), ("courriel", "Courriels"))
    ]
    keyed = [q.texte for q in _reference().questionnaires["satisfaction-1"].questions]
    seeds.append("\n".join(("Saisie", ";".join(keyed), ";".join(["#1", "Évry", days, "!"] * 8))))
    seeds.append("Corrections\n" + ";".join(COLUMNS) + "\na.csv;0;;#2;Date;#3;x;y;17/11/2020")
    return [seed.encode() for seed in seeds]


def _typed(cell):
    with contextlib.suppress(ValueError):
        if cell.startswith("#"):
            return float(cell[1:])
        if cell.startswith("@"):
            return datetime.fromisoformat(cell[1:])
    return cell == "!" or cell


def _cells(data):
    title, *lines = data.decode("utf-8", errors="replace").split("\n")
    rows = [[_typed(cell) for cell in line.split(";")] for line in lines]
    width = max(map(len, rows), default=0)
    padded = [
        ReceivedRow(place, [*cells, *[""] * (width - len(cells))])
        for place, cells in enumerate(rows, 1)
    ]
    file = ReceivedFile("a.xlsx", "0", [Sheet(title, [r for r in padded if any(r.cells)])])
    with patch("qpref.intake.read_file", lambda *_: file):
        for asked in (envelope, corrections_of):
            with contextlib.suppress(QprefError):
                asked(file)
        outcome = receive(_setting(), Path("a.xlsx"))
    counts = outcome.counts
    assert counts.read == counts.kept + counts.set_aside + counts.quarantined


def corrections_of(file):
    """Read as a workbook of corrections."""
    with patch("qpref.intake.files.read_file", lambda *_: file):
        read_corrections(Path("a.xlsx"))


# Workbooks


def _workbook_seeds():
    import xlsxwriter  # noqa: PLC0415

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Saisie")
    sheet.write_row(0, 0, ["Titre", "Date", 3.5, True])
    sheet.write_formula(1, 0, "=1+1")
    sheet.merge_range(2, 0, 2, 2, "Groupe")
    book.add_worksheet("Brouillon").hide()
    book.close()
    return [out.getvalue()]


def _archive(data):
    """What is checked before anything is laid out, without the other process."""
    archive = workbooks._checked_archive("a.xlsx", data)
    archive_marks(archive)


SAMPLES = ROOT / "tests" / "intake" / "echantillons"


def _document_seeds():
    """The content of workbooks saved by LibreOffice: merged headings, cells in error."""
    names = ("82_cellules_en_erreur.ods", "83_intitules_fusionnes.ods")
    return [zipfile.ZipFile(SAMPLES / name).read("content.xml") for name in names]


def _document(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("content.xml", data)
    for marks in archive_marks(zipfile.ZipFile(out)).values():
        assert all(text.startswith(("#", "Err:")) for text in marks.cells.values())


def _sheets(data):
    """The parts of a workbook, each changed inside a sound archive; then the compiled reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(_workbook_seeds()[0])) as source:
            names = source.namelist()
            parts = {name: source.read(name) for name in names}
    except zipfile.BadZipFile:
        return
    name = names[data[0] % len(names)] if data else names[0]
    parts[name] = data[1:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for entry, content in parts.items():
            target.writestr(entry, content)
    read_file(_written("a.xlsx", out.getvalue()))


def _sheet_seeds():
    with zipfile.ZipFile(io.BytesIO(_workbook_seeds()[0])) as source:
        return [bytes([rank]) + source.read(name) for rank, name in enumerate(source.namelist())]


def _old_seeds():
    return [(SAMPLES / "82_cellules_en_erreur.xls").read_bytes()]


def _compiled(suffix):
    def run(data):
        read_file(_written(f"a{suffix}", data))

    return run


def _sav_seeds():
    import pandas as pd  # noqa: PLC0415
    import pyreadstat  # noqa: PLC0415

    path = _folder() / "graine.sav"
    frame = pd.DataFrame({"q": [1.0, 2.0], "texte": ["a", "é"]})
    pyreadstat.write_sav(frame, path, variable_value_labels={"q": {1.0: "Oui", 2.0: "Non"}})
    return [path.read_bytes()]


# Structures and written forms


def _lss_seeds():
    return [
        b'<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey'
        b"</LimeSurveyDocType><questions><rows><row><qid>1</qid><gid>2</gid><type>L</type>"
        b"<title>Q1</title><question>Avis &amp; note</question><parent_qid>0</parent_qid>"
        b"<question_order>1</question_order></row></rows></questions><answers><rows><row>"
        b"<qid>1</qid><code>A1</code><answer>Oui</answer><sortorder>1</sortorder></row></rows>"
        b"</answers></document>"
    ]


def _form(suffix):
    return lambda data: read_form(_written(f"reponse{suffix}", data), date(2021, 3, 1))


def _mail_seeds():
    form = "Au nom de : une association\nDocument concerné : l’accueil\nMa question : Quand ?\n"
    head = "From: =?utf-8?b?w4k=?= <a@exemple.invalid>\nSubject: =?utf-8?q?R=C3=A9ponse?=\n"
    plain = f"{head}Content-Type: text/plain; charset=utf-8\n\n{form}"
    multi = (
        f'{head}Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/html;'
        f' charset="iso-8859-1"\nContent-Transfer-Encoding: base64\n\nPHA+w6k8L3A+\n--b--\n'
    )
    return [plain.encode(), multi.encode(), plain.encode("cp1252")]


# YAML and JSON


MODELS = {
    "sites": Sites, "campagnes": Campaigns, "clu": Committee, "referentiel": Standard,
    "mystere": MysteryGrid, "actions": ActionPlan, "labellisation": Labelling,
    "questionnaire": Questionnaire, "reunion": Meeting, "questions": Questions,
    "membres": Members, "relais": Relay,
}  # fmt: skip


def _yaml_seeds():
    own = [*(ROOT / "data" / "reference").rglob("*.yml"), *(ROOT / "data" / "clu").glob("*.yml")]
    return [
        b"membres:\n  - id: a\n    nom: A\n    courriel: a@exemple.invalid\n",
        b"serveur: relais\nport: 587\nexpediteur: a@exemple.invalid\n",
        b"a: &x [1, 2.5, 2020-11-16, true, null, '\\u00e9']\nb: *x\n? c\n: |\n  d\n",
        *(path.read_bytes()[:1500] for path in own),
    ]


def _yaml(data):
    path = _written("a.yml", data)
    content = read_yaml(path)
    for model in MODELS.values():
        with contextlib.suppress(QprefError):
            parse(model, content)


@cache
def _project():
    return Project(_folder() / f"projet-{os.getpid()}")


def _json_seeds():
    facts = Provenance(
        notebook="n", notebook_sha256="0", parametres={"site": "evry"}, qpref="0", python="3",
        reference="0", produit_le="2021-01-05T09:00:00+01:00", fichiers=(), cle="0",
    )  # fmt: skip
    return [
        facts.model_dump_json().encode(), b'["a1b2c3d4"]', b'{"0": [["", 2, 3, "Oui"]]}',
        b'{"membre": "a", "etat": "accepte", "moment": "2021-03-01T09:00:00+01:00"}\n',
        b'{"imports": [{"fichier": "a.csv", "parts": {"items": {"evry": "x.parquet"}}}]}',
    ]  # fmt: skip


def _json(data):
    project, name = _project(), "2020-11"
    for path, read in (
        (project.corrections / f"{name}.json", lambda _: load_corrections(project, name)),
        (review_path(project, name), lambda _: reviewed(project, name, ["evry"])),
        (Store(project).registry_file(name), lambda _: Store(project).imports(name)),
        (project.reports / "a.provenance.json", read_provenance),
        (project.reports / "journal.jsonl", events),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        with contextlib.suppress(QprefError), listening(lambda _: None):
            read(path)
        path.unlink()


TARGETS = {
    target.name: target
    for target in (
        Target("texte", _csv_seeds, _text),
        Target("reception", _received_seeds, _received),
        Target("cellules", _sheets_seeds, _cells),
        Target("archive", _workbook_seeds, _archive),
        Target("document", _document_seeds, _document),
        Target("biff", _old_seeds, error_cells),
        Target("feuilles", _sheet_seeds, _sheets),
        Target("xlsx", _workbook_seeds, _compiled(".xlsx")),
        Target("xls", lambda: [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)], _compiled(".xls")),
        Target("sav", _sav_seeds, _compiled(".sav")),
        Target("lss", _lss_seeds, lambda data: read_lss(_written("a.lss", data))),
        Target("formulaire", _mail_seeds, _form(".txt")),
        Target("courriel", _mail_seeds, _form(".eml")),
        Target("yaml", _yaml_seeds, _yaml),
        Target("json", _json_seeds, _json),
    )
}
