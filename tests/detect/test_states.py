"""Signals that tell dark or online and no level: found, dated, and never given a depth."""

from dataclasses import replace

import numpy as np
import pytest
from tests.made_signals import judged, made

from hashquake.core.reason import Findings
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags, dips, without_levels
from hashquake.detect.fusion import fuse
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_features import features_of
from hashquake.detect.series import BGP, PROBING, TRAFFIC, Series
from hashquake.detect.stated_usual import judge

WHOLE = Window(start_s=parse_time("2022-01-01"), end_s=parse_time("2022-01-20"))
DAY = Window(start_s=parse_time("2022-01-15T10:00Z"), end_s=parse_time("2022-01-15T16:00Z"))


def states(step_s: float = 1800.0) -> AnomalyFlags:
    """Judge a signal that is online for six hours, dark for six, online for six."""
    values = np.repeat([1.0, 0.0, 1.0], round(6.0 * HOUR_S / step_s))
    series = Series(
        subject="country:KZ",
        signal=PROBING,
        start_s=DAY.start_s - 6.0 * HOUR_S,
        step_s=step_s,
        values=values,
    )
    return without_levels(judge(replace(series, usual=np.ones(len(values)))))


def test_a_state_opens_an_outage_and_tells_no_depth() -> None:
    (found,) = fuse([states()])
    assert found.dark_windows == (DAY,)
    assert not found.depth_told
    assert (found.depth_share.low, found.depth_share.high) == pytest.approx((0.3, 1.0))
    (witness,) = found.seen_by
    assert witness.remaining_share is None
    assert witness.covered_share == 1.0


def test_the_depth_is_of_those_who_tell_it() -> None:
    traffic = judged(made(TRAFFIC, WHOLE, dark=(DAY,), remaining_share=0.4))
    (found,) = fuse([states(), traffic])
    assert found.depth_told
    assert found.depth_share.median == pytest.approx(0.6, abs=0.03)


def test_a_dip_without_a_level_may_be_any() -> None:
    (dip,) = dips(states())
    assert dip.window == DAY
    assert dip.remaining_share.low < 0.1
    assert dip.remaining_share.high > 0.9


def test_classes_are_judged_without_a_depth_that_nobody_tells() -> None:
    (found,) = fuse([states(), judged(made(BGP, WHOLE))])
    features = features_of(found)
    assert features.depth_share is None
    reasons = {
        finding.name
        for each in classify(features)
        if isinstance(each.reason, Findings)
        for finding in (*each.reason.supporting, *each.reason.opposing)
    }
    assert not {"total", "partial"} & reasons
    assert {"routes_stay", "routes_gone"} & reasons


@pytest.mark.parametrize(("step_s", "counts"), [(300.0, True), (1800.0, False)])
def test_edges_told_to_the_half_hour_are_no_evidence_of_the_half_hour(
    step_s: float, counts: bool
) -> None:
    (found,) = fuse([states(step_s)])
    assert (features_of(found).half_hour_share > 0.0) is counts
