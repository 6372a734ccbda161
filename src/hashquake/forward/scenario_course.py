"""A scenario turned into the arrays of a `Course`: hash rate piece by piece, and who has it."""

from itertools import pairwise
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import InputError
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.forward.amount import Amount
from hashquake.forward.course import (
    Course,
    Mix,
    Money,
    Noise,
    Plan,
    World,
)
from hashquake.forward.online import home_share, knots_s, online_share
from hashquake.forward.scenario import ABROAD, OTHER, Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_GROWTH_KNOTS_S = tuple(2.0 * DAY_S * at for at in range(1, 61)) + tuple(
    120.0 * DAY_S * 1.05**at for at in range(1, 80)
)


_LEAST_RATE = 1e-4


def lay_out(scenario: Scenario) -> Course:
    """Turn a scenario into arrays.

    Parameters
    ----------
    scenario : Scenario
        What happens.

    Raises
    ------
    InputError
        ``rate-zero`` when nothing is left to mine in the end, ``share-range`` when outages take
        more than there is.
    """
    outages = scenario.outages
    at_s = _pieces(scenario)
    ends_s = np.append(at_s[1:], inf)
    online = [[online_share(o, a, b) for a, b in zip(at_s, ends_s, strict=True)] for o in outages]
    home = [[home_share(o, a, b) for a, b in zip(at_s, ends_s, strict=True)] for o in outages]
    shape = (len(outages), len(at_s))
    start = np.array([[pair[0] for pair in row] for row in online]).reshape(shape)
    end = np.array([[pair[1] for pair in row] for row in online]).reshape(shape)
    homes = np.array(home, dtype=np.float64).reshape(shape)
    class_of, class_online, class_home = _classes((start + end) / 2, homes)
    growth = np.power(1 + scenario.growth_per_year, at_s / YEAR_S)
    growth_end = np.append(growth[1:], growth[-1])
    pools, pool_share = _with_rest(scenario.pools, OTHER)
    countries, country_share = _with_rest(
        tuple((code, share.value) for code, share in scenario.countries), ABROAD
    )
    parts = _Parts(scenario, pools, pool_share, countries, country_share)
    weight = parts.share * np.array([o.depth.value for o in outages])
    if weight.sum() > 1 + 1e-9:
        raise InputError(
            f"the outages take {weight.sum():.3g} of the hash rate, more than there is",
            code="share-range",
        )
    rate_start = growth * (1 - weight.sum() + weight @ start)
    rate_end = growth_end * (1 - weight.sum() + weight @ end)
    if rate_start[-1] < _LEAST_RATE:
        raise InputError(
            "nothing mines once the last outage has begun, so no block ever comes",
            code="rate-zero",
            hint="lower the depth or give the outage a duration",
        )
    window = scenario.window_s
    economy = scenario.economy
    after = economy.halving_after_blocks
    breakeven, energy, share = _fleet(scenario)
    drawn = any(not o.depth.fixed for o in outages) or scenario.pool_blocks > 0
    drawn = drawn or bool(parts.alpha.any())
    plan = Plan(
        pieces=_laid(at_s, rate_start, rate_end),
        plain=_laid(at_s, growth, growth_end),
        phase=np.searchsorted(np.array(window), at_s, side="right").astype(np.int64),
        class_of=class_of,
    )
    mix = Mix(
        online=class_online,
        home=class_home,
        part_pool=parts.pool,
        away_pool=parts.away,
        part_country=parts.country,
    )
    world = World(
        part_share=parts.share,
        part_alpha=parts.alpha,
        part_beta=parts.beta,
        part_pool_at=parts.pool_at,
        part_country_at=parts.country_at,
        depth_centre=np.array([_log_odds(o.depth.value) for o in outages]),
        depth_spread=np.array([_spread(o.depth) for o in outages]),
        pool_share=pool_share,
        pool_alpha=pool_share * scenario.pool_blocks,
        country_share=country_share,
        online=start,
        online_end=end,
        correlation=scenario.correlation,
        fixed=not drawn,
    )
    halving = 0 if after is None else after
    return Course(
        plan=plan,
        mix=mix,
        world=world,
        money=Money(
            price=np.array([economy.price_factor(time_s) for time_s in at_s]),
            fleet_energy=energy,
            fleet_share=share,
            breakeven_j_per_th=breakeven,
            halving_block=halving,
            reward_after=(0.5 + economy.fees_share) / (1 + economy.fees_share),
        ),
        noise=Noise(
            walk_share=scenario.walk_share,
            level_sd_share=scenario.level_sd_share,
            header_sd_s=scenario.header_sd_s,
            halving_block=halving,
        ),
        weights=weight,
        # A kernel is compiled again for whole numbers: a scenario may give seconds as those.
        window_start_s=float(window[0]),
        window_end_s=float(window[1]),
        epochs=scenario.epochs,
    )


def pool_names(scenario: Scenario) -> tuple[str, ...]:
    """Name the pools in the order of the arrays, the rest last.

    Parameters
    ----------
    scenario : Scenario
        Whose pools.
    """
    return (*(slug for slug, _ in scenario.pools if slug != OTHER), OTHER)


