"""What readers of maps knew of Kazakhstan, and what its miners drew."""

from collections.abc import Iterator

import pytest

from hashquake.core.times import parse_time
from hashquake.observatory import Observatory, open_observatory


@pytest.fixture(scope="module")
def observatory() -> Iterator[Observatory]:
    with open_observatory("bundled") as opened:
        yield opened


def test_in_january_2022_kazakhstan_was_known_as_second_with_18_percent(
    observatory: Observatory,
) -> None:
    table = observatory.map(as_of_s=parse_time("2022-01-06"))
    assert [row.country for row in table.rows[:2]] == ["US", "KZ"]
    kazakhstan = table.rows[1]
    assert kazakhstan.rank == 2
    assert kazakhstan.published_share == pytest.approx(0.181)
    assert kazakhstan.share.median == pytest.approx(0.18, abs=0.005)
    # The month is August 2021, published in October; January's own share, 13 %, came out in May.
    assert table.law.vintage_s == parse_time("2021-10-13")
    assert table.law.windows[0].start_s == parse_time("2021-08-01")
    assert kazakhstan.share.interval(0.9).holds(0.1322)


def test_in_april_2021_it_had_8_percent(observatory: Observatory) -> None:
    table = observatory.map(at_s=parse_time("2021-04-16"), as_of_s=parse_time("2021-07-20"))
    shares = {row.country: row for row in table.rows}
    assert shares["KZ"].share.median == pytest.approx(0.08, abs=0.005)
    assert shares["KZ"].rank == 3
    assert shares["CN"].share.median == pytest.approx(0.46, abs=0.01)


def test_readers_of_april_2021_knew_only_the_map_of_a_year_before(
    observatory: Observatory,
) -> None:
    table = observatory.map(as_of_s=parse_time("2021-04-16"))
    assert table.law.windows[0].start_s == parse_time("2020-04-01")
    shares = {row.country: row.published_share for row in table.rows}
    assert shares["CN"] == pytest.approx(0.6481, abs=0.0005)
    assert shares["KZ"] == pytest.approx(0.0617, abs=0.0005)


def test_xinjiang_had_a_quarter_of_the_world_in_april_2021(observatory: Observatory) -> None:
    table = observatory.map(
        at_s=parse_time("2021-04-16"), as_of_s=parse_time("2021-07-20"), within="CN"
    )
    assert table.rows[0].country == "CN-XJ"
    assert table.rows[0].share.median == pytest.approx(0.25, abs=0.005)
    # The press of April quoted the April of a year before, 36 %: nothing newer was out.
    then = observatory.map(as_of_s=parse_time("2021-04-16"), within="CN")
    assert then.rows[0].published_share == pytest.approx(0.358, abs=0.01)


@pytest.mark.parametrize(
    ("day", "cambridge_mw"), [("2021-08-16", 1510), ("2021-10-16", 1770), ("2021-12-16", 1540)]
)
def test_kazakhstans_miners_drew_one_and_a_half_to_nearly_two_gigawatts(
    observatory: Observatory, day: str, cambridge_mw: float
) -> None:
    """Cambridge's share times its power of the network gives the figures next to the days."""
    report = observatory.energy(country="KZ", at_s=parse_time(day))
    assert 1400 < report.power_mw.median < 1900
    assert report.power_mw.interval(0.9).holds(cambridge_mw)
    assert report.power_mw.median == pytest.approx(cambridge_mw, rel=0.12)


def test_the_ministrys_grey_remainder_of_2021(observatory: Observatory) -> None:
    """600 MW registered and up to 1,200 MW besides; the minister's 340 MW is far too little."""
    report = observatory.energy(country="KZ", at_s=parse_time("2021-11-05"))
    rest = report.unregistered
    assert rest is not None
    assert rest.registered_mw == 600
    assert rest.probability > 0.99
    assert rest.unregistered_mw.interval(0.9).holds(1200)
    assert not rest.unregistered_mw.interval(0.95).holds(340)
    # Both parts over the installed capacity: about 8 % there, and as we find it.
    assert report.claim is not None
    assert report.claim.claimed_capacity_share == 0.08
    assert report.share_of_capacity is not None
    assert report.share_of_capacity.median == pytest.approx(0.08, abs=0.01)
    assert report.share_of_capacity.interval(0.9).holds(0.08)
    assert rest.share_of_generation is not None
    assert rest.share_of_generation.interval(0.9).holds(1200 / 13_137)


def test_the_network_of_2021_emitted_what_a_small_country_does(observatory: Observatory) -> None:
    report = observatory.energy(at_s=parse_time("2021-11-05"))
    assert report.emissions_t_per_day is not None
    yearly_mt = report.emissions_t_per_day.median * 365 / 1e6
    assert 40 < yearly_mt < 65
