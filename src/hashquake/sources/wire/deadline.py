"""How long an exchange may take as a whole, by a clock that nobody sets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Deadline:
    """Count down from a limit.

    Parameters
    ----------
    now_s : callable
        A count of seconds, such as `SourceContext.monotonic_s`; even one that is set back does not
        lengthen the deadline.
    limit_s : float
        Seconds from now.
    """

    def __init__(self, now_s: Callable[[], float], limit_s: float) -> None:
        self.limit_s = limit_s
        self._now_s = now_s
        self._last_s = now_s()
        self._elapsed_s = 0.0

    def elapsed_s(self) -> float:
        """Return the seconds that the clock has run forwards."""
        now_s = self._now_s()
        self._elapsed_s += max(0.0, now_s - self._last_s)
        self._last_s = now_s
        return self._elapsed_s

    def left_s(self) -> float:
        """Return the seconds left, never negative."""
        return max(0.0, self.limit_s - self.elapsed_s())


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Hold every read and write of this thread to a deadline.

    Parameters
    ----------
    deadline : Deadline
        By which all must be over.
    """
    token = _CURRENT.set(deadline)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_deadline() -> Deadline | None:
    """Return the deadline that holds in this thread, None outside `within`."""
    return _CURRENT.get()
