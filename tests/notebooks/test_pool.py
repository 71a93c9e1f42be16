"""The engine and the processes: same pages as a kernel, crashes told as they are, no leak."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest

from qpref.batch import pool
from qpref.batch.engine import InProcessEngine
from qpref.batch.freshness import key_of, reason_to_run
from qpref.batch.plan import FAILED_SUFFIX, make_plan, report_notebooks
from qpref.batch.pool import Limits, make_all
from qpref.batch.setting import RunSetting
from qpref.cli import main
from qpref.report.exporter import QprefExporter
from tests.conftest import NOW, ROOT, copied, example_count, wait_until
from tests.processes import differences

ENGINE = "qpref"  # by its entry point
pytestmark = pytest.mark.notebook

HEAD = """from qpref.display.section import Section
from qpref.workbook import ouvrir_labellisation
ouvrir_labellisation(site, campagne)
Section("s", "{title}", page={{"titre": "Essai", "fictif": True}}, level=1)"""


def write_notebook(project, name, *cells):
    book = nbformat.v4.new_notebook()
    parameters = nbformat.v4.new_code_cell('site = "evry"\ncampagne = "2020-11"')
    parameters.metadata["tags"] = ["parameters"]
    first = nbformat.v4.new_code_cell(HEAD.format(title="Titre"))
    book.cells = [parameters, first, *map(nbformat.v4.new_code_cell, cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book.metadata |= {"kernelspec": kernel, "language_info": {"name": "python"}}
    book.metadata["qpref"] = {"natures": ["satisfaction"], "a_la_demande": True}
    nbformat.write(book, project.notebooks / f"{name}.ipynb")


@pytest.fixture(scope="module")
def project(last_only, tmp_path_factory):
    return copied(last_only, tmp_path_factory.mktemp("lot"))


def reports(project, reference, name, sites=("evry",), times=1):
    plan = make_plan(project, reference, "2020-11", sites, [name])
    folders = [project.reports / f"essai{i}" for i in range(times)]
    if times == 1:
        return plan
    return [replace(r, folder=folder) for folder in folders for r in plan]


def run(project, plan, **limits):
    events = []
    results = make_all(plan, project, RunSetting(NOW), Limits(**limits), events.append)
    return results, events


# Its own command; with qpref loaded first, it begins in a third of the time (qpref/lazy.py).
PAPERMILL = (sys.executable, "-c", "import qpref, papermill.cli; papermill.cli.papermill()")


@pytest.mark.nuit
@pytest.mark.parametrize("name", ["20_enquete_mystere", "10_satisfaction"])
def test_the_engine_gives_the_page_of_a_kernel(project, tmp_path, name):
    """Stock papermill in a kernel, and the engine through papermill's own command."""
    pages = []
    for options in ([], ["--engine", ENGINE]):
        target = tmp_path / f"{len(pages)}.ipynb"
        command = [
            *PAPERMILL, str(ROOT / "notebooks" / f"{name}.ipynb"), str(target),
            "-p", "site", "palaiseau", "--cwd", str(project.root), "--no-progress-bar", *options,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        notebook = nbformat.read(target, as_version=4)
        pages.append(QprefExporter().from_notebook_node(notebook)[0])
        assert {c.metadata.papermill.status for c in notebook.cells} == {"completed"}

    assert pages[0] == pages[1]


def test_outputs_of_all_kinds_come_in_order(tmp_path):
    import papermill  # noqa: PLC0415
    from papermill.engines import papermill_engines  # noqa: PLC0415

    papermill_engines.register(ENGINE, InProcessEngine)
    book = nbformat.v4.new_notebook()
    source = "import sys\nprint('a')\ndisplay(1)\nprint('b', file=sys.stderr)\nprint('c')\n2"
    book.cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("3;")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book.metadata |= {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(book, tmp_path / "n.ipynb")
    seen = []
    done = papermill.execute_notebook(
        tmp_path / "n.ipynb", None, engine_name=ENGINE, kernel_name="python3",
        progress_bar=False, on_cell=seen.append,
    )  # fmt: skip
    outputs = done.cells[0].outputs

    kinds = [(o.output_type, o.get("name") or o.data["text/plain"]) for o in outputs]
    assert kinds == [
        ("stream", "stdout"), ("display_data", "1"), ("stream", "stderr"), ("stream", "stdout"),
        ("execute_result", "2"),
    ]  # fmt: skip
    assert [cell.execution_count for cell in done.cells] == [1, 2]
    assert done.cells[1].outputs == []
    assert seen == [0, 1]
    nbformat.validate(done)


# Under Windows, ctypes makes a Python error of what is a signal elsewhere.
READING_ZERO = "access violation" if sys.platform == "win32" else "SIGSEGV"
LATE = 60 if sys.platform == "win32" else 10  # seconds, more than a process takes to begin
CRASHES = {
    "segfault": ("import ctypes; ctypes.string_at(0)", READING_ZERO),
    "sortie": ("import os; os._exit(3)", "code 3"),
    "memoire": ("x = bytearray(60_000_000_000)", "MemoryError"),
    "exception": ("1 / 0", "ZeroDivisionError"),
    "arret": ("raise SystemExit(4)", "SystemExit"),
    "duree": ("import time; time.sleep(600)", f"a dépassé {LATE} secondes"),
}


@pytest.mark.lent
def test_a_crash_is_told_as_it_is_and_harms_no_other(project, reference):
    """One report a crash, and a sound one: failed notebooks, sentences, events, nothing left."""
    for name, (source, _) in CRASHES.items():
        write_notebook(project, f"90_{name}", "a = 1", source, "b = 2")
    write_notebook(project, "90_sain", "a = 1")
    names = [f"90_{name}" for name in ("sain", *CRASHES)]
    plan = [report for name in names for report in reports(project, reference, name)]
    results, events = run(project, plan[:-1], workers=3, megabytes=16_000)
    late, more = run(project, plan[-1:], seconds=LATE)
    results, events = [*results, *late], [*events, *more]
    for name in names:
        (project.notebooks / f"{name}.ipynb").unlink()

    for result, name in zip(results, names, strict=True):
        kind = name.removeprefix("90_")
        kept = result.report.output(FAILED_SUFFIX)
        if kind == "sain":
            assert result.failure is None
            assert result.report.output(".html").exists()
            continue
        assert CRASHES[kind][1] in result.failure
        assert not result.report.output(".html").exists()
        cells = nbformat.read(kept, as_version=4).cells
        statuses = [c.metadata.get("papermill", {}).get("status") for c in cells]
        assert statuses.count("failed") == 1
        assert "failed" not in statuses[:3]
        at = statuses.index("failed")
        assert cells[at].source == CRASHES[kind][0]
        assert "error" in {o.output_type for o in cells[at].outputs}
    ended = [e["notebook"] for e in events if e["evenement"] == "fin"]
    assert sorted(ended) == sorted(names)
    assert not list(project.reports.glob(".en-cours-*"))


def test_a_report_whose_process_died_is_tried_again(project, reference, tmp_path):
    """The first time it dies and leaves a mark; the second time it goes on."""
    mark = tmp_path / "vu"
    source = (
        "import os, pathlib\n"
        f"mark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n    mark.touch(); os._exit(9)"
    )
    write_notebook(project, "91_reprise", source)
    results, events = run(project, reports(project, reference, "91_reprise"), tries=2)
    (project.notebooks / "91_reprise.ipynb").unlink()

    assert results[0].failure is None
    assert [e["evenement"] for e in events if e["evenement"] != "cellule"] == [
        "debut", "reprise", "debut", "fin",
    ]  # fmt: skip


@pytest.mark.lent
def test_nothing_passes_from_a_report_to_the_next(project, reference):
    """Each changes all it can, after checking that nobody did; sixteen at once."""
    times = example_count(16, 480)
    check = (
        "import os, sys, random, warnings, builtins\n"
        "import numpy as np, pandas as pd, plotly.io as pio\n"
        "state = (pd.get_option('display.max_rows'), os.environ.get('TRACE'), len(sys.path),\n"
        "         hasattr(builtins, 'trace'), 'trace' in globals(), pio.templates.default)\n"
        "assert state[1] is None and not state[3] and not state[4] and state[0] == 60, state\n"
        "assert os.path.exists('data/reference'), os.getcwd()\n"
    )
    spoil = (
        "pd.set_option('display.max_rows', 7); os.environ['TRACE'] = '1'; sys.path.append('x')\n"
        "builtins.trace = trace = 1; pio.templates.default = 'none'; os.chdir('/')\n"
        "pd.DataFrame.sum = None; random.seed(1); np.random.seed(1)"
    )
    write_notebook(project, "92_fuite", check, spoil)
    plan = reports(project, reference, "92_fuite", times=times)
    results, _ = run(project, plan, workers=16)
    (project.notebooks / "92_fuite.ipynb").unlink()

    assert [result.failure for result in results] == [None] * times
    shutil.rmtree(project.reports)


UNGUARDED = """
import multiprocessing, sys
from pathlib import Path
from qpref.batch import pool
from qpref.batch.plan import make_plan
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
from tests.conftest import NOW

log, root, method = sys.argv[1:]
with open(log, "a") as out:
    out.write("once\\n")
if method == "spawn":
    pool.context = lambda _: multiprocessing.get_context(method)
project = Project(Path(root))
plan = make_plan(project, load_reference(project.reference), "2020-11", ["evry"], ["60_affiche"])
made = pool.make_all(plan, project, RunSetting(NOW), pool.Limits(), lambda _: None)
assert [one.failure for one in made] == [None], made
"""


@pytest.mark.lent
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_program_that_asks_for_reports_is_run_once(project, tmp_path, method):
    """Neither again in each process, nor an endless batch when it has no guard."""
    script, log = tmp_path / "mes_rapports.py", tmp_path / "journal"
    script.write_text(UNGUARDED, encoding="utf-8")
    subprocess.run(
        [sys.executable, script, log, project.root, method], check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
    )  # fmt: skip

    assert log.read_text().splitlines() == ["once"]


def test_reports_draw_different_numbers(project, reference, tmp_path):
    """Two forks of one process must not draw alike by accident."""
    source = (
        "import numpy as np, pathlib, os\n"
        f"pathlib.Path({str(tmp_path)!r}, str(os.getpid())).write_text(str(np.random.rand()))"
    )
    write_notebook(project, "93_hasard", source)
    run(project, reports(project, reference, "93_hasard", times=4), workers=2)
    (project.notebooks / "93_hasard.ipynb").unlink()
    shutil.rmtree(project.reports)

    drawn = [path.read_text() for path in tmp_path.iterdir()]
    assert len(drawn) == len(set(drawn)) == 4


def call(project, *arguments):
    return main(["--racine", str(project.root), "rapports", *arguments])


def test_what_is_up_to_date_is_not_made_again(project, reference, capsys):
    only = ("--campagne", "2020-11", "--site", "etampes", "--notebook", "20_enquete_mystere")
    report = make_plan(project, reference, "2020-11", ["etampes"], ["20_enquete_mystere"])[0]

    assert call(project, *only, "--plan") == 0
    assert "jamais fait" in capsys.readouterr().out
    assert call(project, *only) == 0
    first = report.output(".provenance.json").stat().st_mtime_ns
    assert call(project, *only) == 0
    assert "1 rapport(s) déjà à jour" in capsys.readouterr().out
    assert report.output(".provenance.json").stat().st_mtime_ns == first

    page = report.output(".html")
    content = page.read_bytes()
    page.write_bytes(content + b" ")
    assert call(project, *only, "--plan") == 0
    assert "absent ou modifié" in capsys.readouterr().out
    assert call(project, *only) == 0
    assert page.read_bytes() == content
    assert call(project, *only, "--forcer") == 0
    assert page.read_bytes() == content
    assert report.output(".provenance.json").stat().st_mtime_ns != first


def test_each_thing_a_report_rests_on_changes_its_key(project, reference, tmp_path):
    copy = copied(project, tmp_path, ignore=shutil.ignore_patterns("reports"))
    plan = make_plan(copy, reference, "2020-11", ["evry"], ["20_enquete_mystere"])
    keys = [key_of(plan[0], copy, reference)]
    assert keys[0] == key_of(plan[0], copy, reference)

    other = make_plan(copy, reference, "2020-11", ["etampes"], ["20_enquete_mystere"])[0]
    keys.append(key_of(other, copy, reference))
    path = copy.notebooks / "20_enquete_mystere.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["cells"][-1]["source"] = [*notebook["cells"][-1]["source"], "\n1"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    keys.append(key_of(plan[0], copy, reference))
    review = copy.corrections / "verbatims-2020-11.json"
    review.parent.mkdir(parents=True, exist_ok=True)
    review.write_text("[]", encoding="utf-8")
    keys.append(key_of(plan[0], copy, reference))
    registry = copy.clean / "imports" / "2020-11.json"
    content = json.loads(registry.read_bytes())
    content["imports"][0]["sha256"] = "0" * 64
    own = {"imports": content["imports"]}  # without its digest, which would no longer be its own
    registry.write_text(json.dumps(own), encoding="utf-8")
    keys.append(key_of(plan[0], copy, reference))

    assert len(set(keys)) == len(keys)
    assert reason_to_run(plan[0], keys[0]) == "jamais fait"


def test_the_journal_tells_each_report(project, reference):
    write_notebook(project, "95_journal", "1")
    run(project, reports(project, reference, "95_journal"))
    (project.notebooks / "95_journal.ipynb").unlink()
    lines = (project.reports / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]

    assert {event["evenement"] for event in events} <= {"debut", "fin", "reprise"}
    assert all("moment" in event and "notebook" in event for event in events)


def written_pids(path):
    """Return the numbers that the report writes, once they are there."""
    words = path.read_text().split() if path.exists() else []
    return [int(word) for word in words] if len(words) == 3 else []


def started(path):
    """Return a cell that starts a command, and writes its number, its own and the server's."""
    return (
        "import os, pathlib, subprocess, sys, time\n"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)'])\n"
        f"pathlib.Path({str(path)!r}).write_text(f'{{one.pid}} {{os.getpid()}} {{os.getppid()}}')"
    )


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.nuit
@pytest.mark.skipif(sys.platform == "win32", reason="signaux de Linux et macOS")
def test_no_process_outlives_a_killed_driver(project, tmp_path):
    """kill -9 of the command: the server, the report under way and what it started end."""
    write_notebook(project, "94_long", started(tmp_path / "pid"), "time.sleep(120)")
    command = [
        sys.executable, "-m", "qpref", "--racine", str(project.root), "rapports",
        "--campagne", "2020-11", "--site", "evry", "--notebook", "94_long",
    ]  # fmt: skip
    driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pids = wait_until(lambda: written_pids(tmp_path / "pid"))
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    wait_until(lambda: not any(map(alive, pids)))
    (project.notebooks / "94_long.ipynb").unlink()

    assert not [pid for pid in pids if alive(pid)]


@pytest.mark.skipif(sys.platform == "win32", reason="groupes de Linux et macOS")
@pytest.mark.parametrize("how", ["finit", "tombe", "dure"])
def test_what_a_notebook_started_ends_with_its_report(project, reference, tmp_path, how):
    ends = {"finit": "a = 1", "tombe": "os._exit(3)", "dure": "time.sleep(600)"}
    write_notebook(project, "95_lance", started(tmp_path / "pid"), ends[how])
    results, _ = run(project, reports(project, reference, "95_lance"), seconds=20)
    (project.notebooks / "95_lance.ipynb").unlink()
    pids = written_pids(tmp_path / "pid")[:2]  # the server serves the next reports

    assert (results[0].failure is None) == (how == "finit")
    assert len(pids) == 2
    wait_until(lambda: not any(map(alive, pids)))


def test_on_demand_notebooks_wait_to_be_named(project):
    found = {
        notebook.name: notebook.is_on_demand for notebook in report_notebooks(project.notebooks)
    }

    assert found["60_affiche"]
    assert not found["10_satisfaction"]


@pytest.fixture
def shared_by(monkeypatch):
    """The processes that make several reports."""
    started, warm = [], pool._warm

    def counted(*of):
        started.append(warm(*of))
        return started[-1]

    monkeypatch.setattr(pool, "_warm", counted)
    return started


@pytest.fixture
def spawned(shared_by, monkeypatch):
    """The same, where processes start from nothing, as on Windows."""
    monkeypatch.setattr(pool, "context", lambda _: multiprocessing.get_context("spawn"))
    return shared_by


OURS = ["20_enquete_mystere", "30_labellisation", "60_affiche"]
ALIKE = ["10_satisfaction", "15_analyses"]


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(os, "fork"), reason="ailleurs, un processus en fait toujours")
def test_reports_that_one_process_makes_are_those_made_each_alone(
    filled, tmp_path, shared_by, monkeypatch
):
    """All usual reports of a campaign, the last first: the same bytes."""
    assert differences(copied(filled, tmp_path), "2020-11", monkeypatch) == set()
    assert shared_by
    assert not any(one.process.is_alive() for one in shared_by)


