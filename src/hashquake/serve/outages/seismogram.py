"""The signals of an outage, stacked over one time axis: who fell, who did not, who was silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hashquake.core.outage import Outage, Witness
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import CRITICAL, UNSEEN, WARNING, AnomalyFlags
from hashquake.detect.series import seen_stretches
from hashquake.serve.format import percent, prose
from hashquake.serve.format_times import short_time
from hashquake.serve.language import translate
from hashquake.serve.outages.table import in_the_dark, signals_of, witnesses_of
from hashquake.serve.report.chart_rate import tick_days
from hashquake.serve.report.style import (
    CLAIMED,
    DARK,
    DARK_BAR,
    INK,
    MEASURED,
    MUTED,
    NARROW,
    PAPER,
    RULE,
    WIDE,
    Size,
    drawn,
)
from hashquake.serve.source_names import source_name
from hashquake.serve.wording import signal_name
from hashquake.serve.wording.numbers import listed

_TRACK_PX = 74
_TOP_PX, _BOTTOM_PX = 30, 26
_TOP_SHARE = 1.35
"""Ratios above it are drawn at it: a burst must not flatten a fall."""
_MOST_BINS = 1500
_MOST_TRACKS = 12
_NARROW_CHARACTERS = 52
"""What a line over a narrow track has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessTrack:
    """One witness' line.

    Parameters
    ----------
    witness : Witness
        What its signal showed.
    saw : bool
        Whether it saw the outage.
    flags : AnomalyFlags
        What its detector said.
    """

    witness: Witness
    saw: bool
    flags: AnomalyFlags


def tracks_of(outage: Outage, flags: Sequence[AnomalyFlags]) -> list[WitnessTrack]:
    """Pair an outage's witnesses with their signals, those that saw it first.

    Parameters
    ----------
    outage : Outage
        One opinion of it.
    flags : sequence of AnomalyFlags
        The signals around it, read anew; one without a witness is left out.
    """
    by_name = {(one.signal, one.source, one.quantity): one for one in flags}
    tracks = []
    for witness, saw in witnesses_of(outage):
        name = (witness.signal, witness.source, witness.quantity)
        if name in by_name:
            tracks.append(WitnessTrack(witness=witness, saw=saw, flags=by_name[name]))
    return tracks[:_MOST_TRACKS]


def seismogram(outage: Outage, tracks: Sequence[WitnessTrack], window: Window) -> tuple[str, ...]:
    """Draw the seismogram, wide and narrow.

    Parameters
    ----------
    outage : Outage
        One opinion of it.
    tracks : sequence of WitnessTrack
        At least one.
    window : Window
        The time to draw.

    Returns
    -------
    tuple of str
        SVG elements.
    """
    return tuple(one for one, _ in seismograms(outage, tracks, window))


def seismograms(
    outage: Outage, tracks: Sequence[WitnessTrack], window: Window
) -> tuple[tuple[str, Size], ...]:
    """Draw the seismogram, wide and narrow, each with its size.

    Parameters
    ----------
    outage : Outage
        One revision.
    tracks : sequence of WitnessTrack
        One a signal and source.
    window : Window
        The time drawn.
    """
    height = _TOP_PX + _BOTTOM_PX + _TRACK_PX * len(tracks)
    sizes = [size._replace(height_px=height) for size in (WIDE, NARROW)]
    seen, unseen = signals_of(outage)
    saw, missed = (listed(tuple(map(signal_name, some))) for some in (seen, unseen))
    return tuple(
        (
            drawn(
                lambda figure, drawn_size: _draw(outage, tracks, window, figure, drawn_size),
                size,
                name=f"seismogram-{outage.id}",
                title=translate(
                    "Signals of {subject} over the outage, {evidence} values",
                    subject=outage.subject,
                    evidence=translate(outage.evidence),
                ),
                description=translate(
                    "Seen by {saw}; watched and not seen by {missed}. Dark windows: {count}.",
                    saw=saw,
                    missed=missed or translate("none"),
                    count=len(outage.dark_windows),
                ),
            ),
            size,
        )
        for size in sizes
    )


def dark_spans(axes: Any, outage: Outage) -> None:
    """Shade the dark windows; what stays white between them is a restoration or was not seen.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of time, UTC Unix seconds.
    outage : Outage
        With its dark windows.
    """
    for dark in outage.dark_windows:
        axes.axvspan(dark.start_s, dark.end_s, color=DARK, linewidth=0, zorder=0)


def gaps(flags: AnomalyFlags, window: Window) -> list[Window]:
    """List the stretches of a window in which nothing could be said of a signal.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    window : Window
        The time drawn.
    """
    seen = seen_stretches(flags.level != UNSEEN, start_s=flags.start_s, step_s=flags.step_s)
    return list(seen.gaps(window))


def unlevelled(flags: AnomalyFlags, window: Window) -> list[Window]:
    """List the stretches of a window in which a signal was low without telling how low.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    window : Window
        The time drawn.
    """
    low = np.isin(flags.level, (WARNING, CRITICAL)) & ~np.isfinite(flags.ratio)
    stretches = seen_stretches(low, start_s=flags.start_s, step_s=flags.step_s)
    inside = (stretch.overlap(window) for stretch in stretches.windows)
    return [each for each in inside if each is not None]


