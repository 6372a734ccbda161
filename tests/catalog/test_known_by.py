"""What was known at an instant: every source and every quantity has its own lag."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_levels import LEVELS, levels

from hashquake.catalog.outages import outages
from hashquake.catalog.signals import read_signals
from hashquake.core.source_lags import NO_LAGS, SourceLags
from hashquake.core.times import MINUTE_S, parse_time
from hashquake.detect.detector_choice import OWN, Detectors
from hashquake.observatory import open_observatory
from hashquake.observatory.cards import source_lags

END_S = float(parse_time(LEVELS[1][1]))
"""When the first dark window of the readings ends."""


def test_the_cards_say_how_late_each_quantity_is() -> None:
    lags = source_lags()
    assert lags.lag_s("ioda", "ioda_gtr_index") == 90 * MINUTE_S
    assert lags.lag_s("ioda", "ioda_gtr_maps_index") == 90 * MINUTE_S
    assert 0.0 < lags.lag_s("ioda", "ioda_bgp_prefixes_count") < 90 * MINUTE_S
    assert lags.lag_s("ioda:probing", "ioda_ping_slash24_up_count") == lags.lag_s("ioda", "x")
    assert lags.lag_s("transcribed: a report", "connectivity_share") == 0.0


def test_a_lag_of_a_quantity_goes_before_that_of_its_source() -> None:
    lags = SourceLags(
        of_source={"s": 60.0}, of_quantity={"s": {"a": 1.0, "a_b": 2.0}, "t": {"a": 3.0}}
    )
    found = [lags.lag_s("s", name) for name in ("a_x", "a_b_x", "c")]
    assert found == [1.0, 2.0, 60.0]
    assert NO_LAGS.lag_s("s", "a") == 0.0


@pytest.mark.parametrize(
    ("source", "quantity", "lag_s"),
    [
        ("ioda", "ioda_gtr_index", 90 * MINUTE_S),
        ("ioda", "ioda_ping_slash24_up_count", 20 * MINUTE_S),
        ("events", "connectivity_share", 0.0),
    ],
)
def test_an_outage_is_known_only_when_its_values_are_out(
    tmp_path: Path, source: str, quantity: str, lag_s: float
) -> None:
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        observatory.record.append(
            levels(LEVELS[:2], source=source, quantity=quantity), source=source
        )
        assert observatory.detect_outages(until_s=END_S + lag_s - 1.0) == ()
        (outage,) = observatory.detect_outages(until_s=END_S + lag_s)
        assert outage.end_s is None
        lags = source_lags()
        before = read_signals(
            observatory.record, "country:KZ", until_s=END_S + lag_s - 1.0, lags=lags
        )
        assert [signal.coverage.windows[-1].end_s for signal in before] == [
            parse_time(LEVELS[0][1])
        ]


def test_a_flag_is_known_only_after_the_lag_of_its_detector(tmp_path: Path) -> None:
    slow = Detectors(
        members=tuple(
            replace(one, card=replace(one.card, lag_s=30.0 * MINUTE_S)) for one in OWN.members
        )
    )
    lag_s = source_lags().lag_s("ioda", "ioda_ping_slash24_up_count") + 30.0 * MINUTE_S
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        levelled = levels(LEVELS[:2], source="ioda", quantity="ioda_ping_slash24_up_count")
        observatory.record.append(levelled, source="ioda")

        def known(at_s: float) -> tuple[float, ...]:
            found = outages(observatory.record, until_s=at_s, lags=source_lags(), detectors=slow)
            return tuple(one.dark_windows[-1].end_s for one in found)

        assert known(END_S + lag_s - 1.0) != (END_S,)
        assert known(END_S + lag_s) == (END_S,)
