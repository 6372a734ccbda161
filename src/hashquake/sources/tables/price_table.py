"""A history of bitcoin's price from a Parquet or CSV table: open, high, low, close, or close alone.

Tables of prices come in any order and with a title above the header. Both are taken as they are;
columns that contradict themselves are not. A step without trade is a gap: exchanges repeat the last
price there, and nobody paid it.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.candles import (
    CLOSES,
    QUANTITIES,
    Candles,
    build_candles,
    candles_of_closes,
)
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError
from hashquake.core.reading import Reading
from hashquake.core.times import parse_duration
from hashquake.core.window import Window
from hashquake.sources.tables._not_over import NotOver
from hashquake.sources.tables._reading_cells import number_values
from hashquake.sources.tables._table_cells import plain_cells, require_cells
from hashquake.sources.tables._table_columns import match_columns, parse_map
from hashquake.sources.tables._table_file import TableFile
from hashquake.sources.tables._table_times import TimeColumn

CARD = SourceCard(
    name="price_table",
    title="A history of bitcoin's price in dollars, Parquet or CSV",
    gives=("readings",),
    owner="the table's author",
    licence="the table's",
    capabilities=("history",),
    verified="an exchange's hourly history of 2018 to 2022, and tables written by its tests",
)
_FIELDS = {
    "time": (
        *("unix", "start_s", "open_time", "time_open", "time", "timestamp", "date", "datetime"),
        "snapped_at",
    ),
    "open": ("open", "open_usd", "open_price"),
    "high": ("high", "high_usd", "high_price"),
    "low": ("low", "low_usd", "low_price"),
    "close": ("close", "close_usd", "close_price", "price", "price_usd", "market_price", "last"),
    "volume": ("volume btc", "volume_btc", "volume_(btc)", "volume", "vol"),
    "quote_volume": ("volume usd", "volume_usd", "volume usdt", "volume_(currency)"),
}
_PRICES = ("open", "high", "low", "close")
_BATCH_STEPS = 4_000


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="a .parquet, .csv or .csv.gz file")
    map: str = Field(
        default="",
        description="which column holds what, such as open=O,close=C; fields: time, open, high, "
        "low, close (or close alone), volume (bitcoin), quote_volume (dollars); usual names are "
        "found by themselves",
    )
    step: str = Field(
        default="", description="length of a row, such as 1h; by default the most usual between two"
    )
    mend_volumes: bool = Field(
        default=False,
        description="swap the two volumes where they contradict the price",
    )
    exchange: str = Field(
        default="", pattern=r"^[a-z0-9_-]{0,40}$", description="whose prices, for the source's name"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield the prices in order of time, whatever the order of the rows.

    Parameters
    ----------
    options : Options
        The file and how to read it.
    context : SourceContext
        Its clock, progress, and notes: rows whose time is not over are left out and said.

    Raises
    ------
    UsageError
        ``map-syntax``, ``duration-syntax``.
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``table-unreadable``, ``table-empty``, ``columns-missing``, ``columns-ambiguous``,
        ``column-nulls``, ``time-malformed``, ``time-units-mixed``, ``value-malformed``,
        ``volumes-swapped``, ``rows-ahead`` when no row is about time that is over, and those of
        `hashquake.core.candles.build_candles`.
    """
    candles, quantities = read_candles(options, now_s=context.now_s(), note=context.note)
    source = f"{CARD.name}:{options.exchange}" if options.exchange else CARD.name
    readings = candles.readings(source, quantities=quantities)
    windows = candles.coverage.windows
    for first in range(0, len(readings), _BATCH_STEPS):
        part = readings[first : first + _BATCH_STEPS]
        yield Batch(readings=part, observed=_overlaps(windows, part))
        context.progress(Progress(done=first + len(part), total=len(readings), unit="readings"))


def _overlaps(windows: tuple[Window, ...], part: tuple[Reading, ...]) -> tuple[Window, ...]:
    whole = Window(start_s=part[0].window.start_s, end_s=part[-1].window.end_s)
    return tuple(both for window in windows if (both := window.overlap(whole)))


