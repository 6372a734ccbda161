"""A silence of blocks: it begins with each block, and is raised when it is too rare for chance."""

from collections.abc import Callable

from hashquake.core.coverage import Coverage
from hashquake.core.silence import BELIEVED_ONCE_IN
from hashquake.core.subject import NETWORK
from hashquake.core.window import Window
from hashquake.serve.alerts.kernel.notice import AlertNotice
from hashquake.serve.alerts.kernel.pace import Pace
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.state import Matter

_SLACK_S = 180.0
"""Watched time is stored in steps; so much may be missing at its end."""
_BELIEVED_GAPS = 10
"""By the pace of so many gaps it is decided up to which silence a node is believed."""


def is_vouched(matter: Matter, covered: Coverage, newest_s: Callable[[str], float | None]) -> bool:
    """Return whether a source vouches that no block came in a silence; True for other matters.

    A node vouches no further than a silence is believed (`hashquake.core.silence`).

    Parameters
    ----------
    matter : Matter
        Due to be raised.
    covered : Coverage
        Of the chain.
    newest_s : callable
        Of a subject: the time of its newest block in the record, UTC Unix seconds, or None.
    """
    facts = matter.notice.facts
    if matter.notice.state != "blocks":
        return True
    newest = newest_s(matter.notice.subject)
    if newest is not None and newest > facts["last_s"]:
        return False
    end_s = facts["last_s"] + facts["vouched_s"]
    if end_s <= facts["last_s"] + _SLACK_S:
        return True
    span = Window(start_s=facts["last_s"], end_s=end_s)
    return sum(one.duration_s for one in covered.gaps(span)) <= _SLACK_S


def silence_from(
    rule: AlertRule, pace: Pace, per_year: float, *, now_s: float, change_id: int
) -> Matter:
    """Return the silence that begins with the last block of a pace.

    Parameters
    ----------
    rule : AlertRule
        About silences.
    pace : Pace
        Known.
    per_year : float
        How often a year chance may raise it for this subject.
    now_s : float
        The instant of the step, UTC Unix seconds.
    change_id : int
        Of the block.
    """
    silent_s, chance = pace.silence_s(per_year)
    silent_s = max(silent_s, rule.hold_s)
    recent_s = pace.gaps_s[-_BELIEVED_GAPS:]
    believed_s = sum(recent_s) * (BELIEVED_ONCE_IN ** (1.0 / len(recent_s)) - 1.0)
    last_s = now_s if pace.last_s is None else pace.last_s
    return Matter(
        rule=rule.name,
        matter=f"blocks of {pace.subject}",
        phase="pending",
        due_s=max(now_s, last_s + silent_s),
        change_id=change_id,
        notice=AlertNotice(
            about="silence" if pace.subject == NETWORK else "pool-silence",
            matter=f"blocks of {pace.subject}",
            subject=pace.subject,
            active=True,
            began_s=last_s,
            noticed_s=last_s,
            state="blocks",
            false_alarms_per_year=rule.at_most_per_year,
            facts={
                "what": "blocks",
                "last_s": last_s,
                "silent_s": silent_s,
                # A pool may be silent for longer than the whole network ever is.
                "vouched_s": silent_s if pace.subject != NETWORK else min(silent_s, believed_s),
                "probability": chance,
                "usual_s": sum(pace.gaps_s) / len(pace.gaps_s),
            },
        ),
    )
