"""Your own node as a chain to follow, by JSON-RPC; shared by the sources that ask one.

What a node can do is asked, not guessed from its name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hashquake.core.block import Block
from hashquake.core.contracts import SourceContext
from hashquake.core.errors import HashquakeError, SourceError, UsageError
from hashquake.core.header import hash_text
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import network_named
from hashquake.sources.chain._follow import ChainMovedError, Tip
from hashquake.sources.chain._node_blocks import NodeBlocks
from hashquake.sources.chain._side_branches import stale_blocks
from hashquake.sources.wire.answer import as_hash, as_int, as_object, as_text
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.json_rpc import Call, Credentials, JsonRpc, RpcError
from hashquake.sources.wire.retrying import Patience

_OPTIONAL_TIMEOUT_S = 20.0
"""How long to wait for what is only an extra."""
_UNANSWERED_S = 300
"""A node that has heard of nobody for so long, and sent meanwhile, missed two answers to pings."""


class NodeOptions(BaseModel):
    """The options of every source that asks a node."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("http://127.0.0.1:8332", description="address of the node's RPC server")
    cookie: Path | None = Field(
        None, description="file with user:password, such as ~/.bitcoin/.cookie; read again on 401"
    )
    user: str = Field("", description="RPC user, where no cookie is used")
    password: SecretStr | None = Field(
        None, description="RPC password; other users of the machine may see it in ps"
    )
    from_height: int | None = Field(
        None, ge=0, description="first height to read; by default on from the record's end"
    )
    without_payouts: bool = Field(
        False,
        description="leave out the addresses a coinbase pays, and use the cheapest call the node "
        "offers for the coinbase text",
    )
    allow_syncing: bool = Field(
        False, description="read from a node that is still in its initial download"
    )
    batch_calls: int = Field(
        32, ge=1, le=200, description="blocks asked for in one request; at most 8 where large"
    )
    timeout_s: float = Field(60.0, gt=0, le=86_400, description="seconds to wait for an answer")


@contextmanager
def opened_node(options: NodeOptions, context: SourceContext) -> Iterator["RpcNode"]:
    """Open a node, and let go of its connections afterwards.

    Parameters
    ----------
    options : NodeOptions
        Address, credentials and time limit.
    context : SourceContext
        Clock and notes.

    Raises
    ------
    SourceError
        ``node-cookie``.
    UsageError
        ``url-malformed``.
    """
    address = parse_address(options.url)
    patience = Patience(
        tries=3,
        first_wait_s=0.5,
        timeout_s=options.timeout_s,
        retry_statuses=frozenset({429, 502, 503, 504}),  # 500 carries a JSON-RPC error
    )
    http = Http(address, who="node", context=context, patience=patience)
    brief = Http(
        address,
        who="node",
        context=context,
        patience=replace(patience, tries=1, timeout_s=min(options.timeout_s, _OPTIONAL_TIMEOUT_S)),
    )
    rpc = None
    try:
        credentials = Credentials(
            user=options.user or address.user,
            password=options.password.get_secret_value() if options.password else address.password,
            cookie=options.cookie,
        )
        rpc = JsonRpc(http, credentials)
        yield RpcNode(rpc, JsonRpc(brief, credentials), options, context)
    finally:
        if rpc is not None:
            rpc.close()
        http.close()
        brief.close()


