"""Appending: what is new is added once, nothing is edited, nothing is removed."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError, InputError, RecordError
from hashquake.core.reading import Reading
from hashquake.core.record import AppendResult, Record
from hashquake.core.window import Window
from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord

Chain = Callable[..., BlockColumns]


def rows_of(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: set(connection.execute(f"SELECT * FROM {name}")) for name in names}  # noqa: S608  a table of our own
    finally:
        connection.close()


def reading(value: float = 0.5, *, start_s: float = 0.0) -> Reading:
    return Reading(
        subject="country:KZ",
        quantity="connectivity_share",
        window=Window(start_s=start_s, end_s=start_s + 600.0),
        value=value,
        source="ioda",
    )


def full(chain: Chain, **more: Any) -> BlockColumns:
    return chain(
        100,
        3,
        pool=["antpool", None, "unknown"],
        seen_s=[1.5, np.nan, 2.5],
        coinbase=[b"\x03abc", None, b"\xff"],
        payouts=[("bc1q", "3x"), None, ()],
        **more,
    )


def test_is_a_record(record: SqlRecord) -> None:
    as_protocol: Record = record
    assert as_protocol.network.name == "main"
    assert not as_protocol.read_only


def test_an_empty_record_says_so(record: SqlRecord) -> None:
    assert record.tip() is None
    assert record.hash_at(5) is None
    assert len(record.blocks(detail=True)) == 0
    assert record.coverage().windows == ()
    assert record.counts() == {"blocks": 0, "stale": 0, "readings": 0, "batches": 0}


def test_gives_back_what_it_was_given(record: SqlRecord, chain: Chain) -> None:
    blocks = full(chain)
    assert record.append(Batch(blocks=blocks), source="test") == AppendResult(blocks_added=3)
    assert list(record.blocks(detail=True).blocks()) == list(blocks.blocks())
    assert record.tip() == (102, blocks.hash[2])
    assert record.hash_at(101) == blocks.hash[1]


def test_without_detail_hashes_stay_in_the_file(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=full(chain)), source="test")
    blocks = record.blocks()
    assert blocks.hash.tolist() == [None] * 3
    assert blocks.seen_s[0] == 1.5


def test_selects_by_height_and_by_time(record: SqlRecord, chain: Chain) -> None:
    blocks = chain(100, 10)
    record.append(Batch(blocks=blocks), source="test")
    assert record.blocks(first_height=103, last_height=105).height.tolist() == [103, 104, 105]
    window = Window(start_s=float(blocks.header_s[4]), end_s=float(blocks.header_s[6]))
    assert record.blocks(window=window).height.tolist() == [104, 105]


@pytest.mark.parametrize("hashed", [True, False])
def test_the_same_batch_again_changes_nothing(
    record: SqlRecord, path: Path, chain: Chain, hashed: bool
) -> None:
    batch = Batch(
        blocks=full(chain, hashed=hashed),
        readings=(reading(),),
        observed=(Window(start_s=0.0, end_s=10.0),),
    )
    record.append(batch, source="test")
    before = rows_of(path)
    assert record.append(batch, source="again") == AppendResult(blocks_known=3)
    assert rows_of(path) == before


def test_a_table_again_changes_nothing(record: SqlRecord, path: Path, chain: Chain) -> None:
    blocks = chain(100, 5, hashed=False, pool=["a", "b", "unknown", None, "a"])
    record.append(Batch(blocks=blocks), source="test")
    before = rows_of(path)
    assert record.append(Batch(blocks=blocks), source="test").blocks_known == 5
    assert rows_of(path) == before


def test_a_batch_that_overlaps_adds_only_the_rest(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 10, hashed=False)), source="test")
    result = record.append(Batch(blocks=chain(105, 10, hashed=False)), source="test")
    assert result == AppendResult(blocks_added=5, blocks_known=5)
    assert record.blocks().height.tolist() == list(range(100, 115))


def test_no_row_is_ever_edited_or_removed(record: SqlRecord, path: Path, chain: Chain) -> None:
    statements: list[str] = []
    event.listen(
        record._opened.writer,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    batches = [
        Batch(blocks=chain(100, 10, hashed=False), readings=(reading(0.5),)),
        Batch(blocks=chain(100, 10, pool=["a"] * 10, seen_s=[1.0] * 10)),
        Batch(blocks=chain(108, 3, branch="b", root="a"), readings=(reading(0.25),)),
        Batch(blocks=chain(100, 10, pool=["b"] * 10)),
        Batch(blocks=chain(110, 2, branch="a"), observed=(Window(start_s=1.0, end_s=2.0),)),
    ]
    for batch in batches:
        before = rows_of(path)
        record.append(batch, source="test")
        after = rows_of(path)
        assert all(before[name] <= after[name] for name in before)
        assert after["batches"] > before["batches"]
    assert record.counts()["stale"] > 0
    verbs = {statement.split()[0].upper() for statement in statements}
    assert verbs <= {"SELECT", "INSERT", "BEGIN"}
    assert "INSERT" in verbs


def test_a_hash_that_comes_later_is_of_the_same_block(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 3, hashed=False)), source="table")
    result = record.append(Batch(blocks=full(chain)), source="node")
    assert result == AppendResult(blocks_known=3)
    assert list(record.blocks(detail=True).blocks()) == list(full(chain).blocks())
    without = record.append(Batch(blocks=chain(100, 3, hashed=False)), source="table")
    assert without == AppendResult(blocks_known=3)
    assert record.hash_at(101) == full(chain).hash[1]


def test_another_name_of_a_pool_wins_but_unknown_takes_none_away(
    record: SqlRecord, chain: Chain
) -> None:
    for slug, expected in [
        (None, None),
        ("unknown", "unknown"),
        ("poolin", "poolin"),
        ("unknown", "poolin"),
        (None, "poolin"),
        ("antpool", "antpool"),
    ]:
        record.append(Batch(blocks=chain(100, 1, pool=[slug])), source="test")
        assert record.blocks().pool_of(0) == expected


def test_same_height_time_and_bits_but_other_hashes_are_two_blocks(
    record: SqlRecord, chain: Chain, name_of: Callable[[str, int], bytes]
) -> None:
    one = chain(100, 1)
    other = BlockColumns.build(
        height=one.height,
        header_s=one.header_s,
        bits=one.bits,
        hash=[name_of("z", 100)],
        prev=[one.prev[0]],
    )
    record.append(Batch(blocks=chain(99, 1)), source="test")
    record.append(Batch(blocks=one), source="test")
    assert record.append(Batch(blocks=other), source="test").blocks_added == 1
    assert record.append(Batch(blocks=other), source="test").blocks_known == 1
    assert record.counts()["stale"] == 1
    assert record.hash_at(100) == one.hash[0]


def test_two_blocks_of_a_height_without_hashes_are_refused_whole(
    record: SqlRecord, path: Path, chain: Chain
) -> None:
    record.append(Batch(blocks=chain(100, 5, hashed=False)), source="test")
    before = rows_of(path)
    with pytest.raises(ChainError) as caught:
        record.append(Batch(blocks=chain(104, 3, branch="b", hashed=False)), source="test")
    assert (caught.value.code, caught.value.height) == ("height-duplicate", 104)
    assert rows_of(path) == before


def test_a_mark_of_the_source_settles_it(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 5, hashed=False)), source="test")
    marked = chain(104, 1, hashed=False, stale=[True])
    right = chain(104, 2, branch="b", hashed=False)
    result = record.append(Batch(blocks=concatenate([right, marked])), source="test")
    assert result == AppendResult(blocks_added=2, blocks_known=1, blocks_staled=1)
    assert record.blocks(first_height=104).header_s.tolist() == right.header_s.tolist()
    both = record.blocks(first_height=104, last_height=104, stale=True)
    assert both.stale.tolist() == [False, True]


def test_blocks_that_come_marked_stale_stay_so(record: SqlRecord, chain: Chain) -> None:
    stale = chain(101, 1, branch="b", root="a", stale=[True])
    batch = Batch(blocks=concatenate([chain(100, 3), stale]))
    assert record.append(batch, source="files") == AppendResult(blocks_added=4)
    assert record.counts()["stale"] == 1
    assert record.append(batch, source="files") == AppendResult(blocks_known=4)


def test_a_block_that_builds_on_nothing_held_is_refused(record: SqlRecord, chain: Chain) -> None:
    record.append(Batch(blocks=chain(100, 5)), source="test")
    for orphan in (chain(105, 1, branch="b"), chain(103, 5, branch="b")):
        with pytest.raises(ChainError) as caught:
            record.append(Batch(blocks=orphan), source="test")
        assert caught.value.code == "prev-mismatch"
    assert record.counts()["blocks"] == 5


def test_older_blocks_that_do_not_lead_to_the_held_ones_are_refused(
    record: SqlRecord, chain: Chain
) -> None:
    record.append(Batch(blocks=chain(100, 5)), source="test")
    with pytest.raises(ChainError) as caught:
        record.append(Batch(blocks=chain(90, 10, branch="b")), source="test")
    assert (caught.value.code, caught.value.height) == ("prev-mismatch", 100)
    assert record.append(Batch(blocks=chain(90, 10)), source="test").blocks_added == 10
    assert record.blocks().height.tolist() == list(range(90, 105))


def test_a_corrected_reading_is_a_new_row_and_the_last_counts(record: SqlRecord) -> None:
    batch = Batch(readings=(reading(0.5), reading(0.25, start_s=600.0)))
    assert record.append(batch, source="ioda").readings_added == 2
    assert record.append(batch, source="ioda").readings_added == 0
    assert record.append(Batch(readings=(reading(0.75),)), source="ioda").readings_added == 1
    assert [r.value for r in record.readings(subject="country:KZ")] == [0.75, 0.25]
    part = Window(start_s=600.0, end_s=700.0)
    assert [r.value for r in record.readings(subject="country:KZ", window=part)] == [0.25]
    assert record.readings(subject="country:XX") == ()
    assert record.subjects() == ("country:KZ",)
    assert record.counts()["readings"] == 3


def test_a_reading_that_is_no_number_is_refused(record: SqlRecord, chain: Chain) -> None:
    batch = Batch(blocks=chain(100, 1), readings=(reading(float("nan")),))
    with pytest.raises(InputError) as caught:
        record.append(batch, source="ioda")
    assert caught.value.code == "reading-value"
    assert record.tip() is None


def test_coverage_is_runs_of_blocks_and_watched_stretches(record: SqlRecord, chain: Chain) -> None:
    first, second = chain(100, 3), chain(200, 2)
    record.append(Batch(blocks=first), source="test")
    record.append(Batch(blocks=second), source="test")
    assert record.coverage().windows == (
        Window(start_s=float(first.header_s[0]), end_s=float(first.header_s[-1])),
        Window(start_s=float(second.header_s[0]), end_s=float(second.header_s[-1])),
    )
    watched = Window(start_s=float(second.header_s[-1]), end_s=float(second.header_s[-1]) + 900)
    record.append(Batch(observed=(watched,)), source="test")
    assert record.coverage().windows[-1].end_s == watched.end_s
    before = record.counts()["batches"]
    record.append(Batch(observed=(watched,)), source="test")
    assert record.counts()["batches"] == before


def test_two_writers_leave_one_whole_record(path: Path, chain: Chain) -> None:
    with open_record(path, create=True) as one, open_record(path) as other:
        one.append(Batch(blocks=chain(100, 5)), source="one")
        assert other.append(Batch(blocks=chain(100, 7)), source="other").blocks_added == 2
        assert one.append(Batch(blocks=chain(100, 8)), source="one").blocks_known == 7
        assert one.coverage() == other.coverage()


def test_while_one_writes_the_other_is_told_and_readers_read_on(path: Path, chain: Chain) -> None:
    with (
        open_record(path, create=True) as one,
        open_record(path, busy_timeout_s=0.0) as other,
    ):
        one.append(Batch(blocks=chain(100, 5)), source="one")
        with one._opened.writer.begin():
            assert other.tip() is not None
            with pytest.raises(RecordError) as caught:
                other.append(Batch(blocks=chain(105, 1)), source="other")
        assert caught.value.code == "record-locked"
        assert other.append(Batch(blocks=chain(105, 1)), source="other").blocks_added == 1


def test_the_view_gives_the_main_chain_to_people(
    record: SqlRecord, path: Path, chain: Chain
) -> None:
    record.append(Batch(blocks=chain(100, 4, pool=["a"] * 4)), source="test")
    record.append(Batch(blocks=chain(103, 2, branch="b", root="a", pool=["b", "b"])), source="test")
    record.append(Batch(blocks=chain(100, 1, pool=["c"])), source="test")
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT height, header_s, pool, hash FROM main_chain ORDER BY height"
    ).fetchall()
    connection.close()
    blocks = record.blocks(detail=True)
    pools = [blocks.pool_of(at) for at in range(len(blocks))]
    assert pools == ["c", "a", "a", "b", "b"]
    columns = (blocks.height.tolist(), blocks.header_s.tolist(), pools, blocks.hash.tolist())
    assert rows == list(zip(*columns, strict=True))
