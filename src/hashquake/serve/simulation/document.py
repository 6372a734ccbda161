"""A simulation as the JSON of the public contract."""

from math import isfinite
from typing import Any

from hashquake.core.interval import Interval
from hashquake.forward.baseline import Baselines, baselines, paired_effect
from hashquake.forward.consequences import (
    Attack,
    attack_cost,
    dark_energy,
    payments_waiting,
    stale_shares,
)
from hashquake.forward.layout import CONFIRMATIONS, HOUR_S, PHASES
from hashquake.forward.simulation import MADE_BY, Simulation, Spread
from hashquake.serve.shapes import interval_shape


def simulation_document(run: Simulation) -> dict[str, Any]:
    """Return a run as ``hashquake simulate --json`` prints it.

    Next to the outcomes stand those of the same paths without the outage, and with a hash rate
    that stays (see `hashquake.forward.baseline`).

    Parameters
    ----------
    run : Simulation
        A finished run.
    """
    scenario = run.scenario
    compared = baselines(run)
    window_s = scenario.window_s
    waiting, queue = payments_waiting(run)
    dark = dark_energy(run)
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "paths": run.paths,
        "paths_asked": run.paths_asked,
        "seed": run.seed,
        "partial": run.partial,
        "start_s": scenario.start_s,
        "window": {"start_s": window_s[0], "end_s": window_s[1]},
        "retargets": [_retarget(run, e + 1, compared) for e in range(run.place.epochs)],
        "without_outage": _compared(compared.without_outage),
        "steady_hashrate": _compared(compared.steady),
        "blocks_in_window": _shape(run.spread("blocks_in_window")),
        "blocks_lost": _shape(run.spread("blocks_lost")),
        "longest_gap_s": _with_hours(run, "longest_gap_s"),
        "longest_gap_in_window_s": _with_hours(run, "longest_gap_in_window_s"),
        "confirmation_s": _confirmations(run),
        "revenue_share": _revenue(run),
        "concentration": {
            phase: {
                "hhi": _interval(run.spread(f"hhi_{phase}")),
                "nakamoto": _interval(run.spread(f"nakamoto_{phase}")),
            }
            for phase in PHASES
        },
        "stale_share": {name: interval_shape(one) for name, one in stale_shares(run).items()},
        "backlog": {"paths": waiting, "load_share": scenario.economy.load_share}
        | {name: interval_shape(one) for name, one in queue.items()},
        "energy_not_used": None
        if dark is None
        else {
            "power_mw": interval_shape(dark.power_mw),
            "energy_mwh": interval_shape(dark.energy_mwh),
            "carbon_t": interval_shape(dark.carbon_t),
        },
        "cost_to_attack": {
            "before": _attack(attack_cost(run, dark=False)),
            "during": _attack(attack_cost(run, dark=True)),
        },
        "struck_share": {
            outage.subject: _interval(run.spread(f"struck_share_{outage.subject}"))
            for outage in scenario.outages
        },
        "sources": list(scenario.sources),
        "made_by": MADE_BY,
    }


def _compared(run: Simulation | None) -> dict[str, Any] | None:
    """Return the outcomes of a run for comparison; null where there is nothing to leave out."""
    if run is None:
        return None
    return {
        "paths": run.paths,
        "retargets": [
            {
                "index": index,
                "ratio": _shape(run.spread(f"ratio_{index}")),
                "time_s": _shape(run.spread(f"time_s_{index}")),
            }
            for index in range(1, run.place.epochs + 1)
        ],
        "blocks_in_window": _shape(run.spread("blocks_in_window")),
        "longest_gap_s": _with_hours(run, "longest_gap_s"),
        "longest_gap_in_window_s": _with_hours(run, "longest_gap_in_window_s"),
        "confirmation_s": _confirmations(run),
    }


def _confirmations(run: Simulation) -> dict[str, Any]:
    return {
        f"{k}": _shape(run.spread(f"confirmation_{k}_s"))
        | {"over_1h": run.above(f"confirmation_{k}_s", HOUR_S)}
        for k in CONFIRMATIONS
    }


def _effects(run: Simulation, compared: Baselines, name: str) -> dict[str, Any]:
    """Return what the outage does to an outcome, and what growth, price and fleet do."""
    calm, steady = compared.without_outage, compared.steady
    return {
        "outage": None if calm is None else interval_shape(paired_effect(run, calm, name)),
        "growth_price_and_fleet": None
        if steady is None
        else interval_shape(paired_effect(run if calm is None else calm, steady, name)),
    }


def _retarget(run: Simulation, index: int, compared: Baselines) -> dict[str, Any]:
    start_s = run.scenario.start_s
    time_s = run.spread(f"time_s_{index}")
    dates = None
    if start_s is not None:
        found = time_s.interval
        dates = Interval(
            median=start_s + found.median,
            low=start_s + found.low,
            high=start_s + found.high,
            level=found.level,
        )
    return {
        "index": index,
        "ratio": _shape(run.spread(f"ratio_{index}")),
        "time_s": _shape(time_s),
        "date_s": interval_shape(dates),
        "difficulty": _shape(run.spread(f"difficulty_{index}")),
        "delay_s": _shape(run.spread(f"delay_s_{index}")),
        "hashprice": _shape(run.spread(f"hashprice_{index}")),
        "effects": _effects(run, compared, f"ratio_{index}"),
        "under_095": 1 - run.above(f"ratio_{index}", 0.95),
        "over_105": run.above(f"ratio_{index}", 1.05),
    }


def _revenue(run: Simulation) -> list[dict[str, Any]]:
    rows = []
    named = [("pool", run.pools, run.pool_share), ("country", run.countries, run.country_share)]
    for kind, names, before in named:
        for at, name in enumerate(names):
            subject = f"{kind}:{name}"
            window = run.spread(f"window_share_{subject}")
            known = isfinite(window.mean)
            rows.append(
                {
                    "subject": subject,
                    "before": float(before[at]),
                    "window": _interval(window),
                    "run": _interval(run.spread(f"run_share_{subject}")),
                    "moved": window.mean - float(before[at]) if known else None,
                }
            )
    return rows


def _with_hours(run: Simulation, name: str) -> dict[str, Any]:
    over = {f"over_{h}h": run.above(name, h * HOUR_S) for h in (1, 2, 3)}
    return _shape(run.spread(name)) | over


def _attack(cost: Attack | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "hashrate_hps": interval_shape(cost.hashrate_hps),
        "power_usd_per_h": interval_shape(cost.power_usd_per_h),
        "rent_usd_per_h": interval_shape(cost.rent_usd_per_h),
    }


def _shape(spread: Spread) -> dict[str, Any]:
    return {
        "mean": spread.mean,
        "sd": spread.sd,
        "quantiles": {f"{level:g}": value for level, value in spread.quantiles},
    }


def _interval(spread: Spread) -> dict[str, Any] | None:
    if not isfinite(spread.mean):
        return None
    return interval_shape(spread.interval)
