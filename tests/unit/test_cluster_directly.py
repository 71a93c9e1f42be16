"""Reports on a cluster, with a scheduler and a worker that are played: what each is asked."""

import multiprocessing
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from qpref.batch.plan import Notebook, Report
from qpref.batch.pool import Limits
from qpref.batch.provenance import SUFFIX
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.errors import UsageError
from qpref.project import Project
from tests.conftest import NOW

cluster = pytest.importorskip("qpref.batch.cluster")  # `distributed` may be absent
SETTING = RunSetting(NOW)
HERE = Project(Path("/pilote"))


def report(rank=0, folder=Path("/pilote/reports")):
    path = Path(f"{10 + rank}_essai.ipynb")
    return Report(Notebook(path, (), ()), "2020-11", "evry", folder, "", ())


def tasks(count, depot=None):
    return [cluster.Task((report(rank),), HERE, SETTING, Limits(), depot) for rank in range(count)]


class Future:
    """What becomes of a task: its results, or an error."""

    def __init__(self, key, outcome):
        self.key, self.outcome, self.is_released = key, outcome, False
        self.status = "error" if isinstance(outcome, Exception) else "finished"

    def result(self):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def release(self):
        self.is_released = True


class Completed(list):
    """What ended, the last first; more may be asked for meanwhile."""

    def __iter__(self):
        while self:
            yield self.pop()

    update = list.extend


class Client:
    """A scheduler that gives tasks the outcomes it holds, in the order they are asked for."""

    loop = "boucle"

    def __init__(self, outcomes):
        self.outcomes, self.asked, self.topics, self.futures = [*outcomes], [], [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.asked.append("fermé")

    def nthreads(self):
        return {"un": 1}

    def subscribe_topic(self, topic, hear):
        self.topics.append(topic)
        self.hear = hear

    def unsubscribe_topic(self, topic):
        self.topics.remove(topic)

    def map(self, work, given, **options):
        self.asked.append((work, len(given), options))
        first = len(self.futures)
        added = [Future(first + rank, self.outcomes.pop(0)) for rank in range(len(given))]
        self.futures += added
        return added

    def as_completed(self, futures, loop):
        assert loop == self.loop
        self.hear((1.0, {"evenement": "debut"}))
        return Completed(futures)


@pytest.fixture
def scheduler(monkeypatch):
    def play(*outcomes):
        client = Client(outcomes)
        monkeypatch.setattr(cluster, "_connected", lambda _: client)
        monkeypatch.setattr(cluster.distributed, "as_completed", client.as_completed)
        monkeypatch.setattr(cluster, "time", SimpleNamespace(monotonic=iter(range(99)).__next__))
        monkeypatch.setattr(cluster, "_give_up_alone", lambda *_: None)
        return client

    monkeypatch.setattr(cluster, "_is_made", lambda *_: False)
    monkeypatch.setattr(cluster.shared, "may_share", lambda _: False)
    return play


def test_results_come_in_the_order_of_the_plan_whatever_ends_first(scheduler):
    """One without a duration has that since the batch began: 1 s, by a clock of whole seconds."""
    plan = tasks(2)
    first, second = (task.reports[0] for task in plan)
    client = scheduler([Result(first, seconds=7.5)], [Result(second)])
    events = []

    results = cluster.make_all_on("tcp://x", plan, events.append)

    assert [(one.report, one.seconds) for one in results] == [
        (first, 7.5), (second, 1),
    ]  # fmt: skip
    assert [(e["evenement"], e.get("notebook")) for e in events] == [
        ("debut", None), ("fin", "11_essai"), ("fin", "10_essai"),
    ]  # fmt: skip
    # Two alike tasks are two reports; a worker that dies is the cluster's to replace.
    assert client.asked == [(cluster.work, 2, {"pure": False, "retries": 0}), "fermé"]
    assert all(one.is_released for one in client.futures)
    assert client.topics == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (cluster.distributed.KilledWorker("t", None, 3), "3 ouvriers se sont arrêtés"),
        (CancelledError(), "il n’y a plus d’ouvrier, ou plus d’ordonnanceur"),
        (ValueError("x" * 300), f"erreur inattendue, ValueError ({'x' * 200})."),
    ],
    ids=["ouvriers", "seul", "autre"],
)
def test_what_a_cluster_loses_is_told_of_its_report_alone(scheduler, error, said):
    plan = tasks(2)
    scheduler(error, [Result(plan[1].reports[0])])

    lost, made = cluster.make_all_on("tcp://x", plan, lambda _: None)

    assert lost.failure.startswith("10_essai : ")
    assert said in lost.failure
    assert made.failure is None


