"""The wish to stop: Ctrl-C, a polite kill, a terminal that was closed.

A wish that comes while the program still starts counts as well: it is remembered from the first
line of the program on. Some senders repeat it at once (``timeout`` signals the program and its
group; a supervisor and a terminal may both do), so that only a second Ctrl-C after a moment means
that somebody wants no orderly end.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hashquake.core import clock

_LASTING = (("watch",), ("serve",), ("alerts", "deliver"))
"""Commands that run until they are stopped."""
SECOND_S = 1.0
"""A Ctrl-C that follows the first sooner is the same one."""
_NUMBERS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def _end_at_once() -> None:
    raise KeyboardInterrupt


class StopSignals:
    """The wish to stop, and who is called when it comes."""

    def __init__(self) -> None:
        self.asked_s: float | None = None
        self._stop: Callable[[], object] = lambda: None
        self._at_once: Callable[[], object] = _end_at_once

    def listen(self) -> dict[signal.Signals, Any]:
        """Take the signals; return who took them before."""
        # Who starts a program with `nohup` wants it to go on without its terminal.
        return {
            number: signal.signal(number, self._asked)
            for number in _NUMBERS
            if not (number.name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN)
        }

    @contextmanager
    def calling(
        self, stop: Callable[[], object], at_once: Callable[[], object] = _end_at_once
    ) -> Iterator[None]:
        """Call somebody when the wish comes, or at once when it came before.

        Parameters
        ----------
        stop : callable
            Called at the first wish; returns at once.
        at_once : callable
            Called at a further Ctrl-C after `SECOND_S`; by default it raises `KeyboardInterrupt`.
        """
        before = self.listen()
        calls = self._stop, self._at_once
        self._stop, self._at_once = stop, at_once
        if self.asked_s is not None:
            stop()
        try:
            yield
        finally:
            self._stop, self._at_once = calls
            self.asked_s = None
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del frame
        now_s = clock.monotonic_s()
        if self.asked_s is None:
            self.asked_s = now_s
            self._stop()
        elif number == signal.SIGINT and now_s - self.asked_s > SECOND_S:
            self._at_once()


STOP_SIGNALS = StopSignals()
"""Those of this process."""


def remember_stop(arguments: Sequence[str]) -> None:
    """Remember the wish to stop from now on, for a command that runs until it is stopped.

    Parameters
    ----------
    arguments : sequence of str
        Of the command line, without the program's name.
    """
    if any(tuple(arguments[: len(words)]) == words for words in _LASTING):
        STOP_SIGNALS.listen()
