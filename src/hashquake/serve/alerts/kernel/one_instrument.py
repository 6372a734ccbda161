"""One fault of one instrument is one alert: places that it alone calls dark at once are folded."""

from collections.abc import Sequence

from hashquake.serve.alerts.kernel.notice import AlertNotice
from hashquake.serve.alerts.kernel.state import Matter

LEAST_TOGETHER = 3
"""So many places that one series of one instrument alone calls dark at once are its fault first."""
TOGETHER_S = 3600.0
"""Dark times that begin within so long of each other began at once."""


def group_of(matters: Sequence[Matter], first: Matter) -> str:
    """Return the name of the group that an outage would be part of; empty when it is alone.

    Parameters
    ----------
    matters : sequence of Matter
        Of the same rule.
    first : Matter
        An outage.
    """
    seen_by = first.notice.instruments
    if first.notice.about != "outage" or len(seen_by) != 1:
        return ""
    return f"instrument:{seen_by[0]}" if len(together(matters, first)) >= LEAST_TOGETHER else ""


def together(matters: Sequence[Matter], first: Matter) -> list[Matter]:
    """Return the outages that the same instrument alone saw begin at the same time.

    Parameters
    ----------
    matters : sequence of Matter
        Of the same rule.
    first : Matter
        One of them.
    """
    return [
        one
        for one in matters
        if one.notice.about == "outage"
        and one.notice.instruments == first.notice.instruments
        and not one.matter.startswith("instrument:")
        and abs(one.notice.began_s - first.notice.began_s) <= TOGETHER_S
    ]


def unfolded(matters: Sequence[Matter], first: Matter) -> list[Matter]:
    """Return those of `together` that are not part of a group yet.

    Parameters
    ----------
    matters : sequence of Matter
        Of the same rule.
    first : Matter
        One of them.
    """
    return [one for one in together(matters, first) if not one.folded_into]


def group_notice(name: str, members: Sequence[Matter], at_s: float) -> AlertNotice:
    """Return what the group is: an instrument with which places went dark.

    Parameters
    ----------
    name : str
        Of the group.
    members : sequence of Matter
        Its outages.
    at_s : float
        UTC Unix seconds.
    """
    source, _, quantity = name.removeprefix("instrument:").partition(":")
    subjects = sorted({one.notice.subject for one in members})
    began_s = min((one.notice.began_s for one in members), default=at_s)
    return AlertNotice(
        about="outage",
        matter=name,
        subject=f"source:{source}",
        active=bool(members),
        began_s=began_s,
        noticed_s=at_s,
        state="instrument",
        grade=str(len(subjects)),
        facts={
            "source": source,
            "quantity": quantity,
            "subjects": subjects,
            "since_s": began_s,
        },
    )
