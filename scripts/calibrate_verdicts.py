"""How often verdicts on claimed changes are right: simulated records with known truth.

Prints the rows of the reliability table of docs/theory/claim_verdicts.md.

    python scripts/calibrate_verdicts.py [--records 20000] [--seed 12]
"""

import argparse
from math import sqrt

import numpy as np

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount
from hashquake.estimate.drift import NETWORK_WALK, drift_sd
from hashquake.judge.evidence import change_evidence

BLOCKS_PER_DAY = 144.0
BASELINE_DAYS = 14.0
BINS = ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.95), (0.95, 1.0001))


def main() -> None:
    """Simulate claims and print how often each stated probability came true."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=12)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    stated, right, calls = [], [], []
    for _ in range(asked.records):
        days = float(rng.choice([0.5, 1.0, 2.0, 5.0, 10.0]))
        claimed = -float(rng.choice([0.05, 0.08, 0.12, 0.2, 0.3, 0.5]))
        is_true = bool(rng.random() < 0.5)
        change = rng.uniform(claimed - 0.005, claimed + 0.005) if is_true else 0.0
        probability, call = judged(rng, days, claimed, change)
        stated.append(probability)
        right.append(is_true)
        calls.append(call)
    report(np.array(stated), np.array(right), np.array(calls))


def judged(
    rng: np.random.Generator, days: float, claimed: float, change: float
) -> tuple[float, str]:
    """Draw one record with a known change and judge the claim on it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    days : float
        Length of the claim's window.
    claimed, change : float
        The claimed change and the true one, signed shares.
    """
    during = Window(start_s=BASELINE_DAYS * DAY_S, end_s=(BASELINE_DAYS + days) * DAY_S)
    before = Window(start_s=0.0, end_s=BASELINE_DAYS * DAY_S)
    sd = drift_sd(during, before, walk=NETWORK_WALK)
    ratio = (1.0 + change) * float(np.exp(sd * rng.standard_normal()))
    counts = (
        int(rng.poisson(BLOCKS_PER_DAY * days * ratio)),
        int(rng.poisson(BLOCKS_PER_DAY * BASELINE_DAYS)),
    )
    tallies = [
        BlockCount(
            subject="network", window=window, n_blocks=count, exposure_s_per_hash=window.duration_s
        )
        for window, count in zip((during, before), counts, strict=True)
    ]
    evidence = change_evidence(*tallies, low=claimed - 0.005, high=claimed + 0.005, drift_sd=sd)
    changed = not evidence.measured.holds(0.0)
    call = "undecidable"
    if evidence.excluded:
        call = "contradicted"
    elif evidence.compatible and (evidence.favoured or changed):
        call = "supported"
    return evidence.probability, call


def report(stated: np.ndarray, right: np.ndarray, calls: np.ndarray) -> None:
    """Print the table.

    Parameters
    ----------
    stated : array of float64, shape (n,)
        Probabilities stated.
    right : array of bool, shape (n,)
        Whether the claim was true.
    calls : array of str, shape (n,)
        The calls.
    """
    print("| stated | verdicts | claim true | standard error |\n|---|---|---|---|")
    for low, high in BINS:
        inside = (stated >= low) & (stated < high)
        print(row(f"{low:g} to {min(high, 1.0):g}", right[inside]))
    print("\n| call | verdicts | claim true | standard error |\n|---|---|---|---|")
    for call in ("supported", "undecidable", "contradicted"):
        print(row(call, right[calls == call]))
    sure = (calls == "supported") & (stated >= 0.9)
    print(row("supported, stated 0.9 or more", right[sure]))


def row(name: str, right: np.ndarray) -> str:
    """Return a row of the table.

    Parameters
    ----------
    name : str
        Its first cell.
    right : array of bool, shape (n,)
        Whether each claim was true.
    """
    n = len(right)
    share = float(right.mean()) if n else 0.0
    return f"| {name} | {n:,} | {share:.3f} | {sqrt(share * (1 - share) / max(n, 1)):.3f} |"


if __name__ == "__main__":
    main()
