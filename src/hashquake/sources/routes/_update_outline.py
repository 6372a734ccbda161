"""Count the unicast routes of one BGP UPDATE by its lengths alone (RFC 4271, 4760, 6396, 8050)."""

from typing import NamedTuple

from hashquake.core.errors import FormatError

_AS_BYTES = {1: 2, 4: 4, 6: 2, 7: 4, 8: 2, 9: 4, 10: 2, 11: 4}  # subtype: bytes of an AS number
_WITH_PATH_ID = frozenset({8, 9, 10, 11})
_MARKER_BYTES, _HEADER_BYTES, _UPDATE = 16, 19, 2
_MP_REACH, _MP_UNREACH = 14, 15
_UNICAST = 1
_LONG_ATTRIBUTE = 0x10
_PREFIX_BYTES = [1 + (bits + 7) // 8 for bits in range(256)]
_ADDRESS_BYTES = {1: 4, 2: 16}


class RouteCount(NamedTuple):
    """How many unicast routes a record holds.

    Parameters
    ----------
    announced, withdrawn : int
        Routes of either kind.
    unclear : int
        1 for an UPDATE whose lengths contradict each other: the parser must give something for
        it, or the file counts as not read.
    """

    announced: int = 0
    withdrawn: int = 0
    unclear: int = 0


NO_ROUTES = RouteCount()
_BROKEN = RouteCount(unclear=1)


def routes_of_message(subtype: int, body: bytes) -> RouteCount:
    """Count the routes that a BGP4MP record announces and withdraws.

    Parameters
    ----------
    subtype : int
        Of the record (RFC 6396, 4.4; RFC 8050).
    body : bytes
        The record's message, without the microseconds of an extended header.

    Returns
    -------
    RouteCount
        Of no route for what is not an UPDATE.
    """
    if subtype not in _AS_BYTES:
        return NO_ROUTES
    at = 2 * _AS_BYTES[subtype] + 2
    address_bytes = _ADDRESS_BYTES.get(int.from_bytes(body[at : at + 2], "big"), 0)
    message = body[at + 2 + 2 * address_bytes :]
    if len(message) < _HEADER_BYTES or message[_HEADER_BYTES - 1] != _UPDATE:
        return NO_ROUTES
    length = int.from_bytes(message[_MARKER_BYTES : _MARKER_BYTES + 2], "big")
    with_path_id = subtype in _WITH_PATH_ID
    try:
        return _routes_of_update(message[_HEADER_BYTES:length], with_path_id=with_path_id)
    except (IndexError, FormatError):
        return _BROKEN


def _routes_of_update(update: bytes, *, with_path_id: bool) -> RouteCount:
    n_withdrawn = int.from_bytes(update[:2], "big")
    attributes_at = 2 + n_withdrawn
    n_attributes = int.from_bytes(update[attributes_at : attributes_at + 2], "big")
    routes_at = attributes_at + 2 + n_attributes
    if routes_at > len(update):
        raise FormatError("an UPDATE is longer than its record", code="mrt-malformed")
    inside = _routes_of_attributes(update[attributes_at + 2 : routes_at], with_path_id=with_path_id)
    return RouteCount(
        announced=inside.announced + _count_prefixes(update[routes_at:], with_path_id=with_path_id),
        withdrawn=inside.withdrawn
        + _count_prefixes(update[2:attributes_at], with_path_id=with_path_id),
    )


def _routes_of_attributes(attributes: bytes, *, with_path_id: bool) -> RouteCount:
    n_announced, n_withdrawn, at = 0, 0, 0
    while at < len(attributes):
        is_long = attributes[at] & _LONG_ATTRIBUTE
        kind, start = attributes[at + 1], at + (4 if is_long else 3)
        at = start + int.from_bytes(attributes[at + 2 : start], "big")
        if kind not in {_MP_REACH, _MP_UNREACH} or attributes[start + 2] != _UNICAST:
            continue
        first = start + 3
        if kind == _MP_REACH:  # the next hop with its length, and a reserved byte
            first += 1 + attributes[first] + 1
            n_announced += _count_prefixes(attributes[first:at], with_path_id=with_path_id)
        else:
            n_withdrawn += _count_prefixes(attributes[first:at], with_path_id=with_path_id)
    return RouteCount(announced=n_announced, withdrawn=n_withdrawn)


def _count_prefixes(prefixes: bytes, *, with_path_id: bool) -> int:
    n_routes, at, end = 0, 0, len(prefixes)
    skipped = 4 if with_path_id else 0
    while at < end:
        at += skipped
        at += _PREFIX_BYTES[prefixes[at]]
        n_routes += 1
    return n_routes
