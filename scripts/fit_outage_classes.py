"""Fit the weights of outage classes on simulated country-years and print the bundled file.

Usage: python scripts/fit_outage_classes.py > src/hashquake/detect/outage_weights.toml

The seed is another than that of ``scripts/measure_outages.py``. Real outages of half of the
countries on the bundled list join those known by the country's signals alone; the other half is
held out. Simulated countries are simpler than real ones, so the weights are drawn back to the
stated ones as hard as calibration allows: with the largest penalty whose calibration error, each
fifth of the country-years left out in turn, stays under 0.045. Once with the networks watched one
by one, once from the country's signals alone.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from multiprocessing import Pool

import numpy as np

from hashquake.datasets.real_outages import load_real_outages
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_weights import BARE, STATED, WATCHED, weights_toml
from hashquake.judge.outage_backtest import calibration_error, matches
from hashquake.judge.outage_fit import LabelledOutage, fit_weights
from hashquake.judge.outage_trials import CountryYear, run_country_year
from hashquake.judge.real_outages import labelled_cases, real_cases, split_cases

SEED = 20220105
COUNTRY_YEARS = 160
MOST_CALIBRATION_ERROR = 0.045
PENALTIES = (0.1, 0.3, 1.0, 3.0)
FOLDS = 5


def main() -> None:
    """Simulate, choose the penalty, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--country-years", type=int, default=COUNTRY_YEARS)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with Pool(asked.processes) as pool:
        years = pool.map(partial(run_country_year, SEED), range(asked.country_years), chunksize=4)
    print(fitted_toml(years), end="")


def fitted_toml(years: Sequence[CountryYear]) -> str:
    """Fit both kinds of weights and write the file."""
    fitted, provenance = {}, {}
    for part in (WATCHED, BARE):
        errors = {penalty: left_out_error(years, part, penalty) for penalty in PENALTIES}
        told = ", ".join(f"{penalty:g}: {error:.4f}" for penalty, error in errors.items())
        print(f"{part}: calibration error by penalty {told}", file=sys.stderr)
        penalty = max(one for one, error in errors.items() if error <= MOST_CALIBRATION_ERROR)
        rows = labelled(years, part)
        fitted[part] = fit_weights(rows, stated=STATED, penalty=penalty)
        provenance[part] = {
            "seed": SEED,
            "country_years": len(years),
            "outages": len(rows),
            "penalty": penalty,
            "left_out_calibration_error": round(errors[penalty], 4),
        }
    return weights_toml(fitted, provenance=provenance)


def left_out_error(years: Sequence[CountryYear], part: str, penalty: float) -> float:
    """Return the calibration error on country-years left out of the fit."""
    told = []
    for fold in range(FOLDS):
        kept = [year for at, year in enumerate(years) if at % FOLDS != fold]
        weights = fit_weights(labelled(kept, part), stated=STATED, penalty=penalty)
        for row in simulated_rows(years[fold::FOLDS], part):
            top = classify(row.features, weights=weights)[0]
            told.append((top.probability, top.name == row.right))
    probability, hit = np.array(told, np.float64).T
    return calibration_error(probability, hit)


def labelled(years: Sequence[CountryYear], part: str) -> list[LabelledOutage]:
    """Return the rows to fit to: simulated ones and, without networks, real ones."""
    rows = simulated_rows(years, part)
    if part == WATCHED:
        return rows
    learn, _ = split_cases(real_cases(load_real_outages()))
    return [*rows, *labelled_cases(learn)]


def simulated_rows(years: Sequence[CountryYear], part: str) -> list[LabelledOutage]:
    """Return each outage found with its true class, with its networks or without."""
    met = [match for year in years for match in matches(year)]
    return [
        LabelledOutage(
            features=match.found.features if part == WATCHED else match.found.bare,
            right=match.event.right,
        )
        for match in met
        if match.event is not None
    ]


if __name__ == "__main__":
    main()
