"""How often an outage is shown that was not one: measured, and shown with every one."""

from collections.abc import Sequence
from typing import Any

from hashquake.core.interval import Interval
from hashquake.serve.format import share_limits
from hashquake.serve.language import number, translate
from hashquake.serve.shapes import interval_shape


def with_false_alarms(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return documents of outages with ``false_alarms_per_year``, of one country.

    The figure is that of countries whose networks are not watched one by one, the larger one.

    Parameters
    ----------
    documents : sequence of dict
        JSON documents of outages.
    """
    shape = interval_shape(_measured())
    return [{**one, "false_alarms_per_year": shape} for one in documents]


def false_alarm_line() -> str:
    """Return the measured rate of false alarms as a sentence."""
    measured = _measured()
    return translate(
        "False alarms, measured on simulated countries whose networks are "
        "not watched one by one: {rate} {limits} in a hundred years of a "
        "country.",
        rate=number(f"{100.0 * measured.median:.0f}"),
        limits=share_limits(measured, digits=0),
    )


def _measured() -> Interval:
    # It brings the whole back-test, which lists of quakes need not wait for.
    from hashquake.judge.outage_alarms import measured_false_alarms_per_year

    return measured_false_alarms_per_year(watched=False)
