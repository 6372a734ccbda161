"""Measure how often signals of two kinds are low for ten minutes and no outage comes of it.

Usage: python scripts/measure_young_outages.py --country-years 100

Simulated country-years with none to six outages; an outage is stated after ten minutes where two
kinds of signal agree (``docs/theory/outage_fusion.md``). Of each stretch in which they do, the
signals are cut every five minutes and fused as they would be then. What the whole year does not
show as an outage would have been withdrawn.
"""

import argparse
from dataclasses import dataclass

import numpy as np

from hashquake.core.poisson import rate_quantiles
from hashquake.core.times import DAY_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.dark_bins import DEFAULT, low_bins
from hashquake.detect.fusion import fuse
from hashquake.judge.outage_trials import simulated_signals

SEED = 20261130
STEP_S = 5.0 * MINUTE_S
HISTORY_S = 3.0 * DAY_S
LONGEST_S = 35.0 * MINUTE_S


@dataclass(slots=True)
class Counts:
    """What was counted: outages stated before half an hour, and those withdrawn.

    Parameters
    ----------
    stated, withdrawn : int
        How many.
    early_s : list of float
        How long after the first of them was low each that stayed was stated, seconds.
    """

    stated: int
    withdrawn: int
    early_s: list[float]


def main() -> None:
    """Count over all country-years, and print rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--country-years", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    counts = Counts(stated=0, withdrawn=0, early_s=[])
    for index in range(asked.country_years):
        _count(simulated_signals(asked.seed, index), counts)
    found = rate_quantiles(counts.withdrawn, float(asked.country_years)).interval(0.9)
    print(f"{asked.country_years} country-years, seed {asked.seed}")
    print(f"stated before half an hour: {counts.stated}, withdrawn: {counts.withdrawn}")
    print(f"withdrawn a country and year: {found.median:.3f} [{found.low:.3f}, {found.high:.3f}]")
    minutes = np.array(counts.early_s) / 60.0
    print(f"stated {np.median(minutes):.0f} min after the first low bin began (median)")


def _count(signals: list[AnomalyFlags], counts: Counts) -> None:
    lasting = [dark for one in fuse(signals) for dark in one.dark_windows]
    for stretch in _agreed(signals):
        for at_s in np.arange(stretch.start_s + STEP_S, stretch.start_s + LONGEST_S, STEP_S):
            known = [_until(one, float(at_s)) for one in signals]
            if not any(one.end_s is None for one in fuse(known)):
                continue
            counts.stated += 1
            if any(dark.overlap(stretch) is not None for dark in lasting):
                counts.early_s.append(float(at_s) - stretch.start_s)
            else:
                counts.withdrawn += 1
            break


def _agreed(signals: list[AnomalyFlags]) -> list[Window]:
    """Return the stretches in which at least two signals are low at once."""
    start_s = min(one.start_s for one in signals)
    n = round((max(one.end_s for one in signals) - start_s) / STEP_S)
    at_s = start_s + (np.arange(n) + 0.5) * STEP_S
    low = np.zeros(n, np.int64)
    for one in signals:
        at = np.floor((at_s - one.start_s) / one.step_s).astype(np.int64)
        inside = (at >= 0) & (at < len(one))
        low[inside] += low_bins(one, DEFAULT)[at[inside]]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], low >= 2, [0]]).astype(np.int8)))
    return [
        Window(start_s=start_s + first * STEP_S, end_s=start_s + past * STEP_S)
        for first, past in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def _until(flags: AnomalyFlags, at_s: float) -> AnomalyFlags:
    """Return the bins of the last days that ended by an instant."""
    end_s = flags.start_s + np.floor((at_s - flags.start_s) / flags.step_s) * flags.step_s
    return flags.cut(Window(start_s=max(flags.start_s, end_s - HISTORY_S), end_s=float(end_s)))


if __name__ == "__main__":
    main()
