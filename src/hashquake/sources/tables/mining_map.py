"""A mining map of your own: the shares of countries in hash rate, from a Parquet or CSV table.

A row is one country's share in one month, and the day on which it was published: whoever asks what
was known on a day sees no map published later. Each month is checked as a whole before any of it
is given away: a map that does not sum to one is not kept.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.country import parse_country
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.mining_map import MiningMap, build_map
from hashquake.core.reading import Reading
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.tables._reading_cells import number_values
from hashquake.sources.tables._table_cells import cell_values, plain_cells, require_cells
from hashquake.sources.tables._table_columns import match_columns, parse_map
from hashquake.sources.tables._table_file import TableFile

CARD = SourceCard(
    name="mining_map",
    title="A mining map: shares of countries by month, Parquet or CSV",
    gives=("readings",),
    owner="the table's author",
    licence="the table's",
    capabilities=("vintage",),
    verified="tables written by its tests, and Cambridge's published months",
)
QUANTITY = "mining_share"
_FIELDS = {
    "country": ("country", "country_code", "cc", "iso2", "iso3", "iso"),
    "share": ("share", "mining_share", "share_pct", "percent", "value"),
    "month": ("month", "date", "time", "period"),
    "vintage": ("vintage", "published", "publication", "known_from"),
}
_T = TypeVar("_T")
_FIRST_YEAR, _LAST_YEAR = 2009, 2200  # since there is bitcoin, and for long
_MONTH = re.compile(r"\d{4}-\d{2}")
_PUBLISHER = re.compile(r"[^@:]{1,60}")


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="a .parquet, .csv or .csv.gz file")
    map: str = Field(
        default="",
        description="which column holds what, such as country=C,share=S; fields: country, share, "
        "month, vintage; usual names are found by themselves",
    )
    publisher: str = Field(
        default="own map", description="whose map it is; maps of two publishers are never mixed"
    )
    vintage: str = Field(
        default="", description="the day it was published, for a table without such a column"
    )
    unit: Literal["share", "percent"] = Field(
        default="share", description="share (0 to 1) or percent"
    )
    partial: bool = Field(
        default=False, description="the map does not name all: the rest is kept as not named"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield a month's readings at a time, oldest first.

    Parameters
    ----------
    options : Options
        The file and how to read it.
    context : SourceContext
        Its clock tells which vintages lie in the future, and which months are not over; those
        are left out and said.

    Raises
    ------
    UsageError
        ``map-syntax``, ``option-conflict``, ``option-missing``, ``publisher-syntax``.
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable``, ``table-empty``, ``columns-missing``, ``columns-ambiguous``,
        ``column-nulls``, ``cells-nested``, ``date-malformed``, ``value-malformed``,
        ``country-unknown``, ``country-twice``, ``vintages-mixed``, ``vintage-ahead``,
        ``vintage-early``, ``share-negative``, ``share-malformed``, ``map-sum`` and
        ``rows-ahead`` when no month is over.
    """
    maps = read_maps(options, now_s=context.now_s(), note=context.note)
    for done, one in enumerate(maps, 1):
        yield Batch(
            readings=tuple(
                Reading(
                    subject=f"country:{country}",
                    quantity=QUANTITY,
                    window=one.window,
                    value=share,
                    source=f"{CARD.name}:{one.publisher}@{format_time(one.vintage_s)[:10]}",
                )
                for country, share in sorted(one.shares.items())
            )
        )
        context.progress(Progress(done=done, total=len(maps), unit="months"))


def read_maps(
    options: Options, *, now_s: float, note: Callable[[str], None] = lambda _sentence: None
) -> tuple[MiningMap, ...]:
    """Read and check the maps of a table, oldest first; see `read`.

    Parameters
    ----------
    options : Options
        Checked.
    now_s : float
        Our clock, UTC Unix seconds.
    note : callable
        Takes a sentence on what was left out or assumed.

    Raises
    ------
    UsageError
        For options that contradict the table.
    FormatError
        With the codes that `read` lists.
    """
    if not _PUBLISHER.fullmatch(options.publisher):
        raise UsageError(
            f"{options.publisher[:60]!r} cannot name a publisher",
            code="publisher-syntax",
            hint="at most 60 characters, neither @ nor :",
        )
    table = TableFile(options.path.expanduser())
    path = str(table.path)
    columns = match_columns(
        table.names,
        parse_map(options.map, _FIELDS),
        fields=_FIELDS,
        required=("country", "share", "month"),
        path=path,
    )
    _check_vintage_option(options, has_column="vintage" in columns, path=path)
    shares: dict[date, dict[str, float]] = {}
    vintages: dict[date, date] = {}
    for row, cells in _rows(table, columns, path):
        country, share, month, vintage = cells
        vintage = vintage or _day_of_cell(options.vintage)
        of_month = shares.setdefault(month, {})
        if country in of_month:
            raise FormatError(
                f"row {row} of {path} gives {country} in {month:%Y-%m} twice",
                code="country-twice",
                hint="keep one row for each country of a month",
            )
        if vintages.setdefault(month, vintage) != vintage:
            raise FormatError(
                f"row {row} of {path} gives {month:%Y-%m} another day of publication "
                f"({vintage}) than the rows before ({vintages[month]})",
                code="vintages-mixed",
                hint="put each publication of a month in a file of its own",
            )
        of_month[country] = share / 100 if options.unit == "percent" else share
    if not shares:
        raise FormatError(f"{path} has columns but no rows", code="table-empty")
    maps = tuple(
        build_map(
            shares[month],
            publisher=options.publisher,
            window=_month_window(month),
            vintage_s=_known_by(vintages[month], now_s, path),
            partial=options.partial,
        )
        for month in sorted(shares)
    )
    return _over(maps, now_s, path, note)


