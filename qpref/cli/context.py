"""What a command works on: the project, its reference data and its global options."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from qpref.project import Project
from qpref.reference import Reference, Site, load_reference

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Context:
    """The project, opened when a command needs it."""

    def __init__(self, root: Path | None) -> None:
        self._root = root

    @property
    def project(self) -> Project:
        """The project of the working directory, or the one asked for."""
        return Project.find(self._root)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of agents to mask, one a line in data/brut/noms.txt, if the unit wrote it."""
        path = self.project.received / "noms.txt"
        if not path.exists():
            return ()
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    @property
    def reference(self) -> Reference:
        """Its reference data."""
        return load_reference(self.project.reference)


def chosen_sites(reference: Reference, names: Sequence[str]) -> list[Site]:
    """Return the sites of these names; all the sites of the project when none is named."""
    return [reference.site(name) for name in names] or reference.sites.sites


def _current() -> Context:
    root: Path | None = click.get_current_context().obj
    return Context(root)


def pass_context(command: Callable[Concatenate[Context, _P], None]) -> Callable[_P, None]:
    """Give a command its context, then its options."""

    @functools.wraps(command)
    def run(*arguments: _P.args, **options: _P.kwargs) -> None:
        command(_current(), *arguments, **options)

    return run


def pass_options(
    kind: Callable[..., _T],
) -> Callable[[Callable[[Context, _T], None]], Callable[..., None]]:
    """
    Give a command its context, then all its options as one object.

    Parameters
    ----------
    kind
        A dataclass with one field for each option of the command.
    """

    def decorate(command: Callable[[Context, _T], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**options: object) -> None:
            command(_current(), kind(**options))

        return run

    return decorate
