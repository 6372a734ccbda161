"""Blocks and readings as Parquet or CSV, whole or not at all, in pieces that fit in memory."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.drafts import draft_path, is_special, pieces_path
from hashquake.core.errors import UsageError
from hashquake.core.header import hash_text
from hashquake.core.hostile_text import csv_safe, visible_text
from hashquake.core.record import Record
from hashquake.core.window import Window
from hashquake.store.failures import code_of_failure, record_failure

HEIGHTS_A_PIECE = 50_000
SECONDS_A_PIECE = HEIGHTS_A_PIECE * BLOCK_TARGET_S
_COINBASE_CHARACTERS = 1_000
_BLOCKS = pl.Schema(
    {
        "height": pl.Int64(),
        "header_s": pl.Int64(),
        "bits": pl.UInt32(),
        "pool": pl.String(),
        "seen_s": pl.Float64(),
        "fate": pl.String(),
        "hash": pl.String(),
        "prev": pl.String(),
        "coinbase": pl.Binary(),
        "payouts": pl.List(pl.String),
    }
)
_READINGS = pl.Schema(
    {
        "subject": pl.String(),
        "quantity": pl.String(),
        "start_s": pl.Float64(),
        "end_s": pl.Float64(),
        "value": pl.Float64(),
        "normal": pl.Float64(),
        "source": pl.String(),
    }
)


def export_blocks(
    record: Record, path: Path, *, window: Window | None = None, stale: bool = True
) -> int:
    """Write blocks to a file, in height order.

    Hashes are written as people write them, reversed and in hexadecimal. In CSV the coinbase is
    hexadecimal too, with a readable and harmless rendering in the column ``coinbase_text``.

    Parameters
    ----------
    record : Record
        Where the blocks are.
    path : Path
        Ends in ``.parquet`` or ``.csv``; replaced if it exists, and only once all is written.
    window : Window or None
        Only blocks whose header time lies in it; None writes all.
    stale : bool
        Whether to write stale blocks too, marked in the column ``fate``.

    Returns
    -------
    int
        Blocks written.

    Raises
    ------
    UsageError
        ``export-format`` when the ending is another one.
    RecordError
        ``disk-full`` or ``record-unreachable``; nothing of the new file remains.
    """
    return _export(
        path, _BLOCKS, (_block_table(piece) for piece in _pieces(record, window, stale=stale))
    )


def export_readings(record: Record, path: Path, *, subjects: Sequence[str]) -> int:
    """Write the readings of some subjects to a file, subject by subject, oldest first.

    Parameters
    ----------
    record : Record
        Where the readings are.
    path : Path
        Ends in ``.parquet`` or ``.csv``; replaced if it exists, and only once all is written.
    subjects : sequence of str
        Such as ``country:KZ``; `SqlRecord.subjects` lists those a record has.

    Returns
    -------
    int
        Readings written.

    Raises
    ------
    UsageError
        ``export-format`` when the ending is another one.
    RecordError
        ``disk-full`` or ``record-unreachable``; nothing of the new file remains.
    """
    return _export(path, _READINGS, (_reading_table(record, subject) for subject in subjects))


def _pieces(record: Record, window: Window | None, *, stale: bool) -> Iterator[BlockColumns]:
    if window is not None:
        for start_s in np.arange(window.start_s, window.end_s, SECONDS_A_PIECE).tolist():
            end_s = min(start_s + SECONDS_A_PIECE, window.end_s)
            part = Window(start_s=start_s, end_s=end_s)
            yield record.blocks(window=part, stale=stale, detail=True)
        return
    tip = record.tip()
    top = -1 if tip is None else tip[0]
    for first in range(0, top + 1, HEIGHTS_A_PIECE):
        last = min(first + HEIGHTS_A_PIECE - 1, top)
        yield record.blocks(first_height=first, last_height=last, stale=stale, detail=True)
    # A stale branch of little work may be the longer one.
    yield record.blocks(first_height=top + 1, stale=stale, detail=True)


def _block_table(blocks: BlockColumns) -> pl.DataFrame:
    columns = {
        "height": blocks.height,
        "header_s": blocks.header_s,
        "bits": blocks.bits,
        "pool": [blocks.pool_of(at) for at in range(len(blocks))],
        "seen_s": pl.Series(blocks.seen_s, nan_to_null=True),
        "fate": np.where(blocks.stale, "stale", "main").tolist(),
        "hash": [None if digest is None else hash_text(digest) for digest in blocks.hash],
        "prev": [None if digest is None else hash_text(digest) for digest in blocks.prev],
        "coinbase": blocks.coinbase.tolist(),
        "payouts": [None if paid is None else list(paid) for paid in blocks.payouts],
    }
    return pl.DataFrame(columns, schema=_BLOCKS)


def _reading_table(record: Record, subject: str) -> pl.DataFrame:
    readings = record.readings(subject=subject)
    rows = [
        {
            "subject": reading.subject,
            "quantity": reading.quantity,
            "start_s": reading.window.start_s,
            "end_s": reading.window.end_s,
            "value": reading.value,
            "normal": reading.normal,
            "source": reading.source,
        }
        for reading in readings
    ]
    return pl.DataFrame(rows, schema=_READINGS)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Make a table fit for CSV: no bytes, no lists, nothing a spreadsheet would run."""
    if "coinbase" in frame.columns:
        raw = frame["coinbase"].to_list()
        shown = [None if r is None else visible_text(r, limit=_COINBASE_CHARACTERS) for r in raw]
        frame = frame.with_columns(
            pl.col("coinbase").bin.encode("hex"),
            pl.col("payouts").list.join(" "),
            pl.Series("coinbase_text", shown, pl.String),
        )
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    for name in texts:
        # A column repeats few values (pools, fates) or none (hashes): each is made safe once.
        distinct = frame[name].unique().drop_nulls().to_list()
        unsafe = {text: safe for text in distinct if (safe := csv_safe(text)) != text}
        if unsafe:
            frame = frame.with_columns(pl.col(name).replace(unsafe))
    return frame


