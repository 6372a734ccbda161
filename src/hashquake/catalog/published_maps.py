"""The maps of mining a record may be asked with: bundled, ingested, or read from a file."""

from collections import defaultdict
from typing import TYPE_CHECKING

from hashquake.core.country import COUNTRIES, REST
from hashquake.core.mining_map import MiningMap, build_map
from hashquake.core.record import Record
from hashquake.core.times import parse_time
from hashquake.datasets.mining_map import bundled_maps

if TYPE_CHECKING:
    from hashquake.core.window import Window

QUANTITY = "mining_share"


def published_maps(record: Record) -> tuple[MiningMap, ...]:
    """Return the bundled maps and those that the record holds as readings.

    Parameters
    ----------
    record : Record
        May hold maps as readings.
    """
    return (*bundled_maps(), *record_maps(record))


def record_maps(record: Record) -> tuple[MiningMap, ...]:
    """Return the maps that were ingested into a record, oldest first.

    Parameters
    ----------
    record : Record
        May hold maps as readings.
    """
    named = {span.subject for span in record.reading_spans() if span.quantity == QUANTITY}
    shares: defaultdict[tuple[str, Window], dict[str, float]] = defaultdict(dict)
    for country in (*sorted(COUNTRIES), REST):
        # Only countries on some map are asked for: a report asks for its maps many times.
        if f"country:{country}" not in named:
            continue
        for reading in record.readings(subject=f"country:{country}"):
            if reading.quantity == QUANTITY and "@" in reading.source:
                shares[reading.source, reading.window][country] = reading.value
    maps = []
    for (source, window), of_month in shares.items():
        publisher, _, vintage = source.partition(":")[2].rpartition("@")
        maps.append(
            build_map(
                of_month,
                publisher=publisher,
                window=window,
                vintage_s=float(parse_time(vintage)),
                partial=True,
            )
        )
    return tuple(sorted(maps, key=lambda one: one.middle_s))
