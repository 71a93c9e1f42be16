"""Temporary folders; those left by killed commands are swept."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OURS = "qpref-"
# Of Windows: the right PROCESS_QUERY_LIMITED_INFORMATION; ERROR_INVALID_PARAMETER; STILL_ACTIVE.
_MAY_BE_ASKED, _NO_SUCH_PROCESS, _STILL_ACTIVE = 0x1000, 87, 259


@contextmanager
def scratch() -> Iterator[Path]:
    """
    Give a folder that its owner alone may open, removed whatever happens but a kill.

    What killed commands left is removed first.
    """
    sweep()
    prefix = f"{_OURS}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def kept_scratch() -> Path:
    """Return such a folder, which the caller removes."""
    sweep()
    return Path(tempfile.mkdtemp(prefix=f"{_OURS}{os.getpid()}-"))


def sweep() -> None:
    """Remove the folders of this user that processes left when they were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_OURS}[0-9]*-*"):
        pid = folder.name.removeprefix(_OURS).partition("-")[0]
        with suppress(OSError):
            is_mine = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            if is_mine and pid.isdigit() and not is_alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine goes on."""
    if sys.platform == "win32":
        return _is_alive_there(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_alive_there(pid: int) -> bool:
    """Whether a process goes on, asked of Windows, where a signal would end it."""
    if sys.platform != "win32":
        raise NotImplementedError
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_MAY_BE_ASKED, 0, ctypes.c_uint32(pid))
    if not handle:
        return ctypes.get_last_error() != _NO_SUCH_PROCESS
    code = ctypes.c_uint32()
    is_told = kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
    kernel.CloseHandle(ctypes.c_void_p(handle))
    return not is_told or code.value == _STILL_ACTIVE
