"""Where an outage begins in a signal, and how steeply connectivity falls and comes back."""

from collections.abc import Sequence

import numpy as np

from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.detect._dark_runs import DARK, LIGHT, UNSEEN, States
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import TELESCOPE

USUAL_SHARE = 0.9
"""Part of the usual value from which connectivity counts as back."""
SLOPE_S = 2.0 * DAY_S
"""How far before and after a dark window its fall and its return are looked for."""
_ONSET_S = 14.0 * DAY_S
_LOOK_BINS = 4096


def light_after(states: Sequence[States], past: int) -> bool:
    """Return whether signals agree on light in any bin from `past` on.

    Parameters
    ----------
    states : sequence of array of int8, shape (n,)
        Of each signal; a bin is dark when one of them is.
    past : int
        The first bin after the dark.
    """
    for first in range(past, len(states[0]), _LOOK_BINS):
        part = [one[first : first + _LOOK_BINS] for one in states]
        if (np.maximum.reduce(part) == LIGHT).any():
            return True
    return False


def slopes_s(
    signals: Sequence[AnomalyFlags], windows: Sequence[Window]
) -> tuple[float | None, float | None]:
    """Measure how long the fall into the first dark window and the return from it took.

    Parameters
    ----------
    signals : sequence of AnomalyFlags
        That saw it, the most direct one first; the first with levels there decides.
    windows : sequence of Window
        The dark windows, oldest first, at least one.

    Returns
    -------
    float or None, float or None
        Seconds from nine tenths of the usual value to near the lowest, and back, less the one
        step that everything takes; steps in which nothing was seen count. None where it is not
        seen within two days.
    """
    first = windows[0]
    until_s = first.end_s + SLOPE_S
    if len(windows) > 1:
        until_s = min(until_s, windows[1].start_s)
    for flags in signals:
        if flags.signal == TELESCOPE:
            continue
        part = flags.cut(Window(start_s=first.start_s - SLOPE_S, end_s=until_s))
        begins_s = part.start_s + np.arange(len(part)) * part.step_s
        ratio = part.ratio
        dark = (begins_s >= first.start_s) & (begins_s < first.end_s) & np.isfinite(ratio)
        if not dark.any():
            continue
        floor_share = float(np.quantile(ratio[dark], 0.1))
        # A signal that was low later may have been above its usual value in this first window.
        near_share = floor_share + 0.25 * max(0.0, 1.0 - floor_share)
        low = np.flatnonzero(dark & (ratio <= near_share))
        usual = np.flatnonzero(ratio >= USUAL_SHARE)
        before, after = usual[usual < low[0]], usual[usual > low[-1]]
        fall_s = float(low[0] - before[-1] - 1) * part.step_s if len(before) else None
        return_s = float(after[0] - low[-1] - 1) * part.step_s if len(after) else None
        return fall_s, return_s
    return None, None


def onset(flags: AnomalyFlags, states: States, first: Window, began_share: float) -> Window | None:
    """Go back from a signal's first dark bin to where its fall began.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal, n bins.
    states : array of int8, shape (n,)
        Whether each is dark, light or not seen.
    first : Window
        The outage's first dark window.
    began_share : float
        Part that must be gone in the bins before the dark for the fall to have begun in them.

    Returns
    -------
    Window or None
        None where the signal has no dark bin near.
    """
    part = flags.cut(Window(start_s=first.start_s - _ONSET_S, end_s=first.end_s))
    skipped = round((part.start_s - flags.start_s) / flags.step_s)
    native = states[skipped : skipped + len(part)]
    judged = np.flatnonzero(native != UNSEEN)
    dark = np.concatenate([[False], native[judged] == DARK])
    starts = np.flatnonzero(dark[1:] & ~dark[:-1])
    times_s = part.start_s + judged[starts] * part.step_s
    near = (times_s >= first.start_s - 6.0 * HOUR_S) & (times_s < first.end_s)
    if not near.any():
        return None
    bad = int(starts[near][np.argmin(np.abs(times_s[near] - first.start_s))])
    ratio = part.ratio[judged]
    while bad > 0 and ratio[bad - 1] <= 1.0 - began_share:
        bad -= 1
    good_s = part.time_s(int(judged[bad - 1] if bad else judged[bad] - 1))
    return Window(start_s=good_s - part.lag_s, end_s=part.time_s(int(judged[bad])) + part.step_s)


def common(onsets: Sequence[Window]) -> Window:
    """Return what onsets have in common; the stretch that holds them all where they are apart.

    Parameters
    ----------
    onsets : sequence of Window
        At least one, UTC Unix seconds.
    """
    start_s, end_s = max(o.start_s for o in onsets), min(o.end_s for o in onsets)
    if start_s < end_s:
        return Window(start_s=start_s, end_s=end_s)
    return Window(start_s=min(o.start_s for o in onsets), end_s=max(o.end_s for o in onsets))
