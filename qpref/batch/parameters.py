"""The parameters of a notebook: declared in one cell, set by the batch, never reassigned."""

import ast
import json
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qpref.errors import ParametersError, listing

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_FUNCTIONS, ast.Lambda)
_NAMED = (*_FUNCTIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
TAG = "parameters"
INJECTED = "injected-parameters"  # papermill writes the values given in the cell of this tag
_FOREIGN = re.compile(
    r"\s*%%(?!(time|capture|prun)\b)"
)  # a cell that is not run as Python, or apart
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)  # a line for IPython


def declared(cells: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names that the parameters cell of a notebook assigns."""
    places = _tagged(cells, TAG)
    body = ast.parse(_source(cells[places[0]])).body if places else []
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def check_parameters(path: Path, names: Iterable[str], given: Collection[str]) -> None:
    """
    Refuse a notebook that would not run, or not to its end, on the values that it is given.

    Papermill only warns on unknown names, runs on defaults for missing ones, and writes the values
    after the first cell tagged `parameters`: whatever comes later wins.

    Parameters
    ----------
    path
        Of the notebook.
    names
        Those that it declares.
    given
        Names of the values that it gets.

    Raises
    ------
    ParametersError
        Names the notebook, the cell and the remedy.
    """
    missing = sorted(set(names) - set(given))
    unknown = sorted(set(given) - set(names))
    if missing or unknown:
        raise ParametersError(
            f"« {path.name} » : paramètres non fournis : {listing(missing)} ; "
            f"paramètres non déclarés : {listing(unknown)}.",
            f"Sa cellule « {TAG} » doit déclarer exactement : {listing(given)}.",
        )
    cells: list[dict[str, Any]] = json.loads(path.read_bytes())["cells"]
    _refuse_doubles(path, cells)
    _refuse_new_values(path, cells, given)


def _refuse_doubles(path: Path, cells: Sequence[dict[str, Any]]) -> None:
    for tag in (TAG, INJECTED):
        places = _tagged(cells, tag)
        if len(places) > 1:
            raise ParametersError(
                f"« {path.name} » : les cellules {listing(number_of(cells, n) for n in places)} "
                f"portent toutes l’étiquette « {tag} » ; le rapport serait fait sur les valeurs de "
                "la dernière.",
                "N’en gardez qu’une, la première, avec toutes les valeurs : effacez les autres.",
            )


def _refuse_new_values(path: Path, cells: Sequence[dict[str, Any]], given: Collection[str]) -> None:
    written = _tagged(cells, INJECTED) or _tagged(cells, TAG)
    for place, cell in enumerate(cells[written[0] + 1 :], written[0] + 1):
        changed = assigned(_source(cell)) & set(given) if cell.get("cell_type") == "code" else None
        if changed:
            raise ParametersError(
                f"« {path.name} », cellule {number_of(cells, place)} : "
                f"{listing(sorted(changed))} y reçoit une autre valeur que celle du rapport, "
                "qui parlerait d’un autre site ou d’une autre campagne que son titre.",
                f"Effacez cette valeur, ou donnez à la vôtre un autre nom que {listing(given)}.",
            )


def number_of(cells: Sequence[dict[str, Any]], place: int) -> int:
    """
    Return the number of a cell for its analyst: as JupyterLab counts when all are run.

    Texts have none of their own; nor has what papermill adds to the notebook.

    Examples
    --------
    >>> number_of([{"cell_type": "markdown"}, {"cell_type": "code"}, {"cell_type": "code"}], 2)
    2
    """
    return sum(cell.get("cell_type") == "code" for cell in cells[: place + 1])


def _tagged(cells: Sequence[dict[str, Any]], tag: str) -> list[int]:
    return [i for i, c in enumerate(cells) if tag in c.get("metadata", {}).get("tags", [])]


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def assigned(source: str) -> set[str]:
    """
    Return the names to which a cell gives a value, in the notebook's own scope.

    By assignment, loop, import, `with`, `:=` or `del`; those of a function or of a comprehension
    are its own, unless it declares them `global`. A cell that Python alone cannot read is run by
    IPython: nothing is found in it, and what it opens is checked when it does.
    """
    if _FOREIGN.match(source):
        return set()
    try:
        with warnings.catch_warnings(action="ignore"):  # the notebook's, told when it runs
            tree = ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError):
        return set()
    return _bound(tree, is_top=True)


def _bound(scope: ast.AST, *, is_top: bool) -> set[str]:
    """Return the names of the notebook's scope that a scope binds, those within it too."""
    nodes = list(_own(scope))
    found = {name for node in nodes for name in _names(node)}
    if not is_top:
        found &= {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    inner = (node for node in nodes if isinstance(node, _SCOPES))
    return found.union(*(_bound(one, is_top=False) for one in inner))


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope; of a comprehension, all but the names that are its own."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.comprehension):
            yield child
        if not isinstance(child, (ast.comprehension, *_SCOPES)):
            yield from _own(child)
        for part in _around(child):
            yield part
            yield from _own(part)


def _around(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a comprehension, a function or a class reads in the scope where it stands."""
    if isinstance(node, ast.comprehension):
        yield from (node.iter, *node.ifs)
    if isinstance(node, _FUNCTIONS):
        yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        yield from node.args.defaults
        yield from (default for default in node.args.kw_defaults if default)


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds by itself."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.MatchMapping):
        yield from [node.rest] if node.rest else []
    elif isinstance(node, _NAMED):
        yield from [node.name] if node.name else []