def test_of_a_task_that_is_lost_each_report_is_asked_for_alone(scheduler):
    """Three reports go together; the workers that had them died: the one that fails is named."""
    (first, second, third) = plan = tuple(map(report, range(3)))
    task = cluster.Task(plan, HERE, SETTING, Limits(), listed=("a", "b"))
    killed = cluster.distributed.KilledWorker("t", None, 3)
    client = scheduler(killed, [Result(first)], killed, [Result(third)])

    results = cluster.make_all_on("tcp://x", [task], lambda _: None)

    assert [(one.report, bool(one.failure)) for one in results] == [
        (first, False), (second, True), (third, False),
    ]  # fmt: skip
    assert [count for _, count, _ in client.asked[:-1]] == [1, 3]
    assert all(one.is_released for one in client.futures)


def test_what_was_made_before_the_cluster_went_is_not_told_as_lost(scheduler, monkeypatch):
    plan = tuple(map(report, range(2)))
    monkeypatch.setattr(cluster, "_is_made", lambda one, *_: one == plan[0])
    scheduler(*2 * [CancelledError()])

    results = cluster.make_all_on(
        "tcp://x", [cluster.Task((one,), HERE, SETTING, Limits()) for one in plan], lambda _: None
    )

    assert [bool(one.failure) for one in results] == [False, True]


def of_sites(*names, committee=2):
    """Tasks of two notebooks at each of these sites, so many sites a committee, and of a third."""
    found = []
    for rank, site in enumerate(names):
        first = rank - rank % committee
        peers = names[first : first + committee]
        own = [replace(report(number), site=site, peers=peers) for number in range(2)]
        found += [cluster.Task((one,), HERE, SETTING, Limits(), listed=(site,)) for one in own]
    alone = replace(report(2), site="a", peers=names[:committee])
    return [*found, cluster.Task((alone,), HERE, SETTING, Limits(), listed=("a",))]


