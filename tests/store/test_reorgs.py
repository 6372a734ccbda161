"""Reorgs: the branch with more work wins, however the blocks were cut into batches."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.block import Block
from hashquake.core.chain import ChainState, check_chain
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import target_of_bits
from hashquake.core.record import AppendResult
from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord

Chain = Callable[..., BlockColumns]
FIRST_HEIGHT = 700_000
BITS = (0x170B8C8B, 0x170B9C8B, 0x1700FFFF)
EMPTY: list[bytes] = []  # an empty record, made once: making one takes longer than filling it


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Blocks in the order they arrive, and the places where batches end."""

    blocks: tuple[Block, ...]
    cuts: tuple[int, ...]

    def batches(self, cuts: tuple[int, ...]) -> list[Batch]:
        edges = sorted({0, *cuts, len(self.blocks)})
        return [
            Batch(blocks=BlockColumns.from_blocks(self.blocks[start:stop]))
            for start, stop in pairwise(edges)
        ]


def grown(parent: Block | None, name: int, bits: int) -> Block:
    height = FIRST_HEIGHT if parent is None else parent.height + 1
    return Block(
        height=height,
        # Few distinct times, so that blocks of equal height, time and bits do occur.
        header_s=1_600_000_000 + 600 * height + name % 3,
        bits=bits,
        hash=sha256(str(name).encode()).digest(),
        prev=bytes(32) if parent is None else parent.hash,
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Grow a tree: now and then a branch leaves 1 to 12 blocks below the end of another."""
    blocks: list[Block] = []
    tips: list[list[Block]] = [[]]
    for _ in range(draw(st.integers(1, 6))):
        stem = draw(st.sampled_from(tips))
        depth = draw(st.integers(0, 12))
        branch = list(stem[: max(1, len(stem) - depth)])
        bits = draw(st.sampled_from(BITS))
        for _ in range(draw(st.integers(1, 14))):
            branch.append(grown(branch[-1] if branch else None, len(blocks), bits))
            blocks.append(branch[-1])
        tips.append(branch)
    cuts = draw(st.lists(st.integers(0, len(blocks)), max_size=8))
    return History(blocks=tuple(blocks), cuts=tuple(cuts))


def expected_main(blocks: tuple[Block, ...]) -> list[bytes | None]:
    """Return which blocks are main, by the work of whole chains from their first block on."""
    by_hash = {block.hash: block for block in blocks}
    work: dict[bytes | None, int] = {}
    best: Block | None = None
    for block in blocks:
        own = (1 << 256) // (target_of_bits(block.bits) + 1)
        work[block.hash] = work.get(block.prev, 0) + own
        if best is None or work[block.hash] > work[best.hash]:
            best = block
    main = []
    while best is not None:
        main.append(best.hash)
        best = by_hash.get(best.prev)
    return main[::-1]


def ingested(folder: str, name: str, batches: list[Batch]) -> SqlRecord:
    path = Path(folder) / name
    if not EMPTY:
        open_record(path, create=True).close()
        EMPTY.append(path.read_bytes())
    path.write_bytes(EMPTY[0])
    record = open_record(path)
    for batch in batches:
        record.append(batch, source="test")
    return record


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_the_most_work_wins_whatever_the_batches(history: History) -> None:
    with TemporaryDirectory() as folder:
        records = [
            ingested(folder, "cut.db", history.batches(history.cuts)),
            ingested(folder, "whole.db", history.batches(())),
            ingested(folder, "single.db", history.batches(tuple(range(len(history.blocks))))),
        ]
        for record in records:
            main = record.blocks(detail=True)
            assert main.hash.tolist() == expected_main(history.blocks)
            assert record.tip() == (int(main.height[-1]), main.hash[-1])
            held = record.blocks(stale=True, detail=True)
            assert sorted(held.hash.tolist()) == sorted(b.hash or b"" for b in history.blocks)
            before = record.counts()
            for batch in history.batches(history.cuts):
                again = record.append(batch, source="again")
                assert again == AppendResult(blocks_known=len(batch.blocks))
            assert record.counts() == before
            record.close()


@pytest.mark.parametrize("depth", [1, 2, 5, 10, 40])
@pytest.mark.parametrize("together", [True, False])
def test_a_longer_branch_takes_over(
    record: SqlRecord, chain: Chain, depth: int, together: bool
) -> None:
    record.append(Batch(blocks=chain(100, 60)), source="test")
    fork = 160 - depth
    branch = chain(fork, depth + 1, branch="b", root="a")
    parts = [branch] if together else [branch.take(slice(at, at + 1)) for at in range(depth + 1)]
    total = AppendResult()
    for part in parts:
        assert record.hash_at(159) != branch.hash[depth - 1]
        total += record.append(Batch(blocks=part), source="test")
    assert total == AppendResult(blocks_added=depth + 1, blocks_staled=depth)
    assert record.blocks(first_height=fork, detail=True).hash.tolist() == branch.hash.tolist()
    assert record.counts() == {
        "blocks": 61 + depth,
        "stale": depth,
        "readings": 0,
        "batches": 1 + len(parts),
    }


def test_a_branch_of_less_work_is_kept_as_stale(record: SqlRecord, chain: Chain) -> None:
    blocks = chain(100, 10)
    record.append(Batch(blocks=blocks), source="test")
    branch = chain(105, 5, branch="b", root="a")
    result = record.append(Batch(blocks=branch), source="test")
    assert result == AppendResult(blocks_added=5)
    assert record.blocks(detail=True).hash.tolist() == blocks.hash.tolist()
    both = record.blocks(first_height=105, stale=True)
    assert both.height.tolist() == [105, 105, 106, 106, 107, 107, 108, 108, 109, 109]
    assert both.stale.tolist() == [False, True] * 5


def test_work_counts_not_length(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 10, bits=0x170B8C8B)), source="test")
    hard = chain(106, 1, branch="b", root="a", bits=0x1700FFFF)
    assert record.append(Batch(blocks=hard), source="test").blocks_staled == 4
    assert record.tip() == (106, hard.hash[0])


def test_blocks_that_were_stale_can_come_back(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 3)), source="test")
    record.append(Batch(blocks=chain(102, 2, branch="b", root="a")), source="test")
    result = record.append(Batch(blocks=chain(103, 2)), source="test")
    assert result == AppendResult(blocks_added=2, blocks_staled=2)
    assert record.blocks(detail=True).hash.tolist() == chain(100, 5).hash.tolist()


def test_a_node_corrects_a_table_without_hashes(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 6, hashed=False)), source="table")
    record.append(Batch(blocks=chain(100, 5)), source="node")
    branch = chain(105, 2, branch="b", root="a")
    result = record.append(Batch(blocks=branch), source="node")
    assert result == AppendResult(blocks_added=2, blocks_staled=1)
    assert record.tip() == (106, branch.hash[1])


def test_a_run_far_above_does_not_weigh(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 3)), source="test")
    record.append(Batch(blocks=chain(500, 50)), source="test")
    branch = chain(102, 2, branch="b", root="a")
    assert record.append(Batch(blocks=branch), source="test").blocks_staled == 1
    assert record.hash_at(103) == branch.hash[1]
    assert record.tip() == (549, chain(549, 1).hash[0])


def test_the_check_goes_on_where_the_record_ends(record: SqlRecord, chain: Chain) -> None:
    assert record.chain_state(0) == ChainState()
    for first, n in ((2000, 10), (2010, 5), (2015, 30)):
        record.append(Batch(blocks=chain(first, n)), source="test")
        assert record.chain_state(first + n) == check_chain(chain(2000, first + n - 2000))
    assert record.chain_state(2016) == check_chain(chain(2000, 16))
    assert record.chain_state(2046) == ChainState()


def test_the_check_goes_on_from_a_stale_branch(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(2010, 40)), source="test")
    branch = chain(2014, 20, branch="b", root="a")
    record.append(Batch(blocks=branch), source="test")
    assert record.counts()["stale"] == 20
    state = record.chain_state(2034, prev=branch.hash[-1])
    assert (state.height, state.hash) == (2033, branch.hash[-1])
    assert state.epoch_start_s == int(branch.header_s[2])
    assert state.recent_s == tuple(branch.header_s[-11:].tolist())
    near = record.chain_state(2016, prev=branch.hash[1])
    assert near.recent_s[-2:] == tuple(branch.header_s[:2].tolist())
    assert near.recent_s[:4] == tuple(chain(2010, 4).header_s.tolist())
    check_chain(chain(2034, 3, branch="b"), state)
