"""Write the reference pages made from the program: commands, exit codes, columns of the figures.

`python tools/reference.py` writes them; tests/docs/test_reference.py fails when one is out of date.
`python tools/keys.py` does the same for the keys of the reference files.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from qpref.cli.app import commands
from qpref.cli.lazy import LazyCommand
from qpref.display.figures import COLUMNS
from qpref.errors import QprefError

ROOT = Path(__file__).resolve().parents[1]
MADE = "Page tirée du programme lui-même : ne la modifiez pas à la main."


def leaves(group: click.Group, prefix: str = "qpref") -> Iterator[tuple[str, click.Command]]:
    """Yield each command, imported, with its full name, in the order of `qpref --help`."""
    for name, listed in group.commands.items():
        command = listed.load() if isinstance(listed, LazyCommand) else listed
        is_group = isinstance(command, click.Group)
        if not is_group or command.invoke_without_command:
            yield f"{prefix} {name}", command
        if is_group:
            yield from leaves(command, f"{prefix} {name}")


def commands_page() -> str:
    """Return what each command does, and each of its options."""
    lines = [
        "# Commandes",
        "",
        MADE,
        "",
        "`qpref COMMANDE --help` dit la même chose dans le terminal. `--racine DOSSIER`, avant le",
        "nom de la commande, désigne le projet quand on n’est pas dans son dossier.",
    ]
    for name, command in leaves(commands):
        lines += ["", f"## `{name}`", "", *_told(command)]
    return "\n".join(lines) + "\n"


def _told(command: click.Command) -> Iterator[str]:
    yield inspect.cleandoc(command.help or "")
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option)]
    given = " ".join(one.make_metavar(click.Context(command)) for one in arguments)
    if given:
        yield from ("", f"À donner : `{given}`.")
    if options:
        yield from ("", "| option | sens |", "|---|---|")
        yield from (_row(command, one) for one in options)


def _row(command: click.Command, option: click.Option) -> str:
    """Return the row of an option: its names, its value, what it does, what it is by default."""
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(command))}"
    names = ", ".join(f"`{name}{value}`" for name in (*option.opts, *option.secondary_opts))
    meaning = (option.help or "").rstrip(".")
    marks = ["obligatoire"] if option.required else []
    marks += ["à répéter"] if option.multiple and "répéter" not in meaning else []
    marks += [f"par défaut : {option.default}"] if option.show_default is True else []
    told = f"{meaning} ({' ; '.join(marks)})" if marks else meaning
    return f"| {names.replace('|', chr(92) + '|')} | {told} |"


def codes_page() -> str:
    """Return what each exit code means."""
    list(leaves(commands))  # errors are known once the commands that raise them are imported
    told = {error.exit_code: error.meaning for error in QprefError.known.values()}
    told |= {0: "tout est fait", 1: QprefError.meaning, 130: "commande interrompue au clavier"}
    return "\n".join(
        [
            "# Codes de sortie de la commande `qpref`",
            "",
            MADE,
            "",
            "Un code 0 veut dire que tout est fait. Un autre code est accompagné d’une phrase qui",
            "dit quoi corriger.",
            "",
            "| code | signification |",
            "|---|---|",
            *(f"| {code} | {meaning} |" for code, meaning in sorted(told.items())),
            "",
        ]
    )


def columns_page() -> str:
    """Return what each column of the files of figures holds."""
    return "\n".join(
        [
            "# Colonnes des fichiers de chiffres",
            "",
            MADE,
            "",
            "À côté de chaque rapport, `….chiffres.csv` (point-virgule, UTF-8) et ",
            "`….chiffres.xlsx` donnent tous ses chiffres, une ligne par chiffre.",
            "",
            "| colonne | sens |",
            "|---|---|",
            *(f"| `{column.name}` | {column.meaning} |" for column in COLUMNS),
            "",
        ]
    )


PAGES = {
    "docs/commandes.md": commands_page,
    "docs/codes-de-sortie.md": codes_page,
    "docs/colonnes.md": columns_page,
}


if __name__ == "__main__":
    for name, make in PAGES.items():
        (ROOT / name).write_text(make(), encoding="utf-8")
