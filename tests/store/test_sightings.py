"""Each source's own time of a block is kept; the block itself keeps the first."""

from dataclasses import replace
from pathlib import Path

from hashquake.core.block import Block
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.store.open_record import open_record

HASHES = [bytes([n]) * 32 for n in range(1, 5)]


def blocks(seen_s: float | None) -> BlockColumns:
    return BlockColumns.from_blocks(
        [
            Block(
                height=800_000 + at,
                header_s=1_690_000_000 + 600 * at,
                bits=0x17053894,
                hash=HASHES[at + 1],
                prev=HASHES[at],
                seen_s=None if seen_s is None else seen_s + 600 * at,
            )
            for at in range(2)
        ]
    )


def test_each_source_has_its_own_time_of_a_block(tmp_path: Path) -> None:
    with open_record(tmp_path / "r.db", create=True) as record:
        record.append(Batch(blocks=blocks(None)), source="poller")
        for source, seen_s in (("zmq", 1_690_000_012.5), ("ws", 1_690_000_011.0)):
            assert record.append(Batch(blocks=blocks(seen_s)), source=source).blocks_known == 2
        found = record.sightings(800_000, 800_000)
        assert [(one.source, one.seen_s) for one in found] == [
            ("ws", 1_690_000_011.0),
            ("zmq", 1_690_000_012.5),
        ]
        assert {one.hash for one in found} == {HASHES[1]}
        # The block keeps the first that was stored; a repeat, even a later one, adds nothing.
        assert record.blocks(last_height=800_000).seen_s.tolist() == [1_690_000_012.5]
        before = record.counts()["batches"]
        record.append(Batch(blocks=blocks(1_690_000_099.0)), source="zmq")
        assert record.counts()["batches"] == before
        assert len(record.sightings(0, 900_000)) == 4


def test_a_new_block_that_was_seen_coming_is_a_sighting(tmp_path: Path) -> None:
    with open_record(tmp_path / "r.db", create=True) as record:
        one = blocks(1_690_000_003.0)
        record.append(Batch(blocks=one.take(slice(0, 1))), source="zmq")
        record.append(Batch(blocks=replace(one.take(slice(1, 2)))), source="zmq")
        assert [s.seen_s for s in record.sightings(800_000, 800_001)] == [
            1_690_000_003.0,
            1_690_000_603.0,
        ]
