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


def once(tell: Callable[[str], object]) -> Callable[[str], object]:
    """Return what tells each sentence the first time alone: a file may be read at every step."""
    told: set[str] = set()

    def tell_new(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            tell(sentence)

    return tell_new
