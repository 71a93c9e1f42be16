"""Shared fixtures: reference data, the example, a project where it is imported, its reports."""

import contextlib
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import is_hypothesis_test, settings
from xdist.scheduler import LoadScopeScheduling

import qpref
from qpref.cli import main
from qpref.example import example_files
from qpref.intake import Reception, receive
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.example import load_invented
from qpref.store import Store
from tests.coded import code_remarks

try:
    import resource
except ImportError:  # Windows
    resource = None

NIGHT = bool(os.environ.get("QPREF_NUIT"))  # `make nuit`: long draws, load, real machines
# Same draws every day, others each night; no failure because a machine is slow.
settings.register_profile("jour", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("nuit", deadline=None, max_examples=1_000, print_blob=True)
settings.load_profile("nuit" if NIGHT else "jour")
# Tests hold much and make few cycles: at the usual 700, all of it is looked through for nothing.
gc.set_threshold(100_000, 20, 50)
# No test cuts the power: those that do as if note or replace this call, or run the program apart.
os.fsync = lambda _handle: None

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2021, 1, 5, 9, 0).astimezone()
CAMPAIGNS = ("2019-11", "2020-11")
SITES = ("evry", "etampes", "palaiseau")
OTHERS = ("2020-11-elus", "2020-11-associations", "2020-11-agents")  # surveys of other publics
PATIENCE = 240  # seconds that a condition may take on the slowest machine; nothing waits for them
# The longest begin, those that wait beside those that compute: no process is left alone at the end
# with one of them. The tests of a file stay in one process, which makes what they share once, but
# for those of the files apart, which share little.
FIRST = ("notebooks/test_execution", "clu/test_pack", "notebooks/test_cluster")
ROOMS = ("notebooks", "attacks", "browser", "docs", "clu", "functional", "intake")
APART = {"test_faults", "test_surroundings", "test_power", "test_inputs"}
# Files whose tests share what takes seconds: sections of all reports, syntax trees of all modules.
TOGETHER = {
    **dict.fromkeys(("test_counted_on_tables", "test_drawn_as_written", "test_pages",
                     "test_sections_directly", "test_well_formed"), "sections"),
    **dict.fromkeys(("test_architecture", "test_budgets", "test_declarations", "test_facts"),
                    "trees"),
}  # fmt: skip
# Measuring coverage doubles what a test costs: only tests of these rooms are measured, each by its
# first case; not drawn examples nor those of some seconds, whose lines others reach, but for those
# marked `mesure`: without them, half a hundredth of the lines would be missing.
MEASURED = {"unit", "intake", "functional", "clu", "handover", "slides"}
# `make test` runs the long tests of one file in ten, those of the day's turn; all of them are run
# by `make test TOUR=tous`, by night, and by whoever asks pytest for a file (ADR 0052).
TURNS, TURN = 10, os.environ.get("QPREF_TOUR", "")
WATCHED = "QPREF_MUTANT_TIMES" in os.environ  # by tools/mutants.py, which asks who reaches a line
HEAVY = (  # libraries, loaded before the measure
    "babel.dates", "cryptography.hazmat.primitives.ciphers.aead", "distributed", "docx", "holidays",
    "icalendar", "ipywidgets", "jupyterlab", "lxml.html", "nbconvert", "openpyxl", "pandera.pandas",
    "papermill", "pikepdf", "plotly.graph_objects", "pptx", "pyarrow.compute", "pyarrow.parquet",
    "python_calamine", "rich.table", "scipy.optimize", "scipy.stats", "statsmodels.api",
)  # fmt: skip
NOT_LOADED = {"qpref.__main__", "qpref.batch.warm"}  # they do their work when they are imported
_BEGUN: set[str] = set()  # the tests whose first case has begun in this process


def is_of_another_turn(item):
    """Whether a test is long, and its file not of this turn; its lines must not be missing."""
    is_long = item.get_closest_marker("lent") and not item.get_closest_marker("mesure")
    if not (TURN.isdigit() and is_long):
        return False
    place = item.path.relative_to(ROOT).as_posix()
    digest = hashlib.sha512(place.encode()).hexdigest()  # of those tried, spreads best
    return int(digest, 16) % TURNS != int(TURN) % TURNS


def pytest_report_header():
    """Say which long tests are left out, and how to run them too."""
    if not TURN.isdigit():
        return "tous les tests longs"
    told = f"tour {int(TURN) % TURNS} : les tests longs d’un fichier sur {TURNS}"
    return f"{told} ; tous : make test TOUR=tous"


