"""What real cuts of power and connectivity say of the pools' machines."""

from functools import lru_cache
from itertools import pairwise

import pytest

from hashquake.core.pool_exposure import Completeness, DarkShare, Exposures
from hashquake.observatory import open_observatory


@lru_cache(maxsize=1)
def _found() -> Exposures:
    with open_observatory("bundled") as observatory:
        return observatory.exposure()


def _dark(event: str) -> dict[str, DarkShare]:
    return {row.pool: one for row in _found().rows for one in row.dark if one.event == event}


def _event(name: str) -> Completeness:
    return next(one for one in _found().events if one.event == name)


def test_xinjiang_took_a_quarter_of_the_network_and_about_all_the_map_gave_it() -> None:
    event = _event("xinjiang-2021")
    assert event.dark_share.median == pytest.approx(0.25, abs=0.03)
    assert 0.15 < event.dark_share.low < event.dark_share.high < 0.35
    assert event.dark_of_map_share is not None
    assert event.dark_of_map_share.holds(1.0)
    assert event.dark_of_map_share.low > 0.6
    assert event.complete_share.low > 0.5


def test_in_xinjiang_huobi_1thash_and_poolin_were_hit_hardest() -> None:
    dark = _dark("xinjiang-2021")
    large = ("f2pool", "antpool", "binancepool", "viabtc", "btccom")
    hit = ("huobipool", "1thash", "poolin")
    assert min(dark[pool].dark_share.median for pool in hit) > 0.3
    assert max(dark[pool].dark_share.median for pool in large) < 0.28
    assert dark["huobipool"].dark_share.low > dark["f2pool"].dark_share.high
    # F2Pool and ViaBTC hardly: an eighth or so, and not a third.
    for pool in ("f2pool", "viabtc"):
        assert dark[pool].dark_share.high < 0.36


def test_foundry_had_nothing_in_xinjiang_and_nothing_in_kazakhstan() -> None:
    assert _dark("xinjiang-2021")["foundryusa"].dark_share.high < 0.15
    kazakhstan = _dark("kazakhstan-2022")["foundryusa"].dark_share
    assert kazakhstan.median < 0.05
    assert kazakhstan.low < 0.005


def test_in_kazakhstan_pools_differ_neither_from_nothing_nor_from_each_other() -> None:
    dark = _dark("kazakhstan-2022")
    pools = [one.dark_share for pool, one in dark.items() if pool != "network"]
    assert all(one.low < 0.02 for one in pools)
    ordered = sorted(pools, key=lambda one: one.median)
    assert all(b.low < a.high for a, b in pairwise(ordered))
    assert ordered[-1].low < ordered[0].high
    assert dark["network"].dark_share.low < 0.03
    assert dark["network"].dark_share.high < 0.15


def test_poolins_missing_label_is_no_missing_power() -> None:
    rows = [row for row in _found().rows if "kazakhstan-2022" in row.events]
    assert "poolin" not in {row.pool for row in rows}
    unknown = next(row for row in rows if row.pool == "unknown")
    assert "poolin" in unknown.note
    assert unknown.dark[0].dark_share.high < 0.25


def test_the_storm_struck_foundry_and_not_antpool() -> None:
    dark = _dark("elliott-2022")
    assert dark["foundryusa"].dark_share.low > dark["antpool"].dark_share.high


def test_an_event_that_blocks_cannot_see_leaves_exposure_where_the_map_put_it() -> None:
    row = next(row for row in _found().rows if row.country == "RU" and row.pool == "network")
    after, before = row.exposure_share, row.prior_exposure_share
    assert after.median == pytest.approx(before.median, abs=0.05)
    assert row.dark[0].dark_share.low < 0.03


def test_the_catalogs_event_before_the_record_is_left_out() -> None:
    assert "sichuan-flood-2020" not in {one.event for one in _found().events}
