"""Write environment.yml from pyproject.toml and the pins: `python tools/environment.py`.

Conda brings Python and pip, pip brings every pin that applies to that Python. A marker stays only
where systems differ.
"""

from pathlib import Path

import pins
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


def line(pin: pins.Pin) -> str | None:
    """Return the line of a pin: no marker where it always applies, no line where it never does."""
    found = [pin.applies(pins.environment(system, pins.newest())) for system in pins.SYSTEMS]
    if not any(found):
        return None
    return pin.bare() if all(found) else str(pin.requirement)


def python() -> str:
    """Return what conda is asked for: the newest line of Python that every pin has wheels for."""
    major, minor = pins.newest().split(".")
    return f"python>={pins.newest()},<{major}.{int(minor) + 1}"


def environment() -> str:
    """Return the content of environment.yml."""
    direct = {Requirement(text).name for text in pins.usual()}
    found = [(pin.name in direct, line(pin)) for pin in pins.read("base")]
    asked, others = (
        [f"      - {text}" for is_direct, text in found if text and is_direct is wanted]
        for wanted in (True, False)
    )
    lines = [
        "# Environnement conda (Windows, macOS, Linux), pour qui n’utilise pas make.",
        "# Écrit par tools/environment.py d’après pyproject.toml et requirements/base.txt.",
        "name: qpref",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - {python()}",
        "  - pip",
        "  - pip:",
        "      # ce que qpref demande",
        *asked,
        "      # ce que demandent ces paquets",
        *others,
        "      - -e .",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8", newline="\n")
