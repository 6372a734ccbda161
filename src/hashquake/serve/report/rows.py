"""The report's tables, row by row, in words and marks ready for the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.incident import Incident, Retarget
from hashquake.core.interval import Interval
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.serve.format import (
    NBSP,
    change,
    change_limits,
    count_word,
    date,
    eh_s_interval,
    negated,
    percent,
    probability,
    prose,
    share_limits,
    utc,
)
from hashquake.serve.report.headline import LEVEL, overlaps
from hashquake.serve.report.strip import Axis, Mark, axis_for, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTableRow:
    """One pool's line of the table."""

    name: str
    is_pool: bool
    share: str
    share_limits: str
    blocks: str
    change: str
    limits: str
    p_value: str
    finding: str
    beyond_luck: bool
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """What a map said of the place, as the fall its loss would be."""

    label: str
    known: str
    source: str
    finding: str
    mark: Mark


def pool_axis(incident: Incident) -> Axis:
    """Choose the axis on which all pools' changes stand."""
    values: list[float] = []
    for row in incident.pools:
        moved = negated(row.drop.drop_share.interval(LEVEL))
        values += [max(-1.0, moved.low), min(0.5, moved.high)]
    return axis_for(values, low=-0.3, high=0.3, most=4)


def pool_rows(incident: Incident, axis: Axis, names: Mapping[str, str]) -> tuple[PoolTableRow, ...]:
    """List the network first, then each pool."""
    moved = negated(incident.network.drop_share.interval(LEVEL))
    network = PoolTableRow(
        name="All blocks",
        is_pool=False,
        share=percent(1.0),
        share_limits="",
        blocks=f"{incident.network.n_blocks:,} of {incident.network.expected_blocks:,.0f}",
        change=percent(moved.median, signed=True),
        limits=change_limits(moved),
        p_value=_p(incident.network.p_value),
        finding="more than luck" if not moved.holds(0) else "could be luck",
        beyond_luck=not moved.holds(0),
        note="",
        mark=mark(axis, moved, says=change(moved)),
    )
    rows = [network]
    for row in incident.pools:
        moved = negated(row.drop.drop_share.interval(LEVEL))
        rows.append(
            PoolTableRow(
                name=prose(names.get(row.pool, row.pool)),
                is_pool=row.pool != UNKNOWN_POOL,
                share=percent(row.share_before.median, digits=1),
                share_limits=share_limits(row.share_before.interval(LEVEL)),
                blocks=f"{row.drop.n_blocks:,} of {row.drop.expected_blocks:,.0f}",
                change=percent(moved.median, signed=True),
                limits=change_limits(moved),
                p_value=_p(row.p_value_adjusted),
                finding="more than luck" if row.beyond_luck else "could be luck",
                beyond_luck=row.beyond_luck,
                note=prose(row.note, limit=400),
                mark=mark(axis, moved, says=change(moved)),
            )
        )
    return tuple(rows)


def _p(value: float) -> str:
    return probability(value).replace("under ", f"<{NBSP}")


def map_axis(incident: Incident) -> Axis:
    """Choose the axis on which map shares stand as falls."""
    moved = negated(incident.network.drop_share.interval(LEVEL))
    falls = [-share.share for share in incident.event.map_shares]
    return axis_for([moved.low, moved.high, *falls])


def map_rows(incident: Incident, axis: Axis) -> tuple[MapRow, ...]:
    """Set each map share, as the fall of its loss, beside the measured change."""
    moved = negated(incident.network.drop_share.interval(LEVEL))
    rows = []
    for share in incident.event.map_shares:
        fall = -share.share
        said = percent(share.share, digits=1)
        rows.append(
            MapRow(
                label=f"{said} in {prose(share.as_of)}",
                known=f"known from {prose(share.known_from)}",
                source=prose(share.source),
                finding=_map_finding(moved, share.share),
                mark=mark(axis, moved, (fall, fall), says=f"map {said}, measured {change(moved)}"),
            )
        )
    return tuple(rows)


def _map_finding(moved: Interval, share: float) -> str:
    if overlaps(moved, -share, -share):
        return "Losing all of it would fit the blocks."
    if -share < moved.low:
        most = max(0.0, -moved.low) / share
        return f"At most {percent(most)} of it was lost on average, or the map was too high."
    return "More was lost than this share: other places or causes took part."


def pools_sentence(rows: tuple[PoolTableRow, ...], incident: Incident) -> str:
    """Say how many pools changed by more than luck, and what looking at so many brings.

    Parameters
    ----------
    rows : tuple of PoolTableRow
        The network first, as `pool_rows` gives them.
    incident : Incident
        Whose pools they are.
    """
    total = len(rows) - 1
    if not total:
        return "No pool found blocks enough to be looked at, or nobody looked up whose they were."
    beyond = sum(row.beyond_luck for row in rows[1:])
    alone = sum(
        not row.beyond_luck and not row.drop.drop_share.interval(LEVEL).holds(0)
        for row in incident.pools
    )
    who = f"{count_word(beyond)} of {count_word(total)} pools" if beyond else "no pool"
    said = (
        f"{who.capitalize()} changed by more than luck, after accounting for having looked at "
        f"{count_word(total)} (Holm\N{RIGHT SINGLE QUOTATION MARK}s correction, 5{NBSP}%)."
    )
    if not alone:
        return said
    intervals = "interval leaves" if alone == 1 else "intervals leave"
    return (
        f"{said} {count_word(alone).capitalize()} further 95{NBSP}% {intervals} out zero when "
        f"taken alone; luck does that to one in twenty."
    )


def next_change(incident: Incident) -> tuple[str, str]:
    """Write the first difficulty change and its day, for the key numbers; empty when none."""
    if not incident.retargets:
        return "", ""
    first = incident.retargets[0]
    return percent(first.ratio - 1, digits=1, signed=True), f"on {date(first.header_s)}"


def retarget_sentences(incident: Incident) -> tuple[str, ...]:
    """Say what happened to the difficulty at each retarget."""
    return tuple(_retarget(retarget) for retarget in incident.retargets)


def _retarget(retarget: Retarget) -> str:
    moved = percent(retarget.ratio - 1, digits=2, signed=True)
    said = (
        f"At block {retarget.height:,} ({utc(retarget.header_s)}) the difficulty went from "
        f"{_trillions(retarget.difficulty_before)} to {_trillions(retarget.difficulty_after)}: "
        f"{moved}."
    )
    if retarget.ratio_without_event is None or retarget.epoch_overlap_share <= 0:
        return f"{said} The epoch that set it holds none of the event."
    without = retarget.ratio_without_event.mapped(offset=-1.0).interval(LEVEL)
    return (
        f"{said} {percent(retarget.epoch_overlap_share)} of the time that set it lies in the "
        f"event; at the baseline\N{RIGHT SINGLE QUOTATION MARK}s hash rate it would have been "
        f"{change(without, digits=1)}."
    )


def _trillions(difficulty: float) -> str:
    return (
        f"{difficulty / 1e12:,.2f}\N{NO-BREAK SPACE}T" if difficulty >= 1e9 else f"{difficulty:g}"
    )


def before_and_during(incident: Incident) -> tuple[tuple[str, str], tuple[str, str]]:
    """Write the two hash rates that are compared, each with its limits apart."""
    before = eh_s_interval(incident.hashrate_before.interval(LEVEL))
    during = eh_s_interval(incident.hashrate_during.interval(LEVEL))
    return _apart(before), _apart(during)


def _apart(text: str) -> tuple[str, str]:
    number, _, limits = text.partition(" ")
    return number, limits
