"""Measure outage detection on simulated country-years and print the bundled table as JSON.

Usage: python scripts/measure_outages.py > src/hashquake/judge/outages_measured.json

The seed is another than that of ``scripts/fit_outage_classes.py`` and of any trial during the work.
"""

import argparse
import sys
from functools import partial
from multiprocessing import Pool

import numpy as np

from hashquake.judge.outage_backtest import score
from hashquake.judge.outage_table import scores_json
from hashquake.judge.outage_trials import run_country_year

SEED = 20260711
COUNTRY_YEARS = 2000


def main() -> None:
    """Run the trials on all processes asked for; their number changes nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--country-years", type=int, default=COUNTRY_YEARS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    trials = []
    with Pool(asked.processes) as pool:
        run = partial(run_country_year, asked.seed)
        for trial in pool.imap(run, range(asked.country_years), chunksize=8):
            trials.append(trial)
            if len(trials) % 100 == 0:
                print(len(trials), file=sys.stderr, flush=True)
    print(
        scores_json(score(trials, seed=asked.seed, rng=np.random.default_rng(asked.seed))), end=""
    )


if __name__ == "__main__":
    main()
