"""The search tree of a database in MaxMind's format, walked a level at a time.

Libraries that read the format look addresses up one by one; a log has millions. The tree is
public (MaxMind DB file format 2.0): nodes of two records, each the number of another node, or
`node_count` for nothing, or a pointer into the data (`_mmdb_data`).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.sources.logs._mmdb_data import Metadata

_MOST_BITS = 128
_V4_DEPTH = 96
SEPARATOR_BYTES = 16


class Leaves(NamedTuple):
    """The networks of a tree that have a record.

    Parameters
    ----------
    high, low : array of uint64, shape (n,)
        The first address, upper and lower 64 bits; IPv4 addresses are in `low`.
    n_bits : array of int64, shape (n,)
        Length of the network's prefix, counted from the top of its own space.
    is_v4 : array of bool, shape (n,)
        Which of the two spaces.
    pointer : array of int64, shape (n,)
        Equal for networks that share a record.
    """

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    n_bits: NDArray[np.int64]
    is_v4: NDArray[np.bool_]
    pointer: NDArray[np.int64]


def tree_leaves(path: Path, metadata: Metadata) -> Leaves:
    """List the networks that have a record; parts that only repeat IPv4 are left out.

    Parameters
    ----------
    path : Path
        The database.
    metadata : Metadata
        What stands at its end.

    Raises
    ------
    ValueError
        When a record points outside the file, or nodes lead into each other: it is damaged.
    """
    nodes, limit = _nodes(path, metadata)
    count = len(nodes)
    is_v6_tree = metadata.ip_version == 6
    v4_start = _v4_start(nodes) if is_v6_tree else -1
    width = _MOST_BITS if is_v6_tree else 32
    node = np.zeros(1, np.int64)
    high, low = np.zeros(1, np.uint64), np.zeros(1, np.uint64)
    found: list[Leaves] = []
    for depth in range(1, width + 1):
        # A network's address is kept left-aligned in its space, so that a bit is set, never moved.
        bit = width - depth
        node = nodes[node].reshape(-1)
        high, low = np.repeat(high, 2), np.repeat(low, 2)
        if bit >= 64:
            high[1::2] |= np.uint64(1 << (bit - 64))
        else:
            low[1::2] |= np.uint64(1 << bit)
        if (node >= limit).any():
            raise ValueError("a record of its tree points behind its end")
        alias = (node == v4_start) & ((high != 0) | (low != 0))
        is_leaf = (node > count) & ~alias
        if is_leaf.any():
            found.append(_leaves(node, high, low, is_leaf, depth, is_v6_tree=is_v6_tree))
        onward = (node < count) & ~alias
        node, high, low = node[onward], high[onward], low[onward]
        if len(node) > count or (depth == width and len(node)):
            raise ValueError("nodes of its tree lead into each other")
        if not len(node):
            break
    if not found:
        nothing = np.zeros(0, np.uint64)
        empty = np.zeros(0, np.int64)
        return Leaves(nothing, nothing, empty, np.zeros(0, np.bool_), empty)
    return Leaves(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _leaves(
    node: NDArray[np.int64],
    high: NDArray[np.uint64],
    low: NDArray[np.uint64],
    is_leaf: NDArray[np.bool_],
    depth: int,
    *,
    is_v6_tree: bool,
) -> Leaves:
    high, low = high[is_leaf], low[is_leaf]
    is_v4 = np.full(len(low), not is_v6_tree)
    if is_v6_tree and depth >= _V4_DEPTH:
        is_v4 = (high == 0) & (low >> np.uint64(32) == 0)
    offset = _V4_DEPTH if is_v6_tree else 0
    n_bits = np.where(is_v4, depth - offset, depth).astype(np.int64)
    return Leaves(high, low, n_bits, is_v4, node[is_leaf])


def _nodes(path: Path, metadata: Metadata) -> tuple[NDArray[np.int64], int]:
    """Read all nodes, and the number that no record may reach."""
    n_bits, count = metadata.record_size, metadata.node_count
    if n_bits not in (24, 28, 32) or not count:
        raise ValueError(f"its tree has {count} nodes of {n_bits} bits")
    node_bytes = n_bits // 4
    tree_bytes = count * node_bytes
    data_bytes = path.stat().st_size - tree_bytes - SEPARATOR_BYTES
    if data_bytes <= 0:
        raise ValueError("its tree is longer than the file")
    octets = np.fromfile(path, np.uint8, tree_bytes).reshape(count, node_bytes).astype(np.int64)
    if n_bits == 24:
        left, right = octets[:, :3], octets[:, 3:]
    elif n_bits == 28:
        # The middle byte holds the top four bits of either record.
        left = np.column_stack([octets[:, 3] >> 4, octets[:, :3]])
        right = np.column_stack([octets[:, 3] & 15, octets[:, 4:]])
    else:
        left, right = octets[:, :4], octets[:, 4:]
    nodes = np.empty((count, 2), np.int64)
    for side, record in enumerate((left, right)):
        value = np.zeros(count, np.int64)
        for column in range(record.shape[1]):
            value = (value << 8) | record[:, column]
        nodes[:, side] = value
    return nodes, count + SEPARATOR_BYTES + data_bytes


def _v4_start(nodes: NDArray[np.int64]) -> int:
    node = 0
    for _ in range(_V4_DEPTH):
        if node >= len(nodes):
            return -1
        node = int(nodes[node, 0])
    if node == 0:
        raise ValueError("nodes of its tree lead into each other")
    return node if node < len(nodes) else -1
