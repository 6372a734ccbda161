"""Dark windows that are too young for half an hour, and that signals of two kinds agree on.

One signal that is low for ten minutes may be one failed round of its instrument. Two kinds, which
share no measurement, do not fail together but by a fault of whoever publishes both.
"""

from collections.abc import Sequence

import numpy as np

from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.dark_bins import FusionTuning, last_low, low_bins
from hashquake.detect.series import TELESCOPE


def young_windows(signals: Sequence[AnomalyFlags], tuning: FusionTuning) -> list[Window | None]:
    """Return the young dark window that each signal has seen.

    Parameters
    ----------
    signals : sequence of AnomalyFlags
        Of one place.
    tuning : FusionTuning
        What makes an outage.

    Returns
    -------
    list of Window or None
        Of a signal that may open an outage, the time in which it is low up to its last bin; of one
        of another kind, the same window where it was low in any bin since. None for others, and
        where signals of one kind alone are low.
    """
    agreed: list[Window | None] = [None] * len(signals)
    now_s = max((flags.end_s for flags in signals), default=0.0) - tuning.bridge_s
    for at, flags in enumerate(signals):
        window = None if flags.signal == TELESCOPE else last_low(flags, tuning)
        if window is None or window.end_s < now_s:
            continue
        for other, theirs in enumerate(signals):
            if theirs.signal != flags.signal and _low_since(theirs, window.start_s, tuning):
                agreed[at] = window
                agreed[other] = agreed[other] or window
    return agreed


def _low_since(flags: AnomalyFlags, since_s: float, tuning: FusionTuning) -> bool:
    """Return whether a signal was low in a bin that ended after an instant."""
    ends_s = flags.start_s + (np.flatnonzero(low_bins(flags, tuning)) + 1.0) * flags.step_s
    return bool((ends_s > since_s + 1e-6).any())
