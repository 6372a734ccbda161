"""What the peers of a route collector see: a table of routes, counted per country and AS.

A prefix is seen when more than half of the full-feed peers carry it. A peer is full-feed while it
carries more prefixes than a threshold; one that loses its own session drops out of the count
instead of pulling the country down with it.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.sources.routes._mrt_elements import NO_ORIGIN, WITHDRAWN, Elements, Peer
from hashquake.sources.routes._registrations import Registrations

_SHORTEST = {4: 8, 6: 16}  # shorter ones are default routes, which say nothing of a place
_GROUP = 1 << 25  # more than there are /24s


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What is seen of one quantity.

    Parameters
    ----------
    per_country : dict of str to int
        By the country of registration.
    per_asn : dict of int to int
        By the AS that originates.
    """

    per_country: dict[str, int]
    per_asn: dict[int, int]


class VisibilityTable:
    """The routes that each peer carries.

    Parameters
    ----------
    registrations : Registrations
        Which country a prefix is registered in.
    full_feed_v4, full_feed_v6 : int
        A full-feed peer carries more prefixes than this.
    """

    def __init__(
        self, registrations: Registrations, *, full_feed_v4: int, full_feed_v6: int
    ) -> None:
        self._registrations = registrations
        self._thresholds = {4: full_feed_v4, 6: full_feed_v6}
        self.largest_feed = {4: 0, 6: 0}
        self._held_24s = _held_24s(registrations)
        self.clear()

    def clear(self) -> None:
        """Forget every route."""
        self._peers: dict[Peer, int] = {}
        self._prefixes: dict[str, int] = {}
        self._version = np.empty(0, np.int8)
        self._first_24 = np.empty(0, np.int64)
        self._n_24 = np.empty(0, np.int64)
        self._country = np.empty(0, "U2")
        self._origin = np.zeros((0, 0), np.uint32)

    def apply(self, elements: Elements, chosen: NDArray[np.intp] | None = None) -> None:
        """Carry out announcements and withdrawals; the last of a route counts.

        Parameters
        ----------
        elements : Elements
            Of one file.
        chosen : array of intp or None
            Which of them, in the order of time; all when None.
        """
        rows = self._rows_of(elements.prefixes)
        columns = self._columns_of(elements.peers)
        if chosen is None:
            chosen = np.arange(len(elements.origin))
        at = rows[elements.prefix[chosen]], columns[elements.peer[chosen]]
        route = at[0] * self._origin.shape[1] + at[1]
        _, last = np.unique(route[::-1], return_index=True)
        last = len(route) - 1 - last
        self._origin[at[0][last], at[1][last]] = elements.origin[chosen][last]

    def forget(self, peer: Peer) -> None:
        """Drop the routes of a peer whose session ended.

        Parameters
        ----------
        peer : Peer
            Of a collector.
        """
        if peer in self._peers:
            self._origin[:, self._peers[peer]] = WITHDRAWN

    def peers(self) -> tuple[Peer, ...]:
        """Name the peers met."""
        return tuple(self._peers)

    def count(self, *, without: Collection[Peer] = ()) -> dict[str, Visible]:
        """Count what is seen, by quantity; one without a full-feed peer is left out.

        Parameters
        ----------
        without : collection of (int, str)
            Peers that are not asked.
        """
        counted: dict[str, Visible] = {}
        asked = np.array([peer not in without for peer in self._peers], np.bool_)
        for version in (4, 6):
            ours = np.flatnonzero(self._version == version)
            routes = self._origin[ours]
            carried = routes != WITHDRAWN
            feeds = carried.sum(axis=0)
            self.largest_feed[version] = max(self.largest_feed[version], int(feeds.max(initial=0)))
            full = asked & (feeds > self._thresholds[version])
            if not full.any():
                continue
            seen = carried[:, full].sum(axis=1) * 2 > full.sum()
            rows, origins = ours[seen], _usual_origin(routes[seen][:, full])
            counted[f"visible_ipv{version}_prefixes"] = Visible(
                per_country=_tally(self._country[rows]),
                per_asn={asn: n for asn, n in _tally(origins).items() if asn != NO_ORIGIN},
            )
            if version == 4:
                counted["visible_slash24s"] = self._slash24s(rows, origins)
        return counted

    def _slash24s(self, rows: NDArray[np.intp], origins: NDArray[np.uint32]) -> Visible:
        first, n = self._first_24[rows], self._n_24[rows]
        starts, ends = _union(first, first + n)
        covered = np.concatenate([[0], np.cumsum(ends - starts)])

        def below(limit: NDArray[np.int64]) -> NDArray[np.int64]:
            at = np.searchsorted(starts, limit, side="right") - 1
            inside = np.clip(limit - starts[at], 0, ends[at] - starts[at])
            return np.where(at >= 0, covered[at] + inside, 0)

        countries, held_first, held_end = self._held_24s
        per_country: dict[str, int] = {}
        if len(starts):
            sizes = below(held_end) - below(held_first)
            names, group = np.unique(countries, return_inverse=True)
            totals = np.bincount(group, sizes, len(names)).astype(int)
            per_country = dict(zip(names.tolist(), totals.tolist(), strict=True))
        asns, rank = np.unique(origins, return_inverse=True)
        starts, ends = _union(rank * _GROUP + first, rank * _GROUP + first + n)
        totals = np.bincount(starts // _GROUP, ends - starts, len(asns)).astype(int)
        per_asn = dict(zip(asns.tolist(), totals.tolist(), strict=True))
        per_asn.pop(NO_ORIGIN, None)
        return Visible(per_country=per_country, per_asn=per_asn)

    def _rows_of(self, prefixes: list[str]) -> NDArray[np.intp]:
        new = [text for text in prefixes if text not in self._prefixes]
        networks = [ipaddress.ip_network(text, strict=False) for text in new]
        for text in new:
            self._prefixes[text] = len(self._prefixes)
        version = np.array([one.version for one in networks], np.int8)
        length = np.array([one.prefixlen for one in networks], np.int64)
        address = [int(one.network_address) for one in networks]
        country = np.full(len(new), "", "U2")
        for number, ranges in ((4, self._registrations.ipv4), (6, self._registrations.ipv6)):
            at = np.flatnonzero(version == number)
            country[at] = ranges.countries_of([address[one] for one in at])
            version[at[length[at] < _SHORTEST[number]]] = 0
        first_24 = [one >> 8 if old == 4 else 0 for one, old in zip(address, version, strict=True)]
        self._version = np.concatenate([self._version, version])
        self._first_24 = np.concatenate([self._first_24, np.array(first_24, np.int64)])
        self._n_24 = np.concatenate([self._n_24, 1 << np.clip(24 - length, 0, 16)])
        self._country = np.concatenate([self._country, country])
        self._grow(len(new), 0)
        return np.array([self._prefixes[text] for text in prefixes], np.intp)

    def _columns_of(self, peers: list[Peer]) -> NDArray[np.intp]:
        before = len(self._peers)
        found = [self._peers.setdefault(peer, len(self._peers)) for peer in peers]
        self._grow(0, len(self._peers) - before)
        return np.array(found, np.intp)

    def _grow(self, rows: int, columns: int) -> None:
        if rows or columns:
            self._origin = np.pad(self._origin, ((0, rows), (0, columns)))


def _held_24s(
    registrations: Registrations,
) -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.int64]]:
    """Return the /24s whose first address is registered in each country, as half-open ranges."""
    spans = [
        (country, -(-first // 256), last // 256 + 1)
        for country in registrations.countries()
        for first, last in registrations.ipv4.of(country)
    ]
    names = np.array([span[0] for span in spans], "U2")
    numbers = np.array([span[1:] for span in spans], np.int64).reshape(-1, 2)
    return names, numbers[:, 0], np.maximum(numbers[:, 0], numbers[:, 1])


def _usual_origin(routes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the origin that most peers name, row by row; the smaller where they tie."""
    highest = routes.max(axis=1, initial=0)
    lowest = np.where(routes == WITHDRAWN, NO_ORIGIN, routes).min(axis=1, initial=NO_ORIGIN)
    usual: NDArray[np.uint32] = highest.astype(np.uint32)
    for row in np.flatnonzero(highest != lowest):
        named, votes = np.unique(routes[row][routes[row] != WITHDRAWN], return_counts=True)
        usual[row] = named[votes.argmax()]
    return usual


def _union(
    first: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Merge half-open ranges that overlap."""
    order = np.argsort(first, kind="stable")
    first, reach = first[order], np.maximum.accumulate(end[order])
    begins = np.ones(len(first), np.bool_)
    begins[1:] = first[1:] > reach[:-1]
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(first))[: len(starts)] - 1
    return first[starts], reach[ends]


def _tally(values: NDArray[np.str_] | NDArray[np.uint32]) -> dict[Any, int]:
    names, counts = np.unique(values, return_counts=True)
    return {name: n for name, n in zip(names.tolist(), counts.tolist(), strict=True) if name}
