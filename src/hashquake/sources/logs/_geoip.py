"""Databases of addresses in MaxMind's format, and lists of hosts' and VPNs' ranges.

The database is the user's own; none is bundled, as their licences differ.
"""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hashquake.core.country import parse_country
from hashquake.core.errors import FormatError, InputError
from hashquake.core.hostile_text import visible_text
from hashquake.core.regular_file import open_regular, read_regular
from hashquake.core.work_tally import place_of_country
from hashquake.sources.logs._address_places import (
    SPECIAL_NETWORKS,
    AddressPlaces,
    AddressRanges,
    build_places,
    ranges_of_numbers,
)
from hashquake.sources.logs._mmdb_data import Metadata, data_section, read_metadata
from hashquake.sources.logs._mmdb_tree import SEPARATOR_BYTES, Leaves, tree_leaves

_HIDDEN_KEYS = (
    "is_anonymous", "is_anonymous_vpn", "is_anonymous_proxy", "is_hosting_provider",
    "is_public_proxy", "is_tor_exit_node", "hosting", "vpn", "proxy", "tor", "relay",
)  # fmt: skip
_TRUE = (True, 1, "true", "True", "1", "yes")


def load_places(geoip: Path, hosting: Path | None = None) -> AddressPlaces:
    """Cut the address spaces by a database of countries and a list of hosts.

    Parameters
    ----------
    geoip : Path
        A ``.mmdb`` of countries or cities, such as GeoLite2-Country or DB-IP's.
    hosting : Path or None
        Ranges of hosts, VPNs and proxies: a text file with a network a line, or a ``.mmdb`` of
        anonymous or hosting addresses.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``geoip-malformed`` for a file that is truncated or no such database;
        ``geoip-no-countries`` when it names no country, ``hosting-none`` when the list names no
        range, ``range-malformed`` with the line.
    """
    special = ranges_of_numbers(
        (*_span(ipaddress.ip_network(text)), place)
        for place, texts in SPECIAL_NETWORKS.items()
        for text in texts
    )
    hosts = ranges_of_numbers(()) if hosting is None else hosting_ranges(hosting)
    return build_places(country_ranges(geoip), hosting=hosts, special=special)


def country_ranges(path: Path) -> AddressRanges:
    """Read the ranges of countries; see `load_places`.

    Parameters
    ----------
    path : Path
        An ``.mmdb`` database of countries or cities.
    """
    metadata, leaves, records = _read(path)
    kind = visible_text(metadata.database_type, limit=60)
    places = [_place(record) for record in records]
    if not any(place is not None for place in places):
        keys = ", ".join(sorted({str(key) for record in records[:9] for key in _keys(record)}))
        holds = f"; its records hold {visible_text(keys, limit=80)}" if keys else ""
        raise FormatError(
            f"{path} is a database of {kind!r} and names no country{holds}",
            code="geoip-no-countries",
            hint="use a database of countries or cities, such as GeoLite2-Country.mmdb",
        )
    return _ranges(leaves, [-1 if place is None else place for place in places])


def hosting_ranges(path: Path) -> AddressRanges:
    """Read the ranges of hosts, VPNs and proxies; see `load_places`.

    Parameters
    ----------
    path : Path
        A text file with a network a line, or an ``.mmdb`` database of anonymous addresses.
    """
    with _readable(path), open_regular(path) as file:
        is_text = b"\0" not in file.read(4096) and path.suffix.lower() != ".mmdb"
    if is_text:
        ranges = ranges_of_numbers((*span, 0) for span in _listed_ranges(path))
    else:
        _, leaves, records = _read(path)
        ranges = _ranges(leaves, [0 if _is_hidden(record) else -1 for record in records])
    if not len(ranges.value):
        raise FormatError(
            f"{path} names no range of a host or VPN",
            code="hosting-none",
            hint="give a text file with a network a line, such as 192.0.2.0/24, or a .mmdb of "
            "anonymous addresses; leave --hosting out if there is none",
        )
    return ranges


