"""The clock of Windows, under wine: it ticks 64 times a second, wine's at each reading.

distributed counts on it: it reads the time until five readings out of ten are alike, for ever
under wine. Imported at each start of the trial's Python, by a file « .pth ».
"""

import math
import time
from collections.abc import Callable

TICKS = 64  # what `time.get_clock_info("time").resolution` says of Windows, upside down


def ticking(exact: Callable[[], float]) -> Callable[[], float]:
    """Return a clock that stands still between two ticks."""
    return lambda: math.floor(exact() * TICKS) / TICKS


time.time = ticking(time.time)
time.monotonic = ticking(time.monotonic)
