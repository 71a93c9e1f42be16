"""Every line of the guide, its output in a pipe of cp1252, of cp850, or of no code page (C).

None of the three holds the thin spaces of our numbers, nor our arrows. The lines are read from the
pages: one that is added is tried without a word here. Reports are not made (they are elsewhere):
what is told of each is.
"""

import contextlib
import io
import itertools
import json
import re
import shlex
import shutil
import subprocess
from collections import Counter
from types import SimpleNamespace

import pytest

from qpref.batch.pool import ended_event, event
from qpref.batch.result import Result
from qpref.cli import main
from qpref.clu import pack
from qpref.example.members import members_file
from tests.conftest import NIGHT, ROOT, copied, few_by_day
from tests.functional.test_stored_fields import RELAY, RUNS, measured
from tests.functional.test_terminal import CODE_PAGES, Stream, every_command

PAGES = (*sorted((ROOT / "docs" / "guide").glob("*.md")), ROOT / "docs" / "premiere-heure.md",
         ROOT / "README.md")  # fmt: skip
COMMANDS = {" ".join(names) for names in every_command()}
# Options that the guide tells of apart from a line.
RECEIVED = "importer data/brut/enquete.csv --campagne 2020-11"
MORE = tuple(f"qpref {words}" for words in (
    "rapports --json --forcer --campagne 2020-11 --parallele 1 --tentatives 2 --delai-max 60",
    "rapports --forcer --campagne 2020-11 --memoire-max 900",
    "rapports --plan --json --ordonnanceur tcp://127.0.0.1:1 --depot partage",
    "collecte --json", "collecte --campagne 2020-11 --actualiser",
    "plan-echantillon --json", "plan-mystere --json",
    "plan-mystere --campagne 2020-11 --evaluateur E1 --graine 3",
    "labellisation --json", "labellisation --retard 2", "referentiel verifier --json",
    "referentiel comparer copie.yml --label services-publics-plus", "--racine . projet verifier",
    "projet reparer --depuis data/brut", "projet reparer --renoncer enquete.csv",
    "verbatims --campagne 2020-11 --json", "verbatims --campagne 2020-11 --retirer 3f9a1c20",
    "verbatims coder --campagne 2020-11 --codeur B", "migrer --essai", "labo --port 8899",
    "questionnaire relire --json", "questionnaire papier --langue fr --caracteres grands",
    "quarantaine lister --campagne 2020-11 --json",
    "quarantaine reintegrer corrections.xlsx --campagne 2020-11 --depuis data/brut",
    f"{RECEIVED} --json", f"{RECEIVED} --dates jma --encodage cp1252", f"{RECEIVED} --sans-date",
    f"{RECEIVED} --date-unique 2020-11-10", f"{RECEIVED} --retraits",
    "banc --json", "banc --campagne 2020-11 --rapports 1000 --parallele 1",
    "clu suivi --json", "clu nouvelle-reunion 2023-03-15 --comite local",
    "clu preparer --reunion 2021-03 --jour 2021-03-01 --un-par-membre --sans-html",
    "clu preparer --reunion 2021-03 --jour 2021-03-01 --reprendre-incertains --modele modele.txt",
))  # fmt: skip
SEEN = Counter()


def lines_of(text):
    """Return the lines of a page that are commands: of its blocks, or within its sentences."""
    blocks = re.findall(r"^(?:\$ )?(qpref .*)$", "".join(text.split("```")[1::2]), re.MULTILINE)
    spans = re.findall(r"`(qpref [^`]+)`", "".join(text.split("```")[0::2]).replace("\n", " "))
    return [line for line in (*blocks, *spans) if command_of(line)]


def command_of(line):
    """Return the command of a line, none where there is no such command."""
    words = line.removeprefix("qpref --racine .").removeprefix("qpref").split()
    return next((name for name in (" ".join(words[:2]), *words[:1]) if name in COMMANDS), None)


TEXTS = [page.read_text(encoding="utf-8") for page in PAGES]
LINES = [*dict.fromkeys([*itertools.chain.from_iterable(map(lines_of, TEXTS)), *MORE])]


