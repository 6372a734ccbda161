"""The reader of the changes that raises alerts; cursor and alerts are stored together."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from hashquake.core.alert import Alert, AlertAdvance, AlertCursor, AlertDelivery, AlertOutbox
from hashquake.core.change_view import ChangeView
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, pool_subject
from hashquake.serve.alerts.kernel.event import AlertEvent
from hashquake.serve.alerts.kernel.state import AlertState, state_of, state_text
from hashquake.serve.alerts.kernel.step import AlertWorld, step
from hashquake.serve.alerts.priming import begun_with, primed
from hashquake.serve.alerts.settings import AlertsSettings
from hashquake.serve.language import ENGLISH, Language, message
from hashquake.serve.wording.alerts import alert_words

_RECENT_BLOCKS = 2_016
_MOST_ROWS = 500
_KEYS = UUID("6b1c2f6e-6f0e-5a47-9d0f-5b7a5f0f9c11")
"""The space of names in which an alert's key is made from what it is (RFC 9562, version 5)."""


class AlertReader:
    """Steps the rules with what is new in the feed.

    Parameters
    ----------
    outbox : AlertOutbox
        Of the record.
    settings : AlertsSettings
        Rules and ways.
    now_s : callable
        The clock, UTC Unix seconds.
    block_sources : frozenset of str
        Plugins that give blocks.
    false_outages_per_year : float or None
        As it was measured, of a country.
    rehearsed : bool
        Whether the record is a rehearsal, which each title says first.
    """

    def __init__(
        self,
        outbox: AlertOutbox,
        settings: AlertsSettings,
        *,
        now_s: Callable[[], float],
        block_sources: frozenset[str],
        false_outages_per_year: float | None,
        rehearsed: bool = False,
    ) -> None:
        self._rehearsed = rehearsed
        self._outbox = outbox
        self._rules = tuple(one.rule() for one in settings.rule)
        self._settings = {one.name: one for one in settings.rule}
        self._ways = frozenset(one.name for one in settings.way)
        self._link = (settings.link or "").rstrip("/")
        self._now_s = now_s
        self._block_sources = block_sources
        self._false_outages_per_year = false_outages_per_year
        self._state: AlertState | None = None

    def read(self, last_change_id: int) -> tuple[Alert, ...]:
        """Read on where there is something to read, or something is due; return what is new.

        Parameters
        ----------
        last_change_id : int
            The number of the record's last change.
        """
        known = self._state
        if known is not None and known.change_id >= last_change_id:
            due_s = known.next_due_s
            if due_s is None or due_s > self._now_s():
                return ()
        stepped: list[AlertState] = []

        def advance(cursor: AlertCursor | None, inside: ChangeView) -> AlertAdvance:
            state, alerts = self._advance(cursor, inside)
            stepped.append(state)
            return AlertAdvance(
                cursor=AlertCursor(after_id=state.change_id, state=state_text(state)),
                alerts=alerts,
            )

        added = self._outbox.advance(advance)
        self._state = stepped[-1]
        return added

    def _advance(
        self, cursor: AlertCursor | None, inside: ChangeView
    ) -> tuple[AlertState, tuple[Alert, ...]]:
        now_s = self._now_s()
        world = AlertWorld(
            covered=inside.coverage(),
            newest_s=_NewestBlocks(inside),
            block_sources=self._block_sources,
            false_outages_per_year=self._false_outages_per_year,
        )
        events: tuple[AlertEvent, ...] = ()
        if cursor is None:
            state = AlertState()
        else:
            # Where another version wrote it, it is started again, and no change is read twice.
            state = state_of(cursor.state) or AlertState(change_id=cursor.after_id)
        begun = tuple(one for one in self._rules if one.identity not in state.rules)
        if self._state is None and begun:
            fresh, events = primed(
                inside, rules=begun, world=world, now_s=now_s, last_id=state.change_id or None
            )
            state = begun_with(state, fresh)
        rows = inside.changes(after_id=state.change_id, limit=_MOST_ROWS)
        # With more rows to come, the clock runs no further than they do.
        until_s = rows[-1].at_s if len(rows) == _MOST_ROWS else now_s
        state, more = step(state, rows, rules=self._rules, world=world, now_s=until_s)
        events += more
        ended = () if self._state is not None else self._left_behind(state, events, now_s)
        return state, (*ended, *self._alerts(events, now_s))

    def _left_behind(
        self, state: AlertState, events: Iterable[AlertEvent], now_s: float
    ) -> tuple[Alert, ...]:
        """Return an end for each matter that was raised by a rule that is gone or started again."""
        going_on = {(one.rule, one.thread) for one in state.matters}
        going_on |= {(one.rule, one.thread) for one in events}
        return tuple(
            replace(
                one,
                id=0,
                n=0,
                key=str(uuid5(_KEYS, f"{one.key}|left behind")),
                state="recovered",
                at_s=now_s,
                document={**one.document, **self._left_words(one)},
                # To the ways that it went: those that are gone are left out.
                deliveries=tuple(
                    AlertDelivery(way=each.way, next_try_s=now_s)
                    for each in one.deliveries
                    if each.way in self._ways
                ),
            )
            for one in self._outbox.threads()
            if one.state != "recovered" and (one.rule, one.thread) not in going_on
        )

    def _title(self, title: str, language: Language) -> str:
        if not self._rehearsed:
            return title
        return language.text(message("Rehearsal: {title}"), title=title)

    def _left_words(self, one: Alert) -> dict[str, str]:
        chosen = self._settings.get(one.rule)
        language = ENGLISH if chosen is None else chosen.spoken()
        because = language.text(
            "The rule was removed from the settings, or its state could not be read."
        )
        title = language.text("Not followed any more: {title}", title=one.document["title"])
        return {"title": title, "because": because, "text": because}

    def _alerts(self, events: Iterable[AlertEvent], now_s: float) -> Iterable[Alert]:
        for event in events:
            chosen = self._settings[event.rule]
            quiet = chosen.quiet_hours()
            from_s = now_s if quiet is None else quiet.end_s(now_s)
            link = self._link_of(event)
            words = alert_words(event, link=link, language=chosen.spoken())
            name = f"{event.rule}|{event.thread}|{event.state}|{event.at_s!r}|{event.change_id}"
            yield Alert(
                key=str(uuid5(_KEYS, name)),
                rule=event.rule,
                thread=event.thread,
                state=event.state,
                at_s=event.at_s,
                subject=event.notice.subject,
                false_alarms_per_year=event.notice.false_alarms_per_year,
                change_id=event.change_id,
                document={
                    "title": self._title(words.title, chosen.spoken()),
                    "because": words.because,
                    "text": words.text,
                    "link": link or None,
                    "about": event.notice.about,
                    "facts": dict(event.notice.facts),
                },
                deliveries=tuple(AlertDelivery(way=way, next_try_s=from_s) for way in chosen.to),
            )

    def _link_of(self, event: AlertEvent) -> str:
        if not self._link:
            return ""
        notice = event.notice
        if notice.about in ("quake", "reports"):
            return f"{self._link}/quakes/{notice.matter}"
        if notice.about == "outage" and notice.state != "instrument":
            return f"{self._link}/outages/{notice.matter}"
        return f"{self._link}/"


class _NewestBlocks:
    """When the newest block of the network and of each pool came, read once and when needed."""

    def __init__(self, inside: ChangeView) -> None:
        self._inside = inside
        self._found: dict[str, float] | None = None

    def __call__(self, subject: str) -> float | None:
        if self._found is None:
            self._found = {}
            tip = self._inside.tip()
            first = 0 if tip is None else max(0, tip[0] - _RECENT_BLOCKS + 1)
            blocks = self._inside.blocks(first_height=first)
            for at in range(len(blocks)):
                for name in (NETWORK, pool_subject(blocks.pool_of(at) or UNKNOWN_POOL)):
                    time_s = float(blocks.header_s[at])
                    self._found[name] = max(time_s, self._found.get(name, time_s))
        return self._found.get(subject)
