"""A canary of each kind in each place, a purge killed at each of its operations, then a search.

The search is the test's own: it opens archives, messages, tables and compressed files, and knows
nothing of the register. What somebody wrote stays, and is named.
"""

import base64
import csv
import email.policy
import gzip
import html
import io
import json
import os
import platform
import random
import re
import signal
import sys
import zipfile
from datetime import date, datetime
from email.message import EmailMessage

import docx
import pandas as pd
import pytest

from qpref.cli import main
from qpref.clu import pack
from qpref.clu import purge as module
from qpref.clu.retention import overdue
from qpref.clu.traces import holds, told_apart
from qpref.reference import load_reference
from qpref.reference.members import load_members
from qpref.schema import TABLES
from qpref.store import Store, review, reviewed
from qpref.written import REPORT, Kind, put
from tests.conftest import NIGHT, copied, copy_project
from tests.forked import told_by

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(sys.platform == "win32", reason="processus fourchus, signaux"),
]
REMARK = "Merci pour la serinette, l’agent du guichet « trois » m’a rendu mon dossier <vite>"
VALUE = "demander à Serinard au premier étage"
COMMENT = "la personne Serinod au téléphone a été très aimable"
ADDRESSES = ("serin.un", "serin.deux", "serin.ailleurs", "serin.autre")
CANARIES = ("serinette", "serinard", "serinod", *(f"{name}@exemple.invalid" for name in ADDRESSES))
DAY, MEETING = "2021-04-01", date(2021, 3, 16)
CHANGED = re.compile(r"recu-change|annote|personne")  # files of somebody's: named, not removed
DEAD = 2**22 + 1  # no process has this number


# --- the search of the test ----------------------------------------------------------------------


def texts(content):
    """Yield what a file says, and what the files in it say."""
    yield content
    yield html.unescape(content.decode("utf-8", "replace")).encode()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from texts(archive.read(name))
    elif content[:2] == b"\x1f\x8b":
        yield from texts(gzip.decompress(content))
    elif content[:4] == b"PAR1":
        yield pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    elif b"base64" in content:
        for block in re.findall(rb"(?:^[A-Za-z0-9+/=]{20,}\r?\n)+", content, re.MULTILINE):
            yield from texts(base64.b64decode(re.sub(rb"\s", b"", block)))


def canaries_in(folder):
    """Return the canaries left in a folder, by file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            said = b"\n".join(texts(path.read_bytes())).decode("utf-8", "replace").casefold()
            if left := [canary for canary in CANARIES if canary in said]:
                found[path.relative_to(folder).as_posix()] = left
    return found


# --- the project, a canary in each place ----------------------------------------------------------


def notebook(text, source="1 + 1"):
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": text}}
    cell = {"cell_type": "code", "id": "a", "source": source, "execution_count": 1,
            "metadata": {}, "outputs": [output]}  # fmt: skip
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


def page(text):
    return f"<p>« {html.escape(text)} »</p>".encode()


def archive_of(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", f"<t>{html.escape(text)}</t>")
    return out.getvalue()


def document(text):
    out, made = io.BytesIO(), docx.Document()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def mail(name, *attached):
    message = EmailMessage(policy=email.policy.SMTP)
    message["To"], message["Bcc"] = f"{name}@exemple.invalid", "serin.deux@exemple.invalid"
    message.set_content("Bonjour")
    for content in attached:
        message.add_attachment(content, "text", "html", filename="p.html")
    return message.as_bytes()


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


MEMBERS = """fictif: non
conserver_jusqu_au: {until}
membres:
  - {{id: m1, organisation: A, categorie: elus,
     courriel: {one}@exemple.invalid, echange_adresse: non}}
  - {{id: m2, organisation: B, categorie: elus,
     courriel: {two}@exemple.invalid, echange_adresse: non}}
