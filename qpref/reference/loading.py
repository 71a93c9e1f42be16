"""YAML files to typed objects, with French messages that name file, line, key and remedy."""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from qpref.reference.faults import Fault, FaultyFileError, Problem, faults_of, refusal, shortened

MAX_BYTES = 5_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 30  # our files have 8 levels; libyaml overflows the stack of the process at 30,000
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type]
    """
    A safe loader that notes a key written twice (YAML would keep the last, silently).

    It goes on after a value that YAML cannot make, so that all of them are told: `refused`.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.refused: list[tuple[yaml.Mark, str]] = []

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401
        """Return the value of a node; one that YAML cannot make, such as 2020-11-31, is noted."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, KeyError, AttributeError):
            text = node.value if isinstance(node, yaml.ScalarNode) else "cet ensemble"
            problem = f"« {shortened(text)} » n’est pas une valeur possible"
            self.refused.append((node.start_mark, problem))
            return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping of a node; a key written again is noted."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.MarkedYAMLError(
                    problem="une clé est un texte, pas une liste", problem_mark=key_node.start_mark
                )
            if key in seen:
                problem = f"la clé « {shortened(key)} » est écrite deux fois"
                self.refused.append((key_node.start_mark, problem))
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


# YAML 1.1 reads 14:30 as 870, a number in base 60, 010 as 8 and « no » as false: here, text. Keys
# that ask for a number still take « 010 » for ten, those that ask for yes or no the words of YAML.
_NUMBERS = {
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+0123456789.",
    ),
}
_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in known
        if tag.removeprefix("tag:yaml.org,2002:") not in {*_NUMBERS, "bool"}
    ]
    for first, known in _Loader.yaml_implicit_resolvers.items()
}
for _kind, (_pattern, _first) in _NUMBERS.items():
    _StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


Model = TypeVar("Model", bound=BaseModel)


def _code(character: int | str) -> int:
    """Return the code of a character that the reader refused (libyaml gives the code itself)."""
    return character if isinstance(character, int) else ord(character)


def _check_shape(text: str) -> None:
    """
    Refuse, before anything is built, what a small file may use to take all memory.

    Levels without end, and references (`*a`) that stand for more and more values.
    """
    opened: list[tuple[str | None, int]] = [(None, 0)]  # anchor and values of each open collection
    known: dict[str | None, int] = {}  # values of each anchor
    for event in yaml.parse(text, Loader=_Loader):
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = opened.pop()
            known |= {anchor: size} if anchor else {}
        elif isinstance(event, yaml.AliasEvent):
            size = known.get(event.anchor, MAX_VALUES)  # one that is still open holds itself
        elif isinstance(event, yaml.ScalarEvent):
            known |= {event.anchor: 1} if event.anchor else {}
            size = 1
        opened[-1] = (opened[-1][0], opened[-1][1] + size)
        if problem := _excess(event, len(opened), opened[-1][1]):
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _excess(event: yaml.Event, depth: int, values: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"plus de {MAX_DEPTH} niveaux l’un dans l’autre"
    if values > MAX_VALUES:
        return f"plus de {MAX_VALUES} valeurs, ou un renvoi (« * ») à lui-même"
    if getattr(event, "tag", None):
        return "une étiquette (« ! ») n’est pas prévue : mettez le texte entre guillemets"
    return None


@dataclass(frozen=True, eq=False)
class Content:
    """What a YAML file holds, where each part of it is written, and what YAML itself refuses."""

    path: Path
    value: Any
    node: yaml.Node | None = None
    refused: tuple[Problem, ...] = ()

    def problem(self, fault: Fault) -> Problem:
        """Return a fault with the line where it is."""
        line, column = _position(self._marks(fault.steps)[0])
        key = " › ".join(self._named(fault.steps))
        return Problem(self.path, line, column, key, fault.sentence, fault.remedy, fault.missing)

    def problems(self, faults: Iterable[Fault]) -> list[Problem]:
        """Return what is wrong in the file: what YAML refuses, then faults of other values."""
        told = {(one.line, one.column) for one in self.refused}
        others = [one for one in faults if _position(self._marks(one.steps)[1]) not in told]
        found = [*self.refused, *map(self.problem, others)]
        return sorted(found, key=lambda one: (one.line, one.column))

    def _named(self, steps: Sequence[str | int]) -> Iterator[str]:
        """Yield keys as they are, and ranks from 1 as people count."""
        node = self.node
        for step in steps:
            is_rank = isinstance(step, int) and not isinstance(node, yaml.MappingNode)
            yield str(int(step) + 1 if is_rank else step)
            node = _child(node, step)[1] or node

    def _marks(self, steps: Sequence[str | int]) -> tuple[yaml.Mark | None, yaml.Mark | None]:
        """Return where a part begins, its key and its value, as far as it is there."""
        node = self.node
        mark = node.start_mark if node else None
        for step in steps:
            key, value = _child(node, step)
            if key is not None:  # else a key that is absent, or what pydantic calls a kind
                node, mark = value, key.start_mark
        return mark, (node.start_mark if node else None)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Return what marks a part of a node, and the part; nothing when it has none."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        found = node.value[step] if 0 <= step < len(node.value) else None
        return found, found
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == str(step)), (None, None))
    return None, None


