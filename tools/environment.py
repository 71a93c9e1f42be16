"""Write environment.yml from pyproject.toml and the pins: `python tools/environment.py`."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def direct() -> list[str]:
    """Return the names of the run-time dependencies."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names: list[str] = content["project"]["dependencies"]
    return names


def pins() -> dict[str, str]:
    """Return the pinned version of every package."""
    text = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9\-]+)(?:\[.*?\])?==([^\s;\\]+)", text, re.MULTILINE))


def environment() -> str:
    """Return the content of environment.yml."""
    found = pins()
    lines = [
        "# Environnement conda (Windows, macOS, Linux), pour qui n’utilise pas make.",
        "# Écrit par tools/environment.py d’après pyproject.toml et requirements/base.txt.",
        "name: qpref",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
        *(f"      - {name}=={found[name]}" for name in direct()),
        "      - -e .",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8", newline="\n")
