"""The price that weighs machines is that of each block's own day."""

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.hardware import bundled_machines
from hashquake.datasets.price_daily import prices_before
from hashquake.explain.fleet import (
    ELECTRICITY_USD_PER_KWH,
    FEE_SHARE,
    efficiency_at,
    threshold_j_per_th,
    usd_per_hash,
)
from hashquake.observatory.fleet_efficiency import EnergyPrices, machines_at

AT_S = parse_time("2022-06-20")
"""After a fortnight in which bitcoin fell from 30,000 to 20,000 dollars."""


class _FewDays(BundledRecord):
    """The bundled record, of which some days' blocks alone are left."""

    def __init__(self, kept: Window) -> None:
        super().__init__()
        self.kept = kept

    def blocks(
        self,
        *,
        first_height: int | None = None,
        last_height: int | None = None,
        window: Window | None = None,
        stale: bool = False,
        detail: bool = False,
    ) -> BlockColumns:
        found = super().blocks(
            first_height=first_height,
            last_height=last_height,
            window=window,
            stale=stale,
            detail=detail,
        )
        inside = (found.header_s >= self.kept.start_s) & (found.header_s < self.kept.end_s)
        return found.take(inside)


@pytest.mark.parametrize("days_ago", [13, 6, 0])
def test_blocks_of_one_day_earn_that_days_price(days_ago: int) -> None:
    day = Window(start_s=AT_S - (days_ago + 1) * DAY_S, end_s=AT_S - days_ago * DAY_S)
    record = _FewDays(day)
    found, _, _ = machines_at(record, AT_S, EnergyPrices(), np.random.default_rng(1), 10)
    blocks = record.blocks(window=day)
    (price_usd,), _ = prices_before(day.end_s, days=1)
    hash_usd = usd_per_hash(
        blocks.height, blocks.work_hashes, np.full(len(blocks), price_usd), fee_share=FEE_SHARE
    )
    threshold = threshold_j_per_th(hash_usd, electricity_usd_per_kwh=ELECTRICITY_USD_PER_KWH)
    assert found == efficiency_at(bundled_machines(), AT_S, threshold)


def test_the_fortnight_is_one_in_which_the_order_of_prices_matters() -> None:
    daily, _ = prices_before(AT_S, days=14)
    assert daily[0] > 1.3 * daily[-1]
