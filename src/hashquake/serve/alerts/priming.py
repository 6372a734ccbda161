"""Where the rules begin in a record that was watched before: what goes on now, not its history."""

from collections.abc import Iterable
from dataclasses import replace

from hashquake.core.change_view import ChangeView
from hashquake.core.opinion import Change, ChangeKind
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.serve.alerts.kernel.event import AlertEvent
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.state import AlertState
from hashquake.serve.alerts.kernel.step import AlertWorld, step

_PACE_BLOCKS = 2_016
_RECENT_S = 2.0 * DAY_S
_KINDS: tuple[ChangeKind, ...] = (
    "source",
    "tips",
    "quake",
    "outage",
    "forecast",
    "site",
)
_LASTING = ("source", "tips", "site")
"""Kinds whose last change still holds, however old it is."""


def primed(
    inside: ChangeView,
    *,
    rules: Iterable[AlertRule],
    world: AlertWorld,
    now_s: float,
    last_id: int | None = None,
) -> tuple[AlertState, tuple[AlertEvent, ...]]:
    """Return the state of rules that begin now, and what they raise of what goes on already.

    Parameters
    ----------
    inside : ChangeView
        In a transaction.
    rules : iterable of AlertRule
        Of the settings.
    world : AlertWorld
        Coverage, and which sources give blocks.
    now_s : float
        UTC Unix seconds.
    last_id : int or None
        The last change to be seen; None is the last there is.
    """
    rules = tuple(rules)
    last_id = inside.last_change_id() if last_id is None else last_id
    rows = sorted(
        (
            one
            for kind in _KINDS
            for one in inside.latest_changes(kind)
            if one.id <= last_id and (kind in _LASTING or one.at_s >= now_s - _RECENT_S)
        ),
        key=lambda one: one.id,
    )
    paced = _pace_rows(inside, world)
    state = AlertState(change_id=-len(paced) - 1)
    if paced:
        # What was silent in the past is history: only the pace is learnt from it.
        past = replace(world, newest_s=lambda _subject: None)
        state, _ = step(state, paced, rules=rules, world=past, now_s=paced[-1].at_s)
        going_on = tuple(one for one in state.matters if not one.is_raised)
        state = replace(state, matters=going_on)
    state, events = step(
        replace(state, clock_s=max(state.clock_s, now_s - _RECENT_S), change_id=0),
        rows,
        rules=rules,
        world=world,
        now_s=now_s,
    )
    return replace(state, change_id=last_id), events


def begun_with(state: AlertState, fresh: AlertState) -> AlertState:
    """Return a state to which rules that begin now are added.

    Parameters
    ----------
    state : AlertState
        Of the rules that were there before, if any.
    fresh : AlertState
        Of the new ones, as `primed` returns it.
    """
    known = {one.source for one in state.instruments}
    paced = {one.subject for one in state.paces}
    return replace(
        state,
        clock_s=max(state.clock_s, fresh.clock_s),
        change_id=fresh.change_id,
        matters=(*state.matters, *fresh.matters),
        instruments=(
            *state.instruments,
            *(one for one in fresh.instruments if one.source not in known),
        ),
        paces=(*state.paces, *(one for one in fresh.paces if one.subject not in paced)),
    )


def _pace_rows(inside: ChangeView, world: AlertWorld) -> list[Change]:
    """Return the newest blocks that were watched without a gap, as rows before the first."""
    tip = inside.tip()
    if tip is None or not world.covered.windows:
        return []
    blocks = inside.blocks(first_height=max(0, tip[0] - _PACE_BLOCKS + 1))
    start_s = world.covered.windows[-1].start_s
    watched = [at for at in range(len(blocks)) if float(blocks.header_s[at]) >= start_s]
    return [
        Change(
            id=number - len(watched),
            at_s=float(blocks.header_s[at]),
            kind="block",
            subject=NETWORK,
            document={"header_s": float(blocks.header_s[at]), "pool": blocks.pool_of(at)},
        )
        for number, at in enumerate(watched)
    ]
