"""Incidents made by hand from real figures of the bundled record, and twisted by tests."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from hashquake.catalog.outages import outages
from hashquake.core.claim import Call, Verdict
from hashquake.core.estimate import Estimate
from hashquake.core.event import Event
from hashquake.core.incident import BlockIntervals, Drop, Incident, PoolRow, Retarget
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.times import DAY_S
from hashquake.core.verdict_reason import DataMissing
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.datasets.events import event_named

MakeIncident = Callable[[str], Incident]


def _seven(values: Any) -> Quantiles:
    a, b, c, d, e, f, g = (float(value) for value in values)
    return Quantiles(values=(a, b, c, d, e, f, g))


@lru_cache(maxsize=1)
def _work_hashes() -> Any:
    return bundled_blocks().work_hashes


@lru_cache(maxsize=1024)
def _counts(window: Window, pool: str | None) -> tuple[int, float]:
    blocks = bundled_blocks()
    inside = (blocks.header_s >= window.start_s) & (blocks.header_s < window.end_s)
    mine = inside if pool is None else inside & blocks.is_pool(pool)
    return int(mine.sum()), float(_work_hashes()[inside].mean())


def _drop(window: Window, baseline: Window, pool: str | None = None) -> Drop:
    n, work = _counts(window, pool)
    n_before, work_before = _counts(baseline, pool)
    rng = np.random.default_rng(7)
    rate = rng.gamma(n + 0.5, size=20_000) * work / window.duration_s
    rate_before = rng.gamma(n_before + 0.5, size=20_000) * work_before / baseline.duration_s
    scale = window.duration_s * work_before / (baseline.duration_s * work)
    test = stats.binomtest(n, n + n_before, scale / (1 + scale)) if n + n_before else None
    return Drop(
        window=window,
        n_blocks=n,
        baseline_n_blocks=n_before,
        expected_blocks=n_before * scale,
        drop_share=_seven(np.quantile(1 - rate / rate_before, QUANTILE_LEVELS)),
        p_value=1.0 if test is None else float(test.pvalue),
    )


def _rate(window: Window) -> Estimate:
    n, work = _counts(window, None)
    rates = stats.gamma.ppf(QUANTILE_LEVELS, n + 0.5) * work / window.duration_s
    return Estimate(
        subject="network",
        quantity="hashrate_hps",
        window=window,
        quantiles=_seven(rates),
        n_blocks=n,
        made_by="hand/1",
    )


def _gaps(window: Window, expected_s: float) -> BlockIntervals:
    blocks = bundled_blocks()
    at = np.flatnonzero((blocks.header_s >= window.start_s) & (blocks.header_s < window.end_s))
    gap_s = blocks.header_s[at] - blocks.header_s[at - 1]
    longest = int(np.argmax(gap_s))
    mean = stats.gamma.ppf(QUANTILE_LEVELS, len(at)) * gap_s.mean() / len(at)
    return BlockIntervals(
        n_intervals=len(at),
        mean_s=_seven(mean),
        expected_mean_s=expected_s,
        longest_s=float(gap_s[longest]),
        longest_from_height=int(blocks.height[at[longest]]) - 1,
        longest_p_value=float(1 - (1 - np.exp(-gap_s[longest] / expected_s)) ** len(at)),
        header_s=tuple(blocks.header_s[at].tolist()),
        gap_s=tuple(gap_s.tolist()),
        height=tuple(blocks.height[at].tolist()),
    )


def _retargets(window: Window) -> tuple[Retarget, ...]:
    blocks = bundled_blocks()
    starts = np.flatnonzero((blocks.height % 2016 == 0) & (blocks.header_s >= window.start_s))
    inside = blocks.header_s[starts] < window.end_s
    made = []
    for at in starts[: int(inside.sum()) + 1].tolist():
        before, after = (blocks.block(i).difficulty for i in (at - 1, at))
        epoch = Window(
            start_s=float(blocks.header_s[at - 2016]), end_s=float(blocks.header_s[at - 1])
        )
        common = epoch.overlap(window)
        share = 0.0 if common is None else common.duration_s / epoch.duration_s
        ratio = after / before
        made.append(
            Retarget(
                height=int(blocks.height[at]),
                header_s=int(blocks.header_s[at]),
                difficulty_before=before,
                difficulty_after=after,
                ratio=ratio,
                epoch_overlap_share=share,
                ratio_without_event=_seven([ratio + 0.01 * at for at in range(7)])
                if share
                else None,
            )
        )
    return tuple(made)


def _verdicts(event: Event, baseline: Window) -> tuple[Verdict, ...]:
    verdicts = []
    for claim in event.claims:
        kind, _, pool = claim.subject.partition(":")
        if claim.quantity != "hashrate_change_share" or claim.window is None or kind == "country":
            verdicts.append(
                Verdict(
                    about=claim,
                    call="unresolved",
                    probability=None,
                    measured=None,
                    reason=DataMissing(error="", message=""),
                )
            )
            continue
        drop = _drop(claim.window, baseline, pool or None)
        moved = drop.drop_share.mapped(scale=-1.0).interval(0.9)
        fits = moved.low <= claim.high and moved.high >= claim.low
        call: Call = "undecidable" if fits and moved.holds(0) else "contradicted"
        if fits and not moved.holds(0):
            call = "supported"
        verdicts.append(
            Verdict(
                about=claim,
                call=call,
                probability=0.6,
                measured=moved,
                reason=DataMissing(
                    error="",
                    message=f"{drop.n_blocks} blocks, {drop.expected_blocks:.0f} were expected",
                ),
            )
        )
    return tuple(verdicts)


@pytest.fixture(scope="session")
def make_incident() -> MakeIncident:
    made: dict[str, Incident] = {}

    def make(event_id: str) -> Incident:
        if event_id not in made:
            made[event_id] = _incident(event_named(event_id))
        return made[event_id]

    return make


def _incident(event: Event) -> Incident:
    window = event.window
    baseline = Window(start_s=window.start_s - 14 * DAY_S, end_s=window.start_s)
    network = _drop(window, baseline)
    first_day = Window(start_s=window.start_s, end_s=window.start_s + DAY_S)
    slugs = [name for name in bundled_blocks().pool_names if _counts(baseline, name)[0] >= 15]
    rows = []
    for slug in slugs:
        drop = _drop(window, baseline, slug)
        share = stats.beta.ppf(
            QUANTILE_LEVELS,
            drop.baseline_n_blocks + 0.5,
            network.baseline_n_blocks - drop.baseline_n_blocks + 0.5,
        )
        adjusted = min(1.0, drop.p_value * len(slugs))
        rows.append(
            PoolRow(
                pool=slug,
                share_before=_seven(share),
                drop=drop,
                p_value_adjusted=adjusted,
                beyond_luck=adjusted < 0.05,
                note="holds Poolin's blocks too" if slug == "unknown" else "",
            )
        )
    step_s = 12 * 3600.0
    starts = np.arange(window.start_s - 4 * DAY_S, window.end_s + 3 * DAY_S, step_s)
    return Incident(
        event=event,
        window=window,
        baseline=baseline,
        network=network,
        first_day=_drop(first_day, baseline) if window.duration_s > DAY_S else None,
        detectable_share=0.11,
        detectable_first_day_share=0.2,
        hashrate_before=_rate(baseline),
        hashrate_during=_rate(window),
        rates=tuple(_rate(Window(start_s=s, end_s=s + step_s)) for s in starts.tolist()),
        pools=tuple(sorted(rows, key=lambda row: -row.share_before.median)),
        gaps=_gaps(window, baseline.duration_s / network.baseline_n_blocks),
        retargets=_retargets(window),
        verdicts=_verdicts(event, baseline),
        caveats=("Poolin is filed under unknown until 10 January 2022.", *event.traps),
        outages=()
        if event.country is None
        else outages(
            BundledRecord(),
            subjects=(f"country:{event.country}",),
            window=Window(start_s=window.start_s, end_s=window.end_s + 2 * DAY_S),
        ),
    )
