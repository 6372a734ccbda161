"""Blocks from Bitcoin Core's own block files: the fastest source, and one that asks nobody.

Two passes. The first walks every record, checks proof of work and keeps an index of about a
hundred bytes a block; the chain of most work is chosen from it. The second reads coinbases in
height order. No block is kept, none is read whole. An error is found in the first pass, before
anything is given away.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import UsageError
from hashquake.core.network import Network, network_named
from hashquake.sources.chain._block_coinbase import coinbase_at
from hashquake.sources.chain._block_directory import BlockDirectory
from hashquake.sources.chain._block_file_index import BlockIndex, index_blocks
from hashquake.sources.chain._header_tree import HeaderTree, build_tree
from hashquake.sources.services._observed import ObservedStretch

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

_log = logging.getLogger(__name__)


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
        Whose record's network the files must be of; told of progress.

    Raises
    ------
    UsageError
        ``network-unknown``, ``network-mismatch`` (the record is of another network),
        ``xor-key-malformed``.
    InputError
        ``file-missing``, ``file-unreadable``, and what `index_blocks` and `build_tree` raise.
    """
    network = _network(options, context)
    with BlockDirectory(options.path.expanduser(), xor_key=options.xor_key) as directory:
        index = index_blocks(directory, network, context.progress)
        tree = build_tree(index, network)
        if tree.apart:
            _log.warning("%d blocks are left out: their ancestors are not in the files", tree.apart)
        observed, done = ObservedStretch(), 0
        for first in range(0, len(tree.rows), BATCH_BLOCKS):
            blocks = _columns(directory, network, index, tree, slice(first, first + BATCH_BLOCKS))
            yield Batch(blocks=blocks, observed=observed.closed_by(blocks))
            done += len(blocks)
            context.progress(Progress(done=done, total=len(tree.rows), unit="blocks"))


def _network(options: Options, context: SourceContext) -> Network:
    network = network_named(options.network) if options.network else context.record.network
    if network != context.record.network:
        raise UsageError(
            f"blocks of {network.name} cannot go into a record of {context.record.network.name}",
            code="network-mismatch",
            hint=f"make one: hashquake init --network {network.name} --db {network.name}.db",
        )
    return network


def _columns(
    directory: BlockDirectory, network: Network, index: BlockIndex, tree: HeaderTree, part: slice
) -> BlockColumns:
    rows = tree.rows[part]
    coinbases = [
        coinbase_at(
            directory, network, number=number, offset_bytes=offset_bytes, size_bytes=size_bytes
        )
        for number, offset_bytes, size_bytes in zip(
            index.file_number[rows].tolist(),
            index.offset_bytes[rows].tolist(),
            index.size_bytes[rows].tolist(),
            strict=True,
        )
    ]
    return BlockColumns.build(
        height=tree.height[part],
        header_s=index.header_s[rows],
        bits=index.bits[rows],
        stale=tree.stale[part],
        hash=[digest.tobytes() for digest in np.asarray(index.hash[rows])],
        prev=[digest.tobytes() for digest in np.asarray(index.prev[rows])],
        coinbase=[coinbase.script for coinbase in coinbases],
        payouts=[coinbase.payouts for coinbase in coinbases],
    )
