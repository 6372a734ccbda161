"""How often verdicts on other claims than changes are right: simulated records with known truth.

Prints the rows of the table of docs/theory/claim_verdicts.md: levels of the hash rate, shares and
ranks of pools by simulated blocks; shares of countries by simulated maps; prices by simulated
hours; changes of difficulty by simulated retargets; the highest and the lowest since some time by
simulated walks of the hash rate.

    python scripts/calibrate_other_verdicts.py [--records 2000] [--seed 12]
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from math import exp, sqrt

import numpy as np

from hashquake.core.claim import Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits, work_of_bits_hashes
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import pool_block_counts
from hashquake.judge.interval_claims import Measurement, judge_interval
from hashquake.judge.levels import judge_difficulty, judge_level
from hashquake.judge.pool_rank import judge_pool_rank
from hashquake.judge.record_claims import judge_record

Drawn = tuple[Verdict, bool]
BITS = 0x170B8C8B
BLOCK_S = 600.0
REACH = 0.1
_FIRST = 356 * EPOCH_BLOCKS + 1
_COVERAGE = Coverage((Window(start_s=0, end_s=1e9),))
_POOLS = np.array([0.24, 0.19, 0.13, 0.12, 0.10, 0.08, 0.14])
_Z90 = 1.645
_WEEK = 7
_LAST_DAYS = 3


def blocks_of(
    rng: np.random.Generator, days: float, rate: float, shares: np.ndarray
) -> BlockColumns:
    """Draw the blocks of some days.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    days : float
        How long.
    rate : float
        Hash rate, of that which finds a block in 600 s.
    shares : array of float64, shape (k,)
        Of the pools ``p0``, ``p1``, ...
    """
    count = int(rng.poisson(days * DAY_S / BLOCK_S * rate))
    times = np.sort(rng.uniform(0.0, days * DAY_S, count))
    pools = [f"p{at}" for at in rng.choice(len(shares), count, p=shares / shares.sum())]
    return BlockColumns.build(
        height=np.arange(_FIRST, _FIRST + count),
        header_s=times.astype(np.int64),
        bits=np.full(count, BITS),
        pool=pools,
    )


def claim_of(subject: str, quantity: str, value: float, relation: str = "level") -> Claim:
    """Return a claim of one number.

    Parameters
    ----------
    subject, quantity : str
        As of a claim.
    value : float
        What is claimed.
    relation : str
        As of a claim.
    """
    return Claim(
        text="said", subject=subject, quantity=quantity, low=value, high=value,
        relation="change" if relation == "change" else "level",
    )  # fmt: skip


def claimed_near(rng: np.random.Generator, truth: float) -> tuple[float, bool]:
    """Return a claim of a true value, and whether it is right: within a tenth of the truth.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draw; half of the claims are the truth, half are off by up to a factor of two.
    truth : float
        The true value.
    """
    value = truth * (1.0 if rng.random() < 0.5 else float(np.exp(rng.uniform(-0.7, 0.7))))
    return value, value * (1 - REACH) <= truth <= value * (1 + REACH)


def hash_rate(rng: np.random.Generator) -> Drawn:
    """Draw a claimed hash rate of the network.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    days, rate = float(rng.choice([1.0, 3.0, 7.0])), float(np.exp(rng.uniform(-0.3, 0.3)))
    blocks = blocks_of(rng, days, rate, np.ones(1))
    truth_hps = rate * work_of_bits_hashes(BITS) / BLOCK_S
    value, right = claimed_near(rng, truth_hps)
    window = Window(start_s=0.0, end_s=days * DAY_S)
    return judge_level(claim_of("network", "hashrate_hps", value), window, blocks, _COVERAGE), right


def pool_share(rng: np.random.Generator) -> Drawn:
    """Draw a claimed share of a pool.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    days = float(rng.choice([3.0, 14.0, 30.0]))
    blocks = blocks_of(rng, days, 1.0, _POOLS)
    at = int(rng.integers(len(_POOLS)))
    value, right = claimed_near(rng, float(_POOLS[at]))
    window = Window(start_s=0.0, end_s=days * DAY_S)
    claim = claim_of(f"pool:p{at}", "hashrate_share", min(value, 0.99))
    return judge_level(claim, window, blocks, _COVERAGE), right


def pool_rank(rng: np.random.Generator) -> Drawn:
    """Draw a claimed rank of a pool.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    days = float(rng.choice([3.0, 14.0, 30.0]))
    shares = _POOLS * np.exp(0.3 * rng.standard_normal(len(_POOLS)))
    window = Window(start_s=0.0, end_s=days * DAY_S)
    counts = pool_block_counts(blocks_of(rng, days, 1.0, shares), window, _COVERAGE)
    at = int(rng.integers(len(shares)))
    truth = 1 + int((shares > shares[at]).sum())
    value = truth if rng.random() < 0.5 else max(1, truth + int(rng.choice([-2, -1, 1, 2])))
    claim = claim_of(f"pool:p{at}", "rank", float(value))
    return judge_pool_rank(claim, window, counts), value == truth


