"""Measure the shape of the package, to compare two states of the code.

- `python tools/measures.py [FOLDER]` prints the measures of one checkout (by default this one)
  and the places behind them: long functions, repeated passages, shared class names;
- `python tools/measures.py BEFORE AFTER` prints a Markdown table with one column for each checkout.

Only the source is read: nothing is imported from the checkout, which may be any version of qpref.
`tests/test_budgets.py` holds the limits.
"""

import ast
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG = 40
"""Lines of a function, docstring apart, above which it needs a reason."""
PASSAGE = 6
"""Identical consecutive lines of code from which two passages count as one repeated sequence."""

_IMPORTS = (ast.Import, ast.ImportFrom)
Place = tuple[str, int]
"""A module and a line in it."""


@dataclass(frozen=True)
class Function:
    """One function: its name with its class, and its length without the docstring."""

    name: str
    module: str
    lines: int
    late_imports: int


class Checkout:
    """The source of one version of the package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        package = folder / "qpref"
        self.texts = {
            path.relative_to(package).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(package.rglob("*.py"))
        }
        self.trees = {module: ast.parse(text) for module, text in self.texts.items()}

    @cached_property
    def functions(self) -> list[Function]:
        """Return every function and method, nested ones included, in reading order."""
        return [
            function for module, tree in self.trees.items() for function in _functions(tree, module)
        ]

    @cached_property
    def long(self) -> list[Function]:
        """Return the functions over the budget, longest first."""
        found = [function for function in self.functions if function.lines > LONG]
        return sorted(found, key=lambda function: -function.lines)

    @cached_property
    def late_imports(self) -> int:
        """Count the import statements inside functions."""
        return sum(function.late_imports for function in self.functions)

    @cached_property
    def passages(self) -> list[list[Place]]:
        """Return the places of each repeated passage."""
        return repeated({module: _code(text) for module, text in self.texts.items()})

    @cached_property
    def alike(self) -> list[list[Place]]:
        """Return the places of each passage repeated with other texts between the quotes."""
        return repeated({module: _without_texts(_code(t)) for module, t in self.texts.items()})

    @cached_property
    def shared_classes(self) -> dict[str, list[str]]:
        """Return the class names that several modules define, with these modules."""
        places: dict[str, list[str]] = defaultdict(list)
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(module)
        return {name: modules for name, modules in sorted(places.items()) if len(modules) > 1}

    @cached_property
    def rooms(self) -> list[tuple[str, ...]]:
        """Return the rooms of the layer test, from the deepest to the command line."""
        path = self.folder / "tests" / "test_architecture.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ROOMS":
                levels: list[tuple[str, ...]] = ast.literal_eval(node.value)
                return levels
        return []

    def table(self) -> dict[str, str]:
        """Return each measure with its value, as printed."""
        lengths = sorted(function.lines for function in self.functions)
        return {
            "modules": str(len(self.texts)),
            "lines": str(sum(len(text.splitlines()) for text in self.texts.values())),
            "longest module": str(max(len(text.splitlines()) for text in self.texts.values())),
            "functions": str(len(lengths)),
            "lines of a function, median": f"{statistics.median(lengths):g}",
            "lines of a function, 90th percentile": str(lengths[int(0.9 * len(lengths))]),
            f"functions over {LONG} lines": str(len(self.long)),
            "late imports": str(self.late_imports),
            f"repeated passages of {PASSAGE} lines or more": str(len(self.passages)),
            "the same, texts between quotes apart": str(len(self.alike)),
            "class names used twice or more": str(len(self.shared_classes)),
            "rooms of the layer test": f"{sum(map(len, self.rooms))} in {len(self.rooms)} levels",
        }


def _functions(node: ast.AST, module: str, prefix: str = "") -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            yield Function(name, module, _length(child), _late(child))
            yield from _functions(child, module, f"{name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, module, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, module, prefix)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its decorators and its docstring."""
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    return _height(function) - (_height(docstring) if docstring else 0)


