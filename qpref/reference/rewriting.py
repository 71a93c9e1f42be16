"""
Write YAML for people: new files, or edits that leave the rest untouched.

In a text that changes, comments and order are the user's.

The places are those that YAML itself gives for each key and value. What cannot be changed so is
refused: the text that comes out is read again, and says what was wanted, or nothing is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

_WIDTH = 100  # columns, of a text that is written anew
_WIDE = 10_000  # columns: a value put in a text stays on its line


class _Plain(yaml.SafeDumper):
    """Writes a tuple as a list: models hold tuples, files have no such thing."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's signature
        """Say the same thing twice in full: nobody reads « &id001 »."""
        return True


_Plain.add_representer(tuple, _Plain.represent_list)


class CannotRewriteError(Exception):
    """A text that cannot be changed place by place."""


@dataclass(frozen=True, order=True)
class _Edit:
    """Characters to replace, from `start` to `end`."""

    start: int
    end: int
    text: str


def to_yaml(content: Any) -> str:  # noqa: ANN401 - YAML
    """
    Return a content as a person would write it: accents as they are, keys in their order.

    Examples
    --------
    >>> print(to_yaml({"lieu": "préfecture", "sites": ("nord",)}), end="")
    lieu: préfecture
    sites:
    - nord
    """
    text: str = yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text


def rewritten(text: str, wanted: Any, after: Mapping[str, str]) -> str:  # noqa: ANN401 - YAML
    """
    Return a YAML text that says something else, changed only where it must be.

    Parameters
    ----------
    text
        As a user wrote it.
    wanted
        What it must say.
    after
        For a key that is new, the one that it follows.

    Raises
    ------
    CannotRewriteError
        If the text that comes out does not say it.
    """
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    held = yaml.safe_load(text)
    edits = sorted(set(_edits(text, node, held, wanted, after)), reverse=True)
    found = text
    for edit in edits:
        found = found[: edit.start] + edit.text + found[edit.end :]
    try:
        is_right = yaml.safe_load(found) == wanted
    except yaml.YAMLError:
        is_right = False
    if not is_right:
        raise CannotRewriteError
    return found


def _edits(
    text: str, node: Any, held: Any, wanted: Any, after: Mapping[str, str]  # noqa: ANN401
) -> Iterator[_Edit]:  # fmt: skip
    if held == wanted:
        return
    if isinstance(node, yaml.MappingNode) and isinstance(wanted, dict):
        yield from _in_mapping(text, node, held, wanted, after)
    elif _has_parts(node, held, wanted):
        for one, before, now in zip(node.value, held, wanted, strict=True):
            yield from _edits(text, one, before, now, after)
    elif isinstance(node, yaml.ScalarNode) or node.flow_style:
        yield _Edit(node.start_mark.index, node.end_mark.index, _flow(wanted))
    elif isinstance(wanted, list) and held and held == wanted[: len(held)]:
        lines = [f"- {_flow(one)}" for one in wanted[len(held) :]]
        yield _under(text, node.value[-1], node.start_mark.column, lines)
    else:
        raise CannotRewriteError


def _has_parts(node: yaml.Node, held: Any, wanted: Any) -> bool:  # noqa: ANN401
    """Whether a list is changed item by item."""
    if not isinstance(node, yaml.SequenceNode) or not isinstance(wanted, list):
        return False
    return len(held) == len(wanted) and not all(isinstance(one, str) for one in wanted)


def _in_mapping(
    text: str, node: yaml.MappingNode, held: dict[Any, Any], wanted: dict[Any, Any],
    after: Mapping[str, str],
) -> Iterator[_Edit]:  # fmt: skip
    places = {key.value: rank for rank, (key, _) in enumerate(node.value)}
    for rank, (key, value) in enumerate(node.value):
        if key.value in wanted:
            yield from _edits(text, value, held[key.value], wanted[key.value], after)
        else:
            yield _removal(text, node, rank)
    for name, value in wanted.items():
        if name not in places:
            rank = places.get(after.get(name, ""), 0)
            yield _insertion(text, node, rank, f"{name}: {_flow(value)}")


def _removal(text: str, node: yaml.MappingNode, rank: int) -> _Edit:
    """Return what takes a key and its value out, up to the next key or back to the one before."""
    pairs = node.value
    start, end = pairs[rank][0].start_mark.index, pairs[rank][1].end_mark.index
    if node.flow_style and rank + 1 < len(pairs):
        return _Edit(start, pairs[rank + 1][0].start_mark.index, "")
    if node.flow_style:
        return _Edit(pairs[rank - 1][1].end_mark.index if rank else start, end, "")
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():  # it has its lines: they go, but for a comment
        last = _end_of_line(text, end)
        comment = text[end:last].rstrip()
        kept = text[line:start] + comment.lstrip() if comment else ""
        return _Edit(line, end + len(comment) if comment else last + 1, kept)
    if rank + 1 == len(pairs):
        raise CannotRewriteError
    return _Edit(start, pairs[rank + 1][0].start_mark.index, "")


def _insertion(text: str, node: yaml.MappingNode, rank: int, pair: str) -> _Edit:
    """Return what adds a key and its value after another one."""
    key, value = node.value[rank]
    if node.flow_style:
        return _Edit(value.end_mark.index, value.end_mark.index, f", {pair}")
    return _under(text, value, key.start_mark.column, [pair])


def _under(text: str, node: yaml.Node, column: int, lines: Sequence[str]) -> _Edit:
    """Return what adds lines under a value that stands on its own."""
    if not isinstance(node, yaml.ScalarNode):
        raise CannotRewriteError
    end = _end_of_line(text, node.end_mark.index)
    is_windows = text[end - 1 : end] == "\r"
    end, newline = (end - 1, "\r\n") if is_windows else (end, "\n")
    return _Edit(end, end, "".join(f"{newline}{' ' * column}{line}" for line in lines))


def _end_of_line(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found


def _flow(value: Any) -> str:  # noqa: ANN401 - YAML
    """Return a value on one line."""
    written: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=_WIDE
    )
    return written.strip().removesuffix("...").strip()
