"""Readings from a Parquet or CSV table: for monitors that keep their own probes.

A row is one value of one series (a subject and a quantity) over one window. An empty value is a
gap: it gives no reading, so that what was not seen never becomes a zero. The table is read twice:
once to find what is wrong with it before anything is given away, once for the readings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from math import isnan
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import parse_duration
from hashquake.core.window import Window
from hashquake.sources.services._series_order import SeriesOrder
from hashquake.sources.tables._not_over import NotOver
from hashquake.sources.tables._reading_cells import (
    asn_of_cell,
    check_range,
    country_of_cell,
    number_values,
    quantity_of_cell,
    region_of_cell,
    subject_of_cell,
)
from hashquake.sources.tables._table_cells import cell_values, plain_cells, require_cells
from hashquake.sources.tables._table_columns import match_columns, parse_map
from hashquake.sources.tables._table_file import TableFile
from hashquake.sources.tables._table_times import TimeColumn

CARD = SourceCard(
    name="reading_table",
    title="A Parquet or CSV table of readings",
    gives=("readings",),
    owner="the table's author",
    licence="the table's",
    capabilities=("normal",),
    verified="tables written by hashquake export and by its tests",
)
_FIELDS = {
    "time": ("start_s", "start", "time", "timestamp", "from", "date", "datetime"),
    "value": ("value", "values", "count"),
    "subject": ("subject",),
    "country": ("country", "country_code", "cc"),
    "region": ("region_code", "iso_3166_2"),  # a column `region` may hold names
    "asn": ("asn", "as", "as_number"),
    "quantity": ("quantity", "signal", "metric"),
    "end": ("end_s", "end", "until"),
    "step": ("step_s", "step"),
    "normal": ("normal", "expected", "usual"),
}
_EXAMPLES = {"subject": "country", "quantity": "quantity", "step": "step"}
_READERS = {
    "subject": subject_of_cell,
    "asn": asn_of_cell,
    "region": region_of_cell,
    "country": country_of_cell,
}


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="a .parquet, .csv or .csv.gz file")
    map: str = Field(
        default="",
        description="which column holds what, such as time=T,value=V,country=C; fields: time, "
        "value, subject, country, region, asn, quantity, end, step, normal; usual names are found "
        "by themselves",
    )
    quantity: str = Field(
        default="",
        description="what a table without a column of quantities holds, its unit last, such as "
        "connectivity_share",
    )
    subject: str = Field(
        default="",
        description="whom a table without a column of subjects is about, such as country:KZ",
    )
    step: str = Field(
        default="",
        description="how long each value holds in a table without ends, such as 10m",
    )
    source: str = Field(
        default="reading_table", min_length=1, description="who measured, as reports shall say"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield the table's readings in its order.

    Parameters
    ----------
    options : Options
        The file and how to read it.
    context : SourceContext
        Its clock, progress, and notes: rows whose time is not over are left out and said.

    Raises
    ------
    UsageError
        ``map-syntax``, ``duration-syntax``, ``option-conflict`` when an option says what a
        column says.
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable``, ``table-empty``, ``columns-missing``, ``columns-ambiguous``,
        ``column-nulls``, ``cells-nested``, ``time-units-mixed``, ``time-malformed``,
        ``subject-malformed``, ``quantity-malformed``, ``value-malformed``, ``value-negative``,
        ``share-too-large``, ``window-reversed``, ``rows-ahead`` when no row is about time that is
        over, ``reading-twice``, ``readings-overlap`` and
        ``time-backwards``, with the row.
    """
    table = TableFile(options.path.expanduser())
    columns = match_columns(
        table.names,
        parse_map(options.map, _FIELDS),
        fields=_FIELDS,
        required=("time", "value"),
        path=str(table.path),
    )
    reader = _ReadingRowReader(table, columns, options)
    not_over, n_rows = NotOver(str(table.path), context.now_s()), 0
    for part in reader.parts():
        part.is_over(not_over, first_row=n_rows + 1)
        n_rows += len(part.series)
    if not n_rows:
        raise FormatError(f"{table.path} has columns but no rows", code="table-empty")
    not_over.say(context.note)
    done = 0
    for part in reader.parts():
        readings = part.readings(options.source, part.is_over(not_over, first_row=done + 1))
        if readings:
            yield Batch(readings=readings)
        done += len(part.series)
        context.progress(Progress(done=done, total=n_rows, unit="rows"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Rows read and checked; NaN for an empty value or normal."""

    series: list[tuple[str, str]]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    value: NDArray[np.float64]
    normal: NDArray[np.float64]

    def is_over(self, not_over: NotOver, *, first_row: int) -> NDArray[np.bool_]:
        """Return which rows are about time that is over."""
        rows = np.arange(first_row, first_row + len(self.series))
        return not_over.is_over(self.start_s, self.end_s, rows)

    def readings(self, source: str, is_over: NDArray[np.bool_]) -> tuple[Reading, ...]:
        """Return a reading for each row that has a value and whose time is over."""
        rows = zip(
            is_over.tolist(),
            self.series,
            self.start_s.tolist(),
            self.end_s.tolist(),
            self.value.tolist(),
            self.normal.tolist(),
            strict=True,
        )
        return tuple(
            Reading(
                subject=subject,
                quantity=quantity,
                window=Window(start_s=start_s, end_s=end_s),
                value=value,
                normal=None if isnan(normal) else normal,
                source=source,
            )
            for kept, (subject, quantity), start_s, end_s, value, normal in rows
            if kept and not isnan(value)
        )


class _ReadingRowReader:
    """Read a table whose columns are known."""

    def __init__(self, table: TableFile, columns: dict[str, str], options: Options) -> None:
        self._table, self._columns, self._path = table, columns, str(table.path)
        self._quantity = quantity_of_cell(options.quantity) if options.quantity else ""
        self._step_s = parse_duration(options.step) if options.step else 0.0
        self._subject = subject_of_cell(options.subject) if options.subject else ""
        found = ", ".join(table.names[:20])
        for option, given, fields in (
            ("subject", bool(options.subject), set(_READERS)),
            ("quantity", bool(options.quantity), {"quantity"}),
            ("step", bool(options.step), {"end", "step"}),
        ):
            present = sorted(columns.keys() & fields)
            if given and present:
                raise UsageError(
                    f"--{option} was given, and {self._path} has the column "
                    f"{columns[present[0]]!r}",
                    code="option-conflict",
                    hint=f"leave --{option} out, or rename the column",
                )
            if not given and not present:
                raise FormatError(
                    f"{self._path} has no column for {' or '.join(sorted(fields))}; it has {found}",
                    code="columns-missing",
                    hint=f"name one with --map {_EXAMPLES[option]}=COLUMN, or say it for all rows "
                    f"with --{option}",
                )

    def parts(self) -> Iterator[_Part]:
        """Yield the rows batch by batch, checked."""
        times, ends = (
            TimeColumn(self._columns.get(name, ""), self._path) for name in ("time", "end")
        )
        order, row = SeriesOrder(self._path), 1
        for batch in self._table.batches(list(dict.fromkeys(self._columns.values()))):
            if not batch.height:
                continue
            start_s = times.seconds(self._required(batch, "time", row), row)
            if "end" in self._columns:
                end_s = ends.seconds(self._required(batch, "end", row), row)
            else:
                end_s = start_s + self._steps_s(batch, row)
            quantities = self._quantities(batch, row)
            part = _Part(
                series=list(zip(self._subjects(batch, row), quantities, strict=True)),
                start_s=start_s,
                end_s=end_s,
                value=self._numbers(batch, "value", quantities, row),
                normal=self._numbers(batch, "normal", quantities, row),
            )
            order.check(part.series, start_s, end_s, row)
            yield part
            row += batch.height

    def _required(self, batch: pl.DataFrame, field: str, row: int) -> pl.Series:
        cells = plain_cells(batch, self._columns[field])
        require_cells(cells, self._columns[field], self._path, row)
        return cells

    def _steps_s(self, batch: pl.DataFrame, row: int) -> NDArray[np.float64]:
        if "step" not in self._columns:
            return np.full(batch.height, self._step_s)
        cells = self._required(batch, "step", row)
        return number_values(cells, self._columns["step"], self._path, row)

    def _quantities(self, batch: pl.DataFrame, row: int) -> list[str]:
        if "quantity" not in self._columns:
            return list(repeat(self._quantity, batch.height))
        cells = self._required(batch, "quantity", row)
        return [name or "" for name in cell_values(cells, quantity_of_cell, self._path, row)]

    def _subjects(self, batch: pl.DataFrame, row: int) -> list[str]:
        subjects: list[str] = [self._subject] * batch.height
        for field, reader in _READERS.items():  # the finer one counts
            if field in self._columns and not all(subjects):
                cells = plain_cells(batch, self._columns[field])
                found = cell_values(cells, reader, self._path, row)
                subjects = [old or new or "" for old, new in zip(subjects, found, strict=True)]
        if not all(subjects):
            raise FormatError(
                f"row {row + subjects.index('')} of {self._path} has an empty subject",
                code="column-nulls",
            )
        return subjects

    def _numbers(
        self, batch: pl.DataFrame, field: str, quantities: list[str], row: int
    ) -> NDArray[np.float64]:
        if field not in self._columns:
            return np.full(batch.height, np.nan)
        name = self._columns[field]
        numbers = number_values(plain_cells(batch, name), name, self._path, row)
        limits = np.array(quantities, np.object_)
        if field == "value":
            check_range(numbers, limits, name, self._path, row)
        elif (numbers < 0).any():  # a usual share may pass 1, a usual count is never negative
            check_range(np.minimum(numbers, 0), limits, name, self._path, row)
        return numbers
