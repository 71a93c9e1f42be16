"""One folder that installs qpref where there is no Internet and no right to administer.

`python tools/offline.py` writes dist/qpref-hors-ligne-… for the system and the Python that run it:
wheels checked by their hashes, a script that installs the program and one that creates the user's
project and opens it. Windows has a folder that needs no Python instead (`tools/portable.py`).
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pins

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).parent / "hors-ligne"
HERE = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


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


def build() -> Path:
    """Write the folder for this system; return where it is."""
    folder = ROOT / "dist" / f"qpref-hors-ligne-{HERE}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "paquets"
    wheels.mkdir(parents=True)
    (folder / "paquets.txt").write_text(wanted(HERE), encoding="utf-8")
    pip("download", "--no-deps", "--only-binary", ":all:", "--require-hashes",
        "--requirement", folder / "paquets.txt", "--dest", wheels)  # fmt: skip
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    for path in sorted(SCRIPTS.iterdir()):
        shutil.copy(path, folder / path.name)
    return folder


def main(arguments: list[str]) -> int:
    """Build for this system; return 2, and say why, when another is asked for."""
    system = arguments[0] if arguments else HERE
    if system == "windows":
        sys.stderr.write(
            "Sous Windows, le dossier qui se passe d’Internet est le dossier portable : "
            "make portable SYSTEME=windows PYTHON_WINDOWS=ARCHIVE\n"
        )
        return 2
    if system != HERE:
        sys.stderr.write(
            f"SYSTEME={system} : ce dossier se fait sur le système où il servira ; ici, {HERE}.\n"
        )
        return 2
    sys.stdout.write(f"{build()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
