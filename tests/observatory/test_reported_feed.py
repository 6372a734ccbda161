"""Pools' reports through the one door: quakes while they come in, after a restart, by replay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reported_records import (
    START_S,
    batches,
    readings_of,
    simulated_blocks,
    simulated_reports,
)

import hashquake as hq
from hashquake.core.contracts import Batch
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.quake import Quake
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.serve.report.document import report_document
from hashquake.serve.report.gist import brief

DAYS, FALL_S = 20.0, 12.0 * DAY_S
BLOCKS = simulated_blocks(DAYS, seed=5, fall_s=FALL_S, fall_share=0.3)
REPORTS = readings_of(simulated_reports(DAYS, seed=5, fall_s=FALL_S, fall_share=0.3))


def pieces(step_s: float) -> list[tuple[str, Batch]]:
    return batches(BLOCKS, REPORTS, step_s=step_s)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hq.Observatory]:
    """Feed hour by hour, and start again now and then."""
    path = tmp_path_factory.mktemp("live") / "live.db"
    observatory = hq.open(path, create=True)
    for at, (source, batch) in enumerate(pieces(2.0 * HOUR_S)):
        observatory.feed(batch, source=source)
        if at % 97 == 96:
            observatory.close()
            observatory = hq.open(path, create=True)
    yield observatory
    observatory.close()


def summaries(quakes: Iterable[Quake]) -> list[tuple[object, ...]]:
    return [_key(one) for one in quakes]


def _key(one: Quake) -> tuple[object, ...]:
    return (
        one.id,
        one.subject,
        one.kind,
        one.status,
        one.seen_by,
        round(one.detected_s),
        round(one.remaining_share.median, 4),
    )


def test_a_fall_that_pools_report_is_a_quake_that_blocks_join(live: hq.Observatory) -> None:
    (quake,) = (one for one in live.quakes() if "blocks" in one.seen_by)
    assert quake.seen_by == ("blocks", "reports")
    assert quake.subject == "network"
    assert 0.0 < quake.detected_s - START_S - FALL_S < HOUR_S


def test_changes_tell_it_once_when_it_was_reported(live: hq.Observatory) -> None:
    rows = [
        one for one in live.changes(limit=100_000) if one.kind == "quake" and one.subject == "pools"
    ]
    assert [row.document["revision"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].document["kind"] == "reports"


def test_a_replay_tells_the_same(live: hq.Observatory) -> None:
    assert summaries(live.replay()) == summaries(live.quakes())


def test_what_was_known_is_found_when_replayed_until_then(live: hq.Observatory) -> None:
    (quake,) = (one for one in live.quakes() if "blocks" in one.seen_by)
    until_s = quake.detected_s + 900.0
    (early,) = (one for one in live.replay(until_s=until_s) if one.id == quake.id)
    assert early.kind == "reports"
    assert early.detected_s == quake.detected_s
    before = live.replay(until_s=START_S + FALL_S)
    assert all(one.detected_s <= START_S + FALL_S for one in before)


def test_reports_that_are_read_after_the_blocks_tell_the_same(
    live: hq.Observatory, tmp_path: Path
) -> None:
    with hq.open(tmp_path / "late.db", create=True) as late:
        everything = pieces(5.0 * DAY_S)
        for source in ("block_table", "pool_json"):
            late.feed_all([batch for name, batch in everything if name == source], source=source)
        # What blocks alone raised at first stands in the ledger as rejected.
        standing = tuple(one for one in late.quakes() if one.status != "rejected")
        assert summaries(standing) == summaries(live.quakes())


def test_reports_that_another_program_stores_count_at_once(tmp_path: Path) -> None:
    """A watcher takes two pools' reports; another program stores those of the other two."""
    shared, alone = tmp_path / "shared.db", tmp_path / "alone.db"
    with (
        hq.open(shared, create=True) as watcher,
        hq.open(shared) as other,
        hq.open(alone, create=True) as whole,
    ):
        for source, batch in pieces(8.0 * HOUR_S):
            if not batch.readings:
                watcher.feed(batch, source=source)
                whole.feed(batch, source=source)
                continue
            for program, pools in ((other, ("p00", "p01")), (watcher, ("p02", "p03"))):
                theirs = tuple(one for one in batch.readings if one.subject[5:] in pools)
                program.feed(Batch(readings=theirs), source=source)
                whole.feed(Batch(readings=theirs), source=source)
        found = tuple(one for one in watcher.quakes() if one.status != "rejected")
        assert any("reports" in one.seen_by for one in found)
        assert summaries(found) == summaries(whole.quakes())
        taken, expected = watcher._follower._state, whole._follower._state
        assert taken is not None
        assert expected is not None
        assert [one.subject for one in taken.reports.voices] == [
            one.subject for one in expected.reports.voices
        ]
        assert taken.reports.memory.scalars.tobytes() == expected.reports.memory.scalars.tobytes()


