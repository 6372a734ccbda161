"""A Parquet or CSV file as a stream of Arrow record batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from hashquake.core.errors import FormatError, InputError
from hashquake.core.regular_file import open_regular

BATCH_ROWS = 20_000
_CSV_CHUNK_BYTES = 4 << 20
_PARQUET_BUFFER_BYTES = 1 << 20  # without it a whole column of a row group is kept in memory
_SNIFFED_BYTES = 65_536
_MARKS = ",;\t"
_MOST_TITLE_LINES = 4
_NULLS = ["", "null", "NULL", "NaN", "nan", "None"]


class TableFile:
    """A table on disk: its columns' names, and its rows in batches.

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
        self._title_lines = 0
        start = _first_bytes(path)
        if not start:
            raise FormatError(f"{path} is empty", code="table-empty")
        named_parquet = path.suffix.lower() in {".parquet", ".pq"}
        self._is_parquet = start.startswith(b"PAR1") or named_parquet
        self._delimiter = ","
        with self._readable():
            if self._is_parquet:
                with pq.ParquetFile(path) as file:
                    self.names = list(file.schema_arrow.names)
                return
            with self._stream() as stream:
                head = stream.read(_SNIFFED_BYTES)
            if b"\0" in head:
                raise FormatError(
                    f"{path} is neither Parquet nor CSV: it holds zero bytes",
                    code="table-unreadable",
                )
            lines = head.splitlines()[: _MOST_TITLE_LINES + 1 if has_title else 1]
            widest = max(lines, key=_most_marks)
            self._delimiter = max(_MARKS, key=lambda mark: widest.count(mark.encode()))
            if has_title:
                self._title_lines = lines.index(widest)
            with self._csv(None) as reader:
                self.names = list(reader.schema.names)

    def row_group_runs(
        self, run_rows: int | None = None
    ) -> list[tuple[tuple[int, ...] | None, int | None]]:
        """Divide the file into runs that can be read apart, each with its number of rows.

        Parameters
        ----------
        run_rows : int or None
            A run ends when it holds so many rows; None makes one of the whole file.

        Returns
        -------
        list of (row groups or None, rows or None)
            A CSV file is one run of unknown length.
        """
        if not self._is_parquet:
            return [(None, None)]
        runs: list[tuple[tuple[int, ...] | None, int | None]] = []
        with self._readable(), pq.ParquetFile(self.path) as file:
            sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
        groups: list[int] = []
        rows = 0
        for at, size in enumerate(sizes):
            groups.append(at)
            rows += size
            if at + 1 == len(sizes) or (run_rows is not None and rows >= run_rows):
                runs.append((tuple(groups), rows))
                groups, rows = [], 0
        return runs

    def batches(
        self,
        columns: Sequence[str],
        *,
        rows: int = BATCH_ROWS,
        row_groups: Sequence[int] | None = None,
    ) -> Iterator[Any]:
        """Yield record batches with the columns asked for.

        Parameters
        ----------
        columns : sequence of str
            Their names.
        rows : int
            The most rows of a batch.
        row_groups : sequence of int or None
            Which row groups of a Parquet file; None for all.

        Raises
        ------
        FormatError
            ``table-unreadable`` as soon as a damaged part is reached.
        """
        with self._readable():
            if self._is_parquet:
                with pq.ParquetFile(
                    self.path, buffer_size=_PARQUET_BUFFER_BYTES, pre_buffer=False
                ) as file:
                    every = range(file.num_row_groups)
                    # One row group at a time: what was read of the ones before is let go.
                    for group in every if row_groups is None else row_groups:
                        yield from file.iter_batches(rows, row_groups=[group], columns=columns)
                return
            with self._csv(columns) as reader:
                for batch in reader:
                    for first in range(0, batch.num_rows, rows):
                        yield batch.slice(first, rows)

    def _stream(self) -> Any:
        compressed = _first_bytes(self.path, 2) == b"\x1f\x8b"
        return pa.input_stream(self.path, compression="gzip" if compressed else None)

    def _csv(self, columns: Sequence[str] | None) -> Any:
        types = {} if columns is None else dict.fromkeys(columns, pa.string())
        return pacsv.open_csv(
            self._stream(),
            read_options=pacsv.ReadOptions(
                block_size=_CSV_CHUNK_BYTES, skip_rows=self._title_lines
            ),
            parse_options=pacsv.ParseOptions(delimiter=self._delimiter),
            convert_options=pacsv.ConvertOptions(
                column_types=types,
                include_columns=None if columns is None else list(columns),
                null_values=_NULLS,
                strings_can_be_null=True,
            ),
        )

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, ValueError) as error:  # names that are no UTF-8, too
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
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
        parts = list(table.batches(columns))
        self._table = pa.Table.from_batches(parts).take(pa.array(order))

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Yield record batches of at most `BATCH_ROWS` rows with the columns asked for.

        Parameters
        ----------
        columns : sequence of str
            Names as the table has them.
        """
        yield from self._table.select(list(columns)).to_batches(BATCH_ROWS)


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
