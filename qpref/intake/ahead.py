"""What is made while what came before it is used: compiled code lets other code run meanwhile."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield items, each but the first made while the one before it is used."""
    with ThreadPoolExecutor(1) as maker:
        made: Future[T | object] = maker.submit(next, items, _END)
        while (found := made.result()) is not _END:
            made = maker.submit(next, items, _END)
            yield found  # type: ignore[misc]
