"""Every way to install qpref, resolved on each system as its own: `python tools/routes.py`.

Writes a table (Markdown): routes × Pythons × systems. Each cell is a resolution by uv with the
markers of that Python on that system, from wheels only; where the route is pinned, what comes out
must be what the lock says, and one of the wheels that fit must have its hash in the lock. Nothing
is downloaded but the index's pages. It needs the package index.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pins
import yaml
from packaging.utils import canonicalize_name
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[1]
TRIPLES = {
    "windows": "x86_64-pc-windows-msvc",
    "macos": "aarch64-apple-darwin",
    "linux": "x86_64-manylinux_2_28",
}
OLDEST_MACOS = "15.0"  # pikepdf has no wheel for an older one
HEADER = "| installation | Python | Windows x64 | macOS arm64 | Linux x86-64 |"
LINKED = 8  # resolutions at once: they wait for the index more than they compute


class Route(NamedTuple):
    """One way to install: what uv is given, and the lock that it must agree with."""

    name: str
    arguments: tuple[str, ...]
    text: str = ""
    lock: str = ""
    is_hashed: bool = False
    python: str = ""  # the only one; any that is supported where empty


def listed() -> str:
    """Return what environment.yml asks of pip, except qpref itself."""
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    (asked,) = (part["pip"] for part in content["dependencies"] if isinstance(part, dict))
    return "\n".join(line for line in asked if not line.startswith("-e"))


def routes() -> list[Route]:
    """Return every way to install that a document names."""
    project = "pyproject.toml"
    return [
        Route("environment.yml", ("-",), text=listed(), lock="base", python=pins.newest()),
        Route("make", ("requirements/base.txt",), lock="base", is_hashed=True),
        Route("make test", ("requirements/dev.txt",), lock="dev", is_hashed=True),
        Route("qpref", (project,)),
        *(Route(f"qpref[{extra}]", (project, "--extra", extra)) for extra in extras()),
    ]


def extras() -> list[str]:
    """Return the names of the extras."""
    return [*pins.project()["optional-dependencies"]]


def uv(arguments: tuple[str, ...], text: str = "") -> subprocess.CompletedProcess[str]:
    """Resolve with uv; the answer is a pylock.toml."""
    command = [find_uv_bin(), "pip", "compile", *arguments, "--format", "pylock.toml", "--quiet"]
    command += ["--only-binary", ":all:", "--no-header", "--no-config", "--no-python-downloads"]
    surroundings = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS}
    return subprocess.run(  # noqa: S603 - ours
        command, cwd=ROOT, env=surroundings, input=text,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def index_is_reachable() -> bool:
    """Ask the index for one package that it surely has."""
    return uv(("-", "--no-deps", "--no-cache"), "packaging").returncode == 0


def resolve(route: Route, python: str, system: str) -> tuple[int, list[str]]:
    """Return how many packages a route installs, and what is wrong with it."""
    where = ("--python-version", python, "--python-platform", TRIPLES[system])
    done = uv((*route.arguments, *where), route.text)
    if done.returncode:
        return 0, [done.stderr.strip()]
    found: list[dict[str, Any]] = tomllib.loads(done.stdout)["packages"]
    return len(found), [*differences(route, found, pins.environment(system, python))]


def differences(
    route: Route, found: list[dict[str, Any]], environment: dict[str, str]
) -> Iterator[str]:
    """Yield what a pinned route resolves to that its lock does not say, or the reverse."""
    if not route.lock:
        return
    wanted = {pin.name: pin for pin in pins.read(route.lock) if pin.applies(environment)}
    versions = {canonicalize_name(one["name"]): one["version"] for one in found}
    for name in sorted({*wanted, *versions}):
        locked = wanted[name].version if name in wanted else None
        if locked != versions.get(name):
            yield f"{name} : {locked} dans le verrou, {versions.get(name)} trouvé"
    for one in found if route.is_hashed else ():
        usable = {f"sha256:{wheel['hashes']['sha256']}" for wheel in one["wheels"]}
        if usable.isdisjoint(wanted[canonicalize_name(one["name"])].hashes):
            yield f"{one['name']} : aucune empreinte du verrou pour ce système"


def cells() -> list[tuple[Route, str, str]]:
    """Return every case: a route, a Python, a system."""
    return [
        (route, python, system)
        for route in routes()
        for python in ([route.python] if route.python else pins.supported())
        for system in pins.SYSTEMS
    ]


def resolve_all(
    wanted: list[tuple[Route, str, str]],
) -> dict[tuple[str, str, str], tuple[int, list[str]]]:
    """Resolve cases, several at once; return each with its outcome."""
    with ThreadPoolExecutor(LINKED) as pool:
        outcomes = pool.map(lambda case: resolve(*case), wanted)
        return {
            (r.name, p, s): outcome for (r, p, s), outcome in zip(wanted, outcomes, strict=True)
        }


def main() -> int:
    """Write the table and what is wrong; return 1 when something is."""
    if not index_is_reachable():
        sys.stdout.write("L’index des paquets est hors d’atteinte : rien n’est vérifié.\n")
        return 1
    found = resolve_all(cells())
    lines = [
        "| installation | Python | Windows x64 | macOS arm64 | Linux x86-64 |",
        "|---|---|---|---|---|",
    ]
    for name, python in dict.fromkeys((name, python) for name, python, _ in found):
        row = [found[name, python, system] for system in pins.SYSTEMS]
        shown = [f"échec ({len(faults)})" if faults else f"{n} paquets" for n, faults in row]
        lines.append(f"| {' | '.join([f'`{name}`', python, *shown])} |")
    bad = [f"{' '.join(case)} : {fault}" for case, (_, faults) in found.items() for fault in faults]
    sys.stdout.write(
        "\n".join([*lines, *bad, f"{len(found)} résolutions, {len(bad)} défaut(s)"]) + "\n"
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
