"""Money and energy of a scenario: what a hash earns, what it costs, and who then switches off."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite

from hashquake.core.errors import InputError
from hashquake.forward.amount import Amount, exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Economy:
    """The world that pays for hashes.

    Parameters
    ----------
    hashrate_hps : float
        Hash rate at the start, hashes a second; 0 when not known, and absolute figures are left
        out.
    price_usd : float
        Of a bitcoin at the start.
    price_path : tuple of (at_s, factor)
        The price over its start, at times from the start of the epoch, straight in between.
    subsidy_btc : float
        Of a block at the start.
    fees_share : float
        Fees over subsidy, at the start; fees are taken to stay as they are in bitcoin.
    halving_after_blocks : int or None
        Blocks of the first epoch that still earn the whole subsidy; None for no halving.
    fleet : tuple of (energy_j_per_th, share)
        What machines there are; empty means that money moves nobody.
    power_price_usd_per_kwh : Amount
        What electricity costs; a machine that earns less than its power is off.
    energy_j_per_th : Amount
        Mean energy of the network's hashes, at the wall.
    carbon_g_per_kwh : Amount
        Carbon dioxide of the power used where it is dark.
    load_share : float
        Transactions offered, over what blocks can hold when they come every ten minutes.

    Raises
    ------
    InputError
        ``economy-malformed`` saying which field and why.
    """

    hashrate_hps: float = 0.0
    price_usd: float = 0.0
    price_path: tuple[tuple[float, float], ...] = ()
    subsidy_btc: float = 3.125
    fees_share: float = 0.02
    halving_after_blocks: int | None = None
    fleet: tuple[tuple[float, float], ...] = ()
    power_price_usd_per_kwh: Amount = field(default_factory=lambda: exactly(0.05))
    energy_j_per_th: Amount = field(default_factory=lambda: Amount(value=40.0, low=25.0, high=60.0))
    carbon_g_per_kwh: Amount = field(
        default_factory=lambda: Amount(value=450.0, low=250.0, high=750.0)
    )
    load_share: float = 0.8

    def __post_init__(self) -> None:
        """Refuse prices that are not positive numbers, and impossible machines."""
        for name in ("hashrate_hps", "price_usd", "subsidy_btc", "fees_share", "load_share"):
            self._require(name, getattr(self, name))
        for name in ("power_price_usd_per_kwh", "energy_j_per_th", "carbon_g_per_kwh"):
            self._require(name, getattr(self, name).low)
        for at_s, factor in self.price_path:
            self._require("price_path", at_s)
            self._require("price_path", factor)
        if any(a[0] >= b[0] for a, b in pairwise(self.price_path)):
            _refuse("price_path must rise in time")
        for energy, share in self.fleet:
            self._require("fleet", energy)
            self._require("fleet", share)
        if self.fleet and abs(sum(share for _, share in self.fleet) - 1) > 1e-6:
            _refuse("the shares of the fleet must add up to 1")
        if self.fleet and not (self.price_usd and self.hashrate_hps):
            _refuse("a fleet that reacts to money needs price_usd and hashrate_hps")
        after = self.halving_after_blocks
        if after is not None and not 1 <= after <= 2015:
            _refuse(f"halving_after_blocks is {after}; it may be 1 to 2015")

    def _require(self, name: str, value: float) -> None:
        if not (isfinite(value) and value >= 0):
            _refuse(f"{name} is {value}; it must be a number, 0 or more")

    def price_factor(self, at_s: float) -> float:
        """Return the price over its start at a time from the start of the epoch.

        Parameters
        ----------
        at_s : float
            Seconds from the start of the epoch.
        """
        points = ((0.0, 1.0), *self.price_path) if self.price_path else ((0.0, 1.0),)
        for (start_s, low), (end_s, high) in pairwise(points):
            if at_s < end_s:
                return low + (high - low) * max(at_s - start_s, 0.0) / (end_s - start_s or 1.0)
        return points[-1][1]


def _refuse(problem: str) -> None:
    raise InputError(problem, code="economy-malformed")
