"""The catalog: live equals replay, and nothing a source does loses a quake or raises one."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.canonical_catalog import canonical_json
from tests.simulated_falls import fall, renamed

from hashquake.catalog import quakes as catalog
from hashquake.catalog.book_order import CatalogState
from hashquake.catalog.documents import quake_document
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.label_gap import LabelGap
from hashquake.core.quake import Quake
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window


def feed(
    parts: list[BlockColumns], gaps: tuple[LabelGap, ...] = ()
) -> tuple[CatalogState, list[Quake]]:
    state = catalog.start(gaps=gaps)
    told: list[Quake] = []
    for part in parts:
        state, new = catalog.step(state, part)
        told += new
    state, new = catalog.step(state, BlockColumns.empty(), state.clock_s + 1.0)
    return state, told + list(new)


def cut(blocks: BlockColumns, at: list[int]) -> list[BlockColumns]:
    edges = [0, *sorted(at), len(blocks)]
    return [blocks.take(slice(a, b)) for a, b in pairwise(edges)]


def opinions(quakes: tuple[Quake, ...]) -> str:
    """The catalog as text, however often an opinion was told."""
    return canonical_json(tuple(replace(quake, revision=0) for quake in quakes))


def network(quakes: tuple[Quake, ...]) -> list[Quake]:
    return [quake for quake in quakes if quake.subject == "network"]


def test_a_fall_becomes_one_quake_that_climbs_the_ladder() -> None:
    blocks, onset_s = fall()
    state, told = feed([blocks])
    (quake,) = network(state.quakes())
    ladder = [one for one in told if one.id == quake.id]
    assert [one.revision for one in ladder] == list(range(1, len(ladder) + 1))
    assert ladder[0].status in ("preliminary", "confirmed")
    assert quake.status == "reviewed"
    assert quake.onset.holds(onset_s)
    assert quake.remaining_share.holds(0.5)
    assert quake.lost_hps.low > 0
    assert quake.end_s is not None
    assert abs(quake.end_s - onset_s - 4 * DAY_S) < 12 * HOUR_S
    assert 0 < quake.detected_s - onset_s < DAY_S
    assert {cause.name for cause in quake.causes} == {"luck", "unknown"}
    assert all(a.issued_s <= b.issued_s for a, b in pairwise(told))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 5500), max_size=6))
def test_any_split_gives_the_same_catalog_byte_for_byte(at: list[int]) -> None:
    blocks, _ = fall()
    whole, told_at_once = feed([blocks])
    split, told_in_parts = feed(cut(blocks, [min(a, len(blocks)) for a in at]))
    assert canonical_json(tuple(told_in_parts)) == canonical_json(tuple(told_at_once))
    assert split.ledger == whole.ledger


def test_block_by_block_is_replay() -> None:
    blocks, onset_s = fall()
    near = int(np.searchsorted(blocks.header_s, onset_s))
    one_by_one = cut(blocks, list(range(near - 50, near + 400)))
    assert feed(one_by_one)[0].ledger == feed([blocks])[0].ledger


def test_the_same_input_is_the_same_bytes() -> None:
    blocks, _ = fall()
    first = canonical_json(catalog.build_catalog(blocks))
    assert first == canonical_json(catalog.build_catalog(blocks))
    assert json.loads(first)[0]["id"].startswith("hq")


@pytest.mark.parametrize("depth", [1, 3, 6, 10])
def test_a_reorg_while_a_pick_is_open_loses_nothing(depth: int) -> None:
    blocks, onset_s = fall()
    at = int(np.searchsorted(blocks.header_s, onset_s + 16 * HOUR_S))
    stale = blocks.take(slice(at - depth, at))
    # Another branch of the same heights: other clocks, other pools.
    other = replace(stale, header_s=stale.header_s - 1, pool_code=stale.pool_code[::-1].copy())
    parts = [blocks.take(slice(0, at - depth)), other, blocks.take(slice(at - depth, None))]
    state, told = feed(parts)
    assert opinions(state.quakes()) == opinions(feed([blocks])[0].quakes())
    revisions: dict[str, list[int]] = {}
    for quake in told:
        revisions.setdefault(quake.id, []).append(quake.revision)
    assert all(found == list(range(1, len(found) + 1)) for found in revisions.values())


def test_a_reorg_that_takes_an_alarm_back_rejects_it_and_raises_it_again() -> None:
    blocks, _ = fall()
    (quake,) = network(feed([blocks])[0].quakes())
    at = int(np.searchsorted(blocks.header_s, quake.detected_s)) + 2
    before = [blocks.take(slice(0, at))]
    state, told = feed(before)
    assert network(state.quakes())
    # Five blocks at once in place of the silence that raised the alarm.
    old = blocks.take(slice(at - 5, at))
    busy = replace(old, header_s=np.full(5, blocks.header_s[at - 6], np.int64))
    state, new = catalog.step(state, busy)
    latest = network(state.quakes())
    assert [q.id for q in latest] == [quake.id]
    assert state.ledger[: len(told)] == tuple(told)
    assert latest[0].status == "rejected" or not new
    state, _ = catalog.step(state, blocks.take(slice(at - 5, None)))
    state, _ = catalog.step(state, BlockColumns.empty(), state.clock_s + 1.0)
    assert opinions(state.quakes()) == opinions(feed([blocks])[0].quakes())


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 400), st.integers(1, 12), st.sampled_from(["repeat", "reorder", "skip"]))
def test_a_careless_source_changes_nothing(offset: int, length: int, fault: str) -> None:
    blocks, onset_s = fall()
    at = int(np.searchsorted(blocks.header_s, onset_s)) - 100 + offset
    piece = blocks.take(slice(at, at + length))
    head, tail = blocks.take(slice(0, at)), blocks.take(slice(at + length, None))
    parts = {
        "repeat": [head, piece, piece, piece, tail],
        "reorder": [head, piece.take(slice(None, None, -1)), tail],
        "skip": [head, tail.take(slice(0, 10)), piece, tail.take(slice(10, None))],
    }[fault]
    assert opinions(feed(parts)[0].quakes()) == opinions(feed([blocks])[0].quakes())


def test_skipped_blocks_that_never_come_lose_no_quake() -> None:
    blocks, onset_s = fall()
    at = int(np.searchsorted(blocks.header_s, onset_s)) + 20
    state, _ = feed([blocks.take(slice(0, at)), blocks.take(slice(at + 9, None))])
    (quake,) = network(state.quakes())
    assert quake.onset.start_s - DAY_S < onset_s < quake.onset.end_s + DAY_S


def test_a_retarget_inside_the_fall_does_not_hide_it() -> None:
    blocks, onset_s = fall(lasts_d=16.0, after_d=1.0, drop_share=0.35)
    inside = (blocks.header_s > onset_s) & (blocks.header_s < onset_s + 15 * DAY_S)
    assert len(np.unique(blocks.bits[inside])) > 1
    (quake,) = network(feed([blocks])[0].quakes())
    assert quake.remaining_share.holds(0.65)


@pytest.mark.parametrize("jump_s", [-1e9, -7200.0, 7200.0, 30 * DAY_S])
def test_a_clock_that_jumps_raises_nothing(jump_s: float) -> None:
    blocks, onset_s = fall()
    quiet = blocks.take(blocks.header_s < onset_s - DAY_S)
    state = catalog.start()
    state, told = catalog.step(state, quiet)
    state, new = catalog.step(state, BlockColumns.empty(), state.clock_s + jump_s)
    assert not network((*told, *new))


def test_live_silence_is_seen_before_the_block_that_ends_it() -> None:
    blocks, onset_s = fall(drop_share=0.7)
    state = catalog.start()
    state, _ = catalog.step(state, blocks.take(blocks.header_s < onset_s + 2 * HOUR_S))
    found_s = None
    for k in range(1, 40):
        state, new = catalog.step(state, BlockColumns.empty(), state.clock_s + k * 600.0)
        if new:
            found_s = new[0].detected_s
            break
    assert found_s is not None


@pytest.mark.parametrize("new", ["unknown", "fresh"])
def test_a_renamed_pool_raises_no_quake(new: str) -> None:
    blocks, onset_s = fall(drop_share=0.0)
    state, _ = feed([renamed(blocks, "p02", new, onset_s)])
    assert not [quake for quake in state.quakes() if "p02" in quake.pools]
    assert [change.pool for change in state.book.label_changes] == ["p02"]
    assert state.book.label_changes[0].filed_under == new


def test_a_known_label_gap_raises_no_quake() -> None:
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((3, 0.02),))
    assert [quake.pools for quake in feed([blocks])[0].quakes()] == [("p03",)]
    gap = LabelGap(
        pool="p03",
        filed_under="p00",
        window=Window(start_s=onset_s, end_s=onset_s + 9 * DAY_S),
        note="a test",
    )
    state, _ = feed([blocks], gaps=(gap,))
    assert not state.quakes()


def test_one_pool_alone_is_a_quake_of_pools_and_not_of_the_network() -> None:
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((1, 0.2),))
    (quake,) = feed([blocks])[0].quakes()
    assert (quake.kind, quake.subject, quake.pools) == ("pools", "pool:p01", ("p01",))
    assert quake.status == "reviewed"
    assert quake.onset.start_s - DAY_S < onset_s < quake.onset.end_s + DAY_S


def test_a_document_has_the_keys_of_the_contract() -> None:
    (quake,) = network(feed([fall()[0]])[0].quakes())
    document = quake_document(quake)
    assert document.keys() >= {
        "id", "revision", "status", "subject", "onset", "detected_s", "end_s", "remaining_share",
        "lost_hps", "false_alarms_per_year", "kind", "pools", "causes", "made_by",
    }  # fmt: skip
    assert document["remaining_share"].keys() == {"median", "low", "high", "level"}
    assert sum(cause["probability"] for cause in document["causes"]) == pytest.approx(1.0)


def test_stale_blocks_and_no_blocks_are_nothing() -> None:
    blocks, _ = fall()
    some = blocks.take(slice(0, 300))
    state, _ = feed([BlockColumns.empty(), some])
    ghost = replace(some, stale=np.ones(300, np.bool_))
    again, new = catalog.step(state, concatenate([ghost, BlockColumns.empty()]))
    assert not new
    assert again.height == state.height


def test_a_silence_that_was_watched_dates_a_fall_as_a_later_replay_does() -> None:
    blocks, onset_s = fall()
    before = blocks.take(blocks.header_s < onset_s)
    after = blocks.take(slice(len(before), len(before) + 300))
    shift_s = 30 * int(HOUR_S)
    after = replace(after, header_s=after.header_s + shift_s, seen_s=after.seen_s + shift_s)
    whole = network(catalog.build_catalog(concatenate([before, after])))
    for hours in (12.0, 29.0):
        known = network(catalog.build_catalog(before, until_s=onset_s + hours * HOUR_S))
        assert [quake.detected_s for quake in known] == [whole[0].detected_s]
    # A clock that leaps without anybody watching is not believed.
    state, _ = feed([before])
    _, opinions = catalog.step(state, BlockColumns.empty(), onset_s + 29 * HOUR_S)
    assert opinions == ()
