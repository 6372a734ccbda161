"""How kernels are compiled: by numba, when first called, and kept on disk where that is possible.

Importing numba takes longer than most questions do, so a kernel loads it only when it is called.
What was compiled is kept next to the source, else in the user's cache folder (numba's own rules,
``NUMBA_CACHE_DIR`` first); where neither can be written, kernels are compiled at each start, and
one note says so.
"""

import logging
import sys
from collections.abc import Callable
from functools import update_wrapper
from pickle import UnpicklingError
from typing import Any, ParamSpec, TypeVar, cast, overload

P = ParamSpec("P")
R = TypeVar("R")
_LOG = logging.getLogger(__name__)
_WITHOUT_C_ENTRANCE: Any = {"no_cfunc_wrapper": True}
_WITHOUT_ENTRANCE: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class Kernel:
    """A function that numba compiles when it is first called, here or inside another kernel.

    Parameters
    ----------
    function : callable
        A function of a module, in the part of Python that numba compiles.
    options : Any
        Of ``numba.njit``.
    """

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self._options = options
        self._compiled: Any = None
        self._inner: Any = None
        if "numba" in sys.modules:
            _teach_numba()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the compiled function."""
        try:
            return self.dispatcher(*arguments, **named)
        except (OSError, EOFError, UnpicklingError) as error:
            # A kernel reads and writes no files: the folder of compiled code is full or damaged.
            self._compiled = self._uncached(str(error))
            return self._compiled(*arguments, **named)

    def __reduce__(self) -> str:
        """Pickle by name, as functions are."""
        return self.py_func.__qualname__

    @property
    def dispatcher(self) -> Any:
        """What numba makes of the function; made when first asked for."""
        if self._compiled is None:
            self._compiled = self._made()
        return self._compiled

    @property
    def inner(self) -> Any:
        """What numba makes of the function for calls from other kernels alone.

        It has no entrance for Python and is not kept on disk: the kernel that calls it is, and
        holds its code. Both would double the time that a person waits for the first answer.
        """
        if self._inner is None:
            import numba

            from hashquake.core._inner_compiler import inner_pipeline

            self._inner = numba.njit(
                pipeline_class=inner_pipeline(), **_WITHOUT_ENTRANCE, **self._options
            )(self.py_func)
        return self._inner

    def _made(self) -> Any:
        import numba

        _teach_numba()
        try:
            return _forgiving(
                numba.njit(cache=True, **_WITHOUT_C_ENTRANCE, **self._options)(self.py_func)
            )
        except RuntimeError as error:  # numba finds no folder to keep it in
            return self._uncached(str(error))

    def _uncached(self, reason: str) -> Any:
        import numba

        _note_once(reason)
        return numba.njit(**_WITHOUT_C_ENTRANCE, **self._options)(self.py_func)


@overload
def kernel(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def kernel(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Mark a function as a kernel.

    Parameters
    ----------
    function : callable
        What to compile.
    options : Any
        Of ``numba.njit``, but for ``cache``.
    """
    if function is None:
        return lambda given: cast("Any", Kernel(given, **options))
    return Kernel(function, **options)


def compiled_folder() -> str | None:
    """Return where compiled code is kept, or None where no folder can be written."""

    def probe() -> None:
        """Stand for any kernel of this file."""

    try:
        import numba

        return str(numba.njit(cache=True)(probe).stats.cache_path)
    except (RuntimeError, OSError):
        return None


def _forgiving(dispatcher: Any) -> Any:
    """Let a dispatcher compile again where what is kept on disk cannot be read any more.

    The index of compiled code names classes by where they were; after an update of hashquake a
    class may have moved, and numba finds out that the index is stale only after reading it.
    """
    kept = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    load_index = getattr(kept, "_load_index", None)
    if kept is None or load_index is None:
        return dispatcher  # another numba: what it keeps is its own affair

    def load_index_or_none() -> Any:
        try:
            return load_index()
        except (AttributeError, ImportError, EOFError, UnpicklingError, TypeError, ValueError):
            return {}

    kept._load_index = load_index_or_none  # noqa: SLF001  numba offers no other way in
    return dispatcher


_noted = False
_taught = False


def _note_once(reason: str) -> None:
    global _noted  # noqa: PLW0603  one note a process
    if not _noted:
        _noted = True
        _LOG.warning(
            "compiled code cannot be kept on disk, so each start compiles again (%s); "
            "set NUMBA_CACHE_DIR to a folder that can be written",
            _plain(reason),
        )


def _plain(reason: str) -> str:
    """Return a note in plain words where numba found no folder, else its own text."""
    if "no locator available" in reason:
        return "neither the folder of the package nor the user's cache folder can be written"
    return " ".join(reason.split())[:200]


def _teach_numba() -> None:
    """Let numba take a kernel that another one calls for what it compiles to."""
    global _taught  # noqa: PLW0603  once a process
    if _taught:
        return
    _taught = True
    from numba.core import types
    from numba.extending import typeof_impl

    @typeof_impl.register(Kernel)
    def _typeof(value: Kernel, context: object) -> Any:
        del context
        return types.Dispatcher(value.inner)