def country_share(rng: np.random.Generator) -> Drawn:
    """Draw a claimed share of a country, by a map of known error.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    truth, sd = float(rng.uniform(0.02, 0.4)), float(rng.choice([0.03, 0.08, 0.2]))
    seen = truth * float(np.exp(sd * rng.standard_normal()))
    measured = Interval(
        median=seen, low=seen * exp(-_Z90 * sd), high=seen * exp(_Z90 * sd), level=0.9
    )
    value, right = claimed_near(rng, truth)
    window = Window(start_s=0.0, end_s=30.0 * DAY_S)
    measurement = Measurement(evidence="map", measured=measured, window=window)
    return judge_interval(claim_of("country:KZ", "hashrate_share", value), measurement), right


def price(rng: np.random.Generator) -> Drawn:
    """Draw a claimed price of a day that moved by the minute; right within a hundredth.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    path = 40_000.0 * np.exp(np.cumsum(0.0008 * rng.standard_normal(1440)))
    value = float(path[rng.integers(1440)]) * float(np.exp(rng.choice([0.0, 0.04, 0.1, -0.1])))
    measured = Interval(
        median=float(np.median(path)), low=float(path.min()), high=float(path.max()), level=1.0
    )
    measurement = Measurement(
        evidence="price", measured=measured, window=Window(start_s=0.0, end_s=float(DAY_S)),
        reach=0.01, is_range=True,
    )  # fmt: skip
    right = bool((np.abs(path / value - 1.0) <= 0.01).any())
    return judge_interval(claim_of("asset:btc", "price_usd", value), measurement), right


def difficulty(rng: np.random.Generator) -> Drawn:
    """Draw a claimed change of difficulty, to a tenth of a percent or to a percent.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    bits = np.full(20, BITS)
    bits[10:] = BITS - int(rng.integers(-200_000, 200_000))
    blocks = BlockColumns.build(
        height=np.arange(_FIRST + EPOCH_BLOCKS - 11, _FIRST + EPOCH_BLOCKS + 9),
        header_s=np.arange(1, 21) * 600,
        bits=bits,
        pool=None,
    )
    truth = difficulty_of_bits(int(bits[10])) / difficulty_of_bits(BITS) - 1.0
    digits = int(rng.choice([2, 3]))
    value = round(truth + float(rng.choice([0.0, 0.0, 0.02, -0.05])), digits)
    right = abs(value - truth) <= 0.5 * 10.0**-digits
    claim = claim_of("network", "difficulty_change_share", value, "change")
    return judge_difficulty(claim, Window(start_s=0.0, end_s=float(DAY_S)), blocks), right


def record(rng: np.random.Generator) -> Drawn:
    """Draw a claim that the hash rate is the highest, or the lowest, since some time.

    The rate walks from day to day, so that the truth is known to the day: whether the mean of the
    best week that ends in the last three days is more extreme than that of every week before.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draws.
    """
    days = int(rng.choice([45, 90, 180]))
    lowest = bool(rng.random() < 0.5)
    path = np.cumsum(rng.choice([0.009, 0.02]) * rng.standard_normal(days))
    # Claims of records are made where the rate has moved: half of the walks lean that way.
    path += rng.choice([0.0, -0.4 if lowest else 0.4]) * np.linspace(0.0, 1.0, days)
    rates = np.exp(path - path.mean())
    weeks = np.convolve(rates, np.ones(_WEEK) / _WEEK, mode="valid")
    last, before = weeks[-_LAST_DAYS:], weeks[: -_LAST_DAYS - _WEEK + 1]
    right = last.min() < before.min() if lowest else last.max() > before.max()
    counts = rng.poisson(rates * DAY_S / BLOCK_S)
    times = np.concatenate(
        [np.sort(rng.uniform(at * DAY_S, (at + 1) * DAY_S, n)) for at, n in enumerate(counts)]
    )
    blocks = BlockColumns.build(
        height=np.arange(_FIRST, _FIRST + len(times)),
        header_s=times.astype(np.int64),
        bits=np.full(len(times), BITS),
        pool=None,
    )
    measure = "hashrate_lowest" if lowest else "hashrate_highest_since"
    claim = replace(claim_of("network", "rank", 1.0), measure=measure)
    return judge_record(claim, Window(start_s=0.0, end_s=float(days * DAY_S)), blocks), bool(right)


KINDS: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "hash rate of the network": hash_rate,
    "share of a pool": pool_share,
    "rank of a pool": pool_rank,
    "share of a country": country_share,
    "price": price,
    "change of difficulty": difficulty,
    "highest or lowest since": record,
}


def row(kind: str, drawn: list[Drawn]) -> str:
    """Return the row of a kind of claim: how often each call came, and how often it was right.

    Parameters
    ----------
    kind : str
        Its first cell.
    drawn : list of tuple
        Verdicts, and whether each claim was true.
    """
    cells = [kind]
    sure = [
        right for one, right in drawn if one.call == "supported" and (one.probability or 0) >= 0.9
    ]
    for chosen in (
        [right for one, right in drawn if one.call == "supported"],
        sure,
        [right for one, right in drawn if one.call == "undecidable"],
        [right for one, right in drawn if one.call == "contradicted"],
    ):
        if not chosen:
            cells.append("\u2013")
            continue
        share = sum(chosen) / len(chosen)
        error = sqrt(share * (1 - share) / len(chosen))
        cells.append(f"{share:.3f} ({error:.3f}) of {len(chosen):,}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Simulate claims of each kind and print how often each call was right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=12)
    asked = parser.parse_args()
    print("| claims | supported | supported, stated 0.9 or more | undecidable | contradicted |")
    print("|---|---|---|---|---|")
    for at, (kind, draw) in enumerate(KINDS.items()):
        rng = np.random.default_rng([asked.seed, at])
        print(row(kind, [draw(rng) for _ in range(asked.records)]))


if __name__ == "__main__":
    main()
