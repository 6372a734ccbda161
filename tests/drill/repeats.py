"""Alerts that came twice under one key: which of them at-least-once delivery explains."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.serve.alerts.receiver import Arrival

_NOTED_WITHIN_S = 5.0
"""Of the machine's time, between the answer of a receiver and our note of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """What came under a key that had come before.

    Parameters
    ----------
    explained : tuple of str
        Keys of alerts that came again with the same bytes after a delivery that was cut short.
    unexplained : tuple of str
        Keys of all others.
    """

    explained: tuple[str, ...]
    unexplained: tuple[str, ...]


def repeats(arrivals: Sequence[Arrival], interruptions_s: Sequence[float]) -> Repeats:
    """Judge every arrival under a known key.

    Parameters
    ----------
    arrivals : sequence of Arrival
        In order.
    interruptions_s : sequence of float
        When the watcher was killed or its database stopped, on the clock of the arrivals.
    """
    first: dict[str, Arrival] = {}
    explained: list[str] = []
    unexplained: list[str] = []
    for one in arrivals:
        before = first.get(one.key)
        if before is not None:
            cut_short = any(
                0.0 <= at_s - before.at_s <= _NOTED_WITHIN_S for at_s in interruptions_s
            )
            same = cut_short and one.body == before.body
            (explained if same else unexplained).append(one.key)
        first[one.key] = one
    return Repeats(explained=tuple(explained), unexplained=tuple(unexplained))
