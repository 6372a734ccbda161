"""A pool's own logs of shares or connections, as the shares of countries it says to mine in.

A reading is one country's share of the work that could be located, over one month. How far such a
share hangs on few workers is shown by ``hashquake map-logs``; a reading has no room for it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_time
from hashquake.core.window import Window
from hashquake.core.work_tally import N_COUNTRIES, UNREADABLE, WorkTally, place_name
from hashquake.sources.logs._geoip import load_places
from hashquake.sources.logs._log_tally import PART_ROWS, THREAD_ROWS, tally_logs
from hashquake.sources.logs._tally_builder import TallyPlan
from hashquake.sources.logs._work_log import FIELDS, log_parts
from hashquake.sources.tables._table_columns import parse_map

CARD = SourceCard(
    name="telemetry_log",
    title="A pool's logs of shares or connections, as shares of countries",
    gives=("readings",),
    owner="the pool",
    licence="the pool's",
    capabilities=("country", "history"),
    verified="logs and databases of addresses made by its tests",
)
QUANTITY = "mining_share"
_LONGEST_PUBLISHER = 60
_SKEW_S = 120.0
"""How far the clocks of two machines may differ."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: tuple[Path, ...] = Field(
        min_length=1,
        description="Parquet or CSV files of pool, worker, ip, difficulty and time, separated by "
        "commas",
    )
    geoip: Path = Field(
        description="a database of countries in MaxMind's format, such as GeoLite2-Country.mmdb"
    )
    hosting: Path | None = Field(
        default=None,
        description="ranges of hosts and VPNs: a text file with a network a line, or a .mmdb",
    )
    map: str = Field(
        default="",
        description="which column holds what, such as ip=PEER,worker=USER; fields: time, ip, "
        "worker, pool, difficulty",
    )
    pool: str = Field(default="pool", description="the pool of logs that name none, as a slug")
    since: str = Field(default="", description="first time to count, ISO 8601")
    until: str = Field(default="", description="end of the time to count")
    unit: Literal["account", "worker"] = Field(
        default="account",
        description="what moves as one: account (the worker's name up to its first dot) or worker",
    )
    cluster: str = Field(default="", description="address of a Dask scheduler to count on")

    @field_validator("path", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        return tuple(filter(None, given.split(","))) if isinstance(given, str) else given


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield a reading for each country and month, in one batch.

    Parameters
    ----------
    options : Options
        The logs, the database and how to read them.
    context : SourceContext
        Told of progress.

    Raises
    ------
    UsageError
        ``map-syntax``, ``time-syntax``, ``window-reversed``, ``pool-syntax``, ``cluster-syntax``.
    SourceError
        ``cluster-unreachable``.
    InputError, FormatError
        ``rows-ahead`` when every row is dated after our clock; ``addresses-unreadable`` when no row
        holds an address; as
        `hashquake.sources.logs._geoip.load_places` and `hashquake.sources.logs._work_log.read_log`.
    """
    tally = tally_of(options, context)
    yield Batch(readings=readings_of(tally, options, now_s=context.now_s()))


def tally_of(options: Options, context: SourceContext) -> WorkTally:
    """Count the logs; see `read`.

    Parameters
    ----------
    options : Options
        Checked.
    context : SourceContext
        Clock and progress.

    Raises
    ------
    UsageError
        ``pool-unknown`` and other faults of the options.
    FormatError
        When no row can be used.
    """
    if not _SLUG.fullmatch(options.pool):
        raise UsageError(
            f"{options.pool!r} is not the slug of a pool",
            code="pool-syntax",
            hint="write small letters, digits, dots and dashes, such as --pool antpool",
        )
    now_s = context.now_s()
    window = asked_months(options.since, options.until)
    mapping = parse_map(options.map, FIELDS)
    parts = log_parts(
        options.path, mapping, part_rows=PART_ROWS if options.cluster else THREAD_ROWS
    )
    plan = TallyPlan(
        places=load_places(options.geoip, options.hosting),
        window=window,
        ahead_s=now_s + _SKEW_S,
        unit=options.unit,
        pool=options.pool,
    )
    tally = tally_logs(parts, plan, cluster=options.cluster, progress=context.progress)
    if tally.n_ahead:
        context.note(
            f"left out {tally.n_ahead:,} rows dated ahead: by this machine's clock it is "
            f"{format_time(now_s)}"
        )
    if tally.n_ahead and not tally.cells and not tally.n_outside:
        raise FormatError(
            f"every row is dated ahead: by this machine's clock it is {format_time(now_s)}",
            code="rows-ahead",
            hint="check the column of times and its zone, and this machine's clock",
        )
    if tally.cells and all(key.place == UNREADABLE for key in tally.cells):
        raise FormatError(
            f"none of {tally.n_rows:,} rows holds an address in column "
            f"{parts[0].columns['ip']!r} of {parts[0].path}",
            code="addresses-unreadable",
            hint="name another with --map ip=COLUMN; write addresses as 192.0.2.1, without a port",
        )
    return tally


def asked_months(since: str, until: str) -> Window | None:
    """Return the time to count, None for all.

    Parameters
    ----------
    since, until : str
        ISO 8601 days; empty is without that limit.
    """
    if not since and not until:
        return None
    start_s = parse_time(since) if since else 0
    return Window(start_s=start_s, end_s=parse_time(until) if until else 1 << 33)


def readings_of(tally: WorkTally, options: Options, *, now_s: float) -> tuple[Reading, ...]:
    """Return each country's share of the work located in each month.

    A month that is not over ends, as far as it is read, with the last row of it, and never ahead
    of our clock.

    Parameters
    ----------
    tally : WorkTally
        Work by month, pool and country.
    options : Options
        Checked.
    now_s : float
        Our clock, UTC Unix seconds.
    """
    asked = asked_months(options.since, options.until)
    readings = []
    for month_s in tally.months_s:
        units: dict[int, int] = {}
        for key, cell in tally.cells.items():
            if key.month_s == month_s and key.place < N_COUNTRIES:
                amount = (int(cell.high.sum()) << 32) + int(cell.low.sum())
                units[key.place] = units.get(key.place, 0) + amount
        last_s = max(cell.last_s for key, cell in tally.cells.items() if key.month_s == month_s)
        month = _month(month_s)
        if month.end_s > now_s:
            end_s = min(float(last_s) + 1, now_s)
            if end_s <= month.start_s:
                continue  # the first seconds of a month that by our clock has not begun
            month = Window(start_s=month.start_s, end_s=end_s)
        window = month if asked is None else month.overlap(asked)
        readings += [
            Reading(
                subject=f"country:{place_name(place)}",
                quantity=QUANTITY,
                window=window or month,
                value=units[place] / sum(units.values()),
                source=f"{CARD.name}:{publisher(tally.pools)}@{vintage(last_s)}",
            )
            for place in sorted(units)
        ]
    return tuple(readings)


def publisher(pools: tuple[str, ...]) -> str:
    """Name whose map it is, in as many letters as a map's publisher may have.

    Parameters
    ----------
    pools : tuple of str
        Their slugs.
    """
    joined = "+".join(pools)
    return joined if len(joined) <= _LONGEST_PUBLISHER else f"{len(pools)} pools"


def vintage(last_s: float) -> str:
    """Return the day from which a map made of logs can be known: that of their last row.

    Parameters
    ----------
    last_s : float
        Time of the last row, UTC Unix seconds.
    """
    return format_time(last_s)[:10]


def _month(month_s: int) -> Window:
    after = np.datetime64(month_s, "s").astype("datetime64[M]") + 1
    return Window(start_s=month_s, end_s=float(after.astype("datetime64[s]").astype(np.int64)))
