"""An installer of the portable folder for a whole machine, and the list of its binaries.

`python tools/msi.py ZIP` takes what `make portable` wrote and writes, beside it, an .msi (per
machine, under Program Files, without a question when asked so) and a .csv of every program and
library with its SHA-256 and whether its file holds a signature: what AppLocker and WDAC ask for.
"""

import compileall
import csv
import hashlib
import io
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pins
import version

# Never changed: by it, Windows knows a later version as the same program.
FAMILY = uuid.UUID("6f0a1b0e-5d0c-4c55-9a0e-3c2f6f7d29a1")
BINARIES = {".exe", ".dll", ".pyd"}
TOO_LATE = "Une version plus récente de qpref est installée."
# Of the header of a program: where it begins, its two forms, the entry of the certificates.
_AT, _LONG, _CERTIFICATES = 0x3C, 0x20B, 4


class Refused(Exception):  # noqa: N818 - it is a sentence for whoever builds
    """What nothing can be made for, in French."""


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack the portable folder, and compile its modules: nothing is written where it will be."""
    with zipfile.ZipFile(path) as content:
        content.extractall(folder)
    if pins.NAMED.split(".")[:2] != [str(part) for part in sys.version_info[:2]]:
        raise Refused(f"Il faut Python {pins.NAMED} ici pour compiler ce qui est installé.")
    packages = folder / "qpref" / "python" / "Lib"
    compileall.compile_dir(
        packages, quiet=2, stripdir=str(packages), workers=0,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )  # fmt: skip
    return folder / "qpref"


def is_signed(content: bytes) -> bool:
    """Whether a program's or a library's file holds a signature (which is not verified here)."""
    (header,) = struct.unpack_from("<I", content, _AT)
    optional = header + 24
    (form,) = struct.unpack_from("<H", content, optional)
    tables = optional + (112 if form == _LONG else 96)
    _, size = struct.unpack_from("<II", content, tables + 8 * _CERTIFICATES)
    return bool(size)


def binaries(folder: Path) -> list[tuple[str, str, str]]:
    """Return the name, digest and signature of each program and library."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in BINARIES)
    rows = []
    for path in found:
        content = path.read_bytes()
        signed = "signé" if is_signed(content) else "non signé"
        name = path.relative_to(folder).as_posix()
        rows.append((name, hashlib.sha256(content).hexdigest(), signed))
    return rows


def known(name: str) -> str:
    """Return the identifier of a folder or a file of the installer."""
    return f"x{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def ascii_named(path: Path) -> Path:
    """Give a file a name that wixl finds; the installer keeps its own."""
    plain = unicodedata.normalize("NFKD", path.name).encode("ascii", "ignore").decode()
    return path if plain == path.name else path.rename(path.with_name(f"{plain}.source"))


def folders(folder: Path, root: Path) -> Iterator[str]:
    """Yield what an installer says of a folder: a component of its files, then what is in it."""
    inside = sorted(folder.iterdir())
    files = [path for path in inside if path.is_file()]
    if files:
        name = folder.relative_to(root).as_posix()
        yield f'<Component Id="c{known(name)}" Guid="{uuid.uuid5(FAMILY, name)}" Win64="yes">'
        for rank, path in enumerate(files):
            own = path.relative_to(root).as_posix()
            key = ' KeyPath="yes"' if not rank else ""
            source = quoteattr(ascii_named(path).relative_to(root).as_posix())
            named = f"Id={quoteattr(known(own))} Name={quoteattr(path.name)}"
            yield f"<File {named} Source={source}{key}/>"
        yield "</Component>"
    for path in inside:
        if path.is_dir():
            own = path.relative_to(root).as_posix()
            yield f"<Directory Id={quoteattr(known(own))} Name={quoteattr(path.name)}>"
            yield from folders(path, root)
            yield "</Directory>"


def described(root: Path, version: str) -> str:
    """Return what wixl makes an installer from."""
    tree = list(folders(root, root))
    components = re.findall(r'<Component Id="([^"]+)"', "\n".join(tree))
    refs = "".join(f'<ComponentRef Id="{one}"/>' for one in components)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
<Product Id="*" Name="qpref" Language="1036" Version="{version}" Manufacturer="qpref"
         UpgradeCode="{FAMILY}">
<Package InstallerVersion="200" Compressed="yes" InstallScope="perMachine"/>
<MajorUpgrade DowngradeErrorMessage={quoteattr(TOO_LATE)}/>
<Media Id="1" Cabinet="qpref.cab" EmbedCab="yes"/>
<Directory Id="TARGETDIR" Name="SourceDir">
<Directory Id="ProgramFiles64Folder"><Directory Id="INSTALLDIR" Name="qpref">
{"".join(f"{line}{chr(10)}" for line in tree)}</Directory></Directory>
</Directory>
<Feature Id="Tout" Title="qpref" Level="1">{refs}</Feature>
</Product>
</Wix>
"""


def build(source: Path) -> Path:
    """Write the installer and the list; return where the installer is."""
    if not source.is_file():
        raise Refused(f"{source} : il faut le .zip qu’écrit make portable.")
    if shutil.which("wixl") is None:
        raise Refused("Il manque wixl : apt-get install wixl.")
    made = source.with_name(source.name.replace("portable-windows", "installeur")).with_suffix(
        ".msi"
    )
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        root = unpacked(source, Path(name))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerows([("fichier", "sha256", "signature"), *binaries(root)])
        listing = root / "qpref.wxs"
        numbered = version.version().partition(".dev")[0]  # Windows reads numbers only
        listing.write_text(described(root, numbered), encoding="utf-8")
        draft = Path(name, made.name)
        subprocess.run(  # noqa: S603
            ["wixl", "--arch", "x64", "--output", draft, listing.name],  # noqa: S607
            check=True, cwd=root,
        )  # fmt: skip
        draft.replace(made)
    made.with_suffix(".binaires.csv").write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    return made


def main(arguments: list[str]) -> int:
    """Build from a .zip; say what is wrong and return 1 when something is."""
    if len(arguments) != 1:
        sys.stderr.write("make msi PORTABLE=dist/qpref-portable-windows.zip\n")
        return 2
    try:
        made = build(Path(arguments[0]).absolute())
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(f"{made}\n{made.with_suffix('.binaires.csv')}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
