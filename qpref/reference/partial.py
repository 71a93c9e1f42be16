"""Collect all the faults of a file: an invalid part never hides another.

pydantic checks no rule of a whole while one of its parts is refused. A key that is refused is
therefore left out, or replaced when it must be there; an item of a list, taken out when nothing
else will do. The rest is checked again, until nothing new is found. Names that were set aside still
count as known, and no fault is told that another one causes.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Generic

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from qpref.reference.faults import Fault, Steps, faults_of, model_at
from qpref.reference.loading import Content, Model

_ROUNDS = 12  # a key, then what holds it: no file has that many levels of lists
_MOST = 500  # faults of a file that are gone into
_NAMING = ("id", "code", "numero")  # keys by which other parts know one
# What stands for a value that must be there, the first that its key accepts.
_STAND_INS: tuple[Any, ...] = ("x", [], {}, 1, "oui", "2000-01-01", "suppose", "12:00")


@dataclass
class Cut:
    """What a file holds, but for what was left out (`out`) or replaced (`stand_ins`)."""

    model: type[BaseModel]
    whole: Any
    out: set[Steps] = field(default_factory=set)
    stand_ins: dict[Steps, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How much was set aside."""
        return len(self.out) + len(self.stand_ins)

    def value(self) -> Any:  # noqa: ANN401 - what YAML holds
        """Return what remains."""
        return self._kept(self.whole, ())

    def _kept(self, value: Any, at: Steps) -> Any:  # noqa: ANN401
        if at in self.stand_ins:
            return self.stand_ins[at]
        if isinstance(value, dict):
            more = {s[-1]: one for s, one in self.stand_ins.items() if s[:-1] == at}
            kept = {k: v for k, v in value.items() if (*at, str(k)) not in self.out}
            return more | {key: self._kept(part, (*at, str(key))) for key, part in kept.items()}
        if isinstance(value, list):
            return [self._kept(value[rank], (*at, rank)) for rank in self._ranks(value, at)]
        return value

    def _ranks(self, value: list[Any], at: Steps) -> list[int]:
        return [rank for rank in range(len(value)) if (*at, rank) not in self.out]

    def at_origin(self, fault: Fault) -> Fault:
        """Return a fault of what remains at its place in the whole, where no rank was taken out."""
        at: Steps = ()
        value = self.whole
        for step in fault.steps:
            ranks = self._ranks(value, at) if isinstance(value, list) else []
            where = ranks[step] if isinstance(step, int) and 0 <= step < len(ranks) else step
            where = str(where) if isinstance(value, dict) else where
            at, value = (*at, where), _part(value, where)
        return replace(fault, steps=at)

    def causes(self, fault: Fault) -> bool:
        """Whether a fault, at its place in the whole, comes from what was set aside."""
        steps = fault.steps
        if steps in self.out or steps in self.stand_ins:
            return True
        return not fault.missing and steps[:-1] in {one[:-1] for one in self.stand_ins}

    def set_aside(self, fault: Fault) -> None:
        """Leave out or replace the smallest part that a fault spoils: its key, else its item."""
        steps = fault.steps
        if steps and steps not in self.out and steps not in self.stand_ins:
            info = _field(self.model, steps)
            if info and info.is_required():
                self.stand_ins[steps] = _stand_in(info)
                return
            if _holds(self.whole, steps):
                self.out.add(steps)
                return
        held = [steps[:end] for end in range(len(steps), 0, -1)]
        items = (s for s in held if isinstance(s[-1], int) and s not in self.out)
        self.out.update([one for one in items if _holds(self.whole, one)][:1])

    def names(self) -> Iterator[str]:
        """Yield the names of what was set aside: identifiers, and keys that are names."""
        for steps in (*self.out, *self.stand_ins):
            part = self.whole
            for step in steps:
                part = _part(part, step)
            yield str(part if steps[-1] in _NAMING else steps[-1])
            if isinstance(part, dict):
                yield from (str(part[key]) for key in _NAMING if key in part)


@dataclass(frozen=True)
class Examined(Generic[Model]):
    """What can be used of a file (None when nothing can), its faults, what was set aside."""

    model: Model | None
    faults: list[Fault]
    cut: Cut


def examine(model: type[Model], content: Content) -> Examined[Model]:
    """Return what can be used of a file, and all its faults."""
    cut, told = Cut(model, content.value), list[Fault]()
    for _ in range(_ROUNDS):
        try:
            return Examined(model.model_validate(cut.value()), told, cut)
        except ValidationError as error:
            faults = [cut.at_origin(one) for one in faults_of(model, error)[:_MOST]]
        told += [one for one in faults if not cut.causes(one)]
        before = cut.size
        for fault in faults:
            cut.set_aside(fault)
        if cut.size == before:
            break
    return Examined(None, told, cut)


def _field(model: type[BaseModel], steps: Steps) -> FieldInfo | None:
    held = model_at(model, steps[:-1])
    return held.model_fields.get(str(steps[-1])) if held else None


def _stand_in(info: FieldInfo) -> Any:  # noqa: ANN401
    """Return a value that a key accepts; None when we know none."""
    kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        needed = {name: one for name, one in kind.model_fields.items() if one.is_required()}
        return {name: _stand_in(one) for name, one in needed.items()}
    accepted = TypeAdapter(kind)
    for one in (*getattr(kind, "__args__", ()), *_STAND_INS):
        with suppress(ValidationError):
            accepted.validate_python(one)
            return one
    return None


def _part(value: Any, step: str | int) -> Any:  # noqa: ANN401
    """Return a part of what YAML holds; the whole when it has no such part."""
    if isinstance(value, dict):
        return next((part for key, part in value.items() if str(key) == step), value)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return value


def _holds(value: Any, steps: Steps) -> bool:  # noqa: ANN401
    """Whether a place is there in what a file holds."""
    for step in steps:
        is_key = isinstance(value, dict) and any(str(key) == step for key in value)
        is_rank = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
        if not is_key and not is_rank:
            return False
        value = _part(value, step)
    return True
