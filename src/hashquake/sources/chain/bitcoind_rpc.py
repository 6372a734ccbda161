"""Blocks from your own node by JSON-RPC: Bitcoin Core, bcoin, btcd and others like them.

What a node can do is asked, not guessed from its name. Of each block only the header and the
coinbase are read; the proof of work is checked.
"""

from collections.abc import Iterator

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.chain._follow import follow
from hashquake.sources.chain._rpc_node import NodeOptions, opened_node

CARD = SourceCard(
    name="bitcoind_rpc",
    title="Your own node, by JSON-RPC (Bitcoin Core, bcoin)",
    gives=("blocks",),
    owner="you",
    licence="facts of the chain",
    capabilities=("hash", "coinbase", "payouts", "resume", "stale"),
    verified="recorded answers of Bitcoin Core 31.99 and bcoin 1.0.2 on regtest",
)


class Options(NodeOptions):
    """The options of `bitcoind_rpc`."""

    to_height: int | None = Field(
        None, ge=0, description="last height to read; by default the node's tip"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read blocks from where the record stops up to the node's tip.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The record, the clock, waiting, the network.

    Yields
    ------
    Batch
        Main-chain blocks in height order; at the end the stale blocks the node knows and the time
        observed.

    Raises
    ------
    SourceError
        ``node-unreachable``, ``node-timeout``, ``node-auth``, ``node-cookie``, ``node-network``,
        ``node-pruned``, ``node-syncing``, ``node-warming-up``, ``node-error``, ``node-behind``,
        ``node-chain-moved``, ``hash-mismatch``, ``answer-batch``, ``answer-id``.
    FormatError
        ``answer-not-json``, ``answer-truncated``, ``answer-shape``, ``hash-malformed``,
        ``coinbase-malformed``.
    ChainError
        ``pow-failed``, ``time-too-new``.
    UsageError
        ``url-malformed``, ``height-gap``, ``heights-reversed``.
    """
    with opened_node(options, context) as node:
        yield from follow(
            node, context, from_height=options.from_height, to_height=options.to_height
        )
