"""Each way to install qpref gives the pins that were checked, on each system."""

import re
import sys
import zipfile
from email import message_from_bytes
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.conftest import NIGHT

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import environment  # noqa: E402 - scripts of tools/
import offline  # noqa: E402
import pins  # noqa: E402
import routes  # noqa: E402

LOCKS = ("base", "dev")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def asked():
    """What environment.yml asks of pip."""
    return [Requirement(line) for line in routes.listed().splitlines()]


# Without network: markers


def applying(requirements, where):
    found = [one for one in requirements if one.marker is None or one.marker.evaluate(where)]
    return {one.name: str(one.specifier) for one in found}


@pytest.mark.parametrize("system", pins.SYSTEMS)
@pytest.mark.parametrize("python", [pins.newest(), f"{pins.newest()}.99"])
def test_environment_yml_asks_what_the_lock_says_for_its_python(system, python):
    where = pins.environment(system, python)

    assert SpecifierSet(environment.python().removeprefix("python")).contains(python)
    locked = applying([pin.requirement for pin in pins.read("base")], where)
    assert applying(asked(), where) == locked
    assert len(locked) > 100


def test_environment_yml_gives_its_python_the_numpy_made_for_it():
    """The fault that made it impossible to install: the last pin won, whatever its marker."""
    wanted = {one.name: str(one.specifier) for one in asked()}
    locked = {(pin.name, str(pin.requirement.marker)): pin.version for pin in pins.read("base")}
    older, newer = 'python_full_version < "3.12"', 'python_full_version >= "3.12"'

    for name in ("numpy", "scipy"):
        assert wanted[name] == f"=={locked[name, newer]}" != f"=={locked[name, older]}"


def test_environment_yml_holds_every_dependency_and_is_what_its_script_writes():
    names = {Requirement(text).name for text in pins.usual()}

    assert names <= {one.name for one in asked()}
    assert environment.environment() == read("environment.yml")
    assert read("environment.yml").splitlines()[2] == "name: qpref"


@pytest.mark.parametrize("system", pins.SYSTEMS)
@pytest.mark.parametrize("python", pins.supported())
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_one_version_of_each_package_and_within_the_bounds(lock, python, system):
    where = pins.environment(system, python)
    found = [pin for pin in pins.read(lock) if pin.applies(where)]
    versions = {pin.name: pin.version for pin in found}
    project = pins.project()
    wanted = [Requirement(text) for text in pins.usual()]
    if lock == "dev":
        extras = project["optional-dependencies"].values()
        wanted += [Requirement(text) for group in extras for text in group]

    assert len(versions) == len(found)
    for one in wanted:
        assert one.specifier.contains(versions[one.name]), one


def test_the_pythons_named_are_those_allowed():
    allowed = SpecifierSet(pins.project()["requires-python"])
    named = pins.supported()

    assert all(allowed.contains(python) for python in [*named, pins.NAMED])
    last = int(named[-1].rpartition(".")[2])
    assert named[1:] == [f"3.{minor}" for minor in range(12, last + 1)]
    assert not allowed.contains(f"3.{last + 1}")
    assert not allowed.contains("3.11.4")
    assert "(3, 11, 5) <= sys.version_info < (3, 15)" in read("Makefile")


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash_and_no_registry_address(name):
    found = pins.read(name)

    assert all(re.fullmatch(r"==[^,]+", str(pin.requirement.specifier)) for pin in found)
    assert all(pin.hashes for pin in found)
    assert all(h.startswith("sha256:") for pin in found for h in pin.hashes)
    assert not re.search(r"https?://|--index|--find-links", read(f"requirements/{name}.txt"))


@pytest.mark.parametrize("python", pins.supported())
def test_development_pins_agree_with_the_run_time_ones(python):
    where = pins.environment("linux", python)
    base, dev = (
        {pin.name: pin.version for pin in pins.read(lock) if pin.applies(where)} for lock in LOCKS
    )

    assert base.items() <= dev.items()


def test_the_portable_folder_takes_the_pins_of_windows():
    text = offline.wanted("windows")

    assert re.search(r"^colorama==", text, re.MULTILINE)
    assert not re.search(r"^(appnope|pexpect)==|;", text, re.MULTILINE)
    assert text.count("--hash=sha256:") > text.count("==")


