"""Speed of the simulation of delays between pools."""

import time

import numpy as np

from hashquake.forward.propagation import stale_rates

N_BLOCKS = 20_000_000


def main() -> None:
    shares = np.array([30, 29, 12, 11, 8, 5, 3, 1, 1]) / 100.0
    rng = np.random.default_rng(1)
    stale_rates(shares, 10.0, rng, n_blocks=1000)  # compiles
    began_s = time.process_time()
    stale_rates(shares, 10.0, rng, n_blocks=N_BLOCKS)
    took_s = time.process_time() - began_s
    print(f"delays between 9 pools: {N_BLOCKS / took_s / 1e6:.0f} million blocks/s of one core")


if __name__ == "__main__":
    main()
