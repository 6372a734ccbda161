"""Put headers found in any order into a tree, and choose the chain of most work.

Work is compared exactly, as sums of 2^256 / (target + 1). Between chains of equal work the one
whose tip lies first in the files wins, as a node keeps the one it received first.

Source: Bitcoin Core ``chain.cpp`` (``GetBlockProof``), key ``bitcoin-core`` in
``docs/refs.bib``; heights in coinbases are those of BIP 34.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import FormatError
from hashquake.core.header import hash_text
from hashquake.core.network import Network
from hashquake.sources.chain._block_file_index import BlockIndex

_BIP34_FROM = {"main": 227_931, "testnet3": 21_111}
"""Height from which every coinbase must begin with it; 1 on the younger networks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeaderTree:
    """The chain of most work and the blocks that hang off it.

    Parameters
    ----------
    rows : array of intp, shape (n,)
        Rows of the index, in height order, a main-chain block before the stale ones of its height.
    height : array of int64, shape (n,)
        Height of each.
    stale : array of bool, shape (n,)
        Whether it is outside the chain of most work.
    apart : int
        Blocks whose ancestors are not in the files, as a node holds them while it downloads.
    """

    rows: NDArray[np.intp]
    height: NDArray[np.int64]
    stale: NDArray[np.bool_]
    apart: int


def build_tree(index: BlockIndex, network: Network) -> HeaderTree:
    """Find the chain of most work and the height of every block that connects to it.

    Heights count from the genesis block. Where the files begin later (a pruned node) they count
    from the number that the tip's coinbase begins with, and every coinbase must agree.

    Parameters
    ----------
    index : BlockIndex, shape (n,)
        Blocks in the order of the files; a block stored twice counts once.
    network : Network
        Whose rules of BIP 34 hold.

    Raises
    ------
    FormatError
        ``height-unknown`` when the files begin mid-chain before coinbases carry heights;
        ``height-inconsistent`` when a coinbase carries another height than the chain gives.
    """
    parent, twice = _parents(index)
    depth, work, root = _walked(index, parent, twice)
    tip = max(range(len(index)), key=work.__getitem__)
    on_main = np.zeros(len(index), np.bool_)
    row = tip
    while row >= 0:
        on_main[row] = True
        row = int(parent[row])
    # Siblings at the edge of pruned files have no parent here but name the same one.
    first_prev = index.prev[root[tip]]
    connected = (index.prev[root] == first_prev).all(axis=1) & ~twice
    base = _first_height(index, network, first_prev, tip, int(depth[tip]))
    rows = np.flatnonzero(connected)
    height = base + depth[rows]
    stale = ~on_main[rows]
    order = np.lexsort((stale, height))
    tree = HeaderTree(
        rows=rows[order],
        height=height[order],
        stale=stale[order],
        apart=int((~connected & ~twice).sum()),
    )
    _check_script_heights(index, network, tree, from_genesis=not first_prev.any())
    return tree


def _parents(index: BlockIndex) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give each block's parent row (-1 for none), and which blocks were stored before."""
    words, wanted = _words(index.hash), _words(index.prev)
    order = np.lexsort(words.T[::-1])  # stable: of equal hashes the first stored comes first
    ordered = words[order]
    repeats = (ordered[1:] == ordered[:-1]).all(axis=1)
    twice = np.zeros(len(index), np.bool_)
    twice[order[1:][repeats]] = True
    # The search from the left finds the first stored of equal hashes.
    at = np.searchsorted(ordered[:, 0], wanted[:, 0])
    parent = np.full(len(index), -1, np.int64)
    open_rows = np.arange(len(index))
    while len(open_rows):
        place = at[open_rows]
        inside = place < len(ordered)
        open_rows, place = open_rows[inside], place[inside]
        near = ordered[place, 0] == wanted[open_rows, 0]
        open_rows, place = open_rows[near], place[near]
        same = (ordered[place] == wanted[open_rows]).all(axis=1)
        parent[open_rows[same]] = order[place[same]]
        # Two hashes that share their first eight bytes: look at the next.
        open_rows = open_rows[~same]
        at[open_rows] += 1
    return parent, twice


def _words(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(digests).view(np.uint64)


def _walked(
    index: BlockIndex, parent: NDArray[np.int64], twice: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[int], NDArray[np.int64]]:
    """Walk from every root: depth below it, exact work from it, and which root it is."""
    n = len(index)
    depth, root = np.zeros(n, np.int64), np.arange(n)
    work = [0] * n
    parent = np.where(twice, -2, parent)
    children = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[children], np.arange(n + 1))
    roots = np.flatnonzero(parent == -1)
    waiting = roots.tolist()
    for row in waiting:
        work[row] = _work(int(index.bits[row]))
    while waiting:
        row = waiting.pop()
        for child in children[first[row] : first[row + 1]].tolist():
            depth[child] = depth[row] + 1
            root[child] = root[row]
            work[child] = work[row] + _work(int(index.bits[child]))
            waiting.append(child)
    return depth, work, root


@lru_cache(maxsize=4096)
def _work(bits: int) -> int:
    return (1 << 256) // (target_of_bits(bits) + 1)


def _first_height(
    index: BlockIndex, network: Network, first_prev: NDArray[np.uint8], tip: int, tip_depth: int
) -> int:
    if not first_prev.any():
        return 0
    tip_height = int(index.script_height[tip])
    if tip_height < max(_BIP34_FROM.get(network.name, 1), tip_depth):
        raise FormatError(
            f"the block files do not begin with the genesis block, and block "
            f"{hash_text(index.hash[tip].tobytes())} does not carry its height",
            code="height-unknown",
            hint="copy the block files from blk00000.dat on",
        )
    return tip_height - tip_depth


def _check_script_heights(
    index: BlockIndex, network: Network, tree: HeaderTree, *, from_genesis: bool
) -> None:
    """Check heights against BIP 34; an own regtest chain from genesis may do without it."""
    if from_genesis and network.name == "regtest":
        return
    told = index.script_height[tree.rows]
    wrong = (told != tree.height) & (tree.height >= _BIP34_FROM.get(network.name, 1))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        row = int(tree.rows[at])
        raise FormatError(
            f"blk{int(index.file_number[row]):05d}.dat holds a block of height "
            f"{int(tree.height[at])} by its place in the chain whose coinbase says "
            f"{int(told[at])}, at byte {int(index.offset_bytes[row])}",
            code="height-inconsistent",
            hint="copy the file again, or let the node rebuild it with -reindex",
        )