class RpcNode:
    """A node as `follow` wants it."""

    who = "node"
    step_blocks = 1024

    def __init__(
        self, rpc: JsonRpc, optional: JsonRpc, options: NodeOptions, context: SourceContext
    ) -> None:
        network = context.record.network
        make = partial(
            NodeBlocks,
            network=network,
            batch_calls=options.batch_calls,
            payouts=not options.without_payouts,
        )
        self._rpc = rpc
        self._blocks = make(rpc)
        self._optional = optional
        self._optional_blocks = make(optional)
        self._options = options
        self._context = context
        self._network = network
        self._first_kept = 0
        self._tip_height = 0

    def tip(self) -> Tip:
        what = "getblockchaininfo"
        info = as_object(self._rpc.call(what), what)
        self._check_network(as_text(info.get("chain"), "the node's chain"))
        height = self._tip_height = as_int(info.get("blocks"), "the node's height")
        syncing = info.get("initialblockdownload")
        if syncing is True and not self._options.allow_syncing:
            headers = info.get("headers")
            raise SourceError(
                f"the node is still in its initial download, at block {height} of "
                f"{headers if type(headers) is int else 'an unknown number'}",
                code="node-syncing",
                hint="wait until it is done, or add --allow-syncing to read what it has",
            )
        kept = info.get("pruneheight")
        self._first_kept = as_int(kept, "pruneheight") if info.get("pruned") and kept else 0
        return Tip(height=height, caught_up=None if type(syncing) is not bool else not syncing)

    def connected(self) -> bool | None:
        try:
            calls = [("getnetworkinfo", ()), ("getpeerinfo", ())]
            network, listed = self._optional.outcomes(calls)
        except HashquakeError:
            return None  # an extra: a node that does not allow it still gives its chain
        peers = network.get("connections") if isinstance(network, dict) else None
        return None if type(peers) is not int else peers > 0 and not _unanswered(listed)

    def hash_at(self, height: int) -> bytes:
        """See `hashquake.sources.chain._follow.ChainServer.hash_at`."""
        return self._hashes(height, height)[0]

    def header_times_s(self, first: int, last: int) -> list[int]:
        """See `hashquake.sources.chain._follow.ChainServer.header_times_s`."""
        hashes = self._hashes(first, last)
        return [header.header_s for header in self._blocks.headers(hashes, first)]

    def blocks(self, first: int, last: int) -> list[Block]:
        """See `hashquake.sources.chain._follow.ChainServer.blocks`."""
        if first < self._first_kept:
            raise self._not_kept(first, self._first_kept)
        hashes = self._hashes(first, last)
        try:
            return self._blocks.blocks(hashes, first)
        except RpcError as error:
            if error.code != "node-pruned":
                raise
            raise self._not_kept(first, self._find_first_kept(first, last)) from None

    def stale_blocks(self, first: int, last: int) -> list[Block]:
        """See `hashquake.sources.chain._follow.ChainServer.stale_blocks`."""
        return stale_blocks(
            self._optional,
            self._optional_blocks,
            first=first,
            last=last,
            known=self._context.record.stale_hashes(first),
            note=self._context.note,
        )

    def _not_kept(self, asked: int, first_kept: int | None) -> SourceError:
        if first_kept is None:
            return SourceError(
                f"the node does not have the blocks from height {asked} on",
                code="node-pruned",
                hint="read the blocks from another source",
            )
        return SourceError(
            f"the node keeps blocks from height {first_kept}, height {asked} was asked for",
            code="node-pruned",
            hint=f"begin a record with --from-height {first_kept}, or read the blocks "
            "before it from another source",
        )

    def _find_first_kept(self, first: int, last: int) -> int | None:
        """Find where the blocks that reach up to the tip begin, for a node that does not say."""

        def has(height: int) -> bool:
            call: Call = ("getblock", (hash_text(self.hash_at(height)), 1))
            return not isinstance(self._rpc.outcomes([call])[0], RpcError)

        if not has(self._tip_height):
            return None
        missing, kept = last if has(first) and not has(last) else first, self._tip_height
        while kept - missing > 1:
            middle = (missing + kept) // 2
            missing, kept = (missing, middle) if has(middle) else (middle, kept)
        return kept

    def _check_network(self, chain: str) -> None:
        try:
            matches = network_named(chain).rpc_name == self._network.rpc_name
        except UsageError:
            matches = False
        if not matches:
            raise SourceError(
                f"the node is on {visible_text(chain, limit=20)}, the record holds "
                f"{self._network.name}",
                code="node-network",
                hint="check the port, or begin a record of the node's network",
            )

    def _hashes(self, first: int, last: int) -> list[bytes]:
        results = self._rpc.outcomes([("getblockhash", (h,)) for h in range(first, last + 1)])
        for height, result in zip(range(first, last + 1), results, strict=True):
            if isinstance(result, RpcError):
                raise ChainMovedError(
                    f"the node no longer has a block at height {height}: {result.message}",
                    code="node-chain-moved",
                    hint="the chain was reorganised while it was read; try again",
                )
        return [as_hash(result, "a block hash") for result in results]


def _unanswered(listed: object) -> bool:
    """Return whether a node asks its peers and hears nothing, as when a border drops everything.

    It pings each of them every two minutes, and lets go of one that is silent after twenty. Both
    times are of its own clock.
    """
    peers = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    sent = [at for one in peers if type(at := one.get("lastsend")) is int]
    heard = [at for one in peers if type(at := one.get("lastrecv")) is int]
    stated = bool(peers) and len(sent) == len(heard) == len(peers)
    return stated and max(sent) - max(heard) > _UNANSWERED_S
