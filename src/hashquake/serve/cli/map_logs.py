"""``hashquake map-logs``: where a pool's workers are, from its own logs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake.serve.cli.options import Db, Json, Since, Until
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import ProgressLine
from hashquake.serve.files import ending_of, write_whole

if TYPE_CHECKING:
    from hashquake.explain.telemetry_map import LogMap
    from hashquake.observatory.log_maps import LogMaps

_SHOWN = 20
_FLAGS = {"few_workers": "few workers", "hosting_heavy": "mostly hosts and VPNs"}
_LOST = {
    "hosting_share": "hosts and VPNs",
    "unknown_share": "no country known",
    "private_share": "private addresses",
    "reserved_share": "reserved addresses",
    "unreadable_share": "no address",
}


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(map_logs)
    return typer.main.get_command(app)


def map_logs(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Parquet or CSV logs of shares or connections: pool, worker, ip, difficulty, "
            "time.",
        ),
    ],
    *,
    geoip: Annotated[
        Path,
        typer.Option(
            metavar="DB.mmdb",
            help="A database of countries in MaxMind's format, such as GeoLite2-Country.mmdb.",
        ),
    ],
    hosting: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Ranges of hosts and VPNs, a network a line, or a .mmdb of anonymous addresses.",
        ),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            "--map", metavar="FIELD=COLUMN,...", help="Which column holds what, such as ip=PEER."
        ),
    ] = "",
    pool: Annotated[
        str, typer.Option(metavar="SLUG", help="The pool of logs that name none.")
    ] = "pool",
    unit: Annotated[
        str,
        typer.Option(
            metavar="account|worker",
            help="What moves as one: an account (the worker's name up to its first dot) or a "
            "worker.",
        ),
    ] = "account",
    since: Since = None,
    until: Until = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Count on this Dask scheduler.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="F.csv", help="Write the map of each month as a table too."),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Make a mining map from a pool's own logs: shares of countries by work, with 90 % intervals.

    Hosts, VPNs and addresses without a country are counted apart, never dropped. No record changes.
    """
    del db  # every command takes it; logs are no part of a record
    from hashquake.observatory.log_maps import maps_from_logs
    from hashquake.serve.log_map_shape import log_maps_csv, log_maps_shape

    if out is not None:
        ending_of(out, (".csv",))
    options: dict[str, Any] = {
        "path": tuple(files),
        "geoip": geoip,
        "hosting": hosting,
        "map": columns,
        "pool": pool,
        "unit": unit,
        "since": since or "",
        "until": until or "",
        "cluster": cluster,
    }
    with ProgressLine() as progress:
        maps = maps_from_logs(options, progress.show)
    if out is not None:
        write_whole(out, log_maps_csv(maps))
        note(f"{out}: {sum(len(month.countries) for _, month in maps.months):,} rows")
    if as_json:
        print_json(log_maps_shape(maps))
    else:
        _print(maps)


def _print(maps: "LogMaps") -> None:
    from rich.table import Table

    from hashquake.core.times import format_time
    from hashquake.serve.format import percent, share_interval
    from hashquake.serve.format_times import window_text

    total = maps.total
    out = console()
    rows = "shares" if total.weighted_by == "difficulty" else "rows, each counted alike"
    out.print(f"[bold]{', '.join(total.pools)}[/]: {total.n_rows:,} {rows}")
    out.print(f"{window_text(total.window)}\n")
    table = Table(box=None, pad_edge=False)
    for name in ("", "country"):
        table.add_column(name, style="bold" if name else "", justify="left" if name else "right")
    for name in ("of located work [90 %]", "of all work, least to most", "hosts, VPNs"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in total.countries[:_SHOWN]:
        table.add_row(
            str(row.rank),
            row.country,
            share_interval(row.share.interval(0.9)),
            f"{percent(row.least_share, digits=1)} to {percent(row.most_share, digits=1)}",
            percent(row.hosting_share, digits=1) if row.hosting_share else "",
            ", ".join(_FLAGS[flag] for flag in row.flags),
        )
    out.print(table if total.countries else "no work could be located")
    if len(total.countries) > _SHOWN:
        out.print(f"and {len(total.countries) - _SHOWN} countries more (--json or --out)")
    out.print(f"\n{_coverage_line(total)}")
    if len(maps.months) > 1:
        first, last = (format_time(maps.months[at][0])[:7] for at in (0, -1))
        out.print(f"months {first} to {last} one by one: --json or --out")
    if maps.n_outside:
        out.print(f"{maps.n_outside:,} rows lie outside the time asked for")
    if maps.n_ahead:
        out.print(f"{maps.n_ahead:,} rows are dated ahead of this machine's clock: left out")


def _coverage_line(total: "LogMap") -> str:
    from hashquake.serve.format import percent

    found = total.coverage
    lost = [
        f"{percent(share, digits=1)} {words}"
        for name, words in _LOST.items()
        if (share := getattr(found, name)) > 0
    ]
    said = f"located {percent(found.located_share, digits=1)} of the work"
    return f"{said}; not located: {', '.join(lost)}" if lost else said
