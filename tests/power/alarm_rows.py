"""Rows of the table of calibration: false alarms where nothing breaks, and delays where it does."""

from collections.abc import Callable
from functools import partial

from tests.power.alarms import (
    delays_s,
    false_alarms,
    found_share,
    mean_delay_h,
    second_falls_s,
    slower,
)
from tests.power.figures import percent
from tests.power.foresight import SEVENFOLD
from tests.power.row import Row, missed
from tests.power.worlds import World

from hashquake.estimate.fitted import FITTED
from hashquake.judge.power import power

ALARMS = "False alarms where nothing breaks"
FINDING = "Finding falls"
FIXED_DELAY_H = {0.14: 203.0, 0.18: 94.0, 0.25: 38.5, 0.35: 20.0, 0.50: 10.6}
"""Mean delays at one a year with the drift fixed at its true value, 1,500 falls each."""


def _quiet(
    key: str,
    situation: str,
    world: World,
    *,
    per_year: float = 1.0,
    years: float = 100.0,
    before: float | None = None,
    within: float = 0.25,
    least: float | None = None,
    seed: int = 12,
) -> Row:
    """Return a row of false alarms; `within` is how far from what is advertised it may lie."""
    return Row(
        key=key,
        section=ALARMS,
        situation=situation,
        unit="a year",
        advertised=per_year,
        before=before,
        low=per_year * (1.0 - within) if least is None else least,
        high=per_year * (1.0 + within),
        measure=partial(false_alarms, world, per_year=per_year, years=years, seed=seed),
        group=key,
        missed=missed(key),
    )


def _drifts() -> list[Row]:
    before = {0.009: 0.95, 0.010: 1.18, 0.015: 1.81, 0.020: 2.86, 0.030: 4.48}
    return [
        _quiet(
            f"drift-{walk:.3f}-at-{per_year:g}",
            f"drift {walk:.3f} a square-root day",
            World(walk=walk),
            per_year=per_year,
            years=years,
            before=before.get(walk) if per_year == 1.0 else None,
            within=0.60 if walk > 0.02 else 0.25,
            seed=round(walk * 1e4) + round(10 * per_year),
        )
        for per_year, years in ((12.0, 20.0), (1.0, 150.0), (0.1, 800.0))
        for walk in (0.006, 0.009, 0.010, 0.015, 0.020, 0.030)
    ]


def _worlds() -> list[Row]:
    jumps = FITTED.network
    return [
        _quiet("no-growth", "no growth", World(growth_log_per_day=0.0)),
        _quiet(
            "sevenfold-009",
            "sevenfold growth a year, drift 0.009",
            World(growth_log_per_day=SEVENFOLD),
        ),
        _quiet(
            "sevenfold-020",
            "sevenfold growth a year, drift 0.020",
            World(growth_log_per_day=SEVENFOLD, walk=0.020),
        ),
        _quiet(
            "jumps",
            "the model of the filter: 6 jumps a year of 10 % on average; all alarms count",
            World(
                walk=jumps.drift_log_per_sqrt_day,
                growth_log_per_day=jumps.growth_log_per_day,
                wobble=jumps.transient_log,
                wobble_s=jumps.transient_s,
                jumps_per_year=jumps.jumps_per_year,
                jump_log=jumps.jump_log,
            ),
            before=1.70,
            within=0.5,
        ),
        _quiet("week", "a weekly cycle of 2 %", World(weekly=0.02), within=0.5),
        _quiet(
            "summer",
            "summer afternoons, 18 to 24 UTC, 3 to 9 % less",
            World(summer_share=(0.03, 0.09)),
            within=0.5,
        ),
        _quiet(
            "liars-2-percent",
            "2 % of the blocks dated 7,100 s ahead",
            World(liars_share=0.02, liars_s=7100.0),
            before=7.5,
            within=0.5,
        ),
        _quiet(
            "liars-10-percent",
            "10 % of the blocks dated an hour ahead",
            World(liars_share=0.10, liars_s=3600.0),
            before=2.5,
            within=0.5,
        ),
        _quiet(
            "liars-behind",
            "10 % of the blocks dated 40 minutes behind",
            World(liars_share=0.10, liars_s=-2400.0),
            within=0.5,
        ),
        _quiet(
            "timewarp",
            "the last header of every epoch dated 7,100 s ahead",
            World(last_header_s=7100.0),
            within=0.5,
        ),
    ]


def _delays() -> list[Row]:
    found = [
        Row(
            key=f"delay-{100 * drop:.0f}",
            section=FINDING,
            situation=f"a fall of {100 * drop:.0f} %, one a year, mean delay",
            unit="h",
            advertised=power(drop_share=drop).mean_delay_s / 3600.0,  # type: ignore[operator]
            before=before,
            low=0.0,
            high=1.15 * before,
            measure=partial(mean_delay_h, drop_share=drop, per_year=1.0, trials=200, seed=71),
            group=f"delay-{drop:g}",
            missed=missed(f"delay-{100 * drop:.0f}"),
        )
        for drop, before in FIXED_DELAY_H.items()
    ]
    before_any = {0.18: 84.0, 0.25: 53.0, 0.35: 66.0, 0.50: 31.0}
    for drop, before in before_any.items():
        promised = power(drop_share=drop, false_alarms_per_year=12.0).mean_delay_any_instant_s
        assert promised is not None
        found.append(
            Row(
                key=f"any-instant-{100 * drop:.0f}",
                section=FINDING,
                situation=f"a fall of {100 * drop:.0f} % at any instant, twelve a year, mean delay",
                unit="h",
                advertised=promised / 3600.0,
                before=before,
                low=0.0,
                high=1.15 * promised / 3600.0,
                measure=partial(
                    mean_delay_h,
                    drop_share=drop,
                    per_year=12.0,
                    trials=200,
                    seed=72,
                    any_instant=True,
                ),
                group=f"any-instant-{drop:g}",
                missed=missed(f"any-instant-{100 * drop:.0f}"),
            )
        )
    return found


def _second_falls() -> list[Row]:
    rows = []
    for after_d, before in ((1.5, 7.0), (3.0, 82.0), (5.0, 98.0)):
        asked = partial(second_falls_s, after_d=after_d, trials=300, seed=73)
        rows += _second_fall(
            f"second-{after_d:g}d", f"{after_d:g} days after the alarm", asked, before
        )
    asked = partial(second_falls_s, after_d=4.0, recovers=True, trials=300, seed=74)
    rows += _second_fall("recovery", "two days into the recovery from it", asked, None)
    return rows


def _second_fall(
    key: str, when: str, asked: Callable[[], tuple[float, ...]], before: float | None
) -> list[Row]:
    what = f"35 % more after a fall of 25 %, {when}"
    return [
        Row(
            key=f"{key}-found",
            section=FINDING,
            situation=f"{what}: found in 30 days",
            unit="%",
            advertised=None,
            before=before,
            low=95.0,
            high=100.0,
            measure=lambda: percent(found_share(asked())),
            group=key,
            missed=missed(f"{key}-found"),
        ),
        Row(
            key=f"{key}-slower",
            section=FINDING,
            situation=f"{what}: delay over that of a first fall",
            unit="times",
            advertised=1.0,
            before=None,
            low=0.0,
            high=1.5,
            measure=lambda: slower(
                asked(), delays_s(drop_share=0.35, per_year=1.0, trials=200, seed=71)
            ),
            group=key,
            missed=missed(f"{key}-slower"),
        ),
    ]


ALARM_ROWS = (*_drifts(), *_worlds(), *_delays(), *_second_falls())
