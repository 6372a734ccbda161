"""A tiny regtest chain, mined here with real proof of work, and a record and a world for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import httpx

from hashquake.core.block import Block
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.coverage import Coverage
from hashquake.core.header import Header, parse_header
from hashquake.core.network import NETWORKS, Network

NOW_S = 1_700_000_000.0
BITS = 0x207FFFFF
GENESIS_RAW = bytes.fromhex(
    "01000000"
    + "00" * 32
    + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    + "dae5494dffff7f2002000000"
)
PAYOUT_SCRIPT = bytes.fromhex("0014") + bytes(20)


def double_sha256(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedBlock:
    height: int
    raw: bytes
    script: bytes

    @property
    def header(self) -> Header:
        return parse_header(self.raw[:80])

    @property
    def id(self) -> str:
        return self.header.hash[::-1].hex()

    @property
    def txid(self) -> str:
        return double_sha256(self.raw[81:])[::-1].hex()


def coinbase_transaction(height: int, tag: bytes) -> tuple[bytes, bytes]:
    script = b"\x03" + height.to_bytes(3, "little") + tag
    raw = (
        bytes.fromhex("0100000001" + "00" * 32 + "ffffffff")
        + bytes([len(script)])
        + script
        + bytes.fromhex("ffffffff01")
        + (5_000_000_000).to_bytes(8, "little")
        + bytes([len(PAYOUT_SCRIPT)])
        + PAYOUT_SCRIPT
        + bytes(4)
    )
    return raw, script


def genesis() -> MinedBlock:
    raw, script = coinbase_transaction(0, b"genesis")
    return MinedBlock(height=0, raw=GENESIS_RAW + b"\x01" + raw, script=script)


def mine(prev: MinedBlock, *, header_s: int, tag: bytes, valid: bool = True) -> MinedBlock:
    height = prev.height + 1
    transaction, script = coinbase_transaction(height, tag)
    for nonce in range(10_000):
        head = (
            (0x20000000).to_bytes(4, "little")
            + prev.header.hash
            + double_sha256(transaction)
            + header_s.to_bytes(4, "little")
            + BITS.to_bytes(4, "little")
            + nonce.to_bytes(4, "little")
        )
        if parse_header(head).meets_target == valid:
            return MinedBlock(height=height, raw=head + b"\x01" + transaction, script=script)
    raise AssertionError("no nonce found")


@dataclass
class MinedChain:
    """A main chain that can grow and be reorganised; what left it is kept aside."""

    blocks: list[MinedBlock] = field(default_factory=lambda: [genesis()])
    aside: list[MinedBlock] = field(default_factory=list)
    interval_s: int = 600
    end_s: float = NOW_S

    def grow(self, n: int, tag: bytes = b"/main/") -> "MinedChain":
        """Add blocks so that the last is dated a minute before the chain's end time."""
        first_s = int(self.end_s) - 60 - (n - 1) * self.interval_s
        for at in range(n):
            header_s = first_s + at * self.interval_s
            self.blocks.append(mine(self.blocks[-1], header_s=header_s, tag=tag))
        return self

    def reorganise(self, depth: int, n: int, tag: bytes = b"/rival/") -> "MinedChain":
        self.aside += self.blocks[-depth:]
        del self.blocks[-depth:]
        return self.grow(n, tag)

    @property
    def tip(self) -> MinedBlock:
        return self.blocks[-1]

    def find(self, digest: str) -> MinedBlock | None:
        return next((b for b in [*self.blocks, *self.aside] if b.id == digest), None)


@dataclass
class MemoryRecord:
    """A record that keeps main-chain hashes by height, as the store does, in memory."""

    network: Network = NETWORKS["regtest"]
    main: dict[int, Block] = field(default_factory=dict)
    stale: list[Block] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)

    def tip(self) -> tuple[int, bytes | None] | None:
        if not self.main:
            return None
        height = max(self.main)
        return height, self.main[height].hash

    def hash_at(self, height: int) -> bytes | None:
        block = self.main.get(height)
        return None if block is None else block.hash

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        return frozenset(b.hash for b in self.stale if b.hash and b.height >= first_height)

    def append(self, batch: Batch) -> None:
        for block in batch.blocks.blocks():
            if block.fate == "stale":
                self.stale.append(block)
                continue
            held = self.main.get(block.height)
            if held is not None and held.hash != block.hash:
                for height in [h for h in self.main if h >= block.height]:
                    self.stale.append(self.main.pop(height))
            self.main[block.height] = block
        self.coverage = self.coverage.joined(batch.observed)


@dataclass
class World:
    """A clock that only waiting moves, and a network that one handler answers."""

    handler: Callable[[httpx.Request], httpx.Response]
    record: MemoryRecord = field(default_factory=MemoryRecord)
    time_s: float = NOW_S
    waits_s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def sleep(self, duration_s: float) -> None:
        self.waits_s.append(duration_s)
        self.time_s += duration_s

    @property
    def context(self) -> SourceContext:
        return SourceContext(
            record=self.record,
            now_s=lambda: self.time_s,
            sleep=self.sleep,
            transport=httpx.MockTransport(self.handler),
            note=self.notes.append,
        )


def held(record: MemoryRecord) -> list[bytes | None]:
    return [record.main[height].hash for height in sorted(record.main)]


def hashes(chain: MinedChain) -> list[bytes]:
    return [block.header.hash for block in chain.blocks]
