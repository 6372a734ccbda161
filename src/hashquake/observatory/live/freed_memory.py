"""Memory that was freed goes back to the system, so that a watcher stays small for months.

The C library keeps what was freed for the next request. Its limit for what it takes from the
system directly, and returns at once, rises to the largest array ever freed; from then on large
arrays lie between small values that stay, and what is freed between them is lost to the system.
Musl and macOS return freed memory by themselves and have none of these functions.

Source: ``mallopt`` and ``malloc_trim`` of the GNU C library, key ``glibc-malloc`` in
``docs/refs.bib``.
"""

import ctypes
import sys
from functools import lru_cache

_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of ``malloc.h``."""
_LARGE_BYTES = 256 * 1024


@lru_cache(maxsize=1)
def _c_library() -> ctypes.CDLL | None:
    """Return the C library that this process runs on, where it is the GNU one."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    has_both = hasattr(library, "mallopt") and hasattr(library, "malloc_trim")
    return library if has_both else None


def return_large_arrays() -> bool:
    """Take large arrays from the system directly from now on, so that each goes back when freed.

    Returns
    -------
    bool
        Whether the C library can do that.
    """
    library = _c_library()
    return library is not None and library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES) == 1


def return_freed() -> bool:
    """Return to the system what was freed between values that stay.

    Returns
    -------
    bool
        Whether anything was returned; also False where the C library cannot do that.
    """
    library = _c_library()
    return library is not None and library.malloc_trim(0) == 1
