"""Whatever any stored field holds, every command prints it and no more.

The fields are those that the files of a project hold, found in the files themselves: a key or a
column that is added is tried without a word here. A field that may hold any text holds a spoilt
one while every command is run; one that may not is refused by a sentence, which is as harmless.
"""

import contextlib
import csv
import io
import itertools
import json
import random
import subprocess
from collections import Counter
from contextlib import suppress

import docx
import pandas as pd
import pytest

from qpref.batch.bench import PARTS, Bench
from qpref.batch.provenance import Provenance
from qpref.cli import main
from qpref.clu import pack
from qpref.clu.facts import meetings
from qpref.errors import QprefError
from qpref.example.members import members_file
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.loading import Content, parse
from qpref.reference.members import load_members, load_relay
from qpref.reference.schemas import FILES
from qpref.schema import TABLES
from qpref.wording.text import slug
from tests.conftest import NIGHT, ROOT, copied, few_by_day
from tests.functional.test_terminal import ACTING, CODE_PAGES, SPOILT, Stream, every_command
from tests.quick import dumped, loaded

pytestmark = pytest.mark.lent
MARK = "[le site]"  # of SPOILT, which rich would drop without a word
SEEN = Counter()


# --- the fields of a project's files -------------------------------------------------------------


def leaves(value, path=()):
    """Yield the path of each text of a structure, lists and their ranks alike."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, (*path, "*"))
    elif isinstance(value, str):
        yield path


def spoilt(value, wanted, path=()):
    """Return a structure of which the texts at some paths are spoilt."""
    if isinstance(value, dict):
        return {key: spoilt(one, wanted, (*path, key)) for key, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, wanted, (*path, "*")) for one in value]
    return value + SPOILT if isinstance(value, str) and path in wanted else value


def read(path):
    if path.suffix == ".yml":
        return loaded(path.read_bytes())
    return json.loads(path.read_bytes())


def write(path, value):
    path.write_text(dumped(value) if path.suffix == ".yml" else json.dumps(value), encoding="utf-8")


def is_read(project):
    """Whether all that people write in a project may still be read."""
    try:
        reference = load_reference(project.reference)
        meetings(project, reference)
        load_members(project.committee / "membres.yml")
        load_relay(project.committee / "envoi.yml")
    except QprefError:
        return False
    return True


def printed(project, *words):
    """Return the code of a command; what it prints is to be looked at."""
    return main(["--racine", str(project.root), *map(str, words)])


def harmless(text):
    assert not ACTING & {*text}, sorted(ACTING & {*text})
    return text


# --- a project that holds some of everything ------------------------------------------------------


RELAY = "serveur: smtp.exemple.invalid\nexpediteur: qualite@exemple.invalid\n"
QUESTIONS = 'questions:\n- {recue_le: 2021-03-01, de: "une commune", texte: "Quels horaires ?"}\n'


def provenance(project):
    """Put a page as if it was made once, and what it was made from."""
    report = project.report_folder("2020-11", "evry")
    facts = Provenance(
        notebook="10_satisfaction", notebook_sha256="", parametres={}, qpref="0", python="3",
        reference="", produit_le="2021-01-05T09:00:00", fichiers=(), cle="", titre="Titre",
    )  # fmt: skip
    report.mkdir(parents=True)
    (report / "10_satisfaction.provenance.json").write_text(facts.model_dump_json(), "utf-8")
    (report / "10_satisfaction.html").write_text("<p>page</p>", "utf-8")
    (report / "10_satisfaction.chiffres.csv").write_text("", "utf-8")


@pytest.fixture(scope="module")
def ready(last_only, tmp_path_factory):
    project = copied(last_only, tmp_path_factory.mktemp("champs"))
    for path in sorted((ROOT / "data" / "clu").glob("*.yml")):
        project.committee.mkdir(exist_ok=True)
        (project.committee / path.name).write_bytes(path.read_bytes())
    (project.committee / "membres.yml").write_bytes(members_file())
    (project.committee / "envoi.yml").write_text(RELAY, "utf-8")
    (project.committee / "2021-03-16.questions.yml").write_text(QUESTIONS, "utf-8")
    provenance(project)
    return project


def kind_of_file(path):
    if path.parent.name == "questionnaire" or path.stem in FILES:
        return path.stem if path.stem in FILES else "questionnaire"
    return "questions" if path.name.endswith(".questions.yml") else "reunion"


def accepted(path, value, fields):
    """Return the fields of a file that may hold any text, by the file alone."""
    model = FILES[kind_of_file(path)].model
    found = []
    for field in fields:
        with suppress(QprefError):
            parse(model, Content(path, spoilt(value, {field})))
            found.append(field)
    return found


def is_alone_read(project, path, value, field):
    write(path, spoilt(value, {field}))
    return is_read(project)


def people_s_files(project):
    return [*sorted(project.reference.rglob("*.yml")), *sorted(project.committee.glob("*.yml"))]


@pytest.fixture(scope="module")
def spoilt_project(ready, tmp_path_factory):
    """A project of which every field that may hold any text is spoilt; those that may not."""
    project = copied(ready, tmp_path_factory.mktemp("abime"))
    refused = []
    assert is_read(project)
    for path in people_s_files(project):
        good = read(path)
        fields = [*dict.fromkeys(leaves(good))]
        free = accepted(path, good, fields)
        write(path, spoilt(good, {*free}))
        if not is_read(project):  # another file rests on one of them
            free = [one for one in free if is_alone_read(project, path, good, one)]
            write(path, spoilt(good, {*free}))
            assert is_read(project)
        SEEN["fields"] += len(free)
        refused += [(path.relative_to(project.root), one) for one in fields if one not in free]
    for path in (*project.clean.rglob("*.json"), *project.reports.rglob("*.json")):
        value = read(path)
        names = {"fichier", "feuille", "titre", "avertissements", "colonnes_ignorees", "encodage",
                 "colonnes_personnelles", "feuilles_non_lues", "separateur", "noms"}  # fmt: skip
        write(path, spoilt(value, {field for field in leaves(value) if names & {*field}}))
    for path in project.clean.rglob("*.parquet"):
        spoil_part(path)
    return project, refused


def spoil_part(path):
    """Spoil each column of a table that may hold any text."""
    columns = TABLES[path.parents[2].name].columns
    rows = pd.read_parquet(path)
    for name, column in columns.items():
        is_any = column.is_free or name in {"source_fichier", "source_feuille", "fichier",
                                            "feuille", "colonne", "evaluateur"}  # fmt: skip
        if is_any and name in rows:
            rows[name] = [text if pd.isna(text) else f"{text}{SPOILT}" for text in rows[name]]
            SEEN["columns"] += 1
    rows.to_parquet(path, index=False)


# --- every command --------------------------------------------------------------------------------


def received(folder):
    """A received file whose headings and answers are spoilt."""
    source = folder / "recu.csv"
    out = io.StringIO()
    csv.writer(out).writerows(
        [["id", f"Question {SPOILT} ?", "Remarques"], *[["1", SPOILT, f"a {SPOILT} b"]] * 3]
    )
    source.write_text(out.getvalue(), "utf-8")
    return source


def saved(folder):
    """An archive that is none, under a name that is spoilt."""
    path = folder / f"a{SPOILT.strip()[:12]}.zip".replace("/", "")
    path.write_bytes(b"PK")
    return path


def replies(folder):
    path = folder / "reponse.eml"
    path.write_text(
        f"From: {SPOILT.strip()}\n\nJe viendrai, {SPOILT}.\n".replace("\r", ""), "utf-8"
    )
    return path


def minutes(folder):
    """Minutes whose cells are spoilt, as far as a document may hold such characters."""
    path, book = folder / "cr.docx", docx.Document()
    table = book.add_table(rows=0, cols=4)
    head = ("Accord", "Responsable (rôle)", "Échéance", "Comment saura-t-on qu’il est tenu ?")
    told = f"{MARK}[/red]\u202e"
    for row in (head, (told,) * 4, (told, told, "", told)):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    book.save(str(path))
    return path


def form(folder):
    path = folder / "retour.txt"
    text = f"Au nom de : {SPOILT.strip()} x\nMa question : pourquoi {SPOILT} ?\n"
    path.write_text(text, "utf-8")
    return path


CAMPAIGN = ("--campagne", "2020-11")
RUNS = {  # each command, once or more; a word that is called is given a folder
    "projet creer": [(lambda f: f / "neuf", "--departement", "Eure", "--prefecture",
                      f"Évreux{SPOILT}", "--campagne", "2026-11", "--oui")],
    "projet adapter": [("--etat",), ("10_satisfaction",)],
    "projet verifier": [(), ("--json",)],
    "projet reparer": [()],
    "projet sauvegarder": [("--vers", lambda f: f / f"s{SPOILT[:12]}.zip"),
                           ("--sans-personnelles", "--vers", lambda f: f / "n.zip")],
    "projet restaurer": [(saved, lambda f: f / "restaure")],
    "exemple": [("--vers", lambda f: f / "exemple")],
    "modele-saisie": [(*CAMPAIGN, "--site", "evry", "--vers", lambda f: f / "m.xlsx"), CAMPAIGN],
    "inspecter": [(received,), (received, "--json")],
    "importer": [(received, *CAMPAIGN, "--site", "evry"), (received, *CAMPAIGN, "--json")],
    "migrer": [()],
    "dictionnaire proposer": [(received,), (received, "--vers", lambda f: f / "q.yml")],
    "dictionnaire verifier": [(received, *CAMPAIGN)],
    "questionnaire relire": [(), ("--json",)],
    "questionnaire lss": [("--vers", lambda f: f / "q.lss")],
    "questionnaire papier": [(*CAMPAIGN, "--site", "evry", "--vers", lambda f: f)],
    "quarantaine lister": [CAMPAIGN, (*CAMPAIGN, "--json")],
    "quarantaine corriger": [CAMPAIGN],
    "quarantaine reintegrer": [(lambda f: f / "corrections.xlsx", *CAMPAIGN)],
    "plan-echantillon": [CAMPAIGN, (*CAMPAIGN, "--json")],
    "collecte": [CAMPAIGN, (*CAMPAIGN, "--json")],
    "plan-mystere": [CAMPAIGN, (*CAMPAIGN, "--json")],
    "verbatims": [CAMPAIGN, (*CAMPAIGN, "--json"), (*CAMPAIGN, "--approuver", SPOILT)],
    "rapports": [("--plan",), ("--plan", "--json")],
    "banc": [(), ("--json",)],
    "verifier": [("--site", "evry")],
    "referentiel verifier": [(), ("--json",)],
    "referentiel comparer": [(lambda f: f / "absent.yml",)],
    "labellisation": [(), ("--json",)],
    "clu nouvelle-reunion": [("2022-03-15", "--heure", "9h", "--lieu", SPOILT),
                             ("2022-03-16", "--deplace", "2021-03")],
    "clu preparer": [("--reunion", "2021-03", "--jour", "2021-03-01"),
                     ("--reunion", "2021-03", "--jour", "2021-03-01", "--envoyer")],
    "clu suivi": [("--jour", "2021-03-02"), ("--json",)],
    "clu reponses": [(replies, "--reunion", "2021-03")],
    "clu relances": [("--reunion", "2021-03", "--jour", "2021-03-02")],
    "clu presence": [("--reunion", "2021-03", "--jour", "2021-03-02")],
    "clu compte-rendu": [("--reunion", "2021-03"), (minutes, "--reunion", "2021-03")],
    "clu calendrier": [("--reunion", "2021-03"), ("--reunion", "2021-03", "--json")],
    "clu question": [(form, "--reunion", "2021-03")],
    "publier": [("--jour", "2021-03-16")],
    "purger": [("--jour", "2099-12-31", "--plan")],
    "exporter": [("--format", "csv", "--vers", lambda f: f / "e.csv")],
    "labo": [("--sans-navigateur",)],
    "nouveau-notebook": [("70_essai", "--titre", SPOILT)],
}  # fmt: skip


def test_every_command_is_run():
    assert {*RUNS} == {" ".join(names) for names in every_command()}


def measured(plan, _project, _reference, _setting, limits):
    """Tell of a plan what the bench tells, without the minutes that it takes."""
    costs = {report.notebook.name: dict.fromkeys(PARTS, 1234.5) for report in plan}
    return Bench(python=0.25, imports=1.5, costs=costs, workers=limits.workers, each=1234.5)


@pytest.fixture
def quick(monkeypatch):
    """Leave out what takes long or does not come back; all that is printed stays."""
    monkeypatch.setattr("qpref.cli.bench.measure", measured)
    monkeypatch.setattr(pack, "fresh_reports", lambda *_: {})
    monkeypatch.setattr("qpref.cli.sending.find_browser", lambda *_: None)
    monkeypatch.setattr("qpref.cli.paper.find_browser", lambda *_: None)
    monkeypatch.setattr("qpref.cli.labo.os.execve", lambda *_: None)
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr("qpref.cli.labo.subprocess.run", lambda *_, **__: done)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("name", "page"), few_by_day(zip(sorted(RUNS), itertools.cycle(CODE_PAGES), strict=False), 10)
)
def test_no_command_prints_what_acts_of_any_field(
    name, page, spoilt_project, tmp_path, monkeypatch
):
    """Nor is stopped by the code page: UTF-8 comes out, which a script reads."""
    project, _ = spoilt_project
    monkeypatch.setattr("sys.stdin", io.StringIO("non\n"))
    monkeypatch.setenv("NO_COLOR", "1")
    is_screen = name == "dictionnaire proposer"  # the draft itself, exact unless a screen shows it
    for words in RUNS[name]:
        given = [word(tmp_path) if callable(word) else word for word in words]
        out, err = Stream(page, is_screen), Stream(page, is_screen=False)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                printed(project, *name.split(), *given)
            except SystemExit:  # of the workbench, which takes the place of the command
                assert name == "labo"
        SEEN["runs"] += 1
        SEEN["harmless"] += MARK in harmless(out.text() + err.text())
        if "--json" in words:  # one object, or one a line
            lines = [out.text()] if out.text().startswith("{\n") else out.text().splitlines()
            assert all(json.loads(line) for line in lines)


def test_a_field_that_may_not_hold_any_text_is_refused_harmlessly(ready, spoilt_project, capsys):
    """All at night; a few a day, of every file."""
    project, refused = Project(ready.root), spoilt_project[1]
    assert refused
    draw = random.Random(5)  # noqa: S311 - repeatable
    for name, field in refused if NIGHT else draw.sample(refused, 4):
        path = project.root / name
        before = path.read_bytes()
        write(path, spoilt(read(path), {field}))
        command = ("clu", "suivi") if path.parent == project.committee else ("projet", "verifier")
        printed(project, *command)
        path.write_bytes(before)
        told = capsys.readouterr()
        harmless(told.out + told.err)


def test_the_attack_was_one():
    """Fields were spoilt in each kind of file, and many commands did print them."""
    assert SEEN["fields"] > 60
    assert SEEN["columns"] > 5
    assert SEEN["harmless"] > SEEN["runs"] / 5  # whichever commands the day has
    assert slug(MARK) == "le-site"