@pytest.mark.parametrize(
    ("threads", "sizes"), [(1, [4, 4, 4, 4, 1]), (2, [2] * 8 + [1]), (3, [1] * 17)]
)
def test_reports_of_the_same_answers_go_together_when_each_worker_has_four_tasks(
    monkeypatch, threads, sizes
):
    """Eight sites in four committees: five tasks; by site, nine; each report, seventeen."""
    monkeypatch.setattr(cluster.shared, "may_share", lambda path: path.stem[:2] != "12")
    plan = of_sites(*"abcdefgh")

    found = cluster._together(plan, threads)

    assert [len(one.reports) for one in found] == sizes
    assert sorted(one.label for task in found for one in task.reports) == sorted(
        one.label for task in plan for one in task.reports
    )
    assert [len(task.listed) for task in found] == [max(1, size // 2) for size in sizes]


def test_no_task_is_longer_than_what_a_process_makes(monkeypatch):
    """Fifty reports of one committee: forty, then ten; with the one alone, three tasks."""
    monkeypatch.setattr(cluster.shared, "may_share", lambda path: path.stem[:2] != "12")
    monkeypatch.setattr(cluster, "_EACH", 1)
    plan = of_sites(*(f"s{rank}" for rank in range(25)), committee=25)

    assert [len(one.reports) for one in cluster._together(plan, 3)] == [40, 10, 1]


@pytest.mark.parametrize("depot", [None, "ici"])
def test_what_a_report_gave_is_collected_where_there_is_a_depot(scheduler, monkeypatch, depot):
    collected = []
    monkeypatch.setattr(cluster, "Depot", lambda url: SimpleNamespace(
        collect=lambda one, project: collected.append((url, one.notebook.name, project))
    ))  # fmt: skip
    plan = tasks(1, depot)
    scheduler([Result(plan[0].reports[0])])

    cluster.make_all_on("tcp://x", plan, lambda _: None)

    assert collected == [("ici", "10_essai", HERE)] * bool(depot)
    scheduler()
    assert cluster.make_all_on("tcp://x", [], lambda _: None) == []


@pytest.mark.parametrize("depot", [None, "ici"])
def test_the_inputs_of_each_report_are_sent_first(monkeypatch, depot):
    monkeypatch.setattr(cluster, "load_reference", lambda path: ("référence", path))
    monkeypatch.setattr(cluster, "inputs_of_report", lambda one, *given: [one, *given])
    storage = SimpleNamespace(send=lambda project, files: (project, *files))
    monkeypatch.setattr(cluster, "Depot", {"ici": storage}.__getitem__)
    plan = [report(0), report(1)]

    found = cluster.prepared(plan, HERE, SETTING, Limits(tries=2), depot)

    assert [one.reports for one in found] == [(one,) for one in plan]
    assert {(one.project, one.setting, one.limits, one.depot) for one in found} == {
        (HERE, SETTING, Limits(tries=2), depot)
    }
    sent = [(HERE, one, HERE, ("référence", HERE.reference)) for one in plan]
    assert [one.listed for one in found] == ([(one,) for one in sent] if depot else [(), ()])


# A worker.


@pytest.fixture
def worker(monkeypatch, tmp_path):
    """A worker, what it says to the scheduler, and what it is asked to make."""
    found = SimpleNamespace(local_directory=str(tmp_path), said=[], made=[], gave=[])
    found.log_event = lambda topic, event: found.said.append((topic, event["evenement"]))
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    monkeypatch.setattr(cluster.distributed, "get_worker", lambda: found)
    monkeypatch.setattr(cluster, "_is_made", lambda *_: False)
    monkeypatch.setattr(cluster, "report_notebooks", lambda _: [])
    monkeypatch.setattr(cluster, "find_browser", lambda _: Path("d’ici"))

    def make_all(plan, project, setting, limits, tell):
        found.made.append((plan, project, setting, limits))
        for kind in ("debut", "cellule", "reprise", "fin"):
            tell({"evenement": kind})
        return [Result(one, f"Voir {project.root / 'a.ipynb'}.", cpu_seconds=4) for one in plan]

    monkeypatch.setattr(cluster, "make_all", make_all)
    monkeypatch.setattr(cluster, "Depot", lambda url: SimpleNamespace(
        fetch=lambda lists, folder: Project(folder / "-".join([url, *lists])),
        deliver=lambda *given: found.gave.append(given),
    ))  # fmt: skip
    return found


def test_a_worker_makes_a_report_from_the_depot_and_speaks_of_the_driver_s_files(worker):
    setting = replace(SETTING, browser=Path("/pilote/navigateur"))
    limits = Limits(workers=4, tries=2)
    task = cluster.Task((report(),), HERE, setting, limits, "depot", ("liste", "autre"))

    (result,) = cluster.work(task)

    ((plan, project, asked, limits),) = worker.made
    own = Project(Path(worker.local_directory) / "depot-liste-autre")
    assert project.root == own.root
    assert plan == [replace(task.reports[0], folder=own.report_folder("2020-11", "evry"))]
    assert (asked.now, asked.browser) == (NOW, Path("d’ici"))
    assert limits == Limits(workers=1, tries=2)
    assert worker.gave == [(plan[0], project)]
    assert worker.said == [("qpref", "debut"), ("qpref", "reprise")]
    assert (result.report, result.cpu_seconds) == (task.reports[0], 4)
    assert result.failure == f"Voir {HERE.root / 'a.ipynb'}."
    assert multiprocessing.current_process()._config["daemon"] is False


def test_without_a_depot_a_worker_makes_the_report_in_place_and_without_a_browser(worker):
    task = cluster.Task((report(),), HERE, SETTING, Limits())

    cluster.work(task)

    ((plan, project, asked, _),) = worker.made
    assert (plan, project, asked) == ([*task.reports], HERE, SETTING)
    assert worker.gave == []


def test_what_a_worker_that_died_had_made_is_not_made_again(worker, monkeypatch):
    """Three reports of a task, the second one made: the others are made, three are told."""
    plan = tuple(map(report, range(3)))
    monkeypatch.setattr(cluster, "_is_made", lambda one, *_: one == plan[1])

    results = cluster.work(cluster.Task(plan, HERE, SETTING, Limits()))

    assert [one.report for one in results] == [*plan]
    assert [one.cpu_seconds for one in results] == [4, 0, 4]
    assert [given[0] for given in worker.made] == [[plan[0], plan[2]]]


@pytest.mark.parametrize(
    ("written", "stale", "is_made"),
    [(None, None, False), ("2020-01-01T00:00:00", None, False), ("now", None, True),
     ("now", "jamais fait", False)],
)  # fmt: skip
def test_only_what_this_batch_made_and_is_up_to_date_is_made(
    monkeypatch, tmp_path, written, stale, is_made
):
    moment = NOW.isoformat(timespec="seconds") if written == "now" else written
    facts = {report(folder=tmp_path).output(SUFFIX): moment and SimpleNamespace(produit_le=moment)}
    monkeypatch.setattr(cluster, "read_provenance", facts.__getitem__)
    monkeypatch.setattr(cluster, "load_reference", lambda _: None)
    monkeypatch.setattr(cluster, "why_stale", lambda *_: stale)

    assert cluster._is_made(report(folder=tmp_path), HERE, SETTING) is is_made


def test_a_worker_runs_the_notebook_of_its_machine(monkeypatch):
    theirs = [Notebook(Path(f"/ici/{name}.ipynb"), ("site",), ()) for name in ("9_x", "10_essai")]
    monkeypatch.setattr(cluster, "report_notebooks", {HERE.notebooks: theirs}.__getitem__)

    here, other = cluster._from_here([report(), report(5)], HERE)

    assert here.notebook is theirs[1]
    assert other == report(5)


# A scheduler that does not answer, or has nobody.


@pytest.mark.parametrize("fails_at", ["Client", "wait_for_workers", None])
def test_a_cluster_without_anybody_is_refused_and_left(monkeypatch, fails_at):
    done = []

    def step(name, given, options):
        done.append((name, given, options))
        if name == fails_at:
            raise TimeoutError("trop long")

    def client(*given, **options):
        step("Client", given, options)
        return SimpleNamespace(
            wait_for_workers=lambda *a, **o: step("wait_for_workers", a, o),
            close=lambda: done.append("close"),
        )

    monkeypatch.setattr(cluster.distributed, "Client", client)
    if fails_at:
        with pytest.raises(UsageError, match=r"« tcp://x » ne répond pas.*trop long"):
            cluster._connected("tcp://x")
    else:
        assert cluster._connected("tcp://x").close
    steps = [("Client", ("tcp://x",), {"timeout": 30, "set_as_default": False}),
             ("wait_for_workers", (1,), {"timeout": 30})]  # fmt: skip
    assert (
        done == {"Client": steps[:1], "wait_for_workers": [*steps, "close"], None: steps}[fails_at]
    )


@pytest.mark.parametrize(
    ("seen", "given_up"),
    [
        ([1, 0, 0, 0, 0, 0], 5),  # one that comes and goes: 4 s after it was seen
        ([0, 0, 0, 0], 4),
        ([0, 0, 1, 0, 0, 0], None),
        ([0, 0, OSError(), AttributeError(), TimeoutError(), OSError()], None),
        ([], None),
    ],
)
def test_what_is_left_is_given_up_when_no_worker_was_there_for_long(monkeypatch, seen, given_up):
    """A look each second; more than three seconds without a worker are too many."""
    clock, cancelled = [0], []

    def wait(seconds):
        assert seconds == pytest.approx(0.1)  # of three seconds, a thirtieth
        clock[0] += 1
        return clock[0] > len(seen)

    def nthreads():
        found = seen[clock[0] - 1]
        if isinstance(found, Exception):
            raise found
        return {"un": 1} if found else {}

    client = SimpleNamespace(nthreads=nthreads, cancel=lambda of: cancelled.append((of, clock[0])))
    monkeypatch.setattr(cluster, "_ALONE", 3)
    monkeypatch.setattr(cluster, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    cluster._give_up_alone(client, "tâches", SimpleNamespace(wait=wait))

    assert cancelled == ([("tâches", given_up)] if given_up else [])
