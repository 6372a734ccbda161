"""The incident of a report: gaps, retargets, pools, caveats, and Kazakhstan as a whole."""

from dataclasses import replace
from functools import lru_cache
from math import exp

import numpy as np
import pytest
from tests.small_chains import BITS, EPOCH, WORK_HASHES, chain, covered, window

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.difficulty import EPOCH_BLOCKS, EPOCH_TARGET_S
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.event import Event
from hashquake.core.incident import Incident
from hashquake.core.label_gap import LabelGap
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.estimate.block_count import BlockCount
from hashquake.explain.gaps import block_gaps, longest_p_value
from hashquake.explain.incident import build_incident, default_baseline
from hashquake.explain.retargets import retargets_of

COVERAGE = BundledRecord().coverage()
POOLIN = LabelGap(
    pool="poolin",
    filed_under="unknown",
    window=Window(start_s=parse_time("2021-10-15"), end_s=parse_time("2022-01-15")),
    note="Its share moves to unknown in a day and back.",
)


def _event(span: Window, *, open_end: bool = False) -> Event:
    return Event(
        id="test",
        name="Test",
        place="",
        cause="",
        country=None,
        window=span,
        open_end=open_end,
        precision="",
        summary="",
    )


def _span(start: str, end: str) -> Window:
    return Window(start_s=parse_time(start), end_s=parse_time(end))


@lru_cache
def _kazakhstan() -> Incident:
    span = _span("2022-01-05T10:45Z", "2022-01-10T02:00Z")
    return build_incident(
        bundled_blocks(),
        _event(span),
        default_baseline(span, COVERAGE),
        COVERAGE,
        label_gaps=(POOLIN,),
    )


def test_kazakhstan_as_the_report_shows_it() -> None:
    incident = _kazakhstan()
    assert (incident.network.n_blocks, incident.network.baseline_n_blocks) == (663, 2056)
    assert incident.first_day is not None
    assert incident.first_day.n_blocks == 137
    # By the law of the intervals, drift included: blocks so few teach little about drift, and
    # luck alone would find falls of 0.107 and 0.201.
    assert incident.detectable_share == pytest.approx(0.166, abs=0.002)
    assert incident.detectable_first_day_share == pytest.approx(0.232, abs=0.002)
    assert incident.hashrate_before.n_blocks == 2056
    assert incident.hashrate_during.window == incident.window
    assert [row.pool for row in incident.pools[:4]] == [
        "foundryusa",
        "unknown",
        "f2pool",
        "antpool",
    ]
    assert not any(row.beyond_luck for row in incident.pools)


def test_the_series_has_an_edge_at_the_onset_and_a_week_on_either_side() -> None:
    incident = _kazakhstan()
    starts = [rate.window.start_s for rate in incident.rates]
    assert incident.window.start_s in starts
    assert starts[0] == incident.window.start_s - 7 * DAY_S
    end_s = incident.rates[-1].window.end_s
    assert 0 <= incident.window.end_s + 7 * DAY_S - end_s < 12 * HOUR_S
    assert {rate.window.duration_s for rate in incident.rates} == {12 * HOUR_S}


def test_label_gaps_mark_the_pools_they_concern() -> None:
    notes = {row.pool: row.note for row in _kazakhstan().pools}
    assert notes["unknown"] == POOLIN.note
    assert notes["f2pool"] == ""
    assert any("poolin" in caveat for caveat in _kazakhstan().caveats)


def test_a_label_gap_that_ends_in_between_is_told_apart() -> None:
    span = _span("2022-01-14", "2022-01-18")
    incident = build_incident(
        bundled_blocks(),
        _event(span, open_end=True),
        default_baseline(span, COVERAGE),
        COVERAGE,
        label_gaps=(POOLIN,),
    )
    label = next(caveat for caveat in incident.caveats if "poolin" in caveat)
    assert "only part" in label
    assert "only part" not in " ".join(_kazakhstan().caveats)
    assert any("no end" in caveat for caveat in incident.caveats)


