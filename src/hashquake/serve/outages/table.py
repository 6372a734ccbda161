"""Outages for people: a table, one in full, and files."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.catalog.outage_documents import SIGNALS
from hashquake.core.interval import Interval
from hashquake.core.reading import ReadingSpan
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.detect.signal_of import signal_of
from hashquake.serve.document_bytes import document_bytes
from hashquake.serve.format import (
    chance,
    duration,
    percent,
    prose,
    share_interval,
    short_time,
    short_window,
    utc,
)
from hashquake.serve.outages.alarms import false_alarm_line
from hashquake.serve.place_names import country_name

CLASS_NAMES = {
    "kill_switch": "kill switch",
    "curfew": "curfew",
    "mobile_only": "mobile only",
    "cable": "cable or upstream",
    "power": "power failure",
    "artefact": "measurement artefact",
    "unknown": "unknown",
}
_DARK_SHOWN = 12


def outage_table(documents: Sequence[dict[str, Any]]) -> Table:
    """Lay outages out, a line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # In a narrow terminal cells wrap; names, times and what was not measured are never cut.
    table.add_column("outage", no_wrap=True)
    table.add_column("began (UTC)", no_wrap=True)
    for heading in ("dark for", "gone [90 %]", "seen by", "most likely"):
        table.add_column(heading, overflow="fold")
    for one in documents:
        likely = one["classes"][0]
        table.add_row(
            f"[bold]{one['id']}[/]\n{escape(country_name(one['country']))}\n"
            f"{evidence_mark(one['evidence'])}",
            format_time(_middle_s(one), seconds=False).replace("T", " ").rstrip("Z"),
            _dark(one),
            share_interval(depth_of(one), digits=0) if level_told(one) else "not told",
            _witnesses(one),
            f"{CLASS_NAMES[likely['name']]} {chance(likely['probability'])}",
        )
    return table


def evidence_mark(evidence: str) -> str:
    """Write what kind of evidence it is; what was not measured stands out."""
    return evidence if evidence == "measured" else f"[bold yellow]{evidence}[/]"


def print_outage(opinions: Sequence[dict[str, Any]], console: Console) -> None:
    """Print one outage in full: the latest opinion, its witnesses, its reasons, its revisions."""
    one = opinions[-1]
    console.print(
        f"[bold]{one['id']}[/]  {one['subject']}, revision {one['revision']}, "
        f"{evidence_mark(one['evidence'])}"
    )
    if one["evidence"] != "measured":
        console.print(f"  [yellow]{EVIDENCE_SAYS[one['evidence']]}[/]")
    onset = window_of(one["onset"])
    console.print(f"  began      between {utc(onset.start_s)} and {utc(onset.end_s)}")
    ended = "not yet, as far as was seen" if one["end_s"] is None else utc(one["end_s"])
    console.print(f"  ended      {ended}")
    console.print(f"  gone       {gone(one)}")
    console.print(f"  dark       {_dark(one)}")
    for dark in one["dark_windows"][:_DARK_SHOWN]:
        window = window_of(dark)
        console.print(f"    {short_window(window)}  ({duration(window.duration_s)})")
    if len(one["dark_windows"]) > _DARK_SHOWN:
        console.print(f"    and {len(one['dark_windows']) - _DARK_SHOWN} more")
    console.print("  witnesses")
    for witness in one["witnesses"]:
        console.print(f"    {escape(witness_line(witness))}")
    for row in one["coverage"]:
        if not row["covered_share"] and not any(
            witness["signal"] == row["signal"] for witness in one["witnesses"]
        ):
            console.print(f"    {row['signal']}: {row['because']}")
    console.print("  what it was")
    for each in one["classes"]:
        said = escape(prose(each["because"]))
        console.print(f"    {chance(each['probability'])} {CLASS_NAMES[each['name']]}: {said}")
    console.print(f"  {false_alarm_line()}")
    console.print("  opinions")
    for opinion in opinions:
        console.print(
            f"    {opinion['revision']}  seen until {utc(opinion['issued_s'])}  "
            f"{gone(opinion)}, {_dark(opinion)}"
        )


EVIDENCE_SAYS = {
    "transcribed": "Transcribed: levels and times copied from reports, not measured here.",
    "simulated": "Simulated: made by a program. Nothing of this happened.",
    "measured": "",
}
"""What a reader must know before anything else."""


def level_told(one: dict[str, Any]) -> bool:
    """Tell whether a witness that saw it says how dark it was, and not only that it was."""
    return any(each["saw"] and each["remaining_share"] is not None for each in one["witnesses"])


