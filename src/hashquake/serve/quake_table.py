"""Quakes for people: a table, one in full, and files."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from hashquake.core.interval import Interval
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import HOUR_S, format_time
from hashquake.core.window import Window
from hashquake.observatory.opinion_tables import quake_columns
from hashquake.serve.document_bytes import document_bytes
from hashquake.serve.format import (
    chance,
    change,
    eh_s,
    eh_s_interval,
    prose,
)
from hashquake.serve.format_times import duration, utc
from hashquake.serve.language import number, translate, translate_plural
from hashquake.serve.opinion_documents import quake_json
from hashquake.serve.report.panel_causes import cause_text, lowered
from hashquake.serve.source_names import pool_name
from hashquake.serve.wording import cause_because

_MARK = {
    "confirmed": "bold",
    "reviewed": "bold green",
    "preliminary": "yellow",
    "rejected": "dim",
}

_POOLS_SHOWN = 3
_WITNESSES = {
    "blocks": "the network's blocks",
    "shares": "pools' shares of the blocks",
    "reports": "what pools report",
}


def quake_table(quakes: Sequence[Quake]) -> Table:
    """Lay quakes out in five columns, so that what happened and why has room for its words.

    Parameters
    ----------
    quakes : sequence of Quake
        One opinion each.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # A quake's name, its status and its interval are never cut.
    for heading in ("quake", "onset (UTC)", "change [90 %]", "lasted"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what and why", overflow="fold")
    for one in quakes:
        name, onset, moved, length, what, cause, status = quake_row(one)
        table.add_row(
            f"[bold]{name}[/]\n[{_MARK[status]}]{status}[/]",
            onset.replace(" \N{PLUS-MINUS SIGN}", "\n\N{PLUS-MINUS SIGN}", 1),
            moved.replace(" [", "\n[", 1),
            length.replace("not ", "not\n"),
            f"{what}\n{cause}",
        )
    return table


HEADINGS = ("quake", "onset (UTC)", "change [90 %]", "lasted", "what", "likeliest cause", "status")


def quake_row(one: Quake) -> tuple[str, ...]:
    """Write a quake as cells, in the order of `HEADINGS`.

    Parameters
    ----------
    one : Quake
        One revision.
    """
    return (
        one.id,
        onset_cell(one.onset),
        change(remaining_change(one.remaining_share)),
        lasted(one),
        _what(one),
        _cause_and_luck(one),
        one.status,
    )


def lasted(one: Quake) -> str:
    """Write how long a fall lasted; what has not recovered did not end.

    Parameters
    ----------
    one : Quake
        One revision.
    """
    if one.end_s is None:
        return translate("not recovered")
    return duration(max(one.end_s - (one.onset.start_s + one.onset.end_s) / 2, 0.0))


def likeliest_cause(one: Quake) -> str:
    """Write the most probable cause with its probability.

    Parameters
    ----------
    one : Quake
        With its causes.
    """
    first = max(one.causes, key=lambda cause: cause.probability)
    return f"{lowered(cause_text(first.name, first.country))}, {chance(first.probability)}"


def _cause_and_luck(one: Quake) -> str:
    """Write the most probable cause and, where that is another, the chance of luck and drift."""
    first = max(one.causes, key=lambda cause: cause.probability)
    if first.name == "luck":
        return likeliest_cause(one)
    luck = sum(cause.probability for cause in one.causes if cause.name == "luck")
    return translate("{cause}; luck {chance}", cause=likeliest_cause(one), chance=chance(luck))


def expected_by_luck(quakes: Sequence[Quake]) -> str:
    """Return how many falls of the network luck and drift alone are expected to have made.

    Parameters
    ----------
    quakes : sequence of Quake
        The latest revisions; those of pools alone and rejected ones are not counted.
    """
    network = [one for one in quakes if one.subject == NETWORK and one.status != "rejected"]
    if not network:
        return ""
    luck = sum(cause.probability for one in network for cause in one.causes if cause.name == "luck")
    return translate_plural(
        "{count} fall of the network, of which {luck} are expected to be luck and drift by the "
        "probabilities of their causes.",
        "{count} falls of the network, of which {luck} are expected to be luck and drift by the "
        "probabilities of their causes.",
        len(network),
        luck=number(f"{luck:.1f}"),
    )


def quake_line(one: Quake) -> str:
    """Write a quake in a line of prose.

    Parameters
    ----------
    one : Quake
        One revision.
    """
    moved = change(remaining_change(one.remaining_share))
    return (
        f"`{one.id}` ({one.status}), {_what(one)}: {moved}, began {onset_cell(one.onset)}, "
        f"detected {utc(one.detected_s)}, lasted: {lasted(one)}; likeliest cause: "
        f"{likeliest_cause(one)}"
    )


def print_quake(opinions: Sequence[Quake], console: Console) -> None:
    """Print one quake in full: the latest opinion, its reasons, and how it came about.

    Parameters
    ----------
    opinions : sequence of Quake
        All revisions of one quake, the latest last.
    console : rich.console.Console
        Where to print.
    """
    one = opinions[-1]
    console.print(f"[bold]{one.id}[/]  {one.status}, revision {one.revision}")
    console.print(f"  {_what(one)}")
    console.print(f"  seen by    {', '.join(_WITNESSES[name] for name in one.seen_by)}")
    for line in _rests_on(one):
        console.print(f"  reports    {line}", markup=False)
    console.print(f"  change     {change(remaining_change(one.remaining_share))} (90 % interval)")
    console.print(f"  lost       {eh_s_interval(one.lost_hps)}")
    console.print(f"  began      {onset_cell(one.onset)}")
    console.print(f"  detected   {utc(one.detected_s)}")
    ended = "not recovered, or settled lower" if one.end_s is None else utc(one.end_s)
    console.print(f"  ended      {ended}")
    if one.nothing_probability is not None:
        console.print(
            f"  no fall    {chance(one.nothing_probability)}, by its blocks alone: the probability "
            "that luck and drift made them so"
        )
    console.print("  causes")
    for cause in sorted(one.causes, key=lambda item: -item.probability):
        what = cause_text(cause.name, cause.country)
        because = prose(cause_because(cause), limit=600)
        console.print(f"    {chance(cause.probability)} {what}: {because}", markup=False)
    console.print("  opinions")
    for opinion in opinions:
        console.print(
            f"    {opinion.revision}  {utc(opinion.issued_s)}  {opinion.status}  "
            f"{change(remaining_change(opinion.remaining_share))}"
        )


def quake_bytes(quakes: Sequence[Quake], ending: str) -> bytes:
    """Write quakes as a file's content.

    Parameters
    ----------
    quakes : sequence of Quake
        One opinion each.
    ending : str
        ``.json``, ``.csv`` or ``.parquet``; tables are flat and leave out picks and reasons.
    """
    return document_bytes([quake_json(one) for one in quakes], ending, flat=quake_columns)


def remaining_change(remaining: Interval) -> Interval:
    """Turn what is left of a hash rate into its change, negative for a fall.

    Parameters
    ----------
    remaining : Interval
        Hash rate after over before.
    """
    return Interval(
        median=remaining.median - 1,
        low=remaining.low - 1,
        high=remaining.high - 1,
        level=remaining.level,
    )


def onset_cell(onset: Window) -> str:
    """Write when a fall began, and how surely.

    Parameters
    ----------
    onset : Window
        In which the fall began.
    """
    start_s, end_s = onset.start_s, onset.end_s
    middle = format_time((start_s + end_s) / 2, seconds=False).replace("T", " ").rstrip("Z")
    either_side_h = (end_s - start_s) / 2 / HOUR_S
    if either_side_h < 1.0:
        return f"{middle} ± {max(60.0 * either_side_h, 1.0):.0f} {translate('min')}"
    return f"{middle} ± {either_side_h:.0f} {translate('h')}"


def _rests_on(one: Quake) -> list[str]:
    """Write what the alarms in pools' reports rest on, a line each."""
    lines = []
    for pick in one.picks:
        if pick.reported is not None:
            names = ", ".join(pool_name(pool) for pool in pick.reported.pools)
            lines.append(
                f"{names}: {eh_s(pick.reported.before_hps)} before, "
                f"{eh_s(pick.reported.after_hps)} at the alarm ({utc(pick.detected_s)})"
            )
    return lines


def _what(one: Quake) -> str:
    shown = ", ".join(pool_name(pool) for pool in one.pools[:_POOLS_SHOWN])
    more = len(one.pools) - _POOLS_SHOWN
    pools = f"{shown} and {more} more" if more > 0 else shown
    subject = pools or "pools that report"
    if one.kind == "reports":
        return f"{subject} (pool reports)"
    if one.kind == "disagreement":
        of_network = "network" if one.subject == NETWORK else subject
        return f"{of_network}: pool reports and blocks disagree"
    if one.kind == "network":
        return "network"
    return f"network with {pools}" if one.kind == "network+pools" else pools
