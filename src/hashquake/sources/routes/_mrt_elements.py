"""The routes of one MRT file as columns, read by pybgpkit-parser and checked by its headers."""

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, HashquakeError
from hashquake.sources.routes._mrt_outline import outline

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


def read_elements(path: Path) -> Elements:
    """Read a file whole.

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when the parser is not installed.
    FormatError
        ``mrt-unreadable`` when the parser fails or gives less than the headers promise, and as
        `outline` does.
    """
    about = outline(path)
    peers: dict[tuple[str, int], int] = {}
    prefixes: dict[str, int] = {}
    origins: dict[str, int] = {}
    time_s, peer, prefix, origin = array("d"), array("i"), array("i"), array("I")
    add_time, add_peer, add_prefix = time_s.append, peer.append, prefix.append
    add_origin, is_rib = origin.append, about.is_rib
    place_of_peer, place_of, origin_of = peers.get, prefixes.setdefault, origins.get
    try:
        for element in _parser(path):  # a hot loop: every attribute is made anew when asked for
            who = element.peer_ip, element.peer_asn
            place = place_of_peer(who)
            if place is None:
                place = peers[who] = len(peers)
            add_peer(place)
            add_prefix(place_of(element.prefix, len(prefixes)))
            if not is_rib:
                add_time(element.timestamp)
            as_path = element.as_path
            found = origin_of(as_path) if as_path else _origin_without_path(element)
            if found is None:  # the list of origins is dear; a path always ends in the same ones
                found = origins[as_path] = min(element.origin_asns or [0]) or NO_ORIGIN
            add_origin(found)
    except (KeyboardInterrupt, SystemExit, GeneratorExit, HashquakeError):
        raise
    except BaseException as error:  # noqa: BLE001  a panic in Rust is no Exception
        raise _unreadable(path, f"the parser gave up: {str(error)[:120]}") from None
    if len(origin) < about.least_routes:
        raise _unreadable(
            path, f"it holds {about.least_routes} routes or more, {len(origin)} could be read"
        )
    return Elements(
        is_rib=about.is_rib,
        peers=[(asn, address) for address, asn in peers],
        prefixes=list(prefixes),
        time_s=np.full(len(origin), float(about.first_s))
        if about.is_rib
        else np.frombuffer(time_s, np.float64),
        peer=np.frombuffer(peer, np.int32),
        prefix=np.frombuffer(prefix, np.int32),
        origin=np.frombuffer(origin, np.uint32),
    )


def _origin_without_path(element: Any) -> int:
    asns = element.origin_asns
    if asns:
        return min(asns) or NO_ORIGIN
    return NO_ORIGIN if element.elem_type == "A" else WITHDRAWN


def _parser(path: Path) -> Any:
    try:
        from pybgpkit_parser import Parser  # noqa: PLC0415  an extra, and heavy
    except ModuleNotFoundError as error:
        raise HashquakeError(
            f"mrt needs {error.name}, which is not installed",
            code="plugin-extra",
            hint="install hashquake[bgp]",
        ) from None
    return Parser(url=str(path.resolve()))


def _unreadable(path: Path, reason: str) -> FormatError:
    return FormatError(
        f"{path} cannot be read: {reason}",
        code="mrt-unreadable",
        hint="download it again; files of the 1990s cannot be read",
    )
