"""Pass messages from deep code to whoever listens (terminal, lab, tests)."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[str], object] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(tell: Callable[[str], object]) -> Iterator[None]:
    """Have each sentence told here; without anybody, it is a warning."""
    token = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(token)


def say(sentence: str) -> None:
    """Say something that nobody asked for and somebody must know."""
    tell = _listener.get()
    if tell is None:
        warnings.warn(sentence, stacklevel=3)
    else:
        tell(sentence)
