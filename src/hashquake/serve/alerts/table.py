"""Alerts for a terminal: a paragraph each, with how it was delivered."""

from collections.abc import Sequence

from hashquake.core.alert import Alert, AlertDelivery
from hashquake.core.hostile_text import visible_text
from hashquake.serve.format import NBSP
from hashquake.serve.format_times import utc

_LONGEST = 400


def alert_lines(alerts: Sequence[Alert]) -> list[str]:
    """Return alerts as lines.

    Parameters
    ----------
    alerts : sequence of Alert
        In order.
    """
    lines: list[str] = []
    for one in alerts:
        lines += [
            *([""] if lines else []),
            f"{utc(one.at_s)}  {one.state}  {one.document['title']}",
            f"  {one.document['because']}",
            f"  rule {one.rule}, thread {one.thread}, number {one.n}",
            *(f"  {_delivery(each)}" for each in one.deliveries),
        ]
    return [visible_text(one.replace(NBSP, " "), limit=_LONGEST) for one in lines]


def _delivery(one: AlertDelivery) -> str:
    tries = "1 try" if one.tries == 1 else f"{one.tries} tries"
    if one.state == "delivered":
        return f"{one.way}: delivered ({tries})"
    if one.state == "undelivered":
        return f"{one.way}: undelivered, given up after {tries}: {one.because}"
    if not one.tries:
        return f"{one.way}: waits until {utc(one.next_try_s)}"
    return f"{one.way}: {tries}, next at {utc(one.next_try_s)}: {one.because}"