def pytest_collection_modifyitems(config, items):
    """Leave to the night what is marked for it, to other days what is of another turn; order."""
    nightly = {item for item in items if item.get_closest_marker("nuit") and not NIGHT}
    left = nightly | {item for item in items if is_of_another_turn(item)}
    if left:
        config.hook.pytest_deselected(items=list(left))
    order = {name: rank for rank, name in enumerate((*FIRST, *ROOMS))}

    def rank(item):
        room = item.path.parent.name
        return order.get(f"{room}/{item.path.stem}", order.get(room, len(order)))

    items[:] = sorted((item for item in items if item not in left), key=rank)


class ByFile(LoadScopeScheduling):
    """Gives a file to a process, in the order above, or some together, or a test alone."""

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        name = Path(path).stem
        return nodeid if name in APART else TOGETHER.get(name, path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


MEMORY = []  # what the tests that raised the peak of their process raised it to, in megabytes


def peak():
    """Return the most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 if resource else 0


def is_measured(item):
    """Whether the lines that a test and its fixtures reach are counted."""
    if WATCHED:
        return True
    name = item.nodeid.partition("[")[0]
    is_first = name not in _BEGUN
    _BEGUN.add(name)
    is_drawn = is_hypothesis_test(getattr(item, "obj", None))
    is_long = item.get_closest_marker("lent") and not item.get_closest_marker("mesure")
    return is_first and not is_drawn and not is_long and item.path.parent.name in MEASURED


@contextlib.contextmanager
def unmeasured(config):
    """Stop the measure of coverage, if there is one, while what adds little to it runs."""
    plugin = config.pluginmanager.getplugin("_cov")
    if plugin is None or WATCHED:
        yield
        return
    plugin.cov_controller.pause()
    yield
    plugin.cov_controller.resume()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Load the package, whose own lines are measured: neither libraries nor tests are."""
    worker = getattr(session.config, "workerinput", {}).get("workerid", "")
    shares = session.config.getoption("numprocesses", None) and not worker  # to other processes
    if session.config.pluginmanager.hasplugin("_cov") and not shares:
        with unmeasured(session.config):
            for name in HEAVY:
                importlib.import_module(name)
        # One process counts the lines that are read once: others only load them.
        with contextlib.nullcontext() if worker in {"", "gw0"} else unmeasured(session.config):
            for module in pkgutil.walk_packages(qpref.__path__, "qpref."):
                if module.name not in NOT_LOADED:
                    importlib.import_module(module.name)
    with unmeasured(session.config):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    before = peak()
    with contextlib.nullcontext() if is_measured(item) else unmeasured(item.config):
        done = yield
    if peak() > max(before + 100, 600):
        MEMORY.append(f"memory: {peak()} MB after {item.nodeid}")
    return done


def pytest_collection_finish():
    """Look no more through what was loaded: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session):
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["memory"] = [*MEMORY, f"memory: {peak()} MB at most"]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    MEMORY.extend(getattr(node, "workeroutput", {}).get("memory", []))


def pytest_terminal_summary(terminalreporter):
    """Tell what each process held; 1,500 MB is the most that we accept."""
    for line in MEMORY:
        terminalreporter.write_line(line)


def example_count(day: int, night: int = 0) -> int:
    """Return how many inputs a costly property is tried on: a few each day, many more a night."""
    return (night or day * 20) if NIGHT else day


def few_by_day(cases, count: int):
    """Return the cases of a test that costs a lot: so many a day, spread over them, all a night."""
    cases = list(cases)
    step = -(-len(cases) // count)
    return [
        pytest.param(
            *(one if isinstance(one, tuple) else [one]),
            marks=[pytest.mark.nuit] if rank % step else [],
        )
        for rank, one in enumerate(cases)
    ]


def guide() -> str:
    """Return all the pages of the analyst's guide."""
    pages = sorted((ROOT / "docs" / "guide").glob("*.md"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def wait_until(condition, seconds: float = PATIENCE):
    """Wait for a condition, and never for a time; return what it gave."""
    until = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def reference():
    return load_reference(ROOT / "data" / "reference")


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """
    Make a folder once for all the processes of a run; each process gets a copy of its own.

    The first that asks makes it, the others wait for it. No test can then disturb one of another
    process.
    """
    own = tmp_path_factory.getbasetemp()
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def copy(name, make):
        made = common / f"commun-{name}"
        with FileLock(f"{made}.lock"):
            if not made.exists():
                under_way = common / f"en-cours-{name}"
                shutil.rmtree(under_way, ignore_errors=True)  # of a process that failed to make it
                make(under_way)
                under_way.rename(made)
        target = tmp_path_factory.mktemp(name) / "projet"
        shutil.copytree(made, target)
        return target

    return copy


@pytest.fixture(scope="session")
def wheel(distributions):
    """The wheel of qpref, built once, as pip does: from the source distribution."""
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def distributions(shared):
    """The source distribution, and the wheel built from it."""

    def build(target, source, folder):
        command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory"]
        subprocess.run([*command, str(folder)], cwd=source, check=True, capture_output=True)

    def make(folder):
        build("sdist", ROOT, folder)
        (packed,) = folder.glob("*.tar.gz")
        with tarfile.open(packed) as content, tempfile.TemporaryDirectory() as unpacked:
            content.extractall(unpacked, filter="data")
            (source,) = Path(unpacked).iterdir()
            build("wheel", source, folder)

    return shared("roue", make)


def write_example(reference, folder: Path, invented) -> None:
    """Write an example where there is nothing."""
    for name, content in example_files(reference, invented).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture(scope="session")
def example(shared, reference):
    """The folder of the example, written once."""
    invented = load_invented(ROOT / "data" / "reference")
    return shared("exemple", lambda folder: write_example(reference, folder, invented))


def copy_project(folder: Path) -> Project:
    """Return an empty project with the repository's reference data and notebooks."""
    shutil.copytree(ROOT / "data" / "reference", folder / "data" / "reference")
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return Project(folder)


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path / "projet")


def import_example(
    project: Project, reference, example: Path, campaigns=(*CAMPAIGNS, *OTHERS)
) -> None:
    for campaign in campaigns:
        setting = Reception(reference, reference.campaign(campaign))
        for path in sorted((example / campaign).iterdir()):
            Store(project).add(setting, receive(setting, path), NOW)


@pytest.fixture(scope="session")
def filled(shared, reference, example):
    """A project where the example is imported; tests only read it."""
    return Project(shared("rempli", lambda f: import_example(copy_project(f), reference, example)))


@pytest.fixture(scope="session")
def last_only(shared, reference, example):
    """A project where the last campaign alone is imported; tests only read it."""
    return Project(
        shared(
            "derniere", lambda f: import_example(copy_project(f), reference, example, ["2020-11"])
        )
    )


@pytest.fixture(scope="session")
def coded(shared, filled):
    """
    The example, imported, whose remarks a person coded, but for some of one site.

    Tests only read it.
    """

    def make(folder):
        shutil.copytree(filled.root, folder)
        code_remarks(Project(folder), CAMPAIGNS, SITES, [("2020-11", "palaiseau")])

    return Project(shared("code", make))


@pytest.fixture(scope="session")
def published(shared, coded):
    """The same with its 32 reports, made by the command: pages tell what remarks say."""

    def make(folder):
        shutil.copytree(coded.root, folder)
        assert main(["--racine", str(folder), "rapports"]) == 0

    return Project(shared("rapports", make))


def notebooks_of(project: Project, campaign: str = CAMPAIGNS[-1]) -> list[Path]:
    """Return the notebooks of reports: figures of each month came with the last campaign."""
    found = sorted(project.notebooks.glob("[1-9]*.ipynb"))
    facts = {path: json.loads(path.read_text("utf-8"))["metadata"]["qpref"] for path in found}
    return [path for path in found if campaign == CAMPAIGNS[-1] or "facultatif" not in facts[path]]


@pytest.fixture(scope="session")
def published_whole(shared, published):
    """The same, with the reports that are made on demand only, by day of the last campaign."""

    def make(folder):
        shutil.copytree(published.root, folder)
        for campaign in CAMPAIGNS if NIGHT else CAMPAIGNS[-1:]:
            names = [path.stem for path in notebooks_of(Project(folder), campaign)]
            wanted = [word for name in names for word in ("--notebook", name)]
            asked = ["rapports", "--campagne", campaign, *wanted]
            assert main(["--racine", str(folder), *asked]) == 0

    return Project(shared("tout", make))


@pytest.fixture
def own(filled, tmp_path):
    """A copy of the example, imported, that a test may write."""
    return copied(filled, tmp_path)


def copied(project: Project, folder: Path, **options) -> Project:
    """Return a copy of a project, which a test may write."""
    copy = Project(folder / "projet")
    shutil.copytree(project.root, copy.root, **options)
    return copy