def test_a_report_that_is_late_in_such_a_process_is_told_as_any_and_the_next_is_begun(
    project, reference, shared_by
):
    """Each is given less time than it takes; the process that makes it ends with it."""
    plan = make_plan(project, reference, "2020-11", ["evry"], ALIKE)

    results, events = run(project, plan, seconds=0.01)

    assert all("a dépassé 0.01 secondes" in result.failure for result in results)
    assert not any("cellule 0" in result.failure for result in results)
    assert not any(worker.process.is_alive() for worker in shared_by)
    assert {event["evenement"] for event in events} <= {"debut", "cellule", "fin"}


@pytest.mark.lent
def test_where_nothing_is_forked_one_process_makes_our_reports(
    project, reference, spawned, monkeypatch
):
    """The same bytes as by fork, and nothing of the process is left."""
    plan = make_plan(project, reference, "2020-11", ["evry"], OURS)
    results, events = run(project, plan, workers=1)
    suffixes = (".html", ".chiffres.csv", ".chiffres.xlsx")
    files = [one.output(suffix) for one in plan for suffix in suffixes]
    written = [path.read_bytes() for path in files]

    assert [one.failure for one in results] == [None] * 3
    assert [one["evenement"] for one in events].count("fin") == 3
    assert len(spawned) == 1
    assert not spawned[0].process.is_alive()
    monkeypatch.undo()
    run(project, plan, workers=1)
    assert [path.read_bytes() for path in files] == written


