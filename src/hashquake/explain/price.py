"""Did the price answer to a quake? An event study that is able to say "not shown".

The return over a window is compared with those of ordinary windows of the same length, hours and
weekdays (key ``mackinlay-1997`` in ``docs/refs.bib``), each in units of what the price moved by in
the fortnight before it (key ``boehmer-musumeci-poulsen-1991`` in ``docs/refs.bib``). Where
something else may have moved the price, the window is split there, and only the part before it
speaks for the quake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import expm1, isfinite

import numpy as np
from numpy.typing import NDArray

from hashquake.core.candles import Candles
from hashquake.core.claim import Call
from hashquake.core.confounder import Confounder
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

LOOK_BACK_S = 364 * DAY_S
"""How far before the window ordinary windows are sought: a year of whole weeks."""
SCALE_S = 14 * DAY_S
LEAST_PLACEBOS = 19
"""Fewer cannot show anything at one in twenty."""
SIGNIFICANT = 0.05
_LEAST_TRADED_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReturn:
    """What the price did over one stretch, and how unusual that is.

    Parameters
    ----------
    role : {"whole", "clean", "confounded"}
        The whole window; its part before the first confounder; the hours a confounder came out.
    window : Window
        Whole steps of the candles.
    text : str
        The confounder; empty for other roles.
    from_usd, to_usd : float
        Prices at its ends.
    change_share : float
        The change between them, of the first; a fall is negative.
    abnormal_share : Interval or None
        The change beyond what ordinary windows of such days show; None with too few of them.
    p_value : float or None
        Two-sided: how often an ordinary window moves as much for its time.
    fall_seen_share : float or None
        The least fall that would have passed for unusual.
    placebos : int
        Ordinary windows compared with.
    """

    role: str
    window: Window
    text: str
    from_usd: float
    to_usd: float
    change_share: float
    abnormal_share: Interval | None
    p_value: float | None
    fall_seen_share: float | None
    placebos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceStudy:
    """What can be said of a quake and the price.

    Parameters
    ----------
    whole : WindowReturn
        Over the whole window.
    clean : WindowReturn or None
        Before the first confounder; None when the window begins under one. Equal to `whole` when
        there is none.
    confounded : tuple of WindowReturn
        The hours in which each confounder came out.
    confounders : tuple of Confounder
        Those that fall in the window.
    call : {"supported", "contradicted", "undecidable"}
        Of "the quake lowered the price": supported when the clean part fell more than ordinary
        time explains, contradicted when it rose more, else undecidable: not shown.
    gaps : tuple of Window
        Steps of the window without trade.
    """

    whole: WindowReturn
    clean: WindowReturn | None
    confounded: tuple[WindowReturn, ...]
    confounders: tuple[Confounder, ...]
    call: Call
    gaps: tuple[Window, ...]


def price_study(
    candles: Candles,
    window: Window,
    confounders: Sequence[Confounder] = (),
    *,
    exclude: Sequence[Window] = (),
    level: float = 0.9,
) -> PriceStudy:
    """Compare the price of a window with ordinary windows before it.

    Parameters
    ----------
    candles : Candles
        Prices of the window and, for anything to be shown, of a year before it.
    window : Window
        The quake's; it is widened to whole steps.
    confounders : sequence of Confounder
        Dated facts; those outside the window are passed over.
    exclude : sequence of Window
        Stretches that are no ordinary time, such as other quakes.
    level : float
        Of the intervals, between 0 and 1.

    Raises
    ------
    NoCoverage
        When no trade is known at one of the window's ends.
    UsageError
        ``interval-level``.
    """
    if not 0 < level < 1:
        raise UsageError(f"a level must be between 0 and 1, got {level}", code="interval-level")
    whole_window = _whole_steps(window, candles.step_s)
    inside = sorted(
        (one for one in confounders if one.window.overlap(whole_window) is not None),
        key=lambda one: one.window,
    )
    study = _Study(candles, tuple(exclude), whole_window.start_s, level)
    whole = study.measure(whole_window, role="whole")
    clean = _clean(study, whole, inside)
    confounded = []
    for one in inside:
        known = one.window.overlap(whole_window)
        if known is not None:
            hours = _whole_steps(known, candles.step_s)
            confounded.append(study.measure(hours, role="confounded", text=one.text))
    return PriceStudy(
        whole=whole,
        clean=clean,
        confounded=tuple(confounded),
        confounders=tuple(inside),
        call=_call(clean),
        gaps=candles.coverage.gaps(whole_window),
    )


def _clean(
    study: "_Study", whole: WindowReturn, inside: Sequence[Confounder]
) -> WindowReturn | None:
    if not inside:
        return replace(whole, role="clean")
    step_s = study.candles.step_s
    # The step in which a confounder came out is not clean.
    end_s = inside[0].window.start_s // step_s * step_s
    if end_s - whole.window.start_s < step_s:
        return None
    return study.measure(Window(start_s=whole.window.start_s, end_s=end_s), role="clean")


def _call(clean: WindowReturn | None) -> Call:
    if clean is None or clean.p_value is None or clean.p_value > SIGNIFICANT:
        return "undecidable"
    return "supported" if clean.change_share < 0 else "contradicted"


@dataclass(frozen=True, slots=True)
class _Study:
    """Prices, and where ordinary time is."""

    candles: Candles
    exclude: tuple[Window, ...]
    before_s: float
    level: float

    def measure(self, window: Window, *, role: str, text: str = "") -> WindowReturn:
        """Compare one stretch with its placebos."""
        change = self._log_return(window)
        scale = self._scale(window.start_s)
        if not isfinite(change):
            raise NoCoverage(
                f"no trade is known at one end of {window}",
                hint="; ".join(str(known) for known in self.candles.coverage.windows[:9]),
            )
        placebos = self._placebos(window) if isfinite(scale) else np.zeros(0)
        first, last = self._ends(window)
        abnormal = p_value = fall = None
        if len(placebos) >= LEAST_PLACEBOS:
            extreme = int((np.abs(placebos) >= abs(change / scale)).sum())
            p_value = (extreme + 1) / (len(placebos) + 1)
            tail = (1 - self.level) / 2
            low, middle, high = np.quantile(placebos, [tail, 0.5, 1 - tail], method="weibull")
            shares = sorted(expm1(change - scale * q) for q in (low, middle, high))
            abnormal = Interval(low=shares[0], median=shares[1], high=shares[2], level=self.level)
            rank = int(np.ceil((1 - SIGNIFICANT) * (len(placebos) + 1)))
            fall = -expm1(-scale * float(np.sort(np.abs(placebos))[min(rank, len(placebos)) - 1]))
        return WindowReturn(
            role=role,
            window=window,
            text=text,
            from_usd=first,
            to_usd=last,
            change_share=expm1(change),
            abnormal_share=abnormal,
            p_value=p_value,
            fall_seen_share=fall,
            placebos=len(placebos),
        )

    def _placebos(self, window: Window) -> NDArray[np.float64]:
        """Return the scaled returns of ordinary windows, the nearest first, none on another.

        Days back are tried in turn; a window counts whose hours of each day of the week are the
        same, or, where none of that is left to tell (less than a day), whose day is of the same
        kind, a weekday or a weekend.
        """
        found: list[float] = []
        upper_s = self.before_s
        structure = _structure(window)
        for days in range(1, int(LOOK_BACK_S / DAY_S) + 1):
            moved = Window(start_s=window.start_s - days * DAY_S, end_s=window.end_s - days * DAY_S)
            if moved.end_s > upper_s or _structure(moved) != structure:
                continue
            if any(moved.overlap(other) is not None for other in self.exclude):
                continue
            change, scale = self._log_return(moved), self._scale(moved.start_s)
            if isfinite(change) and isfinite(scale):
                found.append(change / scale)
                upper_s = moved.start_s
        return np.array(found)

    def _ends(self, window: Window) -> tuple[float, float]:
        at = np.searchsorted(self.candles.start_s, [window.start_s, window.end_s])
        n_steps = int(at[1] - at[0])
        steps = window.duration_s / self.candles.step_s
        # Trade may pause at an end, but not for long.
        first, last = int(at[0]), int(at[1]) - 1
        near_s = 3 * self.candles.step_s
        if (
            n_steps < _LEAST_TRADED_SHARE * steps - 1
            or not n_steps
            or self.candles.start_s[first] - window.start_s > near_s
            or window.end_s - self.candles.start_s[last] > near_s
        ):
            return np.nan, np.nan
        return float(self.candles.open_usd[first]), float(self.candles.close_usd[last])

    def _log_return(self, window: Window) -> float:
        first, last = self._ends(window)
        return float(np.log(last / first))

    def _scale(self, start_s: float) -> float:
        """Return the root mean square of the steps' returns in the fortnight before."""
        at = np.searchsorted(self.candles.start_s, [start_s - SCALE_S, start_s])
        opened, closed = (
            price[at[0] : at[1]] for price in (self.candles.open_usd, self.candles.close_usd)
        )
        if len(opened) < _LEAST_TRADED_SHARE * SCALE_S / self.candles.step_s:
            return np.nan
        return float(np.sqrt(np.mean(np.log(closed / opened) ** 2)))


def _whole_steps(window: Window, step_s: float) -> Window:
    """Widen a window so that nothing of it is lost."""
    return Window(
        start_s=window.start_s // step_s * step_s, end_s=-(-window.end_s // step_s) * step_s
    )


def _structure(window: Window) -> tuple[float, float]:
    """Return the hour it starts at, and how much of it lies on Saturdays and Sundays, UTC."""
    weekend_s = 0.0
    day_s = window.start_s // DAY_S * DAY_S
    while day_s < window.end_s:
        # Day 0 of Unix time was a Thursday.
        if (int(day_s // DAY_S) + 4) % 7 in (0, 6):
            weekend_s += min(day_s + DAY_S, window.end_s) - max(day_s, window.start_s)
        day_s += DAY_S
    return window.start_s % DAY_S / HOUR_S, weekend_s / HOUR_S
