"""Which machines can earn their electricity on a day, and how much energy a hash costs them.

Cambridge's method: a machine runs while what a hash earns pays for the energy it takes. Three
versions of its best guess differ in how the machines that can run are weighed.

Source: keys ``ccaf-cbeci``, ``neumueller-2023`` in ``docs/refs.bib``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.machine import Machine

ELECTRICITY_USD_PER_KWH = 0.05
"""What Cambridge takes miners to pay."""
ELECTRICITY_LOG_SD = 0.35
"""Nine miners in ten pay between 2.8 and 8.9 cents: our assumption, as contracts are secret."""
FEE_SHARE = 0.06
"""Fees over subsidy: 4, 8, 10 and 2 % in the years 2019 to 2022, by miners' revenue."""
FEE_SHARE_RANGE = (0.01, 0.12)
PUE_LOW, PUE_BEST, PUE_HIGH = 1.01, 1.10, 1.20
"""Power of the site over power of its machines."""
METHOD_LOG_SD = 0.13
"""How far methods disagree: Cambridge's 2021 fell from 104 to 89 TWh when it changed its method,
2022 from 105 to 96; Coin Metrics found 13 % less than Cambridge in May 2023. Root mean square."""
PRICE_LOG_SD_PER_SQRT_DAY = 0.03
"""How far bitcoin's price strays from the last known one."""
HALVING_BLOCKS = 210_000
_YEARS_OF_SERVICE = 5
_AGE_WEIGHTS = (1.0, 0.8, 0.6, 0.4, 0.2)
MODELS = ("1.0", "1.1", "1.3.1", "2023")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """How much energy a hash cost the machines that could run.

    Parameters
    ----------
    lower_j_per_th, best_j_per_th, upper_j_per_th : float
        Were all machines of the best kind; weighed; were all of the worst kind that can run.
    threshold_j_per_th : float
        The efficiency at which earnings and electricity balance.
    n_machines : int
        Kinds that could run; 0 when none could, and the best one released stands in.
    """

    lower_j_per_th: float
    best_j_per_th: float
    upper_j_per_th: float
    threshold_j_per_th: float
    n_machines: int


