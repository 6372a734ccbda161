"""Maps of mining and megawatts: bundled facts, readings of the record and its hash rate joined."""

from collections.abc import Callable

import numpy as np

from hashquake.catalog.published_maps import published_maps
from hashquake.core.country import REST, parse_country
from hashquake.core.draws import draws_of_quantiles, quantiles_of_draws
from hashquake.core.errors import HashquakeError, NoCoverage, UsageError
from hashquake.core.interval import Quantiles
from hashquake.core.mining_map import MiningMap
from hashquake.core.network import require_main, require_main_rate
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK
from hashquake.core.times import format_time
from hashquake.datasets.electricity import capacity_of, grid_of, registered_power
from hashquake.datasets.mining_map import province_maps
from hashquake.explain.energy import (
    DarkPower,
    dark_power,
    emissions_t_per_day,
    power_bounds,
    power_mw,
    share_of,
    unregistered_power,
    world_emissions_t_per_day,
)
from hashquake.explain.energy_report import EnergyReport
from hashquake.explain.mining_map import PROVINCE_PACE, ShareLaw, draw_shares, share_law
from hashquake.explain.mining_table import MapTable, mining_table
from hashquake.observatory.fleet_efficiency import EnergyPrices, machines_at
from hashquake.observatory.instant_rates import filtered_rates

RateThen = Callable[[], Quantiles]
"""Returns the network's hash rate at an instant that is agreed on, H/s."""
N_DRAWS = 4000
SEED = 717_696
_PROVINCE_MONTHS = 12.0


def mining_map(
    record: Record,
    *,
    at_s: float,
    as_of_s: float,
    now_s: float,
    within: str | None = None,
    maps: tuple[MiningMap, ...] = (),
    prices: EnergyPrices | None = None,
    rate_then: RateThen | None = None,
) -> MapTable:
    """Return where hash rate was: share, rank, hash rate and megawatts of each country.

    Parameters
    ----------
    record : Record
        Its hash rate, and maps ingested into it.
    at_s : float
        The time asked about, UTC Unix seconds.
    as_of_s : float
        Only maps published by then are used; not before `at_s`.
    now_s : float
        The present.
    within : str or None
        ``CN`` tells China's provinces instead of countries.
    maps : tuple of MiningMap
        Use these alone; empty means the bundled ones and those of the record.
    prices : EnergyPrices or None
        Prices to use instead of the bundled ones.
    rate_then : callable or None
        Returns the network's hash rate at `at_s`, where several questions share it; None is
        asked of the record.

    Raises
    ------
    UsageError
        ``network-not-main``; ``time-ahead`` for a time that has not been, or after `as_of_s`.
    NoCoverage
        ``map-missing`` when no map had been published by then, ``provinces-missing`` within
        another country than China or more than a year from its last month. A hash rate or price
        that is not known is not an error: the columns that need it are None, a caveat says why.
    """
    require_main(record.network, "a mining map")
    _refuse_future(as_of_s, now_s)
    if within is None:
        law = share_law(maps or published_maps(record), at_s=at_s, as_of_s=as_of_s)
    else:
        law = _province_law(within, at_s, as_of_s)
    rng = np.random.default_rng(SEED)
    hashrate, efficiency, caveats = None, None, []
    try:
        network_hps = rate_then() if rate_then else network_rate(record, at_s)
        require_main_rate(network_hps.median, at_s, "a mining map")
        hashrate = draws_of_quantiles(network_hps, rng, N_DRAWS)
        efficiency = machines_at(record, at_s, prices or EnergyPrices(), rng, N_DRAWS)[1]
    except NoCoverage as missing:
        caveats.append(f"{'Power' if hashrate is not None else 'Hash rate'}: {missing.message}.")
    return mining_table(
        law,
        rng,
        N_DRAWS,
        hashrate_hps=hashrate,
        efficiency_j_per_th=efficiency,
        caveats=tuple(caveats),
    )