def _over(
    maps: tuple[MiningMap, ...], now_s: float, path: str, note: Callable[[str], None]
) -> tuple[MiningMap, ...]:
    """Leave out the months that are not over, and say so: their shares may still change."""
    over = tuple(one for one in maps if one.window.end_s <= now_s)
    if len(over) == len(maps):
        return maps
    first = format_time(maps[len(over)].window.start_s)[:7]
    clock = f"by this machine's clock it is {format_time(now_s)}"
    if not over:
        raise FormatError(
            f"no month of {path} is over: it begins with {first}, and {clock}",
            code="rows-ahead",
            hint="check the column of months, and this machine's clock",
        )
    note(f"{path}: left out the months from {first} on, which are not over ({clock})")
    return over


def _rows(
    table: TableFile, columns: dict[str, str], path: str
) -> Iterator[tuple[int, tuple[str, float, date, date | None]]]:
    row = 1
    for batch in table.batches(list(dict.fromkeys(columns.values()))):
        for field in ("country", "share", "month", "vintage"):
            if field in columns:
                require_cells(plain_cells(batch, columns[field]), columns[field], path, row)
        countries = _read(batch, columns["country"], _country, path, row)
        name = columns["share"]
        values = number_values(plain_cells(batch, name), name, path, row).tolist()
        months = _read(batch, columns["month"], _month_of_cell, path, row)
        vintages: list[date | None] = [None] * batch.height
        if "vintage" in columns:
            vintages = list(_read(batch, columns["vintage"], _day_of_cell, path, row))
        cells = zip(countries, values, months, vintages, strict=True)
        yield from enumerate(cells, row)
        row += batch.height


def _read(
    batch: pl.DataFrame, name: str, reader: Callable[[Any], _T], path: str, first_row: int
) -> list[_T]:
    """Read a column that has no empty cell."""
    cells = cell_values(plain_cells(batch, name), reader, path, first_row)
    return [cell for cell in cells if cell is not None]


def _country(cell: Any) -> str:
    return parse_country(str(cell), rest=True)


def _month_of_cell(cell: Any) -> date:
    month = _day_of_cell(f"{cell}-01" if _MONTH.fullmatch(str(cell)) else cell).replace(day=1)
    if not _FIRST_YEAR <= month.year <= _LAST_YEAR:
        raise FormatError(
            f"{str(cell)[:40]!r} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}",
            code="date-malformed",
            hint="write a month like 2021-08",
        )
    return month


def _day_of_cell(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return datetime.fromisoformat(str(cell).strip()).date()
    except ValueError:
        raise FormatError(
            f"{str(cell)[:40]!r} is not a day",
            code="date-malformed",
            hint="write it like 2021-08-01; a month also like 2021-08",
        ) from None


def _check_vintage_option(options: Options, *, has_column: bool, path: str) -> None:
    if has_column and options.vintage:
        raise UsageError(
            f"--vintage was given, and {path} has a column for it",
            code="option-conflict",
            hint="leave --vintage out, or rename the column",
        )
    if not has_column and not options.vintage:
        raise UsageError(
            f"{path} has no column for the day a map was published",
            code="option-missing",
            hint="give it for all rows with --vintage 2021-10-13",
        )


def _month_window(month: date) -> Window:
    after = (month + timedelta(days=32)).replace(day=1)
    return Window(start_s=_midnight_s(month), end_s=_midnight_s(after))


def _known_by(vintage: date, now_s: float, path: str) -> float:
    vintage_s = _midnight_s(vintage)
    if vintage_s > now_s:
        raise FormatError(
            f"a map of {path} is said to have been published on {vintage}, which is ahead",
            code="vintage-ahead",
            hint="check the day, and this machine's clock",
        )
    return vintage_s


def _midnight_s(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
