import platform
import subprocess
import sys

import pytest

ARRAYS_MB = 100
FILLED = """
import os
from pathlib import Path
import numpy as np
from hashquake.observatory.live.freed_memory import return_freed, return_large_arrays

def resident_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

{before}
np.ones(30 << 20, np.uint8)  # what was freed once raises the C library's limit
before_mb = resident_mb()
kept = []
for each in range(2):
    large = []
    for _ in range({arrays_mb}):
        large.append(np.ones(1 << 20, np.uint8))
        kept.append(np.ones(1500, np.uint8))
    del large
{after}
print(resident_mb() - before_mb)
"""


@pytest.fixture(autouse=True)
def _gnu_c_library() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("other C libraries return freed memory by themselves")


def left_mb(*, before: str = "", after: str = "") -> float:
    """Return the memory that stays with a new process after large arrays were freed in it."""
    program = FILLED.format(before=before, after=after, arrays_mb=ARRAYS_MB)
    answered = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(answered.stdout)


def test_the_c_library_keeps_what_was_freed_between_values_that_stay() -> None:
    assert left_mb() > 0.5 * ARRAYS_MB


def test_large_arrays_go_back_when_they_are_freed() -> None:
    assert left_mb(before="assert return_large_arrays()") < 0.1 * ARRAYS_MB


def test_what_was_freed_goes_back_when_asked() -> None:
    assert left_mb(after="assert return_freed()") < 0.1 * ARRAYS_MB
