"""A command that is written is one that users may type."""

import ast
import re

import click

from qpref.cli.app import commands
from qpref.cli.lazy import LazyCommand
from tests.conftest import ROOT

# A command, one of a group, or a group that is a command itself.
MARK = re.compile(r"(click|\w+)\.command\(|click\.group\(.*invoke_without_command=True")


def listed(group):
    """Yield the function of each command, whatever its group."""
    for command in group.commands.values():
        own = command.load() if isinstance(command, LazyCommand) else command
        if not isinstance(own, click.Group) or own.invoke_without_command:
            yield own.callback.__name__
        if isinstance(own, click.Group):
            yield from listed(own)


def test_every_command_is_listed():
    written = {
        function.name
        for path in (ROOT / "qpref" / "cli").glob("*.py")
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
        for mark in function.decorator_list
        if MARK.match(ast.unparse(mark))
    }
    assert written == set(listed(commands))
