"""Hold a file open as a spreadsheet does (nobody else writes, renames or removes it), then wait.

Run by the Windows Python: `hold_open.py FILE END`. It says « tenu », and lets go when END exists.
"""

import ctypes
import sys
import time
from ctypes import wintypes
from pathlib import Path

GENERIC_READ_WRITE, SHARE_READ, OPEN_EXISTING = 0xC0000000, 0x1, 3
NONE = wintypes.HANDLE(-1).value

kernel = ctypes.WinDLL("kernel32", use_last_error=True)
kernel.CreateFileW.restype = wintypes.HANDLE
handle = kernel.CreateFileW(
    sys.argv[1], GENERIC_READ_WRITE, SHARE_READ, None, OPEN_EXISTING, 0, None
)
if handle == NONE:
    sys.exit(f"CreateFileW : {ctypes.get_last_error()}")
sys.stdout.write("tenu\n")
sys.stdout.flush()
while not Path(sys.argv[2]).exists():
    time.sleep(0.1)
