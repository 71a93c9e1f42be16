"""Small faults that can be planted in the code: the operators, a draw, a module with one fault.

`tools/mutants.py` plants them and counts those that the tests find.
"""

import ast
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS = {
    "statistics": ("statistics", "analysis"),
    "quality": ("quality",),
    "intake": ("intake",),
    "display": ("display",),
    "batch": ("batch",),
}
"""Each room of the sample with its folders, under their former names too."""

_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE,
    ast.LtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip


def _compare(node: ast.AST, others: dict[type[ast.cmpop], type[ast.cmpop]]) -> ast.AST | None:
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in others:
        return None
    return ast.Compare(node.left, [others[type(node.ops[0])](), *node.ops[1:]], node.comparators)


def comparison(node: ast.AST) -> ast.AST | None:
    """Turn a comparison round: `a < b` becomes `a >= b`."""
    return _compare(node, _OPPOSITES)


def boundary(node: ast.AST) -> ast.AST | None:
    """Move the bound of a comparison: `a < b` becomes `a <= b`."""
    return _compare(node, _NEIGHBOURS)


def constant(node: ast.AST) -> ast.AST | None:
    """Add 1 to a number (even ones lose 1, so that both directions are tried); flip a boolean."""
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, bool):
        return ast.Constant(not node.value)
    if isinstance(node.value, int | float):
        return ast.Constant(node.value + (-1 if node.value and node.value % 2 == 0 else 1))
    return None


def logic(node: ast.AST) -> ast.AST | None:
    """Exchange `and` and `or`; take `not` away."""
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    return None


def swap(node: ast.AST) -> ast.AST | None:
    """Exchange the first two arguments of a call, or an operation and its inverse."""
    if isinstance(node, ast.Call) and len(node.args) > 1 and not _is_even(node.func):
        first, second, *rest = node.args
        is_plain = not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred)
        if is_plain and ast.dump(first) != ast.dump(second):  # the same code is no fault
            return ast.Call(node.func, [second, first, *rest], node.keywords)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_text(node):
        return ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
    return None


def _is_even(function: ast.expr) -> bool:
    """Say whether a function does not mind the order of its arguments."""
    return isinstance(function, ast.Name) and function.id in {"max", "min"}


def _is_text(node: ast.BinOp) -> bool:
    """Say whether an addition joins texts or lists, which nothing else than it can do."""
    kinds = (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple)
    return any(
        isinstance(side, kinds) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def statement(node: ast.AST) -> ast.AST | None:
    """Delete a statement that acts: a call, a refusal, an early return, an entry that is set."""
    acts = (ast.Raise, ast.Continue, ast.AugAssign)
    entry = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    guard = isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return)
    if guard and isinstance(node, ast.If) and not node.orelse:
        return ast.If(node.test, [ast.Pass()], [])
    return ast.Pass() if isinstance(node, acts) or entry or call else None


def key(node: ast.AST) -> ast.AST | None:
    """Change the name of a column or of an entry that is read or written."""
    if isinstance(node, ast.Subscript) and _is_name(node.slice):
        return ast.Subscript(node.value, _other(node.slice), node.ctx)
    if isinstance(node, ast.Dict) and node.keys and _is_name(node.keys[0]):
        return ast.Dict([_other(node.keys[0]), *node.keys[1:]], node.values)
    method = node.func if isinstance(node, ast.Call) else None
    asked = isinstance(method, ast.Attribute) and method.attr == "get"
    if asked and isinstance(node, ast.Call) and node.args and _is_name(node.args[0]):
        return ast.Call(node.func, [_other(node.args[0]), *node.args[1:]], node.keywords)
    return None


