"""Write small MRT files by hand, as RFC 6396 and RFC 4271 say."""

import ipaddress
import struct
from collections.abc import Sequence

PEER_TABLE, RIB_V4, RIB_V6 = 1, 2, 4
Route = tuple[str, dict[int, int]]
"""A prefix, and the origin AS that each peer (by its place) names."""


def record(time_s: int, kind: int, subtype: int, body: bytes) -> bytes:
    return struct.pack(">IHHI", time_s, kind, subtype, len(body)) + body


def prefix_bytes(prefix: str) -> bytes:
    network = ipaddress.ip_network(prefix)
    count = (network.prefixlen + 7) // 8
    return bytes([network.prefixlen]) + network.network_address.packed[:count]


def peer_asn(place: int) -> int:
    return 65_000 + place


def peer_address(place: int) -> bytes:
    return bytes([192, 0, 2, place + 1])


def attributes(place: int, origin: int | None) -> bytes:
    path = [peer_asn(place)] + ([] if origin is None else [origin])
    sequence = struct.pack(f">BB{len(path)}I", 2, len(path), *path)
    hop = peer_address(place)
    return b"\x40\x01\x01\x00\x40\x02" + bytes([len(sequence)]) + sequence + b"\x40\x03\x04" + hop


def rib(time_s: int, n_peers: int, routes: Sequence[Route]) -> bytes:
    """Write a table dump of version 2."""
    peers = b"".join(
        b"\x02" + peer_address(place) + peer_address(place) + struct.pack(">I", peer_asn(place))
        for place in range(n_peers)
    )
    index = b"\xc0\0\2\1" + struct.pack(">HH", 0, n_peers) + peers
    data = record(time_s, 13, PEER_TABLE, index)
    for number, (prefix, origins) in enumerate(routes):
        entries = b"".join(
            struct.pack(">HIH", place, time_s, len(attributes(place, origin)))
            + attributes(place, origin)
            for place, origin in origins.items()
        )
        body = struct.pack(">I", number) + prefix_bytes(prefix)
        body += struct.pack(">H", len(origins)) + entries
        data += record(time_s, 13, RIB_V6 if ":" in prefix else RIB_V4, body)
    return data


def update(
    time_s: int,
    place: int,
    *,
    announced: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    withdrawn_v6: Sequence[str] = (),
    origin: int = 0,
) -> bytes:
    """Write one UPDATE of IPv4 routes, and of IPv6 routes withdrawn (RFC 4760)."""
    gone = b"".join(map(prefix_bytes, withdrawn))
    path = attributes(place, origin) if announced else b""
    if withdrawn_v6:
        unreach = b"\0\2\1" + b"".join(map(prefix_bytes, withdrawn_v6))
        path += b"\x90\x0f" + struct.pack(">H", len(unreach)) + unreach
    new = b"".join(map(prefix_bytes, announced))
    message = struct.pack(">H", len(gone)) + gone + struct.pack(">H", len(path)) + path + new
    message = b"\xff" * 16 + struct.pack(">HB", 19 + len(message), 2) + message
    head = struct.pack(">IIHH", peer_asn(place), 64_999, 0, 1) + peer_address(place) + b"\xc0\0\2\1"
    return record(time_s, 16, 4, head + message)
