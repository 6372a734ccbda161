"""Blocks from Bitcoin Core's own block files: the fastest source, and one that asks nobody.

One walk over all records checks proof of work and keeps header and coinbase, about 300 bytes a
block; the chain of most work is chosen from them and given away in height order. No block is read
whole. An error is found before anything is given away.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.chain import check_clock
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import UsageError
from hashquake.core.network import Network, network_named
from hashquake.sources.chain._block_directory import BlockDirectory
from hashquake.sources.chain._block_file_index import BlockIndex
from hashquake.sources.chain._block_file_walk import Skipped, walk_blocks
from hashquake.sources.chain._header_tree import HeaderTree, build_tree
from hashquake.sources.chain._observed import ObservedStretch

CARD = SourceCard(
    name="block_files",
    title="Bitcoin Core's block files (blk*.dat), read in place",
    gives=("blocks",),
    owner="your own node",
    licence="facts",
    capabilities=("hash", "prev", "coinbase", "payouts", "stale"),
    verified="files written by Bitcoin Core 31.99 (regtest, XOR key) and by py-bitcoinkernel",
)
BATCH_BLOCKS = 5_000
_MOST_SHOWN = 5
_WHAT = {
    "block-file-cut": "half a block",
    "pow-failed": "a block that does not prove its work",
    "coinbase-malformed": "a block without a readable coinbase",
}


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="the node's blocks directory, such as ~/.bitcoin/blocks")
    network: str = Field(
        default="",
        description="main, testnet3, testnet4, signet or regtest; the record's when left out",
    )
    xor_key: str = Field(
        default="", description="sixteen hexadecimal digits, where xor.dat is lost or elsewhere"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield the chain of most work in height order, stale blocks marked at their heights.

    Parameters
    ----------
    options : Options
        Where the files are.
    context : SourceContext
        Whose record's network the files must be of; its clock; where progress and notes go.

    Raises
    ------
    ChainError
        ``time-too-new`` for a block more than two hours ahead of our clock.
    UsageError
        ``network-unknown``, ``network-mismatch`` (the record is of another network),
        ``xor-key-malformed``.
    InputError
        ``file-missing``, ``file-unreadable``, a fault of the files where a block of the chain is
        missing for it, and what `walk_blocks` and `build_tree` raise.
    """
    network = _network(options, context)
    with BlockDirectory(options.path.expanduser(), xor_key=options.xor_key) as directory:
        walked = walk_blocks(directory, network, context.progress)
        has_first_file = 0 in directory.sizes_bytes
    tree = build_tree(walked.index, network)
    check_clock(tree.height, walked.index.header_s[tree.rows], context.now_s())
    _report(walked.skipped, tree, has_first_file=has_first_file, note=context.note)
    observed, done = ObservedStretch(context.now_s()), 0
    for first in range(0, len(tree.rows), BATCH_BLOCKS):
        blocks = _columns(walked.index, tree, slice(first, first + BATCH_BLOCKS))
        yield Batch(blocks=blocks, observed=observed.closed_by(blocks))
        done += len(blocks)
        context.progress(Progress(done=done, total=len(tree.rows), unit="blocks"))


def _report(
    skipped: Sequence[Skipped],
    tree: HeaderTree,
    *,
    has_first_file: bool,
    note: Callable[[str], None],
) -> None:
    """Report what was skipped; stop where a block of the chain is missing because of it."""
    for one in skipped:
        if one.unfinished:
            note(
                f"{one.file} ends in an unfinished block at byte {one.start}: the blocks before "
                "it are used"
            )
    inside = [one for one in skipped if not one.unfinished]
    if inside and (tree.higher_apart or (has_first_file and not tree.from_genesis)):
        raise inside[0].fault
    if inside:
        shown = "; ".join(
            f"{one.file} bytes {one.start} to {one.end - 1}: {_what(one)}"
            for one in inside[:_MOST_SHOWN]
        )
        more = f" and {len(inside) - _MOST_SHOWN} more" if len(inside) > _MOST_SHOWN else ""
        n_bytes = sum(one.end - one.start for one in inside)
        note(
            f"skipped {n_bytes} bytes that hold no usable block ({shown}{more}); no height is "
            "missing"
        )
    if tree.apart:
        note(f"{tree.apart} blocks are left out: their ancestors are not in the files")


def _what(skipped: Skipped) -> str:
    return "zeros" if skipped.zeros else _WHAT.get(skipped.fault.code, "no block")


def _network(options: Options, context: SourceContext) -> Network:
    network = network_named(options.network) if options.network else context.record.network
    if network != context.record.network:
        raise UsageError(
            f"blocks of {network.name} cannot go into a record of {context.record.network.name}",
            code="network-mismatch",
            hint=f"make one: hashquake init --network {network.name} --db {network.name}.db",
        )
    return network


def _columns(index: BlockIndex, tree: HeaderTree, part: slice) -> BlockColumns:
    rows = tree.rows[part]
    return BlockColumns.build(
        height=tree.height[part],
        header_s=index.header_s[rows],
        bits=index.bits[rows],
        stale=tree.stale[part],
        hash=[digest.tobytes() for digest in index.hash[rows]],
        prev=[digest.tobytes() for digest in index.prev[rows]],
        coinbase=index.coinbase_scripts(rows),
        payouts=index.payout_lists(rows),
    )
