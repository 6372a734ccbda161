"""``hashquake backtest``: methods compared with the record and with their peers, with seeds."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.network import require_steady_bits
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.shapes import finite, interval_shape

if TYPE_CHECKING:
    from rich.table import Table

SEED = 20_240_101


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(backtest)
    return typer.main.get_command(app)


def backtest(
    what: Annotated[
        str,
        typer.Argument(metavar="[forecast|filter|peers|outages|scenarios]", help="What to test."),
    ] = "forecast",
    *,
    country_years: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Of outages: simulate so many country-years now, half a second each, instead of "
            "printing what was measured.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="S", help="Of outages: seed of the random numbers.", show_default=False
        ),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Print how a method did: forecasts and filter on the record, detectors on simulated years."""
    tests = {
        "forecast": forecast_backtest_rows,
        "filter": _filter,
        "peers": _peers,
        "scenarios": _scenarios,
    }
    if what == "outages":
        from hashquake.serve.cli.backtest_outages import backtest_outages

        backtest_outages(country_years=country_years, seed=seed, as_json=as_json)
        return
    if what not in tests:
        names = (*tests, "outages")
        raise UsageError(
            f"there is no back-test {what!r}{suggestion(what, names)}",
            code="backtest-unknown",
            hint=f"one of {', '.join(names)}",
        )
    if country_years is not None or seed is not None:
        raise UsageError(
            f"the back-test of {what} takes neither country-years nor a seed",
            code="backtest-options",
            hint="hashquake backtest outages does",
        )
    with working("testing"):
        rows, title = tests[what](db)
    if as_json:
        print_json(rows)
        return
    out = console()
    out.print(title)
    for group in _groups(rows):
        # What is the same in every row of a group is said once, above its rows.
        same = [name for name in group[0] if len(group) > 1 and _is_same(group, name)]
        heading = ", ".join(f"{_heading(name)} {_cell(name, group[0][name])}" for name in same)
        out.print(f"\n{heading}" if heading else "")
        out.print(_table(group, [name for name in group[0] if name not in same]))


def _groups(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Divide rows into those of one detector at one setting, or of one scenario."""

    def whose(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in ("name", "setting", "scenario"))

    return [list(one) for _, one in groupby(rows, key=whose)]


def _is_same(rows: list[dict[str, Any]], name: str) -> bool:
    return all(row[name] == rows[0][name] for row in rows)


def _heading(name: str) -> str:
    """Write a column's name; how a value is written shows its unit."""
    for ending in ("_s", "_share"):
        name = name.removesuffix(ending)
    return name.replace("_", " ")


def _table(rows: list[dict[str, Any]], names: list[str]) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in names:
        is_text = name in ("name", "scenario", "quantity")
        table.add_column(_heading(name), justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(name, row[name]) for name in names))
    return table


