"""Random outages: one a slot, all causes, apart from each other and inside the window."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import draw_country
from hashquake.forward.connectivity.draw import draw_scripts
from hashquake.forward.connectivity.truth import true_outage

START_S = parse_time("2023-01-01")
YEAR = Window(start_s=START_S, end_s=START_S + 365 * DAY_S)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_outages=st.integers(0, 13))
def test_outages_keep_apart_and_leave_a_fortnight_of_quiet(seed: int, n_outages: int) -> None:
    rng = np.random.default_rng(seed)
    country = draw_country(rng)
    scripts = draw_scripts(country, rng, window=YEAR, n_outages=n_outages)
    truths = [true_outage(one.cause, one.cuts(country, rng), country) for one in scripts]
    assert len(truths) == n_outages
    ends_s = [YEAR.start_s, *(truth.window.end_s for truth in truths)]
    for end_s, truth in zip(ends_s[:-1], truths, strict=True):
        assert truth.window.start_s - end_s >= 14 * DAY_S
    assert ends_s[-1] <= YEAR.end_s


def test_every_cause_is_drawn_and_most_orders_fall_on_the_half_hour() -> None:
    rng = np.random.default_rng(1)
    country = draw_country(rng)
    scripts = [
        one for _ in range(100) for one in draw_scripts(country, rng, window=YEAR, n_outages=7)
    ]
    causes = Counter(one.cause for one in scripts)
    # Two of seven scripts are a kill switch's.
    assert causes["kill_switch"] == pytest.approx(200, abs=45)
    for cause in ("curfew", "mobile_only", "upstream_failure", "power_failure"):
        assert causes[cause] == pytest.approx(100, abs=36)
    assert causes["measurement_artefact"] == pytest.approx(100, abs=36)
    orders = [o.cuts(country, rng) for o in scripts if o.cause == "mobile_only"]
    first_s = np.array([np.nanmin(cuts[0].start_s) for cuts in orders])
    assert (first_s % 1800 < 480).mean() > 0.6


def test_the_same_seed_draws_the_same_scripts() -> None:
    country = draw_country(np.random.default_rng(2))
    one, two = (draw_scripts(country, np.random.default_rng(3), window=YEAR) for _ in range(2))
    assert one == two


def test_more_outages_than_slots_are_refused() -> None:
    country = draw_country(np.random.default_rng(2))
    with pytest.raises(UsageError) as caught:
        draw_scripts(country, np.random.default_rng(3), window=YEAR, n_outages=14)
    assert caught.value.code == "draw-slots"