def test_every_command_and_every_option_of_the_guide_is_tried():
    told = {option for text in TEXTS for option in re.findall(r"`(--[a-z-]+)[ =`]", text)}
    tried = {word for line in LINES for word in line.split() if word.startswith("--")}
    tried |= {word for runs in RUNS.values() for words in runs for word in words
              if isinstance(word, str) and word.startswith("--")}  # fmt: skip

    assert {command_of(line) for line in LINES} == COMMANDS
    assert told <= tried
    assert sum("--json" in line for line in LINES) > 10


@pytest.fixture(scope="module")
def place(last_only, example, tmp_path_factory):
    """A project with the files that the guide names, which its lines write."""
    project = copied(last_only, tmp_path_factory.mktemp("tube"))
    shutil.copytree(example, project.root / "data" / "exemple")
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    (project.committee / "membres.yml").write_bytes(members_file())
    (project.committee / "envoi.yml").write_text(RELAY, encoding="utf-8")
    received = example / "2020-11"
    text, book = (
        received / "results-survey_2020-11.csv",
        received / "saisie_guichet_evry_2020-11.xlsx",
    )
    (project.root / "data" / "brut").mkdir()
    for name in ("data/brut/enquete.csv", "enquete.csv", "formulaire.csv"):
        shutil.copy(text, project.root / name)
    for name in ("data/brut/saisie.xlsx", "saisie.xlsx", "contacts.xlsx"):
        shutil.copy(book, project.root / name)
    shutil.copy(project.reference / "referentiel.yml", project.root / "copie.yml")
    asked = ("questionnaire", "lss", "satisfaction-1", "--vers", project.root / "enquete.lss")
    assert main(["--racine", str(project.root), *map(str, asked)]) == 0
    return project


def told_only(plan, _project, _setting, _limits, tell):
    """Tell of reports what a batch tells, without making them."""
    made = [Result(report, seconds=1.25) for report in plan]
    for result in made:
        tell(event("debut", result.report, essai=1))
        tell(ended_event(result))
    return made


@pytest.fixture
def quick(monkeypatch):
    """Leave out what takes long or does not come back; all that is printed stays."""
    monkeypatch.setattr("qpref.cli.production.make_all", told_only)
    monkeypatch.setattr("qpref.cli.bench.measure", measured)
    monkeypatch.setattr(pack, "fresh_reports", lambda *_: {})
    for name in ("sending", "paper", "production"):
        monkeypatch.setattr(f"qpref.cli.{name}.find_browser", lambda *_: None)
    monkeypatch.setattr("qpref.cli.labo.os.execve", lambda *_: None)
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr("qpref.cli.labo.subprocess", SimpleNamespace(run=lambda *_, **__: done))
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: "huit mots tirés au sort")


CASES = zip(itertools.cycle(CODE_PAGES), LINES, strict=False)


@pytest.mark.lent
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("page", "line"),
    few_by_day(itertools.product(CODE_PAGES, LINES) if NIGHT else CASES, 12),
)
def test_no_line_of_the_guide_is_stopped_by_a_code_page(page, line, place, monkeypatch):
    monkeypatch.chdir(place.root)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdin", io.StringIO("non\n"))
    out, err = Stream(page, is_screen=False), Stream(page, is_screen=False)
    code = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(shlex.split(line, comments=True)[1:])
        except SystemExit:  # of the workbench, which takes the place of the command
            assert command_of(line) == "labo"
    said = out.text() + err.text()  # both are UTF-8, or this stops

    SEEN[code in {0, None}] += 1
    assert said or command_of(line) == "labo"
    assert "Traceback" not in said
    assert "�" not in said
    if "--json" in line.split() and out.text():  # one object, or one a line
        whole = out.text().startswith("{\n")
        assert all(json.loads(one) for one in ([out.text()] if whole else out.text().splitlines()))


@pytest.mark.lent
def test_most_of_these_lines_did_what_the_guide_says():
    """Those that name what only a reader has (a code of a remark, a server) are refused."""
    assert not SEEN or SEEN[True] > SEEN[False]
