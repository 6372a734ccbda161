"""While watching, hash rates and forecasts are stated with the blocks they rest on, once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, update

from hashquake.catalog.snapshot import encode
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.opinion import Change
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, live_rates, open_observatory
from hashquake.store.schema import snapshots

BEGUN, REACHED = 712_000, 717_800


def part(first: int, last: int) -> BlockColumns:
    """Return bundled blocks by height, both included."""
    blocks = bundled_blocks()
    return blocks.take((blocks.height >= first) & (blocks.height <= last))


def watching(path: Path) -> Observatory:
    observatory = open_observatory(str(path), create=True)
    observatory.state_rates()
    return observatory


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A record of blocks read by a back-fill."""
    path = tmp_path_factory.mktemp("filled") / "r.db"
    with open_observatory(str(path), create=True) as observatory:
        observatory.feed_all([Batch(blocks=part(BEGUN, REACHED))], source="table")
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, filled: bytes) -> Path:
    copy = tmp_path / "r.db"
    copy.write_bytes(filled)
    return copy


def one_by_one(observatory: Observatory, first: int, last: int) -> None:
    for height in range(first, last + 1):
        observatory.feed(Batch(blocks=part(height, height)), source="node")


def stated(observatory: Observatory, kind: str) -> list[Change]:
    return [one for one in observatory.changes(limit=100_000) if one.kind == kind]


def state_of(observatory: Observatory) -> Any:
    return observatory._follower._rates._rates


def test_each_block_states_the_networks_rate_and_each_hour_those_of_pools(path: Path) -> None:
    with watching(path) as observatory:
        one_by_one(observatory, REACHED + 1, REACHED + 60)
        rates = stated(observatory, "rate")
        network = [one for one in rates if one.subject == "network"]
        assert len(network) == 60
        kinds = [one.kind for one in observatory.changes(limit=10_000) if one.subject == "network"]
        assert [k for k in kinds if k in ("block", "rate")] == ["block", "rate"] * 60
        pools = {one.subject for one in rates} - {"network"}
        assert {"pool:antpool", "pool:f2pool"} <= pools
        of_one = [one for one in rates if one.subject == "pool:antpool"]
        hours = [one.document["window"]["end_s"] // 3600 for one in of_one]
        assert len(set(hours)) == len(hours) >= 8
        # What `rate` answers at that instant, but for parameters settled when the epoch began.
        end_s = min(network[-1].document["window"]["end_s"], observatory.end_s())
        (asked,) = observatory.rate_at(end_s, subjects=("network",), method="filter")
        found = network[-1].document["hashrate_hps"]
        assert found["median"] == pytest.approx(asked.hashrate.interval(0.9).median, rel=0.01)
        assert found["low"] < found["median"] < found["high"]


def test_forecasts_are_stored_at_stated_blocks_before_the_truth(path: Path) -> None:
    with watching(path) as observatory:
        one_by_one(observatory, REACHED + 1, REACHED + 150)
        issued = stated(observatory, "forecast")
        heights = [h for h in range(REACHED + 1, REACHED + 151) if h % EPOCH_BLOCKS % 144 == 0]
        heights = [h for h in heights if h % EPOCH_BLOCKS]
        assert len(issued) == 2 * len(heights) >= 2
        stored = observatory.record.forecasts(quantity="next_difficulty_ratio")
        assert [one.issued_s for one in stored] == [
            one.document["issued_s"]
            for one in issued
            if one.document["quantity"] == "next_difficulty_ratio"
        ]


def test_a_back_fill_states_nothing_of_what_is_past(tmp_path: Path) -> None:
    with watching(tmp_path / "r.db") as observatory:
        observatory.feed_all([Batch(blocks=part(BEGUN, BEGUN + 3000))], source="table")
        assert stated(observatory, "rate") == stated(observatory, "forecast") == []
        observatory.feed(Batch(blocks=part(BEGUN + 3001, BEGUN + 3100)), source="node")
        assert {one.subject for one in stated(observatory, "rate")} >= {"network"}
        network = [one for one in stated(observatory, "rate") if one.subject == "network"]
        assert len(network) == 1


@pytest.mark.parametrize("seed", range(2))
def test_restarts_at_any_block_with_any_snapshot_state_the_same(
    path: Path, tmp_path: Path, seed: int
) -> None:
    """Whatever is left next to the record -- nothing, a damaged or foreign state -- the outcome is
    that of a program that never stopped, to the last bit."""
    chance = np.random.default_rng(seed)
    first, last = REACHED + 1, REACHED + 90
    straight = tmp_path / "straight.db"
    straight.write_bytes(path.read_bytes())
    with watching(straight) as observatory:
        one_by_one(observatory, first, last)
        wanted = [one.document for one in stated(observatory, "rate")]
        state = encode(state_of(observatory).filter), encode(state_of(observatory).anchors)
    cuts = sorted(chance.choice(np.arange(first, last), 3, replace=False).tolist())
    for begin, end in zip([first, *(cut + 1 for cut in cuts)], [*cuts, last], strict=True):
        observatory = watching(path)
        one_by_one(observatory, begin, end)
        if chance.random() < 0.5:
            observatory.settle()
        _spoil(observatory, str(chance.choice(["leave", "lose", "damage", "foreign"])))
        observatory.close()
    with watching(path) as observatory:
        assert [one.document for one in stated(observatory, "rate")] == wanted
        observatory.settle()
        found = state_of(observatory)
        assert (encode(found.filter), encode(found.anchors)) == state


def _spoil(observatory: Observatory, how: str) -> None:
    with observatory.record._opened.writer.begin() as connection:  # type: ignore[attr-defined]
        rates = snapshots.c.kind == live_rates.KIND
        if how == "lose":
            connection.execute(delete(snapshots).where(rates))
        elif how == "damage":
            connection.execute(update(snapshots).where(rates).values(state=b"\x78\x9cno"))
        elif how == "foreign":
            connection.execute(update(snapshots).where(rates).values(version="other"))


def test_a_silence_states_the_rate_every_ten_minutes(path: Path) -> None:
    with watching(path) as observatory:
        one_by_one(observatory, REACHED + 1, REACHED + 1)
        before = [one for one in stated(observatory, "rate") if one.subject == "network"]
        last_s = before[-1].document["window"]["end_s"]
        for minute in range(1, 36):
            seen = Window(start_s=last_s - 600.0, end_s=last_s + 60.0 * minute)
            observatory.feed(Batch(observed=(seen,)), source="node")
        after = [one for one in stated(observatory, "rate") if one.subject == "network"]
        ends = [one.document["window"]["end_s"] - last_s for one in after[len(before) :]]
        assert ends == [600.0, 1200.0, 1800.0]
        medians = [one.document["hashrate_hps"]["median"] for one in after[len(before) - 1 :]]
        assert medians == sorted(medians, reverse=True)


def test_a_block_seen_earlier_than_stated_moves_the_filter_as_a_rebuild_does(path: Path) -> None:
    from dataclasses import replace

    with watching(path) as observatory:
        one_by_one(observatory, REACHED + 1, REACHED + 40)
        known = part(REACHED + 38, REACHED + 38)
        timed = replace(known, seen_s=known.header_s.astype(float) + 7.5)
        observatory.feed(Batch(blocks=timed), source="other")
        one_by_one(observatory, REACHED + 41, REACHED + 41)
        fresh = live_rates.rebuilt(observatory.record, REACHED + 41)
        assert fresh is not None
        assert encode(state_of(observatory).filter) == encode(fresh.filter)
        network = [one for one in stated(observatory, "rate") if one.subject == "network"]
        assert len(network) == 41, "nothing is stated of the same block again"
