"""Tables computed independently, before this code, from the El Karoui-Loisel-Salhi recursion."""

import pytest

from hashquake.core.times import HOUR_S
from hashquake.detect.limit import cusum_limit, sizing_blocks

WORST_DELAY_H = {
    0.05: (168, 434, 726),
    0.10: (76, 150, 224),
    0.12: (59, 112, 163),
    0.14: (48, 87, 124),
    0.18: (33, 57, 79),
    0.25: (20, 32, 43),
    0.35: (11.6, 17.5, 23),
    0.50: (6.2, 8.9, 11.4),
}
"""Known size and baseline; one false alarm in 30 days, a year, ten years."""


def half_a_digit(hours: float) -> float:
    # The table is rounded to whole hours, or to a tenth where it shows one.
    return 0.51 if isinstance(hours, int) else 0.051


@pytest.mark.parametrize("drop", WORST_DELAY_H)
def test_worst_case_delays(drop: float) -> None:
    for rate, hours in zip((365.25 / 30, 1.0, 0.1), WORST_DELAY_H[drop], strict=True):
        limit = cusum_limit(drop_share=drop, false_alarms_per_year=rate)
        assert limit.delay_s / HOUR_S == pytest.approx(hours, abs=half_a_digit(hours))


@pytest.mark.parametrize(
    ("power", "baseline", "blocks"),
    [(0.8, None, 403), (0.8, 2016.0, 504), (0.95, None, 706), (0.95, 2016.0, 1086)],
)
def test_blocks_to_tell_twelve_percent_from_nothing(
    power: float, baseline: float | None, blocks: int
) -> None:
    found = sizing_blocks(drop_share=0.12, power=power, baseline_blocks=baseline)
    assert found == pytest.approx(blocks, abs=1.0)