def _is_name(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _other(node: ast.AST | None) -> ast.Constant:
    return ast.Constant(f"{ast.literal_eval(node)}_autre")  # type: ignore[arg-type]


OPERATORS: tuple[Callable[[ast.AST], ast.AST | None], ...] = (
    comparison, boundary, constant, logic, swap, statement, key,
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: where, which operator, and the text before and after."""

    room: str
    module: str
    function: str
    operator: str
    number: int
    """Place of the node in the order of `_Walker`."""
    lines: tuple[int, int]
    """First and last line of the statement."""
    before: str
    after: str

    def told(self) -> str:
        """Say where the fault is and what it changes."""
        return (
            f"{self.module}:{self.lines[0]} {self.function} [{self.operator}] "
            f"{_short(self.before)} → {_short(self.after)}"
        )


def _short(text: str) -> str:
    first, *more = text.splitlines()
    return first[:90] + (" …" if more or len(first) > 90 else "")  # noqa: PLR2004


class _Walker(ast.NodeVisitor):
    """Number the nodes of a module, each with its function and the lines of its statement."""

    def __init__(self) -> None:
        self.found: list[tuple[int, ast.AST, str, tuple[int, int]]] = []
        self._names: list[str] = []
        self._lines = (1, 1)
        self._count = 0

    def generic_visit(self, node: ast.AST) -> None:
        """Note a node, then those inside it."""
        number, outer = self._count, self._lines
        self._count += 1
        if isinstance(node, ast.stmt):
            self._lines = (node.lineno, _last(node))
        self.found.append((number, node, ".".join(self._names), self._lines))
        inside = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        self._names += inside
        super().generic_visit(node)
        del self._names[len(self._names) - len(inside) :]
        self._lines = outer


def _last(node: ast.stmt) -> int:
    """Return the last line of a statement, or of its heading when it holds other statements."""
    body: list[ast.stmt] = getattr(node, "body", [])
    return max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno


def _running(tree: ast.AST) -> set[int]:
    """
    Return the nodes that run inside functions: no annotation, decorator or class attribute.

    `strict=True` of zip is left out: it checks what is true already, nothing shows without it.
    """
    running: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for part in (*node.body, *node.args.defaults, *node.args.kw_defaults):
                running |= {id(inner) for inner in ast.walk(part)} if part else set()
    notes = (
        getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns")
    )
    checks = (k.value for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg == "strict")
    apart = (note for note in (*notes, *checks) if note)
    return running - {id(inner) for part in apart for inner in ast.walk(part)}


def mutants(folder: Path) -> Iterator[Mutant]:
    """Return every fault that can be planted in the rooms of the sample."""
    for room, names in ROOMS.items():
        for path in sorted(p for name in names for p in (folder / "qpref" / name).rglob("*.py")):
            module = path.relative_to(folder / "qpref").as_posix()
            tree = ast.parse(path.read_text(encoding="utf-8"))
            walker, running = _Walker(), _running(tree)
            walker.visit(tree)
            for number, node, function, lines in walker.found:
                for operator in OPERATORS:
                    other = operator(node) if id(node) in running else None
                    if other is not None:
                        yield Mutant(
                            room, module, function, operator.__name__, number, lines,
                            ast.unparse(node), ast.unparse(ast.fix_missing_locations(other)),
                        )  # fmt: skip


def sample(found: list[Mutant], each: int, seed: int) -> list[Mutant]:
    """
    Draw `each` faults in every room, the operators in turn.

    The order is that of a hash of the seed, the file's name, the operator and the text: the same
    code gives the same draw, in whatever folder and on whatever line it stands.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    queues: dict[tuple[str, str], list[tuple[bytes, Mutant]]] = defaultdict(list)
    for mutant in found:
        text = (mutant.module.split("/")[-1], mutant.operator, mutant.before, mutant.after)
        seen[text] += 1
        ticket = json.dumps([seed, *text, seen[text]]).encode()
        rank = hashlib.blake2b(ticket, digest_size=8).digest()
        queues[mutant.room, mutant.operator].append((rank, mutant))
    drawn = []
    for room in ROOMS:
        ordered = [
            [mutant for _, mutant in sorted(queues[room, operator.__name__], key=lambda q: q[0])]
            for operator in OPERATORS
        ]
        turns = [queue[turn] for turn in range(each) for queue in ordered if turn < len(queue)]
        drawn += turns[:each]
    return drawn


class _Planter(ast.NodeTransformer):
    """Replace the node that has a number, in the order of `_Walker`."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._count = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit the nodes inside first, so that the numbers follow, then replace."""
        number = self._count
        self._count += 1
        node = super().generic_visit(node)
        if number != self._mutant.number:
            return node
        operator = next(o for o in OPERATORS if o.__name__ == self._mutant.operator)
        other = operator(node)
        return node if other is None else other


def planted(text: str, mutant: Mutant) -> str:
    """Return the text of a module with a fault in it."""
    tree = _Planter(mutant).visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree))
