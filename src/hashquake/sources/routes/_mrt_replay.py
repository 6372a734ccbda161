"""Lead a table of routes through the files of a collector, window by window."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, InputError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.routes._mrt_elements import Elements
from hashquake.sources.routes._mrt_outline import outline
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.wire.watched import Watched

_EDGE_S = 300.0
"""How far the times at the edge of two files may overlap."""


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
    ribs_s : sequence of float
        When the dumps of the RIBs to come began, in order. A file of updates that began before
        one of them and ends after it is taken in two parts.
    """

    def __init__(
        self,
        table: VisibilityTable,
        watched: Watched,
        step_s: float,
        *,
        ribs_s: Sequence[float] = (),
    ) -> None:
        self._table, self._watched, self._step_s = table, watched, step_s
        self._ribs_s = deque(ribs_s)
        self._start_s: float | None = None
        self._rib_s = 0.0
        self._after_rib: list[tuple[Elements, NDArray[np.intp]]] = []
        self.last_s = float("-inf")

    def take(self, elements: Elements) -> Iterator[list[Reading]]:
        """Take in a file; return the readings of each window that it closes.

        Parameters
        ----------
        elements : Elements
            Of the next file, in order of time.

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
        if elements.is_rib:
            yield from self._take_rib(elements)
        else:
            yield from self._take_updates(elements, np.argsort(elements.time_s, kind="stable"))

    def _take_rib(self, elements: Elements) -> Iterator[list[Reading]]:
        rib_s = float(elements.time_s.min())
        start_s = floor(rib_s / self._step_s) * self._step_s
        if self._start_s is not None and start_s > self._start_s:
            yield self.close()
        self._start_s, self._rib_s = start_s, rib_s
        while self._ribs_s and self._ribs_s[0] <= rib_s:
            self._ribs_s.popleft()
        self._table.clear()
        self._table.apply(elements)
        waiting, self._after_rib = self._after_rib, []
        for updates, order in waiting:
            yield from self._take_updates(updates, order)

    def _take_updates(self, elements: Elements, order: NDArray[np.intp]) -> Iterator[list[Reading]]:
        times_s = elements.time_s[order]
        if self._ribs_s:
            is_after = times_s >= self._ribs_s[0]
            if is_after.any():
                self._after_rib.append((elements, order[is_after]))
                times_s, order = times_s[~is_after], order[~is_after]
        now_s = self._start_s
        if now_s is None:
            if not self._ribs_s:
                raise _rib_missing()
            return  # of a time whose routes are not known
        order = order[times_s >= self._rib_s]
        starts_s = np.floor(elements.time_s[order] / self._step_s) * self._step_s
        if len(order) and starts_s[0] < now_s - self._step_s:
            raise FormatError(
                f"updates of {format_time(float(elements.time_s[order[0]]))} come after those of "
                f"{format_time(now_s)}",
                code="time-backwards",
                hint="give the files of one collector, each once",
            )
        starts_s = np.maximum(starts_s, now_s)  # collectors' clocks jitter at a file's edge
        for start_s in np.unique(starts_s):
            if start_s > now_s:
                yield self.close()
                self._start_s = now_s = float(start_s)
            self._table.apply(elements, order[starts_s == start_s])

    def close(self) -> list[Reading]:
        """Return the readings of the window that is open."""
        if self._start_s is None:
            return []
        window = Window(start_s=self._start_s, end_s=self._start_s + self._step_s)
        return self._watched.readings(self._table, window)


@dataclass(frozen=True, slots=True, kw_only=True)
class MrtFiles:
    """A collector's files in the order in which they are to be read.

    Parameters
    ----------
    paths : tuple of Path
        By the times inside them.
    ribs_s : tuple of float
        When the dump of each RIB among them began, in order, UTC Unix seconds.
    """

    paths: tuple[Path, ...]
    ribs_s: tuple[float, ...]


def in_order(paths: Sequence[Path], *, note: Callable[[str], None]) -> MrtFiles:
    """Sort one collector's files by the times inside them, and leave out those of no use.

    Parameters
    ----------
    paths : sequence of Path
        In any order.
    note : callable
        Called with a sentence on files left out.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``; ``mrt-rib-missing`` when there is no RIB.
    FormatError
        As `outline` does; ``mrt-malformed`` when every file is empty.
    """
    found = [(outline(path, whole=False), path) for path in paths]
    empty = [path for about, path in found if about.is_empty]
    starts = [(about.first_s, not about.is_rib, path) for about, path in found if path not in empty]
    if not starts:
        raise FormatError(
            f"{paths[0]} is empty" + (f", and so are {len(paths) - 1} more" if paths[1:] else ""),
            code="mrt-malformed",
            hint="give a RIB and the updates after it",
        )
    starts.sort()
    ribs_s = tuple(float(first_s) for first_s, is_updates, _ in starts if not is_updates)
    if not ribs_s:
        raise _rib_missing()
    if empty:
        note(
            f"files without a record: {_named(empty)}; a gap: what changed in their time is "
            "unknown until the next RIB"
        )
    early = _files_before(ribs_s[0], starts)
    if early:
        note(
            f"files of updates that end before the first RIB of {format_time(ribs_s[0])} are not "
            f"read: {_named(sorted(early))}"
        )
    return MrtFiles(paths=tuple(path for *_, path in starts if path not in early), ribs_s=ribs_s)


def _files_before(rib_s: float, starts: Sequence[tuple[int, bool, Path]]) -> set[Path]:
    """Name the files of updates that end before a RIB: the next such file began before it."""
    updates = [(first_s, path) for first_s, is_updates, path in starts if is_updates]
    return {path for (_, path), (next_s, _) in pairwise(updates) if next_s <= rib_s - _EDGE_S}


def _named(paths: Sequence[Path]) -> str:
    shown = ", ".join(path.name for path in paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


def _rib_missing() -> InputError:
    return InputError(
        "there is no RIB among the files, and updates do not mention routes that stay as they are",
        code="mrt-rib-missing",
        hint="add the last RIB (bview, rib) before them",
    )
