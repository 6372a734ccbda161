from itertools import pairwise

import pytest

from hashquake.catalog.causes import country_share, mapped_share
from hashquake.core.times import DAY_S, parse_time
from hashquake.datasets.mining_map import bundled_maps

MAPS = bundled_maps()
NEWEST_S = max(one.vintage_s for one in MAPS)


@pytest.mark.parametrize("country", ["US", "KZ", "RU", "TV"])
@pytest.mark.parametrize("days", [1.0, 40.0, 540.0, 3000.0])
def test_a_quake_after_the_newest_map_asks_for_the_shares_of_that_map(
    country: str, days: float
) -> None:
    found = country_share(MAPS, country, at_s=NEWEST_S + days * DAY_S)
    assert found is not None
    assert 0.0 < found.low < found.median < found.high < 1.0


def test_a_share_is_known_less_well_the_older_the_newest_map_is() -> None:
    found = [mapped_share(MAPS, "US", at_s=NEWEST_S + days * DAY_S) for days in (0.0, 200.0, 900.0)]
    widths = [one.high - one.low for one in found if one is not None]
    assert len(widths) == 3
    assert all(earlier < later for earlier, later in pairwise(widths))


def test_without_maps_a_share_is_not_known() -> None:
    at_s = float(parse_time("2022-01-05"))
    assert country_share((), "KZ", at_s=at_s) is None
    assert mapped_share((), "KZ", at_s=at_s) is None
