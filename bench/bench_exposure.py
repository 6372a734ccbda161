"""Figures of the exposure model: one event of ten pools, and five years of forty countries.

Run as ``python bench/bench_exposure.py``; kernels are compiled before the clock starts. Times are
of the processor, so that neighbours on the machine do not count.
"""

import time

import numpy as np
from tests.made_outages import SHARES, MadeOutage, make_outage

from hashquake.core.times import DAY_S
from hashquake.explain.pool_exposure import Episode, count_episode, fit_exposures
from hashquake.observatory import open_observatory

COUNTRIES = 40
POOLS = 25
YEARS = 5.0
SECOND_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def main() -> None:
    rng = np.random.default_rng(1)
    _fit([make_outage(rng)])

    begin_s = time.process_time()
    _fit([make_outage(rng)], draws=1000)
    print(f"one event, {len(SHARES)} pools: {time.process_time() - begin_s:.2f} s")

    large = np.arange(POOLS, 0, -1.0) ** 1.5
    made = [
        make_outage(
            rng,
            shares=tuple((large / large.sum()).tolist()),
            onset_s=1_610_000_000.0 + at * YEARS * 365.0 * DAY_S / COUNTRIES,
            country="AB"[at // 26] + SECOND_LETTERS[at % 26],
        )
        for at in range(COUNTRIES)
    ]
    begin_s = time.process_time()
    episodes = [_count(one) for one in made]
    counted_s = time.process_time() - begin_s
    _fit(made, draws=1000, episodes=episodes)
    whole_s = time.process_time() - begin_s
    pools = {len(episode.pools) for episode in episodes}
    print(
        f"{YEARS:g} years, {COUNTRIES} countries, {min(pools)} to {max(pools)} pools, all at once: "
        f"{whole_s:.1f} s, of which counting {counted_s:.1f} s"
    )

    with open_observatory("bundled") as observatory:
        observatory.blocks()
        begin_s = time.process_time()
        found = observatory.exposure()
    rows = len(found.rows)
    print(f"the bundled events, {rows} rows: {time.process_time() - begin_s:.1f} s")


def _count(made: MadeOutage) -> Episode:
    return count_episode(made.blocks, (made.darkness,), made.coverage)


def _fit(
    made: list[MadeOutage], *, draws: int = 200, episodes: list[Episode] | None = None
) -> None:
    fit_exposures(
        [_count(one) for one in made] if episodes is None else episodes,
        map_shares={one.darkness.event: one.map_share for one in made},
        rng=np.random.default_rng(0),
        draws=draws,
    )


if __name__ == "__main__":
    main()
