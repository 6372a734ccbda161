"""Who found the blocks, against its plain twin."""

import numpy as np
import pytest

from hashquake.forward.block_shares import concentration, draw_pools
from hashquake.forward.philox import new_stream


@pytest.mark.parametrize("pools", [2, 5, 9, 40])
def test_concentration_is_that_of_its_plain_twin(pools: int) -> None:
    source = np.random.default_rng(pools)
    for _ in range(200):
        found = source.poisson(source.choice([0.5, 20.0, 300.0], pools))
        total = int(found.sum())
        index, needed = concentration(found)
        if total < 2:
            assert np.isnan(index)
            assert np.isnan(needed)
            continue
        named = found[:-1]
        held = np.cumsum(np.sort(named)[::-1])
        over = np.flatnonzero(2 * held > total)
        assert index == pytest.approx((named * (named - 1)).sum() / (total * (total - 1)))
        assert needed == (over[0] + 1 if len(over) else pools)


def test_two_multinomials_side_by_side_have_their_means_and_correlation() -> None:
    share, n = np.array([0.5, 0.2, 0.25, 0.05]), 4_000
    chances = np.array([0.5, 0.4, 0.25 / 0.3, 1.0])
    out, within = np.zeros((n, 4), np.int64), np.zeros((n, 4), np.int64)
    stream = new_stream(5)
    for i in range(n):
        draw_pools(stream, 7_000, 600, chances, out[i], within[i])
    for found, blocks in ((out, 7_000), (within, 600)):
        assert (found.sum(axis=1) == blocks).all()
        sd = np.sqrt(blocks * share * (1 - share))
        assert (np.abs(found.mean(axis=0) - blocks * share) < 4 * sd / np.sqrt(n)).all()
        assert found.std(axis=0) == pytest.approx(sd, rel=0.05)
    between = np.corrcoef(out[:, 0], within[:, 0])[0, 1]
    assert abs(between) < 4 / np.sqrt(n)
