"""Read what people decided about a campaign's rows: corrections, approvals, subjects."""

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from qpref.errors import ReferenceFileError

_T = TypeVar("_T")


def decided(path: Path, shape: TypeAdapter[_T], damaged: tuple[str, str]) -> _T | None:
    """
    Return what a file of decisions holds; None when nobody decided anything.

    Parameters
    ----------
    path
        Of the file.
    shape
        What it holds.
    damaged
        The sentence and the remedy told when it cannot be read.

    Raises
    ------
    ReferenceFileError
        If the file is damaged.
    """
    try:
        return shape.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ReferenceFileError(*damaged) from error