def test_a_notebook_of_the_project_never_joins_a_process_that_waits(
    project, reference, monkeypatch
):
    """Where nothing is forked, a process waits for reports of ours alone."""
    write_notebook(project, "le_mien", "1 + 1")
    mine, ours = (make_plan(project, reference, "2020-11", ["evry"], [name])[0]
                  for name in ("le_mien", "30_labellisation"))  # fmt: skip
    sent, started = [], []
    waits = pool._Worker(None, SimpleNamespace(send=sent.append))
    monkeypatch.setattr(pool, "_started", lambda _, work, *_more: started.append(work))
    context = multiprocessing.get_context("spawn")
    batch = pool._Batch(context, project, RunSetting(NOW), Limits(), {None: [waits]})

    assert pool._start(batch, mine, 1, deque()).worker is None
    assert (sent, started) == ([], [pool.make_one])
    assert pool._start(batch, ours, 1, deque()).worker is waits
    assert (sent, started) == ([ours], [pool.make_one])


@pytest.mark.nuit
def test_where_nothing_is_forked_a_notebook_of_the_project_has_its_own_process(
    project, reference, spawned
):
    """It changes what all share: the reports before and after it are those of any other day."""
    write_notebook(project, "change_tout", "import pandas as pd\npd.set_option('display.width', 9)")
    names = ["20_enquete_mystere", "change_tout", "30_labellisation"]
    plan = [one for name in names
            for one in make_plan(project, reference, "2020-11", ["evry"], [name])]  # fmt: skip
    results, _ = run(project, plan, workers=1)

    assert [one.failure for one in results] == [None] * 3
    assert len(spawned) == 1


@pytest.mark.nuit
def test_where_nothing_is_forked_a_process_that_takes_too_long_costs_its_report_alone(
    project, reference, spawned
):
    """No report ends in a hundredth of a second: each has a process, and each is told."""
    plan = make_plan(project, reference, "2020-11", ["evry"], OURS[:2])
    results, _ = run(project, plan, workers=1, seconds=0.01)

    assert all("a dépassé" in one.failure for one in results)
    assert len(spawned) == 2
    assert not any(one.process.is_alive() for one in spawned)