"""


def received(folder, example):
    """Write a received file with a remark, and a value that is refused."""
    (source,) = (example / "2020-11").glob("results-survey*.csv")
    text = source.read_text(encoding="utf-8-sig")
    kept = [*csv.reader(io.StringIO(text, newline=""), delimiter=";")][:12]
    place, refused = (
        next(i for i, head in enumerate(kept[0]) if head.startswith(code))
        for code in ("G07Q02", "G07Q01")
    )
    for row in kept[1:]:
        row[place] = ""
    kept[3][place], kept[5][refused] = REMARK, VALUE
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(kept)
    return write(folder / "recu.csv", out.getvalue().encode("utf-8-sig"))


def import_files(project, example):
    """Import, by the command, what was received in the project, beside it and elsewhere."""
    path = received(project.received / "novembre", example)
    words = ("--racine", str(project.root), "importer")
    assert main([*words, str(path), "--campagne", "2020-11"]) in (0, 11)
    write(project.received / "recu-change.csv", path.read_bytes() + b"\r\n")
    mystery = next((example / "2020-11").glob("enquete_mystere*.xlsx"))
    assert main([*words, str(mystery), "--campagne", "2020-11"]) == 0
    for part in project.clean.glob("contacts_mysteres/campagne=2020-11/site=*/*"):
        rows = pd.read_parquet(part)
        rows.loc[rows.index[0], "commentaire_masque"] = COMMENT
        rows.to_parquet(part, index=False)
    rows = reviewed(project, "2020-11", ["evry", "etampes", "palaiseau"])
    (name,) = rows.loc[rows["texte_masque"].str.contains("erinette"), "identifiant"]
    review(project, "2020-11", [*rows["identifiant"]], approve=[name])
    assert main(["--racine", str(project.root), "quarantaine", "corriger",
                 "--campagne", "2020-11"]) == 0  # fmt: skip
    write(project.corrections / "2020-11.json", json.dumps({"a": [["", 1, 1, VALUE]]}).encode())
    (text,) = rows.loc[rows["identifiant"] == name, "texte_masque"]
    return text


def fill(project, example):
    """Put a canary of each kind in each place."""
    seen = import_files(project, example)
    report = project.reports / "2020-11" / "evry"
    put(project, {report / "10_satisfaction.html": page(seen),
                  report / "10_satisfaction.ipynb": notebook(page(seen).decode()),
                  report / "10_satisfaction.interactif.html": page(seen),
                  report / "10_satisfaction.pdf": b"%PDF un texte comprime",
                  report / "20_enquete_mystere.html": page("rien"),
                  report / "20_enquete_mystere.chiffres.xlsx": archive_of("")}, REPORT)  # fmt: skip
    failed = Kind("notebook d’un rapport en échec", campaign="2020-11")
    put(project, {report / "10_satisfaction.echec.ipynb": notebook(VALUE)}, failed)
    write(report / ".ipynb_checkpoints" / "10_satisfaction-checkpoint.ipynb", notebook(seen))
    write(project.root / "atelier" / "00_explorer.ipynb", notebook(seen))
    write(project.root / "atelier" / ".ipynb_checkpoints" / "a-checkpoint.ipynb", notebook(VALUE))
    write(project.notebooks / "local" / "70_a.ipynb", notebook(COMMENT))
    write(project.root / ".cache-personne" / "note.txt.gz", gzip.compress(REMARK.encode()))
    # What killed commands leave.
    left = f"{platform.node()}-{DEAD}-0a"
    write(project.quarantine / "2020-11" / f".recu.{left}.en-cours", VALUE.encode())
    write(project.reports / f".en-cours-{left}" / "execute.ipynb", notebook(seen))
    write(project.packs / f".{MEETING}.en-cours-{DEAD}" / "invitation.eml", mail("serin.un"))
    # A list that somebody annotated; files of somebody's that quote.
    (listed,) = (project.quarantine / "2020-11").glob("recu*.csv")
    listed.write_bytes(listed.read_bytes() + b"annote par le guichet")
    write(report / "annote.docx", document(seen))
    fill_committee(project, seen)


def fill_committee(project, seen):
    """Write the members, a pack made for them, one made for members who are elsewhere."""
    text = MEMBERS.format(until="2021-02-28", one="serin.un", two="serin.deux")
    write(project.committee / "membres.yml", text.encode())
    until = load_members(project.committee / "membres.yml").conserver_jusqu_au
    for day, name in ((MEETING, "serin.un"), (date(2021, 1, 12), "serin.ailleurs")):
        files = {"invitation.eml": mail(name, page(seen)), "clu_evry.html": page(seen),
                 "clu_evry.pdf": b"%PDF", "diaporama.pptx": archive_of(seen),
                 "dossier.json": b'{"fichiers": {}}'}  # fmt: skip
        folder = project.packs / day.isoformat()
        last = until if name == "serin.un" else date(2021, 1, 31)
        pack._note(project, folder, files, last)
        pack._replace(project, folder, files)
        write(folder / "mien.eml", mail("serin.autre"))
    write(
        project.packs / str(MEETING) / "compte-rendu-personne.docx",
        document("serin.un@exemple.invalid"),
    )


@pytest.fixture(scope="module")
def ready(example, tmp_path_factory):
    """A project that holds a canary of each kind, and whose retention is over."""
    project = copy_project(tmp_path_factory.mktemp("canaris") / "projet")
    path = project.reference / "campagnes.yml"
    text = path.read_text(encoding="utf-8")
    until = "    conserver_recus_jusqu_au: 2021-03-31\n"
    path.write_text(text.replace("  - id: 2020-11\n", f"  - id: 2020-11\n{until}"), "utf-8")
    fill(project, example)
    return project


def purge(project, *words):
    return main(["--racine", str(project.root), "purger", "--jour", DAY, *words])


def unnamed(project, said):
    """Return the files that hold a canary and that were not named; those of somebody's apart."""
    left = canaries_in(project.root)
    assert {name for name in left if not CHANGED.search(name)} == set()
    return {name for name in left if f"{name} : " not in said}


