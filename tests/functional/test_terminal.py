"""Whatever a received file, a member or a file's name holds, the terminal prints it and no more."""

import ast
import contextlib
import io
import json
import os
import re
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.table import Table

import qpref.cli
from qpref.cli import main
from qpref.cli.app import commands
from qpref.cli.terminal import (
    ERR,
    OUT,
    ask,
    clean,
    confirm,
    open_streams,
    print_json,
    print_text,
)
from tests.conftest import example_count

# Written from the standards, not from the code: ECMA-48's controls (C0, DEL, C1), the marks of
# Unicode's annex 9, widths of zero, ends of line of Unicode, tags; a byte that is not UTF-8.
CONTROLS = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - {"\n", "\t"}
MARKS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), *"\u200e\u200f\u061c"}
ACTING = CONTROLS | MARKS | {*"\u200b\u2028\u2029\ufeff\U000e0041\udce9"}
MARKUP = ["[red]", "[/red]", "[le site]", "[link=x]", ":smile:", "\\[", "\x1b[2J", "\x1b]0;x\x07"]
SPOILT = "[/red][le site]\x1b[2J\x1b]0;x\x07\x9b31m\u202etxt.exe\u2069\r\x7f"
SEEN = "[/red][le site][2J]0;x31mtxt.exe"

texts = st.lists(
    st.sampled_from([*sorted(ACTING), *MARKUP]) | st.text("aé’ «»[]", max_size=4), max_size=8
).map("".join)


class Stream(io.TextIOWrapper):
    """A pipe, or a screen, that has the code page of a French Windows or none (`LC_ALL=C`)."""

    def __init__(self, page, is_screen):
        super().__init__(io.BytesIO(), encoding=page, write_through=True)
        self.isatty = lambda: is_screen

    def text(self):
        """What a program reads in the pipe, or somebody sees on the screen, in lines of Python."""
        text = self.buffer.getvalue().decode(self.encoding if self.isatty() else "utf-8")
        return text.replace(os.linesep, "\n")


CODE_PAGES = ("cp1252", "cp850", "ascii")


def expected(text):
    return "".join(char for char in text if char not in ACTING)


@settings(max_examples=example_count(100))
@given(texts)
def test_every_way_to_print_shows_the_text_and_nothing_that_acts(text):
    with OUT.capture() as lines:
        OUT.print(text)
    table = Table("Titre", width=400)
    table.add_row("x" + text)
    with ERR.capture() as cells:
        ERR.print(table)

    assert lines.get() == expected(text) + "\n"
    assert not ACTING & {*cells.get()}
    assert ("x" + expected(text)).rstrip() in cells.get()
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("is_screen", "expected"),
    [(True, b"1?234 \x85 ? caf\x82"), (False, "1\u202f234 à → café".encode())],
)
def test_a_pipe_gets_utf8_and_a_screen_what_it_can_show(monkeypatch, is_screen, expected):
    """cp850 has neither the thin space nor the arrow: a traceback, before."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp850", write_through=True)
    stream.isatty = lambda: is_screen
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("TERM", "dumb")
    open_streams()
    OUT.print("1\u202f234 à → café")

    assert stream.buffer.getvalue().replace(b"\r\n", b"\n") == expected + b"\n"


@pytest.mark.parametrize("indent", [None, 1])
def test_json_reads_the_same_and_prints_nothing_that_acts(capsys, indent):
    content = {"a": "".join(sorted(ACTING)) + SPOILT + "é’"}
    print_json(content, indent)
    printed = capsys.readouterr().out

    assert json.loads(printed) == content
    assert not ACTING & {*printed}
    assert "é’" in printed


@pytest.mark.parametrize("is_screen", [True, False])
def test_a_content_is_exact_in_a_file_and_harmless_on_a_screen(capsys, monkeypatch, is_screen):
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_screen, raising=False)
    print_text(SPOILT)

    assert capsys.readouterr().out == (SEEN if is_screen else SPOILT)


def every_command(group=commands, before=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*before, name))
        else:
            yield (*before, name)


def options_of(names):
    """Return every option of a command that takes a text, and none."""
    context, command = click.Context(commands), commands
    for name in names:
        command = command.resolve_command(context, [name])[1]
    found = [one.opts[0] for one in command.params if isinstance(one, click.Option)]
    flags = {one.opts[0] for one in command.params if getattr(one, "is_flag", False)}
    return [name for name in found if name not in flags]


@pytest.mark.parametrize("names", [*every_command()], ids=" ".join)
def test_no_command_repeats_what_acts_in_its_arguments(names, project, tmp_path, monkeypatch):
    """
    Every option of every command is given the spoilt text; what answers it is harmless.

    It goes through pipes of cp1252, which would stop at the first thin space: it is UTF-8.
    """
    monkeypatch.chdir(tmp_path)
    told = ""
    known = options_of(names)
    needed = ["--campagne", "2020-11"] if "--campagne" in known else []
    asked = [[SPOILT, *needed], [SPOILT] * 3, *([option, SPOILT] for option in known)]
    if "--reunion" in known:  # a file is asked for too
        asked.append([SPOILT, "--reunion", SPOILT])
    for extra in asked:
        out, err = (Stream(CODE_PAGES[0], is_screen=False) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(["--racine", str(project.root), *names, *extra])
        shown = out.text() + err.text()
        told += shown

        assert not ACTING & {*shown}
    assert "[le site]" in told  # it was given back, and harmless


def test_the_state_of_agreements_shows_brackets_as_they_are(project, capsys, monkeypatch):
    """`[/red]` was a Python traceback, and `[le site]` disappeared."""
    monkeypatch.setattr(OUT, "width", 300)
    shipped = Path("data/clu/2020-10-16.yml")
    line = f"accord: {json.dumps(SPOILT)}"
    told = re.sub(r"accord: .*", lambda _: line, shipped.read_text(encoding="utf-8"))
    project.committee.mkdir(parents=True, exist_ok=True)
    (project.committee / shipped.name).write_text(told, encoding="utf-8")
    code = main(["--racine", str(project.root), "clu", "suivi", "--jour", "2021-03-02"])
    shown = capsys.readouterr()

    assert (code, shown.err) == (0, "")
    assert "[/red]" in shown.out
    assert not ACTING & {*shown.out}


@pytest.mark.parametrize(("door", "answer"), [(ask, "x"), (confirm, "y")])
def test_a_question_shows_the_text_and_nothing_that_acts(door, answer, capsys, monkeypatch):
    """The names of sites are in questions; so are those of a relay and of its sender."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    door(f"Modules choisis par {SPOILT}")
    shown = capsys.readouterr().out

    assert SEEN in shown
    assert not ACTING & {*shown}


def test_only_the_terminal_writes_to_the_terminal():
    """A command that printed by itself would pass no cleaning: there is one door."""
    writers = {"print", "input", "click.echo", "click.secho", "click.prompt", "click.confirm",
               "Console", "sys.stdout.write"}  # fmt: skip
    doors = {
        path.name
        for path in Path(qpref.cli.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in writers
    }

    assert doors == {"terminal.py"}
