"""How far a scene is: a line every half minute, for whoever waits for it."""

import time
from dataclasses import dataclass, field

from rich.console import Console

from hashquake.core.times import format_time

_EVERY_S = 30.0
"""Of the machine's time."""


@dataclass(slots=True)
class Progress:
    """Says how far a scene is.

    Parameters
    ----------
    scene : str
        Its name.
    console : Console
        Where it is said.
    """

    scene: str
    console: Console = field(default_factory=lambda: Console(stderr=True))
    _begun_s: float = field(default_factory=time.monotonic)
    _said_s: float = field(default_factory=time.monotonic)

    def look(self, now_s: float, *, blocks: int, alerts: int) -> None:
        """Say it, if the last time was long enough ago.

        Parameters
        ----------
        now_s : float
            What the simulated clock shows, UTC Unix seconds.
        blocks, alerts : int
            How many were found, and how many have arrived.
        """
        at_s = time.monotonic()
        if at_s - self._said_s < _EVERY_S:
            return
        self._said_s = at_s
        when = format_time(now_s)[:16].replace("T", " ")
        self.console.print(
            f"{self.scene}: {when} UTC, {blocks:,} blocks, {alerts:,} alerts,"
            f" after {at_s - self._begun_s:.0f} s",
            highlight=False,
        )
