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

    Parameters
    ----------
    function : callable
        A kernel.
    """
    return compiled(**_LEAF)(function)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a few lines into wherever they are called.

    For what gains much by it, as rounds of Philox do, which then run side by side. Elsewhere it
    gains a few per cent of a run, and the first run pays with seconds of compiling.

    Parameters
    ----------
    function : callable
        A kernel of a few lines.
    """
    return compiled(forceinline=True, **_LEAF)(function)
