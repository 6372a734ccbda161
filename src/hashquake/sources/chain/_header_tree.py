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

_FIRST_VERSION_WITH_HEIGHT = 2
_FASTEST_BLOCK_S = 480
"""On mainnet, of all time up to any block: a number that makes blocks faster is not a height."""


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
    from_genesis : bool
        Whether it begins with the first block of all.
    apart : int
        Blocks whose ancestors are not in the files, as in a node that still downloads.
    higher_apart : bool
        Whether one of those may be higher than the chain found.
    """

    rows: NDArray[np.intp]
    height: NDArray[np.int64]
    stale: NDArray[np.bool_]
    from_genesis: bool
    apart: int
    higher_apart: bool


def build_tree(index: BlockIndex, network: Network) -> HeaderTree:
    """Find the chain of most work and the height of every block that connects to it.

    Heights count from the genesis block. Where the files begin later (a pruned node) they follow
    from the numbers that coinbases of the chain begin with where BIP 34 applies: the blocks before
    those have their heights by their links.

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
    from_genesis = not first_prev.any()
    base = 0 if from_genesis else _first_height(index, network, depth, np.flatnonzero(on_main))
    rows = np.flatnonzero(connected)
    height = base + depth[rows]
    stale = ~on_main[rows]
    order = np.lexsort((stale, height))
    apart = ~connected & ~twice
    tree = HeaderTree(
        rows=rows[order],
        height=height[order],
        stale=stale[order],
        from_genesis=from_genesis,
        apart=int(apart.sum()),
        higher_apart=bool(_may_be_higher(index, network, apart, base + int(depth[tip])).any()),
    )
    _check_script_heights(index, network, tree)
    return tree


def _parents(index: BlockIndex) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each block's parent row (-1 for none), and which blocks were stored before."""
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
    index: BlockIndex, network: Network, depth: NDArray[np.int64], main: NDArray[np.intp]
) -> int:
    """Return the height of the chain's first block, from the numbers in its coinbases."""
    said = _said_heights(index, network)[main]
    base = said - depth[main]
    carries = (said >= 0) & (base >= 0)
    # A number by accident agrees with no other: the height most blocks agree upon is the one.
    values, votes = np.unique(base[carries], return_counts=True)
    if len(values):
        first = int(values[np.argmax(votes)])
        provable = carries & (base == first) & (said >= network.bip34_height)
        if provable.any():
            return first
    tip = int(main[np.argmax(depth[main])])
    raise FormatError(
        f"the block files do not begin with the genesis block, and no block of the chain up to "
        f"{hash_text(index.hash[tip].tobytes())} must carry its height",
        code="height-unknown",
        hint=f"copy the block files from blk00000.dat on, or up to height {network.bip34_height}, "
        "from which coinbases begin with the height (BIP 34)",
    )


def _said_heights(index: BlockIndex, network: Network) -> NDArray[np.int64]:
    """Return the heights that coinbases state, -1 where BIP 34 does not apply or it cannot be."""
    said = np.where(index.version >= _FIRST_VERSION_WITH_HEIGHT, index.script_height, -1)
    if network.name == "main":
        highest = (index.header_s - network.genesis_s) // _FASTEST_BLOCK_S
        said = np.where(said <= highest, said, -1)
    return said


def _may_be_higher(
    index: BlockIndex, network: Network, apart: NDArray[np.bool_], tip_height: int
) -> NDArray[np.bool_]:
    said = _said_heights(index, network)
    return apart & ((said > tip_height) | (said < 0))


def _check_script_heights(index: BlockIndex, network: Network, tree: HeaderTree) -> None:
    """Check heights against BIP 34; an own regtest chain from genesis may do without it."""
    if tree.from_genesis and network.rpc_name == "regtest":
        return
    said = index.script_height[tree.rows]
    wrong = (said != tree.height) & (tree.height >= network.bip34_height)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        row = int(tree.rows[at])
        raise FormatError(
            f"blk{int(index.file_number[row]):05d}.dat holds a block of height "
            f"{int(tree.height[at])} by its place in the chain whose coinbase says "
            f"{int(said[at])}, at byte {int(index.offset_bytes[row])}",
            code="height-inconsistent",
            hint="copy the file again",
        )
