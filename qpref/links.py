"""Links, which are never followed: what they lead to is somebody else's, or the folder itself."""

import os
from contextlib import suppress
from pathlib import Path

_JUNCTION = 0xA0000003  # of Windows: IO_REPARSE_TAG_MOUNT_POINT


def is_link(path: Path) -> bool:
    """
    Whether a path leads elsewhere: a symbolic link, or a junction of Windows.

    Anyone makes a junction between folders there, without any right; Python tells it from a folder
    by its tag alone before 3.12. What a synchronised folder keeps elsewhere has other tags: it is
    no link.
    """
    tag = None
    with suppress(OSError):
        tag = getattr(os.lstat(path), "st_reparse_tag", None)
    return tag == _JUNCTION or path.is_symlink()
