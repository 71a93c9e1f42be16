"""The pins of requirements/, and which of them apply to a Python on a system.

`requirements/*.txt` hold the versions for all systems and Pythons at once, each with its marker and
its hashes (ADR 0010). Whatever needs those of one system asks here, so that markers are evaluated
in one place only: environment.yml, the offline and portable folders, the table of install routes.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

# The Python of the portable folder: the one under which every check is run. 3.11.9 is the last of
# its line that has binaries for Windows. environment.yml asks for `newest()`.
NAMED = "3.11.9"
SYSTEMS = {
    "windows": {
        "os_name": "nt",
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
    },
    "macos": {
        "os_name": "posix",
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "platform_machine": "arm64",
    },
    "linux": {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
    },
}


class Pin(NamedTuple):
    """One line of a requirements file: a version, where it applies, and its files' hashes."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the package."""
        return self.requirement.name

    @property
    def version(self) -> str:
        """The only version allowed."""
        return str(self.requirement.specifier).removeprefix("==")

    def applies(self, environment: dict[str, str]) -> bool:
        """Evaluate the marker in an environment."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate(environment)

    def bare(self) -> str:
        """Return the requirement without its marker."""
        return str(self.requirement).partition(";")[0].strip()


def read(name: str) -> list[Pin]:
    """Return the pins of `requirements/{name}.txt`, in order."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    lines = text.replace(" \\\n", " ").splitlines()
    parts = [line.split(" --hash=") for line in lines if line.strip()]
    return [Pin(Requirement(pin), tuple(h.strip() for h in hashes)) for pin, *hashes in parts]


def environment(system: str, python: str) -> dict[str, str]:
    """
    Return the values of markers for CPython on a system.

    Parameters
    ----------
    system
        One of `SYSTEMS`.
    python
        A version, « 3.12 » (its first release) or « 3.11.9 ».
    """
    full = python if python.count(".") > 1 else f"{python}.0"
    cpython = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    versions = {
        "implementation_version": full,
        "python_full_version": full,
        "python_version": full.rpartition(".")[0],
    }
    return {**default_environment(), **SYSTEMS[system], **cpython, **versions}


def here() -> dict[str, str]:
    """Return the values of markers for this Python on this machine."""
    return {**default_environment()}


def project() -> dict[str, Any]:
    """Return the table [project] of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    content: dict[str, Any] = tomllib.loads(text)["project"]
    return content


def usual() -> list[str]:
    """Return what `make` and conda install: an analyst's machine opens the lab and prints."""
    asked = project()
    extras = asked["optional-dependencies"]
    return [*asked["dependencies"], *extras["labo"], *extras["pdf"]]


def supported() -> list[str]:
    """Return the Pythons that pyproject.toml names; of the oldest, its first release allowed."""
    content = project()
    (floor,) = re.findall(r">=\s*([\d.]+)", content["requires-python"])
    lines = "\n".join(content["classifiers"])
    later = re.findall(r"^Programming Language :: Python :: (3\.\d+)$", lines, re.MULTILINE)
    return [floor, *(python for python in later if not floor.startswith(f"{python}."))]


def newest() -> str:
    """Return the newest Python that pyproject.toml names: every pin has wheels for it."""
    return supported()[-1]
