"""``hashquake stale``: stale blocks by pool, from the time a block takes to spread."""

from typing import TYPE_CHECKING, Annotated, Any

import click
import numpy as np
import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.cli.shares import parse_share
from hashquake.serve.shapes import interval_shape

if TYPE_CHECKING:
    from hashquake.core.interval import Interval

_WINDOW_S = 30 * DAY_S
_LEAST_SHARE = 0.005


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(stale)
    return typer.main.get_command(app)


def stale(
    *,
    delay: Annotated[
        list[float] | None,
        typer.Option(metavar="SECONDS", help="Until a block reaches the others; may be repeated."),
    ] = None,
    shares: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C", help="Shares of pools, such as 30%,29%,41%; default: the record's."
        ),
    ] = None,
    blocks: Annotated[
        int, typer.Option(metavar="N", help="How many to simulate for each delay.")
    ] = 2_000_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Equal seeds give equal results.")] = 1,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Simulate the share of each pool's blocks that become stale, over the delay of blocks.

    Without --shares the pools are those of the record's last 30 days, small ones together.
    """
    from hashquake.forward.propagation import stale_rates

    names, parts = _pools(shares, db)
    rows: list[dict[str, Any]] = []
    with working("simulating"):
        for delay_s in delay or [1.0, 2.0, 10.0]:
            rates = stale_rates(parts, delay_s, np.random.default_rng(seed), n_blocks=blocks)
            rows.append(
                {
                    "delay_s": delay_s,
                    "network": rates.network(),
                    "pools": [rates.pool(k) for k in range(len(names))],
                }
            )
    if as_json:
        print_json(
            [
                {
                    "delay_s": row["delay_s"],
                    "stale_share": interval_shape(row["network"]),
                    "pools": [
                        {
                            "pool": name,
                            "share": float(part),
                            "stale_share": interval_shape(interval),
                        }
                        for name, part, interval in zip(names, parts, row["pools"], strict=True)
                    ],
                    "blocks": blocks,
                    "seed": seed,
                }
                for row in rows
            ]
        )
    else:
        _print(names, parts, rows)


def _pools(shares: str | None, db: str | None) -> tuple[list[str], "np.ndarray[Any, Any]"]:
    if shares is not None:
        parts = [parse_share(one, what="a share", code="share-syntax") for one in shares.split(",")]
        return [f"pool {k + 1}" for k in range(len(parts))], np.array(parts)
    with opened(db) as observatory:
        from hashquake.core.window import Window

        end_s = observatory.end_s()
        table = observatory.rate(Window(start_s=end_s - _WINDOW_S, end_s=end_s))
        found = {
            row.hashrate.subject.partition(":")[2]: row.share.interval(0.9).median
            for row in table
            if row.share is not None and row.hashrate.subject.startswith("pool:")
        }
    large = {name: part for name, part in found.items() if part >= _LEAST_SHARE}
    if not large:
        raise UsageError(
            "the record names no pools", code="no-labels", hint="give their shares by --shares"
        )
    rest = max(0.0, 1.0 - sum(large.values()))
    names = [*sorted(large, key=lambda name: -large[name])]
    parts = [large[name] for name in names]
    if rest > 0.0:
        # Many small pools race as one of the smallest kind would: split what is left.
        pieces = max(1, round(rest / _LEAST_SHARE))
        names += [f"other {k + 1}" for k in range(pieces)]
        parts += [rest / pieces] * pieces
    whole = np.array(parts)
    return names, whole / whole.sum()


def _print(names: list[str], parts: "np.ndarray[Any, Any]", rows: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from hashquake.serve.format import NBSP, percent
    from hashquake.serve.source_names import pool_name

    table = Table(
        box=None,
        pad_edge=False,
        title="Share of blocks that become stale, by the time a block takes to spread",
        title_justify="left",
    )
    table.add_column("pool")
    table.add_column("share", justify="right")
    for row in rows:
        table.add_column(f"{row['delay_s']:g} s", justify="right")

    def cell(interval: "Interval") -> str:
        low, high = 100.0 * interval.low, 100.0 * interval.high
        return f"{100.0 * interval.median:.3f} % [{low:.3f},{NBSP}{high:.3f}]"

    table.add_row("network", "", *(cell(row["network"]) for row in rows))
    for k, name in enumerate(names):
        if name.startswith("other ") and name != "other 1":
            continue
        label = "a small one" if name == "other 1" else escape(pool_name(name))
        share = percent(float(parts[k]), digits=0 if parts[k] >= 0.095 else 1)
        table.add_row(label, share, *(cell(row["pools"][k]) for row in rows))
    console().print(table)
