"""How often blocks find a change: the theory page against the code, the code against draws."""

import re
from math import log, log1p, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.drift import NETWORK_WALK, POOL_WALK, drift_sd
from hashquake.judge.change_measured import found_share

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "claim_verdicts.md"
REFERENCE = Window(start_s=0.0, end_s=14.0 * DAY_S)
BLOCKS_PER_DAY = 144.0
ROW = re.compile(r"\| blocks, (\d+) (hours|days) \| change of (?:the network|(a pool))")
UNITS = {"hours": HOUR_S, "days": DAY_S}


def of(change: float, window_s: float, *, part: float, walk: float) -> float:
    window = Window(start_s=REFERENCE.end_s, end_s=REFERENCE.end_s + window_s)
    found = found_share(
        change,
        expected_blocks=part * BLOCKS_PER_DAY * window_s / DAY_S,
        reference_blocks=part * BLOCKS_PER_DAY * 14,
        drift_sd=drift_sd(window, REFERENCE, walk=walk),
    )
    assert found is not None
    return found


def test_the_page_states_what_the_code_computes() -> None:
    n_figures = 0
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = re.match(
            r"\| blocks, (\d+) (hours|days) \| change of (?:the network|(a pool)) ?", line
        )
        if row is None:
            continue
        is_pool = row[3] is not None
        assert not is_pool or "a tenth of the blocks" in line
        part, walk = (0.1, POOL_WALK) if is_pool else (1.0, NETWORK_WALK)
        for size, cases in re.findall(r"of (\d+) % in (\d+)", line):
            share = of(-int(size) / 100, int(row[1]) * UNITS[row[2]], part=part, walk=walk)
            assert int(cases) == round(100 * share), line
            n_figures += 1
    assert n_figures >= 12


@pytest.mark.parametrize(("change", "days"), [(-0.12, 1.0), (-0.25, 0.5), (-0.12, 5.0), (0.2, 2.0)])
def test_it_is_how_often_simulated_blocks_find_it(change: float, days: float) -> None:
    rng = np.random.default_rng(16)
    n, z = 40_000, float(ndtri(0.95))
    expected, reference = BLOCKS_PER_DAY * days, BLOCKS_PER_DAY * 14
    window = Window(start_s=REFERENCE.end_s, end_s=REFERENCE.end_s + days * DAY_S)
    drift = drift_sd(window, REFERENCE, walk=NETWORK_WALK)
    moved = rng.normal(0.0, drift, n) + log1p(change)
    counts = rng.poisson(expected * np.exp(moved))
    before = rng.poisson(reference, n)
    log_ratio = np.log(counts / before) - log(expected / reference)
    sd = sqrt(1 / expected + 1 / reference + drift**2)
    simulated = float(np.mean(log_ratio * np.sign(change) > z * sd))
    stated = found_share(
        change, expected_blocks=expected, reference_blocks=reference, drift_sd=drift
    )
    # The normal law of a count of some seventy blocks is right to two cases in a hundred.
    assert stated == pytest.approx(simulated, abs=0.02)


def test_no_change_a_stop_and_no_blocks_have_none() -> None:
    assert found_share(0.0, expected_blocks=144, reference_blocks=2016) is None
    assert found_share(-1.0, expected_blocks=144, reference_blocks=2016) is None
    assert found_share(-0.1, expected_blocks=0, reference_blocks=2016) is None
