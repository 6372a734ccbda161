"""Fit the filter to the bundled record and print the numbers of `hashquake.estimate.fitted`.

    python scripts/fit_filter.py network 2024-01-01
    python scripts/fit_filter.py pools 2024-01-01
    python scripts/fit_filter.py network 2023-08-22

The last is the earlier half of the epochs, for the back-test of the difficulty forecast.
"""

import sys

import numpy as np

from hashquake.core.times import parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.fitted import FITTED, largest_pools
from hashquake.judge.fit import fit_network, fit_pools


def main(what: str, until: str) -> None:
    """Fit the network's or the pools' model to the blocks before a date."""
    blocks = bundled_blocks()
    clock_s = np.maximum.accumulate(blocks.header_s)
    blocks = blocks.take(slice(0, int(np.searchsorted(clock_s, parse_time(until)))))
    fit = (
        fit_network(blocks, FITTED.network, noise=FITTED.noise)
        if what == "network"
        else fit_pools(blocks, FITTED.pool, pools=largest_pools(blocks), noise=FITTED.noise)
    )
    print(f"log likelihood {fit.log_likelihood:.2f} after {fit.evaluations} models")
    for name in fit.model.__slots__:
        print(f"    {name}={getattr(fit.model, name):.6g},")


if __name__ == "__main__":
    main(*sys.argv[1:])
