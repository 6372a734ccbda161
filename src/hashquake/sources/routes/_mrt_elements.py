"""The routes of one MRT file as columns, read by pybgpkit-parser and checked by its headers."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.routes._mrt_outline import MrtOutline, outline
from hashquake.sources.routes._mrt_second import routes_of
from hashquake.sources.routes._update_outline import RouteCount

WITHDRAWN = 0
NO_ORIGIN = (1 << 32) - 1
"""Of a route without an AS in its path; the number is reserved and belongs to nobody."""

Peer = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """What peers announced and withdrew, in the file's order.

    Parameters
    ----------
    is_rib : bool
        A whole table, or else changes.
    peers : list of (int, str)
        AS number and address.
    prefixes : list of str
        Such as ``2.72.0.0/13``.
    time_s : array of float64, shape (n,)
        UTC Unix seconds; of a table, the time at which its dump began.
    peer, prefix : array of int32, shape (n,)
        Places in the lists.
    origin : array of uint32, shape (n,)
        The AS at the path's end; `WITHDRAWN` for a withdrawal.
    """

    is_rib: bool
    peers: list[Peer]
    prefixes: list[str]
    time_s: NDArray[np.float64]
    peer: NDArray[np.int32]
    prefix: NDArray[np.int32]
    origin: NDArray[np.uint32]


class _Gathered:
    """Routes gathered as columns, names counted once."""

    def __init__(self) -> None:
        self.peers: dict[tuple[str, int], int] = {}
        self.prefixes: dict[str, int] = {}
        self.time_s, self.peer = array("d"), array("i")
        self.prefix, self.origin = array("i"), array("I")

    def n_withdrawn(self) -> int:
        """Count the withdrawals."""
        return int(np.count_nonzero(np.frombuffer(self.origin, np.uint32) == WITHDRAWN))

    def is_whole(self, counted: RouteCount) -> bool:
        """Return whether what was gathered holds all that the headers count, kind by kind."""
        n_withdrawn = self.n_withdrawn()
        return (
            len(self.origin) >= sum(counted)
            and n_withdrawn >= counted.withdrawn
            and len(self.origin) - n_withdrawn >= counted.announced
        )

    def elements(self, about: MrtOutline) -> Elements:
        """Return what was gathered."""
        count = len(self.origin)
        return Elements(
            is_rib=about.is_rib,
            peers=[(asn, address) for address, asn in self.peers],
            prefixes=list(self.prefixes),
            time_s=np.full(count, float(about.first_s))
            if about.is_rib
            else np.frombuffer(self.time_s, np.float64),
            peer=np.frombuffer(self.peer, np.int32),
            prefix=np.frombuffer(self.prefix, np.int32),
            origin=np.frombuffer(self.origin, np.uint32),
        )


def read_elements(path: Path) -> Elements:
    """Read a file whole, in this process: a file that is hostile may end it.

    Parameters
    ----------
    path : Path
        An MRT file, packed or not.

    Raises
    ------
    InputError
        As `outline` does.
    FormatError
        ``mrt-unreadable`` when the parsers fail or give less than the headers count, and as
        `outline` does.
    """
    about = outline(path)
    if about.is_empty:
        return _Gathered().elements(about)
    found = _guarded(path, lambda: _first_reading(path, is_rib=about.is_rib))
    if not found.is_whole(about.counted) and not about.is_rib:
        found = _guarded(path, lambda: _second_reading(path))
    if not found.is_whole(about.counted):
        wanted, n_withdrawn = about.counted, found.n_withdrawn()
        raise unreadable(
            path,
            f"its headers count {sum(wanted)} routes, {wanted.withdrawn} of them withdrawn; "
            f"{len(found.origin)} could be read, {n_withdrawn} of them withdrawn",
        )
    return found.elements(about)


def _guarded(path: Path, read: Callable[[], _Gathered]) -> _Gathered:
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, HashquakeError):
        raise
    except BaseException as error:  # noqa: BLE001  a panic in Rust does not derive from Exception
        raise unreadable(
            path, f"the parser gave up: {visible_text(str(error), limit=120)}"
        ) from None


def _first_reading(path: Path, *, is_rib: bool) -> _Gathered:
    found = _Gathered()
    peers, origins = found.peers, dict[str, int]()
    add_time, add_peer, add_prefix = found.time_s.append, found.peer.append, found.prefix.append
    add_origin = found.origin.append
    place_of_peer, place_of, origin_of = peers.get, found.prefixes.setdefault, origins.get
    prefixes = found.prefixes
    for element in _parser(path):  # a hot loop: every attribute is made again when asked for
        who = element.peer_ip, element.peer_asn
        place = place_of_peer(who)
        if place is None:
            place = peers[who] = len(peers)
        add_peer(place)
        add_prefix(place_of(element.prefix, len(prefixes)))
        if not is_rib:
            add_time(element.timestamp)
        as_path = element.as_path
        origin = origin_of(as_path) if as_path else _origin_without_path(element)
        if origin is None:  # the list of origins is dear; a path always ends in the same ones
            origin = origins[as_path] = min(element.origin_asns or [0]) or NO_ORIGIN
        add_origin(origin)
    return found


def _second_reading(path: Path) -> _Gathered:
    found = _Gathered()
    for time_s, address, asn, prefix, origin in routes_of(path):
        found.time_s.append(time_s)
        found.peer.append(found.peers.setdefault((address, asn), len(found.peers)))
        found.prefix.append(found.prefixes.setdefault(prefix, len(found.prefixes)))
        found.origin.append(origin)
    return found


def _origin_without_path(element: Any) -> int:
    asns = element.origin_asns
    if asns:
        return min(asns) or NO_ORIGIN
    return NO_ORIGIN if element.elem_type == "A" else WITHDRAWN


def _parser(path: Path) -> Any:
    from pybgpkit_parser import Parser  # noqa: PLC0415  an extra, and heavy

    return Parser(url=str(path.resolve()))


def unreadable(path: Path, reason: str) -> FormatError:
    """Return the error ``mrt-unreadable``, to be raised by the caller.

    Parameters
    ----------
    path : Path
        The file.
    reason : str
        Why.
    """
    return FormatError(
        f"{path} cannot be read: {reason}",
        code="mrt-unreadable",
        hint="download it again; files of the 1990s cannot be read",
    )