def forecast_backtest_rows(db: str | None) -> tuple[list[dict[str, Any]], str]:
    """Score the difficulty forecast on the later half of the epochs, fitted on the earlier.

    Parameters
    ----------
    db : str or None
        As given with ``--db``.
    """
    from hashquake.estimate.fitted import FITTED_EARLIER_HALF
    from hashquake.judge.forecast_backtest import (
        backtest_forecast,
        score_forecasts,
    )

    with opened(db) as observatory:
        require_steady_bits(observatory.network, "the back-test of the forecast")
        outcomes = backtest_forecast(observatory.columns(), FITTED_EARLIER_HALF)
    if not outcomes:
        raise NoCoverage(
            "the record holds no whole difficulty epoch with blocks before it, so no forecast can "
            "be tested",
            hint="use --db bundled, or ingest more blocks",
        )
    epochs = sorted({outcome.epoch for outcome in outcomes})
    middle = epochs[len(epochs) // 2]
    scores = score_forecasts(tuple(one for one in outcomes if one.epoch >= middle))
    rows = [
        {
            "elapsed_share": score.elapsed_share,
            "n_epochs": score.n,
            "crps_share": score.crps_share,
            "mae_share": score.mae_share,
            "linear_mae_share": score.linear_mae_share,
            "mempool_mae_share": score.mempool_mae_share,
            "covered_90_share": score.coverage_share,
        }
        for score in scores
    ]
    return rows, (
        f"Next difficulty, epochs {middle} to {epochs[-1]}; parameters from the epochs before. "
        "Errors of the ratio."
    )


def _filter(db: str | None) -> tuple[list[dict[str, Any]], str]:
    """Score the filter against fixed windows from 2024, fitted on 2021 to 2023."""
    import numpy as np

    from hashquake.core.times import format_time, parse_time
    from hashquake.core.window import Window
    from hashquake.estimate.fitted import FITTED
    from hashquake.judge.filter_backtest import backtest_filter

    with opened(db) as observatory:
        require_steady_bits(observatory.network, "the back-test of the filter")
        since_s, end_s = parse_time("2024-01-01"), observatory.end_s()
        if end_s <= since_s:
            raise NoCoverage(
                f"the filter is tested from {format_time(since_s)} on, and the record ends before",
                hint="use --db bundled, or ingest later blocks",
            )
        window = Window(start_s=since_s, end_s=end_s)
        blocks = observatory.columns()
    draws = np.random.default_rng(SEED).random(30_000)
    rows = []
    for score in backtest_filter(blocks, FITTED, window=window, draws=draws):
        windows = {f"window_{_span(w)}": value for w, value in score.window_log_scores}
        rows.append(
            {
                "horizon": _span(score.horizon_s),
                "n": score.n,
                "filter": score.filter_log_score,
                **windows,
                "pit_distance": score.pit.distance,
                "covered_90_share": score.pit.central_share,
                "seed": SEED,
            }
        )
    return rows, "Mean log score of counts to come, from 2024 on; higher is better."


def _peers(db: str | None) -> tuple[list[dict[str, Any]], str]:
    """Return the comparison measured with ``scripts/compare_peers.py``."""
    del db
    from hashquake.judge.peer_table import measured_rows, measured_with

    measured = measured_with()
    rows = [
        {
            "name": row.name,
            "setting": row.setting,
            "false_alarms_per_year": interval_shape(row.false_alarms_per_year),
            "drop_share": row.drop_share,
            "mean_delay_s": row.mean_delay_s,
            "mean_error_s": row.mean_error_s,
            "median_delay_s": finite(row.median_delay_s),
            "found_share": row.found_share,
            "wanted_per_year": row.wanted_per_year,
            "wild_per_year": None
            if row.wild_per_year is None
            else interval_shape(row.wild_per_year),
            "seed": measured["seed"],
        }
        for row in measured_rows(wanted_per_year=None)
    ]
    return rows, (
        f"Detectors at one measured false-alarm rate: {measured['runs']} drops a size, "
        f"{measured['years']:g} quiet years, seed {measured['seed']}."
    )


def _scenarios(db: str | None) -> tuple[list[dict[str, Any]], str]:
    """Hold the scenarios of past events against the record."""
    from hashquake.serve.pages.scenario_page import scenario_rows

    with opened(db) as observatory:
        return scenario_rows(observatory.columns())


def _span(duration_s: int) -> str:
    return f"{duration_s // HOUR_S}h" if duration_s < 2 * DAY_S else f"{duration_s // DAY_S}d"


def _cell(name: str, value: Any) -> str:
    from hashquake.serve.format import NBSP, percent

    if value is None:
        return "never"
    if isinstance(value, dict):
        digits = 2 if abs(value["median"]) < 100 else 0
        low, middle, high = (f"{value[key]:,.{digits}f}" for key in ("low", "median", "high"))
        return f"{middle} [{low},{NBSP}{high}]"
    if name.endswith("_s"):
        return f"{value / HOUR_S:.1f} h"
    if name.endswith("_share"):
        fine = name.endswith(("crps_share", "mae_share"))
        return percent(value, digits=2 if fine else 1)
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 100 else f"{value:,.0f}"
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value}"