# --- what is promised ----------------------------------------------------------------------------


def test_the_canaries_are_there_and_a_plan_changes_nothing(ready, capsys):
    """Every kind in every place; the attack can see what it must not see afterwards."""
    before = canaries_in(ready.root)
    assert {one for found in before.values() for one in found} == set(CANARIES)
    assert len(before) >= 25
    assert purge(ready, "--plan") == 0
    assert canaries_in(ready.root) == before
    said = capsys.readouterr()
    for name in before:
        is_a_draft_of_a_killed_command = ".en-cours" in name
        assert f"{name} : " in said.out + said.err or is_a_draft_of_a_killed_command, name


def test_nothing_is_left_but_what_somebody_wrote_and_it_is_named(ready, tmp_path, capsys):
    project = copied(ready, tmp_path)
    before = {table: rows_of(project, table) for table in TABLES}
    assert purge(project) == 0
    said = capsys.readouterr()

    assert not unnamed(project, said.err)
    report = project.reports / "2020-11" / "evry"
    assert sorted(path.name for path in report.glob("*.*")) == [
        ".ipynb_checkpoints", "20_enquete_mystere.chiffres.xlsx", "20_enquete_mystere.html",
        "annote.docx",
    ]  # fmt: skip
    own = json.loads((project.notebooks / "local" / "70_a.ipynb").read_bytes())
    assert own["cells"][0]["source"] == "1 + 1"
    for table, rows in before.items():  # counts stay: only texts went
        free = [name for name, column in TABLES[table].columns.items() if column.is_free]
        now = rows_of(project, table)
        pd.testing.assert_frame_equal(rows.drop(columns=free), now.drop(columns=free))
        assert not any(now[name].fillna("").ne("").any() for name in free)
    assert purge(project) == 0
    assert "supprimé(s)" not in capsys.readouterr().out.replace("0 fichier(s) supprimé(s)", "")


def rows_of(project, table):
    store = Store(project)
    sites = ["evry", "etampes", "palaiseau", "_"]
    return pd.concat([store.read(table, "2020-11", site) for site in sites], ignore_index=True)


