"""Blocks from your own node by JSON-RPC: Bitcoin Core, bcoin and their kin.

What a node can do is asked, not guessed from its name. Of each block only the header and the
coinbase are read; the proof of work is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hashquake.core.block import Block
from hashquake.core.coinbase import Coinbase, parse_coinbase
from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.core.errors import FormatError, SourceError, UsageError
from hashquake.core.header import HEADER_BYTES, Header, hash_text, parse_header
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import Network, network_named
from hashquake.sources.chain._follow import ChainMovedError, Tip, follow
from hashquake.sources.wire.answer import (
    as_bytes,
    as_hash,
    as_int,
    as_list,
    as_object,
    as_text,
    check_header,
    header_of_fields,
    wrong_shape,
)
from hashquake.sources.wire.http import Http, Patience, parse_address
from hashquake.sources.wire.json_rpc import Call, Credentials, JsonRpc, RpcError

CARD = SourceCard(
    name="bitcoind_rpc",
    title="Your own node, by JSON-RPC (Bitcoin Core, bcoin)",
    gives=("blocks",),
    owner="you",
    licence="facts of the chain",
    capabilities=("hash", "coinbase", "payouts", "resume", "stale"),
    verified="recorded answers of Bitcoin Core 31.99 and bcoin 1.0.2 on regtest",
)

_HEAD_BYTES = 20_000
"""Enough of a raw block for the header and the coinbase; a longer one is decoded whole."""
_MOST_STALE_BRANCH_BLOCKS = 100


class Options(BaseModel):
    """What `bitcoind_rpc` can be told."""

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
    to_height: int | None = Field(
        None, ge=0, description="last height to read; by default the node's tip"
    )
    without_payouts: bool = Field(
        False,
        description="leave out the addresses a coinbase pays, for which the node must send whole "
        "blocks, and use the cheapest call it offers for the coinbase text",
    )
    allow_syncing: bool = Field(
        False, description="read from a node that is still in its initial download"
    )
    batch_calls: int = Field(8, ge=1, le=200, description="blocks asked for in one request")
    timeout_s: float = Field(60.0, gt=0, description="seconds to wait for an answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a node was found to offer.

    Parameters
    ----------
    coinbase_in_summary : bool
        Whether ``getblock`` at verbosity 1 tells the coinbase text.
    nonce_in_summary : bool
        Whether it tells the nonce, so that the header can be put together and proven.
    """

    coinbase_in_summary: bool
    nonce_in_summary: bool


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
        ``pow-failed``.
    UsageError
        ``url-malformed``, ``height-gap``, ``heights-reversed``.
    """
    address = parse_address(options.url)
    patience = Patience(
        tries=3,
        first_wait_s=0.5,
        timeout_s=options.timeout_s,
        retry_statuses=frozenset({429, 502, 503, 504}),  # 500 carries a JSON-RPC error
    )
    http = Http(address, who="node", context=context, patience=patience)
    try:
        credentials = Credentials(
            user=options.user or address.user,
            password=options.password.get_secret_value() if options.password else address.password,
            cookie=options.cookie,
        )
        node = _Node(JsonRpc(http, credentials), options, context.record.network)
        yield from follow(
            node, context, from_height=options.from_height, to_height=options.to_height
        )
    finally:
        http.close()


class _Node:
    """A node as `follow` wants it."""

    who = "node"
    step_blocks = 144

    def __init__(self, rpc: JsonRpc, options: Options, network: Network) -> None:
        self._rpc = rpc
        self._options = options
        self._network = network
        self._first_kept = 0
        self._abilities: Abilities | None = None

    def tip(self) -> Tip:
        what = "getblockchaininfo"
        info = as_object(self._rpc.call(what), what)
        self._check_network(as_text(info.get("chain"), "the node's chain"))
        height = as_int(info.get("blocks"), "the node's height")
        syncing = info.get("initialblockdownload")
        if syncing is True and not self._options.allow_syncing:
            headers = info.get("headers")
            raise SourceError(
                f"the node is still in its initial download, at block {height} of "
                f"{headers if type(headers) is int else 'an unknown number'}",
                code="node-syncing",
                hint="wait until it is done, or give --allow-syncing to read what it has",
            )
        kept = info.get("pruneheight")
        self._first_kept = as_int(kept, "pruneheight") if info.get("pruned") and kept else 0
        return Tip(height=height, caught_up=None if type(syncing) is not bool else not syncing)

    def hash_at(self, height: int) -> bytes:
        return self._hashes(height, height)[0]

    def header_times_s(self, first: int, last: int) -> list[int]:
        hashes = self._hashes(first, last)
        return [header.header_s for header in self._headers(hashes, first)]

    def blocks(self, first: int, last: int) -> list[Block]:
        if first < self._first_kept:
            raise SourceError(
                f"the node is pruned: it keeps blocks from height {self._first_kept}, height "
                f"{first} was asked for",
                code="node-pruned",
                hint=f"begin a record with --from-height {self._first_kept}, or read the blocks "
                "before it from another source",
            )
        hashes = self._hashes(first, last)
        step = self._options.batch_calls
        if self._options.without_payouts and self._abilities is None:
            self._abilities = self._probe(hashes[-1])
        blocks: list[Block] = []
        for at in range(0, len(hashes), step):
            part, height = hashes[at : at + step], first + at
            if self._abilities is not None and self._abilities.coinbase_in_summary:
                blocks += self._summaries(part, height, self._abilities)
            else:
                blocks += self._raw(part, height)
        return blocks

    def stale_blocks(self, first: int, last: int) -> list[Block]:
        """Walk the side branches back, header by header; a node without getchaintips has none."""
        [tips] = self._rpc.outcomes([("getchaintips", ())])
        found: dict[bytes, Block] = {}
        for tip in [] if isinstance(tips, RpcError) else as_list(tips, "getchaintips"):
            branch = as_object(tip, "a chain tip")
            height = as_int(branch.get("height"), "a chain tip's height")
            length = as_int(branch.get("branchlen"), "a branch's length")
            if branch.get("status") in ("active", "invalid") or length > _MOST_STALE_BRANCH_BLOCKS:
                continue  # a branch still ahead of its blocks, or none that ever counted
            digest = as_hash(branch.get("hash"), "a chain tip's hash")
            for at in range(height, max(height - length, first - 1), -1):
                [header] = self._headers([digest], at)
                if at <= last:
                    found[digest] = _block(header, at, stale=True)
                digest = header.prev
        return sorted(found.values(), key=lambda block: block.height)

    def _check_network(self, chain: str) -> None:
        try:
            matches = network_named(chain) == self._network
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

    def _headers(self, hashes: list[bytes], first: int) -> list[Header]:
        raws = self._rpc.calls([("getblockheader", (hash_text(h), False)) for h in hashes])
        return [
            self._header(raw, digest, height)
            for height, (digest, raw) in enumerate(zip(hashes, raws, strict=True), first)
        ]

    def _header(self, raw: Any, digest: bytes, height: int) -> Header:
        header = parse_header(as_bytes(raw, f"the header of block {height}", limit=HEADER_BYTES))
        check_header(header, asked=digest, height=height, network=self._network)
        return header

    def _raw(self, hashes: list[bytes], first: int) -> list[Block]:
        raws = self._rpc.calls([("getblock", (hash_text(h), 0)) for h in hashes])
        blocks = []
        for height, (digest, raw) in enumerate(zip(hashes, raws, strict=True), first):
            header = self._header(raw, digest, height)
            coinbase = self._coinbase(as_text(raw, "a block"), height)
            blocks.append(
                _block(header, height, coinbase=coinbase.script, payouts=coinbase.payouts)
            )
        return blocks

    def _coinbase(self, raw: str, height: int) -> Coinbase:
        what = f"block {height}"
        try:
            return self._first_transaction(as_bytes(raw, what, limit=_HEAD_BYTES))
        except FormatError:
            if len(raw) <= 2 * _HEAD_BYTES:
                raise
            return self._first_transaction(as_bytes(raw, what))

    def _first_transaction(self, block: bytes) -> Coinbase:
        # The number of transactions lies between: 1 byte, or as many more as its first byte says.
        number_bytes = {0xFD: 3, 0xFE: 5, 0xFF: 9}.get(
            int.from_bytes(block[HEADER_BYTES : HEADER_BYTES + 1], "big"), 1
        )
        return parse_coinbase(block[HEADER_BYTES + number_bytes :], self._network)

    def _probe(self, digest: bytes) -> Abilities:
        """Ask for one block's summary and see what is in it."""
        [summary] = self._rpc.outcomes([("getblock", (hash_text(digest), 1))])
        fields: Mapping[str, Any] = summary if isinstance(summary, dict) else {}
        return Abilities(
            coinbase_in_summary=_summary_coinbase(fields) is not None,
            nonce_in_summary="nonce" in fields,
        )

    def _summaries(self, hashes: list[bytes], first: int, abilities: Abilities) -> list[Block]:
        calls: list[Call] = [("getblock", (hash_text(h), 1)) for h in hashes]
        if not abilities.nonce_in_summary:
            calls += [("getblockheader", (hash_text(h), False)) for h in hashes]
        results = self._rpc.calls(calls)
        blocks = []
        for at, digest in enumerate(hashes):
            height = first + at
            fields = as_object(results[at], f"block {height}")
            if abilities.nonce_in_summary:
                header = header_of_fields(
                    fields, prev="previousblockhash", merkle_root="merkleroot", time="time"
                )
                check_header(header, asked=digest, height=height, network=self._network)
            else:
                header = self._header(results[len(hashes) + at], digest, height)
            script = _summary_coinbase(fields)
            if script is None:
                raise wrong_shape(f"the coinbase of block {height}", fields.get("coinbase_tx"))
            blocks.append(_block(header, height, coinbase=as_bytes(script, "a coinbase")))
        return blocks


def _summary_coinbase(fields: Mapping[str, Any]) -> Any:
    """Find the coinbase text: in an object by the newest Bitcoin Core, plain by bcoin."""
    inside = fields.get("coinbase_tx")
    return inside.get("coinbase") if isinstance(inside, dict) else fields.get("coinbase")


def _block(
    header: Header,
    height: int,
    *,
    coinbase: bytes | None = None,
    payouts: tuple[str, ...] | None = None,
    stale: bool = False,
) -> Block:
    return Block(
        height=height,
        header_s=header.header_s,
        bits=header.bits,
        hash=header.hash,
        prev=header.prev,
        coinbase=coinbase,
        payouts=payouts,
        fate="stale" if stale else "main",
    )
