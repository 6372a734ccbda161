"""What became of the falls of the former catalog, event by event."""

from collections.abc import Sequence

from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.datasets.former_falls import FormerFall, former_falls
from hashquake.serve.format import chance, change
from hashquake.serve.pages.markdown import table
from hashquake.serve.quake_table import onset_cell, remaining_change

_SAME_S = 5.0 * DAY_S
"""Alarms of one fall lie nearer to each other than this."""


def former_falls_table(quakes: Sequence[Quake]) -> str:
    """Compare the former catalog's falls of the network with what the catalog says of them now.

    Parameters
    ----------
    quakes : sequence of Quake
        The latest opinion of each quake of the catalog, rejected ones too.
    """
    left = [one for one in quakes if one.subject == NETWORK]
    rows = []
    for former in former_falls():
        now = _same(former, left)
        left = [one for one in left if one is not now]
        rows.append((*_former_cells(former), *_now_cells(now), former.because))
    rows += [
        ("", "", *_now_cells(one), "An alarm that the former catalog did not have.") for one in left
    ]
    headings = ("before", "change and luck before", "now", "change and luck now", "why")
    return table(headings, rows)


def _same(former: FormerFall, quakes: Sequence[Quake]) -> Quake | None:
    near = [one for one in quakes if abs(one.detected_s - former.detected_s) < _SAME_S]
    return min(near, key=lambda one: abs(one.detected_s - former.detected_s), default=None)


def _former_cells(former: FormerFall) -> tuple[str, str]:
    moved = change(remaining_change(former.remaining_share))
    return (
        f"{former.id}, {onset_cell(former.onset)}",
        f"{moved}, luck {chance(former.luck)}",
    )


def _now_cells(now: Quake | None) -> tuple[str, str]:
    if now is None:
        return "no alarm", ""
    luck = next(cause.probability for cause in now.causes if cause.name == "luck")
    moved = change(remaining_change(now.remaining_share))
    return (
        f"{now.id}, {now.status}, {onset_cell(now.onset)}",
        f"{moved}, luck {chance(luck)}",
    )
