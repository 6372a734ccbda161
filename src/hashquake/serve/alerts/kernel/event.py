"""What a rule decides about a matter: raised, updated, recovered."""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.alert import AlertEventState
from hashquake.serve.alerts.kernel.notice import AlertNotice

Ending = Literal["", "withdrawn", "instrument"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One decision.

    Parameters
    ----------
    rule, thread : str
        The rule's name, and the matter's thread.
    state : {"raised", "updated", "recovered"}
        What was decided.
    at_s : float
        When, UTC Unix seconds.
    change_id : int
        The number of the change it rests on.
    notice : AlertNotice
        What it is about.
    ending : {"", "withdrawn", "instrument"}
        Of a recovery: the matter ended; it is no longer believed; it is part of the fault of an
        instrument.
    """

    rule: str
    thread: str
    state: AlertEventState
    at_s: float
    change_id: int
    notice: AlertNotice
    ending: Ending = ""
