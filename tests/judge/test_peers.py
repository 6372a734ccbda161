"""The peers: that each does what its name says, under the detectors' law."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.simulated_networks import with_drop

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import HashquakeError
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect.shiryaev_roberts import DEFAULT
from hashquake.forward.null import NullModel
from hashquake.judge.focus_peer import focus_gamma, focus_update
from hashquake.judge.peer_table import PeerRow, compare, equal_threshold, measured_rows, rows_json
from hashquake.judge.peers import (
    HOLD_S,
    PEER_MAKERS,
    Peer,
    adwin,
    moving_average,
    page_hinkley,
    pelt_daily,
)

DROPS = (0.10, 0.14, 0.18, 0.25, 0.35, 0.50)


def day_against_week() -> Peer:
    return moving_average(short_s=DAY_S, long_s=7 * DAY_S, name="mean_24h", title="")


MAKERS: tuple[tuple[Callable[[], Peer], float], ...] = (
    (day_against_week, 2.8),
    (page_hinkley, 6.0),
    (adwin, 5.0),
    (pelt_daily, 12.0),
    (focus_gamma, 12.0),
)


def blocks_with_half_lost(seed: int) -> tuple[BlockColumns, float]:
    return with_drop(
        NullModel(),
        np.random.default_rng(seed),
        drop_share=0.5,
        before_s=45 * DAY_S,
        after_s=6 * DAY_S,
    )


@pytest.mark.parametrize(("make", "threshold"), MAKERS)
def test_each_finds_a_half_lost(make: Callable[[], Peer], threshold: float) -> None:
    peer = make()
    blocks, onset_s = blocks_with_half_lost(1)
    _, picks = peer.step(peer.start(threshold=threshold), blocks)
    assert [pick for pick in picks if onset_s < pick.detected_s < onset_s + 5 * DAY_S]


@pytest.mark.parametrize(("make", "threshold"), MAKERS)
def test_each_keeps_the_law_of_splits(make: Callable[[], Peer], threshold: float) -> None:
    peer = make()
    blocks, _ = blocks_with_half_lost(2)
    _, whole = peer.step(peer.start(threshold=threshold), blocks)
    state = peer.start(threshold=threshold)
    pieces: list[float] = []
    for cut in np.split(np.arange(len(blocks)), [1, 700, 701, 5000]):
        state, picks = peer.step(state, blocks.take(cut))
        pieces.extend(pick.detected_s for pick in picks)
    assert pieces == [pick.detected_s for pick in whole]


def test_a_moving_average_is_the_share_it_says() -> None:
    # One block each ten minutes, then one each twenty: after x hours the day holds 1 - x/48.
    header_s = np.concatenate(
        [np.arange(0, 10 * DAY_S, 600), 10 * DAY_S + np.arange(0, DAY_S, 1200)]
    )
    blocks = BlockColumns.build(
        height=np.arange(len(header_s)),
        header_s=header_s.astype(np.int64),
        bits=np.full(len(header_s), 0x170B8C8B),
    )
    peer = day_against_week()
    _, picks = peer.step(peer.start(threshold=2.0), blocks)
    hours = (picks[0].detected_s - 10 * DAY_S) / HOUR_S
    # (1 - x/48) / (1 - x/336) = 0.8 at x = 10.8
    assert hours == pytest.approx(11.0, abs=1.0)


def test_focus_is_the_likelihood_ratio_over_every_moment_a_change_may_have_begun() -> None:
    rng = np.random.default_rng(8)
    values = rng.exponential(np.where(np.arange(400) < 300, 1.0, 1.5))
    memory = np.zeros((3, 64))
    for n in range(1, 401):
        found = focus_update(memory, values[n - 1])
        passed = np.cumsum(values[:n][::-1])
        count = np.arange(1, n + 1)
        longer = passed > count
        ratios = (passed - count - count * np.log(passed / count))[longer]
        assert found == pytest.approx(max(ratios, default=0.0), abs=1e-9)


def test_an_alarm_closes_a_peer_for_a_week() -> None:
    blocks, _ = blocks_with_half_lost(3)
    peer = day_against_week()
    _, picks = peer.step(peer.start(threshold=0.5), blocks)
    assert len(picks) > 1
    assert np.diff([pick.detected_s for pick in picks]).min() >= HOLD_S


def test_a_peer_has_no_threshold_of_its_own() -> None:
    with pytest.raises(HashquakeError, match="no bundled threshold"):
        day_against_week().start(false_alarms_per_year=1.0)


def test_equal_thresholds_give_the_rate_asked_for() -> None:
    peer = day_against_week()
    threshold = equal_threshold(peer, false_alarms_per_year=6.0, years=12.0, seed=5, rounds=6)
    rows = compare(
        peer,
        name=peer.name,
        setting=peer.describe(threshold),
        threshold=threshold,
        drops_share=(0.5,),
        runs=20,
        years=20.0,
        seed=6,
    )
    assert rows[0].false_alarms_per_year.median == pytest.approx(6.0, rel=0.4)
    assert rows[0].mean_delay_s < 2 * DAY_S


def by_name(rows: tuple[PeerRow, ...]) -> dict[str, dict[float, PeerRow]]:
    names = {row.name for row in rows}
    return {n: {row.drop_share: row for row in rows if row.name == n} for n in names}


def test_the_bundled_table_has_every_method_at_every_drop() -> None:
    table = by_name(measured_rows())
    peers = {make().name for make in PEER_MAKERS.values()}
    assert set(table) == {"shiryaev_roberts", "focus_gamma", *peers}
    assert all(set(rows) == set(DROPS) for rows in table.values())
    assert rows_json(measured_rows(), seed=1, runs=1, years=1.0).count('"name"') == 8 * len(DROPS)


def test_ours_is_no_worse_at_any_size_it_looks_for_and_better_on_average() -> None:
    table = by_name(measured_rows())
    ours = table.pop("shiryaev_roberts")
    for name, rows in table.items():
        for drop, row in rows.items():
            # Known shortfalls, stated in docs/theory/calibration.md: a peer tuned on this drift,
            # and falls that are smaller than all that ours looks for.
            if (name == "page_hinkley_tuned" and drop < 0.18) or drop < min(DEFAULT.drops_share):
                continue
            error_s = np.hypot(row.mean_error_s, ours[drop].mean_error_s)
            assert ours[drop].mean_delay_s <= row.mean_delay_s + 2 * error_s
        ratios = [ours[drop].mean_delay_s / rows[drop].mean_delay_s for drop in DROPS]
        assert np.exp(np.mean(np.log(ratios))) < 0.95


def test_all_are_compared_at_one_measured_rate() -> None:
    # Ours may not alarm more often than advertised; a peer that does has the advantage.
    for row in measured_rows():
        assert row.false_alarms_per_year.median >= 0.75
        if row.name == "shiryaev_roberts":
            assert row.false_alarms_per_year.median <= 1.25
        else:
            assert row.false_alarms_per_year.low <= 1.25
