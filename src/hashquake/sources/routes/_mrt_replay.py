"""Lead a table of routes through the files of a collector, window by window."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from hashquake.core.errors import FormatError, InputError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.routes._mrt_elements import Elements
from hashquake.sources.routes._mrt_outline import outline
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.wire.watched import Watched


class Replay:
    """Lead a table through time, file by file.

    Parameters
    ----------
    table : VisibilityTable
        Changed as the files say.
    watched : Watched
        Which subjects are counted.
    step_s : float
        Length of a window.
    """

    def __init__(self, table: VisibilityTable, watched: Watched, step_s: float) -> None:
        self._table, self._watched, self._step_s = table, watched, step_s
        self._start_s: float | None = None
        self._rib_s = 0.0
        self.last_s = float("-inf")

    def take(self, elements: Elements) -> Iterator[list[Reading]]:
        """Take in a file; give the readings of each window that it closes.

        Raises
        ------
        InputError
            ``mrt-rib-missing``.
        FormatError
            ``time-backwards``.
        """
        if not len(elements.time_s):
            return
        self.last_s = max(self.last_s, float(elements.time_s.max()))
        starts_s = np.floor(elements.time_s / self._step_s) * self._step_s
        if elements.is_rib:
            start_s = float(starts_s.min())
            if self._start_s is not None and start_s > self._start_s:
                yield self.close()
            self._start_s, self._rib_s = start_s, float(elements.time_s.min())
            self._table.clear()
            self._table.apply(elements)
            return
        now_s = self._start_s
        if now_s is None:
            raise _rib_missing()
        order = np.argsort(elements.time_s, kind="stable")
        order = order[elements.time_s[order] >= self._rib_s]
        if len(order) and starts_s[order[0]] < now_s - self._step_s:
            raise FormatError(
                f"updates of {format_time(float(elements.time_s[order[0]]))} come after those of "
                f"{format_time(now_s)}",
                code="time-backwards",
                hint="give the files of one collector, each once",
            )
        starts_s = np.maximum(starts_s[order], now_s)  # collectors' clocks jitter at a file's edge
        for start_s in np.unique(starts_s):
            if start_s > now_s:
                yield self.close()
                self._start_s = now_s = float(start_s)
            self._table.apply(elements, order[starts_s == start_s])

    def close(self) -> list[Reading]:
        """Give the readings of the window that is open."""
        if self._start_s is None:
            return []
        window = Window(start_s=self._start_s, end_s=self._start_s + self._step_s)
        return self._watched.readings(self._table, window)


def in_order(paths: Sequence[Path]) -> list[Path]:
    """Sort one collector's files by the times inside them.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``; ``mrt-rib-missing`` when updates come first.
    FormatError
        As `outline` does.
    """
    starts = [(outline(path, whole=False), path) for path in paths]
    starts.sort(key=lambda pair: (pair[0].first_s, not pair[0].is_rib))
    if not starts[0][0].is_rib:
        raise _rib_missing()
    return [path for _, path in starts]


def _rib_missing() -> InputError:
    return InputError(
        "the files begin with updates, which say nothing of routes that stay as they are",
        code="mrt-rib-missing",
        hint="add the last RIB (bview, rib) before them",
    )
