"""False alarms and coverage of the price study on real hours that nothing chose."""

import numpy as np
import pytest

from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.datasets.prices import bundled_candles
from hashquake.explain.price import price_study


@pytest.mark.slow
@pytest.mark.parametrize("hours", [1, 9, 24, 116])
def test_random_windows_of_the_bundled_prices_are_seldom_called(hours: int) -> None:
    """Figures in docs/theory/price.md."""
    candles, rng = bundled_candles(), np.random.default_rng(717_696)
    first_s, last_s = candles.start_s[0] + 380 * DAY_S, candles.start_s[-1] - 15 * DAY_S
    called, held = [], []
    for _ in range(400):
        start_s = float(rng.uniform(first_s, last_s) // HOUR_S * HOUR_S)
        try:
            whole = price_study(
                candles, Window(start_s=start_s, end_s=start_s + hours * HOUR_S)
            ).whole
        except NoCoverage:
            continue
        if whole.p_value is not None and whole.abnormal_share is not None:
            called.append(whole.p_value <= 0.05)
            held.append(whole.abnormal_share.holds(0.0))
    assert len(called) > 380
    assert np.mean(called) < 0.075
    assert np.mean(held) > 0.87
