"""The command line, `qpref …`: arguments, messages and exit codes. No analysis here."""

import gettext
import os
from pathlib import Path

# Click finds its own messages (« Usage », « No such option »…) through gettext: give it French.
os.environ["LANGUAGE"] = "fr"
gettext.bindtextdomain("messages", str(Path(__file__).parents[1] / "locale"))

from qpref.cli.app import commands, main  # noqa: E402 - reads the catalogue above

__all__ = ["commands", "main"]
