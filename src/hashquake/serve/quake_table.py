"""Quakes for people: a table, one in full, and files."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from hashquake.core.interval import Interval
from hashquake.core.quake import Quake
from hashquake.core.times import HOUR_S, format_time
from hashquake.serve.document_bytes import document_bytes
from hashquake.serve.format import chance, change, duration, eh_s_interval, prose, utc
from hashquake.serve.opinion_documents import quake_json
from hashquake.serve.report.panel_causes import cause_text
from hashquake.serve.wording import cause_because

_MARK = {
    "confirmed": "bold",
    "reviewed": "bold green",
    "preliminary": "yellow",
    "rejected": "dim",
}

_POOLS_SHOWN = 3


def quake_table(quakes: Sequence[Quake]) -> Table:
    """Lay quakes out, a line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("quake", style="bold", no_wrap=True)
    # In a narrow terminal cells wrap; a quake's name and status are never cut.
    for heading in ("onset (UTC)", "change [90 %]", "noticed after", "what"):
        table.add_column(heading, overflow="fold")
    table.add_column("status", no_wrap=True)
    for one in quakes:
        *cells, status = quake_row(one)
        table.add_row(*cells, f"[{_MARK[status]}]{status}[/]")
    return table


def quake_row(one: Quake) -> tuple[str, ...]:
    """Write a quake as cells: id, onset, change, noticed after, what, status."""
    middle_s = (one.onset.start_s + one.onset.end_s) / 2
    noticed_s = max(one.detected_s - middle_s, 0)
    return (
        one.id,
        _onset(one),
        change(_change(one)),
        duration(noticed_s),
        _what(one),
        one.status,
    )


def quake_line(one: Quake) -> str:
    """Write a quake in a line of prose."""
    return (
        f"`{one.id}` ({one.status}), {_what(one)}: {change(_change(one))}, began "
        f"{_onset(one)}, noticed {utc(one.detected_s)}"
    )


def print_quake(opinions: Sequence[Quake], console: Console) -> None:
    """Print one quake in full: the latest opinion, its reasons, and how it came about."""
    one = opinions[-1]
    console.print(f"[bold]{one.id}[/]  {one.status}, revision {one.revision}")
    console.print(f"  {_what(one)}")
    console.print(f"  change     {change(_change(one))} (90 % interval)")
    console.print(f"  went dark  {eh_s_interval(one.lost_hps)}")
    console.print(f"  began      {_onset(one)}")
    console.print(f"  noticed    {utc(one.detected_s)}")
    ended = "not yet, or it settled lower" if one.end_s is None else utc(one.end_s)
    console.print(f"  over       {ended}")
    console.print("  causes")
    for cause in sorted(one.causes, key=lambda item: -item.probability):
        what = cause_text(cause.name, cause.country)
        because = prose(cause_because(cause), limit=600)
        console.print(f"    {chance(cause.probability)} {what}: {because}", markup=False)
    console.print("  opinions")
    for opinion in opinions:
        console.print(
            f"    {opinion.revision}  {utc(opinion.issued_s)}  {opinion.status}  "
            f"{change(_change(opinion))}"
        )


def quake_bytes(quakes: Sequence[Quake], ending: str) -> bytes:
    """Write quakes as a file's content.

    Parameters
    ----------
    quakes : sequence of Quake
        One opinion each.
    ending : str
        ``.json``, ``.csv`` or ``.parquet``; tables are flat and leave out picks and reasons.

    Raises
    ------
    UsageError
        ``export-format`` for another ending.
    """
    return document_bytes([quake_json(one) for one in quakes], ending, flat=_flat)


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    flat = {
        key: one[key]
        for key in ("id", "revision", "status", "subject", "kind", "detected_s", "end_s")
    }
    flat |= {"onset_start_s": one["onset"]["start_s"], "onset_end_s": one["onset"]["end_s"]}
    for name in ("remaining_share", "lost_hps"):
        flat |= {f"{name}_{part}": one[name][part] for part in ("median", "low", "high")}
    flat |= {f"{cause['name']}_probability": cause["probability"] for cause in one["causes"]}
    return flat | {
        "pools": " ".join(one["pools"]),
        "false_alarms_per_year": one["false_alarms_per_year"],
        "made_by": one["made_by"],
    }


def _change(one: Quake) -> Interval:
    remaining = one.remaining_share
    return Interval(
        median=remaining.median - 1,
        low=remaining.low - 1,
        high=remaining.high - 1,
        level=remaining.level,
    )


def _onset(one: Quake) -> str:
    start_s, end_s = one.onset.start_s, one.onset.end_s
    middle = format_time((start_s + end_s) / 2, seconds=False).replace("T", " ").rstrip("Z")
    return f"{middle} ± {max((end_s - start_s) / 2 / HOUR_S, 0.1):.0f} h"


def _what(one: Quake) -> str:
    shown = ", ".join(one.pools[:_POOLS_SHOWN])
    more = len(one.pools) - _POOLS_SHOWN
    pools = f"{shown} and {more} more" if more > 0 else shown
    if one.kind == "network":
        return "network"
    return f"network with {pools}" if one.kind == "network+pools" else pools