def _height(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _late(function: ast.AST) -> int:
    """Count the imports of a function; those of functions nested in it are counted with them."""
    count = 0
    for child in ast.iter_child_nodes(function):
        if isinstance(child, _IMPORTS):
            count += 1
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            count += _late(child)
    return count


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Return the statements inside a node, however deep; what they compute is not looked at."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        inside = getattr(node, name, None)
        for child in inside if isinstance(inside, list) else ():
            yield child
            yield from _statements(child)


def _code(text: str) -> list[tuple[int, str]]:
    """Return the numbered lines of code: no blank line, comment, import or docstring."""
    ignored: set[int] = set()
    for node in _statements(ast.parse(text)):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and (docstring or isinstance(node, _IMPORTS)):
            ignored.update(range(node.lineno, node.lineno + _height(node)))
    lines = (
        (number, re.sub(r"\s+", " ", line.strip()))
        for number, line in enumerate(text.splitlines(), start=1)
        if number not in ignored
    )
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _without_texts(code: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Hide what stands between quotes; leave out the lines where nothing else is named."""
    hidden = (
        (number, re.sub(r"""[fr]?(["'])(?:\\.|(?!\1).)*\1""", '""', line)) for number, line in code
    )
    return [(number, line) for number, line in hidden if re.search(r"\w", line)]


def repeated(code: dict[str, list[tuple[int, str]]]) -> list[list[Place]]:
    """
    Return the places of each passage of `PASSAGE` lines or more that stands twice or more.

    Windows of six lines that overlap in the same places are one passage, however long it is; a
    passage copied three times is one passage with three places.
    """
    windows: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for module, lines in code.items():
        for start in range(len(lines) - PASSAGE + 1):
            text = tuple(line for _, line in lines[start : start + PASSAGE])
            windows[text].append((module, start))
    starts = {tuple(places) for places in windows.values() if _apart(places) > 1}
    # A window whose places are all one line further than another's continues that one.
    firsts = [
        places
        for places in starts
        if tuple((module, start - 1) for module, start in places) not in starts
    ]
    return sorted([(module, code[module][start][0]) for module, start in p] for p in firsts)


def _apart(places: list[tuple[str, int]]) -> int:
    """Count the places, those that overlap as one: ten equal lines do not repeat six of them."""
    following = pairwise(places)
    return 1 + sum(
        module != other or start - before >= PASSAGE
        for (module, before), (other, start) in following
    )


def compare(folders: list[Path]) -> str:
    """Return the Markdown table of several checkouts."""
    tables = [Checkout(folder).table() for folder in folders]
    names = ["before", "after"] if len(folders) == 2 else [folder.name for folder in folders]  # noqa: PLR2004
    head = [f"| measure | {' | '.join(names)} |", f"|---|{'---:|' * len(folders)}"]
    rows = [f"| {key} | {' | '.join(table[key] for table in tables)} |" for key in tables[0]]
    return "\n".join([*head, *rows])


def details(checkout: Checkout) -> str:
    """Return the measures of one checkout and the places behind them."""
    rooms = (f"  {number}. {', '.join(level)}" for number, level in enumerate(checkout.rooms, 1))
    modules: dict[str, int] = defaultdict(int)
    for function in checkout.functions:
        modules[function.module] += function.late_imports
    return "\n".join(
        [
            *(f"{key}: {value}" for key, value in checkout.table().items()),
            f"\nfunctions over {LONG} lines:",
            *(f"  {f.lines}  {f.module}  {f.name}" for f in checkout.long),
            "\nlate imports:",
            *(f"  {count}  {module}" for module, count in modules.items() if count),
            "\nrepeated passages:",
            *(f"  {', '.join(f'{m}:{line}' for m, line in p)}" for p in checkout.passages),
            "\nthe same, texts between quotes apart:",
            *(f"  {', '.join(f'{m}:{line}' for m, line in p)}" for p in checkout.alike),
            "\nclass names used twice or more:",
            *(f"  {name}: {', '.join(m)}" for name, m in checkout.shared_classes.items()),
            "\nrooms:",
            *rooms,
        ]
    )


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]] or [ROOT]
    printed = compare(given) if len(given) > 1 else details(Checkout(given[0]))
    sys.stdout.write(f"{printed}\n")