def read_candles(
    options: Options, *, now_s: float, note: Callable[[str], None] = lambda _sentence: None
) -> tuple[Candles, Sequence[str]]:
    """Read and check the whole table; see `read`.

    Parameters
    ----------
    options : Options
        The file and how to read it.
    now_s : float
        Our clock, UTC Unix seconds.
    note : callable
        Called with a sentence on rows left out.

    Returns
    -------
    candles : Candles
        In order of time.
    quantities : sequence of str
        Which of their numbers the table holds; others are derived from closing prices.
    """
    table = TableFile(options.path.expanduser(), has_title=True)
    path = str(table.path)
    columns = _columns(table, options)
    found = _numbers(table, columns)
    if not len(found["time"]):
        raise FormatError(f"{path} has columns but no rows", code="table-empty")
    step_s = parse_duration(options.step) if options.step else _usual_step_s(found["time"], path)
    not_over = NotOver(path, now_s)
    rows = np.arange(1, len(found["time"]) + 1)
    is_over = not_over.is_over(found["time"], found["time"] + step_s, rows)
    not_over.say(note)
    volume_btc = _volumes_btc(found, mend=options.mend_volumes)
    # An empty step is one without trade, so that rows keep their numbers in what is said of them.
    prices = {name: np.where(is_over, found[name], np.nan) for name in _PRICES if name in found}
    try:
        if "open" in columns:
            candles = build_candles(
                found["time"],
                step_s=step_s,
                volume_btc=volume_btc,
                **{f"{name}_usd": values for name, values in prices.items()},
            )
            return candles, QUANTITIES
        closes = candles_of_closes(
            found["time"], step_s=step_s, close_usd=prices["close"], volume_btc=volume_btc
        )
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}", code=error.code, hint=error.hint) from None
    else:
        return closes, CLOSES


def _columns(table: TableFile, options: Options) -> dict[str, str]:
    def match(required: Sequence[str]) -> dict[str, str]:
        return match_columns(
            table.names,
            parse_map(options.map, _FIELDS),
            fields=_FIELDS,
            required=required,
            path=str(table.path),
        )

    columns = match(("time", "close"))
    # All four prices or the closing one alone: with some of them a column was not recognised.
    return match(("time", *_PRICES)) if columns.keys() & {"open", "high", "low"} else columns


def _numbers(table: TableFile, columns: dict[str, str]) -> dict[str, NDArray[np.float64]]:
    path, row = str(table.path), 1
    times = TimeColumn(columns["time"], path)
    parts: dict[str, list[NDArray[np.float64]]] = {field: [] for field in columns}
    for batch in table.batches(list(dict.fromkeys(columns.values()))):
        for field, name in columns.items():
            cells = plain_cells(batch, name)
            if field == "time":
                require_cells(cells, name, path, row)
                parts[field].append(times.seconds(cells, row))
            else:
                parts[field].append(number_values(cells, name, path, row))
        row += batch.height
    return {field: np.concatenate(pieces or [np.zeros(0)]) for field, pieces in parts.items()}


def _usual_step_s(time_s: NDArray[np.float64], path: str) -> float:
    apart = np.diff(np.unique(time_s))
    if not len(apart):
        raise FormatError(
            f"{path} holds one time only, so its step is not known",
            code="step-unknown",
            hint="say it, such as --step 1h",
        )
    lengths, counts = np.unique(apart, return_counts=True)
    return float(lengths[np.argmax(counts)])


def _volumes_btc(found: dict[str, NDArray[np.float64]], *, mend: bool) -> NDArray[np.float64]:
    """Return the volume in bitcoin, which above a dollar a bitcoin is the lesser of the two."""
    if "volume" not in found:
        return np.full(len(found["time"]), np.nan)
    volume, quote = found["volume"], found.get("quote_volume")
    if quote is None:
        return volume
    lowest = found.get("low", found["close"])
    swapped = np.flatnonzero((volume > quote) & (lowest > 1))
    if len(swapped) and not mend:
        raise FormatError(
            f"row {int(swapped[0]) + 1} has a volume of {volume[swapped[0]]:g} bitcoin and "
            f"{quote[swapped[0]]:g} dollars, as {len(swapped) - 1:,} others do",
            code="volumes-swapped",
            hint="the two columns are swapped there; --mend-volumes swaps them back",
        )
    return np.where(volume > quote, quote, volume) if mend else volume
