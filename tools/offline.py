"""One folder that installs qpref where there is no Internet and no right to administer.

`python tools/offline.py [linux|windows]` writes dist/qpref-hors-ligne-…: wheels checked by their
hashes, a script that installs the program and one that creates the user's project and opens it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pins

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).parent / "hors-ligne"
SHORT = pins.NAMED.rpartition(".")[0]
TAGS = [
    "--platform", "win_amd64", "--python-version", pins.NAMED, "--implementation", "cp",
    "--abi", f"cp{SHORT.replace('.', '')}", "--abi", "abi3", "--abi", "none",
]  # fmt: skip


def wanted(system: str, name: str = "base") -> str:
    """Return the pins that apply on a system, with their hashes and without their markers."""
    is_windows = system == "windows"
    environment = pins.environment(system, pins.NAMED) if is_windows else pins.here()
    kept = [pin for pin in pins.read(name) if pin.applies(environment)]
    lines = [" \\\n    --hash=".join([pin.bare(), *pin.hashes]) for pin in kept]
    return "\n".join(lines) + "\n"


def pip(*arguments: str | Path) -> None:
    """Run pip, told from here."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)  # noqa: S603


def build(system: str) -> Path:
    """Write the folder for a system; return where it is."""
    folder = ROOT / "dist" / f"qpref-hors-ligne-{system}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "paquets"
    wheels.mkdir(parents=True)
    (folder / "paquets.txt").write_text(wanted(system), encoding="utf-8")
    tags = TAGS if system == "windows" else []
    pip("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", *tags,
        "--requirement", folder / "paquets.txt", "--dest", wheels)  # fmt: skip
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    for path in sorted(SCRIPTS.iterdir()):
        if path.suffix in {".cmd" if system == "windows" else ".sh", ".txt"}:
            shutil.copy(path, folder / path.name)
    return folder


if __name__ == "__main__":
    here = "windows" if sys.platform == "win32" else "linux"
    made = build(sys.argv[1] if len(sys.argv) > 1 else here)
    sys.stdout.write(f"{made}\n")
