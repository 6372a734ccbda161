"""Blocks from a Parquet or CSV table: what analysts have at hand.

The table is read twice: once for heights, times and what the bits follow from, so that mixed units,
wrong order or missing bits are found before the first block is yielded; once for the blocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.chain import check_clock
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import ChainError, FormatError
from hashquake.sources.chain._epoch_bits import EpochBits, read_epochs
from hashquake.sources.chain._observed import ObservedStretch
from hashquake.sources.tables._table_cells import cell_values, plain_cells, require_cells
from hashquake.sources.tables._table_columns import match_columns, parse_map
from hashquake.sources.tables._table_file import SortedTable, TableFile
from hashquake.sources.tables._table_times import TimeColumn
from hashquake.sources.tables._table_values import (
    bits_of_cell,
    hash_cells,
    height_values,
    pool_of_cell,
    script_of_cell,
    stale_of_cell,
)

CARD = SourceCard(
    name="block_table",
    title="A Parquet or CSV table of blocks",
    gives=("blocks",),
    owner="the table's author",
    licence="the table's",
    capabilities=("hash", "prev", "coinbase", "seen", "pool", "stale"),
    verified="sorukumar/bitcoin-mining-pools (Parquet), heights 664063 to 946236",
)
_FIELDS = {
    # What Core's RPC, mempool, Blockchair (`id` is its height) and BigQuery call their columns.
    "height": ("height", "block_height", "block_number", "number", "id"),
    "time": (
        "header_s",
        "time",
        "timestamp",
        "header_time",
        "block_time",
        "block_timestamp",
        "date",
        "datetime",
        "mined_at",
    ),
    "pool": ("pool", "pool_slug", "pool_name", "extras.pool.slug", "guessed_miner", "miner"),
    "bits": ("bits", "nbits", "compact_bits"),
    "hash": ("hash", "block_hash"),
    "prev": (
        "prev",
        "prev_hash",
        "prev_block",
        "prev_block_hash",
        "previous_hash",
        "previous_block",
        "previous_block_hash",
        "hash_prev_block",
        "parent",
        "parent_hash",
    ),
    "coinbase": (
        "coinbase",
        "coinbase_script",
        "coinbase_hex",
        "coinbase_raw",
        "coinbase_param",
        "coinbase_data_hex",
        "extras.coinbase_raw",
    ),
    "seen": ("seen_s", "seen", "first_seen", "seen_at", "extras.first_seen"),
    "stale": ("stale", "is_stale", "fate", "orphaned", "is_orphan"),
}


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="a .parquet, .csv or .csv.gz file")
    map: str = Field(
        default="",
        description="which column holds what, such as height=H,time=T,pool=P; fields: height, "
        "time, pool, bits, hash, prev, coinbase, seen, stale; usual names are found by themselves",
    )
    epochs: Path | None = Field(
        default=None,
        description="CSV start_height,bits for a table without bits; epochs that follow from "
        "the table by the retarget rule need no line",
    )
    sort: bool = Field(
        default=False, description="sort rows by height (the whole table is read into memory)"
    )


class Rows(Protocol):
    """Rows in batches, from disk or from memory."""

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield tables with the columns asked for.

        Parameters
        ----------
        columns : sequence of str
            Names as the table has them.
        """


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield the table's blocks in height order.

    Parameters
    ----------
    options : Options
        The file and how to read it.
    context : SourceContext
        Whose record's network gives the rule for missing bits; its clock; where progress goes.

    Raises
    ------
    UsageError
        ``map-syntax``.
    InputError
        ``file-missing``, ``file-unreadable``, ``bits-missing``.
    FormatError
        ``table-unreadable``, ``table-empty``, ``columns-missing``, ``columns-ambiguous``,
        ``column-nulls``, ``time-units-mixed``, ``epochs-malformed``, and ``time-``, ``height-``,
        ``bits-``, ``hash-``, ``coinbase-``, ``pool-`` or ``stale-malformed`` with the row.
    ChainError
        ``height-order`` when heights run backwards and sorting was not asked for;
        ``time-too-new`` for a block more than two hours ahead of our clock.
    """
    mapping = parse_map(options.map, _FIELDS)
    listed = dict(context.epoch_bits)
    if options.epochs:
        listed = read_epochs(options.epochs.expanduser())
    table = TableFile(options.path.expanduser())
    columns = match_columns(
        table.names, mapping, fields=_FIELDS, required=("height", "time"), path=str(table.path)
    )
    reader = _BlockRowReader(str(table.path), columns, EpochBits(context.record.network, listed))
    rows: Rows = table
    if options.sort:
        rows = SortedTable(table, list(columns.values()), reader.order(table))
    n_rows = reader.survey(rows, context.now_s())
    observed, done = ObservedStretch(context.now_s()), 0
    for blocks in reader.blocks(rows):
        yield Batch(blocks=blocks, observed=observed.closed_by(blocks))
        done += len(blocks)
        context.progress(Progress(done=done, total=n_rows, unit="blocks"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Core:
    """What both passes need of a batch; `row` is its first row, counted from 1."""

    row: int
    height: NDArray[np.int64]
    header_s: NDArray[np.int64]
    stale: NDArray[np.bool_]


class _BlockRowReader:
    """Read a table whose columns are known."""

    def __init__(self, path: str, columns: dict[str, str], epoch_bits: EpochBits) -> None:
        self._path = path
        self._columns = columns
        self._epoch_bits = epoch_bits

    def order(self, rows: Rows) -> NDArray[np.intp]:
        """Return the order of the rows by height, stale blocks after the main one."""
        parts = list(self._cores(rows, self._core_names()))
        if not parts:
            return np.empty(0, np.intp)
        height = np.concatenate([part.height for _, part in parts])
        stale = np.concatenate([part.stale for _, part in parts])
        return np.lexsort((stale, height))

    def survey(self, rows: Rows, now_s: float) -> int:
        """Check order, clock and bits over the whole table; count its rows."""
        before, count = -1, 0
        for _, part in self._cores(rows, self._core_names()):
            falls = np.flatnonzero(np.diff(part.height, prepend=before) < 0)
            if len(falls):
                at = int(falls[0])
                height = int(part.height[at])
                previous = int(part.height[at - 1]) if at else before
                raise ChainError(
                    f"height {height} comes after height {previous}, in row {part.row + at} of "
                    f"{self._path}",
                    code="height-order",
                    height=height,
                    hint="add --sort to sort the rows by height",
                )
            check_clock(part.height, part.header_s, now_s)
            if "bits" not in self._columns:
                self._epoch_bits.observe(part.height[~part.stale], part.header_s[~part.stale])
            before, count = int(part.height[-1]), count + len(part.height)
        if not count:
            raise FormatError(f"{self._path} has columns but no rows", code="table-empty")
        return count

    def blocks(self, rows: Rows) -> Iterator[BlockColumns]:
        """Yield the blocks batch by batch."""
        seen = TimeColumn(self._columns.get("seen", ""), self._path, fractions=True)
        for batch, part in self._cores(rows, list(self._columns.values())):
            yield BlockColumns.build(
                height=part.height,
                header_s=part.header_s,
                stale=part.stale,
                bits=self._bits(batch, part),
                pool=self._values(batch, "pool", pool_of_cell, part.row),
                hash=self._hashes(batch, "hash", part.row),
                prev=self._hashes(batch, "prev", part.row),
                coinbase=self._values(batch, "coinbase", script_of_cell, part.row),
                seen_s=seen.seconds(self._cells(batch, "seen"), part.row)
                if "seen" in self._columns
                else None,
            )

    def _core_names(self) -> list[str]:
        return [
            self._columns[name] for name in ("height", "time", "stale") if name in self._columns
        ]

    def _cores(self, rows: Rows, names: Sequence[str]) -> Iterator[tuple[pl.DataFrame, _Core]]:
        times, row = TimeColumn(self._columns["time"], self._path), 1
        for batch in rows.batches(names):
            if not batch.height:
                continue
            cells = self._cells(batch, "time")
            require_cells(cells, self._columns["time"], self._path, row)
            stale = self._values(batch, "stale", stale_of_cell, row)
            yield (
                batch,
                _Core(
                    row=row,
                    height=height_values(
                        self._cells(batch, "height"), self._columns["height"], self._path, row
                    ),
                    header_s=times.seconds(cells, row).astype(np.int64),
                    stale=np.array(stale, np.bool_)  # an empty cell says nothing against main
                    if stale is not None
                    else np.zeros(batch.height, np.bool_),
                ),
            )
            row += batch.height

    def _bits(self, batch: pl.DataFrame, part: _Core) -> NDArray[np.uint32]:
        if "bits" not in self._columns:
            return self._epoch_bits.of(part.height)
        require_cells(self._cells(batch, "bits"), self._columns["bits"], self._path, part.row)
        return np.array(self._values(batch, "bits", bits_of_cell, part.row), np.uint32)

    def _cells(self, batch: pl.DataFrame, field: str) -> pl.Series:
        return plain_cells(batch, self._columns[field])

    def _hashes(self, batch: pl.DataFrame, field: str, row: int) -> list[bytes | None] | None:
        if field not in self._columns:
            return None
        return hash_cells(self._cells(batch, field), self._path, row)

    def _values(self, batch: pl.DataFrame, field: str, reader: Any, row: int) -> list[Any] | None:
        if field not in self._columns:
            return None
        return cell_values(self._cells(batch, field), reader, self._path, row)
