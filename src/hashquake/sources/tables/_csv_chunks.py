"""A CSV file as tables of text, a few megabytes at a time.

Cells stay text, so that a type guessed from the first rows cannot spoil the rest. Rows without
quotes are parsed by polars; from the first quote on, the rest of the file is read by Python's own
parser, which is slower and knows where a row ends that holds ends of lines.
"""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

CHUNK_BYTES = 4 << 20
_SLOW_ROWS = 20_000
_NULLS = ["", "null", "NULL", "NaN", "nan", "None"]
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EMPTY_LINES = re.compile(rb"\n(?:\r?\n)+")


class CsvChunks:
    """The rows of a CSV file in chunks, packed with gzip or not.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        What stands between cells.
    title_lines : int
        Lines above the header, passed over.

    Raises
    ------
    OSError, EOFError, ValueError, zlib.error
        When it cannot be read or unpacked, or its header is not UTF-8.
    """

    def __init__(self, path: Path, delimiter: str, title_lines: int) -> None:
        self._path, self._delimiter, self._title_lines = path, delimiter, title_lines
        _, self.names = self._rows()

    def tables(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield tables of text; an empty cell is None.

        Parameters
        ----------
        columns : sequence of str
            The columns wanted, by their names in the header.

        Raises
        ------
        ValueError
            Where a row has more or fewer cells than the header, or is too long.
        OSError, EOFError, zlib.error, csv.Error, polars.exceptions.PolarsError
            Where the file is damaged, or its text is not UTF-8.
        """
        wanted = [self.names.index(name) for name in columns]
        chunks, n_rows = self._rows()[0], 0
        for chunk in chunks:
            parts: Iterable[pl.DataFrame]
            if b'"' in chunk:
                parts = self._quoted(chain([chunk], chunks), wanted, n_rows)
            else:
                plain = _EMPTY_LINES.sub(b"\n", chunk.lstrip(b"\r\n"))
                parts = [self._unquoted(plain, wanted, n_rows)] if plain else []
            for part in parts:
                part.columns = list(columns)
                n_rows += part.height
                yield part.with_columns(
                    pl.when(pl.all().is_in(_NULLS)).then(None).otherwise(pl.all()).name.keep()
                )

    def _rows(self) -> tuple[Iterator[bytes], list[str]]:
        """Return chunks of the rows below the header, and the names in the header."""
        chunks = self._chunks()
        lines = next(chunks, b"").split(b"\n", self._title_lines)
        below_title = lines[self._title_lines] if len(lines) > self._title_lines else b""
        text = io.StringIO(below_title.decode(errors="surrogateescape"), newline="")
        names = next(csv.reader(text, delimiter=self._delimiter), [])
        for name in names:
            name.encode()  # what is not UTF-8 is refused
        rest = text.read().encode(errors="surrogateescape")
        return (part for part in chain([rest], chunks) if part), names

    def _chunks(self) -> Iterator[bytes]:
        """Yield whole lines, some megabytes at a time."""
        with self._path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            data = stream.read(CHUNK_BYTES).removeprefix(_BYTE_ORDER_MARK)
            has_returns_alone = b"\n" not in data  # lines end as on old Macs
            rest = b""
            while data:
                rest += data.replace(b"\r", b"\n") if has_returns_alone else data
                end = rest.rfind(b"\n") + 1
                if end:
                    yield rest[:end]
                elif len(rest) > CHUNK_BYTES:
                    raise ValueError(f"a line is longer than {CHUNK_BYTES >> 20} MB")
                rest = rest[end:]
                data = stream.read(CHUNK_BYTES)
            if rest:
                yield rest

    def _unquoted(self, chunk: bytes, wanted: list[int], n_before: int) -> pl.DataFrame:
        n_lines = chunk.count(b"\n") + (not chunk.endswith(b"\n"))
        if chunk.count(self._delimiter.encode()) != n_lines * (len(self.names) - 1):
            self._check_lines(chunk, n_before)
        try:
            table = pl.read_csv(
                chunk,
                has_header=False,
                separator=self._delimiter,
                quote_char=None,
                columns=wanted,
                schema={str(at): pl.String for at in range(len(self.names))},
            )
        except PolarsError:
            self._check_lines(chunk, n_before)
            raise
        return table.select(map(str, wanted))

    def _check_lines(self, chunk: bytes, n_before: int) -> None:
        for row, line in enumerate(chunk.splitlines(), n_before + 1):
            self._check_row(row, line.decode(errors="replace").split(self._delimiter))

    def _quoted(
        self, chunks: Iterable[bytes], wanted: list[int], n_before: int
    ) -> Iterator[pl.DataFrame]:
        texts = (io.StringIO(chunk.decode(), newline="") for chunk in chunks)
        rows = filter(None, csv.reader(chain.from_iterable(texts), delimiter=self._delimiter))
        while some := list(islice(rows, _SLOW_ROWS)):
            for row, cells in enumerate(some, n_before + 1):
                self._check_row(row, cells)
            n_before += len(some)
            yield pl.DataFrame(
                {str(at): [cells[at] for cells in some] for at in wanted},
                schema={str(at): pl.String for at in wanted},
            )

    def _check_row(self, row: int, cells: Sequence[str]) -> None:
        if len(cells) != len(self.names):
            raise ValueError(f"row {row} has {len(cells)} cells, its header {len(self.names)}")
