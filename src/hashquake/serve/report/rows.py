"""The report's tables, row by row, in words and marks ready for the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.incident import LEVEL, Incident, PoolRow, Retarget
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.serve.format import (
    NBSP,
    change,
    change_limits,
    count_word,
    eh_s_interval,
    negated,
    percent,
    probability,
    prose,
    share_limits,
)
from hashquake.serve.format_times import date, utc
from hashquake.serve.language import message, number, translate, translate_plural
from hashquake.serve.report.strip import Axis, Mark, axis_for, mark
from hashquake.serve.wording.fixed import fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTableRow:
    """One pool's line of the table.

    Parameters
    ----------
    name : str
        Of the pool, or of all blocks.
    is_pool : bool
        False for the network's row.
    share, share_limits : str
        Share of blocks before, and its limits.
    blocks : str
        Blocks found and expected.
    change, limits : str
        Change of hash rate, and its limits.
    p_value : str
        Adjusted for the number of pools; empty where the labels changed.
    finding : str
        Whether a fall was found, in words.
    beyond_luck : bool
        Whether it was.
    note : str
        On the pool's labels; may be empty.
    mark : Mark
        What is drawn.
    """

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


FOUND = {True: message("yes"), False: message("not shown")}
"""Whether a change goes beyond luck and drift, in a word."""
RELABELLED = message("labels changed")
"""What stands there for a pool whose blocks went under another name in a part of the windows."""


def found_word(row: PoolRow) -> str:
    """Return whether a pool changed beyond luck and drift, in words of a table.

    Parameters
    ----------
    row : PoolRow
        Of an incident.
    """
    return translate(FOUND[row.beyond_luck] if row.is_comparable else RELABELLED)


def pool_axis(incident: Incident) -> Axis:
    """Choose the axis on which all pools' changes stand.

    Parameters
    ----------
    incident : Incident
        With its pools.
    """
    values: list[float] = []
    for row in incident.pools:
        moved = negated(row.drop.shown_share.interval(LEVEL))
        values += [max(-1.0, moved.low), min(0.5, moved.high)]
    return axis_for(values, low=-0.3, high=0.3, most=4)


def pool_rows(incident: Incident, axis: Axis, names: Mapping[str, str]) -> tuple[PoolTableRow, ...]:
    """List the network first, then each pool.

    Parameters
    ----------
    incident : Incident
        With its pools.
    axis : Axis
        From `pool_axis`.
    names : mapping of str to str
        Names of pools by their slugs.
    """
    moved = negated(incident.network.shown_share.interval(LEVEL))
    network = PoolTableRow(
        name=translate("All blocks"),
        is_pool=False,
        share=percent(1.0),
        share_limits="",
        blocks=translate(
            "{n_blocks} of {expected_blocks}",
            n_blocks=number(f"{incident.network.n_blocks:,}"),
            expected_blocks=number(f"{incident.network.expected_blocks:,.0f}"),
        ),
        change=percent(moved.median, signed=True),
        limits=change_limits(moved),
        p_value=_p(incident.network.shown_p_value),
        finding=translate(FOUND[incident.finding != "none"]),
        beyond_luck=incident.finding != "none",
        note="",
        mark=mark(axis, moved, says=change(moved)),
    )
    rows = [network]
    for row in incident.pools:
        moved = negated(row.drop.shown_share.interval(LEVEL))
        rows.append(
            PoolTableRow(
                name=prose(names.get(row.pool, row.pool)),
                is_pool=row.pool != UNKNOWN_POOL,
                share=percent(row.share_before.median, digits=1),
                share_limits=share_limits(row.share_before.interval(LEVEL)),
                blocks=translate(
                    "{n_blocks} of {expected_blocks}",
                    n_blocks=number(f"{row.drop.n_blocks:,}"),
                    expected_blocks=number(f"{row.drop.expected_blocks:,.0f}"),
                ),
                change=percent(moved.median, signed=True),
                limits=change_limits(moved),
                p_value=_p(row.p_value_adjusted) if row.is_comparable else "",
                finding=found_word(row),
                beyond_luck=row.beyond_luck,
                note=prose(fixed(row.note), limit=400),
                mark=mark(axis, moved, says=change(moved)),
            )
        )
    return tuple(rows)


def _p(value: float) -> str:
    return f"<{NBSP}{number('0.001')}" if value < 0.001 else probability(value)


def pools_sentence(rows: tuple[PoolTableRow, ...], incident: Incident) -> str:
    """Return how many pools changed by more than luck, and what looking at so many brings.

    Parameters
    ----------
    rows : tuple of PoolTableRow
        The network first, as `pool_rows` gives them.
    incident : Incident
        Whose pools they are.
    """
    if len(rows) == 1:
        return translate(
            "No pool can be compared: too few blocks, or blocks without the names of pools."
        )
    compared = [row for row in incident.pools if row.is_comparable]
    total, relabelled = len(compared), len(incident.pools) - len(compared)
    if not total:
        return translate("No pool can be compared: the labels changed between the windows.")
    beyond = sum(row.beyond_luck for row in rows[1:])
    alone = sum(
        not row.beyond_luck and not row.drop.shown_share.interval(LEVEL).holds(0)
        for row in compared
    )
    said = (
        translate(
            "{changed} of {total} pools changed beyond luck and drift, corrected for looking at "
            "{total} pools.",
            changed=_capital(count_word(beyond)),
            total=count_word(total),
        )
        if beyond
        else translate(
            "No pool changed beyond luck and drift, corrected for looking at {total} pools.",
            total=count_word(total),
        )
    )
    if relabelled:
        left_out = translate_plural(
            "{left} pool is left out, because labels changed between the windows.",
            "{left} pools are left out, because labels changed between the windows.",
            relabelled,
            left=_capital(count_word(relabelled)),
        )
        said = f"{said} {left_out}"
    if not alone:
        return said
    more = translate_plural(
        "{more} more interval excludes zero taken alone, as luck does in one of ten.",
        "{more} more intervals exclude zero taken alone, as luck does in one of ten.",
        alone,
        more=_capital(count_word(alone)),
    )
    return f"{said} {more}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def next_change(incident: Incident) -> tuple[str, str]:
    """Write the first difficulty change and its day, for the key numbers; empty when none.

    Parameters
    ----------
    incident : Incident
        With its retargets.
    """
    if not incident.retargets:
        return "", ""
    first = incident.retargets[0]
    return percent(first.ratio - 1, digits=1, signed=True), translate(
        "on {date}", date=date(first.header_s)
    )


def retarget_sentences(incident: Incident) -> tuple[str, ...]:
    """Return what happened to the difficulty at each retarget.

    Parameters
    ----------
    incident : Incident
        With its retargets.
    """
    return tuple(_retarget(retarget) for retarget in incident.retargets)


def _retarget(retarget: Retarget) -> str:
    moved = percent(retarget.ratio - 1, digits=2, signed=True)
    said = translate(
        "At block {height} ({time}) the difficulty went from {before} to {after}: {moved}.",
        height=number(f"{retarget.height:,}"),
        time=utc(retarget.header_s),
        before=_trillions(retarget.difficulty_before),
        after=_trillions(retarget.difficulty_after),
        moved=moved,
    )
    if retarget.ratio_without_event is None or retarget.epoch_overlap_share <= 0:
        return translate("{said} The epoch that set it does not overlap the event.", said=said)
    without = retarget.ratio_without_event.mapped(offset=-1.0).interval(LEVEL)
    return translate(
        "{said} {share} of the time that set it lies in the event; at the "
        "baseline\N{RIGHT SINGLE QUOTATION MARK}s hash rate it would have been {change}.",
        said=said,
        share=percent(retarget.epoch_overlap_share),
        change=change(without, digits=1),
    )


def _trillions(difficulty: float) -> str:
    return (
        number(f"{difficulty / 1e12:,.2f}\N{NO-BREAK SPACE}T")
        if difficulty >= 1e9
        else number(f"{difficulty:g}")
    )


def before_and_during(incident: Incident) -> tuple[tuple[str, str], tuple[str, str]]:
    """Write the two hash rates that are compared, each with its limits apart.

    Parameters
    ----------
    incident : Incident
        With both hash rates.
    """
    before = eh_s_interval(incident.hashrate_before.interval(LEVEL))
    during = eh_s_interval(incident.hashrate_during.interval(LEVEL))
    return _apart(before), _apart(during)


def _apart(text: str) -> tuple[str, str]:
    number, _, limits = text.partition(" ")
    return number, limits
