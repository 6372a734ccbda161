"""What RIS Live says: its messages taken apart and checked, one at a time."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, Literal, NoReturn

from hashquake.core.errors import FormatError, SourceError
from hashquake.core.hostile_text import visible_repr, visible_text
from hashquake.sources.routes._mrt_elements import NO_ORIGIN, WITHDRAWN, Peer

Kind = Literal["update", "down", "other"]
_MAX_ASN = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RisMessage:
    """One message of one peer.

    Parameters
    ----------
    kind : {"update", "down", "other"}
        Changes of routes; the end of the peer's session; a sign of life.
    id : str
        As numbered by the service; empty when it is not.
    time_s : float
        By the collector's clock, UTC Unix seconds.
    host : str
        The collector, such as ``rrc03``.
    peer : (int, str)
        AS number and address.
    routes : tuple of (str, int)
        Prefix and origin AS, or `WITHDRAWN`, in the order in which they hold.
    """

    kind: Kind
    id: str
    time_s: float
    host: str
    peer: Peer
    routes: tuple[tuple[str, int], ...] = ()


def parse_message(text: str | bytes) -> RisMessage | None:
    """Take a message apart.

    Parameters
    ----------
    text : str or bytes
        One message of the stream, JSON.

    Returns
    -------
    RisMessage or None
        None for the service's own talk: a pong, an acknowledged subscription.

    Raises
    ------
    SourceError
        ``service-error`` when the service reports an error.
    FormatError
        ``answer-not-json``, ``answer-shape``.
    """
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        shown = visible_text(text[:200], limit=60).strip()
        page = text.lstrip()[:1] in ("<", b"<")
        raise FormatError(
            f"a message of the stream is not JSON: {shown!r}",
            code="answer-not-json",
            hint=("a web page instead of data: " if page else "") + "check the address",
        ) from None
    fields = _object(message, "a message")
    kind = fields.get("type")
    if kind == "ris_message":
        return _ris_message(_object(fields.get("data"), "a message's data"))
    if kind == "ris_error":
        data = fields.get("data")
        said = data.get("message", data) if isinstance(data, dict) else data
        raise SourceError(
            f"RIS Live reports an error: {visible_text(str(said)[:400], limit=120)}",
            code="service-error",
            hint="is --host one of its collectors, such as rrc03?",
        )
    _text(kind, "a message's type")
    return None


def _ris_message(data: Mapping[str, Any]) -> RisMessage:
    fields: dict[str, Any] = {
        "id": data["id"] if isinstance(data.get("id"), str) else "",
        "time_s": _time_s(data.get("timestamp")),
        "host": _text(data.get("host"), "a message's host").partition(".")[0],
        "peer": (_asn(data.get("peer_asn")), _address(data.get("peer"))),
    }
    kind = data.get("type")
    if kind == "RIS_PEER_STATE":
        return RisMessage(kind="down" if data.get("state") == "down" else "other", **fields)
    if kind not in (None, "UPDATE"):  # the type may be absent
        return RisMessage(kind="other", **fields)
    routes = dict.fromkeys(_prefixes(data.get("withdrawals")), WITHDRAWN)
    announced = data.get("announcements")
    if announced:
        origin = _origin(data.get("path"))
        for item in _list(announced, "announcements"):
            prefixes = _object(item, "an announcement").get("prefixes")
            # A prefix withdrawn and announced in one message is announced (RFC 4271, 4.3).
            routes.update(dict.fromkeys(_prefixes(prefixes), origin))
    return RisMessage(kind="update" if routes else "other", routes=tuple(routes.items()), **fields)


def _origin(path: Any) -> int:
    """Return the AS at a path's end; the smallest of a set, as for files."""
    hops = _list(path if path is not None else [], "a path")
    if not hops:
        return NO_ORIGIN
    last = hops[-1] if isinstance(hops[-1], list) else [hops[-1]]
    return min(map(_asn, last), default=NO_ORIGIN) or NO_ORIGIN


def _prefixes(value: Any) -> Iterator[str]:
    for item in _list(value if value is not None else [], "a list of prefixes"):
        yield _prefix(_text(item, "a prefix"))


@lru_cache(maxsize=1 << 16)
def _prefix(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        _wrong("a prefix", text)


@lru_cache(maxsize=4096)
def _address_text(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        _wrong("a peer's address", text)


def _address(value: Any) -> str:
    return _address_text(_text(value, "a peer's address"))


def _asn(value: Any) -> int:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 10:
        _wrong("an AS number", value)
    number = int(text)
    if number > _MAX_ASN:
        _wrong("an AS number", value)
    return number


def _time_s(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _wrong("a message's time", value)
    if not -1e12 < value < 1e12 or not isfinite(value):
        _wrong("a message's time", value)
    return float(value)


def _object(value: Any, what: str) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _wrong(what, value)


def _list(value: Any, what: str) -> list[Any]:
    return value if isinstance(value, list) else _wrong(what, value)


def _text(value: Any, what: str) -> str:
    return value if isinstance(value, str) else _wrong(what, value)


def _wrong(what: str, value: Any) -> NoReturn:
    raise FormatError(
        f"{what} is {visible_repr(value)}",
        code="answer-shape",
        hint="RIS Live may have changed its messages",
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
