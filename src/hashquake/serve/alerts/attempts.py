"""When a delivery that failed is tried again, and when it is given up."""

from hashquake.core.times import DAY_S, HOUR_S

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 1.0 * HOUR_S
GIVEN_UP_S = 2.0 * DAY_S


def wait_s(tries: int) -> float | None:
    """Return how long to wait after an attempt that failed; None when it is given up.

    Waits double from five seconds to an hour; all together they last two days.

    Parameters
    ----------
    tries : int
        Attempts so far, 1 or more.

    Examples
    --------
    >>> [wait_s(tries) for tries in (1, 2, 3, 12, 100)]
    [5.0, 10.0, 20.0, 3600.0, None]
    """
    waited_s = sum(_wait_s(each) for each in range(1, tries))
    return None if waited_s >= GIVEN_UP_S else _wait_s(tries)


def _wait_s(tries: int) -> float:
    return min(FIRST_WAIT_S * 2.0 ** min(tries - 1, 40), LONGEST_WAIT_S)