def _export(path: Path, schema: pl.Schema, tables: Iterator[pl.DataFrame]) -> int:
    ending = path.suffix.lower()
    if ending not in (".parquet", ".csv"):
        raise UsageError(
            f"the format of {str(path)!r} cannot be determined from its ending",
            code="export-format",
            hint="end the name in .parquet or .csv",
        )
    filled = (table for table in tables if table.height)
    with _whole_file(path) as file:
        if ending == ".csv":
            return _write_csv(file, schema, filled)
        with _pieces_folder(path) as folder:
            return _write_parquet(file, schema, filled, folder)


def _write_csv(file: BinaryIO, schema: pl.Schema, tables: Iterator[pl.DataFrame]) -> int:
    # Not by polars itself: its errors do not tell a full disk from anything else.
    file.write(_plain(pl.DataFrame(schema=schema)).write_csv().encode())  # the names, once
    written = 0
    for table in tables:
        file.write(_plain(table).write_csv(include_header=False).encode())
        written += table.height
    return written


def _write_parquet(
    file: BinaryIO, schema: pl.Schema, tables: Iterator[pl.DataFrame], folder: Path
) -> int:
    """Write each table into a file of its own, then all of them, group by group, into one."""
    pieces: list[Path] = []
    written = 0
    for table in tables:
        pieces.append(folder / f"{len(pieces)}.parquet")
        with pieces[-1].open("wb") as piece:
            _write_through(piece, table.write_parquet, compression="lz4")
        written += table.height
    if pieces:
        scan = pl.scan_parquet(pieces, glob=False, hive_partitioning=False)
        _write_through(file, scan.sink_parquet, compression="zstd", row_group_size=HEIGHTS_A_PIECE)
    else:
        _write_through(file, pl.DataFrame(schema=schema).write_parquet)
    return written


@contextmanager
def _pieces_folder(path: Path) -> Iterator[Path]:
    """Make a folder next to the file, removed at the end, or by the next export after a kill."""
    if is_special(path):
        with TemporaryDirectory() as name:
            yield Path(name)
        return
    folder = pieces_path(path)
    folder.mkdir()
    try:
        yield folder
    finally:
        rmtree(folder)


class _Sink:
    """A file that remembers the system's error: polars' own do not tell a full disk apart."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, octets: bytes) -> int:
        try:
            return self._file.write(octets)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Leave it to the file's owner, who makes sure of what was written."""


def _write_through(file: BinaryIO, write: Callable[..., object], **options: object) -> None:
    sink = _Sink(file)
    try:
        write(sink, **options)
    except PolarsError:
        if sink.error is not None:
            raise sink.error from None
        raise


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file under a temporary name that takes its own name when all went well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if is_special(path):  # a device or a pipe is written to, never replaced
            with path.open("wb") as file:
                yield file
            return
        draft = draft_path(path)
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        if (code := code_of_failure(error)) == "disk-full":
            raise record_failure(code, str(path), reason) from error
        raise UsageError(
            f"{visible_text(str(path))} cannot be written: {reason}",
            code="cannot-write",
            hint="name another place to write to",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
