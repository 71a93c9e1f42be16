"""What a report starts ends with it: the job object of Windows, by what Windows is told."""

import ctypes
import struct
import subprocess
import sys
import time

import pytest

from qpref.batch import family

KILL_ON_CLOSE, PROCESS_MEMORY, EXTENDED_LIMITS = 0x2000, 0x100, 9  # of winnt.h
JOB, SELF = 64, -1


class Kernel:
    """Stands for kernel32: keeps what it is asked, refuses one thing if told to."""

    def __init__(self, refuses=""):
        self.refuses, self.asked, self.limits = refuses, [], b""

    def _answer(self, name, value):
        self.asked.append(name)
        return 0 if name == self.refuses else value

    def CreateJobObjectW(self, *_):  # noqa: N802 - the names of Windows
        return self._answer("create", JOB)

    def SetInformationJobObject(self, job, kind, limits, size):  # noqa: N802
        assert (job, kind) == (JOB, EXTENDED_LIMITS)
        self.limits = ctypes.string_at(limits, size)
        return self._answer("limit", 1)

    def GetCurrentProcess(self):  # noqa: N802
        return SELF

    def AssignProcessToJobObject(self, job, process):  # noqa: N802
        assert (job, process) == (JOB, SELF)
        return self._answer("assign", 1)

    def CloseHandle(self, job):  # noqa: N802
        self.asked.append(("close", job))


@pytest.fixture(autouse=True)
def held(monkeypatch):
    handles = []
    monkeypatch.setattr(family, "_JOBS", handles)
    return handles


def test_a_process_enters_a_job_that_ends_with_it(held):
    """The handle stays open; of the limits, the flag alone is set, after two times of 8 bytes."""
    kernel = Kernel()

    assert family.enter_job(kernel)

    assert kernel.asked == ["create", "limit", "assign"]
    assert struct.unpack_from("<I", kernel.limits, 16) == (KILL_ON_CLOSE,)
    assert sum(kernel.limits) == KILL_ON_CLOSE >> 8
    assert held == [JOB]


def test_the_memory_of_a_report_is_limited_by_its_job(held):
    """Two flags; 300 megabytes stand after 64 bytes of limits and 48 of counters."""
    kernel = Kernel()

    assert family.enter_job(kernel, 300)

    assert struct.unpack_from("<I", kernel.limits, 16) == (KILL_ON_CLOSE | PROCESS_MEMORY,)
    assert struct.unpack_from("@N", kernel.limits, 112) == (300 * 1024 * 1024,)
    assert held == [JOB]


@pytest.mark.parametrize("refused", ["create", "limit", "assign"])
def test_a_job_that_windows_refuses_stops_no_report(held, refused):
    kernel = Kernel(refused)

    assert not family.enter_job(kernel)

    assert (("close", JOB) in kernel.asked) == (refused != "create")
    assert held == []


def test_the_limits_are_laid_out_as_windows_reads_them():
    """64 bits: 64 bytes of basic limits, 48 of counters, four sizes of 8: 144. 32 bits: 112."""
    assert ctypes.sizeof(family.JobLimits) == {8: 144, 4: 112}[ctypes.sizeof(ctypes.c_void_p)]


@pytest.mark.skipif(sys.platform != "win32", reason="job objects are of Windows")
def test_what_a_process_started_ends_with_it_on_windows(tmp_path):
    told = tmp_path / "fin"
    late = f"import time, pathlib; time.sleep(3); pathlib.Path({str(told)!r}).touch()"
    code = (
        "import subprocess, sys; from qpref.batch import family; family.lead(); "
        f"subprocess.Popen([sys.executable, '-c', {late!r}])"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    time.sleep(5)

    assert not told.exists()