def test_the_retarget_of_january_8_and_the_first_after() -> None:
    heights = [one.height for one in _kazakhstan().retargets]
    assert heights == [717_696, 719_712]
    first = _kazakhstan().retargets[0]
    assert first.difficulty_after == pytest.approx(24_371_874_614_345.62, abs=0.005)
    assert first.ratio == pytest.approx(1.0041, abs=1e-4)
    assert first.epoch_overlap_share == pytest.approx(0.206, abs=0.001)
    assert first.ratio_without_event is not None
    assert first.ratio_without_event.interval(0.95).holds(first.ratio)


def test_series_stop_where_coverage_stops() -> None:
    span = _span("2022-01-05T10:45Z", "2022-01-10T02:00Z")
    seen = Coverage((Window(start_s=span.start_s - 14 * DAY_S, end_s=span.end_s + HOUR_S),))
    incident = build_incident(bundled_blocks(), _event(span), default_baseline(span, seen), seen)
    assert all(not seen.gaps(rate.window) for rate in incident.rates)
    assert len(incident.rates) == 14 + 9


def test_a_default_baseline_takes_what_was_observed_up_to_the_event() -> None:
    seen = Coverage((window(0, 20 * DAY_S),))
    assert default_baseline(window(5 * DAY_S, 6 * DAY_S), seen) == window(0, 5 * DAY_S)
    assert default_baseline(window(15 * DAY_S, 16 * DAY_S), seen) == window(DAY_S, 15 * DAY_S)
    with pytest.raises(NoCoverage):
        default_baseline(window(30 * DAY_S, 31 * DAY_S), seen)


def _flat(n: int = 400, *, pool: str | None = "a") -> BlockColumns:
    return chain(list(range(600, 600 * (n + 1), 600)), pool=[pool] * n)


def test_a_short_event_has_no_first_day() -> None:
    span = window(100_000, 150_000)
    incident = build_incident(_flat(), _event(span), window(0, 100_000), covered(0, 200_000))
    assert incident.first_day is None
    assert incident.detectable_first_day_share == incident.detectable_share


def test_without_labels_there_are_no_pools_and_a_caveat() -> None:
    span = window(100_000, 150_000)
    incident = build_incident(
        _flat(pool=None), _event(span), window(0, 100_000), covered(0, 200_000)
    )
    assert incident.pools == ()
    assert any("No pool can be determined" in caveat for caveat in incident.caveats)


def test_blocks_never_looked_up_are_counted_in_a_caveat() -> None:
    blocks = _flat()
    blocks.pool_code[10:20] = -1
    span = window(100_000, 150_000)
    incident = build_incident(blocks, _event(span), window(0, 100_000), covered(0, 200_000))
    assert any("10 of 249 blocks" in caveat for caveat in incident.caveats)


@pytest.mark.parametrize("baseline", [window(0, 100_001), window(140_000, 160_000)])
def test_a_baseline_that_overlaps_the_event_is_refused(baseline: Window) -> None:
    with pytest.raises(UsageError):
        build_incident(_flat(), _event(window(100_000, 150_000)), baseline, covered(0, 200_000))


def test_an_event_not_observed_is_refused() -> None:
    with pytest.raises(NoCoverage):
        build_incident(
            _flat(), _event(window(100_000, 150_000)), window(0, 100_000), covered(0, 120_000)
        )
    with pytest.raises(NoCoverage):
        build_incident(_flat(), _event(window(1000, 2000)), window(0, 500), covered(0, 120_000))


def test_gaps_keep_the_sign_of_the_miners_clocks() -> None:
    gaps = block_gaps(
        chain([0, 1000, 900, 4000, 4100]), window(500, 4200), baseline_hps=WORK_HASHES / 600
    )
    assert gaps is not None
    assert gaps.gap_s == (1000, -100, 3100, 100)
    assert gaps.header_s == (1000, 900, 4000, 4100)
    assert gaps.height == tuple(range(EPOCH + 2, EPOCH + 6))
    assert (gaps.longest_s, gaps.longest_from_height) == (3100, EPOCH + 3)
    assert gaps.expected_mean_s == pytest.approx(600)
    assert gaps.mean_s.interval(0.5).holds(4100 / 4)


