"""A quake made by hand, for tests that need one of any kind."""

from dataclasses import replace

from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.quake import Cause, Quake
from hashquake.core.reason import NullAlarms, Undocumented
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window

ONSET_S = 1_641_380_000.0


def made_quake(**changes: object) -> Quake:
    """Return a fall of a fifth on 5 January 2022; all its numbers survive being stored."""
    onset = Window(start_s=ONSET_S - 6 * HOUR_S, end_s=ONSET_S + 6 * HOUR_S)
    remaining = Interval(median=0.8, low=0.75, high=0.86, level=0.9)
    quake = Quake(
        id="hq20220105a",
        revision=1,
        issued_s=ONSET_S + 48 * HOUR_S,
        status="confirmed",
        subject="network",
        kind="network",
        onset=onset,
        detected_s=ONSET_S + 20 * HOUR_S,
        end_s=None,
        remaining_share=remaining,
        lost_hps=Interval(median=3.6e19, low=2.5e19, high=4.5e19, level=0.9),
        false_alarms_per_year=1.0,
        picks=(
            Pick(
                subject="network",
                onset=onset,
                detected_s=ONSET_S + 20 * HOUR_S,
                remaining_share=remaining,
                statistic=8.125,
                threshold=7.5,
                false_alarms_per_year=1.0,
                made_by="test/1",
            ),
        ),
        pools=(),
        causes=(
            Cause(name="unknown", probability=0.75, reason=Undocumented(falls_per_year=4.0)),
            Cause(name="luck", probability=0.25, reason=NullAlarms(false_alarms_per_year=1.0)),
        ),
        made_by="test/1",
    )
    return replace(quake, **changes)  # type: ignore[arg-type]  # a test's shorthand
