"""What was known of shares on a day, and how the knowledge ages."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.country import REST
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.mining_map import MiningMap, build_map
from hashquake.core.times import DAY_S, parse_time
from hashquake.datasets.mining_map import CAMBRIDGE, bundled_maps, month_window, province_maps
from hashquake.explain.mining_map import (
    MONTH_S,
    PROVINCE_PACE,
    draw_ranks,
    draw_shares,
    share_law,
    share_margin,
)
from hashquake.explain.mining_table import CARRIED, REDIRECTED, UNNAMED, mining_table

MAPS = bundled_maps()
NOW_S = parse_time("2026-04-01")


def made(month: str, vintage: str, shares: Mapping[str, float], **given: object) -> MiningMap:
    from datetime import date

    return build_map(
        shares,
        window=month_window(date.fromisoformat(f"{month}-01")),
        vintage_s=parse_time(vintage),
        **{"publisher": "x", "partial": True, **given},  # type: ignore[arg-type]  # a test's shorthand
    )


def test_nothing_was_known_before_the_first_publication() -> None:
    with pytest.raises(NoCoverage) as caught:
        share_law(MAPS, at_s=parse_time("2020-01-01"), as_of_s=parse_time("2020-05-05"))
    assert caught.value.code == "map-missing"
    assert "2020-05-06" in caught.value.hint


def test_tomorrow_cannot_be_known_today() -> None:
    with pytest.raises(UsageError) as caught:
        share_law(MAPS, at_s=NOW_S + 1, as_of_s=NOW_S)
    assert caught.value.code == "time-ahead"


def test_a_later_vintage_of_a_month_replaces_an_earlier_one_once_it_is_out() -> None:
    maps = [
        made("2021-08", "2021-10-01", {"KZ": 0.18}),
        made("2021-08", "2021-12-01", {"KZ": 0.16}),
    ]
    at_s = parse_time("2021-08-16T12:00Z")
    early = share_law(maps, at_s=at_s, as_of_s=parse_time("2021-11-01"))
    late = share_law(maps, at_s=at_s, as_of_s=parse_time("2021-12-02"))
    assert (early.share_of("KZ"), late.share_of("KZ")) == (0.18, 0.16)


def test_between_two_months_shares_are_interpolated_and_surer_than_beside_one() -> None:
    maps = [made("2021-04", "2021-07-01", {"KZ": 0.08}), made("2021-06", "2021-07-01", {"KZ": 0.1})]
    middle_s = (maps[0].middle_s + maps[1].middle_s) / 2
    inside = share_law(maps, at_s=middle_s, as_of_s=NOW_S)
    assert inside.share_of("KZ") == pytest.approx(0.09)
    beside = share_law(maps[:1], at_s=middle_s, as_of_s=NOW_S)
    assert inside.dispersion < beside.dispersion
    assert len(inside.windows) == 2


@given(months=st.floats(0.6, 60), more=st.floats(0.1, 24))
def test_knowledge_ages(months: float, more: float) -> None:
    one = made("2021-08", "2021-10-01", {"KZ": 0.18, "US": 0.4})
    laws = [
        share_law([one], at_s=one.middle_s + after * MONTH_S, as_of_s=1e10)
        for after in (months, months + more)
    ]
    assert laws[0].dispersion < laws[1].dispersion < 1
    low, high = share_margin(np.array([0.18]), laws[0].dispersion, (0.05, 0.95))
    low_later, high_later = share_margin(np.array([0.18]), laws[1].dispersion, (0.05, 0.95))
    assert low_later <= low
    assert high <= high_later


def test_publishers_are_not_mixed_and_the_nearest_speaks() -> None:
    far = share_law(MAPS, at_s=parse_time("2023-01-01"), as_of_s=NOW_S)
    near = share_law(MAPS, at_s=parse_time("2025-09-01"), as_of_s=NOW_S)
    assert (far.publisher, near.publisher) == (CAMBRIDGE, "Hashrate Index")
    assert near.carried == {"KZ"}
    assert near.share_of("KZ") == pytest.approx(0.02484)
    assert near.share_of("IR") is None
    assert sum(near.shares) == pytest.approx(1)


def test_a_month_published_is_near_what_was_published() -> None:
    law = share_law(MAPS, at_s=parse_time("2021-08-16T12:00Z"), as_of_s=parse_time("2022-01-06"))
    drawn = draw_shares(law, np.random.default_rng(5), 4000)
    kazakhstan = drawn[:, law.countries.index("KZ")]
    assert np.median(kazakhstan) == pytest.approx(0.181, abs=0.002)
    assert np.quantile(kazakhstan, 0.05) > 0.155
    assert np.quantile(kazakhstan, 0.95) < 0.21


def test_a_flagged_share_may_be_anything_down_to_nothing_and_its_median_stays() -> None:
    shares = {"DE": 0.05, "MY": 0.05, "US": 0.9}
    flagged = made("2021-08", "2021-10-01", shares, flagged=frozenset({"DE"}))
    law = share_law([flagged], at_s=flagged.middle_s, as_of_s=NOW_S)
    drawn = draw_shares(law, np.random.default_rng(5), 20_000)
    germany, malaysia = (drawn[:, law.countries.index(one)] for one in ("DE", "MY"))
    assert np.median(germany) == pytest.approx(0.05, abs=0.002)
    assert np.quantile(germany, 0.05) == pytest.approx(0.005, abs=0.001)
    assert np.quantile(malaysia, 0.05) > 0.035


def test_ranks_leave_the_rest_of_the_world_out() -> None:
    one = made("2021-08", "2021-10-01", {"US": 0.3, "KZ": 0.2})
    law = share_law([one], at_s=one.middle_s, as_of_s=NOW_S)
    ranks = draw_ranks(law, np.array([[0.3, 0.2, 0.5], [0.1, 0.2, 0.7]]))
    assert ranks.tolist() == [[1, 2, 0], [2, 1, 0]]
    table = mining_table(law, np.random.default_rng(1), 500)
    assert [(row.country, row.rank) for row in table.rows] == [("US", 1), ("KZ", 2), (REST, None)]
    assert table.rows[0].power_mw is None


def test_flags_and_caveats_say_what_is_doubtful() -> None:
    law = share_law(MAPS, at_s=parse_time("2025-09-01"), as_of_s=NOW_S)
    rows = {row.country: row for row in mining_table(law, np.random.default_rng(1), 500).rows}
    assert rows["KZ"].flags == (CARRIED,)
    assert rows[REST].flags == (UNNAMED,)
    old = share_law(MAPS, at_s=parse_time("2022-12-01"), as_of_s=NOW_S)
    table = mining_table(old, np.random.default_rng(1), 500)
    assert {row.country for row in table.rows if REDIRECTED in row.flags} == {"DE", "IE"}
    assert any("10 months away" in said for said in table.caveats)


def test_intervals_hold_nine_shares_in_ten_at_every_distance() -> None:
    """As advertised on Cambridge's months; the theory page has all distances."""
    maps = [one for one in MAPS if one.publisher == CAMBRIDGE]
    countries = [country for country in maps[0].shares if country != REST]
    shares = np.array([[one.shares[country] for country in countries] for one in maps])
    for months in (1, 3, 6, 12, 18):
        law = share_law(maps[:1], at_s=maps[0].middle_s + months * MONTH_S, as_of_s=NOW_S)
        low, high = share_margin(shares[:-months], law.dispersion, (0.05, 0.95))
        later = shares[months:]
        held = ((later >= low - 5e-5) & (later <= high + 5e-5)).mean()
        assert held == pytest.approx(0.9, abs=0.025)


def test_an_exact_day_and_a_day_later_hardly_differ() -> None:
    at_s = parse_time("2021-08-16T12:00Z")
    one, other = (share_law(MAPS, at_s=at, as_of_s=NOW_S) for at in (at_s, at_s + DAY_S))
    assert one.share_of("KZ") == pytest.approx(other.share_of("KZ"), abs=0.001)


def test_provinces_move_faster_and_their_intervals_hold() -> None:
    maps = province_maps()
    places = [place for place in maps[0].shares if place != REST]
    shares = np.array([[one.shares[place] for place in places] for one in maps])
    for months in (1, 2, 3, 6):
        at_s = maps[0].middle_s + months * MONTH_S
        law = share_law(maps[:1], at_s=at_s, as_of_s=NOW_S, pace=PROVINCE_PACE)
        low, high = share_margin(shares[:-months], law.dispersion, (0.05, 0.95))
        later = shares[months:]
        held = ((later >= low - 5e-5) & (later <= high + 5e-5)).mean()
        assert held == pytest.approx(0.9, abs=0.05)
