"""Random outages: one a slot, all causes, apart from each other and inside the window."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country, draw_country
from hashquake.forward.connectivity.draw import draw_scripts
from hashquake.forward.connectivity.failure_scripts import PowerFailure
from hashquake.forward.connectivity.outage_laws import (
    ARTEFACT_SHARE,
    MOBILE_SHARE,
    load_outage_laws,
)
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.forward.connectivity.shutdown_scripts import Curfew, KillSwitch
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


def _drawn(seed: int, years: int) -> tuple[list[OutageScript], Country, np.random.Generator]:
    rng = np.random.default_rng(seed)
    country = draw_country(rng)
    scripts = [
        one for _ in range(years) for one in draw_scripts(country, rng, window=YEAR, n_outages=7)
    ]
    return scripts, country, rng


def test_causes_are_as_common_as_among_real_outages_and_orders_fall_on_the_mark() -> None:
    scripts, country, rng = _drawn(1, 150)
    laws = load_outage_laws()
    causes = Counter[str](one.cause for one in scripts)
    wanted = {
        "kill_switch": laws.kill_switch_share,
        "curfew": laws.curfew_share,
        "mobile_only": MOBILE_SHARE,
        "upstream_failure": laws.cable_share,
        "power_failure": laws.power_share,
        "measurement_artefact": ARTEFACT_SHARE,
    }
    assert sum(wanted.values()) == pytest.approx(1.0)
    for cause, share in wanted.items():
        sd = (len(scripts) * share * (1.0 - share)) ** 0.5
        assert causes[cause] == pytest.approx(len(scripts) * share, abs=4.0 * sd)
    orders = [o.cuts(country, rng) for o in scripts if o.cause == "mobile_only"]
    first_s = np.array([np.nanmin(cuts[0].start_s) for cuts in orders])
    assert (first_s % 1800 < 480).mean() > laws.starts_on_the_mark_share - 0.1


def test_power_fails_for_days_now_and_then_and_routes_go_with_most_orders() -> None:
    scripts, *_ = _drawn(2, 300)
    lengths_s = np.array([o.window.duration_s for o in scripts if isinstance(o, PowerFailure)])
    laws = load_outage_laws()
    assert np.median(lengths_s) == pytest.approx(laws.power.median_s, rel=0.4)
    assert (lengths_s > DAY_S).mean() > 0.15
    kept = [o.remaining.bgp_share[0] > 0.9 for o in scripts if isinstance(o, KillSwitch)]
    assert 0.15 < np.mean(kept) < 0.5
    exams = [o for o in scripts if isinstance(o, Curfew)]
    assert {o.every_days for o in exams} == {1, 2}


def test_the_same_seed_draws_the_same_scripts() -> None:
    country = draw_country(np.random.default_rng(2))
    one, two = (draw_scripts(country, np.random.default_rng(3), window=YEAR) for _ in range(2))
    assert one == two


def test_more_outages_than_slots_are_refused() -> None:
    country = draw_country(np.random.default_rng(2))
    with pytest.raises(UsageError) as caught:
        draw_scripts(country, np.random.default_rng(3), window=YEAR, n_outages=14)
    assert caught.value.code == "draw-slots"
