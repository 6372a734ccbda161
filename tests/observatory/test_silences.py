"""Rates over a silence that was watched, and at the very end of a record."""

from collections.abc import Iterator

import pytest

from hashquake.core.errors import NoCoverage
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory

# No block of the bundled record is dated in these five minutes.
SILENCE = Window(start_s=parse_time("2022-01-05T12:25"), end_s=parse_time("2022-01-05T12:30"))


@pytest.fixture(scope="module")
def bundled() -> Iterator[Observatory]:
    with open_observatory("bundled") as observatory:
        yield observatory


def test_a_silence_bounds_the_rate_from_above(bundled: Observatory) -> None:
    (network,) = bundled.rate(SILENCE)
    assert network.hashrate.n_blocks == 0
    interval = network.hashrate.interval(0.9)
    assert interval.low == 0.0
    # Exact: rate times exposure under which no block comes in one case of twenty is ln 20.
    day = bundled.rate(Window(start_s=SILENCE.start_s, end_s=SILENCE.start_s + 24 * HOUR_S))
    expected = day[0].hashrate.interval(0.9).median / day[0].hashrate.n_blocks * 288.0
    assert interval.high == pytest.approx(2.9957 * expected, rel=0.01)


def test_a_silence_bounds_pools_and_says_nothing_of_shares(bundled: Observatory) -> None:
    rates = bundled.rate(SILENCE, subjects=("network", "pool:antpool"))
    assert [rate.hashrate.n_blocks for rate in rates] == [0, 0]
    assert [rate.share for rate in rates] == [None, None]
    assert rates[1].hashrate.interval(0.9).low == 0.0 < rates[1].hashrate.interval(0.9).high


@pytest.mark.parametrize("method", ["filter", "smoother"])
@pytest.mark.parametrize("subject", ["network", "pool:antpool"])
def test_an_instant_in_a_silence_is_estimated(
    bundled: Observatory, method: str, subject: str
) -> None:
    (rate,) = bundled.rate_at(SILENCE.end_s - 60.0, subjects=(subject,), method=method)
    assert 0.0 < rate.hashrate.interval(0.9).low < rate.hashrate.interval(0.9).high


@pytest.mark.parametrize("method", ["filter", "smoother"])
@pytest.mark.parametrize("subject", ["network", "pool:foundryusa"])
def test_the_end_of_the_record_is_an_instant_like_any_other(
    bundled: Observatory, method: str, subject: str
) -> None:
    end_s = bundled.end_s()
    (last,) = bundled.rate_at(end_s, subjects=(subject,), method=method)
    (day_before,) = bundled.rate_at(end_s - 86_400.0, subjects=(subject,), method=method)
    assert day_before.hashrate.interval(0.9).holds(last.hashrate.interval(0.9).median)


def test_what_was_not_watched_stays_without_an_answer(bundled: Observatory) -> None:
    after = Window(start_s=bundled.end_s() + 60.0, end_s=bundled.end_s() + 360.0)
    with pytest.raises(NoCoverage) as refused:
        bundled.rate(after)
    assert refused.value.code == "no-coverage"
    for method in ("filter", "smoother"):
        with pytest.raises(NoCoverage):
            bundled.rate_at(after.end_s, method=method)