@pytest.mark.parametrize("system", ["linux", "macos", "windows", "autre"])
@pytest.mark.parametrize("here", ["linux", "macos", "windows"])
def test_the_offline_folder_is_made_for_the_system_that_makes_it(here, system, monkeypatch, capsys):
    """Windows has one folder only, the portable one, which needs no Python either."""
    monkeypatch.setattr(offline, "HERE", here)
    monkeypatch.setattr(offline, "build", lambda: ROOT / "dist")
    is_made = system == here != "windows"

    assert offline.main([system]) == (0 if is_made else 2)

    told = capsys.readouterr()
    assert bool(told.out) == is_made
    assert ("make portable SYSTEME=windows" in told.err) == (system == "windows")
    assert (system == "windows") or is_made or f"SYSTEME={system}" in told.err


def test_the_scripts_of_the_offline_folder_are_those_that_its_page_names():
    names = {path.name for path in offline.SCRIPTS.iterdir()}
    page = read("docs/guide/poste-verrouille.md").split("make hors-ligne")[1]

    assert names - {"LISEZMOI.txt"} == {*re.findall(r"`([a-z]+\.(?:sh|cmd))`", page)}


def test_every_package_that_qpref_imports_is_asked_for():
    """A package that comes by chance, through another, may go."""
    paths = (ROOT / "qpref").rglob("*.py")
    lines = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    modules = set(re.findall(r"^\s*(?:from|import) (\w+)(?=[ .\n][^\n]*$|$)", lines, re.MULTILINE))
    owners = metadata.packages_distributions()
    project = pins.project()
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked_for = {Requirement(text).name for group in groups for text in group}
    outside = {m: owners[m] for m in modules - {"qpref"} if m in owners}

    bad = {m: found for m, found in outside.items() if asked_for.isdisjoint(map(str.lower, found))}
    assert bad == {}
    assert len(outside) > 20


# What is published


@pytest.fixture(scope="module")
def facts(wheel):
    """The metadata of the wheel, and the names of its files."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (path,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(path)), names


def test_the_wheel_asks_and_offers_what_users_need_only(facts):
    message, names = facts
    project = pins.project()

    assert set(message.get_all("Provides-Extra")) == set(project["optional-dependencies"])
    assert {*project["optional-dependencies"]} == {
        "codage", "distribue", "duckdb", "labo", "pdf", "sav",
    }  # fmt: skip
    found = {Requirement(line).name for line in message.get_all("Requires-Dist")}
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert found == {Requirement(text).name for group in groups for text in group}
    assert "qpref/py.typed" in names


def test_every_dependency_has_a_lower_bound():
    project = pins.project()
    groups = [project["dependencies"], *project["optional-dependencies"].values()]

    assert [text for group in groups for text in group if ">=" not in text] == []
    pandas = next(r for r in map(Requirement, project["dependencies"]) if r.name == "pandas")
    assert not pandas.specifier.contains("2.3.3")  # tables.py relies on copy-on-write


# With the package index


DAILY = "environment.yml"


@pytest.fixture(scope="module")
def resolved():
    """Each route on each system, for one Python: oldest and newest in turn.

    Each day that of environment.yml alone, where a marker was once lost; the locks are checked
    without network above. `python tools/routes.py` does them all.
    """
    if not routes.index_is_reachable():
        pytest.skip("l’index des paquets est hors d’atteinte : aucune installation résolue")
    oldest, *_, newest = pins.supported()
    chosen = {"environment.yml": newest, "make": newest, "make test": oldest}
    cells = [
        cell for cell in routes.cells() if cell[1] == chosen.get(cell[0].name, newest)
        and cell[0].name != "qpref"  # its extras ask for as much and more
        and (NIGHT or cell[0].name == DAILY)
    ]  # fmt: skip
    return routes.resolve_all(cells)


@pytest.mark.parametrize("system", pins.SYSTEMS)
@pytest.mark.parametrize(
    "name",
    [
        DAILY,
        *(
            pytest.param(name, marks=pytest.mark.nuit)
            for name in ("make", "make test", "qpref[distribue]", "qpref[sav]")
        ),
    ],
)
def test_a_route_installs_on_a_system_from_wheels(resolved, name, system):
    ((n, faults),) = (found for case, found in resolved.items() if case[::2] == (name, system))

    assert faults == []
    assert n > 100