_REMEDY = "Corrigez ce fichier, puis relancez la commande."


def _problem(path: Path, mark: yaml.Mark | None, sentence: str) -> Problem:
    return Problem(path, *_position(mark), "", sentence, _REMEDY)


def _position(mark: yaml.Mark | None) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def read_yaml(path: Path) -> Content:
    """
    Return the content of a YAML file.

    Raises
    ------
    ReferenceFileError
        If the file is absent, not UTF-8, not YAML, too large or too deep.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise unreadable(path, "trop gros", "Vérifiez ce fichier.")
        return content_of(path.read_text(encoding="utf-8-sig"), path)
    except FileNotFoundError as error:
        remedy = "Écrivez-le, ou partez d’un dossier neuf : qpref projet creer DOSSIER."
        raise unreadable(path, "fichier de référence absent", remedy) from error
    except UnicodeDecodeError as error:
        remedy = "Enregistrez-le en UTF-8."
        raise unreadable(path, "il n’est pas enregistré en UTF-8", remedy) from error


def content_of(text: str, path: Path) -> Content:
    """Return what a YAML text holds; errors as `read_yaml`, in the name of its file."""
    try:
        value, node, refused = _built(text)
    except yaml.MarkedYAMLError as error:
        problem = error.problem if type(error) is yaml.MarkedYAMLError else _in_french(error)
        raise refusal([_problem(path, error.problem_mark, str(problem))]) from error
    except yaml.reader.ReaderError as error:
        sentence = f"un caractère est interdit en YAML (U+{_code(error.character):04X})"
        raise unreadable(path, sentence, _REMEDY) from error
    return Content(path, value, node, tuple(_problem(path, mark, told) for mark, told in refused))


@lru_cache(maxsize=32)  # what ships is read for each project of a process: nobody may change it
def _built(text: str) -> tuple[Any, yaml.Node | None, tuple[tuple[yaml.Mark, str], ...]]:
    """Return the value of a YAML text, where its parts are, and the values that YAML refuses."""
    _check_shape(text)
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
        return value, node, tuple(loader.refused)
    finally:
        loader.dispose()


def unreadable(path: Path, sentence: str, remedy: str) -> FaultyFileError:
    """Return the error of a file of which nothing can be read."""
    return refusal([Problem(path, 0, 0, "", sentence, remedy)])


# What libyaml says, and what its user did.
_HABITS = {
    "cannot start any token": "une tabulation, ou un texte qui commence par @, %, ` : "
    "remplacez-la par des espaces, ou mettez le texte entre guillemets",
    "mapping values are not allowed": "un « : » de trop : mettez le texte entre guillemets",
    "expected key": "un retrait, une virgule ou un guillemet manque ici ou juste avant",
    "expected <block end>": "un retrait, une virgule ou un guillemet manque ici ou juste avant",
    "expected ',' or": "une virgule, un crochet ou une accolade manque ici ou juste avant",
    "unexpected end of stream": "un guillemet, un crochet ou une accolade n’est pas refermé",
    "expected ':'": "deux-points absent, ou retrait différent des lignes voisines",
}


def _in_french(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong with a text that is not YAML."""
    said = error.problem or ""
    habit = next((french for english, french in _HABITS.items() if english in said), "")
    return f"écriture YAML incorrecte ({habit})" if habit else "écriture YAML incorrecte"


def parse(model: type[Model], content: Content) -> Model:
    """Return the content as a typed object, or say in French which keys are wrong and why."""
    try:
        found = model.model_validate(content.value)
    except ValidationError as error:
        raise refusal(content.problems(faults_of(model, error))) from error
    if content.refused:
        raise refusal(content.refused)
    return found


def read(model: type[Model], path: Path) -> Model:
    """Return what a file holds as a typed object; errors as `read_yaml` and `parse`."""
    return parse(model, read_yaml(path))
