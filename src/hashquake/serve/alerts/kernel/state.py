"""The state of the rules between two steps, and as text next to the record."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from hashquake.serve.alerts.kernel.instruments import WatchedInstrument
from hashquake.serve.alerts.kernel.notice import AlertNotice
from hashquake.serve.alerts.kernel.pace import Pace

LOOK_AGAIN_S = 60.0
"""A silence that is due and not vouched for is looked at again after so long."""
Phase = Literal["pending", "waiting", "raised", "recovering", "folded"]
"""Not raised yet; not raised while its instrument fails; raised; raised and over for now; part of
another matter, the fault of one instrument."""
VERSION = 1
"""Of the text: a state written otherwise is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter of one rule.

    Parameters
    ----------
    rule, matter : str
        The names of both.
    phase : str
        See `Phase`.
    due_s : float or None
        When the phase ends by itself, UTC Unix seconds; None when only a change ends it.
    notice : AlertNotice
        The last one.
    change_id : int
        Of the change it came with.
    thread : str
        Of the alerts about it; empty before the first.
    sent_grade : str
        The grade of the last alert.
    sent_s : float
        When that was, UTC Unix seconds.
    folded_into : str
        The matter it is part of; empty when it stands alone.
    """

    rule: str
    matter: str
    phase: Phase
    due_s: float | None
    notice: AlertNotice
    change_id: int
    thread: str = ""
    sent_grade: str = ""
    sent_s: float = 0.0
    folded_into: str = ""

    @property
    def waits_for_time(self) -> bool:
        """Whether it is a silence that is due, and nobody vouches yet that no block came."""
        return self.phase == "waiting" and self.notice.state == "blocks"

    @property
    def is_raised(self) -> bool:
        """Whether somebody was alerted and not yet that it recovered."""
        return self.phase in ("raised", "recovering")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """Everything that the rules know.

    Parameters
    ----------
    clock_s : float
        The latest instant they were stepped to, UTC Unix seconds.
    change_id : int
        The last change they were stepped with.
    matters : tuple of Matter
        By rule and name.
    instruments : tuple of WatchedInstrument
        By name.
    paces : tuple of Pace
        By subject.
    rules : tuple of str
        The identities of the rules that were stepped.
    version : int
        See `VERSION`.
    """

    clock_s: float = 0.0
    change_id: int = 0
    matters: tuple[Matter, ...] = ()
    instruments: tuple[WatchedInstrument, ...] = ()
    paces: tuple[Pace, ...] = ()
    rules: tuple[str, ...] = ()
    version: int = VERSION

    @property
    def next_due_s(self) -> float | None:
        """When something happens by the clock alone, UTC Unix seconds; None when nothing will."""
        dues_s = [one.due_s for one in self.matters if one.due_s is not None]
        if any(one.waits_for_time for one in self.matters):
            dues_s.append(self.clock_s + LOOK_AGAIN_S)
        return min(dues_s, default=None)


_ADAPTER = TypeAdapter(AlertState)


def state_text(state: AlertState) -> str:
    """Return a state as text.

    Parameters
    ----------
    state : AlertState
        Any.
    """
    return _ADAPTER.dump_json(state).decode()


def state_of(text: str) -> AlertState | None:
    """Return the state that a text holds; None where another version wrote it.

    Parameters
    ----------
    text : str
        As `state_text` writes it.
    """
    try:
        state = _ADAPTER.validate_json(text)
    except ValidationError:
        return None
    return state if state.version == VERSION else None
