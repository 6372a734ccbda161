"""What is known around an incident beside its blocks: who sat there, what it drew, what it cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from hashquake.catalog.published_maps import published_maps
from hashquake.core.contracts import Record
from hashquake.core.country import country_names
from hashquake.core.draws import draws_of_quantiles, quantiles_of_draws
from hashquake.core.errors import HashquakeError
from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.datasets.electricity import grid_of
from hashquake.datasets.mining_map import province_maps
from hashquake.explain.energy import DarkPower, emissions_t_per_day, share_of
from hashquake.explain.energy_report import EnergyReport
from hashquake.explain.mining_table import MapTable
from hashquake.observatory.exposures import ExposureTable, event_exposures
from hashquake.observatory.geography import N_DRAWS, SEED, energy, megawatts_dark, mining_map
from hashquake.observatory.prices import PriceContext, price_study_of

Found = TypeVar("Found")


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
    """What is known around an incident beside its blocks.

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
    """Gather what is known around an incident; see `Observatory.context`."""
    event, at_s = incident.event, incident.window.start_s
    # Today is when the last map came out: a clock would change nothing but the bytes.
    newest_s = max(one.vintage_s for one in published_maps(record))
    known_s = min(now_s, max(at_s, record.coverage().windows[-1].end_s, newest_s))
    missing: dict[str, str] = {}

    def tried(name: str, find: Callable[[], Found]) -> Found | None:
        try:
            return find()
        except HashquakeError as error:
            missing[name] = _sentence(error.message)
            return None

    def mapped(as_of_s: float, within: str | None = None) -> MapTable:
        return mining_map(record, at_s=at_s, as_of_s=as_of_s, now_s=now_s, within=within)

    exposure = price = provinces = None
    if event.country is None:
        missing["exposure"] = (
            "No country is named for it, so it says nothing of where pools' machines stand."
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
        lambda: energy(record, country=event.country, at_s=at_s, as_of_s=known_s, now_s=now_s),
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

    Parameters
    ----------
    record : Record
        Its difficulty tells what machines earned.
    incident : Incident
        With hash rates before and during.
    as_of_s : float
        Only maps published by then are used.

    Raises
    ------
    NoCoverage
        When the price is not known for then.
    """
    country, at_s = incident.event.country, incident.window.start_s
    rng = np.random.default_rng(SEED)
    before, during = (
        draws_of_quantiles(one.quantiles, rng, N_DRAWS)
        for one in (incident.hashrate_before, incident.hashrate_during)
    )
    lost_hps = quantiles_of_draws(before - during)
    reasons: dict[str, str] = {}
    try:
        power = megawatts_dark(record, lost_hps, at_s=at_s, country=country, as_of_s=as_of_s)
    except HashquakeError as error:
        if country is None:
            raise
        # A country on no map still had machines that stopped.
        power = megawatts_dark(record, lost_hps, at_s=at_s, as_of_s=as_of_s)
        reasons["dark_share_of_country"] = error.message
    share = emissions = generation_year = carbon_year = None
    if country is None:
        for name in ("dark_share_of_country", "dark_share_of_generation", "not_emitted_t_per_day"):
            reasons[name] = "where the machines stood is not told"
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
        lost_hps=lost_hps,
        power=power,
        share_of_generation=share,
        generation_year=generation_year,
        emissions_t_per_day=emissions,
        carbon_year=carbon_year,
        reasons=reasons,
    )


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
            "What went dark is estimated with drift and with the map as a prior, so it differs "
            "from the plain count against the weeks before. One event tells only exposure times "
            "the part of the place that went dark; exposure by itself leans on the map."
        )
    if dark is not None:
        said.append(
            "Megawatts reckon with the network's mix of machines; nothing is known of the place's "
            "own. They are of the whole window: what stopped for hours only counts for those."
        )
        if dark.emissions_t_per_day is not None:
            place, _, whole = event.place.partition(", ")
            is_part = whole == country_names().get(event.country or "")
            more = f", not of {place}" if is_part else ""
            said.append(
                f"Emissions reckon with the country's mean grid{more}; machines that moved away "
                "or whose work others took over emit elsewhere."
            )
    if price is not None:
        said.append(
            "A price that moved with an event was not moved by it until everything else is "
            "excluded, and the list of what else came out holds only what somebody thought of."
        )
    return tuple(said)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."
