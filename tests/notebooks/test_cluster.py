"""Reports on a Dask cluster: same pages, a killed worker loses none, a depot shared through S3."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import distributed
import pytest
from moto.server import ThreadedMotoServer

from qpref.batch.cluster import _from_here, make_all_on, prepared
from qpref.batch.depot import Depot, inputs_of_report
from qpref.batch.freshness import key_of
from qpref.batch.plan import make_plan
from qpref.batch.pool import Limits, make_all
from qpref.batch.setting import RunSetting
from qpref.cli import main
from qpref.errors import StorageError, UsageError
from qpref.reference import load_reference
from tests.conftest import NIGHT, NOW, PATIENCE, copied, example_count, wait_until
from tests.notebooks.test_pool import reports, write_notebook

pytestmark = [
    pytest.mark.lent,
    pytest.mark.notebook,
    pytest.mark.filterwarnings("ignore"),  # those of distributed's own processes
]
SETTING = RunSetting(NOW)


@pytest.fixture(scope="module")
def project(last_only, tmp_path_factory):
    return copied(last_only, tmp_path_factory.mktemp("grappe"))


@pytest.fixture(scope="module")
def s3():
    """A real S3 server on loopback, where every process of the test finds it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    known = {
        "AWS_ACCESS_KEY_ID": "essai",
        "AWS_SECRET_ACCESS_KEY": "essai",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    before = {name: os.environ.get(name) for name in known}
    os.environ |= known
    yield "s3://depot/qpref"
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    server.stop()


@pytest.fixture(scope="module")
def cluster(s3):  # noqa: ARG001 - its workers must know where the storage is
    with distributed.LocalCluster(
        n_workers=2 if NIGHT else 1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made


def make_on(cluster, plan, project, depot=None, **limits):
    events = []
    tasks = prepared(plan, project, SETTING, Limits(**limits), depot)
    return make_all_on(cluster.scheduler_address, tasks, events.append), events


@pytest.mark.nuit
@pytest.mark.skipif(sys.platform == "win32", reason="signaux de Linux et macOS")
def test_a_killed_worker_loses_no_report_and_makes_none_twice(
    cluster, project, reference, tmp_path
):
    """The file of each report gets a line when its last cell ends: one line each, at the end."""
    ends = tmp_path / "fins"
    source = (
        "import os, time\n"
        "from pathlib import Path\n"
        "time.sleep(0.2)\n"
        f"with Path({str(ends)!r}).open('a') as handle: handle.write(f'{{os.getppid()}}\\n')"
    )
    write_notebook(project, "90_grappe", source)
    times = example_count(8)
    plan = reports(project, reference, "90_grappe", times=times)
    with distributed.Client(cluster) as client:
        pids = [*client.run(os.getpid).values()]
    ended = Counter()

    def kill_after_the_third(event):
        ended[event["evenement"]] += 1
        if (event["evenement"], ended["fin"]) == ("fin", 3):
            os.kill(pids[0], signal.SIGKILL)

    tasks = prepared(plan, project, SETTING, Limits(), None)
    results = make_all_on(cluster.scheduler_address, tasks, kill_after_the_third)

    assert [result.report for result in results] == plan
    assert [result.failure for result in results] == [None] * times
    assert ended["fin"] == times
    assert all(report.output(".html").exists() for report in plan)
    made = len(ends.read_text().splitlines())
    assert made in {times, times + 1}  # the one that was killed may have ended its last cell


@pytest.fixture
def lonely(tmp_path):
    """A scheduler and one worker without a nanny, each a process that a test may kill."""
    where = tmp_path / "ordonnanceur.json"
    options = ["--scheduler-file", str(where), "--no-dashboard"]
    commands = (
        ["scheduler", "--host", "127.0.0.1", "--port", "0", *options],
        ["worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", *options],
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *words], cwd=tmp_path,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]  # fmt: skip
    # The file is there before it is whole: written, it ends its object.
    assert wait_until(lambda: where.exists() and where.read_text().rstrip().endswith("}"))
    address = json.loads(where.read_text())["address"]
    with distributed.Client(address, timeout=PATIENCE) as client:
        client.wait_for_workers(1, timeout=PATIENCE)
    yield address, *started
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.nuit
@pytest.mark.parametrize("victim", [0, 1])
def test_without_scheduler_or_worker_a_batch_ends_and_says_so(
    lonely, project, reference, monkeypatch, victim
):
    """The rest of the plan is given up, in a sentence; what was made is kept."""
    monkeypatch.setattr("qpref.batch.cluster._ALONE", 3)
    monkeypatch.setattr("qpref.batch.cluster._WAIT", 10)  # also what a lost scheduler is given
    address, *processes = lonely
    write_notebook(project, "94_seul", "import time", "time.sleep(1)")
    plan = reports(project, reference, "94_seul", times=30)
    tasks = prepared(plan, project, SETTING, Limits(), None)

    def kill_after_the_first(event):
        if event["evenement"] == "fin":
            processes[victim].kill()

    results = make_all_on(address, tasks, kill_after_the_first)

    failed = [result for result in results if result.failure]
    assert 0 < len(failed) < 30
    assert all("plus d’ouvrier, ou plus d’ordonnanceur" in one.failure for one in failed)
    assert all(r.report.output(".html").exists() for r in results if not r.failure)


@pytest.mark.nuit
def test_a_report_made_just_before_its_worker_died_is_not_made_again(cluster, project, reference):
    write_notebook(project, "91_fait", "1")
    plan = reports(project, reference, "91_fait")
    make_all(plan, project, SETTING, Limits(), lambda _: None)
    before = plan[0].output(".html").stat().st_mtime_ns

    results, _ = make_on(cluster, plan, project)

    assert results[0].failure is None
    assert plan[0].output(".html").stat().st_mtime_ns == before


@pytest.mark.nuit
def test_a_crash_and_a_failed_cell_are_told_from_afar(cluster, project, reference, s3):
    write_notebook(project, "92_panne", "import os", "os._exit(3)")
    write_notebook(project, "93_erreur", "1 / 0")
    plan = [
        *reports(project, reference, "92_panne"),
        *reports(project, reference, "93_erreur"),
    ]

    results, _ = make_on(cluster, plan, project, s3)

    assert "s’est arrêté brutalement (code 3)" in results[0].failure
    assert "ZeroDivisionError" in results[1].failure
    for result in results:
        assert str(result.report.output(".echec.ipynb")) in result.failure
        assert result.report.output(".echec.ipynb").exists()


@pytest.mark.nuit
def test_reports_made_through_s3_are_those_made_here(cluster, project, reference, s3):
    """Workers see the depot only: the same pages and figures come back."""
    plan = make_plan(
        project, reference, "2020-11", ["etampes"], ["20_enquete_mystere", "30_labellisation"]
    )
    make_all(plan, project, SETTING, Limits(), lambda _: None)
    suffixes = (".html", ".chiffres.csv", ".chiffres.xlsx")
    before = {(r, s): r.output(s).read_bytes() for r in plan for s in suffixes}
    for report in plan:
        for path in report.folder.iterdir():
            path.unlink()

    results, _ = make_on(cluster, plan, project, s3)

    assert [result.failure for result in results] == [None, None]
    assert {(r, s): r.output(s).read_bytes() for r in plan for s in suffixes} == before


@pytest.mark.nuit
def test_a_report_without_data_fails_alone_through_a_depot(cluster, project, reference, s3):
    """It gives nothing to bring back: the others come back all the same."""
    none = make_plan(project, reference, "2020-11", ["palaiseau"], ["60_affiche"])[0]
    empty = replace(none, campaign="2019-11", folder=project.reports / "2019-11" / "palaiseau")
    good = make_plan(project, reference, "2020-11", ["palaiseau"], ["20_enquete_mystere"])[0]

    results, _ = make_on(cluster, [empty, good], project, f"{s3}/autre")

    assert "Aucune donnée" in results[0].failure
    assert results[1].failure is None
    assert good.output(".html").exists()


def test_a_depot_takes_what_ships_beside_what_is_the_project_s(own, tmp_path):
    """Another machine makes the same report, whatever the notebooks and the grid of its qpref."""
    shutil.rmtree(own.notebooks)
    for name in ("referentiel.yml", "mystere.yml"):
        (own.reference / name).unlink()
    reference = load_reference(own.reference)
    report = make_plan(own, reference, "2020-11", ["evry"], ["20_enquete_mystere"])[0]
    assert not report.notebook.path.is_relative_to(own.root)

    storage = Depot(str(tmp_path / "depot"))
    copy = storage.fetch([storage.send(own, inputs_of_report(report, own, reference))], tmp_path)

    (there,) = _from_here([report], copy)
    assert there.notebook.path == copy.notebooks / "20_enquete_mystere.ipynb"
    assert (copy.reference / "mystere.yml").is_file()
    assert key_of(there, copy, load_reference(copy.reference)) == key_of(report, own, reference)


def test_a_depot_says_in_french_what_it_refuses(project, tmp_path, s3):
    folder = tmp_path / "depot"
    storage = Depot(str(folder))
    listed = storage.send(project, [project.reference / "sites.yml"])
    copy = storage.fetch([listed], tmp_path / "ici")
    name = "data/reference/sites.yml"
    assert (copy.root / name).read_bytes() == (project.root / name).read_bytes()
    for path in (folder / "objets").iterdir():
        path.write_bytes(b"autre")
    with pytest.raises(StorageError, match="abîmé"):
        Depot(str(folder)).fetch([listed], tmp_path / "ailleurs")
    with pytest.raises(StorageError, match="ne s’ouvre pas"):
        Depot("inconnu://ici")
    with pytest.raises(StorageError, match="ne répond pas"):
        Depot("s3://pas-de-ce-nom/qpref").fetch([listed], tmp_path / "rien")
    assert s3


def test_the_command_runs_on_a_scheduler(cluster, project, capsys):
    only = ("--campagne", "2020-11", "--site", "evry", "--notebook", "20_enquete_mystere")
    where = ("--ordonnanceur", cluster.scheduler_address)
    root = ("--racine", str(project.root), "rapports")

    assert main([*root, *only, *where, "--forcer", "--json"]) == 0

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["evenement"] for event in events] == ["debut", "fin", "bilan"]
    assert main([*root, "--depot", "ici"]) == UsageError.exit_code
    assert "--ordonnanceur" in capsys.readouterr().err


@pytest.mark.nuit
def test_a_scheduler_that_is_not_there_is_told(project, monkeypatch, capsys):
    monkeypatch.setattr("qpref.batch.cluster._WAIT", 1)
    command = ["--racine", str(project.root), "rapports", "--forcer", "--site", "evry"]

    assert main([*command, "--ordonnanceur", "tcp://127.0.0.1:9"]) == UsageError.exit_code
    assert "ne répond pas" in capsys.readouterr().err
