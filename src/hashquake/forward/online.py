"""How much of a struck part is online, and with its own pool, at any time of an outage."""

from math import inf, isfinite

import numpy as np

from hashquake.core.subject import parse_subject
from hashquake.forward.scenario import Shock

_RAMP_STEPS = 8


def knots_s(outage: Shock) -> tuple[float, ...]:
    """Return the times at which an outage changes, ramps in steps fine enough for pool shares.

    Parameters
    ----------
    outage : Shock
        Of a country or a pool.
    """
    at = outage.onset_s
    darks = _dark(outage)
    pool = parse_subject(outage.subject).kind == "pool"
    found = [at, *(at + edge for dark in darks for edge in dark)]
    if pool:
        found += [at + min(a + outage.failover_s, b) for a, b in darks]
    for a, b in darks:
        found += _steps(at + a, at + min(a + outage.ramp_s, b))
    for (a, _), (b, _) in zip(outage.profile, outage.profile[1:], strict=False):
        found += _steps(at + a, at + b)
    if outage.profile:
        found.append(at + outage.profile[-1][0])
    if isfinite(outage.end_s):
        found += [outage.end_s, *_steps(outage.end_s, outage.end_s + outage.recovery_s)]
    return tuple(sorted({time_s for time_s in found if isfinite(time_s)}))


def online_share(outage: Shock, start_s: float, end_s: float) -> tuple[float, float]:
    """Return what is online just after the start and just before the end of a piece.

    Parameters
    ----------
    outage : Shock
        Of a country or a pool.
    start_s, end_s : float
        Limits of the piece, seconds from the start of the epoch.
    """
    if end_s == inf:
        level = _online(outage, start_s + 1.0)
        return level, level
    quarter = (end_s - start_s) / 4
    early, late = _online(outage, start_s + quarter), _online(outage, end_s - quarter)
    # Straight inside a piece: the ends follow from two points within, whatever jumps at the ends.
    return 1.5 * early - 0.5 * late, 1.5 * late - 0.5 * early


def home_share(outage: Shock, start_s: float, end_s: float) -> float:
    """Return the part that mines for its own pool in a piece; for a country always all of it.

    Parameters
    ----------
    outage : Shock
        Of a country or a pool.
    start_s, end_s : float
        Limits of the piece, seconds from the start of the epoch.
    """
    if parse_subject(outage.subject).kind != "pool":
        return 1.0
    middle_s = start_s + 1.0 if end_s == inf else (start_s + end_s) / 2
    after_s = middle_s - outage.onset_s
    if after_s < 0:
        return 1.0
    if any(a <= after_s < b for a, b in _dark(outage)):
        return 0.0
    return outage.return_share


def _online(outage: Shock, time_s: float) -> float:
    after_s = time_s - outage.onset_s
    if after_s < 0:
        return 1.0
    if parse_subject(outage.subject).kind == "pool":
        for a, b in _dark(outage):
            if a <= after_s < b:
                return 1.0 if after_s - a >= outage.failover_s else 0.0
        return 1.0
    if after_s >= outage.duration_s:
        low = _dark_level(outage, np.nextafter(outage.duration_s, 0))
        back = 1.0 if outage.recovery_s == 0 else (after_s - outage.duration_s) / outage.recovery_s
        return low + (outage.return_share - low) * min(back, 1.0)
    return _dark_level(outage, after_s)


def _dark_level(outage: Shock, after_s: float) -> float:
    if outage.profile:
        times, levels = zip(*outage.profile, strict=True)
        return float(np.interp(after_s, times, levels))
    for a, b in _dark(outage):
        if a <= after_s < b:
            return max(0.0, 1.0 - (after_s - a) / outage.ramp_s) if outage.ramp_s else 0.0
    return outage.return_share


def _dark(outage: Shock) -> tuple[tuple[float, float], ...]:
    return outage.windows or ((0.0, outage.duration_s),)


def _steps(start_s: float, end_s: float) -> list[float]:
    if end_s <= start_s or not isfinite(end_s):
        return []
    return [float(time_s) for time_s in np.linspace(start_s, end_s, _RAMP_STEPS + 1)]
