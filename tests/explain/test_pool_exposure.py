"""Exposures from made outages: the truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.made_outages import ONSET_S, MadeOutage, make_outage

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.label_gap import LabelGap
from hashquake.core.outage_intensity import DarkStretch, OutageIntensity
from hashquake.core.pool_exposure import Exposure, Exposures
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.volatility import Drift
from hashquake.explain.pool_exposure import (
    PoolReport,
    count_episode,
    episodes_of,
    fit_exposures,
    share_around,
    view_of,
)

FIVE = (0.4, 0.25, 0.2, 0.1, 0.05)
DARK = np.array([0.0, 0.6, 0.1, 0.5, 0.0])


def _fit(
    made: MadeOutage,
    blocks: BlockColumns | None = None,
    *,
    gaps: tuple[LabelGap, ...] = (),
    reports: tuple[PoolReport, ...] = (),
    seed: int = 1,
    drift: Drift | None = None,
) -> Exposures:
    episode = count_episode(
        made.blocks if blocks is None else blocks,
        (made.intensity,),
        made.coverage,
        label_gaps=gaps,
        drift=drift,
    )
    return fit_exposures(
        [episode],
        map_shares={made.intensity.event: made.map_share},
        reports=reports,
        rng=np.random.default_rng(seed),
        draws=600,
    )


def _by_pool(found: Exposures) -> dict[str, Exposure]:
    return {row.pool: row for row in found.rows}


def _made(seed: int = 11) -> MadeOutage:
    made = make_outage(np.random.default_rng(seed), shares=FIVE, dark_shares=DARK, moves=0.02)
    return replace(made, map_share=share_around(0.25))


def test_the_pools_that_lost_power_are_told_from_those_that_did_not() -> None:
    made = _made()
    rows = _by_pool(_fit(made))
    assert list(rows) == ["network", *made.pools]
    for pool, truth in zip(made.pools, DARK, strict=True):
        dark = rows[pool].dark[0].dark_share
        assert dark.low - 0.03 <= truth <= dark.high + 0.03
    assert rows["pool01"].dark[0].dark_share.low > rows["pool00"].dark[0].dark_share.high
    assert rows["network"].dark[0].dark_share.holds(made.network_dark_share)


def _drift(walk: float, growth: float = 0.001) -> Drift:
    return Drift(
        walk_log_per_sqrt_day=np.array([walk]),
        growth_log_per_day=np.array([growth]),
        chance=np.ones(1),
    )


def test_a_restless_network_leaves_more_room() -> None:
    made = _made()
    usual, restless = (
        _by_pool(_fit(made, drift=drift))["network"].dark[0].dark_share
        for drift in (None, _drift(0.03))
    )
    assert restless.high - restless.low > 1.15 * (usual.high - usual.low)


def test_what_would_have_grown_counts_as_dark() -> None:
    made = _made()
    steady, growing = (
        _by_pool(_fit(made, drift=_drift(0.009, growth)))["network"].dark[0].dark_share
        for growth in (0.0, 0.02)
    )
    assert growing.median > steady.median + 0.005


def test_the_same_luck_gives_the_same_answer() -> None:
    made = _made()
    assert _fit(made, seed=7) == _fit(made, seed=7)


def test_exposure_is_at_least_what_went_dark() -> None:
    for row in _fit(_made()).rows:
        assert row.exposure_share.median >= row.dark[0].dark_share.median
        assert row.prior_exposure_share.high <= 1.0


def test_pools_own_reports_make_intervals_narrow_in_spite_of_their_bias() -> None:
    made = _made()
    blocks_alone, with_reports = _by_pool(_fit(made)), _by_pool(_fit(made, reports=made.reports))
    for pool in ("network", "pool00", "pool02"):
        a, b = (rows[pool].dark[0].dark_share for rows in (blocks_alone, with_reports))
        assert b.high - b.low < 0.8 * (a.high - a.low)
    assert with_reports["network"].dark[0].dark_share.holds(made.network_dark_share)


def test_reports_without_any_from_before_say_nothing() -> None:
    made = _made()
    late = tuple(one for one in made.reports if one.window.start_s >= ONSET_S)
    assert _fit(made, reports=late) == _fit(made)


def test_a_pool_that_only_lost_its_name_lost_no_power() -> None:
    made = _made()
    window = made.intensity.span
    code = made.blocks.pool_code.copy()
    gone = (made.blocks.header_s >= window.start_s) & (made.blocks.header_s < window.end_s)
    code[gone & (code == 2)] = 0
    renamed = replace(made.blocks, pool_code=code)
    gap = LabelGap(pool="pool02", filed_under="pool00", window=window, note="a gap")
    blind, told = _by_pool(_fit(made, renamed)), _by_pool(_fit(made, renamed, gaps=(gap,)))
    assert blind["pool02"].dark[0].dark_share.low > 0.4
    assert "pool02" not in told
    assert told["pool00"].dark[0].dark_share.high < 0.2
    assert told["pool00"].note == "with the blocks of pool02: a gap"


def test_a_pool_that_fell_silent_is_dark() -> None:
    made = make_outage(
        np.random.default_rng(2), shares=FIVE, dark_shares=np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    )
    row = _by_pool(_fit(made))["pool01"]
    assert row.dark[0].n_blocks == 0
    assert row.dark[0].dark_share.low > 0.9


def _second(start_s: float, end_s: float) -> OutageIntensity:
    stretch = DarkStretch(window=Window(start_s=start_s, end_s=end_s), depth_share=1.0)
    return OutageIntensity(event="second", country="IR", place="IR", stretches=(stretch,))


def _width(row: Exposure) -> float:
    return row.dark[0].dark_share.high - row.dark[0].dark_share.low


def test_two_places_are_told_apart_only_by_outages_at_different_times() -> None:
    made = _made()
    span = made.intensity.span
    widths = {}
    for name, (start_s, end_s) in {
        "same": (span.start_s, span.end_s),
        "other": (span.end_s + 2 * DAY_S, span.end_s + 6 * DAY_S),
    }.items():
        pair = (made.intensity, _second(start_s, end_s))
        episode = count_episode(made.blocks, pair, made.coverage)
        shares = {made.intensity.event: made.map_share, "second": made.map_share}
        found = fit_exposures([episode], map_shares=shares, rng=np.random.default_rng(1), draws=600)
        first, second = (
            next(r for r in found.rows if (r.country, r.pool) == (country, "pool01"))
            for country in ("KZ", "IR")
        )
        widths[name] = _width(first)
        if name == "same":
            # Nothing tells which of the two it was.
            medians = [row.dark[0].dark_share.median for row in (first, second)]
            assert medians[0] == pytest.approx(medians[1], abs=0.3)
        else:
            assert first.dark[0].dark_share.holds(0.6)
            assert second.dark[0].dark_share.high < 0.4
    assert widths["same"] > 2.0 * widths["other"]


def test_events_of_one_place_within_weeks_share_their_exposures() -> None:
    made = _made()
    later = replace(
        _second(made.intensity.span.end_s + 2 * DAY_S, made.intensity.span.end_s + 4 * DAY_S),
        country="KZ",
        place="KZ",
    )
    episode = count_episode(made.blocks, (made.intensity, later), made.coverage)
    assert episode.places == (("KZ", "KZ"),)
    found = fit_exposures([episode], map_shares={}, rng=np.random.default_rng(1), draws=300)
    network = found.rows[0]
    assert network.events == (made.intensity.event, "second")
    # Nothing went dark the second time: that is said of the event, not of the exposure.
    assert network.dark[1].dark_share.high < network.dark[0].dark_share.low
    assert found.events[0].map_share is None
    assert found.events[0].dark_of_map_share is None


def test_darknesses_far_apart_are_episodes_of_their_own() -> None:
    made = _made()
    near = _second(ONSET_S + 15 * DAY_S, ONSET_S + 16 * DAY_S)
    far = _second(ONSET_S + 60 * DAY_S, ONSET_S + 61 * DAY_S)
    assert episodes_of([far, made.intensity, near]) == ((made.intensity, near), (far,))
    assert view_of((made.intensity, near)).end_s == ONSET_S + 24 * DAY_S


def test_a_time_that_was_not_observed_is_refused() -> None:
    made = _made()
    short = Coverage((Window(start_s=ONSET_S - DAY_S, end_s=ONSET_S + 9 * DAY_S),))
    with pytest.raises(NoCoverage):
        count_episode(made.blocks, (made.intensity,), short)


def test_blocks_that_nobody_named_are_one_row_that_is_not_shown() -> None:
    made = _made()
    nameless = replace(made.blocks, pool_code=np.full(len(made.blocks), -1, np.int32))
    found = _fit(made, nameless)
    assert [row.pool for row in found.rows] == ["network"]
    assert found.rows[0].dark[0].dark_share.holds(made.network_dark_share)


def test_no_episode_gives_no_row() -> None:
    assert not fit_exposures([], map_shares={}, rng=np.random.default_rng(0)).rows


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Thirty outages; ``tests/power/test_exposure_coverage.py`` takes hundreds."""
    held: list[bool] = []
    total: list[bool] = []
    for seed in range(30):
        made = make_outage(np.random.default_rng(900 + seed))
        rows = _by_pool(_fit(made, seed=seed))
        total.append(rows["network"].dark[0].dark_share.holds(made.network_dark_share))
        held += [
            rows[pool].dark[0].dark_share.holds(truth)
            for pool, truth in zip(made.pools, made.dark_shares.tolist(), strict=True)
            if pool in rows
        ]
    assert 0.84 < np.mean(held) < 0.96
    assert 0.75 < np.mean(total) <= 1.0