def said_by(project, name):
    """Return where a purge that was killed wrote what it said."""
    return project.root.with_name(f"dit.{name}")


def killed(project, at):
    """Purge in a process killed before its n-th operation; return how many there were, or None."""

    def purged():
        count = 0

        def step():
            nonlocal count
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

        names = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}
        sync = os.fsync

        def fsync(handle):
            sync(handle)
            step()

        os.fsync = fsync
        sys.dont_write_bytecode = True  # a module compiled once would be an operation too many
        sys.stdout, sys.stderr = (
            open(said_by(project, name), "w", buffering=1, encoding="utf-8")  # noqa: PTH123, SIM115
            for name in ("out", "err")
        )

        def hook(event, arguments):
            if event not in names:
                return
            # Reading changes nothing: a kill before it is the kill after what came before.
            if event != "open" or (isinstance(arguments[2], int) and arguments[2] & 3):
                step()

        sys.addaudithook(hook)
        code = purge(project)
        return [code, count]

    return told_by(purged)


def test_a_kill_at_each_operation_leaves_nothing_after_the_next_run(ready, tmp_path, capsys):
    """Each operation at night, some of them a day; the whole command again, then the search."""
    code, count = killed(copied(ready, tmp_path / "entier"), 0)
    assert code == 0
    draw = random.Random(23)  # noqa: S311 - repeatable
    moments = range(1, count + 1)
    for at in moments if NIGHT else sorted(draw.sample(moments, 2)):
        project = copied(ready, tmp_path / str(at))
        assert killed(project, at) is None
        capsys.readouterr()
        assert purge(project) == 0
        first = said_by(project, "err").read_text(encoding="utf-8")
        assert not unnamed(project, first + capsys.readouterr().err), at
    sys.stdout.write(f"{count} operations\n")


def test_what_killed_commands_left_in_the_system_s_place_goes(project, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "systeme"))
    left = write(tmp_path / "systeme" / f"qpref-{DEAD}-x" / "page.html", page(REMARK))
    own = write(tmp_path / "systeme" / f"qpref-{os.getpid()}-x" / "page.html", page(REMARK))
    other = write(tmp_path / "systeme" / "qpref-1a-x" / "page.html", page(REMARK))
    assert purge(project) == 0

    assert (left.exists(), own.exists(), other.exists()) == (False, True, True)


def test_a_file_that_took_the_name_of_one_to_remove_is_kept(ready, tmp_path):
    """Killed once all is written down; then new members come, and the campaign is kept longer."""
    project = copied(ready, tmp_path)
    found = overdue(project, load_reference(project.reference), date.fromisoformat(DAY))

    def stop(_):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_do", stop)
        with pytest.raises(KeyboardInterrupt):
            module.purge(project, found, datetime(2021, 4, 1).astimezone(), lambda _: None)
    text = MEMBERS.format(until="2099-12-31", one="nouveau", two="autre")
    path = write(project.committee / "membres.yml", text.encode())
    assert purge(project) == 0
    assert path.read_text(encoding="utf-8") == text
    assert not [*project.packs.rglob("*.eml")]


@pytest.mark.parametrize(
    "content",
    [REMARK.encode(), REMARK.encode("cp1252"), REMARK.encode("utf-16"), page(REMARK),
     json.dumps({"a": REMARK}).encode(), archive_of(REMARK), gzip.compress(page(REMARK)),
     mail("a", page(REMARK)), document(REMARK), notebook(page(REMARK).decode()),
     f"a < b ; {REMARK} ; c > d".encode(),
     REMARK.replace(" ", "\u202f").replace("’", "'").encode()],
)  # fmt: skip
def test_a_text_is_found_however_a_file_keeps_it(tmp_path, content):
    path = write(tmp_path / "a", content)

    assert holds(path, told_apart([REMARK]))
    assert not holds(path, told_apart([COMMENT]))
    assert told_apart(["RAS", "Rien à dire"]) == set()
