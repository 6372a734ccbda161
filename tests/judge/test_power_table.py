"""The power table: what it promises, what it refuses to, and that it reads both ways."""

from math import inf

import pytest

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import shiryaev_roberts
from hashquake.judge.power import (
    LEAST_DROP_SHARE,
    delay_at,
    measured_delays,
    power,
    power_table,
    smallest_drop,
)


def test_under_twelve_percent_nothing_is_promised() -> None:
    answer = power(drop_share=0.10)
    assert answer.delay_s is None
    assert answer.delay_blocks is None
    assert answer.not_within_days == 30.0
    assert answer.bound_s / HOUR_S == pytest.approx(150, abs=1)


def test_twelve_percent_takes_three_and_a_half_days_to_size() -> None:
    assert power(drop_share=0.12).sizing_days == pytest.approx(504 / 144, abs=0.01)
    assert power(drop_share=0.05).sizing_days == inf


@pytest.mark.parametrize("drop", [0.25, 0.35, 0.5])
def test_delays_keep_within_the_promised_distance_of_the_limit(drop: float) -> None:
    answer = power(drop_share=drop)
    assert answer.mean_delay_s is not None
    assert answer.delay_blocks is not None
    assert answer.mean_delay_s <= 1.25 * answer.bound_s
    assert answer.delay_blocks <= 1.25 * answer.bound_blocks
    assert answer.found_share == 1.0


def test_a_measured_cell_is_given_back_unchanged() -> None:
    for cell in measured_delays():
        found = delay_at(
            drop_share=cell.drop_share, false_alarms_per_year=cell.false_alarms_per_year
        )
        assert found.mean_s == pytest.approx(cell.mean_s)
        assert found.high_s == pytest.approx(cell.high_s)


def test_between_cells_delays_lie_between() -> None:
    a, b, c = (delay_at(drop_share=d, false_alarms_per_year=2.0).mean_s for d in (0.25, 0.3, 0.35))
    assert a > b > c
    rates = [delay_at(drop_share=0.3, false_alarms_per_year=r).mean_s for r in (12.0, 1.0, 0.1)]
    assert rates == sorted(rates)


def test_the_table_falls_with_the_drop() -> None:
    means = [row.mean_delay_s for row in power_table() if row.mean_delay_s is not None]
    assert means == sorted(means, reverse=True)
    assert len(means) >= 5


@pytest.mark.parametrize("drop", [0.15, 0.22, 0.4])
def test_read_backwards_it_gives_the_drop_again(drop: float) -> None:
    mean_s = power(drop_share=drop).mean_delay_s
    assert mean_s is not None
    assert smallest_drop(within_s=mean_s) == pytest.approx(drop, rel=1e-3)


def test_no_drop_is_found_within_minutes_and_none_smaller_than_promised() -> None:
    assert smallest_drop(within_s=60.0) is None
    assert smallest_drop(within_s=300 * DAY_S) == LEAST_DROP_SHARE


def test_rates_nobody_measured_are_refused() -> None:
    with pytest.raises(UsageError, match="not measured"):
        power(drop_share=0.3, false_alarms_per_year=400.0)


def test_the_table_belongs_to_the_detector_as_it_is() -> None:
    import tomllib
    from importlib import resources

    text = (resources.files("hashquake.judge") / "power_measured.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    assert (table["detector"], table["version"]) == (
        shiryaev_roberts.CARD.name,
        shiryaev_roberts.CARD.version,
    )