def test_a_stall_still_open_is_the_longest_wait() -> None:
    gaps = block_gaps(chain([0, 600, 1200]), window(500, 9000), baseline_hps=WORK_HASHES / 600)
    assert gaps is not None
    assert (gaps.longest_s, gaps.longest_from_height) == (7800, EPOCH + 3)
    assert gaps.longest_p_value == pytest.approx(1 - (1 - exp(-13)) ** 3)


@pytest.mark.parametrize("header_s", [[100], [100, 700], [100, 900, 500, 60], []])
def test_too_few_blocks_or_no_time_between_them_are_no_gaps(header_s: list[int]) -> None:
    assert block_gaps(chain(header_s), window(550, 1000), baseline_hps=1.0) is None


def test_the_longest_of_many_waits_by_direct_product() -> None:
    product = np.prod([1 - exp(-3000 / mean_s) for mean_s in (500.0, 600.0, 700.0)])
    assert longest_p_value(3000, [500.0, 600.0, 700.0]) == pytest.approx(1 - product)
    assert longest_p_value(0, [600.0]) == 1.0


def _epochs() -> BlockColumns:
    """Two whole epochs of steady blocks with a stall of five days in the middle of the second."""
    n = 2 * EPOCH_BLOCKS + 10
    header_s = np.arange(n, dtype=np.int64) * 600
    header_s[EPOCH_BLOCKS + 1000 :] += 5 * DAY_S
    return chain(header_s.tolist(), bits=BITS, first_height=EPOCH)


def test_without_a_dead_stall_the_epoch_would_have_been_on_time() -> None:
    blocks = _epochs()
    stall_s = 600 * (EPOCH_BLOCKS + 999)
    stall = window(stall_s + 1, stall_s + 600 + 5 * DAY_S)
    before = BlockCount(
        subject="network",
        window=window(0, stall_s),
        n_blocks=20_000,
        exposure_s_per_hash=20_000 * 600 / WORK_HASHES,
    )
    (found,) = retargets_of(blocks, stall, before)
    assert found.height == EPOCH + 2 * EPOCH_BLOCKS
    timespan_s = 2015 * 600 + 5 * DAY_S
    assert found.epoch_overlap_share == pytest.approx(stall.duration_s / timespan_s)
    assert found.ratio_without_event is not None
    assert found.ratio_without_event.median == pytest.approx(
        EPOCH_TARGET_S / (2015 * 600), rel=1e-3
    )
    assert EPOCH_TARGET_S / timespan_s < found.ratio_without_event.values[0]


def test_a_retarget_whose_epoch_is_not_held_is_left_out() -> None:
    blocks = _epochs()
    before = BlockCount(
        subject="network", window=window(0, 10), n_blocks=9, exposure_s_per_hash=9.0
    )
    tail = blocks.take(slice(EPOCH_BLOCKS + 5, None))
    assert retargets_of(tail, window(600 * EPOCH_BLOCKS, 1e9), before) == ()


def test_verdicts_are_carried_as_given() -> None:
    incident = _kazakhstan()
    assert incident.verdicts == ()
    assert replace(incident, caveats=()).caveats == ()


def test_a_report_allows_for_drift_and_keeps_one_number() -> None:
    """What is shown as beyond luck and drift rests on both, around the fall that was counted."""
    network = _kazakhstan().network
    assert network.predictive_share is not None
    chance, shown = network.drop_share.interval(0.9), network.shown_share.interval(0.9)
    assert shown.low < chance.low
    assert shown.high > chance.high
    assert shown.median == pytest.approx(1.0 - network.n_blocks / network.expected_blocks, abs=2e-3)
