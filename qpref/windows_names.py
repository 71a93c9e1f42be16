"""Names that Windows gives to no file, whatever the system this runs on."""

import re

# Microsoft, « Naming Files, Paths, and Namespaces »; the last two are its console's.
_DEVICE = re.compile(r"aux|con|nul|prn|(com|lpt)[0-9¹²³]|conin\$|conout\$")
_CHARACTERS = re.compile(r'[\x00-\x1f"*:<>?|/\\]')


def is_device(name: str) -> bool:
    """Tell whether a name is that of a device, with or without an ending."""
    return _DEVICE.fullmatch(name.partition(".")[0].rstrip(" ").casefold()) is not None


def is_refused(name: str) -> bool:
    """
    Tell whether no file of Windows may have a name.

    Parameters
    ----------
    name
        One part of a path: of a folder or of a file. A space or a point at its end is what
        Windows drops without a word.
    """
    return bool(_CHARACTERS.search(name)) or name.endswith((" ", ".")) or is_device(name)