def test_known_reports_read_again_change_nothing(live: hq.Observatory) -> None:
    last = live.changes(limit=100_000)[-1].id
    live.feed(Batch(readings=REPORTS[:500]), source="pool_json")
    assert [one.kind for one in live.changes(after_id=last) if one.kind == "quake"] == []


def test_the_fused_rate_is_narrower_than_that_of_blocks(live: hq.Observatory) -> None:
    at_s = START_S + DAYS * DAY_S - HOUR_S
    (fused,) = live.rate_at(at_s, method="fused")
    (alone,) = live.rate_at(at_s, subjects=("network",))
    both = [one.hashrate.interval(0.9) for one in (fused, alone)]
    width = [(one.high - one.low) / one.median for one in both]
    assert width[0] < 0.8 * width[1]
    assert both[0].low < both[1].high
    assert both[1].low < both[0].high
    assert fused.hashrate.made_by == "fused/2"


def test_the_fused_rate_is_refused_where_there_is_nothing_to_fuse(live: hq.Observatory) -> None:
    with pytest.raises(UsageError) as caught:
        live.rate_at(START_S + 10.0 * DAY_S, subjects=("pool:p00",), method="fused")
    assert caught.value.code == "fused-network-only"
    with hq.open("bundled") as bundled, pytest.raises(NoCoverage) as missing:
        bundled.rate_at("2024-01-01", method="fused")
    assert missing.value.code == "no-reports"


def test_pools_shows_what_is_reported_beside_what_is_found(live: hq.Observatory) -> None:
    rows = {row.pool: row for row in live.pools(START_S + 19.5 * DAY_S, span_s=DAY_S)}
    for pool, share in zip(("p00", "p01", "p02", "p03"), (0.20, 0.15, 0.10, 0.05), strict=True):
        row = rows[pool]
        assert row.reported_state == "ok"
        assert row.reported_hps is not None
        assert row.luck_share is not None
        assert row.luck_share.low < 1.6
        assert row.reported_hps.median == pytest.approx(9e20 * 0.7 * share, rel=0.45)
    assert rows["p04"].reported_state == "none"
    assert rows["p04"].luck_p_value is None


def test_a_pool_that_stops_or_repeats_itself_says_so(tmp_path: Path) -> None:
    end_s = START_S + 2.0 * DAY_S
    early = [one for one in REPORTS if one.window.end_s <= end_s]
    kept = [
        replace(one, value=1e20)
        if one.subject == "pool:p00" and one.window.end_s > end_s - 7200.0
        else one
        for one in early
        if one.subject != "pool:p01" or one.window.end_s < end_s - 7200.0
    ]
    few = [batch for name, batch in batches(BLOCKS, tuple(kept), step_s=DAY_S)]
    with hq.open(tmp_path / "states.db", create=True) as observatory:
        observatory.feed_all(few[:8], source="pool_json")
        states = {row.pool: row.reported_state for row in observatory.pools(end_s)}
    assert states["p00"] == "frozen"
    assert states["p01"] == "silent"
    assert states["p02"] == "ok"


def test_a_report_sets_the_fused_change_beside_that_of_blocks(live: hq.Observatory) -> None:
    fall_s = START_S + FALL_S
    incident = live.report((fall_s, fall_s + 3.0 * DAY_S), baseline=(fall_s - 8.0 * DAY_S, fall_s))
    document = report_document(incident)["network"]
    fused, alone = document["fused"]["drop_share"], document["predictive_share"]
    assert fused["low"] < 0.3 < fused["high"]
    assert fused["high"] - fused["low"] < 0.6 * (alone["high"] - alone["low"])
    assert document["drop_share"] == alone
    said = dict(brief(incident, None))["Reports"]
    assert said.startswith("With the hash rate that")
    assert "blocks alone" in said
    whole = report_document(incident)["reporting_pools"]
    # The pools walk besides the fall, so the true change is near 0.3, not that.
    assert whole["drop_share"]["median"] == pytest.approx(0.3, abs=0.03)
    assert whole["drop_share"]["high"] - whole["drop_share"]["low"] < 0.06
    assert whole["pools"] == ["p00", "p01", "p02", "p03"]
    assert whole["during_hps"] / whole["before_hps"] == pytest.approx(
        1.0 - whole["drop_share"]["median"]
    )
    assert "By their own reports alone, the hash rate of four pools together" in said


def test_a_report_without_pools_reports_has_no_fused_change() -> None:
    with hq.open("bundled") as bundled:
        incident = bundled.report("kazakhstan-2022")
    assert incident.fused is None
    assert report_document(incident)["network"]["fused"] is None
    assert report_document(incident)["reporting_pools"] is None
    assert "Reports" not in dict(brief(incident, None))
