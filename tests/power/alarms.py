"""False alarms and delays of the network's detector on `tests.power.worlds`."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from math import inf

import numpy as np
from tests.power.figures import Figure, mean, rate, share
from tests.power.worlds import DAY_S, HOUR_S, YEAR_S, Beginning, Chain, Fall, World, make_chain

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.pick import Pick
from hashquake.detect import shiryaev_roberts as detector

PATH_DAYS = 5 * 365.25
"""How long a network is followed: as long as the records that people have."""
BURN_IN_S = 60 * DAY_S
CAP_S = 30 * DAY_S
"""A fall not found by then counts as found then."""
_QUIET_S = 10 * DAY_S
_FORK_EPOCHS = 4


def false_alarms(world: World, *, per_year: float, years: float, seed: int) -> Figure:
    """Count alarms where nothing breaks.

    Parameters
    ----------
    world : World
        How hash rate moves and headers are dated.
    per_year : float
        What the detector is set to.
    years : float
        Simulated years, in networks of five years each.
    seed : int
        Of the draws.
    """
    count, length_s = 0, 0.0
    n_paths = max(1, round(years / 5))
    for child in np.random.SeedSequence(seed).spawn(n_paths):
        chain = make_chain(world, days=PATH_DAYS, rng=np.random.default_rng(child))
        _, picks = detector.step(detector.start(false_alarms_per_year=per_year), chain.blocks)
        counted_from_s = float(chain.true_s[0]) + BURN_IN_S
        count += len([pick for pick in picks if pick.detected_s >= counted_from_s])
        length_s += float(chain.true_s[-1] - counted_from_s)
    return rate(count, length_s / YEAR_S)


@lru_cache
def delays_s(
    *, drop_share: float, per_year: float, trials: int, seed: int, walk: float = 0.009
) -> tuple[tuple[float, bool], ...]:
    """Impose a lasting fall at random moments and time the detector.

    Returns
    -------
    tuple of (float, bool)
        Seconds to the alarm, at most `CAP_S`, and whether ten days without an alarm came before.
    """
    found: list[tuple[float, bool]] = []
    for fork, state, last_alarm_s, rng in _forks(World(walk=walk), per_year, seed):
        onset_s = fork.at_s + rng.uniform(0, 5 * DAY_S)
        fall = Fall(share=drop_share, start_s=onset_s)
        future = make_chain(World(walk=walk), days=36, rng=rng, falls=[fall], beginning=fork)
        _, picks = detector.step(state, future.blocks)
        before = [pick.detected_s for pick in picks if pick.detected_s < onset_s]
        calm = onset_s - max([last_alarm_s, *before]) >= _QUIET_S
        found.append((_first_after(picks, onset_s) - onset_s, calm))
        if len(found) == trials:
            break
    return tuple((min(delay_s, CAP_S), calm) for delay_s, calm in found)


def mean_delay_h(
    *, drop_share: float, per_year: float, trials: int, seed: int, any_instant: bool = False
) -> Figure:
    """Return the mean delay in hours, of falls after ten calm days or of all."""
    found = delays_s(drop_share=drop_share, per_year=per_year, trials=trials, seed=seed)
    return mean([delay_s / HOUR_S for delay_s, calm in found if calm or any_instant])


@lru_cache
def second_falls_s(
    *, after_d: float, recovers: bool = False, trials: int, seed: int
) -> tuple[float, ...]:
    """Let 35 % fall some days after a fall of 25 % has alarmed, and time the second alarm.

    Parameters
    ----------
    after_d : float
        Days from the first alarm to the second fall.
    recovers : bool
        Whether the first fall ends at the middle of that time, so that the second one falls into
        the recovery.
    trials, seed : int
        How many second falls, and which draws.

    Returns
    -------
    tuple of float
        Seconds from the second fall to the first alarm after it, at most `CAP_S`.
    """
    world = World()
    found: list[float] = []
    for fork, state, _, rng in _forks(world, 1.0, seed):
        first = Fall(share=0.25, start_s=fork.at_s + rng.uniform(0, 5 * DAY_S))
        draws = int(rng.integers(2**63))

        def future(*falls: Fall, fork: Beginning = fork, draws: int = draws) -> Chain:
            own = np.random.default_rng(draws)
            return make_chain(world, days=75, rng=own, falls=falls, beginning=fork)

        _, picks = detector.step(state, future(first).blocks)
        alarm_s = _first_after(picks, first.start_s)
        if alarm_s > first.start_s + CAP_S:
            continue
        again_s = alarm_s + after_d * DAY_S
        if recovers:
            first = replace(first, end_s=(alarm_s + again_s) / 2)
        second = Fall(share=0.35, start_s=again_s)
        _, picks = detector.step(state, future(first, second).blocks)
        found.append(min(_first_after(picks, again_s) - again_s, CAP_S))
        if len(found) == trials:
            break
    return tuple(found)


def found_share(delays: tuple[float, ...]) -> Figure:
    """Return the share of falls found within 30 days."""
    return share([delay_s < CAP_S for delay_s in delays])


def slower(second: tuple[float, ...], first: tuple[tuple[float, bool], ...]) -> Figure:
    """Return the mean delay of second falls over that of first falls."""
    slow, usual = mean(second), mean([delay_s for delay_s, _ in first])
    return _ratio(slow, usual)


def _ratio(second: Figure, first: Figure) -> Figure:
    value = second.value / first.value
    error = value * float(np.hypot(second.error / second.value, first.error / first.value))
    return Figure(value=value, error=error, n=second.n)


def _first_after(picks: tuple[Pick, ...], onset_s: float) -> float:
    return min((pick.detected_s for pick in picks if pick.detected_s >= onset_s), default=inf)


def _forks(
    world: World, per_year: float, seed: int
) -> Iterator[tuple[Beginning, detector.ShiryaevState, float, np.random.Generator]]:
    """Yield moments of quiet networks, with the detector as it stands and its last alarm."""
    for child in np.random.SeedSequence(seed).spawn(10_000):
        rng = np.random.default_rng(child)
        chain = make_chain(world, days=PATH_DAYS, rng=rng)
        state, done, last_alarm_s = detector.start(false_alarms_per_year=per_year), 0, -inf
        for epoch in range(2 * _FORK_EPOCHS, len(chain.blocks) // EPOCH_BLOCKS, _FORK_EPOCHS):
            until = epoch * EPOCH_BLOCKS
            state, picks = detector.step(state, chain.blocks.take(slice(done, until)))
            done = until
            last_alarm_s = max([last_alarm_s, *(pick.detected_s for pick in picks)])
            yield chain.fork(epoch), state, last_alarm_s, rng
