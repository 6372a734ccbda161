"""Which of several branches is the main chain: the one with more work, the first seen at a tie.

Pure: blocks come in one by one, in the order they arrived, and the outcome does not depend on
how they were cut into batches. Links are by hash where a hash is known, else by height.

Source: Bitcoin Core ``validation.cpp`` (most work, first seen), key ``bitcoin-core`` in
``docs/refs.bib``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import ChainError

Key = tuple[int, int, int]
"""Height, header time and bits: what tells one block from another when hashes are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One block, as far as the choice between branches needs it; `row` is its identifier.

    Parameters
    ----------
    row : int
        The block's identifier.
    height : int
        From 0.
    header_s : int
        The miner's clock, UTC Unix seconds.
    bits : int
        Compact target.
    hash, prev : bytes or None
        32 bytes each; None where not known.
    """

    row: int
    height: int
    header_s: int
    bits: int
    hash: bytes | None = None
    prev: bytes | None = None

    @property
    def key(self) -> Key:
        """Height, header time and bits."""
        return self.height, self.header_s, self.bits


@lru_cache(maxsize=1024)
def exact_work(bits: int) -> int:
    """Count the expected hashes of a block exactly, so that equal branches compare equal.

    Parameters
    ----------
    bits : int
        Compact target.
    """
    return (1 << 256) // (target_of_bits(bits) + 1)


def _nothing_above(_height: int) -> tuple[Node, ...]:
    return ()


@dataclass(slots=True, kw_only=True)
class Branches:
    """The blocks around a fork, and which of them are main at the moment.

    Parameters
    ----------
    above : callable
        Given the height above which no main block was loaded, gives the main blocks there; asked
        once, when branches have to be weighed.
    nodes : dict of int to Node
        Blocks by identifier.
    main : dict of int to int
        Identifier of the main block at each height.
    """

    above: Callable[[int], Iterable[Node]] = _nothing_above
    nodes: dict[int, Node] = field(default_factory=dict)
    main: dict[int, int] = field(default_factory=dict)  # height -> row
    _by_key: dict[Key, list[int]] = field(default_factory=dict)
    _by_hash: dict[bytes, int] = field(default_factory=dict)
    _loaded_above: bool = False

    def hold(self, node: Node, *, main: bool) -> None:
        """Take in a block already decided on: stored, or marked stale by its source.

        Parameters
        ----------
        node : Node
            The block.
        main : bool
            Whether it is in the main chain.
        """
        self.nodes[node.row] = node
        self._by_key.setdefault(node.key, []).append(node.row)
        if node.hash is not None:
            self._by_hash[node.hash] = node.row
        if main:
            self.main[node.height] = node.row

    def is_main(self, row: int) -> bool:
        """Return whether a block is in the main chain at the moment.

        Parameters
        ----------
        row : int
            Its identifier.
        """
        return self.main.get(self.nodes[row].height) == row

    def known(self, key: Key, digest: bytes | None) -> Node | None:
        """Find the block that this is, or None when it is a new one.

        Parameters
        ----------
        key : Key
            Height, header time and bits.
        digest : bytes or None
            Its hash; None where not known.
        """
        rows = self._by_key.get(key, [])
        if digest is not None:
            if digest in self._by_hash and self._by_hash[digest] in rows:
                return self.nodes[self._by_hash[digest]]
            rows = [row for row in rows if self.nodes[row].hash is None]
        if not rows:
            return None
        return self.nodes[next((row for row in rows if self.is_main(row)), rows[0])]

    def twins(self, key: Key) -> int:
        """Count the blocks that agree in height, header time and bits.

        Parameters
        ----------
        key : Key
            Height, header time and bits.
        """
        return len(self._by_key.get(key, ()))

    def enrich(self, row: int, *, digest: bytes | None, prev: bytes | None) -> Node:
        """Add to a block what was not known of it.

        Parameters
        ----------
        row : int
            Its identifier.
        digest, prev : bytes or None
            Hashes of the block and of the one below; None leaves what is known.
        """
        node = self.nodes[row]
        node = replace(node, hash=node.hash or digest, prev=node.prev or prev)
        self.nodes[row] = node
        if node.hash is not None:
            self._by_hash[node.hash] = row
        return node

    def mark_stale(self, row: int) -> None:
        """Take a block out of the main chain because its source says so.

        Parameters
        ----------
        row : int
            Its identifier.
        """
        if self.is_main(row):
            del self.main[self.nodes[row].height]

    def place(self, node: Node, *, before: int | None) -> None:
        """Take in a new block and let the branch with more work win.

        Parameters
        ----------
        node : Node
            The block; its source takes it for main.
        before : int or None
            Row of the block that came before it in the same batch: its parent where no hash
            says otherwise and the heights fit.

        Raises
        ------
        ChainError
            ``prev-mismatch`` when it builds on a block that is not stored,
            ``height-duplicate`` when nothing shows which of two blocks it competes with.
        """
        branch = [node]
        self.hold(node, main=False)
        parent = self._parent(node, before)
        while parent is not None and not self.is_main(parent.row):
            branch.append(parent)
            parent = self._parent(parent, None)
        branch.reverse()
        contested = next((b.height for b in branch if b.height in self.main), None)
        if contested is None:
            self._take(branch)
            return
        if contested == node.height and node.hash is None and node.prev is None:
            raise ChainError(
                f"height {node.height} comes twice, with different times or bits, and no hash "
                f"shows which block is in the main chain",
                code="height-duplicate",
                height=node.height,
                hint="one block a height in the main chain; mark the other stale or leave it out",
            )
        rivals = self._run_from(contested)
        ours = sum(exact_work(b.bits) for b in branch if b.height >= contested)
        if ours > sum(exact_work(self.nodes[row].bits) for row in rivals):
            for row in rivals:
                del self.main[self.nodes[row].height]
            self._take(branch)
        else:
            self._take([b for b in branch if b.height < contested])

    def check_links(self, heights: Iterable[int]) -> None:
        """Check that the main chain hangs together around the heights that changed.

        Parameters
        ----------
        heights : iterable of int
            Those at which the main chain changed.

        Raises
        ------
        ChainError
            ``prev-mismatch`` with the height of the block that does not fit.
        """
        for height in sorted({h + step for h in heights for step in (0, 1)}):
            if height not in self.main or height - 1 not in self.main:
                continue
            node = self.nodes[self.main[height]]
            below = self.nodes[self.main[height - 1]]
            if node.prev is not None and below.hash is not None and node.prev != below.hash:
                raise _no_parent(node)

    def _take(self, branch: Iterable[Node]) -> None:
        for node in branch:
            self.main[node.height] = node.row

    def _run_from(self, height: int) -> list[int]:
        """List the main blocks from a height up to the first gap."""
        if not self._loaded_above:
            self._loaded_above = True
            for node in self.above(max(self.main)):
                self.hold(node, main=True)
        rows = []
        while height in self.main:
            rows.append(self.main[height])
            height += 1
        return rows

    def _parent(self, node: Node, before: int | None) -> Node | None:
        if node.prev is not None and node.prev in self._by_hash:
            parent = self.nodes[self._by_hash[node.prev]]
            if parent.height != node.height - 1:
                raise _no_parent(node)
            return parent
        guess = None if before is None else self.nodes[before]
        if guess is None or guess.height != node.height - 1:
            row = self.main.get(node.height - 1)
            guess = None if row is None else self.nodes[row]
        if guess is not None and node.prev is not None and guess.hash is not None:
            raise _no_parent(node)
        return guess


def _no_parent(node: Node) -> ChainError:
    return ChainError(
        f"block {node.height} does not build on any block stored at height {node.height - 1}",
        code="prev-mismatch",
        height=node.height,
        hint="ingest the branch from the block where it leaves the main chain",
    )
