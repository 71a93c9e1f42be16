"""Steps of a trial under wine: what each must give, what it wrote, and where the first fails."""

import re
import subprocess
from collections.abc import Callable, Iterator

import wine
from wine_tests import Gave


class Failed(Exception):  # noqa: N818 - it is a line of the table
    """What a step gave instead of what was expected."""


def keep(name: str, said: str) -> None:
    """Keep what a command wrote."""
    place = wine.PLACE / "journaux"
    place.mkdir(exist_ok=True)
    (place / f"{re.sub(r'[^a-zA-Z0-9_-]', '-', name)}.txt").write_text(said, encoding="utf-8")


def expect(what: str, got: tuple[int, str], code: int = 0, text: str = "") -> str:
    """Refuse another exit code or another text than what is expected; return what was written."""
    keep(what, got[1])
    if got[0] != code or text not in got[1]:
        raise Failed(f"{what} : code {got[0]}, {got[1].strip()[-300:]}")
    return got[1]


def steps(function: Callable[[], Iterator[str]]) -> Callable[[], Gave]:
    """Return what counts the steps that a function yields; it ends at the first that fails."""

    def of_steps() -> Gave:
        done: list[str] = []
        try:
            done.extend(function())
        except (Failed, OSError, subprocess.SubprocessError) as error:
            return Gave(len(done), 1, 0, [f"échec : {error}"])
        return Gave(len(done), 0, 0, done)

    return of_steps
