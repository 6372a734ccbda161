"""A series of hash rates as a document, a table and a file."""

import io
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashquake.core.times import format_time
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.files import write_whole
from hashquake.serve.subject_names import subject_words

if TYPE_CHECKING:
    from hashquake.observatory.rate_series import RateSeries


def series_shape(series: "RateSeries") -> dict[str, Any]:
    """Return the JSON document of a series; a gap is None.

    Parameters
    ----------
    series : RateSeries
        Rates of every step, and means over longer spans.
    """
    from hashquake.observatory.rate_series import LEVEL

    document: dict[str, Any] = {
        "subject": series.subject,
        "step_s": series.step_s,
        "start_s": series.start_s,
    }
    document |= {name: _finite(values.tolist()) for name, values in series.steps.columns()}
    document["level"] = LEVEL
    document["means"] = [
        {
            "days": days,
            **{name: _finite(values.tolist()) for name, values in band.columns()},
        }
        for days, band in series.means.items()
    ]
    return document


def show_series(series: "RateSeries", *, out: Path | None, as_json: bool) -> None:
    """Print a series, and write it where asked.

    Parameters
    ----------
    series : RateSeries
        What to show.
    out : Path or None
        A ``.csv`` or ``.parquet`` file.
    as_json : bool
        Whether to print a document instead of a table.
    """
    if out is not None:
        write_whole(out, _bytes(series, out.suffix.lower()))
    if as_json:
        print_json(series_shape(series))
    else:
        _print(series)
    if out is not None:
        note(f"{out}: {len(series):,} rows")


def _bytes(series: "RateSeries", ending: str) -> bytes:
    frame, file = series.to_polars(), io.BytesIO()
    if ending == ".csv":
        frame.write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    else:
        frame.write_parquet(file)
    return file.getvalue()


def _print(series: "RateSeries") -> None:
    from rich.table import Table

    from hashquake.core.interval import Interval
    from hashquake.serve.format import eh_s_interval

    table = Table(box=None, pad_edge=False)
    table.add_column("from (UTC)", style="bold", no_wrap=True)
    who = subject_words(series.subject).removeprefix("the ")
    table.add_column(f"{who} [90 %]", justify="right", no_wrap=True)
    for days in series.means:
        table.add_column(f"{days} days", justify="right", no_wrap=True)

    def cell(band: Any, at: int, *, limits: bool) -> str:
        median = float(band.median_hps[at])
        if not isfinite(median):
            return "no data"
        low, high = float(band.low_hps[at]), float(band.high_hps[at])
        text = eh_s_interval(Interval(median=median, low=low, high=high, level=0.9))
        return text if limits else text.partition(" [")[0]

    for at in range(len(series)):
        table.add_row(
            format_time(series.start_s + at * series.step_s, seconds=False)[:16].replace("T", " "),
            cell(series.steps, at, limits=True),
            *(cell(band, at, limits=False) for band in series.means.values()),
        )
    console().print(table)


def _finite(values: list[float]) -> list[float | None]:
    return [value if isfinite(value) else None for value in values]
