"""What is known around an incident, as keys of the report's JSON."""

from typing import Any

from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.core.pool_exposure import Exposures
from hashquake.core.subject import NETWORK
from hashquake.explain.mining_table import MapTable
from hashquake.observatory.event_context import DarkEnergy, EventContext
from hashquake.serve.exposure_table import exposure_shapes
from hashquake.serve.geography.shapes import energy_shape, map_shape
from hashquake.serve.place_names import known_names
from hashquake.serve.report.price_shape import price_shape
from hashquake.serve.shapes import interval_shape

_POWER = (
    "power_mw", "registered_mw", "unregistered_mw", "share_of_generation", "emissions_t_per_day",
)  # fmt: skip


def context_shape(around: EventContext, incident: Incident) -> dict[str, Any]:
    """Return ``exposure``, ``map``, ``energy``, ``price`` and ``missing``.

    Counts and shares of pools are those of the report itself, so that one page has one of each.

    Parameters
    ----------
    around : EventContext
        Exposure, maps, energy and price round the event.
    incident : Incident
        What a report knows of the event.
    """
    return {
        "exposure": [] if around.exposure is None else _exposure(around.exposure, incident),
        "map": {
            "then": _map(around.map_then),
            "now": _map(around.map_now),
            "provinces": _map(around.provinces),
        },
        "energy": _energy(around),
        "price": _price(around),
        "missing": dict(around.missing),
    }


def _exposure(found: Exposures, incident: Incident) -> list[dict[str, Any]]:
    drops = {row.pool: (row.drop, row.share_before.median) for row in incident.pools}
    drops[NETWORK] = (incident.network, 1.0)
    shapes = exposure_shapes(found)
    for shape in shapes:
        if shape["pool"] not in drops:
            continue
        drop, share = drops[shape["pool"]]
        shape["share_before"] = share
        for dark in shape["dark"]:
            if dark["n_blocks"] == drop.n_blocks:
                dark["expected_blocks"] = drop.expected_blocks
    return shapes


def _map(table: MapTable | None) -> dict[str, Any] | None:
    if table is None:
        return None
    from hashquake.datasets.mining_map import place_names

    return map_shape(table, known_names() | place_names(), ())


def _energy(around: EventContext) -> dict[str, Any]:
    shape: dict[str, Any] = dict.fromkeys(_POWER) | {"because": {}}
    if around.energy is not None:
        shape = energy_shape(around.energy)
    elif "energy" in around.missing:
        shape["because"] = dict.fromkeys(_POWER, around.missing["energy"])
    dark = around.dark
    shape |= _dark(dark)
    reasons = {"dark_mw": around.missing["dark"]} if "dark" in around.missing else {}
    if dark is not None:
        reasons = dict(dark.reasons)
    return shape | {"because": {**shape["because"], **reasons}}


def _dark(dark: DarkEnergy | None) -> dict[str, Any]:
    return {
        "lost_hps": None if dark is None else _interval(dark.lost_hps),
        "dark_mw": None if dark is None else _interval(dark.power.power_mw),
        "dark_share_of_country": None if dark is None else _interval(dark.power.share_of_country),
        "dark_share_of_generation": None if dark is None else _interval(dark.share_of_generation),
        "not_emitted_t_per_day": None if dark is None else _interval(dark.emissions_t_per_day),
    }


def _price(around: EventContext) -> dict[str, Any]:
    context = around.price
    if context is None:
        return {
            "asset": "asset:btc",
            "verdict": None,
            "call": "unresolved",
            "because": around.missing.get("price"),
            "whole": None,
            "clean": None,
            "confounded": [],
            "confounders": [],
            "gaps": [],
            "source": None,
            "step_s": None,
            "note": "",
        }
    return price_shape(context.study, source=context.source) | {
        "step_s": context.candles.step_s,
        "note": context.note,
    }


def _interval(quantiles: Quantiles | None) -> dict[str, float | None] | None:
    return None if quantiles is None else interval_shape(quantiles.interval(0.9))