def _draw(
    outage: Outage,
    tracks: Sequence[WitnessTrack],
    window: Window,
    figure: Figure,
    size: Size,
) -> None:
    left, right = (44, 12) if size.is_narrow else (52, 190)
    for at, track in enumerate(tracks):
        bottom = size.height_px - _TOP_PX - _TRACK_PX * (at + 1) + 8
        axes: Any = figure.add_axes(
            (
                left / size.width_px,
                bottom / size.height_px,
                1 - (left + right) / size.width_px,
                (_TRACK_PX - 26 if size.is_narrow else _TRACK_PX - 12) / size.height_px,
            )
        )
        dark_spans(axes, outage)
        _trace(axes, track, window, size)
        _label(axes, track, size)
        last = at == len(tracks) - 1
        tick_days(axes, size, window.start_s, window.end_s)
        axes.tick_params(axis="x", length=size.points(4) if last else 0, labelbottom=last)
    _headings(figure, outage, size, left)


def _trace(axes: Any, track: WitnessTrack, window: Window, size: Size) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlim(window.start_s, window.end_s)
    axes.set_ylim(0.0, _TOP_SHARE)
    ticks = [0.0, 1.0] if size.is_narrow else [0.0, 0.5, 1.0]
    axes.set_yticks(ticks, [percent(tick) for tick in ticks])
    axes.tick_params(axis="y", length=0, pad=size.points(5))
    axes.axhline(1.0, color=RULE, linewidth=0.7, zorder=1)
    for gap in gaps(track.flags, window):
        # A gap is hatched, never drawn at zero and never bridged by a line.
        axes.axvspan(
            gap.start_s, gap.end_s, facecolor=PAPER, edgecolor=RULE, hatch="////", linewidth=0,
            zorder=1.5,
        )  # fmt: skip
    at_s, ratio = _thinned(track.flags, window)
    colour = MEASURED if track.saw else INK
    axes.step(at_s, np.minimum(ratio, _TOP_SHARE), where="post", color=colour, linewidth=1.2,
              zorder=3)  # fmt: skip
    for low in unlevelled(track.flags, window):
        axes.axvspan(low.start_s, low.end_s, 0.0, 1.0 / _TOP_SHARE, facecolor="none",
                     edgecolor=MEASURED, hatch="....", linewidth=0.8, zorder=2.5)  # fmt: skip
    onset = track.witness.onset
    if onset is not None:
        axes.axvline(onset.end_s, color=CLAIMED, linewidth=1.2, linestyle=(0, (2, 2)), zorder=2)


def _thinned(flags: AnomalyFlags, window: Window) -> tuple[Any, Any]:
    """Take the bins of a window, several at a time where they are too many to be distinguished."""
    first = max(0, int((window.start_s - flags.start_s) // flags.step_s))
    past = max(first, int(np.ceil((window.end_s - flags.start_s) / flags.step_s)))
    ratio = flags.ratio[first:past]
    every = max(1, -(-len(ratio) // _MOST_BINS))
    whole = len(ratio) // every * every
    parts = ratio[:whole].reshape(-1, every)
    seen = np.isfinite(parts).any(axis=1)
    values = np.full(len(parts), np.nan)
    values[seen] = np.nanmedian(parts[seen], axis=1)
    at_s = flags.start_s + (first + np.arange(len(parts)) * every) * flags.step_s
    # A step needs one more edge, or the last value would have no width.
    if len(values):
        end_s = min(at_s[-1] + every * flags.step_s, window.end_s)
        at_s, values = np.append(at_s, end_s), np.append(values, values[-1])
    return at_s, values


def _label(axes: Any, track: WitnessTrack, size: Size) -> None:
    witness = track.witness
    source = prose(source_name(witness.source), limit=44)
    said = in_the_dark(witness, saw=track.saw)
    colour = MEASURED if track.saw else INK if witness.covered_share else MUTED
    small = size.points(size.text_px - 2)
    if size.is_narrow:
        signal = signal_name(witness.signal)
        room = min(24, max(8, _NARROW_CHARACTERS - len(signal) - len(said)))
        text = _cut(f"{signal}, {_cut(source, room)}: {said}", _NARROW_CHARACTERS + 4)
        axes.text(0.0, 1.04, text, transform=axes.transAxes, color=colour, fontsize=small,
                  va="bottom", clip_on=False)  # fmt: skip
        return
    for height, text, ink, weight in (
        (0.78, signal_name(witness.signal), colour, "bold"),
        (0.48, said, colour, "normal"),
        (0.18, _cut(source, 28), MUTED, "normal"),
    ):
        axes.text(1.02, height, text, transform=axes.transAxes, color=ink, fontsize=small,
                  fontweight=weight, va="center", clip_on=False)  # fmt: skip


def _headings(figure: Figure, outage: Outage, size: Size, left: int) -> None:
    small = size.points(size.text_px - 1)
    top = 1 - 9 / size.height_px
    if not size.is_narrow:
        heading = translate("Share of the usual")
        figure.text(left / size.width_px, top, heading, color=MUTED, fontsize=small, va="top")
    if outage.evidence != "measured":
        warning = translate("{evidence}, not measured", evidence=translate(outage.evidence))
        figure.text(
            1 - 8 / size.width_px, top, warning.upper(),
            color=CLAIMED, fontsize=small, fontweight="bold", va="top", ha="right",
        )  # fmt: skip
    elif not size.is_narrow:
        first = outage.dark_windows[0]
        dark = translate("dark from {time}\N{NO-BREAK SPACE}UTC", time=short_time(first.start_s))
        figure.text(1 - 8 / size.width_px, top, dark,
                    color=DARK_BAR, fontsize=small, va="top", ha="right")  # fmt: skip


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
