"""What ``doctor --deep`` checks of a record: its file, every link and retarget, its coverage."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from hashquake.core.hostile_text import visible_text
from hashquake.core.times import HOUR_S, format_time

if TYPE_CHECKING:
    from hashquake.core.columns import BlockColumns
    from hashquake.core.record import Record

Finding = tuple[str, str, str]
"""A check's name, its status (ok, warning, error), and what was found."""
_PIECE = 50_000
_CLOCK_SLACK_S = 2.0 * HOUR_S
"""Header times may lie so far outside what was watched."""


def deep_findings(record: "Record", *, now_s: float) -> Iterator[Finding]:
    """Check a record thoroughly.

    Parameters
    ----------
    record : Record
        What to check; nothing of it is changed.
    now_s : float
        The present, UTC Unix seconds.

    Yields
    ------
    tuple of str
        As `Finding`.
    """
    yield from _file(record)
    yield from _chain(record)
    yield from _coverage(record, now_s=now_s)


def _file(record: "Record") -> Iterator[Finding]:
    path = getattr(record, "sqlite_path", None)
    if path is None:
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
    if faults == ["ok"]:
        yield "file", "ok", f"{path.stat().st_size / 1e6:.0f} MB, SQLite finds no fault in it"
    else:
        said = visible_text("; ".join(map(str, faults)), limit=200)
        yield "file", "error", f"SQLite finds faults: {said}; restore a backup"


def _pieces(record: "Record") -> "Iterator[BlockColumns]":
    tip = record.tip()
    begun = record.blocks()
    if tip is None or not len(begun):
        return
    for first in range(int(begun.height[0]), tip[0] + 1, _PIECE):
        yield record.blocks(first_height=first, last_height=first + _PIECE - 1, detail=True)


def _chain(record: "Record") -> Iterator[Finding]:
    from hashquake.core.chain import ChainState, check_chain
    from hashquake.core.errors import ChainError

    state: ChainState | None = None
    n_blocks = n_linked = n_epochs = 0
    try:
        for piece in _pieces(record):
            state = check_chain(piece, state, network=record.network)
            n_blocks += len(piece)
            n_linked += sum(prev is not None for prev in piece.prev)
            n_epochs += int((piece.height % 2016 == 0).sum())
    except ChainError as error:
        yield "links", "error", f"{error.message} [{error.code}]"
        return
    if n_blocks:
        without = f"; {n_blocks - n_linked:,} blocks have none" if n_linked < n_blocks else ""
        yield "links", "ok", f"{n_linked:,} hashes link{without}"
        yield "retargets", "ok", f"{n_epochs:,} difficulties follow from the header times"


def _coverage(record: "Record", *, now_s: float) -> Iterator[Finding]:
    windows = record.coverage().windows
    header_s = record.blocks().header_s
    if not len(header_s) or not windows:  # a single block covers no time; not a fault
        return
    outside = np.ones(len(header_s), np.bool_)
    for window in windows:
        outside &= ~(
            (header_s >= window.start_s - _CLOCK_SLACK_S)
            & (header_s <= window.end_s + _CLOCK_SLACK_S)
        )
    if outside.any():
        when = format_time(float(header_s[int(np.flatnonzero(outside)[0])]))
        found = f"{int(outside.sum()):,} blocks lie outside it, the first of {when}"
        yield "coverage", "error", found
    elif windows and windows[-1].end_s > now_s + _CLOCK_SLACK_S:
        yield "coverage", "error", f"it ends in the future, {format_time(windows[-1].end_s)}"
    else:
        yield "coverage", "ok", "every block lies in what was observed"