def subsidy_btc(height: NDArray[np.int64]) -> Floats:
    """Return the new bitcoin of blocks at heights, fees apart.

    >>> subsidy_btc(np.array([0, 717_696, 840_000])).tolist()
    [50.0, 6.25, 3.125]

    Parameters
    ----------
    height : array of int64, shape (n,)
        From 0.
    """
    return np.ldexp(50.0, -(height // HALVING_BLOCKS).astype(np.int32))


def usd_per_hash(
    height: NDArray[np.int64], work_hashes: Floats, price_usd: Floats, *, fee_share: float
) -> float:
    """Return what a hash earned on average over some blocks.

    Parameters
    ----------
    height, work_hashes, price_usd : array, shape (n,)
        Of each block; the price of its day.
    fee_share : float
        Fees over subsidy.
    """
    return float((btc_per_hash(height, work_hashes) * price_usd).mean()) * (1 + fee_share)


def btc_per_hash(height: NDArray[np.int64], work_hashes: Floats) -> Floats:
    """Return the subsidy that a hash earned on average at the difficulty of each block.

    Parameters
    ----------
    height, work_hashes : array, shape (n,)
        Of each block.
    """
    return np.asarray(subsidy_btc(height) / work_hashes, np.float64)


def threshold_j_per_th(hash_usd: float, *, electricity_usd_per_kwh: float) -> float:
    """Return the efficiency at which a hash earns just what its electricity costs.

    Parameters
    ----------
    hash_usd : float
        What a hash earns, dollars.
    electricity_usd_per_kwh : float
        Price of electricity.

    Raises
    ------
    UsageError
        ``price-range`` when a price is not over 0.
    """
    if not (hash_usd > 0 and electricity_usd_per_kwh > 0):
        raise UsageError("prices must be above 0", code="price-range")
    return hash_usd * 1e12 / (electricity_usd_per_kwh / 3.6e6)


def efficiency_at(
    machines: Sequence[Machine],
    at_s: float,
    threshold: float,
    *,
    model: str = "2023",
    class_shares: Mapping[str, float] | None = None,
) -> Efficiency:
    """Weigh the machines that could run at an instant.

    Parameters
    ----------
    machines : sequence of Machine
        The market.
    at_s : float
        UTC Unix seconds.
    threshold : float
        From `threshold_j_per_th`, a mean of fourteen days in Cambridge's method.
    model : {"1.0", "1.1", "1.3.1", "2023"}
        All machines alike; those with the chips of the S7 and S9 apart, by their share of the
        hash rate; none older than five years; the newer a machine the heavier (Cambridge's method
        since August 2023, which its published series follow).
    class_shares : mapping of str to float or None
        For model 1.1 alone: the share of the hash rate of ``S7`` and ``S9`` on the day.

    Raises
    ------
    UsageError
        ``energy-model`` for another model, or for 1.1 without shares; ``hardware-none`` when no
        machine had been released.
    """
    if model not in MODELS or (model == "1.1") != (class_shares is not None):
        raise UsageError(
            f"the energy model {model!r} cannot be used with these shares",
            code="energy-model",
            hint=f"one of {', '.join(MODELS)}; 1.1 alone needs the shares of chip classes",
        )
    weight, efficiency = _market(machines, at_s, model)
    runs = efficiency < threshold
    n_machines = int(runs.sum())
    if not n_machines:
        runs = efficiency == efficiency.min()
    best = float(np.average(efficiency[runs], weights=weight[runs]))
    for name, share in (class_shares or {}).items():
        mean = np.mean([one.efficiency_j_per_th for one in machines if one.chip_class == name])
        best += share * (float(mean) - best)
    return Efficiency(
        lower_j_per_th=float(efficiency[runs].min()),
        best_j_per_th=best,
        upper_j_per_th=float(efficiency[runs].max()),
        threshold_j_per_th=threshold,
        n_machines=n_machines,
    )


def draw_efficiency(
    machines: Sequence[Machine],
    at_s: float,
    hash_usd: float,
    rng: np.random.Generator,
    n_draws: int,
    *,
    electricity_usd_per_kwh: float = ELECTRICITY_USD_PER_KWH,
    price_carried_days: float = 0.0,
) -> Floats:
    """Draw the energy of a hash at the wall, with all that is not known of it.

    Parameters
    ----------
    machines : sequence of Machine
        The market.
    at_s : float
        UTC Unix seconds.
    hash_usd : float
        What a hash earned, fees at `FEE_SHARE`.
    rng : Generator
        Randomness.
    n_draws : int
        How many.
    electricity_usd_per_kwh : float
        The middle of what miners pay.
    price_carried_days : float
        Days since the price of bitcoin was last known.

    Returns
    -------
    array of float64, shape (n_draws,)
        Joules a terahash, cooling and losses of the site included: over the price of electricity,
        fees, the price of bitcoin where it is carried, the site, and the method itself.
    """
    electricity = electricity_usd_per_kwh * np.exp(
        ELECTRICITY_LOG_SD * rng.standard_normal(n_draws)
    )
    fees = (1 + rng.uniform(*FEE_SHARE_RANGE, n_draws)) / (1 + FEE_SHARE)
    astray = np.exp(
        PRICE_LOG_SD_PER_SQRT_DAY * sqrt(price_carried_days) * rng.standard_normal(n_draws)
    )
    threshold = hash_usd * 1e12 * fees * astray / (electricity / 3.6e6)
    pue = rng.triangular(PUE_LOW, PUE_BEST, PUE_HIGH, n_draws)
    method = np.exp(METHOD_LOG_SD * rng.standard_normal(n_draws))
    return _weighed(machines, at_s, threshold) * pue * method


def _weighed(machines: Sequence[Machine], at_s: float, thresholds: Floats) -> Floats:
    """Weigh the machines under each of many thresholds at once, by the newest model."""
    weight, efficiency = _market(machines, at_s, "2023")
    order = np.argsort(efficiency)
    efficiency, weight = efficiency[order], weight[order]
    weights, energy = np.cumsum(weight), np.cumsum(weight * efficiency)
    n_running = np.maximum(np.searchsorted(efficiency, thresholds, side="left"), 1)
    weighed: Floats = energy[n_running - 1] / weights[n_running - 1]
    return weighed


def _market(machines: Sequence[Machine], at_s: float, model: str) -> tuple[Floats, Floats]:
    """Return weight and efficiency of the machines a model counts at an instant."""
    rows = [(one, _whole_months(one.released_s, at_s)) for one in machines]
    rows = [(one, months) for one, months in rows if one.released_s < at_s]
    if model == "1.1":
        rows = [(one, months) for one, months in rows if not one.chip_class]
    if model in ("1.3.1", "2023"):
        rows = [(one, months) for one, months in rows if months < 12 * _YEARS_OF_SERVICE]
    if not rows:
        raise UsageError("no machine had been released by then", code="hardware-none")
    weight = [_AGE_WEIGHTS[months // 12] if model == "2023" else 1.0 for _, months in rows]
    efficiency = [one.efficiency_j_per_th for one, _ in rows]
    return np.array(weight), np.array(efficiency)


def _whole_months(start_s: float, end_s: float) -> int:
    """Count the months from one calendar month to another."""
    start, end = (datetime.fromtimestamp(at, tz=UTC) for at in (start_s, end_s))
    return (end.year - start.year) * 12 + end.month - start.month
