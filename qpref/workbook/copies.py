"""Cached results, and the copies that analysts may modify."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")
_Self = TypeVar("_Self")
_Key = ParamSpec("_Key")
_Found = TypeVar("_Found")


def handed(value: T) -> T:
    """
    Return a value that its owner may change: tables, lists and records in it are copies.

    Deep ones: pandas copies a table when it is written on, but not when its arrays are.
    """
    found: object = value
    if isinstance(value, (pd.DataFrame, pd.Series, np.ndarray)):
        found = value.copy()
    elif isinstance(value, Mapping):
        found = {key: handed(item) for key, item in value.items()}
    elif isinstance(value, list):
        found = [handed(item) for item in value]
    elif isinstance(value, tuple):
        found = tuple(handed(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = copy.copy(value)
        for name in [field.name for field in fields(value)]:
            object.__setattr__(found, name, handed(getattr(value, name)))
    return found  # type: ignore[return-value]


def remembered(
    method: Callable[Concatenate[_Self, _Key], _Found],
) -> Callable[Concatenate[_Self, _Key], _Found]:
    """Have a method work out its result once for each of its arguments, as its object lives."""
    place = f"_remembered_{method.__name__}"

    @wraps(method)
    def found(self: _Self, /, *key: _Key.args, **named: _Key.kwargs) -> _Found:
        known: dict[object, _Found] = self.__dict__.setdefault(place, {})
        asked = (key, tuple(named.items()))
        if asked not in known:
            known[asked] = method(self, *key, **named)
        return known[asked]

    return found
