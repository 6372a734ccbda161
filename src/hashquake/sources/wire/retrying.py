"""Try again what may pass: a server that is busy, a connection that broke."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from hashquake.core.errors import HashquakeError

_T = TypeVar("_T")
_SILENT_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to keep trying before giving up.

    Parameters
    ----------
    tries : int
        Attempts in all.
    first_wait_s, longest_wait_s : float
        The wait after the first failure, doubled after each further one, and its limit.
    longest_retry_after_s : float
        The longest wait a server may ask for; a longer one ends the run with its answer.
    timeout_s : float
        For connecting, and between two pieces of an answer.
    interval_s : float
        The least time between the starts of two requests.
    retry_statuses : frozenset of int
        Statuses that mean "try later".
    timeouts_in_all : int
        How many times `timeout_s` one whole exchange may take, headers and body included.
    least_bytes_per_s : float
        An answer that comes slower than this, once `timeout_s` has passed, is given up.
    """

    tries: int = 4
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_retry_after_s: float = 120.0
    timeout_s: float = 30.0
    interval_s: float = 0.0
    retry_statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504})
    timeouts_in_all: int = 10
    least_bytes_per_s: float = 1000.0

    @property
    def deadline_s(self) -> float:
        """The longest time that one whole exchange may take."""
        return self.timeouts_in_all * self.timeout_s

    def wait_s(self, attempt: int) -> float:
        """Return the wait after a failed attempt, the first being 0.

        Parameters
        ----------
        attempt : int
            Number of the failed attempt.
        """
        return min(self.first_wait_s * 2.0 ** min(attempt, 60), self.longest_wait_s)


class LaterError(Exception):
    """A failure that may pass.

    Parameters
    ----------
    error : HashquakeError
        What to raise when it does not.
    asked_s : float or None
        The wait that the server asked for.
    """

    def __init__(self, error: HashquakeError, asked_s: float | None = None) -> None:
        super().__init__(error.message)
        self.error, self.asked_s = error, asked_s


def patiently(
    ask: Callable[[], _T],
    patience: Patience,
    *,
    sleep: Callable[[float], None],
    note: Callable[[str], None] = lambda _sentence: None,
) -> _T:
    """Call until it succeeds, fails for good, or patience ends.

    Parameters
    ----------
    ask : callable
        Raises `LaterError` for a failure that may pass.
    patience : Patience
        How often, and how long between.
    sleep : callable
        Waits for some seconds.
    note : callable
        Called with a sentence before every wait of more than five seconds.

    Raises
    ------
    HashquakeError
        That of the last `LaterError`; what `ask` raises otherwise.
    """

    def wait_s(state: tenacity.RetryCallState) -> float:
        later = _failure(state)
        usual_s = patience.wait_s(state.attempt_number - 1)
        return usual_s if later.asked_s is None else later.asked_s

    def is_passing(error: BaseException) -> bool:
        return isinstance(error, LaterError) and (
            error.asked_s is None or error.asked_s <= patience.longest_retry_after_s
        )

    def say(state: tenacity.RetryCallState) -> None:
        waits_s = state.upcoming_sleep
        if waits_s > _SILENT_WAIT_S:
            note(f"{_failure(state).error.message}; trying again in {waits_s:.0f} s")

    retrying = tenacity.Retrying(
        sleep=sleep,
        stop=tenacity.stop_after_attempt(patience.tries),
        wait=wait_s,
        retry=tenacity.retry_if_exception(is_passing),
        before_sleep=say,
        reraise=True,
    )
    try:
        return retrying(ask)
    except LaterError as later:
        raise later.error from None


def _failure(state: tenacity.RetryCallState) -> LaterError:
    error = state.outcome.exception() if state.outcome is not None else None
    if not isinstance(error, LaterError):
        raise TypeError("only a failure that may pass is waited for")
    return error
