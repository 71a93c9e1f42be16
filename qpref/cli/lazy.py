"""Import each command only when it runs: listing commands loads none of their libraries."""

import ast
from pathlib import Path

import click

from qpref.lazy import load


class LazyCommand(click.Command):
    """
    A command of which only the name is known until somebody runs it.

    Its line in the list of commands comes from the docstring of its function, read in the source
    file: the module itself, and pandas with it, is not imported.

    Parameters
    ----------
    name
        As users type it.
    module, function
        Where it is, inside `qpref.cli`.
    """

    def __init__(self, name: str, module: str, function: str) -> None:
        super().__init__(name)
        self._module, self._function = module, function

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the command's help."""
        source = Path(__file__).with_name(f"{self._module}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == self._function:
                self.help = ast.get_docstring(node)
        return super().get_short_help_str(limit)

    def load(self) -> click.Command:
        """Import the module of the command and return the command itself."""
        module = load(f"qpref.cli.{self._module}")
        command: click.Command = getattr(module, self._function)
        return command


class LazyGroup(click.Group):
    """A group that imports a command when somebody runs it or completes its options."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name, imported, and what follows its name."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest
