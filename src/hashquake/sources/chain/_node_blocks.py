"""Headers and coinbases of a node's blocks, by the cheapest calls the node allows.

Three ways: the whole block as bytes (cheap while blocks are small); the coinbase transaction
alone, whose identifier the block's summary lists first (Bitcoin Core needs no index for it when
given the block); or the coinbase text in the summary, where payouts are not wanted. Small batches
are kept in flight, for one request after another spends its time waiting on the link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashquake.core.block import Block
from hashquake.core.coinbase import Coinbase, coinbase_of_block, parse_coinbase
from hashquake.core.errors import FormatError, SourceError
from hashquake.core.header import HEADER_BYTES, Header, hash_text, parse_header
from hashquake.core.network import Network
from hashquake.sources.wire.answer import (
    as_bytes,
    as_list,
    as_object,
    as_text,
    check_header,
    header_of_fields,
    wrong_shape,
)
from hashquake.sources.wire.json_rpc import Call, JsonRpc

_HEADS_BYTES = (2_000, 20_000)
"""Of a raw block's first bytes these are decoded in turn until the coinbase is among them, then the
whole: few coinbases are longer than the first."""
_LARGE_BLOCK_BYTES = 50_000
"""From here on a block costs more on the way than its summary and its coinbase."""
_BATCH_BYTES = 2_000_000
"""Raw blocks in one answer, so that those in flight fit into memory."""
_SUMMARY_CALLS = 8
"""Summaries in one answer: the node looks up every transaction, and lists them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a node was found to offer.

    Parameters
    ----------
    coinbase_in_summary : bool
        Whether ``getblock`` at verbosity 1 holds the coinbase text.
    nonce_in_summary : bool
        Whether it holds the nonce, so that the header can be put together and proven.
    coinbase_alone : bool
        Whether ``getrawtransaction`` returns a block's coinbase.
    block_bytes : int
        Size of the block asked about; 0 where the node does not say.
    """

    coinbase_in_summary: bool
    nonce_in_summary: bool
    coinbase_alone: bool
    block_bytes: int


class NodeBlocks:
    """Read blocks by hash from one node.

    Parameters
    ----------
    rpc : JsonRpc
        The node.
    network : Network
        Whose rules a header must keep.
    batch_calls : int
        Blocks asked for in one request at most; where summaries are, `_SUMMARY_CALLS`.
    payouts : bool
        Whether the addresses that coinbases pay are wanted.
    """

    def __init__(self, rpc: JsonRpc, network: Network, *, batch_calls: int, payouts: bool) -> None:
        self._rpc = rpc
        self._network = network
        self._batch_calls = batch_calls
        self._summary_calls = min(batch_calls, _SUMMARY_CALLS)
        self._payouts = payouts
        self._abilities: Abilities | None = None
        self._block_bytes = 0.0

    def headers(self, hashes: Sequence[bytes], first: int) -> list[Header]:
        """Return the headers of blocks from a height on, proof of work checked.

        Parameters
        ----------
        hashes : sequence of bytes
            Of blocks that follow one another.
        first : int
            Height of the first.
        """
        raws = self._rpc.calls([("getblockheader", (hash_text(h), False)) for h in hashes])
        return [
            self.header(raw, digest, height)
            for height, (digest, raw) in enumerate(zip(hashes, raws, strict=True), first)
        ]

    def header(self, raw: Any, digest: bytes, height: int) -> Header:
        """Read one answered header and check its hash and its work.

        Parameters
        ----------
        raw : object
            The answer, 80 bytes in hexadecimal.
        digest : bytes
            The hash asked for.
        height : int
            From 0.
        """
        header = parse_header(as_bytes(raw, f"the header of block {height}", limit=HEADER_BYTES))
        check_header(header, asked=digest, height=height, network=self._network)
        return header

    def blocks(self, hashes: Sequence[bytes], first: int) -> list[Block]:
        """Return blocks from a height on, proof of work checked.

        Parameters
        ----------
        hashes : sequence of bytes
            Of blocks at successive heights.
        first : int
            Height of the first.
        """
        if self._abilities is None:
            self._abilities = self._probe(hashes[-1])
            self._block_bytes = self._abilities.block_bytes
        can = self._abilities
        if not self._payouts and can.coinbase_in_summary:
            return self._summaries(hashes, first, can)
        if self._block_bytes > _LARGE_BLOCK_BYTES and can.coinbase_alone and can.nonce_in_summary:
            return self._coinbases(hashes, first)
        return self._raw(hashes, first)

    def _probe(self, digest: bytes) -> Abilities:
        """Ask for one block's summary and its coinbase, and see what is in them."""
        fields: Mapping[str, Any] = {}
        alone = False
        try:
            [summary] = self._rpc.outcomes([("getblock", (hash_text(digest), 1))])
            fields = summary if isinstance(summary, dict) else {}
            size = fields.get("size")
            if self._payouts and type(size) is int and size > _LARGE_BLOCK_BYTES:
                [raw] = self._rpc.outcomes([_coinbase_call(digest, _first_txid(fields, 0))])
                alone = isinstance(raw, str)
        except (SourceError, FormatError):
            pass  # only a cheaper way is lost, such as by a method that is not on a whitelist
        size = fields.get("size")
        return Abilities(
            coinbase_in_summary=_summary_coinbase(fields) is not None,
            nonce_in_summary="nonce" in fields,
            coinbase_alone=alone,
            block_bytes=size if type(size) is int else 0,
        )

    def _parts(self, hashes: Sequence[bytes], step: int) -> list[Sequence[bytes]]:
        return [hashes[at : at + step] for at in range(0, len(hashes), step)]

    def _raw(self, hashes: Sequence[bytes], first: int) -> list[Block]:
        step = min(self._batch_calls, max(1, int(_BATCH_BYTES / max(self._block_bytes, 1.0))))
        parts = self._parts(hashes, step)
        answers = self._rpc.calls_in_flight(
            [[("getblock", (hash_text(h), 0)) for h in part] for part in parts]
        )
        blocks, n_digits = [], 0
        raws = (raw for answer in answers for raw in answer)
        for height, (digest, raw) in enumerate(zip(hashes, raws, strict=True), first):
            header = self.header(raw, digest, height)
            text = as_text(raw, "a block")
            n_digits += len(text)
            coinbase = self._coinbase_of_block(text, height)
            blocks.append(
                block_of(header, height, coinbase=coinbase.script, payouts=coinbase.payouts)
            )
        self._block_bytes = n_digits / 2 / len(hashes)
        if self._block_bytes > _LARGE_BLOCK_BYTES:
            self._look_again(hashes[-1])
        return blocks

    def _look_again(self, digest: bytes) -> None:
        """Ask once more whether there is a cheaper way, now that blocks have become large."""
        known = self._abilities
        if known is not None and known.block_bytes <= _LARGE_BLOCK_BYTES:
            self._abilities = self._probe(digest)

    def _coinbase_of_block(self, raw: str, height: int) -> Coinbase:
        what = f"block {height}"
        for head in _HEADS_BYTES:
            if len(raw) <= 2 * head:
                break
            try:
                return coinbase_of_block(as_bytes(raw, what, limit=head), self._network)
            except FormatError:
                pass  # it may be longer
        return coinbase_of_block(as_bytes(raw, what), self._network)

    def _coinbases(self, hashes: Sequence[bytes], first: int) -> list[Block]:
        """Read each block's summary, then the transaction that stands first in it."""
        parts = self._parts(hashes, self._summary_calls)
        answers = self._rpc.calls_in_flight(
            [[("getblock", (hash_text(h), 1)) for h in part] for part in parts]
        )
        summaries = [
            as_object(fields, f"block {height}")
            for height, fields in enumerate((one for part in answers for one in part), first)
        ]
        wanted = [
            _coinbase_call(digest, _first_txid(fields, height))
            for height, (digest, fields) in enumerate(zip(hashes, summaries, strict=True), first)
        ]
        step = self._summary_calls
        raws = self._rpc.calls_in_flight(
            [wanted[at : at + step] for at in range(0, len(wanted), step)]
        )
        blocks = []
        coinbases = (raw for part in raws for raw in part)
        for height, (digest, fields, raw) in enumerate(
            zip(hashes, summaries, coinbases, strict=True), first
        ):
            header = self._summary_header(fields, digest, height)
            coinbase = parse_coinbase(
                as_bytes(raw, f"the coinbase of block {height}"), self._network
            )
            blocks.append(
                block_of(header, height, coinbase=coinbase.script, payouts=coinbase.payouts)
            )
        sizes = [size for fields in summaries if type(size := fields.get("size")) is int]
        self._block_bytes = sum(sizes) / len(sizes) if sizes else self._block_bytes
        return blocks

    def _summary_header(self, fields: Mapping[str, Any], digest: bytes, height: int) -> Header:
        header = header_of_fields(
            fields, prev="previousblockhash", merkle_root="merkleroot", time="time"
        )
        check_header(header, asked=digest, height=height, network=self._network)
        return header

    def _summaries(self, hashes: Sequence[bytes], first: int, can: Abilities) -> list[Block]:
        parts = self._parts(hashes, self._summary_calls)
        calls: list[list[Call]] = [
            [("getblock", (hash_text(h), 1)) for h in part]
            + (
                []
                if can.nonce_in_summary
                else [("getblockheader", (hash_text(h), False)) for h in part]
            )
            for part in parts
        ]
        blocks: list[Block] = []
        for part, results in zip(parts, self._rpc.calls_in_flight(calls), strict=True):
            for at, digest in enumerate(part):
                height = first + len(blocks)
                fields = as_object(results[at], f"block {height}")
                header = (
                    self._summary_header(fields, digest, height)
                    if can.nonce_in_summary
                    else self.header(results[len(part) + at], digest, height)
                )
                script = _summary_coinbase(fields)
                if script is None:
                    raise wrong_shape(f"the coinbase of block {height}", fields.get("coinbase_tx"))
                blocks.append(block_of(header, height, coinbase=as_bytes(script, "a coinbase")))
        return blocks


def block_of(
    header: Header,
    height: int,
    *,
    coinbase: bytes | None = None,
    payouts: tuple[str, ...] | None = None,
    stale: bool = False,
) -> Block:
    """Make a block of what was read of it.

    Parameters
    ----------
    header : Header
        Checked.
    height : int
        From 0.
    coinbase : bytes or None
        The coinbase's input script; None where not read.
    payouts : tuple of str or None
        Addresses that the coinbase pays; None where not read.
    stale : bool
        Whether it is outside the main chain.
    """
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


def _first_txid(fields: Mapping[str, Any], height: int) -> str:
    what = f"the transactions of block {height}"
    transactions = as_list(fields.get("tx"), what)
    if not transactions:
        raise wrong_shape(what, transactions)
    return as_text(transactions[0], what)


def _coinbase_call(digest: bytes, txid: str) -> Call:
    return ("getrawtransaction", (txid, 0, hash_text(digest)))


def _summary_coinbase(fields: Mapping[str, Any]) -> Any:
    """Find the coinbase text: in an object by the newest Bitcoin Core, plain by bcoin."""
    inside = fields.get("coinbase_tx")
    return inside.get("coinbase") if isinstance(inside, dict) else fields.get("coinbase")
