"""Read Parquet files in a process of their own.

The library that reads them is written in Rust: a damaged file may make it panic, and a length that
cannot be allocated ends its process. This module is both ends: imported, it starts the process and
asks it; run with ``-m``, it is the process.
"""

import atexit
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import finalize

import polars as pl
from polars.exceptions import PanicException, PolarsError

from hashquake.sources.wire.asked_process import AskedProcess, ProcessLostError, serve


class ParquetFile:
    """A Parquet file, read by a process that this object has for itself while it lives.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path.absolute())
        self._process = _taken() or _Process()
        finalize(self, _give_back, self._process)

    def names(self) -> list[str]:
        """Return the names of the columns.

        Raises
        ------
        ValueError
            When the file cannot be read.
        """
        return list(self._process.answer({"path": self._path})["names"])

    def n_rows(self) -> int:
        """Return how many rows the file says it has.

        Raises
        ------
        ValueError
            When the file cannot be read.
        """
        return int(self._process.answer({"path": self._path})["n_rows"])

    def rows(
        self, columns: Sequence[str], first: int, n_rows: int, *, n_next: int = 0
    ) -> pl.DataFrame:
        """Return some rows; fewer only at the end of the file.

        Parameters
        ----------
        columns : sequence of str
            The columns wanted.
        first : int
            The first row, counted from 0.
        n_rows : int
            How many.
        n_next : int
            How many rows will be asked for next, to be read meanwhile.

        Raises
        ------
        ValueError
            When the file cannot be read.
        """
        question = {"path": self._path, "columns": list(columns)}
        octets = self._process.answer(question | {"rows": [first, n_rows]})
        table = pl.read_ipc_stream(io.BytesIO(octets))
        if n_next and table.height == n_rows:
            self._process.begin(question | {"rows": [first + n_rows, n_next]})
        return table


class _Process:
    """A process that reads any file, and may be a question ahead of who asks."""

    def __init__(self) -> None:
        self._process = AskedProcess(__name__)
        self._ahead: Any = None
        self._started_by = os.getpid()
        self._is_within = False

    @property
    def is_idle(self) -> bool:
        """Whether it runs, has nothing left to say, and is this program's."""
        is_done = not self._is_within and self._ahead is None
        return is_done and self._started_by == os.getpid() and self._process.is_running

    def begin(self, question: Any) -> None:
        """Ask a question whose answer is fetched later."""
        try:
            self._process.ask(question)
        except ProcessLostError:
            return  # found out when the answer is fetched
        self._ahead = question

    def answer(self, question: Any) -> Any:
        """Return the answer to a question: a table's bytes, or what is known of the file."""
        self._is_within = True
        try:
            if self._ahead not in (None, question):  # what was read ahead is not wanted any more
                self._received()
                self._ahead = None
            if self._ahead is None:
                self._process.ask(question)
            self._ahead = None
            head, octets = self._received()
        except ProcessLostError as error:
            raise ValueError(_why(error)) from None
        self._is_within = False
        if "error" in head:
            raise ValueError(head["error"])
        return octets if "n_bytes" in head else head

    def close(self) -> None:
        self._process.close()

    def _received(self) -> tuple[Any, bytes]:
        head = self._process.head()
        return head, self._process.octets(head.get("n_bytes", 0))


_IDLE: list[_Process] = []
"""At most one process that waits for the next file: starting one costs more than a small file."""


def _taken() -> _Process | None:
    try:
        process = _IDLE.pop()
    except IndexError:
        return None
    if process.is_idle:
        return process
    process.close()
    return None


def _give_back(process: _Process) -> None:
    if process.is_idle and not _IDLE:
        _IDLE.append(process)
    else:
        process.close()


@atexit.register
def _close_idle() -> None:
    while _IDLE:
        _IDLE.pop().close()


def _why(error: ProcessLostError) -> str:
    if error.from_outside:
        return "the process that read it was ended from outside; is there enough memory?"
    return f"the library that reads it crashed ({error.reason})"


def _answered(question: Any) -> tuple[Any, list[bytes]]:
    # Statistics of a damaged file may be wrong, and none is needed.
    scan = pl.scan_parquet(
        question["path"], glob=False, hive_partitioning=False, use_statistics=False
    )
    try:
        if "rows" not in question:
            n_rows = int(scan.select(pl.len()).collect().item())
            return {"names": scan.collect_schema().names(), "n_rows": n_rows}, []
        first, n_rows = question["rows"]
        table = scan.select(question["columns"]).slice(first, n_rows).collect()
        octets = table.write_ipc_stream(None).getvalue()
    except (PolarsError, PanicException, OSError, ValueError) as error:
        return {"error": (str(error).splitlines() or [""])[0] or type(error).__name__}, []
    return {"n_bytes": len(octets)}, [octets]


if __name__ == "__main__":
    serve(_answered)
