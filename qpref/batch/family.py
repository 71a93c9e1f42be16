"""End the commands and browsers that a report started when its process ends.

Linux and macOS have process groups: the driver ends one. Windows has job objects: the process puts
itself in one, that ends all it holds when its only handle closes, however the process ends.
"""

import contextlib
import ctypes
import os
import signal
import sys
from typing import Any

if sys.platform != "win32":
    import resource

_LIMITS_CLASS = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
_PROCESS_MEMORY = 0x100  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
_MEGABYTE = 1024 * 1024
_JOBS: list[int] = []  # handles, open as long as this process lives


class _Basic(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION, of winnt.h."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of winnt.h."""

    _fields_ = (
        ("basic", _Basic),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def lead(megabytes: int | None = None) -> None:
    """
    Have what this process starts belong to a group or a job of its own.

    Parameters
    ----------
    megabytes
        Memory that each process of it may take; no limit without it.
    """
    if sys.platform == "win32":
        enter_job(_kernel(), megabytes)
        return
    os.setpgid(0, 0)
    if megabytes:
        size = megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def end(leader: int | None) -> None:
    """End what a process started and left running; Windows did it when the process ended."""
    if sys.platform != "win32" and leader:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing is left of it
            os.killpg(leader, signal.SIGKILL)


def enter_job(kernel: Any, megabytes: int | None = None) -> bool:  # noqa: ANN401 - kernel32, or what stands for it
    """
    Put this process in a job that ends with it and limits its memory; tell whether Windows did so.

    Where it does not (a job that forbids others, before Windows 8), reports are made all the same.
    """
    job = kernel.CreateJobObjectW(None, None)
    if not job:
        return False
    limits = JobLimits()
    limits.basic.limit_flags = _KILL_ON_CLOSE
    if megabytes:
        limits.basic.limit_flags |= _PROCESS_MEMORY
        limits.process_memory = megabytes * _MEGABYTE
    size = ctypes.sizeof(limits)
    is_set = kernel.SetInformationJobObject(job, _LIMITS_CLASS, ctypes.byref(limits), size)
    if is_set and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()):
        _JOBS.append(job)
        return True
    kernel.CloseHandle(job)
    return False


def _kernel() -> Any:  # noqa: ANN401 - kernel32 has no Python type
    """Return kernel32, its handles as wide as a pointer."""
    found = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    handle, pointer = ctypes.c_void_p, ctypes.c_void_p
    found.CreateJobObjectW.restype = found.GetCurrentProcess.restype = handle
    found.CreateJobObjectW.argtypes = [pointer, ctypes.c_wchar_p]
    found.SetInformationJobObject.argtypes = [handle, ctypes.c_int, pointer, ctypes.c_uint32]
    found.AssignProcessToJobObject.argtypes = [handle, handle]
    found.CloseHandle.argtypes = [handle]
    return found
