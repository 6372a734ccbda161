"""Shares of countries from logs: honest about few workers, and about what was not located."""

from math import inf

import numpy as np
import pytest

from hashquake.core.errors import NoCoverage
from hashquake.core.work_tally import (
    HOSTING,
    N_GROUPS,
    PRIVATE,
    UNITS_PER_DIFFICULTY,
    UNKNOWN,
    Cell,
    CellKey,
    WorkTally,
    merge_tallies,
    place_of_country,
)
from hashquake.explain.telemetry_map import effective_number, log_map, ratio_quantiles

KZ, US = place_of_country("KZ"), place_of_country("US")


def cell(*work: float, n_rows: int = 1, first_s: float = 0.0) -> Cell:
    """Return a cell with one worker a group."""
    units = np.zeros(N_GROUPS, np.int64)
    units[: len(work)] = np.array(work) * UNITS_PER_DIFFICULTY
    low = (1 << 32) - 1
    return Cell(
        n_rows=n_rows, first_s=first_s, last_s=first_s + 9, high=units >> 32, low=units & low
    )


def tally(cells: dict[tuple[str, int, int], Cell], n_outside: int = 0) -> WorkTally:
    keyed = {CellKey(*key): value for key, value in cells.items()}
    return WorkTally(cells=keyed, n_outside=n_outside)


def test_the_parts_of_the_work_add_up_and_hosts_are_no_country() -> None:
    made = log_map(
        tally(
            {
                ("antpool", 0, KZ): cell(30.0, 10.0),
                ("antpool", 0, US): cell(0.0, 0.0, 10.0),
                ("antpool", 0, KZ + HOSTING): cell(20.0),
                ("antpool", 0, UNKNOWN): cell(0.0, 10.0),
                ("antpool", 0, PRIVATE): cell(0.0, 0.0, 20.0),
            }
        )
    )
    found = made.coverage
    assert (found.located_share, found.hosting_share) == (0.5, 0.2)
    assert (found.unknown_share, found.private_share) == (0.1, 0.2)
    first, second = made.countries
    assert (first.country, first.share.median, first.rank) == ("KZ", 0.8, 1)
    assert (first.least_share, first.most_share, first.hosting_share) == (0.4, 0.9, 0.2)
    assert (second.country, second.least_share, second.most_share) == ("US", 0.1, 0.6)


def test_one_worker_says_next_to_nothing_and_is_flagged() -> None:
    (alone,) = log_map(tally({("a", 0, KZ): cell(5.0)})).countries
    assert alone.share.interval(0.9).high == 1.0
    assert alone.share.interval(0.9).low < 0.1
    assert alone.flags == ("few_workers",)
    assert alone.effective_workers == 1.0


def test_shares_sent_in_smaller_pieces_narrow_nothing() -> None:
    """A thousand shares of one worker are no thousand draws."""
    few = log_map(tally({("a", 0, KZ): cell(8.0, 2.0), ("a", 0, US): cell(0.0, 0.0, 5.0, 5.0)}))
    pieces = [
        tally(
            {
                ("a", 0, KZ): cell(8 / 64, 2 / 64),
                ("a", 0, US): cell(0.0, 0.0, 5 / 64, 5 / 64),
            }
        )
        for _ in range(64)
    ]
    many = log_map(merge_tallies(pieces))
    assert many.n_rows == 64 * few.n_rows
    assert [row.share for row in many.countries] == [row.share for row in few.countries]


def test_pools_and_months_are_told_apart_and_together() -> None:
    both = tally(
        {
            ("a", 0, KZ): cell(3.0),
            ("b", 0, US): cell(0.0, 1.0, first_s=5.0),
            ("b", 2_678_400, US): cell(0.0, 4.0, first_s=2_678_400.0),
        }
    )
    assert log_map(both, pool="a").countries[0].share.median == 1.0
    assert log_map(both, month_s=0).countries[0].country == "KZ"
    total = log_map(both)
    assert total.pools == ("a", "b")
    assert (total.window.start_s, total.window.end_s) == (0.0, 2_678_410.0)
    assert total.countries[0].share.median == pytest.approx(5 / 8)


def test_nothing_in_the_window_is_no_map() -> None:
    with pytest.raises(NoCoverage, match="no row") as caught:
        log_map(tally({}, n_outside=7))
    assert "7 rows" in caught.value.hint


def test_nothing_located_is_a_map_without_countries() -> None:
    made = log_map(tally({("a", 0, UNKNOWN): cell(1.0)}))
    assert made.countries == ()
    assert made.coverage.unknown_share == 1.0


def test_the_effective_number_sees_through_groups_that_workers_share() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(40):
        groups = rng.integers(0, N_GROUPS, 3000)
        found.append(effective_number(np.bincount(groups, minlength=N_GROUPS)[None].astype(float)))
    assert np.mean(np.reciprocal(found)) == pytest.approx(1 / 3000, rel=0.05)
    assert effective_number(np.ones((1, N_GROUPS))) == inf
    assert effective_number(np.zeros((1, N_GROUPS))) == 0.0


@pytest.mark.parametrize(("n_workers", "sigma"), [(30, 2.0), (300, 1.5), (5_000, 1.0)])
def test_intervals_cover_what_they_promise(n_workers: int, sigma: float) -> None:
    """Farms of very unequal size, a tenth of them in the country."""
    rng = np.random.default_rng(717_696)
    covered, rounds = 0, 200
    for _ in range(rounds):
        size = rng.lognormal(0, sigma, n_workers)
        here = rng.random(n_workers) < 0.1
        group = rng.integers(0, N_GROUPS, n_workers)
        whole = np.bincount(group, size, N_GROUPS)[None].astype(np.float64)
        part = np.bincount(group, size * here, N_GROUPS)[None].astype(np.float64)
        covered += ratio_quantiles(part, whole, whole > 0).interval(0.9).holds(0.1)
    assert covered / rounds >= 0.85
