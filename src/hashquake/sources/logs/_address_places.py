"""Which place an address belongs to: the whole address space cut once into sorted stretches.

A database is a tree that takes a dozen steps an address. Flattened to sorted starts it takes one
search in an array, for millions of addresses at a time, and the arrays travel to other processes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.core.work_tally import HOSTING, PRIVATE, RESERVED, UNKNOWN, UNREADABLE


class AddressRanges(NamedTuple):
    """Stretches of both address spaces with a number for each.

    Parameters
    ----------
    is_v4 : array of bool, shape (n,)
        Which space.
    first, last : tuple of two arrays of uint64, shape (n,)
        Upper and lower 64 bits of the first and the last address, both included.
    value : array of int64, shape (n,)
        What the stretch is marked with.
    """

    is_v4: NDArray[np.bool_]
    first: tuple[NDArray[np.uint64], NDArray[np.uint64]]
    last: tuple[NDArray[np.uint64], NDArray[np.uint64]]
    value: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """One address space cut into stretches, each of one place.

    Parameters
    ----------
    high, low : array of uint64, shape (n,)
        The first address of each stretch, its upper and lower 64 bits; the first is address 0.
    place : array of int16, shape (n,)
        The place's number, from `hashquake.core.work_tally`.
    """

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    place: NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPlaces:
    """The places of both address spaces.

    Parameters
    ----------
    v4, v6 : Stretches
        IPv4 addresses are in `low`.
    v4_index : array of int64, shape (65537,)
        The stretch in which each upper half of an IPv4 address starts.
    """

    v4: Stretches
    v6: Stretches
    v4_index: NDArray[np.int64]

    def locate(
        self, kind: NDArray[np.uint8], high: NDArray[np.uint64], low: NDArray[np.uint64]
    ) -> NDArray[np.int16]:
        """Return the place of each address.

        Parameters
        ----------
        kind, high, low : arrays, shape (n,)
            As `parse_addresses` gives them.
        """
        return _locate(
            (kind, high, low),
            (self.v4.low, self.v4.place, self.v4_index),
            (self.v6.high, self.v6.low, self.v6.place),
        )


def build_places(
    countries: AddressRanges, *, hosting: AddressRanges, special: AddressRanges
) -> AddressPlaces:
    """Cut the address spaces.

    Parameters
    ----------
    countries : AddressRanges
        Disjoint, with the number of a place; addresses in none are ``unknown``.
    hosting : AddressRanges
        Hosts' and VPNs' ranges; they may overlap.
    special : AddressRanges
        Disjoint, with the number of a place; whatever a database says, these are private or
        reserved.
    """
    v4 = _stretches((countries, hosting, special), v4=True)
    v6 = _stretches((countries, hosting, special), v4=False)
    halves = np.arange((1 << 16) + 1, dtype=np.uint64) << np.uint64(16)
    index = np.searchsorted(v4.low, halves, side="right") - 1
    return AddressPlaces(v4=v4, v6=v6, v4_index=index.astype(np.int64))


def ranges_of_numbers(rows: Iterable[tuple[int, int, int, int]]) -> AddressRanges:
    """Make ranges of a few rows of version, first address, last address and value.

    Parameters
    ----------
    rows : iterable of tuple of int, int, int and int
        Addresses as numbers, both included.
    """
    listed = list(rows)
    mask = (1 << 64) - 1

    def halves(at: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        numbers = [row[at] for row in listed]
        upper = np.array([number >> 64 for number in numbers], np.uint64)
        return upper, np.array([number & mask for number in numbers], np.uint64)

    return AddressRanges(
        is_v4=np.array([row[0] == 4 for row in listed], np.bool_),
        first=halves(1),
        last=halves(2),
        value=np.array([row[3] for row in listed], np.int64),
    )


def _stretches(
    layers: tuple[AddressRanges, AddressRanges, AddressRanges], *, v4: bool
) -> Stretches:
    """Lay the layers over each other.

    Each range adds its mark where it starts and takes it away behind its end; the running sums of
    the three layers are what holds at an address, however ranges overlap.
    """
    high, low = [np.zeros(1, np.uint64)], [np.zeros(1, np.uint64)]
    change = [np.zeros((1, 3), np.int64)]
    for number, layer in enumerate(layers):
        mine = layer.is_v4 == v4
        # Marks count from 1, so that nothing is 0; of hosts only the count of overlaps is kept.
        value = np.ones(mine.sum(), np.int64) if number == 1 else layer.value[mine] + 1
        after_low = layer.last[1][mine] + np.uint64(1)
        after_high = layer.last[0][mine] + (after_low == 0).astype(np.uint64)
        ends = (after_high != 0) | (after_low != 0)  # nothing lies behind the last address
        for at_high, at_low, sign, kept in (
            (layer.first[0][mine], layer.first[1][mine], 1, slice(None)),
            (after_high, after_low, -1, ends),
        ):
            high.append(at_high[kept])
            low.append(at_low[kept])
            change.append(np.zeros((len(high[-1]), 3), np.int64))
            change[-1][:, number] = sign * value[kept]
    all_high, all_low = np.concatenate(high), np.concatenate(low)
    order = np.lexsort((all_low, all_high))
    all_high, all_low = all_high[order], all_low[order]
    country, hosts, own = np.cumsum(np.concatenate(change)[order], axis=0).T
    place = np.where(country > 0, country - 1, UNKNOWN) + np.where(hosts > 0, HOSTING, 0)
    place = np.where(own > 0, own - 1, place)
    last_here = np.append((np.diff(all_high) != 0) | (np.diff(all_low) != 0), np.True_)
    all_high, all_low, place = all_high[last_here], all_low[last_here], place[last_here]
    new = np.append(np.True_, np.diff(place) != 0)
    return Stretches(high=all_high[new], low=all_low[new], place=place[new].astype(np.int16))


@kernel(nogil=True)
def _locate(
    addresses: tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint64]],
    v4: tuple[NDArray[np.uint64], NDArray[np.int16], NDArray[np.int64]],
    v6: tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int16]],
) -> NDArray[np.int16]:
    kind, high, low = addresses
    v4_start, v4_place, v4_index = v4
    v6_high, v6_low, v6_place = v6
    places = np.full(len(kind), UNREADABLE, np.int16)
    for row in range(len(kind)):
        if kind[row] == 4:
            half = low[row] >> np.uint64(16)
            left, right = v4_index[half], v4_index[half + np.uint64(1)] + 1
            while right - left > 1:
                middle = (left + right) // 2
                if v4_start[middle] <= low[row]:
                    left = middle
                else:
                    right = middle
            places[row] = v4_place[left]
        elif kind[row] == 6:
            left, right = 0, len(v6_high)
            while right - left > 1:
                middle = (left + right) // 2
                before = v6_high[middle] < high[row]
                same = v6_high[middle] == high[row]
                if before or (same and v6_low[middle] <= low[row]):
                    left = middle
                else:
                    right = middle
            places[row] = v6_place[left]
    return places


SPECIAL_NETWORKS = {
    PRIVATE: (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
    ),
    RESERVED: (
        "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128",
        "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10",
        "ff00::/8",
    ),
}  # fmt: skip
"""Networks that no country has, from IANA's registries of special-purpose addresses (RFC 6890):
private are those a machine behind a router, a carrier or a tunnel shows; the rest is reserved."""
