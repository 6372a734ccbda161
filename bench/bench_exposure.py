"""Figures of the exposure model: one event of ten pools, and five years of forty countries.

Run as ``python bench/bench_exposure.py``; kernels are compiled before the clock starts. Times are
of the processor, so that neighbours on the machine do not count.
"""

import time

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.outage_intensity import DarkStretch, OutageIntensity
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.explain.pool_exposure import (
    Episode,
    count_episode,
    fit_exposures,
    share_around,
    view_of,
)
from hashquake.observatory import open_observatory

COUNTRIES = 40
YEARS = 5.0
DRAWS = 1000
BITS = 0x170B3CE9
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def main() -> None:
    rng = np.random.default_rng(1)
    small = _episode(rng, n_pools=10, at=0)
    _fit([small], draws=20)
    begin_s = time.process_time()
    _fit([small])
    print(f"one event, 10 pools: {time.process_time() - begin_s:.2f} s")

    episodes = [_episode(rng, n_pools=25, at=at) for at in range(COUNTRIES)]
    least = min(len(episode.pools) for episode in episodes)
    begin_s = time.process_time()
    _fit(episodes)
    whole_s = time.process_time() - begin_s
    print(f"{YEARS:g} years, {COUNTRIES} countries, {least} to 25 pools, jointly: {whole_s:.1f} s")

    with open_observatory("bundled") as observatory:
        observatory.record.blocks()
        begin_s = time.process_time()
        found = observatory.exposure()
    took_s = time.process_time() - begin_s
    print(f"the bundled record: {len(found.events)} events, {len(found.rows)} rows: {took_s:.1f} s")


def _episode(rng: np.random.Generator, *, n_pools: int, at: int) -> Episode:
    """Count a made outage of five days that took a fifth of each pool."""
    onset_s = 1.61e9 + at * YEARS * 365.0 * DAY_S / COUNTRIES
    country = LETTERS[at // 26] + LETTERS[at % 26]
    window = Window(start_s=onset_s, end_s=onset_s + 4.8 * DAY_S)
    stretch = DarkStretch(window=window, depth_share=1.0)
    intensity = OutageIntensity(event=country, country=country, place=country, stretches=(stretch,))
    view = view_of((intensity,))
    n_blocks = rng.poisson(view.duration_s / 600.0)
    header_s = np.sort(rng.uniform(view.start_s, view.end_s, n_blocks))
    lost = (header_s >= window.start_s) & (header_s < window.end_s) & (rng.random(n_blocks) < 0.2)
    header_s = header_s[~lost]
    size = np.arange(n_pools, 0.0, -1.0) ** 1.5
    blocks = BlockColumns.build(
        height=np.arange(len(header_s)) + 705_605,
        header_s=header_s,
        bits=np.full(len(header_s), BITS),
        pool_code=rng.choice(n_pools, len(header_s), p=size / size.sum()),
        pool_names=tuple(f"pool{pool:02d}" for pool in range(n_pools)),
    )
    return count_episode(blocks, (intensity,), Coverage((view,)))


def _fit(episodes: list[Episode], *, draws: int = DRAWS) -> None:
    told = share_around(0.2)
    fit_exposures(
        episodes,
        map_shares={episode.intensities[0].event: told for episode in episodes},
        rng=np.random.default_rng(0),
        draws=draws,
    )


if __name__ == "__main__":
    main()
