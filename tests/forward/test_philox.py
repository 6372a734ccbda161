"""Random words against numpy's own, and every sampler against its law."""

from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from hashquake.forward import draws
from hashquake.forward.longest_gap import FEW, gap_table, longest_over, longest_share
from hashquake.forward.philox import Words, new_stream, word

N = 60_000
CRITICAL = 1.63 / np.sqrt(N)
"""Of the Kolmogorov-Smirnov distance, one in a hundred."""


@numba.njit()
def _words(stream: Words, out: NDArray[np.uint64]) -> None:
    for i in range(len(out)):
        out[i] = word(stream)


@numba.njit()
def _many(stream: Words, law: int, a: float, b: float, out: NDArray[np.float64]) -> None:
    for i in range(len(out)):
        if law == 0:
            out[i] = draws.uniform(stream)
        elif law == 1:
            out[i] = draws.exponential(stream)
        else:
            out[i] = draws.binomial(stream, int(a), b)


@numba.njit()
def _longest(stream: Words, n: int, table: Any, out: NDArray[np.float64]) -> None:
    for i in range(len(out)):
        out[i] = longest_share(stream, n, table)


def _drawn(law: int, a: float = 0.0, b: float = 0.0) -> NDArray[np.float64]:
    out = np.empty(N)
    _many(new_stream(11, law, 3), law, a, b, out)
    return out


@pytest.mark.parametrize("key", [(0, 0, 0), (12345, 7, 3), (2**64 - 1, 2**40, 2)])
def test_words_are_those_of_numpy(key: tuple[int, int, int]) -> None:
    seed, path, which = key
    ours = np.empty(68, np.uint64)
    _words(new_stream(seed, path, which), ours)
    counter = np.array([0, path, which, 0], dtype=np.uint64)
    # numpy steps its counter before it makes a block, so its first block is our second.
    theirs = np.random.Philox(key=np.array([seed, 0], dtype=np.uint64), counter=counter)
    assert (theirs.random_raw(64) == ours[4:]).all()


@pytest.mark.parametrize(
    ("law", "a", "b", "truth"),
    [
        (0, 0, 0, stats.uniform()),
        (1, 0, 0, stats.expon()),
    ],
)
def test_a_sampler_follows_its_law(law: int, a: float, b: float, truth: Any) -> None:
    assert stats.kstest(_drawn(law, a, b), truth.cdf).statistic < CRITICAL


@pytest.mark.parametrize(
    ("n", "p"),
    [(20_000, 0.3), (2014, 0.3), (2014, 0.002), (500, 0.5), (40, 0.3), (11, 0.95), (3, 0.4)],
)
def test_the_binomial_follows_its_law(n: int, p: float) -> None:
    law = stats.binom(n, p)
    expected = law.pmf(np.arange(n + 1)) * N
    seen = np.bincount(_drawn(5, n, p).astype(int), minlength=n + 1)
    often = expected > 20
    square = float(((seen[often] - expected[often]) ** 2 / expected[often]).sum())
    assert stats.chi2.sf(square, often.sum() - 1) > 1e-3


def test_the_binomial_at_its_ends() -> None:
    assert set(_drawn(5, 7, 0.0)) == {0.0}
    assert set(_drawn(5, 7, 1.0)) == {7.0}
    assert set(_drawn(5, 0, 0.5)) == {0.0}


@numba.njit()
def _over(
    stream: Words, n: int, least: float, table: Any, room: Any, out: NDArray[np.float64]
) -> None:
    for i in range(len(out)):
        out[i] = longest_over(stream, n, least, table, room)


@pytest.mark.parametrize("n", [1, 2, 5, FEW, FEW + 1, 200])
@pytest.mark.parametrize("rare", [0.9, 0.3, 0.02])
def test_the_longest_gap_above_a_limit_is_what_is_above_it(n: int, rare: float) -> None:
    gaps = np.random.default_rng(n).standard_exponential((40_000, n))
    theirs = gaps.max(axis=1) / gaps.sum(axis=1)
    least = float(np.quantile(theirs, 1 - rare)) if n > 1 else 0.5
    ours = np.empty(40_000)
    _over(new_stream(5, n), n, least, gap_table(), np.empty(FEW), ours)
    theirs = np.where(theirs > least, theirs, 0.0)
    often = (theirs > 0).mean()
    error = 4 * np.sqrt(max(often * (1 - often), 1e-6) * 2 / 40_000)
    assert (ours > 0).mean() == pytest.approx(often, abs=error)
    if n > 1:
        assert stats.ks_2samp(ours[ours > 0], theirs[theirs > 0]).pvalue > 1e-3


@pytest.mark.parametrize("n", [3, FEW, FEW + 1, 200, 2014])
def test_the_longest_gap_is_that_of_gaps_drawn_one_by_one(n: int) -> None:
    ours = np.empty(40_000)
    _longest(new_stream(3, n), n, gap_table(), ours)
    gaps = np.random.default_rng(n).standard_exponential((40_000, n))
    theirs = gaps.max(axis=1) / gaps.sum(axis=1)
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-3
