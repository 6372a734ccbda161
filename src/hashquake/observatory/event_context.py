"""What is known of an incident besides its blocks: who sat there, what it drew, what it cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hashquake.catalog.published_maps import published_maps
from hashquake.core.beta_law import share_values
from hashquake.core.country import country_names
from hashquake.core.draws import draws_of_quantiles, quantiles_of_draws
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.core.reason import DuringEvent
from hashquake.core.record import Record
from hashquake.datasets.electricity import grid_of
from hashquake.datasets.mining_map import province_maps
from hashquake.explain.energy import (
    DarkPower,
    dark_power,
    emissions_t_per_day,
    power_mw,
    share_of,
    stopped_in_place,
)
from hashquake.explain.energy_report import EnergyReport
from hashquake.explain.mining_map import draw_shares, share_law
from hashquake.explain.mining_table import MapTable
from hashquake.observatory.exposures import ExposureTable, event_exposures
from hashquake.observatory.fleet_efficiency import EnergyPrices, machines_at
from hashquake.observatory.geography import N_DRAWS, SEED, energy, mining_map, network_rate
from hashquake.observatory.prices import PriceContext, price_study_of

Found = TypeVar("Found")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkEnergy:
    """The power that stopped in an incident, and what it did not emit.

    Parameters
    ----------
    lost_hps : Quantiles
        Hash rate before less hash rate during, hashes a second; below 0 where it rose.
    power : DarkPower
        What the lost hash rate drew.
    share_of_generation : Quantiles or None
        Over the mean power generated in the country.
    generation_year, carbon_year : int or None
        Of what year generation and carbon are.
    emissions_t_per_day : Quantiles or None
        Tonnes of CO2 equivalent that the stopped machines did not cause.
    reasons : mapping of str to str
        Why a figure is None, by its name.
    """

    lost_hps: Quantiles
    power: DarkPower
    share_of_generation: Quantiles | None
    generation_year: int | None
    emissions_t_per_day: Quantiles | None
    carbon_year: int | None
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """What is known around an incident besides its blocks.

    Parameters
    ----------
    exposure : ExposureTable or None
        What the event says of where pools' machines stand.
    map_then, map_now : MapTable or None
        Where hash rate sat on the event's first day, as known on it and as known today.
    provinces : MapTable or None
        The provinces of the event's country, as known today.
    energy : EnergyReport or None
        The power of mining in the country, or in the network where the event has none, on the
        first day.
    dark : DarkEnergy or None
        The power that stopped.
    price : PriceContext or None
        What the price did.
    missing : mapping of str to str
        Why one of these is None, in a sentence, by its name.
    caveats : tuple of str
        What to know before quoting any of it.
    """

    exposure: ExposureTable | None = None
    map_then: MapTable | None = None
    map_now: MapTable | None = None
    provinces: MapTable | None = None
    energy: EnergyReport | None = None
    dark: DarkEnergy | None = None
    price: PriceContext | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()


def context(record: Record, incident: Incident, *, now_s: float) -> EventContext:
    """Gather what is known around an incident; see `Observatory.context`.

    Parameters
    ----------
    record : Record
        Blocks, readings and maps.
    incident : Incident
        The report that the context belongs to.
    now_s : float
        Our clock, UTC Unix seconds: maps published later are not used.
    """
    event, at_s = incident.event, incident.window.start_s
    # Today is when the last map came out: a clock would change nothing but the bytes.
    newest_s = max(one.vintage_s for one in published_maps(record))
    known_s = min(now_s, max(at_s, record.coverage().windows[-1].end_s, newest_s))
    missing: dict[str, str] = {}
    rate_then = cache(lambda: network_rate(record, at_s))

    def tried(name: str, find: Callable[[], Found]) -> Found | None:
        try:
            return find()
        except NoCoverage as error:
            missing[name] = _sentence(error.message)
            return None
        except UsageError as error:
            # Facts of mainnet are refused for another network; the rest of the report stands.
            if error.code != "network-not-main":
                raise
            missing[name] = _sentence(error.message)
            return None

    def mapped(as_of_s: float, within: str | None = None) -> MapTable:
        return mining_map(
            record, at_s=at_s, as_of_s=as_of_s, now_s=now_s, within=within, rate_then=rate_then
        )

    exposure = price = provinces = None
    if event.country is None:
        missing["exposure"] = (
            "The event has no country, so it does not show where the pools' machines stand."
        )
    else:
        exposure = tried("exposure", lambda: event_exposures(record, event))
    map_then = tried("map_then", lambda: mapped(at_s))
    map_now = tried("map_now", lambda: mapped(known_s))
    if event.country is not None and any(
        name.startswith(f"{event.country}-") for one in province_maps() for name in one.shares
    ):
        provinces = tried("provinces", lambda: mapped(known_s, event.country))
    power = tried(
        "energy",
        lambda: energy(
            record,
            country=event.country,
            at_s=at_s,
            as_of_s=known_s,
            now_s=now_s,
            rate_then=rate_then,
        ),
    )
    dark = tried("dark", lambda: dark_energy(record, incident, as_of_s=known_s))
    price = tried("price", lambda: price_study_of(record, incident.window))
    return EventContext(
        exposure=exposure,
        map_then=map_then,
        map_now=map_now,
        provinces=provinces,
        energy=power,
        dark=dark,
        price=price,
        missing=missing,
        caveats=_caveats(incident, exposure, dark, price),
    )


def dark_energy(record: Record, incident: Incident, *, as_of_s: float) -> DarkEnergy:
    """Turn the hash rate lost in an incident into megawatts and tonnes.

    What stopped in the event's country is no more than the map gives the place, and counts with
    the probability that the cause lay there.

    Parameters
    ----------
    record : Record
        Its difficulty shows what machines earned.
    incident : Incident
        With hash rates before and during, and causes.
    as_of_s : float
        Only maps published by then are used.

    Raises
    ------
    NoCoverage
        ``no-fall`` when no fall is shown, ``place-not-leading`` when the likeliest cause lay
        elsewhere; or the price or the map is not known for then.
    """
    country, at_s = incident.event.country, incident.window.start_s
    require_place(incident)
    rng = np.random.default_rng(SEED)
    before = draws_of_quantiles(incident.hashrate_before.quantiles, rng, N_DRAWS)
    lost = before * draws_of_quantiles(incident.network.shown_share, rng, N_DRAWS)
    _, efficiency, _ = machines_at(record, at_s, EnergyPrices(), rng, N_DRAWS)
    if country is None:
        power = dark_power(lost, efficiency)
    else:
        whole_share, shares = _place_shares(record, incident, country, rng, as_of_s=as_of_s)
        stopped = stopped_in_place(
            lost,
            before,
            place_share=shares,
            probability=incident.place_probability(country),
            rng=rng,
        )
        # Of the country, not of a part of it: the figure is compared with all mining there.
        had_mw = power_mw(whole_share * before, efficiency)
        power = dark_power(stopped, efficiency, had_mw)
    share = emissions = generation_year = carbon_year = None
    reasons: dict[str, str] = {}
    if country is None:
        for name in ("dark_share_of_country", "dark_share_of_generation", "not_emitted_t_per_day"):
            reasons[name] = "the place of the machines is not known"
    else:
        grid, drawn_mw = grid_of(country, at_s), draws_of_quantiles(power.power_mw, rng, N_DRAWS)
        drawn_mw = np.maximum(drawn_mw, 0.0)
        place = country_names().get(country, country)
        share, generation_year = share_of(drawn_mw, grid.generation_mw), grid.generation_year
        if share is None:
            reasons["dark_share_of_generation"] = f"no generation of {place} is bundled"
        if grid.carbon_g_per_kwh is None:
            reasons["not_emitted_t_per_day"] = f"no carbon intensity of {place}'s grid is bundled"
        else:
            drawn = emissions_t_per_day(drawn_mw, grid.carbon_g_per_kwh, rng)
            emissions, carbon_year = quantiles_of_draws(drawn), grid.carbon_year
    return DarkEnergy(
        lost_hps=quantiles_of_draws(lost),
        power=power,
        share_of_generation=share,
        generation_year=generation_year,
        emissions_t_per_day=emissions,
        carbon_year=carbon_year,
        reasons=reasons,
    )


def require_place(incident: Incident) -> None:
    """Refuse megawatts where no fall is shown, or where the cause lay elsewhere.

    Parameters
    ----------
    incident : Incident
        With the causes that were weighed.

    Raises
    ------
    NoCoverage
        ``no-fall``, ``place-not-leading``.
    """
    if incident.finding == "rise":
        raise NoCoverage(
            "hash rate rose over the window, so no power is shown to have stopped", code="no-fall"
        )
    if incident.finding == "none":
        raise NoCoverage(
            "no fall beyond luck and drift is shown, so no power is shown to have stopped",
            code="no-fall",
        )
    country, leader = incident.event.country, incident.leading_place
    if country is not None and leader != country:
        names = country_names()
        other = f"lay in {names.get(leader, leader)}" if leader else "has no known place"
        chance = 100.0 * incident.place_probability(country)
        raise NoCoverage(
            f"the likeliest cause of the fall {other}, and {names.get(country, country)} is the "
            f"cause with a probability of {chance:.0f} %, so no number is given for what stopped "
            f"there",
            code="place-not-leading",
        )


def _place_shares(
    record: Record,
    incident: Incident,
    country: str,
    rng: np.random.Generator,
    *,
    as_of_s: float,
) -> tuple[Floats, Floats]:
    """Draw the share of a country, and of the part of it in which the likeliest cause lay."""
    law = share_law(published_maps(record), at_s=incident.window.start_s, as_of_s=as_of_s)
    whole: Floats = np.ones(N_DRAWS)
    if country in law.countries:
        whole = draw_shares(law, rng, N_DRAWS)[:, law.countries.index(country)]
    part = whole
    for cause in incident.causes:
        reason = cause.reason
        if cause.country == country and isinstance(reason, DuringEvent) and reason.place_share:
            place = share_values(reason.place_share, N_DRAWS)
            part = np.minimum(whole, rng.permutation(np.resize(place, N_DRAWS)))
            break
    return whole, part


def _caveats(
    incident: Incident,
    exposure: ExposureTable | None,
    dark: DarkEnergy | None,
    price: PriceContext | None,
) -> tuple[str, ...]:
    event = incident.event
    said = []
    if exposure is not None:
        said.append(
            "Where a pool's machines stand is estimated with the map as a prior. One event shows "
            "only the product of a pool's share in the place and the part of the place that "
            "stopped."
        )
    if dark is not None:
        said.append(
            "Megawatts assume the network's mix of machines, since that of the place is not "
            "known, and are a mean over the whole window."
        )
        if dark.emissions_t_per_day is not None:
            place, _, whole = event.place.partition(", ")
            is_part = whole == country_names().get(event.country or "")
            more = f", not that of {place}" if is_part else ""
            said.append(
                f"Emissions assume the mean grid of the country{more}; machines that moved, and "
                "miners elsewhere that took over, emit elsewhere."
            )
    if price is not None:
        said.append(
            "A price that moves during an event need not move because of it: the list of other "
            "news is not complete."
        )
    return tuple(said)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."
