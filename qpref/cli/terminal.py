"""The terminal: where results and errors are printed, and what a script reads."""

import json
import sys
from typing import Any

from rich.console import Console

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(content: dict[str, Any]) -> None:
    """Print what a script reads."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
