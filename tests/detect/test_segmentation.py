"""The cuts: against every possible cut, and against ruptures on the same cost."""

from itertools import combinations

import numpy as np
import pytest
import ruptures
from numpy.typing import NDArray
from ruptures.base import BaseCost

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.detect.segmentation import best_cuts, segment

Floats = NDArray[np.float64]


class _ExponentialCost(BaseCost):  # type: ignore[misc]  # ruptures ships no types
    """The cost of one steady rate, written once more for ruptures."""

    model = ""
    min_size = 6

    def fit(self, signal: Floats) -> "_ExponentialCost":
        self.signal = signal
        return self

    def error(self, start: int, end: int) -> float:
        part = self.signal[start:end, 0]
        return float(len(part) * np.log(part.mean()))


def _gaps(seed: int, *rates: float, n: int = 60) -> Floats:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.exponential(1.0 / rate, n) for rate in rates])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("penalty", [3.0, 8.0])
def test_ruptures_cuts_at_the_same_places(seed: int, penalty: float) -> None:
    gaps = _gaps(seed, 1.0, 0.6, 1.4)
    algorithm = ruptures.Pelt(custom_cost=_ExponentialCost(), min_size=6, jump=1)
    theirs = algorithm.fit(gaps[:, None] / gaps.mean()).predict(pen=penalty)
    ours = best_cuts(gaps, penalty, 6)
    # Pruning with a least length makes ruptures inexact, so ours may only be better.
    assert _price(gaps, ours, penalty) <= _price(gaps, tuple(theirs), penalty) + 1e-9
    if seed in (0, 1, 2):
        assert ours == tuple(theirs)


@pytest.mark.parametrize("seed", range(8))
def test_no_cut_at_all_is_better(seed: int) -> None:
    gaps = _gaps(seed, 1.0, 0.3, n=9)
    least, penalty = 3, 1.0
    possible = [
        (*cuts, len(gaps))
        for k in range(4)
        for cuts in combinations(range(least, len(gaps) - least + 1), k)
        if all(b - a >= least for a, b in zip((0, *cuts), (*cuts, len(gaps)), strict=True))
    ]
    best = min(possible, key=lambda ends: _price(gaps, ends, penalty))
    ours = best_cuts(gaps, penalty, least)
    assert _price(gaps, ours, penalty) <= _price(gaps, best, penalty) + 1e-9


def _price(gaps: Floats, ends: tuple[int, ...], penalty: float) -> float:
    begins = (0, *ends[:-1])
    cost = sum((b - a) * float(np.log(gaps[a:b].mean())) for a, b in zip(begins, ends, strict=True))
    return cost + penalty * len(ends)


def _blocks(gaps_s: Floats, bits: list[int]) -> BlockColumns:
    times = np.round(1.6e9 + np.concatenate([[0.0], np.cumsum(gaps_s)]))
    return BlockColumns.build(
        height=np.arange(len(times)), header_s=times, bits=bits, pool=["a", "b"] * (len(times) // 2)
    )


def test_a_change_of_difficulty_is_no_cut_and_a_fall_is_one() -> None:
    rng = np.random.default_rng(4)
    easy, hard = 0x1D00FFFF, 0x1C7FFF80  # the second is twice as hard
    bits = [easy] * 400 + [hard] * 400
    work = np.array([1.0] * 399 + [2.0] * 400)
    steady = _blocks(rng.exponential(600.0, 799) * work, bits)
    assert len(segment(steady)) == 1
    rate = np.array([1.0] * 500 + [0.6] * 299)
    falling = segment(_blocks(rng.exponential(600.0, 799) * work / rate, bits))
    assert len(falling) == 2
    before, after = falling
    assert abs(before.n_blocks - 500) < 60
    assert after.hashrate_hps.high < before.hashrate_hps.low
    assert before.window.end_s == after.window.start_s
    assert before.n_blocks + after.n_blocks == 799


def test_a_pool_is_cut_by_its_own_blocks() -> None:
    rng = np.random.default_rng(5)
    whole = _blocks(rng.exponential(600.0, 799), [0x1D00FFFF] * 800)
    (one,) = segment(whole, subject="pool:a")
    (all_of_it,) = segment(whole)
    assert one.n_blocks == 399
    assert one.hashrate_hps.median == pytest.approx(all_of_it.hashrate_hps.median / 2, rel=0.1)


def test_what_cannot_be_cut_is_refused() -> None:
    few = _blocks(np.full(5, 600.0), [0x1D00FFFF] * 6)
    with pytest.raises(NoCoverage) as none:
        segment(few)
    assert none.value.code == "no-blocks"
    with pytest.raises(UsageError) as negative:
        segment(few, penalty=-1.0)
    assert negative.value.code == "penalty-negative"