def gone(one: dict[str, Any]) -> str:
    """Write how much was gone."""
    if not level_told(one):
        return "dark, how dark no witness tells"
    return f"{share_interval(depth_of(one), digits=0)} of the usual connectivity"


def in_the_dark(witness: dict[str, Any]) -> str:
    """Write what a witness saw in the dark windows, in a few words."""
    remaining = witness["remaining_share"]
    if not witness["covered_share"]:
        return "silent in the dark"
    if remaining is None:
        return "was dark, no level told" if witness["saw"] else "not dark"
    return f"{'fell to' if witness['saw'] else 'did not fall:'} {percent(remaining)}"


def witness_line(witness: dict[str, Any]) -> str:
    """Write what one witness saw in a line."""
    source = prose(", ".join(witness["sources"]))
    who = f"{witness['signal']} ({source})" if source else witness["signal"]
    if not witness["covered_share"]:
        return f"{who}: saw nothing, {witness['because'] or 'it covered none of the dark time'}"
    partly = "" if witness["covered_share"] > 0.995 else (
        f", covered {percent(witness['covered_share'])} of the dark time"
    )  # fmt: skip
    onset = "" if witness["onset"] is None else f" by {short_time(witness['onset']['end_s'])}"
    return f"{who}: {in_the_dark(witness)}{onset}{partly}"


def watched_lines(spans: Sequence[ReadingSpan]) -> list[str]:
    """Say what was watched where no outage was found, a line for each country."""
    lines = []
    for subject in sorted({span.subject for span in spans}):
        mine = [span for span in spans if span.subject == subject]
        signals = {signal_of(span.quantity) or "" for span in mine}
        start_s = min(span.window.start_s for span in mine)
        end_s = max(span.window.end_s for span in mine)
        unseen = [signal for signal in SIGNALS if signal not in signals]
        sources = prose(", ".join(sorted({span.source for span in mine})), limit=120)
        lines.append(
            f"{subject}: {', '.join(s for s in SIGNALS if s in signals)} from {sources}, "
            f"{utc(start_s)} to {utc(end_s)}, perhaps with gaps"
            + (f"; not watched: {', '.join(unseen)}" if unseen else "")
        )
    return lines


def outage_bytes(documents: Sequence[dict[str, Any]], ending: str) -> bytes:
    """Write outages as a file's content.

    Parameters
    ----------
    documents : sequence of dict
        As `hashquake.catalog.outage_documents.outage_document` writes them.
    ending : str
        ``.json``, ``.csv`` or ``.parquet``; tables are flat and leave out windows and reasons.

    Raises
    ------
    UsageError
        ``export-format`` for another ending.
    """
    return document_bytes(documents, ending, flat=_flat)


def window_of(shape: dict[str, float]) -> Window:
    """Read a window out of a document."""
    return Window(start_s=shape["start_s"], end_s=shape["end_s"])


def depth_of(one: dict[str, Any]) -> Interval:
    """Read an outage's depth out of its document."""
    shape = one["depth_share"]
    return Interval(
        median=shape["median"], low=shape["low"], high=shape["high"], level=shape["level"]
    )


def dark_s(one: dict[str, Any]) -> float:
    """Sum the lengths of the dark windows."""
    return float(sum(dark["end_s"] - dark["start_s"] for dark in one["dark_windows"]))


def _dark(one: dict[str, Any]) -> str:
    n = len(one["dark_windows"])
    total = duration(dark_s(one))
    still = ", not over" if one["end_s"] is None else ""
    return f"{total}{f' in {n} windows' if n > 1 else ''}{still}"


def _witnesses(one: dict[str, Any]) -> str:
    missed = f"; not {', '.join(one['not_seen_by'])}" if one["not_seen_by"] else ""
    return ", ".join(one["seen_by"]) + missed


def _middle_s(one: dict[str, Any]) -> float:
    return float(one["onset"]["start_s"] + one["onset"]["end_s"]) / 2


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    flat = {key: one[key] for key in ("id", "revision", "subject", "country", "evidence")}
    flat |= {"onset_start_s": one["onset"]["start_s"], "onset_end_s": one["onset"]["end_s"]}
    flat |= {
        "end_s": one["end_s"],
        "dark_s": dark_s(one),
        "n_dark_windows": len(one["dark_windows"]),
    }
    flat |= {f"depth_share_{part}": one["depth_share"][part] for part in ("median", "low", "high")}
    flat |= {name: " ".join(one[name]) for name in ("seen_by", "not_seen_by")}
    by_name = {each["name"]: each["probability"] for each in one["classes"]}
    flat |= {f"{name}_probability": by_name[name] for name in CLASS_NAMES}
    return flat | {"made_by": one["made_by"]}
