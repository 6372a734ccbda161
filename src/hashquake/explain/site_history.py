"""What was heard of a site: when it was at work, who sees it now, how rarely it falls silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from statistics import median
from typing import Literal

from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import QUANTITY, moving
from hashquake.core.site import BEATS, HEARTBEAT, SiteSignal
from hashquake.core.times import HOUR_S

MISSED_BEATS = 3.0
"""A site is silent when nothing came for so many of its usual intervals."""
LEAST_SILENT_S = 300.0
MOST_SILENT_S = 6.0 * HOUR_S
_FEW_BEATS = 3
Z90 = 1.6449
_RATE_LOG_SD = 0.05
"""How far a pool's short mean strays from a site's hash rate; shares of work come by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHistory:
    """What was heard of a site up to an instant.

    Parameters
    ----------
    at_s : float
        The instant, UTC Unix seconds.
    alive_s : tuple of float
        When something showed it at work, oldest first.
    signals : tuple of SiteSignal
        What each source last said.
    """

    at_s: float
    alive_s: tuple[float, ...]
    signals: tuple[SiteSignal, ...]

    @property
    def last_s(self) -> float | None:
        """When it was last seen at work; None when it never was."""
        return self.alive_s[-1] if self.alive_s else None

    @property
    def seen(self) -> bool:
        """Whether something sees it at work now."""
        return any(one.state == "alive" for one in self.signals)

    @property
    def run_start_s(self) -> float | None:
        """Since when it has been seen without a silence; None when it never was."""
        allowed_s = silent_after_s(self.alive_s)
        start_s: float | None = None
        for time_s in reversed(self.alive_s):
            if start_s is not None and start_s - time_s > allowed_s:
                break
            start_s = time_s
        return start_s

    def usual_silence_probability(self) -> float:
        """Return how often, while nothing was wrong, it was silent for as long as it is now.

        One more silence of the present length is added to what was seen: a short past does not
        make the present one impossible.
        """
        if self.last_s is None:
            return 1.0
        silent_s = max(0.0, self.at_s - self.last_s)
        past = [b - a for a, b in pairwise(self.alive_s)]
        beyond_s = sum(max(0.0, gap_s - silent_s) for gap_s in past)
        whole_s = sum(past)
        if not silent_s:
            return 1.0
        return (beyond_s + silent_s) / (whole_s + silent_s)


def silent_after_s(alive_s: Sequence[float]) -> float:
    """Return how long a series may say nothing before it is silent, seconds.

    Parameters
    ----------
    alive_s : sequence of float
        When it spoke, oldest first, UTC Unix seconds.
    """
    gaps = [b - a for a, b in pairwise(alive_s) if b > a]
    usual_s = median(gaps) if len(gaps) >= _FEW_BEATS else 0.0
    return min(MOST_SILENT_S, max(LEAST_SILENT_S, MISSED_BEATS * usual_s))


def site_history(readings: Sequence[Reading], at_s: float) -> SiteHistory:
    """Return what readings of a site say of when it was at work.

    Parameters
    ----------
    readings : sequence of Reading
        Of the site alone, oldest first; those that end after the instant are left out.
    at_s : float
        UTC Unix seconds.
    """
    series: dict[str, list[Reading]] = {}
    for one in readings:
        if one.window.end_s <= at_s and one.quantity in (BEATS, QUANTITY):
            series.setdefault(one.source, []).append(one)
    alive: list[float] = []
    signals: list[SiteSignal] = []
    for source, spoken in sorted(series.items()):
        rates = [one for one in spoken if one.quantity == QUANTITY]
        if source != HEARTBEAT:
            rates = list(moving(rates))  # a pool's value that stands still sees nothing
        beats = [one for one in spoken if one.quantity == BEATS]
        living = sorted({one.window.end_s for one in (*beats, *rates) if one.value > 0.0})
        if not living and not rates:
            continue
        alive += living
        last_s = max(one.window.end_s for one in (*beats, *rates))
        allowed_s = silent_after_s(sorted({one.window.end_s for one in (*beats, *rates)}))
        state: Literal["alive", "zero", "silent"] = "alive"
        if at_s - last_s > allowed_s:
            state = "silent"
        elif not living or living[-1] < last_s:
            state = "zero"
        positive = [one.value for one in rates if one.value > 0.0]
        signals.append(
            SiteSignal(
                source=source,
                last_s=living[-1] if living else last_s,
                state=state,
                hashrate_hps=strayed(positive[-1], _RATE_LOG_SD) if positive else None,
            )
        )
    return SiteHistory(at_s=at_s, alive_s=tuple(sorted(alive)), signals=tuple(signals))


def strayed(value: float, log_sd: float) -> Interval:
    """Return a value with the 90 % interval of a lognormal law.

    Parameters
    ----------
    value : float
        The middle, above 0.
    log_sd : float
        Standard deviation of the logarithm.
    """
    off = exp(Z90 * log_sd)
    return Interval(median=value, low=value / off, high=value * off, level=0.9)
