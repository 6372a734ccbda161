"""What makes an outage, and which bins of one signal are dark by it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.detect._dark_runs import DARK, LIGHT, UNSEEN, States, held_open
from hashquake.detect.anomaly_flags import CRITICAL, WARNING, AnomalyFlags
from hashquake.detect.anomaly_flags import UNSEEN as UNSEEN_MARK
from hashquake.detect.series import TELESCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionTuning:
    """What makes an outage.

    Parameters
    ----------
    least_depth_share : float
        Part of the usual value that must be gone, for `least_dark_s`, to open an outage: 30 %
        less twice the noise of national signals, so that one of just 30 % is not missed.
    keep_depth_share : float
        Part that must be gone for neighbouring bins to be dark with them.
    began_depth_share, began_traffic_share : float
        Part that must be gone in the bins before the dark for the fall to have begun in them;
        the same of traffic, which is noisier.
    least_dark_s, least_restoration_s : float
        Shorter dark windows and restorations are dropped.
    bridge_s : float
        Unseen stretches up to this length inside the dark count as dark.
    join_s : float
        Dark windows no further apart are one outage; a day, so that nightly ones are.
    young_dark_s : float
        A dark window that is not over opens an outage after so long where signals of two kinds
        have seen it; `least_dark_s` is for those that one kind saw, or that are over.
    """

    least_depth_share: float = 0.26
    keep_depth_share: float = 0.2
    began_depth_share: float = 0.05
    began_traffic_share: float = 0.1
    least_dark_s: float = 30.0 * MINUTE_S
    least_restoration_s: float = 30.0 * MINUTE_S
    bridge_s: float = HOUR_S
    join_s: float = DAY_S
    young_dark_s: float = 10.0 * MINUTE_S


DEFAULT = FusionTuning()


def bin_states(flags: AnomalyFlags, tuning: FusionTuning) -> States:
    """Return of each of a signal's own bins whether it is dark, light or not seen.

    Low without a level is dark: whoever says no more than that does not mean a tenth. Of the
    telescope, which opens no outage, the last bins are dark while they are low, however few:
    whether half an hour of them will come is not known yet, and they do not contradict others.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    tuning : FusionTuning
        What makes an outage.

    Returns
    -------
    array of int8, shape (n,)
        Of its n bins.
    """
    judged = np.flatnonzero(flags.level != UNSEEN_MARK)
    dark = held_open(
        _low(flags, judged, tuning.least_depth_share),
        _low(flags, judged, tuning.keep_depth_share),
        least_bins=tuning.least_dark_s / flags.step_s,
    )
    if flags.signal == TELESCOPE:
        dark[_last_low(_low(flags, judged, tuning.least_depth_share)) :] = True
    states = np.full(len(flags), UNSEEN, np.int8)
    states[judged] = np.where(dark, DARK, LIGHT)
    return states


def low_bins(flags: AnomalyFlags, tuning: FusionTuning) -> NDArray[np.bool_]:
    """Return of each bin whether it is low enough to open an outage, were it so for long enough.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    tuning : FusionTuning
        What makes an outage.
    """
    return _low(flags, np.arange(len(flags)), tuning.least_depth_share)


def last_low(flags: AnomalyFlags, tuning: FusionTuning) -> Window | None:
    """Return the time in which a signal was low up to the last bin that was judged.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    tuning : FusionTuning
        What makes an outage.

    Returns
    -------
    Window or None
        None where it was not low so long as `FusionTuning.young_dark_s`.
    """
    judged = np.flatnonzero(flags.level != UNSEEN_MARK)
    low = judged[_last_low(_low(flags, judged, tuning.least_depth_share)) :]
    if not len(low):
        return None
    start_s, end_s = (flags.start_s + at * flags.step_s for at in (int(low[0]), int(low[-1]) + 1))
    if end_s - start_s < tuning.young_dark_s - 1e-6:
        return None
    return Window(start_s=start_s, end_s=end_s)


def _last_low(low: NDArray[np.bool_]) -> int:
    """Return where the bins begin that are low up to the last; their number where none is."""
    light = np.flatnonzero(~low)
    return int(light[-1]) + 1 if len(light) else 0


def _low(flags: AnomalyFlags, at: NDArray[np.int64], depth_share: float) -> NDArray[np.bool_]:
    low = np.isin(flags.level[at], (WARNING, CRITICAL))
    return low & ~(flags.ratio[at] > 1.0 - depth_share)


def light_before(flags: AnomalyFlags, at_s: float, *, tuning: FusionTuning = DEFAULT) -> bool:
    """Return whether no dark stretch of a signal can reach across an instant.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    at_s : float
        The edge of a bin, UTC Unix seconds.
    tuning : FusionTuning
        What makes an outage.

    Returns
    -------
    bool
        Whether the last bin judged before it is not low enough to be dark with its neighbours;
        True where none was judged.
    """
    before = flags.level[: max(0, round((at_s - flags.start_s) / flags.step_s))]
    judged = np.flatnonzero(before != UNSEEN_MARK)[-1:]
    return not _low(flags, judged, tuning.keep_depth_share).any()
