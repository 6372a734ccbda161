"""How the kernels of the laboratory are compiled: kept on disk, free of Python's lock.

Divisions follow IEEE instead of raising, as the kernels guard their own zeros.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from hashquake.core.kernels import kernel as compiled

P = ParamSpec("P")
R = TypeVar("R")
kernel = compiled(nogil=True, error_model="numpy")
_LEAF: Any = {"nogil": True, "error_model": "numpy", "_nrt": False}


def leaf(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that makes no arrays.

    What it is given lives longer than it does, so nothing need count who holds it; counting took
    a fifth of a path's time.
    """
    return compiled(**_LEAF)(function)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile the few lines that run for every random number: put where they are called."""
    return compiled(forceinline=True, **_LEAF)(function)
