"""Whether our clock can be believed: one that leaps is not asked what time is over.

A machine without a battery, a wrong daemon, a hand: clocks leap, by an hour as a rule. Time that
was "watched" by a clock an hour ahead would be an hour without a block, which is a silence that
never was. The processor counts seconds by itself; when the clock and that count part, what rests
on the clock is left out until they agree again, or until the new time has stood for an hour.
A clock that then returns to a time that stood for longer is believed at once: of two times, the
one that lasted is right, and nothing is left out for another hour because a wrong one ended.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hashquake.core.contracts import Batch

_LEAP_S = 30.0
"""Clocks that are set step by step part from the processor's count by less."""
_BELIEVED_AFTER_S = 3600.0


class SteadyClock:
    """A clock next to a count of seconds that nobody sets.

    Parameters
    ----------
    now_s : callable
        The clock, UTC Unix seconds.
    counted_s : callable
        Seconds since some moment, time asleep included.
    on_note : callable
        Called with a sentence when the clock leaps, and when it is believed again.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        counted_s: Callable[[], float],
        *,
        on_note: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._now_s, self._counted_s, self._on_note = now_s, counted_s, on_note
        self._believed_s = self._latest_s = now_s() - counted_s()
        self._since_s = self._begun_s = self._left_s = counted_s()
        self._usual_s, self._usual_for_s = self._believed_s, 0.0
        self._steady = True

    def steady(self) -> bool:
        """Return whether the clock goes as it always did; called now and then."""
        offset_s, counted_s = self._now_s() - self._counted_s(), self._counted_s()
        if abs(offset_s - self._latest_s) > _LEAP_S:
            self._since_s = counted_s
        self._latest_s = offset_s
        leap_s = offset_s - self._believed_s
        if abs(leap_s) <= _LEAP_S:
            self._believed_s = offset_s
            self._turn(steady=True)
            return True
        if self._steady:
            self._left_s = counted_s
        stood_s = self._left_s - self._begun_s
        if abs(offset_s - self._usual_s) <= _LEAP_S and self._usual_for_s > stood_s:
            self._believe(offset_s, since_s=counted_s - self._usual_for_s)
        elif counted_s - self._since_s >= _BELIEVED_AFTER_S:
            if stood_s > self._usual_for_s:
                self._usual_s, self._usual_for_s = self._believed_s, stood_s
            self._believe(offset_s, since_s=self._since_s)
        else:
            self._turn(steady=False, leap_s=leap_s)
        return self._steady

    def _believe(self, offset_s: float, *, since_s: float) -> None:
        self._believed_s, self._begun_s = offset_s, since_s
        self._turn(steady=True)

    def _turn(self, *, steady: bool, leap_s: float = 0.0) -> None:
        if steady != self._steady:
            self._steady = steady
            way = "ahead" if leap_s > 0 else "back"
            self._on_note(
                "this machine's clock is used again"
                if steady
                else f"our clock leapt {way} by {abs(leap_s):.0f} s: only blocks are stored until "
                "it is right again, or an hour has passed"
            )


def without_our_clock(batch: Batch) -> Batch:
    """Return of a batch what does not rest on our clock: its blocks, not when we saw them.

    Parameters
    ----------
    batch : Batch
        As a source gave it.
    """
    seen_s = np.full(len(batch.blocks), np.nan)
    return replace(batch, blocks=replace(batch.blocks, seen_s=seen_s), observed=(), readings=())