def energy(
    record: Record,
    *,
    country: str | None,
    at_s: float,
    as_of_s: float,
    now_s: float,
    registered_mw: float | None = None,
    maps: tuple[MiningMap, ...] = (),
    prices: EnergyPrices | None = None,
    rate_then: RateThen | None = None,
) -> EnergyReport:
    """Return the power that mining drew, in the network or in a country, and what it emitted.

    Parameters
    ----------
    record : Record
        Its hash rate, difficulty, and maps ingested into it.
    country : str or None
        Two or three letters; None is the whole network.
    at_s, as_of_s, now_s, maps, prices, rate_then
        As in `mining_map`.
    registered_mw : float or None
        Power of registered miners; None is the bundled fact, where there is one.

    Raises
    ------
    UsageError
        ``network-not-main``, ``time-ahead``, ``registered-range``, ``price-range``.
    FormatError
        ``country-unknown``.
    NoCoverage
        When hash rate, price or map are not known for then; ``country-unmapped`` when the map does
        not name the country.
    """
    require_main(record.network, "the power of mining")
    _refuse_future(max(at_s, as_of_s), now_s)
    country = None if country is None else parse_country(country)
    rng = np.random.default_rng(SEED)
    network_hps = rate_then() if rate_then else network_rate(record, at_s)
    require_main_rate(network_hps.median, at_s, "the power of mining")
    hashrate = draws_of_quantiles(network_hps, rng, N_DRAWS)
    machine, efficiency, caveats = machines_at(record, at_s, prices or EnergyPrices(), rng, N_DRAWS)
    network_mw = power_mw(hashrate, efficiency)
    known = maps or published_maps(record)
    law = (
        _law(known, at_s, as_of_s)
        if country is None
        else share_law(known, at_s=at_s, as_of_s=as_of_s)
    )
    shares = None if law is None else draw_shares(law, rng, N_DRAWS)
    share = np.ones(N_DRAWS)
    if country is not None and law is not None and shares is not None:
        share = shares[:, _column(law, country)]
    drawn_mw = network_mw * share
    grid = grid_of(country or REST, at_s)
    reasons = {}
    if grid.generation_mw is None:
        reasons["share_of_generation"] = f"no generation of {country} is bundled for {_day(at_s)}"
    emissions = None
    if country is None and law is not None and shares is not None:
        carbon = {one: _carbon(one, at_s) for one in law.countries}
        emissions = world_emissions_t_per_day(network_mw, shares, law.countries, carbon, rng)
    elif grid.carbon_g_per_kwh is not None:
        emissions = emissions_t_per_day(drawn_mw, grid.carbon_g_per_kwh, rng)
    else:
        reasons["emissions_t_per_day"] = f"no carbon intensity of {country}'s grid is bundled"
    fact = registered_power(country, at_s) if country else None
    capacity = capacity_of(country, at_s) if country else None
    registered = registered_mw
    if registered is None and fact is not None:
        registered = fact.registered_mw
    if registered is None and country is not None:
        reasons["registered_mw"] = (
            f"no registered power of {country} is bundled for {_day(at_s)}; give --registered-mw"
        )
    capacity_mw = None if capacity is None else capacity.installed_mw
    return EnergyReport(
        at_s=at_s,
        country=country,
        power_mw=quantiles_of_draws(drawn_mw),
        hashrate_hps=quantiles_of_draws(hashrate * share),
        share=None if country is None else quantiles_of_draws(share),
        efficiency=machine,
        efficiency_j_per_th=quantiles_of_draws(efficiency),
        bounds=power_bounds(network_hps.median, machine),
        law=law,
        share_of_generation=share_of(drawn_mw, grid.generation_mw),
        generation_year=grid.generation_year,
        emissions_t_per_day=None if emissions is None else quantiles_of_draws(emissions),
        carbon_year=grid.carbon_year,
        unregistered=None
        if registered is None
        else unregistered_power(
            drawn_mw, registered, generation_mw=grid.generation_mw, capacity_mw=capacity_mw
        ),
        capacity=capacity,
        share_of_capacity=share_of(drawn_mw, capacity_mw),
        claim=fact,
        reasons=reasons,
        caveats=caveats,
    )


