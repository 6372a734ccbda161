"""The rules over the changes: a state and rows in, a state and decisions out.

The law: a step over a whole equals steps over any split of it. Everything that happens by the clock
happens at the instant it was due, not at the instant somebody looked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hashquake.core.coverage import Coverage
from hashquake.core.opinion import Change
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.serve.alerts.kernel.event import AlertEvent, Ending
from hashquake.serve.alerts.kernel.instruments import WatchedInstrument, blind
from hashquake.serve.alerts.kernel.notice import AlertNotice, notices_of
from hashquake.serve.alerts.kernel.one_instrument import (
    LEAST_TOGETHER,
    group_notice,
    group_of,
    unfolded,
)
from hashquake.serve.alerts.kernel.pace import Pace
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.silences import is_vouched, silence_from
from hashquake.serve.alerts.kernel.state import AlertState, Matter

NEWS_S = 3.0 * DAY_S
"""What could be known for longer before it is first seen is history, and raises nothing."""
BASELINE_S = 3.0 * DAY_S
"""So long before its onset a fall of hash rate must have been watched."""
BASELINE_SHARE = 0.9

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWorld:
    """What the rules know besides the changes.

    Parameters
    ----------
    covered : Coverage
        Of the chain.
    newest_s : callable
        Of a subject: when its newest block in the record came, UTC Unix seconds; None when it has
        none, or that is not known.
    block_sources : frozenset of str
        Plugins that give blocks.
    false_outages_per_year : float or None
        How often a country that lost nothing is called dark, as it was measured.
    """

    covered: Coverage
    newest_s: Callable[[str], float | None] = lambda _subject: None
    block_sources: frozenset[str] = frozenset()
    false_outages_per_year: float | None = None


def step(
    state: AlertState,
    rows: Sequence[Change],
    *,
    rules: Iterable[AlertRule],
    world: AlertWorld,
    now_s: float,
) -> tuple[AlertState, tuple[AlertEvent, ...]]:
    """Step the rules over changes and up to an instant.

    Parameters
    ----------
    state : AlertState
        The state before; ``AlertState()`` at the start.
    rows : sequence of Change, shape (n,)
        In the order of their numbers; those with numbers the state has are passed over.
    rules : iterable of AlertRule
        Matters of rules that are gone are dropped.
    world : AlertWorld
        Coverage, and which sources give blocks.
    now_s : float
        UTC Unix seconds; before the time of any row still to come.
    """
    run = _RulesStep(state, {one.name: one for one in rules}, world)
    for change in rows:
        run.take(change)
    run.advance(now_s)
    return run.state(), tuple(run.events)


class _RulesStep:
    """One step under way."""

    def __init__(self, state: AlertState, rules: dict[str, AlertRule], world: AlertWorld) -> None:
        self.rules = rules
        self.world = world
        self.clock_s = state.clock_s
        self.change_id = state.change_id
        self.matters: dict[Key, Matter] = {
            (one.rule, one.matter): one
            for one in state.matters
            if one.rule in rules and rules[one.rule].about == one.notice.about
        }
        self.instruments = {one.source: one for one in state.instruments}
        self.paces = {one.subject: one for one in state.paces}
        self.events: list[AlertEvent] = []

    def state(self) -> AlertState:
        return AlertState(
            clock_s=self.clock_s,
            change_id=self.change_id,
            matters=tuple(self.matters[key] for key in sorted(self.matters)),
            instruments=tuple(self.instruments[key] for key in sorted(self.instruments)),
            paces=tuple(self.paces[key] for key in sorted(self.paces)),
            rules=tuple(sorted(one.identity for one in self.rules.values())),
        )

    def take(self, change: Change) -> None:
        if change.id <= self.change_id:
            return
        self.advance(change.at_s)
        self.change_id = change.id
        if change.kind == "block":
            self._block(change)
        elif change.kind in ("blocks", "reorg"):
            self.paces = {name: one.broken() for name, one in self.paces.items()}
        elif change.kind in ("source", "gap"):
            self._instrument(change)
        else:
            for notice in notices_of(change):
                self._meet(self._with_chance(notice))
        self._fire()

    def advance(self, now_s: float) -> None:
        """Let the clock run: it never goes back, and what is due happens in order."""
        target_s = max(self.clock_s, now_s)
        while (next_s := self._next_due_s()) is not None and next_s <= target_s:
            self.clock_s = max(self.clock_s, next_s)
            self._fire()
        self.clock_s = target_s
        for key, matter in list(self.matters.items()):
            # What was not vouched for when it was due may be by now.
            waits = matter.waits_for_time and not self._is_blind(matter.notice)
            if waits and is_vouched(matter, self.world.covered, self.world.newest_s):
                self.matters[key] = replace(matter, phase="pending", due_s=target_s)
        self._fire()

    def _next_due_s(self) -> float | None:
        return min((m.due_s for m in self.matters.values() if m.due_s is not None), default=None)

    # What changes say.

    def _with_chance(self, notice: AlertNotice) -> AlertNotice:
        if notice.about != "outage":
            return notice
        return replace(notice, false_alarms_per_year=self.world.false_outages_per_year)

    def _meet(self, notice: AlertNotice) -> None:
        for rule in self.rules.values():
            if rule.about == notice.about and rule.covers(notice.subject):
                self._meet_rule(rule, notice)

    def _meet_rule(self, rule: AlertRule, notice: AlertNotice) -> None:
        key = (rule.name, notice.matter)
        before = self.matters.get(key)
        active = notice.active and rule.wants(
            notice, raised=before is not None and before.is_raised
        )
        if before is None:
            if active and self._is_news(notice) and self._was_watched(notice):
                self.matters[key] = Matter(
                    rule=rule.name,
                    matter=notice.matter,
                    phase="pending",
                    due_s=self.clock_s + rule.hold_s,
                    notice=notice,
                    change_id=self.change_id,
                )
            return
        matter = replace(before, notice=notice, change_id=self.change_id)
        if not before.is_raised:
            if active:
                self.matters[key] = matter
            else:
                del self.matters[key]
            if before.folded_into:
                self._regroup(rule, before.folded_into)
        elif active:
            self.matters[key] = replace(matter, phase="raised", due_s=self._update_due_s(matter))
        elif notice.withdrawn:
            self._recover(matter, "withdrawn")
        elif before.phase == "raised":
            over_s = self.clock_s + rule.recover_after_s
            self.matters[key] = replace(matter, phase="recovering", due_s=over_s)
        else:
            self.matters[key] = matter

    def _is_news(self, notice: AlertNotice) -> bool:
        return notice.noticed_s >= self.clock_s - NEWS_S

    def _was_watched(self, notice: AlertNotice) -> bool:
        """Whether there is a watched baseline that hash rate can have fallen from."""
        if notice.about != "quake":
            return True
        start_s = notice.began_s - BASELINE_S
        gaps = self.world.covered.gaps(Window(start_s=start_s, end_s=notice.began_s))
        missing_s = sum(one.duration_s for one in gaps)
        return missing_s <= (1.0 - BASELINE_SHARE) * BASELINE_S

    def _update_due_s(self, matter: Matter) -> float | None:
        if matter.notice.grade == matter.sent_grade:
            return None
        rule = self.rules[matter.rule]
        return max(self.clock_s, matter.sent_s + rule.update_every_s)

    def _instrument(self, change: Change) -> None:
        name = str(change.document["source"])
        before = self.instruments.get(name, WatchedInstrument(source=name))
        after = before.after(change)
        self.instruments[name] = after
        self._meet(after.notice(self.clock_s))
        if change.kind == "gap":
            for notice in after.pool_notices(change):
                self._meet(notice)
        if after.answers and not before.answers:
            for key, matter in self.matters.items():
                if matter.phase == "waiting" and not self._is_blind(matter.notice):
                    due_s = self.clock_s + self.rules[matter.rule].hold_s
                    self.matters[key] = replace(matter, phase="pending", due_s=due_s)

    def _is_blind(self, notice: AlertNotice) -> bool:
        """Whether what it rests on cannot be believed now."""
        if notice.about == "outage":
            needed = frozenset(one.partition(":")[0] for one in notice.instruments)
        elif notice.about == "quake" or notice.state == "blocks":
            needed = self.world.block_sources
        else:
            return False
        # A silence of blocks is itself what makes a source's newest block too old.
        return blind(self.instruments.values(), needed, silence=notice.state == "blocks")

    # Silences: a matter that is pending from the last block on.

    def _block(self, change: Change) -> None:
        found = change.document
        block_s, pool = float(found["header_s"]), found.get("pool")
        self._hear(NETWORK, block_s)
        if pool and pool != UNKNOWN_POOL:
            subject = pool_subject(str(pool))
            wanted = (one for one in self.rules.values() if one.about == "pool-silence")
            if any(one.covers(subject) for one in wanted):
                self._hear(subject, block_s)

    def _hear(self, subject: str, block_s: float) -> None:
        pace = self.paces.get(subject, Pace(subject=subject)).after(block_s)
        self.paces[subject] = pace
        about = "silence" if subject == NETWORK else "pool-silence"
        for rule in self.rules.values():
            if rule.about != about or not rule.covers(subject):
                continue
            key = (rule.name, f"blocks of {subject}")
            before = self.matters.pop(key, None)
            if before is not None and before.is_raised:
                facts = {**before.notice.facts, "ended_s": block_s}
                self._recover(replace(before, notice=replace(before.notice, facts=facts)), "")
            if pace.known:
                # A rule over many pools is wrong by chance as often as one over a single pool.
                watched = sum(
                    one.known and one.subject != NETWORK and rule.covers(one.subject)
                    for one in self.paces.values()
                )
                per_year = rule.at_most_per_year / (watched if subject != NETWORK else 1)
                self.matters[key] = silence_from(
                    rule, pace, per_year, now_s=self.clock_s, change_id=self.change_id
                )

    # What happens by the clock.

    def _fire(self) -> None:
        """Do all that is due by now, in the order of rules and names."""
        while due := sorted(
            key
            for key, one in self.matters.items()
            if one.due_s is not None and one.due_s <= self.clock_s
        ):
            self._happen(self.matters[due[0]])

    def _happen(self, matter: Matter) -> None:
        key = (matter.rule, matter.matter)
        if matter.phase == "recovering":
            self._recover(matter, "")
        elif matter.phase == "raised":
            self._send(matter, "updated")
        elif self._is_blind(matter.notice):
            self.matters[key] = replace(matter, phase="waiting", due_s=None)
        elif not is_vouched(matter, self.world.covered, self.world.newest_s):
            # What nobody watched, or what a block that is still to be read ends, was no silence.
            self.matters[key] = replace(matter, phase="waiting", due_s=None)
        elif group := group_of(self._of_rule(matter.rule), matter):
            self._fold(matter, group)
        else:
            self._send(matter, "raised")

    def _of_rule(self, rule: str) -> list[Matter]:
        return [one for key, one in sorted(self.matters.items()) if key[0] == rule]

    def _send(self, matter: Matter, state: str) -> None:
        """Decide that a matter is raised or updated."""
        notice = matter.notice
        thread = matter.thread or notice.matter
        named = notice.about in ("quake", "outage", "reports") and notice.state != "instrument"
        if not matter.thread and not named:
            thread = f"{notice.matter}@{matter.change_id}"
        self.matters[matter.rule, matter.matter] = replace(
            matter,
            phase="raised",
            due_s=None,
            thread=thread,
            sent_grade=notice.grade,
            sent_s=self.clock_s,
            folded_into="",
        )
        self.events.append(
            AlertEvent(
                rule=matter.rule,
                thread=thread,
                state="updated" if state == "updated" else "raised",
                at_s=self.clock_s,
                change_id=matter.change_id,
                notice=notice,
            )
        )

    def _recover(self, matter: Matter, ending: Ending) -> None:
        self.matters.pop((matter.rule, matter.matter), None)
        self.events.append(
            AlertEvent(
                rule=matter.rule,
                thread=matter.thread,
                state="recovered",
                at_s=self.clock_s,
                change_id=matter.change_id,
                notice=matter.notice,
                ending=ending,
            )
        )
        if matter.matter.startswith("instrument:"):
            self._regroup(self.rules[matter.rule], matter.matter)

    # One fault of one instrument.

    def _fold(self, matter: Matter, group: str) -> None:
        rule = self.rules[matter.rule]
        for one in unfolded(self._of_rule(rule.name), matter):
            if one.is_raised:
                self._recover(one, "instrument")
            self.matters[rule.name, one.matter] = replace(
                one, phase="folded", due_s=None, folded_into=group, thread="", sent_grade=""
            )
        self._regroup(rule, group)

    def _regroup(self, rule: AlertRule, group: str) -> None:
        """Bring a group to what its members are now."""
        members = [one for one in self._of_rule(rule.name) if one.folded_into == group]
        before = self.matters.get((rule.name, group))
        notice = group_notice(group, members, self.clock_s)
        if len(members) < LEAST_TOGETHER:
            for one in members:  # too few for a fault of the instrument: each stands for itself
                self.matters[rule.name, one.matter] = replace(
                    one, phase="pending", due_s=self.clock_s + rule.hold_s, folded_into=""
                )
            if before is not None and before.is_raised:
                over_s = self.clock_s + rule.recover_after_s
                self.matters[rule.name, group] = replace(before, phase="recovering", due_s=over_s)
            return
        if before is None:
            self.matters[rule.name, group] = Matter(
                rule=rule.name,
                matter=group,
                phase="pending",
                due_s=self.clock_s,
                notice=notice,
                change_id=self.change_id,
            )
            return
        after = replace(before, notice=notice, phase="raised", change_id=self.change_id)
        self.matters[rule.name, group] = replace(after, due_s=self._update_due_s(after))
