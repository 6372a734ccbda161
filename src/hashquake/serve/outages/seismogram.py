"""The signals of an outage, stacked over one time axis: who fell, who did not, who was silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hashquake.core.outage import Outage, Witness
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import CRITICAL, UNSEEN, WARNING, AnomalyFlags
from hashquake.detect.series import seen_stretches
from hashquake.serve.drawing.axes import x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
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
)
from hashquake.serve.format import percent, prose
from hashquake.serve.format_times import short_time
from hashquake.serve.language import translate
from hashquake.serve.outages.table import in_the_dark, signals_of, witnesses_of
from hashquake.serve.report.chart_rate import days_along
from hashquake.serve.source_names import source_title
from hashquake.serve.wording import signal_name
from hashquake.serve.wording.numbers import listed

_Floats = NDArray[np.float64]

_TRACK_PX = 74
_TOP_PX, _BOTTOM_PX = 30, 26
_TOP_SHARE = 1.35
"""Ratios above it are drawn at it: a burst must not flatten a fall."""
_MOST_BINS = 1500
_MOST_TRACKS = 12
_NARROW_LETTERS = 52
"""As many stand in a line above a track on a phone."""


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
        The signals around it, read again; one without a witness is left out.
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
                partial(_draw, outage, tracks, window),
                size,
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


def dark_spans(box: Frame, outage: Outage) -> Iterator[str]:
    """Shade the dark windows; what stays white between them is a restoration or was not seen.

    Parameters
    ----------
    box : Frame
        Along time, UTC Unix seconds.
    outage : Outage
        With its dark windows.
    """
    for dark in outage.dark_windows:
        if box.x(dark.end_s) > box.left_px and box.x(dark.start_s) < box.right_px:
            yield box.span(dark.start_s, dark.end_s, colour=DARK)


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
    outage: Outage, tracks: Sequence[WitnessTrack], window: Window, size: Size
) -> Iterator[str]:
    left, right = (44, 12) if size.is_narrow else (52, 190)
    times = (window.start_s, window.end_s)
    ticks = days_along(size, *times)
    for at, track in enumerate(tracks):
        foot = size.height_px - _TOP_PX - _TRACK_PX * (at + 1) + 8
        height = _TRACK_PX - 26 if size.is_narrow else _TRACK_PX - 12
        above = size.height_px - foot - height
        box = frame(size, times, (0.0, _TOP_SHARE), margins_px=(above, right, foot, left))
        yield from dark_spans(box, outage)
        yield from _trace(box, track, window, size)
        yield from _label(box, track, size)
        yield x_axis(box, ticks if at == len(tracks) - 1 else (), size=size)
    yield from _headings(outage, size, left)


def _trace(box: Frame, track: WitnessTrack, window: Window, size: Size) -> Iterator[str]:
    shares = [0.0, 1.0] if size.is_narrow else [0.0, 0.5, 1.0]
    for gap in gaps(track.flags, window):
        # A gap is hatched, never drawn at zero and never bridged by a line.
        yield box.span(gap.start_s, gap.end_s, colour=PAPER)
        yield box.hatch(gap.start_s, gap.end_s, colour=RULE)
    yield y_axis(box, [(one, percent(one)) for one in shares], size=size, smaller_px=1)
    onset = track.witness.onset
    if onset is not None:
        yield box.moment(onset.end_s, colour=CLAIMED, width=1.6, dash="3 3")
    for low in unlevelled(track.flags, window):
        yield box.stipple(low.start_s, low.end_s, 0.0, 1.0, colour=MEASURED)
    edges_s, ratio = _thinned(track.flags, window)
    colour = MEASURED if track.saw else INK
    yield box.steps(edges_s, np.minimum(ratio, _TOP_SHARE), colour=colour, width=1.6)


def _thinned(flags: AnomalyFlags, window: Window) -> tuple[_Floats, _Floats]:
    """Return edges and values of a window, of several bins where they are too many to see."""
    first = max(0, int((window.start_s - flags.start_s) // flags.step_s))
    past = max(first, int(np.ceil((window.end_s - flags.start_s) / flags.step_s)))
    ratio = flags.ratio[first:past]
    every = max(1, -(-len(ratio) // _MOST_BINS))
    whole = len(ratio) // every * every
    parts = ratio[:whole].reshape(-1, every)
    seen = np.isfinite(parts).any(axis=1)
    values = np.full(len(parts), np.nan)
    values[seen] = np.nanmedian(parts[seen], axis=1)
    edges_s = flags.start_s + (first + np.arange(len(parts) + 1) * every) * flags.step_s
    return np.clip(edges_s, window.start_s, window.end_s), values


def _label(box: Frame, track: WitnessTrack, size: Size) -> Iterator[str]:
    witness = track.witness
    # The heading says that values are transcribed: the room is for the name.
    source = prose(source_title(witness.source), limit=44)
    said = in_the_dark(witness, saw=track.saw)
    colour = MEASURED if track.saw else INK if witness.covered_share else MUTED
    if size.is_narrow:
        signal = signal_name(witness.signal)
        named = cut(source, max(8, _NARROW_LETTERS - len(signal) - len(said)))
        words, place = f"{signal}, {named}: {said}", (2.0, box.top_px - 3)
        yield written(words, *place, size=size, colour=colour, upright="bottom", smaller_px=1.5)
        return
    for part, words, ink, bold in (
        (0.2, signal_name(witness.signal), colour, True),
        (0.5, said, colour, False),
        (0.8, cut(source, 30), MUTED, False),
    ):
        place = (box.right_px + 12, box.top_px + part * box.height_px)
        yield written(words, *place, size=size, colour=ink, bold=bold, smaller_px=1)


def _headings(outage: Outage, size: Size, left: int) -> Iterator[str]:
    if not size.is_narrow:
        words = translate("Share of the usual")
        yield written(words, left, 9, size=size, colour=MUTED, upright="top", smaller_px=1)
    right = size.width_px - 8
    if outage.evidence != "measured":
        warning = translate("{evidence}, not measured", evidence=translate(outage.evidence))
        yield written(
            warning.upper(), right, 9, size=size, colour=CLAIMED,
            anchor="end", upright="top", bold=True, smaller_px=1,
        )  # fmt: skip
    elif not size.is_narrow:
        first = outage.dark_windows[0]
        words = translate("dark from {time}\N{NO-BREAK SPACE}UTC", time=short_time(first.start_s))
        yield written(
            words, right, 9, size=size, colour=DARK_BAR, anchor="end", upright="top",
            smaller_px=1,
        )  # fmt: skip


def cut(text: str, limit: int) -> str:
    """Return a text that is no longer than there is room for, with an ellipsis where it was cut.

    Parameters
    ----------
    text : str
        Any.
    limit : int
        Characters, at least 1.
    """
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
