"""What qpref is made of: `python tools/supply.py sbom|licences|audit`.

- `sbom` writes dist/qpref-sbom.cdx.json (CycloneDX 1.6): each run-time package, its licence and
  what it needs, the same bytes for the same pins;
- `licences` refuses a run-time package whose licence is not among those we accept;
- `audit` asks for the known weaknesses of the pins (pip-audit). Without network it says how many
  packages were not looked at, and fails only for a weakness.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "base.txt"
SBOM = ROOT / "dist" / "qpref-sbom.cdx.json"
ACCEPTED = {
    "0bsd", "apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "hpnd", "isc", "mit",
    "mit-0", "mit-cmu", "mpl-2.0", "psf-2.0", "unlicense", "zlib",
}  # fmt: skip
_SPELLINGS = {
    "mit license": "mit",
    "bsd license": "bsd",
    "isc license (iscl)": "isc",
    "apache software license": "apache-2.0",
    "apache 2.0": "apache-2.0",
    "apache license, version 2.0": "apache-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "mpl-2.0",
    "python software foundation license": "psf-2.0",
}


@cache
def pinned() -> list[str]:
    """Return the run-time packages that are installed here (others are for other systems)."""
    text = PINS.read_text(encoding="utf-8")
    names = re.findall(r"^([a-z0-9\-]+)(?:\[.*?\])?==", text, re.MULTILINE)
    here = {_plain(found.name) for found in metadata.distributions()}
    return [name for name in dict.fromkeys(names) if name in here]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(name: str) -> str:
    """Return what a package says of its licence: expression, else classifiers, else free text."""
    facts = metadata.metadata(name)
    classified = [
        line.rsplit(" :: ", 1)[-1]
        for line in facts.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    text = facts.get("License") or ""
    return facts.get("License-Expression") or " AND ".join(classified) or text.split("\n")[0]


def refused(licence: str) -> list[str]:
    """Return the parts of a licence that we do not accept; of « A OR B », one is enough."""
    text = licence.lower()
    for spelling, name in _SPELLINGS.items():
        text = text.replace(spelling, name)
    choices = [re.split(r"\s+and\s+", choice) for choice in re.split(r"\s+or\s+", text)]
    bad = [[part for part in parts if part.strip("() ") not in ACCEPTED] for parts in choices]
    return min(bad, key=len)


def bill() -> dict[str, Any]:
    """Return the bill of materials of the run-time packages."""
    command = [
        sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible",
        "--spec-version", "1.6", "--output-format", "JSON", "--no-validate", "--pyproject",
        str(ROOT / "pyproject.toml"), "--output-file", "-", sys.executable,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    content: dict[str, Any] = json.loads(done.stdout)
    wanted = set(pinned())
    kept = [part for part in content["components"] if _plain(part["name"]) in wanted]
    names = {part["bom-ref"] for part in kept} | {content["metadata"]["component"]["bom-ref"]}
    content["components"] = kept
    content["dependencies"] = [
        {**one, "dependsOn": [name for name in one.get("dependsOn", ()) if name in names]}
        for one in content["dependencies"]
        if one["ref"] in names
    ]
    return content


def judged(answer: str) -> tuple[list[str], int]:
    """Return the weaknesses that pip-audit found, and how many packages it could not look at."""
    try:
        found = list(json.loads(answer)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return [], len(pinned())
    weak = [
        f"{one['name']} {one['version']} : {weakness['id']}"
        for one in found
        for weakness in one.get("vulns", ())
    ]
    return weak, sum("skip_reason" in one for one in found)


def audit() -> int:
    """Ask for the weaknesses of the pins; return 1 when there is one."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(PINS), "--require-hashes",
        "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json",
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    weak, unseen = judged(done.stdout)
    say([*weak, f"{len(weak)} faiblesse(s) connue(s), {unseen} paquet(s) non vérifié(s)"])
    return int(bool(weak))


def say(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def main(command: str) -> int:
    """Run one command; return its exit code."""
    if command == "audit":
        return audit()
    if command == "licences":
        bad = [f"{n} : {licence_of(n)}" for n in pinned() if refused(licence_of(n))]
        say([*bad, f"{len(pinned())} paquets, {len(bad)} licence(s) refusée(s)"])
        return int(bool(bad))
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(bill(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say([str(SBOM.relative_to(ROOT))])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
