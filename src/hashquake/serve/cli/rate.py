"""``hashquake rate``: how much hash rate is running, with intervals."""

from pathlib import Path
from typing import Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import format_time, parse_duration
from hashquake.serve.asked import check_method, rate_instant_s, rate_window
from hashquake.serve.cli.options import Db, Json, Since, Until, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.files import ending_of
from hashquake.serve.record_age import age_note
from hashquake.serve.shapes import rate_shape


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(rate)
    return typer.main.get_command(app)


def rate(
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="At this instant: the window that ends then."),
    ] = None,
    span: Annotated[
        str, typer.Option(metavar="DURATION", help="Length of that window, such as 6h or 3d.")
    ] = "24h",
    since: Since = None,
    until: Until = None,
    subject: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBJECT", help="network or pool:SLUG; repeat it. Default: all that mined."
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="window|filter|smoother|fused",
            help="Exact in a window; at its end from what was known then; at its middle from "
            "both sides; or at its end from blocks and pools' reports together.",
        ),
    ] = "window",
    step: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="A series instead: the rate of every step of the window, such as 1d or 6h, with "
            "means over 7, 30 and 90 days.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="F.csv|F.parquet", help="Write the series as a table.")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Estimate the hash rate of the network and of pools, with 90 % intervals.

    Without a time it is the last 24 hours of the record. A silent hour counts.
    """
    if step is not None or out is not None:
        from hashquake.serve.rate_series import show_series

        _check_series(step, out, at=at, since=since, method=method, subject=subject)
        with opened(db) as observatory:
            window = rate_window(None, span, since, until, observatory.end_s)
            with working("estimating"):
                series = observatory.rates(
                    window,
                    step_s=parse_duration(step or "1d"),
                    subject=subject[0] if subject else "network",
                )
        show_series(series, out=out, as_json=as_json)
        return
    check_method(method)
    subjects = tuple(subject or ())
    with opened(db) as observatory:
        window = rate_window(at, span, since, until, observatory.end_s)
        old = age_note(observatory) if at is None and until is None else ""
        if method == "window":
            rates = observatory.rate(window, subjects=subjects)
            heading = f"From {format_time(window.start_s)} to {format_time(window.end_s)}"
        else:
            at_s = rate_instant_s(window, method=method, at=at, since=since)
            with working("filtering"):
                rates = observatory.rate_at(at_s, subjects=subjects, method=method)
            how = "blocks and pool reports together" if method == "fused" else f"the {method}"
            heading = f"At {format_time(at_s)}, by {how}"
    if old:
        note(old)
    if as_json:
        print_json([rate_shape(row.hashrate, row.share, method=method) for row in rates])
        return
    from rich.table import Table

    from hashquake.serve.format import eh_s_interval, share_interval
    from hashquake.serve.subject_names import subject_words

    table = Table(box=None, pad_edge=False)
    table.add_column("subject", style="bold")
    table.add_column("blocks", justify="right")
    table.add_column("hash rate [90 %]", justify="right")
    shares = any(row.share is not None for row in rates)
    if shares:
        table.add_column("share [90 %]", justify="right")
    for row in rates:
        cells = [
            subject_words(row.hashrate.subject).removeprefix("the "),
            f"{row.hashrate.n_blocks:,}",
            eh_s_interval(row.hashrate.interval(0.9)),
        ]
        if shares:
            cells.append("" if row.share is None else share_interval(row.share.interval(0.9)))
        table.add_row(*cells)
    screen = console()
    screen.print(f"{heading}\n")
    screen.print(table)


def _check_series(
    step: str | None,
    out: Path | None,
    *,
    at: str | None,
    since: str | None,
    method: str,
    subject: list[str] | None,
) -> None:
    """Refuse what a series cannot be made of."""
    if since is None or at is not None:
        raise UsageError(
            "a series needs a window",
            code="usage",
            hint="give --since, and --until where it does not end with the record",
        )
    if method != "window" or len(subject or ()) > 1:
        raise UsageError(
            "a series is made of exact windows, of one subject at a time",
            code="usage",
            hint="leave --method out and name one --subject",
        )
    if out is not None:
        ending_of(out, (".csv", ".parquet"))
    if step is None:
        raise UsageError("--out writes a series", code="usage", hint="give its step: --step 1d")