def megawatts_dark(
    record: Record,
    lost_hps: Quantiles,
    *,
    at_s: float,
    country: str | None = None,
    as_of_s: float | None = None,
) -> DarkPower:
    """Turn the hash rate lost in a quake into megawatts.

    Parameters
    ----------
    record : Record
        Its difficulty shows what machines earned.
    lost_hps : Quantiles
        Hashes a second, all finite.
    at_s : float
        When, UTC Unix seconds.
    country : str or None
        Who went dark: the loss is then also given as a part of the country's mining.
    as_of_s : float or None
        Only maps published by then are used; None is `at_s`.

    Raises
    ------
    NoCoverage
        When the price or, with a country, the map is not known for then.
    """
    require_main(record.network, "the power that stopped")
    rng = np.random.default_rng(SEED)
    lost = draws_of_quantiles(lost_hps, rng, N_DRAWS)
    _, efficiency, _ = machines_at(record, at_s, EnergyPrices(), rng, N_DRAWS)
    country_mw = None
    if country is not None:
        as_of_s = at_s if as_of_s is None else as_of_s
        law = share_law(published_maps(record), at_s=at_s, as_of_s=as_of_s)
        share = draw_shares(law, rng, N_DRAWS)[:, _column(law, parse_country(country))]
        hashrate = draws_of_quantiles(network_rate(record, at_s), rng, N_DRAWS)
        country_mw = power_mw(hashrate * share, efficiency)
    return dark_power(lost, efficiency, country_mw)


def network_rate(record: Record, at_s: float) -> Quantiles:
    """Return the network's hash rate at an instant, H/s, by the filter.

    Parameters
    ----------
    record : Record
        Observed at that instant.
    at_s : float
        UTC Unix seconds.

    Raises
    ------
    NoCoverage
        When the record was not watching.
    """
    return filtered_rates(record, at_s, (NETWORK,))[0].hashrate.quantiles


def _province_law(country: str, at_s: float, as_of_s: float) -> ShareLaw:
    if parse_country(country) != "CN":
        raise NoCoverage(
            f"no map of the provinces of {country} is known",
            code="provinces-missing",
            hint="China's are known, from September 2019 to June 2021",
        )
    law = share_law(province_maps(), at_s=at_s, as_of_s=as_of_s, pace=PROVINCE_PACE)
    if law.months_away > _PROVINCE_MONTHS:
        raise NoCoverage(
            f"the provinces of China were last published {law.months_away:.0f} months from "
            f"{_day(at_s)}, before mining was banned there",
            code="provinces-missing",
            hint="ask with --at for a time from September 2019 to June 2021",
        )
    return law


def _law(maps: tuple[MiningMap, ...], at_s: float, as_of_s: float) -> ShareLaw | None:
    try:
        return share_law(maps, at_s=at_s, as_of_s=as_of_s)
    except NoCoverage:
        return None


def _column(law: ShareLaw, country: str) -> int:
    if country not in law.countries:
        raise NoCoverage(
            f"the map of {law.publisher} for {_day(law.at_s)} does not name {country}",
            code="country-unmapped",
            hint=f"it names {', '.join(sorted(set(law.countries) - {REST}))}",
        )
    return law.countries.index(country)


def _carbon(country: str, at_s: float) -> float:
    """Return a grid's intensity, the world's where the country's is not known."""
    carbon = grid_of(country, at_s).carbon_g_per_kwh or grid_of(REST, at_s).carbon_g_per_kwh
    if carbon is None:
        raise HashquakeError("no carbon intensity of the world is bundled", code="grid-missing")
    return carbon


def _refuse_future(at_s: float, now_s: float) -> None:
    if at_s > now_s:
        raise UsageError(
            f"{format_time(at_s)} is in the future: it is {format_time(now_s)}",
            code="time-ahead",
            hint="ask for a time in the past",
        )


def _day(at_s: float) -> str:
    return format_time(at_s)[:10]
