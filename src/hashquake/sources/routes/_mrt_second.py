"""A second parser for files of updates, where the first one leaves out what the headers count.

pybgpkit-parser 0.6.2 loses withdrawals: of a default route together with others, and of messages
longer than 4,096 bytes (RFC 8654). mrtparse, written in Python, reads them; it is slower, so it is
asked only then.
"""

import ipaddress
import signal
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

_WITHDRAWN, _NO_ORIGIN = 0, (1 << 32) - 1
_AS_PATH, _MP_REACH, _MP_UNREACH, _AS4_PATH = 2, 14, 15, 17
_SHORT_AS = "23456"  # stands for an AS number of four bytes where only two have room (RFC 6793)

Route = tuple[float, str, int, str, int]
"""Time (UTC Unix seconds), the peer's address and AS number, prefix, origin AS or 0."""


def routes_of(path: Path) -> Iterator[Route]:
    """Yield what the UPDATEs of a file withdraw and announce, in its order.

    Parameters
    ----------
    path : Path
        An MRT file of updates.

    Raises
    ------
    Exception
        Whatever mrtparse raises of a damaged file.
    """
    for entry in _library().Reader(str(path)):
        fields: Mapping[str, Any] = entry.data
        message = fields.get("bgp_message")
        if not message:
            continue
        time_s = _key(fields["timestamp"]) + fields.get("microsecond_timestamp", 0) / 1e6
        address = str(ipaddress.ip_address(fields["peer_ip"]))
        asn = _asn(fields["peer_as"])
        for prefix, origin in _changes(message):
            yield time_s, address, asn, prefix, origin


def _library() -> Any:
    """Import mrtparse, which lets a broken pipe end the whole process, and take that back."""
    before = signal.getsignal(signal.SIGPIPE)
    library = import_module("mrtparse")
    signal.signal(signal.SIGPIPE, before)
    return library


def _changes(message: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    attributes = {_key(one["type"]): one.get("value") for one in message.get("path_attributes", ())}
    reach, unreach = attributes.get(_MP_REACH) or {}, attributes.get(_MP_UNREACH) or {}
    # A prefix withdrawn and announced in one message is announced (RFC 4271, 4.3).
    for routes in (message.get("withdrawn_routes", ()), unreach.get("withdrawn_routes", ())):
        for route in routes:
            yield _prefix(route["prefix"], route["length"]), _WITHDRAWN
    origin = _origin(attributes)
    for routes in (message.get("nlri", ()), reach.get("nlri", ())):
        for route in routes:
            yield _prefix(route["prefix"], route["length"]), origin


def _origin(attributes: Mapping[int, Any]) -> int:
    """Return the AS at the path's end; the smallest of a set, as for the first parser."""
    path = _last_of(attributes.get(_AS_PATH))
    if _SHORT_AS in path:
        path = _last_of(attributes.get(_AS4_PATH)) or path
    return min(map(_asn, path), default=_NO_ORIGIN) or _NO_ORIGIN


def _last_of(segments: Any) -> list[str]:
    if not segments:
        return []
    last = segments[-1]
    numbers: list[str] = list(last["value"])
    is_set = _key(last["type"]) in {1, 4}
    return numbers if is_set else numbers[-1:]


def _asn(text: str) -> int:
    high, dot, low = text.partition(".")
    return (int(high) << 16) + int(low) if dot else int(text)


def _key(stamps: Mapping[int, Any]) -> int:
    """Return the number of what mrtparse gives as one number with its name."""
    number: int = next(iter(stamps))
    return number


@lru_cache(maxsize=1 << 18)
def _prefix(address: str, length: int) -> str:
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))