def country_names(scenario: Scenario) -> tuple[str, ...]:
    """Name the countries in the order of the arrays, the rest last.

    Parameters
    ----------
    scenario : Scenario
        Whose countries.
    """
    return (*(code for code, _ in scenario.countries), ABROAD)


class _Parts:
    """The parts struck: how large, of which pools, in which countries."""

    def __init__(
        self,
        scenario: Scenario,
        pools: tuple[str, ...],
        pool_share: Floats,
        countries: tuple[str, ...],
        country_share: Floats,
    ) -> None:
        count = len(scenario.outages)
        self.share, self.alpha, self.beta = (np.zeros(count) for _ in range(3))
        self.pool_at = np.full(count, -1, np.int64)
        self.country_at = np.full(count, -1, np.int64)
        self.pool = np.zeros((count, len(pools)))
        self.away = np.zeros((count, len(pools)))
        self.country = np.zeros((count, len(countries)))
        exposure = {(pool, country): part for pool, country, part in scenario.exposures}
        dark = {parse_subject(o.subject).name for o in scenario.outages}
        for at, outage in enumerate(scenario.outages):
            kind, name = parse_subject(outage.subject)
            amount = scenario.share_of(outage.subject)
            self.share[at] = amount.value
            shapes = amount.beta()
            if shapes is not None:
                self.alpha[at], self.beta[at] = shapes
            if kind == "pool":
                self.pool_at[at] = pools.index(name)
                self.pool[at, pools.index(name)] = 1.0
                others = pool_share * [pool not in dark for pool in pools]
                self.away[at] = others / (others.sum() or 1.0)
                here = np.array([exposure.get((name, country), 0.0) for country in countries])
                self.country[at] = here if here.sum() else country_share
                self.country[at, -1] += max(1 - self.country[at].sum(), 0.0)
            else:
                self.country_at[at] = countries.index(name)
                self.country[at, countries.index(name)] = 1.0
                mine = np.array([exposure.get((pool, name), 0.0) for pool in pools]) * pool_share
                mine = mine if mine.sum() else pool_share
                self.pool[at] = self.away[at] = mine / mine.sum()


def _pieces(scenario: Scenario) -> Floats:
    times = {0.0}
    for outage in scenario.outages:
        times.update(knots_s(outage))
    times.update(time_s for time_s in scenario.window_s if time_s < inf)
    if scenario.growth_per_year:
        times.update(_GROWTH_KNOTS_S)
    path = scenario.economy.price_path
    for (start_s, _), (end_s, _) in pairwise(((0.0, 1.0), *path)):
        steps = min(max(round((end_s - start_s) / DAY_S), 1), 60)
        times.update(np.linspace(start_s, end_s, steps + 1).tolist())
    return np.array(sorted(times))


def _classes(online: Floats, home: Floats) -> tuple[Ints, Floats, Floats]:
    """Group pieces in which every part is online and at home alike."""
    keys = np.round(np.concatenate([online, home]), 9).T
    distinct, class_of = np.unique(keys, axis=0, return_inverse=True)
    n = len(online)
    return (
        class_of.reshape(-1).astype(np.int64),
        np.ascontiguousarray(distinct[:, :n].T),
        np.ascontiguousarray(distinct[:, n:].T),
    )


def _with_rest(shares: tuple[tuple[str, float], ...], rest: str) -> tuple[tuple[str, ...], Floats]:
    named = [(name, share) for name, share in shares if name != rest]
    values = np.array([share for _, share in named] + [0.0])
    values[-1] = max(1.0 - values.sum(), 0.0)
    return (*(name for name, _ in named), rest), values / values.sum()


def _laid(at_s: Floats, start: Floats, end: Floats) -> Floats:
    steps = np.diff(at_s) * (start + end)[:-1] / 2
    return np.stack([at_s, start, end, np.concatenate([[0.0], np.cumsum(steps)])])


def _fleet(scenario: Scenario) -> tuple[float, Floats, Floats]:
    """Return the energy at which a machine breaks even at the start, and the fleet's law."""
    economy = scenario.economy
    if not economy.fleet:
        return 0.0, np.zeros(0), np.zeros(0)
    machines = sorted(economy.fleet)
    energy = np.array([machines[0][0] * 0.8, *(energy for energy, _ in machines)])
    share = np.concatenate([[0.0], np.cumsum([share for _, share in machines])])
    reward_usd = economy.subsidy_btc * (1 + economy.fees_share) * economy.price_usd
    usd_per_th = reward_usd / (economy.hashrate_hps / 1e12 * 600.0)
    return usd_per_th / (economy.power_price_usd_per_kwh.value / 3.6e6), energy, share


def _log_odds(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return log(kept / (1 - kept)) if 0 < share < 1 else (inf if share else -inf)


def _spread(amount: Amount) -> float:
    if amount.fixed:
        return 0.0
    low, high = (min(max(limit, 1e-3), 1 - 1e-3) for limit in (amount.low, amount.high))
    return (log(high / (1 - high)) - log(low / (1 - low))) / 3.2897072539029444
