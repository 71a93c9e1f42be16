"""Retry for a moment what fails because another program holds a file."""

import time
from collections.abc import Callable

_HELD = {5, 32, 33}  # what Windows says of a file that another program has open
WAITS = (0.05, 0.1, 0.2, 0.4, 0.5, 0.75)  # seconds: two in all


def patiently(act: Callable[[], object]) -> None:
    """
    Do what Windows refuses while a file is open elsewhere; try again, for two seconds at most.

    An antivirus, a synchronised folder or a preview holds a file for a moment.
    """
    for wait in WAITS:
        try:
            act()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
        else:
            return
        time.sleep(wait)
    act()
