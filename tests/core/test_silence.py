"""A silence is believed as long as chance lets one be, at the pace before it."""

import numpy as np
import pytest

from hashquake.core.silence import BELIEVED_ONCE_IN, believed_silence_s, silence_probability

EVERY_TEN_MINUTES_S = [600.0 * n for n in range(11)]


def test_the_longest_silence_believed_has_the_stated_chance() -> None:
    longest_s = believed_silence_s(EVERY_TEN_MINUTES_S)
    assert silence_probability(longest_s, EVERY_TEN_MINUTES_S) == pytest.approx(
        1.0 / BELIEVED_ONCE_IN
    )


def test_half_the_pace_is_believed_twice_as_long() -> None:
    slow_s = [2.0 * time_s for time_s in EVERY_TEN_MINUTES_S]
    assert believed_silence_s(slow_s) == pytest.approx(
        2.0 * believed_silence_s(EVERY_TEN_MINUTES_S)
    )


def test_the_chance_is_that_of_waiting_times_whose_pace_is_only_estimated() -> None:
    """Against simulation at a pace that is not the nominal one, for gaps 2 to 5 means long."""
    rng = np.random.default_rng(20261129)
    gaps = rng.exponential(473.0, (100_000, 11))
    for longest in (2.0, 3.0, 5.0):
        silent_s = longest * gaps[:, :10].mean(1)
        seen = float((gaps[:, 10] > silent_s).mean())
        ten = [600.0 * n for n in range(11)]
        assert seen == pytest.approx(silence_probability(longest * 600.0, ten), abs=0.004)


def test_header_times_in_any_order_give_the_same() -> None:
    shuffled = [*EVERY_TEN_MINUTES_S[5:], *EVERY_TEN_MINUTES_S[:5]]
    assert believed_silence_s(shuffled) == believed_silence_s(EVERY_TEN_MINUTES_S)


@pytest.mark.parametrize("times_s", [[], [5.0], [5.0, 5.0]])
def test_no_pace_is_an_error(times_s: list[float]) -> None:
    with pytest.raises(ValueError, match="header_s must"):
        believed_silence_s(times_s)
