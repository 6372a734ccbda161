"""Heartbeats of sites: who may send, how often, and what of it is stored.

A heartbeat in a row of readings would make a new edition of the record each time, and with it every
kept answer old. So those within `STORE_S` of one that was stored are counted, and stored with the
next; the first after a silence is stored at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import QUANTITY
from hashquake.core.secret_token import hash_of, is_known
from hashquake.core.site import BEATS, HEARTBEAT, POWER, Site
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.api.faults import CHALLENGE, RequestError

STORE_S = 30.0
_LEAST_WINDOW_S = 1.0
_MOST_WINDOW_S = 60.0
MOST_AT_ONCE = 20
PER_S = 1.0
"""A site may send so many at once, and then so many a second."""


class Heard:
    """What was heard of one site: what it may still send, and what is stored of it.

    Its fields are set by `Heartbeats` alone: how many more it may send and when that was so, when
    a heartbeat was stored last (None before the first), and how many came since.
    """

    def __init__(self) -> None:
        self.left = float(MOST_AT_ONCE)
        self.at_s = 0.0
        self.stored_s: float | None = None
        self.waiting = 0


class Heartbeats:
    """Takes heartbeats and stores them through the one door.

    Parameters
    ----------
    writer : Observatory
        Of the record, used by nobody else.
    sites : sequence of Site
        Those with a hash of a token may send.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(
        self, writer: Observatory, sites: Sequence[Site], *, now_s: Callable[[], float]
    ) -> None:
        self._writer = writer
        self._sites = {one.id: one for one in sites}
        self._now_s = now_s
        self._heard: dict[str, Heard] = {one.id: Heard() for one in sites}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")

    def close(self) -> None:
        """Finish what is being stored."""
        self._thread.shutdown(wait=True)

    def sender(self, site: str, token: str) -> Site:
        """Return the site that a token belongs to.

        Parameters
        ----------
        site : str
            The id in the path.
        token : str
            As it was sent.

        Raises
        ------
        RequestError
            ``token-wrong``, also for a site that is not described: who guesses learns nothing.
        """
        found = self._sites.get(site)
        kept = None if found is None else found.token_hash
        # A hash is compared in any case, so that the time does not show which sites there are.
        fits = is_known(token, [kept if kept is not None else hash_of("")])
        if found is None or kept is None or not fits:
            raise RequestError(
                "the token is not that of this site",
                code="token-wrong",
                status=HTTPStatus.FORBIDDEN,
                hint="hashquake sites token ID makes one; its hash must stand in the file of "
                "sites, and hashquake serve must be started again",
                headers=CHALLENGE,
            )
        return found

    async def take(self, site: Site, *, hashrate_hps: float | None, power_mw: float | None) -> None:
        """Take a heartbeat; return once it is counted or stored.

        Parameters
        ----------
        site : Site
            Who sends.
        hashrate_hps, power_mw : float or None
            What it says of itself.

        Raises
        ------
        RequestError
            ``rate-limit``.
        RecordError
            When it cannot be stored; it is counted with the next.
        """
        heard, now_s = self._heard[site.id], self._now_s()
        self._limit(heard, now_s)
        heard.waiting += 1
        if heard.stored_s is not None and 0.0 <= now_s - heard.stored_s < STORE_S:
            return
        before_s, n_beats = heard.stored_s, heard.waiting
        heard.stored_s, heard.waiting = now_s, 0
        readings = _readings(site, before_s, now_s, n_beats, hashrate_hps, power_mw)
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._store, readings)
        except Exception:
            heard.stored_s, heard.waiting = before_s, heard.waiting + n_beats
            raise

    def _limit(self, heard: Heard, now_s: float) -> None:
        left = min(float(MOST_AT_ONCE), heard.left + max(0.0, now_s - heard.at_s) * PER_S)
        heard.at_s = now_s
        heard.left = left
        if left < 1.0:
            raise RequestError(
                f"the site sends more than {PER_S:g} heartbeat a second",
                code="rate-limit",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                hint="one a minute is enough",
                headers={"Retry-After": "1"},
            )
        heard.left = left - 1.0

    def _store(self, readings: tuple[Reading, ...]) -> None:
        self._writer.feed(
            Batch(readings=readings, observed=(readings[0].window,)), source=HEARTBEAT
        )


def _readings(
    site: Site,
    before_s: float | None,
    now_s: float,
    n_beats: int,
    hashrate_hps: float | None,
    power_mw: float | None,
) -> tuple[Reading, ...]:
    start_s = now_s - _MOST_WINDOW_S if before_s is None else before_s
    start_s = min(max(start_s, now_s - _MOST_WINDOW_S), now_s - _LEAST_WINDOW_S)
    window = Window(start_s=start_s, end_s=now_s)
    values = ((BEATS, float(n_beats)), (QUANTITY, hashrate_hps), (POWER, power_mw))
    return tuple(
        Reading(
            subject=site.subject, quantity=quantity, window=window, value=value, source=HEARTBEAT
        )
        for quantity, value in values
        if value is not None
    )
