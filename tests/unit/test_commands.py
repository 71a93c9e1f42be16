"""A command that is written is one that users may type."""

import ast

import click

from qpref.cli.app import commands
from tests.conftest import ROOT


def listed(group):
    """Yield the function of each command, whatever its group."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from listed(command)
        else:
            yield command.load().callback.__name__


def test_every_command_is_listed():
    written = {
        function.name
        for path in (ROOT / "qpref" / "cli").glob("*.py")
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
        for mark in function.decorator_list
        if ast.unparse(mark).startswith("click.command(")
    }
    assert written == set(listed(commands))
