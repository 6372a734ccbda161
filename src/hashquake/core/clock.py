"""The clocks of the machine: the one place that reads them; everybody else is handed one.

A test, or a replay, hands in another.
"""

import time


def now_s() -> float:
    """Return the time of day, UTC Unix seconds; it leaps when the machine's clock is set."""
    return time.time()


def monotonic_s() -> float:
    """Return a time that never leaps, seconds since some moment, for how long something took."""
    return time.monotonic()


def counted_s() -> float:
    """Return a time that never leaps and goes on while the machine sleeps, seconds."""
    which = getattr(time, "CLOCK_BOOTTIME", None)  # Linux alone has it
    return time.monotonic() if which is None else time.clock_gettime(which)


def sleep(duration_s: float) -> None:
    """Wait.

    Parameters
    ----------
    duration_s : float
        For how long, seconds.
    """
    time.sleep(duration_s)
