"""How the kernels of the laboratory are compiled: kept on disk, free of Python's lock.

Divisions follow IEEE instead of raising, as the kernels guard their own zeros.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
_LEAF: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def leaf(function: Kernel) -> Kernel:
    """Compile a kernel that makes no arrays.

    What it is given lives longer than it does, so nothing need count who holds it; counting took
    a fifth of a path's time.
    """
    compiled: Kernel = numba.njit(**_LEAF)(function)
    return compiled


def inner(function: Kernel) -> Kernel:
    """Compile the few lines that run for every random number: put where they are called."""
    compiled: Kernel = numba.njit(forceinline=True, **_LEAF)(function)
    return compiled
