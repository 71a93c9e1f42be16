"""One folder that installs qpref where there is no Internet and no right to administer.

`python tools/offline.py [linux|windows]` writes dist/qpref-hors-ligne-…: wheels checked by their
hashes, the notebooks and reference data, a script that installs and one that starts.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).parent / "hors-ligne"
WINDOWS = {
    "os_name": "nt",
    "sys_platform": "win32",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
}
TAGS = [
    "--platform", "win_amd64", "--python-version", "3.11.9", "--implementation", "cp",
    "--abi", "cp311", "--abi", "abi3", "--abi", "none",
]  # fmt: skip


def wanted(text: str, environment: dict[str, str]) -> str:
    """Return the pins that apply in an environment, with their hashes and without their markers."""
    kept = []
    for block in text.replace(" \\\n", " ").splitlines():
        pin, *hashes = block.split(" --hash=")
        found = Requirement(pin.strip()) if pin.strip() else None
        if found and (found.marker is None or found.marker.evaluate(environment)):
            found.marker = None
            kept.append(" \\\n    --hash=".join([str(found), *(h.strip() for h in hashes)]))
    return "\n".join(kept) + "\n"


def pip(*arguments: str | Path) -> None:
    """Run pip, told from here."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)  # noqa: S603


def build(system: str) -> Path:
    """Write the folder for a system; return where it is."""
    folder = ROOT / "dist" / f"qpref-hors-ligne-{system}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "paquets"
    wheels.mkdir(parents=True)
    environment = {**default_environment(), **(WINDOWS if system == "windows" else {})}
    pins = wanted((ROOT / "requirements" / "base.txt").read_text(encoding="utf-8"), environment)
    (folder / "paquets.txt").write_text(pins, encoding="utf-8")
    tags = TAGS if system == "windows" else []
    pip("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", *tags,
        "--requirement", folder / "paquets.txt", "--dest", wheels)  # fmt: skip
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    model = folder / "projet"
    for name in ("notebooks", "data/reference", "data/clu"):
        shutil.copytree(
            ROOT / name, model / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "local")
        )
    for path in sorted(SCRIPTS.iterdir()):
        if path.suffix in {".cmd" if system == "windows" else ".sh", ".txt"}:
            shutil.copy(path, folder / path.name)
    return folder


if __name__ == "__main__":
    here = "windows" if sys.platform == "win32" else "linux"
    made = build(sys.argv[1] if len(sys.argv) > 1 else here)
    sys.stdout.write(f"{made}\n")
