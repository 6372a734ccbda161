"""How the networks of a country fell: one row each, in the order in which they did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from hashquake.core.outage import Outage
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags, Dip, dips
from hashquake.detect.fusion import DIRECT
from hashquake.detect.outage_features import LEAST_FALL_SHARE, WatchedNetwork
from hashquake.serve.drawing.axes import x_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
    CLAIMED,
    INK,
    MEASURED_HALF,
    MEASURED_PALE,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    WIDE,
    Size,
)
from hashquake.serve.drawing.ticks import time_ticks
from hashquake.serve.format import percent
from hashquake.serve.language import translate
from hashquake.serve.outages.seismogram import dark_spans

MOST_ROWS = 30
_ROW_PX, _TOP_PX, _BOTTOM_PX = 15, 8, 26
_SHADES = ((0.3, INK), (0.7, MEASURED_HALF), (0.9, MEASURED_PALE), (np.inf, MEASURED_PALEST))
"""Up to which ratio a bin has which colour; what was not seen stays white."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One network.

    Parameters
    ----------
    member : WatchedNetwork
        Who it is.
    flags : AnomalyFlags
        Its most direct signal that was watched.
    dip : Dip or None
        How it fell; None when it did not.
    """

    member: WatchedNetwork
    flags: AnomalyFlags
    dip: Dip | None


def rows_of(members: Sequence[WatchedNetwork], outage: Outage) -> list[Row]:
    """Order networks by when they fell, those that did not last, larger ones first at a tie.

    Parameters
    ----------
    members : sequence of WatchedNetwork
        Of the country.
    outage : Outage
        One opinion of it.
    """
    first_s = outage.dark_windows[0].start_s
    near = Window(start_s=first_s - 6 * HOUR_S, end_s=first_s + 12 * HOUR_S)
    rows = [row for member in members if (row := _row(member, near)) is not None]
    largest = sorted(rows, key=lambda row: -row.member.weight_share)[:MOST_ROWS]
    return sorted(
        largest,
        key=lambda row: (
            np.inf if row.dip is None else row.dip.window.start_s,
            -row.member.weight_share,
        ),
    )


def raster(rows: Sequence[Row], outage: Outage) -> tuple[str, ...]:
    """Draw the fall, network by network, wide and narrow.

    Parameters
    ----------
    rows : sequence of Row
        At least one.
    outage : Outage
        One opinion of it.

    Returns
    -------
    tuple of str
        SVG elements.
    """
    height = _TOP_PX + _BOTTOM_PX + _ROW_PX * len(rows)
    fallen = sum(row.dip is not None for row in rows)
    return tuple(
        drawn(
            partial(_draw, rows, outage),
            size._replace(height_px=height),
            title=translate("How each network fell"),
            description=translate(
                "{fallen} of {total} networks fell.", fallen=fallen, total=len(rows)
            ),
        )
        for size in (WIDE, NARROW)
    )


def zoom(rows: Sequence[Row], outage: Outage) -> Window:
    """Choose the time to draw: from before the first network fell to after the last one had.

    Parameters
    ----------
    rows : sequence of Row
        One a network.
    outage : Outage
        With at least one dark window.
    """
    falls = [row.dip.window.start_s for row in rows if row.dip is not None]
    falls.append(outage.dark_windows[0].start_s)
    margin_s = max(1.5 * HOUR_S, 0.3 * (max(falls) - min(falls)))
    return Window(start_s=min(falls) - margin_s, end_s=max(falls) + 1.5 * margin_s)


def _row(member: WatchedNetwork, near: Window) -> Row | None:
    """Take the most direct signal that shows a fall, else the most direct that was watched."""
    watched = None
    for signal in DIRECT:
        for flags in member.flags:
            if flags.signal != signal or not _seen(flags, near):
                continue
            watched = watched or flags
            for dip in dips(flags):
                deep = dip.remaining_share.median <= 1.0 - LEAST_FALL_SHARE
                if deep and near.holds(dip.onset.end_s):
                    return Row(member=member, flags=flags, dip=dip)
    return None if watched is None else Row(member=member, flags=watched, dip=None)


def _seen(flags: AnomalyFlags, window: Window) -> bool:
    first = max(0, int((window.start_s - flags.start_s) // flags.step_s))
    past = max(0, int((window.end_s - flags.start_s) // flags.step_s))
    return bool(np.isfinite(flags.ratio[first:past]).any())


def _draw(rows: Sequence[Row], outage: Outage, size: Size) -> Iterator[str]:
    left, right = (92, 8) if size.is_narrow else (150, 12)
    window = zoom(rows, outage)
    times = (window.start_s, window.end_s)
    box = frame(size, times, (len(rows), 0.0), margins_px=(_TOP_PX, right, _BOTTOM_PX, left))
    yield from dark_spans(box, outage)
    for at, row in enumerate(rows):
        for colour, spans in _shaded(row.flags, window).items():
            starts_s = np.array([start_s for start_s, _ in spans])
            ends_s = starts_s + [length_s for _, length_s in spans]
            yield box.bars(starts_s, ends_s, at + 0.14, at + 0.86, colour=colour)
        if row.dip is not None:
            fell_s = row.dip.window.start_s
            yield box.strokes([fell_s], [at + 0.02], [at + 0.98], colour=CLAIMED, width=2.6)
        yield written(
            _name(row, size), left - 7, float(box.y(at + 0.5)), size=size, colour=MUTED,
            anchor="end", smaller_px=2 if size.is_narrow else 1.5,
        )  # fmt: skip
    most = max(2, (size.width_px - left) // 62)
    yield x_axis(box, time_ticks(*times, most=most), size=size)


def _name(row: Row, size: Size) -> str:
    number = f"AS{row.member.subject.partition(':')[2]}"
    access = f" {row.member.access}" if row.member.access and not size.is_narrow else ""
    return number if size.is_narrow else f"{number}{access}  {percent(row.member.weight_share)}"


def _shaded(flags: AnomalyFlags, window: Window) -> dict[str, list[tuple[float, float]]]:
    """Cut a signal into stretches of one shade, start and length; NaN is in none."""
    first = max(0, int((window.start_s - flags.start_s) // flags.step_s))
    past = max(first, int(np.ceil((window.end_s - flags.start_s) / flags.step_s)))
    ratio = flags.ratio[first:past]
    limits = np.array([limit for limit, _ in _SHADES[:-1]])
    shade = np.where(np.isfinite(ratio), np.digitize(np.nan_to_num(ratio), limits), -1)
    edges = [0, *(np.flatnonzero(np.diff(shade)) + 1).tolist(), len(shade)]
    spans: dict[str, list[tuple[float, float]]] = {}
    for start, end in pairwise(edges):
        if end > start and shade[start] >= 0:
            begins_s = flags.start_s + (first + start) * flags.step_s
            length_s = (end - start) * flags.step_s
            spans.setdefault(_SHADES[int(shade[start])][1], []).append((begins_s, length_s))
    return spans
