"""A silence of blocks: it begins with each block, and is raised when it is too rare for chance."""

from hashquake.core.subject import NETWORK
from hashquake.serve.alerts.kernel.notice import AlertNotice
from hashquake.serve.alerts.kernel.pace import Pace
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.state import Matter


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
    last_s = now_s if pace.last_s is None else pace.last_s
    return Matter(
        rule=rule.name,
        matter=f"blocks of {pace.subject}",
        phase="pending",
        due_s=max(now_s, last_s + max(silent_s, rule.hold_s)),
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
                "silent_s": max(silent_s, rule.hold_s),
                "probability": chance,
                "usual_s": sum(pace.gaps_s) / len(pace.gaps_s),
            },
        ),
    )
