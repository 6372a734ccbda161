"""The pictures of the documentation's pages, as files that stand alone."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.judge.peer_table import PeerRow
from hashquake.judge.power import Power
from hashquake.serve.drawing.axes import whole_numbers, x_axis, y_axis
from hashquake.serve.drawing.elements import px, written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn, standalone
from hashquake.serve.drawing.style import (
    CLAIMED,
    INK,
    MEASURED,
    MEASURED_PALE,
    MUTED,
    PAPER,
    WIDE,
    Size,
)
from hashquake.serve.drawing.ticks import time_ticks
from hashquake.serve.format import NBSP, percent

_STEP_S = 2 * DAY_S
_HPS_PER_EXAHASH = 1e18
_APART_S = 180 * DAY_S
_DROPS = (8, 12, 18, 25, 35, 50, 70)
_DELAYS = ((5, "5 h"), (10, "10 h"), (24, "1 d"), (72, "3 d"), (168, "7 d"), (720, "30 d"))
_FORECASTERS = (
    ("mae_share", "hashquake", MEASURED),
    ("mempool_mae_share", "last 504 blocks", MEASURED_PALE),
    ("linear_mae_share", "the epoch's pace so far", MUTED),
)


def catalog_picture(blocks: BlockColumns, quakes: Sequence[Quake]) -> str:
    """Draw the network's hash rate over the years with the catalog's falls marked.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of the main chain, in height order.
    quakes : sequence of Quake
        The latest revisions.
    """
    step = ((blocks.header_s - blocks.header_s[0]) // _STEP_S).astype(np.int64)
    work = np.bincount(step, weights=blocks.work_hashes)[1:-1]
    at_s = blocks.header_s[0] + (np.arange(len(work)) + 1.5) * _STEP_S
    rate = work / _STEP_S / _HPS_PER_EXAHASH
    falls = [one for one in quakes if one.subject == NETWORK and one.status != "rejected"]
    return _picture(
        partial(_draw_catalog, at_s, rate, falls),
        title="Bitcoin's hash rate with the catalog's falls of the network",
        description=f"{len(falls)} falls marked on two-day means of the hash rate.",
    )


def _draw_catalog(
    at_s: NDArray[np.float64], rate: NDArray[np.float64], falls: Sequence[Quake], size: Size
) -> Iterator[str]:
    ends = (0.85 * float(rate.min()), 1.35 * float(rate.max()))
    times = (float(at_s[0]), float(at_s[-1]))
    box = frame(size, times, ends, margins_px=(36, 20, 34, 46), log_y=True)
    yield written("EH/s, two-day means", 2, 20, size=size, colour=MUTED, upright="bottom")
    levels = [one for one in (50, 100, 200, 400, 800, 1600) if ends[0] <= one <= ends[1]]
    yield y_axis(box, [(one, f"{one}") for one in levels], size=size)
    yield box.line(at_s, rate, colour=MEASURED, width=1.3)
    named = _largest_apart(falls)
    for one in falls:
        middle_s = (one.onset.start_s + one.onset.end_s) / 2
        lost = 1 - one.remaining_share.median
        near = float(np.interp(middle_s, at_s, rate))
        x, y, half = float(box.x(middle_s)), float(box.y(near * 1.22)), 3 + 9 * lost
        points = f"M{px(x - half)} {px(y - half)}h{px(2 * half)}l{px(-half)} {px(1.8 * half)}z"
        yield f'<path fill="{CLAIMED}" d="{points}"/>'
        if one.id in named:
            words = percent(-lost)
            place = (x, y - half - 3)
            yield written(words, *place, size=size, anchor="middle", upright="bottom", halo=PAPER)
    yield x_axis(box, time_ticks(*times, most=8), size=size)


def power_picture(rows: Sequence[Power], peers: Sequence[PeerRow]) -> str:
    """Draw the mean time to an alarm over the size of the fall: limit, ours, others.

    Parameters
    ----------
    rows : sequence of Power
        One a size of fall.
    peers : sequence of PeerRow
        What other methods reached.
    """
    return _picture(
        partial(_draw_power, rows, peers),
        title="Mean time to an alarm by the size of the fall",
        description="At one false alarm a year; hashquake, the limit and other methods.",
    )


def _draw_power(rows: Sequence[Power], peers: Sequence[PeerRow], size: Size) -> Iterator[str]:
    promised = [row for row in rows if row.mean_delay_s is not None]
    others = [peer for peer in peers if peer.name != "shiryaev_roberts"]
    hours = [
        *(peer.mean_delay_s / HOUR_S for peer in others),
        *(row.bound_s / HOUR_S for row in rows),
        *((row.mean_delay_s or 0.0) / HOUR_S for row in promised),
    ]
    drops = [100 * row.drop_share for row in rows] + [100 * peer.drop_share for peer in others]
    box = frame(
        size, (0.95 * min(drops), 1.05 * max(drops)), (0.8 * min(hours), 1.2 * max(hours)),
        margins_px=(30, 190, 56, 46), log_x=True, log_y=True,
    )  # fmt: skip
    yield y_axis(box, [one for one in _DELAYS if min(hours) <= one[0] <= max(hours)], size=size)
    for name in dict.fromkeys(peer.name for peer in others):
        mine = [peer for peer in others if peer.name == name]
        sizes = [100 * peer.drop_share for peer in mine]
        delays = [peer.mean_delay_s / HOUR_S for peer in mine]
        yield box.line(sizes, delays, colour=MEASURED_PALE, width=1.5)
    bounds = [row.bound_s / HOUR_S for row in rows]
    sizes = [100 * row.drop_share for row in rows]
    yield box.line(sizes, bounds, colour=INK, width=1.6, dash="5 4")
    sizes = [100 * row.drop_share for row in promised]
    delays = [(row.mean_delay_s or 0.0) / HOUR_S for row in promised]
    yield box.line(sizes, delays, colour=MEASURED, width=2.9)
    yield box.dots(sizes, delays, colour=MEASURED, width=6)
    yield x_axis(box, [(one, f"{one}{NBSP}%") for one in _DROPS], size=size)
    yield written(
        "size of the fall", box.left_px + box.width_px / 2, size.height_px - 6, size=size,
        colour=MUTED, anchor="middle", upright="bottom",
    )  # fmt: skip
    yield from _keys(
        box, size,
        ("moving averages,\nPage-Hinkley, ADWIN,\nPELT rerun daily", MUTED, 0.45),
        ("hashquake", MEASURED, 0.70),
        ("the limit: size and hash\nrate before known", INK, 0.84),
    )  # fmt: skip


def forecast_picture(rows: Sequence[dict[str, Any]]) -> str:
    """Draw the forecast's mean error compared with the two estimates that explorers show.

    Parameters
    ----------
    rows : sequence of dict
        Scores by the part of the epoch that had elapsed.
    """
    return _picture(
        partial(_draw_forecast, rows),
        title="Mean error of the difficulty forecast by the share of the epoch elapsed",
        description="Compared with the epoch's pace so far and the pace of the last 504 blocks.",
    )


def _draw_forecast(rows: Sequence[dict[str, Any]], size: Size) -> Iterator[str]:
    most = 105 * max(row[name] for row in rows for name, _, _ in _FORECASTERS)
    box = frame(size, (-0.5, len(rows) - 0.5), (0.0, most), margins_px=(36, 190, 56, 46))
    title = "Mean absolute error of the next difficulty, points"
    yield written(title, 2, 20, size=size, colour=MUTED, upright="bottom")
    yield y_axis(box, whole_numbers(0.0, most), size=size)
    for at, (name, _, colour) in enumerate(_FORECASTERS):
        middles = np.arange(len(rows)) + 0.27 * (at - 1)
        errors = [100 * row[name] for row in rows]
        yield box.bars(middles - 0.125, middles + 0.125, 0.0, errors, colour=colour)
    elapsed = [percent(row["elapsed_share"]) for row in rows]
    yield x_axis(box, list(enumerate(elapsed)), size=size)
    yield written(
        "share of the epoch's blocks found", box.left_px + box.width_px / 2, size.height_px - 6,
        size=size, colour=MUTED, anchor="middle", upright="bottom",
    )  # fmt: skip
    yield from _keys(
        box, size,
        *((words, colour, 0.3 + 0.12 * at) for at, (_, words, colour) in enumerate(_FORECASTERS)),
    )  # fmt: skip


def _keys(box: Frame, size: Size, *keys: tuple[str, str, float]) -> Iterator[str]:
    """Name the lines in the margin, each at a part of the height from the top."""
    for words, colour, part in keys:
        place = (box.right_px + 14, box.top_px + part * box.height_px)
        yield written(words, *place, size=size, colour=colour)


def _picture(draw: Any, *, title: str, description: str) -> str:
    return standalone(drawn(draw, WIDE, title=title, description=description))


def _largest_apart(falls: Sequence[Quake]) -> set[str]:
    """Choose the falls to be named: the largest first, none so near another that texts collide."""
    chosen: list[Quake] = []
    for one in sorted(falls, key=lambda fall: fall.remaining_share.median):
        at_s = one.onset.start_s
        if all(abs(at_s - other.onset.start_s) > _APART_S for other in chosen):
            chosen.append(one)
    return {one.id for one in chosen}