def _read(path: Path) -> tuple[Metadata, Leaves, list[Any]]:
    """Return the networks, their pointers counted from 0, and each pointer's record once."""
    with _undamaged(path):
        metadata = read_metadata(path)
        leaves = tree_leaves(path, metadata)
        pointers, code = np.unique(leaves.pointer, return_inverse=True)
        data, first = data_section(path, metadata), metadata.node_count + SEPARATOR_BYTES
        records = [data.value(pointer - first) for pointer in pointers.tolist()]
    return metadata, leaves._replace(pointer=code.astype(np.int64)), records


def _ranges(leaves: Leaves, value_of: list[int]) -> AddressRanges:
    """Return the networks whose record has a value of 0 or more."""
    value = np.array(value_of, np.int64)[leaves.pointer] if value_of else leaves.pointer
    kept = value >= 0
    high, low = leaves.high[kept], leaves.low[kept]
    n_bits, is_v4 = leaves.n_bits[kept], leaves.is_v4[kept]
    free = (np.where(is_v4, 32, 128) - n_bits).astype(np.uint64)
    full, one = np.uint64((1 << 64) - 1), np.uint64(1)
    # A shift by 64 or more has no meaning to the machine, so it is never asked for.
    below = np.where(free >= 64, full, (one << (free % np.uint64(64))) - one)
    above = np.where(free > 64, (one << (free % np.uint64(64))) - one, np.uint64(0))
    last = high | above, low | below
    return AddressRanges(is_v4=is_v4, first=(high, low), last=last, value=value[kept])


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    """Take whatever fails in a database for damage of the file."""
    with _readable(path), open_regular(path) as file:
        size_bytes = file.seek(0, 2)
    try:
        with _readable(path):
            yield
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        reason = visible_text(str(error) or type(error).__name__, limit=120)
        raise FormatError(
            f"{path} ({size_bytes:,} bytes) is not a whole database in MaxMind's format: {reason}",
            code="geoip-malformed",
            hint="download it again, unpack it, and compare its size with the publisher's",
        ) from None


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None


def _span(network: Any) -> tuple[int, int, int]:
    """Return a network's version, first and last address."""
    first = int(network.network_address)
    return network.version, first, first + network.num_addresses - 1


def _keys(record: Any) -> list[Any]:
    return list(record) if isinstance(record, dict) else []


def _place(record: Any) -> int | None:
    """Return the place of a record, None where it names no country.

    The country of registration does not stand in for it: registration is not location.
    """
    if not isinstance(record, dict):
        return None
    country = record.get("country")
    code = country.get("iso_code") if isinstance(country, dict) else country
    for text in (code, record.get("country_code")):
        if isinstance(text, str) and (place := _place_of_code(text)) is not None:
            return place
    return None


@lru_cache(maxsize=4096)
def _place_of_code(text: str) -> int | None:
    try:
        return place_of_country(parse_country(text))
    except FormatError:  # a continent, a proxy, a satellite: no country
        return None


def _is_hidden(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    tables = [record, *(value for value in record.values() if isinstance(value, dict))]
    return any(
        not isinstance(value, dict) and value in _TRUE
        for table in tables
        for key in _HIDDEN_KEYS
        if (value := table.get(key)) is not None
    )


def _listed_ranges(path: Path) -> Iterator[tuple[int, int, int]]:
    with _readable(path):
        text = read_regular(path).decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        cell = re.split(r"[,;\t#]", line, maxsplit=1)[0].strip().strip('"')
        # A heading holds neither a dot between digits nor a colon.
        if not cell or (number == 1 and not re.search(r"\d\.\d|:", cell)):
            continue
        yield _listed_range(cell, number, path)


def _listed_range(cell: str, number: int, path: Path) -> tuple[int, int, int]:
    first, dash, last = (part.strip() for part in cell.partition("-"))
    try:
        if not dash:
            return _span(ipaddress.ip_network(first, strict=False))
        ends = ipaddress.ip_address(first), ipaddress.ip_address(last)
        if ends[0].version == ends[1].version and int(ends[0]) <= int(ends[1]):
            return ends[0].version, int(ends[0]), int(ends[1])
    except ValueError:
        pass
    raise FormatError(
        f"line {number} of {path} is not a range of addresses: {visible_text(cell, limit=60)!r}",
        code="range-malformed",
        hint="write a network a line, such as 192.0.2.0/24 or 192.0.2.0-192.0.2.31",
    ) from None
