"""Answers asked of a survey server: the accounts of a file, nothing lost, the key never told."""

import json
import os
import shutil

import pytest

from qpref.cli import main
from qpref.project import Project
from qpref.store import Store
from tests import limesurvey
from tests.intake.test_online_form import PROJECTS, exported, written

SURVEY = 481516
DAYS = {"satisfaction-1": ("2020-11", b"2020-11-20"), "avis-lot": ("printemps-2022", b"2022-05-03")}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("QPREF_LIMESURVEY_UTILISATEUR", limesurvey.USER)
    monkeypatch.setenv("QPREF_LIMESURVEY_CLE", limesurvey.KEY)
    with limesurvey.running() as fake:
        yield fake


def answers(name: str, count: int) -> bytes:
    """So many answers to the survey made of a questionnaire, at its first site."""
    reference, _, _, content = written(name)
    found = exported(content, count, reference.sites.sites[0].nom)
    return found.replace(b"2020-11-20", DAYS[name][1])


def other_answers(content: bytes) -> bytes:
    """The same export, the first person having answered as the second."""
    lines = content.split(b"\r\n")
    system = b'";"'.join(lines[1].split(b'";"')[:7])
    lines[1] = b'";"'.join([system, *lines[2].split(b'";"')[7:]])
    return b"\r\n".join(lines)


@pytest.fixture(params=PROJECTS)
def case(request, tmp_path, capsys, server):
    """A project, a command that runs in it and gives its code and words, and its server."""
    project = Project(tmp_path / "projet")
    shutil.copytree(PROJECTS[request.param][0], project.reference)
    campaign = DAYS[request.param][0]

    def run(*words, folder=project.root):
        code = main(["--racine", str(folder), *map(str, words), "--campagne", campaign])
        told = capsys.readouterr()
        assert limesurvey.KEY not in told.out + told.err
        return code, told.out, told.err

    server.answers[SURVEY] = answers(request.param, 6)
    return request.param, project, run, server


def changes(run, *words):
    code, out, err = run("importer", *words)
    assert (code, err) == (0, ""), out
    return out


def test_a_survey_gives_the_account_of_its_file_then_what_is_new(case, tmp_path):
    name, project, run, server = case
    address = server.address(SURVEY)
    asked = json.loads(run("importer", address, "--json")[1])
    kept = project.received / f"limesurvey_{SURVEY}_{DAYS[name][0]}.csv"
    assert kept.read_bytes() == server.answers[SURVEY]
    assert os.name == "nt" or kept.stat().st_mode & 0o077 == 0
    elsewhere = Project(tmp_path / "fichier")
    shutil.copytree(project.reference, elsewhere.reference)
    assert json.loads(run("importer", kept, "--json", folder=elsewhere.root)[1]) == asked
    assert [(one["lignes_lues"], one["gardees"]) for one in asked["fichiers"]] == [(6, 6)]
    assert not server.sessions  # each session was closed
    assert "déjà importé, rien ne change" in changes(run, address)

    changed = other_answers(answers(name, 8))
    server.answers[SURVEY] = changed
    out = changes(run, address)
    assert "(2 ligne(s) ajoutée(s), 1 modifiée(s), 0 retirée(s))" in out
    assert kept.read_bytes() == changed
    assert [entry.gardees for entry in Store(project).imports(DAYS[name][0])] == [8]
    assert not [*project.received.glob("*.garde-*")]


def test_answers_that_the_server_lost_stay_until_somebody_says_so(case):
    name, project, run, server = case
    address = server.address(SURVEY)
    changes(run, address)
    before = server.answers[SURVEY]
    server.answers[SURVEY] = answers(name, 4)

    code, _, err = run("importer", address)
    assert code == 8
    assert "n’a plus 2 ligne(s) déjà importée(s)" in err
    assert "--retraits" in err
    kept = project.received / f"limesurvey_{SURVEY}_{DAYS[name][0]}.csv"
    assert kept.read_bytes() == before
    assert [entry.gardees for entry in Store(project).imports(DAYS[name][0])] == [6]

    assert "2 retirée(s)" in changes(run, address, "--retraits")
    assert [entry.gardees for entry in Store(project).imports(DAYS[name][0])] == [4]


def test_the_followed_fieldwork_asks_its_survey(case):
    _, project, run, server = case
    code, _, err = run("collecte", "--actualiser")
    assert code == 2
    assert "enquete_en_ligne" in err
    path = project.reference / "campagnes.yml"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        lines.append(line)
        if line.lstrip("- ").startswith("libelle:"):
            lines.append(f"    enquete_en_ligne: {server.address(SURVEY)}")
    path.write_text("\n".join(lines), encoding="utf-8")

    code, out, err = run("collecte", "--actualiser")
    assert (code, err) == (0, "")
    assert "6 lignes lues = 6 gardées" in out


_SPOILED = {
    "no user": lambda _, env: env.delenv("QPREF_LIMESURVEY_UTILISATEUR"),
    "wrong key": lambda _, env: env.setenv("QPREF_LIMESURVEY_CLE", "une-autre-cle"),
    "nothing": lambda server, _: server.answers.update({SURVEY: b""}),
    "not ours": lambda server, _: server.answers.clear(),
    "absent": lambda server, _: setattr(server, "status", 404),
    "page": lambda server, _: setattr(server, "body", b"<!doctype html><title>Maintenance</title>"),
    "closed": lambda server, _: setattr(server, "body", b""),
    "moved": lambda server, _: (
        setattr(server, "status", 302),
        setattr(server, "location", "https://ailleurs.exemple.invalid/lime?key=1"),
    ),
}


@pytest.mark.parametrize(
    ("spoiled", "code", "told"),
    [
        ("no user", 2, "manque (QPREF_LIMESURVEY_UTILISATEUR)"),
        ("wrong key", 24, "ne connaît pas cet utilisateur ou cette clé"),
        ("nothing", 24, "n’a aucune réponse"),
        ("not ours", 24, "Réponses : exporter"),
        ("absent", 24, "répond par l’erreur 404"),
        ("page", 24, "ne parle pas comme LimeSurvey"),
        ("closed", 24, "interface JSON-RPC"),
        ("moved", 24, "renvoie à « https://ailleurs.exemple.invalid/lime »"),
    ],
)
def test_what_stops_it_is_a_sentence_and_nothing_changes(
    project, capsys, server, monkeypatch, spoiled, code, told
):
    server.answers[SURVEY] = answers("satisfaction-1", 3)
    _SPOILED[spoiled](server, monkeypatch)
    words = ["importer", server.address(SURVEY), "--campagne", "2020-11"]
    assert main(["--racine", str(project.root), *words]) == code
    found = capsys.readouterr().err
    assert told in " ".join(found.split())
    assert limesurvey.KEY not in found
    assert not Store(project).imports("2020-11")
    assert not [*project.received.glob("limesurvey*")]


@pytest.mark.usefixtures("server")
def test_a_server_that_is_not_there_is_told(project, capsys):
    with limesurvey.running() as gone:
        address = gone.address(SURVEY)
    assert main(["--racine", str(project.root), "importer", address, "--campagne", "2020-11"]) == 24
    assert "est injoignable" in capsys.readouterr().err
