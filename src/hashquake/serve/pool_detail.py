"""One pool for its operator: the document of `hashquake pools --pool`, and a page of text."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.core.header import hash_text
from hashquake.core.hostile_text import visible_text
from hashquake.estimate.pool_moves import PoolMoves
from hashquake.observatory.pool_detail import PoolDetail, PoolSeen, PoolStale, SeenText
from hashquake.observatory.pool_standings import PoolStandings
from hashquake.pools.entry import Entry
from hashquake.pools.registry import bundled
from hashquake.serve.format import (
    NBSP,
    change,
    eh_s_interval,
    negated,
    percent,
    probability,
    share_interval,
)
from hashquake.serve.format_times import date, window_text
from hashquake.serve.pool_table import pool_shapes, print_pools
from hashquake.serve.shapes import interval_shape, window_shape
from hashquake.serve.source_names import pool_name

_MOST_GAINERS = 10
_WORTH_SHARE = 0.05
"""A rise smaller than this part of the loss has no line."""
_MOST_TEXTS = 12
_FINDINGS = {
    "moved": "most of it turned up at other pools, so machines changed the pool",
    "lost": "most of it did not turn up at other pools, so machines went dark",
    "undecided": "whether it turned up at other pools cannot be determined from the blocks so far",
    "no loss": "chance and drift make such a change by themselves: nothing needs to be explained",
}


def pool_detail_shape(detail: PoolDetail) -> dict[str, Any]:
    """Return the document of ``hashquake pools --pool SLUG --json``.

    Parameters
    ----------
    detail : PoolDetail
        Of one pool.
    """
    slug = detail.standing.pool
    known = next((one for one in bundled().pools if one.slug == slug), None)
    return pool_shapes(PoolStandings((detail.standing,)))[0] | {
        "link": "" if known is None else known.link,
        "tags": [] if known is None else [_entry(one) for one in known.tags],
        "addresses": [] if known is None else [_entry(one) for one in known.addresses],
        "moves": None if detail.moves is None else _moves(detail.moves),
        "seen": None if detail.seen is None else _seen(detail.seen),
        "stale": None if detail.stale is None else _stale(detail.stale),
        "missing": dict(detail.missing),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "text": entry.text,
        "lists": list(entry.lists),
        "valid_from_s": entry.valid_from_s,
        "valid_to_s": entry.valid_to_s,
        "yields_to": entry.yields_to,
    }


def _moves(moves: PoolMoves) -> dict[str, Any]:
    return {
        "window": window_shape(moves.window),
        "baseline": window_shape(moves.baseline),
        "drop_share": interval_shape(moves.own.shown_share.interval(0.9)),
        "p_value": moves.own.shown_p_value,
        "loss_hps": interval_shape(moves.loss_hps),
        "others_drop_share": interval_shape(moves.others.shown_share.interval(0.9)),
        "moved_share": interval_shape(moves.moved_share),
        "moved_probability": moves.moved_probability,
        "finding": moves.finding,
        "because": _FINDINGS[moves.finding],
        "gainers": [
            {
                "pool": one.pool,
                "name": pool_name(one.pool),
                "gain_hps": interval_shape(one.gain_hps),
                "p_value_adjusted": one.p_value_adjusted,
            }
            for one in moves.gainers[:_MOST_GAINERS]
        ],
    }


def _seen(seen: PoolSeen) -> dict[str, Any]:
    return {
        "window": window_shape(seen.window),
        "n_blocks": seen.n_blocks,
        "n_with_coinbase": seen.n_with_coinbase,
        "tags": [_text(one) for one in seen.tags],
        "addresses": [_text(one) for one in seen.addresses],
        "conflicts": [{"height": height, "pool": pool} for height, pool in seen.conflicts],
    }


def _text(one: SeenText) -> dict[str, Any]:
    return {
        "text": one.text,
        "n_blocks": one.n_blocks,
        "first_height": one.first_height,
        "last_height": one.last_height,
        "counts": one.counts,
        "pool": one.pool,
    }


def _stale(stale: PoolStale) -> dict[str, Any]:
    return {
        "window": window_shape(stale.window),
        "n_blocks": stale.n_blocks,
        "n_stale": len(stale.blocks),
        "stale_share": interval_shape(stale.stale_share),
        "blocks": [
            {
                "height": height,
                "hash": None if digest is None else hash_text(digest),
                "header_s": header_s,
            }
            for height, digest, header_s in stale.blocks
        ],
    }


def print_pool_detail(detail: PoolDetail, console: Console) -> None:
    """Print one pool for its operator.

    Parameters
    ----------
    detail : PoolDetail
        Of one pool.
    console : rich.console.Console
        Where to print.
    """
    print_pools(PoolStandings((detail.standing,)), console, every_pool=True)
    console.print("\n[bold]Where its hash rate went[/]")
    if detail.moves is None:
        console.print(f"Cannot be determined: {escape(detail.missing['moves'])}.")
    else:
        _print_moves(detail.moves, console)
    console.print("\n[bold]What names it in its blocks[/]")
    if detail.seen is None:
        console.print(f"Cannot be determined: {escape(detail.missing['seen'])}.")
    else:
        _print_seen(detail.seen, console)
    console.print("\n[bold]Blocks found in vain[/]")
    if detail.stale is None:
        console.print(f"Cannot be determined: {escape(detail.missing['stale'])}.")
    else:
        _print_stale(detail.stale, console)


def _print_moves(moves: PoolMoves, console: Console) -> None:
    own, others = (
        change(negated(one.shown_share.interval(0.9))) for one in (moves.own, moves.others)
    )
    p_value = probability(moves.own.shown_p_value)
    console.print(
        f"Against {window_text(moves.baseline)}: {own}; chance and drift alone do that in "
        f"{p_value} of such times. All other pools together: {others}."
    )
    if moves.finding == "no loss":
        console.print(f"{_FINDINGS['no loss'].capitalize()}.")
    else:
        moved = (
            "" if moves.moved_share is None else f"{share_interval(moves.moved_share, digits=0)}"
        )
        console.print(
            f"Lost: {eh_s_interval(moves.loss_hps)}. Part of that which other pools gained: "
            f"{moved}; {_FINDINGS[moves.finding]}."
        )
    least_hps = _WORTH_SHARE * moves.loss_hps.median
    shown = [one for one in moves.gainers if one.gain_hps.median >= least_hps]
    if moves.finding == "no loss" or not shown:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rose meanwhile", style="bold", overflow="fold", min_width=14)
    table.add_column("by [90 %]", justify="right", no_wrap=True)
    table.add_column("by chance", justify="right", no_wrap=True)
    for one in shown[:_MOST_GAINERS]:
        table.add_row(
            escape(visible_text(pool_name(one.pool), limit=40)),
            eh_s_interval(one.gain_hps),
            probability(one.p_value_adjusted),
        )
    console.print(table)
    console.print(
        "[dim]by chance: how often chance and drift alone make such a change in any of the pools "
        "looked at.[/]"
    )


def _print_seen(seen: PoolSeen, console: Console) -> None:
    console.print(
        f"{seen.n_with_coinbase:,} of {seen.n_blocks:,} blocks with a coinbase, "
        f"{window_text(seen.window)}."
    )
    for title, texts in (("tag", seen.tags), ("address", seen.addresses)):
        for one in texts[:_MOST_TEXTS]:
            whose = "" if one.counts else f" [yellow]{_whose(one)}[/]"
            console.print(
                f"  {title} [bold]{escape(visible_text(one.text, limit=64))}[/]: "
                f"{one.n_blocks:,} blocks, {one.first_height:,} to {one.last_height:,}{whose}"
            )
        if len(texts) > _MOST_TEXTS:
            console.print(f"  [dim]and {len(texts) - _MOST_TEXTS} more: --json[/]")
    if seen.conflicts:
        some = ", ".join(f"{height:,} ({pool_name(pool)})" for height, pool in seen.conflicts[:6])
        console.print(f"  Named by other pools' texts too, in {len(seen.conflicts)}: {some}")


def _whose(one: SeenText) -> str:
    if one.pool is None:
        return "not registered"
    return f"registered for {escape(pool_name(one.pool))}, does not count here"


def _print_stale(stale: PoolStale, console: Console) -> None:
    low, high = (
        percent(limit, digits=2).removesuffix(f"{NBSP}%")
        for limit in (stale.stale_share.low, stale.stale_share.high)
    )
    console.print(
        f"{len(stale.blocks):,} in vain, {stale.n_blocks:,} in the chain, "
        f"{window_text(stale.window)}: "
        f"{percent(stale.stale_share.median, digits=2)} [{low}, {high}], as far as the nodes read "
        "saw them.",
        markup=False,
    )
    for height, digest, header_s in stale.blocks[-_MOST_TEXTS:]:
        shown = "" if digest is None else f" {hash_text(digest)}"
        console.print(f"  {height:,}, {date(header_s)}{shown}")
