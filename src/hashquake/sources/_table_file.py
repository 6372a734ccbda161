"""A Parquet or CSV file as a stream of Arrow record batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from hashquake.core.errors import FormatError, InputError

BATCH_ROWS = 20_000
_CSV_CHUNK_BYTES = 4 << 20
_SNIFFED_BYTES = 65_536
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

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable`` when it is neither; ``table-empty`` when it has no byte.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
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
            line = head.split(b"\n", 1)[0]
            self._delimiter = max(",;\t", key=lambda mark: line.count(mark.encode()))
            with self._csv(None) as reader:
                self.names = list(reader.schema.names)

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Yield record batches of at most `BATCH_ROWS` rows with the columns asked for.

        Raises
        ------
        FormatError
            ``table-unreadable`` as soon as a damaged part is reached.
        """
        with self._readable():
            if self._is_parquet:
                with pq.ParquetFile(self.path) as file:
                    yield from file.iter_batches(BATCH_ROWS, columns=list(columns))
                return
            with self._csv(columns) as reader:
                for batch in reader:
                    for first in range(0, batch.num_rows, BATCH_ROWS):
                        yield batch.slice(first, BATCH_ROWS)

    def _stream(self) -> Any:
        compressed = _first_bytes(self.path, 2) == b"\x1f\x8b"
        return pa.input_stream(self.path, compression="gzip" if compressed else None)

    def _csv(self, columns: Sequence[str] | None) -> Any:
        types = {} if columns is None else dict.fromkeys(columns, pa.string())
        return pacsv.open_csv(
            self._stream(),
            read_options=pacsv.ReadOptions(block_size=_CSV_CHUNK_BYTES),
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
        """Yield record batches of at most `BATCH_ROWS` rows with the columns asked for."""
        yield from self._table.select(list(columns)).to_batches(BATCH_ROWS)


def _first_bytes(path: Path, count: int = 4) -> bytes:
    try:
        with path.open("rb") as file:
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
