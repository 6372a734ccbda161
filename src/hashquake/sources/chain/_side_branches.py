"""The stale blocks a node knows: its side branches, walked back header by header.

An extra: a node without ``getchaintips``, or one that does not allow it, still gives its chain. A
branch whose header cannot be had is left out and the others are kept. Headers of all branches are
asked for together, level by level, and none that the record has already.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hashquake.core.block import Block
from hashquake.core.errors import HashquakeError
from hashquake.core.header import hash_text
from hashquake.sources.chain._node_blocks import NodeBlocks, block_of
from hashquake.sources.wire.answer import as_hash, as_int, as_list, as_object
from hashquake.sources.wire.json_rpc import JsonRpc, RpcError

MOST_BRANCH_BLOCKS = 100
_HEADERS_A_REQUEST = 200
_NOT_BRANCHES = ("active", "invalid")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """A side branch under way: the block to ask for next, and how many are left."""

    digest: bytes
    height: int
    left: int


def stale_blocks(
    rpc: JsonRpc,
    blocks: NodeBlocks,
    *,
    first: int,
    last: int,
    known: frozenset[bytes],
    note: Callable[[str], None],
) -> list[Block]:
    """Read the blocks of side branches between two heights.

    Parameters
    ----------
    rpc : JsonRpc
        The node.
    blocks : NodeBlocks
        How its headers are read.
    first, last : int
        Heights, both included.
    known : frozenset of bytes
        Hashes that need not be asked for.
    note : callable
        Called with a sentence where branches are left out.

    Raises
    ------
    SourceError, FormatError
        Where the list of branches cannot be had at all.
    """
    [tips] = rpc.outcomes([("getchaintips", ())])
    if isinstance(tips, RpcError):
        note(f"stale blocks are left out: {tips.message}")  # not every node knows the method
        return []
    failed = _Failures()
    read = [failed.kept(_branch, tip, first) for tip in as_list(tips, "getchaintips")]
    branches = [one for one in read if one is not None]
    found: dict[bytes, Block] = {}
    while branches:
        wanted = [one for one in branches if one.digest not in known and one.digest not in found]
        branches = []
        for branch, raw in _headers(rpc, wanted):
            block = failed.kept(_stale_block, blocks, raw, branch)
            if block is None:
                continue
            if branch.height <= last:
                found[branch.digest] = block
            if branch.left > 1 and branch.height > first and block.prev is not None:
                branches.append(
                    _Branch(digest=block.prev, height=branch.height - 1, left=branch.left - 1)
                )
    if failed.count:
        note(f"{failed.count} side branches of the node are left out: their headers cannot be read")
    return sorted(found.values(), key=lambda block: block.height)


class _Failures:
    """Count the branches that cannot be read, each for itself."""

    def __init__(self) -> None:
        self.count = 0

    def kept(self, read: Callable[..., _T], *arguments: Any) -> _T | None:
        try:
            return read(*arguments)
        except HashquakeError:
            self.count += 1
            return None


def _headers(rpc: JsonRpc, wanted: Sequence[_Branch]) -> Iterator[tuple[_Branch, Any]]:
    for at in range(0, len(wanted), _HEADERS_A_REQUEST):
        part = wanted[at : at + _HEADERS_A_REQUEST]
        raws = rpc.outcomes([("getblockheader", (hash_text(one.digest), False)) for one in part])
        yield from zip(part, raws, strict=True)


def _branch(tip: Any, first: int) -> _Branch | None:
    """Read one chain tip; None where it is not a branch that counted once, or ends below."""
    fields = as_object(tip, "a chain tip")
    height = as_int(fields.get("height"), "a chain tip's height")
    length = as_int(fields.get("branchlen"), "a branch's length")
    if fields.get("status") in _NOT_BRANCHES or not 0 < length <= MOST_BRANCH_BLOCKS:
        return None  # a branch still ahead of its blocks, or none that ever counted
    if height < first:
        return None
    return _Branch(
        digest=as_hash(fields.get("hash"), "a chain tip's hash"), height=height, left=length
    )


def _stale_block(blocks: NodeBlocks, raw: Any, branch: _Branch) -> Block:
    if isinstance(raw, RpcError):
        raise raw
    return block_of(blocks.header(raw, branch.digest, branch.height), branch.height, stale=True)
