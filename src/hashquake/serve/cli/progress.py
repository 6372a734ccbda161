"""A progress line on standard error for anything that takes over a second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from hashquake.core import clock
from hashquake.core.contracts import Progress
from hashquake.serve.cli.output import note

_QUIET_S = 1.0


class ProgressLine:
    """Shows progress once a run has lasted a second, and only to a person.

    Used as a context; `show` is what long runs are given to call.
    """

    def __init__(self) -> None:
        self._started_s = clock.monotonic_s()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Start the clock."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()

    def show(self, progress: Progress) -> None:
        """Show how far the run is.

        Parameters
        ----------
        progress : Progress
            What is done, and of how much.
        """
        if not sys.stderr.isatty() or clock.monotonic_s() - self._started_s < _QUIET_S:
            return
        if self._bar is None:
            self._bar, self._task = _start(progress)
        self._bar.update(self._task, completed=progress.done, total=progress.total)

    def note(self, sentence: str) -> None:
        """Write a sentence for the reader, above the line if there is one.

        Parameters
        ----------
        sentence : str
            On what was left out or assumed.
        """
        if self._bar is not None:
            self._bar.console.print(sentence, markup=False, highlight=False)
        else:
            note(sentence)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show a person at the terminal what is being waited for.

    Parameters
    ----------
    text : str
        What is being done, such as ``estimating``.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _start(progress: Progress) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.start()
    return bar, bar.add_task(progress.unit, total=progress.total)
