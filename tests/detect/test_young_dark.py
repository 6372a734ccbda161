"""An outage is stated after ten minutes where two kinds of signal agree, else after thirty."""

import numpy as np
import pytest
from tests.made_signals import judged, made

from hashquake.catalog.outages import status_of
from hashquake.core.times import MINUTE_S, parse_time
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.fusion import Fused, fuse
from hashquake.detect.outages import find_outages
from hashquake.detect.series import BGP, PROBING, TELESCOPE

WHOLE = Window(start_s=parse_time("2021-12-20"), end_s=parse_time("2022-01-07"))
BEGAN_S = parse_time("2022-01-05T10:40Z")


def signals(
    *low: str, minutes: float = 600.0, seen: tuple[str, ...] = (PROBING, BGP, TELESCOPE)
) -> list[AnomalyFlags]:
    dark = Window(start_s=BEGAN_S, end_s=BEGAN_S + minutes * MINUTE_S)
    return [judged(made(one, WHOLE, dark=(dark,) if one in low else ())) for one in seen]


def known(flags: list[AnomalyFlags], minutes: float) -> list[AnomalyFlags]:
    """Return the bins that ended by so long after the fall."""
    at_s = BEGAN_S + minutes * MINUTE_S
    ends_s = [
        one.start_s + np.floor((at_s - one.start_s) / one.step_s) * one.step_s for one in flags
    ]
    return [
        one.cut(Window(start_s=one.start_s, end_s=float(end_s)))
        for one, end_s in zip(flags, ends_s, strict=True)
    ]


def fused(flags: list[AnomalyFlags], minutes: float) -> tuple[Fused, ...]:
    return fuse(known(flags, minutes))


def test_two_kinds_state_an_outage_after_ten_minutes() -> None:
    both = signals(PROBING, TELESCOPE)
    assert fused(both, 5.0) == ()
    (outage,) = fused(both, 10.0)
    assert outage.end_s is None
    assert outage.onset.holds(BEGAN_S)
    assert {one.signal for one in outage.seen_by} == {PROBING, TELESCOPE}
    (dark,) = outage.dark_windows
    assert dark == Window(start_s=BEGAN_S, end_s=BEGAN_S + 10.0 * MINUTE_S)


def test_one_kind_states_it_after_half_an_hour() -> None:
    alone = signals(PROBING)
    assert [len(fused(alone, minutes)) for minutes in (10.0, 20.0, 30.0)] == [0, 0, 1]


def test_routes_confirm_probing_and_the_telescope_opens_nothing_alone() -> None:
    assert len(fused(signals(PROBING, BGP), 10.0)) == 1
    assert fused(signals(TELESCOPE), 20.0) == ()


def test_it_is_taken_back_when_it_is_over_before_half_an_hour() -> None:
    short = signals(PROBING, BGP, TELESCOPE, minutes=20.0)
    assert len(fused(short, 20.0)) == 1
    assert fused(short, 30.0) == ()
    assert fused(short, 600.0) == ()


def test_it_stays_where_one_kind_is_back_before_the_other() -> None:
    dark = [Window(start_s=BEGAN_S, end_s=BEGAN_S + 60.0 * each) for each in (600.0, 12.0)]
    flags = [
        judged(made(one, WHOLE, dark=(window,)))
        for one, window in zip((PROBING, BGP), dark, strict=True)
    ]
    assert [len(fused(flags, minutes)) for minutes in (10.0, 15.0, 20.0, 25.0, 30.0)] == [1] * 5


def test_it_is_preliminary_until_it_is_half_an_hour_old() -> None:
    both = signals(PROBING, BGP)
    stati = []
    for minutes in (10.0, 20.0, 30.0):
        (outage,) = find_outages(known(both, minutes))
        stati.append(status_of(outage))
    assert stati == ["preliminary", "preliminary", "confirmed"]


@pytest.mark.parametrize("after", [120.0, 1440.0])
def test_signals_that_end_low_say_nothing_of_later_times(after: float) -> None:
    """Two instruments end ten minutes into the dark; the routes go on for hours."""
    probing, bgp, telescope = signals(PROBING, TELESCOPE)
    ended = known([probing, telescope], 10.0)
    (routes,) = known([bgp], after)
    assert fuse([*ended, routes]) == ()
