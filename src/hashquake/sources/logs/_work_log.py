"""Logs of shares or connections as columns: one row is one share, or one connection.

The difficulty is the one a share was asked for: a share that happens to reach far more is worth no
more. Where a log tells none, as a log of connections does, every row counts 1.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from hashquake.core.errors import FormatError
from hashquake.core.work_tally import LARGEST_DIFFICULTY
from hashquake.sources.tables._reading_cells import number_values
from hashquake.sources.tables._table_cells import cell_values, plain_cells, require_cells
from hashquake.sources.tables._table_columns import match_columns
from hashquake.sources.tables._table_file import Rows, TableFile
from hashquake.sources.tables._table_times import TimeColumn
from hashquake.sources.tables._table_values import pool_of_cell

FIELDS = {
    "time": ("time", "timestamp", "time_s", "ts", "datetime", "date", "submitted_at"),
    "ip": ("ip", "ip_address", "address", "client_ip", "remote_addr", "peer_ip"),
    "worker": ("worker", "worker_name", "user", "username", "account", "miner"),
    "pool": ("pool", "pool_slug", "pool_name"),
    "difficulty": ("difficulty", "diff", "share_difficulty", "target_difficulty"),
}
LOG_ROWS = 131_072
"""Rows in memory at a time."""
_MAX_S = 1 << 33
_MOST_POOLS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """One file, or a run of rows of a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict
        Field to column name.
    run : tuple of int and int or None
        Its first row, counted from 0, and how many it has; None where only reading shows.
    """

    path: Path
    columns: dict[str, str]
    run: Rows = (0, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """Rows of a log.

    Parameters
    ----------
    time_s : array of int64, shape (n,)
        UTC Unix seconds.
    ip, worker : polars.Series, shape (n,)
        Text, as it stands in the log.
    pool_code : array of int64, shape (n,)
        Index into `pools`.
    pools : tuple of str
        Slugs.
    difficulty : array of float64, shape (n,)
        Work asked for; 1 where the log tells none.
    """

    time_s: NDArray[np.int64]
    ip: pl.Series
    worker: pl.Series
    pool_code: NDArray[np.int64]
    pools: tuple[str, ...]
    difficulty: NDArray[np.float64]


def log_parts(
    paths: Sequence[Path], mapping: dict[str, str], *, part_rows: int | None = None
) -> list[LogPart]:
    """Find what there is to read, in parts of about `part_rows` where a file can be divided.

    Parameters
    ----------
    paths : sequence of Path
        Files of the log.
    mapping : dict of str to str
        Field to column, as the user named them.
    part_rows : int or None
        About how many rows; None is one part a file.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable``, ``table-empty``, ``columns-missing``, ``columns-ambiguous``.
    """
    parts: list[LogPart] = []
    for path in paths:
        table = TableFile(path.expanduser())
        columns = match_columns(
            table.names, mapping, fields=FIELDS, required=("time", "ip", "worker"), path=str(path)
        )
        parts += [
            LogPart(path=table.path, columns=columns, run=run) for run in table.runs(part_rows)
        ]
    return parts


def read_log(part: LogPart, *, pool: str) -> Iterator[LogRows]:
    """Yield the rows of a part, at most `LOG_ROWS` at a time.

    Parameters
    ----------
    part : LogPart
        What to read.
    pool : str
        The pool of a log that names none.

    Raises
    ------
    FormatError
        ``table-unreadable``, ``column-nulls``, ``time-malformed``, ``time-units-mixed``,
        ``value-malformed``, ``cells-nested``, ``difficulty-malformed``, ``pool-malformed``,
        ``pools-too-many``, with the row.
    """
    path, row = str(part.path), part.run[0] + 1
    table = TableFile(part.path)
    times = TimeColumn(part.columns["time"], path)
    for batch in table.batches(list(part.columns.values()), rows=LOG_ROWS, run=part.run):
        if not batch.height:
            continue
        cells = {field: plain_cells(batch, name) for field, name in part.columns.items()}
        pool_code, pools = _pools(cells.get("pool"), pool, batch.height, path, row)
        yield LogRows(
            time_s=_times_s(times, cells["time"], part.columns["time"], path, row),
            ip=_text(cells["ip"], part.columns["ip"], path, row),
            worker=_text(cells["worker"], part.columns["worker"], path, row),
            pool_code=pool_code,
            pools=pools,
            difficulty=_difficulties(cells, part.columns, batch.height, path, row),
        )
        row += batch.height


def _times_s(
    times: TimeColumn, cells: pl.Series, name: str, path: str, row: int
) -> NDArray[np.int64]:
    require_cells(cells, name, path, row)
    time_s = times.seconds(cells, row)
    wrong = np.flatnonzero(~((time_s >= 0) & (time_s < _MAX_S)))
    if len(wrong):
        raise FormatError(
            f"row {row + int(wrong[0])} of {path} lies outside the years 1970 to 2242",
            code="time-malformed",
        )
    return time_s.astype(np.int64)


def _text(cells: pl.Series, name: str, path: str, row: int) -> pl.Series:
    is_nested = cells.dtype.is_nested()
    with suppress(PolarsError):  # bytes that are not UTF-8
        if not is_nested:
            return cells.cast(pl.String)
    raise FormatError(
        f"column {name!r} of {path} holds {str(cells.dtype)[:60]} near row {row}, not text",
        code="cells-nested" if is_nested else "value-malformed",
        hint="write addresses as 192.0.2.1 and workers as account.rig7, one a cell",
    )


def _pools(
    cells: pl.Series | None, pool: str, n_rows: int, path: str, row: int
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if cells is None:
        return np.zeros(n_rows, np.int64), (pool,)
    require_cells(cells, "pool", path, row)
    if cells.dtype.is_nested():
        cell_values(cells, pool_of_cell, path, row)  # which refuses it
    distinct = cells.unique(maintain_order=True)
    if len(distinct) > _MOST_POOLS:
        raise FormatError(
            f"{len(distinct):,} pools stand in rows {row} to {row + n_rows - 1} of {path}",
            code="pools-too-many",
            hint="is this the column of pools? name another with --map pool=COLUMN",
        )
    numbers = pl.Series(range(len(distinct)), dtype=pl.Int64)
    codes = np.asarray(cells.replace_strict(distinct, numbers).to_numpy(), np.int64)
    slugs = []
    for code in range(len(distinct)):
        at = row + int(np.flatnonzero(codes == code)[0])
        slugs += cell_values(distinct.slice(code, 1), pool_of_cell, path, at)
    return codes, tuple(slug or "" for slug in slugs)


def _difficulties(
    cells: dict[str, pl.Series], columns: dict[str, str], n_rows: int, path: str, row: int
) -> NDArray[np.float64]:
    if "difficulty" not in columns:
        return np.ones(n_rows)
    name = columns["difficulty"]
    require_cells(cells["difficulty"], name, path, row)
    difficulty = number_values(cells["difficulty"], name, path, row)
    wrong = np.flatnonzero(~((difficulty > 0) & (difficulty < LARGEST_DIFFICULTY)))
    if len(wrong):
        found = float(difficulty[wrong[0]])
        raise FormatError(
            f"row {row + int(wrong[0])} of {path} has {found:g} for {name!r}, no pool asks that "
            "of a share",
            code="difficulty-malformed",
            hint="take the difficulty a share was asked for, not the one it reached: "
            "--map difficulty=COLUMN",
        )
    return difficulty
