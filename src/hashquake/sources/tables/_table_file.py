"""A Parquet or CSV file as a stream of tables of limited size."""

import csv
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from hashquake.core.errors import FormatError, InputError
from hashquake.core.regular_file import open_regular
from hashquake.sources.tables._csv_chunks import CsvChunks
from hashquake.sources.tables._parquet_process import ParquetFile

BATCH_ROWS = 20_000
READ_ROWS = 262_144
"""Rows of a Parquet file read at once, whatever the size of its row groups."""
_MOST_RUNS = 10_000
_SNIFFED_BYTES = 65_536
_MARKS = ",;\t"
_MOST_TITLE_LINES = 4
Rows = tuple[int, int | None]
"""The first row, counted from 0, and how many; None for all that follow."""


class TableFile:
    """A table on disk: its columns' names, and its rows in tables of limited size.

    Parquet is known by its first bytes; anything else is read as CSV, with ``,``, ``;`` or a tab
    between cells, compressed with gzip or not. CSV cells come as text, so that a type guessed
    from the first rows cannot spoil the rest.

    Parameters
    ----------
    path : Path
        The file.
    has_title : bool
        Whether lines with fewer cells may stand above a CSV file's header; they are passed over.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable`` when it is neither; ``table-empty`` when it has no byte.
    """

    def __init__(self, path: Path, *, has_title: bool = False) -> None:
        self.path = path
        start = _first_bytes(path)
        if not start:
            raise FormatError(f"{path} is empty", code="table-empty")
        named_parquet = path.suffix.lower() in {".parquet", ".pq"}
        self._is_parquet = start.startswith(b"PAR1") or named_parquet
        with self._readable():
            if self._is_parquet:
                if not start.startswith(b"PAR1"):
                    raise ValueError("it does not begin as such files do")
                self._parquet = ParquetFile(path)
                self.names = self._parquet.names()
                return
            head = self._head()
            if b"\0" in head:
                raise FormatError(
                    f"{path} is neither Parquet nor CSV: it holds zero bytes",
                    code="table-unreadable",
                )
            lines = head.splitlines()[: _MOST_TITLE_LINES + 1 if has_title else 1] or [b""]
            widest = max(lines, key=_most_marks)
            delimiter = max(_MARKS, key=lambda mark: widest.count(mark.encode()))
            title_lines = lines.index(widest) if has_title else 0
            self._csv = CsvChunks(path, delimiter, title_lines)
            self.names = self._csv.names

    def runs(self, run_rows: int | None = None) -> list[Rows]:
        """Divide the file into runs of rows that can be read apart.

        Parameters
        ----------
        run_rows : int or None
            About how many rows a run has; None makes one of the whole file.

        Returns
        -------
        list of (first row from 0, rows or None)
            A CSV file is one run of unknown length.

        Raises
        ------
        FormatError
            ``table-unreadable``.
        """
        if not self._is_parquet:
            return [(0, None)]
        with self._readable():
            n_rows = self._parquet.n_rows()
        step = n_rows if run_rows is None else max(run_rows, n_rows // _MOST_RUNS)
        return [(at, min(step, n_rows - at)) for at in range(0, n_rows, max(step, 1))]

    def batches(
        self, columns: Sequence[str], *, rows: int = BATCH_ROWS, run: Rows = (0, None)
    ) -> Iterator[pl.DataFrame]:
        """Yield tables with the columns asked for.

        Parameters
        ----------
        columns : sequence of str
            Their names.
        rows : int
            The most rows of a table.
        run : tuple of int and int or None
            Which rows of a Parquet file, as `runs` returns them; those of CSV are always all.

        Raises
        ------
        FormatError
            ``table-unreadable`` as soon as a damaged part is reached.
        """
        names = list(dict.fromkeys(columns))
        with self._readable():
            parts = self._parquet_rows(names, *run) if self._is_parquet else self._csv.tables(names)
            for part in parts:
                yield from part.iter_slices(rows)

    def _parquet_rows(
        self, names: list[str], first: int, n_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        end = self._parquet.n_rows() if n_rows is None else first + n_rows
        while first < end:
            size = min(READ_ROWS, end - first)
            n_next = min(READ_ROWS, end - first - size)
            part = self._parquet.rows(names, first, size, n_next=n_next)
            if part.height < size:
                raise ValueError(f"it has {first + part.height} rows and says it has {end}")
            first += size
            yield part

    def _head(self) -> bytes:
        with open_regular(self.path) as file:
            head = file.read(_SNIFFED_BYTES)
        if head.startswith(b"\x1f\x8b"):
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _SNIFFED_BYTES)
        return head

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (
            *(PolarsError, csv.Error, zlib.error),
            *(OSError, EOFError, ValueError),  # names that are not UTF-8 are a ValueError
        ) as error:
            reason = (str(error).splitlines() or [""])[0] or type(error).__name__
            if "utf8" in reason.lower().replace("-", ""):
                reason = "it holds text that is not UTF-8"
            raise FormatError(
                f"{self.path} cannot be read as {'Parquet' if self._is_parquet else 'CSV'}: "
                f"{reason[:200]}",
                code="table-unreadable",
                hint="is the file whole? download or export it again",
            ) from None


class SortedTable:
    """A whole table in memory, in the order of one column of integers.

    Parameters
    ----------
    table : TableFile
        What to read.
    columns : sequence of str
        What to keep of it.
    order : array of intp
        The rows in the order wanted.
    """

    def __init__(self, table: TableFile, columns: Sequence[str], order: Any) -> None:
        self._table = pl.concat(list(table.batches(columns)))[order]

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield tables of at most `BATCH_ROWS` rows with the columns asked for.

        Parameters
        ----------
        columns : sequence of str
            Names as the table has them.
        """
        yield from self._table.select(list(dict.fromkeys(columns))).iter_slices(BATCH_ROWS)


def _most_marks(line: bytes) -> int:
    return max(line.count(mark.encode()) for mark in _MARKS)


def _first_bytes(path: Path, count: int = 4) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(count)
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except IsADirectoryError:
        raise InputError(
            f"{path} is a directory, not a table",
            code="file-missing",
            hint="for a node's blocks directory: hashquake ingest block_files --path DIR",
        ) from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
