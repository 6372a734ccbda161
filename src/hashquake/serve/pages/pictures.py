"""The pictures of the documentation's pages, as files that stand alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hashquake.core.columns import BlockColumns
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.judge.peer_table import PeerRow
from hashquake.judge.power import Power
from hashquake.serve.report.style import (
    CLAIMED,
    INK,
    MEASURED,
    MEASURED_PALE,
    MUTED,
    WIDE,
    Size,
    bare,
    drawn,
)

_STEP_S = 2 * DAY_S
_HPS_PER_EXAHASH = 1e18
_APART_S = 180 * DAY_S


def standalone(svg: str, size: Size = WIDE) -> str:
    """Make a chart of the report a file of its own: with a name space, a paper and a font.

    Parameters
    ----------
    svg : str
        A chart as it stands in a page.
    size : Size
        Its size.
    """
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width_px}" '
        f'height="{size.height_px}" style="background:#fff;font-family:sans-serif" '
    )
    return svg.replace("<svg ", opening, 1) + "\n"


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
    named = _largest_apart(falls)

    def draw(figure: Figure, size: Size) -> None:
        axes = figure.add_axes((0.075, 0.09, 0.9, 0.82))
        bare(axes, size=size)
        axes.plot(_days(at_s), rate, color=MEASURED, linewidth=0.9)
        axes.set_yscale("log")
        axes.set_yticks([100, 200, 400, 800], ["100", "200", "400", "800"])
        axes.minorticks_off()
        axes.set_title("EH/s, two-day means", loc="left", fontsize=size.points(12), color=MUTED)
        years = range(2021, 2027)
        new_years: Any = [datetime(year, 1, 1, tzinfo=UTC) for year in years]
        axes.set_xticks(new_years, [f"{year}" for year in years])
        for one in falls:
            middle_s = (one.onset.start_s + one.onset.end_s) / 2
            lost = 1 - one.remaining_share.median
            near = float(np.interp(middle_s, at_s, rate))
            axes.plot(
                _days([middle_s]),
                [near * 1.22],
                marker="v",
                color=CLAIMED,
                markersize=4 + 14 * lost,
            )
            if one.id in named:
                axes.annotate(
                    f"−{100 * lost:.0f} %",  # noqa: RUF001  a true minus sign
                    (_days([middle_s])[0], near * 1.42),
                    ha="center",
                    fontsize=size.points(11),
                    color=INK,
                )

    return standalone(
        drawn(
            draw,
            WIDE,
            name="catalog",
            title="Bitcoin's hash rate with the catalog's falls of the network",
            description=f"{len(falls)} falls marked on two-day means of the hash rate.",
        )
    )


def power_picture(rows: Sequence[Power], peers: Sequence[PeerRow]) -> str:
    """Draw the mean time to an alarm over the size of the fall: limit, ours, others.

    Parameters
    ----------
    rows : sequence of Power
        One a size of fall.
    peers : sequence of PeerRow
        What other methods reached.
    """
    promised = [row for row in rows if row.mean_delay_s is not None]

    def draw(figure: Figure, size: Size) -> None:
        axes = figure.add_axes((0.075, 0.12, 0.68, 0.78))
        bare(axes, size=size)
        for name in dict.fromkeys(peer.name for peer in peers if peer.name != "shiryaev_roberts"):
            mine = [peer for peer in peers if peer.name == name]
            drops = [100 * peer.drop_share for peer in mine]
            hours = [peer.mean_delay_s / HOUR_S for peer in mine]
            axes.plot(drops, hours, color=MEASURED_PALE, linewidth=1.1)
        axes.plot(
            [100 * row.drop_share for row in rows],
            [row.bound_s / HOUR_S for row in rows],
            color=INK,
            linewidth=1.2,
            linestyle=(0, (4, 3)),
        )
        axes.plot(
            [100 * row.drop_share for row in promised],
            [(row.mean_delay_s or 0) / HOUR_S for row in promised],
            color=MEASURED,
            linewidth=2.2,
            marker="o",
            markersize=4,
        )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(
            [8, 12, 18, 25, 35, 50, 70], [f"{d} %" for d in (8, 12, 18, 25, 35, 50, 70)]
        )
        axes.set_yticks([5, 10, 24, 72, 168, 720], ["5 h", "10 h", "1 d", "3 d", "7 d", "30 d"])
        axes.minorticks_off()
        axes.set_xlabel("size of the fall")
        for text, colour, height in (
            ("hashquake", MEASURED, 0.30),
            ("the limit: size and hash\nrate before known", INK, 0.16),
            ("moving averages,\nPage-Hinkley, ADWIN,\nPELT rerun daily", MUTED, 0.55),
        ):
            axes.text(1.03, height, text, transform=axes.transAxes, color=colour, va="center")

    return standalone(
        drawn(
            draw,
            WIDE,
            name="power",
            title="Mean time to an alarm by the size of the fall",
            description="At one false alarm a year; hashquake, the limit and other methods.",
        )
    )


def forecast_picture(rows: Sequence[dict[str, Any]]) -> str:
    """Draw the forecast's mean error beside the two estimates that explorers show.

    Parameters
    ----------
    rows : sequence of dict
        Scores by the part of the epoch that had elapsed.
    """
    shown = (
        ("mae_share", "hashquake", MEASURED),
        ("mempool_mae_share", "last 504 blocks", MEASURED_PALE),
        ("linear_mae_share", "the epoch's pace so far", MUTED),
    )

    def draw(figure: Figure, size: Size) -> None:
        axes = figure.add_axes((0.075, 0.12, 0.68, 0.78))
        bare(axes, size=size)
        for at, (name, text, colour) in enumerate(shown):
            places = np.arange(len(rows)) + 0.27 * (at - 1)
            errors = [100 * row[name] for row in rows]
            axes.bar(places, errors, width=0.25, color=colour)
            axes.text(1.03, 0.7 - 0.12 * at, text, transform=axes.transAxes, color=colour)
        elapsed = [f"{100 * row['elapsed_share']:.0f} %" for row in rows]
        axes.set_xticks(np.arange(len(rows)), elapsed)
        axes.set_xlabel("share of the epoch's blocks found")
        title = "Mean absolute error of the next difficulty, points"
        axes.set_title(title, loc="left", fontsize=size.points(12), color=MUTED)

    return standalone(
        drawn(
            draw,
            WIDE,
            name="forecast",
            title="Mean error of the difficulty forecast by the share of the epoch elapsed",
            description="Against the epoch's pace so far and the pace of the last 504 blocks.",
        )
    )


def _largest_apart(falls: Sequence[Quake]) -> set[str]:
    """Choose the falls to be named: the largest first, none so near another that texts collide."""
    chosen: list[Quake] = []
    for one in sorted(falls, key=lambda fall: fall.remaining_share.median):
        at_s = one.onset.start_s
        if all(abs(at_s - other.onset.start_s) > _APART_S for other in chosen):
            chosen.append(one)
    return {one.id for one in chosen}


def _days(times_s: Any) -> list[Any]:
    return [datetime.fromtimestamp(float(time_s), tz=UTC) for time_s in times_s]
